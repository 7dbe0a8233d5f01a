"""Scouts: somebody the user would like to get to know, or a kind of person they miss. Each week is for one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.brief import about, day_text, described
from kith.core.event import printable
from kith.core.model import Person, PersonId
from kith.core.rules import Rules
from kith.core.typed import without_facets

_NOTES = 5
_WRITE_LINE = "— write below this line: what did you do about it? —"


@dataclass(frozen=True, slots=True)
class Scout:
    """Whom the user looks for, and who could introduce them. ``subject`` is what their events are known by.

    It is over once they are met (and ``person`` is who they became) or dropped.
    """

    number: int
    subject: str
    text: str
    recorded_on: date
    via: PersonId | None = None
    note: str = ""
    met_on: date | None = None
    person: PersonId | None = None
    dropped_on: date | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody looks for them any more."""
        return self.met_on is not None or self.dropped_on is not None


@dataclass(frozen=True, slots=True)
class Slot:
    """One event of a scout's: its ``name``, its local day, what was typed, and whether it waits for an answer.

    The name is the scout's subject and a number.
    """

    name: str
    day: date
    text: str = ""
    is_open: bool = False

    @property
    def subject(self) -> str:
        """Whose it is."""
        return self.name.partition("|")[0]


@dataclass(frozen=True, slots=True)
class Turn:
    """A scout that has an event, or gets one: its ``name``, and the day from which on it may stand."""

    scout: Scout
    name: str
    not_before: date


def turns(scouts: Iterable[Scout], slots: Collection[Slot], today: date) -> list[Turn]:
    """Every scout that has an event waiting; where there is none, the one whose turn it is, if there is one.

    A week has one slot, and the one who has waited longest gets it: since their last slot, or since they were added.
    """
    open_ones = {scout.subject: scout for scout in scouts if not scout.is_over}
    waiting = [slot for slot in slots if slot.is_open and slot.subject in open_ones]
    if waiting or not open_ones:
        return [Turn(open_ones[slot.subject], slot.name, slot.day) for slot in waiting]
    since = {scout.subject: (scout.recorded_on, False) for scout in open_ones.values()}
    for slot in slots:
        if slot.subject in since:  # one that had its slot today has waited less than one that was added today
            since[slot.subject] = max(since[slot.subject], (slot.day, True))
    longest = min(open_ones.values(), key=lambda scout: (since[scout.subject], scout.number))
    number = sum(slot.subject == longest.subject for slot in slots) + 1
    not_before = max([today, *(_next_monday(slot.day) for slot in slots)])
    return [Turn(longest, f"{longest.subject}|{number}", not_before)]


def title(scout: Scout, details: str) -> str:
    """The title of a scout's event."""
    whole = f"Meet someone new: {without_facets(scout.text)}" if details == "full" else "Meet someone new"
    return " ".join(printable(whole).split())


def text(scout: Scout, via: Person | None, slots: Sequence[Slot], rules: Rules) -> str:
    """What that event says: who could introduce them, the note, and what was written in the last events about it.

    Less of it where others see the calendar.
    """
    if rules.details == "none":
        return ""
    if rules.details == "short":
        return _WRITE_LINE
    introducing = ["Who could introduce you:", *about(via, rules.region)] if via is not None else []
    written = [slot for slot in slots if slot.text and not slot.is_open]
    blocks = [introducing, [scout.note], [f"{day_text(slot.day)}: {slot.text}" for slot in written[-_NOTES:]]]
    return described(blocks, _WRITE_LINE)


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())
