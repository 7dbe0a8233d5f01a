"""The stateful tests' calendar, kept at Google: kith's adapter on one side, the emulator's state on the other.

Kith reaches it through the port, over HTTP; the user and the promises through what :class:`FakeCalendar` offers. What
the user does is written as Google's clients write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fakes.calendar import Entry, FakeCalendar, Write
from fakes.google import calendar as google
from fakes.google.calendar import Kept
from fakes.google.emulated import Emulated
from fakes.google.events import Json
from kith.calendars.base import Look, Receipt
from kith.calendars.google import GoogleCalendar
from kith.codecs import calendar_json
from kith.core.event import AllDay, Change, Fields, Marker, SeenEvent, Timed, When
from kith.core.model import AccountId, ETag, EventUid, Href
from kith.errors import Conflict
from kith.google.scopes import EVENTS
from stateful.world import LISBON, World

NAME = "Keep in touch"
ELSEWHERE = "Work"
_TRIES = 4
"""How often a request that only reads is sent before it counts as failed."""


class GoogleFake(FakeCalendar):
    """One calendar of one user of an emulated Google. ``zone`` is kith's; ``now`` is asked for the time."""

    def __init__(self, emulated: Emulated, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._api = emulated.calendar
        self._google = emulated.google
        self._api.clock = now
        self._api.before_write = self._watch
        emulated.scopes = (*emulated.scopes, EVENTS)
        self._client = emulated.client()
        self._emulated = emulated
        self._zone = zone
        self._now = now
        self._mine = self._api.make_calendar(NAME, app_created=True)
        self._other = self._api.make_calendar(ELSEWHERE)
        self._garbled: dict[str, Json] = {}
        self._known: dict[tuple[str, str, bool, int], Entry] = {}
        self._written: list[Write] = []
        self._telling: Write | None = None
        self._opened = self._open()
        super().__init__("g")

    # --- the port -------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountId:
        return AccountId("g")

    @property
    def name(self) -> str:
        return NAME

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        self._opened = self._open()
        with self._use("calendar."):
            look = self._opened.look(known, cursor)
        self.shown += look.events
        return look

    def find(self, uid: EventUid) -> SeenEvent | None:
        with self._use("calendar."):
            found = self._opened.find(uid)
        self.shown += [found] if found is not None else []
        return found

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        with self._use("events.insert"):
            return self._opened.create(marker, fields, now)

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        with self._use("events.patch"):
            return self._opened.update(seen, change, marker, now)

    def delete(self, seen: SeenEvent) -> None:
        with self._use("events.delete"):
            self._opened.delete(seen)

    def _open(self) -> GoogleCalendar:
        return self._emulated.open_calendar(NAME, self._zone, lambda: self._now().timestamp(), self._client)

    # --- how the server behaves -----------------------------------------------------------------------

    def fail(self, at: int, *, after: bool) -> None:
        self._fail_at, self._fail_after = self._calls + at, after

    @contextmanager
    def _use(self, method: str) -> Iterator[None]:
        """One use of the port, whose last request is for ``method``, and may fail."""
        self._calls += 1
        if self._calls == self._fail_at:
            self._google.fail("lost" if self._fail_after else "refused", method, times=_TRIES)
        try:
            yield
        except Conflict:
            self.conflicts += 1
            raise
        finally:
            self._google.faults.clear()
            told, self._written = self._written, []
            for self._telling in told:
                self.before_write(self._telling)
                self.journal.append(self._telling)
            self._telling = None

    @property
    def reachable(self) -> bool:
        return not self._api.hidden

    @reachable.setter
    def reachable(self, there: bool) -> None:
        self._api.hidden = set() if there else {self._mine.id}

    def become_another(self) -> None:
        there = self.reachable
        self._mine = self._api.renew(self._mine.id)
        self.reachable = there

    def _watch(self, write: google.Write) -> None:
        """Keep what the server is asked to write, to be told in kith's own thread, which waits for the answer now."""
        elsewhere = write.calendar == self._other.id
        kept = self._other if elsewhere else self._mine
        before, after = (
            None if event is None else self._entry(event, kept, elsewhere=elsewhere)
            for event in (write.before, write.after)
        )
        self._written.append(Write(before, after))

    # --- what the user sees ---------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        found = [self._entry(event, self._mine, elsewhere=False) for event in _own(self._mine)]
        found += [self._entry(event, self._other, elsewhere=True) for event in _own(self._other)]
        if self._telling is not None:  # everything is shown as it was before that write
            found = [entry for entry in found if entry.uid != self._telling.entry.uid]
            found += [self._telling.before] if self._telling.before is not None else []
        return sorted(found, key=lambda entry: entry.href)

    def get(self, uid: EventUid) -> Entry | None:
        return next((entry for entry in self.entries() if entry.uid == uid), None)

    def _entry(self, event: Json, kept: Kept, *, elsewhere: bool) -> Entry:
        instances = [one for one in kept.events.values() if calendar_json.series_of(one) == event["id"]]
        version = max(int(one["etag"].strip('"')) for one in (event, *instances))
        key = (kept.id, event["id"], event["id"] in self._garbled, version)
        if key not in self._known:
            whole = {**event, **self._garbled.get(event["id"], {})}
            seen = calendar_json.decode(whole, href=Href(event["id"]), zone=self._zone, instances=instances)
            self._known[key] = Entry(
                href=seen.href,
                uid=seen.uid,
                fields=seen.fields,
                version=version,
                marker=seen.marker,
                last_modified=seen.last_modified,
                repeats=seen.repeats,
                repeats_until=seen.repeats_until,
                place=event.get("location", ""),
                occurrences=seen.occurrences,
                unreadable=event["id"] in self._garbled,
                elsewhere=elsewhere,
            )
        return self._known[key]

    # --- what the user does ---------------------------------------------------------------------------

    def remove(self, uid: EventUid) -> None:
        entry = self._there(uid)
        self._api.remove(self._calendar_of(entry).id, entry.href)
        self.trash[uid] = entry

    def restore(self, uid: EventUid) -> None:
        entry = self.trash.pop(uid)
        self._api.bring_back(self._calendar_of(entry).id, entry.href)

    def copy(self, uid: EventUid) -> EventUid:
        entry = self._there(uid)
        kept = self._calendar_of(entry)
        event = {**kept.events[entry.href], **self._garbled.get(entry.href, {})}
        return calendar_json.uid_of(self._api.add(kept.id, event))

    def add_own(self, title: str, start: datetime, *, length: timedelta = timedelta(hours=1)) -> EventUid:
        return calendar_json.uid_of(self._api.add(self._mine.id, {"summary": title, **_times(Timed(start, length))}))

    def put(self, marker: Marker, fields: Fields, now: datetime) -> None:
        event = calendar_json.encode(marker, fields)
        self._api.add(self._mine.id, event, event["id"])

    def tick_instance(self, uid: EventUid, when: Timed, text: str) -> str:
        entry = self._there(uid)
        kept = self._calendar_of(entry)
        description = _in_the_editor(f"{entry.fields.description}\n{text}")
        title = f"✓ {entry.fields.title}"
        if not entry.unreadable:
            planned = when.start.astimezone(UTC)
            self._api.change_instance(kept.id, entry.href, planned, summary=title, description=description)
        return when.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _change(self, uid: EventUid, stamp: datetime | None, change: Callable[[Entry], Entry]) -> None:
        """Google always says when something was changed."""
        before = self._there(uid)
        after, kept = change(before), self._calendar_of(before)
        if after.elsewhere is not before.elsewhere:
            self._api.move(kept.id, before.href, (self._other if after.elsewhere else self._mine).id)
            return
        members = self._members(before, after)
        event = kept.events[before.href]
        if after.unreadable and not before.unreadable:
            self._garbled[before.href] = {name: event[name] for name in ("start", "end")}
            members |= {"start": {}, "end": {}}
        elif before.unreadable and not after.unreadable:
            members = {**self._garbled.pop(before.href), **members}
        elif after.unreadable and "start" in members:
            self._garbled[before.href] = {name: members.pop(name) for name in ("start", "end")}
        self._api.change(kept.id, before.href, **members)

    @staticmethod
    def _members(before: Entry, after: Entry) -> dict[str, Any]:
        """What another client would send."""
        old, new = before.fields, after.fields
        members: dict[str, Any] = {} if new.when == old.when else _times(new.when)
        if new.title != old.title:
            members["summary"] = new.title
        if new.description != old.description:
            members["description"] = _in_the_editor(new.description)
        if after.place != before.place:
            members["location"] = after.place
        if (after.repeats, after.repeats_until) != (before.repeats, before.repeats_until):
            members["recurrence"] = [_rule(after.repeats_until, new.when)]
        if after.marker is None and before.marker is not None:
            members["extendedProperties"] = {}
        return members

    def _calendar_of(self, entry: Entry) -> Kept:
        return self._other if entry.elsewhere else self._mine


def _own(kept: Kept) -> list[Json]:
    """The events that stand in a calendar, changed instances of series left out."""
    events = kept.events.values()
    return [event for event in events if event["status"] != "cancelled" and "recurringEventId" not in event]


def _times(when: When) -> dict[str, Any]:
    if isinstance(when, AllDay):
        return {"start": {"date": when.day.isoformat()}, "end": {"date": (when.day + timedelta(days=1)).isoformat()}}
    end = when.start.astimezone(UTC) + when.duration
    return {
        name: {"dateTime": instant.astimezone(UTC).isoformat(), "timeZone": "Europe/Lisbon"}
        for name, instant in (("start", when.start), ("end", end))
    }


def _rule(until: date | None, when: When) -> str:
    if until is None:
        return "RRULE:FREQ=DAILY"
    return f"RRULE:FREQ=DAILY;UNTIL={until:%Y%m%d}" + ("" if isinstance(when, AllDay) else "T235959Z")


def _in_the_editor(text: str) -> str:
    """A text as Google's editor stores it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


@contextmanager
def world_at_google(folder: Path) -> Iterator[World]:
    """A world whose calendar is at Google."""
    worlds: list[World] = []
    with Emulated() as emulated:
        worlds.append(World(folder, calendar=GoogleFake(emulated, LISBON, lambda: worlds[0].now)))
        yield worlds[0]
