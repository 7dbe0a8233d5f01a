"""How long, in the two ways people say it.

A :class:`Period` is a length on the calendar (days, weeks, months, years): adding a month to 31 January gives
the last day of February. A clock duration (seconds, minutes, hours) is a :class:`datetime.timedelta`. They are
kept apart because ``m`` means months in the one and minutes in the other.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_PERIOD_PART = re.compile(r"\s*(\d+)\s*([a-z]+)\s*", re.IGNORECASE)
_PERIOD_UNITS = {
    **dict.fromkeys(("d", "day", "days"), (0, 1)),
    **dict.fromkeys(("w", "wk", "week", "weeks"), (0, 7)),
    **dict.fromkeys(("m", "mo", "month", "months"), (1, 0)),
    **dict.fromkeys(("y", "yr", "year", "years"), (12, 0)),
}
_CLOCK_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
}
_DAYS_IN_A_MONTH = 365.2425 / 12
_LONGEST_IN_MONTHS = 12 * 50
_LONGEST_IN_SECONDS = 366 * 24 * 3600
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Period:
    """A length on the calendar: months first, then days."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``10d``, ``2w``, ``3m``, ``1y``, ``1m 2w`` or the same with words.

        Raises:
            ValueError: a sentence that says what is expected.
        """
        months = days = position = 0
        while position < len(text):
            part = _PERIOD_PART.match(text, position)
            unit = _PERIOD_UNITS.get(part[2].lower()) if part else None
            if part is None or unit is None:
                raise ValueError(f"“{text}” is not a length of time: write 10d, 2w, 3m or 1y")
            number = _number(part[1])
            months += number * unit[0]
            days += number * unit[1]
            position = part.end()
        if not months and not days:
            raise ValueError("a length of time must be at least one day, such as 10d, 2w, 3m or 1y")
        if months + days / _DAYS_IN_A_MONTH > _LONGEST_IN_MONTHS:
            raise ValueError(f"“{text}” is longer than 50 years")
        return cls(months, days)

    def after(self, day: date) -> date:
        """The day one period after ``day``; a month end stays in its month (31 January + 1m = 28 or 29 February)."""
        if not self.months:
            return day + timedelta(days=self.days)
        month_index = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(month_index, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    @property
    def about_days(self) -> float:
        """The length in days, with average months; for ranking and arithmetic, never for dates."""
        return self.months * _DAYS_IN_A_MONTH + self.days

    def half_as_long_again(self) -> Period:
        """1.5 times the period, rounded up to whole days; half a month counts as 15 days."""
        months, odd = divmod(self.months * 3, 2)
        return Period(months, -(-self.days * 3 // 2) + 15 * odd)

    def __str__(self) -> str:
        """The short form that :meth:`parse` reads: ``6w``, ``10d``, ``1y``, ``1m2w``."""
        parts = []
        if self.months:
            parts.append(f"{self.months // 12}y" if self.months % 12 == 0 else f"{self.months}m")
        if self.days:
            parts.append(f"{self.days // 7}w" if self.days % 7 == 0 else f"{self.days}d")
        return "".join(parts) or "0d"

    def in_words(self) -> str:
        """``6 weeks``, ``1 month``, ``10 days``, as it stands in a sentence."""
        parts = []
        if self.months:
            years = self.months % 12 == 0
            parts.append(_count(self.months // 12, "year") if years else _count(self.months, "month"))
        if self.days:
            weeks = self.days % 7 == 0
            parts.append(_count(self.days // 7, "week") if weeks else _count(self.days, "day"))
        return " and ".join(parts) or "0 days"


def parse_duration(text: str) -> timedelta:
    """Read a clock duration: ``90s``, ``15m``, ``2h``, ``1h 30m``.

    Raises:
        ValueError: a sentence that says what is expected.
    """
    seconds = position = 0
    while position < len(text):
        part = _PERIOD_PART.match(text, position)
        unit = _CLOCK_UNITS.get(part[2].lower()) if part else None
        if part is None or unit is None:
            raise ValueError(f"“{text}” is not a duration: write 30s, 15m or 2h")
        seconds += _number(part[1]) * unit
        position = part.end()
    if not seconds:
        raise ValueError("a duration must be more than nothing, such as 30s, 15m or 2h")
    if seconds > _LONGEST_IN_SECONDS:
        raise ValueError(f"“{text}” is longer than a year")
    return timedelta(seconds=seconds)


def _number(digits: str) -> int:
    """The number, cut short where it is too long in every unit: it still is then, and can be added up."""
    return int(digits.lstrip("0")[:_MOST_DIGITS] or 0)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
