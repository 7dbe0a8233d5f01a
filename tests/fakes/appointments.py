"""Appointments of the user's own, as values, and as iCalendar text; for calendars that are watched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ME = "me@example.com"
LISBON = ZoneInfo("Europe/Lisbon")


@dataclass(frozen=True)
class Appointment:
    """``guests`` are addresses with what was answered; ``rule`` is an RRULE's value.

    ``without`` are dates that are left out of a series, ``changed`` what became of some of the others.
    """

    name: str
    start: datetime | date
    title: str = "Lunch"
    minutes: int = 60
    guests: tuple[tuple[str, str], ...] = ((ME, "ACCEPTED"), ("ana@example.org", "NEEDS-ACTION"))
    rule: str = ""
    without: tuple[datetime, ...] = ()
    changed: dict[datetime, Appointment] = field(default_factory=dict)
    cancelled: bool = False
    kiths: bool = False

    @property
    def end(self) -> datetime | date:
        if isinstance(self.start, datetime):
            return (self.start.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(self.start.tzinfo)
        return self.start + timedelta(days=1)

    def but(self, **changes: Any) -> Appointment:
        return replace(self, **changes)


def as_ics(one: Appointment) -> bytes:
    """One calendar object, its time zone's rules left to those who know it by its name."""
    events = [*_event(one, one.name)]
    for planned, changed in one.changed.items():
        events += _event(changed, one.name, planned)
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//app//EN", *events, "END:VCALENDAR", ""]).encode()


def _event(one: Appointment, uid: str, planned: datetime | None = None) -> list[str]:
    return [
        *("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261001T080000Z"),
        *([_time("RECURRENCE-ID", planned)] if planned else []),
        *(_time("DTSTART", one.start), _time("DTEND", one.end), f"SUMMARY:{one.title}"),
        *([f"RRULE:{one.rule}"] if one.rule else []),
        *(_time("EXDATE", day) for day in one.without),
        *(["STATUS:CANCELLED"] if one.cancelled else []),
        *([f"ORGANIZER:mailto:{one.guests[0][0]}"] if one.guests else []),
        *(f"ATTENDEE;PARTSTAT={answer}:mailto:{email}" for email, answer in one.guests),
        *(["X-KITH-INSTALL:here"] if one.kiths else []),
        "END:VEVENT",
    ]


def _time(name: str, when: datetime | date) -> str:
    if not isinstance(when, datetime):
        return f"{name};VALUE=DATE:{when:%Y%m%d}"
    if isinstance(when.tzinfo, ZoneInfo):
        return f"{name};TZID={when.tzinfo.key}:{when:%Y%m%dT%H%M%S}"
    return f"{name}:{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


_RESPONSES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "NEEDS-ACTION": "needsAction"}


def as_json(one: Appointment) -> dict[str, Any]:
    """The event as Google has it, without what Google itself puts in."""
    event: dict[str, Any] = {
        "summary": one.title,
        "start": _json_time(one.start),
        "end": _json_time(one.end),
        "attendees": [
            {"email": email, "responseStatus": _RESPONSES[answer], **({"self": True} if email == ME else {})}
            for email, answer in one.guests
        ],
        "recurrence": [*([f"RRULE:{one.rule}"] if one.rule else []), *(_time("EXDATE", day) for day in one.without)],
    }
    if one.kiths:
        event["extendedProperties"] = {"private": {"kithInstall": "here"}}
    return {name: value for name, value in event.items() if value}


def _json_time(when: datetime | date) -> dict[str, str]:
    if not isinstance(when, datetime):
        return {"date": when.isoformat()}
    zone = when.tzinfo.key if isinstance(when.tzinfo, ZoneInfo) else "UTC"
    return {"dateTime": when.isoformat(), "timeZone": zone}
