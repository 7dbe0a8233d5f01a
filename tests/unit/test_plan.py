"""Which reach-outs get which places: the budget, what must move, what stays, and that the plan is always the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.cadence import Standing, Window, window
from kith.core.event import AllDay, Timed, When
from kith.core.model import Cadence, PersonId
from kith.core.period import Period
from kith.core.plan import OpenReachOut, Placement, Plan, Why, plan
from kith.core.rules import DayRules

LISBON, BERLIN, TOKYO = map(ZoneInfo, ("Europe/Lisbon", "Europe/Berlin", "Asia/Tokyo"))
RULES = DayRules(zone=LISBON)
NOW = datetime(2026, 10, 5, 8, 0, tzinfo=LISBON)  # a Monday
QUARTER = timedelta(minutes=15)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def who(
    name: str, *, due: str = "10-05", every: int = 14, at_worst: int | None = None, weight: float = 1.0
) -> Standing:
    """Somebody who is due on a day, because they were talked to a cadence before."""
    cadence = Cadence.of(Period(days=every), Period(days=at_worst) if at_worst else None)
    return Standing(PersonId(name), cadence, weight, last_conversation=day(due) - timedelta(days=every))


def people(count: int, **more: object) -> list[Standing]:
    return [who(f"p{number:02d}", **more) for number in range(count)]  # type: ignore[arg-type]


def at(text: str, zone: ZoneInfo = LISBON, *, length: timedelta = QUARTER) -> Timed:
    return Timed(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone), length)


def standing_at(
    standing: Standing,
    when: When | None,
    *,
    fixed: bool = False,
    again_from: str = "",
    placed_for: Window | None = None,
) -> OpenReachOut:
    """An event that was placed for its person's present window."""
    return OpenReachOut(
        standing.person,
        when,
        placed_for or window(standing),
        fixed=fixed,
        again_from=day(again_from) if again_from else None,
    )


def places(made: Plan) -> dict[str, str]:
    return {placed.person: f"{placed.start:%m-%d %H:%M}" for placed in made.placements}


def reasons(made: Plan) -> dict[str, Why]:
    return {placed.person: placed.why for placed in made.placements}


def as_opened(placements: Iterable[Placement], rules: DayRules = RULES) -> list[OpenReachOut]:
    """The plan, once it stands in the calendar."""
    return [OpenReachOut(placed.person, Timed(placed.start, rules.duration), placed.window) for placed in placements]


# Places


def test_nobody_asks_for_nothing() -> None:
    assert plan([], [], RULES, NOW) == Plan((), ())


def test_somebody_due_today_gets_today_s_first_place() -> None:
    ana = who("ana")

    assert plan([ana], [], RULES, NOW) == Plan(
        (
            Placement(
                *(PersonId("ana"), datetime(2026, 10, 5, 17, 30, tzinfo=LISBON)),
                *(Window(day("10-05"), day("10-12")), Why.DUE),
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("due", "place"),
    [
        pytest.param("10-05", "10-05 17:30", id="due today"),
        pytest.param("10-07", "10-07 17:30", id="due on a weekday"),
        pytest.param("10-10", "10-12 17:30", id="due on a Saturday: the Monday after"),
        pytest.param("07-01", "10-05 17:30", id="long due"),
        pytest.param("11-02", "11-02 17:30", id="due on the last day of the horizon"),
        pytest.param("10-26", "10-26 17:30", id="due after the end of summer time"),
    ],
)
def test_everybody_comes_up_on_the_first_day_they_are_due(due: str, place: str) -> None:
    assert places(plan([who("ana", due=due)], [], RULES, NOW)) == {"ana": place}


@pytest.mark.parametrize("due", ["11-03", "12-31"])
def test_nobody_comes_up_beyond_the_horizon(due: str) -> None:
    assert plan([who("ana", due=due)], [], RULES, NOW) == Plan((), ())


def test_a_day_s_places_come_one_after_the_other_and_the_rest_on_the_next_day() -> None:
    assert places(plan(people(5), [], RULES, NOW)) == {
        "p00": "10-05 17:30",
        "p01": "10-05 17:45",
        "p02": "10-05 18:00",
        "p03": "10-06 17:30",
        "p04": "10-06 17:45",
    }


def test_hour_duration_and_number_are_the_user_s() -> None:
    rules = replace(RULES, at=time(9, 0), duration=timedelta(minutes=40), per_day=2)

    assert places(plan(people(3), [], rules, datetime(2026, 10, 5, 7, tzinfo=LISBON))) == {
        "p00": "10-05 09:00",
        "p01": "10-05 09:40",
        "p02": "10-06 09:00",
    }


@pytest.mark.parametrize(
    ("days", "away", "place"),
    [
        pytest.param({0, 1, 2, 3, 4}, (), "10-05", id="any weekday"),
        pytest.param({5, 6}, (), "10-10", id="weekends only"),
        pytest.param({2}, (), "10-07", id="Wednesdays only"),
        pytest.param({0, 1, 2, 3, 4}, (("10-05", "10-05"),), "10-06", id="away today"),
        pytest.param({0, 1, 2, 3, 4}, (("10-01", "10-08"),), "10-09", id="both ends of a journey are away"),
        pytest.param({0, 1, 2, 3, 4}, (("10-05", "10-06"), ("10-07", "10-09")), "10-12", id="away twice"),
        pytest.param({2}, (("10-07", "10-07"),), "10-14", id="away on the only day"),
    ],
)
def test_barred_days_are_left_free(days: set[int], away: tuple[tuple[str, str], ...], place: str) -> None:
    rules = replace(RULES, weekdays=frozenset(days), away=tuple((day(first), day(last)) for first, last in away))

    assert places(plan([who("ana")], [], rules, NOW)) == {"ana": f"{place} 17:30"}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("17:29", ["10-05 17:30", "10-05 17:45", "10-05 18:00"]),
        ("17:30", ["10-05 17:45", "10-05 18:00", "10-06 17:30"]),
        ("17:50", ["10-05 18:00", "10-06 17:30", "10-06 17:45"]),
        ("23:59", ["10-06 17:30", "10-06 17:45", "10-06 18:00"]),
    ],
)
def test_nothing_is_placed_in_the_past(now: str, expected: list[str]) -> None:
    made = plan(people(3), [], RULES, at(f"10-05T{now}").start)

    assert list(places(made).values()) == expected


def test_today_is_the_user_s_day_wherever_the_clock_stands() -> None:
    rules = replace(RULES, zone=TOKYO)
    late = datetime(2026, 10, 5, 23, 0, tzinfo=UTC)  # already Tuesday in Tokyo

    assert places(plan([who("ana")], [], rules, late)) == {"ana": "10-06 17:30"}


# Who goes first


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(who("z", due="09-01"), who("a", due="10-05"), id="who is beyond their at_worst"),
        pytest.param(who("z", due="06-01"), who("a", due="09-01"), id="of two beyond, the more overdue"),
        pytest.param(
            who("z", due="09-01", every=7), who("a", due="09-01", every=60, at_worst=62), id="overdue by the cadence"
        ),
        pytest.param(
            who("z", due="09-01", weight=2.0),
            who("a", due="09-01"),
            id="of two beyond, the one whose circle weighs more",
        ),
        pytest.param(who("z", at_worst=16), who("a", at_worst=28), id="of two in time, the one whose time is up first"),
        pytest.param(
            who("z", weight=2.0), who("a"), id="of two whose time is up together, the one whose circle weighs more"
        ),
        pytest.param(who("a"), who("b"), id="of two alike, always the same one"),
        pytest.param(who("z"), Standing(PersonId("a"), None, next_on=day("10-05")), id="a cadence before a named day"),
    ],
)
def test_the_most_pressing_goes_first(first: Standing, second: Standing) -> None:
    rules = replace(RULES, per_day=1)

    for order in ([first, second], [second, first]):
        assert plan(order, [], rules, NOW).placements[0].person == first.person


def test_those_without_a_place_are_named() -> None:
    rules = replace(RULES, per_day=1, horizon=Period(days=2))

    made = plan([*people(4, every=30), who("later", due="10-20")], [], rules, NOW)

    assert places(made) == {"p00": "10-05 17:30", "p01": "10-06 17:30", "p02": "10-07 17:30"}
    assert made.unplaced == ("p03",)


def test_places_are_held_for_those_whose_turn_comes_again() -> None:
    """Ana comes up every other day: what the others could take now is hers later, and they could wait."""
    rules = replace(RULES, per_day=1, weekdays=frozenset(range(7)), horizon=Period(days=6))
    ana = who("ana", every=2, at_worst=2)
    patient = [who(name, every=30, at_worst=60) for name in ("p", "q", "r", "s")]

    made = plan([ana, *patient], [], rules, NOW)

    assert places(made) == {"ana": "10-05 17:30", "p": "10-06 17:30", "q": "10-08 17:30", "r": "10-10 17:30"}
    assert made.unplaced == ("s",)


# What stands in the calendar already

ANA = who("ana", due="10-05")
THERE = at("10-06T17:45")


def stays(reach_out: OpenReachOut, *standings: Standing, rules: DayRules = RULES, now: datetime = NOW) -> bool:
    return reach_out.person not in places(plan(standings or [ANA], [reach_out], rules, now))


def test_what_stands_well_stays() -> None:
    assert plan([ANA], [standing_at(ANA, THERE)], RULES, NOW) == Plan((), ())


def test_an_open_reach_out_takes_its_place_of_the_day() -> None:
    made = plan([ANA, *people(4)], [standing_at(ANA, at("10-05T17:45"))], RULES, NOW)

    assert list(places(made).values()) == ["10-05 17:30", "10-05 18:00", "10-06 17:30", "10-06 17:45"]


@pytest.mark.parametrize(
    ("rules", "why", "place"),
    [
        pytest.param(
            replace(RULES, weekdays=frozenset({0, 2})), Why.BARRED, "10-05 17:30", id="a day that is barred now"
        ),
        pytest.param(
            replace(RULES, away=((day("10-05"), day("10-07")),)), Why.BARRED, "10-08 17:30", id="a journey on that day"
        ),
        pytest.param(replace(RULES, at=time(9, 0)), Why.BARRED, "10-05 09:00", id="another hour"),
        pytest.param(replace(RULES, at=time(17, 50)), Why.BARRED, "10-05 17:50", id="a later hour"),
        pytest.param(
            replace(RULES, duration=timedelta(minutes=5)),
            Why.BARRED,
            "10-05 17:30",
            id="shorter events, and an earlier end",
        ),
    ],
)
def test_an_event_moves_where_the_config_bars_it(rules: DayRules, why: Why, place: str) -> None:
    made = plan([ANA], [standing_at(ANA, THERE)], rules, NOW)

    assert places(made) == {"ana": place}
    assert reasons(made) == {"ana": why}


@pytest.mark.parametrize(
    ("now_due", "place"),
    [
        pytest.param("10-07", "10-07 17:30", id="due only later now"),
        pytest.param("09-20", "10-05 17:30", id="beyond their at_worst already"),
        pytest.param("12-01", "12-01 17:30", id="due beyond the horizon: it stays wanted"),
    ],
)
def test_an_event_moves_into_its_window_when_that_changes(now_due: str, place: str) -> None:
    made = plan([who("ana", due=now_due)], [standing_at(ANA, THERE)], RULES, NOW)

    assert places(made) == {"ana": place}
    assert reasons(made) == {"ana": Why.WINDOW}


@pytest.mark.parametrize(
    ("reach_out", "rules", "standing"),
    [
        pytest.param(standing_at(ANA, THERE), replace(RULES, zone=TOKYO), ANA, id="another time zone"),
        pytest.param(
            standing_at(ANA, THERE), replace(RULES, zone=BERLIN, at=time(17, 30)), ANA, id="a neighbouring zone"
        ),
        pytest.param(standing_at(ANA, THERE), replace(RULES, per_day=5), ANA, id="a larger budget"),
        pytest.param(standing_at(ANA, THERE), replace(RULES, horizon=Period(days=1)), ANA, id="a shorter horizon"),
        pytest.param(standing_at(ANA, THERE), RULES, who("ana", due="10-02"), id="another window that holds the day"),
        pytest.param(standing_at(ANA, at("10-20T17:30")), RULES, ANA, id="late only for want of room"),
        pytest.param(standing_at(ANA, at("12-22T17:30")), RULES, ANA, id="far beyond the horizon, for want of room"),
        pytest.param(standing_at(ANA, THERE), RULES, Standing(PersonId("ana"), None), id="nothing to go by any more"),
        pytest.param(standing_at(ANA, at("10-05T07:00")), replace(RULES, at=time(9, 0)), ANA, id="it has started"),
        pytest.param(standing_at(ANA, at("10-04T17:30")), RULES, ANA, id="it was yesterday, a Sunday"),
        pytest.param(standing_at(ANA, at("10-10T03:00"), fixed=True), RULES, ANA, id="the user put it there"),
        pytest.param(
            standing_at(ANA, at("10-10T03:00"), fixed=True),
            replace(RULES, away=((day("10-01"), day("10-31")),)),
            ANA,
            id="the user put it there, away or not",
        ),
        pytest.param(standing_at(ANA, AllDay(day("10-10"))), RULES, ANA, id="the user made it all-day"),
    ],
)
def test_an_event_stays_where_nothing_forces_it(reach_out: OpenReachOut, rules: DayRules, standing: Standing) -> None:
    assert stays(reach_out, standing, rules=rules)


@pytest.mark.parametrize("spelled", [UTC, TOKYO], ids=["UTC", "another zone"])
def test_an_event_stays_though_a_server_spells_its_time_otherwise(spelled: ZoneInfo) -> None:
    """A server's re-serialising is nobody's edit: 17:45 in Lisbon is 16:45 in UTC."""
    assert stays(standing_at(ANA, Timed(THERE.start.astimezone(spelled), QUARTER)))


def test_new_events_follow_a_change_of_zone() -> None:
    rules = replace(RULES, zone=BERLIN)

    made = plan([ANA, who("bea")], [standing_at(ANA, THERE)], rules, NOW)

    assert [placed.start for placed in made.placements] == [datetime(2026, 10, 5, 17, 30, tzinfo=BERLIN)]


# The budget of a day


@pytest.mark.parametrize(
    ("others", "room"),
    [
        pytest.param([standing_at(ANA, at("10-05T18:00"))], 2, id="kith's own"),
        pytest.param([standing_at(ANA, at("10-05T06:00"), fixed=True)], 2, id="one the user moved there"),
        pytest.param([standing_at(ANA, at("10-05T23:30"), fixed=True)], 2, id="one the user moved to the night"),
        pytest.param([standing_at(ANA, AllDay(day("10-05")), fixed=True)], 2, id="one the user made all-day"),
        pytest.param([standing_at(ANA, at("10-05T07:00"))], 2, id="one that has started"),
        pytest.param([standing_at(ANA, at("10-06T01:30", TOKYO), fixed=True)], 2, id="one that is today only here"),
        pytest.param([standing_at(ANA, at("10-06T17:30"))], 3, id="one on another day"),
        pytest.param(
            [standing_at(who(name), at("10-05T12:00"), fixed=True) for name in "abcde"], 0, id="more than it holds"
        ),
    ],
)
def test_everything_on_a_day_counts_in_its_budget(others: list[OpenReachOut], room: int) -> None:
    made = plan([ANA, *people(3), *map(who, "abcde")][:4], others, RULES, NOW)

    assert sum(place.startswith("10-05") for place in places(made).values()) == room


def test_an_event_that_the_user_moved_keeps_its_time_free() -> None:
    moved = standing_at(ANA, at("10-05T17:40"), fixed=True)

    made = plan([ANA, *people(2)], [moved], RULES, NOW)

    assert places(made) == {"p00": "10-05 18:00", "p01": "10-06 17:30"}


def test_an_event_of_another_kind_takes_a_place_and_its_time() -> None:
    others: list[When] = [at("10-05 17:30"), AllDay(day("10-06"))]
    made = plan(people(4), [], replace(RULES, per_day=2), NOW, others=others)
    assert sorted(places(made).values()) == ["10-05 17:45", "10-06 17:30", "10-07 17:30", "10-07 17:45"]


def test_only_the_least_pressing_leave_a_day_that_holds_too_many() -> None:
    standings = [
        who("overdue", due="08-01"),
        who("soon", at_worst=15),
        who("patient", at_worst=60),
        who("more patient", at_worst=90),
    ]
    opened = [standing_at(one, at(f"10-05T{17 + n // 4}:{n % 4 * 15:02d}")) for n, one in enumerate(standings, 2)]
    rules = replace(RULES, per_day=2, duration=timedelta(minutes=60))

    made = plan(standings, opened, rules, NOW)

    assert reasons(made) == {"patient": Why.OVER_BUDGET, "more patient": Why.OVER_BUDGET}
    assert places(made) == {"patient": "10-06 17:30", "more patient": "10-06 18:30"}


def test_what_the_user_moved_pushes_kith_s_own_out() -> None:
    standings = people(4)
    opened = [
        standing_at(one, at(f"10-07T{time}")) for one, time in zip(standings, ("17:30", "17:45", "18:00"), strict=False)
    ]
    moved = standing_at(standings[3], at("10-07T12:00"), fixed=True)

    made = plan(standings, [*opened, moved], RULES, NOW)

    assert reasons(made) == {"p02": Why.OVER_BUDGET}
    assert places(made) == {"p02": "10-05 17:30"}


def test_an_all_day_event_stays_and_the_other_makes_room() -> None:
    pressing, other = who("a", due="09-01"), who("b")
    there = [standing_at(other, AllDay(day("10-06"))), standing_at(pressing, at("10-06 17:30"))]
    made = plan([pressing, other], there, replace(RULES, per_day=1), NOW)
    assert places(made) == {"a": "10-05 17:30"}


@pytest.mark.parametrize("count", [4, 6])
def test_what_the_user_put_there_stays_however_many(count: int) -> None:
    standings = people(count)

    made = plan(standings, [standing_at(one, at("10-07T12:00"), fixed=True) for one in standings], RULES, NOW)

    assert made == Plan((), ())


def test_what_has_started_is_not_pushed_out() -> None:
    standings = people(4)
    evening = at("10-05T17:50").start

    made = plan(standings, [standing_at(one, at("10-05T17:30")) for one in standings], RULES, evening)

    assert made == Plan((), ())


# What asks for a new place


@pytest.mark.parametrize(
    ("reach_out", "place", "why"),
    [
        pytest.param(standing_at(ANA, at("10-01T17:30"), again_from="10-05"), "10-05 17:30", Why.AGAIN, id="it passed"),
        pytest.param(standing_at(ANA, at("10-01T17:30"), again_from="10-08"), "10-08 17:30", Why.AGAIN, id="tried"),
        pytest.param(
            standing_at(ANA, THERE, again_from="10-14"), "10-14 17:30", Why.AGAIN, id="snoozed by command, still ahead"
        ),
        pytest.param(
            standing_at(ANA, at("10-01T12:00"), fixed=True, again_from="10-05"),
            *("10-05 17:30", Why.AGAIN),
            id="passed where the user had put it",
        ),
        pytest.param(
            standing_at(ANA, AllDay(day("10-01")), again_from="10-05"), "10-05 17:30", Why.AGAIN, id="an all-day one"
        ),
        pytest.param(
            standing_at(ANA, at("10-01T17:30"), again_from="10-10"), "10-12 17:30", Why.AGAIN, id="on a weekend"
        ),
        pytest.param(
            standing_at(ANA, at("10-01T17:30"), again_from="12-01"), "12-01 17:30", Why.AGAIN, id="beyond the horizon"
        ),
        pytest.param(standing_at(ANA, at("10-01T17:30"), again_from="09-01"), "10-05 17:30", Why.AGAIN, id="long ago"),
        pytest.param(standing_at(ANA, None), "10-05 17:30", Why.LOST, id="never got into the calendar"),
        pytest.param(
            standing_at(ANA, None, again_from="10-08"), "10-08 17:30", Why.LOST, id="never got there, and was snoozed"
        ),
    ],
)
def test_an_open_reach_out_gets_a_new_place(reach_out: OpenReachOut, place: str, why: Why) -> None:
    made = plan([ANA], [reach_out], RULES, NOW)

    assert places(made) == {"ana": place}
    assert reasons(made) == {"ana": why}


def test_one_without_a_cadence_gets_a_new_place_too() -> None:
    """Somebody who came up once, because the user had named the day."""
    once = Standing(PersonId("ana"), None)
    reach_out = OpenReachOut(once.person, at("10-01T17:30"), again_from=day("10-07"))

    assert places(plan([once], [reach_out], RULES, NOW)) == {"ana": "10-07 17:30"}


def test_nobody_who_is_not_wanted_gets_a_place() -> None:
    """Paused, or gone from the network: the event is withdrawn elsewhere, and counts until then."""
    opened = [
        standing_at(ANA, at("10-05T17:30")),
        standing_at(who("bea"), None),
        standing_at(who("eva"), THERE, again_from="10-05"),
    ]

    made = plan(people(3), opened, RULES, NOW)

    assert list(places(made).values()) == ["10-05 17:45", "10-05 18:00", "10-06 17:30"]


def test_an_open_reach_out_finds_a_place_however_far_ahead() -> None:
    rules = replace(RULES, per_day=1, horizon=Period(days=7))
    blockers = [who(f"b{number}", every=60) for number in range(12)]
    weekdays = [day("10-05") + timedelta(days=number) for number in range(16)]
    full = [on for on in weekdays if on.weekday() < 5]
    opened = [
        standing_at(one, Timed(datetime.combine(on, time(12), LISBON), QUARTER), fixed=True)
        for one, on in zip(blockers, full, strict=True)
    ]

    made = plan([ANA, *blockers], [*opened, standing_at(ANA, None)], rules, NOW)

    assert places(made) == {"ana": "10-21 17:30"}
    assert made.unplaced == ()


def test_somebody_new_does_not_go_beyond_the_horizon_for_a_place() -> None:
    rules = replace(RULES, away=((day("10-01"), day("11-30")),))

    made = plan([ANA, who("bea")], [standing_at(who("bea"), None)], rules, NOW)

    assert places(made) == {"bea": "12-01 17:30"}
    assert made.unplaced == ("ana",)


def test_one_that_finds_no_place_at_all_is_named() -> None:
    rules = replace(RULES, away=((day("01-01"), date(2040, 1, 1)),))

    made = plan([ANA, who("bea")], [standing_at(who("bea"), None)], rules, NOW)

    assert made == Plan((), (PersonId("ana"), PersonId("bea")))


# Clock changes


@pytest.mark.parametrize(
    ("zone", "on", "hour", "starts"),
    [
        pytest.param(
            *(BERLIN, date(2027, 3, 28), time(2, 30), ["01:30Z", "01:45Z"]), id="an hour that does not exist: after it"
        ),
        pytest.param(
            *(BERLIN, date(2027, 3, 28), time(1, 45), ["00:45Z", "01:00Z"]), id="into the hour that does not exist"
        ),
        pytest.param(
            *(BERLIN, date(2026, 10, 25), time(2, 30), ["00:30Z", "00:45Z"]), id="an hour that comes twice: the first"
        ),
        pytest.param(
            *(LISBON, date(2027, 3, 28), time(17, 30), ["16:30Z", "16:45Z"]), id="an ordinary hour on that day"
        ),
    ],
)
def test_places_on_the_day_of_a_clock_change_exist(zone: ZoneInfo, on: date, hour: time, starts: list[str]) -> None:
    rules = DayRules(zone=zone, weekdays=frozenset(range(7)), at=hour, per_day=2)
    midnight = datetime.combine(on, time(0, 0), zone)

    made = plan(people(2), [], rules, midnight)

    assert [f"{placed.start.astimezone(UTC):%H:%M}Z" for placed in made.placements] == starts
    assert all(placed.start.astimezone(UTC).astimezone(zone) == placed.start for placed in made.placements)


GAP = DayRules(zone=BERLIN, weekdays=frozenset(range(7)), at=time(2, 30), per_day=2)
BEFORE_GAP = datetime(2027, 3, 28, 0, 0, tzinfo=BERLIN)


def test_an_event_at_an_hour_that_does_not_exist_stays_where_it_was_put() -> None:
    made = plan(people(2), [], GAP, BEFORE_GAP)

    assert plan(people(2), as_opened(made.placements, GAP), GAP, BEFORE_GAP) == Plan((), ())


def test_places_around_a_gap_come_one_after_the_other() -> None:
    rules = replace(GAP, duration=timedelta(hours=1))

    first, second = (placed.start.astimezone(UTC) for placed in plan(people(2), [], rules, BEFORE_GAP).placements)

    assert second - first >= rules.duration


# Whatever comes

ZONES = st.sampled_from([LISBON, BERLIN, TOKYO, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
START = date(2026, 9, 1)
NOWS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 6, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
SOME_DAYS = st.integers(0, 300).map(lambda days: START + timedelta(days=days))
SOME_RULES = st.builds(
    DayRules,
    zone=ZONES,
    per_day=st.integers(1, 4),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    at=st.builds(time, st.integers(4, 20), st.sampled_from([0, 15, 30])),
    duration=st.sampled_from([QUARTER, timedelta(minutes=30), timedelta(minutes=45)]),
    horizon=st.integers(3, 40).map(lambda days: Period(days=days)),
    away=st.lists(st.tuples(SOME_DAYS, st.integers(0, 20)), max_size=2).map(
        lambda ranges: tuple((first, first + timedelta(days=length)) for first, length in ranges)
    ),
)
CADENCES = st.builds(
    lambda every, more: Cadence(Period(days=every), Period(days=every + more)), st.integers(1, 90), st.integers(0, 40)
)


@st.composite
def networks(draw: st.DrawFn) -> list[Standing]:
    return [
        Standing(
            PersonId(f"p{number:02d}"),
            draw(CADENCES),
            draw(st.sampled_from([0.5, 1.0, 3.0])),
            last_conversation=draw(st.none() | SOME_DAYS),
            last_skip=draw(st.none() | SOME_DAYS),
            anchor=draw(SOME_DAYS),
            next_on=draw(st.none() | SOME_DAYS),
        )
        for number in range(draw(st.integers(0, 16)))
    ]


@st.composite
def calendars(draw: st.DrawFn) -> tuple[list[Standing], list[OpenReachOut], DayRules, datetime]:
    """A network with some reach-outs open already, some of them wherever the user put them."""
    standings, rules, now = draw(networks()), draw(SOME_RULES), draw(NOWS)
    today = now.astimezone(rules.zone).date()
    opened = []
    for standing in standings:
        if draw(st.booleans()):
            on = today + timedelta(days=draw(st.integers(-5, 20)))
            start = datetime.combine(on, time(draw(st.integers(4, 22)), 0), rules.zone)
            when = draw(st.sampled_from([None, AllDay(on), Timed(start, rules.duration)]))
            again_from = draw(st.none() | st.just(today + timedelta(days=draw(st.integers(-3, 9)))))
            opened.append(OpenReachOut(standing.person, when, window(standing), draw(st.booleans()), again_from))
    return standings, opened, rules, now


@given(calendars(), st.randoms(use_true_random=False))
def test_the_same_things_in_another_order_give_the_same_plan(
    calendar: tuple[list[Standing], list[OpenReachOut], DayRules, datetime], shuffle: random.Random
) -> None:
    standings, opened, rules, now = calendar
    made = plan(standings, opened, rules, now)

    shuffle.shuffle(standings)
    shuffle.shuffle(opened)
    assert plan(standings, opened, rules, now) == made


@given(calendars())
def test_no_day_holds_more_than_its_budget(
    calendar: tuple[list[Standing], list[OpenReachOut], DayRules, datetime],
) -> None:
    standings, opened, rules, now = calendar
    made = plan(standings, opened, rules, now)

    moved = {placed.person for placed in made.placements}
    remaining = Counter(
        reach_out.when.day_in(rules.zone) for reach_out in opened if reach_out.when and reach_out.person not in moved
    )
    placed_on = Counter(placed.start.astimezone(rules.zone).date() for placed in made.placements)
    for on, count in placed_on.items():
        assert count + remaining[on] <= rules.per_day


@given(calendars())
def test_every_place_is_a_good_one(calendar: tuple[list[Standing], list[OpenReachOut], DayRules, datetime]) -> None:
    standings, opened, rules, now = calendar
    made = plan(standings, opened, rules, now)

    today = now.astimezone(rules.zone).date()
    by_person = {standing.person: standing for standing in standings}
    again = {reach_out.person: reach_out.again_from for reach_out in opened}
    for placed in made.placements:
        on = placed.start.date()
        belongs = window(by_person[placed.person])
        assert placed.start > now
        assert rules.allows(on)
        assert placed.start.tzinfo is rules.zone
        assert placed.start.time() >= rules.at
        assert belongs is not None
        assert placed.window == belongs
        assert on >= (again.get(placed.person) or belongs.due)
        assert on <= rules.horizon.after(today) or placed.person in again
    people_placed = [placed.person for placed in made.placements]
    assert len(people_placed) == len(set(people_placed))
    assert not set(people_placed) & set(made.unplaced)
    starts = sorted(placed.start for placed in made.placements)
    assert all(later - earlier >= rules.duration for earlier, later in pairwise(starts))


@given(networks(), SOME_RULES, NOWS)
def test_a_plan_that_stands_in_the_calendar_asks_for_nothing(
    standings: list[Standing], rules: DayRules, now: datetime
) -> None:
    made = plan(standings, [], rules, now)

    again = plan(standings, as_opened(made.placements, rules), rules, now)
    assert again.placements == ()
    assert again.unplaced == made.unplaced


@given(networks(), CADENCES, SOME_DAYS, SOME_RULES, NOWS)
def test_one_person_more_moves_nobody_s_event(
    standings: list[Standing], cadence: Cadence, anchor: date, rules: DayRules, now: datetime
) -> None:
    opened = as_opened(plan(standings, [], rules, now).placements, rules)
    newcomer = Standing(PersonId("new"), cadence, 9.0, anchor=anchor)

    made = plan([*standings, newcomer], opened, rules, now)

    assert {placed.person for placed in made.placements} <= {"new"}


@given(networks(), SOME_RULES, NOWS, st.integers(1, 10))
def test_days_that_pass_move_nobody_s_event(
    standings: list[Standing], rules: DayRules, now: datetime, days: int
) -> None:
    opened = as_opened(plan(standings, [], rules, now).placements, rules)

    made = plan(standings, opened, rules, now + timedelta(days=days))

    assert not {placed.person for placed in made.placements} & {reach_out.person for reach_out in opened}


@given(networks(), SOME_RULES, NOWS, ZONES)
def test_a_change_of_zone_moves_nobody_s_event(
    standings: list[Standing], rules: DayRules, now: datetime, zone: ZoneInfo
) -> None:
    """Unless a day comes to hold too many: near midnight, another zone's days hold other events."""
    opened = as_opened(plan(standings, [], rules, now).placements, rules)

    made = plan(standings, opened, replace(rules, zone=zone), now)

    assert Why.BARRED not in {placed.why for placed in made.placements}
    assert Why.WINDOW not in {placed.why for placed in made.placements}
