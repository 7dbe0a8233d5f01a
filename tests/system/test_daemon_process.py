"""``kith daemon`` as a service manager runs it: passes at start and when told, and nothing that can bring it down."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import IO

from system.home import CONFIG, Home, card
from system.test_processes import wait_for_the_lock

_PATIENCE = 30


class Journal:
    """What a daemon and its passes write, line by line as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._coming: Queue[str] = Queue()
        streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
        self._readers = [threading.Thread(target=self._read, args=(stream,), daemon=True) for stream in streams]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._coming.put(line)

    def close(self) -> None:
        """Read to the end, which comes when the last process that writes has ended."""
        for reader in self._readers:
            reader.join(_PATIENCE)

    def until(self, part: str) -> str:
        """Read on to the next line that holds ``part``."""
        patience = time.monotonic() + _PATIENCE
        while time.monotonic() < patience:
            try:
                line = self._coming.get(timeout=0.1).rstrip("\n")
            except Empty:
                continue
            self.lines.append(line)
            if part in line:
                return line
        raise AssertionError(f"no line with {part!r} in {self.lines}")

    def until_all(self, *parts: str) -> list[str]:
        """Read on until each of the parts was in a line; those lines. Its two channels are not in step."""
        found: dict[str, str] = {}
        while len(found) < len(parts):
            line = self.until("")
            found |= {part: line for part in parts if part in line}
        return [found[part] for part in parts]


@contextmanager
def daemon(home: Home, *options: str) -> Iterator[tuple[subprocess.Popen[str], Journal]]:
    with home.running(*options, "daemon") as process:
        journal = Journal(process)
        try:
            yield process, journal
        finally:
            if process.poll() is None:
                process.kill()
            journal.close()


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> float:
    """Stop the daemon; how many seconds it took."""
    began = time.monotonic()
    process.send_signal(number)
    assert process.wait(timeout=_PATIENCE) == 0
    return time.monotonic() - began


def children(process: subprocess.Popen[str]) -> list[int]:
    """The processes that it started and did not take note of the end of, zombies included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == process.pid:
            found.append(int(stat.parent.name))
    return found


def eventually(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < patience
        time.sleep(0.02)


def test_it_makes_a_pass_at_start_and_when_told_and_ends_at_once(home: Home) -> None:
    with daemon(home) as (process, journal):
        assert journal.until("pass:") == "pass: 0 answers understood, 6 events written, 6 open, 6 in the network"
        eventually(lambda: children(process) == [])
        home.write_cards(card("Bruno Tavares", "Family"), file="more.vcf")
        process.send_signal(signal.SIGHUP)
        assert "1 events written" in journal.until("pass:")
        eventually(lambda: children(process) == [])
        assert process.poll() is None
        assert stop(process) < 5
    assert len(home.events()) == 7
    assert len(journal.lines) == 2


def test_it_ends_while_a_pass_is_running(home: Home) -> None:
    home.write_cards(*(card(f"Person {n:05}") for n in range(5000)), file="large.vcf")
    with daemon(home) as (process, _):
        wait_for_the_lock(home)
        running = children(process)
        assert len(running) == 1
        assert stop(process, signal.SIGINT) < 5
    assert not Path(f"/proc/{running[0]}").exists()
    home.sync()  # nobody holds the lock


def test_a_broken_config_leaves_the_last_good_one_in_force(home: Home) -> None:
    with daemon(home) as (process, journal):
        journal.until("pass:")
        home.write_config(CONFIG + '\n[people."Ana Souza"]\ncircle = "iner"\n')
        process.send_signal(signal.SIGHUP)
        passed, problem = journal.until_all("pass:", "problem:")
        assert "6 open, 6 in the network, 1 problems" in passed
        assert problem == "problem: the config is broken (line 19); the last good one is in force; see `kith check`"
        home.write_config(CONFIG.replace('"2w"', '"1w"'))
        process.send_signal(signal.SIGHUP)
        assert "problems" not in journal.until("pass:")
        stop(process)
    assert "inner, every 1 week" in home.event_of("Ana Souza").description


def test_a_pass_that_crashes_does_not_end_it(home: Home) -> None:
    home.write_cards(*(card(f"Person {n:05}") for n in range(5000)), file="large.vcf")
    with daemon(home) as (process, journal):
        wait_for_the_lock(home)
        os.kill(children(process)[0], signal.SIGKILL)
        assert journal.until("daemon:") == "daemon: a pass ended with exit code -9; see `kith status`"
        process.send_signal(signal.SIGHUP)
        assert "6 events written" in journal.until("pass:")
        stop(process)


def test_a_pass_that_takes_too_long_is_ended(home: Home) -> None:
    with daemon(home) as (process, journal):
        journal.until("pass:")
        home.write_config(CONFIG + '\n[sync]\nlimit = "1s"\n')
        with closing(sqlite3.connect(home.store, isolation_level=None)) as store:
            store.execute("BEGIN EXCLUSIVE")  # the pass waits for this, for half a minute
            process.send_signal(signal.SIGHUP)
            assert journal.until("daemon:") == "daemon: a pass took longer than [sync] limit and was ended"
            eventually(lambda: children(process) == [])
            store.execute("ROLLBACK")
        home.write_config(CONFIG)
        process.send_signal(signal.SIGHUP)
        journal.until("pass:")
        assert stop(process) < 5


def test_without_a_config_it_stays_and_waits_for_one(home: Home) -> None:
    config = home.config.read_text()
    home.config.unlink()
    with daemon(home) as (process, journal):
        assert journal.until("daemon:") == "daemon: the config is broken; see `kith check`"
        home.write_config(config)
        process.send_signal(signal.SIGHUP)
        assert "6 events written" in journal.until("pass:")
        stop(process)


def test_another_config_reaches_its_passes(home: Home) -> None:
    other = home.folder / "other.toml"
    home.config.rename(other)
    with daemon(home, "--config", "other.toml") as (process, journal):
        journal.until("6 events written")
        stop(process)


def test_a_second_one_is_told_who_is_there(home: Home) -> None:
    with daemon(home) as (process, journal):
        journal.until("pass:")
        refused = home.run(sys.executable, "-m", "kith", "daemon", exits=75)
        assert re.fullmatch(
            rf"kith: kith daemon \(process {process.pid}, since .+ \d\d:\d\d\) is running\n"
            r"  → stop that one first: systemctl --user stop kith\n",
            refused.err,
        )
        stop(process)


def test_a_daemon_that_comes_back_waits_for_the_time_of_its_next_pass(home: Home) -> None:
    with daemon(home) as (process, journal):
        journal.until("pass:")
        eventually(lambda: children(process) == [])
        process.kill()
    with daemon(home) as (process, journal):
        time.sleep(1)
        assert children(process) == []
        stop(process)
    assert journal.lines == []
    home.write_config(CONFIG.replace('"2w"', '"1w"'))
    with daemon(home) as (process, journal):
        assert journal.until("pass:")
        stop(process)
