"""A calendar app that edits the ``.ics`` files of a folder, as the one on a phone does by way of a sync program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar


@dataclass(frozen=True, slots=True)
class Event:
    """One file with one event. Each edit writes the whole file anew, with a LAST-MODIFIED where ``at`` is given."""

    path: Path

    # --- looking --------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @property
    def title(self) -> str:
        return str(self.component["SUMMARY"])

    @property
    def description(self) -> str:
        return str(self.component.get("DESCRIPTION", ""))

    @property
    def start(self) -> datetime:
        """The start as an instant; an all-day event has none to speak of."""
        value = getattr(self.component["DTSTART"], "dt", None)
        assert isinstance(value, datetime), "an all-day event"
        return value.astimezone(UTC)

    @property
    def day(self) -> date:
        """The day of an all-day event."""
        value = getattr(self.component["DTSTART"], "dt", None)
        assert type(value) is date, "an event with an hour"
        return value

    @property
    def is_problem(self) -> bool:
        return str(self.component.get("X-KITH-KIND")) == "problem"

    @property
    def alarms(self) -> int:
        return len(self.component.walk("VALARM"))

    @property
    def component(self) -> icalendar.Event:
        return _component(self._read())

    # --- answering ------------------------------------------------------------------------------------

    def tick(self, mark: str = "✓", *, at: datetime | None = None) -> None:
        self.retitle(f"{mark} {self.title}", at=at)

    def untick(self, *, at: datetime | None = None) -> None:
        self.retitle(self.title.removeprefix("✓ "), at=at)

    def retitle(self, title: str, *, at: datetime | None = None) -> None:
        self.edit(lambda event: put(event, "SUMMARY", title), at)

    def type_below(self, text: str, *, at: datetime | None = None) -> None:
        description = f"{self.description}\n{text}"
        self.edit(lambda event: put(event, "DESCRIPTION", description), at)

    def drag(self, to: datetime, *, at: datetime | None = None) -> None:
        def move(event: icalendar.Event) -> None:
            put(event, "DTSTART", to)
            put(event, "DTEND", to + timedelta(minutes=15))

        self.edit(move, at)

    def drag_to_all_day(self, day: date, *, at: datetime | None = None) -> None:
        def move(event: icalendar.Event) -> None:
            put(event, "DTSTART", day)
            put(event, "DTEND", day + timedelta(days=1))

        self.edit(move, at)

    def repeat_weekly(self, *, at: datetime | None = None) -> None:
        self.edit(lambda event: put(event, "RRULE", {"FREQ": "WEEKLY"}), at)

    def copy(self, uid: str) -> Event:
        """The same once more under another UID, as apps copy events."""
        copy = Event(self.path.with_name(f"{uid}.ics"))
        copy.path.write_bytes(self.path.read_bytes())
        copy.edit(lambda event: put(event, "UID", uid), None)
        return copy

    def delete(self) -> None:
        self.path.unlink()

    def edit(self, change: Callable[[icalendar.Event], None], at: datetime | None) -> None:
        calendar = self._read()
        event = _component(calendar)
        change(event)
        put(event, "SEQUENCE", int(str(event.get("SEQUENCE", 0))) + 1)
        if at is not None:
            put(event, "LAST-MODIFIED", at.astimezone(UTC))
        self.path.write_bytes(calendar.to_ical())

    def _read(self) -> icalendar.Calendar:
        calendar = icalendar.Calendar.from_ical(self.path.read_bytes())
        assert isinstance(calendar, icalendar.Calendar)
        return calendar


def put(event: icalendar.Event, name: str, value: object) -> None:
    """Set a property, in place of what it was."""
    event.pop(name, None)
    event.add(name, value)


def _component(calendar: icalendar.Calendar) -> icalendar.Event:
    return next(part for part in calendar.walk("VEVENT") if isinstance(part, icalendar.Event))
