"""The user's own calendar in a Google account (Calendar API v3), read for meetings. Nothing is ever written.

A quiet reading is one request, with the sync token that the last one left. Once a week, and whenever Google does not
know the token any more, everything from the span's start on is listed instead. Of a series Google tells what changed
only; it is read as a whole then.

A date of a series that somebody was invited to alone comes without its series, and is an event by itself.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from kith.calendars.google_place import PRIMARY, list_calendars, named
from kith.calendars.google_reader import Item as Fetched
from kith.calendars.google_reader import Listing, Reader
from kith.calendars.meetings import Item, Reading
from kith.codecs import calendar_json
from kith.codecs.calendar_json import Json
from kith.codecs.meetings_json import meetings
from kith.core.meetings import Meeting, Span
from kith.core.model import AccountId, ETag, Href
from kith.errors import CalendarNotFound, CursorExpired, Malformed, Rejected
from kith.google.client import Client

_LONGEST_TRUST = 7 * 24 * 60 * 60
_MOST_BY_ONE = 20
"""How many series are asked for one by one rather than by listing everything."""

_FORMAT = 1
_NEEDED = frozenset(
    {"id", "iCalUID", "recurringEventId", "originalStartTime", "start", "end", "status", "summary", "eventType"}
    | {"attendees", "attendeesOmitted", "organizer", "recurrence"}
)


@dataclass(frozen=True, slots=True)
class _Memory:
    """The last reading: the calendar's id, the token, and when (in seconds since 1970) all of it was listed."""

    calendar: str = ""
    token: str = ""
    listed: int = 0


class WatchedGoogle:
    """The calendar called ``name`` of one account. A time without a zone in it is taken to be in ``zone``."""

    def __init__(self, client: Client, name: str, zone: tzinfo, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._name = name
        self._zone = zone
        self._reader = Reader(client)
        self._clock = clock

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._client.account.account

    @property
    def name(self) -> str:
        """Its name in the config."""
        return self._name

    @property
    def made_for(self) -> str:
        """The zone of what has none, and where Google answers."""
        return f"{_FORMAT} {self._client.account.endpoints.calendar} {self._zone}"

    def read(self, known: Mapping[Href, ETag | None], cursor: str, span: Span) -> Reading:
        """Ask what changed, or for everything."""
        memory = _memory(cursor)
        if memory.calendar:
            changed = self._changes(memory, known, span)
            if changed is not None:
                return changed
        calendar = memory.calendar or self._found()
        listing = self._reader.listing(calendar, _everything, since=span.start)
        if listing is None and memory.calendar:  # deleted, or not shared any more; perhaps another has its name
            calendar = self._found()
            listing = self._reader.listing(calendar, _everything, since=span.start)
        if listing is None:
            raise self._not_there()
        items = [self._item(href, fetched, span) for href, fetched in _whole(listing.items)]
        after = _Memory(calendar, listing.token, int(self._clock()))
        changed_items = tuple(item for item in items if known.get(item.href) != item.etag)
        return Reading(changed_items, frozenset(known.keys() - {item.href for item in items}), _written(after))

    def again(self, source: str, span: Span) -> tuple[Meeting, ...]:
        """The meetings inside another span."""
        try:
            event, instances = json.loads(source)
            return meetings(event, instances, span, self._zone).meetings
        except (ValueError, TypeError, AttributeError) as error:
            raise Malformed("a series that cannot be read any more") from error

    def there(self) -> tuple[str, ...]:
        """The names of the account's calendars, its first one as the config calls it."""
        return (PRIMARY, *(one.name for one in list_calendars(self._client)))

    # --- the calendar ---------------------------------------------------------------------------------

    def _found(self) -> str:
        """The id of the calendar of this name. Raises Denied."""
        if self._name == PRIMARY:
            return PRIMARY
        found = named(list_calendars(self._client), self._name)
        if not found:
            raise self._not_there()
        return found[0].id

    def _not_there(self) -> CalendarNotFound:
        names = ", ".join(f"“{name}”" for name in self.there())
        hint = "correct its name in [meetings]; it is called there as Google Calendar shows it"
        return CalendarNotFound(f"the calendar “{self._name}” is not there (there are {names})", hint=hint)

    # --- reading --------------------------------------------------------------------------------------

    def _changes(self, memory: _Memory, known: Mapping[Href, ETag | None], span: Span) -> Reading | None:
        """What changed since the last reading; None where it is better to list everything."""
        if not memory.token or not 0 <= self._clock() - memory.listed < _LONGEST_TRUST:
            return None
        try:
            changes = self._reader.listing(memory.calendar, _everything, memory.token)
        except (CursorExpired, Rejected):
            return None
        if changes is None:
            return None
        return self._taken(changes, memory, known, span)

    def _taken(
        self, changes: Listing, memory: _Memory, known: Mapping[Href, ETag | None], span: Span
    ) -> Reading | None:
        items: dict[Href, Item] = {}
        gone: set[Href] = set()
        series: dict[Href, list[Json]] = {}
        for event in changes.items:
            href = Href(event["id"])
            of_series = calendar_json.series_of(event)
            if of_series is not None:
                series.setdefault(Href(of_series), []).append(event)
            elif calendar_json.is_cancelled(event):
                gone.add(href)
            elif event.get("recurrence"):
                series.setdefault(href, [])
            else:
                items[href] = self._item(href, Fetched(event), span)
        if len(series) > _MOST_BY_ONE:
            return None
        for href, dates in series.items():
            fetched = self._reader.event(memory.calendar, href)
            if fetched is not None:
                items[href] = self._item(href, fetched, span)
                continue
            gone.add(href)
            for date in dates:
                alone = Href(date["id"])
                if calendar_json.is_cancelled(date):
                    gone.add(alone)
                else:
                    items[alone] = self._item(alone, Fetched({}, (date,)), span)
        after = replace(memory, token=changes.token or memory.token)
        return Reading(tuple(items.values()), frozenset(gone & known.keys()), _written(after))

    def _item(self, href: Href, fetched: Fetched, span: Span) -> Item:
        event, instances = _plain(fetched.event), [*map(_plain, (*fetched.instances, *fetched.left_out))]
        source = json.dumps([event, instances], ensure_ascii=False, sort_keys=True)
        etag = ETag(hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())
        try:
            found = meetings(fetched.event, (*fetched.instances, *fetched.left_out), span, self._zone)
        except Malformed:
            return Item(href, etag, unreadable=1)
        return Item(href, etag, found.meetings, source if found.repeats else "", found.unreadable)


def _everything(_: Json) -> bool:
    return True


def _whole(items: Iterable[Json]) -> Iterator[tuple[Href, Fetched]]:
    """The events of a listing, each series with its dates; dates without their series by themselves."""
    dates: dict[str, list[Json]] = {}
    events: dict[str, Json] = {}
    for item in items:
        series = calendar_json.series_of(item)
        if series is not None:
            dates.setdefault(series, []).append(item)
        elif not calendar_json.is_cancelled(item):
            events[str(item["id"])] = item
    for name, event in events.items():
        yield Href(name), Fetched.among(event, dates.pop(name, ()))
    for alone in (date for several in dates.values() for date in several if not calendar_json.is_cancelled(date)):
        yield Href(str(alone["id"])), Fetched({}, (alone,))


def _plain(event: Json) -> dict[str, Any]:
    """What of an event bears on its meetings."""
    return {name: value for name, value in event.items() if name in _NEEDED}


def _memory(cursor: str) -> _Memory:
    """The memory in a cursor; an empty one if it is none."""
    try:
        fields: Any = json.loads(cursor) if cursor else {}
        return _Memory(str(fields["calendar"]), str(fields["token"]), int(fields["listed"]))
    except (ValueError, KeyError, TypeError):
        return _Memory()


def _written(memory: _Memory) -> str:
    fields = {"calendar": memory.calendar, "token": memory.token, "listed": memory.listed}
    return json.dumps(fields, separators=(",", ":"))
