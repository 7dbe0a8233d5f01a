"""Introductions and scouts: how far they have come, whose turn it is, and what their events say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core import introduce, scout
from kith.core.introduce import Introduction, State, says_met
from kith.core.model import Labelled, Person, PersonId
from kith.core.period import Period
from kith.core.rules import DayRules, Rules
from kith.core.scout import Scout, Slot, turns

FULL = Rules(DayRules(ZoneInfo("Europe/Lisbon")), region="PT")
SHORT, NONE = replace(FULL, details="short"), replace(FULL, details="none")
DAY = date(2026, 11, 4)  # a Wednesday
ANA = Person(PersonId("ana"), "Ana Souza", emails=(Labelled("ana@example.org"),), job_title="Baker")
BEA = Person(PersonId("bea"), "Bea Lima", phones=(Labelled("+351 912 345 678", "mobile"),))
PLANNED = Introduction(1, "key", (ANA.id, BEA.id), "Both bake", DAY)
INTRODUCED = replace(PLANNED, introduced_on=DAY)


def days(number: int) -> date:
    return DAY + timedelta(days=number)


# Introductions


@pytest.mark.parametrize(
    ("introduction", "state"),
    [
        (PLANNED, State.PLANNED),
        (INTRODUCED, State.INTRODUCED),
        (replace(INTRODUCED, met_on=days(9)), State.MET),
        (replace(PLANNED, met_on=days(9)), State.MET),
        (replace(PLANNED, dropped_on=days(9)), State.DROPPED),
        (replace(INTRODUCED, dropped_on=days(9)), State.DROPPED),
        (replace(INTRODUCED, dropped_on=days(9), met_on=days(20)), State.MET),
    ],
)
def test_how_far_it_has_come(introduction: Introduction, state: State) -> None:
    assert introduction.state is state
    asks = introduction.question("Bea Lima", Period(days=21)) is not None
    assert asks is (state is State.INTRODUCED)


def test_what_is_asked_and_from_when_on() -> None:
    question = INTRODUCED.question("Bea Lima", Period(days=21))
    assert question is not None
    assert question.text.startswith("Did they meet? Introduced to Bea Lima on 4 Nov 2026 ")
    assert (question.fits(days(20)), question.fits(days(21)), question.fits(days(400))) == (False, True, True)
    assert (INTRODUCED.other(ANA.id), INTRODUCED.other(BEA.id)) == (BEA.id, ANA.id)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("met: bea", True),
        ("Lunch\n  - Met : Béa Lima\nbye", True),
        ("met: Lima Bea", True),
        ("met: beatriz", False),
        ("met: bea souza", False),
        ("met:", False),
        ("They met: bea", False),
        ("met bea", False),
    ],
)
def test_a_line_that_says_that_they_met(text: str, *, met: bool) -> None:
    assert says_met(text, "Bea Lima") is met


def test_the_event_says_why_who_and_how_to_reach_them() -> None:
    assert introduce.title((ANA, BEA)) == "Introduce Ana Souza and Bea Lima"
    lines = introduce.text(PLANNED, (ANA, BEA), FULL).splitlines()
    assert lines[:3] == ["Why: Both bake", "", "Ana Souza: Baker"]
    assert "ana@example.org" in lines[3]
    assert lines[5] == "Bea Lima"
    assert lines[-1].startswith("—")
    assert introduce.text(PLANNED, (ANA, BEA), SHORT).count("\n") == 0
    assert introduce.text(PLANNED, (ANA, BEA), NONE) == ""
    assert introduce.text(replace(PLANNED, why=""), (ANA, BEA), FULL).startswith("Ana Souza")


# Scouts


def looked_for(number: int, added: int = 0, **more: object) -> Scout:
    return Scout(number, f"s{number}", f"Somebody {number}", days(added), **more)  # type: ignore[arg-type]


def had(number: int, day: int, *, n: int = 1, is_open: bool = False, text: str = "") -> Slot:
    return Slot(f"s{number}|{n}", days(day), text, is_open)


@pytest.mark.parametrize(
    ("scouts", "slots", "expected"),
    [
        ([], [], []),
        ([looked_for(1)], [], [("s1|1", 0)]),
        ([looked_for(1), looked_for(2, -3)], [], [("s2|1", 0)]),
        # This week has had its slot: Monday is five days ahead.
        ([looked_for(1), looked_for(2)], [had(1, 0)], [("s2|1", 5)]),
        ([looked_for(1)], [had(1, -1)], [("s1|2", 5)]),
        ([looked_for(1)], [had(1, -7), had(1, -20, n=2)], [("s1|3", 0)]),
        ([looked_for(1, -30), looked_for(2, -30)], [had(1, -20), had(2, -10)], [("s1|2", 0)]),
        # One that waits for an answer keeps the others from theirs, wherever it was moved to.
        ([looked_for(1), looked_for(2)], [had(1, 30, is_open=True)], [("s1|1", 30)]),
        # Of whoever is known by now, or dropped, only the week counts that they had.
        ([looked_for(1, met_on=DAY), looked_for(2)], [had(1, 0)], [("s2|1", 5)]),
        ([looked_for(1, dropped_on=DAY), looked_for(2)], [had(1, 0, is_open=True)], [("s2|1", 5)]),
        ([looked_for(1, dropped_on=DAY)], [], []),
    ],
)
def test_whose_turn_it_is(scouts: list[Scout], slots: list[Slot], expected: list[tuple[str, int]]) -> None:
    assert [(turn.name, (turn.not_before - DAY).days) for turn in turns(scouts, slots, DAY)] == expected


@given(st.integers(1, 5), st.integers(5, 25))
def test_everybody_gets_their_week(scouts: int, weeks: int) -> None:
    """One slot a week, and nobody waits longer than it takes all the others to have theirs."""
    everybody = [looked_for(number) for number in range(scouts)]
    slots: list[Slot] = []
    today = DAY
    for _ in range(weeks):
        (turn,) = turns(everybody, slots, today)
        slots.append(Slot(turn.name, turn.not_before))
        assert turns(everybody, slots, turn.not_before)[0].not_before > turn.not_before
        today = turn.not_before
    assert len({slot.day.isocalendar()[:2] for slot in slots}) == weeks
    assert len({slot.name for slot in slots}) == weeks
    counts = [sum(slot.subject == one.subject for slot in slots) for one in everybody]
    assert max(counts) - min(counts) <= 1


def test_the_event_says_who_could_introduce_them_and_what_was_written() -> None:
    one = looked_for(1, note="For the dinghy")
    slots = [had(1, number, n=number, text=f"Try {number}") for number in range(1, 8)]
    lines = scout.text(one, ANA, [*slots, had(1, 9, n=9, text="not yet", is_open=True)], FULL).splitlines()
    assert scout.title(one, "full") == "Meet someone new: Somebody 1"
    assert lines[:2] == ["Who could introduce you:", "Ana Souza: Baker"]
    assert lines[4] == "For the dinghy"
    assert lines[6:11] == [f"{number + 4} Nov 2026: Try {number}" for number in range(3, 8)]
    assert scout.title(one, "short") == "Meet someone new"
    assert scout.title(replace(one, text="A pianist #age:30"), "full") == "Meet someone new: A pianist"
    assert "Ana" not in scout.text(one, ANA, slots, SHORT)
    assert scout.text(one, None, [], NONE) == ""
    assert scout.text(looked_for(1), None, [], FULL).startswith("—")
