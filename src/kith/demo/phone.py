"""What a person does in the calendar app on their phone, done to the events as such an app does it.

This room stands for a stranger's program: it uses icalendar alone and knows nothing of kith. Where the events are is
somebody else's subject (:class:`Storage`): a folder here, a CalDAV server in :mod:`kith.demo.dav`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from icalendar import Calendar, Event


class Storage(Protocol):
    """A place with one iCalendar object for each event, by name."""

    def read_all(self) -> Iterable[tuple[str, bytes]]:
        """Every object and its name."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Replace one."""
        ...

    def delete(self, name: str) -> None:
        """Take one away."""
        ...


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """A folder of ``.ics`` files."""

    folder: Path

    def read_all(self) -> Iterable[tuple[str, bytes]]:
        """Every file."""
        return [(path.name, path.read_bytes()) for path in self.folder.glob("*.ics")]

    def write(self, name: str, data: bytes) -> None:
        """Replace the file."""
        (self.folder / name).write_bytes(data)

    def delete(self, name: str) -> None:
        """Remove the file."""
        (self.folder / name).unlink()


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the app lists it."""

    name: str
    title: str
    start: datetime
    description: str
    data: bytes = field(repr=False)


class Phone:
    """The app. ``now`` is when the person holds it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.now = datetime.now(UTC)

    def entries(self) -> list[Entry]:
        """Every event, by start."""
        return sorted(
            (entry_of(name, data) for name, data in self._storage.read_all()),
            key=lambda entry: (entry.start, entry.title),
        )

    def tick(self, entry: Entry) -> None:
        """Put a ✓ before the title."""
        self._edit(entry, lambda event: _put(event, "SUMMARY", f"✓ {event['SUMMARY']}"))

    def tried(self, entry: Entry) -> None:
        """Put a ~ before the title."""
        self._edit(entry, lambda event: _put(event, "SUMMARY", f"~ {event['SUMMARY']}"))

    def write_below(self, entry: Entry, text: str) -> None:
        """Type under what stands there."""
        self._edit(entry, lambda event: _put(event, "DESCRIPTION", f"{event.get('DESCRIPTION', '')}\n{text}"))

    def drag(self, entry: Entry, by: timedelta) -> None:
        """Drag the event to another day."""

        def move(event: Event) -> None:
            for name in ("DTSTART", "DTEND"):
                _put(event, name, _instant(event, name) + by)

        self._edit(entry, move)

    def delete(self, entry: Entry) -> None:
        """Delete the event."""
        self._storage.delete(entry.name)

    def _edit(self, entry: Entry, change: Callable[[Event], None]) -> None:
        calendar = Calendar.from_ical(entry.data)
        event = _event(calendar)
        change(event)
        _put(event, "LAST-MODIFIED", self.now.astimezone(UTC))
        _put(event, "SEQUENCE", int(str(event.get("SEQUENCE", 0))) + 1)
        self._storage.write(entry.name, calendar.to_ical())


def entry_of(name: str, data: bytes) -> Entry:
    """An event as it is listed."""
    event = _event(Calendar.from_ical(data))
    return Entry(name, str(event["SUMMARY"]), _instant(event, "DTSTART"), str(event.get("DESCRIPTION", "")), data)


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
