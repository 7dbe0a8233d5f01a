"""What kith writes into an event: its title, and the brief in its description.

Nothing here depends on today: a day passing must change no event (design section 3, *The event*). What is near is
measured from the event's own day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.event import printable
from kith.core.model import Cadence, PartialDate, Person
from kith.core.names import first_name
from kith.core.rules import PLACE, Rules
from kith.core.timely import Timely
from kith.core.typed import Order, parse, without_facets
from kith.core.ways import ways_to_reach

WRITE_LINE = "— write below this line: what did you talk about? —"
LONGEST = 4000
"""Characters of a brief, without the line to write under: Google takes twice as many, for what is typed as well."""

_CONVERSATIONS = 3
_FACTS = 12
_LINES = 8
_BOUNDS = (
    *((conversations, _FACTS, _LINES) for conversations in range(_CONVERSATIONS, 0, -1)),
    *((1, facts, _LINES) for facts in range(_FACTS - 1, -1, -1)),
    *((1, 0, lines) for lines in range(_LINES - 1, -1, -1)),
)
"""How many conversations, facts and lines of other lists there are at most, until it fits."""

_ELSEWHERE = (Order.PROMISE, Order.KEPT, Order.FOR_NEXT, Order.EVERY, Order.NEXT)
_LONGEST_TEXT = 600
_LONGEST_LINE = 200
_NEAR = timedelta(days=21)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A conversation as a brief shows it. ``via`` is empty where nobody said how."""

    day: date
    via: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an event is about, with everything worth knowing before reaching out.

    From ``understood`` on, everything is ready lines: what kith made of the orders in the last text, what it asks
    about (``asked`` from some day on), promises not kept yet, what was meant for the next time, what changed on the
    card, news to tell, and whom to introduce. ``named_day`` is one that the user named for this reach-out.
    """

    person: Person
    given: str = ""
    circle: str | None = None
    cadence: Cadence | None = None
    conversations: tuple[Spoken, ...] = ()
    facts: tuple[str, ...] = ()
    remark: str = ""
    understood: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    asked: tuple[Timely, ...] = ()
    promises: tuple[str, ...] = ()
    for_next: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    news: tuple[Timely, ...] = ()
    introductions: tuple[Timely, ...] = ()
    named_day: date | None = None


def title(subject: Subject, rules: Rules) -> str:
    """The event's title by the user's template."""
    text = rules.title.format(
        name=subject.person.name,
        first=first_name(subject.person.name, subject.given),
        circle=subject.circle or "",
    )
    return " ".join(printable(text).split())


def brief(subject: Subject, rules: Rules, day: date) -> str:
    """The description for an event on ``day``, the line to write under included; empty for ``details = "none"``.

    It follows the user's template, and is bounded: where there is too much to say, the oldest conversations give way
    first, then the oldest facts, then what is last in the other lists.
    """
    if rules.details == "none":
        return ""
    if rules.details == "short":
        return "\n".join([*_last_day(subject), WRITE_LINE])
    text = ""
    for conversations, facts, lines in _BOUNDS:
        text = _filled(rules.brief, _blocks(subject, rules, day, conversations, facts, lines))
        if len(text) <= LONGEST:
            break
    return f"{text}\n\n{WRITE_LINE}" if text else WRITE_LINE


def _blocks(
    subject: Subject, rules: Rules, day: date, conversations: int, facts: int, lines: int
) -> dict[str, Sequence[str]]:
    """What may stand in the places of a template, by their names."""
    person = subject.person
    return {
        "name": [_one_line(person.name)],
        "first": [_one_line(first_name(person.name, subject.given))],
        "why": [*_why(subject), *_remark(subject)],
        "understood": _lines(subject.understood, lines),
        "questions": _lines([*subject.questions, *for_day(subject.asked, day)], lines),
        "conversations": _conversations(subject.conversations[:conversations]),
        "promises": _lines(subject.promises, lines),
        "for_next": [*_lines(subject.for_next, lines), *_lines(subject.notes, lines)],
        "facts": [*(_lines(subject.facts[-facts:], facts) if facts else ()), *_work(person)],
        "dates": _dates(person, day),
        "changes": _lines(subject.changes, lines),
        "news": for_day(subject.news, day, min(lines, rules.giving.news)),
        "introductions": for_day(subject.introductions, day, lines),
        "ways": ways_to_reach(person, rules.region),
    }


def _filled(template: str, blocks: Mapping[str, Sequence[str]]) -> str:
    """The template with its places filled: what has nothing to say goes with its line, or with its whole paragraph."""
    paragraphs = (_paragraph(part, blocks) for part in re.split(r"\n\s*\n", template.strip()))
    return "\n\n".join(filter(None, paragraphs))


def _paragraph(part: str, blocks: Mapping[str, Sequence[str]]) -> str:
    telling = [name for name in PLACE.findall(part) if name not in ("name", "first")]
    if telling and not any(blocks[name] for name in telling):
        return ""
    lines = []
    for line in part.splitlines():
        here = PLACE.findall(line)
        if not here:
            lines.append(_one_line(line))
        elif any(blocks[name] for name in here):
            lines += PLACE.sub(lambda place: "\n".join(blocks[place[1]]), line).splitlines()
    return "\n".join(text for line in lines if (text := line.rstrip()))


def day_text(day: date) -> str:
    """A day as kith writes it everywhere a year matters: ``3 Oct 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def partial_day_text(when: PartialDate) -> str:
    """``14 Dec``, or ``14 Dec 1980`` where the year is known."""
    year = f" {when.year}" if when.year else ""
    return f"{when.day} {_MONTHS[when.month - 1]}{year}"


def next_anniversary(when: PartialDate, after: date) -> date:
    """The first day on or after ``after`` on which a yearly date falls; 29 February falls on 1 March in other years."""
    for year in (after.year, after.year + 1):
        try:
            day = date(year, when.month, when.day)
        except ValueError:
            day = date(year, 3, 1)
        if day >= after:
            return day
    return date(after.year + 1, when.month, when.day)


def _why(subject: Subject) -> list[str]:
    """Why this person now, by days that do not change as time goes by."""
    if subject.cadence is None:
        return []
    every = f"every {subject.cadence.every.in_words()}"
    parts = [f"{subject.circle}, {every}" if subject.circle else every]
    if subject.named_day is not None:
        parts.append(f"you named {day_text(subject.named_day)}")
    elif subject.conversations:
        parts.append(f"last talked {day_text(subject.conversations[0].day)}")
    return [_one_line("; ".join(parts))]


def _remark(subject: Subject) -> list[str]:
    return [_one_line(subject.remark)] if subject.remark else []


def _lines(lines: Sequence[str], most: int = _LINES) -> list[str]:
    return [line for line in map(_one_line, lines) if line][:most]


def for_day(lines: Sequence[Timely], day: date, most: int = _LINES) -> list[str]:
    """The first of those lines that belong into an event of that day."""
    return _lines([line.text for line in lines if line.fits(day)], most)


def _last_day(subject: Subject) -> list[str]:
    return [f"Last talked {day_text(spoken.day)}" for spoken in subject.conversations[:1]]


def _conversations(conversations: Sequence[Spoken]) -> list[str]:
    return [
        f"{day_text(spoken.day)}{f' ({spoken.via})' if spoken.via else ''}: "
        f"{_one_line(tale(spoken), _LONGEST_TEXT) or 'talked'}"
        for spoken in conversations
    ]


def tale(spoken: Spoken) -> str:
    """What was talked about, without the lines that a brief shows in other places or that have done their work."""
    return "\n".join(line.typed for line in parse(spoken.text, spoken.day).lines if line.order not in _ELSEWHERE)


def _work(person: Person) -> list[str]:
    return _lines([" at ".join(part for part in (person.job_title, person.organisation) if part)])


def _dates(person: Person, day: date) -> list[str]:
    """Birthday and anniversary, where they are near the event."""
    return [
        f"{name} {partial_day_text(when)}"
        for name, when in (("Birthday", person.birthday), ("Anniversary", person.anniversary))
        if when is not None and next_anniversary(when, day) - day <= _NEAR
    ]


def _one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """One line without facets, cut at a word, so that a long note does not bury the line to write under."""
    lines = (without_facets(printable(line)).strip() for line in text.splitlines())
    flat = " / ".join(line for line in lines if line)
    if len(flat) <= longest:
        return flat
    return flat[:longest].rsplit(" ", 1)[0] + " …"


# --- for events that are about something else ---------------------------------------------------------------


def described(blocks: Sequence[Sequence[str]], write_line: str) -> str:
    """A description made of blocks of lines, with the line to write under at its end."""
    ready = ["\n".join(_lines(block, len(block))) for block in blocks]
    return "\n\n".join([*filter(None, ready), write_line])


def about(person: Person, region: str) -> list[str]:
    """Who somebody is and how to reach them, in a few lines. ``region`` is where national numbers are dialled."""
    work = " at ".join(part for part in (person.job_title, person.organisation) if part)
    return [f"{person.name}: {work}" if work else person.name, *ways_to_reach(person, region)]
