"""What kith asks the user for, by what the config needs; never more. Pure.

The names are Google's. What each method of the two services accepts is in their discovery documents.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Use = Literal["own", "existing", "primary"]
"""Which calendar: one of kith's own making, another that is there already, or the user's first one."""

_ROOT = "https://www.googleapis.com/auth/"
CONTACTS = f"{_ROOT}contacts.readonly"
CALENDAR_LIST = f"{_ROOT}calendar.calendarlist.readonly"
OWN_CALENDARS = f"{_ROOT}calendar.app.created"
EVENTS = f"{_ROOT}calendar.events"
ANY_EVENTS = f"{_ROOT}calendar.events.readonly"
OWNED_EVENTS = f"{_ROOT}calendar.events.owned"

_IN_WORDS = {
    CONTACTS: "see your contacts",
    CALENDAR_LIST: "see the list of your calendars",
    OWN_CALENDARS: "make a calendar of its own",
    ANY_EVENTS: "see the events in all your calendars",
    EVENTS: "see and change the events in all your calendars",
    OWNED_EVENTS: "see and change the events in calendars that are yours",
}
_INSTEAD = {
    CONTACTS: {f"{_ROOT}contacts"},
    CALENDAR_LIST: {f"{_ROOT}calendar", f"{_ROOT}calendar.readonly", f"{_ROOT}calendar.calendarlist"},
    OWN_CALENDARS: {f"{_ROOT}calendar"},
    ANY_EVENTS: {f"{_ROOT}calendar", f"{_ROOT}calendar.readonly", EVENTS},
    EVENTS: {f"{_ROOT}calendar"},
    OWNED_EVENTS: {f"{_ROOT}calendar", EVENTS},
}
"""Wider rights, which contain the narrow one."""


def needed(*, contacts: bool, calendar: Use | None, meetings: bool = False) -> tuple[str, ...]:
    """The scopes that the config needs. Meetings may stand in any calendar, and are only read."""
    events = {"own": OWN_CALENDARS, "existing": EVENTS, "primary": OWNED_EVENTS}
    wanted = [CONTACTS] if contacts else []
    wanted += [CALENDAR_LIST] if calendar or meetings else []
    wanted += [events[calendar]] if calendar else []
    wanted += [ANY_EVENTS] if meetings and calendar != "existing" else []
    return tuple(wanted)


def missing(wanted: Collection[str], granted: Collection[str]) -> tuple[str, ...]:
    """Those of ``wanted`` that were not granted, neither they nor wider ones."""
    there = frozenset(granted)
    return tuple(scope for scope in wanted if not there & ({scope} | _INSTEAD.get(scope, set())))


def in_words(scope: str) -> str:
    """What a scope allows, as a user would say it."""
    return _IN_WORDS.get(scope, scope)
