"""``kith history``: everything that was kept about somebody, newest first."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kith.cli.console import print_json, say, table
from kith.cli.session import one_person, session
from kith.core.brief import day_text
from kith.core.history import Entry, What


def history(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, a nickname or an e-mail.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What was said with somebody, when and how, with the handles that `kith edit` and `kith forget` take."""
    with session(context) as app:
        known = one_person(app.everybody(), person)
        entries = app.store.history.entries(app.rules.days.zone).get(known.person.id, [])
        if as_json:
            print_json([plain(entry) for entry in entries])
        elif not entries:
            say(f"Nothing is kept about {known.person.name} yet. `kith log` and `kith fact` keep something.")
        else:
            table(("", "Day", "What", "Text"), [(e.handle, day_text(e.day), how(e), e.text) for e in entries])


def how(entry: Entry) -> str:
    """What an entry is, in a word or two."""
    match entry.what:
        case What.CONVERSATION:
            return entry.via or "talked"
        case What.ATTEMPT:
            return "tried"
        case What.FACT:
            return entry.via if entry.via in ("met", "asks", "offers") else "fact"
        case What.NOTE:
            return "note"
        case What.SKIP:
            return "skipped"


def plain(entry: Entry) -> dict[str, Any]:
    """An entry for programs."""
    return {
        "handle": entry.handle,
        "what": entry.word,
        "day": entry.day.isoformat(),
        "via": entry.via,
        "text": entry.text,
        "recorded_at": entry.at.isoformat(),
        "event": entry.event,
    }
