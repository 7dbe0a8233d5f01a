"""A calendar in a Google account (Calendar API v3).

A quiet look is one request, with the sync token that the last one left. It brings what changed since then, in any
event; how kith's own stood before, the cursor remembers (:mod:`kith.calendars.google_memory`). Once a week, and
whenever Google does not know the token any more, everything is listed instead. Reading is
:mod:`kith.calendars.google_reader`'s; which calendar it is, :mod:`kith.calendars.google_place` knows.

The rules of this room:

- Whatever does not appear where it was is asked for by itself before it counts as gone, and an event that cannot be
  found anywhere is gone only if the calendar is still there.
- An event's id comes of its UID, so that no retry can make a second one. An id that was ever given is never free again:
  what stands there is adopted, or the reach-out gets a new name.
- Every write of something that exists is conditional on its ETag, patches the fields that kith owns and no others, and
  sends mail to nobody. Nobody is ever invited.
- A calendar that is gone is never made again by looking or writing: :meth:`GoogleCalendar.prepare` is for one that was
  never written to, and for a user who asks for it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from kith.calendars import google_memory
from kith.calendars.base import Look, Receipt, Unreadable
from kith.calendars.google_memory import Memory
from kith.calendars.google_place import Place
from kith.calendars.google_reader import Item, Listing, Reader, own_state
from kith.codecs import calendar_json
from kith.codecs.calendar_json import Json
from kith.codecs.text import clean
from kith.core.event import Change, Fields, Marker, SeenEvent
from kith.core.model import AccountId, ETag, EventUid, Href
from kith.errors import Conflict, CursorExpired, Denied, Malformed, Rejected, SignInNeeded
from kith.google.client import Client

_LONGEST_TRUST = 7 * 24 * 60 * 60
"""How long (in seconds) what changed is asked for before everything is listed again."""

_MOST_BY_ONE = 20
"""How many events are asked for one by one rather than by listing everything."""

_NO_MAIL = "none"


class GoogleCalendar:
    """The calendar called ``name`` of one account, or its ``primary`` one.

    ``own`` says that kith makes it, and else that it must be there already. A time without a zone in it is taken to be
    in ``zone``, and a calendar that is made is in that zone, too. ``client`` is shared with whatever else reads the
    account.
    """

    def __init__(
        self,
        client: Client,
        name: str,
        zone: tzinfo,
        *,
        own: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._name = name
        self._zone = zone
        self._clock = clock
        self._place = Place(client, name, getattr(zone, "key", "UTC"), own=own)
        self._reader = Reader(client)
        self._where = hashlib.blake2b(
            f"{client.account.endpoints.calendar}\n{name}".encode(), digest_size=8
        ).hexdigest()
        self._kept: dict[Href, Item] = {}

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._client.account.account

    @property
    def name(self) -> str:
        """Its name in the config, by which it is found."""
        return self._name

    def is_there(self) -> bool:
        """Whether the account has a calendar of this name now."""
        return self._place.is_there()

    def prepare(self) -> None:
        """Make the calendar if it is not there; for one that nothing was ever written to."""
        self._place.prepare()

    # --- looking --------------------------------------------------------------------------------------

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        """Ask what changed, or for everything; show what is not as it is known, and confirm what is gone."""
        memory = google_memory.read(cursor, self._where)
        self._place.forget()
        here = {href: etag for href, etag in known.items() if not _is_elsewhere(href)}
        seen = self._listed(memory, here)
        for href in sorted(here.keys() - seen.states.keys() - seen.gone):
            self._confirm(href, seen)
        seen.gone &= here.keys() - seen.states.keys()
        for href in sorted(seen.states):
            if here.get(href) != seen.states[href]:
                self._show(href, seen, is_known=href in here)
        after = Memory(seen.calendar, seen.token, seen.listed, seen.states, frozenset(seen.gone))
        absent = set(seen.gone)
        for href, etag in known.items():
            if href not in here:
                self._look_elsewhere(href, etag, seen, absent)
        written = google_memory.write(after, self._where)
        return Look(seen.calendar, tuple(seen.events), frozenset(absent), tuple(seen.unreadable), written)

    def _listed(self, memory: Memory, here: Mapping[Href, ETag | None]) -> _Seen:
        """How each of kith's events stands, by what changed since the last look, or by everything there is."""
        now, everything, wanted = int(self._clock()), None, partial(_concerns, here)
        if memory.calendar:
            calendar = self._place.id(memory.calendar)
            changes = self._changes(memory, wanted, now)
            if changes is not None:
                seen = _Seen(calendar, changes.token, memory.listed, dict(memory.events), set(memory.gone))
                self._take_changes(seen, changes.items, here)
                if seen.to_be_asked_for(here) <= _MOST_BY_ONE:
                    return seen
            everything = self._reader.listing(calendar, wanted)
        if everything is None:  # nobody knows where it is, or it is not there any more; perhaps another has its name
            self._place.forget()
            calendar = self._place.id()
            try:
                everything = self._reader.listing(calendar, wanted)
            except SignInNeeded as error:  # though the account's list of calendars could be had
                raise self._place.no_right(error) from None
        if everything is None:
            raise self._place.not_there()
        seen = _Seen(calendar, everything.token, now)
        for event in everything.items:
            if _is_event(event):
                seen.take(Item.among(event, everything.items))
        return seen

    def _changes(self, memory: Memory, wanted: Callable[[Json], bool], now: int) -> Listing | None:
        """What changed since the last look; None where that is not to be had, or has been relied upon for too long."""
        if not memory.token or not 0 <= now - memory.listed < _LONGEST_TRUST:
            return None
        try:
            return self._reader.listing(memory.calendar, wanted, memory.token)
        except (CursorExpired, Rejected):
            return None

    def _take_changes(self, seen: _Seen, changes: Iterable[Json], here: Mapping[Href, ETag | None]) -> None:
        """Bring the states up to date. Of a series only what changed is told, and so it is read as a whole."""
        series: set[Href] = set()
        for event in changes:
            href = Href(event["id"])
            of_series = calendar_json.series_of(event)
            if of_series is not None:
                series.add(Href(of_series))
            elif calendar_json.is_cancelled(event):
                seen.states.pop(href, None)
            elif event.get("recurrence"):
                series.add(href)
                seen.states[href] = ETag("")
            else:
                seen.take(Item(event))
        for href in sorted(series & (seen.states.keys() | here.keys())):
            item = self._reader.event(seen.calendar, href)
            if item is None:
                seen.states.pop(href, None)
            else:
                seen.take(item)

    def _confirm(self, href: Href, seen: _Seen) -> None:
        """Ask for an event that no listing has: it may be there all the same."""
        item = self._reader.event(seen.calendar, href)
        if item is None:
            seen.gone.add(href)
        else:
            seen.take(item)

    def _show(self, href: Href, seen: _Seen, *, is_known: bool) -> None:
        item = seen.items.get(href) or self._reader.event(seen.calendar, href)
        if item is None or not (is_known or calendar_json.is_marked(item.event)):
            del seen.states[href]  # gone since it was listed, or nobody's business any more
            return
        try:
            seen.events.append(self._decoded(href, item))
        except Malformed as error:
            if is_known:
                seen.unreadable.append(Unreadable(href, error.message))
            else:
                del seen.states[href]

    def _look_elsewhere(self, href: Href, etag: ETag | None, seen: _Seen, absent: set[Href]) -> None:
        """An event that was moved to another calendar, which may be nobody's business any more."""
        calendar, identifier = _apart(href)
        try:
            item = self._reader.event(calendar, identifier)
            if item is None and not self._reader.has(calendar):
                raise Denied("the calendar that it was moved to is not there any more")
            if item is None:
                absent.add(href)
            elif etag is None or item.state != etag:
                seen.events.append(self._decoded(href, item))
        except (Denied, SignInNeeded, Malformed) as error:
            seen.unreadable.append(Unreadable(href, error.message))

    def _decoded(self, href: Href, item: Item) -> SeenEvent:
        event = calendar_json.decode(item.event, href=href, zone=self._zone, instances=item.instances)
        self._kept[href] = item
        return replace(event, etag=item.state or None)

    # --- finding --------------------------------------------------------------------------------------

    def find(self, uid: EventUid) -> SeenEvent | None:
        """Look into this calendar, then into those of the account's other ones that kith may look into."""
        identifier = calendar_json.event_id(uid)
        if identifier is None:
            return None
        item = self._reader.event(self._place.id(), identifier)
        if item is not None:
            return self._readable(Href(identifier), item)
        self._check()
        for calendar in self._place.others():
            try:
                item = self._reader.event(calendar, identifier)
            except (Denied, SignInNeeded):
                continue  # not granted for that calendar
            if item is not None:
                return self._readable(Href(f"{quote(calendar, safe='')}/{identifier}"), item)
        return None

    def _readable(self, href: Href, item: Item) -> SeenEvent | None:
        """The event, if what stands there can be read as one."""
        try:
            return self._decoded(href, item)
        except Malformed:
            return None

    # --- writing --------------------------------------------------------------------------------------

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        """Insert the event under the id that its UID gives, if that was never given before."""
        body = calendar_json.encode(marker, fields)
        made = self._client.find(
            self._reader.events.insert(calendarId=self._place.id(), body=body, sendUpdates=_NO_MAIL)
        )
        if made is None:
            raise self._place.not_there()
        wanted = Change(fields.when, fields.title, fields.description, fields.alarm)
        return self._receipt(Href(str(body["id"])), Item(made), wanted)

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        """Patch the fields that change, if the event still is as seen."""
        calendar, identifier = self._whereabouts(seen.href)
        item = self._as_seen(seen)
        body = calendar_json.patch(item.event, change, marker)
        request = self._reader.events.patch(calendarId=calendar, eventId=identifier, body=body, sendUpdates=_NO_MAIL)
        patched = self._client.find(_if_still(request, item.state))
        self._kept.pop(seen.href, None)
        if patched is None:
            raise self._gone(seen.href)
        return self._receipt(seen.href, Item(patched, item.instances), change)

    def delete(self, seen: SeenEvent) -> None:
        """Delete the event, if it still is as seen or gone already."""
        calendar, identifier = self._whereabouts(seen.href)
        state = seen.etag or self._as_seen(seen).state
        request = self._reader.events.delete(calendarId=calendar, eventId=identifier, sendUpdates=_NO_MAIL)
        try:
            if self._client.find(_if_still(request, state)) is None:
                self._gone(seen.href)
        except Conflict:
            # A deleted event has another ETag, too.
            if self._reader.event(calendar, identifier) is not None:
                raise

    def _whereabouts(self, href: Href) -> tuple[str, str]:
        """The calendar in which an event stands, and its id there."""
        return _apart(href) if _is_elsewhere(href) else (self._place.id(), href)

    def _gone(self, href: Href) -> Conflict:
        """What it means that an event is not there, as long as its calendar is. Raises Denied if that is not."""
        if not _is_elsewhere(href):
            self._check()
        return Conflict(f"{href} is gone")

    def _check(self) -> None:
        """Make sure that what was not found is missing by itself. Raises Denied if the whole calendar is."""
        if not self._reader.has(self._place.id()):
            raise self._place.not_there()

    def _as_seen(self, seen: SeenEvent) -> Item:
        """The event in the state that was seen; read now where it is not in hand."""
        kept = self._kept.get(seen.href)
        if kept is not None and kept.state == seen.etag is not None:
            return kept
        item = self._reader.event(*self._whereabouts(seen.href))
        if item is None:
            raise self._gone(seen.href)
        now = self._decoded(seen.href, item)
        same = (now.uid, now.fields) == (seen.uid, seen.fields) if seen.etag is None else now.etag == seen.etag
        if not same:
            raise Conflict(f"{seen.href} was changed by somebody else")
        return item

    def _receipt(self, href: Href, item: Item, wanted: Change) -> Receipt:
        """Where the event stands now. Where Google made something else of it, the next look is to read it."""
        try:
            fields = calendar_json.decode(item.event, href=href, zone=self._zone).fields
        except Malformed:
            return Receipt(href, None)
        return Receipt(href, (item.state or None) if _says(fields, wanted) else None)


class _Seen:
    """What a look came to so far.

    ``states`` are those of all events of kith's that stand in the calendar, ``items`` the ones in hand; ``gone`` were
    known, and confirmed not to be there. ``listed`` is when everything was listed last.
    """

    def __init__(
        self,
        calendar: str,
        token: str,
        listed: int,
        states: dict[Href, ETag] | None = None,
        gone: set[Href] | None = None,
    ) -> None:
        self.calendar = calendar
        self.token = token
        self.listed = listed
        self.states = states if states is not None else {}
        self.gone = gone if gone is not None else set()
        self.items: dict[Href, Item] = {}
        self.events: list[SeenEvent] = []
        self.unreadable: list[Unreadable] = []

    def to_be_asked_for(self, known: Mapping[Href, ETag | None]) -> int:
        """How many events have to be fetched by themselves, because nothing that is in hand tells of them."""
        news = [href for href, state in self.states.items() if known.get(href) != state and href not in self.items]
        return len(news) + len(known.keys() - self.states.keys() - self.gone)

    def take(self, item: Item) -> None:
        """An event that stands there, in the state that it is in."""
        self.items[item.href] = item
        self.states[item.href] = item.state


def _concerns(here: Container[Href], event: Json) -> bool:
    """Whether it is an event of kith's, or was known as one before an app took its mark away, or an instance of one."""
    return calendar_json.is_marked(event) or event["id"] in here or calendar_json.series_of(event) in here


def _is_event(event: Json) -> bool:
    """Whether it stands there, and by itself."""
    return calendar_json.series_of(event) is None and not calendar_json.is_cancelled(event)


def _is_elsewhere(href: Href) -> bool:
    """Whether the event stands in another calendar, whose id is then the first part of its place."""
    return "/" in href


def _apart(href: Href) -> tuple[str, str]:
    calendar, _, identifier = href.partition("/")
    return unquote(calendar), identifier


def _if_still(request: Any, state: ETag) -> Any:  # noqa: ANN401 -- an HttpRequest
    """The request on the condition that the event is in this state."""
    if state:
        request.headers["If-Match"] = own_state(state)
    return request


def _says(fields: Fields, wanted: Change) -> bool:
    """Whether the fields are as they were to become."""
    return (
        (wanted.when is None or wanted.when.same_start(fields.when))
        and (wanted.title is None or clean(wanted.title) == fields.title)
        and (wanted.description is None or clean(wanted.description) == fields.description)
        and (wanted.alarm is None or wanted.alarm == fields.alarm)
    )
