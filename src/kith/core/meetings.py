"""Meetings in the user's own calendars, as every calendar tells of them.

A meeting is one occurrence: of a series each date is one. What one means for the people whom kith knows is for
:mod:`kith.core.conversing` to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from kith.core.event import Timed, When, start_instant
from kith.core.model import EventUid

MEETING_SIZE = 8
"""How many people a meeting has at most, unless the config says otherwise."""

LOOK_BACK, LOOK_AHEAD = timedelta(days=60), timedelta(days=60)
"""What of a calendar counts: what was longer ago is settled, and what is further ahead may still change."""

SOON = timedelta(days=14)
"""Somebody overdue is not reminded of while a meeting with them is this near."""


class Answer(StrEnum):
    """What somebody invited said (PARTSTAT; Google's responseStatus)."""

    NONE = "none"
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Kind(StrEnum):
    """Who or what was invited (CUTYPE)."""

    PERSON = "person"
    LIST = "list"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Guest:
    """One who was invited. ``email`` is in its plain form; ``is_me`` is what the calendar itself says.

    ``invites`` is for an organizer who is not among those invited.
    """

    email: str
    answer: Answer = Answer.NONE
    kind: Kind = Kind.PERSON
    is_me: bool = False
    invites: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence of an event of the user's.

    ``key`` is the same in every calendar that holds it and stays when it is moved: the event's UID, and of a series
    also when this occurrence was to be. ``whole`` is false where the calendar does not tell of all guests.
    """

    key: str
    when: When
    title: str
    guests: tuple[Guest, ...] = ()
    cancelled: bool = False
    whole: bool = True

    @property
    def uid(self) -> EventUid:
        """The UID of its event."""
        return EventUid(self.key.partition("\n")[0])

    def end(self, zone: tzinfo) -> datetime:
        """The instant at which it is over."""
        if isinstance(self.when, Timed):
            return self.when.start.astimezone(UTC) + self.when.duration
        return start_instant(self.when, zone).astimezone(UTC) + timedelta(days=1)


def key_of(uid: str, planned: str = "") -> str:
    """The key of an event, or of the occurrence of a series that was to be when ``planned`` says."""
    return f"{uid}\n{planned}" if planned else uid


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to another one, without it."""

    start: datetime
    end: datetime

    @classmethod
    def around(cls, now: datetime, *, more: timedelta = timedelta(0)) -> Span:
        """What counts at an instant, and ``more`` ahead."""
        return cls(now - LOOK_BACK, now + LOOK_AHEAD + more)

    def has(self, meeting: Meeting, zone: tzinfo) -> bool:
        """Whether some of the meeting lies inside."""
        return start_instant(meeting.when, zone) < self.end and meeting.end(zone) > self.start


def is_excused(ahead: date | None, at_worst: date | None, today: date) -> bool:
    """Whether a meeting on the day ``ahead`` makes a nudge needless: by ``at_worst``, or soon for somebody overdue."""
    if ahead is None or ahead < today:
        return False
    return ahead <= max(at_worst or today, today + SOON)
