"""``kith export``: everything the user typed and ruled, as files that can be read without kith."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import session
from kith.cli.words import count


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.", show_default=False)],
) -> None:
    """Write everything you said and decided into a folder: JSON, and a page for each person."""
    from kith.keeping import archive

    with session(context) as app:
        pages = archive.write(app.store, folder)
    say(
        f"{folder / archive.FILE} holds everything you said and decided; {count(pages, 'person has', 'people have')} "
        f"a page in {folder / 'people'}. `kith import` takes it into another kith."
    )
