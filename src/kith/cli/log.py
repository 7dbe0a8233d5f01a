"""``kith log``: you talked, or tried to, and want it kept."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.ask import somebody_is_there
from kith.cli.console import say
from kith.cli.editor import typed
from kith.cli.news import settle_telling, to_tell
from kith.cli.session import one_person, options, past_day_option, session
from kith.cli.words import day_words, joined, on_day, one_line
from kith.core.cadence import window
from kith.core.model import Person
from kith.core.names import find, find_exact, fold, nearly
from kith.core.typed import parse
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.sync.network import Known


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
    gave: Annotated[
        list[str] | None, typer.Option("--gave", metavar="TEXT", help="What you gave them; may be repeated.")
    ] = None,
    got: Annotated[
        list[str] | None, typer.Option("--got", metavar="TEXT", help="What they gave you; may be repeated.")
    ] = None,
    tried: Annotated[bool, typer.Option("--tried", help="You tried, and nobody answered: no contact.")] = False,
    not_told: Annotated[bool, typer.Option("--not-told", help="You told them none of your news.")] = False,
) -> None:
    """Keep what you talked about; it counts as contact, and the clock starts again.

    Without a text, your editor opens; `-m ""` is for keeping none. Lines such as `! send the book`, `next: the exam`,
    `every 3w` or `#sailing` are understood.
    """
    with session(context) as app:
        network = app.everybody()
        everybody = [known.person for known in network.known.values()]
        if text is None and len(words) > 1 and _is_text(words[-1], everybody):
            *words, text = words
        people = list({known.person.id: known for known in (one_person(network, who) for who in words)}.values())
        day = past_day_option(on, app.today, "--on", hint="log it when you have talked")
        if tried and via:
            raise UsageError("--via says how you talked, and --tried that you did not", hint="leave out one of them")
        if not all(one.strip() for one in (*(gave or ()), *(got or ()))):
            raise UsageError(f"{'--got' if all(one.strip() for one in gave or ()) else '--gave'}: what was it?")
        more = [*(f"gave: {one}" for one in gave or ()), *(f"got: {one}" for one in got or ())]
        kept = _Kept(people, day, via.value if via else "", tried, not_told)
        asks = text is None and not more and not tried and somebody_is_there()
        with typed(options(context).paths) if asks else nullcontext((text or "").strip()) as said:
            if asks and not said.strip():
                raise UsageError(
                    "nothing was typed, so nothing is kept",
                    hint='`kith log … -m ""` keeps that you talked, without a text',
                )
            _keep(app, kept, "\n".join(filter(None, [said, *more])))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is to be kept, but for the text."""

    people: list[Known]
    day: date
    via: str
    tried: bool
    not_told: bool


def _keep(app: App, kept: _Kept, text: str) -> None:
    from kith.sync import by_hand
    from kith.sync.said import words_for

    people = [known.person.id for known in kept.people]
    names = joined([known.person.name for known in kept.people])
    about = f": “{one_line(text)}”" if text else ""
    if kept.tried:
        by_hand.tried(app.store, people, kept.day, text, app.rules.try_again, app.local_now)
        say(f"Tried {names} {on_day(kept.day, app.today)}, no answer{about}.")
    else:
        unheard = to_tell(app, kept.people)
        by_hand.talk(app.store, people, kept.day, text, app.local_now, via=kept.via)
        say(f"Talked with {names} {on_day(kept.day, app.today)}{about}.")
        settle_telling(app, unheard, not_told=kept.not_told)
    done = words_for(parse(text, kept.day))
    if done:
        say(f"Done as you wrote: {done}.", "dim")
    after = app.everybody().known
    for person in people:
        belongs = window(after[person].standing)
        if belongs is not None and not kept.tried:
            say(f"{after[person].person.name} is due again {day_words(belongs.due, app.today)}.", "dim")


def _is_text(last: str, everybody: Sequence[Person]) -> bool:
    """Whether the last argument is the text: it names nobody in whole words, nor by an e-mail or an id.

    Raises:
        UsageError: it could be either, such as the beginning of somebody's name, or nearly one.
    """
    found = find(last, everybody)
    wanted = set(fold(last).split())
    whole = [person for person in found if person.id == last or wanted <= set(fold(person.name).split())]
    if whole or find_exact(last, everybody):
        return False
    begun = [person for person in found if all(_begins_a_word(word, person) for word in wanted)]
    if begun and wanted:
        raise _either(last, "the beginning of a name", "type the whole word of the name", begun)
    meant = nearly(last, everybody)
    if meant:
        raise _either(last, "a name with a slip in it", "type the name as it is written", meant)
    return True


def _either(last: str, other: str, else_: str, people: Sequence[Person]) -> UsageError:
    return UsageError(
        f"“{last}” may be what you talked about, or {other}",
        hint=f"say `-m {shlex.quote(last)}` for the text, or {else_}",
        candidates=tuple(sorted(person.name for person in people)[:10]),
    )


def _begins_a_word(beginning: str, person: Person) -> bool:
    return any(word.startswith(beginning) for word in fold(person.name).split())
