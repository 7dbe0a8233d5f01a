"""What was said about and with somebody, as one list: conversations, attempts, facts, notes and skipped rounds.

Each entry has a handle by which the command line names it: a letter for what it is, and its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kith.core.model import EventUid
from kith.core.typed import Line, Said, parse


class What(StrEnum):
    """What an entry is, by the letter of its handle."""

    CONVERSATION = "c"
    ATTEMPT = "a"
    FACT = "f"
    NOTE = "n"
    SKIP = "s"


_WORDS = {
    What.CONVERSATION: "conversation",
    What.ATTEMPT: "attempt",
    What.FACT: "fact",
    What.NOTE: "note",
    What.SKIP: "skip",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was kept. A note is what was typed in an event that gave no conversation.

    ``day`` is what it is about (of a fact and a note: when it came in), in the user's time zone; ``at`` the instant
    kith first had it. ``via`` is how one talked, or the kind of a fact. ``event`` is the one it was typed in, where it
    was typed in one, and ``states`` are all texts that this has had, with the instants at which they were read.
    """

    what: What
    number: int
    day: date
    at: datetime
    text: str
    via: str = ""
    event: EventUid | None = None
    states: tuple[tuple[datetime, str], ...] = ()

    @property
    def handle(self) -> str:
        """``c12``, ``f3``, ``a4``: how the command line names it."""
        return f"{self.what.value}{self.number}"

    @property
    def word(self) -> str:
        """What it is, in a word."""
        return _WORDS[self.what]

    @property
    def said(self) -> Said:
        """What its text says."""
        return parse(self.text, self.day)

    def since(self, line: Line) -> datetime:
        """When kith first read a line of it: one that was typed in an event may be older than the entry."""
        for at, text in self.states:
            if any((one.order, one.value) == (line.order, line.value) for one in parse(text, self.day).lines):
                return min(at, self.at)
        return self.at


def by_day(entry: Entry) -> tuple[date, datetime, str]:
    """For sorting: what it is about, then when it came in."""
    return entry.day, entry.at, entry.handle
