"""What ``kith report`` shows: who is on the list, and who was really talked to, over time.

Everything is counted from values, in whatever order they come. Days are in the user's time zone. Cadences are those
that hold today: what was promised earlier under others is not known any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kith.core.facets import Facet, FacetKey, Spread, spreads
from kith.core.model import Cadence, PersonId
from kith.core.period import Period

_MONTHS_AT_MOST = 24
"""A longer look back is shown by years."""
_SILENCES = 12
_BESIDE = 12


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of somebody's; several people's with the same ``number`` are one."""

    number: int
    day: date


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody, as far as noticing goes; ``circle`` and ``cadence`` are today's.

    ``known_since`` is when kith first heard of them; ``gave`` and ``got`` are the days on which something was given
    or received.
    """

    person: PersonId
    name: str
    listed: bool = True
    paused: bool = False
    circle: str | None = None
    cadence: Cadence | None = None
    known_since: date | None = None
    anchor: date | None = None
    talks: tuple[Talk, ...] = ()
    attempts: tuple[date, ...] = ()
    skips: tuple[date, ...] = ()
    gave: tuple[date, ...] = ()
    got: tuple[date, ...] = ()
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A month or a year, or the part of it that was looked at; both days included.

    ``listed`` are those on today's list who were known by its end. ``talked`` are people, each once.
    """

    first: date
    last: date
    listed: int
    talked: int
    conversations: int
    attempts: int
    skips: int


@dataclass(frozen=True, slots=True)
class Kept:
    """How a circle's cadence was kept: conversations that came in time and too late, and silences too long by now."""

    circle: str | None
    people: int
    kept: int
    late: int
    silent: int

    @property
    def slipped(self) -> int:
        """How often it was not kept."""
        return self.late + self.silent

    @property
    def share(self) -> float | None:
        """How much of it was kept, from 0 to 1; None where there was nothing to keep yet."""
        whole = self.kept + self.slipped
        return self.kept / whole if whole else None


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody on the list not talked to for ``days``, which is longer than their cadence asks for.

    Where ``last`` is None, they were never talked to since kith knows them.
    """

    person: PersonId
    name: str
    circle: str | None
    last: date | None
    days: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """How often something was given to somebody, and received from them."""

    person: PersonId
    name: str
    gave: int
    got: int


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody who was talked to and is not on the list."""

    person: PersonId
    name: str
    conversations: int
    last: date


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to see between two days, both included.

    ``spans`` begin where somebody was on the list. ``beside_people`` counts all who were talked to and are not on it,
    ``beside`` has the first of them; ``without`` is, for each name of a facet, how many on the list have none of that
    name.
    """

    since: date
    today: date
    listed: int
    talked: int
    conversations: int
    attempts: int
    skips: int
    by_year: bool
    spans: tuple[Span, ...]
    kept: tuple[Kept, ...]
    silences: tuple[Silence, ...]
    exchanges: tuple[Exchange, ...]
    facets: tuple[Spread, ...]
    without: Mapping[str, int]
    beside_people: int
    beside: tuple[Beside, ...]

    @property
    def gave(self) -> int:
        """How often something was given."""
        return sum(exchange.gave for exchange in self.exchanges)

    @property
    def got(self) -> int:
        """How often something was received."""
        return sum(exchange.got for exchange in self.exchanges)


def notice(
    lives: Iterable[Life],
    since: date,
    today: date,
    circles: Sequence[str] = (),
    targets: Mapping[FacetKey, float] | None = None,
) -> Report:
    """Count what happened between two days. ``circles`` gives the order in which they are shown."""
    everybody = sorted(lives, key=lambda life: (life.name.casefold(), life.person))
    members = [life for life in everybody if life.listed]
    others = [life for life in everybody if not life.listed]
    by_year = _months_between(since, today) > _MONTHS_AT_MOST
    spans = tuple(_begun(list(_spans(members, since, today, by_year=by_year))))
    beside = sorted(_beside(others, since, today), key=lambda one: (-one.conversations, -one.last.toordinal()))
    facets = spreads(((life.facets, _talked_to(life, since, today)) for life in members), targets or {})
    return Report(
        since=since,
        today=today,
        listed=len(members),
        talked=sum(_talked_to(life, since, today) for life in members),
        conversations=sum(span.conversations for span in spans),
        attempts=sum(span.attempts for span in spans),
        skips=sum(span.skips for span in spans),
        by_year=by_year,
        spans=spans,
        kept=_kept_by_circle(members, since, today, circles),
        silences=_silences(members, today),
        exchanges=_exchanges(everybody, since, today),
        facets=facets,
        without=_without(members, facets),
        beside_people=len(beside),
        beside=tuple(beside[:_BESIDE]),
    )


# --- over time --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    """What happened in one month or year."""

    people: set[PersonId] = field(default_factory=set)
    conversations: set[int] = field(default_factory=set)
    attempts: int = 0
    skips: int = 0


def _spans(members: Sequence[Life], since: date, today: date, *, by_year: bool) -> Iterator[Span]:
    tallies: dict[date, _Tally] = defaultdict(_Tally)
    for life in members:
        for talk in life.talks:
            if since <= talk.day <= today:
                tally = tallies[_begin(talk.day, by_year=by_year)]
                tally.people.add(life.person)
                tally.conversations.add(talk.number)
        for day in life.attempts:
            tallies[_begin(day, by_year=by_year)].attempts += since <= day <= today
        for day in life.skips:
            tallies[_begin(day, by_year=by_year)].skips += since <= day <= today
    known = [_known_since(life) for life in members]
    for first, last in _ends(since, today, by_year=by_year):
        tally = tallies[_begin(first, by_year=by_year)]
        listed = sum(day <= last for day in known)
        yield Span(*(first, last, listed, len(tally.people), len(tally.conversations)), tally.attempts, tally.skips)


def _begun(spans: Sequence[Span]) -> Sequence[Span]:
    """Without those from before anybody was on the list or tried; the last one is there in any case."""
    first = next((place for place, span in enumerate(spans) if span.listed or span.attempts or span.skips), -1)
    return spans[first:]


def _begin(day: date, *, by_year: bool) -> date:
    """The first day of the month or year."""
    return day.replace(month=1, day=1) if by_year else day.replace(day=1)


def _ends(since: date, today: date, *, by_year: bool) -> Iterator[tuple[date, date]]:
    """The first and the last day of each month or year, as far as they are looked at."""
    length = Period(months=12) if by_year else Period(months=1)
    first = since
    while first <= today:
        after = length.after(_begin(first, by_year=by_year))
        yield first, min(after - timedelta(days=1), today)
        first = after


def _known_since(life: Life) -> date:
    """When kith heard of them, or they first talked."""
    if life.known_since is None:
        return date.min
    return min((life.known_since, *(talk.day for talk in life.talks)))


def _talked_to(life: Life, first: date, last: date) -> bool:
    return any(first <= talk.day <= last for talk in life.talks)


def _months_between(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month


# --- cadences ---------------------------------------------------------------------------------------------


def _kept_by_circle(members: Sequence[Life], since: date, today: date, circles: Sequence[str]) -> tuple[Kept, ...]:
    groups: dict[str | None, list[Life]] = defaultdict(list)
    for life in members:
        if life.cadence is not None:
            groups[life.circle].append(life)
    order = {circle: position for position, circle in enumerate(circles)}
    names = sorted(groups, key=lambda name: (name is None, order.get(name or "", len(order)), name or ""))
    found = []
    for name in names:
        counted = [_kept(life, life.cadence, since, today) for life in groups[name] if life.cadence is not None]
        kept, late, silent = (sum(column) for column in zip(*counted, strict=True))
        found.append(Kept(name, len(counted), kept, late, silent))
    return tuple(found)


def _kept(life: Life, cadence: Cadence, since: date, today: date) -> tuple[int, int, int]:
    """Conversations in time, those too late, and whether it is silent for too long by now (not while paused).

    In time is by ``at_worst`` after the conversation before, or after the anchor. What was before kith knew somebody
    was promised by nobody.
    """
    kept = late = 0
    base = life.anchor
    for day in sorted({talk.day for talk in life.talks if talk.day <= today}):
        if base is not None and day >= max(since, life.known_since or since):
            in_time = day <= cadence.at_worst.after(base)
            kept, late = kept + in_time, late + (not in_time)
        base = max(day, base or day)
    silent = base is not None and not life.paused and cadence.at_worst.after(base) < today
    return kept, late, int(silent)


def _silences(members: Sequence[Life], today: date) -> tuple[Silence, ...]:
    found = []
    for life in members:
        if life.cadence is None or life.paused:
            continue
        last = max((talk.day for talk in life.talks if talk.day <= today), default=None)
        begin = last or life.known_since or life.anchor
        if begin is not None and life.cadence.every.after(begin) < today:
            found.append(Silence(life.person, life.name, life.circle, last, (today - begin).days))
    return tuple(sorted(found, key=lambda silence: -silence.days)[:_SILENCES])


# --- the rest ---------------------------------------------------------------------------------------------


def _exchanges(everybody: Sequence[Life], since: date, today: date) -> tuple[Exchange, ...]:
    found = [
        Exchange(
            life.person,
            life.name,
            sum(since <= day <= today for day in life.gave),
            sum(since <= day <= today for day in life.got),
        )
        for life in everybody
    ]
    given = [exchange for exchange in found if exchange.gave or exchange.got]
    return tuple(sorted(given, key=lambda exchange: -exchange.gave - exchange.got))


def _beside(others: Sequence[Life], since: date, today: date) -> Iterator[Beside]:
    for life in others:
        days = [talk.day for talk in life.talks if since <= talk.day <= today]
        if days:
            yield Beside(life.person, life.name, len(days), max(days))


def _without(members: Sequence[Life], facets: Sequence[Spread]) -> dict[str, int]:
    names = dict.fromkeys(_name(spread.facet) for spread in facets)
    return {name: sum(name not in map(_name, life.facets) for life in members) for name in names}


def _name(facet: Facet) -> str:
    return facet.name.casefold()
