"""``kith set``: a cadence or a circle for one person, written into the config file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from kith.cli.console import say
from kith.cli.session import one_person, session
from kith.core.circles import match_rules
from kith.core.model import Person
from kith.core.names import find_exact
from kith.core.period import Period
from kith.errors import ConfigError, UsageError


def set_(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
    every: Annotated[str | None, typer.Option("--every", metavar="PERIOD", help="10d, 2w, 3m, 1y.")] = None,
    at_worst: Annotated[str | None, typer.Option("--at-worst", metavar="PERIOD", help="By when at the latest.")] = None,
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="One of your circles.")] = None,
) -> None:
    """Set somebody's cadence or circle. It is written into your config file, where comments and order stay."""
    from kith.config import edit
    from kith.config.load import read

    if every is None and at_worst is None and circle is None:
        raise UsageError("nothing to set: say --every, --at-worst or --circle")
    with session(context) as app:
        _refuse_nonsense(every, "--every")
        _refuse_nonsense(at_worst, "--at-worst")
        if circle is not None and circle not in app.config.circles:
            raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
        network = app.everybody()
        known = one_person(network, person)
        everybody = [other.person for other in network.known.values()]
        matched, _ = match_rules(app.rules.people, everybody)
        rule = matched.get(known.person.id)
        key = rule.who if rule else _unmistakable(known.person, everybody)
        path = app.paths.config
        text = read(path)
        try:
            edited = edit.set_person(text, key, every=every, at_worst=at_worst, circle=circle, file=str(path))
        except ConfigError as error:
            if error.hint:  # it cannot be edited, and the hint says what to write by hand
                raise
            # The config was good when it was opened, so what is wrong with it now is what was asked for.
            sentences = "; ".join(f"{problem.path} {problem.message}" for problem in error.problems)
            raise UsageError(f"that would not do: {sentences}", hint="nothing was changed") from error
        edit.write(path, edited)
        say(f'[people."{key}"] in {path} now holds for {known.person.name}. The next pass follows it.')


def _refuse_nonsense(period: str | None, option: str) -> None:
    try:
        if period is not None:
            Period.parse(period)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _unmistakable(person: Person, everybody: Sequence[Person]) -> str:
    """What to call somebody in the config so that nobody else is meant: the name, else an e-mail."""
    for who in (person.name, *(mail.value for mail in person.emails)):
        if len(find_exact(who, everybody)) == 1:
            return who
    raise UsageError(
        f"the config could not tell “{person.name}” from others of that name",
        hint="give them a nickname or an e-mail of their own in the address book",
    )
