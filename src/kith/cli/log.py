"""``kith log``: you talked, and want it kept."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.news import settle_telling, to_tell
from kith.cli.session import one_person, past_day_option, session
from kith.cli.words import day_words, joined, on_day, one_line
from kith.core.cadence import window
from kith.core.model import Person
from kith.core.names import find, find_exact, fold
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
            metavar="PERSON|TEXT",
            help="One or more people; the last argument is the text unless it names a person.",
        ),
    ],
    text: Annotated[str | None, typer.Option("-m", "--message", metavar="TEXT", help="The text, outright.")] = None,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day: yesterday, friday, 3d, 2026-11-20.")
    ] = "today",
    via: Annotated[Via | None, typer.Option("--via", help="How you talked.")] = None,
    not_told: Annotated[bool, typer.Option("--not-told", help="You told them none of your news.")] = False,
) -> None:
    """Keep what you talked about; it counts as contact, and the clock starts again."""
    from kith.sync import by_hand

    with session(context) as app:
        network = app.everybody()
        everybody = [known.person for known in network.known.values()]
        if text is None and len(words) > 1 and _is_text(words[-1], everybody):
            *words, text = words
        talked_with = list({known.person.id: known for known in (one_person(network, who) for who in words)}.values())
        day = past_day_option(on, app.today, "--on")
        people = [known.person.id for known in talked_with]
        unheard = to_tell(app, talked_with)
        by_hand.talk(app.store, people, day, (text or "").strip(), app.local_now, via=via.value if via else "")
        names = joined([known.person.name for known in talked_with])
        about = f": “{one_line(text)}”" if text and text.strip() else ""
        say(f"Talked with {names} {on_day(day, app.today)}{about}.")
        settle_telling(app, unheard, not_told=not_told)
        after = app.everybody().known
        for person in people:
            belongs = window(after[person].standing)
            if belongs is not None:
                say(f"{after[person].person.name} is due again {day_words(belongs.due, app.today)}.", "dim")


def _is_text(last: str, everybody: Sequence[Person]) -> bool:
    """Whether the last argument is the text: it names nobody in whole words, nor by an e-mail or an id.

    Raises:
        UsageError: it could be either, such as the beginning of somebody's name.
    """
    found = find(last, everybody)
    wanted = set(fold(last).split())
    whole = [person for person in found if person.id == last or wanted <= set(fold(person.name).split())]
    if whole or find_exact(last, everybody):
        return False
    begun = [person for person in found if all(_begins_a_word(word, person) for word in wanted)]
    if begun and wanted:
        raise UsageError(
            f"“{last}” may be what you talked about, or the beginning of a name",
            hint=f"say `-m {shlex.quote(last)}` for the text, or type the whole word of the name",
            candidates=tuple(sorted(person.name for person in begun)[:10]),
        )
    return True


def _begins_a_word(beginning: str, person: Person) -> bool:
    return any(word.startswith(beginning) for word in fold(person.name).split())
