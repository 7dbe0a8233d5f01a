"""Open events that vanished: what the user's word makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.calendar import Entry
from fakes.household import Household
from kith.errors import Denied
from kith.store.events import EventState
from kith.sync import vanished

NAMES = ("Ana Souza", "Rui Carvalho", "Eva Lima", "Gil Antunes", "Zoé Faro")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with ExitStack() as stack:
        house = Household(tmp_path, stack, NAMES)
        house.a_pass()
        assert len(house.calendar.kiths()) == len(NAMES)
        yield house


@pytest.fixture
def emptied(house: Household) -> Household:
    """All of them vanished at once, and a pass has stopped at that."""
    house.calendar.wipe()
    house.wait(minutes=15)
    assert [trouble.kind for trouble in house.a_pass().troubles] == ["CalendarVanished"]
    return house


def halted(house: Household) -> str | None:
    state = house.store.calendars.get(house.calendar.account, house.calendar.name)
    assert state is not None
    return state.halted


def test_accepted_they_are_skipped_rounds_at_the_next_pass(emptied: Household) -> None:
    assert halted(emptied) == "emptied"
    gone = vanished.accept(emptied.store, emptied.calendar, emptied.now)
    assert len(gone) == len(NAMES)
    assert halted(emptied) is None
    assert emptied.store.people.skips(emptied.known("Ana Souza").person.id) == [], "not before a pass says so"
    report = emptied.a_pass()
    assert sorted(item.person for item in report.understood if item.what == "skipped") == sorted(NAMES)
    assert report.troubles == []
    assert all(write.what == "created" for write in report.wrote)


def test_recreated_they_are_planned_anew_and_nothing_is_concluded(emptied: Household) -> None:
    names = {row.uid for row in emptied.store.events.live()}
    gone = vanished.recreate(emptied.store, emptied.calendar, emptied.now)
    assert {row.uid for row in gone} == names
    assert emptied.store.events.live() == []
    assert halted(emptied) is None
    report = emptied.a_pass()
    assert sorted(write.person for write in report.wrote) == sorted(NAMES)
    assert report.understood == []
    assert emptied.store.people.skips(emptied.known("Ana Souza").person.id) == []
    assert names.isdisjoint(entry.uid for entry in emptied.calendar.kiths()), "under new names"


def test_what_was_recreated_and_comes_back_is_left_alone(emptied: Household) -> None:
    vanished.recreate(emptied.store, emptied.calendar, emptied.now)
    emptied.a_pass()
    emptied.calendar.bring_back()
    emptied.wait(minutes=15)
    before = emptied.calendar.entries()
    report = emptied.a_pass()
    assert (report.understood, report.wrote, report.troubles) == ([], [], [])
    assert emptied.calendar.entries() == before


@pytest.mark.parametrize("decide", ["accept", "recreate"])
def test_it_is_about_those_that_are_gone_only(house: Household, decide: str) -> None:
    kept, gone = house.event_of("Ana Souza"), house.event_of("Rui Carvalho")
    house.calendar.remove(gone.uid)
    assert _decide(house, decide) == 1
    assert house.row(kept.uid).state is EventState.OPEN
    house.a_pass()
    assert house.event_of("Ana Souza") == kept


@pytest.mark.parametrize("decide", ["accept", "recreate"])
def test_where_nothing_is_gone_nothing_changes(house: Household, decide: str) -> None:
    before = house.calendar.entries()
    assert _decide(house, decide) == 0
    report = house.a_pass()
    assert (report.understood, report.wrote, report.troubles) == ([], [], [])
    assert house.calendar.entries() == before


@pytest.mark.parametrize("decide", ["accept", "recreate"])
def test_closed_events_are_not_asked_about(house: Household, decide: str) -> None:
    closed = house.event_of("Ana Souza")
    house.calendar.tick(closed.uid)
    house.a_pass()
    house.calendar.remove(closed.uid)
    assert _decide(house, decide) == 0
    assert [text for _, text in house.spoken("Ana Souza")] == [""]


@pytest.mark.parametrize("decide", ["accept", "recreate"])
def test_another_calendar_in_the_old_one_s_place_is_taken_for_the_right_one_then(house: Household, decide: str) -> None:
    house.calendar.remove(house.event_of("Ana Souza").uid)
    house.calendar.become_another()
    assert house.a_pass().troubles, "one event that is gone from another calendar is reason enough to ask"
    assert halted(house) == "changed"
    assert _decide(house, decide) == 1
    assert house.a_pass().troubles == []
    house.wait(minutes=15)
    assert house.a_pass().troubles == []


@pytest.mark.parametrize("decide", ["accept", "recreate"])
def test_a_calendar_that_cannot_be_looked_at_decides_nothing(house: Household, decide: str) -> None:
    house.calendar.reachable = False
    with pytest.raises(Denied):
        _decide(house, decide)
    house.calendar.reachable = True
    assert house.a_pass().wrote == []


def test_typed_text_of_a_recreated_event_is_kept(house: Household) -> None:
    events: list[Entry] = [house.event_of(name) for name in NAMES]
    house.calendar.type_below(events[0].uid, "Ask about the boat")
    house.a_pass()
    house.calendar.wipe()
    house.a_pass()
    vanished.recreate(house.store, house.calendar, house.now)
    assert house.store.people.typed_texts(events[0].uid) == ["Ask about the boat"]


def _decide(house: Household, decide: str) -> int:
    word = {"accept": vanished.accept, "recreate": vanished.recreate}[decide]
    return len(word(house.store, house.calendar, house.now))
