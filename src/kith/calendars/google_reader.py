"""Reading one Google calendar: what is in it, what changed, and one event by itself (Calendar API v3, *Events*).

Every listing asks for the same things, since a sync token is only good for that. One event of a series is the series
itself and those of its instances that were changed; its state is the states of all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from kith.codecs import calendar_json
from kith.codecs.calendar_json import Json
from kith.core.model import ETag, Href
from kith.errors import Malformed
from kith.google.client import Client

_MOST_LISTED = 2500
_MOST_PAGES = 1000
_AND = "|"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing told. ``token`` asks for what changes from here on; empty if Google gave none."""

    items: tuple[Json, ...]
    token: str


@dataclass(frozen=True, slots=True)
class Item:
    """One event with the instances of it that were changed, and those that were ``left_out``."""

    event: Json
    instances: tuple[Json, ...] = ()
    left_out: tuple[Json, ...] = ()

    @classmethod
    def among(cls, event: Json, items: Iterable[Json]) -> Item:
        """The event, with what of a whole listing belongs to it."""
        if not event.get("recurrence"):
            return cls(event)
        own = sorted(
            (one for one in items if calendar_json.series_of(one) == event["id"]), key=lambda one: str(one["id"])
        )
        changed = tuple(one for one in own if not calendar_json.is_cancelled(one))
        return cls(event, changed, tuple(filter(calendar_json.is_cancelled, own)))

    @property
    def href(self) -> Href:
        """Its place: its id, unique in its calendar."""
        return Href(str(self.event["id"]))

    @property
    def state(self) -> ETag:
        """The state that all of it is in."""
        own = str(self.event.get("etag", ""))
        states = " ".join(f"{one['id']}={one.get('etag')}" for one in self.instances)
        if not states:
            return ETag(own)
        return ETag(f"{own}{_AND}{hashlib.blake2b(states.encode(), digest_size=8).hexdigest()}")


class Reader:
    """Reads calendars and events through one client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @cached_property
    def events(self) -> Any:  # noqa: ANN401 -- made at run time
        """What can be asked about events; the library makes it anew at every call, which takes its time."""
        return self._client.calendar.events()

    def listing(
        self, calendar: str, wanted: Callable[[Json], bool], token: str = "", *, since: datetime | None = None
    ) -> Listing | None:
        """Everything ``wanted``, or what of it changed since ``token``; None if the calendar is not there.

        Without a token, what was over at the instant ``since`` is left out.

        What was cancelled is always told. One request for each 2,500 events, and no more of them are held at once.

        Raises:
            CursorExpired: the token is too old.
            Malformed: the answer is not a list of events, or its pages do not end.
        """
        asked: dict[str, Any] = {"calendarId": calendar, "maxResults": _MOST_LISTED}
        if token:
            asked["syncToken"] = token
        elif since is not None:
            asked["timeMin"] = since.astimezone(UTC).isoformat()
        return self._pages(asked, lambda event: calendar_json.is_cancelled(event) or wanted(event))

    def has(self, calendar: str) -> bool:
        """Whether the calendar is there, and may be looked into. One small request."""
        return self._client.find(self.events.list(calendarId=calendar, maxResults=1)) is not None

    def event(self, calendar: str, identifier: str) -> Item | None:
        """One event as it stands now; None is a confirmed absence. Two requests for a series, one otherwise."""
        event = self._client.find(self.events.get(calendarId=calendar, eventId=identifier))
        if event is None or calendar_json.is_cancelled(event):
            return None
        if event.get("id") != identifier:
            raise Malformed("Google answered with something that is not the event it was asked for")
        return self.whole(calendar, event)

    def whole(self, calendar: str, event: Json) -> Item:
        """The event with its changed instances, which have its iCalendar UID in common with it."""
        if not event.get("recurrence"):
            return Item(event)
        asked = {"calendarId": calendar, "maxResults": _MOST_LISTED, "iCalUID": event.get("iCalUID")}
        alike = self._pages(asked, lambda one: calendar_json.series_of(one) is not None)
        return Item.among(event, alike.items if alike else ())

    def _pages(self, asked: Mapping[str, Any], wanted: Callable[[Json], bool]) -> Listing | None:
        items: list[Json] = []
        page = None
        for _ in range(_MOST_PAGES):
            answer = self._client.find(self.events.list(**asked, pageToken=page))
            if answer is None:
                return None
            here = answer.get("items", [])
            if answer.get("kind") != "calendar#events" or not isinstance(here, list):
                raise Malformed("Google's list of events cannot be read")
            items += [
                one for one in here if isinstance(one, Mapping) and isinstance(one.get("id"), str) and wanted(one)
            ]
            page = answer.get("nextPageToken")
            if not page:
                token = answer.get("nextSyncToken")
                return Listing(tuple(items), token if isinstance(token, str) else "")
        raise Malformed("Google's list of events has no end")


def own_state(state: ETag) -> str:
    """The state of the event alone, which Google knows."""
    return state.partition(_AND)[0]
