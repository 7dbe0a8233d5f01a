"""``kith pause``: nothing for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import day_option, one_person, session
from kith.cli.words import day_words
from kith.errors import UsageError


def pause(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="When they come up again.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End the pause.")] = False,
) -> None:
    """Let nothing come up for somebody, for a while or until you say so."""
    from kith.sync import by_hand

    with session(context) as app:
        known = one_person(app.everybody(), person)
        if end:
            by_hand.unpause(app.store, known.person.id)
            say(f"{known.person.name} comes up again.")
            return
        day = day_option(until, app.today, "--until") if until else None
        if day is not None and day <= app.today:
            raise UsageError(f"--until: {day_words(day, app.today)} is not later than today")
        by_hand.pause(app.store, known.person.id, day)
        end_words = f"until {day_words(day, app.today)}" if day else f'until `kith pause "{known.person.name}" --end`'
        say(f"{known.person.name} is paused {end_words}.")
