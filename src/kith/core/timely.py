"""A line of a brief that is for the events of some days only, measured by the event's own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Timely:
    """A line for events from ``first`` to ``last``, both included; None where there is no such end."""

    text: str
    first: date | None = None
    last: date | None = None

    def fits(self, day: date) -> bool:
        """Whether the line belongs into an event of that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
