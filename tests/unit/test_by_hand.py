"""What is said on the command line, as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.household import LISBON, MONDAY, Household
from kith.core.cadence import window
from kith.core.event import AllDay, Timed
from kith.core.model import PersonId
from kith.sync import by_hand

TODAY = MONDAY.date()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    """Ana and Rui have an event each; Eva is in no circle."""
    with ExitStack() as stack:
        house = Household(tmp_path, stack, ("Ana Souza", "Rui Carvalho"))
        house.put("Eva Lima")
        house.a_pass()
        yield house


def person(house: Household, name: str) -> PersonId:
    return house.known(name).person.id


def due(house: Household, name: str) -> date | None:
    belongs = window(house.known(name).standing)
    return belongs.due if belongs else None


def day_of_event(house: Household, name: str) -> date:
    return house.event_of(name).fields.when.day_in(LISBON)


# Talking


def test_a_conversation_answers_everybody_s_open_reach_out(house: Household) -> None:
    people = [person(house, name) for name in ("Ana Souza", "Rui Carvalho", "Eva Lima")]
    by_hand.talk(house.store, people, TODAY, "Dinner", house.now, via="meet")
    for name in ("Ana Souza", "Rui Carvalho", "Eva Lima"):
        assert house.spoken(name) == [("2026-11-02", "Dinner")]
        assert house.reach_out_of(name) is None
    assert house.store.reach_outs.outcomes(people[0], 1) == ["talked"]
    assert house.store.people.conversations()[people[0]][0].via == "meet"
    assert due(house, "Ana Souza") == TODAY + timedelta(days=14)
    assert due(house, "Eva Lima") is None, "talking puts nobody into the network"


def test_one_that_is_older_than_the_reach_out_does_not_answer_it(house: Household) -> None:
    by_hand.talk(house.store, [person(house, "Ana Souza")], TODAY - timedelta(days=1), "", house.now)
    assert house.reach_out_of("Ana Souza") is not None
    assert house.spoken("Ana Souza") == [("2026-11-01", "")]


def test_older_is_by_the_day_in_the_user_s_zone(house: Household) -> None:
    """Opened on Monday at nine in Lisbon: in Honolulu that is still Sunday."""
    honolulu = house.now.astimezone(ZoneInfo("Pacific/Honolulu"))
    by_hand.talk(house.store, [person(house, "Ana Souza")], date(2026, 11, 1), "", honolulu)
    assert house.reach_out_of("Ana Souza") is None


def test_a_running_pass_notices_what_was_said(house: Household) -> None:
    """Between its plan and its writes: nothing is written about somebody who was just talked to."""
    house.wait(days=40)
    ana = person(house, "Ana Souza")
    said: list[str] = []

    def step(name: str) -> None:
        if name == "intent" and not said:
            said.append(name)
            by_hand.talk(house.store, [ana, person(house, "Rui Carvalho")], house.now.date(), "Just now", house.now)

    house.calendar.journal.clear()
    house.a_pass(step)
    assert said
    assert len(house.calendar.journal) <= 1, "the write that was already decided upon"


def test_a_named_day_is_spent_by_a_later_conversation_only(house: Household) -> None:
    ana = person(house, "Ana Souza")
    by_hand.snooze(house.store, ana, TODAY + timedelta(days=20), TODAY)
    by_hand.talk(house.store, [ana], TODAY - timedelta(days=3), "", house.now)
    assert due(house, "Ana Souza") == TODAY + timedelta(days=20)
    by_hand.talk(house.store, [ana], TODAY, "", house.now)
    assert due(house, "Ana Souza") == TODAY + timedelta(days=14)


# Snoozing


def test_snoozing_moves_the_event_at_the_next_pass(house: Household) -> None:
    until = TODAY + timedelta(days=22)  # a Tuesday
    by_hand.snooze(house.store, person(house, "Ana Souza"), until, TODAY)
    report = house.a_pass()
    assert [(write.what, write.person) for write in report.wrote] == [("moved", "Ana Souza")]
    assert day_of_event(house, "Ana Souza") == until
    assert house.a_pass().wrote == []


def test_snoozing_one_that_the_user_moved_moves_it_too(house: Household) -> None:
    event = house.event_of("Ana Souza")
    house.calendar.move(event.uid, AllDay(TODAY + timedelta(days=3)))
    house.a_pass()
    by_hand.snooze(house.store, person(house, "Ana Souza"), TODAY + timedelta(days=9), TODAY)
    house.a_pass()
    assert day_of_event(house, "Ana Souza") == TODAY + timedelta(days=9)


def test_snoozing_somebody_outside_the_network_brings_them_up_once(house: Household) -> None:
    until = TODAY + timedelta(days=2)
    by_hand.snooze(house.store, person(house, "Eva Lima"), until, TODAY)
    house.a_pass()
    assert day_of_event(house, "Eva Lima") == until
    by_hand.talk(house.store, [person(house, "Eva Lima")], TODAY, "", house.now)
    house.a_pass()
    assert house.events_of("Eva Lima") == []
    assert not house.known("Eva Lima").in_network


# Skipping


def test_a_skip_counts_from_the_day_of_the_event(house: Household) -> None:
    planned = day_of_event(house, "Ana Souza")
    assert by_hand.skip(house.store, house.known("Ana Souza"), house.now) == planned
    assert house.store.people.skips(person(house, "Ana Souza")) == [(planned, "by hand")]
    assert house.reach_out_of("Ana Souza") is None
    assert due(house, "Ana Souza") == planned + timedelta(days=14)
    house.a_pass()
    assert day_of_event(house, "Ana Souza") >= planned + timedelta(days=14)


def test_a_skip_of_one_that_is_over_counts_from_today(house: Household) -> None:
    planned = day_of_event(house, "Ana Souza")
    house.now = datetime.combine(planned + timedelta(days=3), house.now.time(), LISBON)
    assert by_hand.skip(house.store, house.known("Ana Souza"), house.now) == planned + timedelta(days=3)


def test_a_skip_without_an_event_counts_from_when_they_are_due(house: Household) -> None:
    by_hand.talk(house.store, [person(house, "Ana Souza")], TODAY, "", house.now)
    assert by_hand.skip(house.store, house.known("Ana Souza"), house.now) == TODAY + timedelta(days=14)
    assert due(house, "Ana Souza") == TODAY + timedelta(days=28)


def test_a_skip_of_somebody_outside_the_network_counts_from_today(house: Household) -> None:
    assert by_hand.skip(house.store, house.known("Eva Lima"), house.now) == TODAY


def test_a_skip_takes_a_named_day_away(house: Household) -> None:
    by_hand.snooze(house.store, person(house, "Eva Lima"), TODAY + timedelta(days=2), TODAY)
    by_hand.skip(house.store, house.known("Eva Lima"), house.now)
    assert not house.known("Eva Lima").in_network


def test_a_skip_is_no_contact(house: Household) -> None:
    by_hand.skip(house.store, house.known("Ana Souza"), house.now)
    assert house.spoken("Ana Souza") == []
    assert house.known("Ana Souza").last.conversation is None


# Pausing


@pytest.mark.parametrize(
    ("until", "on", "is_paused"),
    [
        (None, TODAY + timedelta(days=4000), True),
        (TODAY + timedelta(days=5), TODAY + timedelta(days=4), True),
        (TODAY + timedelta(days=5), TODAY + timedelta(days=5), False),
    ],
)
def test_a_pause_lasts_up_to_the_day_named(house: Household, until: date | None, on: date, is_paused: bool) -> None:
    by_hand.pause(house.store, person(house, "Ana Souza"), until)
    assert house.known("Ana Souza").row.is_paused(on) is is_paused


def test_a_pause_withdraws_the_event_and_its_end_plans_a_new_one(house: Household) -> None:
    by_hand.pause(house.store, person(house, "Ana Souza"), None)
    assert [write.what for write in house.a_pass().wrote] == ["removed"]
    assert house.events_of("Ana Souza") == []
    by_hand.unpause(house.store, person(house, "Ana Souza"))
    assert [write.what for write in house.a_pass().wrote] == ["created"]


def test_a_shorter_pause_takes_the_place_of_a_longer_one(house: Household) -> None:
    ana = person(house, "Ana Souza")
    by_hand.pause(house.store, ana, None)
    by_hand.pause(house.store, ana, TODAY + timedelta(days=2))
    assert not house.known("Ana Souza").row.is_paused(TODAY + timedelta(days=2))


# Adding


def test_somebody_added_has_what_was_typed(house: Household) -> None:
    by_hand.add(
        house.store,
        PersonId("new"),
        "Zé Novo",
        house.now,
        emails=["ze@example.org"],
        phones=["+351900000000"],
        met="at the market",
        circle="inner",
        next_on=TODAY + timedelta(days=3),
    )
    known = house.known("Zé Novo")
    assert [mail.value for mail in known.person.emails] == ["ze@example.org"]
    assert [phone.value for phone in known.person.phones] == ["+351900000000"]
    assert house.store.people.facts()[PersonId("new")] == ["Met: at the market"]
    assert (known.membership.circle, known.membership.source) == ("inner", "hand")
    house.a_pass()
    event = house.event_of("Zé Novo")
    assert isinstance(event.fields.when, Timed)
    assert event.fields.when.day_in(LISBON) == TODAY + timedelta(days=3)
    assert "Met: at the market" in event.fields.description


@pytest.mark.parametrize(("circle", "in_network"), [("inner", True), ("a circle that is gone", False), (None, False)])
def test_only_a_circle_or_a_day_puts_somebody_into_the_network(
    house: Household, circle: str | None, in_network: bool
) -> None:
    by_hand.add(house.store, PersonId("new"), "Zé Novo", house.now, circle=circle)
    assert house.known("Zé Novo").in_network is in_network
    house.a_pass()
    assert len(house.events_of("Zé Novo")) == in_network


@pytest.mark.parametrize("what", ["talk", "snooze", "skip", "pause", "unpause"])
def test_each_of_these_is_seen_by_a_pass_that_is_running(house: Household, what: str) -> None:
    ana = person(house, "Ana Souza")
    before = house.store.people.revision(ana)
    match what:
        case "talk":
            by_hand.talk(house.store, [ana], TODAY, "", house.now)
        case "snooze":
            by_hand.snooze(house.store, ana, TODAY + timedelta(days=3), TODAY)
        case "skip":
            by_hand.skip(house.store, house.known("Ana Souza"), house.now)
        case "pause":
            by_hand.pause(house.store, ana, None)
        case "unpause":
            by_hand.unpause(house.store, ana)
    assert house.store.people.revision(ana) > before
