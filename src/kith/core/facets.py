"""Facets: parts of life that the user marks people with, and how talking spreads over them.

A facet is a tag or a label of the form ``name:value`` (``area:arts``, ``city:Lisboa``), typed by the user. None is
ever inferred from a card, a name or what was said, and none may stand in an event, a log or anything that leaves the
machine.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

FacetKey = NewType("FacetKey", str)
"""``name:value`` in lower case, by which facets are the same."""

_SHAPE = re.compile(r"\s*([^\W\d_][\w -]*?)\s*:\s*((?!//)\S.*?)\s*", re.DOTALL)
_MUCH_LESS = 0.5
_EXPECTED_AT_LEAST = 2.0
"""Where fewer were to be expected, that nobody was talked to says nothing yet."""


@dataclass(frozen=True, slots=True, order=True)
class Facet:
    """One part of life, as the user wrote it."""

    name: str
    value: str

    @property
    def key(self) -> FacetKey:
        """What it is compared by: case does not count, nor how many spaces there are."""
        return FacetKey(f"{_plain(self.name)}:{_plain(self.value)}")

    def __str__(self) -> str:
        """``area:arts``."""
        return f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How many have a facet, of the people on the list and of those of them who were talked to.

    ``target`` is the share of those talked to that the user wants to have it, from 0 to 1; None where none is set.
    """

    facet: Facet
    listed: int
    talked: int
    of_listed: int
    of_talked: int
    target: float | None = None

    @property
    def listed_share(self) -> float:
        """Of the list, from 0 to 1."""
        return self.listed / self.of_listed if self.of_listed else 0.0

    @property
    def talked_share(self) -> float:
        """Of those talked to, from 0 to 1."""
        return self.talked / self.of_talked if self.of_talked else 0.0

    @property
    def is_thin(self) -> bool:
        """Whether it has less of the talking than it should: than its target, else much less than its share.

        As long as nobody was talked to, nothing is thin.
        """
        if not self.of_talked:
            return False
        if self.target is not None:
            return self.talked < self.target * self.of_talked
        expected = self.listed_share * self.of_talked
        return expected >= _EXPECTED_AT_LEAST and self.talked < expected * _MUCH_LESS


def facet_of(label: str) -> Facet | None:
    """The facet that a tag or label is, if it has the form of one."""
    shape = _SHAPE.fullmatch(label)
    return Facet(" ".join(shape[1].split()), " ".join(shape[2].split())) if shape else None


def facets_of(labels: Iterable[str]) -> tuple[Facet, ...]:
    """The facets among somebody's tags and labels, each once, in order."""
    found: dict[FacetKey, Facet] = {}
    for facet in sorted(filter(None, map(facet_of, labels))):
        found.setdefault(facet.key, facet)
    return tuple(found.values())


def spreads(people: Iterable[tuple[Sequence[Facet], bool]], targets: Mapping[FacetKey, float]) -> tuple[Spread, ...]:
    """How the facets spread over people on the list, each with whether they were talked to; by name and value.

    A target is there also where nobody has its facet. Written in several ways, a facet is shown in the first of them.
    """
    listed, talked = Counter[FacetKey](), Counter[FacetKey]()
    written: dict[FacetKey, set[Facet]] = defaultdict(set)
    of_listed = of_talked = 0
    for facets, was_talked_to in people:
        keys = {facet.key for facet in facets}
        listed.update(keys)
        of_listed += 1
        if was_talked_to:
            talked.update(keys)
            of_talked += 1
        for facet in facets:
            written[facet.key].add(facet)
    for key in targets:
        name, _, value = key.partition(":")
        written[key] |= set() if key in listed else {Facet(name, value)}
    found = [
        Spread(min(ways), listed[key], talked[key], of_listed, of_talked, targets.get(key))
        for key, ways in written.items()
    ]
    return tuple(sorted(found, key=lambda spread: spread.facet.key))


def thin(people: Iterable[tuple[Sequence[Facet], bool]], targets: Mapping[FacetKey, float]) -> frozenset[FacetKey]:
    """The facets that have less of the talking than they should."""
    return frozenset(spread.facet.key for spread in spreads(people, targets) if spread.is_thin)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
