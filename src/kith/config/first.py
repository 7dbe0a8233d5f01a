"""The first config file, written from a few answers: short, commented, and meant to be edited by hand afterwards.

Only what was answered stands in it; the rest is the defaults, and a line says where all keys are explained. Whoever
writes it to disk has it checked first, by :func:`kith.config.load.parse`. No secret ever reaches this room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kith.config.schema import CALENDAR_NAME
from kith.config.written import key, path, whole

_LONGEST_LINE = 100


@dataclass(frozen=True, slots=True)
class FirstCircle:
    """A circle as it was answered; ``at_worst`` is left to its default where None."""

    name: str
    every: str
    at_worst: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """``accounts`` are the keys and values of each, by name, in the order in which they are written."""

    accounts: Mapping[str, Mapping[str, object]]
    calendar_account: str
    calendar_name: str | None = None
    circles: tuple[FirstCircle, ...] = ()
    per_day: int = 3
    timezone: str | None = None
    labels_seen: Sequence[str] = field(default=())


def first_config(answers: FirstAnswers) -> str:
    """The text of the file."""
    return "\n".join(_lines(answers)) + "\n"


def _lines(answers: FirstAnswers) -> Iterator[str]:
    yield "# The config file of kith. `kith check` reports what is wrong in it; changes take effect at the next pass."
    yield "# Every key there is, with its default, stands in config.example.toml, which comes with kith."
    if answers.timezone is not None:
        yield from ("", "# Where a day begins and ends.", f"timezone = {whole(answers.timezone)}")
    for name, account in answers.accounts.items():
        yield from ("", *_account(name, account))
    yield from ("", "[calendar]", "# Where events are written to.", f"account = {whole(answers.calendar_account)}")
    if _has_named_calendars(answers):
        yield "# The calendar there. If there is none of that name, it is made, where the server allows that."
        yield f"name = {whole(answers.calendar_name or CALENDAR_NAME)}"
    yield from ("", "[reach_out]", "# No more than this on one day.", f"per_day = {answers.per_day}")
    yield "# When the first one of a day starts, and on which days."
    yield from ('at = "17:30"', 'days = ["mon", "tue", "wed", "thu", "fri"]')
    yield from ("", *_about_circles(answers))
    for circle in answers.circles:
        yield from ("", *_circle(circle))
    yield from ("", *_ABOUT_PEOPLE)


def _account(name: str, account: Mapping[str, object]) -> Iterator[str]:
    yield f"[{path(('accounts', name))}]"
    for name_of_key, found in account.items():
        if name_of_key == "username" and "password_command" not in account:
            yield "# The password is not in this file; `kith check` says where it is."
        yield f"{key(name_of_key)} = {whole(found)}"


def _has_named_calendars(answers: FirstAnswers) -> bool:
    account = answers.accounts[answers.calendar_account]
    return account["type"] == "dav" and "calendar_url" not in account


def _about_circles(answers: FirstAnswers) -> Iterator[str]:
    yield "# Circles: whoever has one of the labels on their card, in your contacts app, is in the circle. It is time"
    yield "# for the next conversation after `every`, and it should not take longer than `at_worst`."
    if answers.labels_seen:
        yield from _folded("Labels on your cards when this was written: ", answers.labels_seen)


def _folded(start: str, words: Sequence[str]) -> Iterator[str]:
    line = f"# {start}"
    for position, word in enumerate(words):
        part = word + ("," if position < len(words) - 1 else "")
        if len(line) + len(part) > _LONGEST_LINE and line.strip("# "):
            yield line.rstrip()
            line = "# "
        line += f"{part} "
    yield line.rstrip()


def _circle(circle: FirstCircle) -> Iterator[str]:
    yield f"[{path(('circles', circle.name))}]"
    yield f"every = {whole(circle.every)}"
    if circle.at_worst is not None:
        yield f"at_worst = {whole(circle.at_worst)}"
    yield f"labels = {whole(circle.labels)}"


_ABOUT_PEOPLE = (
    "# People: what differs for one of them. `kith set` writes here too.",
    '# [people."Ana Souza"]',
    '# every = "10d"',
)
