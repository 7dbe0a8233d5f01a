"""Events' fields and places as they are stored: JSON with instants in ISO 8601 and zones by their names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kith.core.event import AllDay, Change, Fields, Timed, When


def when_to(when: When) -> dict[str, Any]:
    """When something is, as it is stored."""
    if isinstance(when, AllDay):
        return {"day": when.day.isoformat()}
    zone = getattr(when.start.tzinfo, "key", None)
    return {"start": when.start.isoformat(), "zone": zone, "seconds": int(when.duration.total_seconds())}


def when_from(value: dict[str, Any]) -> When:
    """When something is, out of what was stored. Raises KeyError, TypeError or ValueError where it is not."""
    if "day" in value:
        return AllDay(date.fromisoformat(value["day"]))
    start = datetime.fromisoformat(value["start"])
    if value["zone"]:
        start = start.astimezone(ZoneInfo(value["zone"]))
    return Timed(start, timedelta(seconds=value["seconds"]))


def fields_to(fields: Fields) -> dict[str, Any]:
    """An event's fields, as they are stored."""
    return {
        "when": when_to(fields.when),
        "title": fields.title,
        "description": fields.description,
        "alarm": fields.alarm,
    }


def fields_from(value: dict[str, Any]) -> Fields:
    """An event's fields as they are stored. Raises KeyError, TypeError or ValueError where they are not."""
    return Fields(when_from(value["when"]), value["title"], value["description"], value["alarm"])


def change_to(change: Change) -> dict[str, Any]:
    """A change to an event, as it is stored."""
    when = when_to(change.when) if change.when else None
    return {"when": when, "title": change.title, "description": change.description, "alarm": change.alarm}


def change_from(value: dict[str, Any]) -> Change:
    """A change to an event as it is stored. Raises KeyError, TypeError or ValueError where it is not."""
    when = when_from(value["when"]) if value["when"] else None
    return Change(when, value["title"], value["description"], value["alarm"])


def instant_to(instant: datetime | None) -> str | None:
    """An instant as it is stored, in UTC."""
    return instant.astimezone(UTC).isoformat() if instant else None


def instant_from(text: str | None) -> datetime | None:
    """An instant out of what was stored. Raises ValueError where it is none."""
    return datetime.fromisoformat(text) if text else None
