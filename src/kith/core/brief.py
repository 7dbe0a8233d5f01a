"""What kith writes into an event: its title, and the brief in its description.

Nothing here depends on today: a day passing must change no event (design section 3, *The event*). What is near is
measured from the event's own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kith.core.model import Cadence, PartialDate, Person
from kith.core.names import first_name
from kith.core.rules import Rules

WRITE_LINE = "— write below this line: what did you talk about? —"
_CONVERSATIONS = 3
_LONGEST_TEXT = 600
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
    """Whom an event is about, with everything worth knowing before reaching out."""

    person: Person
    given: str = ""
    circle: str | None = None
    cadence: Cadence | None = None
    conversations: tuple[Spoken, ...] = ()
    facts: tuple[str, ...] = ()
    notes_so_far: tuple[str, ...] = ()
    remark: str = ""


def title(subject: Subject, rules: Rules) -> str:
    """The event's title by the user's template."""
    text = rules.title.format(
        name=subject.person.name,
        first=first_name(subject.person.name, subject.given),
        circle=subject.circle or "",
    )
    return " ".join(text.split())


def brief(subject: Subject, rules: Rules, day: date) -> str:
    """The description for an event on ``day``, the line to write under included; empty for ``details = "none"``."""
    if rules.details == "none":
        return ""
    if rules.details == "short":
        return "\n".join([*_last_day(subject), WRITE_LINE])
    blocks = (
        [*_why(subject), *_remark(subject)],
        _conversations(subject.conversations),
        _worth_knowing(subject, day),
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
        return [f"{subject.circle}, every {subject.cadence.every.in_words()}"]
    if subject.cadence:
        return [f"every {subject.cadence.every.in_words()}"]
    return []


def _remark(subject: Subject) -> list[str]:
    return [subject.remark] if subject.remark else []


def _last_day(subject: Subject) -> list[str]:
    return [f"Last talked {day_text(spoken.day)}" for spoken in subject.conversations[:1]]


def _conversations(conversations: Sequence[Spoken]) -> list[str]:
    return [
        f"{day_text(spoken.day)}{f' ({spoken.via})' if spoken.via else ''}: {_shortened(spoken.text) or 'talked'}"
        for spoken in conversations[:_CONVERSATIONS]
    ]


def _worth_knowing(subject: Subject, day: date) -> list[str]:
    person = subject.person
    lines = list(subject.facts)
    work = " at ".join(part for part in (person.job_title, person.organisation) if part)
    lines += [work] if work else []
    for name, when in (("Birthday", person.birthday), ("Anniversary", person.anniversary)):
        if when is not None and next_anniversary(when, day) - day <= _NEAR:
            lines.append(f"{name} {partial_day_text(when)}")
    return lines


def _ways_to_reach(person: Person) -> list[str]:
    phones = [f"{phone.label.capitalize() or 'Phone'}: {phone.value}" for phone in person.phones[:3]]
    mails = [f"Mail: {mail.value}" for mail in person.emails[:2]]
    return phones + mails


def _shortened(text: str) -> str:
    """One line, cut at a word, so that a long note does not bury the line to write under."""
    flat = " / ".join(line.strip() for line in text.splitlines() if line.strip())
    if len(flat) <= _LONGEST_TEXT:
        return flat
    return flat[:_LONGEST_TEXT].rsplit(" ", 1)[0] + " …"
