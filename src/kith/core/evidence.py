"""The values that matching works with: what is compared, and what a comparison comes to.

They stand here by themselves, so that what only stores or shows them need not load what they are made with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kith.core.model import PartialDate, PersonId

RULES = 1
"""Which rules of matching these are: after another number everybody is compared again, once."""

Pair = tuple[PersonId, PersonId]
"""Two, in order, so that a pair has one name."""


def pair(one: PersonId, other: PersonId) -> Pair:
    """The name of the pair."""
    return (one, other) if one < other else (other, one)


class Kind(StrEnum):
    """What becomes of two cards."""

    JOIN = "join"
    PROPOSE = "propose"
    NOTHING = "nothing"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence about two cards comes to. ``score`` is from 0 to 1, and orders verdicts of one kind.

    ``reasons`` are for people to read, the weightiest first.
    """

    kind: Kind
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameParts:
    """The words of a name in lower-case Latin letters. ``generation`` is ``jr``, ``sr``, a number or nothing.

    ``also`` are other given names that somebody goes by. ``signs`` says that it is written in signs that do not
    tell how it is spoken. A name that is nobody's (a company's, an e-mail) is empty.
    """

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    generation: str = ""
    also: tuple[str, ...] = ()
    signs: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether both a given and a family name are written out."""
        return any(len(word) > 1 for word in self.given) and any(len(word) > 1 for word in self.family)

    def __bool__(self) -> bool:
        return bool(self.given or self.family)


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of cards that always go together, mostly a single one. ``id`` is the person minted for them.

    ``name`` is for people to read; everything else is in the forms of :mod:`kith.core.plain`.
    """

    id: PersonId
    name: str = ""
    parts: NameParts = NameParts()
    uids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    birthday: PartialDate | None = None
    company: str = ""
    street: str = ""
    place: str = ""
    postcode: str = ""
