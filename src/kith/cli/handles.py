"""Handles such as ``c12`` and ``f3``: what ``kith history`` shows and ``kith edit`` and ``kith forget`` take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kith.cli.words import joined
from kith.core.history import Entry, What
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App

_HANDLE = re.compile(r"([a-z])([0-9]{1,18})", re.IGNORECASE)
_FIND_IT = "`kith history NAME` and `kith search WORDS` show them, as in c12"
_ELSEWHERE = {
    What.NOTE: (
        "it stands in an event",
        "change it there, in your calendar; once its event is over, `kith forget` takes it",
    ),
    What.SKIP: ("it is a round that was left out", "`kith log` says that you talked after all"),
}


def handle(typed: str, *, also: What | None = None) -> tuple[What, int]:
    """What a handle names. ``also`` is what may be changed here although it stands elsewhere.

    Raises:
        UsageError: no handle, or one of something that can only be changed where it stands.
    """
    found = _HANDLE.fullmatch(typed.strip())
    letters = {what.value: what for what in What}
    if found is None or found[1].lower() not in letters:
        raise UsageError(f"“{typed}” is no handle of something that was kept", hint=_FIND_IT)
    what = letters[found[1].lower()]
    if what in _ELSEWHERE and what is not also:
        raise _stands_elsewhere(typed, what)
    return what, int(found[2])


def entry_of(app: App, typed: str, *, also: What | None = None) -> Entry:
    """What stands under a handle. ``also`` is as with :func:`handle`; what a waiting event holds stands there.

    Raises:
        UsageError: no handle, or nothing that counts stands under it.
    """
    from kith.sync.said import waiting_events

    what, number = handle(typed, also=also)
    for person in app.store.history.people_of(what, number):
        for entry in app.store.history.entries(app.rules.days.zone).get(person, ()):
            if (entry.what, entry.number) == (what, number):
                if what is What.NOTE and (entry.event, person) in waiting_events(app.store):
                    raise _stands_elsewhere(typed, what)
                return entry
    if app.store.history.text_of(what, number) is None:
        raise UsageError(f"there is no {typed}", hint=_FIND_IT)
    if app.store.history.is_forgotten(what, number):
        raise UsageError(f"{typed} is forgotten", hint=f"have it back first: `kith forget {typed} --undo`")
    if what is What.NOTE:
        raise UsageError(f"{typed} is no note any more: its event says something else, or became a conversation")
    raise UsageError(f"{typed} was taken back in the calendar", hint="tick its event again there")


def whose(app: App, what: What, number: int) -> str:
    """The names of those it is about."""
    return joined([app.store.people.name(person) for person in app.store.history.people_of(what, number)])


def _stands_elsewhere(typed: str, what: What) -> UsageError:
    why, hint = _ELSEWHERE[what]
    return UsageError(f"{typed} cannot be changed here: {why}", hint=hint)
