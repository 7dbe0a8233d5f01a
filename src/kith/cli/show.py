"""``kith show``: everything about one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from kith.cli.console import out, print_json
from kith.cli.plain import identity
from kith.cli.session import one_person, session
from kith.cli.words import clock_text, day_words, on_day
from kith.core.brief import day_text, partial_day_text
from kith.core.cadence import Window, window
from kith.core.event import Timed, When
from kith.core.history import Entry, What

if TYPE_CHECKING:
    from kith.app import App
    from kith.sync.network import Known

_SOURCES = {"config": "by the config", "hand": "set by hand", "label": "by a label on the card"}


def show(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What kith knows about somebody: circle, next reach-out, what was said, how to reach them."""
    with session(context) as app:
        known = one_person(app.everybody(), person)
        if as_json:
            print_json(_plain(app, known))
        else:
            _print(app, known)


def _print(app: App, known: Known) -> None:
    from kith.sync.said import Telling

    who, people = known.person, app.store.people
    console = out()
    console.print(f"[bold]{escape(who.name)}[/]" + (f"  ({escape(', '.join(who.nicknames))})" if who.nicknames else ""))
    lines = [
        ("Circle", _circle(known)),
        ("Next", _next(app, known)),
        ("Work", " at ".join(part for part in (who.job_title, who.organisation) if part)),
        ("City", who.city),
        ("Birthday", partial_day_text(who.birthday) if who.birthday else ""),
        *(("Phone", f"{phone.value} {phone.label}".strip()) for phone in who.phones),
        *(("Mail", f"{mail.value} {mail.label}".strip()) for mail in who.emails),
        *(("Link", url.value) for url in who.urls),
        ("Labels", ", ".join(who.labels)),
        ("Cards", ", ".join(f"{ref.account}/{ref.uid}" for ref in who.cards)),
        *(("Fact", fact) for fact in people.facts().get(who.id, [])),
        *(("Promised", promise.text) for promise in Telling(app.store, app.rules.days.zone).promises(who.id)),
    ]
    for name, text in lines:
        if text:
            console.print(f"  [dim]{name:<9}[/] {escape(text)}")
    history = _history(app, known)
    if history:
        console.print()
        for line in history:
            console.print(f"  {escape(line)}")


def _circle(known: Known) -> str:
    place = known.membership
    if place.cadence is None:
        return "none: not in your network"
    every, worst = place.cadence.every.in_words(), place.cadence.at_worst.in_words()
    source = _SOURCES.get(place.source, "")
    return f"{place.circle or 'no circle'}, every {every} (at worst {worst}), {source}"


def _next(app: App, known: Known) -> str:
    if known.row.is_paused(app.today):
        until = known.row.paused_until
        return f"paused until {day_words(until, app.today)}" if until else "paused"
    when = _event_of(app, known)
    if when is not None:
        clock = clock_text(when.start, app.rules.days.zone) if isinstance(when, Timed) else ""
        return f"in the calendar, {day_words(when.day_in(app.rules.days.zone), app.today)} {clock}".rstrip()
    if known.meeting is not None and known.is_excused(app.today):
        return f"a meeting {on_day(known.meeting, app.today)}"
    belongs = window(known.standing)
    return f"due {day_words(belongs.due, app.today)}" if belongs else ""


def _history(app: App, known: Known) -> list[str]:
    """Conversations, attempts, notes and skipped rounds, newest first."""
    entries = app.store.history.entries(app.rules.days.zone).get(known.person.id, [])
    shown = [(entry.day, _words(entry)) for entry in entries if entry.what is not What.FACT]
    return [f"{day_text(day):<12} {_indented(text, 15)}" for day, text in shown]


def _words(entry: Entry) -> str:
    match entry.what:
        case What.ATTEMPT:
            head = "tried, no answer"
        case What.SKIP:
            return f"skipped ({entry.text})"
        case What.NOTE:
            head = "noted, not a contact"
        case _:
            head = entry.via or "talked"
    return f"{head}: {entry.text}" if entry.text else head


def _indented(text: str, width: int) -> str:
    """A text of several lines, the later ones under the first."""
    first, *others = text.splitlines() or [""]
    return "\n".join([first, *(" " * width + line for line in others)])


def _event_of(app: App, known: Known) -> When | None:
    there = app.store.events.waiting().get(known.person.id)
    return there[1] if there else None


def _plain(app: App, known: Known) -> dict[str, Any]:
    from kith.sync.said import Telling

    who, people = known.person, app.store.people
    notes = [e for e in app.store.history.entries(app.rules.days.zone).get(who.id, []) if e.what is What.NOTE]
    belongs: Window | None = window(known.standing)
    when = _event_of(app, known)
    return {
        **identity(who),
        "circle": known.membership.circle,
        "every": str(known.membership.cadence.every) if known.membership.cadence else None,
        "at_worst": str(known.membership.cadence.at_worst) if known.membership.cadence else None,
        "set_by": known.membership.source or None,
        "paused": known.row.is_paused(app.today),
        "due": belongs.due.isoformat() if belongs else None,
        "meeting": known.meeting.isoformat() if known.meeting else None,
        "event_day": when.day_in(app.rules.days.zone).isoformat() if when else None,
        "event_start": when.start.isoformat() if isinstance(when, Timed) else None,
        "nicknames": list(who.nicknames),
        "emails": [mail.value for mail in who.emails],
        "phones": [phone.value for phone in who.phones],
        "birthday": str(who.birthday) if who.birthday else None,
        "organisation": who.organisation,
        "job_title": who.job_title,
        "city": who.city,
        "labels": list(who.labels),
        "tags": list(app.store.choosing.tags().get(who.id, ())),
        "conversations": [
            {"day": spoken.day.isoformat(), "via": spoken.via, "text": spoken.text}
            for spoken in people.conversations().get(who.id, [])
        ],
        "attempts": [{"day": tried.day.isoformat(), "text": tried.text} for tried in people.attempts(who.id)],
        "skips": [{"day": day.isoformat(), "reason": reason} for day, reason in people.skips(who.id)],
        "facts": list(people.facts().get(who.id, [])),
        "notes": [{"day": note.day.isoformat(), "text": note.text} for note in notes],
        "promises": [
            {"day": promise.day.isoformat(), "text": promise.text}
            for promise in Telling(app.store, app.rules.days.zone).promises(who.id)
        ],
    }
