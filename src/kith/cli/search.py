"""``kith search``: where certain words stand in everything that was said."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from kith.cli.console import out, print_json, say
from kith.cli.history import how, plain
from kith.cli.session import session
from kith.cli.words import joined
from kith.core.brief import day_text
from kith.core.event import printable
from kith.core.names import fold
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.history import Entry

_SHOWN = 50
_HIT = re.compile("\x02([^\x03]*)\x03")


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All must be there; beginnings are enough.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew first.")] = False,
) -> None:
    """Search conversations, facts, attempts and notes, and names; accents and case do not count."""
    from kith.store.words import words_of

    typed = " ".join(words)
    if not words_of(typed):
        raise UsageError(f"“{typed}” holds no word to look for")
    with session(context) as app:
        if rebuild:
            app.store.words.rebuild()
        found = _texts(app, typed)
        named = _names(app, typed)
        if as_json:
            print_json({"people": named, "texts": [_plain(*one) for one in found]})
            return
        if not named and not found:
            say(f"“{typed}” stands nowhere.")
        for person in named:
            say(f"{person['name']}  → kith show {shlex.quote(person['name'])}")
        for entry, names, excerpt in found[:_SHOWN]:
            _print(entry, names, excerpt)
        if len(found) > _SHOWN:
            say(f"… and {len(found) - _SHOWN} more; another word narrows it down.", "dim")


def _texts(app: App, typed: str) -> list[tuple[Entry, list[str], str]]:
    """What was found and still counts, newest first, with those it is about and an excerpt."""
    hits = {hit.handle: hit.excerpt for hit in app.store.words.search(typed)}
    found: dict[str, tuple[Entry, list[str], str]] = {}
    for person, entries in app.store.history.entries(app.rules.days.zone).items() if hits else ():
        for entry in entries:
            if entry.handle in hits:
                _, names, _ = found.setdefault(entry.handle, (entry, [], hits[entry.handle]))
                names.append(app.store.people.name(person))
    return sorted(found.values(), key=lambda one: (one[0].day, one[0].at), reverse=True)


def _names(app: App, typed: str) -> list[dict[str, Any]]:
    """The people in whose name each word begins some word."""
    wanted = fold(typed).split()
    return [
        {"id": row.id, "name": row.name}
        for row in sorted(app.store.people.everybody(), key=lambda row: row.name.casefold())
        if wanted and all(any(word.startswith(one) for word in fold(row.name).split()) for one in wanted)
    ]


def _print(entry: Entry, names: list[str], excerpt: str) -> None:
    """Bold where there is colour, else brackets show the hit."""
    console = out()
    colour = console.is_terminal and not console.no_color
    line = Text(f"{entry.handle:<5} {day_text(entry.day):<11} {joined(sorted(names))} ({how(entry)}): ")
    flat = " / ".join(part.strip() for part in excerpt.splitlines() if part.strip())
    for n, piece in enumerate(map(printable, _HIT.split(flat))):
        is_hit = n % 2 == 1
        line.append(piece if colour or not is_hit else f"[{piece}]", "bold yellow" if is_hit and colour else None)
    console.print(line)


def _plain(entry: Entry, names: list[str], excerpt: str) -> dict[str, Any]:
    return {**plain(entry), "people": sorted(names), "excerpt": excerpt.replace("\x02", "[").replace("\x03", "]")}
