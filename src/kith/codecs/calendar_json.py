"""Events as the Google Calendar API's JSON (``calendar.v3``, *Events*) and back. Pure.

An event's id is its UID without the dashes, which is a name that Google takes (base32hex). The marker stands in the
private extended properties; a value of those may have 1,024 characters, so that longer ones are cut into pieces.
A patch says only what is to change; what others put into an event is not in it. There is never an attendee.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from kith.codecs.marker import marker_from, marker_pairs
from kith.codecs.rich_text import from_html, to_html
from kith.codecs.text import clean
from kith.core.event import AllDay, Change, Fields, Marker, Occurrence, SeenEvent, Timed, When, start_text
from kith.core.model import ETag, EventUid, Href
from kith.errors import Malformed

Json = Mapping[str, Any]

_ID = re.compile(r"[a-v0-9]{5,1024}")
_HEX = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"kith([A-Z][a-z]*)([0-9]*)")
_PIECE = 250
"""Characters of a property's value; whether Google counts characters or bytes, no piece is too long."""

_YEARS = range(1900, 9000)
_POPUP = {"method": "popup", "minutes": 0}


# --- names ------------------------------------------------------------------------------------------------


def event_id(uid: EventUid) -> str | None:
    """The id of the event with this UID; None for a UID that no event in a Google calendar can have."""
    plain = uid.replace("-", "") if _UUID.fullmatch(uid) else uid
    return plain if _ID.fullmatch(plain) else None


def uid_of(identifier: str) -> EventUid:
    """The UID of the event with this id."""
    return EventUid(str(uuid.UUID(identifier)) if _HEX.fullmatch(identifier) else identifier)


def is_marked(event: Json) -> bool:
    """Whether some kith wrote the event, or it is a copy of such a one."""
    return "kithInstall" in _private(event)


def is_cancelled(event: Json) -> bool:
    """Whether it is not there any more; of such an event nothing but the id is sure to be told."""
    return event.get("status") == "cancelled"


def series_of(event: Json) -> str | None:
    """The id of the series of which this is one changed or cancelled instance, or None."""
    return _text(event, "recurringEventId") or None


# --- writing ----------------------------------------------------------------------------------------------


def encode(marker: Marker, fields: Fields) -> dict[str, Any]:
    """A new event, to be inserted."""
    event: dict[str, Any] = {
        "id": event_id(marker.uid),
        "summary": clean(fields.title),
        "description": to_html(clean(fields.description)),
        **_times(fields.when),
        "transparency": "transparent",
        "visibility": "private",
        "reminders": {"useDefault": False, "overrides": [dict(_POPUP)] if fields.alarm else []},
        "extendedProperties": {"private": _properties(marker)},
    }
    return {name: value for name, value in event.items() if value != ""}


def patch(before: Json, change: Change, marker: Marker | None) -> dict[str, Any]:
    """What is to be merged into the event ``before``: a member that is None is taken out of it."""
    body: dict[str, Any] = {}
    if change.when is not None:
        other = {"dateTime": None, "timeZone": None} if isinstance(change.when, AllDay) else {"date": None}
        body |= {name: {**other, **value} for name, value in _times(change.when).items()}
    if change.title is not None:
        body["summary"] = clean(change.title)
    if change.description is not None:
        body["description"] = to_html(clean(change.description))
    if change.alarm is not None:
        others = [one for one in _overrides(before) if not _is_own(one)]
        own = [dict(_POPUP)] if change.alarm else []
        body["reminders"] = {"useDefault": False, "overrides": [*own, *others]}
    if marker is not None:
        new = _properties(marker)
        stale = {key: None for key in _private(before) if _KEY.fullmatch(key) and key not in new}
        body["extendedProperties"] = {"private": {**stale, **new}}
    return body


def _times(when: When) -> dict[str, dict[str, Any]]:
    if isinstance(when, AllDay):
        return {
            "start": {"date": when.day.isoformat()},
            "end": {"date": (when.day + timedelta(days=1)).isoformat()},
        }
    # A zone without a name (a bare offset) would be a name that nobody knows.
    zone: tzinfo = when.start.tzinfo if isinstance(when.start.tzinfo, ZoneInfo) and when.start.tzinfo.key else UTC
    end = when.start.astimezone(UTC) + when.duration
    return {"start": _instant(when.start, zone), "end": _instant(end, zone)}


def _instant(instant: datetime, zone: tzinfo) -> dict[str, Any]:
    name = zone.key if isinstance(zone, ZoneInfo) else "UTC"
    return {"dateTime": instant.astimezone(zone).isoformat(), "timeZone": name}


def _properties(marker: Marker) -> dict[str, str]:
    """The marker's pairs by keys such as ``kithTitle``, the rest of a long value in ``kithTitle2`` and so on."""
    properties = {}
    for name, value in marker_pairs(marker).items():
        text = clean(value)
        for number, start in enumerate(range(0, len(text), _PIECE), start=1):
            key = f"kith{name.title()}{number if number > 1 else ''}"
            properties[key] = text[start : start + _PIECE]
    return properties


# --- reading ----------------------------------------------------------------------------------------------


def decode(event: Json, *, href: Href, zone: tzinfo, instances: Iterable[Json] = ()) -> SeenEvent:
    """The event, and of a series the changed ``instances``. A time without a zone of its own is taken to ``zone``.

    Raises:
        Malformed: no id, or no start that can be read.
    """
    identifier = _text(event, "id")
    if not identifier:
        raise Malformed("an event without an id")
    fields = _fields(event, zone)
    recurrence = [line for line in _list(event, "recurrence") if isinstance(line, str)]
    return SeenEvent(
        href=href,
        etag=etag_of(event),
        uid=uid_of(identifier),
        fields=fields,
        marker=marker_from(_marker_pairs(event)),
        last_modified=_updated(event),
        repeats=bool(recurrence),
        repeats_until=_series_end(recurrence, fields.when, zone),
        extras=_has_extras(event),
        occurrences=tuple(_occurrences(instances, identifier, zone)),
    )


def etag_of(event: Json) -> ETag | None:
    """The state that the event is in."""
    return ETag(_text(event, "etag")) if _text(event, "etag") else None


def _fields(event: Json, zone: tzinfo) -> Fields:
    start = _when(event.get("start"), zone)
    if start is None:
        raise Malformed("an event without a start")
    end = _when(event.get("end"), zone)
    if isinstance(start, datetime):
        length = end.astimezone(UTC) - start.astimezone(UTC) if isinstance(end, datetime) else timedelta(0)
        when: When = Timed(start, max(length, timedelta(0)))
    else:
        when = AllDay(start)
    return Fields(
        when=when,
        title=clean(_text(event, "summary")),
        description=from_html(_text(event, "description")),
        alarm=any(map(_is_own, _overrides(event))),
    )


def _when(value: object, zone: tzinfo) -> date | datetime | None:
    """A start or an end: an instant in the zone that the event is kept in, or a day; None where it is neither."""
    if not isinstance(value, Mapping):
        return None
    try:
        if value.get("date"):
            return _within(date.fromisoformat(str(value["date"])))
        own = _zone(_text(value, "timeZone")) or zone
        instant = datetime.fromisoformat(_text(value, "dateTime"))
        return _within(instant.astimezone(own) if instant.tzinfo else instant.replace(tzinfo=own))
    except (ValueError, OverflowError):
        return None


def _within(day: date) -> date:
    if day.year not in _YEARS:
        raise ValueError(day)
    return day


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, LookupError, OSError):
        return None  # "GMT+01:00", or one that this machine has no rules for: the instant is known all the same


def _marker_pairs(event: Json) -> dict[str, str]:
    pieces: dict[str, dict[int, str]] = defaultdict(dict)
    for key, value in _private(event).items():
        found = _KEY.fullmatch(key)
        if found and isinstance(value, str):
            pieces[found[1].upper()][int(found[2] or 1)] = value
    return {name: "".join(parts[number] for number in sorted(parts)) for name, parts in pieces.items()}


def _occurrences(instances: Iterable[Json], series: str, zone: tzinfo) -> Iterable[Occurrence]:
    """The changed instances of a series, named by when they were to be."""
    for instance in instances:
        planned = _when(instance.get("originalStartTime"), zone)
        if series_of(instance) != series or planned is None or is_cancelled(instance):
            continue
        try:
            fields = _fields(instance, zone)
        except Malformed:
            continue
        was = Timed(planned, timedelta(0)) if isinstance(planned, datetime) else AllDay(planned)
        yield Occurrence(key=start_text(was), when=fields.when, title=fields.title, description=fields.description)


def _series_end(recurrence: list[str], when: When, zone: tzinfo) -> date | None:
    if not recurrence:
        return None
    from kith.codecs.ical import series_end

    try:
        return series_end(recurrence, when, zone)
    except Malformed:
        return None  # what cannot be understood has no end that is known


def _has_extras(event: Json) -> bool:
    """Whether somebody gave it a place, guests, an attachment, a video call or an alarm of their own."""
    others = any(not _is_own(one) for one in _overrides(event))
    return others or any(event.get(name) for name in ("location", "attendees", "attachments", "conferenceData"))


def _overrides(event: Json) -> list[Any]:
    return _list(event.get("reminders"), "overrides")


def _is_own(reminder: object) -> bool:
    """The alarm that kith set: a notice at the event's start."""
    return isinstance(reminder, Mapping) and (reminder.get("method"), reminder.get("minutes")) == ("popup", 0)


def _updated(event: Json) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(event, "updated"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)) if found.year in _YEARS else None


def _private(event: Json) -> Json:
    properties = event.get("extendedProperties")
    private = properties.get("private") if isinstance(properties, Mapping) else None
    return private if isinstance(private, Mapping) else {}


def _list(value: object, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def _text(value: Json, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
