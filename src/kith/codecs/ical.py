"""Events as iCalendar text (RFC 5545, RFC 9074 for the alarm's UID) and back.

A patch changes only what it is asked to change: properties, alarms and overrides that others put in stay, in their
order. An event is written timed with its time zone's rules beside it, transparent, private, with one alarm at
its start, and never with an attendee.
"""

from __future__ import annotations

import re
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Alarm, Calendar, Event, Timezone
from icalendar.prop import vRecur, vText

from kith import __version__
from kith.codecs.marker import marker_from, marker_pairs
from kith.core.event import AllDay, Change, Fields, Marker, Occurrence, SeenEvent, Timed, When, start_text
from kith.core.model import ETag, EventUid, Href
from kith.errors import Malformed

MARK = b"X-KITH-INSTALL"
"""Stands in every event that kith wrote, so that others need not be parsed."""

_PREFIX = "X-KITH-"
_ZONE_YEARS_AHEAD = 5
_YEARS = range(1900, 9000)
_MOST_OCCURRENCES = 5000
_BY_THE_DAY = (["DAILY"], ["WEEKLY"], ["MONTHLY"], ["YEARLY"])
_LINE_END = re.compile(r"\r\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def encode(marker: Marker, fields: Fields, now: datetime) -> bytes:
    """A whole calendar object with one new event; the same arguments give the same bytes."""
    event = Event()
    event.add("uid", marker.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("created", now.astimezone(UTC))
    event.add("last-modified", now.astimezone(UTC))
    _set_when(event, fields.when)
    _set_text(event, "summary", fields.title)
    _set_text(event, "description", fields.description)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    _set_marker(event, marker)
    if fields.alarm:
        event.add_component(_alarm(marker.uid, fields.title))
    calendar = _calendar()
    _add_zone(calendar, event)
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def patch(raw: bytes, change: Change, marker: Marker | None, now: datetime) -> bytes:
    """The calendar object with ``change`` made to its event and everything else as it was.

    Raises:
        Malformed: ``raw`` holds no event that can be read.
    """
    with _as_malformed():
        calendar = _parse(raw)
        event = _master(calendar)
        if change.when is not None:
            _set_when(event, change.when)
            _add_zone(calendar, event)
        if change.title is not None:
            _set_text(event, "summary", change.title)
        if change.description is not None:
            _set_text(event, "description", change.description)
        if change.alarm is False:
            own = _own_alarm(event)
            event.subcomponents = [part for part in event.subcomponents if part is not own]
        if marker is not None:
            _set_marker(event, marker)
        for name in ("dtstamp", "last-modified"):
            event.pop(name, None)
            event.add(name, now.astimezone(UTC))
        return bytes(calendar.to_ical(sorted=False))


def decode(raw: bytes, *, href: Href, etag: ETag | None, zone: tzinfo) -> SeenEvent:
    """The event in a calendar object. A time without a zone is taken to be in ``zone``.

    Raises:
        Malformed: no event, no UID or no start that can be read.
    """
    with _as_malformed():
        calendar = _parse(raw)
        master = _master(calendar)
        return SeenEvent(
            href=href,
            etag=etag,
            uid=EventUid(_text(master, "uid")),
            fields=_fields(master, zone),
            marker=marker_from(_marker_pairs(master)),
            last_modified=_instant(master, "last-modified"),
            repeats="RRULE" in master or "RDATE" in master,
            repeats_until=_last_day(master, zone),
            extras=_has_extras(master),
            occurrences=tuple(_occurrences(calendar, master, zone)),
        )


def join(objects: list[bytes]) -> bytes:
    """Many calendar objects as one, each time zone once; for a file that others subscribe to.

    One that cannot be read is left out.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", "kith")
    zones: set[str] = set()
    events = []
    for component in _readable(objects):
        if component.name == "VEVENT":
            events.append(component)
        elif component.name == "VTIMEZONE" and _text(component, "tzid") not in zones:
            zones.add(_text(component, "tzid"))
            calendar.add_component(component)
    for event in sorted(events, key=lambda event: _text(event, "uid")):
        calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


# --- writing ----------------------------------------------------------------------------------------------


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//kith//kith {__version__}//EN")
    calendar.add("version", "2.0")
    return calendar


def _set_when(event: Event, when: When) -> None:
    for name in ("dtstart", "dtend", "duration"):
        event.pop(name, None)
    if isinstance(when, AllDay):
        event.add("dtstart", when.day)
        event.add("dtend", when.day + timedelta(days=1))
    else:
        # A zone without a name (a bare offset, one that another app made up) would be a name that nobody knows.
        start = when.start if hasattr(when.start.tzinfo, "key") else when.start.astimezone(UTC)
        event.add("dtstart", start)
        event.add("dtend", _later(start, when.duration))


def _later(start: datetime, duration: timedelta) -> datetime:
    """The end as an instant: a duration of minutes is not stretched by a clock change."""
    return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)


def _add_zone(calendar: Calendar, event: Event) -> None:
    """Put the rules of the zone that the start names, for the event's years, where they are not there yet."""
    name = event["dtstart"].params.get("TZID")
    if name is None or any(_text(zone, "tzid") == name for zone in calendar.walk("VTIMEZONE")):
        return
    year = _value(event, "dtstart").year
    zone = Timezone.from_tzid(name, first_date=date(year, 1, 1), last_date=date(year + _ZONE_YEARS_AHEAD, 1, 1))
    zone.pop("COMMENT", None)
    calendar.subcomponents.insert(0, zone)


def _set_text(event: Event, name: str, text: str) -> None:
    event.pop(name, None)
    clean = _clean(text)
    if clean:
        event.add(name, clean)


def _clean(text: str) -> str:
    """The text as every calendar keeps it: without control characters, its lines ended in one way."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def _set_marker(event: Event, marker: Marker) -> None:
    for name in [name for name in event if str(name).startswith(_PREFIX)]:
        event.pop(name)
    for name, value in marker_pairs(marker).items():
        event.add(_PREFIX + name, vText(_clean(value)))


def _alarm(uid: EventUid, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("uid", str(_alarm_uid(uid)))
    alarm.add("action", "DISPLAY")
    alarm["TRIGGER"] = vText("-PT0M")  # the form every client reads; the library would write P0D
    alarm.add("description", _clean(title) or "kith")
    return alarm


def _alarm_uid(uid: EventUid) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{uid}/alarm")


# --- reading ----------------------------------------------------------------------------------------------


@contextmanager
def _as_malformed() -> Iterator[None]:
    """The library has an error of its own for every kind of nonsense, and warns of what it guessed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Malformed("not a calendar file that can be read") from error


def _parse(raw: bytes) -> Calendar:
    calendar = Calendar.from_ical(raw)
    if not isinstance(calendar, Calendar):
        raise Malformed("a calendar file must begin with BEGIN:VCALENDAR")
    return calendar


def _readable(objects: list[bytes]) -> Iterator[Any]:
    """The components of every object that can be read."""
    for raw in objects:
        try:
            with _as_malformed():
                calendar = _parse(raw)
        except Malformed:
            continue
        yield from calendar.subcomponents


def _master(calendar: Calendar) -> Event:
    events = list(calendar.walk("VEVENT"))
    master = next((event for event in events if "RECURRENCE-ID" not in event), None)
    if not isinstance(master, Event) or not _text(master, "uid"):
        raise Malformed("no event with a UID in it")
    return master


def _fields(event: Any, zone: tzinfo) -> Fields:  # noqa: ANN401 -- icalendar's components are dictionaries of Any
    start = _value(event, "dtstart")
    if not isinstance(start, date) or start.year not in _YEARS:
        raise Malformed("an event without a start")
    if isinstance(start, datetime):
        aware = start if start.tzinfo else start.replace(tzinfo=zone)
        when: When = Timed(aware, _duration(event, aware, zone))
    else:
        when = AllDay(start)
    return Fields(
        when=when,
        title=_clean(_text(event, "summary")),
        description=_clean(_text(event, "description")),
        alarm=_own_alarm(event) is not None,
    )


def _duration(event: Any, start: datetime, zone: tzinfo) -> timedelta:  # noqa: ANN401
    end = _value(event, "dtend")
    length = _value(event, "duration")
    if isinstance(end, datetime) and end.year in _YEARS:
        # Between instants: the clock may change in between.
        length = (end if end.tzinfo else end.replace(tzinfo=zone)).astimezone(UTC) - start.astimezone(UTC)
    return max(length, timedelta(0)) if isinstance(length, timedelta) else timedelta(0)


def _marker_pairs(event: Any) -> dict[str, str]:  # noqa: ANN401
    """Our own properties. The library leaves the value of a property that it does not know as it is escaped."""
    pairs = {}
    for name in event:
        if str(name).startswith(_PREFIX):
            value = event[name][0] if isinstance(event[name], list) else event[name]
            pairs[str(name)[len(_PREFIX) :]] = str(value if isinstance(value, vText) else vText.from_ical(value))
    return pairs


def _occurrences(calendar: Calendar, master: Event, zone: tzinfo) -> Iterator[Occurrence]:
    """The changed instances of a series, named by when they were to be, in whatever zone that is written."""
    for event in calendar.walk("VEVENT"):
        planned = _value(event, "recurrence-id")
        if not isinstance(planned, date) or planned.year not in _YEARS or _text(event, "uid") != _text(master, "uid"):
            continue
        if isinstance(planned, datetime):
            instant = planned if planned.tzinfo else planned.replace(tzinfo=zone)
            key = start_text(Timed(instant, timedelta(0)))
        else:
            key = start_text(AllDay(planned))
        try:
            fields = _fields(event, zone)
        except Malformed:
            continue
        yield Occurrence(key=key, when=fields.when, title=fields.title, description=fields.description)


def _own_alarm(event: Any) -> Any:  # noqa: ANN401
    """The alarm that kith set: by its UID, or where a server or an app took that away, one at the start."""
    own = str(_alarm_uid(EventUid(_text(event, "uid"))))
    alarms = [part for part in event.subcomponents if part.name == "VALARM" and _is_meant(part)]
    by_name = (alarm for alarm in alarms if own in (_text(alarm, "uid"), _text(alarm, "x-wr-alarmuid")))
    at_start = (alarm for alarm in alarms if _value(alarm, "trigger") == timedelta(0))
    return next(by_name, None) or next(at_start, None)


def _has_extras(event: Any) -> bool:  # noqa: ANN401
    """Whether somebody gave it a place, guests, an attachment or an alarm of their own."""
    own = _own_alarm(event)
    alarms = (part for part in event.subcomponents if part.name == "VALARM" and part is not own)
    return any(map(_is_meant, alarms)) or any(_text(event, name) for name in ("location", "attendee", "attach"))


def _is_meant(alarm: Any) -> bool:  # noqa: ANN401
    """Whether an alarm is anybody's wish.

    Apple's apps add one to switch their default one off, and another to mark one that was snoozed.
    """
    return _text(alarm, "action").upper() != "NONE" and not any(
        name in alarm for name in ("X-APPLE-DEFAULT-ALARM", "RELATED-TO")
    )


def _last_day(event: Any, zone: tzinfo) -> date | None:  # noqa: ANN401
    """The last day of a series that ends, or None."""
    days = [_day_of(day, zone) for day in _added_days(event)]
    if "RRULE" in event:
        last = _last_by_rule(event["RRULE"], _value(event, "dtstart"))
        if last is None:
            return None
        days.append(_day_of(last, zone))
    return max(days, default=None)


def _added_days(event: Any) -> Iterator[date]:  # noqa: ANN401
    """The days and instants of RDATE; of a period, its start."""
    added = event.get("rdate", [])
    for dates in added if isinstance(added, list) else [added]:
        for item in getattr(dates, "dts", []):
            start = item.dt[0] if isinstance(item.dt, tuple) else item.dt
            if isinstance(start, date) and start.year in _YEARS:
                yield start


def _last_by_rule(rule: Any, start: Any) -> datetime | None:  # noqa: ANN401
    """The last instance of a rule that ends, or None; also for a rule that cannot be understood."""
    if not isinstance(rule, vRecur) or not ("UNTIL" in rule or "COUNT" in rule):
        return None
    if rule.get("FREQ") not in _BY_THE_DAY:
        return None  # by the hour or less: too many to count
    if not isinstance(start, datetime):
        start = datetime(start.year, start.month, start.day)  # noqa: DTZ001 -- all-day series float
    text = rule.to_ical().decode()  # type: ignore[no-untyped-call]
    if start.tzinfo is None:
        text = re.sub(r"(UNTIL=\d{8}(T\d{6})?)Z", r"\1", text)
    else:
        text = re.sub(r"(UNTIL=\d{8})(?!T)", r"\1T235959Z", text)
        text = re.sub(r"(UNTIL=\d{8}T\d{6})(?!Z)", r"\1Z", text)
    last = None
    try:
        for position, instant in enumerate(rrulestr(text, dtstart=start)):
            last = instant
            if position >= _MOST_OCCURRENCES:
                return None
    except (ValueError, TypeError, ArithmeticError):
        return None
    return last


def _day_of(when: date, zone: tzinfo) -> date:
    """The local day; a time without a zone, and a day, float."""
    if not isinstance(when, datetime):
        return when
    return when.astimezone(zone).date() if when.tzinfo else when.date()


def _value(component: Any, name: str) -> Any:  # noqa: ANN401
    value = component.get(name)
    if isinstance(value, list):
        value = value[0]
    try:
        return getattr(value, "dt", None)
    except ValueError:
        return None  # what the library could not read; only a start must be there


def _text(component: Any, name: str) -> str:  # noqa: ANN401
    value = component.get(name)
    if isinstance(value, list):
        value = value[0]
    return "" if value is None else str(value)


def _instant(component: Any, name: str) -> datetime | None:  # noqa: ANN401
    found = _value(component, name)
    if not isinstance(found, datetime) or found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
