"""``kith sync``: one pass, and what came of it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from kith.cli.console import err, out, pairs, print_json, progress, say
from kith.cli.journal import log_config, log_report, nothing_personal
from kith.cli.session import session
from kith.cli.words import count, understood_words, wrote_words
from kith.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from kith.core.report import PassReport

_SHOWN = 12
_LOG = logging.getLogger(__name__)
_EXIT_TROUBLE = {"SignInNeeded": 77, "ConfigError": 78}


def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what a pass would do, and do nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The pass report, for programs.")] = False,
    accept_removals: Annotated[
        list[str] | None,
        typer.Option("--accept-removals", metavar="ACCOUNT", help="Let go of all cards that are gone from an account."),
    ] = None,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", hidden=True, help="For services: leave accounts alone that failed lately.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", hidden=True, help="With --scheduled: ask all accounts.")] = False,
) -> None:
    """Read the address books, understand the answers in the calendar, write what comes next."""
    with nothing_personal(wanted=scheduled):
        _sync(context, dry_run, as_json, accept_removals or [], scheduled, patient=scheduled and not retry)


def _sync(
    context: typer.Context, dry_run: bool, as_json: bool, accept_removals: list[str], scheduled: bool, *, patient: bool
) -> None:
    with session(context, last_good=scheduled) as app:
        unknown = [name for name in accept_removals if name not in app.config.accounts]
        if unknown:
            raise UsageError(f"there is no account “{unknown[0]}”", candidates=tuple(app.config.accounts))
        with _stopping_between_steps() as stop_here, progress("Syncing") as shown:

            def step(name: str) -> None:
                shown(name)
                _LOG.debug("step: %s", name)
                stop_here()

            if dry_run:
                report = app.rehearse(step, accept_removals=accept_removals)
            else:
                report = app.sync(step, accept_removals=accept_removals, patient=patient)
        if as_json:
            print_json(report.as_json())
        elif scheduled:
            log_report(report)
        else:
            print_report(report, app.today, app.rules.days.zone, dry_run=dry_run)
        if app.config_error is not None:
            if any(trouble.kind == ConfigError.__name__ for trouble in report.began):
                log_config(app.config_error, in_force=True)
            raise typer.Exit(ConfigError.exit_code)
        if report.troubles:
            raise typer.Exit(max(_EXIT_TROUBLE.get(trouble.kind, 69) for trouble in report.troubles))


def print_report(report: PassReport, today: date, zone: tzinfo, *, dry_run: bool = False) -> None:
    """A pass as a person reads it: answers first, then writes, then what is wrong."""
    console = out()
    for account in report.accounts:
        if account.new or account.changed or account.gone:
            console.print(
                f"[bold]{escape(account.account)}[/]: {count(account.cards, 'card')}"
                f" ({account.new} new, {account.changed} changed, {account.gone} gone)"
            )
    _section("Understood", [(u.person, understood_words(u, today)) for u in report.understood])
    writes = sorted(report.wrote, key=lambda write: (write.start is None, write.start, write.person))
    heading = "Would write" if dry_run else "Wrote"
    _section(heading, [(write.person, wrote_words(write, today, zone)) for write in writes])
    if report.quiet and not report.troubles:
        say("Nothing would be written." if dry_run else "No new answers, and nothing to write.")
    if report.people and not report.network:
        say(
            "Nobody is in your network yet. Give your circles labels that stand on your cards, or put people in: "
            "`kith set NAME --circle …`.",
            "yellow",
        )
    if report.unplaced:
        say(f"Due soon, but without a day yet, since others need theirs sooner: {_names(report.unplaced)}.", "yellow")
    if report.budget:
        say(f"The days are full: {report.budget}.", "yellow")
    for note in report.notes[:_SHOWN]:
        console.print(f"[yellow]note[/] [bold]{escape(note.where)}[/]: {escape(note.message)}")
    if len(report.notes) > _SHOWN:
        say(f"… and {len(report.notes) - _SHOWN} more notes; `kith sync --json` has them all", "dim")
    for trouble in [*report.troubles, *(c for c in report.concerns if c.message != report.budget)]:
        where = f"{trouble.account}: " if trouble.account else ""
        err().print(f"[bold red]problem[/] {escape(where + trouble.message)}")
        if trouble.hint:
            err().print(f"  → {escape(trouble.hint)}")
    verb = "Would put" if dry_run else "Put"
    for title in report.told:
        say(f"{verb} this into today's calendar: {title}", "yellow")
    for title in report.cleared:
        say(f"{'Would take' if dry_run else 'Took'} this out of the calendar: {title}", "green")
    people = count(report.network, "person", "people")
    events = f"{count(report.open, 'event')} {'would be ' if dry_run else ''}open"
    say(f"{people} in your network, {events}.", "dim")


def _section(heading: str, lines: list[tuple[str, str]]) -> None:
    if not lines:
        return
    out().print(f"[bold]{heading}[/]")
    pairs(lines)


def _names(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


@contextmanager
def _stopping_between_steps() -> Iterator[Callable[[], None]]:
    """Let SIGTERM and Ctrl-C end a pass after its current step; a second Ctrl-C does not wait for that."""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop_here() -> None:
        if asked:
            raise typer.Exit(128 + asked[0])

    try:
        yield stop_here
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
