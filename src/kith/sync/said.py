"""What typed text asks for, done; and what it says, for the next brief.

An order is obeyed once: when its line is first read. What a conversation says about the next time counts from the
conversation's day, and so is read again when a note becomes one. Promises, what was given, and what is for the next
brief are never stored: they are read out of the texts whenever they are needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo

from kith.core.brief import day_text
from kith.core.event import normal_line, normal_lines, printable
from kith.core.history import Entry, What
from kith.core.model import EventUid, PersonId
from kith.core.promises import Promise, open_promises, shown
from kith.core.typed import Said, parse, without_facets
from kith.store.store import Store

_PROMISES = 8
_FOR_NEXT = 5
_NOTED = 3
_LONGEST_NOTE = 150
_TYPED = (What.CONVERSATION, What.ATTEMPT, What.NOTE)


# --- obeying ----------------------------------------------------------------------------------------------


def obey(store: Store, people: Sequence[PersonId], before: str, after: str, day: date, *, talked: bool = False) -> str:
    """Do what those lines of a text ask for that were not there before; what was done, in words.

    ``day`` is what the text is about, and on which a next day counts as named: a later conversation spends it. One that
    is named without having talked moves what is open there.
    """
    orders = _new(before, after, day)
    next_on = parse(after, day).next_on if talked else orders.next_on
    for person in people:
        if orders.every is not None:
            store.people.set_every(person, orders.every)
        if next_on is not None and not store.people.talked_after(person, day):
            store.people.set_next(person, next_on, day)
            reach_out = store.reach_outs.open_of(person)
            if reach_out is not None and not talked:
                store.reach_outs.save(replace(reach_out, again_from=next_on, fixed=False))
        for tag in orders.tags:
            store.choosing.tag(person, tag)
    return words_for(orders)


def words_for(said: Said, *, facets: bool = True) -> str:
    """The orders in a text, as kith understands them: “every 3 weeks; next on 5 Jan 2027; #sailing”."""
    parts = [f"every {said.every.in_words()}"] if said.every else []
    parts += [f"next on {day_text(said.next_on)}"] if said.next_on else []
    tags = [f"#{tag}" for tag in said.tags if facets or ":" not in tag]
    return "; ".join([*parts, *([" ".join(tags)] if tags else [])])


def day_of(store: Store, event: EventUid, occurrence: str, now: datetime, zone: tzinfo) -> date:
    """What an event's text is about: the day of its conversation, or the day on which it was first typed into."""
    talked_on = store.history.conversation_day(event, occurrence)
    return talked_on or store.history.noted_on(event, occurrence, zone) or now.astimezone(zone).date()


def correct(store: Store, event: EventUid, occurrence: str, before: str, after: str) -> None:
    """Take over what a later edit in the calendar says.

    Where the text was edited on the command line since, that edit stands, and what is new in the event is added.
    """
    known = store.people.conversation_text(event, occurrence)
    if known is not None and normal_lines(known) != normal_lines(before):
        there = set(normal_lines(before)) | set(normal_lines(known))
        added = [line for line in after.splitlines() if normal_line(line) and normal_line(line) not in there]
        after = "\n".join([known, *added]) if added else known
    store.people.correct_conversation(event, occurrence, after)


def _new(before: str, after: str, day: date) -> Said:
    """What is said by those lines that were not there before."""
    known = Counter(normal_lines(before))
    new = []
    for line in after.splitlines():
        if known[normal_line(line)] > 0:
            known[normal_line(line)] -= 1
        else:
            new.append(line)
    return parse("\n".join(new), day)


# --- telling ----------------------------------------------------------------------------------------------


class Telling:
    """What the texts say about everybody, for briefs; read once."""

    def __init__(self, store: Store, zone: tzinfo) -> None:
        self.entries: Mapping[PersonId, list[Entry]] = store.history.entries(zone)
        self._ticks = store.history.ticks()
        self._waiting = waiting_events(store)
        self._promises: dict[PersonId, tuple[Promise, ...]] = {}

    def promises(self, person: PersonId) -> tuple[Promise, ...]:
        """What is still to be done for somebody, oldest first."""
        if person not in self._promises:
            self._promises[person] = open_promises(self.entries.get(person, ()), self._ticks.get(person, ()))
        return self._promises[person]

    def promise_lines(self, person: PersonId) -> tuple[str, ...]:
        """The same as lines to tick."""
        promises = self.promises(person)
        more = len(promises) - _PROMISES
        lines = [shown(promise.text) for promise in promises[:_PROMISES]]
        return tuple([*lines, f"… and {more} more"] if more > 0 else lines)

    def understood(self, person: PersonId) -> tuple[str, ...]:
        """What kith made of the orders in the last text."""
        for entry in self._typed(person)[:1]:
            words = words_for(entry.said, facets=False)
            return (f"Understood on {day_text(entry.day)}: {words}",) if words else ()
        return ()

    def for_next(self, person: PersonId) -> tuple[str, ...]:
        """What was meant for the next time: since the last conversation, and in it."""
        found: list[str] = []
        for entry in self._typed(person):
            found = [*entry.said.for_next, *found]
            if entry.what is What.CONVERSATION:
                break
        return tuple(f"Next: {text}" for text in dict.fromkeys(found))[-_FOR_NEXT:]

    def notes(self, person: PersonId) -> tuple[str, ...]:
        """What was noted since the last conversation, once nobody waits for an answer to its event any more.

        Until then it is there to be read.
        """
        noted: list[str] = []
        for entry in self._typed(person):
            if entry.what is What.CONVERSATION:
                break
            if entry.what is What.NOTE and (entry.event, person) not in self._waiting:
                noted = [*_noted(entry), *noted]
        return tuple(noted[-_NOTED:])

    def _typed(self, person: PersonId) -> list[Entry]:
        return [entry for entry in self.entries.get(person, ()) if entry.what in _TYPED]


def waiting_events(store: Store) -> set[tuple[EventUid | None, PersonId]]:
    """The events in which kith waits for an answer, each with those about whom it does."""
    open_ones = store.reach_outs.open()
    return {
        (row.uid, person)
        for row in store.events.live()
        for number in row.carried
        if number in open_ones
        for person in open_ones[number].people
    }


def _noted(entry: Entry) -> list[str]:
    """What a note says beside promises and orders, which briefs show by themselves: one line, or none."""
    lines = [normal_line(without_facets(printable(line))) for line in entry.said.rest]
    text = " / ".join(filter(None, lines))
    if len(text) > _LONGEST_NOTE:
        text = f"{text[:_LONGEST_NOTE].strip()} …"
    return [f"Noted {day_text(entry.day)}: {text}"] if text else []
