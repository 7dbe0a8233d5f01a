"""Backups: which stay, what putting one back does, and that nothing is lost on the way."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.model import PersonId
from kith.errors import StoreError, UsageError
from kith.keeping import backups
from kith.store.people import PersonRow
from kith.store.store import Store, open_store

NOW = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
ANA, BEA = PersonId("ana"), PersonId("bea")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "kith" / "kith.sqlite3"


@pytest.fixture
def folder(place: Path) -> Path:
    return place.parent / "backups"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with open_store(place, NOW, lambda: "here") as opened:
        opened.people.add(PersonRow(ANA, "Ana"), NOW)
        yield opened


def people(place: Path) -> list[str]:
    with open_store(place, NOW, lambda: "another") as opened:
        return opened.people.names()


class TestWhichStay:
    def test_a_week_of_days_and_four_weeks_before(self) -> None:
        there = {TODAY - timedelta(days=ago) for ago in range(60)}
        stay = sorted(backups.kept(there), reverse=True)
        assert stay[:7] == [TODAY - timedelta(days=ago) for ago in range(7)]
        assert stay[7:] == [date(2026, 10, 28), date(2026, 10, 25), date(2026, 10, 18), date(2026, 10, 11)]

    @given(st.sets(st.dates(date(2025, 12, 1), date(2026, 3, 1)), max_size=60))
    def test_never_more_than_eleven_and_never_too_few(self, there: set[date]) -> None:
        stay = backups.kept(there)
        assert stay <= there
        assert len(stay) <= backups.DAYS_KEPT + backups.WEEKS_KEPT
        assert set(sorted(there)[-backups.DAYS_KEPT :]) <= stay
        assert backups.kept(stay) == stay

    def test_a_year_of_days_leaves_every_week_its_last_day(self) -> None:
        there: set[date] = set()
        for ago in reversed(range(365)):
            there = backups.kept(there | {TODAY - timedelta(days=ago)})
        assert len(there) == 11
        assert min(there) >= TODAY - timedelta(days=7 * 6)


class TestEveryDay:
    def test_once_a_day(self, store: Store, folder: Path, tmp_path: Path) -> None:
        made = backups.daily(store, folder, TODAY)
        assert made is not None
        assert made.name == "daily-2026-11-04.sqlite3"
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [path.name for path in folder.iterdir()] == [made.name], "one file, and nothing beside it"
        assert backups.daily(store, folder, TODAY) is None
        assert people(made) == ["Ana"]

    def test_only_daily_ones_go(self, store: Store, folder: Path) -> None:
        for ago in range(20, 0, -1):
            backups.daily(store, folder, TODAY - timedelta(days=ago))
        theirs = folder / "daily-mine.sqlite3"
        theirs.write_text("")
        by_hand = backups.by_hand(store, folder, None, NOW)
        backups.daily(store, folder, TODAY)
        left = {path.name for path in folder.iterdir()}
        assert {theirs.name, by_hand.name} < left
        assert len(left) == 2 + 7 + 3

    def test_a_clock_that_was_wrong_once_costs_no_backup_of_today(self, store: Store, folder: Path) -> None:
        for ahead in range(20):
            backups.daily(store, folder, date(2099, 1, 1) + timedelta(days=ahead))
        made = backups.daily(store, folder, TODAY)
        assert made is not None
        assert made.exists()

    def test_what_a_killed_pass_left_is_cleared_away(self, store: Store, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / ".daily-2026-11-03.sqlite3.partial").write_text("half of it")
        made = backups.daily(store, folder, TODAY)
        assert list(folder.iterdir()) == [made]

    def test_where_it_cannot_be_made_none_goes(self, store: Store, folder: Path) -> None:
        folder.write_text("a file in its place")
        with pytest.raises(StoreError):
            backups.daily(store, folder, TODAY)


class TestByHand:
    def test_nothing_is_overwritten(self, store: Store, folder: Path, tmp_path: Path) -> None:
        target = tmp_path / "mine.sqlite3"
        assert backups.by_hand(store, folder, target, NOW) == target
        before = target.read_bytes()
        with pytest.raises(UsageError, match="there already"):
            backups.by_hand(store, folder, target, NOW)
        assert target.read_bytes() == before
        assert backups.by_hand(store, folder, tmp_path, NOW).parent == tmp_path

    def test_a_folder_that_is_not_there_is_not_made(self, store: Store, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="there is no folder"):
            backups.by_hand(store, folder, tmp_path / "nowhere" / "mine.sqlite3", NOW)

    def test_a_neighbour_of_the_file_is_left_alone(self, store: Store, folder: Path, tmp_path: Path) -> None:
        neighbour = tmp_path / "mine.partial"
        neighbour.write_text("not kith's")
        backups.by_hand(store, folder, tmp_path / "mine.sqlite3", NOW)
        assert neighbour.read_text() == "not kith's"


class TestPuttingBack:
    def test_it_is_as_it_was_and_what_was_there_is_kept(self, store: Store, place: Path, folder: Path) -> None:
        made = backups.by_hand(store, folder, None, NOW)
        store.people.add(PersonRow(BEA, "Bea"), NOW)
        restored = backups.restore(made, place, folder, NOW)
        assert store.people.names() == ["Ana"], "also for whoever has it open"
        assert (restored.people, restored.conversations, restored.last_pass) == (1, 0, None)
        assert restored.kept is not None
        assert people(restored.kept) == ["Ana", "Bea"]
        assert not list(place.parent.glob(".restore-*"))

    def test_no_epoch_comes_twice(self, store: Store, place: Path, folder: Path) -> None:
        made = backups.by_hand(store, folder, None, NOW)
        epochs = [store.epoch]
        for _ in range(3):
            backups.restore(made, place, folder, NOW)
            epochs.append(store.epoch)
        assert epochs == [1, 2, 3, 4]

    def test_a_damaged_store_is_moved_away(self, place: Path, folder: Path, tmp_path: Path) -> None:
        with open_store(place, NOW, lambda: "here") as opened:
            opened.people.add(PersonRow(ANA, "Ana"), NOW)
            made = backups.by_hand(opened, folder, None, NOW)
        place.write_bytes(b"what is this" * 1000)
        restored = backups.restore(made, place, folder, NOW)
        assert restored.kept is not None
        assert restored.kept.name.startswith("damaged-")
        assert restored.kept.read_bytes() == b"what is this" * 1000
        assert people(place) == ["Ana"]

    def test_where_there_is_no_store_any_more(self, store: Store, folder: Path, tmp_path: Path) -> None:
        made = backups.by_hand(store, folder, None, NOW)
        target = tmp_path / "elsewhere" / "kith.sqlite3"
        assert backups.restore(made, target, target.parent / "backups", NOW).kept is None
        assert people(target) == ["Ana"]

    @pytest.mark.parametrize("content", [b"", b"not a store" * 500, b"SQLite format 3\0" + b"\xff" * 9000])
    def test_what_is_no_backup_changes_nothing(
        self, store: Store, place: Path, folder: Path, tmp_path: Path, content: bytes
    ) -> None:
        wrong = tmp_path / "wrong.sqlite3"
        wrong.write_bytes(content)
        with pytest.raises(StoreError):
            backups.restore(wrong, place, folder, NOW)
        assert (store.people.names(), store.epoch) == (["Ana"], 1)
        assert not folder.exists()

    def test_nor_does_one_of_a_newer_kith(self, store: Store, place: Path, folder: Path, tmp_path: Path) -> None:
        made = backups.by_hand(store, folder, tmp_path / "newer.sqlite3", NOW)
        with open_store(made, NOW, lambda: "here") as opened:
            opened.database.execute("INSERT INTO migrations VALUES ('9999 of the future', '')")
        with pytest.raises(StoreError, match="newer kith"):
            backups.restore(made, place, folder, NOW)
        assert (store.people.names(), store.epoch) == (["Ana"], 1)

    def test_the_backup_itself_stays_as_it_is(self, store: Store, place: Path, folder: Path) -> None:
        made = backups.by_hand(store, folder, None, NOW)
        before = made.read_bytes()
        backups.restore(made, place, folder, NOW)
        assert made.read_bytes() == before

    def test_a_missing_file_says_which_there_are(self, store: Store, place: Path, folder: Path) -> None:
        made = backups.by_hand(store, folder, None, NOW)
        with pytest.raises(UsageError) as caught:
            backups.restore(folder / "nothing", place, folder, NOW)
        assert str(made) in caught.value.hint
