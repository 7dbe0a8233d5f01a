"""A watched calendar: whole passes with 2,000 appointments, one in ten a series, in a folder and on a Radicale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.command import kith
from bench.dav import radicale

_PEOPLE, _APPOINTMENTS = 1_000, 2_000
_DAYS = range(-365 * 3, 180)
_WITHOUT = """\
timezone = "Europe/Lisbon"

[accounts.disk]
type = "folder"
contacts = "book.vcf"
calendar = "calendars/kith"

[accounts.server]
type = "dav"
url = "{url}"
username = "ana"
password_command = ["echo", "secret"]
contacts = false

[calendar]
account = "disk"

[circles.friends]
every = "6w"
labels = ["friends"]
"""
_IN_A_FOLDER = '\n[meetings]\ncalendars = ["disk/work"]\n'
_ON_A_SERVER = '\n[meetings]\ncalendars = ["server/Work"]\n'


def measure() -> list[tuple[str, str]]:
    """`kith sync` without them, then for the first time with them, and with nothing changed."""
    with TemporaryDirectory() as folder, radicale(Path(folder)) as url:
        home = Path(folder) / "home"
        work = home / "calendars" / "work"
        work.mkdir(parents=True)
        _fill(home, work, Path(folder) / "collections" / "collection-root" / "ana" / "work")
        return list(_passes(home, url))


def _passes(home: Path, url: str) -> Iterator[tuple[str, str]]:
    config = home / "config.toml"
    about = f"{_APPOINTMENTS:,} appointments"
    config.write_text(_WITHOUT.format(url=url))
    kith(home, "sync")
    yield f"{_PEOPLE:,} cards: kith sync, nothing changed, no calendar watched", str(kith(home, "sync"))
    for where, more in (("in a folder", _IN_A_FOLDER), ("on a Radicale", _ON_A_SERVER)):
        config.write_text(_WITHOUT.format(url=url) + more)
        yield f"{about} {where}: kith sync, first", str(kith(home, "sync"))
        yield f"{about} {where}: kith sync, nothing changed", str(kith(home, "sync"))
    yield f"{about}: kith meetings", str(kith(home, "meetings"))


def _fill(home: Path, folder: Path, collection: Path) -> None:
    """One address book, and the same appointments in a folder and in a calendar of the server's."""
    cards = (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:Ana Souza {number}\r\nEMAIL:p{number}@example.org\r\n"
        f"CATEGORIES:{'friends' if number % 3 == 0 else 'others'}\r\nEND:VCARD\r\n"
        for number in range(_PEOPLE)
    )
    (home / "book.vcf").write_text("".join(cards))
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR", "D:displayname": "Work"}')
    random, today = Random(1), datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for number in range(_APPOINTMENTS):
        event = _appointment(number, today + timedelta(days=random.choice(_DAYS)), random)
        for target in (folder, collection):
            (target / f"{number}.ics").write_text(event, newline="")


def _appointment(number: int, start: datetime, random: Random) -> str:
    guests = (f"ATTENDEE:mailto:p{random.randrange(_PEOPLE * 2)}@example.org" for _ in range(random.randrange(5)))
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "BEGIN:VEVENT", f"UID:{number}"),
        *("DTSTAMP:20260101T000000Z", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", f"SUMMARY:Item {number}"),
        *(["RRULE:FREQ=WEEKLY"] if number % 10 == 0 else []),
        *guests,
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    return "\r\n".join(lines)
