"""Google Calendar, version 3, as far as kith uses it: stateful, and as unforgiving as the real one.

The first half of :class:`CalendarApi` answers requests; the second is what people do in other clients. Ids are never
free again, deleted events stay as tombstones, a sync token holds until it is made to expire.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fakes.google.events import Json, Refused, checked, checked_id, instant, invalid, merged, shown, stamp, tombstone
from fakes.google.wire import Answer, Asked

APP_CREATED = "https://www.googleapis.com/auth/calendar.app.created"
_WIDE = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in (
        *("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"),
        *("calendar.events.owned", "calendar.events.owned.readonly", "calendar.calendars"),
        "calendar.calendars.readonly",
    )
)
_NOT_WITH_A_TOKEN = frozenset(
    {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}
)
_OLDEST_UPDATED_MIN = timedelta(days=28)
_MOST_RESULTS, _USUAL_RESULTS = 2500, 250


@dataclass(slots=True)
class Kept:
    """One calendar. ``changed`` says at which count each event changed last."""

    id: str
    summary: str
    zone: ZoneInfo
    role: str = "owner"
    app_created: bool = False
    primary: bool = False
    override: str = ""
    unlisted: bool = False
    events: dict[str, Json] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """A change that a program asked for: ``before`` is None for a new event, ``after`` for a deleted one."""

    calendar: str
    before: Json | None
    after: Json | None


class CalendarApi:
    """One user's calendars. ``before_write`` is shown every write that will succeed, just before it does.

    ``page_size`` makes pages smaller than was asked for; ``empty_pages`` puts an empty one before the others.
    ``overlooked`` events are left out of every listing, as one that lags behind does; ``hidden`` calendars are not
    there for any program. ``granted`` tells what the bearer of an authorization header may do.
    """

    name = "calendar"
    version = "v3"

    def __init__(self, email: str = "me@example.com", zone: str = "Europe/Lisbon") -> None:
        self.email = email
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.page_size = _MOST_RESULTS
        self.empty_pages = False
        self.overlooked: set[str] = set()
        self.hidden: set[str] = set()
        self.between_pages: Callable[[], None] = lambda: None
        self.before_write: Callable[[Write], None] = lambda _: None
        self.writes: list[Asked] = []
        self.granted: Callable[[str], tuple[str, ...] | None] = lambda _: tuple(_WIDE)
        self.calendars: dict[str, Kept] = {}
        self._zone = ZoneInfo(zone)
        self._count = 1000
        self._oldest_token = 0
        self._pages: dict[str, tuple[list[Json], Json]] = {}
        self.calendars[email] = Kept(email, email, self._zone, primary=True)

    # --- answering ------------------------------------------------------------------------------------

    @property
    def operations(self) -> Mapping[str, Callable[[Asked], Answer]]:
        """What it can do, by the names of the discovery document."""
        found = {
            "calendarList.list": self._list_calendars,
            "calendarList.get": lambda asked: Answer(200, self._listed(self._kept(asked, any_scope=True))),
            "calendars.insert": self._insert_calendar,
            "calendars.get": lambda asked: Answer(200, self._described(self._kept(asked))),
            "calendars.delete": self._delete_calendar,
            "events.list": self._list,
            "events.get": self._get,
            "events.insert": self._insert,
            "events.patch": self._patch,
            "events.delete": self._delete,
        }
        return {f"calendar.{name}": _answering(operation) for name, operation in found.items()}

    def _kept(self, asked: Asked, *, any_scope: bool = False, writing: bool = False) -> Kept:
        """The calendar that is asked for, if this may be done there."""
        name = asked.path["calendarId"]
        kept = self.calendars.get(self.email if name == "primary" else name)
        if kept is None or kept.id in self.hidden:
            raise _not_found()
        if not (
            any_scope or kept.app_created or _WIDE.intersection(self.granted(asked.headers["authorization"]) or ())
        ):
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if writing:
            self.writes.append(asked)
            if kept.role not in ("owner", "writer"):
                raise Refused(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
        return kept

    # --- calendars ------------------------------------------------------------------------------------

    def _list_calendars(self, asked: Asked) -> Answer:
        there = [kept for kept in self.calendars.values() if kept.id not in self.hidden]
        items = [self._listed(kept) for kept in there if asked.flag("showHidden") or not kept.unlisted]
        about = {"kind": "calendar#calendarList", "etag": '"list"'}
        return self._page(asked, items, about, {"nextSyncToken": "calendars"}, usual=100, most=250)

    def _listed(self, kept: Kept) -> Json:
        entry = {
            **self._described(kept),
            "kind": "calendar#calendarListEntry",
            "accessRole": kept.role,
            "selected": True,
            "defaultReminders": [],
        }
        if kept.override:
            entry["summaryOverride"] = kept.override
        if kept.unlisted:
            entry["hidden"] = True
        return {**entry, "primary": True} if kept.primary else entry

    def _described(self, kept: Kept) -> Json:
        return {
            "kind": "calendar#calendar",
            "etag": f'"{kept.id}"',
            "id": kept.id,
            "summary": kept.summary,
            "timeZone": kept.zone.key,
        }

    def _insert_calendar(self, asked: Asked) -> Answer:
        self.writes.append(asked)
        if not asked.body.get("summary"):
            raise invalid("Missing title.", "required")
        kept = self.make_calendar(asked.body["summary"], app_created=True, zone=asked.body.get("timeZone", "UTC"))
        return Answer(200, self._described(kept))

    def _delete_calendar(self, asked: Asked) -> Answer:
        del self.calendars[self._kept(asked, writing=True).id]
        return Answer(200)

    # --- events ---------------------------------------------------------------------------------------

    def _insert(self, asked: Asked) -> Answer:
        kept = self._kept(asked, writing=True)
        identifier = checked_id(asked.body["id"]) if asked.body.get("id") else f"{self._next():026x}"
        if identifier in kept.events:
            raise Refused(409, "duplicate", "The requested identifier already exists.")
        event = checked(merged({"reminders": {"useDefault": True}}, asked.body))
        self._commit(kept, None, {**event, **self._birth(kept, identifier)})
        return Answer(200, self._shown(kept, identifier))

    def _get(self, asked: Asked) -> Answer:
        kept = self._kept(asked)
        return Answer(200, self._shown(kept, self._there(kept, asked)["id"]))

    def _patch(self, asked: Asked) -> Answer:
        kept = self._kept(asked, writing=True)
        event = self._there(kept, asked)
        if event["status"] == "cancelled":
            raise Refused(403, "forbidden", "Forbidden")
        after = checked(merged(event, asked.body))
        self._commit(kept, event, after)
        return Answer(200, self._shown(kept, event["id"]))

    def _delete(self, asked: Asked) -> Answer:
        kept = self._kept(asked, writing=True)
        event = self._there(kept, asked)
        if event["status"] == "cancelled":
            raise Refused(410, "deleted", "Resource has been deleted")
        self._commit(kept, event, {**event, "status": "cancelled"})
        return Answer(200)

    def _there(self, kept: Kept, asked: Asked) -> Json:
        """The event that is asked for, in the state that is wanted."""
        event = kept.events.get(asked.path["eventId"])
        if event is None or event.get("purged"):
            raise _not_found()
        if asked.headers.get("if-match", "*") not in ("*", event["etag"]):
            more = {"locationType": "header", "location": "If-Match"}
            raise Refused(412, "conditionNotMet", "Precondition Failed", **more)
        return event

    def _list(self, asked: Asked) -> Answer:
        query, kept = asked.query, self._kept(asked)
        if asked.flag("singleEvents") or "orderBy" in query:
            raise AssertionError("the emulator does not take series apart")
        about = {
            "kind": "calendar#events",
            "etag": '"events"',
            "summary": kept.summary,
            "timeZone": kept.zone.key,
            "accessRole": kept.role,
            "updated": stamp(self.clock()),
            "defaultReminders": [],
        }
        last = {"nextSyncToken": f"{kept.id}#{self._count}"}
        if "iCalUID" in query or "privateExtendedProperty" in query:
            last = {}  # a search, which nothing can be told about later
        found = [event for event in self._found(query, kept) if event["id"] not in self.overlooked]
        return self._page(asked, found, about, last, usual=_USUAL_RESULTS, most=_MOST_RESULTS)

    def _found(self, query: Mapping[str, str], kept: Kept) -> list[Json]:
        if "syncToken" in query:
            since = self._since(query, kept)
            newer = [identifier for identifier, count in kept.changed.items() if count > since]
            return [self._told(kept, kept.events[identifier]) for identifier in newer]
        found = [event for event in kept.events.values() if _is_asked_for(event, query)]
        if "updatedMin" in query:
            oldest = datetime.fromisoformat(query["updatedMin"])
            if self.clock() - oldest > _OLDEST_UPDATED_MIN:
                message = "The requested minimum modification time lies too far in the past."
                raise Refused(410, "updatedMinTooLongAgo", message, domain="calendar")
            newer_events = [event for event in found if datetime.fromisoformat(event["updated"]) >= oldest]
            return [self._told(kept, event) for event in newer_events]
        gone_too = query.get("showDeleted") == "true"
        # A cancelled instance is how a listing says that a series leaves a day out.
        here = [event for event in found if gone_too or event["status"] != "cancelled" or "recurringEventId" in event]
        return [self._told(kept, event) for event in here]

    def _since(self, query: Mapping[str, str], kept: Kept) -> int:
        if _NOT_WITH_A_TOKEN & query.keys() or query.get("showDeleted") == "false":
            raise invalid("These parameters do not go together.")
        calendar, _, count = query["syncToken"].rpartition("#")
        if calendar != kept.id or not count.isdigit() or int(count) < self._oldest_token:
            message = "Sync token is no longer valid, a full sync is required."
            more = {"locationType": "parameter", "location": "syncToken"}
            raise Refused(410, "fullSyncRequired", message, domain="calendar", **more)
        return int(count)

    def _page(self, asked: Asked, items: list[Json], about: Json, last: Json, *, usual: int, most: int) -> Answer:
        """The first page of a listing, or the one that a token names; what changes meanwhile is for the next sync."""
        token = asked.query.get("pageToken")
        if token is not None:
            if token not in self._pages:
                raise invalid("Invalid page token value.")
            items, last = self._pages[token]
            self.between_pages()
        size = min(int(asked.query.get("maxResults", usual)), most, self.page_size)
        if self.empty_pages and token is None:
            size = 0
        here, rest = items[:size], items[size:]
        if not rest:
            return Answer(200, {**about, **last, "items": here})
        following = f"page-{self._next()}"
        self._pages[following] = (rest, last)
        return Answer(200, {**about, "nextPageToken": following, "items": here})

    def _shown(self, kept: Kept, identifier: str) -> Json:
        return shown(kept.events[identifier], kept.zone)

    def _told(self, kept: Kept, event: Json) -> Json:
        return tombstone(event) if event["status"] == "cancelled" else shown(event, kept.zone)

    # --- keeping --------------------------------------------------------------------------------------

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _birth(self, kept: Kept, identifier: str) -> Json:
        now = stamp(self.clock())
        owner = {"email": kept.id, "displayName": kept.summary, "self": True}
        return {
            "kind": "calendar#event",
            "id": identifier,
            "status": "confirmed",
            "htmlLink": f"https://www.google.com/calendar/event?eid={identifier}",
            "created": now,
            "updated": now,
            "creator": {"email": self.email},
            "organizer": owner,
            "iCalUID": f"{identifier}@google.com",
            "sequence": 0,
            "eventType": "default",
        }

    def _commit(self, kept: Kept, before: Json | None, after: Json) -> None:
        """Keep what a program wrote, once it has been shown to whoever watches."""
        stamped = self._stamped(kept, after)
        self.before_write(Write(kept.id, before, None if after["status"] == "cancelled" else stamped))
        self._store(kept, stamped)

    def _keep(self, kept: Kept, event: Json, *, quietly: bool = False) -> None:
        self._store(kept, self._stamped(kept, event, quietly=quietly))

    def _stamped(self, kept: Kept, event: Json, *, quietly: bool = False) -> Json:
        """The event in a new state. What changes reminders only does not count as an update of it."""
        before = kept.events.get(event["id"], {})
        only_reminders = {**before, "reminders": 0} == {**event, "reminders": 0}
        updated = {} if quietly or only_reminders else {"updated": stamp(self.clock())}
        return {**event, **updated, "etag": f'"{self._next() * 2}"'}

    def _store(self, kept: Kept, event: Json) -> None:
        kept.events[event["id"]] = event
        kept.changed.pop(event["id"], None)
        kept.changed[event["id"]] = self._count

    # --- what people do in other clients --------------------------------------------------------------

    def make_calendar(
        self, summary: str, *, app_created: bool = False, role: str = "owner", zone: str = "Europe/Lisbon"
    ) -> Kept:
        """Make a calendar; ``app_created`` says that it was kith that made it."""
        kept = Kept(f"c_{self._next():x}@group.calendar.google.com", summary, ZoneInfo(zone), role, app_created)
        self.calendars[kept.id] = kept
        return kept

    def renew(self, calendar: str) -> Kept:
        """Delete a calendar, and make another of the same name and with the same events."""
        old = self.calendars.pop(calendar)
        new = self.make_calendar(old.summary, app_created=old.app_created, zone=old.zone.key)
        for event in old.events.values():
            self._keep(new, copy.deepcopy(event))
        return new

    def named(self, summary: str) -> Kept:
        """The calendar of this name."""
        return next(kept for kept in self.calendars.values() if kept.summary == summary)

    def there(self, calendar: str) -> dict[str, Json]:
        """The events that are not deleted, by id."""
        events = self.calendars[calendar].events.values()
        return {event["id"]: copy.deepcopy(event) for event in events if event["status"] != "cancelled"}

    def add(self, calendar: str, event: Json, identifier: str = "") -> str:
        """Make an event; its id."""
        kept = self.calendars[calendar]
        named = identifier or f"{self._next():026x}"
        self._keep(kept, {**copy.deepcopy(event), **self._birth(kept, named)})
        return named

    def change(self, calendar: str, identifier: str, *, quietly: bool = False, **members: Any) -> None:
        """Change an event as another client does; ``quietly`` without a new ``updated``."""
        kept = self.calendars[calendar]
        self._keep(kept, {**kept.events[identifier], **members}, quietly=quietly)

    def change_instance(self, calendar: str, identifier: str, day: datetime, **members: Any) -> str:
        """Change one instance of a series, the one that was to begin at ``day``; its id."""
        kept = self.calendars[calendar]
        series, planned = kept.events[identifier], stamp(day)[:-5] + "Z"
        named = f"{identifier}_{re.sub('[-:]', '', planned)}"
        length = instant(series["end"], "end") - instant(series["start"], "start")
        own = {name: value for name, value in series.items() if name not in ("recurrence", "etag")}
        own |= {
            "id": named,
            "recurringEventId": identifier,
            "originalStartTime": {"dateTime": planned, "timeZone": "UTC"},
            "start": {"dateTime": planned, "timeZone": "UTC"},
            "end": {"dateTime": stamp(day + length), "timeZone": "UTC"},
        }
        self._keep(kept, {**own, **members})
        return named

    def remove(self, calendar: str, identifier: str) -> None:
        """Delete an event."""
        self.change(calendar, identifier, status="cancelled")

    def bring_back(self, calendar: str, identifier: str) -> None:
        """Take an event out of the bin."""
        self.change(calendar, identifier, status="confirmed")

    def purge(self, calendar: str, identifier: str) -> None:
        """Let a tombstone crumble, as they do in the end; the id stays taken all the same."""
        kept = self.calendars[calendar]
        kept.changed.pop(identifier, None)
        kept.events[identifier] = {"id": identifier, "status": "cancelled", "etag": '"0"', "purged": True}

    def move(self, calendar: str, identifier: str, other: str) -> None:
        """Move an event to another calendar, where it has the same id."""
        event = copy.deepcopy(self.calendars[calendar].events[identifier])
        self.remove(calendar, identifier)
        self._keep(self.calendars[other], {**event, "status": "confirmed"})

    def expire_tokens(self) -> None:
        """Let every sync token given until now be too old."""
        self._oldest_token = self._next()


def _answering(operation: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """The operation, with its refusals as answers."""

    def answer(asked: Asked) -> Answer:
        try:
            return operation(asked)
        except Refused as refused:
            return refused.answer

    return answer


def _not_found() -> Refused:
    return Refused(404, "notFound", "Not Found")


def _is_asked_for(event: Json, query: Mapping[str, str]) -> bool:
    """Whether an event is among those that a full listing asks for."""
    if event.get("purged") or ("iCalUID" in query and event["iCalUID"] != query["iCalUID"]):
        return False
    if "privateExtendedProperty" in query:
        key, _, value = query["privateExtendedProperty"].partition("=")
        if event.get("extendedProperties", {}).get("private", {}).get(key) != value:
            return False
    is_series = bool(event.get("recurrence"))  # whose last date may be far from its first
    if not is_series and "timeMin" in query and _as_instant(event["end"]) <= datetime.fromisoformat(query["timeMin"]):
        return False
    return "timeMax" not in query or _as_instant(event["start"]) < datetime.fromisoformat(query["timeMax"])


def _as_instant(value: Json) -> datetime:
    found = instant(value, "start")
    return found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=UTC)
