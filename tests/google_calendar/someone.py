"""Somebody with a calendar at Google, and what the tests of it have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fakes.google.calendar import CalendarApi
from fakes.google.emulated import Emulated
from kith.calendars.base import Look, Receipt
from kith.calendars.google import GoogleCalendar
from kith.core.event import Fields, Kind, Marker, SeenEvent, Timed, line_digests, start_text
from kith.core.model import CardUid, ETag, Href, InstallId

NAME = "Keep in touch"
LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
WHEN = Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), timedelta(minutes=15))
BRIEF = "inner, every 2 weeks\n\n— write below this line —"
FIELDS = Fields(WHEN, "Reach out: Ana Souza", BRIEF)


def marker(subject: str = "ana", n: int = 1) -> Marker:
    return Marker(
        *(InstallId("5b2f0c1e"), 1, Kind.REACH_OUT, subject, n),
        card=CardUid(f"card-{subject}"),
        title="Reach out: Ana Souza",
        start=start_text(WHEN),
        lines=line_digests(BRIEF.splitlines()),
    )


class Someone:
    """One user: kith's way to the calendar, other clients' way, and what kith knows from its last look."""

    def __init__(self, emulated: Emulated) -> None:
        self.emulated = emulated
        self.google = emulated.google
        self.api: CalendarApi = emulated.calendar
        self.id = self.api.make_calendar(NAME, app_created=True).id
        self.seconds = NOW.timestamp()
        self.cursor = ""
        self.known: dict[Href, ETag | None] = {}
        self.calendar = self.open()
        self.other = self.calendar

    def open(self, name: str = NAME, *, own: bool = True) -> GoogleCalendar:
        """The calendar, as the next process opens it."""
        return self.emulated.open_calendar(name, LISBON, lambda: self.seconds, own=own)

    def create(self, *subjects: str) -> list[Receipt]:
        """Have kith write events, and remember them."""
        made = [self.calendar.create(marker(subject), FIELDS, NOW) for subject in subjects]
        self.remember(*made)
        return made

    def remember(self, *receipts: Receipt) -> None:
        """As the store does after a write."""
        self.known |= {receipt.href: receipt.etag for receipt in receipts}

    def look(self, *, remembering: bool = True) -> Look:
        """A look; without ``remembering``, a pass that was killed after it had stored the cursor."""
        look = self.calendar.look(self.known, self.cursor)
        self.cursor = look.cursor
        if remembering:
            self.known |= {event.href: event.etag for event in look.events}
        return look

    def seen(self, subject: str = "ana") -> SeenEvent:
        """An event as another process sees it."""
        found = self.calendar.find(marker(subject).uid)
        assert found is not None
        return found

    def event(self, subject: str = "ana") -> Mapping[str, Any]:
        """An event as Google has it."""
        return self.api.there(self.id)[marker(subject).uid.replace("-", "")]

    def change(self, subject: str = "ana", **members: Any) -> None:
        """Change an event from another client."""
        self.api.change(self.id, marker(subject).uid.replace("-", ""), **members)

    def asked(self) -> Counter[str]:
        """What Google was asked since the last time, tokens left out."""
        counts = self.google.counts()
        self.google.forget_asked()
        del counts["token"]
        return Counter({name.removeprefix("calendar."): number for name, number in counts.items()})


def subjects(look: Look) -> list[str]:
    return sorted(event.marker.subject for event in look.events if event.marker)


def href(subject: str = "ana") -> Href:
    return Href(marker(subject).uid.replace("-", ""))
