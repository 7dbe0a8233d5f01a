"""Lists in the calendar: who stands on which, and the writes that make it so.

One event carries the reach-outs of a day or a week. The plan says who comes up when; what the store says about who is
carried by which list is part of each write's intent, so that nobody is on two lists or on none, wherever a pass is
killed. A list goes when nobody on it waits for an answer any more, unless the user put something into it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import count
from typing import assert_never

from kith.calendars.base import Calendar
from kith.core import checklist, list_words
from kith.core.checklist import Checklist, Composed
from kith.core.event import Change, Fields, Kind, SeenEvent, Timed, When, has_started
from kith.core.model import PersonId
from kith.core.plan import OpenReachOut, Placement, Why
from kith.core.readback import Mark, Written, last_change
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
from kith.core.rules import Rules, Shape
from kith.store.events import EventRow, EventState
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync.network import Known, Subjects
from kith.sync.readback import Sightings, Standing
from kith.sync.write import WROTE, Writer


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody on a list who waits for an answer; ``placement`` is why they come to it, None if they are there."""

    person: PersonId
    reach_out: ReachOut | None
    key: str
    placement: Placement | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class _List:
    """One list that is live, as it was read."""

    standing: Standing
    read: Checklist
    members: tuple[_Member, ...]

    @property
    def row(self) -> EventRow:
        return self.standing.row

    @property
    def never_there(self) -> bool:
        return self.row.state is EventState.CREATING and self.standing.sight is Sight.ABSENT

    @property
    def is_fixed(self) -> bool:
        """Whether it stands where the user wants it, or cannot be moved because it was not seen."""
        placed = any(member.reach_out is not None and member.reach_out.fixed for member in self.members)
        unseen = self.standing.seen is None and not self.never_there
        return placed or unseen or "when" in self.row.hands_off


class Lists:
    """The lists of one calendar."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        rules: Rules,
        subjects: Subjects,
        now: datetime,
        report: PassReport,
        step: Callable[[str], None],
    ) -> None:
        self._store = store
        self._rules = rules
        self._zone = rules.days.zone
        self._now = now
        self._today = now.astimezone(self._zone).date()
        self._wanted: Mapping[PersonId, Known] = {}
        self._subjects = subjects
        self._report = report
        self._writer = Writer(store, calendar, now, report, step)
        self._lists: list[_List] = []

    # --- for the plan ---------------------------------------------------------------------------------

    def look(self, sightings: Sightings) -> None:
        """See which lists there are, and who waits on them."""
        rows = [one for one in sightings.events.values() if one.row.marker.kind is Kind.LIST]
        live = [one for one in sorted(rows, key=lambda one: one.row.uid) if one.row.state in WROTE]
        self._lists = [self._read(standing) for standing in live]

    def written_to(self) -> set[PersonId]:
        """Those on lists whose line the user put something into, or whose list they placed themselves."""
        return {member.person for one in self._lists for member in one.members if self._is_fixed(one, member)}

    def waiting(self, wanted: Mapping[PersonId, Known]) -> list[OpenReachOut]:
        """Those who wait for an answer on lists, for the planner; of those who are ``wanted`` at all from now on."""
        self._wanted = wanted
        return [self._open(one, member) for one in self._lists for member in one.members if member.person in wanted]

    def has(self, person: PersonId) -> bool:
        """Whether somebody waits for an answer on a list."""
        return any(member.person == person for one in self._lists for member in one.members)

    def answered(self, sightings: Sightings) -> int:
        """How many lines had their answer on the lists whose day (or week) it is."""
        slot = self._rules.days.slot
        here = [
            row.uid
            for row in (one.row for one in sightings.events.values())
            if row.marker.kind is Kind.LIST and slot(row.written.fields.when.day_in(self._zone)) == slot(self._today)
        ]
        return self._store.lines.answered(here) if here else 0

    def _read(self, standing: Standing) -> _List:
        row = standing.row
        read = checklist.parse(row.written.fields.description, row.written.brief, self._rules.marks)
        return _List(standing, read, tuple(self._members(row)))

    def _members(self, row: EventRow) -> list[_Member]:
        waiting = []
        for line in row.lines:
            reach_out = self._store.reach_outs.get(line.reach_out)
            if line.stands and reach_out.open:
                missing = line.missing_since is not None
                waiting += [_Member(person, reach_out, line.key, missing=missing) for person in reach_out.people]
        return waiting

    def _open(self, one: _List, member: _Member) -> OpenReachOut:
        reach_out = member.reach_out
        assert reach_out is not None
        untouched = one.standing.sight is Sight.AS_WRITTEN and one.row.state is EventState.OPEN
        return OpenReachOut(
            person=member.person,
            when=None if one.never_there else one.row.written.fields.when,
            placed_for=reach_out.window,
            fixed=self._is_fixed(one, member),
            again_from=reach_out.again_from,
            reshape=untouched and self._rules.days.shape is Shape.EACH,
        )

    def _is_fixed(self, one: _List, member: _Member) -> bool:
        item = one.read.items.get(member.key)
        return one.is_fixed or member.missing or (item is not None and not item.plain)

    # --- who goes where -------------------------------------------------------------------------------

    def write(self, placements: Sequence[Placement]) -> None:
        """Put those who were given a place on the list of their day, and bring all lists up to date.

        Raises AccountError when the calendar fails; what was written is recorded.
        """
        self._let_go()
        leaving = {placement.person for placement in placements}
        coming: dict[date, list[Placement]] = defaultdict(list)
        for placement in placements if self._rules.days.shape is not Shape.EACH else ():
            coming[self._rules.days.slot(placement.start.date())].append(placement)
        homes = {slot: self._home(slot, leaving, there) for slot, there in coming.items()}
        joining = {home.row.uid: coming[slot] for slot, home in homes.items() if home is not None}
        for slot, there in coming.items():
            if homes[slot] is None:
                self._begin(there)
        for one in sorted(self._lists, key=lambda one: (one.row.uid not in joining, one.row.uid)):
            stay = [member for member in one.members if member.person not in leaving and member.person in self._wanted]
            self._one(one, stay, joining.get(one.row.uid, []))

    def _let_go(self) -> None:
        """Nobody is to be asked about who is paused, or not in the network any more."""
        with self._store.transaction():
            for one in self._lists:
                for member in one.members:
                    if member.person not in self._wanted and member.reach_out is not None:
                        self._store.reach_outs.close(member.reach_out.id, "withdrawn", self._now)

    def _home(self, slot: date, leaving: Collection[PersonId], coming: Sequence[Placement]) -> _List | None:
        """The list of a day or week that is still ahead, and that kith may write to; not one that everybody leaves."""
        joining = {placement.person for placement in coming}
        for one in self._lists:
            if not any(member.person not in leaving or member.person in joining for member in one.members):
                continue
            when = one.row.written.fields.when
            there = one.never_there or (one.row.state is EventState.OPEN and one.standing.seen is not None)
            free = not one.row.hands_off & {"description", "when"} and not has_started(when, self._now, self._zone)
            if there and free and self._rules.days.slot(when.day_in(self._zone)) == slot:
                return one
        return None

    # --- one list -------------------------------------------------------------------------------------

    def _begin(self, placements: Sequence[Placement]) -> None:
        """A new list: its row, its name, the reach-outs and who carries them are the intent."""
        with self._store.transaction():
            coming = [placement for placement in placements if not self._changed_meanwhile(placement.person)]
            if not coming:
                return
            joins = self._joining(coming, None)
            when = Timed(coming[0].start, self._rules.days.duration)
            row = self._writer.name(Kind.LIST, coming[0].start.date().isoformat(), Fields(when, "", ""))
            row = replace(row, written=self._written(row, when, joins))
            self._store.events.save(row)
            self._carry(row, joins)
        self._create(row, joins)

    def _create(self, row: EventRow, joins: Sequence[_Member]) -> None:
        if self._writer.create(
            row,
            wanted=partial(self._still_hold, joins),
            settle=partial(self._settle, joins, fixed=False),
            lost=partial(self._lose, joins),
        ):
            self._say_who_came(row, joins)

    def _one(self, one: _List, stay: Sequence[_Member], coming: Sequence[Placement]) -> None:
        if one.never_there:
            self._begin_again(one, stay, coming)
            return
        joins = self._joining(coming, one.row)
        members = [*stay, *joins]
        if not members:
            self._wind_down(one)
            return
        row, seen = one.row, one.standing.seen
        moves = bool(joins) and not stay and not one.is_fixed
        when = Timed(coming[0].start, self._rules.days.duration) if moves else row.written.fields.when
        composed = self._composed(row, members, when)
        want = replace(
            row.written.fields,
            when=when,
            title=self._title(row, members, composed) if composed else row.written.fields.title,
            description=composed.text if composed else row.written.fields.description,
        )
        change = Change()
        if seen is not None:
            change = difference(want, row.written, seen, hands_off=row.hands_off)
        match reconcile(want, WROTE[row.state], one.standing.sight, change):
            case Adopt():
                self._writer.adopt(row)
            case Update(found) if seen is not None:
                self._update(one, seen, found, composed, members)
            case Leave() if seen is not None and joins:
                with self._store.transaction():
                    if self._still_hold(joins):
                        self._carry(row, joins)
                        self._settle(joins, fixed=one.is_fixed)
            case Create() | AcceptDeletion() | Close() | Forget() | Leave() | Update() | Delete():
                pass  # a deletion is concluded when it is read back; nothing is written to what was not seen
            case _ as unreachable:
                assert_never(unreachable)

    def _begin_again(self, one: _List, stay: Sequence[_Member], coming: Sequence[Placement]) -> None:
        """A list that was meant to be written, and is not there: as it is meant now, or not at all."""
        with self._store.transaction():
            self._lose(stay, "withdrawn")
            joins = self._joining(coming, one.row)
            if not self._still_hold(joins):
                return
            if not joins:
                self._writer.end(one.row, EventState.GONE)
                return
            when = Timed(coming[0].start, self._rules.days.duration)
            row = replace(one.row, written=self._written(one.row, when, joins))
            self._store.events.save(row)
            self._carry(row, joins)
        self._create(row, joins)

    def _update(
        self, one: _List, seen: SeenEvent, change: Change, composed: Composed | None, members: Sequence[_Member]
    ) -> None:
        row, written = one.row, one.row.written
        joins = [member for member in members if member.placement is not None]
        tokens = composed.tokens if composed and change.description is not None else written.brief
        # Until the answer comes, the lines as they were count as kith's too.
        either = (*tokens, *(token for token in written.brief if token not in tokens))

        def wanted() -> bool:
            still = self._still_hold(members)
            if still:
                self._carry(row, joins)
            return still

        after = replace(
            written,
            fields=change.applied_to(written.fields),
            plain_title=written.plain_title if change.title is None else change.title,
            brief=tokens,
            last_modified=self._now,
        )
        if self._writer.update(
            replace(row, written=replace(written, brief=either)),
            seen,
            change,
            replace(row, written=after),
            users_place=change.when is None and one.is_fixed,
            wanted=wanted,
            settle=partial(self._settle, joins, fixed=one.is_fixed),
        ):
            self._say_who_came(replace(row, written=after), joins)
            self._say_what_was_ticked(one, replace(row, written=after), change)

    def _wind_down(self, one: _List) -> None:
        """Nobody on it waits for an answer any more."""
        row, seen = one.row, one.standing.seen
        match reconcile(None, WROTE[row.state], one.standing.sight, Change()):
            case Delete() if seen is not None:
                if self._writer.delete(row, seen):
                    self._say("removed", row.written.plain_title, row, self._where_to(row))
            case Close():
                self._finish(one)
            case Forget():
                self._writer.end(row, EventState.GONE)
            case Adopt():
                self._writer.adopt(row)
            case _:
                pass

    def _where_to(self, row: EventRow) -> str:
        """Where those who were on a list wait now, if anybody does."""
        carries, reach_out = self._store.lines.carries, self._store.reach_outs.get
        if not any(reach_out(number).open and not carries(row.uid, number) for number in row.reach_outs):
            return "moved on"
        return "on their own" if self._rules.days.shape is Shape.EACH else "on another list"

    def _finish(self, one: _List) -> None:
        """The last write: lines that were answered are ticked, the title if all were, and the others go."""
        row, seen = one.row, one.standing.seen
        if seen is None or row.state is not EventState.OPEN:
            self._writer.end(row, EventState.CLOSED)
            return
        ticked, composed = self._ticked(row), self._composed(row, (), row.written.fields.when)
        change = Change()
        if ticked and composed is not None and ticked.issuperset(composed.keys):
            change = last_change(seen, row.written.plain_title, self._rules.marks, self._now, self._zone)
        if composed is not None:
            want = replace(row.written.fields, description=composed.text)
            change = replace(
                change, description=difference(want, row.written, seen, hands_off=row.hands_off).description
            )
        if not change:
            self._writer.end(row, EventState.CLOSED)
        elif self._writer.finish(row, seen, change, change.applied_to(row.written.fields)):
            self._say_what_was_ticked(one, row, change)

    # --- who is on it ---------------------------------------------------------------------------------

    def _joining(self, coming: Sequence[Placement], row: EventRow | None) -> list[_Member]:
        """Those who come to a list, each by the line they had on it, if they had one."""
        lines = {line.reach_out: line.key for line in row.lines} if row is not None else {}
        taken = set(lines.values())
        joins = []
        for placement in coming:
            reach_out = self._store.reach_outs.open_of(placement.person)
            key = lines.get(reach_out.id, "") if reach_out is not None else ""
            if not key:
                cards = self._wanted[placement.person].person.cards
                name = cards[0].uid if cards else placement.person
                key = next(key for n in count(1) if (key := checklist.new_key(name, n)) not in taken)
                taken.add(key)
            joins.append(_Member(placement.person, reach_out, key, placement))
        return joins

    def _carry(self, row: EventRow, joins: Sequence[_Member]) -> None:
        """From now on the list carries their reach-outs, which begin where there are none."""
        for member in joins:
            reach_out = self._store.reach_outs.open_of(member.person)
            window = member.placement.window if member.placement is not None else None
            begin = self._store.reach_outs.begin
            number = reach_out.id if reach_out is not None else begin((member.person,), window, self._now)
            self._store.lines.carry(row.uid, number, member.key)

    def _settle(self, joins: Sequence[_Member], *, fixed: bool) -> None:
        """They have the places that they were given; on a list that the user placed, it is the user's place."""
        for member in joins:
            reach_out = self._store.reach_outs.open_of(member.person)
            if reach_out is not None and member.placement is not None:
                placed = replace(reach_out, again_from=None, window=member.placement.window, fixed=fixed)
                self._store.reach_outs.save(placed)

    def _lose(self, members: Sequence[_Member], outcome: str = "lost") -> None:
        """Their list never came to be: the next pass plans for them anew."""
        for member in members:
            reach_out = self._store.reach_outs.open_of(member.person)
            if reach_out is not None:
                self._store.reach_outs.close(reach_out.id, outcome, self._now)

    def _ticked(self, row: EventRow) -> set[str]:
        """The keys of the lines that stand for a conversation."""
        text = self._store.people.conversation_text
        return {line.key for line in row.lines if text(row.uid, line.key) is not None}

    def _still_hold(self, members: Sequence[_Member]) -> bool:
        """Whether nothing was said about any of them since the plan was made."""
        return not any(self._changed_meanwhile(member.person) for member in members)

    def _changed_meanwhile(self, person: PersonId) -> bool:
        known = self._wanted[person]
        return self._store.people.revision(known.row.id) != known.row.revision

    # --- wording --------------------------------------------------------------------------------------

    def _written(self, row: EventRow, when: When, members: Sequence[_Member]) -> Written:
        """What a list that is not there yet is to say."""
        empty = replace(row, written=replace(row.written, fields=Fields(when, "", ""), brief=()))
        composed = self._compose(empty, members, when)
        title = self._title(row, members, composed)
        return Written(Fields(when, title, composed.text), title, composed.tokens, last_modified=self._now)

    def _composed(self, row: EventRow, members: Sequence[_Member], when: When) -> Composed | None:
        """The description with everybody who waits; None where it is the user's."""
        return None if "description" in row.hands_off else self._compose(row, members, when)

    def _compose(self, row: EventRow, members: Sequence[_Member], when: When) -> Composed:
        """A line that the user took away is not put back."""
        there = [member for member in members if not member.missing]
        day, rules = when.day_in(self._zone), self._rules
        lines = [
            list_words.line(self._subjects.of(member.person), member.key, len(there), rules, day) for member in there
        ]
        text, tokens = row.written.fields.description, row.written.brief
        return checklist.compose(text, tokens, lines, self._ticked(row), self._rules.marks)

    def _title(self, row: EventRow, members: Sequence[_Member], composed: Composed) -> str:
        names = {
            line.key: self._store.people.name(person)
            for line in row.lines
            for person in self._store.reach_outs.get(line.reach_out).people
        }
        names |= {member.key: self._wanted[member.person].person.name for member in members}
        shown = [names[key] for key in composed.keys if key in names]
        return list_words.list_title(shown, self._rules) if shown else row.written.plain_title

    def _say_who_came(self, row: EventRow, joins: Sequence[_Member]) -> None:
        for member in joins:
            why = member.placement.why if member.placement is not None else Why.DUE
            what = "created" if member.reach_out is None or why is Why.LOST else "moved"
            self._say(what, self._store.people.name(member.person), row, why.value)

    def _say_what_was_ticked(self, one: _List, row: EventRow, change: Change) -> None:
        """Whose lines kith ticked on the list, which is ``row`` now; else that it says something else."""
        marks = {line.key: one.read.items[line.key].mark for line in one.row.lines if line.key in one.read.items}
        newly = {key for key in self._ticked(one.row) if marks.get(key, Mark.DONE) is not Mark.DONE}
        for line in one.row.lines:
            if line.key in newly:
                for person in self._store.reach_outs.get(line.reach_out).people:
                    self._say("ticked", self._store.people.name(person), row)
        if not newly:
            self._say("moved" if change.when else "updated", row.written.plain_title, row)

    def _say(self, what: str, who: str, row: EventRow, why: str = "") -> None:
        when = row.written.fields.when
        start = when.start if isinstance(when, Timed) else None
        self._report.wrote.append(WroteEvent(what, who, start, why))
