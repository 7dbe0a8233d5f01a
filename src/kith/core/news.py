"""News of the user's own: who is to hear it, and who has.

Nobody is marked as told. That somebody heard it follows from the conversations that stand and from what the user ruled:
a conversation that is taken back takes the telling back with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.event import Kind, line_digests, normal_line, normal_lines
from kith.core.list_lines import blocks
from kith.core.names import fold
from kith.core.rules import Marks
from kith.core.timely import Timely
from kith.core.typed import without_facets

_CERTAIN = 80
"""So much of a long text is enough to know it by: a brief may have cut the rest."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell people, from the day ``on`` to the day ``until``. ``audience`` are labels, tags and circles.

    An empty audience is everybody in the network. ``ended_on`` is when the user said that it is no news any more.
    """

    number: int
    text: str
    on: date
    recorded_at: datetime
    until: date | None = None
    audience: tuple[str, ...] = ()
    ended_on: date | None = None

    @property
    def line(self) -> Timely:
        """What a brief says."""
        return Timely(f"News to tell: {self.text}", self.on, self.until)

    def is_for(self, labels: Iterable[str], circle: str | None) -> bool:
        """Whether it is for somebody with these labels, in this circle."""
        theirs = {fold(name) for name in (*labels, circle or "") if name}
        return not self.audience or not theirs.isdisjoint(map(fold, self.audience))

    def is_over(self, today: date) -> bool:
        """Whether it is for no event of today or later."""
        return self.ended_on is not None or (self.until is not None and self.until < today)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that stands. ``shown`` are the lines that kith had written into its event.

    It is None where the user logged the conversation themselves, with all that there was to tell in mind.
    """

    day: date
    recorded_at: datetime
    shown: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The user's word on whether somebody was told; ``at`` is an instant with the user's offset."""

    told: bool
    at: datetime


def heard(news: News, talks: Iterable[Talk], rulings: Sequence[Ruling]) -> date | None:
    """The day on which somebody was told, None where they have still to hear it.

    The last ruling counts. After a “not told” only conversations that were recorded later than it do.
    """
    last = max(rulings, key=lambda ruling: ruling.at, default=None)
    if last is not None and last.told:
        return last.at.date()
    days = [talk.day for talk in talks if (last is None or talk.recorded_at > last.at) and _tells(talk, news)]
    return min(days, default=None)


def _tells(talk: Talk, news: News) -> bool:
    if not news.line.fits(talk.day) or (news.ended_on is not None and talk.day > news.ended_on):
        return False
    if talk.shown is None:
        return talk.recorded_at >= news.recorded_at
    return any(_says(line, news.text) for line in talk.shown)


def _says(line: str, text: str) -> bool:
    """Whether a line ends with the text, but for signs that the user's template puts behind it, or was cut in it."""
    whole = normal_line(without_facets(text))
    if not whole:
        return False
    _, found, behind = line.rpartition(whole)
    if found and not any(char.isalnum() for char in behind):
        return True
    return len(whole) > _CERTAIN and whole[:_CERTAIN] in line


def shown_to(kind: Kind, key: str, brief: Sequence[str], description: str, marks: Marks) -> tuple[str, ...]:
    """The lines that kith had written for somebody into an event that they were talked to by.

    ``brief`` is what kith's lines are known by, and ``key`` which lines of a list are theirs.
    """
    if kind is not Kind.LIST:
        return kiths_lines(brief, description)
    theirs = [block for block in blocks(description, brief, marks) if block.key == key]
    return tuple(line for block in theirs for line in kiths_lines(block.tokens, "\n".join(block.lines)))


def kiths_lines(brief: Iterable[str], description: str) -> tuple[str, ...]:
    """The lines of a description that kith wrote; ``brief`` are their digests."""
    mine = set(brief)
    return tuple(line for line in normal_lines(description) if line_digests([line])[0] in mine)
