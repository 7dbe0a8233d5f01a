"""``kith add``: somebody who is in no address book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say
from kith.cli.session import day_option, session
from kith.cli.words import day_words, on_day
from kith.core.names import find_exact
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import PersonId


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The whole name.")],
    email: Annotated[list[str] | None, typer.Option("--email", help="An address; may be repeated.")] = None,
    phone: Annotated[list[str] | None, typer.Option("--phone", help="A number; may be repeated.")] = None,
    met: Annotated[str, typer.Option("--met", metavar="TEXT", help="How you met.")] = "",
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="Which circle they join.")] = None,
    first: Annotated[
        str | None, typer.Option("--in", metavar="WHEN", help="When they come up first: 3d, 2w, friday, 2026-12-01.")
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even if somebody of that name is known.")] = False,
) -> None:
    """Keep in touch with somebody new, without touching an address book."""
    with session(context) as app:
        add_somebody(
            app, name, emails=email or (), phones=phone or (), met=met, circle=circle, first=first, anyway=anyway
        )


def add_somebody(
    app: App,
    name: str,
    *,
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    met: str = "",
    circle: str | None = None,
    first: str | None = None,
    anyway: bool = False,
) -> PersonId:
    """Add somebody and say so; their id. ``first`` is when they come up, as typed. Raises UsageError."""
    from kith.app import new_id
    from kith.core.model import PersonId
    from kith.sync import by_hand

    name = " ".join(name.split())
    if not name:
        raise UsageError("a person needs a name")
    check_circle(app, circle)
    everybody = [known.person for known in app.everybody().known.values()]
    same = [person for who in (name, *emails) for person in find_exact(who, everybody)]
    if same and not anyway:
        raise UsageError(
            f"“{same[0].name}” is known already",
            hint=f'see `kith show "{same[0].name}"`, or say --anyway if this is somebody else',
        )
    day = day_option(first, app.today, "--in") if first else None
    if day is not None and day < app.today:
        raise UsageError(f"--in: {day_words(day, app.today)} is over")
    person = PersonId(new_id())
    by_hand.add(
        app.store,
        person,
        name,
        app.local_now,
        emails=emails,
        phones=phones,
        met=met,
        circle=circle,
        next_on=day,
    )
    when = f", first {on_day(day, app.today)}" if day else ""
    say(f"Added {name}{f' to {circle}' if circle else ''}{when}.")
    if circle is None and day is None:
        say(f'They are in no circle and will not come up: `kith set "{name}" --circle …` changes that.', "yellow")
    return person


def check_circle(app: App, circle: str | None) -> None:
    """Raises UsageError for a circle that is not in the config."""
    if circle is not None and circle not in app.config.circles:
        raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
