"""``kith check``: everything that can be looked at without changing anything; each line with what mends it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import OK, PROBLEM, WARNING, print_json, verdict
from kith.cli.session import session
from kith.cli.words import count
from kith.errors import AccountError

if TYPE_CHECKING:
    from kith.app import App

_LEVELS = (OK, WARNING, PROBLEM)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``level`` is ok, warning or problem."""

    level: str
    subject: str
    message: str
    mend: str = ""


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
                verdict(finding.level, finding.subject, finding.message, finding.mend)
        worst = max(_LEVELS.index(finding.level) for finding in findings)
        if _LEVELS[worst] == PROBLEM:
            raise typer.Exit(69)


def _everything(app: App) -> Iterator[Finding]:
    yield Finding(OK, "config", f"{app.paths.config}")
    yield Finding(OK, "time zone", f"{app.rules.days.zone.key}, where it is {app.local_now:%H:%M} now")
    yield from _sources(app)
    yield _calendar(app)
    yield from _store(app)
    yield from _network(app)
    for fault in app.store.runs.faults():
        yield Finding(PROBLEM, fault.account or "kith", fault.message, fault.hint)


def _sources(app: App) -> Iterator[Finding]:
    for source in app.sources():
        cards, missing = app.store.cards.counts(source.account)
        try:
            problems = sum(_problems(part) for part in source.read(app.store.cards.known_items(source.account)))
        except AccountError as error:
            yield Finding(PROBLEM, f"accounts.{source.account}", error.message, error.hint)
            continue
        words = f"contacts can be read; {count(cards - missing, 'card')} known so far"
        level = WARNING if problems else OK
        things = count(problems, "thing")
        more = f"; {things} in new or changed cards cannot be read" if problems else ""
        yield Finding(level, f"accounts.{source.account}", words + more, "see `kith sync`" if problems else "")


def _problems(found: object) -> int:
    return sum(len(part.problems) for part in getattr(found, "parts", ()))


def _calendar(app: App) -> Finding:
    calendar = app.calendar()
    folder = app.account(calendar.account).calendar
    subject = f"accounts.{calendar.account}"
    if folder is not None and app.calendar_is_new():
        above = next(parent for parent in folder.parents if parent.exists())
        if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
            message = f"the calendar folder {folder} cannot be made in {above}"
            return Finding(PROBLEM, subject, message, "check the path of its calendar in the config")
        return Finding(OK, subject, f"the calendar folder {folder} will be made at the first pass")
    try:
        calendar.look({})
    except AccountError as error:
        return Finding(PROBLEM, subject, error.message, error.hint)
    if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
        return Finding(PROBLEM, subject, f"the calendar folder {folder} is not writable", f"chmod u+wx {folder}")
    return Finding(OK, subject, f"the calendar folder {folder} can be read and written")


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
    level = OK if budget.fits_comfortably else WARNING if budget.fits else PROBLEM
    mend = "" if level == OK else "raise per_day or add days under [reach_out], or make cadences longer"
    yield Finding(level, "budget", budget.in_words(app.rules.days), mend)
