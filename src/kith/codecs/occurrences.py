"""The dates of a series (RFC 5545, sections 3.8.4.4 and 3.8.5), for calendars that are read and never written.

The expansion is recurring-ical-events'. It is only shown what it can bring to an end: a rule by the hour or less, one
that steps by nothing, or one that never comes true would keep it busy for ever. Pure.
"""

from __future__ import annotations

import warnings
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from math import prod
from typing import Any

from icalendar import Calendar, Event
from icalendar.prop import vDDDTypes, vRecur
from recurring_ical_events import of

from kith.core.event import AllDay, Timed, When, start_text
from kith.core.meetings import Meeting, Span, key_of
from kith.errors import Malformed

_BY_THE_DAY = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_BY_THE_HOUR = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MOST_A_DAY = 24
_LEAP_YEAR = 2024
_MOST_OCCURRENCES = 1000
_PART = "X-KITH-PART"
_RULES = ("RRULE", "RDATE", "EXDATE")
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """One event of a series: the series itself, or a date of it that was changed.

    ``meeting`` is what it says, under the UID alone; ``start`` is its start as written, without a zone where it has
    none. ``planned`` is when a changed one was to be, and ``onward`` that all later ones changed with it. ``rules`` are
    the RRULE, RDATE and EXDATE of the series, as icalendar has them.
    """

    meeting: Meeting
    start: date
    planned: date | None = None
    onward: bool = False
    rules: Mapping[str, Any] | None = None


def occurrences(parts: Sequence[Part], span: Span, zone: tzinfo) -> list[Meeting]:
    """The dates of one UID's events inside ``span``; one that does not repeat is told whenever it is.

    Raises:
        Malformed: the series repeats in a way that cannot be followed.
    """
    series = next((part for part in parts if part.planned is None), None)
    if series is None or not series.rules:
        return [_by_itself(part, zone) for part in parts]
    found: dict[str, Meeting] = {}
    for component in islice(_components(parts, series, span, zone), _MOST_OCCURRENCES):
        part = parts[int(component[_PART])]
        start = component["DTSTART"].dt
        key = part.planned if part.planned is not None and not part.onward else component["RECURRENCE-ID"].dt
        meeting = _at(part.meeting, start if part.onward else key, _when(start, part.meeting.when, zone), zone)
        found.setdefault(meeting.key, meeting)
    return list(found.values())


def repeats(parts: Sequence[Part]) -> bool:
    """Whether there may be other dates later."""
    return any(part.rules for part in parts)


def _by_itself(part: Part, zone: tzinfo) -> Meeting:
    return part.meeting if part.planned is None else _at(part.meeting, part.planned, part.meeting.when, zone)


def _at(meeting: Meeting, planned: date, when: When, zone: tzinfo) -> Meeting:
    return replace(meeting, key=key_of(meeting.key, start_text(_when(planned, when, zone))), when=when)


def _when(start: date, like: When, zone: tzinfo) -> When:
    if not isinstance(start, datetime):
        return AllDay(start)
    aware = start if start.tzinfo else start.replace(tzinfo=zone)
    return Timed(aware, like.duration if isinstance(like, Timed) else timedelta(0))


# --- what the library is shown ----------------------------------------------------------------------------


def _components(parts: Sequence[Part], series: Part, span: Span, zone: tzinfo) -> Iterator[Any]:
    calendar = Calendar()
    for number, part in enumerate(parts):
        calendar.add_component(_skeleton(number, part, series, span))
    start, end = (instant.astimezone(zone) for instant in (span.start, span.end))
    try:
        with warnings.catch_warnings(action="ignore"):
            yield from of(calendar).between(start, end)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Malformed("a series that cannot be followed") from error


def _skeleton(number: int, part: Part, series: Part, span: Span) -> Event:
    """A component with nothing in it but when it is."""
    event = Event()
    event.add("uid", series.meeting.key)
    event.add("dtstart", part.start)
    event.add("dtend", _end(part))
    event[_PART] = str(number)
    if part.planned is not None:
        event["RECURRENCE-ID"] = vDDDTypes(part.planned)
        if part.onward:
            event["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        return event
    for name in _RULES:
        if part.rules and name in part.rules:
            event[name] = part.rules[name]
    rules = event.get("RRULE", [])
    bounded = [_bounded(rule, part.start, span) for rule in (rules if isinstance(rules, list) else [rules])]
    if bounded:
        event["RRULE"] = bounded if len(bounded) > 1 else bounded[0]
    return event


def _end(part: Part) -> date:
    if not isinstance(part.start, datetime) or not isinstance(part.meeting.when, Timed):
        return part.start + _A_DAY
    if part.start.tzinfo is None:
        return part.start + part.meeting.when.duration
    return (part.start.astimezone(UTC) + part.meeting.when.duration).astimezone(part.start.tzinfo)


def _bounded(rule: object, start: date, span: Span) -> vRecur:
    """The rule, ended where nobody looks any more.

    Raises:
        Malformed: one that would have no end all the same, or is none.
    """
    if not isinstance(rule, vRecur):
        raise Malformed("a series whose rule cannot be read")
    frequency, step = _only(rule, "FREQ"), _only(rule, "INTERVAL", 1)
    times = prod(len(_values(rule, name)) or 1 for name in _BY_THE_HOUR)
    steps = str(frequency).upper() in _BY_THE_DAY and isinstance(step, int) and step > 0 and times <= _MOST_A_DAY
    if not (steps and _comes_true(rule)):
        raise Malformed("a series whose rule cannot be followed")
    bounded = vRecur(rule)
    last = span.end.astimezone(UTC) + _A_DAY
    until = _only(rule, "UNTIL")
    if until is not None:
        last = min(last, _as_utc(until, start))
    bounded["UNTIL"] = [_like(start, last)]
    return bounded


def _like(start: date, instant: datetime) -> date:
    """An end as the start is written: with a zone, without one, or a day."""
    if not isinstance(start, datetime):
        return instant.date()
    return instant if start.tzinfo else instant.replace(tzinfo=None)


def _comes_true(rule: Mapping[str, Any]) -> bool:
    """Whether its months have its days: 30 February would be looked for up to the year 9999."""
    months, days = _values(rule, "BYMONTH"), _values(rule, "BYMONTHDAY")
    if not months or not days:
        return True
    return any(abs(int(day)) <= monthrange(_LEAP_YEAR, int(month))[1] for month in months for day in days)


def _as_utc(until: object, start: date) -> datetime:
    """An end in UTC. A mere day lasts until its end; without a zone it is taken as it stands."""
    if isinstance(until, datetime):
        return until.astimezone(UTC) if until.tzinfo else until.replace(tzinfo=UTC)
    if not isinstance(until, date):
        raise Malformed("a series whose end cannot be read")
    if not isinstance(start, datetime):
        return datetime(until.year, until.month, until.day, tzinfo=UTC)
    return datetime(until.year, until.month, until.day, 23, 59, 59, tzinfo=start.tzinfo or UTC).astimezone(UTC)


def _values(rule: Mapping[str, Any], name: str) -> list[Any]:
    found = rule.get(name, [])
    return found if isinstance(found, list) else [found]


def _only(rule: Mapping[str, Any], name: str, usual: object = None) -> Any:  # noqa: ANN401
    return next(iter(_values(rule, name)), usual)
