"""An address book in memory, which can be changed, can fail, and can come up empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum

from kith.core.model import AccountId, Card, CardRef, CardUid, ETag, Group, Href, Labelled
from kith.errors import Transient
from kith.sources.base import Batch, Changes, Found, ItemPart, Listing

COLLECTION = "contacts"


class Mood(Enum):
    """What the source does when it is asked."""

    WELL = "answers"
    EMPTY = "answers that nothing is there"
    DOWN = "fails at once"
    BREAKS = "fails after its first item, before the listing"


class FakeSource:
    """One address book of one account. An item holds one card, or several.

    One that ``tells_changes`` says what changed since its cursor, as servers with sync tokens do.
    """

    def __init__(self, account: str = "phone", *, tells_changes: bool = False) -> None:
        self.mood = Mood.WELL
        self.tells_changes = tells_changes
        self._account = AccountId(account)
        self._items: dict[Href, tuple[Card | Group, ...]] = {}
        self._etags: dict[Href, ETag] = {}
        self._touched: list[Href] = []

    # --- the port -------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountId:
        return self._account

    def read(
        self, known: Mapping[str, Mapping[Href, ETag]], cursors: Mapping[str, str], now: datetime
    ) -> Iterator[Found]:
        if self.mood is Mood.DOWN:
            raise Transient("the server did not answer")
        items = {} if self.mood is Mood.EMPTY else self._items
        etags = known.get(COLLECTION, {})
        cursor = cursors.get(COLLECTION) if self.tells_changes and self.mood is not Mood.EMPTY else None
        asked = set(self._touched[int(cursor) :]) if cursor else set(items)
        for href in sorted(asked & items.keys()):
            if etags.get(href) != self._etags[href]:
                yield from self._read_one(href)
            if self.mood is Mood.BREAKS:
                raise Transient("the connection broke")
        if self.mood is Mood.BREAKS:
            raise Transient("the connection broke")
        if cursor:
            yield Changes(COLLECTION, frozenset(asked - items.keys()), self._cursor())
        else:
            yield Listing(COLLECTION, frozenset(items), self._cursor() if items else "")

    def _cursor(self) -> str:
        return str(len(self._touched)) if self.tells_changes else ""

    def _read_one(self, href: Href) -> Iterator[Batch]:
        """An item with several entries comes in two parts, as large files do."""
        first, rest = self._items[href][:1], self._items[href][1:]
        if rest:
            yield Batch(COLLECTION, (ItemPart(href, first, last=False),))
        yield Batch(COLLECTION, (ItemPart(href, rest or first, etag=self._etags[href]),))

    # --- the user's side ------------------------------------------------------------------------------

    def card(self, uid: str, name: str, *labels: str, phone: str = "", email: str = "") -> Card:
        """A card of this address book, not yet in it."""
        return Card(
            ref=self._ref(uid),
            name=name,
            given=name.split()[0],
            emails=(Labelled(email),) if email else (),
            phones=(Labelled(phone, "mobile"),) if phone else (),
            labels=labels,
        )

    def group(self, uid: str, name: str, *members: str) -> Group:
        """A group card of this address book, not yet in it."""
        return Group(self._ref(uid), name, tuple(map(CardUid, members)))

    def put(self, item: str, *entries: Card | Group) -> None:
        """Add an item, or change what it holds."""
        self._touched.append(Href(item))
        self._items[Href(item)] = entries
        self._etags[Href(item)] = ETag(str(len(self._touched)))

    def remove(self, item: str) -> None:
        """Delete an item with all its cards."""
        self._touched.append(Href(item))
        del self._items[Href(item)]
        del self._etags[Href(item)]

    def items(self) -> dict[str, tuple[Card | Group, ...]]:
        """Everything there, by item."""
        return {str(href): entries for href, entries in sorted(self._items.items())}

    def _ref(self, uid: str) -> CardRef:
        return CardRef(self._account, COLLECTION, CardUid(uid))
