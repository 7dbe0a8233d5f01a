"""``kith people``: the network, a circle of it, or everybody in the address books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import count, day_words
from kith.core.brief import day_text
from kith.core.cadence import window
from kith.core.names import fold
from kith.core.period import Period
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.event import When
    from kith.core.model import PersonId
    from kith.store.reach_outs import ReachOut
    from kith.sync.network import Known

    Waiting = dict[PersonId, tuple[ReachOut, When | None]]


def people(
    context: typer.Context,
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="Only this circle.")] = None,
    unassigned: Annotated[bool, typer.Option("--unassigned", help="Those in no circle yet.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody in the address books.")] = False,
    tag: Annotated[str | None, typer.Option("--tag", metavar="T", help="With this tag or label.")] = None,
    city: Annotated[str | None, typer.Option("--city", metavar="CITY", help="Who live there.")] = None,
    company: Annotated[str | None, typer.Option("--company", metavar="C", help="Who work there.")] = None,
    quiet_for: Annotated[
        str | None, typer.Option("--quiet-for", metavar="PERIOD", help="Not talked to for 6m, 1y, …, or never.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Your network: who is in which circle, when you last talked, who comes next."""
    with session(context) as app:
        if circle is not None and circle not in app.config.circles:
            raise UsageError(f"there is no circle “{circle}”", candidates=tuple(app.config.circles))
        never = {who for who, choice in app.store.choosing.choices().items() if choice.verdict == "never"}
        sliced = _Slice(tag, city, company, _quiet_since(quiet_for, app.today))
        chosen = [
            known
            for known in _everybody(app)
            if _is_meant(known, circle, unassigned, everybody) and sliced.holds(known)
            if not (unassigned and known.person.id in never)
        ]
        waiting = app.store.events.waiting()
        if as_json:
            tags = app.store.choosing.tags()
            print_json([_plain(app, known, waiting, tags) for known in chosen])
            return
        if not chosen:
            say(_nobody(app.store.people.count(), circle, unassigned, sliced))
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
        table(("Who", "Circle", "Every", "Last talked", "Next"), rows, give_way=("Every", "Last talked", "Circle"))
        say(f"{len(chosen)} of {count(app.store.people.count(), 'person', 'people')}", "dim")


@dataclass(frozen=True, slots=True)
class _Slice:
    """Whom the options leave of the people that are looked at; case, accents and what stands around do not count."""

    tag: str | None
    city: str | None
    company: str | None
    quiet_since: date | None

    def holds(self, known: Known) -> bool:
        who, last = known.person, known.last.conversation
        return (
            (self.tag is None or fold(self.tag) in map(fold, who.labels))
            and (self.city is None or fold(self.city) in fold(who.city))
            and (self.company is None or fold(self.company) in fold(who.organisation))
            and (self.quiet_since is None or last is None or last <= self.quiet_since)
        )

    @property
    def is_whole(self) -> bool:
        return self == _Slice(None, None, None, None)


def _quiet_since(period: str | None, today: date) -> date | None:
    if period is None:
        return None
    try:
        length = Period.parse(period)
        return Period(-length.months, -length.days).after(today)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--quiet-for: {error}") from None


def _nobody(known: int, circle: str | None, unassigned: bool, sliced: _Slice) -> str:
    if known and not sliced.is_whole:
        return "Nobody is like that. --all looks at everybody in the address books."
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
    table(("Who", "Labels", "Work", "City"), rows, give_way=("City", "Work"))
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


def _plain(app: App, known: Known, waiting: Waiting, tags: Mapping[PersonId, Sequence[str]]) -> dict[str, Any]:
    who = known.person
    there = waiting.get(who.id)
    when = there[1] if there else None
    belongs = window(known.standing)
    return {
        **identity(who),
        "emails": [mail.value for mail in who.emails],
        "labels": list(who.labels),
        "tags": list(tags.get(who.id, ())),
        "circle": known.membership.circle,
        "every": str(known.membership.cadence.every) if known.membership.cadence else None,
        "paused": known.row.is_paused(app.today),
        "last_conversation": known.last.conversation.isoformat() if known.last.conversation else None,
        "due": belongs.due.isoformat() if belongs else None,
        "event_day": when.day_in(app.rules.days.zone).isoformat() if when else None,
    }
