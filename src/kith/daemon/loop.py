"""The daemon's loop: wait for a signal or the next look, look, and start a pass where one is due."""

from __future__ import annotations

import functools
import logging
import signal
from collections.abc import Callable
from pathlib import Path

import schedule

from kith.daemon.child import SIGNALS, RunningPass
from kith.daemon.due import Due
from kith.daemon.notify import Systemd
from kith.daemon.record import Record, read_record
from kith.daemon.timing import USUAL, ConfigWatch, read_timing
from kith.lock import held
from kith.online import is_online

LOOK_EVERY = 10
"""Seconds; a change of the config is noticed at the second look after it at the latest."""
_LOG = logging.getLogger(__name__)
_PASS_IN_HAND = 75
_WORDS = {
    74: "kith's store cannot be used; see `kith check`",
    78: "the config is broken; see `kith check`",
}


def _never_raising(job: Callable[[Daemon], None]) -> Callable[[Daemon], None]:
    """The job, which cannot raise any more: ``schedule`` would run it again at once, and no other ever.

    What raised was not done to its end, so that the sign of life at the end of a look is not given either.
    """

    @functools.wraps(job)
    def guarded(daemon: Daemon) -> None:
        try:
            job(daemon)
        except Exception as error:  # noqa: BLE001 -- that is the point
            _LOG.error("daemon: %s in %s; this is a bug in kith", type(error).__name__, job.__name__)

    return guarded


class Daemon:
    """Starts one pass at a time until it is told to stop."""

    def __init__(self, config: Path, store: Path) -> None:
        self._config = config
        self._store = store
        self._systemd = Systemd()
        self._look_every = _within(LOOK_EVERY, self._systemd.watchdog)
        self._scheduler = schedule.Scheduler()
        self._watch = ConfigWatch(config)
        self._timing = read_timing(config, USUAL)
        self._due = Due()
        self._record: Record | None = None
        self._online = is_online()
        self._pass: RunningPass | None = None
        self._wanted = self._retry = self._stopping = False
        self._complaint = ""

    def run(self) -> int:
        """Keep time until SIGTERM or SIGINT; the exit code. SIGHUP starts a pass, after one that is running."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)  # one that was ignored, as under nohup, would never arrive
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self._systemd.ready()
        self._take_up()
        self._look()
        self._wind_up()
        while not self._stopping or self._pass is not None:
            told = signal.sigtimedwait(SIGNALS, self._until_something_happens())
            if told is not None:
                self._hear(told.si_signo)
            self._look_after_the_pass()
            self._tick()
        return 0

    # --- the ticker -----------------------------------------------------------------------------------

    def _wind_up(self) -> None:
        """Have ``schedule`` tell when it is time for a look; when a pass is due is not its business."""
        self._scheduler.clear()
        self._scheduler.every(self._look_every).seconds.do(self._look)

    def _tick(self) -> None:
        # It goes by the wall clock. Where that was set back, or summer time ended, it would wait for the old time.
        if (self._scheduler.idle_seconds or 0.0) > self._look_every:
            self._wind_up()
        self._scheduler.run_pending()

    def _until_something_happens(self) -> float:
        """Seconds until the next look, or until the running pass has to be seen to."""
        idle = min(self._look_every, max(0.0, self._scheduler.idle_seconds or 0.0))
        return min(idle, self._pass.seconds_left) if self._pass is not None else idle

    # --- what there is to notice ----------------------------------------------------------------------

    @_never_raising
    def _take_up(self) -> None:
        """Go on where the daemon before this one left off."""
        self._read_record()
        if self._record is not None and self._watch.changed_since(self._record.began):
            self._wanted = True

    def _hear(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._wanted = self._retry = True
            self._begin_pass_if_it_is_time()
        elif number in (signal.SIGTERM, signal.SIGINT) and not self._stopping:
            self._stopping = True
            self._systemd.stopping()
            if self._pass is not None and not self._pass.asked_to_end:
                self._pass.ask_to_end()

    @_never_raising
    def _look(self) -> None:
        """Whether a pass was made by hand, the config was edited, the network is back; then say that we are alive."""
        if self._pass is None:
            self._read_record()
        was_online, self._online = self._online, is_online()
        if self._watch.changed() or (self._online and not was_online):
            self._wanted = True
        self._begin_pass_if_it_is_time()
        self._systemd.alive()

    def _read_record(self) -> bool:
        """Follow what the store says of the next pass, where that is news; whether it was."""
        record = read_record(self._store)
        if record is None or record == self._record:
            return False
        self._record = record
        self._due.keep(record.at, self._timing.every)
        self._systemd.status(record.summary)
        return True

    # --- passes ---------------------------------------------------------------------------------------

    @_never_raising
    def _begin_pass_if_it_is_time(self) -> None:
        """Start a pass unless one is running, and set the time of the next, should this one not come to say it."""
        if self._pass is not None or self._stopping or not (self._wanted or self._due.has_come()):
            return
        self._watch.take_as_known()
        self._timing = read_timing(self._config, self._timing)
        self._due.put_off(self._timing.every)
        retry, self._wanted, self._retry = self._retry, False, False
        if self._record is None:
            self._systemd.status("The first pass is running")
        try:
            self._pass = RunningPass(self._config, self._timing.limit, retry=retry)
        except OSError as error:
            self._complain(f"a pass could not be started: {error.strerror}")

    @_never_raising
    def _look_after_the_pass(self) -> None:
        """Take note of a pass that ended, and end one that takes too long."""
        if self._pass is None:
            return
        code = self._pass.exit_code()
        if code is not None:
            self._pass_has_ended(code, took_too_long=self._pass.asked_to_end)
        elif not self._pass.seconds_left and self._pass.asked_to_end:
            self._pass.end()
        elif not self._pass.seconds_left:
            self._pass.ask_to_end()

    def _pass_has_ended(self, code: int, *, took_too_long: bool) -> None:
        self._pass = None
        if self._stopping:
            return
        if self._read_record() or code == 0:
            self._complaint = ""  # it came to its end, and said itself what was wrong
        elif took_too_long:
            self._complain("a pass took longer than [sync] limit and was ended")
        elif code != _PASS_IN_HAND:
            self._complain(_WORDS.get(code, f"a pass ended with exit code {code}; see `kith status`"))
        self._begin_pass_if_it_is_time()

    def _complain(self, what: str) -> None:
        """Say what is wrong with passes: in the status, and in the journal once, until one was well."""
        if what != self._complaint:
            _LOG.warning("daemon: %s", what)
        self._complaint = what
        self._systemd.status(what[0].upper() + what[1:])


def keep_time(config: Path, state: Path) -> int:
    """Run the daemon with the config file at ``config``, and the store in the folder ``state``; the exit code.

    Raises:
        LockHeld: another daemon runs there.
        StoreError: the folder cannot be used.
    """
    with held(state / "daemon.lock", "kith daemon", hint="stop that one first: systemctl --user stop kith"):
        return Daemon(config, state / "kith.sqlite3").run()


def _within(usual: int, watchdog: float | None) -> int:
    """How many seconds from look to look, so that the watchdog hears of several before it barks."""
    return usual if watchdog is None else max(1, min(usual, int(watchdog / 3)))
