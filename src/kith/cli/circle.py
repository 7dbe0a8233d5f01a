"""``kith circle``: the circles, who is in one, and another name for one."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.session import session
from kith.cli.words import count
from kith.core.brief import day_text
from kith.errors import ConfigError, UsageError

app = typer.Typer(help="Your circles: list them, see who is in one, rename one.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("ls")
def ls(context: typer.Context, as_json: AsJson = False) -> None:
    """The circles of your config, and how many people each holds."""
    with session(context) as kith:
        members = kith.network().members()
        sizes = {name: sum(known.membership.circle == name for known in members) for name in kith.config.circles}
        if as_json:
            print_json(
                [
                    {
                        "name": circle.name,
                        "every": str(circle.cadence.every),
                        "at_worst": str(circle.cadence.at_worst),
                        "labels": list(circle.labels),
                        "people": sizes[circle.name],
                    }
                    for circle in kith.rules.circles
                ]
            )
            return
        if not sizes:
            say("There are no circles yet: write a [circles.NAME] into the config, or see `kith init`.")
            return
        rows = [
            (
                circle.name,
                circle.cadence.every.in_words(),
                circle.cadence.at_worst.in_words(),
                ", ".join(circle.labels),
                str(sizes[circle.name]),
            )
            for circle in kith.rules.circles
        ]
        table(("Circle", "Every", "At worst", "Labels", "People"), rows)


@app.command("show")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CIRCLE", help="One of your circles.")],
    as_json: AsJson = False,
) -> None:
    """Who is in a circle, how they came there, and when you last talked."""
    with session(context) as kith:
        _there(name, tuple(kith.config.circles))
        members = [known for known in kith.network().members() if known.membership.circle == name]
        if as_json:
            print_json([{"id": known.person.id, "name": known.person.name} for known in members])
            return
        circle = kith.config.circles[name]
        at_worst = circle.at_worst or circle.every.half_as_long_again()
        say(f"{name}: every {circle.every.in_words()}, at worst {at_worst.in_words()}", "bold")
        if not members:
            say(f'Nobody is in it yet: give it labels, or say `kith set NAME --circle "{name}"`, or see `kith triage`.')
            return
        rows = [
            (
                known.person.name,
                {"config": "the config", "hand": "you", "label": "a label"}[known.membership.source],
                day_text(known.last.conversation) if known.last.conversation else "",
            )
            for known in members
        ]
        table(("Who", "Put there by", "Last talked"), rows)


@app.command("rename")
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="One of your circles.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it shall be called.")],
) -> None:
    """Give a circle another name, in the config (where comments and order stay) and for everybody in it."""
    from kith.config import edit
    from kith.config.load import read

    with session(context) as kith:
        circles, path = tuple(kith.config.circles), kith.paths.config
        finishing = old not in circles and new in circles  # a rename that was cut off after the config was written
        if not finishing:
            _there(old, circles)
            if new in circles:
                raise UsageError(f"there is a circle “{new}” already")
        try:
            edited = None if finishing else edit.rename_circle(read(path), old, new, file=str(path))
        except ConfigError as error:
            if error.hint:
                raise
            sentences = "; ".join(f"{problem.path} {problem.message}" for problem in error.problems)
            raise UsageError(f"that would not do: {sentences}", hint="nothing was changed") from error
        with kith.store.transaction():
            moved = kith.store.choosing.rename_circle(old, new)
            if finishing and not moved:
                _there(old, circles)
            if edited is not None:
                edit.write(path, edited)
        by_hand = f", for {count(moved, 'person', 'people')} whom you put there too" if moved else ""
        say(f"“{old}” is “{new}” now, in {path}{by_hand}. The next pass follows it.")


def _there(name: str, circles: tuple[str, ...]) -> None:
    if name not in circles:
        raise UsageError(f"there is no circle “{name}”", candidates=circles)
