"""Problems that last: which faults the user is told of, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kith.core.event import AllDay, Fields

PASSING = frozenset({"Transient", "Malformed", "Conflict", "CursorExpired", "Rejected", "BackupFailed"})
"""Faults that often mend themselves; all others need somebody's hand."""

LASTING_AFTER = timedelta(days=1)
"""How long one of those stands before the user is told."""

NOT_TOLD = "NotifyFailed"
BUDGET = "BudgetTooSmall"
ROOM_FOR_MORE = "raise per_day or add days under [reach_out], or make cadences longer"
"""What mends it."""

_TITLES = {
    "SignInNeeded": "kith cannot sign in to {where}",
    "Denied": "kith cannot use {where}",
    "CalendarNotFound": "kith cannot find a calendar that it is to watch",
    "Transient": "kith cannot reach {where}",
    "RemovalsHeld": "Many contacts are gone from {where}",
    "CalendarVanished": "kith's events are gone from the calendar",
    "OtherInstall": "Another kith writes to your calendar",
    "ConfigError": "kith's config is broken",
    BUDGET: "kith's days are too full",
    "BackupFailed": "kith can make no backup",
    NOT_TOLD: "kith cannot tell you of problems",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which account (empty for kith itself), and what mends it."""

    account: str
    kind: str
    message: str
    mend: str = ""

    @property
    def title(self) -> str:
        """It in a few words, with the account's name but nothing about people."""
        where = f"“{self.account}”" if self.account else "itself"
        return _TITLES.get(self.kind, "kith has a problem with {where}").format(where=where)

    def in_words(self) -> str:
        """All of it, in lines."""
        return "\n".join(filter(None, [f"{self.message[:1].upper()}{self.message[1:]}.", self._mend()]))

    def _mend(self) -> str:
        return f"What mends it: {self.mend}." if self.mend else ""


def is_lasting(kind: str, since: datetime, now: datetime) -> bool:
    """Whether the user is to be told of a fault that has stood since then."""
    return kind not in PASSING or now - since >= LASTING_AFTER


def problem_fields(problem: Problem, today: date, details: str) -> Fields:
    """The event that tells of a problem, on today's date.

    ``details`` as in the config: in a calendar that others see, the description says no more than where to look.
    """
    about = [problem.in_words()] if details == "full" else []
    about += ["`kith status` says more. This event goes away when it is mended; delete it if you have seen it."]
    return Fields(AllDay(today), problem.title, "\n".join(about), alarm=False)
