"""``kith events``: what stands in the calendar, and the rare decisions about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import clock_text, count, day_words
from kith.core.event import Timed, start_instant
from kith.errors import UsageError
from kith.lock import held

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import PersonId
    from kith.store.events import EventRow
    from kith.sync.network import Known
    from kith.sync.strangers import Settled, Strangers

app = typer.Typer(help="What stands in the calendar, and the rare decisions about it.", invoke_without_command=True)

_SETTLED = {
    "adopted": "adopted; the next pass reads its answer",
    "removed": "removed",
    "left": "left alone: it was edited, and is yours now",
    "unknown": "left alone: nobody here is known by that name or card",
}
_NONE_VANISHED = "Every event that kith wrote is where it should be."


@app.callback()
def list_events(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Every event of kith's that waits for an answer."""
    if context.invoked_subcommand is not None:
        return
    with session(context) as opened:
        zone = opened.rules.days.zone
        rows = sorted(
            opened.store.events.live(), key=lambda row: (start_instant(row.written.fields.when, zone), row.uid)
        )
        if as_json:
            known = opened.everybody().known
            print_json([_plain(opened, row, known) for row in rows])
            return
        if not rows:
            say("No event of kith's is in the calendar.")
            return
        lines = [
            (
                day_words(row.written.fields.when.day_in(zone), opened.today),
                _clock(opened, row),
                row.written.fields.title,
                _state(row),
            )
            for row in rows
        ]
        table(("Day", "", "Event", "State"), lines)


@app.command("adopt")
def adopt(context: typer.Context) -> None:
    """Take over events that another kith, or a lost store, left in the calendar."""
    _settle_strangers(context, lambda strangers: strangers.adopt(), knowing_people=True)


@app.command("purge")
def purge(context: typer.Context) -> None:
    """Remove another kith's events from the calendar; those that were edited stay."""
    _settle_strangers(context, lambda strangers: strangers.purge())


@app.command("takeover")
def takeover(context: typer.Context) -> None:
    """Plan here from now on: adopt another kith's events where the people are known, remove the rest."""
    _settle_strangers(context, lambda strangers: strangers.take_over(), knowing_people=True)


@app.command("accept")
def accept(context: typer.Context) -> None:
    """You deleted the events that vanished: the next pass takes each for a skipped round."""
    from kith.sync import vanished

    with session(context) as opened, held(opened.paths.lock, "kith events accept"):
        gone = vanished.accept(opened.store, opened.calendar(), opened.now)
        if gone:
            say(f"{count(len(gone), 'event counts', 'events count')} as deleted by you. Run `kith sync` to go on.")
        else:
            say(_NONE_VANISHED)


@app.command("recreate")
def recreate(context: typer.Context) -> None:
    """The events that vanished were lost: nothing is concluded, and the next pass writes new ones."""
    from kith.sync import vanished

    with session(context) as opened, held(opened.paths.lock, "kith events recreate"):
        calendar = opened.calendar()
        calendar.prepare()
        gone = vanished.recreate(opened.store, calendar, opened.now)
        if gone:
            say(f"{count(len(gone), 'event is', 'events are')} planned anew. Run `kith sync` to go on.")
        else:
            say(_NONE_VANISHED)


def _settle_strangers(
    context: typer.Context, decide: Callable[[Strangers], list[Settled]], *, knowing_people: bool = False
) -> None:
    from kith.sync.strangers import Strangers

    with session(context) as opened, held(opened.paths.lock, "kith events"):
        if knowing_people:
            _refuse_before_a_pass(opened)
        strangers = Strangers(opened.store, opened.calendar(), opened.rules, opened.everybody(), opened.now)
        settled = decide(strangers)
        if not settled:
            say("There are no events of another kith in the calendar.")
            return
        rows = [(day_words(item.day, opened.today), item.title, _SETTLED[item.what]) for item in settled]
        table(("Day", "Event", ""), rows)


def _refuse_before_a_pass(opened: App) -> None:
    """Whose events they are is told by the address books: without those, each would be a stranger's."""
    run = opened.store.runs.last()
    if run is None or run.finished_at is None:
        raise UsageError("nobody is known yet", hint="read your address books in first: `kith sync`")


def _clock(opened: App, row: EventRow) -> str:
    when = row.written.fields.when
    return clock_text(when.start, opened.rules.days.zone) if isinstance(when, Timed) else ""


def _state(row: EventRow) -> str:
    parts: list[str] = [row.state.value]
    parts += ["gone, to be believed at the next pass"] if row.missing_since else []
    parts += ["edited by you"] if row.touched else []
    return ", ".join(parts)


def _plain(opened: App, row: EventRow, known: dict[PersonId, Known]) -> dict[str, object]:
    when = row.written.fields.when
    people = [
        identity(known[person].person)
        for number in row.reach_outs
        for person in opened.store.reach_outs.get(number).people
    ]
    return {
        "uid": row.uid,
        "href": row.href,
        "state": row.state.value,
        "day": when.day_in(opened.rules.days.zone).isoformat(),
        "start": when.start.isoformat() if isinstance(when, Timed) else None,
        "title": row.written.fields.title,
        "typed": row.written.typed,
        "people": people,
    }
