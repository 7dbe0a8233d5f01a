"""What one look at a calendar leaves for the next, in the store and on the way through a pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.calendar import FakeCalendar
from kith.calendars.base import Look
from kith.core.event import Fields, Kind, Marker, Timed
from kith.core.model import AccountId, ETag, Href, InstallId
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules
from kith.store.calendars import LastLook
from kith.store.store import Store, open_store
from kith.sync.readback import ReadBack

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Lisbon")
HOME = AccountId("home")


class WatchedCalendar(FakeCalendar):
    """A calendar that keeps what it is asked with, and hands out cursors."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[dict[Href, ETag | None], str]] = []
        self.gave: list[Look] = []

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        self.asked.append((dict(known), cursor))
        look = replace(super().look(known, cursor), cursor=f"cursor {len(self.asked)}")
        self.gave.append(look)
        return look


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ExitStack() as stack:
        yield stack.enter_context(open_store(tmp_path / "kith.sqlite3", NOW, lambda: "here"))


def read_back(store: Store, calendar: WatchedCalendar) -> PassReport:
    report = PassReport(started=NOW)
    ReadBack(store, calendar, Rules(DayRules(ZONE)), NOW, report, lambda _: None).run()
    return report


def marker(install: str, n: int = 1) -> Marker:
    return Marker(InstallId(install), 1, Kind.REACH_OUT, "ana", n, title="Reach out: Ana")


def fields(day: datetime, title: str = "Reach out: Ana") -> Fields:
    return Fields(Timed(day, timedelta(minutes=15)), title, "")


class TestTheStore:
    def test_at_first_there_is_nothing(self, store: Store) -> None:
        assert store.calendars.last_look(HOME, "calendar") == LastLook()

    def test_the_last_look_is_kept(self, store: Store) -> None:
        look = LastLook("a cursor", {Href("/a b.ics"): ETag('"1"'), Href("ž.ics"): ETag('W/"2"')})
        with store.transaction():
            store.calendars.save_look(HOME, "calendar", LastLook("older"))
            store.calendars.save_look(HOME, "calendar", look)
            store.calendars.save_look(HOME, "another", LastLook("another"))
        assert store.calendars.last_look(HOME, "calendar") == look


class TestAPass:
    def test_the_cursor_goes_round(self, store: Store) -> None:
        calendar = WatchedCalendar()
        for _ in range(3):
            read_back(store, calendar)
        assert [cursor for _, cursor in calendar.asked] == ["", "cursor 1", "cursor 2"]

    @pytest.mark.parametrize("which", ["long past", "ticked"])
    def test_what_concerns_nobody_is_seen_once(self, store: Store, which: str) -> None:
        calendar = WatchedCalendar()
        if which == "ticked":
            calendar.put(marker("another"), fields(NOW, "✓ Reach out: Ana"), NOW)
        else:
            calendar.put(marker("another"), fields(NOW - timedelta(days=100)), NOW)
        for _ in range(3):
            assert read_back(store, calendar).troubles == []
        assert [len(look.events) for look in calendar.gave] == [1, 0, 0]

    def test_so_is_a_copy(self, store: Store) -> None:
        calendar = WatchedCalendar()
        calendar.put(marker("another"), fields(NOW - timedelta(days=100)), NOW)
        calendar.copy(marker("another").uid)
        for _ in range(2):
            read_back(store, calendar)
        assert [len(look.events) for look in calendar.gave] == [2, 0]

    def test_until_it_changes(self, store: Store) -> None:
        calendar = WatchedCalendar()
        calendar.put(marker("another"), fields(NOW, "✓ Reach out: Ana"), NOW)
        read_back(store, calendar)
        calendar.untick(marker("another").uid)
        assert [trouble.kind for trouble in read_back(store, calendar).troubles] == ["OtherInstall"]

    def test_an_open_event_of_another_kith_is_seen_until_the_user_says_what_it_is(self, store: Store) -> None:
        calendar = WatchedCalendar()
        calendar.put(marker("another"), fields(NOW), NOW)
        for _ in range(3):
            assert [trouble.kind for trouble in read_back(store, calendar).troubles] == ["OtherInstall"]

    def test_what_is_gone_is_forgotten(self, store: Store) -> None:
        calendar = WatchedCalendar()
        calendar.put(marker("another"), fields(NOW, "✓ Reach out: Ana"), NOW)
        read_back(store, calendar)
        calendar.remove(marker("another").uid)
        read_back(store, calendar)
        assert store.calendars.last_look(calendar.account, calendar.name).settled == {}
