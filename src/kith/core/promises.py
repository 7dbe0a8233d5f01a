"""What was promised and is still to be done, as the texts say it.

Nothing is stored about a promise: it is a line in some text, and is kept once a later text, the same one or a tick
from the command line says its words again. Who promises the same once more has promised it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.event import line_digests, normal_line, printable
from kith.core.history import Entry
from kith.core.typed import Line, Order, parse, without_facets

_MAY_BE_ONE = re.compile("[]!✓✔✅☑]")
_LONGEST = 150
"""How much of a promise a brief shows, and by how much it is known again."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise: its words, the day of the text it was made in, and since when kith knows of it.

    ``made_in`` is the handle of that text: one that was made to several people at once has the same for all of them.
    """

    text: str
    day: date
    at: datetime
    made_in: str = ""


def promise_key(text: str) -> str:
    """By what a promise is known again: its words, as far as a brief shows them."""
    return _start(text).casefold()


def shown(text: str) -> str:
    """The line of a brief that asks for a promise."""
    whole, start = _words(text), _start(text)
    return f"- [ ] {start}{' …' if start != whole else ''}"


def ticks_a_shown_one(line: str, brief: Iterable[str], day: date) -> bool:
    """Whether a typed line is one that a brief showed as a promise, ticked; ``brief`` are digests of its lines."""
    return any(line_digests([f"- [ ] {kept}"])[0] in brief for kept in parse(line, day).kept)


def open_promises(entries: Iterable[Entry], ticks: Iterable[tuple[datetime, str]]) -> tuple[Promise, ...]:
    """What is still to be done, oldest first. ``ticks`` are those of the command line, with their instants."""
    events: list[tuple[datetime, bool, Promise]] = [
        (entry.since(line), line.order is Order.KEPT, Promise(line.value, entry.day, entry.since(line), entry.handle))
        for entry in entries
        for line in _promises_in(entry)
    ]
    events += [(at, True, Promise(text, at.date(), at)) for at, text in ticks]
    standing: dict[str, Promise] = {}
    for _, kept, promise in sorted(events, key=lambda event: event[:2]):
        if kept:
            standing.pop(promise_key(promise.text), None)
        else:
            standing.setdefault(promise_key(promise.text), promise)
    return tuple(standing.values())


def _promises_in(entry: Entry) -> list[Line]:
    """The promises and ticks in a text; a tick counts for the whole of it, wherever the promise stands."""
    if not _MAY_BE_ONE.search(entry.text):
        return []
    lines = [line for line in entry.said.lines if line.order in (Order.PROMISE, Order.KEPT)]
    kept = {promise_key(line.value) for line in lines if line.order is Order.KEPT}
    return [line for line in lines if line.order is Order.KEPT or promise_key(line.value) not in kept]


def _start(text: str) -> str:
    return _words(text)[:_LONGEST].strip()


def _words(text: str) -> str:
    """As a brief may show them: facets are nothing for a calendar."""
    return normal_line(without_facets(printable(text)))
