"""Events as iCalendar text (RFC 5545, RFC 9074 for the alarm's UID) and back.

A patch changes only what it is asked to change: properties, alarms and overrides that others put in stay, in their
order. An event is written timed with its time zone's rules beside it, transparent, private, with one alarm at
its start, and never with an attendee.
"""

from __future__ import annotations

import re
import uuid
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Alarm, Calendar, Event, Timezone
from icalendar.prop import vDDDLists, vRecur, vText

from kith import __version__
from kith.codecs import ical_lines
from kith.codecs.marker import marker_from, marker_pairs
from kith.codecs.text import clean
from kith.core.event import AllDay, Change, Fields, Marker, Occurrence, SeenEvent, Timed, When, start_text
from kith.core.model import ETag, EventUid, Href
from kith.errors import Malformed

_PREFIX = "X-KITH-"
_CRLF = b"\r\n"
_ZONE_YEARS_AHEAD = 5
_YEARS = range(1900, 9000)
_MOST_OCCURRENCES = 5000
_BY_THE_DAY = (["DAILY"], ["WEEKLY"], ["MONTHLY"], ["YEARLY"])
_ESCAPED = re.compile(r"\\(.)")


class _Exact(vText):
    r"""A text that is escaped as RFC 5545 says; the library would take a typed ``\N`` for the end of a line."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """The text as it stands in a file."""
        text = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()


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
    zone = _zone_of(event)
    if zone is not None:
        calendar.add_component(zone)
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
        end_of_line = b"\r\n" if b"\r\n" in raw else b"\n"
        lines = ical_lines.lines_of(raw)
        master = _master_lines(lines)
        new, replaced = _new_properties(event, change, marker, now)
        put = {ical_lines.name_of(line): line for line in _lines_of(new, end_of_line)[1:-1]}
        changed = ical_lines.with_properties(lines, master, replaced | put.keys(), put)
        if change.alarm is False:
            changed = _without_alarm(changed, event)
        zone = _zone_of(new)
        known = {_text(there, "tzid") for there in calendar.walk("VTIMEZONE")}
        rules = _lines_of(zone, end_of_line) if zone is not None and _text(zone, "tzid") not in known else []
        first = ical_lines.first_component(lines)
        patched = b"".join([*lines[:first], *rules, *lines[first : master.start], *changed, *lines[master.stop :]])
        if _text(_master(_parse(patched)), "uid") != _text(event, "uid"):
            raise Malformed("too mangled to be changed")
        return patched


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


def series_end(lines: Iterable[str], when: When, zone: tzinfo) -> date | None:
    """The last local day of the series that RRULE and RDATE lines make of an event at ``when``; None for no end.

    Raises:
        Malformed: the lines cannot be read.
    """
    with _as_malformed():
        series = Event.from_ical("\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT")))
        assert isinstance(series, Event)
        _set_when(series, when)
        return _last_day(series, zone)


def join(objects: list[bytes]) -> bytes:
    """Many calendar objects as one, each time zone once; for a file that others subscribe to.

    One that cannot be read is left out.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", "kith")
    before, after = _lines_of(calendar, _CRLF)[:-1], _lines_of(calendar, _CRLF)[-1:]
    zones: dict[str, list[bytes]] = {}
    events: list[tuple[str, list[bytes]]] = []
    for lines in _readable(objects):
        for found in ical_lines.components(lines, "VTIMEZONE"):
            zones.setdefault(ical_lines.text_in(lines, found, "TZID"), lines[found.start : found.stop])
        mine = ical_lines.components(lines, "VEVENT")
        events += [(ical_lines.text_in(lines, found, "UID"), lines[found.start : found.stop]) for found in mine]
    events.sort(key=lambda event: event[0])
    components = [*zones.values(), *(lines for _, lines in events)]
    return b"".join([*before, *(line for lines in components for line in lines), *after])


# --- writing ----------------------------------------------------------------------------------------------


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//kith//kith {__version__}//EN")
    calendar.add("version", "2.0")
    return calendar


def _new_properties(event: Event, change: Change, marker: Marker | None, now: datetime) -> tuple[Event, set[str]]:
    """What is to be written, and the names of what it replaces."""
    new = Event()
    replaced: set[str] = set()
    if change.when is not None:
        _set_when(new, change.when)
        replaced |= {"DTSTART", "DTEND", "DURATION"}
    if change.title is not None:
        _set_text(new, "summary", change.title)
        replaced.add("SUMMARY")
    if change.description is not None:
        _set_text(new, "description", change.description)
        replaced.add("DESCRIPTION")
    if marker is not None:
        _set_marker(new, marker)
        replaced |= {str(name) for name in event if str(name).startswith(_PREFIX)}
    for name in ("dtstamp", "last-modified"):
        new.add(name, now.astimezone(UTC))
    return new, replaced


def _lines_of(component: Any, end_of_line: bytes) -> list[bytes]:  # noqa: ANN401 -- icalendar's are dictionaries of Any
    """A component as the library writes it, in lines."""
    return ical_lines.lines_of(bytes(component.to_ical(sorted=False)).replace(_CRLF, end_of_line))


def _master_lines(lines: list[bytes]) -> range:
    for component in ical_lines.components(lines, "VEVENT"):
        if not ical_lines.text_in(lines, component, "RECURRENCE-ID"):
            return component
    raise Malformed("no event with a UID in it")


def _without_alarm(lines: list[bytes], event: Event) -> list[bytes]:
    """An event's lines without the alarm that kith set."""
    own = _own_alarm(event)
    alarms = [part for part in event.subcomponents if part.name == "VALARM"]
    for alarm, place in zip(alarms, ical_lines.components(lines, "VALARM"), strict=True):
        if alarm is own:
            return lines[: place.start] + lines[place.stop :]
    return lines


def _set_when(event: Event, when: When) -> None:
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


def _zone_of(event: Event) -> Timezone | None:
    """The rules of the zone that the event's start names, for its years."""
    name = event["dtstart"].params.get("TZID") if "dtstart" in event else None
    if name is None:
        return None
    year = _value(event, "dtstart").year
    zone = Timezone.from_tzid(name, first_date=date(year, 1, 1), last_date=date(year + _ZONE_YEARS_AHEAD, 1, 1))
    zone.pop("COMMENT", None)
    return zone


def _set_text(event: Event, name: str, text: str) -> None:
    cleaned = clean(text)
    if cleaned:
        event.add(name, _Exact(cleaned))


def _set_marker(event: Event, marker: Marker) -> None:
    for name, value in marker_pairs(marker).items():
        event.add(_PREFIX + name, _Exact(clean(value)))


def _alarm(uid: EventUid, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("uid", str(_alarm_uid(uid)))
    alarm.add("action", "DISPLAY")
    alarm["TRIGGER"] = vText("-PT0M")  # the form every client reads; the library would write P0D
    alarm.add("description", _Exact(clean(title) or "kith"))
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


def _readable(objects: list[bytes]) -> Iterator[list[bytes]]:
    """The lines of every object that can be read."""
    for raw in objects:
        try:
            with _as_malformed():
                _parse(raw)
        except Malformed:
            continue
        yield ical_lines.lines_of(raw.replace(_CRLF, b"\n").replace(b"\n", _CRLF).rstrip() + _CRLF)


def _master(calendar: Calendar) -> Event:
    events = list(calendar.walk("VEVENT"))
    master = next((event for event in events if "RECURRENCE-ID" not in event), None)
    if not isinstance(master, Event) or not _text(master, "uid"):
        raise Malformed("no event with a UID in it")
    return master


def _fields(event: Any, zone: tzinfo) -> Fields:  # noqa: ANN401
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
        title=clean(_text(event, "summary")),
        description=clean(_text(event, "description")),
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
            pairs[str(name)[len(_PREFIX) :]] = str(value) if isinstance(value, vText) else _unescaped(value)
    return pairs


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], text)


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
        for item in dates.dts if isinstance(dates, vDDDLists) else []:
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
