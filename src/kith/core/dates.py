"""Birthdays and anniversaries: which of them come up, on which day, and what is said about them.

Each year's is an event of its own, so that it says how old somebody turns, and a greeting counts as contact with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kith.core.brief import Subject, day_text, next_anniversary, partial_day_text
from kith.core.model import PartialDate, Person
from kith.core.rules import DateRules, DayRules

_STILL_READ = timedelta(days=60)
"""How long one that is over stays wanted: where its event was moved, it may not have been answered yet."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One date of somebody's: ``what`` it is, ``on`` which day it falls, and the day its event ``stands`` on."""

    what: str
    on: date
    stands: date
    born: int | None = None

    @property
    def subject(self) -> str:
        """What tells it from the person's other dates."""
        return f"{self.what.lower()}|{self.on.year}"

    def title(self, name: str) -> str:
        """The event's title; with the day, where it stands before it."""
        on = f" on {partial_day_text(PartialDate(self.on.month, self.on.day))}" if self.stands != self.on else ""
        return f"{self.what}{on}: {name}"

    def in_words(self) -> str:
        """The day, and how many years it is."""
        years = self.on.year - self.born if self.born is not None else 0
        turns = f": {years} years" if self.what != "Birthday" else f": turns {years}"
        return f"{self.what} on {day_text(self.on)}{turns if years > 0 else ''}"


def coming(person: Person, rules: DateRules, days: DayRules, today: date) -> Iterator[Coming]:
    """Somebody's dates whose events stand inside the horizon, or stood there lately."""
    wanted = (("Birthday", person.birthday, rules.birthdays), ("Anniversary", person.anniversary, rules.anniversaries))
    for what, when, is_wanted in wanted:
        if when is not None and is_wanted:
            yield from _of(what, when, rules, today, days.horizon.after(today))


def _of(what: str, when: PartialDate, rules: DateRules, today: date, end: date) -> Iterator[Coming]:
    on = next_anniversary(when, today - _STILL_READ + rules.lead)
    while (stands := on - rules.lead) <= end:
        yield Coming(what, on, stands, when.year)
        on = next_anniversary(when, on + timedelta(days=1))


def start_of(one: Coming, rules: DateRules, days: DayRules) -> datetime:
    """When its event starts, in the user's zone."""
    return datetime.combine(one.stands, rules.at, days.zone)


def subject_of(one: Coming, about: Subject) -> Subject:
    """What the brief of its event is about: the date stands where the cadence does in others."""
    return replace(about, circle=None, cadence=None, remark=one.in_words())
