"""Which accounts a pass leaves alone, and what its failures mean for those to come.

What kind of failure waits for what is in :mod:`kith.core.waiting`. A fault of an account that is passed over stays
known: it is carried from pass to pass until the account was asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta, tzinfo

from kith.core.report import PassReport, Trouble
from kith.core.summary import summary
from kith.core.waiting import PARKED, Wait, wait_after
from kith.errors import AccountError, SignInNeeded, Transient
from kith.store.store import Store
from kith.store.waits import NextPass


def trouble(account: str, error: AccountError) -> Trouble:
    """What went wrong with an account, for the report."""
    retry_after = error.retry_after if isinstance(error, Transient) else None
    return Trouble(account, error.kind, error.message, error.hint, retry_after)


def left_alone(store: Store, now: datetime) -> frozenset[str]:
    """The accounts that are not to be asked now."""
    return frozenset(account for account, wait in store.waits.all().items() if not wait.is_over(now))


def still_wrong(store: Store, accounts: Collection[str]) -> Iterator[Trouble]:
    """What was wrong with these accounts when they were last asked."""
    for fault in store.runs.faults():
        if fault.account in accounts:
            yield Trouble(fault.account, fault.kind, fault.message, fault.hint)


def look_ahead(
    store: Store,
    report: PassReport,
    asked: Collection[str],
    every: timedelta,
    zone: tzinfo,
    *,
    online: bool,
    chance: float,
) -> None:
    """Say which accounts are left alone from now on, and when the next pass is due.

    Args:
        store: where it is kept.
        report: of the pass that has just been made.
        asked: the accounts that it did not leave alone.
        every: from the beginning of one pass to that of the next.
        zone: the user's.
        online: without a way to the network, a failure does not count unless a server answered.
        chance: from 0 to 1.
    """
    with store.transaction():
        waits = store.waits.all()
        for account in asked:
            failures = waits[account].failures + 1 if account in waits else 1
            wait = _wait(account, report, failures, online, chance)
            if wait is None:
                store.waits.end([account])
            else:
                store.waits.put(account, wait)
        again = [wait.until for wait in store.waits.all().values() if wait.until and not wait.is_over(report.started)]
        wrong = [*report.troubles, *report.concerns]
        at = min([report.started + every, *again])
        store.waits.plan(NextPass(at, report.started, summary(report.started, at, wrong, zone)))


def _wait(account: str, report: PassReport, failures: int, online: bool, chance: float) -> Wait | None:
    mine = [one for one in report.troubles if one.account == account]
    if any(one.kind == SignInNeeded.__name__ for one in mine):
        return PARKED
    transient = [one for one in mine if one.kind == Transient.__name__]
    asked_for = max((one.retry_after for one in transient if one.retry_after is not None), default=None)
    if not transient or (not online and asked_for is None):
        return None
    return wait_after(failures, report.started, chance, retry_after=asked_for)
