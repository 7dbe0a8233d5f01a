"""When the next pass is due.

Between two starts of the daemon the store keeps that, in UTC. While it runs, it counts on a clock that is never set
and does not stop while the machine sleeps: so neither a change of the clock, nor summer time, nor a suspended laptop
makes a pass late, or makes two of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Seconds = Callable[[], float]
Clock = Callable[[], datetime]


def since_boot() -> float:
    """Seconds since the machine was started, those that it slept included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def utc_now() -> datetime:
    """What the machine's clock shows."""
    return datetime.now(UTC)


class Due:
    """The time of the next pass; at first it has come."""

    def __init__(self, seconds: Seconds = since_boot, clock: Clock = utc_now) -> None:
        self._seconds = seconds
        self._clock = clock
        self.come()

    def has_come(self) -> bool:
        """Whether a pass is due."""
        return self._seconds() >= self._at

    def come(self) -> None:
        """Let it have come."""
        self._at = self._seconds()

    def put_off(self, time_left: timedelta) -> None:
        """Let it come after ``time_left`` from now."""
        self._at = self._seconds() + time_left.total_seconds()

    def keep(self, at: datetime, every: timedelta) -> None:
        """Let it come at ``at``, which was written by this clock or by one that has been set since.

        A moment further off than ``every`` was written by a clock that was ahead: then it has come.
        """
        left = at - self._clock()
        if left <= every:
            self.put_off(left)
        else:
            self.come()
