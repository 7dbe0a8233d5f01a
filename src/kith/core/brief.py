"""What kith writes into an event: its title, and the brief in its description.

Nothing here depends on today: a day passing must change no event (design section 3, *The event*). What is near is
measured from the event's own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.event import printable
from kith.core.model import Cadence, PartialDate, Person
from kith.core.names import first_name
from kith.core.rules import Rules

WRITE_LINE = "— write below this line: what did you talk about? —"
_CONVERSATIONS = 3
_FACTS = 12
_PHONES = 3
_MAILS = 2
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
    about, promises not kept yet, what was meant for the next time, what changed on the card, news to tell, and whom
    to introduce.
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
    promises: tuple[str, ...] = ()
    for_next: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    introductions: tuple[str, ...] = ()


def title(subject: Subject, rules: Rules) -> str:
    """The event's title by the user's template."""
    text = rules.title.format(
        name=subject.person.name,
        first=first_name(subject.person.name, subject.given),
        circle=subject.circle or "",
    )
    return " ".join(printable(text).split())


def brief(subject: Subject, rules: Rules, day: date) -> str:
    """The description for an event on ``day``, the line to write under included; empty for ``details = "none"``."""
    if rules.details == "none":
        return ""
    if rules.details == "short":
        return "\n".join([*_last_day(subject), WRITE_LINE])
    blocks = (
        [*_why(subject), *_remark(subject), *_lines(subject.understood), *_lines(subject.questions)],
        _conversations(subject.conversations),
        [*_lines(subject.promises), *_lines(subject.for_next)],
        [*_worth_knowing(subject, day), *_lines(subject.changes)],
        [*_lines(subject.news), *_lines(subject.introductions)],
        _ways_to_reach(subject.person),
    )
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return f"{text}\n\n{WRITE_LINE}" if text else WRITE_LINE


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
    if subject.circle and subject.cadence:
        return [_one_line(f"{subject.circle}, every {subject.cadence.every.in_words()}")]
    if subject.cadence:
        return [f"every {subject.cadence.every.in_words()}"]
    return []


def _remark(subject: Subject) -> list[str]:
    return [_one_line(subject.remark)] if subject.remark else []


def _lines(lines: Sequence[str]) -> list[str]:
    return [line for line in map(_one_line, lines) if line]


def _last_day(subject: Subject) -> list[str]:
    return [f"Last talked {day_text(spoken.day)}" for spoken in subject.conversations[:1]]


def _conversations(conversations: Sequence[Spoken]) -> list[str]:
    return [
        f"{day_text(spoken.day)}{f' ({spoken.via})' if spoken.via else ''}: "
        f"{_one_line(spoken.text, _LONGEST_TEXT) or 'talked'}"
        for spoken in conversations[:_CONVERSATIONS]
    ]


def _worth_knowing(subject: Subject, day: date) -> list[str]:
    person = subject.person
    work = " at ".join(part for part in (person.job_title, person.organisation) if part)
    lines = [line for line in map(_one_line, (*subject.facts[-_FACTS:], work)) if line]
    for name, when in (("Birthday", person.birthday), ("Anniversary", person.anniversary)):
        if when is not None and next_anniversary(when, day) - day <= _NEAR:
            lines.append(f"{name} {partial_day_text(when)}")
    return lines


def _ways_to_reach(person: Person) -> list[str]:
    phones = [f"{phone.label.capitalize() or 'Phone'}: {phone.value}" for phone in person.phones[:_PHONES]]
    mails = [f"Mail: {mail.value}" for mail in person.emails[:_MAILS]]
    return [_one_line(way) for way in phones + mails]


def _one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """One line, cut at a word, so that a long note does not bury the line to write under."""
    lines = (printable(line).strip() for line in text.splitlines())
    flat = " / ".join(line for line in lines if line)
    if len(flat) <= longest:
        return flat
    return flat[:longest].rsplit(" ", 1)[0] + " …"
