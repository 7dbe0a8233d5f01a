"""The store and its backups."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from kith.accounts.base import Finding, Level
from kith.app import App
from kith.keeping.backups import daily_backups

_OLD = timedelta(days=3)


def store(app: App) -> Iterator[Finding]:
    """Whether SQLite finds the store whole, and only its owner can read it."""
    broken = app.store.database.integrity()
    if broken:
        mend = "put the newest good backup back: `kith restore` lists them"
        yield Finding("problem", "store", f"{app.paths.store} is damaged: {broken}", mend)
    else:
        yield Finding("ok", "store", f"{app.paths.store}")
    for path in (app.paths.store, app.paths.state, app.paths.backups):
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding("warning", "store", f"others on this machine may read {path}", f"chmod go-rwx {path}")


def backups(app: App) -> Iterator[Finding]:
    """How old the newest daily one is; the pass makes them."""
    there = daily_backups(app.paths.backups)
    if not there:
        if app.store.runs.last() is not None:
            yield Finding("warning", "backups", f"there is none in {app.paths.backups}", _mend(app))
        return
    newest = max(there)
    level: Level = "warning" if app.today - newest > _OLD else "ok"
    words = f"{len(there)} daily in {app.paths.backups}, the newest of {newest}"
    yield Finding(level, "backups", words, _mend(app) if level == "warning" else "")


def _mend(app: App) -> str:
    if app.paths.backups.exists() and not os.access(app.paths.backups, os.W_OK | os.X_OK):
        return f"chmod u+wx {app.paths.backups}"
    return "each day's first pass makes one: run `kith sync`, or let the daemon run"
