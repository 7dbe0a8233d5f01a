"""Events as iCalendar text (RFC 5545, RFC 9074 for the alarm's UID) and back.

A patch changes only what it is asked to change: properties, alarms and overrides that others put in stay, in their
order. An event is written timed with its time zone's rules beside it, transparent, private, with one alarm at
its start, and never with an attendee.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Alarm, Calendar, Event, Timezone
from icalendar.prop import vText

from kith import __version__
from kith.codecs.marker import marker_from, marker_pairs
from kith.core.event import AllDay, Change, Fields, Marker, Occurrence, SeenEvent, Timed, When
from kith.core.model import ETag, EventUid, Href
from kith.errors import Malformed

MARK = b"X-KITH-INSTALL"
"""Stands in every event that kith wrote, so that others need not be parsed."""

_PREFIX = "X-KITH-"
_ZONE_YEARS_AHEAD = 5
_MOST_OCCURRENCES = 5000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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
    _add_zone(calendar, fields.when)
    calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def patch(raw: bytes, change: Change, marker: Marker | None, now: datetime) -> bytes:
    """The calendar object with ``change`` made to its event and everything else as it was.

    Raises:
        Malformed: ``raw`` holds no event that can be read.
    """
    calendar = _parse(raw)
    event = _master(calendar)
    if change.when is not None:
        _set_when(event, change.when)
        _add_zone(calendar, change.when)
    if change.title is not None:
        _set_text(event, "summary", change.title)
    if change.description is not None:
        _set_text(event, "description", change.description)
    if change.alarm is False:
        own = str(_alarm_uid(EventUid(_text(event, "uid"))))
        event.subcomponents = [part for part in event.subcomponents if _text(part, "uid") != own]
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
    calendar = _parse(raw)
    master = _master(calendar)
    overrides = [event for event in calendar.walk("VEVENT") if "RECURRENCE-ID" in event]
    modified = _instant(master.get("last-modified"), UTC)
    return SeenEvent(
        href=href,
        etag=etag,
        uid=EventUid(_text(master, "uid")),
        fields=_fields(master, zone),
        marker=marker_from(
            {str(name)[len(_PREFIX) :]: _text(master, name) for name in master if str(name).startswith(_PREFIX)}
        ),
        last_modified=modified,
        repeats="RRULE" in master or "RDATE" in master,
        repeats_until=_last_day(master, zone),
        extras=_has_extras(master),
        occurrences=tuple(_occurrence(event, zone) for event in overrides),
    )


def join(objects: list[bytes]) -> bytes:
    """Many calendar objects as one, each time zone once; for a file that others subscribe to."""
    calendar = _calendar()
    calendar.add("x-wr-calname", "kith")
    zones: set[str] = set()
    events = []
    for raw in objects:
        for component in _parse(raw).subcomponents:
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
        event.add("dtstart", when.start)
        event.add("dtend", _later(when.start, when.duration))


def _later(start: datetime, duration: timedelta) -> datetime:
    """The end as an instant: a duration of minutes is not stretched by a clock change."""
    return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)


def _add_zone(calendar: Calendar, when: When) -> None:
    """Put the zone's rules for the event's years before it, where they are not there yet."""
    name = getattr(when.start.tzinfo, "key", None) if isinstance(when, Timed) else None
    if not isinstance(when, Timed) or name is None or when.start.tzinfo in (None, UTC) or name == "UTC":
        return
    if any(_text(zone, "tzid") == name for zone in calendar.walk("VTIMEZONE")):
        return
    year = when.start.year
    zone = Timezone.from_tzid(name, first_date=date(year, 1, 1), last_date=date(year + _ZONE_YEARS_AHEAD, 1, 1))
    zone.pop("COMMENT", None)
    calendar.subcomponents.insert(0, zone)


def _set_text(event: Event, name: str, text: str) -> None:
    event.pop(name, None)
    if text:
        event.add(name, _CONTROL.sub("", text))


def _set_marker(event: Event, marker: Marker) -> None:
    for name in [name for name in event if str(name).startswith(_PREFIX)]:
        event.pop(name)
    for name, value in marker_pairs(marker).items():
        event.add(_PREFIX + name, vText(_CONTROL.sub("", value)))


def _alarm(uid: EventUid, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("uid", str(_alarm_uid(uid)))
    alarm.add("action", "DISPLAY")
    alarm["TRIGGER"] = vText("-PT0M")  # the form every client reads; the library would write P0D
    alarm.add("description", _CONTROL.sub("", title) or "kith")
    return alarm


def _alarm_uid(uid: EventUid) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{uid}/alarm")


# --- reading ----------------------------------------------------------------------------------------------


def _parse(raw: bytes) -> Calendar:
    try:
        calendar = Calendar.from_ical(raw)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Malformed("not a calendar file that can be read") from error
    if not isinstance(calendar, Calendar):
        raise Malformed("a calendar file must begin with BEGIN:VCALENDAR")
    return calendar


def _master(calendar: Calendar) -> Event:
    events = list(calendar.walk("VEVENT"))
    master = next((event for event in events if "RECURRENCE-ID" not in event), None)
    if not isinstance(master, Event) or not _text(master, "uid"):
        raise Malformed("no event with a UID in it")
    return master


def _fields(event: Any, zone: tzinfo) -> Fields:  # noqa: ANN401 -- icalendar's components are dictionaries of Any
    start = _value(event, "dtstart")
    if isinstance(start, datetime):
        aware = start if start.tzinfo else start.replace(tzinfo=zone)
        when: When = Timed(aware, _duration(event, aware, zone))
    elif isinstance(start, date):
        when = AllDay(start)
    else:
        raise Malformed("an event without a start")
    return Fields(
        when=when,
        title=_text(event, "summary"),
        description=_text(event, "description"),
        alarm=any(part.name == "VALARM" for part in event.subcomponents),
    )


def _duration(event: Any, start: datetime, zone: tzinfo) -> timedelta:  # noqa: ANN401
    end = _value(event, "dtend")
    if isinstance(end, datetime):
        return max((end if end.tzinfo else end.replace(tzinfo=zone)) - start, timedelta(0))
    length = _value(event, "duration")
    return length if isinstance(length, timedelta) else timedelta(0)


def _occurrence(event: Any, zone: tzinfo) -> Occurrence:  # noqa: ANN401
    fields = _fields(event, zone)
    key = event["RECURRENCE-ID"].to_ical().decode()
    return Occurrence(key=key, when=fields.when, title=fields.title, description=fields.description)


def _has_extras(event: Any) -> bool:  # noqa: ANN401
    """Whether somebody gave it a place, guests, an attachment or an alarm of their own.

    Apple's apps add an alarm to switch their default one off, and mark a snoozed alarm with another: neither counts.
    """
    own = str(_alarm_uid(EventUid(_text(event, "uid"))))
    alarms = (part for part in event.subcomponents if part.name == "VALARM")
    others = [alarm for alarm in alarms if _text(alarm, "uid") != own and _is_meant(alarm)]
    return bool(others) or any(_text(event, name) for name in ("location", "attendee", "attach"))


def _is_meant(alarm: Any) -> bool:  # noqa: ANN401
    return _text(alarm, "action").upper() != "NONE" and not any(
        name in alarm for name in ("X-APPLE-DEFAULT-ALARM", "RELATED-TO")
    )


def _last_day(event: Any, zone: tzinfo) -> date | None:  # noqa: ANN401
    """The last day of a series that ends, or None."""
    rule = event.get("rrule")
    start = _value(event, "dtstart")
    if rule is None or isinstance(rule, list) or not ("UNTIL" in rule or "COUNT" in rule):
        return None
    if not isinstance(start, datetime):
        start = datetime(start.year, start.month, start.day)  # noqa: DTZ001 -- all-day series float
    text = rule.to_ical().decode()
    if "UNTIL" in rule and start.tzinfo is None:
        text = re.sub(r"(UNTIL=\d{8}(T\d{6})?)Z", r"\1", text)
    elif "UNTIL" in rule:
        text = re.sub(r"(UNTIL=\d{8})(?!T)", r"\1T235959Z", text)
        text = re.sub(r"(UNTIL=\d{8}T\d{6})(?!Z)", r"\1Z", text)
    last = None
    try:
        for position, instant in enumerate(rrulestr(text, dtstart=start)):
            last = instant
            if position >= _MOST_OCCURRENCES:
                return None
    except (ValueError, TypeError):
        return None
    if last is None:
        return None
    return last.astimezone(zone).date() if last.tzinfo else last.date()


def _value(component: Any, name: str) -> Any:  # noqa: ANN401
    value = component.get(name)
    if isinstance(value, list):
        value = value[0]
    return getattr(value, "dt", None)


def _text(component: Any, name: str) -> str:  # noqa: ANN401
    value = component.get(name)
    if isinstance(value, list):
        value = value[0]
    return "" if value is None else str(value)


def _instant(value: Any, zone: tzinfo) -> datetime | None:  # noqa: ANN401
    found = getattr(value, "dt", None)
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)
