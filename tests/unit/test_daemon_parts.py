"""The daemon's parts, each alone: its clock, its eye on the config, its word to systemd, its look into the store."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.report import PassReport
from kith.daemon import loop
from kith.daemon.due import Due
from kith.daemon.notify import Systemd
from kith.daemon.record import Record, read_record
from kith.daemon.timing import ConfigWatch
from kith.store.store import open_store
from kith.sync.waits import look_ahead

NOW = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
"""Ten minutes before summer time ends in Europe."""
EVERY = timedelta(minutes=15)


# When a pass is due


class Machine:
    """Its clock can be set; what it counts since it was started cannot."""

    def __init__(self) -> None:
        self.clock = NOW
        self.seconds = 1000.0

    def pass_time(self, span: timedelta) -> None:
        """While it runs, or sleeps."""
        self.clock += span
        self.seconds += span.total_seconds()

    def due(self) -> Due:
        return Due(lambda: self.seconds, lambda: self.clock)


def test_at_first_a_pass_is_due() -> None:
    assert Machine().due().has_come()


@pytest.mark.parametrize(
    ("at", "has_come"),
    [
        pytest.param(NOW + timedelta(minutes=5), False, id="not yet"),
        pytest.param(NOW + EVERY, False, id="at the longest"),
        pytest.param(NOW, True, id="just now"),
        pytest.param(NOW - timedelta(days=300), True, id="the machine was off for long"),
        pytest.param(NOW + timedelta(days=300), True, id="the clock was ahead, and is right again"),
    ],
)
def test_a_daemon_that_starts_goes_on_where_the_last_one_was(at: datetime, has_come: bool) -> None:
    machine = Machine()
    due = machine.due()
    due.keep(at, EVERY)
    assert due.has_come() is has_come
    machine.pass_time(EVERY)
    assert due.has_come()


@given(st.timedeltas(timedelta(days=-3650), timedelta(days=3650)))
def test_setting_the_clock_neither_skips_a_pass_nor_makes_two(change: timedelta) -> None:
    machine = Machine()
    due = machine.due()
    due.keep(NOW + EVERY, EVERY)
    machine.clock += change
    machine.pass_time(EVERY - timedelta(seconds=1))
    assert not due.has_come()
    machine.pass_time(timedelta(seconds=1))
    assert due.has_come()
    due.keep(machine.clock + EVERY, EVERY)  # as the pass says at its end
    assert not due.has_come()


def test_after_a_long_sleep_one_pass_is_due_not_many() -> None:
    machine = Machine()
    due = machine.due()
    due.put_off(EVERY)
    machine.pass_time(timedelta(days=2))
    assert due.has_come()
    due.keep(machine.clock + EVERY, EVERY)
    assert not due.has_come()


@pytest.mark.parametrize(("watchdog", "looks_every"), [(None, 10), (60.0, 10), (15.0, 5), (3.0, 1), (0.5, 1)])
def test_the_watchdog_hears_of_several_looks(watchdog: float | None, looks_every: int) -> None:
    assert loop._within(loop.LOOK_EVERY, watchdog) == looks_every


# The config


def rewritten(config: Path) -> None:
    config.write_text("longer than before")


def replaced(config: Path) -> None:
    other = config.with_suffix(".new")
    other.write_text(config.read_text())
    other.rename(config)


def relinked(config: Path) -> None:
    target = config.with_name("elsewhere.toml")
    target.write_text("kept with the other dotfiles")
    config.unlink()
    config.symlink_to(target)


@pytest.mark.parametrize("edit", [rewritten, replaced, relinked, Path.unlink])
def test_an_edit_is_noticed_once_it_is_done(tmp_path: Path, edit: Callable[[Path], None]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("first")
    watch = ConfigWatch(config)
    assert not watch.changed()
    edit(config)
    assert not watch.changed(), "whoever writes may not be done yet"
    assert watch.changed()
    assert not watch.changed(), "said once"


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    watch = ConfigWatch(config)
    for length in range(1, 5):
        config.write_text("x" * length)
        assert not watch.changed()
    assert watch.changed()


def test_what_a_pass_reads_is_no_news_any_more(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    watch = ConfigWatch(config)
    config.write_text("x")
    watch.take_as_known()
    assert not watch.changed()
    assert not watch.changed()


def test_an_edit_from_before_the_daemon_is_seen_by_its_date(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    assert not ConfigWatch(config).changed_since(NOW)
    config.write_text("x")
    written = datetime.fromtimestamp(config.stat().st_mtime, UTC)
    assert ConfigWatch(config).changed_since(written - timedelta(minutes=1))
    assert not ConfigWatch(config).changed_since(written + timedelta(minutes=1))


# The store


def test_the_daemon_reads_what_a_pass_wrote(tmp_path: Path) -> None:
    path = tmp_path / "kith.sqlite3"
    assert read_record(path) is None
    assert not path.exists()
    with open_store(path, NOW, lambda: "install") as store:
        assert read_record(path) is None
        look_ahead(store, PassReport(NOW), ["home"], EVERY, UTC, online=True, chance=0.5)
        written = Record(NOW + EVERY, NOW, "Last pass Sun 00:50, next Sun 01:05; all is well")
        assert read_record(path) == written
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert read_record(path) == written, "it waits for nobody"
    assert read_record(path) == written


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_store_that_cannot_be_read_says_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kith.sqlite3"
    path.write_bytes(content)
    assert read_record(path) is None
    assert path.read_bytes() == content


# systemd


@pytest.fixture(params=["in the file system", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd has it, and its address as systemd writes it."""
    address = f"@kith-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(5)
        channel.bind(address.replace("@", "\0"))
        yield channel, address


def test_systemd_hears_what_there_is_to_hear(manager: tuple[socket.socket, str]) -> None:
    channel, address = manager
    systemd = Systemd({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())})
    assert systemd.watchdog == 3.0
    systemd.ready()
    systemd.status("all is well\nMAINPID=1 – “fine”")
    systemd.status("all is well\nMAINPID=1 – “fine”")
    systemd.alive()
    systemd.stopping()
    heard = [channel.recv(4096).decode() for _ in range(4)]
    assert heard == ["READY=1", "STATUS=all is well MAINPID=1 – “fine”", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nobody/there"}, {"NOTIFY_SOCKET": "@kith-nobody-there"}],
)
def test_where_nobody_listens_nothing_happens(environment: dict[str, str]) -> None:
    systemd = Systemd(environment)
    systemd.ready()
    systemd.status("all is well")
    systemd.alive()


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}],
)
def test_a_watchdog_of_somebody_else_is_none(environment: dict[str, str]) -> None:
    assert Systemd(environment).watchdog is None
