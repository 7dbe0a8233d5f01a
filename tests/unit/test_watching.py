"""The watched calendars' way into the store: what is asked, what is kept, and what a failure leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.watched import FakeWatched
from kith.core.event import Timed
from kith.core.meetings import Guest, Meeting
from kith.core.report import PassReport
from kith.errors import Transient
from kith.store.meetings import Place
from kith.store.store import Store, open_store
from kith.sync.watching import Watching, read_calendars

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "kith.sqlite3", NOW, lambda: "here") as opened:
        yield opened


def meeting(uid: str, days: float) -> Meeting:
    when = Timed(NOW + timedelta(days=days), timedelta(hours=1))
    return Meeting(uid, when, "Lunch", (Guest("ana@example.org"), Guest("me@example.org", is_me=True)))


def read(store: Store, *calendars: FakeWatched, now: datetime = NOW) -> PassReport:
    report = PassReport(now)
    watching = Watching(calendars, [Place(one.account, one.name) for one in calendars])
    read_calendars(store, watching, LISBON, now, report)
    return report


def kept(store: Store) -> list[Meeting]:
    return [one for _, one in store.meetings.ending_after(LONG_AGO)]


def test_what_is_read_comes_out_of_the_store_as_it_was(store: Store) -> None:
    work = FakeWatched()
    lunch = meeting("lunch", 2)
    work.put("lunch.ics", lunch)
    read(store, work)
    assert kept(store) == [lunch]


def test_a_calendar_that_fails_is_told_and_keeps_what_was_known_and_the_others_go_on(store: Store) -> None:
    work, own = FakeWatched(), FakeWatched("g", "primary")
    work.put("lunch.ics", meeting("lunch", -1))
    read(store, work, own)
    work.failing = Transient("the server is down")
    own.put("tea", meeting("tea", -2))
    report = read(store, work, own)
    assert [(one.account, one.message) for one in report.troubles] == [("home", "the server is down")]
    assert {one.uid for one in kept(store)} == {"lunch", "tea"}


def test_what_was_over_long_ago_is_not_kept(store: Store) -> None:
    work = FakeWatched()
    work.put("old.ics", meeting("old", -61))
    work.put("recent.ics", meeting("recent", -59))
    read(store, work)
    assert [one.uid for one in kept(store)] == ["recent"]
    read(store, work)
    assert work.known == [0, 2]


def test_later_dates_of_a_series_are_looked_up_once_a_month(store: Store) -> None:
    work = FakeWatched()
    work.put("weekly.ics", meeting("weekly", 1), source="weekly")
    work.put("lunch.ics", meeting("lunch", 1))
    work.later["weekly"] = (meeting("weekly", 8),)
    for days in range(0, 62, 2):
        read(store, work, now=NOW + timedelta(days=days))
    assert work.looked_up == ["weekly"]
    assert {one.when.day_in(LISBON).day for one in kept(store) if one.uid == "weekly"} == {10}


def test_what_depends_on_something_that_changed_is_read_again(store: Store) -> None:
    work = FakeWatched()
    work.put("lunch.ics", meeting("lunch", 1))
    read(store, work)
    work.made_for = "tokyo"
    read(store, work)
    assert work.known == [0, 0]
    assert len(kept(store)) == 1


def test_a_calendar_that_is_not_watched_any_more_is_forgotten(store: Store) -> None:
    work, own = FakeWatched(), FakeWatched("g", "primary")
    work.put("lunch.ics", meeting("lunch", 1))
    own.put("tea", meeting("tea", 1))
    read(store, work, own)
    read(store, own)
    assert [one.uid for one in kept(store)] == ["tea"]
    assert list(store.meetings.watched()) == [Place(own.account, "primary")]


def test_what_cannot_be_read_is_told_once(store: Store) -> None:
    work = FakeWatched()
    work.put("broken.ics", unreadable=2)
    (note,) = read(store, work).notes
    assert (note.where, note.message) == ("home/Work", "2 events cannot be read (broken.ics); the others count")
    assert read(store, work).notes == []
    assert store.meetings.counts(Place(work.account, "Work")) == (1, ["broken.ics"])
