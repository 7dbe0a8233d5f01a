"""Reading one CalDAV calendar: its state, its listing, its events (RFC 4791, RFC 4918).

This is done with :mod:`kith.dav` and not with python-caldav: a listing of thousands of events is read as it comes,
hrefs keep the server's spelling, one damaged event costs itself only, and nothing is taken for an answer that is
empty, a web page, or breaks off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kith.core.model import ETag, Href
from kith.dav.addresses import as_folder, folder_path
from kith.dav.answers import Multistatus, Response
from kith.dav.discovery import PATIENCE
from kith.dav.etags import clean_etag
from kith.dav.transport import Transport
from kith.dav.xml import caldav, calendar_server, dav, events_between, multiget, propfind
from kith.errors import Denied, Malformed, Transient

_BATCH = 50
_LINE_END = re.compile(r"\r\n|\r|\n")
"""XML takes the CR from each line of what stands in it; RFC 5545 wants it, and so do servers."""

_LARGEST_EVENT = 4 * 1024 * 1024
_ONE_EVENT = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
"""What is compressed on its way has a weak ETag on Cyrus, and behind nginx (RFC 9110, section 8.8.3)."""

_OK = 200
_MULTISTATUS = 207
_GONE = frozenset({404, 410})
_CUT_SHORT = 507
_NO_MULTIGET = frozenset({400, 403, 405, 415, 501})
_NO_SEARCH = _NO_MULTIGET | {412, 500}

_ETAG = dav("getetag")
_KINDS = dav("resourcetype")
_SYNC_TOKEN = dav("sync-token")
_RESOURCE_ID = dav("resource-id")
_CTAG = calendar_server("getctag")
_DATA = caldav("calendar-data")
_CALENDAR = caldav("calendar")


@dataclass(frozen=True, slots=True)
class State:
    """What a calendar says of itself as a whole. ``resource_id`` is of RFC 5842, which few servers know."""

    url: str
    ctag: str = ""
    sync_token: str = ""
    resource_id: str = ""
    server: str = ""

    @property
    def version(self) -> str:
        """What changes with every change in the calendar; empty where the server has no such thing."""
        return self.ctag or self.sync_token


@dataclass(frozen=True, slots=True)
class Member:
    """One item of a calendar, as the listing has it. ``url`` is spelled as the server spells it."""

    href: Href
    url: str
    etag: ETag | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item and what is in it; ``raw`` is None for one that is there and cannot be read, for ``reason``."""

    href: Href
    etag: ETag | None
    raw: bytes | None
    reason: str = ""


class Reader:
    """Reads calendars and items through one account's connections."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def state(self, url: str) -> State | None:
        """What a calendar says of itself; None where there is none. One small request.

        Raises:
            Denied: something else stands there, or it may not be read.
        """
        body = propfind(_KINDS, _CTAG, _SYNC_TOKEN, _RESOURCE_ID)
        answer = self._transport.request("PROPFIND", url, body=body, depth="0", ok=(_MULTISTATUS, *_GONE))
        if answer.status in _GONE:
            return None
        about = next(iter(Multistatus(answer)), None)
        if about is None:
            raise Malformed("a calendar was asked about itself, and said nothing")
        if about.status in _GONE:
            return None  # Xandikos says so inside a 207
        if about.status is not None:
            raise Denied(f"the calendar cannot be looked at (status {about.status})")
        if _CALENDAR not in about.names(_KINDS):
            return None  # Nextcloud keeps a deleted calendar at its address, as something else
        ids = about.hrefs(_RESOURCE_ID)
        return State(
            url=as_folder(answer.url),
            ctag=about.text(_CTAG) or "",
            sync_token=about.text(_SYNC_TOKEN) or "",
            resource_id=ids[0] if ids else "",
            server=answer.headers.get("server", ""),
        )

    def listing(self, url: str) -> dict[Href, Member]:
        """Every item of a calendar and its ETag. One request.

        Raises:
            Malformed: the answer names neither the calendar nor anything in it.
            Transient: the server says that there is more.
        """
        answer = self._transport.request("PROPFIND", url, body=propfind(_ETAG), depth="1", ok=(_MULTISTATUS,))
        members: dict[Href, Member] = {}
        own, itself = folder_path(answer.url), False
        for found in Multistatus(answer):
            if folder_path(found.url) == own:
                _check(found)
                itself = True
            elif found.path.endswith("/") or found.status in _GONE:  # iCloud lists collections inside it too
                continue
            else:
                members.setdefault(Href(found.path), _member(found))
        if not itself and not members:
            raise Malformed("the calendar's listing came empty, without the calendar itself")
        return members

    def between(self, url: str, start: datetime, end: datetime) -> frozenset[Href] | None:
        """The items with a date between two instants; None where the server does not search. One request.

        Raises:
            Malformed: the answer is none.
        """
        body = events_between(*(f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}" for when in (start, end)), _ETAG)
        answer = self._transport.request(
            "REPORT", url, body=body, depth="1", ok=(_MULTISTATUS, *_NO_SEARCH), patience=PATIENCE
        )
        if answer.status != _MULTISTATUS:
            return None
        found = [response for response in Multistatus(answer) if response.status is None]
        return frozenset(Href(response.path) for response in found)

    def items(self, calendar_url: str, members: Iterable[Member]) -> Iterator[Item]:
        """What is in these items, in batches; those that went meanwhile are left out."""
        wanted = list(members)
        for start in range(0, len(wanted), _BATCH):
            yield from self._items(calendar_url, wanted[start : start + _BATCH])

    def item(self, url: str, href: Href) -> Item | None:
        """One item as it stands now; None is a confirmed absence. One request.

        Raises:
            Malformed: what came is no calendar data.
        """
        answer = self._transport.request("GET", url, headers=_ONE_EVENT, ok=(_OK, *_GONE), largest=_LARGEST_EVENT)
        if answer.status in _GONE:
            return None
        if b"BEGIN:VCALENDAR" not in answer.body:
            raise Malformed("something came that is no calendar data", hint="does the network want a sign-in first?")
        return Item(href, clean_etag(answer.headers.get("etag")), answer.body)

    # --- fetching -------------------------------------------------------------------------------------

    def _items(self, calendar_url: str, batch: Sequence[Member]) -> Iterator[Item]:
        """A batch by multiget; halved where the answer is damaged, one by one where there is no answer."""
        try:
            found = self._multiget(calendar_url, batch)
        except Malformed:
            if len(batch) > 1:
                yield from self._items(calendar_url, batch[: len(batch) // 2])
                yield from self._items(calendar_url, batch[len(batch) // 2 :])
                return
            found = {}
        for member in batch:
            item = found.get(member.href) or self._by_itself(member)
            if item is not None:
                yield item

    def _multiget(self, calendar_url: str, batch: Sequence[Member]) -> dict[Href, Item]:
        """What the server gave of a batch; it may have left some out."""
        body = multiget(caldav("calendar-multiget"), (_ETAG, _DATA), tuple(_as_asked(one.url) for one in batch))
        answer = self._transport.request("REPORT", calendar_url, body=body, ok=(_MULTISTATUS, *_NO_MULTIGET))
        if answer.status != _MULTISTATUS:
            return {}
        listed = {member.href: member.etag for member in batch}
        found: dict[Href, Item] = {}
        for response in Multistatus(answer):
            href, data = Href(response.path), response.data(_DATA)
            if href in listed and data:
                etag = clean_etag(response.text(_ETAG)) or listed[href]
                found[href] = Item(href, etag, _LINE_END.sub("\r\n", data).encode())
        return found

    def _by_itself(self, member: Member) -> Item | None:
        try:
            return self.item(member.url, member.href)
        except (Malformed, Denied) as error:
            return Item(member.href, member.etag, None, error.message)


def _check(calendar: Response) -> None:
    """Refuse a listing that is none, by what it says of the calendar itself."""
    if calendar.status == _CUT_SHORT:
        raise Transient("the server cut the calendar's listing short")
    if calendar.status in _GONE:
        raise Denied("the calendar is not there any more")  # Xandikos says so inside a 207
    if calendar.status is not None:
        raise Denied(f"the calendar cannot be listed (status {calendar.status})")


def _member(found: Response) -> Member:
    if found.status == _CUT_SHORT:
        raise Transient("the server cut the calendar's listing short")
    return Member(Href(found.path), found.url, clean_etag(found.text(_ETAG)))


def _as_asked(url: str) -> str:
    """The path of a URL as the server spelled it; absolute URLs in a multiget confuse some servers."""
    return "/" + url.split("://", 1)[-1].partition("/")[2]
