"""Days as people type them: ``2026-12-01``, ``3d``, ``2w``, ``tomorrow``, ``friday``, ``yesterday``."""

from __future__ import annotations

from datetime import date, timedelta

from kith.core.period import Period

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1}


def day_from(text: str, today: date) -> date:
    """The day meant; a length of time counts from today, a weekday is the next one after today.

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
    try:
        return Period.parse(typed.removeprefix("in ")).after(today)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text}” is not a day: write 2026-12-01, 3d, 2w, tomorrow or friday") from None


def past_day_from(text: str, today: date) -> date:
    """The day meant where it was one gone by: a weekday is the last one before today, ``3d`` is three days ago.

    A day written in full is taken as it is, even if it is still to come.

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
