"""Whom to ask about first when the user chooses their network.

Who is likely to matter has a card that somebody took trouble over, was talked to, stands in more than one address book,
or has something in common with those who were chosen already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.model import Person
from kith.core.names import fold

_RECENT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in no circle; ``again`` is whether the user put them off once."""

    person: Person
    talked: Sequence[date] = ()
    facts: int = 0
    again: bool = False


def likeliest_first(candidates: Iterable[Candidate], members: Iterable[Person], today: date) -> list[Candidate]:
    """The candidates in the order to ask about them; those put off once come last. The same input, the same order."""
    labels, companies = set[str](), set[str]()
    for member in members:
        labels.update(map(fold, member.labels))
        companies.add(fold(member.organisation))
    companies.discard("")

    def place(candidate: Candidate) -> tuple[bool, int, str, str]:
        person = candidate.person
        points = _completeness(person) + 3 * min(candidate.facts, 2)
        points += 4 * sum(today - day <= _RECENT for day in list(candidate.talked)[:3]) + bool(candidate.talked)
        points += 3 * (fold(person.organisation) in companies) + 3 * bool(labels & set(map(fold, person.labels)))
        return (candidate.again, -points, fold(person.name), person.id)

    return sorted(candidates, key=place)


def _completeness(person: Person) -> int:
    """What somebody wrote down about a person: the more private, the more it says."""
    return (
        3 * (person.birthday is not None)
        + 2 * bool(person.phones)
        + 2 * bool(person.nicknames)
        + 2 * (len({ref.account for ref in person.cards}) > 1)
        + bool(person.emails)
        + bool(person.city)
        + bool(person.organisation)
        + bool(person.labels)
    )
