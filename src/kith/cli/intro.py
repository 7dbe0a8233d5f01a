"""``kith intro``: two people who should meet, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import one_person, past_day_option, session
from kith.cli.words import as_line, day_words, on_day
from kith.core.introduce import State
from kith.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kith.app import App
    from kith.core.introduce import Introduction
    from kith.core.model import PersonId
    from kith.core.suggest import Suggestion
    from kith.sync.network import Known


class Intro(TyperGroup):
    """``kith intro ana bruno`` is ``kith intro add ana bruno``."""

    default = "add"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 -- click's, or typer's own copy of it
        """Words that call no command are names."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Intro, help="Introduce people to each other: `kith intro ana bruno --why …`.", invoke_without_command=True
)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
One = Annotated[str, typer.Argument(metavar="PERSON", help="The one.")]
Other = Annotated[str, typer.Argument(metavar="PERSON", help="The other.")]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day: yesterday, friday, 3d, 2026-11-20.")]


@app.callback()
def intro(context: typer.Context, as_json: AsJson = False) -> None:
    """Introduce people to each other: `kith intro ana bruno --why …`."""
    if context.invoked_subcommand is None:
        _list(context, as_json=as_json)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Your introductions, and how far each has come."""
    _list(context, as_json=as_json)


@app.command("add")
def add(
    context: typer.Context,
    one: One,
    other: Other,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What they have to say to each other.")] = "",
) -> None:
    """Introduce two people: an event for it comes into the calendar, in the next free place."""
    from kith.app import new_id

    with session(context) as kith:
        pair = _pair(kith, one, other)
        latest = _latest(kith, pair)
        if latest is not None and latest.state is not State.DROPPED:
            raise UsageError(
                f"{_names(pair)}: {_in_words(latest, kith.today)}", hint="see `kith intro list`; nothing was changed"
            )
        with kith.store.transaction():
            people = [known.person.id for known in pair]
            kith.store.introductions.add(new_id(), people[0], people[1], as_line(why), kith.local_now)
        say(f"To introduce: {_names(pair)}.")
        say("An event for it comes with the next pass. Tick it when you have introduced them.", "dim")


@app.command("done")
def done(context: typer.Context, one: One, other: Other, on: On = "today") -> None:
    """You introduced them, without the event."""
    with session(context) as kith:
        pair = _pair(kith, one, other)
        found = _standing(kith, pair, State.PLANNED)
        day = past_day_option(on, kith.today, "--on")
        with kith.store.transaction():
            kith.store.introductions.introduced(found.number, day)
        say(f"{_names(pair)}: introduced {on_day(day, kith.today)}.")


@app.command("met")
def met(context: typer.Context, one: One, other: Other, on: On = "today") -> None:
    """They have met: nothing is left to ask."""
    with session(context) as kith:
        pair = _pair(kith, one, other)
        found = _standing(kith, pair, State.PLANNED, State.INTRODUCED)
        day = past_day_option(on, kith.today, "--on")
        with kith.store.transaction():
            kith.store.introductions.met(found.number, day)
        say(f"{_names(pair)} have met. Well done.")


@app.command("drop")
def drop(context: typer.Context, one: One, other: Other) -> None:
    """Nothing is to come of it: no event, and no question whether they met."""
    with session(context) as kith:
        pair = _pair(kith, one, other)
        found = _standing(kith, pair, State.PLANNED, State.INTRODUCED)
        with kith.store.transaction():
            kith.store.introductions.drop(found.number, kith.today)
        say(f"{_names(pair)}: dropped.")


@app.command("knows")
def knows(context: typer.Context, one: One, other: Other) -> None:
    """They know each other: they are not suggested."""
    with session(context) as kith:
        pair = _pair(kith, one, other)
        with kith.store.transaction():
            kith.store.introductions.know_each_other(pair[0].person.id, pair[1].person.id, kith.now)
        say(f"{_names(pair)} know each other.")


@app.command("suggest")
def suggest(
    context: typer.Context,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=1000, help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Who might like to meet whom: they share a tag, or one offers what the other asks for."""
    from kith.core.suggest import best_first
    from kith.sync.introducing import suggestions

    with session(context) as kith:
        network = kith.network()
        found = best_first(suggestions(kith.store, network, kith.rules), most)
        if as_json:
            print_json([_suggestion_plain(one, network.known) for one in found])
            return
        if not found:
            say(
                "Nobody comes to mind. Tags (`kith tag ana +sailing`) and lines such as `asks: …` and `offers: …` help."
            )
            return
        rows = [(one.one.name, one.other.name, "; ".join(reason.words for reason in one.reasons)) for one in found]
        table(("Who", "Whom", "Why"), rows)
        say("`kith intro PERSON PERSON` plans it; `kith intro knows PERSON PERSON` if they know each other.", "dim")


def _list(context: typer.Context, *, as_json: bool) -> None:
    from kith.sync.introducing import introductions

    with session(context) as kith:
        found = introductions(kith.store, kith.rules)
        if as_json:
            print_json([_plain(kith, one) for one in found])
            return
        if not found:
            say("There are no introductions yet. `kith intro suggest` says who might like to meet whom.")
            return
        name = kith.store.people.name
        rows = [(name(one.people[0]), name(one.people[1]), _in_words(one, kith.today), one.why) for one in found]
        styles = ["dim" if one.state in (State.MET, State.DROPPED) else "" for one in found]
        table(("Who", "Whom", "", "Why"), rows, styles=styles)


def _pair(kith: App, one: str, other: str) -> tuple[Known, Known]:
    network = kith.everybody()
    first, second = one_person(network, one), one_person(network, other)
    if first.person.id == second.person.id:
        raise UsageError(f"“{one}” and “{other}” are the same person, {first.person.name}")
    return first, second


def _names(pair: tuple[Known, Known]) -> str:
    return f"{pair[0].person.name} and {pair[1].person.name}"


def _latest(kith: App, pair: tuple[Known, Known]) -> Introduction | None:
    from kith.sync.introducing import introductions

    people = {known.person.id for known in pair}
    return next((one for one in reversed(introductions(kith.store, kith.rules)) if set(one.people) == people), None)


def _standing(kith: App, pair: tuple[Known, Known], *states: State) -> Introduction:
    """The introduction of the two, in one of these states. Raises UsageError."""
    found = _latest(kith, pair)
    if found is None:
        raise UsageError(f"{_names(pair)}: you have not planned to introduce them", hint="see `kith intro list`")
    if found.state not in states:
        raise UsageError(f"{_names(pair)}: {_in_words(found, kith.today)} already", hint="see `kith intro list`")
    return found


def _in_words(one: Introduction, today: date) -> str:
    match one.state:
        case State.PLANNED:
            return "planned"
        case State.INTRODUCED:
            return f"introduced {_on(one.introduced_on, today)}"
        case State.MET:
            return f"met, as far as you know, since {_day(one.met_on, today)}"
        case State.DROPPED:
            return f"dropped {_on(one.dropped_on, today)}"


def _on(day: date | None, today: date) -> str:
    return on_day(day, today) if day is not None else ""


def _day(day: date | None, today: date) -> str:
    return day_words(day, today) if day is not None else ""


def _plain(kith: App, one: Introduction) -> dict[str, Any]:
    return {
        "people": [{"id": person, "name": kith.store.people.name(person)} for person in one.people],
        "why": one.why,
        "state": one.state.value,
        "planned_on": one.recorded_on.isoformat(),
        "introduced_on": one.introduced_on.isoformat() if one.introduced_on else None,
        "met_on": one.met_on.isoformat() if one.met_on else None,
        "dropped_on": one.dropped_on.isoformat() if one.dropped_on else None,
    }


def _suggestion_plain(one: Suggestion, known: Mapping[PersonId, Known]) -> dict[str, Any]:
    return {
        "people": [identity(known[candidate.person].person) for candidate in (one.one, one.other)],
        "reasons": [reason.words for reason in one.reasons],
        "points": one.points,
    }
