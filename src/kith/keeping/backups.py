"""Backups of the store: one a day made by the pass, those made by hand, and putting one back.

Beside the daily ones, the folder holds the copies that are made before each upgrade and before each restore. Only the
daily ones are ever removed, and only by :func:`daily`.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kith.errors import StoreDamaged, StoreError, UsageError
from kith.store.db import Database, copy_out, store_errors
from kith.store.migrations import migrate
from kith.store.store import Store

DAYS_KEPT = 7
WEEKS_KEPT = 4
_NOTHING_CHANGED = "nothing was changed"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. ``last_pass`` is when its last pass came to its end; ``kept`` is the store as it was."""

    people: int
    conversations: int
    last_pass: datetime | None
    kept: Path | None


# --- every day ----------------------------------------------------------------------------------------------


def daily(store: Store, folder: Path, today: date) -> Path | None:
    """Make today's backup if there is none yet, and let go of old ones; where it is, None where it was there.

    Raises:
        StoreError: it could not be made; no other was removed.
    """
    target = folder / f"daily-{today}.sqlite3"
    if target.exists():
        return None
    with store_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for begun in folder.glob(".daily-*.partial"):
            begun.unlink()  # by a pass that was killed
    store.database.back_up_to(target)
    there = daily_backups(folder)
    with store_errors(folder):
        for day in there.keys() - kept(there) - {today}:
            there[day].unlink()
    return target


def daily_backups(folder: Path) -> dict[date, Path]:
    """The daily backups by their days."""
    found = {}
    for path in folder.glob("daily-*.sqlite3"):
        with contextlib.suppress(ValueError):
            found[date.fromisoformat(path.stem.removeprefix("daily-"))] = path
    return found


def kept(days: Collection[date]) -> set[date]:
    """Of the days with a backup, those that stay: the last seven, and the last one of each of four weeks before."""
    newest_first = sorted(days, reverse=True)
    last_of_week: dict[tuple[int, int], date] = {}
    for day in newest_first[DAYS_KEPT:]:
        year, week, _ = day.isocalendar()
        last_of_week.setdefault((year, week), day)
    return {*newest_first[:DAYS_KEPT], *list(last_of_week.values())[:WEEKS_KEPT]}


# --- by hand ------------------------------------------------------------------------------------------------


def by_hand(store: Store, folder: Path, wanted: Path | None, now: datetime) -> Path:
    """Make a backup, at ``wanted`` or in ``folder``; where it is. Nothing is ever overwritten.

    Raises:
        UsageError: there is something at that place.
        StoreError: it cannot be made.
    """
    name = f"by-hand-{now:%Y%m%dT%H%M%S}.sqlite3"
    if wanted is None:
        with store_errors(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / name
    else:
        target = wanted / name if wanted.is_dir() else wanted
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}")
    if target.exists():
        raise UsageError(f"{target} is there already", hint="name another file")
    store.database.back_up_to(target)
    return target


def all_backups(folder: Path) -> list[Path]:
    """Every backup in the folder, newest first."""
    found = [path for path in folder.glob("*.sqlite3") if path.is_file()]
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)


# --- putting one back ---------------------------------------------------------------------------------------


def restore(backup: Path, store: Path, folder: Path, now: datetime) -> Restored:
    """Put a backup in place of the store, which is kept in ``folder``. Run it under the pass lock.

    The backup is brought up to date and begins a new epoch, so that no event's name that was given since it was made
    is given again. Processes that have the store open see its new contents.

    Raises:
        UsageError: there is no such file.
        StoreError: it is no store of kith's, damaged, or from a newer kith; or the present store cannot be kept.
            Nothing was changed.
    """
    if not backup.is_file():
        raise UsageError(f"there is no backup {backup}", hint=_listed(folder))
    with store_errors(store):
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for begun in store.parent.glob(".restore-*"):
            shutil.rmtree(begun)  # by a restore that was killed
        scratch = tempfile.TemporaryDirectory(prefix=".restore-", dir=store.parent)
    with scratch as place:
        copy = Path(place) / "restored.sqlite3"
        copy_out(backup, copy)
        restored = _prepare(copy, backup, _epoch_of(store), now)
        kept_at = _put_aside(store, folder, now)
        with contextlib.closing(Database(store)) as database:
            database.fill_from(copy)
    return Restored(*restored, kept_at)


def _prepare(copy: Path, backup: Path, epoch: int, now: datetime) -> tuple[int, int, datetime | None]:
    """Check the copy of a backup, bring it up to date, and begin an epoch after ``epoch``; what is in it."""
    with contextlib.closing(Database(copy)) as database:
        wrong = database.integrity()
        if wrong:
            raise StoreError(f"{backup} is damaged: {wrong}", hint=f"take another one; {_NOTHING_CHANGED}")
        tables = {row["name"] for row in database.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"meta", "migrations", "people"} <= tables:
            raise StoreError(f"{backup} is not a store of kith's", hint=_NOTHING_CHANGED)
        try:
            migrate(database, now)
        except StoreError as error:
            raise StoreError(f"{backup}: {error.message}", hint=f"{error.hint}; {_NOTHING_CHANGED}") from error
        opened = Store(database)
        with database.transaction():
            while opened.begin_epoch() <= epoch:
                pass
        talks = database.one("SELECT count(*) FROM conversations WHERE withdrawn_at IS NULL")
        last = database.one("SELECT max(finished_at) FROM runs")
        finished = datetime.fromisoformat(last[0]) if last and last[0] else None
        return opened.people.count(), int(talks[0]) if talks else 0, finished


def _epoch_of(store: Path) -> int:
    """The epoch of the present store; 0 where there is none that can be read."""
    if not store.exists():
        return 0
    try:
        with contextlib.closing(Database(store)) as database:
            return Store(database).epoch
    except (StoreError, ValueError):
        return 0


def _put_aside(store: Path, folder: Path, now: datetime) -> Path | None:
    """Keep the present store: a copy of a good one; one that is damaged is moved away as it is."""
    if not store.exists():
        return None
    with store_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = _free(folder / f"before-restore-{now:%Y%m%dT%H%M%S}.sqlite3")
    try:
        with contextlib.closing(Database(store)) as database:
            database.back_up_to(target)
    except StoreDamaged:
        target = _free(folder / f"damaged-{now:%Y%m%dT%H%M%S}.sqlite3")
        with store_errors(folder):
            for ending in ("-wal", "-shm", ""):
                part = store.with_name(store.name + ending)
                if part.exists():
                    part.replace(target.with_name(target.name + ending))
    return target


def _free(path: Path) -> Path:
    """The path, or one like it at which nothing is."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def _listed(folder: Path) -> str:
    there = [str(path) for path in all_backups(folder)]
    return f"there are: {', '.join(there)}" if there else "there is none yet"
