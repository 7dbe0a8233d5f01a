"""From pairs to people: transitive, but never across a contradiction or a ruling; and the order never matters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from kith.core.clusters import clusters, connected, proposals
from kith.core.evidence import Kind, Pair, Verdict, pair
from kith.core.model import PersonId

NODES = [PersonId(letter) for letter in "abcdefgh"]
PAIRS = [pair(one, other) for one, other in combinations(NODES, 2)]


class World(NamedTuple):
    joins: dict[Pair, Verdict]
    same: set[Pair]
    different: set[Pair]
    contradictions: set[Pair]

    def contradict(self, one: PersonId, other: PersonId) -> bool:
        return pair(one, other) in self.contradictions

    def groups(self, nodes: Iterable[PersonId] = NODES) -> list[frozenset[PersonId]]:
        nodes = list(nodes)
        joins = {names: verdict for names, verdict in self.joins.items() if set(names) <= set(nodes)}
        return clusters(nodes, joins, self.same, self.different, self.contradict)


def join(score: float) -> Verdict:
    return Verdict(Kind.JOIN, score, ("the same e-mail",))


SOME = st.sets(st.sampled_from(PAIRS), max_size=8)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    contradictions = draw(SOME)
    scores = draw(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from((0.7, 0.8, 0.9)), max_size=12))
    joins = {names: join(score) for names, score in scores.items() if names not in contradictions}
    same = draw(st.sets(st.sampled_from(PAIRS), max_size=3))
    return World(joins, same, draw(SOME) - same, contradictions)


def names(text: str) -> set[frozenset[PersonId]]:
    return {frozenset(map(PersonId, group)) for group in text.split()}


def test_joining_is_transitive() -> None:
    world = World({pair(NODES[0], NODES[1]): join(0.9), pair(NODES[1], NODES[2]): join(0.8)}, set(), set(), set())
    assert set(world.groups()) == names("abc d e f g h")


def test_a_contradiction_keeps_the_weaker_link_apart() -> None:
    links = {pair(NODES[0], NODES[1]): join(0.9), pair(NODES[1], NODES[2]): join(0.8)}
    world = World(links, set(), set(), {pair(NODES[0], NODES[2])})
    assert set(world.groups()) == names("ab c d e f g h")
    (question,) = proposals(world.groups(), links, ())
    assert question.pair == ("b", "c")


def test_what_the_user_said_holds() -> None:
    links = {pair(NODES[0], NODES[1]): join(0.9)}
    assert set(World(links, set(), set(links), set()).groups()) == names("a b c d e f g h")
    assert set(World({}, set(links), set(), set(links)).groups()) == names("ab c d e f g h")
    assert proposals(World(links, set(), set(links), set()).groups(), links, links) == []


@given(worlds(), st.randoms())
def test_the_order_does_not_matter(world: World, random: object) -> None:
    shuffled = list(world.joins.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    nodes = list(NODES)
    random.shuffle(nodes)  # type: ignore[attr-defined]
    assert world._replace(joins=dict(shuffled)).groups(nodes) == world.groups()


@given(worlds())
def test_everybody_is_in_one_cluster_and_nobody_in_one_with_whom_they_may_not_be(world: World) -> None:
    groups = world.groups()
    assert sorted(node for group in groups for node in group) == NODES
    for group in groups:
        inside = {pair(one, other) for one, other in combinations(group, 2)}
        assert inside.isdisjoint(world.different)
        if inside.isdisjoint(world.same):
            assert inside.isdisjoint(world.contradictions)


@given(worlds())
def test_every_cluster_is_connected(world: World) -> None:
    links = {*world.joins, *world.same}

    def beside(node: PersonId) -> set[PersonId]:
        return {other for other in NODES if other != node and pair(node, other) in links}

    for group in world.groups():
        assert connected([min(group)], lambda node: beside(node) & group) == group  # noqa: B023 -- used at once


@given(worlds())
def test_one_connected_part_bears_on_no_other(world: World) -> None:
    links = {*world.joins, *world.same}
    part = connected([NODES[0]], lambda node: {other for names in links if node in names for other in names})
    there = {group for group in world.groups() if group <= part}
    assert set(world._replace(same={names for names in world.same if set(names) <= part}).groups(part)) == there


@given(worlds())
def test_no_question_is_asked_twice_or_against_a_ruling(world: World) -> None:
    groups = world.groups()
    home = {node: group for group in groups for node in group}
    questions = proposals(groups, world.joins, world.different)
    asked = [frozenset(home[person] for person in question.pair) for question in questions]
    assert len(asked) == len(set(asked))
    for one, other in asked:
        assert not any(pair(here, there) in world.different for here, there in product(one, other))
