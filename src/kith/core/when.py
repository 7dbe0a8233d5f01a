"""Days as people type them: ``2026-12-01``, ``3 May``, ``3d``, ``2w``, ``tomorrow``, ``friday``, ``yesterday``."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kith.core.period import Period

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]{3,9})\.?", r"(?:,? +(?P<year>\d{4}))?"
_OF_A_MONTH = tuple(re.compile(f"{first} +{then}{_YEAR}", re.ASCII) for first, then in ((_DAY, _MONTH), (_MONTH, _DAY)))
_LEAP_YEARS_APART = 8
_NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1}


def day_from(text: str, today: date) -> date:
    """The day meant; a length of time counts from today, a weekday is the next one after today.

    A day of a month without its year is the next one, today included.

    Raises:
        ValueError: a sentence that says what is expected.
    """
    typed = text.strip().casefold()
    named = _named(typed, today)
    if named is not None:
        return named
    weekday = _weekday(typed)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    of_a_month = _day_of_a_month(typed, today, step=1)
    if of_a_month is not None:
        return of_a_month
    try:
        return Period.parse(typed.removeprefix("in ")).after(today)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text}” is not a day: write 2026-12-01, 3d, 2w, tomorrow or friday") from None


def past_day_from(text: str, today: date) -> date:
    """The day meant where it was one gone by: a weekday is the last one before today, ``3d`` is three days ago.

    A day written in full is taken as it is, even if it is still to come; without its year it is the last one.

    Raises:
        ValueError: a sentence that says what is expected.
    """
    typed = text.strip().casefold()
    named = _named(typed, today)
    if named is not None:
        return named
    weekday = _weekday(typed)
    if weekday is not None:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    of_a_month = _day_of_a_month(typed, today, step=-1)
    if of_a_month is not None:
        return of_a_month
    try:
        length = Period.parse(typed.removesuffix(" ago"))
        return Period(-length.months, -length.days).after(today)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text}” is not a day: write 2026-11-20, 3d, 2w, yesterday or friday") from None


def _named(typed: str, today: date) -> date | None:
    """A day that needs no direction."""
    if typed in _NAMED:
        return today + timedelta(days=_NAMED[typed])
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _weekday(typed: str) -> int | None:
    return next((n for n, name in enumerate(_WEEKDAYS) if len(typed) >= 3 and name.startswith(typed)), None)


def _day_of_a_month(typed: str, today: date, *, step: int) -> date | None:
    """``3 May``, ``May 3rd``, with or without a year; without one, the nearest from today on in that direction."""
    found = next((found for pattern in _OF_A_MONTH if (found := pattern.fullmatch(typed))), None)
    month = found and next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(found["month"])), None)
    if not found or not month:
        return None
    years = [int(found["year"])] if found["year"] else [today.year + step * n for n in range(_LEAP_YEARS_APART + 1)]
    for year in years:
        try:
            day = date(year, month, int(found["day"]))
        except ValueError:
            continue  # 29 February, or no day at all
        if found["year"] or (day - today).days * step >= 0:
            return day
    return None
