"""Lengths of time as people write them, and the calendar arithmetic behind them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.period import Period, parse_duration

DAYS = st.dates(date(1970, 1, 1), date(2200, 12, 31))
PERIODS = st.builds(Period, st.integers(0, 240), st.integers(0, 3000)).filter(lambda p: bool(p.months or p.days))


# Reading


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("10d", 0, 10),
        ("2w", 0, 14),
        ("3m", 3, 0),
        ("1y", 12, 0),
        ("1m 2w", 1, 14),
        ("1m2w", 1, 14),
        ("1y 2m 3w 4d", 14, 25),
        ("2w 2w", 0, 28),
        ("  6W ", 0, 42),
        ("1 Day", 0, 1),
        ("2 weeks", 0, 14),
        ("1 wk", 0, 7),
        ("1 month", 1, 0),
        ("2mo", 2, 0),
        ("1yr", 12, 0),
        ("2 years", 24, 0),
        ("50y", 600, 0),
        ("0m 1d", 0, 1),
        ("007d", 0, 7),
        (f"{'0' * 5000}1d", 0, 1),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_period_is_read_in_letters_or_words(text: str, months: int, days: int) -> None:
    assert Period.parse(text) == Period(months, days)


@pytest.mark.parametrize(
    "text",
    ["10", "d", "1.5w", "-3d", "3 d w", "2w and 1d", "weekly", "1h", "30min", "2w3", "½m", "3d;", "1m-2w", "²d"],
)
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time: write 10d, 2w, 3m or 1y"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["", "   ", "0d", "0w 0m"])
def test_a_period_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="10d, 2w, 3m or 1y"):
        Period.parse(text)


@pytest.mark.parametrize(
    "text", ["51y", "600m 1d", "20000d", "9999999999999w", f"1{'0' * 400}d", f"1{'0' * 5000}m"], ids=lambda t: t[:12]
)
def test_a_period_longer_than_a_life_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is longer than 50 years"):
        Period.parse(text)


@given(PERIODS)
def test_what_is_written_is_read_again(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(PERIODS)
def test_what_is_said_in_words_is_read_again(period: Period) -> None:
    assert Period.parse(period.in_words().replace(" and ", " ")) == period


@pytest.mark.parametrize(
    ("period", "short", "words"),
    [
        (Period(days=1), "1d", "1 day"),
        (Period(days=10), "10d", "10 days"),
        (Period(days=7), "1w", "1 week"),
        (Period(days=42), "6w", "6 weeks"),
        (Period(months=1), "1m", "1 month"),
        (Period(months=3), "3m", "3 months"),
        (Period(months=12), "1y", "1 year"),
        (Period(months=24), "2y", "2 years"),
        (Period(months=14), "14m", "14 months"),
        (Period(1, 14), "1m2w", "1 month and 2 weeks"),
        (Period(12, 1), "1y1d", "1 year and 1 day"),
        (Period(), "0d", "0 days"),
    ],
    ids=str,
)
def test_a_period_in_short_and_in_words(period: Period, short: str, words: str) -> None:
    assert str(period) == short
    assert period.in_words() == words


# Counting


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-01-31", "1m", "2026-02-28"),
        ("2028-01-31", "1m", "2028-02-29"),
        ("2026-01-28", "1m", "2026-02-28"),
        ("2026-03-31", "1m", "2026-04-30"),
        ("2026-08-31", "6m", "2027-02-28"),
        ("2027-08-31", "6m", "2028-02-29"),
        ("2026-11-30", "3m", "2027-02-28"),
        ("2026-12-15", "1m", "2027-01-15"),
        ("2026-12-31", "2m", "2027-02-28"),
        ("2028-02-29", "1y", "2029-02-28"),
        ("2028-02-29", "4y", "2032-02-29"),
        ("2096-02-29", "4y", "2100-02-28"),
        ("2028-02-29", "1m", "2028-03-29"),
        ("2028-02-28", "1d", "2028-02-29"),
        ("2026-02-28", "1d", "2026-03-01"),
        ("2026-12-31", "1d", "2027-01-01"),
        ("2026-03-22", "2w", "2026-04-05"),
        ("2026-10-18", "2w", "2026-11-01"),
        ("2026-01-31", "1m 1d", "2026-03-01"),
        ("2026-01-31", "1y", "2027-01-31"),
    ],
)
def test_a_period_after_a_day(start: str, period: str, end: str) -> None:
    assert Period.parse(period).after(date.fromisoformat(start)) == date.fromisoformat(end)


@given(DAYS, st.integers(0, 240))
def test_a_month_end_never_spills_into_the_month_after(day: date, months: int) -> None:
    after = Period(months=months).after(day)

    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
    assert after.day <= day.day


@given(DAYS, DAYS, PERIODS)
def test_a_later_day_never_leads_to_an_earlier_one(one: date, other: date, period: Period) -> None:
    first, second = sorted((one, other))

    assert period.after(first) <= period.after(second)
    assert period.after(first) > first


@given(DAYS, PERIODS)
def test_the_length_in_days_is_right_on_average(day: date, period: Period) -> None:
    assert abs((period.after(day) - day).days - period.about_days) <= 4


@pytest.mark.parametrize(
    ("period", "longer"),
    [
        ("10d", "15d"),
        ("1d", "2d"),
        ("5d", "8d"),
        ("1w", "11d"),
        ("2w", "3w"),
        ("6w", "9w"),
        ("1m", "1m15d"),
        ("2m", "3m"),
        ("3m", "4m15d"),
        ("1y", "18m"),
        ("1m 1d", "1m17d"),
    ],
)
def test_half_as_long_again(period: str, longer: str) -> None:
    assert Period.parse(period).half_as_long_again() == Period.parse(longer)


@given(PERIODS, DAYS)
def test_half_as_long_again_is_longer(period: Period, day: date) -> None:
    longer = period.half_as_long_again()

    assert longer.about_days > period.about_days
    assert longer.after(day) > period.after(day)


# Durations on the clock


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("15m", 900),
        ("2h", 7200),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("90 seconds", 90),
        ("1 Minute", 60),
        ("2 hours", 7200),
        ("10min", 600),
        ("24h", 86400),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["15", "m", "1.5h", "-1h", "1d", "2w", "1y", "soon", "1h:30"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write 30s, 15m or 2h"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "0s", "0h 0m"])
def test_a_duration_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be more than nothing"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["8785h", "999999999999999h", f"1{'0' * 5000}s"], ids=["long", "longer", "longest"])
def test_a_duration_longer_than_a_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is longer than a year"):
        parse_duration(text)
