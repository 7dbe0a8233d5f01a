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
from kith.core.model import PersonId
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
        said.obey(store, people, "", text, day, now.date(), talked=True)
        return number


def answer_open(store: Store, people: Sequence[PersonId], day: date, now: datetime) -> None:
    """A conversation answers the one open reach-out of each of the people, unless the conversation is older than that.

    ``now`` carries the user's zone.
    """
    for person in people:
        reach_out = store.events.open_reach_out_of(person)
        if reach_out is not None and day >= reach_out.opened_at.astimezone(now.tzinfo).date():
            store.events.close_reach_out(reach_out.id, "talked", now)


def snooze(store: Store, person: PersonId, until: date, today: date) -> None:
    """Not before that day."""
    with store.transaction():
        store.people.set_next(person, until, today)
        reach_out = store.events.open_reach_out_of(person)
        if reach_out is not None:
            store.events.save_reach_out(replace(reach_out, again_from=until, fixed=False))


def skip(store: Store, known: Known, now: datetime) -> date:
    """Leave this round out; the next comes a cadence after the day returned. ``now`` carries the user's zone."""
    today = now.date()
    with store.transaction():
        reach_out = store.events.open_reach_out_of(known.person.id)
        day = today
        if reach_out is not None:
            planned = store.events.day_of(reach_out.id, now.tzinfo)
            day = max(today, planned) if planned else today
            store.events.close_reach_out(reach_out.id, "skipped", now)
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
