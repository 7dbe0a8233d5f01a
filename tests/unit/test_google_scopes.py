"""What kith asks Google for: what the config needs, and never more."""

from __future__ import annotations

import pytest

from kith.google.scopes import (
    ANY_EVENTS,
    CALENDAR_LIST,
    CONTACTS,
    EVENTS,
    OWN_CALENDARS,
    OWNED_EVENTS,
    Use,
    in_words,
    missing,
    needed,
)


@pytest.mark.parametrize(
    ("contacts", "calendar", "meetings", "scopes"),
    [
        (True, None, False, (CONTACTS,)),
        (False, "own", False, (CALENDAR_LIST, OWN_CALENDARS)),
        (True, "own", True, (CONTACTS, CALENDAR_LIST, OWN_CALENDARS, ANY_EVENTS)),
        (False, "primary", True, (CALENDAR_LIST, OWNED_EVENTS, ANY_EVENTS)),
        (False, "existing", True, (CALENDAR_LIST, EVENTS)),
        (False, None, True, (CALENDAR_LIST, ANY_EVENTS)),
    ],
)
def test_what_is_asked_for(contacts: bool, calendar: Use | None, meetings: bool, scopes: tuple[str, ...]) -> None:
    assert needed(contacts=contacts, calendar=calendar, meetings=meetings) == scopes


@pytest.mark.parametrize(
    "granted", [ANY_EVENTS, EVENTS, ANY_EVENTS.replace("calendar.events.readonly", "calendar.readonly")]
)
def test_a_wider_right_will_do_for_meetings(granted: str) -> None:
    assert missing((ANY_EVENTS,), (granted,)) == ()
    assert missing((ANY_EVENTS,), (OWNED_EVENTS, OWN_CALENDARS)) == (ANY_EVENTS,)
    assert in_words(ANY_EVENTS) == "see the events in all your calendars"
