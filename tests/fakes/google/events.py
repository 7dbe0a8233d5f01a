"""What Google's calendar does to a single event: what it refuses, how it merges, and how it shows it."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fakes.google.wire import Answer, refusal

Json = dict[str, Any]

_ID = re.compile(r"[a-v0-9]{5,1024}")
_LONGEST_TEXT = 8192
_LONGEST_KEY, _LONGEST_VALUE, _MOST_PROPERTIES = 44, 1024, 300
_MOST_OVERRIDES, _LONGEST_NOTICE = 5, 40320
_SEEN_BY_DEFAULT = {"transparency": "opaque", "visibility": "default"}
_OUTPUT_ONLY = ("kind", "etag", "created", "updated", "creator", "organizer", "htmlLink", "sequence")


class Refused(Exception):
    """Google says no; ``more`` stands beside the reason."""

    def __init__(self, status: int, reason: str, message: str, *, domain: str = "global", **more: str) -> None:
        super().__init__(message)
        self.answer: Answer = refusal(status, reason, message, domain=domain)
        self.answer.body["error"]["errors"][0].update(more)


def invalid(message: str, reason: str = "invalid") -> Refused:
    """The refusal of something that a request says."""
    return Refused(400, reason, message)


def checked_id(identifier: object) -> str:
    """A client's own id for an event."""
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise invalid("Invalid resource id value.")
    return identifier


def merged(before: Json, patch: Mapping[str, Any]) -> Json:
    """The event with a patch merged into it: objects member by member, arrays as wholes, null takes away."""
    after = copy.deepcopy(before)
    for name, value in patch.items():
        if name in _OUTPUT_ONLY:
            continue
        if value is None:
            after.pop(name, None)
        elif isinstance(value, Mapping):
            own = after.get(name)
            after[name] = merged(own if isinstance(own, dict) else {}, value)
        else:
            after[name] = copy.deepcopy(value)
    return after


def checked(event: Json) -> Json:
    """The event, if Google takes it."""
    _check_times(event)
    _check_reminders(event.get("reminders") or {})
    _check_properties(event.get("extendedProperties") or {})
    if len(event.get("description") or "") > _LONGEST_TEXT:
        raise invalid("A provided value exceeds the allowed size limit.")
    if event.get("transparency", "opaque") not in ("opaque", "transparent"):
        raise invalid("Invalid value for: transparency")
    if event.get("visibility", "default") not in ("default", "public", "private", "confidential"):
        raise invalid("Invalid value for: visibility")
    return event


def _check_times(event: Json) -> None:
    if not event.get("end"):
        raise invalid("Missing end time.", "required")
    start, end = instant(event.get("start"), "start"), instant(event.get("end"), "end")
    if isinstance(start, datetime) is not isinstance(end, datetime):
        raise invalid("The start and end times must either both be date or both be dateTime.")
    if end < start:
        raise invalid("The specified time range is empty.", "timeRangeEmpty")


def instant(value: Any, which: str) -> Any:
    """A start or an end: an instant, or a day."""
    wrong = invalid(f"Invalid {which} time.")
    if not isinstance(value, dict) or bool(value.get("date")) is bool(value.get("dateTime")):
        raise wrong
    try:
        if value.get("date"):
            return date.fromisoformat(value["date"])
        zone = ZoneInfo(value["timeZone"]) if value.get("timeZone") else None
        found = datetime.fromisoformat(value["dateTime"])
    except (ValueError, LookupError) as error:
        raise wrong from error
    if found.tzinfo is None and zone is None:
        raise invalid(f"Missing time zone definition for {which} time.", "required")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _check_reminders(reminders: Json) -> None:
    overrides = reminders.get("overrides") or []
    if reminders.get("useDefault") and overrides:
        raise invalid(
            "Cannot specify both default reminders and overrides at the same time.",
            "cannotUseDefaultRemindersAndSpecifyOverride",
        )
    if len(overrides) > _MOST_OVERRIDES:
        raise invalid("Too many override reminders.")
    for one in overrides:
        if one.get("method") not in ("email", "popup") or not 0 <= one.get("minutes", -1) <= _LONGEST_NOTICE:
            raise invalid("Invalid override reminder.")


def _check_properties(properties: Json) -> None:
    for some in properties.values():
        if len(some) > _MOST_PROPERTIES:
            raise invalid("Too many extended properties.")
        for key, value in some.items():
            if len(key) > _LONGEST_KEY or not isinstance(value, str) or len(value) > _LONGEST_VALUE:
                raise invalid("A provided value exceeds the allowed size limit.")


def shown(event: Json, zone: ZoneInfo) -> Json:
    """The event as it is answered: times in the calendar's zone, and nothing that says only what is usual."""
    found = copy.deepcopy(event)
    for name in ("start", "end", "originalStartTime"):
        if found.get(name, {}).get("dateTime"):
            local = instant(found[name], name).astimezone(zone).isoformat()
            found[name] = {**found[name], "dateTime": local.replace("+00:00", "Z")}
    reminders = found.get("reminders")
    if reminders is not None and not reminders.get("overrides"):
        reminders.pop("overrides", None)
    for kind, some in list((found.get("extendedProperties") or {}).items()):
        if not some:
            del found["extendedProperties"][kind]
    empty = [name for name, value in found.items() if value in ("", [], {})]
    usual = [name for name, value in _SEEN_BY_DEFAULT.items() if found.get(name) == value]
    return {name: value for name, value in found.items() if name not in (*empty, *usual)}


def tombstone(event: Json) -> Json:
    """What a listing is sure to tell of an event that was deleted."""
    told = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
    return {name: copy.deepcopy(event[name]) for name in told if name in event}


def stamp(now: datetime) -> str:
    """An instant as ``created`` and ``updated`` have it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
