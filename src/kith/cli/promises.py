"""``kith promises``: what you promised, and ticking it off."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.session import one_person, session
from kith.core.brief import day_text
from kith.errors import UsageError


def promises(
    context: typer.Context,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="Whom you promised it; default: all.")] = None,
    kept: Annotated[
        list[int] | None, typer.Option("--kept", metavar="N", help="Tick off number N of the list; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """See what is still to be done, oldest first. `! send her the book` in any text is a promise."""
    from kith.sync import by_hand
    from kith.sync.said import Telling

    with session(context) as app:
        if person is None:
            people = {known.id: known.name for known in app.store.people.everybody()}
        else:
            somebody = one_person(app.everybody(), person).person
            people = {somebody.id: somebody.name}
        telling = Telling(app.store, app.rules.days.zone)
        found = sorted(
            ((promise, who) for who in people for promise in telling.promises(who)),
            key=lambda one: (one[0].at, people[one[1]]),
        )
        if kept:
            wrong = next((number for number in kept if not 1 <= number <= len(found)), None)
            if wrong is not None:
                raise UsageError(f"there is no number {wrong} in the list", hint="see the numbers: `kith promises`")
            chosen = [found[number - 1] for number in dict.fromkeys(kept)]
            by_hand.keep_promises(app.store, [(who, promise.text) for promise, who in chosen], app.local_now)
            for promise, who in chosen:
                say(f"{people[who]}: “{promise.text}” is done.")
        elif as_json:
            print_json(
                [
                    {"n": number, "id": who, "name": people[who], "day": promise.day.isoformat(), "text": promise.text}
                    for number, (promise, who) in enumerate(found, 1)
                ]
            )
        elif not found:
            say("Nothing is promised.")
        else:
            rows = [
                (str(number), people[who], day_text(promise.day), promise.text)
                for number, (promise, who) in enumerate(found, 1)
            ]
            table(("N", "Who", "Since", "Promise"), rows)
