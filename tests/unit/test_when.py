"""Days as people type them, ahead and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.when import day_from, past_day_from

TODAY = date(2026, 11, 27)  # a Friday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 11, 27)),
        ("tomorrow", date(2026, 11, 28)),
        ("yesterday", date(2026, 11, 26)),
        (" Tomorrow ", date(2026, 11, 28)),
        ("2026-12-01", date(2026, 12, 1)),
        ("2020-02-29", date(2020, 2, 29)),
        ("3d", date(2026, 11, 30)),
        ("in 3d", date(2026, 11, 30)),
        ("in 3 days", date(2026, 11, 30)),
        ("2w", date(2026, 12, 11)),
        ("3 months", date(2027, 2, 27)),
        ("1y", date(2027, 11, 27)),
        ("1m 1w", date(2027, 1, 3)),
        ("saturday", date(2026, 11, 28)),
        ("SAT", date(2026, 11, 28)),
        ("thu", date(2026, 12, 3)),
        ("thurs", date(2026, 12, 3)),
        pytest.param("friday", date(2026, 12, 4), id="today's weekday is the next one"),
        ("3 May", date(2027, 5, 3)),
        ("may 3", date(2027, 5, 3)),
        ("3rd dec.", date(2026, 12, 3)),
        ("December 3rd, 2028", date(2028, 12, 3)),
        ("3 Sept 2020", date(2020, 9, 3)),
        pytest.param("27 nov", date(2026, 11, 27), id="today is the next one"),
        ("26 november", date(2027, 11, 26)),
        pytest.param("29 feb", date(2028, 2, 29), id="the next leap year"),
    ],
)
def test_days_ahead(text: str, day: date) -> None:
    assert day_from(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 26)),
        ("2026-11-20", date(2026, 11, 20)),
        pytest.param("2026-12-01", date(2026, 12, 1), id="a day in full is taken as it is"),
        ("3d", date(2026, 11, 24)),
        ("3d ago", date(2026, 11, 24)),
        ("3 days ago", date(2026, 11, 24)),
        ("2w", date(2026, 11, 13)),
        ("1m", date(2026, 10, 27)),
        ("1 year ago", date(2025, 11, 27)),
        ("thu", date(2026, 11, 26)),
        ("saturday", date(2026, 11, 21)),
        pytest.param("friday", date(2026, 11, 20), id="today's weekday is the last one"),
        ("3 May", date(2026, 5, 3)),
        ("28 nov", date(2025, 11, 28)),
        ("29 feb", date(2024, 2, 29)),
    ],
)
def test_days_gone_by(text: str, day: date) -> None:
    assert past_day_from(text, TODAY) == day


def test_a_month_back_from_a_month_s_end_stays_in_its_month() -> None:
    assert past_day_from("1m", date(2026, 3, 31)) == date(2026, 2, 28)
    assert day_from("1m", date(2026, 1, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "fr", "2026-13-01", "2026-02-29", "0d", "3", "-3d", "3d ago", "d3"),
        *("31 feb", "3 ma", "may", "3 foo"),
    ],
)
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a day: write 2026-12-01, 3d, 2w, tomorrow or friday"):
        day_from(text, TODAY)


@pytest.mark.parametrize("text", ["", "ago", "soon", "in 3d", "99999999y", "0d ago"])
def test_what_is_no_day_gone_by_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a day: write 2026-11-20, 3d, 2w, yesterday or friday"):
        past_day_from(text, TODAY)


def a_day_or_a_complaint(text: str, today: date) -> None:
    for read in (day_from, past_day_from):
        complaint = ""
        try:
            read(text, today)
        except ValueError as error:
            complaint = str(error)
        assert complaint == "" or "is not a day" in complaint


@pytest.mark.parametrize("today", [date(1, 1, 5), date(9999, 12, 28)])
def test_at_the_ends_of_the_calendar_nothing_breaks(today: date) -> None:
    for text in ("50y", "600m"):
        a_day_or_a_complaint(text, today)


@given(st.text(max_size=30))
def test_anything_may_be_typed(text: str) -> None:
    a_day_or_a_complaint(text, TODAY)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_at_most_a_week_away(today: date, weekday: int) -> None:
    name = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[weekday]
    ahead, back = day_from(name, today), past_day_from(name, today)
    assert ahead.weekday() == back.weekday() == weekday
    assert timedelta(days=1) <= ahead - today <= timedelta(days=7)
    assert timedelta(days=1) <= today - back <= timedelta(days=7)
