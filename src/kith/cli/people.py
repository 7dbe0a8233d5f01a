"""``kith people``: the network, a circle of it, or everybody in the address books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import count, day_words
from kith.core.brief import day_text
from kith.core.cadence import window
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.event import When
    from kith.core.model import PersonId
    from kith.store.events import ReachOut
    from kith.sync.network import Known

    Waiting = dict[PersonId, tuple[ReachOut, When | None]]


def people(
    context: typer.Context,
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="Only this circle.")] = None,
    unassigned: Annotated[bool, typer.Option("--unassigned", help="Those in no circle yet.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody in the address books.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Your network: who is in which circle, when you last talked, who comes next."""
    with session(context) as app:
        if circle is not None and circle not in app.config.circles:
            raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
        chosen = [known for known in _everybody(app) if _is_meant(known, circle, unassigned, everybody)]
        waiting = app.store.events.waiting()
        if as_json:
            print_json([_plain(app, known, waiting) for known in chosen])
            return
        if not chosen:
            say(_nobody(app.store.people.count(), circle, unassigned))
            return
        if unassigned:
            _print_unassigned(chosen)
            return
        rows = [
            (
                known.person.name,
                known.membership.circle or "",
                known.membership.cadence.every.in_words() if known.membership.cadence else "",
                day_text(known.last.conversation) if known.last.conversation else "",
                _next(app, known, waiting),
            )
            for known in chosen
        ]
        table(("Who", "Circle", "Every", "Last talked", "Next"), rows)
        say(f"{len(chosen)} of {count(app.store.people.count(), 'person', 'people')}", "dim")


def _nobody(known: int, circle: str | None, unassigned: bool) -> str:
    if not known:
        return "Nobody is known yet. Read your address books in first: `kith sync`."
    if unassigned:
        return "Everybody is in your network."
    where = f"in {circle}" if circle is not None else "in your network"
    return f"Nobody of {known} is {where} yet. See `kith people --unassigned`."


def _print_unassigned(chosen: list[Known]) -> None:
    """With what helps to choose a circle for them."""
    rows = [
        (known.person.name, ", ".join(known.person.labels), known.person.organisation, known.person.city)
        for known in chosen
    ]
    table(("Who", "Labels", "Work", "City"), rows)
    words = count(len(chosen), "is in no circle", "are in no circle")
    say(f"{words}. A label on their card, or `kith set NAME --circle …`, puts them in.", "dim")


def _everybody(app: App) -> list[Known]:
    return sorted(app.everybody().known.values(), key=lambda known: (known.person.name.casefold(), known.person.id))


def _is_meant(known: Known, circle: str | None, unassigned: bool, everybody: bool) -> bool:
    if circle is not None:
        return known.membership.circle == circle
    if unassigned:
        return not known.in_network
    return everybody or known.in_network


def _next(app: App, known: Known, waiting: Waiting) -> str:
    if known.row.is_paused(app.today):
        return "paused"
    there = waiting.get(known.person.id)
    if there is not None and there[1] is not None:
        return day_words(there[1].day_in(app.rules.days.zone), app.today)
    belongs = window(known.standing)
    return f"due {day_words(belongs.due, app.today)}" if belongs else ""


def _plain(app: App, known: Known, waiting: Waiting) -> dict[str, Any]:
    who = known.person
    there = waiting.get(who.id)
    when = there[1] if there else None
    belongs = window(known.standing)
    return {
        **identity(who),
        "emails": [mail.value for mail in who.emails],
        "labels": list(who.labels),
        "circle": known.membership.circle,
        "every": str(known.membership.cadence.every) if known.membership.cadence else None,
        "paused": known.row.is_paused(app.today),
        "last_conversation": known.last.conversation.isoformat() if known.last.conversation else None,
        "due": belongs.due.isoformat() if belongs else None,
        "event_day": when.day_in(app.rules.days.zone).isoformat() if when else None,
    }
