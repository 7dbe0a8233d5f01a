"""A simulated year of daily passes over a network of 130 people, and one that asks for too much."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
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
from kith.store.store import Store, open_store
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
FIRST_DAY = date(2026, 1, 5)
DAYS = 365


def _circle(weeks: int, people: int) -> tuple[Circle, int]:
    every = Period(days=7 * weeks)
    return Circle(f"{weeks} weeks", Cadence.of(every), labels=(f"{weeks} weeks",)), people


EXAMPLE = (_circle(2, 8), _circle(4, 12), _circle(6, 30), _circle(8, 80))
TOO_MUCH = (_circle(1, 20), _circle(2, 30), _circle(4, 80))


@dataclass
class Year:
    """What came of a year: every day somebody was talked to, by name, and where each event stood on its day."""

    talked: dict[str, list[date]] = field(default_factory=dict)
    events: list[tuple[date, time, str]] = field(default_factory=list)
    anchors: dict[str, date] = field(default_factory=dict)

    def silences(self, name: str) -> list[int]:
        """Days between one conversation and the next, counted from the anchor at first, and up to the year's end."""
        days = [self.anchors[name], *self.talked.get(name, []), FIRST_DAY + timedelta(days=DAYS)]
        return [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]


def live_a_year(folder: Path, circles: Sequence[tuple[Circle, int]], order: int) -> Year:
    """Run a pass every morning; the user ticks every evening what stood in the calendar on that day."""
    rules = Rules(DayRules(LISBON, per_day=3), circles=tuple(circle for circle, _ in circles))
    calendar, source = FakeCalendar(), FakeSource()
    _fill(source, circles, order)
    year = Year()
    begin = datetime.combine(FIRST_DAY, time(7), LISBON).astimezone(UTC)
    with open_store(folder / f"{order}.sqlite3", begin, lambda: "the install") as store:
        store.database.execute("PRAGMA synchronous = OFF")
        for number in range(DAYS):
            today = FIRST_DAY + timedelta(days=number)
            now = datetime.combine(today, time(7), LISBON).astimezone(UTC)
            report = Pass(store, [source], calendar, rules, now, _no_new_id).run()
            assert not report.troubles
            _answer(calendar, today, year)
        year.anchors = _anchors(store)
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
    for entry in calendar.kiths():
        when = entry.fields.when
        if isinstance(when, Timed) and when.day_in(LISBON) == today and not entry.fields.title.startswith("✓"):
            name = entry.fields.title.removeprefix("Reach out: ")
            year.talked.setdefault(name, []).append(today)
            year.events.append((today, when.start.astimezone(LISBON).time(), name))
            evening = datetime.combine(today, time(20), LISBON).astimezone(UTC)
            calendar.tick(entry.uid, stamp=evening)


def _anchors(store: Store) -> dict[str, date]:
    return {row.name: row.anchor for row in store.people.everybody() if row.anchor is not None}
