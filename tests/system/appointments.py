"""The user's own calendar as a folder beside kith's, and what a calendar app writes into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

ME = "me@example.org"


class Appointments:
    """One folder of events."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(
        self,
        name: str,
        start: datetime,
        *guests: str,
        title: str = "",
        minutes: int = 60,
        mine: str = "ACCEPTED",
        more: Sequence[str] = (),
    ) -> Path:
        """Write an event, in the place of one of this name; ``guests`` are addresses, or whole ATTENDEE values."""
        people = [f"ATTENDEE;PARTSTAT={mine}:mailto:{ME}", f"ORGANIZER:mailto:{ME}"] if guests else []
        people += [f"ATTENDEE{guest}" if guest[0] in ":;" else f"ATTENDEE:mailto:{guest}" for guest in guests]
        lines = [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//app//EN", "BEGIN:VEVENT", f"UID:{name}"),
            *(
                "DTSTAMP:20261001T080000Z",
                f"DTSTART:{stamp(start)}",
                f"DTEND:{stamp(start + timedelta(minutes=minutes))}",
            ),
            *(f"SUMMARY:{title or name}", *people, *more, "END:VEVENT", "END:VCALENDAR", ""),
        ]
        path = self.folder / f"{name}.ics"
        path.write_bytes("\r\n".join(lines).encode())
        return path

    def remove(self, name: str) -> None:
        (self.folder / f"{name}.ics").unlink()


def stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
