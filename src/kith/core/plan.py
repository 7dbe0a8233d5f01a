"""Which reach-outs should stand in the calendar, and when (design section 3, *Placing*).

The plan is a rehearsal: the days of the horizon are walked through in order, and each day's places go to those
who are due, most pressing first. Somebody who gets a place is taken to answer on that day and comes up again a
cadence later in the same rehearsal, so that the places their next round will need are not given away to people
who could wait. Only first rounds become placements; the rest merely hold places free.

Everything here is deterministic: the same inputs give the same plan, in whatever order they come.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from itertools import chain, count

from kith.core.cadence import Standing, Window, urgency, window
from kith.core.event import Timed, When, has_started
from kith.core.model import PersonId
from kith.core.rules import DayRules, Shape

_LOOK_FURTHER = timedelta(days=2 * 365)
"""How far past the horizon an open reach-out may be placed when everything before is full or barred."""


@dataclass(frozen=True, slots=True)
class OpenReachOut:
    """A reach-out that is not answered yet.

    ``when`` is where its event stands, None where it has none; ``placed_for`` is the window it was placed by.
    ``fixed`` says that its time is the user's (moved, or made to repeat). ``again_from`` asks for a new place on or
    after a day: the event passed, an attempt got no answer, or the user snoozed it by command. ``reshape`` says that
    nobody touched it, and that it stands there in a shape that is not asked for any more.
    """

    person: PersonId
    when: When | None
    placed_for: Window | None = None
    fixed: bool = False
    again_from: date | None = None
    reshape: bool = False


class Why(Enum):
    """Why a place was given."""

    DUE = "due"
    AGAIN = "again"
    WINDOW = "outside its window"
    BARRED = "on a barred day or hour"
    OVER_BUDGET = "over the day's budget"
    SHAPE = "in another shape"
    LOST = "not in the calendar yet"


@dataclass(frozen=True, slots=True)
class Placement:
    """One reach-out, at a place. ``why`` is why it gets one now; ``window`` is where it belonged."""

    person: PersonId
    start: datetime
    window: Window
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """New places, and those who are due inside the horizon but found none."""

    placements: tuple[Placement, ...]
    unplaced: tuple[PersonId, ...]


def plan(
    standings: Iterable[Standing],
    open_reach_outs: Iterable[OpenReachOut],
    rules: DayRules,
    now: datetime,
    *,
    used_today: int = 0,
    others: Iterable[When] = (),
) -> Plan:
    """Give everybody who is due a place, leaving what stands where it stands as far as the rules allow.

    ``used_today`` is how many of today's reach-outs (or this week's) have had their answer: who is done gets no more.
    ``others`` are when events of other kinds stand, which take a place of their day each.
    """
    by_person = {standing.person: standing for standing in sorted(standings, key=lambda s: s.person)}
    opened = sorted(open_reach_outs, key=lambda reach_out: reach_out.person)
    beside = list(others)
    staying, moving = _sort_out(opened, by_person, rules, now, beside)
    rehearsal = _Rehearsal(by_person, rules, now, used_today)
    for when in beside:
        rehearsal.take(when)
    for reach_out in staying:
        rehearsal.hold(reach_out)
    for reach_out, why in moving:
        rehearsal.ask_again(reach_out, why)
    held = {reach_out.person for reach_out in opened}
    for standing in by_person.values():
        if standing.person not in held:
            rehearsal.ask(standing)
    return rehearsal.run()


def next_free(taken: Iterable[When], rules: DayRules, now: datetime, not_before: date) -> datetime | None:
    """The first free place on a day or after it, for what is not planned by cadence; None where none is in sight."""
    rehearsal = _Rehearsal({}, replace(rules, shape=Shape.EACH), now, 0)
    for when in taken:
        rehearsal.take(when)
    return rehearsal.first_free(not_before)


# --- what must move ---------------------------------------------------------------------------------------


def _sort_out(
    opened: Sequence[OpenReachOut],
    standings: Mapping[PersonId, Standing],
    rules: DayRules,
    now: datetime,
    others: Sequence[When],
) -> tuple[list[OpenReachOut], list[tuple[OpenReachOut, Why]]]:
    staying: list[OpenReachOut] = []
    moving: list[tuple[OpenReachOut, Why]] = []
    for reach_out in opened:
        why = _must_move(reach_out, standings.get(reach_out.person), rules, now)
        if why is None:
            staying.append(reach_out)
        else:
            moving.append((reach_out, why))
    over = _over_budget(staying, standings, rules, now, others)
    moving += [(reach_out, Why.OVER_BUDGET) for reach_out in over]
    return [reach_out for reach_out in staying if reach_out not in over], moving


def _must_move(reach_out: OpenReachOut, standing: Standing | None, rules: DayRules, now: datetime) -> Why | None:
    if reach_out.when is None:
        return Why.LOST
    if reach_out.again_from is not None:
        return Why.AGAIN
    if reach_out.fixed or not isinstance(reach_out.when, Timed) or has_started(reach_out.when, now, rules.zone):
        return None
    if reach_out.reshape:
        return Why.SHAPE
    if _is_barred(reach_out.when, rules):
        return Why.BARRED
    belongs = window(standing) if standing else None
    if belongs is None or belongs == reach_out.placed_for:
        return None  # late only for want of room, or nothing to go by: moving it would help nobody
    day = reach_out.when.start.date()
    return None if belongs.due <= day <= belongs.at_worst else Why.WINDOW


def barred(when: Timed, rules: DayRules) -> bool:
    """Whether nothing may be placed there: by the wall clock of the zone the event was written in, and by the user's.

    By the one a change of the user's zone moves nothing, by the other no event whose server speaks another zone. For
    single events, whatever shape the others have.
    """
    return _is_barred(when, replace(rules, shape=Shape.EACH))


def _is_barred(when: Timed, rules: DayRules) -> bool:
    zones = (when.start.tzinfo or rules.zone, rules.zone)
    return not any(_has_place(when.start.astimezone(zone), rules, zone) for zone in zones)


def _has_place(start: datetime, rules: DayRules, zone: tzinfo) -> bool:
    first = _first_place(start.date(), rules, zone)
    return rules.allows(start.date()) and first <= start < first + rules.per_day * rules.duration


def _over_budget(
    staying: Sequence[OpenReachOut],
    standings: Mapping[PersonId, Standing],
    rules: DayRules,
    now: datetime,
    others: Sequence[When],
) -> list[OpenReachOut]:
    """The least pressing of kith's own on days that hold too many; what the user moved counts but stays."""
    days: dict[date, list[OpenReachOut]] = defaultdict(list)
    for reach_out in staying:
        if reach_out.when is not None:
            days[rules.slot(reach_out.when.day_in(rules.zone))].append(reach_out)
    beside = Counter(rules.slot(when.day_in(rules.zone)) for when in others)
    over = []
    for day, there in sorted(days.items()):
        movable = [
            reach_out
            for reach_out in there
            if not reach_out.fixed
            and isinstance(reach_out.when, Timed)  # all-day ones are the user's, also where nobody remembers that
            and not has_started(reach_out.when, now, rules.zone)
        ]
        movable.sort(key=lambda r: _pressing(standings.get(r.person), r.person, day))
        surplus = len(there) + beside[day] - rules.holds(day)
        over += movable[-surplus:] if surplus > 0 else []
    return over


# --- who goes first ---------------------------------------------------------------------------------------


def _pressing(standing: Standing | None, person: PersonId, day: date) -> tuple[float, float, float, str]:
    """The order in which people get a day's places: smaller first.

    Somebody past their ``at_worst`` goes before everybody who still has time, the most overdue first. The others
    go by how small a share of their time is left. Going by the days left would be right for one round; but whoever
    comes up a day early asks for more of the year, and the more so the shorter their cadence is.
    """
    belongs = window(standing) if standing else None
    if standing is None or belongs is None:
        return (1, 0, 0, person)
    overdue = urgency(standing, day)
    left = (belongs.at_worst - day).days
    if left < 0:
        return (0, -overdue, 0, person)
    whole = standing.cadence.at_worst.about_days if standing.cadence else (belongs.at_worst - belongs.due).days
    return (1, left / whole, -overdue, person)


# --- the rehearsal ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Request:
    """Somebody who wants a place on or after a day; ``why`` is None for a round that only holds a place free."""

    standing: Standing
    window: Window
    not_before: date
    why: Why | None

    @property
    def is_open(self) -> bool:
        """Whether this is for a reach-out that is open already, and so must find a place however far ahead."""
        return self.why not in (None, Why.DUE)


class _Rehearsal:
    """The days of the horizon, walked through once."""

    def __init__(self, standings: Mapping[PersonId, Standing], rules: DayRules, now: datetime, used_today: int) -> None:
        self._standings = standings
        self._rules = rules
        self._now = now
        self._today = now.astimezone(rules.zone).date()
        self._end = rules.horizon.after(self._today)
        self._order = count()
        self._coming: list[tuple[date, PersonId, int, _Request]] = []
        self._ready: list[_Request] = []
        self._taken: Counter[date] = Counter({rules.slot(self._today): used_today})
        self._starts: dict[date, set[datetime]] = defaultdict(set)

    def take(self, when: When) -> None:
        """Count an event in its day's budget."""
        day = when.day_in(self._rules.zone)
        self._taken[self._rules.slot(day)] += 1
        if isinstance(when, Timed):
            self._starts[day].add(when.start)

    def hold(self, reach_out: OpenReachOut) -> None:
        """Count an event that stays where it is, and expect its person again a cadence later."""
        if reach_out.when is None:
            return
        self.take(reach_out.when)
        day = reach_out.when.day_in(self._rules.zone)
        standing = self._standings.get(reach_out.person)
        if standing is not None:
            self._expect_next_round(standing, max(day, self._today))

    def ask_again(self, reach_out: OpenReachOut, why: Why) -> None:
        """Ask for a new place for an open reach-out; it stays wanted whatever the horizon."""
        standing = self._standings.get(reach_out.person)
        if standing is None:
            return
        belongs = window(standing) or Window(self._today, self._today)
        self._add(_Request(standing, belongs, reach_out.again_from or belongs.due, why))

    def ask(self, standing: Standing) -> None:
        """Ask for somebody's next place, if they are due inside the horizon."""
        belongs = window(standing)
        if belongs is not None and belongs.due <= self._end:
            self._add(_Request(standing, belongs, belongs.due, Why.DUE))

    def run(self) -> Plan:
        """Walk through the days and give the places away."""
        placements: list[Placement] = []
        unplaced: list[PersonId] = []
        for day in self._days():
            if day == self._end + timedelta(days=1):
                unplaced = [request.standing.person for request in self._ready if request.why is Why.DUE]
                self._ready = [request for request in self._ready if request.is_open]
            placements += self._give_away(day)
        unplaced += [request.standing.person for request in self._ready if request.why is not None]
        return Plan(tuple(placements), tuple(sorted(unplaced)))

    def first_free(self, not_before: date) -> datetime | None:
        """The first free place on a day or after it."""
        first = max(not_before, self._today)
        days = (first + timedelta(days=ahead) for ahead in range(_LOOK_FURTHER.days))
        return next((start for day in days for start in self._free_starts(day)), None)

    def _give_away(self, day: date) -> Iterator[Placement]:
        while self._coming and self._coming[0][0] <= day:
            self._ready.append(heapq.heappop(self._coming)[-1])
        free = self._free_starts(day)
        if not free or not self._ready:
            return
        self._ready.sort(key=lambda request: _pressing(request.standing, request.standing.person, day))
        chosen, self._ready = self._ready[: len(free)], self._ready[len(free) :]
        for request, start in zip(chosen, free, strict=False):
            if request.why is not None:
                yield Placement(request.standing.person, start, request.window, request.why)
            self._expect_next_round(request.standing, day)

    def _days(self) -> Iterator[date]:
        """Every day of the horizon; later ones only while an open reach-out still waits for its place."""
        day = self._today
        while day <= self._end or (day <= self._end + _LOOK_FURTHER and self._an_open_one_waits()):
            yield day
            day += timedelta(days=1)

    def _an_open_one_waits(self) -> bool:
        waiting = chain(self._ready, (entry[-1] for entry in self._coming))
        return any(request.is_open for request in waiting)

    def _free_starts(self, day: date) -> list[datetime]:
        room = self._rules.holds(day) - self._taken[self._rules.slot(day)]
        if room <= 0 or not self._rules.allows(day):
            return []
        first = _first_place(day, self._rules, self._rules.zone)
        if self._rules.shape is not Shape.EACH:  # a list has one place, for everybody on it
            return [first.astimezone(self._rules.zone)] * room if first > self._now else []
        starts = (first + place * self._rules.duration for place in range(self._rules.per_day))
        free = [start for start in starts if start > self._now and not self._overlaps(day, start)]
        return [start.astimezone(self._rules.zone) for start in free[:room]]

    def _overlaps(self, day: date, start: datetime) -> bool:
        return any(abs(start - other) < self._rules.duration for other in self._starts[day])

    def _expect_next_round(self, standing: Standing, day: date) -> None:
        if standing.cadence is None:
            return
        answered = replace(standing, last_conversation=day, next_on=None)
        belongs = window(answered)
        if belongs is not None and belongs.due <= self._end:
            self._add(_Request(answered, belongs, belongs.due, None))

    def _add(self, request: _Request) -> None:
        from_day = max(request.not_before, self._today)
        heapq.heappush(self._coming, (from_day, request.standing.person, next(self._order), request))


def _first_place(day: date, rules: DayRules, zone: tzinfo) -> datetime:
    """The day's first place, in UTC, so that the others follow it one by one also where the clocks change.

    An hour that the change leaves out is taken to be the one after it.
    """
    return datetime.combine(day, rules.at, zone).astimezone(UTC)
