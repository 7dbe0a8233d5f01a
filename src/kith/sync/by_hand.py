"""What the user says on the command line, recorded as if they had said it in the calendar.

Nothing here waits for a pass or touches a calendar: the next pass does, and one that is running notices (each of
these raises the person's revision).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kith.core.cadence import window
from kith.core.circles import ByHand
from kith.core.history import Entry, What
from kith.core.model import PersonId
from kith.core.period import Period
from kith.core.typed import parse
from kith.store.people import PersonRow
from kith.store.store import Store
from kith.sync import said
from kith.sync.network import Known


def talk(store: Store, people: Sequence[PersonId], day: date, text: str, now: datetime, *, via: str = "") -> int:
    """A conversation took place; its number. It answers each one's open reach-out, and what its text asks for is done.

    ``now`` carries the user's zone.
    """
    text = _storable(text)
    with store.transaction():
        number = store.people.record_conversation(people, day, text, now, via=via)
        answer_open(store, people, day, now)
        said.obey(store, people, "", text, day, talked=True)
        return number


def answer_open(store: Store, people: Sequence[PersonId], day: date, now: datetime) -> None:
    """A conversation answers the one open reach-out of each of the people, unless the conversation is older than that.

    ``now`` carries the user's zone.
    """
    for person in people:
        reach_out = store.reach_outs.open_of(person)
        if reach_out is not None and day >= reach_out.opened_at.astimezone(now.tzinfo).date():
            store.reach_outs.close(reach_out.id, "talked", now)


def tried(store: Store, people: Sequence[PersonId], day: date, text: str, again: Period, now: datetime) -> None:
    """An attempt without an answer, which is no contact; what is open comes again after ``again``.

    ``now`` carries the user's zone.
    """
    text, today = _storable(text), now.date()
    with store.transaction():
        for person in people:
            store.people.record_attempt(person, day, text, now, None)
            reach_out = store.reach_outs.open_of(person)
            if reach_out is not None:
                again_from = max(again.after(day), today)
                store.reach_outs.save(replace(reach_out, again_from=again_from, fixed=False))
        said.obey(store, people, "", text, day)


def remember(store: Store, person: PersonId, text: str, now: datetime) -> int:
    """Something that is not tied to a day; its number. What they ask for or offer is kept as such, tags are given."""
    text = _storable(text)
    orders = parse(text, now.date())
    kind, kept = "note", text
    if len(orders.lines) == 1 and (orders.asks or orders.offers):
        kind, kept = ("asks", orders.asks[0]) if orders.asks else ("offers", orders.offers[0])
    with store.transaction():
        for tag in orders.tags:
            store.choosing.tag(person, tag)
        return store.people.record_fact(person, kind, kept, now)


def edit(store: Store, entry: Entry, text: str, *, day: date | None = None, via: str | None = None) -> str:
    """Put another text, day or way in place of what is there; what its new lines asked for and was done, in words."""
    text = _storable(text)
    with store.transaction():
        people = store.history.people_of(entry.what, entry.number)
        if text != entry.text:
            store.history.edit(entry.what, entry.number, text)
        if day is not None and entry.what is What.ATTEMPT:
            store.history.move_attempt(entry.number, day)
        elif day is not None or via is not None:
            store.history.move(entry.number, day=day, via=via)
        if entry.what is What.FACT:
            return ""
        return said.obey(store, people, entry.text, text, day or entry.day)


def forget(store: Store, things: Sequence[tuple[What, int]], now: datetime | None) -> None:
    """Let things count for nothing; without ``now``, have them back."""
    with store.transaction():
        for what, number in things:
            store.history.forget(what, number, now)


def keep_promises(store: Store, kept: Sequence[tuple[PersonId, str]], now: datetime) -> None:
    """Promises were kept."""
    with store.transaction():
        for person, text in kept:
            store.history.tick(person, text, now)


def snooze(store: Store, person: PersonId, until: date, today: date) -> None:
    """Not before that day."""
    with store.transaction():
        store.people.set_next(person, until, today)
        reach_out = store.reach_outs.open_of(person)
        if reach_out is not None:
            store.reach_outs.save(replace(reach_out, again_from=until, fixed=False))


def skip(store: Store, known: Known, now: datetime) -> date:
    """Leave this round out; the next comes a cadence after the day returned. ``now`` carries the user's zone."""
    today = now.date()
    with store.transaction():
        reach_out = store.reach_outs.open_of(known.person.id)
        day = today
        if reach_out is not None:
            planned = store.events.day_of(reach_out.id, now.tzinfo)
            day = max(today, planned) if planned else today
            store.reach_outs.close(reach_out.id, "skipped", now)
        else:
            belongs = window(known.standing)
            day = max(today, belongs.due) if belongs else today
        store.people.record_skip(known.person.id, day, "by hand", now)
    return day


def pause(store: Store, person: PersonId, until: date | None) -> None:
    """Let nothing come up, until a day or until further notice."""
    with store.transaction():
        store.people.pause(person, until=until)


def unpause(store: Store, person: PersonId) -> None:
    """Let them come up again."""
    with store.transaction():
        store.people.unpause(person)


def add(
    store: Store,
    person: PersonId,
    name: str,
    now: datetime,
    *,
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    met: str = "",
    circle: str | None = None,
    next_on: date | None = None,
) -> None:
    """Somebody new who is in no address book. ``now`` carries the user's zone."""
    row = PersonRow(
        id=person,
        name=_storable(name),
        by_hand=True,
        emails=tuple(map(_storable, emails)),
        phones=tuple(map(_storable, phones)),
        set_by_hand=ByHand(circle),
        next_on=next_on,
    )
    with store.transaction():
        store.people.add(row, now)
        if met:
            store.people.record_fact(person, "met", _storable(met), now)


def _storable(text: str) -> str:
    """The text with what a terminal in another encoding made of it replaced: such bytes are no characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
