"""``kith advise``: what the real rhythm with somebody suggests, asked about one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from kith.cli import ask
from kith.cli.console import out, print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import count
from kith.core.advice import Advice, Answer
from kith.core.brief import day_text
from kith.core.circles import match_rules

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import PersonRule
    from kith.sync.network import Known, Network

_NONE = "Every rhythm fits: there is nothing to suggest."
_KEYS = {"y": "yes", "n": "no", **dict.fromkeys(" \r\n", "later"), **dict.fromkeys("q\x1b", "quit")}
_QUESTION = "  [bold]y[/] yes   [bold]n[/] no, not while it goes on like this   [bold]Enter[/] later   [bold]q[/] stop"


def advise(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Say yes to all that is suggested.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Which cadences do not fit how it really goes: longer, shorter, or a rest. Nothing changes without your yes.

    A yes is written where the cadence was set: into your config file, where comments and order stay, or beside what you
    set by hand. A no holds until the rhythm is another one.
    """
    from kith.sync.noticing import advice

    with session(context) as app:
        network = app.everybody()
        found = advice(app.store, network, app.rules.days.zone, app.today)
        if yes:
            for one in found:
                done = _take(app, network, one)
                if not as_json:
                    say(done)
        if as_json:
            print_json([_plain(one, network.known[one.person], done=yes) for one in found])
        elif not found:
            say(_NONE)
        elif yes:
            say("The next pass follows.", "dim")
        elif ask.somebody_is_there():
            _ask(app, network, found)
        else:
            _list(found)


def _list(found: tuple[Advice, ...]) -> None:
    rows = [(one.name, f"every {one.now.in_words()}", one.what, one.why) for one in found]
    table(("Who", "Now", "Better", "Why"), rows, give_way=("Now",))
    say(f"{count(len(rows), 'suggestion')}. Answer them in a terminal, or take them all: `kith advise --yes`.", "dim")


def _ask(app: App, network: Network, found: tuple[Advice, ...]) -> None:
    """One after the other; each answer is kept at once."""
    answered = 0
    for position, one in enumerate(found):
        console = out()
        place = network.known[one.person].membership.circle
        circle = f"{escape(place)}, " if place else ""
        console.print(
            f"[bold]{escape(one.name)}[/]  ({circle}every {one.now.in_words()})  [dim]{position + 1} of {len(found)}[/]"
        )
        console.print(f"  {escape(one.why)}")
        console.print(f"  [bold]→ {escape(one.what)}?[/]")
        answer = _KEYS[ask.key(_QUESTION, _KEYS)]
        if answer == "quit":
            break
        if answer == "yes":
            say(f"  {_take(app, network, one)}\n", "green")
        elif answer == "no":
            with app.store.transaction():
                app.store.advice.keep(one.person, one.kind, Answer(yes=False, on=app.today))
            say("  left as it is\n", "dim")
        else:
            say("  later\n", "dim")
        answered += answer in ("yes", "no")
    say(f"{count(answered, 'answer')} kept.{' The next pass follows.' if answered else ''}")


def _take(app: App, network: Network, one: Advice) -> str:
    """Do what is suggested, in the place where the cadence was set; what was done, in words.

    Raises:
        ConfigError: the config is written in a way that kith cannot edit; then nothing changed.
    """
    from kith.config import edit
    from kith.config.load import read
    from kith.sync import by_hand

    answer = Answer(yes=True, on=app.today)
    with app.store.transaction():
        app.store.advice.keep(one.person, one.kind, answer)
        if one.every is None:
            by_hand.pause(app.store, one.person, one.until)
            return f"{one.name} is paused{f' until {day_text(one.until)}' if one.until else ''}."
        if network.known[one.person].membership.source != "config":
            app.store.people.set_every(one.person, one.every)
            return f"{one.name}: every {one.every.in_words()} from now on, set by hand."
        rule = _rule(app, network, one)
        at_worst = None
        if rule.at_worst is not None and rule.at_worst.about_days < one.every.about_days:
            at_worst = str(one.every.half_as_long_again())
        path = app.paths.config
        edit.write(path, edit.set_person(read(path), rule.who, every=str(one.every), at_worst=at_worst, file=str(path)))
        return f'{one.name}: every {one.every.in_words()} from now on, in [people."{rule.who}"] of {path}.'


def _rule(app: App, network: Network, one: Advice) -> PersonRule:
    """The entry of the config that gave somebody their cadence."""
    matched, _ = match_rules(app.rules.people, [known.person for known in network.known.values()])
    return matched[one.person]


def _plain(one: Advice, known: Known, *, done: bool) -> dict[str, Any]:
    return {
        **identity(known.person),
        "kind": one.kind.value,
        "now": str(one.now),
        "every": str(one.every) if one.every else None,
        "until": one.until.isoformat() if one.until else None,
        "set_by": known.membership.source,
        "why": one.why,
        "done": done,
    }
