"""The port through which cards come in.

An ITEM is what the address book stores at one HREF: a file, or a resource on a server. It holds one card or
many. An ETAG names one state of an item; an item whose ETag is the one we know is not read again. A CURSOR is a
source's own note to its next reading, which only it understands; losing one costs requests, nothing else.

A source yields what it found, in order; it never stores, never deletes and never decides that somebody is
gone. It raises :mod:`kith.errors` only, and a source that could not look says so by raising: an empty listing
is an answer, an error is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kith.core.model import AccountId, Card, ETag, Group, Href

ACCOUNT = ""
"""Where the cursor of the account as a whole stands among those of its collections."""


@dataclass(frozen=True, slots=True)
class CardProblem:
    """Something that could not be read; the rest was kept.

    ``where`` is for the user (``family.vcf:120``); ``reason`` is a plain sentence without the card's contents.
    ``whole_card`` says that nothing of that card could be used.
    """

    where: str
    reason: str
    whole_card: bool = False


@dataclass(frozen=True, slots=True)
class ItemPart:
    """Some of an item's cards, in the item's order. The part with ``last`` set carries the item's ETag.

    ``formerly`` are other hrefs that the item had before, where the server says so: what is known of its card, and
    whose it is, goes with it, even if its UID is another one now.
    """

    href: Href
    entries: tuple[Card | Group, ...]
    problems: tuple[CardProblem, ...] = ()
    last: bool = True
    etag: ETag | None = None
    formerly: tuple[Href, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be stored in one transaction."""

    collection: str
    parts: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The end of one collection. ``present`` is every href that is there now: a complete, error-free listing."""

    collection: str
    present: frozenset[Href]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """The end of one collection of which only the changes were asked for.

    ``gone`` are the hrefs that the server said, in so many words, are not there any more. Nothing follows from what
    is not mentioned.
    """

    collection: str
    gone: frozenset[Href]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class AccountCursor:
    """The cursor of the account as a whole, such as where its collections were found. It may come at any time."""

    cursor: str


Found = Batch | Listing | Changes | AccountCursor


class Source(Protocol):
    """An address book, or several, of one account."""

    @property
    def account(self) -> AccountId:
        """Whose cards these are."""
        ...

    def read(
        self, known: Mapping[str, Mapping[Href, ETag]], cursors: Mapping[str, str], now: datetime
    ) -> Iterator[Found]:
        """Yield what is new or changed since ``known`` (collection → href → ETag), then the end of each collection.

        ``cursors`` are those that came with the last end of each collection that was stored (and :data:`ACCOUNT`).
        What a collection's end says counts only once everything before it is stored, and its cursor with it.

        Raises:
            AccountError: nothing can be concluded from what did not come.
        """
        ...
