"""Thin parts of life let people come up sooner, by a little, where the user wants that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.household import Household
from kith.core.facets import FacetKey
from kith.core.rules import ReportRules
from kith.sync import by_hand
from kith.sync.network import Network, load_everybody, load_network

PLAIN = ("Ana", "Bea", "Carla", "Duarte", "Eva")
ARTISTS = ("Filipe", "Gil")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with ExitStack() as stores:
        house = Household(tmp_path, stores, PLAIN)
        for name in ARTISTS:
            house.put(name, "Family", "Area:arts", "city:Porto")
        house.a_pass()
        for name in PLAIN:
            by_hand.talk(house.store, [house.known(name).person.id], house.now.date(), "", house.now)
        yield house


def network(house: Household, lift: float, target: float = 0.25) -> Network:
    rules = replace(house.rules, report=ReportRules(lift=lift, targets={FacetKey("area:arts"): target}))
    assert load_network(house.store, rules).report == load_everybody(house.store, rules).report == rules.report
    return load_network(house.store, rules)


def lifted(house: Household, lift: float, target: float = 0.25) -> dict[str, tuple[float, str]]:
    wanted = network(house, lift, target).wanted(house.now.date()).values()
    return {
        known.person.name: (known.standing.weight, known.standing.lifted_for)
        for known in wanted
        if known.standing.weight != 1 or known.standing.lifted_for
    }


def test_it_is_off_unless_it_is_wanted(house: Household) -> None:
    assert lifted(house, 1) == {}


def test_whoever_has_a_thin_part_counts_more(house: Household) -> None:
    assert lifted(house, 1.5) == dict.fromkeys(ARTISTS, (1.5, "Area:arts"))


def test_it_ends_when_the_part_is_not_thin_any_more(house: Household) -> None:
    house.now = house.now.replace(day=5)
    people = [house.known(name).person.id for name in ARTISTS]
    by_hand.talk(house.store, people, house.now.date(), "", house.now)
    assert lifted(house, 2) == {}
    assert set(lifted(house, 2, target=0.5)) == set(ARTISTS)


def test_what_is_long_ago_counts_for_nothing(house: Household) -> None:
    house.wait(days=400)
    assert lifted(house, 2) == {}, "nobody was talked to within a year: nothing is thin"


def test_no_event_that_stands_moves_for_it(house: Household) -> None:
    house.wait(days=1)
    house.a_pass()
    before = {entry.uid: entry.fields for entry in house.calendar.kiths()}
    house.rules = replace(house.rules, report=ReportRules(lift=2.0, targets={FacetKey("area:arts"): 0.9}))
    report = house.a_pass()
    assert report.wrote == []
    assert {entry.uid: entry.fields for entry in house.calendar.kiths()} == before
    assert not any("rts" in f"{fields.title}{fields.description}" for fields in before.values())
