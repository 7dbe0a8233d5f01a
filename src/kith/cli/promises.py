"""``kith promises``: what you promised, and ticking it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.session import one_person, session
from kith.cli.words import joined
from kith.core.brief import day_text
from kith.core.promises import Promise, promise_key
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.core.model import PersonId
    from kith.sync.said import Telling


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
        asked = one_person(app.everybody(), person).person.id if person is not None else None
        names = {known.id: known.name for known in app.store.people.everybody()}
        found = _listed(Telling(app.store, app.rules.days.zone), names)
        found = [one for one in found if asked is None or asked in one.people]
        if kept:
            wrong = next((number for number in kept if not 1 <= number <= len(found)), None)
            if wrong is not None:
                raise UsageError(f"there is no number {wrong} in the list", hint="see the numbers: `kith promises`")
            chosen = [found[number - 1] for number in dict.fromkeys(kept)]
            ticks = [(who, one.promise.text) for one in chosen for who in one.people]
            by_hand.keep_promises(app.store, ticks, app.local_now)
            for one in chosen:
                say(f"{joined(list(one.people.values()))}: “{one.promise.text}” is done.")
        elif as_json:
            print_json(
                [
                    {
                        "n": number,
                        "people": [{"id": who, "name": name} for who, name in one.people.items()],
                        "day": one.promise.day.isoformat(),
                        "text": one.promise.text,
                    }
                    for number, one in enumerate(found, 1)
                ]
            )
        elif not found:
            say("Nothing is promised.")
        else:
            rows = [
                (str(number), joined(list(one.people.values())), day_text(one.promise.day), one.promise.text)
                for number, one in enumerate(found, 1)
            ]
            table(("N", "Who", "Since", "Promise"), rows)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A promise, and the names of those for whom it is still to be done."""

    promise: Promise
    people: Mapping[PersonId, str]


def _listed(telling: Telling, names: Mapping[PersonId, str]) -> list[_Listed]:
    """Everybody's promises, oldest first; one that was made to several people in one conversation is one."""
    found: dict[tuple[str, str], dict[PersonId, Promise]] = {}
    for who in sorted(names, key=lambda one: (names[one], one)):
        for promise in telling.promises(who):
            found.setdefault((promise.made_in, promise_key(promise.text)), {})[who] = promise
    listed = [_Listed(next(iter(each.values())), {who: names[who] for who in each}) for each in found.values()]
    return sorted(listed, key=lambda one: (one.promise.at, *one.people.values()))
