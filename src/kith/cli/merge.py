"""``kith merge``: two are one person."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import one_person, session
from kith.cli.words import count
from kith.errors import UsageError


def merge(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="A name, part of one, an e-mail or an id.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Who is the same person.")],
) -> None:
    """Take two for one person, for good. Nothing changes in your address books; `kith split` undoes it."""
    from kith.sync.joining import rule_same

    with session(context) as app:
        network = app.everybody()
        first, second = one_person(network, one), one_person(network, other)
        if first.person.id == second.person.id:
            raise UsageError(f"both are {first.person.name} already", hint=f"see why: `kith why {first.person.id}`")
        rule_same(app.store, first.person.id, second.person.id, app.now)
        whole = app.store.joins.counts_as([first.person.id])[first.person.id]
        person = app.everybody().known[whole].person
        names = f"{first.person.name} and {second.person.name}"
        if app.store.joins.counts_as([second.person.id])[second.person.id] != whole:
            raise UsageError(
                f"{names} could not be joined: you said that some of their cards are different people",
                hint="see `kith why` about them",
            )
        say(f"{names} are one person now: {person.name}, with {count(len(person.cards), 'card')}.")
        say("The next pass brings their calendar up to date. `kith split` undoes this.", "dim")
