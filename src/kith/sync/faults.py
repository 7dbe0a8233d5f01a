"""What is wrong now, kept from pass to pass, so that it is reported when it begins and when it is mended."""

from __future__ import annotations

from datetime import datetime

from kith.core.problem import NOT_TOLD
from kith.core.report import PassReport, Trouble
from kith.store.runs import Fault
from kith.store.store import Store


def record_faults(store: Store, report: PassReport, now: datetime) -> None:
    """Set what is wrong to the report's troubles and concerns, and note in it what began and what is mended.

    May be called again when more is known.
    """
    with store.transaction():
        found = [*report.troubles, *report.concerns]
        found += _untold(store, {(trouble.account, trouble.kind) for trouble in found})
        began, mended = store.runs.replace_faults([Fault(t.account, t.kind, t.message, t.hint, now) for t in found])
    report.began += [_trouble(fault) for fault in began]
    report.mended += [_trouble(fault) for fault in mended]


def _untold(store: Store, standing: set[tuple[str, str]]) -> list[Trouble]:
    """That the user's command failed, as long as something stands that it should have told."""
    for fault in store.runs.faults():
        if fault.not_told and (fault.account, fault.kind) in standing:
            message = f"notify.command failed, and did not tell of a problem: {fault.not_told}"
            return [Trouble("", NOT_TOLD, message, "run it by hand with a text on its standard input")]
    return []


def _trouble(fault: Fault) -> Trouble:
    return Trouble(fault.account, fault.kind, fault.message, fault.hint)
