"""Events that stand beside people's ordinary reach-outs: dates, introductions, scouts.

Who makes them says what is wanted; where that stands, and how it is written, is decided here. An event moves only when
it must, what the user put into one stays, and a subject that had its answer does not come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from kith.calendars.base import Calendar
from kith.core.event import Change, Fields, Kind, SeenEvent, Timed, When, has_started
from kith.core.model import CardUid, PersonId
from kith.core.plan import barred, next_free
from kith.core.readback import last_change, text_below
from kith.core.reconcile import (
    AcceptDeletion,
    Adopt,
    Close,
    Create,
    Delete,
    Forget,
    Leave,
    Sight,
    Update,
    difference,
    reconcile,
)
from kith.core.report import PassReport, WroteEvent
from kith.core.rules import Rules
from kith.store.events import EventRow, EventState
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync.readback import Sightings, Standing
from kith.sync.write import WROTE, Writer

KINDS = (Kind.DATE, Kind.INTRODUCTION, Kind.SCOUT)
_MAY_COME_AGAIN = ("withdrawn", "lost", "left behind")
"""What no answer of the user's ended."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One event that should stand in the calendar until it is answered.

    ``subject`` tells it from all others of its kind with these people, for ever: one that had its answer does not come
    again. ``card`` is the UID of a card of the first of them, by which a lost store knows whom it is about.
    ``text`` is kith's part of the description, for an event on that day. It stands at ``at``, or where that is None in
    the next free place from ``not_before`` on, and stays there. ``may_begin`` says whether to write it if it is not
    there; one that is there stays in any case.
    """

    kind: Kind
    subject: str
    people: tuple[PersonId, ...]
    title: str
    text: Callable[[date], str]
    at: datetime | None = None
    not_before: date | None = None
    may_begin: bool = True
    card: CardUid | None = None

    @property
    def name(self) -> str:
        """The subject of its marker."""
        return "|".join((*self.people, self.subject))


@dataclass(frozen=True, slots=True)
class _Held:
    """One live event, and the reach-out behind it."""

    standing: Standing
    reach_out: ReachOut


class Extras:
    """Places them, then writes them."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        rules: Rules,
        now: datetime,
        report: PassReport,
        step: Callable[[str], None],
    ) -> None:
        self._store = store
        self._rules = rules
        self._now = now
        self._today = now.astimezone(rules.days.zone).date()
        self._report = report
        self._writer = Writer(store, calendar, now, report, step)
        self._standing: list[tuple[_Held, Wanted | None, When | None]] = []
        self._new: list[tuple[Wanted, When]] = []

    def place(self, sightings: Sightings, wanted: Iterable[Wanted]) -> list[When]:
        """Decide where everything stands; when, for those that are ahead or wait for an answer."""
        held = self._held(sightings)
        ordinary = [one for one in sightings.events.values() if one.row.marker.kind not in KINDS]
        unmoved = [when for one in ordinary for when in self._places(one) if self._cannot_move(one)]
        taken = [when for one in ordinary for when in self._places(one)]
        mine: list[When] = []
        moving: list[tuple[Wanted, _Held | None]] = []
        for one in sorted(wanted, key=lambda one: (one.at is None, one.not_before or date.min, one.name)):
            there = held.pop((one.kind, one.name), None)
            if there is None and not (one.may_begin and self._is_new(one)):
                continue
            stays = self._stays(one, there, unmoved + mine)
            if stays is None:
                moving.append((one, there))
            else:
                mine += self._put(one, there, stays)
        for one, there in moving:
            mine += self._put(one, there, self._next_place(one, there, taken + mine))
        self._standing += [(one, None, None) for one in held.values()]
        return mine

    def run(self) -> None:
        """Write what was decided. Raises AccountError when the calendar fails; what was written is recorded."""
        for held, wanted, when in sorted(self._standing, key=lambda entry: entry[0].standing.row.uid):
            self._one(held, wanted, when)
        for wanted, when in self._new:
            self._begin(wanted, when)

    # --- deciding -------------------------------------------------------------------------------------

    def _held(self, sightings: Sightings) -> dict[tuple[Kind, str], _Held]:
        return {
            (one.row.marker.kind, one.row.marker.subject): _Held(one, self._store.reach_outs.get(number))
            for one in sightings.events.values()
            if one.row.marker.kind in KINDS and one.row.state in WROTE
            for number in one.row.reach_outs
        }

    def _is_new(self, wanted: Wanted) -> bool:
        """Whether its subject had no answer yet, and no event that is the user's now."""
        for row in self._store.events.of_subject(wanted.kind, wanted.subject):
            rounds = [self._store.reach_outs.get(number) for number in row.reach_outs]
            theirs = [one for one in rounds if set(one.people) == set(wanted.people)]
            answered = any(one.outcome not in _MAY_COME_AGAIN for one in theirs)
            if theirs and (answered or row.state is EventState.CLOSED):
                return False
        return True

    def _put(self, wanted: Wanted, there: _Held | None, when: When | None) -> list[When]:
        """Keep where it is to stand; the place that it takes."""
        if there is not None:
            self._standing.append((there, wanted, when))
        elif when is not None:
            self._new.append((wanted, when))
        return [when] if when is not None and (there is None or there.reach_out.open) else []

    def _stays(self, wanted: Wanted, there: _Held | None, unmoved: list[When]) -> When | None:
        """Where it stands whatever else there is; None where it needs a place."""
        there_now = there.standing.row.written.fields.when if there is not None else None
        if there is not None and self._is_fixed(there):
            return there_now
        if wanted.at is not None:
            return Timed(wanted.at, self._rules.days.duration)
        if there is None or there_now is None or self._must_move(there.reach_out, there_now):
            return None
        day = there_now.day_in(self._rules.days.zone)
        ahead = not has_started(there_now, self._now, self._rules.days.zone)
        beside = sum(when.day_in(self._rules.days.zone) == day for when in unmoved)
        return None if ahead and beside >= self._rules.days.per_day else there_now

    def _next_place(self, wanted: Wanted, there: _Held | None, taken: list[When]) -> When | None:
        """The next free place; where there is none, it stays."""
        again = there.reach_out.again_from if there is not None else None
        start = next_free(taken, self._rules.days, self._now, again or wanted.not_before or self._today)
        if start is not None:
            return Timed(start, self._rules.days.duration)
        return there.standing.row.written.fields.when if there is not None else None

    def _places(self, one: Standing) -> list[When]:
        """The places that an ordinary event takes; a list takes one for each on it."""
        if one.row.state not in (EventState.CREATING, EventState.OPEN):
            return []
        return [one.row.written.fields.when] * max(1, len(one.row.carried))

    def _cannot_move(self, one: Standing) -> bool:
        """Whether an ordinary event keeps its place whatever comes: it has started, or it is where the user put it."""
        row = one.row
        fixed = any(self._store.reach_outs.get(number).fixed for number in row.reach_outs)
        started = has_started(row.written.fields.when, self._now, self._rules.days.zone)
        return fixed or started or "when" in row.hands_off

    def _must_move(self, reach_out: ReachOut, when: When) -> bool:
        if reach_out.again_from is not None:
            return True
        ahead = not has_started(when, self._now, self._rules.days.zone)
        return ahead and isinstance(when, Timed) and barred(when, self._rules.days)

    def _is_fixed(self, one: _Held) -> bool:
        """Whether the event stands where the user wants it, or cannot be moved because it was not seen."""
        row = one.standing.row
        never_there = row.state is EventState.CREATING and one.standing.sight is Sight.ABSENT
        unseen = one.standing.seen is None and not never_there
        return one.reach_out.fixed or "when" in row.hands_off or unseen

    # --- one event ------------------------------------------------------------------------------------

    def _begin(self, wanted: Wanted, when: When) -> None:
        fields = Fields(when, wanted.title, wanted.text(when.day_in(self._rules.days.zone)))
        with self._store.transaction():
            number = self._store.reach_outs.begin(wanted.people, None, self._now, kind=wanted.kind)
            row = self._writer.name(wanted.kind, wanted.name, fields, (number,), wanted.card)
            self._store.events.save(row)
        self._create(row)

    def _create(self, row: EventRow) -> None:
        if self._writer.create(row, lost=lambda: self._close(row, "lost")):
            self._say("created", row)

    def _one(self, held: _Held, wanted: Wanted | None, when: When | None) -> None:
        row, seen = held.standing.row, held.standing.seen
        if row.state is EventState.FINISHING and seen is not None:
            self._finish(row, seen)
            return
        text = wanted.text(when.day_in(self._rules.days.zone)) if wanted is not None and when is not None else ""
        want = self._want(held, wanted, when, text)
        change = Change()
        if want is not None and seen is not None:
            change = difference(want, row.written, seen, hands_off=row.hands_off)
        match reconcile(want, WROTE[row.state], held.standing.sight, change):
            case Create(fields):
                self._create(replace(row, written=self._writer.written(fields)))
            case Adopt():
                self._writer.adopt(row)
            case Update(found) if seen is not None:
                self._update(held, seen, found, text)
            case Delete() if seen is not None:
                if self._writer.delete(row, seen, intent=lambda: self._close(row, "withdrawn")):
                    self._say("removed", row, why="passed" if held.reach_out.outcome == "passed" else "unwanted")
            case Close():
                self._end(row, EventState.CLOSED)
            case Forget():
                self._end(row, EventState.GONE)
            case AcceptDeletion() | Leave() | Update() | Delete():
                pass  # a deletion is concluded when it is read back; nothing is written to what was not seen
            case _ as unreachable:
                assert_never(unreachable)

    def _want(self, held: _Held, wanted: Wanted | None, when: When | None, text: str) -> Fields | None:
        """What the event should say; None where it is not wanted any more."""
        row = held.standing.row
        if wanted is None or when is None or not held.reach_out.open or row.state is EventState.DELETING:
            return None
        below = text_below(row.written.brief, row.written.fields.description)
        return Fields(when, wanted.title, f"{text}\n{below}" if text and below.strip() else text or below)

    def _update(self, held: _Held, seen: SeenEvent, change: Change, text: str) -> None:
        row = held.standing.row
        fields = change.applied_to(row.written.fields)
        brief = row.written.brief
        if change.description is not None:
            brief = self._writer.written(replace(fields, description=text)).brief
        plain = row.written.plain_title if change.title is None else change.title
        written = replace(row.written, fields=fields, plain_title=plain, brief=brief, last_modified=self._now)
        # At a new place, with nothing of the user's in it, it is as if they had never touched it.
        touched = row.touched and (change.when is None or bool(row.hands_off))
        after = replace(row, written=written, touched=touched)
        users_place = change.when is None and self._is_fixed(held)
        if self._writer.update(row, seen, change, after, users_place=users_place):
            if change.when is not None and held.reach_out.again_from is not None:
                with self._store.transaction():
                    self._store.reach_outs.save(replace(held.reach_out, again_from=None))
            self._say("moved" if change.when else "updated", after)

    def _finish(self, row: EventRow, seen: SeenEvent) -> None:
        change = last_change(seen, row.written.plain_title, self._rules.marks, self._now, self._rules.days.zone)
        if not change:
            self._end(row, EventState.CLOSED)
        elif self._writer.finish(row, seen, change, change.applied_to(row.written.fields)):
            self._say("ticked", row)

    def _end(self, row: EventRow, state: EventState) -> None:
        with self._store.transaction():
            self._writer.end(row, state)
            self._close(row, "withdrawn")

    def _close(self, row: EventRow, outcome: str) -> None:
        for number in row.reach_outs:
            if self._store.reach_outs.get(number).open:
                self._store.reach_outs.close(number, outcome, self._now)

    def _say(self, what: str, row: EventRow, *, why: str = "") -> None:
        when = row.written.fields.when
        start = when.start if isinstance(when, Timed) else None
        self._report.wrote.append(WroteEvent(what, row.written.plain_title, start, why, row.marker.kind))
