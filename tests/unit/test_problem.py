"""Which faults the user is told of, and in which words."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime, timedelta

import pytest

from kith import errors
from kith.core.event import AllDay
from kith.core.problem import LASTING_AFTER, PASSING, Problem, is_lasting, problem_fields

SINCE = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
DENIED = Problem("home", "Denied", "the calendar is not there", "bring it back")


@pytest.mark.parametrize("kind", ["SignInNeeded", "Denied", "RemovalsHeld", "ConfigError", "BudgetTooSmall", "new"])
def test_what_needs_a_hand_is_told_at_once(kind: str) -> None:
    assert is_lasting(kind, SINCE, SINCE)


@pytest.mark.parametrize("kind", sorted(PASSING))
def test_what_often_mends_itself_is_told_after_a_day(kind: str) -> None:
    assert not is_lasting(kind, SINCE, SINCE + LASTING_AFTER - timedelta(seconds=1))
    assert is_lasting(kind, SINCE, SINCE + LASTING_AFTER)


def test_every_kind_that_passes_is_one_that_there_is() -> None:
    kinds = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    assert PASSING - {"BackupFailed"} <= kinds


def test_the_event_says_what_mends_it() -> None:
    fields = problem_fields(DENIED, TODAY, "full")
    assert (fields.when, fields.title, fields.alarm) == (AllDay(TODAY), "kith cannot use “home”", False)
    assert fields.description.splitlines() == [
        "The calendar is not there.",
        "What mends it: bring it back.",
        "`kith status` says more. This event goes away when it is mended; delete it if you have seen it.",
    ]


@pytest.mark.parametrize("details", ["short", "none"])
def test_for_others_eyes_it_says_where_to_look(details: str) -> None:
    assert len(problem_fields(DENIED, TODAY, details).description.splitlines()) == 1


def test_only_the_day_changes_from_day_to_day() -> None:
    today, tomorrow = (problem_fields(DENIED, TODAY + timedelta(days=days), "full") for days in (0, 1))
    assert (today.title, today.description) == (tomorrow.title, tomorrow.description)


def test_an_unknown_kind_has_a_title_too() -> None:
    assert Problem("home", "Odd", "x").title == "kith has a problem with “home”"
    assert Problem("", "Odd", "").title == "kith has a problem with itself"
