"""A calendar on a CalDAV server (RFC 4791), such as phones and calendar apps show.

A look costs one small request, which tells whether anything changed since the last one. If so, it takes a listing of
ETags, and of kith's events those that are new or changed. Foreign events are looked into once and then remembered by
a digest (:mod:`kith.calendars.caldav_memory`). A server's word that nothing changed is good for an hour.
Reading is :mod:`kith.calendars.caldav_reader`'s, writing and searching python-caldav's, by way of
:mod:`kith.dav.library`; where the calendar is, :mod:`kith.calendars.caldav_place` knows.

The rules of this room:

- Nothing is concluded from an answer that is empty, a web page, or breaks off: that raises.
- Every write is conditional and sent once. Where a server gives no strong ETag or does not mind preconditions, the
  event is read immediately before the write, and compared.
- What a write left is known by an ETag. Where the server does not say one, or changes what it is sent, the event is
  read back, and its ETag is believed only if what stands there is what was written.
- A calendar that is gone is never made again by looking or writing: :meth:`CalDavCalendar.prepare` is only for one
  that was never written to.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from kith.calendars import caldav_memory
from kith.calendars.base import Look, Receipt, Unreadable
from kith.calendars.caldav_memory import Memory, digest, digest_of_all
from kith.calendars.caldav_place import Place
from kith.calendars.caldav_reader import Item, Member, Reader, State
from kith.codecs.marker import MARK
from kith.core.event import Change, Fields, Marker, SeenEvent, Timed, When
from kith.core.model import AccountId, ETag, EventUid, Href
from kith.dav.account import DavAccount
from kith.dav.addresses import folder_path, joined, path_of
from kith.dav.etags import is_same, is_strong
from kith.dav.transport import Transport
from kith.errors import AccountError, Conflict, Denied, Malformed, Rejected

if TYPE_CHECKING:
    from kith.dav.quirks import Quirks

_LONGEST_TRUST = 60 * 60
"""How long (in seconds) a calendar is taken for unchanged because its server says so: no answer waits longer."""

_SABRE_TOKEN = re.compile(r"http://sabre\.io/ns/sync/(\d+)\Z")
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
"""UIDs that can be the name of a file; Radicale refuses even to look for others. All of kith's can."""


class CalDavCalendar:
    """The calendar called ``name`` of one account. A time without a zone in it is taken to be in ``zone``.

    ``transport`` is shared with whatever else reads the account; without one, the calendar opens and closes its own.
    """

    def __init__(
        self,
        account: DavAccount,
        name: str,
        zone: tzinfo,
        *,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account.account
        self._name = name
        self._zone = zone
        self._clock = clock
        self._transport = transport or Transport(account)
        self._reader = Reader(self._transport)
        self._place = Place(account, name, self._transport, self._reader, clock)
        self._where = caldav_memory.place(account.url, account.username, account.calendar_url or "", name)
        self._kept: dict[Href, Item] = {}

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._account

    @property
    def name(self) -> str:
        """Its name in the config, by which it is found."""
        return self._name

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def is_there(self) -> bool:
        """Whether the account has a calendar of this name now."""
        return self._place.is_there()

    def prepare(self) -> None:
        """Make the calendar if it is not there; for one that nothing was ever written to.

        Raises:
            Denied: this server does not let calendars be made.
        """
        self._place.prepare()

    # --- looking --------------------------------------------------------------------------------------

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        """Ask whether anything changed; if so list everything, and fetch what is new or changed."""
        memory = caldav_memory.read(cursor, self._where)
        self._place.forget()
        state = self._place.state(memory.url)
        memory = _counted(memory, state)
        identity = f"{folder_path(state.url)}#{state.resource_id or memory.generation}"
        here = {href: etag for href, etag in known.items() if self._is_inside(href, state)}
        elsewhere = self._look_elsewhere({href: etag for href, etag in known.items() if href not in here})
        if self._is_unchanged(state, memory, here):
            return Look(identity, *elsewhere.found(), cursor=cursor)
        seen = self._look_into(state, memory, here)
        events, absent, unreadable = seen.found(elsewhere)
        after = replace(
            memory,
            url=state.url,
            version=state.version if seen.settled else "",
            listed=int(self._clock()) if seen.settled and state.version else 0,
            own=digest_of_all(seen.own) if seen.settled else "",
            others=frozenset(seen.others),
        )
        return Look(identity, events, absent, unreadable, caldav_memory.write(after, self._where))

    def _is_inside(self, href: Href, state: State) -> bool:
        return href.startswith(folder_path(state.url))

    def _is_unchanged(self, state: State, memory: Memory, here: Mapping[Href, ETag | None]) -> bool:
        """Whether the server says so, and the last look knew of exactly these events in exactly these states."""
        age = self._clock() - memory.listed
        return (
            bool(state.version)
            and (state.url, state.version) == (memory.url, memory.version)
            and 0 <= age < _LONGEST_TRUST
            and memory.own == digest_of_all(here) != ""
        )

    def _look_into(self, state: State, memory: Memory, known: Mapping[Href, ETag | None]) -> _Seen:
        members = self._reader.listing(state.url)
        seen = _Seen(absent=set(known.keys() - members.keys()))
        wanted: list[Member] = []
        for href, member in members.items():
            if member.etag is None or (href in known and known[href] != member.etag):
                wanted.append(member)
            elif href in known:
                seen.own[href] = member.etag
            elif digest(href, member.etag) in memory.others:
                seen.others.add(digest(href, member.etag))
            else:
                wanted.append(member)
        gone = {member.href for member in wanted}
        for item in self._reader.items(state.url, wanted):
            gone.discard(item.href)
            self._take(item, seen, is_known=item.href in known)
        seen.absent |= gone & known.keys()
        return seen

    def _look_elsewhere(self, known: Mapping[Href, ETag | None]) -> _Seen:
        """Events that were carried to other calendars: each is asked for by itself."""
        seen = _Seen()
        for href, etag in known.items():
            try:
                item = self._reader.item(self._place.url(href), href)
            except (Denied, Malformed) as error:  # somebody else's calendar that is not shared any more, say
                seen.unreadable.append(Unreadable(href, error.message))
                continue
            if item is None:
                seen.absent.add(href)
            elif etag is None or item.etag != etag:
                self._take(item, seen, is_known=True)
        return seen

    def _take(self, item: Item, seen: _Seen, *, is_known: bool) -> None:
        """Sort one item that was fetched."""
        if item.raw is not None and not is_known and MARK not in item.raw:
            seen.remember_other(item)
            return
        try:
            if item.raw is None:
                raise Malformed(item.reason)
            event = self._decoded(item.raw, item.href, item.etag)
        except Malformed as error:
            if is_known:
                seen.unreadable.append(Unreadable(item.href, error.message))
                seen.settled = False
            else:
                seen.remember_other(item)
            return
        self._kept[item.href] = item
        seen.events.append(event)
        seen.own[item.href] = item.etag

    # --- finding --------------------------------------------------------------------------------------

    def find(self, uid: EventUid) -> SeenEvent | None:
        """Look at its own place, then search this calendar, then the account's other ones."""
        state = self._place.state()
        if _PLAIN.fullmatch(uid):
            own = joined(state.url, _file_name(uid))
            found = self._event(self._reader.item(own, Href(path_of(own))), uid)
            if found is not None:
                return found
        for url in (state.url, *self._place.other_calendars()):
            found = self._search(url, uid)
            if found is not None:
                return found
        return None

    def _search(self, calendar_url: str, uid: EventUid) -> SeenEvent | None:
        """The event in one calendar, by a search, or where that is not to be had by its name in the listing."""
        try:
            candidates = [
                Item(Href(path_of(found.url)), found.etag, found.raw)
                for found in self._place.library(calendar_url).search(calendar_url, uid)
            ]
        except (Denied, Malformed, Rejected):
            candidates = self._named_like(calendar_url, uid)
        events = (self._event(candidate, uid) for candidate in candidates)
        return next((event for event in events if event is not None), None)

    def _named_like(self, calendar_url: str, uid: EventUid) -> list[Item]:
        """Apps that carry an event to another calendar keep its file name, or make it from the UID."""
        try:
            members = self._reader.listing(calendar_url)
        except Denied:
            if calendar_url == self._place.state().url:
                raise
            return []  # another calendar, which this user may not read
        alike = [member for href, member in members.items() if uid in href]
        return list(self._reader.items(calendar_url, alike))

    def _event(self, item: Item | None, uid: EventUid) -> SeenEvent | None:
        """What the item holds, if that is the event of this name."""
        if item is None or item.raw is None:
            return None
        try:
            event = self._decoded(item.raw, item.href, item.etag)
        except Malformed:
            return None
        if event.uid != uid:
            return None
        self._kept[item.href] = item
        return event

    # --- writing --------------------------------------------------------------------------------------

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        """Put the event in a place named after its UID, if nothing is there."""
        from kith.codecs import ical

        url = joined(self._place.state().url, _file_name(marker.uid))
        quirks = self._place.quirks(url)
        raw = ical.encode(marker, replace(fields, when=_kept_by(quirks, fields.when)), now)
        if quirks.overwrites and self._reader.item(url, Href(path_of(url))) is not None:
            raise Conflict(f"{path_of(url)} is there already")
        return self._receipt(url, self._place.library(url).put_new(url, raw), raw, quirks)

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        """Put the changed event in its place, if it still is as seen."""
        from kith.codecs import ical

        url = self._place.url(seen.href)
        quirks = self._place.quirks(url)
        before = self._as_seen(url, seen, read=quirks.overwrites)
        when = None if change.when is None else _kept_by(quirks, change.when)
        raw = ical.patch(before, replace(change, when=when), marker, now)
        etag = seen.etag if is_strong(seen.etag) else None
        return self._receipt(url, self._place.library(url).put(url, raw, etag), raw, quirks)

    def delete(self, seen: SeenEvent) -> None:
        """Delete the event, if it still is as seen or gone already."""
        url = self._place.url(seen.href)
        strong = is_strong(seen.etag)
        try:
            if not strong or self._place.quirks(url).overwrites:
                self._as_seen(url, seen, read=True)
            self._place.library(url).delete(url, seen.etag if strong else None)
        except (Conflict, Denied):
            # Nextcloud answers 403 to the second deletion of an event; what is gone is gone.
            if self._reader.item(url, seen.href) is not None:
                raise

    def _as_seen(self, url: str, seen: SeenEvent, *, read: bool) -> bytes:
        """The event's text in the state that was seen; read now where that is wanted or needed."""
        kept = self._kept.get(seen.href)
        if not read and is_strong(seen.etag) and kept is not None and kept.raw is not None and kept.etag == seen.etag:
            return kept.raw
        item = self._reader.item(url, seen.href)
        if item is None or item.raw is None:
            raise Conflict(f"{seen.href} is gone")
        if not self._is_same(item, item.raw, seen):
            raise Conflict(f"{seen.href} was changed by somebody else")
        return item.raw

    def _is_same(self, item: Item, raw: bytes, seen: SeenEvent) -> bool:
        """By ETag where there is one, and by contents too where that is not sure to change with them."""
        if item.etag is not None and seen.etag is not None:
            if not is_same(item.etag, seen.etag):
                return False
            if is_strong(item.etag) and is_strong(seen.etag):
                return True
            now = self._decoded(raw, seen.href, seen.etag)
            return (now.uid, now.fields) == (seen.uid, seen.fields)
        return self._decoded(raw, seen.href, seen.etag) == seen

    def _receipt(self, url: str, etag: ETag | None, written: bytes, quirks: Quirks) -> Receipt:
        """Where the event stands now.

        What was written is read back where the server gave no strong ETag for it, and from those that overwrite: SOGo
        5.8 gives an ETag even for an event that it lost in storing it, as happens to some with emoji.
        """
        href = Href(path_of(url))
        self._kept.pop(href, None)
        if is_strong(etag) and not quirks.overwrites:
            return Receipt(href, etag)
        try:
            item = self._reader.item(url, href)
        except AccountError:
            return Receipt(href, None)  # it is written all the same; the next look reads it
        if item is None or item.raw is None or not self._reads_alike(item.raw, written):
            return Receipt(href, None)
        return Receipt(href, item.etag)

    def _decoded(self, raw: bytes, href: Href, etag: ETag | None) -> SeenEvent:
        from kith.codecs import ical  # not at the top: it loads icalendar, which a look at nothing new does without

        return ical.decode(raw, href=href, etag=etag, zone=self._zone)

    def _reads_alike(self, raw: bytes, written: bytes) -> bool:
        try:
            one, other = (self._decoded(text, Href(""), None) for text in (raw, written))
        except Malformed:
            return False
        return (one.uid, one.fields, one.marker) == (other.uid, other.fields, other.marker)


class _Seen:
    """What a look came to so far.

    ``own`` are the states in which kith's events stand, ``others`` digests of the foreign ones. ``settled`` is False
    where the next look has to look again even if nothing changes.
    """

    def __init__(self, absent: set[Href] | None = None) -> None:
        self.events: list[SeenEvent] = []
        self.absent = absent or set()
        self.unreadable: list[Unreadable] = []
        self.own: dict[Href, ETag | None] = {}
        self.others: set[bytes] = set()
        self.settled = True

    def remember_other(self, item: Item) -> None:
        """A foreign event: not to be fetched again in this state."""
        if item.etag is not None:
            self.others.add(digest(item.href, item.etag))
        else:
            self.settled = False

    def found(self, also: _Seen | None = None) -> tuple[tuple[SeenEvent, ...], frozenset[Href], tuple[Unreadable, ...]]:
        """The parts of a Look."""
        parts = [self, also] if also is not None else [self]
        return (
            tuple(event for part in parts for event in part.events),
            frozenset(href for part in parts for href in part.absent),
            tuple(item for part in parts for item in part.unreadable),
        )


def _counted(memory: Memory, state: State) -> Memory:
    """The memory with the number in the server's sync token; one that went down is another calendar's."""
    token = _SABRE_TOKEN.fullmatch(state.sync_token)
    if token is None:
        return memory
    count = int(token[1])
    return replace(memory, count=count, generation=memory.generation + (count < memory.count))


def _kept_by(quirks: Quirks, when: When) -> When:
    """The time as the server keeps it: Yahoo loses an event whose times name a zone."""
    if quirks.utc_only and isinstance(when, Timed):
        return replace(when, start=when.start.astimezone(UTC))
    return when


def _file_name(uid: EventUid) -> str:
    return f"{uid}.ics"
