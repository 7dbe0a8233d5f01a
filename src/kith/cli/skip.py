"""``kith skip``: leave this round out."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import one_person, session
from kith.cli.words import day_words
from kith.core.cadence import window


def skip(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
) -> None:
    """Leave this round out; the next comes a cadence later. It is not a contact."""
    from kith.sync import by_hand

    with session(context) as app:
        known = one_person(app.everybody(), person)
        day = by_hand.skip(app.store, known, app.local_now)
        belongs = window(app.everybody().known[known.person.id].standing)
        after = f"; next due {day_words(belongs.due, app.today)}" if belongs else ""
        say(f"Skipped {known.person.name}, counted from {day_words(day, app.today)}{after}.")
