"""``kith status``: whether it works, what it did last, what is wrong and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import OK, PROBLEM, WARNING, print_json, verdict
from kith.cli.session import session
from kith.cli.words import clock_text, count, day_words
from kith.core.problem import BUDGET, ROOM_FOR_MORE

if TYPE_CHECKING:
    from datetime import datetime

    from kith.app import App


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How kith is doing: the last pass, the network, the week's budget, and lasting problems."""
    with session(context) as app:
        if as_json:
            print_json(_plain(app))
        else:
            _print(app)


def _print(app: App) -> None:
    from kith.sync.noticing import advice

    run = app.store.runs.last()
    if run is None:
        verdict(WARNING, "last pass", "none yet", "run `kith sync`, or start the daemon")
    elif run.finished_at is None:
        verdict(WARNING, "last pass", f"began {_moment(app, run.started_at)} and has not come to its end")
    else:
        report = run.report or {}
        answers, events = len(report.get("understood", [])), len(report.get("wrote", []))
        did = f"{count(answers, 'answer')} understood, {count(events, 'event')} written"
        verdict(OK, "last pass", f"{_moment(app, run.finished_at)}: {did}")
    network = app.network()
    members = network.members()
    verdict(
        OK if members else WARNING,
        "network",
        f"{len(members)} of {count(network.people, 'person', 'people')}, "
        f"{count(app.store.lines.open_events(), 'event')} open",
        "" if members else _no_members(network.people),
    )
    budget = network.budget(app.rules, app.today)
    fits = OK if budget.fits_comfortably else WARNING if budget.fits else PROBLEM
    mend = "" if fits == OK else ROOM_FOR_MORE
    verdict(fits, "budget", budget.in_words(app.rules.days), mend)
    questions = app.store.matching.questions()
    if questions:
        who = f"{count(questions, 'pair', 'pairs')} of people may be one"
        verdict(OK, "duplicates", who, "a few at a time: `kith duplicates`")
    suggestions = advice(app.store, network, app.rules.days.zone, app.today)
    if suggestions:
        verdict(OK, "rhythms", count(len(suggestions), "suggestion"), "see them: `kith advise`")
    for fault in app.store.runs.faults():
        if fault.kind == BUDGET:
            continue  # said above
        where = fault.account or "kith"
        verdict(PROBLEM, where, f"{fault.message} (since {_moment(app, fault.since)})", fault.hint)


def _no_members(people: int) -> str:
    if not people:
        return "read your address books in: `kith sync`"
    return "give your circles labels in the config, or add people: `kith add NAME --circle …`"


def _moment(app: App, instant: datetime) -> str:
    zone = app.rules.days.zone
    return f"{day_words(instant.astimezone(zone).date(), app.today)} at {clock_text(instant, zone)}"


def _plain(app: App) -> dict[str, Any]:
    from kith.sync.noticing import advice

    run = app.store.runs.last()
    network = app.network()
    budget = network.budget(app.rules, app.today)
    return {
        "last_pass": {
            "started": run.started_at.isoformat(),
            "finished": run.finished_at.isoformat() if run.finished_at else None,
            "report": run.report,
        }
        if run
        else None,
        "people": network.people,
        "network": len(network.members()),
        "open": app.store.lines.open_events(),
        "budget": {
            "wanted_a_week": round(budget.wanted, 2),
            "needed_at_worst": round(budget.needed_at_worst, 2),
            "holds": budget.holds,
            "fits": budget.fits_comfortably,
        },
        "questions": app.store.matching.questions(),
        "suggestions": len(advice(app.store, network, app.rules.days.zone, app.today)),
        "faults": [
            {"account": f.account, "kind": f.kind, "message": f.message, "hint": f.hint, "since": f.since.isoformat()}
            for f in app.store.runs.faults()
        ],
    }
