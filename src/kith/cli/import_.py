"""``kith import``: what was kept elsewhere; what it is, is told by what is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say
from kith.cli.session import session
from kith.cli.words import count
from kith.errors import UsageError
from kith.lock import held

if TYPE_CHECKING:
    from kith.app import App


def import_(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder that `kith export` wrote.", show_default=False)
    ],
) -> None:
    """Add what an export holds to what kith knows; what is known already stays, and nothing comes twice."""
    from kith.keeping import archive

    if not path.exists():
        raise UsageError(f"there is no {path}")
    with session(context) as app:
        if not archive.is_one(path):
            raise UsageError(f"{path} is not an export of kith's", hint="give the folder that `kith export` wrote")
        _archive(app, path)


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
