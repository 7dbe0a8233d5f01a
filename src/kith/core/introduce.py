"""Introductions: two people who are to meet, and how far that has come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kith.core.brief import about, day_text, described
from kith.core.event import printable
from kith.core.model import Person, PersonId
from kith.core.names import fold
from kith.core.period import Period
from kith.core.rules import Rules
from kith.core.timely import Timely

_WRITE_LINE = "— write below this line: what came of it? —"
_MET = re.compile(r"^\s*(?:[-*•–—]\s*)?met\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


class State(StrEnum):
    """How far an introduction has come."""

    PLANNED = "planned"
    INTRODUCED = "introduced"
    MET = "met"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Two people who are to meet. ``subject`` is what their events are known by; days are local ones.

    ``introduced_on`` is when the user introduced them, ``met_on`` when they are known to have met, ``dropped_on`` when
    nothing was to come of it any more. ``taken_back`` is how often the user ticked the event and took that back.
    """

    number: int
    subject: str
    people: tuple[PersonId, PersonId]
    why: str
    recorded_on: date
    introduced_on: date | None = None
    met_on: date | None = None
    dropped_on: date | None = None
    taken_back: int = 0

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.met_on is not None:
            return State.MET
        if self.dropped_on is not None:
            return State.DROPPED
        return State.PLANNED if self.introduced_on is None else State.INTRODUCED

    def other(self, person: PersonId) -> PersonId:
        """The one whom ``person`` is to meet."""
        one, other = self.people
        return other if person == one else one

    def question(self, name: str, ask_after: Period) -> Timely | None:
        """What a brief asks the one, once they may have met ``name``, the other; None while there is no question."""
        if self.state is not State.INTRODUCED or self.introduced_on is None:
            return None
        text = (
            f"Did they meet? Introduced to {name} on {day_text(self.introduced_on)} (if so, write below: met: {name})"
        )
        return Timely(text, first=ask_after.after(self.introduced_on))


def title(people: Iterable[Person]) -> str:
    """The title of the event about it."""
    return " ".join(printable(f"Introduce {' and '.join(person.name for person in people)}").split())


def text(introduction: Introduction, people: Iterable[Person], rules: Rules) -> str:
    """What that event says: why, who they are, and how to reach both; less of it where others see the calendar."""
    if rules.details == "none":
        return ""
    if rules.details == "short":
        return _WRITE_LINE
    why = [f"Why: {introduction.why}"] if introduction.why else []
    return described([why, *(about(person, rules.region) for person in people)], _WRITE_LINE)


def says_met(text: str, name: str) -> bool:
    """Whether a text has a line ``met: NAME`` for somebody of that name; a first name will do."""
    words = set(fold(name).split())
    said = [set(fold(line).split()) for line in _MET.findall(text)]
    return any(met and met <= words for met in said)
