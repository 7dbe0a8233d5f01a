"""When a person is due, and how overdue they are (design section 3, *Due*).

Days are in the user's time zone; "today" is passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.model import Cadence, PersonId
from kith.core.rules import DayRules


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: everything that decides when they are due.

    ``anchor`` is what a new person counts from. ``next_on`` is a day the user named for the next reach-out; it
    overrules the cadence until the next conversation or skip. ``last_attempt`` and ``lifted_for`` (a thin part of life,
    for which ``weight`` is more than the circle's) decide nothing: they are there to explain.
    """

    person: PersonId
    cadence: Cadence | None
    weight: float = 1.0
    last_conversation: date | None = None
    last_skip: date | None = None
    anchor: date | None = None
    next_on: date | None = None
    last_attempt: date | None = None
    lifted_for: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a reach-out belongs: due from ``due`` on, and by ``at_worst``."""

    due: date
    at_worst: date


def window(standing: Standing) -> Window | None:
    """When the person's next reach-out belongs, or None for somebody without a cadence or a named day.

    Due = max(last conversation, last skipped day, anchor) + cadence. A day that the user named is due on that
    day, with as much room after it as the cadence leaves between ``every`` and ``at_worst``.
    """
    cadence = standing.cadence
    if standing.next_on is not None:
        room = timedelta(days=7)
        if cadence is not None:
            room = cadence.at_worst.after(standing.next_on) - cadence.every.after(standing.next_on)
        return Window(standing.next_on, standing.next_on + room)
    known = [day for day in (standing.last_conversation, standing.last_skip, standing.anchor) if day]
    if cadence is None or not known:
        return None
    base = max(known)
    return Window(cadence.every.after(base), cadence.at_worst.after(base))


def urgency(standing: Standing, on: date) -> float:
    """How overdue somebody is on a day: the silence as a share of their cadence, times their circle's weight.

    Silence counts from the last conversation (from the anchor for a new person), never from a skip: somebody
    skipped three times is still somebody not talked to.
    """
    since = standing.last_conversation or standing.anchor or standing.last_skip or on
    length = standing.cadence.every.about_days if standing.cadence else 7.0
    return (on - since).days / length * standing.weight


def spread_anchors(newcomers: Iterable[tuple[PersonId, Cadence]], today: date) -> tuple[tuple[PersonId, date], ...]:
    """Anchors that make newcomers due evenly over their first cadence, from today on.

    Those with the same cadence are spread among each other. The order, and the small shift that keeps single
    newcomers from all falling on the same day, come from the person's id: the same people give the same days.
    """
    by_cadence: dict[Cadence, list[PersonId]] = {}
    for person, cadence in newcomers:
        by_cadence.setdefault(cadence, []).append(person)
    anchors = []
    for cadence, people in by_cadence.items():
        length = (cadence.every.after(today) - today).days
        ordered = sorted(people, key=lambda person: (_fraction(person), person))
        for position, person in enumerate(ordered):
            offset = int((position + _fraction(person)) / len(ordered) * length)
            anchors.append((person, _anchor_for(cadence, today + timedelta(days=offset), today)))
    return tuple(sorted(anchors))


def _anchor_for(cadence: Cadence, due: date, today: date) -> date:
    """The latest day from which the cadence leads to ``due`` or before, but never to a day before ``today``."""
    day = due - timedelta(days=int(cadence.every.about_days) + 3)
    while cadence.every.after(day + timedelta(days=1)) <= due:
        day += timedelta(days=1)
    while cadence.every.after(day) < today:
        day += timedelta(days=1)
    return day


def _fraction(person: PersonId) -> float:
    return int.from_bytes(hashlib.sha256(person.encode()).digest()[:6]) / 2**48


@dataclass(frozen=True, slots=True)
class Budget:
    """What the cadences ask for, against what the days hold; reach-outs a week."""

    people: int
    wanted: float
    needed_at_worst: float
    holds: int

    @property
    def fits(self) -> bool:
        """Whether everybody can come up before their ``at_worst``."""
        return self.needed_at_worst <= self.holds

    @property
    def fits_comfortably(self) -> bool:
        """Whether everybody can come up as often as their ``every`` says."""
        return self.wanted <= self.holds

    def in_words(self, days: DayRules) -> str:
        """The arithmetic as a sentence, for ``kith check`` and ``kith status``."""
        people = "1 person asks" if self.people == 1 else f"{self.people} people ask"
        return (
            f"{people} for {self.wanted:.1f} reach-outs a week "
            f"(at worst {self.needed_at_worst:.1f}); {days.per_day} a day on {len(days.weekdays)} days "
            f"hold {self.holds}"
        )


def budget(cadences: Sequence[Cadence], days: DayRules) -> Budget:
    """Add up what the network asks for in a week."""
    return Budget(
        people=len(cadences),
        wanted=sum(7 / cadence.every.about_days for cadence in cadences),
        needed_at_worst=sum(7 / cadence.at_worst.about_days for cadence in cadences),
        holds=days.per_week,
    )
