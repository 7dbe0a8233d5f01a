"""Events of kith's in the calendar that the store does not know: another machine's, or a lost store's.

Until the user says what they are, nothing is created. They may *adopt* them, *purge* them, or *take over*: adopt
those whose people are known here, remove the untouched rest. An event that was edited or holds text is never
removed.

Adopting takes in the events that were answered as well, so that what was said comes back with them. A person has one
open event afterwards: of a second one that nobody touched, one is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from kith.calendars.base import Calendar
from kith.core import checklist
from kith.core.cadence import window
from kith.core.event import AllDay, Fields, Kind, Marker, SeenEvent, Timed, When, normal_line
from kith.core.model import EventUid, PersonId
from kith.core.names import find_exact, fold
from kith.core.readback import Mark, Written, leading_mark, typed_text
from kith.core.rules import Rules
from kith.errors import Conflict
from kith.store.events import EventRow, EventState
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync.extras import KINDS
from kith.sync.network import Network
from kith.sync.readback import strangers


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one event. ``what`` is ``adopted``, ``removed``, ``left`` or ``unknown`` (left as well)."""

    what: str
    title: str
    day: date


class Strangers:
    """The unknown events of one calendar, and what to do about them. Run it under the pass lock."""

    def __init__(self, store: Store, calendar: Calendar, rules: Rules, network: Network, now: datetime) -> None:
        self._store = store
        self._calendar = calendar
        self._rules = rules
        self._now = now
        self._known = network.known
        self._people = [known.person for known in network.known.values()]
        self._by_id = {person.id: person.id for person in self._people} | dict(network.joined)
        self._by_card = {ref.uid: person.id for person in self._people for ref in person.cards}
        self._present: set[EventUid] = set()

    def adopt(self) -> list[Settled]:
        """Take over every event whose person is known here; the next pass reads their answers back."""
        return self._settle(self._adopted, lambda event: Settled("unknown", *self._label(event)))

    def purge(self) -> list[Settled]:
        """Remove every event that nobody touched; the others are the user's from now on."""
        return self._settle(lambda _: None, self._removed, answered=False)

    def take_over(self) -> list[Settled]:
        """Adopt the events whose people are known here, remove the untouched rest."""
        return self._settle(self._adopted, self._removed)

    def _settle(
        self,
        first: Callable[[SeenEvent], Settled | None],
        otherwise: Callable[[SeenEvent], Settled],
        *,
        answered: bool = True,
    ) -> list[Settled]:
        last = self._store.calendars.last_look(self._calendar.account, self._calendar.name)
        seen = self._calendar.look({}, last.cursor).events
        self._present = {event.uid for event in seen}
        found = strangers(self._store, seen, self._rules, self._now)
        if answered:
            found += self._answered(seen)
        ordered = sorted(found, key=lambda event: (event.fields.when.day_in(self._rules.days.zone), event.uid))
        settled = [first(event) or otherwise(event) for event in ordered]
        return settled + [self._removed(event) for event in self._problems(seen)]

    def _problems(self, seen: Iterable[SeenEvent]) -> list[SeenEvent]:
        """What another kith, or a lost store, told of: nobody else would take it away."""
        problems = _intact(seen, Kind.PROBLEM)
        known = self._store.events.known_uids(event.uid for event in problems)
        return [event for event in problems if event.uid not in known]

    def _answered(self, seen: Iterable[SeenEvent]) -> list[SeenEvent]:
        """Ticked events that the store does not know, however old: what was said is worth having back."""
        kinds = (Kind.REACH_OUT, Kind.LIST, *KINDS)
        ticked = [event for kind in kinds for event in _intact(seen, kind) if self._is_ticked(event)]
        known = self._store.events.known_uids(event.uid for event in ticked)
        return [event for event in ticked if event.uid not in known]

    def _is_ticked(self, event: SeenEvent) -> bool:
        plain = event.marker.title if event.marker else ""
        return leading_mark(event.fields.title, plain, self._rules.marks) is Mark.DONE

    def _adopted(self, event: SeenEvent) -> Settled | None:
        if event.marker is None:
            return None
        if event.marker.kind in KINDS:
            return self._adopted_beside(event, event.marker)
        if event.marker.kind is Kind.LIST:
            return self._adopted_list(event, event.marker)
        person = self._whose(event)
        if person is None:
            return None
        is_second = self._has_event(person)
        if is_second and not self._touched(event):
            return self._removed(event)
        with self._store.transaction():
            self._store.events.note_number(event.marker)
            row = self._row(event, event.marker)
            if is_second or self._is_ticked(event):
                number = self._store.reach_outs.begin_closed((person,), "adopted", self._now)
                row = replace(row, state=EventState.CLOSED, closed_at=self._now)
            else:
                number = self._waiting_again(person, event)
            self._store.events.save(replace(row, reach_outs=(number,)))
            self._store.lines.carry(row.uid, number)
        return Settled("adopted", *self._label(event))

    def _adopted_beside(self, event: SeenEvent, marker: Marker) -> Settled | None:
        """One that stands beside people's ordinary reach-outs: read if the user put something in, else made anew."""
        if not self._touched(event):
            return None
        named = [self._by_id[PersonId(name)] for name in marker.subject.split("|") if name in self._by_id]
        one = self._whose(event)
        people = tuple(dict.fromkeys(named)) or ((one,) if one is not None else ())
        with self._store.transaction():
            self._store.events.note_number(marker)
            number = self._store.reach_outs.begin_closed(people, "adopted", self._now, kind=marker.kind)
            row = replace(self._row(event, marker), state=EventState.CLOSED, closed_at=self._now, touched=True)
            self._store.events.save(replace(row, reach_outs=(number,)))
        return Settled("adopted", *self._label(event))

    def _adopted_list(self, event: SeenEvent, marker: Marker) -> Settled | None:
        """A list whose people are known here; all that was done to its lines is read as if it had just been done."""
        read = checklist.parse(event.fields.description, marker.lines, self._rules.marks)
        whose = {key: person for key, person in self._people_on(marker.lines).items() if key in read.items}
        if not whose:
            return None
        if not self._touched(event) and all(self._has_event(person) for person in whose.values()):
            return self._removed(event)
        with self._store.transaction():
            self._store.events.note_number(marker)
            row = self._row(event, marker)
            self._store.events.save(row)
            waits = False
            for key, person in whose.items():
                number = None
                if not (self._is_ticked(event) or read.items[key].mark is Mark.DONE or self._has_event(person)):
                    number = self._waiting_again(person, event)
                    waits = True
                closed = number or self._store.reach_outs.begin_closed((person,), "adopted", self._now)
                self._store.lines.carry(row.uid, closed, key)
            if not waits:
                self._store.events.save(replace(row, state=EventState.CLOSED, closed_at=self._now))
        return Settled("adopted", *self._label(event))

    def _people_on(self, tokens: Sequence[str]) -> dict[str, PersonId]:
        """Whom the lines of a list are about: by the ids and cards that their keys are made of, else by their names."""
        names: dict[PersonId, set[str]] = {person.id: {person.id} for person in self._people}
        for person in self._people:
            names[person.id] |= {ref.uid for ref in person.cards}
        for was, person_id in self._by_id.items():
            names.get(person_id, set()).add(was)
        found = {key: person for person, own in names.items() for key in checklist.keys_for(own, tokens)}
        for key in checklist.keys(tokens) - found.keys():
            named = [person.id for person in self._people if checklist.is_named(person.name, key, tokens)]
            found |= {key: named[0]} if len(named) == 1 else {}
        return found

    def _has_event(self, person: PersonId) -> bool:
        open_one = self._store.reach_outs.open_of(person)
        return open_one is not None and self._stands(open_one)

    def _waiting_again(self, person: PersonId, event: SeenEvent) -> int:
        """The reach-out that waits for an answer in an adopted event from now on."""
        open_one = self._store.reach_outs.open_of(person)
        number = open_one.id if open_one else self._store.reach_outs.begin((person,), None, self._now)
        self._give_up_events_of(number)
        self._store.reach_outs.save(self._with_place(number, person, event))
        return number

    def _stands(self, reach_out: ReachOut) -> bool:
        """Whether the reach-out has an event that is there, or in a calendar that was not looked at."""
        here = (self._calendar.account, self._calendar.name)
        return any(
            row.uid in self._present or (row.account, row.calendar) != here for row in self._events_of(reach_out.id)
        )

    def _give_up_events_of(self, number: int) -> None:
        """The adopted event takes the place of one that is not there any more; nothing is concluded from that."""
        for row in self._events_of(number):
            self._store.events.save(replace(row, state=EventState.GONE, closed_at=self._now))

    def _events_of(self, number: int) -> list[EventRow]:
        return [row for row in self._store.events.live() if number in row.carried]

    def _with_place(self, number: int, person: PersonId, event: SeenEvent) -> ReachOut:
        """The place it was given stays good, unless it is later than the cadence allows; a lost one is the user's.

        Where this store knows of no conversation, the anchor it gave the person is no reason to call it late.
        """
        known = self._known[person]
        belongs = window(known.standing)
        talked = known.last.conversation is not None
        if belongs and talked and event.fields.when.day_in(self._rules.days.zone) > belongs.at_worst:
            belongs = None
        fixed = event.marker is None or not event.marker.start
        return replace(self._store.reach_outs.get(number), window=belongs, fixed=fixed, again_from=None)

    def _removed(self, event: SeenEvent) -> Settled:
        if not self._touched(event):
            try:
                self._calendar.delete(event)
            except Conflict:
                pass  # edited this very moment: it is the user's
            else:
                return Settled("removed", *self._label(event))
        if event.marker is not None:
            with self._store.transaction():
                row = self._row(event, event.marker)
                self._store.events.save(replace(row, state=EventState.CLOSED, closed_at=self._now, touched=True))
        return Settled("left", *self._label(event))

    def _row(self, event: SeenEvent, marker: Marker) -> EventRow:
        """The event as its own marker says it was written, so that the next look finds what was done to it."""
        when = _start_from(marker.start, event.fields.when)
        title = marker.title or event.fields.title
        text = "" if marker.kind is Kind.LIST else event.fields.description
        return EventRow(
            marker=marker,
            uid=event.uid,
            account=self._calendar.account,
            calendar=self._calendar.name,
            state=EventState.OPEN,
            written=Written(Fields(when, title, text, event.fields.alarm), title, marker.lines),
            reach_outs=(),
            href=event.href,
            etag=None,
        )

    def _whose(self, event: SeenEvent) -> PersonId | None:
        """By the person's id, else by the card's UID, else by a name that stands in the title and is one person's."""
        marker = event.marker
        if marker is None:
            return None
        if marker.subject in self._by_id:
            return self._by_id[PersonId(marker.subject)]
        if marker.card is not None and marker.card in self._by_card:
            return self._by_card[marker.card]
        return self._named_in(marker.title)

    def _named_in(self, title: str) -> PersonId | None:
        """Whose name stands in the title, in whole words; the longest, where one is a part of another."""
        words = f" {fold(title)} "
        named = [person for person in self._people if fold(person.name) and f" {fold(person.name)} " in words]
        longest = max((fold(person.name) for person in named), key=len, default="")
        all_in_it = all(f" {fold(person.name)} " in f" {longest} " for person in named)
        exact = find_exact(longest, self._people)
        return exact[0].id if all_in_it and len(exact) == 1 else None

    def _touched(self, event: SeenEvent) -> bool:
        marker = event.marker
        if marker is None or not marker.start or event.repeats or event.extras:
            return True
        when = _start_from(marker.start, event.fields.when)
        text, lines = event.fields.description, marker.lines
        is_list = marker.kind is Kind.LIST
        return (
            (checklist.parse(text, lines, self._rules.marks).is_touched if is_list else bool(typed_text(lines, text)))
            or normal_line(event.fields.title) != normal_line(marker.title)
            or not when.same_start(event.fields.when)
        )

    def _label(self, event: SeenEvent) -> tuple[str, date]:
        return event.fields.title, event.fields.when.day_in(self._rules.days.zone)


def _intact(seen: Iterable[SeenEvent], kind: Kind) -> list[SeenEvent]:
    """The events of a kind that some kith wrote; no copies."""
    return [event for event in seen if event.marker and event.marker.uid == event.uid and event.marker.kind is kind]


def _start_from(text: str, seen: When) -> When:
    """The start that a marker spells; what is seen where it spells none."""
    try:
        if len(text) == len("2026-01-01"):
            return AllDay(date.fromisoformat(text))
        start = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return seen
    if isinstance(seen, Timed):
        return Timed(start.astimezone(seen.start.tzinfo), seen.duration)
    return Timed(start, timedelta(0))
