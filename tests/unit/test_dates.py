"""Birthdays and anniversaries: which come up, when their events stand, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.brief import Subject
from kith.core.dates import Coming, coming, start_of, subject_of
from kith.core.model import Cadence, PartialDate, Person, PersonId
from kith.core.period import Period
from kith.core.rules import DateRules, DayRules

LISBON = ZoneInfo("Europe/Lisbon")
DAYS = DayRules(LISBON)
ON = DateRules(birthdays=True, anniversaries=True)
TODAY = date(2026, 11, 2)
ANA = Person(PersonId("ana"), "Ana Souza")


def born(when: PartialDate) -> Person:
    return replace(ANA, birthday=when)


@pytest.mark.parametrize(
    ("birthday", "lead", "today", "stands"),
    [
        (PartialDate(11, 20, 1980), 0, TODAY, ["2026-11-20"]),
        (PartialDate(11, 20), 0, TODAY, ["2026-11-20"]),
        (PartialDate(11, 20), 7, TODAY, ["2026-11-13"]),
        (PartialDate(11, 2), 0, TODAY, ["2026-11-02"]),
        (PartialDate(11, 30), 0, TODAY, ["2026-11-30"]),
        (PartialDate(12, 1), 0, TODAY, []),
        (PartialDate(12, 1), 7, TODAY, ["2026-11-24"]),
        (PartialDate(10, 31), 0, TODAY, ["2026-10-31"]),
        (PartialDate(9, 1), 0, TODAY, []),
        (PartialDate(1, 3), 0, date(2026, 12, 20), ["2027-01-03"]),
        (PartialDate(1, 3), 14, date(2026, 12, 1), ["2026-12-20"]),
        (PartialDate(2, 29), 0, date(2027, 2, 20), ["2027-03-01"]),
        (PartialDate(2, 29), 0, date(2028, 2, 20), ["2028-02-29"]),
    ],
)
def test_a_date_comes_up_inside_the_horizon(birthday: PartialDate, lead: int, today: date, stands: list[str]) -> None:
    rules = replace(ON, lead=timedelta(days=lead))
    assert [one.stands.isoformat() for one in coming(born(birthday), rules, DAYS, today)] == stands


def test_only_what_is_asked_for_comes_up() -> None:
    both = replace(ANA, birthday=PartialDate(11, 20), anniversary=PartialDate(11, 21))
    asked = [
        (DateRules(), []),
        (DateRules(birthdays=True), ["Birthday"]),
        (DateRules(anniversaries=True), ["Anniversary"]),
        (ON, ["Birthday", "Anniversary"]),
    ]
    for rules, what in asked:
        assert [one.what for one in coming(both, rules, DAYS, TODAY)] == what


@pytest.mark.parametrize(
    ("one", "title", "words"),
    [
        (("Birthday", "2026-11-20", "2026-11-20", 1980), "Birthday: Ana Souza", "Birthday on 20 Nov 2026: turns 46"),
        (("Birthday", "2026-11-20", "2026-11-20", None), "Birthday: Ana Souza", "Birthday on 20 Nov 2026"),
        (("Birthday", "2026-11-20", "2026-11-13", None), "Birthday on 20 Nov: Ana Souza", "Birthday on 20 Nov 2026"),
        (("Birthday", "2026-11-20", "2026-11-20", 2026), "Birthday: Ana Souza", "Birthday on 20 Nov 2026"),
        (
            ("Anniversary", "2026-11-20", "2026-11-20", 2016),
            "Anniversary: Ana Souza",
            "Anniversary on 20 Nov 2026: 10 years",
        ),
    ],
)
def test_it_is_said_in_words(one: tuple[str, str, str, int | None], title: str, words: str) -> None:
    what, on, stands, year = one
    found = Coming(what, date.fromisoformat(on), date.fromisoformat(stands), year)
    assert (found.title("Ana Souza"), found.in_words()) == (title, words)


def test_its_event_starts_at_the_hour_of_dates() -> None:
    one = Coming("Birthday", date(2026, 11, 20), date(2026, 11, 13))
    assert start_of(one, replace(ON, at=time(8, 15)), DAYS) == datetime(2026, 11, 13, 8, 15, tzinfo=LISBON)


def test_the_date_stands_where_the_cadence_does() -> None:
    one = Coming("Birthday", date(2026, 11, 20), date(2026, 11, 20))
    about = Subject(ANA, circle="inner", cadence=Cadence.of(Period(days=14)), facts=("Likes tea",))
    assert subject_of(one, about) == Subject(ANA, remark="Birthday on 20 Nov 2026", facts=("Likes tea",))


@given(
    st.dates(date(1904, 1, 1), date(2030, 12, 31)),
    st.integers(0, 60),
    st.dates(date(2026, 1, 1), date(2034, 12, 31)),
)
def test_a_year_has_each_date_once_and_no_day_of_it_is_left_out(day: date, lead: int, first: date) -> None:
    person = born(PartialDate(day.month, day.day, day.year))
    rules = replace(ON, lead=timedelta(days=lead))
    seen = {
        one.subject: one
        for offset in range(0, 366, 14)
        for one in coming(person, rules, DAYS, first + timedelta(days=offset))
    }
    falling = [one for one in seen.values() if first <= one.stands <= first + timedelta(days=364)]
    assert len(falling) == 1
    assert all(one.on - one.stands == rules.lead for one in seen.values())
