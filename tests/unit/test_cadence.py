"""When people are due, how overdue they are, newcomers' first days, and the budget's arithmetic."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.cadence import Budget, Standing, Window, budget, spread_anchors, urgency, window
from kith.core.model import Cadence, PersonId
from kith.core.period import Period
from kith.core.rules import DayRules

ANA = PersonId("ana")
TODAY = date(2026, 10, 7)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
EVERY = st.one_of(
    st.builds(Period, days=st.integers(1, 400)),
    st.builds(Period, months=st.integers(1, 24)),
    st.builds(Period, months=st.integers(1, 3), days=st.integers(1, 20)),
)
CADENCES = EVERY.map(Cadence.of)


def day(text: str) -> date:
    return date.fromisoformat(text)


def cadence(every: str, at_worst: str | None = None) -> Cadence:
    return Cadence.of(Period.parse(every), Period.parse(at_worst) if at_worst else None)


def standing(
    every: str | None = "2w",
    *,
    talked: str = "",
    skipped: str = "",
    anchor: str = "",
    next_on: str = "",
    weight: float = 1.0,
) -> Standing:
    return Standing(
        ANA,
        cadence(every) if every else None,
        weight,
        last_conversation=day(talked) if talked else None,
        last_skip=day(skipped) if skipped else None,
        anchor=day(anchor) if anchor else None,
        next_on=day(next_on) if next_on else None,
    )


# at_worst


@pytest.mark.parametrize(
    ("every", "at_worst"), [("2w", "3w"), ("10d", "15d"), ("1m", "1m15d"), ("3m", "4m15d"), ("1y", "18m"), ("1d", "2d")]
)
def test_at_worst_is_half_as_long_again_where_nothing_is_said(every: str, at_worst: str) -> None:
    assert cadence(every) == cadence(every, at_worst)


# Windows


@pytest.mark.parametrize(
    ("who", "due", "at_worst"),
    [
        pytest.param(standing(talked="2026-10-01"), "2026-10-15", "2026-10-22", id="from the last conversation"),
        pytest.param(standing(skipped="2026-10-01"), "2026-10-15", "2026-10-22", id="from the last skip"),
        pytest.param(standing(anchor="2026-10-01"), "2026-10-15", "2026-10-22", id="from the anchor"),
        pytest.param(
            standing(talked="2026-10-05", skipped="2026-09-01", anchor="2026-08-01"),
            *("2026-10-19", "2026-10-26"),
            id="the latest counts: conversation",
        ),
        pytest.param(
            standing(talked="2026-08-05", skipped="2026-10-01", anchor="2026-08-01"),
            *("2026-10-15", "2026-10-22"),
            id="the latest counts: skip",
        ),
        pytest.param(
            standing(talked="2025-08-05", skipped="2025-10-01", anchor="2026-10-02"),
            *("2026-10-16", "2026-10-23"),
            id="the latest counts: anchor",
        ),
        pytest.param(standing("1m", talked="2026-01-31"), "2026-02-28", "2026-03-15", id="month end"),
        pytest.param(standing("1m", talked="2028-01-31"), "2028-02-29", "2028-03-15", id="month end in a leap year"),
        pytest.param(standing("1y", talked="2028-02-29"), "2029-02-28", "2029-08-29", id="a year from 29 February"),
        pytest.param(standing("3m", talked="2026-11-30"), "2027-02-28", "2027-04-14", id="a quarter from a month end"),
        pytest.param(standing("2w", talked="2026-10-18"), "2026-11-01", "2026-11-08", id="over the end of summer time"),
        pytest.param(standing("2w", talked="2024-01-01"), "2024-01-15", "2024-01-22", id="long past"),
        pytest.param(
            standing(talked="2026-10-01", next_on="2026-12-01"), "2026-12-01", "2026-12-08", id="a day that was named"
        ),
        pytest.param(
            standing("1m", talked="2026-10-01", next_on="2026-01-31"),
            *("2026-01-31", "2026-02-15"),
            id="a named day keeps the cadence's room after it",
        ),
        pytest.param(
            standing(talked="2026-10-01", next_on="2026-09-01"),
            "2026-09-01",
            "2026-09-08",
            id="a named day long past",
        ),
        pytest.param(
            standing(None, next_on="2026-12-01"), "2026-12-01", "2026-12-08", id="a named day without a cadence"
        ),
        pytest.param(standing(next_on="2026-12-01"), "2026-12-01", "2026-12-08", id="a named day and nothing else"),
    ],
)
def test_a_window_opens_when_due_and_closes_at_worst(who: Standing, due: str, at_worst: str) -> None:
    assert window(who) == Window(day(due), day(at_worst))


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(standing(None, talked="2026-10-01"), id="no cadence"),
        pytest.param(standing(None), id="nothing at all"),
        pytest.param(standing(), id="a cadence and no day to count from"),
    ],
)
def test_nobody_is_due_without_a_cadence_and_a_day(who: Standing) -> None:
    assert window(who) is None


@given(CADENCES, DAYS, DAYS, DAYS)
def test_a_window_never_closes_before_it_opens(rhythm: Cadence, talked: date, skipped: date, next_on: date) -> None:
    for who in (
        Standing(ANA, rhythm, last_conversation=talked, last_skip=skipped),
        Standing(ANA, rhythm, next_on=next_on),
    ):
        belongs = window(who)
        assert belongs is not None
        assert belongs.due < belongs.at_worst


@given(CADENCES, DAYS, DAYS)
def test_a_skip_never_brings_the_next_round_forward(rhythm: Cadence, talked: date, skipped: date) -> None:
    without = window(Standing(ANA, rhythm, last_conversation=talked))
    with_skip = window(Standing(ANA, rhythm, last_conversation=talked, last_skip=skipped))

    assert without is not None
    assert with_skip is not None
    assert with_skip.due >= without.due


# Urgency


@pytest.mark.parametrize(
    ("who", "share"),
    [
        pytest.param(standing("10d", talked="2026-09-27"), 1.0, id="a whole cadence of silence"),
        pytest.param(standing("10d", talked="2026-10-02"), 0.5, id="half a cadence"),
        pytest.param(standing("10d", talked="2026-09-07"), 3.0, id="three cadences"),
        pytest.param(standing("10d", talked="2026-10-07"), 0.0, id="talked today"),
        pytest.param(standing("10d", talked="2026-09-27", weight=2), 2.0, id="a circle that weighs double"),
        pytest.param(
            standing("10d", talked="2026-09-07", skipped="2026-10-06"), 3.0, id="skips do not count as contact"
        ),
        pytest.param(standing("10d", anchor="2026-09-27"), 1.0, id="a new person counts from the anchor"),
        pytest.param(
            standing("10d", talked="2026-10-02", anchor="2026-09-07"), 0.5, id="a conversation before the anchor"
        ),
        pytest.param(standing("10d", skipped="2026-10-02"), 0.5, id="a skip where there is nothing else"),
        pytest.param(standing("10d", next_on="2026-10-07"), 0.0, id="nothing to count from"),
        pytest.param(standing(None, anchor="2026-09-30", next_on="2026-10-07"), 1.0, id="without a cadence, a week"),
    ],
)
def test_urgency_is_the_silence_as_a_share_of_the_cadence(who: Standing, share: float) -> None:
    assert urgency(who, TODAY) == pytest.approx(share)


@given(CADENCES, DAYS, st.integers(0, 2000))
def test_urgency_grows_with_every_day(rhythm: Cadence, talked: date, days: int) -> None:
    who = Standing(ANA, rhythm, last_conversation=talked)

    assert urgency(who, talked + timedelta(days=days)) < urgency(who, talked + timedelta(days=days + 1))


# Newcomers

NEWCOMERS = st.dictionaries(st.text(min_size=1, max_size=8).map(PersonId), CADENCES, max_size=60)


def due_days(newcomers: dict[PersonId, Cadence], today: date) -> dict[PersonId, date]:
    anchors = spread_anchors(newcomers.items(), today)
    return {person: newcomers[person].every.after(anchor) for person, anchor in anchors}


@given(NEWCOMERS, DAYS)
def test_every_newcomer_is_due_within_the_first_cadence(newcomers: dict[PersonId, Cadence], today: date) -> None:
    due = due_days(newcomers, today)

    assert due.keys() == newcomers.keys()
    for person, rhythm in newcomers.items():
        assert today <= due[person] <= rhythm.every.after(today)


@given(st.integers(1, 300), st.integers(1, 200), DAYS)
def test_newcomers_are_not_dumped_on_one_day(people: int, every: int, today: date) -> None:
    due = due_days({PersonId(f"p{n}"): Cadence.of(Period(days=every)) for n in range(people)}, today)

    assert max(Counter(due.values()).values()) <= ceil(people / every)


@given(st.integers(1, 120), st.integers(1, 12), DAYS)
def test_month_ends_pile_up_a_few_days_at_most(people: int, months: int, today: date) -> None:
    """Days that no month before leads to (29 to 31 March, seen from February) fall to the day beside them."""
    rhythm = Cadence.of(Period(months=months))
    due = due_days({PersonId(f"p{n}"): rhythm for n in range(people)}, today)

    a_day = ceil(people / (rhythm.every.after(today) - today).days)
    assert max(Counter(due.values()).values()) <= 4 * a_day


@given(NEWCOMERS, DAYS, st.randoms(use_true_random=False))
def test_the_same_people_get_the_same_days_in_whatever_order(
    newcomers: dict[PersonId, Cadence], today: date, shuffle: random.Random
) -> None:
    entries = list(newcomers.items())
    first = spread_anchors(entries, today)
    shuffle.shuffle(entries)

    assert spread_anchors(entries, today) == first


def test_people_of_several_cadences_are_spread_among_their_own() -> None:
    newcomers = {PersonId(f"a{n}"): cadence("2w") for n in range(14)} | {
        PersonId(f"b{n}"): cadence("6w") for n in range(42)
    }
    due = due_days(newcomers, TODAY)

    for letter, length in (("a", 14), ("b", 42)):
        mine = [(on - TODAY).days for person, on in due.items() if person.startswith(letter)]
        assert sorted(mine) == list(range(length))


def test_single_newcomers_do_not_all_fall_on_the_same_day() -> None:
    """One import after another, each of one person: the shift comes from the person's id."""
    single = [due_days({PersonId(f"p{n}"): cadence("6w")}, TODAY)[PersonId(f"p{n}")] for n in range(42)]

    assert len(set(single)) > 20


def test_nobody_new_is_nothing_to_spread() -> None:
    assert spread_anchors([], TODAY) == ()


# Budget

WEEKDAYS = DayRules(zone=ZoneInfo("Europe/Lisbon"))


@pytest.mark.parametrize(
    ("people", "wanted", "needed", "fits", "comfortably"),
    [
        pytest.param([], 0.0, 0.0, True, True, id="nobody"),
        pytest.param(["1w"] * 15, 15.0, 15 * 7 / 11, True, True, id="exactly what the days hold"),
        pytest.param(["1w"] * 16, 16.0, 16 * 7 / 11, True, False, id="tight, but nobody beyond at_worst"),
        pytest.param(["1w"] * 24, 24.0, 24 * 7 / 11, False, False, id="too many"),
        pytest.param(["2w"] * 30, 15.0, 10.0, True, True, id="thirty every two weeks"),
        pytest.param(["1y"] * 100, 100 * 7 / 365.2425, 100 * 7 / 365.2425 / 1.5, True, True, id="once a year"),
    ],
)
def test_the_budget_adds_up_a_week(
    people: list[str], wanted: float, needed: float, *, fits: bool, comfortably: bool
) -> None:
    sums = budget([cadence(every) for every in people], WEEKDAYS)

    assert sums.people == len(people)
    assert sums.wanted == pytest.approx(wanted)
    assert sums.needed_at_worst == pytest.approx(needed)
    assert sums.holds == 15
    assert (sums.fits, sums.fits_comfortably) == (fits, comfortably)


def test_the_budget_is_said_with_its_arithmetic() -> None:
    few_days = DayRules(zone=ZoneInfo("Europe/Lisbon"), per_day=2, weekdays=frozenset({5, 6}))

    assert Budget(130, 21.4, 14.26, 15).in_words(WEEKDAYS) == (
        "130 people ask for 21.4 reach-outs a week (at worst 14.3); 3 a day on 5 days hold 15"
    )
    assert budget([cadence("1w")] * 3, few_days).in_words(few_days) == (
        "3 people ask for 3.0 reach-outs a week (at worst 1.9); 2 a day on 2 days hold 4"
    )
