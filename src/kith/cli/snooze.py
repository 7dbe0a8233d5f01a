"""``kith snooze``: not now."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import day_option, one_person, session
from kith.cli.words import day_words, on_day
from kith.errors import UsageError


def snooze(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
    until: Annotated[str, typer.Argument(metavar="UNTIL", help="3d, 2w, friday, 2026-12-01.")] = "1w",
) -> None:
    """Let somebody come up later; an event in the calendar moves at the next pass."""
    from kith.sync import by_hand

    with session(context) as app:
        known = one_person(app.everybody(), person)
        day = day_option(until, app.today, "UNTIL")
        if day <= app.today:
            raise UsageError(f"UNTIL: {day_words(day, app.today)} is not later than today")
        by_hand.snooze(app.store, known.person.id, day, app.today)
        say(f"{known.person.name} comes up {on_day(day, app.today)}, or the first free day after.")
