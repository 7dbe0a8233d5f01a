"""Cards in: from a source into the mirror, and new cards to people (design section 2, decisions 2 and 4).

Rows and ETag of an item are one transaction. Nothing is gone before a complete listing said so, and never more
than a few at once without the user's word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kith.core.evidence import pair
from kith.core.model import Card, CardRef, ETag, Group, Href, InstallId, PersonId
from kith.core.report import AccountCards, Note, PassReport
from kith.errors import AccountError, RemovalsHeld
from kith.sources.base import ACCOUNT, AccountCursor, Batch, CardProblem, Changes, Found, ItemPart, Listing, Source
from kith.store.cards import Standing
from kith.store.matching import Ruling
from kith.store.people import PersonRow
from kith.store.store import Store

_ALWAYS_ALLOWED = 3
_SHARE_ALLOWED = 0.2


@dataclass(slots=True)
class _Elsewhere:
    """The cards of one item that are known at another place, and the item's ETag, once it was read to its end."""

    cards: list[Card]
    etag: ETag | None = None


class Absorber:
    """Takes one source's cards in."""

    def __init__(self, store: Store, source: Source, run: int, now: datetime, step: Callable[[str], None]) -> None:
        self._store = store
        self._source = source
        self._run = run
        self._instant = now
        self._now = now.isoformat()
        self._step = step
        self._new = 0
        self._changed = 0
        self._cursors: dict[str, str] = {}
        self._elsewhere: dict[str, dict[Href, _Elsewhere]] = {}
        self._ended: set[str] = set()
        self._problems: list[CardProblem] = []

    def absorb(self, report: PassReport, *, accept_removals: bool) -> None:
        """Read everything that changed, then let go of what is gone.

        Raises:
            AccountError: the source could not look, or too much would be gone; what came in is kept.
        """
        account = self._source.account
        self._cursors = self._store.cards.cursors(account)
        gone = 0
        try:
            try:
                self._read_all()
            except AccountError:
                if self._ended:  # what was said of one address book counts, although another failed
                    gone = self._let_go(accept_removals)
                raise
            gone = self._let_go(accept_removals)
        finally:
            cards, missing = self._store.cards.counts(account)
            report.accounts.append(AccountCards(account, cards - missing, self._new, self._changed, gone))
            report.notes.extend(Note(problem.where, problem.reason) for problem in self._problems)

    def _read_all(self) -> None:
        known = self._store.cards.known_items(self._source.account)
        for found in self._source.read(known, dict(self._cursors), self._instant):
            self._step("cards")
            self._absorb(found)

    def _absorb(self, found: Found) -> None:
        match found:
            case Batch():
                self._take(found)
            case Listing():
                self._finish(found)
            case Changes():
                self._finish_changes(found)
            case AccountCursor(cursor):
                self._keep_cursor(ACCOUNT, cursor)

    def _take(self, batch: Batch) -> None:
        refs = [entry.ref for part in batch.parts for entry in part.entries if isinstance(entry, Card)]
        with self._store.transaction():
            self._follow(batch)
            known = self._store.cards.standings(refs)
            for part in batch.parts:
                self._take_part(batch.collection, part, known)

    def _follow(self, batch: Batch) -> None:
        """Items that are called differently now keep their cards, and these their people."""
        for part in batch.parts:
            cards = [entry for entry in part.entries if isinstance(entry, Card)]
            uid = cards[0].ref.uid if len(cards) == 1 else None
            for href in part.formerly:
                made_one = self._store.cards.follow(self._source.account, batch.collection, href, part.href, uid)
                for one, other in made_one:
                    self._are_one(one, other)
                    if uid is not None:
                        self._store.cards.look_at_again(self._source.account, batch.collection, uid)

    def _are_one(self, one: PersonId, other: PersonId) -> None:
        """The account made one card of two: so are their people, unless the user said that they are not."""
        if one != other and pair(one, other) not in self._store.matching.rulings():
            self._store.matching.rule([pair(one, other)], Ruling.SAME, "kith", self._instant)

    def _take_part(self, collection: str, part: ItemPart, known: dict[CardRef, Standing]) -> None:
        """Store one part; ``known`` is how the batch's cards stand, and is kept up to date."""
        self._problems += part.problems
        cards = [entry for entry in part.entries if isinstance(entry, Card)]
        groups = [(part.href, entry) for entry in part.entries if isinstance(entry, Group)]
        fresh = []
        unchanged = []
        for card in cards:
            before = known.get(card.ref)
            if before is not None and before.href != part.href:
                self._elsewhere.setdefault(collection, {}).setdefault(part.href, _Elsewhere([])).cards.append(card)
            elif before is not None and before.digest == card.digest:
                unchanged.append(card.ref)
            else:
                self._count(card, known=before is not None)
                fresh.append((part.href, card))
                known[card.ref] = Standing(part.href, card.digest, missing=False)
        self._store.cards.put(fresh, self._run)
        self._store.cards.confirm(unchanged, self._run)
        self._store.cards.put_groups(groups, self._run)
        for _, group in groups:
            known.pop(group.ref, None)
        if part.last:
            etag = part.etag
            elsewhere = self._elsewhere.get(collection, {}).get(part.href)
            if elsewhere is not None:
                # Until it is settled where its cards stand, the item is one to read again, should this pass be cut off.
                elsewhere.etag, etag = etag, None
            self._store.cards.finish_item(self._source.account, collection, part.href, etag, self._run, self._now)

    def _count(self, card: Card, *, known: bool) -> None:
        if not known:
            self._new += 1
            return
        self._changed += 1
        before = self._store.cards.get(card.ref)
        if before is not None:
            self._store.cards.record_changes(before, card, self._now)

    def _finish(self, listing: Listing) -> None:
        account, collection = self._source.account, listing.collection
        with self._store.transaction():
            self._settle_moved(collection, lambda href: href not in listing.present)
            self._store.cards.finish_listing(account, collection, listing.present, self._now)
            self._store.cards.finish_groups(account, collection, listing.present)
            self._keep_cursor(collection, listing.cursor)
        self._ended.add(collection)

    def _finish_changes(self, changes: Changes) -> None:
        account, collection = self._source.account, changes.collection
        self._ended.add(collection)
        if not changes.gone and collection not in self._elsewhere:
            self._keep_cursor(collection, changes.cursor)
            return
        with self._store.transaction():
            self._settle_moved(collection, changes.gone.__contains__)
            self._store.cards.remove_items(account, collection, changes.gone, self._now)
            # What went may have hidden a card of the same UID elsewhere, which only a full listing brings up again.
            hidden = changes.gone and self._store.cards.any_without_etag(account, collection)
            self._keep_cursor(collection, "" if hidden else changes.cursor)

    def _keep_cursor(self, collection: str, cursor: str) -> None:
        if self._cursors.get(collection, "") != cursor:
            self._store.cards.keep_cursor(self._source.account, collection, cursor)
            self._cursors[collection] = cursor

    def _settle_moved(self, collection: str, is_gone: Callable[[Href], bool]) -> None:
        """A card that was known under another href moved, if that one is not there any more; else it is there twice."""
        for href, elsewhere in self._elsewhere.pop(collection, {}).items():
            moved = [self._settle_one(href, card, is_gone) for card in elsewhere.cards]
            if all(moved):
                self._store.cards.keep_etag(self._source.account, collection, href, elsewhere.etag)

    def _settle_one(self, href: Href, card: Card, is_gone: Callable[[Href], bool]) -> bool:
        """Whether the card stands here now."""
        known = self._store.cards.standings([card.ref]).get(card.ref)
        if known is None or known.missing or is_gone(known.href):
            if known is None or known.digest != card.digest:
                self._count(card, known=known is not None)
            self._store.cards.put([(href, card)], self._run)
            return True
        if known.href == href:
            return True
        self._problems.append(CardProblem(href, f"has the same UID as a card in {known.href}; that one counts"))
        return False

    def _let_go(self, accept_removals: bool) -> int:
        """Let what is missing go, in the collections that were read to their end; how many cards that is."""
        account = self._source.account
        with self._store.transaction():
            cards, missing = self._store.cards.counts(account)
            allowed = max(_ALWAYS_ALLOWED, cards * _SHARE_ALLOWED)
            if missing and not accept_removals and (missing > allowed or missing == cards):
                raise RemovalsHeld(
                    f"{missing} of {cards} cards of “{account}” are not there any more; nothing was removed",
                    hint=f"if that is meant, run `kith sync --accept-removals {account}`",
                )
            return self._store.cards.remove_missing(account, self._ended, self._now)


def meet(store: Store, new_id: Callable[[], str], now: datetime) -> None:
    """Make a person of every card that is nobody's yet.

    The id comes from the card, so that a rehearsal and the pass after it speak of the same people; it is minted once,
    and says nothing about the card later on. ``new_id`` serves where it is taken.
    """
    with store.transaction():
        unlinked, install = store.people.unlinked_cards(), store.install
        ids = {ref: _id_from(install, ref) for ref in unlinked}
        taken = store.people.taken(ids.values())
        newcomers = [
            (PersonRow(PersonId(new_id()) if ids[ref] in taken else ids[ref], name), ref)
            for ref, name in unlinked.items()
        ]
        store.people.add_with_cards(newcomers, now)


def _id_from(install: InstallId, ref: CardRef) -> PersonId:
    name = "|".join((install, ref.account, ref.collection, ref.uid))
    return PersonId(hashlib.sha256(name.encode()).hexdigest()[:32])
