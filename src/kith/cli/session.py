"""What every command needs: the options before the verb, the open app, and people found by what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kith.core.model import PersonId
from kith.core.names import find
from kith.core.when import day_from, past_day_from
from kith.errors import UsageError
from kith.paths import Paths

if TYPE_CHECKING:
    from kith.app import App
    from kith.sync.network import Known, Network

_FIRST_YEAR = 1900
"""Nobody remembers a day before; it is a slip of the fingers."""


@dataclass(frozen=True, slots=True)
class Globals:
    """The options before the verb."""

    config: Path | None = None

    @property
    def paths(self) -> Paths:
        """Where things are for this call."""
        return Paths.usual(self.config)


def options(context: typer.Context) -> Globals:
    """The options before the verb."""
    return context.obj if isinstance(context.obj, Globals) else Globals()


@contextmanager
def session(context: typer.Context, *, last_good: bool = False) -> Iterator[App]:
    """Open the app; the heavy imports wait until a command really needs them."""
    from kith.app import open_app

    with open_app(options(context).paths, last_good=last_good) as app:
        yield app


def one_person(network: Network, who: str) -> Known:
    """The one person meant by what was typed.

    Raises:
        UsageError: nobody, or several; says who may have been meant.
    """
    if who in network.joined:  # an id from before they were joined
        who = network.joined[PersonId(who)]
    found = find(who, (known.person for known in network.known.values()))
    if len(found) == 1:
        return network.known[found[0].id]
    if not found:
        if not network.known:
            raise UsageError("nobody is known yet", hint="read your address books in first: `kith sync`")
        raise UsageError(
            f"nobody called “{who}” is known", hint="see `kith people --all`, or add them: `kith add NAME`"
        )
    found.sort(key=lambda person: (person.name.casefold(), person.id))
    names = [person.name for person in found]
    described = []
    for person in found[:10]:
        more = [person.emails[0].value] if person.emails else [person.organisation] if person.organisation else []
        more += [f"id {person.id}"] if names.count(person.name) > 1 else []
        described.append(f"{person.name} ({', '.join(more)})" if more else person.name)
    if len(found) > len(described):
        described.append(f"… and {len(found) - len(described)} more")
    raise UsageError(
        f"“{who}” may be {len(found)} people",
        hint="type more of the name, an e-mail or the id",
        candidates=tuple(described),
    )


def day_option(text: str, today: date, option: str) -> date:
    """The day that an option names; one to come, where it could be either.

    Raises:
        UsageError: not a day.
    """
    return _day(day_from, text, today, option)


def past_day_option(text: str, today: date, option: str, *, hint: str = "") -> date:
    """The day that an option names; one gone by, where it could be either. ``hint`` is for one still to come.

    Raises:
        UsageError: not a day, still to come, or before anybody's time.
    """
    day = _day(past_day_from, text, today, option)
    if day > today:
        raise UsageError(f"{option}: {text} is still to come", hint=hint)
    if day.year < _FIRST_YEAR:
        raise UsageError(f"{option}: {text} is before {_FIRST_YEAR}", hint="is the year as you meant it?")
    return day


def _day(read: Callable[[str, date], date], text: str, today: date, option: str) -> date:
    try:
        return read(text, today)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None
