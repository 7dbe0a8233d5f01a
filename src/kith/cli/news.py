"""``kith news``: what the user would like people to hear, and who has heard it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import day_option, one_person, session
from kith.cli.words import as_line, count, day_words, joined, one_line
from kith.core.event import normal_line
from kith.core.names import fold
from kith.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kith.app import App
    from kith.core.model import PersonId
    from kith.core.news import News
    from kith.sync.network import Known, Network
    from kith.sync.telling import Told

app = typer.Typer(help="Your news: shown in people's events until you told them.", invoke_without_command=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Its number, as `kith news` shows it.")]
Who = Annotated[list[str], typer.Argument(metavar="PERSON…", help="Whom.")]


@app.callback()
def news(context: typer.Context, as_json: AsJson = False) -> None:
    """Your news: shown in people's events until you told them."""
    if context.invoked_subcommand is None:
        _list(context, as_json=as_json)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Your news, with how many were told."""
    _list(context, as_json=as_json)


@app.command("add")
def add(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to tell, in a line.")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last day it is worth telling.")
    ] = None,
    audience: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="TAG", help="Only for this tag, label or circle; may be repeated."),
    ] = None,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="From which day on it may be told.")] = "today",
) -> None:
    """Something to tell: it stands in the events of everybody who has not heard it, until you talked with them."""
    from kith.app import new_id

    with session(context) as kith:
        what = as_line(text)
        if not what:
            raise UsageError("what is the news? say it in a line")
        same = next((one for one in kith.store.news.all() if _stands(one, what, kith.today)), None)
        if same is not None:
            raise UsageError(
                f"that is news {same.number} already: “{one_line(same.text)}”",
                hint=f"`kith news end {same.number}` makes room, if it is to start anew",
            )
        first = day_option(on, kith.today, "--on")
        last = day_option(until, kith.today, "--until") if until else None
        if last is not None and last < max(first, kith.today):
            raise UsageError(f"--until: {day_words(last, kith.today)} is over before anybody can be told")
        names = tuple(dict.fromkeys(" ".join(name.split()) for name in audience or ()))
        if not all(map(fold, names)):
            raise UsageError("--for: name a tag, a label or a circle")
        with kith.store.transaction():
            number = kith.store.news.add(new_id(), what, first, last, names, kith.local_now)
        told = _told(kith, kith.network())[-1]
        say(f"News {number}: “{one_line(what)}”.")
        _say_for_whom(kith, told, names)


def _stands(news: News, text: str, today: date) -> bool:
    return not news.is_over(today) and normal_line(news.text).casefold() == normal_line(text).casefold()


def _say_for_whom(kith: App, told: Told, names: tuple[str, ...]) -> None:
    if kith.rules.details != "full" or not kith.rules.giving.news:
        say("By your config, events do not show news: `kith news status` says who has still to hear it.", "yellow")
        return
    if names and not told.to_hear and not told.told:
        say(f"Nobody in your network has one of these tags, labels or circles yet: {', '.join(names)}.", "yellow")
        return
    for_whom = count(len(told.to_hear), "person", "people")
    say(f"It comes up with {for_whom} of your network, in their next events.", "dim")


@app.command("end")
def end(context: typer.Context, number: Number) -> None:
    """It is no news any more: events do not show it from the next pass on."""
    with session(context) as kith:
        found = _one(kith, number)
        with kith.store.transaction():
            kith.store.news.end(number, kith.today)
        say(f"“{one_line(found.text)}” is over.")


@app.command("told")
def told(context: typer.Context, number: Number, who: Who) -> None:
    """You told them, whatever kith concluded."""
    _rule(context, number, who, told=True)


@app.command("untold")
def untold(context: typer.Context, number: Number, who: Who) -> None:
    """You did not tell them, though you talked: it comes up again."""
    _rule(context, number, who, told=False)


def _rule(context: typer.Context, number: int, who: list[str], *, told: bool) -> None:
    with session(context) as kith:
        found, network = _one(kith, number), kith.everybody()
        people = list({known.person.id: known for known in (one_person(network, name) for name in who)}.values())
        with kith.store.transaction():
            for known in people:
                kith.store.news.rule(number, known.person.id, kith.local_now, told=told)
        names = joined([known.person.name for known in people])
        say(f"{names}: told “{one_line(found.text)}”." if told else f"{names}: still to hear “{one_line(found.text)}”.")


@app.command("status")
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Whom you told what, who has still to hear it, and when they come up."""
    with session(context) as kith:
        network = kith.network()
        standing = [told for told in _told(kith, network) if not told.news.is_over(kith.today)]
        days = _next_days(kith, network)
        if as_json:
            print_json([_status_plain(told, network, days) for told in standing])
            return
        if not standing:
            say(_NOTHING)
        for position, told in enumerate(standing):
            if position:
                say("")
            _print_status(kith, told, network, days)


_NOTHING = "There is no news. `kith news add TEXT` puts some into people's events, until you told them."


def _print_status(kith: App, told: Told, network: Network, days: dict[PersonId, date]) -> None:
    names = {known.person.id: known.person.name for known in network.members()}
    say(f"{told.news.number}  {told.news.text}{_limits(kith, told.news)}", "bold")
    rows = [
        (names[person], f"told {day_words(day, kith.today)}")
        for person, day in sorted(told.told.items(), key=lambda entry: (entry[1], fold(names[entry[0]])))
    ]
    waiting = sorted(
        told.to_hear,
        key=lambda person: (days[person].isoformat() if person in days else "never", fold(names[person])),
    )
    rows += [(names[person], _when(told.news, days.get(person), kith.today)) for person in waiting]
    if rows:
        table(("Who", ""), rows, styles=["dim"] * len(told.told))
    else:
        say("Nobody of your network is to hear it.", "dim")


def _when(news: News, day: date | None, today: date) -> str:
    if day is None:
        return "has still to hear it"
    if not news.line.fits(day):
        return f"comes up {day_words(day, today)}, when it is no news"
    return f"comes up {day_words(day, today)}"


def _list(context: typer.Context, *, as_json: bool) -> None:
    with session(context) as kith:
        standing = _told(kith, kith.network())
        if as_json:
            print_json([_plain(told) for told in standing])
            return
        if not standing:
            say(_NOTHING)
            return
        rows = [
            (
                str(told.news.number),
                one_line(told.news.text),
                day_words(told.news.on, kith.today),
                "over"
                if told.news.is_over(kith.today)
                else day_words(told.news.until, kith.today)
                if told.news.until
                else "",
                ", ".join(told.news.audience),
                f"{len(told.told)} of {len(told.told) + len(told.to_hear)}",
            )
            for told in standing
        ]
        styles = ["dim" if told.news.is_over(kith.today) else "" for told in standing]
        table(("", "News", "From", "Until", "For", "Told"), rows, styles=styles)


def _limits(kith: App, news: News) -> str:
    parts = [f"for {', '.join(news.audience)}"] if news.audience else []
    parts += [f"until {day_words(news.until, kith.today)}"] if news.until else []
    return f"  ({', '.join(parts)})" if parts else ""


def to_tell(kith: App, people: list[Known]) -> list[tuple[Known, News]]:
    """What each of them has still to hear."""
    from kith.sync.telling import ToTell

    telling = ToTell(kith.store, kith.rules.marks)
    return [(known, news) for known in people for news in telling.unheard(known)]


def settle_telling(kith: App, unheard: list[tuple[Known, News]], *, not_told: bool) -> None:
    """Say what a conversation that was logged has told, or keep that it told nothing."""
    from kith.sync.telling import ToTell

    telling = ToTell(kith.store, kith.rules.marks)
    told = [(known, news) for known, news in unheard if telling.heard(news, known) is not None]
    if not_told:
        with kith.store.transaction():
            for known, one in told:
                kith.store.news.rule(one.number, known.person.id, kith.local_now, told=False)
    elif told:
        news = {one.number: one for _, one in told}
        say(f"Taken as told: {joined([f'“{one_line(one.text)}”' for one in news.values()])}.", "dim")
        say("If it was not: `kith news untold N PERSON`.", "dim")


def _one(kith: App, number: int) -> News:
    found = kith.store.news.get(number)
    if found is None:
        known = [f"{news.number}  {one_line(news.text)}" for news in kith.store.news.all() if news.ended_on is None]
        raise UsageError(f"there is no news {number}", hint="see `kith news`", candidates=tuple(known))
    return found


def _told(kith: App, network: Network) -> list[Told]:
    from kith.sync.telling import ToTell

    telling, members = ToTell(kith.store, kith.rules.marks), network.members()
    return [telling.told(news, members) for news in kith.store.news.all()]


def _next_days(kith: App, network: Network) -> dict[PersonId, date]:
    """When everybody comes up next: by their event, or when they are due."""
    from kith.core.cadence import window

    zone, wanted = kith.rules.days.zone, network.wanted(kith.today)
    due = {person: window(known.standing) for person, known in wanted.items()}
    days = {person: max(belongs.due, kith.today) for person, belongs in due.items() if belongs is not None}
    return days | {person: when.day_in(zone) for person, (_, when) in kith.store.events.waiting().items() if when}


def _plain(told: Told) -> dict[str, Any]:
    news = told.news
    return {
        "number": news.number,
        "text": news.text,
        "on": news.on.isoformat(),
        "until": news.until.isoformat() if news.until else None,
        "for": list(news.audience),
        "ended_on": news.ended_on.isoformat() if news.ended_on else None,
        "told": len(told.told),
        "to_hear": len(told.to_hear),
    }


def _status_plain(told: Told, network: Network, days: dict[PersonId, date]) -> dict[str, Any]:
    def one(person: PersonId) -> dict[str, Any]:
        known: Known = network.known[person]
        return identity(known.person)

    return _plain(told) | {
        "told": [one(person) | {"on": day.isoformat()} for person, day in told.told.items()],
        "to_hear": [
            one(person) | {"comes_up": days[person].isoformat() if person in days else None} for person in told.to_hear
        ],
    }
