"""``kith due``: who comes up, when, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import clock_text, day_words
from kith.core.agenda import Item, agenda

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kith.core.model import PersonId
    from kith.sync.network import Known


def due(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", metavar="N", min=0, max=3650, help="How far ahead to look.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Who to reach out to: today's and overdue ones first, then the coming days."""
    from kith.sync.waiting import waiting_beside, waiting_people

    with session(context) as app:
        network = app.network()
        wanted = network.wanted(app.today)
        waiting = waiting_people(app.store, app.rules.days.zone, app.now)
        coming = [who for who, known in wanted.items() if who in waiting or not known.is_excused(app.today)]
        items = agenda(
            [wanted[person].standing for person in coming],
            waiting,
            app.today,
            app.today + timedelta(days=days),
            waiting_beside(app.store, app.rules.days.zone, app.now),
        )
        if as_json:
            print_json([_plain(item, wanted) for item in items])
            return
        if not items:
            say(_nothing(network.people, len(wanted), days))
            return
        rows = [
            (
                day_words(item.day, app.today),
                clock_text(item.start, app.rules.days.zone),
                wanted[item.person].person.name if item.person else item.title,
                (wanted[item.person].membership.circle or "") if item.person else "",
                item.why,
            )
            for item in items
        ]
        styles = [_style(item) for item in items]
        table(("When", "", "Who", "Circle", "Why"), rows, styles=styles, give_way=("Circle",))


def _style(item: Item) -> str:
    if item.state == "waiting":
        return "bold yellow"
    return "dim" if item.state == "due" else ""


def _nothing(people: int, wanted: int, days: int) -> str:
    if not people:
        return "Nobody is known yet. Read your address books in first: `kith sync`."
    if not wanted:
        return (
            "Nobody is in your network yet. See `kith people --unassigned`, and give your circles labels in the config."
        )
    return f"Nobody comes up in the next {days} days." if days else "Nobody comes up today."


def _plain(item: Item, wanted: Mapping[PersonId, Known]) -> dict[str, object]:
    known = wanted[item.person] if item.person else None
    return {
        "kind": item.kind,
        **(identity(known.person) if known else {"id": None, "name": item.title, "cards": []}),
        "circle": known.membership.circle if known else None,
        "day": item.day.isoformat(),
        "start": item.start.isoformat() if item.start else None,
        "state": item.state,
        "why": item.why,
        "overdue": round(item.overdue, 3),
    }
