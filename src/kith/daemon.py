"""The daemon: keeps time with ``schedule``, and starts passes as children with a time limit.

It never reads an address book, a calendar or the store itself. So each pass reads the config afresh, a hung one
can be ended, and the idle daemon stays small: this room imports neither the command line nor the config's schema.
Of the config it reads only how often and how long, and a broken one leaves what held before.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import schedule

from kith.core.period import parse_duration

_TO_END = timedelta(seconds=20)
"""How long a pass has to come to the end of its step after it was asked to stop."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a pass begins, and how long it may take."""

    every: timedelta
    limit: timedelta


_USUAL = Timing(timedelta(minutes=15), timedelta(minutes=10))


def read_timing(config: Path, before: Timing) -> Timing:
    """The timing in the config file's ``[sync]``; ``before`` where the file or a value cannot be read."""
    try:
        sync = tomllib.loads(config.read_text(encoding="utf-8-sig")).get("sync", {})
        every, limit = sync.get("every"), sync.get("limit")
        return Timing(
            parse_duration(every) if every else _USUAL.every, parse_duration(limit) if limit else _USUAL.limit
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return before


class Daemon:
    """Starts one pass at a time until it is told to stop."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._timing = _USUAL
        self._scheduler = schedule.Scheduler()
        self._pass: subprocess.Popen[bytes] | None = None
        self._limit_at = 0.0
        self._once_more = False

    def run(self) -> int:
        """Keep time until SIGTERM or SIGINT; the exit code. SIGHUP starts a pass, after one that is running."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)  # one that was ignored, as under nohup, would never arrive
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        self._begin_pass()
        while True:
            told = signal.sigtimedwait(_SIGNALS, self._until_something_happens())
            self._look_after_the_pass()
            if told is not None and told.si_signo in (signal.SIGTERM, signal.SIGINT):
                self._end_pass()
                return 0
            if told is not None and told.si_signo == signal.SIGHUP:
                self._once_more = True
            if self._once_more and self._pass is None:
                self._begin_pass()
            self._scheduler.run_pending()

    def _begin_pass(self) -> None:
        """Start a pass unless one is running, and set the time of the next."""
        self._timing = read_timing(self._config, self._timing)
        self._scheduler.clear()
        self._scheduler.every(max(1, int(self._timing.every.total_seconds()))).seconds.do(self._begin_pass)
        if self._pass is not None:
            return
        self._once_more = False
        command = [sys.executable, "-m", "kith", "--config", str(self._config), "sync", "--scheduled"]
        try:
            self._pass = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_unblock_signals)  # noqa: S603
        except OSError as error:
            _say(f"a pass could not be started: {error.strerror}")
            return
        self._limit_at = time.monotonic() + self._timing.limit.total_seconds()

    def _look_after_the_pass(self) -> None:
        """Take note of a pass that ended, and end one that takes too long."""
        if self._pass is None:
            return
        code = self._pass.poll()
        if code is None and time.monotonic() >= self._limit_at:
            _say("a pass took longer than [sync] limit and was ended")
            self._end_pass()
        elif code is not None:
            self._pass = None
            if code not in (0, 75):
                _say(f"a pass ended with exit code {code}; see `kith status`")

    def _end_pass(self) -> None:
        if self._pass is None:
            return
        self._pass.terminate()
        try:
            self._pass.wait(_TO_END.total_seconds())
        except subprocess.TimeoutExpired:
            self._pass.kill()
            self._pass.wait()
        self._pass = None

    def _until_something_happens(self) -> float:
        """Seconds until the next pass or the running one's limit; never long, so that a clock change is noticed."""
        idle = self._scheduler.idle_seconds
        waits = [60.0, max(0.0, idle if idle is not None else 60.0)]
        if self._pass is not None:
            waits.append(max(0.0, self._limit_at - time.monotonic()))
        return min(waits)


def keep_time(config: Path) -> int:
    """Run the daemon with the config file at ``config``; the exit code."""
    return Daemon(config).run()


def _unblock_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _say(text: str) -> None:
    sys.stderr.write(f"kith daemon: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(keep_time(Path(sys.argv[1])))
