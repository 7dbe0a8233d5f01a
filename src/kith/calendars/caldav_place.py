"""Where a CalDAV calendar is: found by its name in the account, remembered from the last time, made if it may be.

A calendar that is not where it was is looked for by name. One that cannot be found is *not there*, and nothing but
:meth:`Place.prepare` ever makes one. See RFC 4791, sections 5.3.1 and 6.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from kith.calendars.caldav_reader import Reader, State
from kith.core.model import Href
from kith.dav.account import DavAccount
from kith.dav.addresses import folder_path, joined
from kith.dav.discovery import Collection, Discovery, by_name, explore, list_collections
from kith.dav.transport import Transport
from kith.errors import Conflict, Denied, Malformed, Rejected

if TYPE_CHECKING:
    from kith.dav.library import Library
    from kith.dav.quirks import Quirks

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 40


class Place:
    """The place of the calendar called ``name``. What was found is kept until :meth:`forget`."""

    def __init__(
        self, account: DavAccount, name: str, transport: Transport, reader: Reader, clock: Callable[[], float]
    ) -> None:
        self._account = account
        self._name = name
        self._transport = transport
        self._reader = reader
        self._clock = clock
        self._state: State | None = None
        self._discovery: Discovery | None = None
        self._library: Library | None = None

    def forget(self) -> None:
        """Look again, the next time."""
        self._state, self._discovery = None, None

    def state(self, last_url: str = "") -> State:
        """The calendar as a whole: where it was, or else where it is found by name.

        Raises:
            Denied: there is none.
        """
        if self._state is None and last_url:
            self._state = self._reader.state(last_url)
        if self._state is None:
            found = self._pick()
            self._state = self._reader.state(found.url) if found is not None else None
        if self._state is None:
            raise self._not_there("it is not there")
        return self._state

    def url(self, href: Href) -> str:
        """The whole address of an event."""
        return joined(self.state().url, href)

    def other_calendars(self) -> list[str]:
        """The account's other calendars that can hold an event."""
        own = folder_path(self.state().url)
        collections = self._explored().collections
        if [one.path for one in collections] == [own]:
            collections = self._beside(self.state().url)
        return [one.url for one in collections if one.path != own and _holds_events(one)]

    def _beside(self, url: str) -> tuple[Collection, ...]:
        """The calendars beside one whose address the config gives: nothing said where the account has others."""
        try:
            return list_collections(self._transport, joined(url, "../"), "caldav")
        except (Denied, Malformed, Rejected):
            return ()

    def is_there(self) -> bool:
        """Whether the account has such a calendar."""
        return self._pick() is not None

    # --- making it ------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the calendar if it is not there.

        Raises:
            Denied: this server does not let calendars be made.
        """
        if self.is_there():
            return
        home = self._explored().home_sets[0]
        if not self.quirks(home).makes_calendars:
            raise self._not_there("this server does not let programs make calendars")
        made = self._make(home)
        self.forget()
        self._state = self._reader.state(made)
        if self._state is None:
            raise self._not_there("the server said that it made it, and did not")

    def _make(self, home: str) -> str:
        """Make it under a plain name, or under another if that is taken: by a deleted calendar in a bin, say."""
        plain = _slug(self._name)
        other = hashlib.blake2b(f"{self._clock()}".encode(), digest_size=3).hexdigest()
        for identifier in (plain, f"{plain}-{other}"):
            try:
                return self.library(home).make_calendar(home, self._name, identifier)
            except Conflict:
                continue
            except (Denied, Rejected, Malformed) as error:
                raise self._not_there(f"it could not be made: {error.message}") from error
        raise self._not_there("this server does not let programs make calendars")  # 405 says that too

    # --- the account ----------------------------------------------------------------------------------

    def _pick(self) -> Collection | None:
        """The calendar of this name, or the one whose own address the config gives."""
        found = self._explored()
        homes = {folder_path(home) for home in found.home_sets}
        given = next((one for one in found.collections if {one.path} == homes), None)
        return given or by_name(tuple(filter(_holds_events, found.collections)), self._name)

    def _explored(self) -> Discovery:
        """What the account has. That it has no calendar at all is an answer too."""
        if self._discovery is None:
            found = explore(self._transport, self._account, "caldav")
            if found.error is not None and not (isinstance(found.error, Denied) and found.home_sets):
                raise found.error
            self._discovery = found
        return self._discovery

    def _not_there(self, why: str) -> Denied:
        names = ", ".join(f"“{one.name}”" for one in self._explored().collections)
        others = f" (there are {names})" if names else ""
        return Denied(
            f"the calendar “{self._name}”: {why}{others}",
            hint="make a calendar of that name in your calendar app, or name one that is there in the config; "
            "if it was deleted for good, run `kith events recreate` then",
        )

    # --- the server -----------------------------------------------------------------------------------

    def quirks(self, url: str) -> Quirks:
        """What to mind with this server."""
        from kith.dav.quirks import quirks_at

        return quirks_at(self._account.server, url, self._state.server if self._state is not None else "")

    def library(self, url: str) -> Library:
        """What writes and searches; loaded when it is first needed."""
        if self._library is None:
            from kith.dav.library import Library

            self._library = Library(self._transport, url, self.quirks(url))
        return self._library


def _holds_events(collection: Collection) -> bool:
    """Not a list of tasks, and not a copy of somebody's calendar elsewhere."""
    return (not collection.components or "VEVENT" in collection.components) and "subscribed" not in collection.kinds


def _slug(name: str) -> str:
    """A name for the calendar's address that every server takes: plain letters, and not too short for iCloud."""
    plain = _NO_SLUG.sub("-", name.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"kith-{plain or hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
