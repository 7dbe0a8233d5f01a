"""``kith export``: everything the user typed and ruled, or people as a file for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say
from kith.cli.session import session
from kith.cli.words import count
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App


def export(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(metavar="DIR|FILE", help="A new or an empty folder; with --as, a new file.", show_default=False),
    ] = None,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="People as xlsx, csv, vcf or json.")] = "",
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="With --as: only this circle.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="With --as: everybody in the address books.")] = False,
) -> None:
    """Write everything you said and decided into a folder: JSON, and a page for each person.

    With --as, your network as one file that spreadsheets and address books read, and `kith import` takes back; without
    a FILE it goes to standard output.
    """
    from kith.app import EXPORTS

    if kind and kind not in EXPORTS:
        raise UsageError(f"there is no kind of file called “{kind}”", candidates=EXPORTS)
    if not kind and (circle is not None or everybody):
        raise UsageError("an export into a folder holds everything", hint="--circle and --all go with --as")
    with session(context) as app:
        if kind:
            _people(app, kind, target, circle, everybody)
        elif target is None:
            raise UsageError("name a new folder, or a kind of file: `kith export DIR`, `kith export --as xlsx FILE`")
        else:
            _everything(app, target)


def _everything(app: App, folder: Path) -> None:
    from kith.keeping import archive

    pages = archive.write(app.store, folder)
    say(
        f"{folder / archive.FILE} holds everything you said and decided; {count(pages, 'person has', 'people have')} "
        f"a page in {folder / 'people'}. `kith import` takes it into another kith."
    )


def _people(app: App, kind: str, target: Path | None, circle: str | None, everybody: bool) -> None:
    from kith.files import replace_file

    if circle is not None and circle not in app.config.circles:
        raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
    if target is None and kind == "xlsx" and sys.stdout.isatty():
        raise UsageError(
            "a workbook is nothing for a terminal", hint="name a file: `kith export --as xlsx people.xlsx`"
        )
    known = app.everybody().known
    if circle is not None:
        chosen = [who for who, one in known.items() if one.membership.circle == circle]
    else:
        chosen = [who for who, one in known.items() if everybody or one.in_network]
    data = app.export_as(kind, chosen)
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if target.exists():
        raise UsageError(f"{target} is there already", hint="name a new file; nothing is overwritten")
    try:
        replace_file(target, data)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from error
    more = "" if everybody or len(chosen) == len(known) else f" of {len(known)}; --all takes everybody"
    say(f"{target} holds {count(len(chosen), 'person', 'people')}{more}.")
