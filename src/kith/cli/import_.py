"""``kith import``: people out of a file, or what kith itself exported; the list of imports, and taking one back.

People out of a file are shown before anything is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli import ask
from kith.cli.console import print_json, say, table
from kith.cli.session import session
from kith.cli.words import count, joined
from kith.core.brief import day_text
from kith.errors import UsageError
from kith.lock import held

if TYPE_CHECKING:
    from kith.app import App
    from kith.imports.base import Reading, Refused
    from kith.sync.take_in import TakenIn

_SHOWN = 8


def import_(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(metavar="FILE|DIR|ls|undo", help="A file, or the folder of an export; or one of the two words."),
    ],
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", help="Which import to undo; else the last.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="What wrote it, if kith does not see it.")] = "",
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="For those in no circle yet.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="A TOML file that says what columns mean.")
    ] = None,
    dates: Annotated[str, typer.Option("--dates", metavar="ORDER", help="day-first or month-first.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Import people from a file: LinkedIn, Google, Outlook, Monica, vCard, or any spreadsheet.

    The same file again changes nothing, a newer one updates, and all of it can be undone: `kith import ls` lists what
    was imported, `kith import undo` takes the last one back. A folder that `kith export` wrote is added to what kith
    knows; what is known already stays.
    """
    from kith.keeping import archive

    with session(context) as app:
        if what == "ls":
            _list(app, as_json)
            return
        if what == "undo":
            _undo(app, number)
            return
        if number is not None:
            raise UsageError("one file at a time")
        if circle is not None and circle not in app.config.circles:
            raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
        path = Path(what).expanduser()
        if archive.is_one(path):
            _archive(app, path)
            return
        reading = _read(app, path, kind, dates, map_file)
        would = app.take_in(reading, path.name, circle, rehearse=True)
        if as_json:
            done = yes and not dry_run
            if done:
                app.take_in(reading, path.name, circle, rehearse=False)
            print_json(_plain(reading, would, done=done))
            return
        _show(reading, would)
        if dry_run or would.changes_nothing:
            say("Nothing was changed." if dry_run else "Everything in it is known already. Nothing was changed.", "dim")
            return
        if not yes:
            _ask(path)
        app.take_in(reading, path.name, circle, rehearse=False)
        say(f"Imported {path.name}. `kith import undo` takes it back.", "green")
        if not circle:
            say("`kith people --unassigned` lists those who are in no circle yet.", "dim")


def _archive(app: App, path: Path) -> None:
    from kith.keeping import archive

    with held(app.paths.lock, "kith import"):
        new = archive.take_in(app.store, path)
    people, talks = count(new.people, "person", "people"), count(new.conversations, "conversation")
    say(f"New here: {people}, {talks}, {count(new.facts, 'fact')}, {count(new.events, 'event')}.")
    if new.left_out:
        say(
            f"{count(new.left_out, 'event')} of people who have one here already stayed out; if they are still in the "
            "calendar, the next pass says so, and `kith events adopt` settles it.",
            "yellow",
        )


def _read(app: App, path: Path, kind: str, dates: str, map_file: Path | None) -> Reading:
    if not path.exists():
        raise UsageError(f"there is no {path}", hint="`kith import ls` lists what was imported")
    if not path.is_file():
        raise UsageError(
            f"{path} is not an export of kith's",
            hint="give the folder that `kith export` wrote, or a file; a folder of cards is an account: see the config",
        )
    while True:
        try:
            return app.read_file(path, kind=kind, dates=dates, map_file=map_file)
        except UsageError as error:
            if dates or "--dates" not in error.hint or not ask.somebody_is_there():
                raise
            answers = ("day first, as in 31/12/2026", "month first, as in 12/31/2026")
            dates = ("day-first", "month-first")[ask.one_of(f"{error.message}. Which is it?", answers)]


def _ask(path: Path) -> None:
    if not ask.somebody_is_there():
        raise UsageError("nobody is there to say yes; nothing was changed", hint="say --yes, or --dry-run to only look")
    if not ask.yes(f"Import {path.name}?"):
        say("Nothing was changed.")
        raise typer.Exit


def _show(reading: Reading, would: TakenIn) -> None:
    """The summary, before anything is stored."""
    say(f"{count(len(reading.entries), 'person', 'people')} of {reading.account}", "bold")
    for note in reading.notes:
        say(f"  {note}", "dim")
    if reading.understood and reading.kind not in ("linkedin", "google", "outlook", "kith"):
        table(("Column", "Taken for"), [(f"  {header}", meaning) for header, meaning in reading.understood])
    rows = [
        ("  new", str(len(would.new)), _some(would.new)),
        ("  joined", str(len(would.joined)), _some(would.joined)),
        ("  updated", str(len(would.updated)), _some(would.updated)),
        ("  unchanged", str(would.unchanged), ""),
        ("  conversations", str(would.conversations), ""),
    ]
    table(("What", "How many", "Who"), [row for row in rows if row[1] != "0"])
    for name in would.circles:
        say(f"You have no circle “{name}”; it is kept as a label.", "yellow")
    _complaints("left out", reading.refused)
    _complaints("not understood", reading.remarks)
    if reading.unused:
        say(f"Not used: {', '.join(reading.unused)}", "yellow")


def _some(names: Sequence[str]) -> str:
    shown = list(names[:3])
    if len(names) == 4:
        shown = list(names)
    return joined(shown if len(shown) == len(names) else [*shown, f"{len(names) - 3} more"]) if shown else ""


def _complaints(what: str, items: Sequence[Refused]) -> None:
    if not items:
        return
    say(f"{len(items)} {what}:", "yellow")
    for item in items[:_SHOWN]:
        say(f"  {item.where}: {item.reason}")
    if len(items) > _SHOWN:
        say(f"  … and {len(items) - _SHOWN} more; --json lists them all", "dim")


def _plain(reading: Reading, would: TakenIn, *, done: bool) -> dict[str, Any]:
    return {
        "account": reading.account,
        "done": done,
        **would.counts,
        "names": {"new": would.new, "joined": would.joined, "updated": would.updated},
        "columns": dict(reading.understood),
        "unused": list(reading.unused),
        "refused": [asdict(item) for item in reading.refused],
        "remarks": [asdict(item) for item in reading.remarks],
        "unknown_circles": would.circles,
        "notes": list(reading.notes),
    }


def _list(app: App, as_json: bool) -> None:
    found = app.store.imports.all()
    if as_json:
        print_json(
            [
                {"number": one.number, "account": one.account, "file": one.file, "at": one.at.isoformat()}
                | {"undone": one.undone, **one.summary}
                for one in found
            ]
        )
        return
    if not found:
        say("Nothing was imported yet. `kith import FILE` shows what a file holds, and asks.")
        return
    rows = [
        (
            str(one.number),
            day_text(one.at.date()),
            one.account,
            one.file,
            *(str(one.summary.get(key, 0)) for key in _KEYS),
        )
        for one in found
        if not one.undone
    ]
    table(("No.", "When", "Account", "File", "New", "Joined", "Updated"), rows)


_KEYS = ("new", "joined", "updated")


def _undo(app: App, number: int | None) -> None:
    from kith.sync.take_back import undo

    taken_back, kept = undo(app.store, number, app.local_now)
    say(f"Took back import {taken_back.number}: {taken_back.file} into {taken_back.account}.")
    if kept:
        say(f"Kept, for more is known of them: {_some(kept)}.", "yellow")
