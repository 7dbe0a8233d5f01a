"""Who comes up when, and why: the answer of ``kith due``, in words a person understands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.brief import day_text
from kith.core.cadence import Standing, urgency, window
from kith.core.event import Kind
from kith.core.model import PersonId


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of an open reach-out: its event's local day and start, and how often it came again."""

    day: date
    start: datetime | None
    retries: int = 0
    moved_by_user: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """An event that stands beside people's ordinary reach-outs; ``what`` it is, and its title."""

    kind: Kind
    what: str
    title: str
    there: Waiting


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the agenda. ``state`` is ``waiting`` (its time has come), ``planned`` or ``due`` (no event yet).

    It is about a ``person``, or where it is of another kind than a reach-out, about what its ``title`` says.
    """

    person: PersonId | None
    day: date
    start: datetime | None
    state: str
    why: str
    overdue: float = 0.0
    kind: Kind = Kind.REACH_OUT
    title: str = ""


def agenda(
    standings: list[Standing],
    waiting: dict[PersonId, Waiting],
    today: date,
    until: date,
    beside: Iterable[Beside] = (),
) -> list[Item]:
    """Everybody who has an event or is due up to and including ``until``, and all other events, in order."""
    items = [_item(standing, waiting.get(standing.person), today) for standing in standings]
    items += [_beside(one, today) for one in beside]
    return sorted((item for item in items if item is not None and item.day <= until), key=_order)


def _order(item: Item) -> tuple[date, float, str]:
    """By day, those without an hour last."""
    return item.day, item.start.timestamp() if item.start else math.inf, item.person or item.title


def _item(standing: Standing, there: Waiting | None, today: date) -> Item | None:
    overdue = urgency(standing, today)
    if there is not None:
        return Item(standing.person, there.day, there.start, _state(there, today), _why(standing, there), overdue)
    belongs = window(standing)
    if belongs is None:
        return None
    return Item(standing.person, belongs.due, None, "due", _why(standing, None), overdue)


def _beside(one: Beside, today: date) -> Item:
    there = one.there
    parts = [one.what, *(["you moved it there"] if there.moved_by_user else []), *_again(there)]
    return Item(None, there.day, there.start, _state(there, today), ", ".join(parts), kind=one.kind, title=one.title)


def _state(there: Waiting, today: date) -> str:
    return "waiting" if there.started or there.day < today else "planned"


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
    parts += _again(there) if there is not None else []
    if standing.lifted_for:
        parts.append(f"{standing.lifted_for} is thin")
    return ", ".join(parts)


def _again(there: Waiting) -> list[str]:
    return [f"came up {there.retries + 1} times"] if there.retries else []
