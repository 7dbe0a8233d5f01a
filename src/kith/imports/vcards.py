"""vCard files: the cards and groups that the codec reads, as people of an account of their own."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import replace

from kith.codecs.vcard import read_cards
from kith.codecs.vcard_lines import LineProblem
from kith.core.model import Card, Group, Href
from kith.errors import Malformed
from kith.imports.base import COLLECTION, Entry, Naming, Reading, Refused, account_of, identity

KIND = "vcard"
_MADE_UP = "no-uid:"


def read(data: bytes, name: str) -> Reading:
    """Everybody in the file. Raises Malformed where it holds no card at all."""
    cards: list[Card] = []
    groups: list[Group] = []
    refused: list[Refused] = []
    remarks: list[Refused] = []
    for found in read_cards(io.BytesIO(data), account=account_of(KIND), collection=COLLECTION, href=Href("import")):
        match found:
            case Card():
                cards.append(found)
            case Group():
                groups.append(found)
            case LineProblem():
                (refused if found.whole_card else remarks).append(Refused(f"line {found.line}", found.reason))
    if not cards and not groups:
        raise Malformed(f"{name} holds no card that can be read", hint="is it a vCard file? nothing was changed")
    labels: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for member in group.members:
            labels[member].append(group.name)
    naming = Naming(KIND)
    entries = []
    for card in cards:
        labelled = replace(card, labels=tuple(dict.fromkeys((*card.labels, *labels[card.ref.uid]))))
        try:
            # A card that kith exported has kith's own id; any other UID is nobody's.
            entries.append(Entry(card.name, _named(labelled, naming), person=card.ref.uid))
        except ValueError as error:
            refused.append(Refused(card.name, str(error)))
    return Reading(KIND, tuple(entries), tuple(refused), tuple(remarks))


def _named(card: Card, naming: Naming) -> Card:
    """The card under a key that stays: of one without a UID, that is who it is about."""
    if not card.ref.uid.startswith(_MADE_UP):
        return card
    known_by = identity(
        card.name,
        urls=[url.value for url in card.urls],
        emails=[mail.value for mail in card.emails],
        phones=[phone.value for phone in card.phones],
    )
    return replace(card, ref=naming.ref(known_by, card.name, "a card before it"))
