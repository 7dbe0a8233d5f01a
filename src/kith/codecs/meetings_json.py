"""What the Google Calendar API's JSON (``calendar.v3``, *Events*) says of meetings. Pure.

A series comes with those of its dates that were changed or cancelled, and is expanded here as any other: Google's own
expansion has no end unless it is told one, and what changes afterwards cannot be asked for inside one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from kith.codecs.calendar_json import Json, is_marked
from kith.codecs.meetings_ical import Found, title_of
from kith.codecs.occurrences import Part, occurrences, repeats
from kith.core import plain
from kith.core.event import AllDay, Timed, When
from kith.core.meetings import Answer, Guest, Kind, Meeting, Span
from kith.errors import Malformed

_YEARS = range(1900, 9000)
_ANSWERS = {"accepted": Answer.YES, "tentative": Answer.MAYBE, "declined": Answer.NO}
_TYPES = ("", "default", "fromGmail")
"""Not birthdays, focus time, out of office, working locations."""


def meetings(event: Json, instances: Iterable[Json], span: Span, zone: tzinfo) -> Found:
    """Every meeting of an event: of one that repeats the dates inside ``span``, as ``instances`` changed them.

    Raises:
        Malformed: it has no id, no start, or repeats in a way that cannot be followed.
    """
    changed = list(instances)
    if any(map(is_marked, (event, *changed))) or _text(event, "eventType") not in _TYPES:
        return Found()
    parts = [_part(event, zone)] if event.get("start") else []
    unreadable = 0
    for instance in changed:
        try:
            parts.append(_part(instance, zone, series=event))
        except Malformed:
            unreadable += 1
    return Found(tuple(occurrences(parts, span, zone)), repeats(parts), unreadable)


def _part(event: Json, zone: tzinfo, series: Json | None = None) -> Part:
    planned = _date(event.get("originalStartTime"), zone) if series is not None else None
    # Of a date that was cancelled nothing may be told but which it was.
    start = _date(event.get("start"), zone) or planned
    uid = _text(event, "iCalUID") or _text(series or event, "iCalUID") or _text(series or event, "id")
    if not uid or start is None or (series is not None and planned is None):
        raise Malformed("an event without an id or a start")
    return Part(
        meeting=Meeting(
            key=uid,
            when=_when(start, _date(event.get("end"), zone)),
            title=title_of(_text(event, "summary")),
            guests=tuple(_guests(event)),
            cancelled=_text(event, "status") == "cancelled",
            whole=event.get("attendeesOmitted") is not True,
        ),
        start=start,
        planned=planned,
        rules=None if series is not None else _rules(event),
    )


def _when(start: date, end: date | None) -> When:
    if not isinstance(start, datetime):
        return AllDay(start)
    length = end.astimezone(UTC) - start.astimezone(UTC) if isinstance(end, datetime) else timedelta(0)
    return Timed(start, max(length, timedelta(0)))


def _rules(event: Json) -> Mapping[str, Any] | None:
    """The rules of a series, which Google tells in lines of iCalendar."""
    told = event.get("recurrence")
    lines = [line for line in told if isinstance(line, str)] if isinstance(told, list) else []
    if not lines:
        return None
    try:
        rules = Event.from_ical("\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT")))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Malformed("a series whose rule cannot be read") from error
    assert isinstance(rules, Event)
    return {name: rules[name] for name in ("RRULE", "RDATE", "EXDATE") if name in rules}


def _guests(event: Json) -> Iterator[Guest]:
    told = event.get("attendees")
    invited: dict[str, Guest] = {}
    for number, attendee in enumerate(told if isinstance(told, list) else []):
        if isinstance(attendee, Mapping):
            email = plain.email(_text(attendee, "email").casefold()) or f"#{number}"
            kind = Kind.ROOM if attendee.get("resource") is True else Kind.PERSON
            answer = _ANSWERS.get(_text(attendee, "responseStatus"), Answer.NONE)
            invited[email] = Guest(email, answer, kind, is_me=attendee.get("self") is True)
    yield from invited.values()
    organizer = event.get("organizer")
    if isinstance(organizer, Mapping):
        email = plain.email(_text(organizer, "email").casefold())
        if email and email not in invited:
            yield Guest(email, Answer.YES, is_me=organizer.get("self") is True, invites=True)


def _date(value: object, zone: tzinfo) -> date | None:
    """A day, or an instant in the zone in which the event is kept: a series goes by its clock."""
    if not isinstance(value, Mapping):
        return None
    try:
        if value.get("date"):
            found: date = date.fromisoformat(str(value["date"]))
        else:
            own = _zone(_text(value, "timeZone")) or zone
            instant = datetime.fromisoformat(_text(value, "dateTime"))
            found = instant.astimezone(own) if instant.tzinfo else instant.replace(tzinfo=own)
    except (ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, LookupError, OSError):
        return None


def _text(value: Json, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
