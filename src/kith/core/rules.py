"""The user's rules, as values: what the config says, in the words the core understands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kith.core.facets import FacetKey
from kith.core.model import Circle, PersonRule
from kith.core.period import Period


class Shape(StrEnum):
    """How reach-outs are put into the calendar: an event for each, or a list of a day's or a week's."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class DayRules:
    """When reach-outs may stand in the calendar.

    ``weekdays`` as in :meth:`datetime.date.weekday`; ``at`` is a wall-clock time in ``zone``; ``away`` ranges
    include both ends; ``horizon`` is how far ahead events are written. A list takes as long as one event does. The list
    of a week stands on its first day that is allowed, and holds what its days hold.
    """

    zone: ZoneInfo
    per_day: int = 3
    weekdays: frozenset[int] = frozenset(range(5))
    at: time = time(17, 30)
    duration: timedelta = timedelta(minutes=15)
    horizon: Period = Period(days=28)
    away: tuple[tuple[date, date], ...] = ()
    shape: Shape = Shape.EACH

    def allows(self, day: date) -> bool:
        """Whether reach-outs may be placed on ``day``."""
        return self._is_free(day) and (self.shape is not Shape.WEEKLY or not any(map(self._is_free, self._before(day))))

    def holds(self, day: date) -> int:
        """How many reach-outs there may be on a day, or in its week."""
        if self.shape is not Shape.WEEKLY:
            return self.per_day
        monday = self.slot(day)
        return self.per_day * sum(self._is_free(monday + timedelta(days=n)) for n in range(7))

    def slot(self, day: date) -> date:
        """What has a budget of its own: the day, or the Monday of its week where there is a list for the week."""
        return day - timedelta(days=day.weekday()) if self.shape is Shape.WEEKLY else day

    def _is_free(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not any(first <= day <= last for first, last in self.away)

    def _before(self, day: date) -> list[date]:
        """The days of the week before it."""
        return [day - timedelta(days=n) for n in range(1, day.weekday() + 1)]

    @property
    def per_week(self) -> int:
        """How many reach-outs an ordinary week holds."""
        return self.per_day * len(self.weekdays)


@dataclass(frozen=True, slots=True)
class DateRules:
    """Which yearly dates get events, for whom, and when.

    ``circles`` are those whose people's dates count, None for the whole network; an event stands ``lead`` (whole days)
    before its date, ``at`` a wall-clock time.
    """

    birthdays: bool = False
    anniversaries: bool = False
    circles: frozenset[str] | None = None
    lead: timedelta = timedelta(0)
    at: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the user puts before a title to answer. Compared without case."""

    done: tuple[str, ...] = ("✓", "✔", "✅", "[x]", "done")
    tried: tuple[str, ...] = ("~",)


@dataclass(frozen=True, slots=True)
class Giving:
    """What briefs and the plan hold of news, introductions and scouts.

    ``news`` is how many a brief shows, ``ask_after`` how long after an introduction it asks what became of it;
    ``suggest`` whether it names somebody to introduce, and ``scouts`` whether each week has a slot for one.
    """

    news: int = 3
    ask_after: Period = Period(days=21)
    suggest: bool = True
    scouts: bool = True


@dataclass(frozen=True, slots=True)
class ReportRules:
    """What ``kith report`` looks at, and what it does about it.

    ``over`` is how far it looks back. Whoever has a thin facet counts ``lift`` times in the ranking, from 1 to 2.
    ``targets`` are shares, from 0 to 1, of the people talked to.
    """

    over: Period = Period(months=12)
    lift: float = 1.0
    targets: Mapping[FacetKey, float] = field(default_factory=dict)


PLACES = (
    *("name", "first", "why", "understood", "questions", "conversations", "promises", "for_next", "facts", "dates"),
    *("changes", "news", "introductions", "ways"),
)
"""What may stand in braces in the template of a brief."""

PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")

BRIEF = """\
{why}
{understood}
{questions}

{conversations}

{promises}
{for_next}

{facts}
{dates}
{changes}

{news}

{introductions}

{ways}
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the config says about whom to keep in touch with, when, and how it looks.

    ``title`` is a template with ``{name}``, ``{first}`` and ``{circle}``, ``list_title`` one with ``{names}`` and
    ``{count}``, ``brief`` one with the :data:`PLACES`; ``details`` is ``full``, ``short`` or
    ``none``. ``retries`` is how many times an event that passed unanswered comes again; ``try_again`` is how long
    after an attempt without an answer. ``region`` is the country (``PT``) in which national phone
    numbers are dialled.
    """

    days: DayRules
    circles: tuple[Circle, ...] = ()
    people: tuple[PersonRule, ...] = ()
    title: str = "Reach out: {name}"
    list_title: str = "Reach out: {names}"
    brief: str = BRIEF
    details: str = "full"
    marks: Marks = Marks()
    retries: int = 3
    try_again: Period = Period(days=3)
    region: str = ""
    dates: DateRules = DateRules()
    giving: Giving = Giving()
    report: ReportRules = ReportRules()
