"""Cards from a CardDAV server (RFC 6352), with sync tokens where they work (RFC 6578).

One request a pass looks at all address books of the account. Where nothing changed since the last pass that is all;
else the server is asked what changed, and if it cannot say, for the ETags of everything. What is new or changed is
fetched in batches, each stored before the next is asked for, so that a first sync that is cut off goes on where it was.

Servers are not believed further than they can be checked: once a week all ETags are compared, whatever the tokens say;
a card is gone only if the server says so of this very card, or in a complete list; a card that cannot be read costs
itself, and what was known of it stands. Hrefs are kept as names within their collection, so that an address book that
moved is the same one. This room never writes to the server, and never deletes anything anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kith.core.model import AccountId, ETag, Href
from kith.dav import xml
from kith.dav.account import DavAccount
from kith.dav.answers import Multistatus, Response
from kith.dav.discovery import PATIENCE, Collection
from kith.dav.transport import Transport
from kith.errors import AccountError, Malformed, SignInNeeded, Transient
from kith.sources.base import ACCOUNT, AccountCursor, Batch, CardProblem, Changes, Found, ItemPart, Listing
from kith.sources.carddav_cursor import Books, Place
from kith.sources.carddav_fetch import Entry, Fetcher
from kith.sources.carddav_shelf import Shelf

_COMPARE_ALL_AFTER = timedelta(days=7)
_MOST_PAGES = 10_000
_MOST_TO_REMEMBER = 1000
"""Cards to be fetched again that fit into the cursor; beyond that, everything is compared at the next pass."""

_ETAG = xml.dav("getetag")
_TYPE = xml.dav("getcontenttype")
_KINDS = xml.dav("resourcetype")
_COLLECTION = xml.dav("collection")
_LISTED = (_ETAG, _TYPE, _KINDS)

_NOT_CARDS = ("text/x-vlist", "text/calendar", "text/html")  # SOGo keeps mailing lists beside the cards
_NOT_THERE = frozenset({404, 410})
_TOO_MUCH = 507


@dataclass(frozen=True, slots=True)
class _Difference:
    """What a server says changed since a token."""

    token: str
    changed: Mapping[Href, Entry]
    gone: frozenset[Href]
    doubtful: Mapping[Href, Entry]


class CardDav:
    """The address books of one DAV account. A transport that is given stays its giver's to close."""

    def __init__(self, account: DavAccount, transport: Transport | None = None) -> None:
        self._account = account
        self._own_transport = transport is None
        self._transport = transport or Transport(account)

    @property
    def account(self) -> AccountId:
        """Whose cards these are."""
        return self._account.account

    def read(
        self, known: Mapping[str, Mapping[Href, ETag]], cursors: Mapping[str, str], now: datetime
    ) -> Iterator[Found]:
        """Yield what is new or changed in each address book, then how far it was read.

        An address book that cannot be read does not keep the others from being read; what went wrong first is raised
        at the end.

        Raises:
            AccountError: the server could not be asked, or an address book is not there.
        """
        try:
            before = Books.read(cursors.get(ACCOUNT, ""))
            shelf = Shelf(self._account, self._transport, before, frozenset(known) | frozenset(cursors) - {ACCOUNT})
            shelf.look()
            yield from _if_changed(before, shelf.remembered)
            failures = list(shelf.failures)
            for collection, book in shelf.chosen.items():
                reading = _Reading(self._account.account, self._transport, collection, book)
                place = Place.read(cursors.get(collection, "") if shelf.same_server else "")
                try:
                    yield from reading.read(known.get(collection, {}), place, now)
                except (SignInNeeded, Transient):
                    raise
                except AccountError as error:
                    failures.append(error)
            for collection in shelf.left_out:
                yield Listing(collection, frozenset())
            if failures:
                raise failures[0]
        finally:
            if self._own_transport:
                self._transport.close()


def _if_changed(before: Books, after: Books) -> Iterator[AccountCursor]:
    if after != before:
        yield AccountCursor(after.written())


class _Reading:
    """One reading of one address book."""

    def __init__(self, account: AccountId, transport: Transport, collection: str, book: Collection) -> None:
        self._transport = transport
        self._collection = collection
        self._book = book
        self._state = book.sync_token or book.ctag
        self._fetcher = Fetcher(account, transport, collection, book)

    def read(self, known: Mapping[Href, ETag], place: Place, now: datetime) -> Iterator[Found]:
        """Yield what changed, in the cheapest way that can be trusted today."""
        since = now - place.compared if place.compared else None
        if not known or since is None or not timedelta(0) <= since < _COMPARE_ALL_AFTER:
            yield from self._compare_all(known, replace(place, unreadable={}), now)
        elif self._state is not None and self._state == place.state and not place.again:
            yield from self._repeated(place.unreadable)
            yield Changes(self._collection, frozenset(), place.written())
        else:
            yield from self._read_changes(known, place, now)

    def _repeated(self, unreadable: Mapping[Href, tuple[str | None, str]]) -> Iterator[Batch]:
        """Say again what could not be read at an earlier reading, and has not changed since."""
        if unreadable:
            where = self._fetcher.where
            parts = (
                ItemPart(href, (), (CardProblem(where(href), reason, whole_card=True),), last=False)
                for href, (_, reason) in unreadable.items()
            )
            yield Batch(self._collection, tuple(parts))

    # --- what changed ---------------------------------------------------------------------------------

    def _read_changes(self, known: Mapping[Href, ETag], place: Place, now: datetime) -> Iterator[Found]:
        """What the server says changed, unless it cannot say, or what it says cannot be all."""
        difference = self._difference(place.token) if place.token else None
        if difference is None:
            yield from self._compare_all(known, place, now)
            return
        changed = difference.changed
        new = {href: entry for href, entry in changed.items() if entry.etag is None or known.get(href) != entry.etag}
        if len(new) < len(changed) and len(changed) * 2 >= len(known):
            # The token was forgotten and everything listed, or as good as: then what is gone was not said.
            yield from self._compare_all(known, place, now)
            return
        told = bool(changed or difference.gone or difference.doubtful or place.again)
        if not told and not place.quiet and place.token != self._book.sync_token:
            # The token was forgotten, and the server says that nothing changed, although it shows another one.
            yield from self._compare_all(known, place, now, told_nothing=True)
            return
        yield from self._take_changes(difference, new, place)

    def _take_changes(self, difference: _Difference, new: Mapping[Href, Entry], place: Place) -> Iterator[Found]:
        again = {href: Entry(href, self._spelled(href)) for href in place.again if href not in difference.gone}
        wanted = {**again, **difference.doubtful, **new}
        fresh = place.unreadable.keys() - wanted.keys() - difference.gone
        kept = {href: place.unreadable[href] for href in fresh}
        yield from self._repeated(kept)
        yield from self._fetcher.fetch(wanted.values())
        outcome = self._fetcher.outcome
        gone = difference.gone | (outcome.absent & difference.doubtful.keys())
        after = Place(
            token=difference.token,
            state=self._state,
            compared=place.compared if len(outcome.again) <= _MOST_TO_REMEMBER else None,
            unreadable={**kept, **outcome.unreadable},
            again=tuple(outcome.again)[:_MOST_TO_REMEMBER],
            quiet=place.quiet,
        )
        yield Changes(self._collection, gone, after.written())

    def _difference(self, token: str) -> _Difference | None:
        """What changed since the token, over as many answers as the server makes of it; None: ask for everything."""
        changes = _Collected()
        for _ in range(_MOST_PAGES):
            request = xml.sync_collection(token, *_LISTED)
            try:
                page = Multistatus(
                    self._transport.request(
                        "REPORT", self._book.url, body=request, depth="0", ok=(207,), patience=PATIENCE
                    )
                )
                more = self._collect(page, changes)
            except (SignInNeeded, Transient):
                raise
            except AccountError:  # an old token, in one of its many shapes, or a server that does not know the report
                return None
            if not page.sync_token or (more and page.sync_token == token):
                return None
            token = page.sync_token
            if not more:
                return _Difference(token, changes.changed, frozenset(changes.gone), changes.doubtful)
        return None

    def _collect(self, page: Multistatus, changes: _Collected) -> bool:
        """Add one answer to what is known; whether there is more to ask for."""
        more = False
        there: set[Href] = set()
        for response in page:
            if self._is_the_book(response):
                more = more or response.status == _TOO_MUCH
                continue
            entry = self._entry(response)
            if entry is None:
                continue
            if response.status is None:
                there.add(entry.href)
                changes.put(entry, changes.changed)
            elif entry.href in there:
                changes.put(entry, changes.doubtful)
            elif response.status in _NOT_THERE:
                changes.put(entry, None)
            else:  # Infomaniak says 418 of what is gone, others may say so of what is not
                changes.put(entry, changes.doubtful)
        return more

    # --- everything -----------------------------------------------------------------------------------

    def _compare_all(
        self, known: Mapping[Href, ETag], place: Place, now: datetime, *, told_nothing: bool = False
    ) -> Iterator[Found]:
        """Compare the ETags of everything that is there."""
        present = self._list()
        changed = {
            href: entry for href, entry in present.items() if entry.etag is None or known.get(href) != entry.etag
        }
        kept = {
            href: why
            for href, why in place.unreadable.items()
            if href in changed and why[0] is not None and why[0] == changed[href].etag
        }
        yield from self._repeated(kept)
        yield from self._fetcher.fetch(entry for href, entry in changed.items() if href not in kept)
        outcome = self._fetcher.outcome
        same = changed.keys() == kept.keys() and known.keys() <= present.keys()
        after = Place(
            token=self._book.sync_token,
            state=self._state,
            compared=now if len(outcome.again) <= _MOST_TO_REMEMBER else None,
            unreadable={**kept, **outcome.unreadable},
            again=tuple(outcome.again)[:_MOST_TO_REMEMBER],
            quiet=same and (told_nothing or place.quiet),
        )
        yield Listing(self._collection, frozenset(present), after.written())

    def _list(self) -> dict[Href, Entry]:
        """Every card that is there.

        Raises:
            Malformed: the list is cut, or does not even name the address book.
        """
        request = xml.propfind(*_LISTED)
        answer = self._transport.request(
            "PROPFIND", self._book.url, body=request, depth="1", ok=(207,), patience=PATIENCE
        )
        present: dict[Href, Entry] = {}
        named = False
        for response in Multistatus(answer):
            itself = self._is_the_book(response)
            named = named or itself
            if response.status is not None and (itself or response.status not in _NOT_THERE):
                raise Malformed(f"“{self._book.name}” was not listed to its end (status {response.status})")
            entry = None if itself or response.status is not None else self._entry(response)
            if entry is not None:
                present.setdefault(entry.href, entry)
        if not present and not named:
            raise Malformed(f"an empty answer where “{self._book.name}” was to be listed")
        return present

    # --- members --------------------------------------------------------------------------------------

    def _is_the_book(self, response: Response) -> bool:
        """Whether a response is about the address book itself (or a folder in it), which some servers list too."""
        return f"{response.path.rstrip('/')}/" == self._book.path or _COLLECTION in response.names(_KINDS)

    def _entry(self, response: Response) -> Entry | None:
        kind = (response.text(_TYPE) or "").partition(";")[0].strip().lower()
        if kind in _NOT_CARDS or response.path.lower().endswith(".vlf"):
            return None
        etag = response.text(_ETAG)
        return Entry(self._fetcher.name(response.path), response.href, ETag(etag) if etag else None)

    def _spelled(self, href: Href) -> str:
        """The path of a member whose spelling by the server is not at hand."""
        return href if href.startswith("/") else f"{self._book.path}{href}"


class _Collected:
    """What several answers say of each member; the last word counts."""

    def __init__(self) -> None:
        self.changed: dict[Href, Entry] = {}
        self.doubtful: dict[Href, Entry] = {}
        self.gone: set[Href] = set()

    def put(self, entry: Entry, among: dict[Href, Entry] | None) -> None:
        """Note an entry among the changed or the doubtful; with None, among what is gone."""
        self.changed.pop(entry.href, None)
        self.doubtful.pop(entry.href, None)
        self.gone.discard(entry.href)
        if among is None:
            self.gone.add(entry.href)
        else:
            among[entry.href] = entry
