"""What a card says about whose it is, in plain forms, ready to be compared with others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kith.core import plain
from kith.core.evidence import NameParts, Profile
from kith.core.model import Card, Labelled, PersonId
from kith.core.name_parts import parts_of

_MADE_UP = re.compile(r"no-uid:")
_SHORTEST_UID = 16
_EMPTY = NameParts()


def profile_of(
    person: PersonId,
    cards: Sequence[Card],
    region: str,
    *,
    name: str = "",
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
) -> Profile:
    """The profile of the cards, or of what was typed for somebody added by hand.

    ``region`` is where national phone numbers are dialled (``PT``), empty if unknown.
    """
    mails = {plain.email(mail) for mail in (*emails, *_values(card.emails for card in cards))}
    numbers = {plain.phone(number, region) for number in (*phones, *_values(card.phones for card in cards))}
    named = next((card for card in cards if card.name), None)
    address = next((card for card in cards if card.street or card.city or card.postcode), None)
    return Profile(
        id=person,
        name=named.name if named else name,
        parts=_parts(named, mails) if named else parts_of(name),
        uids=frozenset(str(card.ref.uid) for card in cards if _is_a_uid(card.ref.uid)),
        emails=frozenset(mails - {""}),
        phones=frozenset(numbers - {""}),
        links=frozenset(filter(None, map(plain.profile_link, _values(card.urls for card in cards)))),
        birthday=next((card.birthday for card in cards if card.birthday), None),
        company=next((plain.company(card.organisation) for card in cards if card.organisation), ""),
        street=plain.street(address.street) if address else "",
        place=plain.latin(address.city) if address else "",
        postcode=plain.latin(address.postcode).replace(" ", "") if address else "",
    )


def _values(lists: Iterable[Iterable[Labelled]]) -> list[str]:
    return [entry.value for entries in lists for entry in entries]


def _parts(card: Card, emails: set[str]) -> NameParts:
    """The name, unless it is only what stands in for one: an e-mail, a number, the company."""
    if "@" in card.name and plain.email(card.name) in emails:
        return _EMPTY
    if not any(char.isalpha() for char in card.name):
        return _EMPTY
    if not card.given and not card.family and card.organisation and card.name == card.organisation:
        return _EMPTY
    return parts_of(card.name, card.given, card.family, card.nicknames)


def _is_a_uid(uid: str) -> bool:
    """Whether it is one that nobody else's card has by chance: long enough, and not made up by kith."""
    return len(uid) >= _SHORTEST_UID and not _MADE_UP.match(uid)
