"""The user's own calendar on a CalDAV server (RFC 4791), read for meetings. Nothing is ever written.

A reading costs one small request, which tells whether anything changed. If so, everything is listed with its ETag, and
what is new or changed is fetched; the first time, only what a search finds from the span's start on. A server's
word that nothing changed is good for some hours. The account's connections and its way of finding calendars are those
that kith's own calendar uses.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any

from kith.calendars.caldav_reader import Item as Fetched
from kith.calendars.caldav_reader import Member, Reader, State
from kith.calendars.meetings import Item, Reading
from kith.codecs.meetings_ical import meetings
from kith.core.meetings import Meeting, Span
from kith.core.model import AccountId, ETag, Href
from kith.dav.account import DavAccount
from kith.dav.discovery import Collection, by_name, explore
from kith.dav.transport import Transport
from kith.errors import CalendarNotFound, Denied, Malformed

_LONGEST_TRUST = 6 * 60 * 60
_FAR = timedelta(days=10 * 366)
_MANY = 100
"""More new items than that are searched before they are fetched."""

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Memory:
    """The last reading: where the calendar is, in which state, and when (in seconds since 1970) it was listed."""

    url: str = ""
    version: str = ""
    listed: int = 0


class WatchedCalDav:
    """The calendar called ``name`` of one account. A time without a zone in it is taken to be in ``zone``."""

    def __init__(
        self,
        account: DavAccount,
        name: str,
        zone: tzinfo,
        *,
        transport: Transport,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._name = name
        self._zone = zone
        self._transport = transport
        self._reader = Reader(transport)
        self._clock = clock

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._account.account

    @property
    def name(self) -> str:
        """Its name in the config."""
        return self._name

    @property
    def made_for(self) -> str:
        """The server and the user, and the zone of what has none."""
        told = f"{self._account.url}\n{self._account.username}\n{self._account.calendar_url or ''}"
        return f"{_FORMAT} {hashlib.blake2b(told.encode(), digest_size=8).hexdigest()} {self._zone}"

    def read(self, known: Mapping[Href, ETag | None], cursor: str, span: Span) -> Reading:
        """Ask whether anything changed; if so list everything, and fetch what is new or changed."""
        memory = _memory(cursor)
        state = self._state(memory.url)
        age = self._clock() - memory.listed
        if state.version and (state.url, state.version) == (memory.url, memory.version) and 0 <= age < _LONGEST_TRUST:
            return Reading(cursor=cursor)
        members = self._reader.listing(state.url)
        changed = [one for one in members.values() if one.etag is None or known.get(one.href) != one.etag]
        wanted = self._worth_fetching(state, changed, known, span)
        fetched_too = {one.href for one in wanted}
        items = [Item(one.href, one.etag) for one in changed if one.href not in fetched_too]
        items += [self._item(fetched, span) for fetched in self._reader.items(state.url, wanted)]
        after = _Memory(state.url, state.version, int(self._clock()) if state.version else 0)
        return Reading(tuple(items), frozenset(known.keys() - members.keys()), _written(after))

    def again(self, source: str, span: Span) -> tuple[Meeting, ...]:
        """The meetings inside another span."""
        return meetings(source.encode(), span, self._zone).meetings

    def there(self) -> tuple[str, ...]:
        """The names of the account's calendars."""
        return tuple(one.name for one in self._calendars())

    # --- the server -----------------------------------------------------------------------------------

    def _state(self, last_url: str) -> State:
        """The calendar where it was, or else where it is found by name. Raises Denied."""
        state = self._reader.state(last_url) if last_url else None
        if state is None:
            calendars = self._calendars()
            found = by_name(calendars, self._name)
            state = self._reader.state(found.url) if found is not None else None
            if state is None:
                names = ", ".join(f"“{one.name}”" for one in calendars)
                there = f"there are {names}" if names else "there is none"
                hint = "correct its name in [meetings]; it is called there as your calendar app shows it"
                raise CalendarNotFound(f"the calendar “{self._name}” is not there ({there})", hint=hint)
        return state

    def _calendars(self) -> tuple[Collection, ...]:
        """The account's calendars of events. That there is none is an answer too."""
        found = explore(self._transport, self._account, "caldav")
        if found.error is not None and not (isinstance(found.error, Denied) and found.home_sets):
            raise found.error
        return tuple(one for one in found.collections if not one.components or "VEVENT" in one.components)

    def _worth_fetching(
        self, state: State, changed: list[Member], known: Mapping[Href, ETag | None], span: Span
    ) -> list[Member]:
        """Of very many new items those that a search finds from the span's start on; the others were long ago."""
        new = {one.href for one in changed if one.href not in known}
        recent = self._reader.between(state.url, span.start, span.end + _FAR) if len(new) > _MANY else None
        if recent is None:
            return changed
        return [one for one in changed if one.href in recent or one.href not in new]

    def _item(self, fetched: Fetched, span: Span) -> Item:
        if fetched.raw is None:
            return Item(fetched.href, fetched.etag, unreadable=1)
        try:
            found = meetings(fetched.raw, span, self._zone)
            source = fetched.raw.decode() if found.repeats else ""
        except (Malformed, UnicodeDecodeError):
            return Item(fetched.href, fetched.etag, unreadable=1)
        return Item(fetched.href, fetched.etag, found.meetings, source, found.unreadable)


def _memory(cursor: str) -> _Memory:
    """The memory in a cursor; an empty one if it is none."""
    try:
        fields: Any = json.loads(cursor) if cursor else {}
        return _Memory(str(fields["url"]), str(fields["version"]), int(fields["listed"]))
    except (ValueError, KeyError, TypeError):
        return _Memory()


def _written(memory: _Memory) -> str:
    return json.dumps({"url": memory.url, "version": memory.version, "listed": memory.listed}, separators=(",", ":"))
