"""A person as their cards show them, seen as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kith.core.model import Card, Labelled, Person, PersonId

T = TypeVar("T")


def person_of(
    person: PersonId,
    cards: Sequence[Card],
    *,
    kept_name: str,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> Person:
    """Join the cards into one person. What was typed by hand comes first, then the cards in their order.

    Tags are labels. ``kept_name`` serves where no card is left to say one.
    """
    names = [card.name for card in cards if card.name]
    name = names[0] if names else kept_name
    return Person(
        id=person,
        name=name,
        nicknames=_once([*(nick for card in cards for nick in card.nicknames), *names[1:]]),
        emails=_once([*map(Labelled, emails), *(mail for card in cards for mail in card.emails)]),
        phones=_once([*map(Labelled, phones), *(phone for card in cards for phone in card.phones)]),
        urls=_once([url for card in cards for url in card.urls]),
        birthday=next((card.birthday for card in cards if card.birthday), None),
        anniversary=next((card.anniversary for card in cards if card.anniversary), None),
        organisation=next((card.organisation for card in cards if card.organisation), ""),
        job_title=next((card.job_title for card in cards if card.job_title), ""),
        city=next((card.city for card in cards if card.city), ""),
        labels=_once([*(label for card in cards for label in card.labels), *tags]),
        cards=tuple(card.ref for card in cards),
    )


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
