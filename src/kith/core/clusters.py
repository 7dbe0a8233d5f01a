"""From pairs to people: who goes together, and which questions are left.

Joining is transitive, and so are its mistakes: two that are apart, by contradiction or because the user said so, never
end in one cluster, however the chain between them runs. Stronger pairs are joined first. The result depends on the
pairs and the rulings alone, not on their order; and what happens in one connected part bears on no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from kith.core.evidence import Kind, Pair, Verdict, pair
from kith.core.model import PersonId


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two clusters that may be one person: the pair that says so most clearly, and what it says."""

    pair: Pair
    score: float
    reasons: tuple[str, ...]


def clusters(
    nodes: Iterable[PersonId],
    joins: Mapping[Pair, Verdict],
    same: Iterable[Pair],
    different: Iterable[Pair],
    contradict: Callable[[PersonId, PersonId], bool],
) -> list[frozenset[PersonId]]:
    """Put together what goes together, in the order of the clusters' smallest ids.

    ``joins`` are verdicts to join; ``same`` and ``different`` are rulings, which always hold, and where they speak
    against one another (by way of a third) the later pair in order gives way. ``contradict`` says of any two whether
    they cannot be one.
    """
    cluster = {node: frozenset({node}) for node in nodes}
    barred = _neighbours(different)
    ruled = set(same)

    def join(one: PersonId, other: PersonId, *, by_ruling: bool) -> None:
        left, right = cluster[one], cluster[other]
        if left is right or any(there in barred.get(here, ()) for here, there in product(left, right)):
            return
        if not by_ruling and any(
            contradict(here, there) for here, there in product(left, right) if pair(here, there) not in ruled
        ):
            return
        together = left | right
        for node in together:
            cluster[node] = together

    for one, other in sorted(ruled):
        if one in cluster and other in cluster:
            join(one, other, by_ruling=True)
    for (one, other), _ in sorted(joins.items(), key=lambda item: (-item[1].score, item[0])):
        join(one, other, by_ruling=False)
    return sorted(set(cluster.values()), key=min)


def proposals(
    groups: Iterable[frozenset[PersonId]], likely: Mapping[Pair, Verdict], different: Iterable[Pair]
) -> list[Proposal]:
    """The questions that are left between clusters, best first; none about two whom the user ruled to be different.

    A pair that would join, but may not because others in the two clusters contradict one another, is a question too.
    """
    home = {node: group for group in groups for node in group}
    barred = {frozenset({home.get(one), home.get(other)}) for one, other in different}
    best: dict[frozenset[frozenset[PersonId] | None], Proposal] = {}
    for names, verdict in likely.items():
        if verdict.kind not in (Kind.JOIN, Kind.PROPOSE):
            continue
        between = frozenset({home.get(names[0]), home.get(names[1])})
        if len(between) == 1 or None in between or between in barred:
            continue
        found = Proposal(names, verdict.score, verdict.reasons)
        if between not in best or _order(found) < _order(best[between]):
            best[between] = found
    return sorted(best.values(), key=_order)


def connected(start: Iterable[PersonId], neighbours: Callable[[PersonId], Iterable[PersonId]]) -> set[PersonId]:
    """Everybody who can be reached from ``start``."""
    found, waiting = set(start), list(start)
    while waiting:
        for other in neighbours(waiting.pop()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _order(proposal: Proposal) -> tuple[float, Pair]:
    return (-proposal.score, proposal.pair)


def _neighbours(pairs: Iterable[Pair]) -> dict[PersonId, set[PersonId]]:
    found: dict[PersonId, set[PersonId]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found
