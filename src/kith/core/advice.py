"""What the real rhythm with somebody says about the cadence that is set: longer, shorter, or a rest.

Only ever a suggestion: nothing here takes effect without the user's yes. What they answered counts: after a *yes* only
what came since is looked at, after a *no* nothing is suggested until the rhythm has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from kith.core.brief import day_text
from kith.core.model import Cadence, PersonId
from kith.core.period import Period

_IN_A_ROW = 3
_EARLY = 4
_REST = Period(months=3)
_LONGEST = 731
"""In days: a cadence is not made longer than two years."""
_WORTH_IT = 0.85
"""A cadence that would become only a little shorter is left as it is."""
_PASSED = "passed"


class AdviceKind(StrEnum):
    """What is suggested."""

    LONGER = "longer"
    SHORTER = "shorter"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user said to a suggestion of one kind, and on which day."""

    yes: bool
    on: date


@dataclass(frozen=True, slots=True)
class Skip:
    """A round left out: the day that the next one counts from, when that was said, and why."""

    day: date
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Somebody's cadence, and how it really goes; ``talks``, ``attempts`` and ``skips`` in whatever order."""

    person: PersonId
    name: str
    cadence: Cadence
    anchor: date | None = None
    talks: Sequence[date] = ()
    attempts: Sequence[date] = ()
    skips: Sequence[Skip] = ()
    answers: Mapping[AdviceKind, Answer] = field(default_factory=dict)

    @property
    def last(self) -> date | None:
        """When they last talked."""
        return max(self.talks, default=None)


@dataclass(frozen=True, slots=True)
class Advice:
    """One suggestion: another ``every``, or for a rest the day on which they come up again. ``why`` is a sentence."""

    person: PersonId
    name: str
    kind: AdviceKind
    now: Period
    why: str
    every: Period | None = None
    until: date | None = None

    @property
    def what(self) -> str:
        """The suggestion in words."""
        if self.until is not None:
            return f"let it rest until {day_text(self.until)}"
        return f"every {self.every.in_words()}" if self.every else ""


def advise(rhythms: Iterable[Rhythm], today: date) -> tuple[Advice, ...]:
    """At most one suggestion for each, by name; a rest before a longer cadence, and that before a shorter one."""
    found = []
    for rhythm in rhythms:
        advice = _rest(rhythm, today) or _longer(rhythm) or _shorter(rhythm, today)
        if advice is not None:
            found.append(advice)
    return tuple(sorted(found, key=lambda advice: (advice.name.casefold(), advice.person)))


# --- rest -------------------------------------------------------------------------------------------------


def _rest(rhythm: Rhythm, today: date) -> Advice | None:
    """Tried three times or more since the last conversation, and never answered."""
    begin = _begin(rhythm, AdviceKind.REST)
    if begin is None:
        return None
    tried = sorted({day for day in rhythm.attempts if begin < day <= today})
    if len(tried) < _IN_A_ROW:
        return None
    until = max(_REST.after(today), rhythm.cadence.every.after(today))
    why = f"tried {len(tried)} times without an answer, {_days(tried)}; {_last(rhythm)}"
    return Advice(rhythm.person, rhythm.name, AdviceKind.REST, rhythm.cadence.every, why, until=until)


# --- longer -----------------------------------------------------------------------------------------------


def _longer(rhythm: Rhythm) -> Advice | None:
    """Three rounds skipped in a row, or the last one came up again and again and passed unanswered."""
    every = rhythm.cadence.every
    begin = _begin(rhythm, AdviceKind.LONGER)
    if begin is None or every.about_days * 2 > _LONGEST:
        return None
    skips = sorted((skip for skip in rhythm.skips if _since(skip, begin, rhythm)), key=lambda skip: (skip.day, skip.on))
    rounds = _rounds(skips, every)
    if len(rounds) >= _IN_A_ROW:
        why = f"skipped {len(rounds)} times in a row, {_days([skip.day for skip in rounds])}"
    elif rounds and rounds[-1].reason == _PASSED and _is_a_round(rounds[-1], skips, rhythm):
        why = f"came up until {day_text(rounds[-1].day)}, and passed unanswered each time"
    else:
        return None
    twice = Period(every.months * 2, every.days * 2)
    return Advice(rhythm.person, rhythm.name, AdviceKind.LONGER, every, f"{why}; {_last(rhythm)}", every=twice)


def _since(skip: Skip, begin: date, rhythm: Rhythm) -> bool:
    """Whether a skip came after ``begin``; on the very day of a conversation, what is skipped ahead came after it."""
    answer = rhythm.answers.get(AdviceKind.LONGER)
    answered = answer is not None and answer.on == begin
    return skip.on > begin or (skip.on == begin < skip.day and not answered)


def _rounds(skips: Sequence[Skip], every: Period) -> list[Skip]:
    """The last skips that lie a cadence or more apart: those under a shorter cadence say nothing about this one."""
    rounds: list[Skip] = []
    for skip in reversed(skips):
        if rounds and every.after(skip.day) > rounds[0].day:
            break
        rounds.insert(0, skip)
    return rounds


def _is_a_round(skip: Skip, skips: Sequence[Skip], rhythm: Rhythm) -> bool:
    """Whether what was skipped came up by the cadence that holds now."""
    before = [earlier.day for earlier in skips if earlier.day < skip.day]
    bases = [day for day in (rhythm.last, rhythm.anchor, *before) if day is not None and day < skip.day]
    return not bases or rhythm.cadence.every.after(max(bases)) <= skip.day


# --- shorter ----------------------------------------------------------------------------------------------


def _shorter(rhythm: Rhythm, today: date) -> Advice | None:
    """The last four conversations all came before they were due, over a cadence's time at least."""
    every = rhythm.cadence.every
    talks = sorted({day for day in rhythm.talks if day <= today})
    last_five = talks[-_EARLY - 1 :]
    gaps = [(after - before).days for before, after in pairwise(last_five)]
    answer = rhythm.answers.get(AdviceKind.SHORTER)
    if len(gaps) < _EARLY or not all(_early(talks, every)[-_EARLY:]) or every.after(talks[-1]) < today:
        return None
    if answer is not None and not _counts_again(answer, talks, every):
        return None
    suggested = _plain_length(max(sum(sorted(gaps)[1:3]) / 2, every.about_days / 2))
    if sum(gaps) < every.about_days or suggested.about_days > every.about_days * _WORTH_IT:
        return None
    days = _listed([str(gap) for gap in gaps])
    why = f"the last {_EARLY} conversations, until {day_text(talks[-1])}, came after {days} days"
    return Advice(rhythm.person, rhythm.name, AdviceKind.SHORTER, every, why, every=suggested)


def _early(talks: Sequence[date], every: Period) -> list[bool]:
    """For each conversation but the first, whether it came before it was due."""
    return [after < every.after(before) for before, after in pairwise(talks)]


def _counts_again(answer: Answer, talks: Sequence[date], every: Period) -> bool:
    """Whether enough happened since the user answered: four more after a yes; after a no, one that was not early."""
    if answer.yes:
        return sum(day > answer.on for day in talks) >= _EARLY
    since = zip(talks[1:], _early(talks, every), strict=True)
    return any(day > answer.on and not early for day, early in since)


def _plain_length(days: float) -> Period:
    """About so many days, as one would say it: days, weeks or months."""
    if days < 14:
        return Period(days=max(round(days), 1))
    if days < 60:
        return Period(days=round(days / 7) * 7)
    return Period(months=round(days / 30.436875))


# --- what they share --------------------------------------------------------------------------------------


def _begin(rhythm: Rhythm, kind: AdviceKind) -> date | None:
    """After which day things count: the last conversation, or a later yes; None where a no still stands."""
    last = rhythm.last or date.min
    answer = rhythm.answers.get(kind)
    if answer is None or answer.on < last:
        return last
    return answer.on if answer.yes else None


def _last(rhythm: Rhythm) -> str:
    return f"last talked {day_text(rhythm.last)}" if rhythm.last else "not talked yet"


def _days(days: Sequence[date]) -> str:
    """``on 3 Sep, 20 Sep and 4 Oct 2026``; of many, the first and the last."""
    if len(days) > _IN_A_ROW:
        return f"from {day_text(days[0])} to {day_text(days[-1])}"
    return f"on {_listed(list(_with_years_once(days)))}"


def _with_years_once(days: Sequence[date]) -> Iterator[str]:
    for day, after in zip(days, [*days[1:], None], strict=True):
        text = day_text(day)
        yield text if after is None or after.year != day.year else text.removesuffix(f" {day.year}")


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
