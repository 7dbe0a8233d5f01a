"""vCards to cards: a tolerant reader of vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).

Address books are decades old and were written by many programs. What can be read is read: one bad line costs
that line, one bad card that card, and each is reported with the number of its line. ``vcard_lines`` turns
bytes into property lines, ``vcard_values`` a line into text, lists and days, ``vcard_draft`` knows what each
property means; here stands where a card begins and ends, and what its key is.

This room must never write a vCard, never join or judge people, and never put anything of a card's contents
into a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from kith.codecs.vcard_draft import PROPERTIES, Draft
from kith.codecs.vcard_lines import Line, LineProblem, property_lines
from kith.core.model import AccountId, Card, CardRef, CardUid, Group, Href

__all__ = ["LineProblem", "read_cards"]

_BOUNDARIES = frozenset({"BEGIN", "END"})
_WANTED = PROPERTIES | _BOUNDARIES | {"AGENT"}
_NO_END = "this card has no END; it was read as far as it goes"
_NO_BEGIN = "a card ends here that never began"
_OUTSIDE = "this stands outside of any card; it was left out"
_NOBODY = "this card has no name, organisation, e-mail or phone number; it was left out"
_SAME_UID = "a card before this one has the same UID; that one was kept"
_NAMELESS_GROUP = "this group has no name; it was left out"


def read_cards(
    stream: BinaryIO, *, account: AccountId, collection: str, href: Href
) -> Iterator[Card | Group | LineProblem]:
    """Yield the cards and groups of one item as they come, no UID twice, and each problem where it is met.

    Apart from the UIDs only the card being read is held, so the size of the file does not matter. Never
    raises because of what the bytes are; an OSError of the stream is let through.
    """
    naming = _Naming(account, collection, href)
    first = True
    waiting: Draft | None = None  # the first card, without a UID: its key depends on whether another one comes
    for found in _drafts(stream):
        if isinstance(found, LineProblem):
            yield found
        elif first and not found.uid:
            first, waiting = False, found
        else:
            if waiting is not None:
                yield from _finish(waiting, naming)
            yield from _finish(found, naming)
            first, waiting = False, None
    if waiting is not None:
        yield from _finish(waiting, naming, alone=True)


def _drafts(stream: BinaryIO) -> Iterator[Draft | LineProblem]:
    """The cards of the file, as far as their lines could be read."""
    draft: Draft | None = None
    stray = False  # what stands between cards is reported once, not line by line
    for line in _lines_of_cards(stream):
        if isinstance(line, LineProblem):
            if draft is not None:
                yield line
            elif not stray:
                yield LineProblem(line.line, _OUTSIDE)
                stray = True
        elif line.head.name == "BEGIN":
            if draft is not None:
                yield LineProblem(draft.line, _NO_END)
                yield draft
            draft, stray = Draft(line.number), False
        elif line.head.name == "END":
            if draft is None:
                yield LineProblem(line.number, _NO_BEGIN)
            else:
                yield draft
                draft = None
        elif draft is not None:
            problem = draft.take(line)
            if problem is not None:
                yield problem
        elif not stray:
            yield LineProblem(line.number, _OUTSIDE)
            stray = True
    if draft is not None:
        yield LineProblem(draft.line, _NO_END)
        yield draft


def _lines_of_cards(stream: BinaryIO) -> Iterator[Line | LineProblem]:
    """The lines that are a card's own, without the cards that vCard 2.1 nests inside of AGENT."""
    depth = 0
    after_agent = False
    for line in property_lines(stream, _WANTED):
        if isinstance(line, LineProblem):
            if not depth:
                yield line
            continue
        name = line.head.name
        if name == "AGENT":
            value = line.value.strip().upper()
            after_agent = not value
            depth += value == b"BEGIN:VCARD"
            continue
        if name in _BOUNDARIES and line.value.strip().upper() != b"VCARD":
            continue  # of a calendar or something else that cards were pasted into
        if name == "BEGIN":
            depth = depth + 1 if after_agent else 0
        after_agent = False
        if not depth:
            yield line
        elif name == "END":
            depth -= 1


def _finish(draft: Draft, naming: _Naming, *, alone: bool = False) -> Iterator[Card | Group | LineProblem]:
    """What came of a card."""
    name = draft.name
    if not name:
        yield LineProblem(draft.line, _NAMELESS_GROUP if draft.is_group else _NOBODY, whole_card=True)
        return
    ref = naming.new_ref(draft.uid, name, alone=alone)
    if ref is None:
        yield LineProblem(draft.line, _SAME_UID, whole_card=True)
    elif draft.is_group:
        yield draft.as_group(ref)
    else:
        yield from draft.late_problems()
        yield draft.as_card(ref)


class _Naming:
    """The keys of one item's cards, also of those without a UID: the same file gives the same keys."""

    def __init__(self, account: AccountId, collection: str, href: Href) -> None:
        self._account = account
        self._collection = collection
        self._href = href
        self._taken: set[str] = set()
        self._without_uid: Counter[str] = Counter()

    def new_ref(self, uid: str, name: str, *, alone: bool) -> CardRef | None:
        """The card's key, or None if an earlier card has it."""
        uid = uid or self._made_up(name, alone=alone)
        if uid in self._taken:
            return None
        self._taken.add(uid)
        return CardRef(self._account, self._collection, CardUid(uid))

    def _made_up(self, name: str, *, alone: bool) -> str:
        if alone:
            return f"no-uid:{self._href}"
        self._without_uid[name] += 1
        count = self._without_uid[name]
        return f"no-uid:{self._href}:{name}" if count == 1 else f"no-uid:{self._href}:{name}#{count}"
