"""The contract of every calendar, kept by the one in a Google account: against the emulator, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_calendar_contract import (  # noqa: F401 -- the suite, collected here once more
    LISBON,
    OtherClient,
    TestACalendarThatIsNotThere,
    TestCreating,
    TestDeleting,
    TestFinding,
    TestLooking,
    TestOthersEvents,
    TestPasses,
    TestUpdating,
)

from fakes.google.calendar import CalendarApi
from fakes.google.emulated import Emulated
from kith.calendars.base import Calendar
from kith.core.model import Href

NAME = "Keep in touch"


class GoogleClient:
    """Another client of the same calendar. It writes texts as Google's editor does, in HTML."""

    def __init__(self, emulated: Emulated) -> None:
        self._emulated = emulated
        self._api: CalendarApi = emulated.calendar
        self._id = self._api.make_calendar(NAME, app_created=True).id

    def open(self) -> Calendar:
        return self._emulated.open_calendar(NAME, LISBON)

    def items(self) -> dict[Href, bytes]:
        return {Href(name): repr(event).encode() for name, event in sorted(self._api.there(self._id).items())}

    def edit(self, href: Href, *, title: str | None = None, description: str | None = None) -> None:
        new: dict[str, Any] = {} if title is None else {"summary": title}
        if description is not None:
            new["description"] = description.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        self._api.change(self._id, href, **new)

    def decorate(self, href: Href) -> None:
        private = self._api.there(self._id)[href]["extendedProperties"]["private"]
        properties = {"private": {**private, "another": "kept"}, "shared": {"kithless": "kept, too"}}
        reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 0}]}
        self._api.change(self._id, href, colorId="7", extendedProperties=properties, reminders=reminders)

    def is_decorated(self, href: Href) -> bool:
        event = self._api.there(self._id)[href]
        properties = event["extendedProperties"]
        kept = (event["colorId"], properties["private"]["another"], properties["shared"])
        return kept == ("7", "kept", {"kithless": "kept, too"})

    def copy(self, href: Href) -> Href:
        return Href(self._api.add(self._id, self._api.there(self._id)[href]))

    def add(self, title: str, uid: str = "") -> Href:
        event = {
            "summary": title,
            "start": {"dateTime": "2026-10-07T18:00:00Z"},
            "end": {"dateTime": "2026-10-07T19:00:00Z"},
        }
        return Href(self._api.add(self._id, event, uid.replace("-", "")))

    def delete(self, href: Href) -> None:
        self._api.remove(self._id, href)

    def garble(self, href: Href) -> None:
        self._api.change(self._id, href, start={})

    def renew(self) -> None:
        kept = self._api.there(self._id)
        self.take_away()
        self._id = self._api.make_calendar(NAME, app_created=True).id
        for name, event in kept.items():
            self._api.add(self._id, event, name)

    def take_away(self) -> None:
        del self._api.calendars[self._id]

    def is_there(self) -> bool:
        return NAME in {kept.summary for kept in self._api.calendars.values()}


@pytest.fixture
def client() -> Iterator[OtherClient]:
    with Emulated() as emulated:
        yield GoogleClient(emulated)
