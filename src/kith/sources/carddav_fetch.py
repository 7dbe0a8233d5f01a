"""Fetching cards from a DAV server: many in one request, and around whatever is wrong with one of them.

A batch that fails is halved until the card it fails at stands alone, and that is fetched by a plain GET, as are those
that an answer leaves out. A card that still gives nothing costs itself: it is reported, remembered, and what was known
of it stands. Only two batches are in memory at a time: the one that is
read, and the next, on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import NamedTuple

from kith.codecs.vcard import LineProblem, read_cards
from kith.core.model import AccountId, Card, ETag, Group, Href
from kith.dav import xml
from kith.dav.addresses import joined
from kith.dav.answers import Multistatus, is_page
from kith.dav.discovery import Collection
from kith.dav.transport import Transport
from kith.errors import AccountError, Denied, Malformed, Rejected, SignInNeeded, Transient
from kith.sources.base import Batch, CardProblem, ItemPart

BATCH = 100
"""Cards in one multiget: more does not save time any more (``bench/dav.py``), fewer cost requests."""
_LARGEST_BATCH = 32 * 1024 * 1024
_LARGEST_CARD = 16 * 1024 * 1024
_FAILURES_BELIEVED = 8
"""After so many multigets without an answer to any, the server is one that does not know them."""

_ETAG = xml.dav("getetag")
_DATA = xml.carddav("address-data")
_MULTIGET = xml.carddav("addressbook-multiget")
_ACCEPT = {"Accept": "text/vcard, text/x-vcard;q=0.9, text/directory;q=0.8, */*;q=0.5"}
_NOT_THERE = (404, 410)
_OWN_FAULT = 500

_NO_CARD = "no card can be read in this; what was known of it is kept"


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of an address book: what to call it, how the server spells its path, and the state it is in."""

    href: Href
    spelled: str
    etag: ETag | None = None


@dataclass(slots=True)
class Outcome:
    """What fetching told beside the cards.

    ``unreadable`` gave nothing, and would not if asked again (ETag, reason); ``again`` may give something at the
    next pass; ``absent`` are not there any more, says the server of each of them.
    """

    unreadable: dict[Href, tuple[str | None, str]] = field(default_factory=dict)
    again: set[Href] = field(default_factory=set)
    absent: set[Href] = field(default_factory=set)


class _Got(NamedTuple):
    """One card as it came: its bytes, or why there are none."""

    data: bytes = b""
    etag: ETag | None = None
    reason: str = ""


class Fetcher:
    """Fetches the cards of one address book."""

    def __init__(self, account: AccountId, transport: Transport, collection: str, book: Collection) -> None:
        self.outcome = Outcome()
        self._account = account
        self._transport = transport
        self._collection = collection
        self._book = book
        self._failures = 0
        self._answers = 0

    def fetch(self, entries: Iterable[Entry]) -> Iterator[Batch]:
        """Yield the cards of the entries, batch by batch.

        Raises:
            SignInNeeded, Transient: the server cannot be asked at all; what came until then stands.
        """
        waiting = iter(entries)
        some, following = list(islice(waiting, BATCH)), list(islice(waiting, BATCH))
        if not following:
            yield from self._batch(self._get_all(some) if some else ())
            return
        # While one batch is read and stored, the server is at work on the next. All asking is done by the one helper.
        with ThreadPoolExecutor(1, "kith-dav") as helper:
            coming = helper.submit(self._got, some)
            while following:
                got = coming.result()
                coming = helper.submit(self._got, following)
                yield from self._batch(got)
                following = list(islice(waiting, BATCH))
            yield from self._batch(coming.result())

    def _got(self, entries: list[Entry]) -> list[tuple[Entry, _Got | None]]:
        return list(self._get_all(entries))

    def _batch(self, found: Iterable[tuple[Entry, _Got | None]]) -> Iterator[Batch]:
        parts = tuple(part for entry, got in found for part in self._parts(entry, got))
        if parts:
            yield Batch(self._collection, parts)

    def where(self, href: Href) -> str:
        """What to call a member before the user."""
        return f"{self._book.name}: {href}"

    # --- asking ---------------------------------------------------------------------------------------

    def _get_all(self, entries: list[Entry]) -> Iterator[tuple[Entry, _Got | None]]:
        """Each entry with what came of it; None if it is not there."""
        if len(entries) == 1 or (self._failures >= _FAILURES_BELIEVED and not self._answers):
            for entry in entries:
                yield entry, self._get_one(entry)
            return
        try:
            found = self._multiget(entries)
        except (SignInNeeded, Transient):
            raise
        except AccountError:
            self._failures += 1
            half = len(entries) // 2
            yield from self._get_all(entries[:half])
            yield from self._get_all(entries[half:])
            return
        self._answers += len(found)
        self._failures += not found
        for entry in entries:
            yield entry, found.get(entry.href) or self._get_one(entry)

    def _multiget(self, entries: list[Entry]) -> dict[Href, _Got]:
        """The cards that the server gives in one answer."""
        body = xml.multiget(_MULTIGET, (_ETAG, _DATA), tuple(entry.spelled for entry in entries))
        answer = self._transport.request(
            "REPORT", self._book.url, body=body, depth="0", ok=(207, _OWN_FAULT), largest=_LARGEST_BATCH
        )
        if answer.status == _OWN_FAULT:  # which one bad card in the batch may have caused
            raise Rejected("the server failed at these cards")
        found: dict[Href, _Got] = {}
        for response in Multistatus(answer):
            data = response.data(_DATA)
            if data:
                etag = response.text(_ETAG)
                found[self.name(response.path)] = _Got(data.encode("utf-8", "replace"), ETag(etag) if etag else None)
        return found

    def name(self, path: str) -> Href:
        """A member's name within its collection; its whole path, where it stands outside."""
        return Href(path.removeprefix(self._book.path))

    def _get_one(self, entry: Entry) -> _Got | None:
        """One card by a plain GET."""
        url = joined(self._book.url, entry.spelled)
        accepted = (200, *_NOT_THERE, _OWN_FAULT)
        try:
            answer = self._transport.request("GET", url, headers=_ACCEPT, ok=accepted, largest=_LARGEST_CARD)
        except (SignInNeeded, Transient):
            raise
        except (Malformed, Rejected) as error:
            self.outcome.unreadable[entry.href] = (entry.etag, _not_given(error.message))
            return _Got(reason=_not_given(error.message))
        except (AccountError, Denied) as error:
            self.outcome.again.add(entry.href)
            return _Got(reason=_not_given(error.message))
        if answer.status in _NOT_THERE:
            self.outcome.absent.add(entry.href)
            return None
        if answer.status == _OWN_FAULT or is_page(answer):
            self.outcome.again.add(entry.href)
            return _Got(reason=_not_given("it fails at it" if answer.status == _OWN_FAULT else "a web page came"))
        # The ETag of the listing comes first: on its way a GET's may have got a suffix, for compression.
        return _Got(answer.body, entry.etag or ETag(answer.headers.get("etag", "")) or None)

    # --- reading --------------------------------------------------------------------------------------

    def _parts(self, entry: Entry, got: _Got | None) -> Iterator[ItemPart]:
        if got is None:
            return
        if got.reason:
            problem = CardProblem(self.where(entry.href), got.reason, whole_card=True)
            yield ItemPart(entry.href, (), (problem,), last=False)
            return
        cards: list[Card | Group] = []
        problems: list[CardProblem] = []
        for found in read_cards(BytesIO(got.data), account=self._account, collection=self._collection, href=entry.href):
            if isinstance(found, LineProblem):
                where = f"{self.where(entry.href)}:{found.line}"
                problems.append(CardProblem(where, found.reason, found.whole_card))
            else:
                cards.append(found)
        etag = got.etag or entry.etag
        if cards:
            yield ItemPart(entry.href, tuple(cards), tuple(problems), etag=etag)
            return
        self.outcome.unreadable[entry.href] = (etag, _NO_CARD)
        nothing = CardProblem(self.where(entry.href), _NO_CARD, whole_card=True)
        yield ItemPart(entry.href, (), (*problems, nothing), last=False)


def _not_given(why: str) -> str:
    return f"the server does not give this card ({why}); what was known of it is kept"
