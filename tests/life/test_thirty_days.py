"""Thirty days with 130 people, on a real Radicale: nobody is forgotten, nothing is lost, and no day is too full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest

from kith.core.cadence import window
from kith.sync.network import load_network
from life.simulated import FIRST_DAY, PER_DAY, RULES, Life, a_life

DAYS = 30


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with a_life(tmp_path_factory.mktemp("life"), seed=1) as life:
        for _ in range(DAYS):
            life.a_day()
        yield life


def test_a_good_deal_happened(life: Life) -> None:
    assert sum(life.diary.did.values()) > 60
    assert {"tick", "tick and type", "type", "try", "move", "ignore", "note"} <= life.diary.did.keys()


def test_every_conversation_is_known_by_its_day(life: Life) -> None:
    people = life.store.people
    talks = {people.name(who): sorted(said.day for said in spoken) for who, spoken in people.conversations().items()}
    assert talks == life.diary.talked


def test_all_that_was_said_is_in_the_conversations(life: Life) -> None:
    people = life.store.people
    texts = {people.name(who): "\n".join(one.text for one in spoken) for who, spoken in people.conversations().items()}
    missing = [(name, text) for name, said in life.diary.said.items() for text in said if text not in texts[name]]
    assert missing == []


def test_all_that_was_noted_is_kept(life: Life) -> None:
    kept = "\n".join(row["text"] for row in life.store.database.all("SELECT text FROM typed_texts"))
    assert [text for noted in life.diary.noted.values() for text in noted if text not in kept] == []


def test_no_day_is_too_full(life: Life) -> None:
    assert max(life.diary.places.values()) == PER_DAY
    assert all(day.weekday() < 5 for _, day in life.diary.places)


def test_nobody_is_there_twice(life: Life) -> None:
    assert life.diary.doubles == []


def test_nobody_is_forgotten(life: Life) -> None:
    """Whoever should have come up by now has, or has an event that waits."""
    network = load_network(life.store, RULES)
    waiting = life.store.events.waiting()
    late = [
        known.person.name
        for known in network.members()
        if (belongs := window(known.standing)) is not None
        and belongs.at_worst < life.today
        and known.person.id not in waiting
    ]
    assert len(network.members()) == 130
    assert late == []


def test_in_the_end_there_is_nothing_more_to_do(life: Life) -> None:
    life.a_pass(time(23))
    assert life.a_pass(time(23, 30)).quiet


def test_it_began_at_the_beginning(life: Life) -> None:
    assert life.today == FIRST_DAY + timedelta(days=DAYS)
    assert min(day for days in life.diary.prompted.values() for day in days) >= date(2026, 1, 5)
