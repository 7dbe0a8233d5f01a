"""``kith log``: you talked, and want it kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import day_option, one_person, session
from kith.cli.words import day_words, on_day
from kith.core.cadence import window
from kith.core.names import find
from kith.errors import UsageError


class Via(StrEnum):
    """How one talked."""

    CALL = "call"
    VIDEO = "video"
    MEET = "meet"
    MAIL = "mail"
    MESSAGE = "message"
    LETTER = "letter"
    OTHER = "other"


def log(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON... [TEXT]",
            help="One or more people; the last argument is the text unless it names a person.",
        ),
    ],
    text: Annotated[str | None, typer.Option("-m", "--message", metavar="TEXT", help="The text, outright.")] = None,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, 2026-11-20.")] = "today",
    via: Annotated[Via | None, typer.Option("--via", help="How you talked.")] = None,
) -> None:
    """Keep what you talked about; it counts as contact, and the clock starts again."""
    from kith.sync import by_hand

    with session(context) as app:
        network = app.everybody()
        everybody = [known.person for known in network.known.values()]
        if text is None and len(words) > 1 and not find(words[-1], everybody):
            *words, text = words
        talked_with = list(dict.fromkeys(one_person(network, who) for who in words))
        day = day_option(on, app.today, "--on")
        if day > app.today:
            raise UsageError(f"--on: {day_words(day, app.today)} is still to come", hint="log it when you have talked")
        people = [known.person.id for known in talked_with]
        by_hand.talk(app.store, people, day, (text or "").strip(), app.local_now, via=via.value if via else "")
        names = ", ".join(known.person.name for known in talked_with)
        say(f"Talked with {names} {on_day(day, app.today)}.")
        after = app.everybody().known
        for person in people:
            belongs = window(after[person].standing)
            if belongs is not None:
                say(f"{after[person].person.name} is due again {day_words(belongs.due, app.today)}.", "dim")
