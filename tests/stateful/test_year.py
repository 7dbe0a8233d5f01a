"""A simulated year of daily passes over a network of 130 people, and one that asks for too much."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.calendar import FakeCalendar
from fakes.source import FakeSource
from kith.core.cadence import budget
from kith.core.event import Timed
from kith.core.model import Cadence, Circle
from kith.core.period import Period
from kith.core.rules import DayRules, Rules
from kith.store.store import open_store
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
FIRST_DAY = date(2026, 1, 5)
DAYS = 365


def _circle(weeks: int, people: int) -> tuple[Circle, int]:
    every = Period(days=7 * weeks)
    return Circle(f"{weeks} weeks", Cadence.of(every), labels=(f"{weeks} weeks",)), people


EXAMPLE = (_circle(2, 8), _circle(4, 12), _circle(6, 20), _circle(8, 90))
"""130 people; at worst they ask for 14.4 reach-outs a week, and three on each weekday are 15."""
TOO_MUCH = (_circle(1, 20), _circle(2, 30), _circle(4, 80))
"""130 people who ask for 36 a week even at worst: more than twice of what there is."""


@dataclass
class Year:
    """What came of a year: every day somebody was talked to, by name, and where each event stood on its day."""

    talked: dict[str, list[date]] = field(default_factory=dict)
    events: list[tuple[date, time, str]] = field(default_factory=list)
    anchors: dict[str, date] = field(default_factory=dict)

    def silences(self, name: str) -> list[int]:
        """Days between one conversation and the next, counted from the anchor at first, and up to the year's end."""
        days = [self.anchors[name], *self.talked.get(name, []), FIRST_DAY + timedelta(days=DAYS)]
        return [(later - earlier).days for earlier, later in pairwise(days)]


def live(folder: Path, circles: Sequence[tuple[Circle, int]], *, days: int = DAYS, order: int = 0) -> Year:
    """Run a pass every morning; the user ticks every evening what stood in the calendar on that day.

    The cards come in an ``order`` of their own.
    """
    rules = Rules(DayRules(LISBON, per_day=3), circles=tuple(circle for circle, _ in circles))
    calendar, source = FakeCalendar(), FakeSource()
    _fill(source, circles, order)
    year = Year()
    begin = datetime.combine(FIRST_DAY, time(7), LISBON).astimezone(UTC)
    with open_store(folder / f"{order}.sqlite3", begin, lambda: "the install") as store:
        store.database.execute("PRAGMA synchronous = OFF")
        for number in range(days):
            today = FIRST_DAY + timedelta(days=number)
            now = datetime.combine(today, time(7), LISBON).astimezone(UTC)
            report = Pass(store, [source], calendar, rules, now, _no_new_id).run()
            assert not report.troubles
            _answer(calendar, today, year)
        year.anchors = {row.name: row.anchor for row in store.people.everybody() if row.anchor is not None}
    return year


def _no_new_id() -> str:
    raise AssertionError("people are named after their cards")


def _fill(source: FakeSource, circles: Sequence[tuple[Circle, int]], order: int) -> None:
    cards = [
        source.card(f"{circle.labels[0]}-{number}", f"{circle.name} {number:02d}", *circle.labels)
        for circle, people in circles
        for number in range(people)
    ]
    random.Random(order).shuffle(cards)
    for position, card in enumerate(cards):
        source.put(f"{position:03d}.vcf", card)


def _answer(calendar: FakeCalendar, today: date, year: Year) -> None:
    for entry in calendar.entries():
        when = entry.fields.when
        if isinstance(when, Timed) and when.day_in(LISBON) == today and not entry.fields.title.startswith("✓"):
            name = entry.fields.title.removeprefix("Reach out: ")
            year.talked.setdefault(name, []).append(today)
            year.events.append((today, when.start.astimezone(LISBON).time(), name))
            evening = datetime.combine(today, time(20), LISBON).astimezone(UTC)
            calendar.tick(entry.uid, stamp=evening)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return live(tmp_path_factory.mktemp("example"), EXAMPLE)


@pytest.fixture(scope="module")
def overloaded(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return live(tmp_path_factory.mktemp("overloaded"), TOO_MUCH)


def _names(circle: Circle, people: int) -> list[str]:
    return [f"{circle.name} {number:02d}" for number in range(people)]


def _busiest_day(year: Year) -> int:
    return max(Counter(day for day, _, _ in year.events).values())


def test_the_example_fits_the_budget_at_worst_only() -> None:
    asked = budget([circle.cadence for circle, people in EXAMPLE for _ in range(people)], DayRules(LISBON, per_day=3))
    assert asked.people == 130
    assert asked.fits
    assert not asked.fits_comfortably


def test_no_day_is_over_budget(example: Year) -> None:
    assert _busiest_day(example) == 3
    assert all(day.weekday() < 5 for day, _, _ in example.events)


def test_every_event_of_a_day_has_a_time_of_its_own(example: Year) -> None:
    times = Counter((day, start) for day, start, _ in example.events)
    assert set(times.values()) == {1}


@pytest.mark.parametrize(("circle", "people"), EXAMPLE, ids=lambda value: getattr(value, "name", ""))
def test_nobody_waits_beyond_at_worst(example: Year, circle: Circle, people: int) -> None:
    """Without any tolerance: from the anchor to the first conversation, between two, and up to the year's end."""
    longest = circle.cadence.at_worst.about_days
    late = {name: waited for name in _names(circle, people) if (waited := max(example.silences(name))) > longest}
    assert not late


@pytest.mark.parametrize(("circle", "people"), EXAMPLE, ids=lambda value: getattr(value, "name", ""))
def test_nobody_comes_up_before_they_are_due(example: Year, circle: Circle, people: int) -> None:
    shortest = circle.cadence.every.about_days
    early = {name: min(example.silences(name)[:-1]) for name in _names(circle, people)}
    assert {name: waited for name, waited in early.items() if waited < shortest} == {}


def test_newcomers_are_not_dumped_on_one_day(example: Year) -> None:
    """The first two weeks hold what every other two weeks hold."""
    begun = [day for day, _, _ in example.events if day < FIRST_DAY + timedelta(days=14)]
    assert len(begun) <= 30
    assert max(Counter(begun).values()) <= 3


def test_the_same_people_in_another_order_give_the_same_calendar(example: Year, tmp_path: Path) -> None:
    days = 120
    again = live(tmp_path, EXAMPLE, days=days, order=1)
    until = FIRST_DAY + timedelta(days=days)
    assert sorted(again.events) == sorted(event for event in example.events if event[0] < until)


def test_too_many_people_still_leave_no_day_over_budget(overloaded: Year) -> None:
    assert _busiest_day(overloaded) == 3


@pytest.mark.parametrize(("circle", "people"), TOO_MUCH, ids=lambda value: getattr(value, "name", ""))
def test_too_many_people_share_the_delay_and_nobody_is_forgotten(overloaded: Year, circle: Circle, people: int) -> None:
    """Where cadences ask for 36 a week and there are 15, everybody waits some two and a half times as long.

    A fair share would be 36 / 15 of ``at_worst``. The bound leaves a third on top, mostly for the first round, where
    newcomers are spread over ``every`` and not over what will come of it.
    """
    asked = budget([one.cadence for one, number in TOO_MUCH for _ in range(number)], DayRules(LISBON, per_day=3))
    share = asked.needed_at_worst / asked.holds
    longest = max(max(overloaded.silences(name)) for name in _names(circle, people))
    assert longest <= circle.cadence.at_worst.about_days * share * 4 / 3
