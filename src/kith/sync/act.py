"""Planning and writing: what should stand in the calendar, and the writes that make it so.

Before each write its intent is committed, after it the result, and no transaction is open in between. In the
intent's transaction the store is looked at once more: what was said about somebody on the command line since the
plan was made drops the write, and the next pass decides anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from kith.calendars.base import Calendar
from kith.core import brief as wording
from kith.core.event import Change, Fields, Kind, SeenEvent, Timed, When, line_digests
from kith.core.model import PersonId
from kith.core.plan import OpenReachOut, Placement, Plan, plan
from kith.core.readback import Written, last_change, text_below
from kith.core.reconcile import (
    AcceptDeletion,
    Action,
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
from kith.core.report import Note, PassReport, WroteEvent
from kith.core.rules import Rules, Shape
from kith.store.events import EventRow, EventState
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync.lists import Lists
from kith.sync.network import Known, Network, Subjects
from kith.sync.readback import Sightings, Standing
from kith.sync.write import WROTE, Writer


@dataclass(frozen=True, slots=True)
class _Held:
    """One event that is live, the reach-out behind it, and whom it is about."""

    standing: Standing
    reach_out: ReachOut
    person: PersonId


class Act:
    """Plans for one calendar, and writes to it."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        rules: Rules,
        network: Network,
        now: datetime,
        report: PassReport,
        step: Callable[[str], None],
        others: Sequence[When] = (),
    ) -> None:
        self._store = store
        self._rules = rules
        self._now = now
        self._today = now.astimezone(rules.days.zone).date()
        self._wanted = network.wanted(self._today)
        self._excused = {person for person, known in self._wanted.items() if known.is_excused(self._today)}
        self._subjects = Subjects(store, network, rules)
        self._lists = Lists(store, calendar, rules, self._subjects, now, report, step)
        self._report = report
        self._step = step
        self._writer = Writer(store, calendar, now, report, step)
        self._others = others

    def run(self, sightings: Sightings) -> None:
        """Write what is wanted. Raises AccountError when the calendar fails; what was written is recorded."""
        self._lists.look(sightings)
        self._excuse(sightings)
        held, ending = self._sort(sightings)
        made = self._plan(held, ending, sightings)
        self._report.unplaced = [self._wanted[person].person.name for person in made.unplaced]
        if sightings.held:
            return
        for one in ending:
            self._one(one, None)
        if self._rules.days.shape is Shape.EACH:
            self._write_each(held, made.placements)
            self._lists.write(made.placements)
        else:
            self._lists.write(made.placements)
            self._write_each(held, ())

    def _write_each(self, held: dict[PersonId, _Held], placements: Sequence[Placement]) -> None:
        """Write the events of single people; the event of whoever is on a list now comes to its end."""
        places = {placement.person: placement for placement in placements}
        for person, one in sorted(held.items()):
            self._one(one, places.get(person))
        for placement in placements:
            if placement.person not in held:
                self._begin(placement)

    # --- planning -------------------------------------------------------------------------------------

    def _excuse(self, sightings: Sightings) -> None:
        """Whom the user meets soon need not be reminded of; a reach-out that they put something into stays."""
        single = [one.row for one in sightings.events.values() if one.row.marker.kind is Kind.REACH_OUT]
        touched = self._lists.written_to() | {
            person
            for row in single
            if row.touched or row.written.typed or row.hands_off
            for number in row.carried
            for person in self._store.reach_outs.get(number).people
        }
        self._excused -= touched
        self._wanted = {person: known for person, known in self._wanted.items() if person not in self._excused}

    def _sort(self, sightings: Sightings) -> tuple[dict[PersonId, _Held], list[_Held]]:
        """The live events: those that wait for their person's answer, and those that come to an end."""
        held: dict[PersonId, _Held] = {}
        ending: list[_Held] = []
        for standing in sorted(sightings.events.values(), key=lambda standing: standing.row.uid):
            if standing.row.state not in WROTE or standing.row.marker.kind is not Kind.REACH_OUT:
                continue
            for number in standing.row.reach_outs:
                reach_out = self._store.reach_outs.get(number)
                for person in reach_out.people:
                    one = _Held(standing, reach_out, person)
                    if reach_out.open and number in standing.row.carried and person in self._wanted:
                        held[person] = one
                    else:
                        ending.append(one)
        return held, ending

    def _plan(self, held: dict[PersonId, _Held], ending: list[_Held], sightings: Sightings) -> Plan:
        stuck = [  # not wanted any more, and there until they can be looked at
            one.standing.row.written.fields.when
            for one in ending
            if one.standing.sight is Sight.UNKNOWN and one.reach_out.open
        ]
        return plan(
            standings=[known.standing for known in self._wanted.values()],
            open_reach_outs=[*map(self._open, held.values()), *self._lists.waiting(self._wanted)],
            rules=self._rules.days,
            now=self._now,
            used_today=self._used_today(held, sightings) + self._lists.answered(sightings),
            others=[*self._others, *stuck],
        )

    def _used_today(self, held: dict[PersonId, _Held], sightings: Sightings) -> int:
        """How many of today's reach-outs were answered, tried or skipped; none comes in their place today."""
        zone = self._rules.days.zone
        lists = {uid for uid, one in sightings.events.items() if one.row.marker.kind is Kind.LIST}
        ended = {
            row.uid
            for row in self._store.events.ended_on(self._today, zone)
            if row.state is EventState.FINISHING or row.written.fields.when.day_in(zone) == self._today
        }
        staying = {
            one.standing.row.uid
            for one in held.values()
            if one.reach_out.again_from is None and one.standing.row.written.fields.when.day_in(zone) == self._today
        }
        return len((ended | self._store.people.tried_on(self._today)) - staying - lists)

    def _open(self, one: _Held) -> OpenReachOut:
        row, reach_out = one.standing.row, one.reach_out
        never_there = row.state is EventState.CREATING and one.standing.sight is Sight.ABSENT
        return OpenReachOut(
            person=one.person,
            when=None if never_there else row.written.fields.when,
            placed_for=reach_out.window,
            fixed=self._is_fixed(one),
            again_from=reach_out.again_from,
            reshape=self._rules.days.shape is not Shape.EACH and self._is_untouched(one),
        )

    def _is_untouched(self, one: _Held) -> bool:
        standing = one.standing
        return standing.sight is Sight.AS_WRITTEN and standing.row.state is EventState.OPEN

    def _is_fixed(self, one: _Held) -> bool:
        """Whether the event stands where the user wants it, or cannot be moved because it was not seen."""
        return one.reach_out.fixed or "when" in one.standing.row.hands_off or one.standing.seen is None

    # --- one event ------------------------------------------------------------------------------------

    def _one(self, one: _Held, placement: Placement | None) -> None:
        row, seen = one.standing.row, one.standing.seen
        if row.state is EventState.FINISHING and seen is not None:
            self._finish(one, seen)
            return
        want = self._want(one, placement)
        change = Change()
        if want is not None and seen is not None:
            change = difference(want, row.written, seen, hands_off=row.hands_off)
        self._carry_out(reconcile(want, WROTE[row.state], one.standing.sight, change), one, placement)

    def _want(self, one: _Held, placement: Placement | None) -> Fields | None:
        """What the event should say; None where it is not wanted any more."""
        row, reach_out = one.standing.row, one.reach_out
        if not reach_out.open or one.person not in self._wanted or row.state is EventState.DELETING:
            return None
        if not self._store.lines.carries(row.uid, reach_out.id):
            return None
        never_there = row.state is EventState.CREATING and one.standing.sight is Sight.ABSENT
        if never_there and placement is None:
            return None
        when = Timed(placement.start, self._rules.days.duration) if placement else row.written.fields.when
        subject = self._subjects.of(one.person)
        text = wording.brief(subject, self._rules, when.day_in(self._rules.days.zone))
        below = text_below(row.written.brief, row.written.fields.description)
        return Fields(
            when=when,
            title=wording.title(subject, self._rules),
            description=f"{text}\n{below}" if text and below.strip() else text or below,
        )

    def _carry_out(self, action: Action, one: _Held, placement: Placement | None) -> None:
        row, seen = one.standing.row, one.standing.seen
        match action:
            case Create(fields):
                self._create(replace(row, written=self._writer.written(fields)), placement)
            case Adopt():
                self._writer.adopt(row)
            case Update(change) if seen is not None:
                self._update(one, seen, change, placement)
            case Delete() if seen is not None:
                self._delete(one, seen)
            case Close():
                self._let_be(one)
            case Forget():
                self._end(row, one.reach_out, EventState.GONE)
            case Leave():
                self._note_placement(one, placement)
            case AcceptDeletion() | Update() | Delete():
                pass  # a deletion is concluded when it is read back; nothing is written to what was not seen
            case _ as unreachable:
                assert_never(unreachable)

    # --- writes ---------------------------------------------------------------------------------------

    def _begin(self, placement: Placement) -> None:
        """A new reach-out: its row, its event's row and its name are the intent."""
        person = placement.person
        known = self._wanted[person]
        with self._store.transaction():
            waiting = self._store.reach_outs.open_of(person)
            if self._changed_meanwhile(known) or (waiting is not None and not self._lists.has(person)):
                return
            begin = self._store.reach_outs.begin
            number = waiting.id if waiting else begin((person,), placement.window, self._now)
            card = known.person.cards[0].uid if known.person.cards else None
            row = self._writer.name(Kind.REACH_OUT, person, self._fields(known, placement), (number,), card)
            self._store.events.save(row)
            self._store.lines.carry(row.uid, number)
        self._step("intent")
        self._create(row, placement)

    def _create(self, row: EventRow, placement: Placement | None) -> None:
        if self._writer.create(
            row,
            wanted=lambda: placement is None or not self._changed_meanwhile(self._wanted[placement.person]),
            settle=lambda: self._settle_placement(row.reach_outs, placement),
            lost=lambda: self._give_up(row),
        ):
            self._say("created", row, placement)

    def _give_up(self, row: EventRow) -> None:
        """The name is taken, and nothing has it: it was given before, in a life that this store does not remember.

        A copy of the store was put back, and a trash bin knows better. The next pass plans for the person anew.
        """
        self._report.notes.append(Note(row.uid, "its name was used before; names from now on are new ones"))
        for number in row.reach_outs:
            self._store.reach_outs.close(number, "lost", self._now)

    def _update(self, one: _Held, seen: SeenEvent, change: Change, placement: Placement | None) -> None:
        row = one.standing.row
        plain = row.written.plain_title if change.title is None else change.title
        lines = row.written.brief
        if change.description is not None:
            subject = self._subjects.of(one.person)
            day = (change.when or row.written.fields.when).day_in(self._rules.days.zone)
            lines = line_digests(wording.brief(subject, self._rules, day).splitlines())
        written = Written(
            fields=change.applied_to(row.written.fields),
            plain_title=plain,
            brief=lines,
            typed=row.written.typed,
            last_modified=self._now,
        )
        # At a new place, with nothing of the user's in it, it is as if they had never touched it.
        after = replace(row, written=written, touched=row.touched and (placement is None or bool(row.hands_off)))
        is_made = self._writer.update(
            row,
            seen,
            change,
            after,
            users_place=change.when is None and self._is_fixed(one),
            wanted=lambda: not self._changed_meanwhile(self._wanted[one.person]),
            settle=lambda: self._settle_placement(row.reach_outs, placement),
        )
        if is_made:
            self._say("moved" if change.when else "updated", after, placement)

    def _finish(self, one: _Held, seen: SeenEvent) -> None:
        """The last write to an answered event; after it, or where nothing is left to write, it is closed."""
        row = one.standing.row
        change = last_change(seen, row.written.plain_title, self._rules.marks, self._now, self._rules.days.zone)
        if not change:
            self._end(row, one.reach_out, EventState.CLOSED)
            return
        fields = change.applied_to(row.written.fields)
        if self._writer.finish(row, seen, change, fields):
            self._say("ticked", replace(row, written=replace(row.written, fields=fields)), None)

    def _delete(self, one: _Held, seen: SeenEvent) -> None:
        row = one.standing.row
        if self._writer.delete(row, seen, intent=lambda: self._close_reach_out(row, one.reach_out)):
            self._say("removed", row, None, why=one.reach_out.outcome or self._why_not(one))

    # --- the store's side -----------------------------------------------------------------------------

    def _let_be(self, one: _Held) -> None:
        """Not wanted any more, but the user put something into it: it is theirs now."""
        self._end(one.standing.row, one.reach_out, EventState.CLOSED)

    def _end(self, row: EventRow, reach_out: ReachOut, state: EventState) -> None:
        with self._store.transaction():
            self._writer.end(row, state)
            self._close_reach_out(row, reach_out)

    def _close_reach_out(self, row: EventRow, reach_out: ReachOut) -> None:
        """It ends with its event, unless another one carries it now."""
        if self._store.reach_outs.get(reach_out.id).open and self._store.lines.carries(row.uid, reach_out.id):
            self._store.reach_outs.close(reach_out.id, "withdrawn", self._now)

    def _note_placement(self, one: _Held, placement: Placement | None) -> None:
        """A new place that turned out to be the old one: remember what it was given for."""
        if placement is not None and one.standing.seen is not None:
            with self._store.transaction():
                self._settle_placement(one.standing.row.reach_outs, placement)

    def _settle_placement(self, reach_outs: tuple[int, ...], placement: Placement | None) -> None:
        if placement is None:
            return
        for number in reach_outs:
            reach_out = self._store.reach_outs.get(number)
            placed = replace(reach_out, again_from=None, window=placement.window, fixed=False)
            self._store.reach_outs.save(placed)

    def _changed_meanwhile(self, known: Known) -> bool:
        return self._store.people.revision(known.row.id) != known.row.revision

    # --- wording --------------------------------------------------------------------------------------

    def _fields(self, known: Known, placement: Placement) -> Fields:
        subject = self._subjects.of(known.person.id)
        when = Timed(placement.start, self._rules.days.duration)
        day = when.day_in(self._rules.days.zone)
        return Fields(when, wording.title(subject, self._rules), wording.brief(subject, self._rules, day))

    def _why_not(self, one: _Held) -> str:
        if not self._store.lines.carries(one.standing.row.uid, one.reach_out.id):
            return "on a list"
        return "meeting" if one.person in self._excused else "withdrawn"

    def _say(self, what: str, row: EventRow, placement: Placement | None, *, why: str = "") -> None:
        when = row.written.fields.when
        start = when.start if isinstance(when, Timed) else None
        why = placement.why.value if placement else why
        for number in row.reach_outs:
            for person in self._store.reach_outs.get(number).people:
                self._report.wrote.append(WroteEvent(what, self._name(person), start, why))

    def _name(self, person: PersonId) -> str:
        return self._store.people.name(person)
