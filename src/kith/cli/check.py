"""``kith check``: everything that can be looked at without changing anything; each line with what mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.accounts.base import Finding, Level
from kith.cli.console import OK, PROBLEM, WARNING, print_json, verdict
from kith.cli.session import session
from kith.cli.words import count
from kith.core.problem import BUDGET, ROOM_FOR_MORE

if TYPE_CHECKING:
    from kith.app import App

_LEVELS = (OK, WARNING, PROBLEM)


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at the config, the accounts, the store and the week's arithmetic, and say how each is."""
    with session(context) as app:
        findings = list(_everything(app))
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            for finding in findings:
                verdict(finding.level, finding.subject, finding.message, finding.mend, finding.details)
        worst = max(_LEVELS.index(finding.level) for finding in findings)
        if _LEVELS[worst] == PROBLEM:
            raise typer.Exit(69)


def _everything(app: App) -> Iterator[Finding]:
    yield Finding(OK, "config", f"{app.paths.config}")
    yield Finding(OK, "time zone", f"{app.rules.days.zone.key}, where it is {app.local_now:%H:%M} now")
    yield from app.inspect()
    yield from _store(app)
    yield from _network(app)
    for fault in app.store.runs.faults():
        if fault.kind != BUDGET:  # said above
            yield Finding(PROBLEM, fault.account or "kith", fault.message, fault.hint)


def _store(app: App) -> Iterator[Finding]:
    broken = app.store.database.integrity()
    if broken:
        backups = app.paths.store.parent / "backups"
        yield Finding(PROBLEM, "store", f"{app.paths.store} is damaged: {broken}", f"put back a copy from {backups}")
    else:
        yield Finding(OK, "store", f"{app.paths.store}")
    for path in (app.paths.store, app.paths.state):
        if _others_may_read(path):
            yield Finding(WARNING, "store", f"others on this machine may read {path}", f"chmod go-rwx {path}")


def _others_may_read(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)


def _network(app: App) -> Iterator[Finding]:
    if app.store.runs.last() is None:
        yield Finding(OK, "network", "nobody was read in yet", "run `kith sync --dry-run` to see what would happen")
        return
    network = app.network()
    for rule in network.unclear:
        told = ", ".join(rule.candidates)
        message = f"not clear who is meant: {told}" if told else "nobody of that name, nickname or e-mail is known"
        yield Finding(WARNING, f'people."{rule.who}"', message, "use the e-mail, or correct the name in the config")
    members = network.members()
    if not members:
        hint = "give your circles labels that stand on your cards, or add people: `kith add NAME --circle …`"
        yield Finding(WARNING, "network", f"nobody of {count(network.people, 'person', 'people')} is in it", hint)
        return
    budget = network.budget(app.rules, app.today)
    level: Level = OK if budget.fits_comfortably else WARNING if budget.fits else PROBLEM
    mend = "" if level == OK else ROOM_FOR_MORE
    yield Finding(level, "budget", budget.in_words(app.rules.days), mend)
