"""``kith fact``: something worth remembering about somebody."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from typing import Annotated

import typer

from kith.cli.ask import somebody_is_there
from kith.cli.console import say
from kith.cli.editor import typed
from kith.cli.session import one_person, options, session
from kith.cli.words import quoted
from kith.errors import UsageError


def fact(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="About whom.")],
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to remember; without it, your editor opens.")
    ] = None,
) -> None:
    """Keep what is not tied to a day: children's names, `asks: a flat in Porto`, `offers: guitar lessons`."""
    from kith.sync import by_hand

    with session(context) as app:
        known = one_person(app.everybody(), person)
        if text is None and not somebody_is_there():
            raise UsageError("what is to be remembered?", hint=f"as in `kith fact {shlex.quote(person)} 'Two kids'`")
        with typed(options(context).paths) if text is None else nullcontext(text.strip()) as kept:
            if not kept:
                raise UsageError("there is nothing in it to remember")
            number = by_hand.remember(app.store, known.person.id, kept, app.local_now)
        say(f"{known.person.name}: {quoted(kept)} is kept (f{number}).")
