"""The last pass, and what passes found wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from kith.accounts.base import Finding, Level
from kith.app import App
from kith.core.problem import BUDGET, is_lasting

_A_DAY = timedelta(days=1)
_START = "run `kith sync`, or let the daemon run"


def last_pass(app: App) -> Iterator[Finding]:
    """When it came to its end, and whether that is long ago."""
    run = app.store.runs.last()
    if run is None:
        return  # said of the network
    zone = app.rules.days.zone
    if run.finished_at is None:
        began = f"began at {run.started_at.astimezone(zone):%Y-%m-%d %H:%M}"
        if app.now - run.started_at > app.config.sync.limit:
            yield Finding("warning", "last pass", f"{began} and did not come to its end", _START)
        else:
            yield Finding("ok", "last pass", f"{began} and has not come to its end")
        return
    words = f"ended at {run.finished_at.astimezone(zone):%Y-%m-%d %H:%M}"
    if app.now - run.finished_at > max(_A_DAY, 4 * app.config.sync.every):
        yield Finding("warning", "last pass", f"{words}, long ago", _START)
    else:
        yield Finding("ok", "last pass", words)


def faults(app: App, said: Collection[str] = ()) -> Iterator[Finding]:
    """What was wrong at the last pass and was not just ``said``; what often mends itself is a warning at first."""
    for fault in app.store.runs.faults():
        if fault.kind == BUDGET or fault.message in said:
            continue  # the network's arithmetic is done anew
        level: Level = "problem" if is_lasting(fault.kind, fault.since, app.now) else "warning"
        since = f"{fault.since.astimezone(app.rules.days.zone):%Y-%m-%d %H:%M}"
        message = f"{fault.message} (at the last pass, since {since})"
        yield Finding(level, fault.account or "kith", message, fault.hint or "see whether `kith sync` still says so")
