"""What changed on somebody's cards, in plain words: a new job, a move, a new number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kith.core.model import Person

_MOST = 4
FIELDS = ("name", "organisation", "job_title", "city", "phones", "emails")
"""The fields of a card whose changes are worth telling."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field of one card, as it was before and after; several values are separated by commas."""

    on: date
    field: str
    before: str
    after: str


def news_of(person: Person, changes: Iterable[Changed], since: date | None) -> tuple[str, ...]:
    """What is new about somebody since a day, newest last; nothing where one has never talked.

    A change counts while the cards still say so, and from the first state since that day to the last.
    """
    if since is None:
        return ()
    first: dict[str, str] = {}
    for change in changes:
        if change.on >= since:
            first.setdefault(change.field, change.before)
    lines = [
        *_job(person, first),
        *_line("Moved to {now}", person.city, first.get("city"), "was in {before}"),
        *_new("New number", (phone.value for phone in person.phones), first.get("phones")),
        *_new("New address", (mail.value for mail in person.emails), first.get("emails")),
        *_line("Called {now} now", person.name, first.get("name"), "was {before}"),
    ]
    return tuple(lines[:_MOST])


def _job(person: Person, first: dict[str, str]) -> list[str]:
    """The job and where it is, told once."""
    if "organisation" not in first and "job_title" not in first:
        return []
    before = _at(first.get("job_title", person.job_title), first.get("organisation", person.organisation))
    now = _at(person.job_title, person.organisation)
    return _line("New job: {now}", now, before, "was {before}")


def _at(title: str, organisation: str) -> str:
    return " at ".join(part for part in (title, organisation) if part)


def _line(words: str, now: str, before: str | None, was: str) -> list[str]:
    if before is None or not now or now.casefold() == before.casefold():
        return []
    told = words.replace("{now}", now)
    return [f"{told} ({was.replace('{before}', before)})" if before else told]


def _new(words: str, values: Iterable[str], before: str | None) -> list[str]:
    if before is None:
        return []
    known = {_bare(value) for value in before.split(",")}
    return [f"{words}: {value}" for value in values if _bare(value) not in known]


def _bare(value: str) -> str:
    return "".join(char for char in value.casefold() if char.isalnum() or char in "@+")
