"""Events as kith sees them, whatever calendar they stand in.

Only the *owned* fields are compared and written: when, title, description, and the alarm that kith set. Alarms
dismissed, SEQUENCE, ETags and a server's re-serialising are nobody's edit (design section 3, *Read-back*).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from kith.core.model import CardUid, ETag, EventUid, Href, InstallId

_NAMESPACE = uuid.UUID("0d6e0c5a-6c0e-5f0c-9d9a-7c1f3f0e7a11")


class Kind(StrEnum):
    """What an event is for."""

    REACH_OUT = "reach-out"
    LIST = "list"
    DATE = "date"
    INTRODUCTION = "introduction"
    SCOUT = "scout"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Timed:
    """An event at an instant; ``start`` carries the zone that it was written in."""

    start: datetime
    duration: timedelta

    def day_in(self, zone: tzinfo) -> date:
        """The local day on which the event starts."""
        return self.start.astimezone(zone).date()

    def same_start(self, other: When) -> bool:
        """Whether both start at the same instant, however their zones are written."""
        # In UTC: in the hour that a clock change repeats, Python compares local times in ways of its own.
        return isinstance(other, Timed) and self.start.astimezone(UTC) == other.start.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class AllDay:
    """An event that takes a day without hours; people drag events there on phones."""

    day: date

    def day_in(self, zone: tzinfo) -> date:
        """The day itself; an all-day event floats."""
        return self.day

    def same_start(self, other: When) -> bool:
        """Whether both are all-day on the same day."""
        return isinstance(other, AllDay) and self.day == other.day


When = Timed | AllDay


def start_instant(when: When, zone: tzinfo) -> datetime:
    """The instant an event starts; an all-day event starts at midnight in ``zone``."""
    if isinstance(when, Timed):
        return when.start
    return datetime(when.day.year, when.day.month, when.day.day, tzinfo=zone)


def has_started(when: When, now: datetime, zone: tzinfo) -> bool:
    """An event has started from its start on."""
    return start_instant(when, zone) <= now


def has_passed(when: When, now: datetime, zone: tzinfo) -> bool:
    """An event has passed at the end of the next local day: there is a whole day for answering it late."""
    return now.astimezone(zone).date() > when.day_in(zone) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fields:
    """The owned fields of an event."""

    when: When
    title: str
    description: str
    alarm: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What to write into an event that exists; None leaves a field as it is."""

    when: When | None = None
    title: str | None = None
    description: str | None = None
    alarm: bool | None = None

    def __bool__(self) -> bool:
        return self != Change()

    def applied_to(self, fields: Fields) -> Fields:
        """What an event says after it."""
        return Fields(
            when=self.when or fields.when,
            title=fields.title if self.title is None else self.title,
            description=fields.description if self.description is None else self.description,
            alarm=fields.alarm if self.alarm is None else self.alarm,
        )


@dataclass(frozen=True, slots=True)
class Marker:
    """What makes an event recognisable as kith's, carried inside it.

    ``subject`` is the person's id, or for a problem the account and the error's name; ``n`` counts the subject's events
    in this epoch. ``card`` is the UID of one of the person's cards, by which a lost store knows whom the event is
    about. ``lines`` are short digests of the description lines that kith wrote, ``title`` the title without marks and
    ``start`` the start as written, so that read-back works without a store too.
    """

    install: InstallId
    epoch: int
    kind: Kind
    subject: str
    n: int
    card: CardUid | None = None
    title: str = ""
    start: str = ""
    lines: tuple[str, ...] = ()

    @property
    def uid(self) -> EventUid:
        """The only UID an event with this marker can have; a copy has another, and is the user's."""
        name = f"{self.install}|{self.epoch}|{self.kind}|{self.subject}|{self.n}"
        return EventUid(str(uuid.uuid5(_NAMESPACE, name)))


def start_text(when: When) -> str:
    """A start for the marker: UTC for a timed event, the plain day for an all-day one."""
    if isinstance(when, AllDay):
        return when.day.isoformat()
    return when.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One changed instance of an event that the user made repeat (RFC 5545 RECURRENCE-ID)."""

    key: str
    when: When
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event of kith's as the calendar holds it now.

    ``repeats`` says that the user made it repeat; ``repeats_until`` is the last day of that, None for no end.
    ``extras`` says that it has a place, guests or alarms that kith did not give it. ``last_modified`` is what the
    calendar app said, as an instant, where it said anything.
    """

    href: Href
    etag: ETag | None
    uid: EventUid
    fields: Fields
    marker: Marker | None = None
    last_modified: datetime | None = None
    repeats: bool = False
    repeats_until: date | None = None
    extras: bool = False
    occurrences: tuple[Occurrence, ...] = ()


# --- text -------------------------------------------------------------------------------------------------

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""No calendar keeps these: with them, a line would come back as another, and be taken for the user's."""


def printable(line: str) -> str:
    """A line without the characters that no calendar keeps, a blank in the place of each."""
    return _UNSEEN.sub(" ", line)


def normal_line(line: str) -> str:
    """A line for comparing: other kinds of blanks, runs of blanks and invisible marks do not count."""
    visible = line.replace("\u200b", "").replace("\ufeff", "").replace("\ufe0f", "")
    return " ".join(visible.split())


def normal_lines(text: str) -> list[str]:
    """The lines of a text for comparing, without empty ones."""
    return [line for line in map(normal_line, text.splitlines()) if line]


def line_digests(lines: Iterable[str]) -> tuple[str, ...]:
    """Short digests of lines, as an event carries them in its marker."""
    return tuple(hashlib.sha256(line.encode()).hexdigest()[:8] for line in map(normal_line, lines) if line)
