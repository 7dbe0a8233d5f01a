"""What a person does in the calendar app on their phone, done to the ``.ics`` files as such an app does it.

This room stands for a stranger's program: it uses icalendar alone and knows nothing of kith.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the app lists it."""

    path: Path
    title: str
    start: datetime


def entries(folder: Path) -> list[Entry]:
    """Every event in the folder, by start."""
    found = []
    for path in folder.glob("*.ics"):
        event = _event(Calendar.from_ical(path.read_bytes()))
        found.append(Entry(path, str(event["SUMMARY"]), _instant(event, "DTSTART")))
    return sorted(found, key=lambda entry: (entry.start, entry.title))


def description(entry: Entry) -> str:
    """The event's description."""
    return str(_event(Calendar.from_ical(entry.path.read_bytes())).get("DESCRIPTION", ""))


def tick(entry: Entry, now: datetime) -> None:
    """Put a ✓ before the title."""
    _edit(entry, now, lambda event: _put(event, "SUMMARY", f"✓ {event['SUMMARY']}"))


def tried(entry: Entry, now: datetime) -> None:
    """Put a ~ before the title."""
    _edit(entry, now, lambda event: _put(event, "SUMMARY", f"~ {event['SUMMARY']}"))


def write_below(entry: Entry, text: str, now: datetime) -> None:
    """Type under what stands there."""
    _edit(entry, now, lambda event: _put(event, "DESCRIPTION", f"{event.get('DESCRIPTION', '')}\n{text}"))


def drag(entry: Entry, by: timedelta, now: datetime) -> None:
    """Drag the event to another day."""

    def move(event: Event) -> None:
        for name in ("DTSTART", "DTEND"):
            _put(event, name, _instant(event, name) + by)

    _edit(entry, now, move)


def delete(entry: Entry) -> None:
    """Delete the event."""
    entry.path.unlink()


def _edit(entry: Entry, now: datetime, change: Callable[[Event], None]) -> None:
    calendar = Calendar.from_ical(entry.path.read_bytes())
    event = _event(calendar)
    change(event)
    _put(event, "LAST-MODIFIED", now.astimezone(UTC))
    _put(event, "SEQUENCE", int(str(event.get("SEQUENCE", 0))) + 1)
    entry.path.write_bytes(calendar.to_ical())


def _instant(event: Event, name: str) -> datetime:
    value = event[name]
    found = getattr(value, "dt", None)
    assert isinstance(found, datetime), "kith's events are timed"
    return found


def _put(event: Event, name: str, value: object) -> None:
    event.pop(name, None)
    event.add(name, value)


def _event(calendar: object) -> Event:
    assert isinstance(calendar, Calendar)
    return next(part for part in calendar.walk("VEVENT") if isinstance(part, Event))
