"""Events that the store does not know: whose they are, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.calendar import Entry, all_day
from fakes.household import LISBON, Household
from kith.core.event import Fields, Kind, Marker, Timed, line_digests, start_text
from kith.core.model import CardUid, EventUid, InstallId, PersonId
from kith.store.events import EventState
from kith.sync import by_hand
from kith.sync.network import load_everybody
from kith.sync.strangers import Settled, Strangers


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with ExitStack() as stack:
        house = Household(tmp_path, stack, ("Ana Souza", "Rui Carvalho"))
        house.a_pass()
        yield house


@pytest.fixture
def lost(house: Household) -> Household:
    """The store is gone, and a first pass of the new one has read the address book."""
    house.forget()
    house.wait(minutes=1)
    report = house.a_pass()
    assert [trouble.kind for trouble in report.troubles] == ["OtherInstall"]
    return house


def settle(house: Household, how: str) -> dict[str, str]:
    """What became of each event, by its title."""
    network = load_everybody(house.store, house.rules)
    strangers = Strangers(house.store, house.calendar, house.rules, network, house.now)
    settled: list[Settled] = getattr(strangers, how)()
    assert len({item.title for item in settled}) == len(settled)
    return {item.title.removeprefix("Reach out: "): item.what for item in settled}


def another_kith_writes(
    house: Household, title: str, *, subject: str = "somebody", card: str | None = None, days: int = 3, n: int = 1
) -> Entry:
    when = Timed((house.now + timedelta(days=days)).replace(minute=0), timedelta(minutes=15))
    fields = Fields(when, title, "a line\n\n— write below —")
    marker = Marker(
        install=InstallId("other"),
        epoch=1,
        kind=Kind.REACH_OUT,
        subject=subject,
        n=n,
        card=CardUid(card) if card else None,
        title=title,
        start=start_text(when),
        lines=line_digests(fields.description.splitlines()),
    )
    house.calendar.put(marker, fields, house.now)
    entry = house.calendar.get(marker.uid)
    assert entry is not None
    return entry


# Which events are strangers


def test_own_events_are_none(house: Household) -> None:
    for how in ("adopt", "purge", "take_over"):
        assert settle(house, how) == {}
    assert len(house.calendar.kiths()) == 2


def test_a_copy_is_the_user_s(lost: Household) -> None:
    copy = lost.calendar.copy(lost.event_of("Ana Souza").uid)
    settle(lost, "purge")
    assert lost.calendar.get(copy) is not None
    assert lost.calendar.kiths() == []


def test_what_has_nothing_to_do_with_kith_is_not_looked_at(lost: Household) -> None:
    own = lost.calendar.add_own("Reach out: Ana Souza", lost.now)
    for how in ("adopt", "take_over", "purge"):
        settle(lost, how)
    assert lost.calendar.get(own) is not None


def test_old_ones_that_nobody_answered_are_let_lie(house: Household) -> None:
    old = another_kith_writes(house, "Reach out: Ana Souza", days=-61)
    recent = another_kith_writes(house, "Reach out: Eva", n=2, days=-60)
    assert settle(house, "purge") == {"Eva": "removed"}
    assert house.calendar.get(old.uid) is not None
    assert house.calendar.get(recent.uid) is None


@pytest.mark.parametrize("how", ["adopt", "purge", "take_over"])
def test_what_another_kith_told_of_is_no_stranger_and_goes_when_the_user_settles(house: Household, how: str) -> None:
    fields = Fields(all_day(house.now.date()), "kith cannot reach “phone”", "It is down.", alarm=False)
    lines = line_digests(fields.description.splitlines())
    marker = Marker(
        *(InstallId("other"), 1, Kind.PROBLEM, "phone|Transient", 1),
        title=fields.title,
        start=start_text(fields.when),
        lines=lines,
    )
    house.calendar.put(marker, fields, house.now)
    assert house.a_pass().troubles == []
    assert settle(house, how) == {fields.title: "removed"}
    assert house.calendar.get(marker.uid) is None


# Whose they are


@pytest.mark.parametrize(
    ("title", "subject", "card", "found"),
    [
        pytest.param("anything", "ANA", None, "Ana Souza", id="by the person's id"),
        pytest.param("anything", "x", "rui-carvalho", "Rui Carvalho", id="by the card"),
        pytest.param("Reach out: Ana Souza", "x", "rui-carvalho", "Rui Carvalho", id="the card goes before the title"),
        pytest.param("Reach out: Ana Souza", "x", "gone", "Ana Souza", id="by the name in the title"),
        pytest.param("ring ANA SOUZA, please", "x", None, "Ana Souza", id="however it is written"),
        pytest.param("Reach out: Ana", "x", None, None, id="a part of a name is not enough"),
        pytest.param("Reach out: Ana Souza Lima", "x", None, "Ana Souza Lima", id="the longer of two names"),
        pytest.param("Reach out: Mariana Souza", "x", None, None, id="whole words only"),
        pytest.param("Ana Souza meets Rui Carvalho", "x", None, None, id="two people"),
        pytest.param("Reach out: Gil", "x", None, None, id="namesakes"),
        pytest.param("Reach out", "x", None, None, id="no name"),
    ],
)
def test_whose_it_is(house: Household, title: str, subject: str, card: str | None, found: str | None) -> None:
    house.put("Ana Souza Lima")
    house.put("Gil", uid="one")
    house.put("Gil", uid="two")
    house.a_pass()
    for name in ("Ana Souza", "Rui Carvalho", "Ana Souza Lima"):
        by_hand.skip(house.store, house.known(name), house.now)  # nobody has an open one
    if subject == "ANA":
        subject = house.known("Ana Souza").person.id
    event = another_kith_writes(house, title, subject=subject, card=card)
    settled = settle(house, "adopt")
    if found is None:
        assert list(settled.values()) == ["unknown"]
        assert house.store.events.get(event.uid) is None
    else:
        reach_out = house.reach_out_of(found)
        assert reach_out is not None
        assert house.row(event.uid).reach_outs == (reach_out.id,)


# Adopting


def test_adopting_changes_nothing_in_the_calendar(lost: Household) -> None:
    before = lost.calendar.entries()
    assert settle(lost, "adopt") == {"Ana Souza": "adopted", "Rui Carvalho": "adopted"}
    report = lost.a_pass()
    assert (report.understood, report.wrote, report.troubles) == ([], [], [])
    assert lost.calendar.entries() == before
    assert settle(lost, "adopt") == {}


def test_answers_given_meanwhile_are_read_back(lost: Household) -> None:
    ana, rui = lost.event_of("Ana Souza"), lost.event_of("Rui Carvalho")
    assert isinstance(ana.fields.when, Timed)
    lost.now = ana.fields.when.start + timedelta(minutes=5)
    lost.calendar.type_below(ana.uid, "She sings now", stamp=lost.now)
    lost.calendar.move(rui.uid, all_day(lost.now.date() + timedelta(days=9)))
    settle(lost, "adopt")
    report = lost.a_pass()
    assert {(item.what, item.person) for item in report.understood} >= {
        ("talked", "Ana Souza"),
        ("snoozed", "Rui Carvalho"),
    }
    assert [text for _, text in lost.spoken("Ana Souza")] == ["She sings now"]


def test_what_was_ticked_comes_back_however_old_it_is(lost: Household) -> None:
    ana = lost.event_of("Ana Souza")
    lost.calendar.type_below(ana.uid, "She sings now")
    lost.calendar.tick(ana.uid)
    old = another_kith_writes(lost, "Reach out: Rui Carvalho", days=-400)
    lost.calendar.tick(old.uid)
    assert settle(lost, "adopt") == {
        "✓ Reach out: Ana Souza": "adopted",
        "✓ Reach out: Rui Carvalho": "adopted",
        "Rui Carvalho": "adopted",
    }
    lost.a_pass()
    assert [text for _, text in lost.spoken("Ana Souza")] == ["She sings now"]
    assert lost.spoken("Rui Carvalho") == [("2025-09-28", "")]
    assert lost.reach_out_of("Rui Carvalho") is not None, "a conversation of last year answers nothing"


def test_purging_leaves_what_was_ticked(lost: Household) -> None:
    ana = lost.event_of("Ana Souza")
    lost.calendar.tick(ana.uid)
    assert settle(lost, "purge") == {"Rui Carvalho": "removed"}
    assert lost.calendar.get(ana.uid) is not None


def test_an_adopted_event_stays_where_it_is_though_the_spread_is_another(house: Household) -> None:
    for name in "ABCDEFGH":
        house.put(f"{name} Santos", "Family")
    house.a_pass()
    before = house.calendar.entries()
    house.forget()
    house.a_pass()
    settle(house, "adopt")
    assert house.a_pass().wrote == []
    assert house.calendar.entries() == before


def test_one_that_is_later_than_the_cadence_allows_is_moved(house: Household) -> None:
    by_hand.skip(house.store, house.known("Ana Souza"), house.now)
    house.a_pass()
    for entry in house.events_of("Ana Souza"):
        house.calendar.remove(entry.uid)
    event = another_kith_writes(house, "Reach out: Ana Souza", days=300)
    house.forget()
    house.a_pass()
    settle(house, "adopt")
    house.a_pass()
    assert house.event_of("Ana Souza").uid == event.uid
    belongs = house.known("Ana Souza").standing.anchor
    assert belongs is not None
    assert house.event_of("Ana Souza").fields.when.day_in(LISBON) <= belongs + timedelta(days=28)


# A second event about the same person


def test_a_second_one_that_nobody_touched_is_removed(house: Household) -> None:
    second = another_kith_writes(house, "Reach out:  Ana Souza", card="ana-souza")
    assert settle(house, "adopt") == {" Ana Souza": "removed"}
    assert house.calendar.get(second.uid) is None
    assert len(house.events_of("Ana Souza")) == 1


def test_a_second_one_that_holds_text_is_read_and_left(house: Household) -> None:
    second = another_kith_writes(house, "Reach out: Ana Souza", card="ana-souza", days=-1)
    house.calendar.type_below(second.uid, "She sings now")
    assert settle(house, "adopt") == {"Ana Souza": "adopted"}
    report = house.a_pass()
    assert ("talked", "Ana Souza") in [(item.what, item.person) for item in report.understood]
    assert house.spoken("Ana Souza") == [("2026-11-01", "She sings now")]
    assert house.calendar.get(second.uid) is not None
    assert house.reach_out_of("Ana Souza") is not None


def test_one_that_takes_the_place_of_an_event_that_is_gone(house: Household) -> None:
    """As after a backup was put back: the store waits for an event that was removed after it."""
    earlier = house.copy_of_the_store()
    gone = house.event_of("Ana Souza")
    by_hand.talk(house.store, [house.known("Ana Souza").person.id], house.now.date(), "Lunch", house.now)
    house.a_pass()
    later = house.event_of("Ana Souza")
    house.put_back(earlier)
    house.wait(minutes=15)
    assert house.a_pass().troubles
    before = house.store.epoch
    assert settle(house, "adopt") == {"Ana Souza": "adopted"}
    reach_out = house.reach_out_of("Ana Souza")
    assert reach_out is not None
    assert house.row(later.uid).reach_outs == (reach_out.id,)
    assert house.row(gone.uid).state is EventState.GONE
    for _ in range(2):
        house.wait(minutes=15)
        report = house.a_pass()
        assert [item for item in report.understood if item.what in ("missing", "skipped")] == []
    assert house.store.people.skips(house.known("Ana Souza").person.id) == []
    assert house.event_of("Ana Souza").uid == later.uid
    assert before > 1, "and no name is used again"


def test_a_number_that_was_adopted_is_never_given_out_again(house: Household) -> None:
    person = PersonId("somebody")
    event = another_kith_writes(house, "Reach out: Ana Souza", subject=person, card="ana-souza", n=7)
    house.calendar.add_place(event.uid, "Café Central")
    settle(house, "adopt")
    assert house.store.events.next_number(1, Kind.REACH_OUT, person) == 8


# Purging, taking over


def test_purging_removes_only_what_nobody_touched(lost: Household) -> None:
    events = {}
    for n, what in enumerate(("place", "moved", "typed", "retitled", "repeats", "untouched"), start=2):
        events[what] = another_kith_writes(lost, f"Reach out: {what}", n=n)
    lost.calendar.add_place(events["place"].uid, "Café Central")
    lost.calendar.move(events["moved"].uid, all_day(lost.now.date()))
    lost.calendar.type_below(events["typed"].uid, "Something")
    lost.calendar.retitle(events["retitled"].uid, "Lunch, at last")
    lost.calendar.repeat(events["repeats"].uid, None)
    settled = settle(lost, "purge")
    assert [title for title, what in settled.items() if what == "removed"] == [
        title for title in settled if title in ("untouched", "Ana Souza", "Rui Carvalho")
    ]
    assert {what for title, what in settled.items() if title not in ("untouched", "Ana Souza", "Rui Carvalho")} == {
        "left"
    }
    assert settle(lost, "purge") == {}, "what was left is the user's from now on"
    assert lost.a_pass().troubles == []


def test_an_edit_at_the_very_moment_wins(lost: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    look = lost.calendar.look

    def look_then_edit(known: dict[object, object], cursor: str = "") -> object:
        found = look({})
        lost.calendar.type_below(lost.event_of("Ana Souza").uid, "Wait!")
        return found

    monkeypatch.setattr(lost.calendar, "look", look_then_edit)
    assert settle(lost, "purge") == {"Ana Souza": "left", "Rui Carvalho": "removed"}
    assert "Wait!" in lost.event_of("Ana Souza").fields.description


def test_taking_over_removes_those_of_people_nobody_knows(lost: Household) -> None:
    another_kith_writes(lost, "Reach out: Nobody")
    typed = another_kith_writes(lost, "Reach out: Typed", n=2)
    lost.calendar.type_below(typed.uid, "Something")
    assert settle(lost, "take_over") == {
        "Ana Souza": "adopted",
        "Rui Carvalho": "adopted",
        "Nobody": "removed",
        "Typed": "left",
    }
    report = lost.a_pass()
    assert (report.wrote, report.troubles) == ([], [])


def test_adopting_leaves_those_of_people_nobody_knows(lost: Household) -> None:
    unknown = another_kith_writes(lost, "Reach out: Nobody")
    assert settle(lost, "adopt")["Nobody"] == "unknown"
    assert lost.calendar.get(unknown.uid) is not None
    assert [trouble.kind for trouble in lost.a_pass().troubles] == ["OtherInstall"], "and they still stop creation"


def test_an_event_whose_marker_lost_its_start_is_the_user_s_own_placing(house: Household) -> None:
    event = another_kith_writes(house, "Reach out: Rui Carvalho", days=200)
    assert event.marker is not None
    bare = replace(event.marker, start="")
    house.calendar.put(bare, event.fields, house.now)
    for entry in house.events_of("Rui Carvalho"):
        if entry.uid != EventUid(bare.uid):
            house.calendar.remove(entry.uid)
    settle(house, "adopt")
    house.a_pass()
    assert house.event_of("Rui Carvalho").fields.when == event.fields.when
