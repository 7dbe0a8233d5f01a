"""A pass while it runs: a process with a time limit, which is asked to end before it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from kith.daemon.notify import OURS

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
"""What the daemon waits for; blocked in it, and not in what it starts."""
TO_END = timedelta(seconds=10)
"""How long a pass has to come to the end of its step after it was asked to stop."""


class RunningPass:
    """One pass. Its time does not go on while the machine sleeps: nor does its work."""

    def __init__(self, config: Path, limit: timedelta, *, retry: bool) -> None:
        """Start it; with ``retry`` it asks all accounts. Raises OSError."""
        # -P: what lies in the folder where kith is run is not taken for a library.
        command = [sys.executable, "-P", "-m", "kith", "--config", str(config), "sync", "--scheduled"]
        self._process = subprocess.Popen(  # noqa: S603 -- ourselves
            [*command, "--retry"] if retry else command,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in OURS},
            preexec_fn=_unblock_signals,
        )
        self._deadline = time.monotonic() + limit.total_seconds()
        self.asked_to_end = False

    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def seconds_left(self) -> float:
        """Until it is to be asked to end, or after that until it is to be ended."""
        return max(0.0, self._deadline - time.monotonic())

    def ask_to_end(self) -> None:
        """Let it come to the end of its step."""
        self.asked_to_end = True
        self._deadline = time.monotonic() + TO_END.total_seconds()
        self._process.terminate()
        self._process.send_signal(signal.SIGCONT)  # one that was stopped would not hear

    def end(self) -> None:
        """End it where it stands."""
        self._process.kill()


def _unblock_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
