"""``kith edit``: another text, day or way for something that was kept."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from kith.cli.ask import somebody_is_there
from kith.cli.console import say
from kith.cli.editor import typed
from kith.cli.handles import entry_of, whose
from kith.cli.log import Via
from kith.cli.session import options, past_day_option, session
from kith.cli.words import quoted
from kith.core.brief import day_text
from kith.core.history import What
from kith.errors import UsageError


def edit(
    context: typer.Context,
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="As `kith history` shows it: c12, f3, a4.")],
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="The new text; without it, your editor opens.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day it really was.")] = None,
    via: Annotated[Via | None, typer.Option("--via", help="How you really talked.")] = None,
) -> None:
    """Correct a conversation, a fact or an attempt. Its event, where it came from one, stays as it is."""
    from kith.sync import by_hand

    with session(context) as app:
        entry = entry_of(app, handle)
        if (on and entry.what is What.FACT) or (via and entry.what is not What.CONVERSATION):
            raise UsageError(f"{entry.handle} is a {entry.word}: it has no {'day' if on else 'way'} to change")
        day = past_day_option(on, app.today, "--on") if on else None
        way = via.value if via else None
        asks = text is None and not on and not via
        if asks and not somebody_is_there():
            raise UsageError("the new text?", hint=f'as in `kith edit {entry.handle} "…"`')
        given = nullcontext(entry.text if text is None else text.strip())
        with typed(options(context).paths, entry.text) if asks else given as after:
            if not after.strip() and (asks or text is not None):
                hint = f"`kith forget {entry.handle}` lets it count for nothing"
                raise UsageError(f"nothing would be left of {entry.handle}; it stays as it was", hint=hint)
            done = by_hand.edit(app.store, entry, after, day=day, via=way)
        about = f", {day_text(day or entry.day)}" if entry.what is not What.FACT else ""
        say(f"{whose(app, entry.what, entry.number)}{about}: {quoted(after)} ({entry.handle}).")
        if done:
            say(f"Done as you wrote: {done}.", "dim")
