"""How things stand after a pass, in one line that may be shown anywhere: no person, no text, no secret is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from kith.core.report import Trouble

_WORDS = {
    "BackupFailed": "makes no backup",
    "BudgetTooSmall": "has too few days",
    "CalendarNotFound": "has no calendar of a name in [meetings]",
    "ConfigError": "is broken",
    "Denied": "refuses, or is not there",
    "Malformed": "gives answers that cannot be read",
    "RemovalsHeld": "lost many cards at once",
    "SignInNeeded": "needs a sign-in",
    "Transient": "cannot be reached",
}
_SHOWN = 3


def summary(began: datetime, next_at: datetime, troubles: Sequence[Trouble], zone: tzinfo) -> str:
    """When the last pass was, when the next will be, and what is wrong; in the user's time zone."""
    return f"Last pass {_moment(began, zone)}, next {_moment(next_at, zone)}; {_wrong(troubles)}"


def _moment(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%a %H:%M}"


def _wrong(troubles: Sequence[Trouble]) -> str:
    said = list(dict.fromkeys(_said(trouble) for trouble in troubles))
    if not said:
        return "all is well"
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return f"{', '.join(said[:_SHOWN])}{more}: see `kith status`"


def _said(trouble: Trouble) -> str:
    where = trouble.account or ("the config" if trouble.kind == "ConfigError" else "kith")
    return f"{where} {_WORDS.get(trouble.kind, 'has a problem')}"
