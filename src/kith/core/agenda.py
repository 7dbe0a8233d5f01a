"""Who comes up when, and why: the answer of ``kith due``, in words a person understands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.brief import day_text
from kith.core.cadence import Standing, urgency, window
from kith.core.model import PersonId


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of somebody's open reach-out: its event's local day and start, and how often it came again."""

    day: date
    start: datetime | None
    retries: int = 0
    moved_by_user: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the agenda. ``state`` is ``waiting`` (its time has come), ``planned`` or ``due`` (no event yet)."""

    person: PersonId
    day: date
    start: datetime | None
    state: str
    why: str
    overdue: float


def agenda(standings: list[Standing], waiting: dict[PersonId, Waiting], today: date, until: date) -> list[Item]:
    """Everybody who has an event or is due up to and including ``until``, in order."""
    items = []
    for standing in standings:
        item = _item(standing, waiting.get(standing.person), today)
        if item is not None and item.day <= until:
            items.append(item)
    return sorted(items, key=_order)


def _order(item: Item) -> tuple[date, float, PersonId]:
    """By day, those without an hour last."""
    return item.day, item.start.timestamp() if item.start else math.inf, item.person


def _item(standing: Standing, there: Waiting | None, today: date) -> Item | None:
    overdue = urgency(standing, today)
    if there is not None:
        state = "waiting" if there.started or there.day < today else "planned"
        return Item(standing.person, there.day, there.start, state, _why(standing, there), overdue)
    belongs = window(standing)
    if belongs is None:
        return None
    return Item(standing.person, belongs.due, None, "due", _why(standing, None), overdue)


def _why(standing: Standing, there: Waiting | None) -> str:
    parts = []
    if standing.next_on is not None:
        parts.append("you named the day")
    elif there is not None and there.moved_by_user:
        parts.append("you moved it there")
    if standing.last_conversation is not None:
        parts.append(f"last talked {day_text(standing.last_conversation)}")
    elif standing.next_on is None:
        parts.append("new in your network")
    if standing.last_attempt is not None and standing.last_attempt >= (standing.last_conversation or date.min):
        parts.append(f"tried {day_text(standing.last_attempt)}")
    if standing.last_skip is not None and standing.last_skip >= (standing.last_conversation or date.min):
        parts.append(f"skipped {day_text(standing.last_skip)}")
    if there is not None and there.retries:
        parts.append(f"came up {there.retries + 1} times")
    if standing.lifted_for:
        parts.append(f"{standing.lifted_for} is thin")
    return ", ".join(parts)
