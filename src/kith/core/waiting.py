"""How long an account that failed is left alone.

What is transient is tried again after a minute, then after twice as long each time, up to an hour, or when the server
said. Where a sign-in is needed, time alone mends nothing: the account is parked until the user did something.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)
_LONGEST_ASKED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """An account that is not asked before ``until`` (aware), or, where that is None, before the user did something.

    ``failures`` is how often it has failed in a row.
    """

    failures: int
    until: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether the account may be asked again at ``now``."""
        return self.until is not None and self.until <= now


PARKED = Wait(1, None)


def wait_after(failures: int, now: datetime, chance: float, *, retry_after: float | None = None) -> Wait:
    """The wait after the ``failures``-th failure in a row, at ``now``.

    Args:
        failures: 1 for the first.
        now: aware.
        chance: from 0 to 1; spreads those who failed at the same moment over half of the wait.
        retry_after: seconds that the server asked for; never less than that, and a day at most.
    """
    doubled = min(_FIRST * 2 ** min(failures - 1, 10), _LONGEST)
    wait = doubled * (1 + chance) / 2
    if retry_after is not None:
        wait = max(wait, min(timedelta(seconds=retry_after), _LONGEST_ASKED_FOR))
    return Wait(failures, now + wait)
