"""What iCalendar text (RFC 5545; RFC 7986 for EMAIL) says of meetings. Pure.

One damaged event costs itself only; an event that some kith wrote, or a copy of one, is no meeting.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar

from kith.codecs.marker import MARK
from kith.codecs.occurrences import Part, occurrences, repeats
from kith.codecs.text import clean
from kith.core import plain
from kith.core.event import AllDay, Timed, When
from kith.core.meetings import Answer, Guest, Kind, Meeting, Span
from kith.errors import Malformed

_YEARS = range(1900, 9000)
_LONGEST_TITLE = 200
_MOST_GUESTS = 500
_ANSWERS = {"ACCEPTED": Answer.YES, "TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO, "DELEGATED": Answer.NO}
_KINDS = {"GROUP": Kind.LIST, "RESOURCE": Kind.ROOM, "ROOM": Kind.ROOM}
_RULES = ("RRULE", "RDATE", "EXDATE")
_NONSENSE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Found:
    """The meetings of one calendar object, whether it repeats, and how many of its events cannot be read."""

    meetings: tuple[Meeting, ...] = ()
    repeats: bool = False
    unreadable: int = 0


def meetings(raw: bytes, span: Span, zone: tzinfo) -> Found:
    """Every meeting of a calendar object: of what repeats the dates inside ``span``.

    A time without a zone is taken to be in ``zone``.

    Raises:
        Malformed: it is no calendar object.
    """
    if MARK in raw:
        return Found()
    with warnings.catch_warnings(action="ignore"):
        parts, unreadable = _parts(raw, zone)
        found: list[Meeting] = []
        for same in parts.values():
            try:
                found += occurrences(same, span, zone)
            except Malformed:
                unreadable += 1
    return Found(tuple(found), any(map(repeats, parts.values())), unreadable)


def title_of(text: str) -> str:
    """A title in one line that is not too long."""
    return " ".join(clean(text).split())[:_LONGEST_TITLE]


def _parts(raw: bytes, zone: tzinfo) -> tuple[dict[str, list[Part]], int]:
    """The events of an object by their UIDs, and how many there are that cannot be read."""
    parts: dict[str, list[Part]] = defaultdict(list)
    unreadable = 0
    for event in _events(raw):
        try:
            part = _part(event, zone)
        except _NONSENSE:
            unreadable += 1
            continue
        parts[part.meeting.key].append(part)
    return parts, unreadable


def _events(raw: bytes) -> list[Any]:
    try:
        calendar = Calendar.from_ical(raw)
        if not isinstance(calendar, Calendar):
            raise Malformed("a calendar file must begin with BEGIN:VCALENDAR")
        return list(calendar.walk("VEVENT"))
    except _NONSENSE as error:
        raise Malformed("not a calendar file that can be read") from error


def _part(event: Any, zone: tzinfo) -> Part:  # noqa: ANN401 -- icalendar's are dictionaries of Any
    uid = _text(event, "uid")
    start = _date(event, "dtstart")
    if not uid or start is None:
        raise ValueError("an event without a UID or a start")
    planned = _date(event, "recurrence-id")
    if planned is None and "RECURRENCE-ID" in event:
        raise ValueError("a date of a series that cannot be told")
    rules = {name: event[name] for name in _RULES if name in event}
    return Part(
        meeting=Meeting(
            key=uid,
            when=_when(event, start, zone),
            title=title_of(_text(event, "summary")),
            guests=tuple(_guests(event)),
            cancelled=_text(event, "status").upper() == "CANCELLED",
        ),
        start=start,
        planned=planned,
        onward=planned is not None and event["RECURRENCE-ID"].params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=rules if planned is None and ("RRULE" in rules or "RDATE" in rules) else None,
    )


def _when(event: Any, start: date, zone: tzinfo) -> When:  # noqa: ANN401
    if not isinstance(start, datetime):
        return AllDay(start)
    aware = start if start.tzinfo else start.replace(tzinfo=zone)
    end, length = _date(event, "dtend"), getattr(_first(event, "duration"), "dt", None)
    if isinstance(end, datetime):
        length = (end if end.tzinfo else end.replace(tzinfo=zone)).astimezone(UTC) - aware.astimezone(UTC)
    return Timed(aware, max(length, timedelta(0)) if isinstance(length, timedelta) else timedelta(0))


# --- guests -----------------------------------------------------------------------------------------------


def _guests(event: Any) -> Iterator[Guest]:  # noqa: ANN401
    """Everybody invited, each once, and the organizer where they are not among them."""
    told = event.get("attendee", [])
    invited: dict[str, Guest] = {}
    for number, attendee in enumerate((told if isinstance(told, list) else [told])[:_MOST_GUESTS]):
        params = getattr(attendee, "params", {})
        # Without an address it is somebody all the same, whom nobody knows.
        email = _email(attendee) or f"#{number}"
        answer = _ANSWERS.get(str(params.get("PARTSTAT", "")).upper(), Answer.NONE)
        invited[email] = Guest(email, answer, _KINDS.get(str(params.get("CUTYPE", "")).upper(), Kind.PERSON))
    yield from invited.values()
    organizer = _email(_first(event, "organizer"))
    if organizer and organizer not in invited:
        yield Guest(organizer, Answer.YES, invites=True)


def _email(address: Any) -> str:  # noqa: ANN401
    """The address of a guest: ``mailto:``, or beside what only the server understands (``/principals/ana/``)."""
    if address is None:
        return ""
    told = str(getattr(address, "params", {}).get("EMAIL", ""))
    return plain.email(told.casefold()) or plain.email(str(address).casefold())


# --- values -----------------------------------------------------------------------------------------------


def _first(event: Any, name: str) -> Any:  # noqa: ANN401
    value = event.get(name)
    return (value[0] if value else None) if isinstance(value, list) else value


def _date(event: Any, name: str) -> date | None:  # noqa: ANN401
    found = getattr(_first(event, name), "dt", None)
    return found if isinstance(found, date) and found.year in _YEARS else None


def _text(event: Any, name: str) -> str:  # noqa: ANN401
    value = _first(event, name)
    return "" if value is None else str(value)
