"""``kith why``: why cards are one person's, or why they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import print_json, say
from kith.cli.session import one_person, session
from kith.core.brief import day_text
from kith.core.evidence import Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kith.app import App
    from kith.core.model import PersonId
    from kith.store.joins import Join
    from kith.store.matching import Ruled
    from kith.sync.network import Known

_KINDS = {
    Kind.JOIN: "The evidence would join them, but others of their cards contradict one another:",
    Kind.PROPOSE: "They may be one person; `kith duplicates` asks about it:",
    Kind.APART: "They are kept apart:",
    Kind.NOTHING: "Not enough speaks for it:",
}


def why(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="A name, part of one, an e-mail or an id.")],
    other: Annotated[str | None, typer.Argument(metavar="[B]", help="Somebody else; without, A's own cards.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Why two are taken for one person or for two, or why somebody's cards are taken for theirs."""
    with session(context) as app:
        network = app.everybody()
        first = one_person(network, one)
        second = one_person(network, other) if other is not None else first
        if first.person.id == second.person.id:
            _explain_joins(app, first, as_json=as_json)
        else:
            _explain_two(app, first, second, as_json=as_json)


def _explain_joins(app: App, known: Known, *, as_json: bool) -> None:
    family = app.store.joins.family(known.person.id)
    joins = app.store.joins.of(family)
    cards = app.store.cards.by_home(family)

    def described(person: PersonId) -> str:
        names = [f"{card.name} ({card.ref.account}/{card.ref.uid})" for card in cards.get(person, [])]
        return "; ".join(names) or f"{app.store.people.name(person)} (no card)"

    if as_json:
        print_json({"same": True, "people": sorted(family), "joins": [_join(join) for join in joins]})
        return
    if not joins:
        say(f"{known.person.name} is one card: {described(known.person.id)}.")
        return
    say(f"{known.person.name} is {described(known.person.id)}", "bold")
    for join in joins:
        say(f"and {described(join.person)}")
        reasons = ", ".join(join.reasons) or "they belong together by what they share"
        say(f"    since {_day(app, join.at)}: {reasons}", "dim")


def _explain_two(app: App, first: Known, second: Known, *, as_json: bool) -> None:
    from kith.sync.joining import judge

    mine, theirs = app.store.joins.family(first.person.id), app.store.joins.family(second.person.id)
    verdict = judge(app.store, mine, theirs)
    ruled = [
        said
        for (one, other), said in app.store.matching.rulings().items()
        if (one in mine and other in theirs) or (one in theirs and other in mine)
    ]
    if as_json:
        print_json(_two(first, second, verdict, ruled))
        return
    say(f"{first.person.name} and {second.person.name} are two people.", "bold")
    for said in ruled[:1]:
        say(f"You said so on {_day(app, said.at)}; `kith merge` takes it back.")
    if verdict is None:
        say("Nothing is known to compare them by yet: run `kith sync`.")
        return
    speaks = "What they have in common:" if ruled else _KINDS[verdict.kind]
    say(speaks if verdict.reasons else "They have nothing in common.")
    for reason in verdict.reasons:
        say(f"  · {reason}")


def _two(first: Known, second: Known, verdict: Verdict | None, ruled: Iterable[Ruled]) -> dict[str, Any]:
    return {
        "same": False,
        "people": [first.person.id, second.person.id],
        "verdict": verdict.kind.value if verdict else None,
        "score": verdict.score if verdict else None,
        "reasons": list(verdict.reasons) if verdict else [],
        "rulings": [{"ruling": said.ruling.value, "by": said.by, "at": said.at} for said in ruled],
    }


def _join(join: Join) -> dict[str, Any]:
    return {"person": join.person, "counts_as": join.counts_as, "at": join.at, "reasons": list(join.reasons)}


def _day(app: App, at: str) -> str:
    from datetime import datetime

    day: date = datetime.fromisoformat(at).astimezone(app.rules.days.zone).date()
    return day_text(day)
