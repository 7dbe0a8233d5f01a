"""``kith forget``: something that was kept is not to count any more."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli import ask
from kith.cli.console import say
from kith.cli.handles import entry_of, handle, whose
from kith.cli.session import session
from kith.cli.words import count, quoted
from kith.core.brief import day_text
from kith.core.history import What
from kith.errors import UsageError


def forget(
    context: typer.Context,
    handles: Annotated[
        list[str], typer.Argument(metavar="HANDLE…", help="As `kith history` shows them: c12, f3, a4, n5.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Have them back.")] = False,
) -> None:
    """Forget a conversation, a fact or an attempt: it counts for nothing and is shown nowhere, until `--undo`.

    So is a note whose event is over.

    To forget is not to erase: the words stay in kith's store and, where they were typed in an event, in your calendar.
    What is typed into that event later is kept as a note, and does not bring the conversation back.
    """
    from kith.sync import by_hand

    with session(context) as app:
        if undo:
            things = [handle(one, also=What.NOTE) for one in handles]
            for one, (what, number) in zip(handles, things, strict=True):
                if not app.store.history.is_forgotten(what, number):
                    raise UsageError(f"{one} is not forgotten", hint="`kith history NAME` shows what is there")
            by_hand.forget(app.store, things, None)
            for what, number in things:
                text = quoted(app.store.history.text_of(what, number) or "")
                say(f"{whose(app, what, number)}: {text} is back ({what.value}{number}).")
            return
        entries = list(
            {entry.handle: entry for entry in (entry_of(app, one, also=What.NOTE) for one in handles)}.values()
        )
        for entry in entries:
            say(f"{whose(app, entry.what, entry.number)}, {day_text(entry.day)}: {quoted(entry.text)}")
        if not yes:
            if not ask.somebody_is_there():
                raise UsageError("nobody is there to ask", hint="say `--yes` to forget it")
            if not ask.yes(f"Forget {'this' if len(entries) == 1 else 'these'}?", default=False):
                return
        by_hand.forget(app.store, [(entry.what, entry.number) for entry in entries], app.local_now)
        back = " ".join(entry.handle for entry in entries)
        say(f"{count(len(entries), 'thing')} forgotten. `kith forget {back} --undo` has it back.")
