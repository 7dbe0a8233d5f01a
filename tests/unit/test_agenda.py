"""Who comes up when, and why, as ``kith due`` says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kith.core.agenda import Beside, Item, Waiting, agenda
from kith.core.cadence import Standing
from kith.core.event import Kind
from kith.core.model import Cadence, PersonId
from kith.core.period import Period

TODAY = date(2026, 11, 27)
FORTNIGHT = Cadence(Period(days=14), Period(days=28))
ANA, RUI, EVA = PersonId("ana"), PersonId("rui"), PersonId("eva")


def standing(
    person: PersonId = ANA,
    *,
    talked: date | None = None,
    skipped: date | None = None,
    anchor: date | None = None,
    next_on: date | None = None,
    cadence: Cadence | None = FORTNIGHT,
) -> Standing:
    return Standing(person, cadence, last_conversation=talked, last_skip=skipped, anchor=anchor, next_on=next_on)


def at(day: date, hour: int = 17) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)


def one(standing: Standing, waiting: Waiting | None = None, *, days: int = 60) -> Item:
    there = {standing.person: waiting} if waiting else {}
    (item,) = agenda([standing], there, TODAY, TODAY + timedelta(days=days))
    return item


@pytest.mark.parametrize(
    ("waiting", "state"),
    [
        pytest.param(Waiting(TODAY, at(TODAY)), "planned", id="later today"),
        pytest.param(Waiting(TODAY, at(TODAY), started=True), "waiting", id="today, and it has begun"),
        pytest.param(Waiting(TODAY - timedelta(days=1), None), "waiting", id="all day yesterday"),
        pytest.param(Waiting(TODAY + timedelta(days=3), None), "planned", id="all day, ahead"),
        pytest.param(None, "due", id="no event yet"),
    ],
)
def test_how_somebody_stands(waiting: Waiting | None, state: str) -> None:
    assert one(standing(talked=date(2026, 11, 20)), waiting).state == state


def test_without_an_event_the_day_is_when_they_are_due() -> None:
    item = one(standing(talked=date(2026, 11, 20)))
    assert (item.day, item.start) == (date(2026, 12, 4), None)


def test_with_an_event_the_day_is_the_event_s() -> None:
    item = one(standing(talked=date(2026, 11, 20)), Waiting(date(2026, 12, 8), at(date(2026, 12, 8))))
    assert (item.day, item.start) == (date(2026, 12, 8), at(date(2026, 12, 8)))


@pytest.mark.parametrize(
    ("somebody", "waiting", "why"),
    [
        (standing(anchor=TODAY), None, "new in your network"),
        (standing(talked=date(2026, 11, 20)), None, "last talked 20 Nov 2026"),
        (
            standing(talked=date(2026, 10, 1), skipped=date(2026, 11, 20)),
            None,
            "last talked 1 Oct 2026, skipped 20 Nov 2026",
        ),
        pytest.param(
            standing(talked=date(2026, 11, 20), skipped=date(2026, 10, 1)),
            None,
            "last talked 20 Nov 2026",
            id="a skip before the last conversation is over",
        ),
        (standing(anchor=TODAY, skipped=date(2026, 11, 20)), None, "new in your network, skipped 20 Nov 2026"),
        (standing(talked=date(2026, 11, 20), next_on=TODAY), None, "you named the day, last talked 20 Nov 2026"),
        (standing(next_on=TODAY, cadence=None), None, "you named the day"),
        (
            standing(talked=date(2026, 11, 20)),
            Waiting(TODAY, at(TODAY), moved_by_user=True),
            "you moved it there, last talked 20 Nov 2026",
        ),
        (standing(anchor=TODAY), Waiting(TODAY, at(TODAY), retries=2), "new in your network, came up 3 times"),
        (
            replace(standing(talked=date(2026, 10, 1)), last_attempt=date(2026, 10, 3)),
            None,
            "last talked 1 Oct 2026, tried 3 Oct 2026",
        ),
        pytest.param(
            replace(standing(talked=date(2026, 11, 20)), last_attempt=date(2026, 10, 3)),
            None,
            "last talked 20 Nov 2026",
            id="an attempt before the last conversation is over",
        ),
        (
            replace(standing(talked=date(2026, 11, 20)), lifted_for="area:arts"),
            None,
            "last talked 20 Nov 2026, area:arts is thin",
        ),
    ],
)
def test_why(somebody: Standing, waiting: Waiting | None, why: str) -> None:
    assert one(somebody, waiting).why == why


def test_those_who_come_later_are_left_out() -> None:
    standings = [
        standing(ANA, talked=date(2026, 11, 20)),
        standing(RUI, talked=date(2026, 11, 21)),
        standing(EVA, cadence=None),
    ]
    items = agenda(standings, {}, TODAY, date(2026, 12, 4))
    assert [item.person for item in items] == [ANA]


def test_the_order_is_by_day_then_by_hour_and_those_without_one_last() -> None:
    day = TODAY + timedelta(days=1)
    standings = [standing(person, anchor=TODAY - timedelta(days=13)) for person in (ANA, RUI, EVA)]
    waiting = {EVA: Waiting(day, at(day, 9)), RUI: Waiting(day, at(day, 8))}
    assert [item.person for item in agenda(standings, waiting, TODAY, TODAY + timedelta(days=7))] == [RUI, EVA, ANA]
    before = {ANA: Waiting(TODAY - timedelta(days=9), None)} | waiting
    assert [item.person for item in agenda(standings, before, TODAY, day)] == [ANA, RUI, EVA]


def test_the_order_of_hours_is_that_of_instants() -> None:
    day = TODAY + timedelta(days=1)
    tokyo = datetime(2026, 11, 28, 18, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # 09:00 in UTC
    standings = [standing(ANA, anchor=TODAY), standing(RUI, anchor=TODAY)]
    waiting = {ANA: Waiting(day, tokyo), RUI: Waiting(day, at(day, 10))}
    assert [item.person for item in agenda(standings, waiting, TODAY, day)] == [ANA, RUI]


def test_overdue_counts_from_the_last_conversation() -> None:
    assert one(standing(talked=TODAY - timedelta(days=28), skipped=TODAY)).overdue == 2.0


def test_other_events_stand_among_the_people_by_their_hours() -> None:
    day = TODAY + timedelta(days=1)
    greeting = Beside(Kind.DATE, "a birthday", "Birthday: Eva", Waiting(day, at(day, 9)))
    moved = Beside(Kind.INTRODUCTION, "an introduction", "Introduce", Waiting(day, None, retries=1, moved_by_user=True))
    later = Beside(Kind.SCOUT, "somebody new", "Meet someone new", Waiting(TODAY + timedelta(days=9), None))
    waiting = {ANA: Waiting(day, at(day, 8)), RUI: Waiting(day, at(day, 10))}
    items = agenda([standing(ANA), standing(RUI)], waiting, TODAY, TODAY + timedelta(days=7), [moved, later, greeting])
    assert [item.person or item.title for item in items] == [ANA, "Birthday: Eva", RUI, "Introduce"]
    assert [item.kind for item in items[1::2]] == [Kind.DATE, Kind.INTRODUCTION]
    assert items[-1].why == "an introduction, you moved it there, came up 2 times"
