"""Open events that all vanished at once: the user says whether they deleted them or lost them.

Until then nothing is created or concluded in that calendar (design section 3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kith.calendars.base import Calendar
from kith.store.calendars import CalendarState
from kith.store.events import EventRow, EventState
from kith.store.store import Store

_ANY = ""
"""An identity that no calendar has: the next look takes whatever calendar is there for the right one."""


def accept(store: Store, calendar: Calendar, now: datetime) -> list[EventRow]:
    """They were deleted on purpose: the next pass takes each for a skipped round."""
    gone = _gone(store, calendar)
    with store.transaction():
        for row in gone:
            store.events.save(replace(row, missing_since=now))
        store.calendars.save(calendar.account, calendar.name, CalendarState(_ANY), now)
    return gone


def recreate(store: Store, calendar: Calendar, now: datetime) -> list[EventRow]:
    """They were lost: nothing is concluded, and the next pass plans for these people anew."""
    gone = _gone(store, calendar)
    with store.transaction():
        for row in gone:
            store.events.save(replace(row, state=EventState.GONE, closed_at=now))
            for number in row.carried:
                store.reach_outs.close(number, "lost", now)
        store.calendars.save(calendar.account, calendar.name, CalendarState(_ANY), now)
    return gone


def _gone(store: Store, calendar: Calendar) -> list[EventRow]:
    """Those that are nowhere in the account; one that was only put into another calendar is not gone."""
    last = store.calendars.last_look(calendar.account, calendar.name)
    present = {event.uid for event in calendar.look({}, last.cursor).events}
    away = store.events.vanished(calendar.account, calendar.name, present)
    return [row for row in away if calendar.find(row.uid) is None]
