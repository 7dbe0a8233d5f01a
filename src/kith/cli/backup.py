"""``kith backup`` and ``kith restore``: the store as a file, out and back. They work with a broken config too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say, table
from kith.cli.session import options
from kith.cli.words import count
from kith.errors import UsageError
from kith.lock import held

if TYPE_CHECKING:
    from kith.keeping.backups import Restored


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to put it. Default: beside the daily ones.", show_default=False),
    ] = None,
) -> None:
    """Keep a copy of everything kith knows in one file; it may be done at any time."""
    from kith.app import new_id
    from kith.keeping import backups
    from kith.store.store import open_store

    paths, now = options(context).paths, datetime.now(UTC)
    if not paths.store.exists():
        raise UsageError("there is nothing to keep yet", hint="run `kith sync` first")
    with open_store(paths.store, now, new_id) as store:
        target = backups.by_hand(store, paths.backups, file, now)
    say(f"Everything kith knows is now in {target} as well. It is as private as what you wrote.")


def restore(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The backup. Without one, those that there are.", show_default=False),
    ] = None,
) -> None:
    """Put a backup in place of what kith knows now, of which a copy is kept."""
    from kith.keeping import backups

    paths, now = options(context).paths, datetime.now(UTC)
    if file is None:
        _list(backups.all_backups(paths.backups))
        return
    with held(paths.lock, "kith restore"):
        restored = backups.restore(file, paths.store, paths.backups, now)
    _tell(file, restored)


def _list(found: list[Path]) -> None:
    if not found:
        say("There is no backup yet. Each day's first pass makes one.")
        return
    made = [f"{datetime.fromtimestamp(path.stat().st_mtime).astimezone():%Y-%m-%d %H:%M}" for path in found]
    table(("Made", "File"), list(zip(made, map(str, found), strict=True)))
    say("Put one back with `kith restore FILE`.", "dim")


def _tell(file: Path, restored: Restored) -> None:
    last = f", as of {restored.last_pass.astimezone():%Y-%m-%d %H:%M}" if restored.last_pass else ""
    people = count(restored.people, "person", "people")
    say(f"{file} was put back{last}: {people}, {count(restored.conversations, 'conversation')}.")
    if restored.kept is not None:
        say(f"What was there until now is kept in {restored.kept}.")
    say(
        "Next: run `kith sync`. It reads your address books and the answers in your calendar. If it finds events that "
        "were written after this backup was made, it stops there and says so; `kith events adopt` takes them over."
    )
