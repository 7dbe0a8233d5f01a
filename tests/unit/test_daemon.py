"""The daemon's clockwork, with a stand-in for the pass and short times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kith.daemon.timing import Timing, read_timing

BEFORE = Timing(timedelta(minutes=7), timedelta(minutes=3))
USUAL = Timing(timedelta(minutes=15), timedelta(minutes=10))
_PATIENCE = 20
_RUN = """
import sys
from datetime import timedelta
from pathlib import Path
from kith.daemon import child, loop
from kith.log import set_up
set_up(verbose=False)
child.TO_END = timedelta(seconds=float(sys.argv[3]))
loop.LOOK_EVERY = 0.2
sys.executable = sys.argv[1]
sys.exit(loop.keep_time(Path(sys.argv[2]), Path(sys.argv[2]).parent / "state"))
"""


# What it reads of the config


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("", USUAL),
        ("[sync]\n", USUAL),
        ('[sync]\nevery = "1h"\n', Timing(timedelta(hours=1), USUAL.limit)),
        ('[sync]\nlimit = "90s"\n', Timing(USUAL.every, timedelta(seconds=90))),
        ('[sync]\nevery = "5m"\nlimit = "2m"\n', Timing(timedelta(minutes=5), timedelta(minutes=2))),
        ("\ufeff[sync]\nevery = '5m'\n", Timing(timedelta(minutes=5), USUAL.limit)),
        ('[circles.inner]\nevery = "soon"\n', USUAL),
        pytest.param('[sync]\nevery = "soon"\n', BEFORE, id="not a duration"),
        pytest.param('[sync]\nevery = "0m"\n', BEFORE, id="no time at all"),
        pytest.param("[sync]\nevery = 15\n", BEFORE, id="a number"),
        pytest.param("[sync]\nevery = ['15m']\n", BEFORE, id="a list"),
        pytest.param("sync = 15\n", BEFORE, id="not a table"),
        pytest.param("[[sync]]\nevery = '1h'\n", BEFORE, id="several tables"),
        pytest.param("[sync\n", BEFORE, id="no TOML"),
        pytest.param("sync.every = '1h'\n[sync]\n", BEFORE, id="twice"),
    ],
)
def test_how_often_and_how_long(tmp_path: Path, text: str, timing: Timing) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    assert read_timing(config, BEFORE) == timing


def test_a_config_that_cannot_be_read_leaves_what_held_before(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"[sync]\nevery = '1h' # \xe9\n")
    for name in ("missing.toml", "latin.toml", "."):
        assert read_timing(tmp_path / name, BEFORE) == BEFORE


# What it does


class Clockwork:
    """A running daemon, whose passes are runs of a shell script that notes what becomes of it."""

    def __init__(self, process: subprocess.Popen[str], notes: Path) -> None:
        self.process = process
        self._notes = notes

    @property
    def notes(self) -> list[str]:
        """What the passes noted so far, in order."""
        return self._notes.read_text().split() if self._notes.exists() else []

    def until(self, *notes: str) -> None:
        """Wait until the passes have noted exactly this."""
        patience = time.monotonic() + _PATIENCE
        while self.notes != list(notes):
            assert time.monotonic() < patience, self.notes
            time.sleep(0.01)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Stop it; what it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=_PATIENCE)
        assert self.process.returncode == 0
        return said


class Workshop:
    """Makes daemons. ``script`` is what each of their passes does, with ``note WORD`` for a note."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.config = folder / "config.toml"
        self.notes = folder / "notes"
        self.running: list[subprocess.Popen[str]] = []

    def start(
        self, script: str, config: str = "", *, program: Path | None = None, seconds_to_end: float = 10
    ) -> Clockwork:
        self.config.write_text(config)
        stand_in = self._folder / "pass.sh"
        stand_in.write_text(f"#!/bin/sh\nnote() {{ echo \"$1\" >> '{self.notes}'; }}\n{script}\n")
        stand_in.chmod(0o755)
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(program or stand_in), str(self.config), str(seconds_to_end)],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return Clockwork(process, self.notes)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    for process in workshop.running:
        if process.poll() is None:
            process.kill()
        if process.stderr is not None and not process.stderr.closed:
            process.communicate()


def test_a_pass_begins_at_once_and_with_the_right_words(workshop: Workshop) -> None:
    clockwork = workshop.start('note "$(echo "$@" | tr " " "|")"')
    clockwork.until(f"-P|-m|kith|--config|{workshop.config}|sync|--scheduled")
    assert clockwork.stop() == ""


def test_the_next_one_begins_when_its_time_has_come(workshop: Workshop) -> None:
    clockwork = workshop.start("note pass", '[sync]\nevery = "1s"\n')
    began = time.monotonic()
    clockwork.until("pass", "pass", "pass")
    assert 1.5 < time.monotonic() - began < 6
    clockwork.stop()


def test_a_change_of_the_interval_holds_from_the_next_pass_on(workshop: Workshop) -> None:
    clockwork = workshop.start("note pass", '[sync]\nevery = "1h"\n')
    clockwork.until("pass")
    workshop.config.write_text('[sync]\nevery = "1s"\n')
    clockwork.process.send_signal(signal.SIGHUP)
    clockwork.until("pass", "pass", "pass")
    clockwork.stop()


def test_an_edit_of_the_config_starts_a_pass(workshop: Workshop) -> None:
    clockwork = workshop.start("note pass", '[sync]\nevery = "1h"\n')
    clockwork.until("pass")
    edited = workshop.config.with_suffix(".new")
    edited.write_text('[sync]\nevery = "2h"\n')
    edited.rename(workshop.config)
    clockwork.until("pass", "pass")
    workshop.config.write_text("[sync")
    clockwork.until("pass", "pass", "pass")
    clockwork.stop()


def test_an_edit_while_a_pass_runs_starts_one_more_after_it(workshop: Workshop) -> None:
    clockwork = workshop.start("note begin; sleep 1; note end")
    clockwork.until("begin")
    workshop.config.write_text('[sync]\nevery = "2h"\n')
    clockwork.until("begin", "end", "begin", "end")
    clockwork.stop()


def test_only_who_is_told_asks_all_accounts_again(workshop: Workshop) -> None:
    clockwork = workshop.start('note "${8:-none}"')
    clockwork.until("none")
    clockwork.process.send_signal(signal.SIGHUP)
    clockwork.until("none", "--retry")
    workshop.config.write_text('[sync]\nevery = "2h"\n')
    clockwork.until("none", "--retry", "none")
    clockwork.stop()


def test_what_systemd_tells_the_daemon_is_not_for_its_passes(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "@nobody")
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    clockwork = workshop.start('note "$NOTIFY_SOCKET$WATCHDOG_USEC.$HOME"')
    clockwork.until(f".{os.environ['HOME']}")
    clockwork.stop()


def test_a_stopped_pass_is_ended_at_its_limit(workshop: Workshop) -> None:
    clockwork = workshop.start("note begin; kill -STOP $$; sleep 60", '[sync]\nlimit = "1s"\n')
    clockwork.until("begin")
    workshop.config.write_text("")
    clockwork.until("begin", "begin")
    assert clockwork.stop() == "daemon: a pass took longer than [sync] limit and was ended\n"


def test_being_told_starts_a_pass(workshop: Workshop) -> None:
    clockwork = workshop.start("note pass")
    clockwork.until("pass")
    clockwork.process.send_signal(signal.SIGHUP)
    clockwork.until("pass", "pass")
    clockwork.stop()


def test_being_told_while_one_runs_starts_one_more_after_it(workshop: Workshop) -> None:
    clockwork = workshop.start("note begin; sleep 0.5; note end")
    clockwork.until("begin")
    for _ in range(3):
        clockwork.process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    clockwork.until("begin", "end", "begin", "end")
    time.sleep(0.3)
    assert clockwork.notes == ["begin", "end", "begin", "end"], "one more, not three"
    clockwork.stop()


def test_two_never_run_at_once(workshop: Workshop) -> None:
    clockwork = workshop.start("note begin; sleep 1.2; note end", '[sync]\nevery = "1s"\n')
    clockwork.until("begin", "end", "begin")
    clockwork.stop()


LISTENS = "trap 'note asked; exit 143' TERM; note begin; for n in $(seq 600); do sleep 0.1; done"
"""A pass that would take a minute, and ends at once when it is asked to."""


def test_one_that_takes_too_long_is_asked_to_end(workshop: Workshop) -> None:
    clockwork = workshop.start(LISTENS, '[sync]\nlimit = "1s"\n')
    clockwork.until("begin", "asked")
    assert clockwork.process.poll() is None
    assert clockwork.stop() == "daemon: a pass took longer than [sync] limit and was ended\n"


def test_one_that_does_not_listen_is_ended(workshop: Workshop) -> None:
    script = "trap '' TERM; note begin; exec sleep 5"
    clockwork = workshop.start(script, '[sync]\nlimit = "1s"\n', seconds_to_end=0.2)
    clockwork.until("begin")
    workshop.config.write_text("")
    clockwork.process.send_signal(signal.SIGHUP)
    clockwork.until("begin", "begin")
    assert clockwork.stop() == "daemon: a pass took longer than [sync] limit and was ended\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_its_own_end_is_that_of_its_pass(workshop: Workshop, number: signal.Signals) -> None:
    clockwork = workshop.start(LISTENS)
    clockwork.until("begin")
    began = time.monotonic()
    assert clockwork.stop(number) == ""
    assert time.monotonic() - began < 5
    assert clockwork.notes == ["begin", "asked"]


def test_its_passes_can_be_told_to_stop(workshop: Workshop) -> None:
    """The signals that the daemon waits for are not blocked in what it starts."""
    clockwork = workshop.start("trap 'note heard' HUP; note begin; kill -HUP $$; note end")
    clockwork.until("begin", "heard", "end")
    clockwork.stop()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, ""),
        (75, ""),
        (69, "daemon: a pass ended with exit code 69; see `kith status`\n"),
        (1, "daemon: a pass ended with exit code 1; see `kith status`\n"),
    ],
    ids=["done", "another runs", "an account fails", "a bug"],
)
def test_how_a_pass_ended_is_said_where_it_matters(workshop: Workshop, code: int, said: str) -> None:
    clockwork = workshop.start(f"note pass; exit {code}")
    clockwork.until("pass")
    time.sleep(0.2)
    assert clockwork.process.poll() is None
    assert clockwork.stop() == said


def test_a_pass_that_cannot_be_started_does_not_end_it(workshop: Workshop, tmp_path: Path) -> None:
    clockwork = workshop.start("note pass", '[sync]\nevery = "1s"\n', program=tmp_path / "later")
    time.sleep(1.5)
    (tmp_path / "pass.sh").rename(tmp_path / "later")
    patience = time.monotonic() + _PATIENCE
    while not clockwork.notes:
        assert time.monotonic() < patience
        time.sleep(0.02)
    said = clockwork.stop().splitlines()
    assert set(said) == {"daemon: a pass could not be started: No such file or directory"}
