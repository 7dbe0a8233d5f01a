"""What the tables of a config must be to each other: references, folders that collide, days that overflow.

The checks run on a :class:`Draft`, the part of a file that could be read, so that one wrong key does not
hide the rest. A check stays silent where what was left out might have answered it: a problem is reported
once, at its root.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from kith.config.accounts import Account, FolderAccount, ServerAccount
from kith.config.schema import Config
from kith.config.written import Loc, nearest, path, value
from kith.core.model import IMPORTED


class Finding(NamedTuple):
    """Something wrong at a place of the file, in a sentence that can stand behind the place's name."""

    loc: Loc
    sentence: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A config as far as it could be read, and the places that were left out to get there."""

    config: Config
    left_out: frozenset[Loc]

    def is_sure_of(self, *loc: str | int) -> bool:
        """Whether nothing was left out at ``loc``, around it or inside it."""
        return is_apart(loc, self.left_out)

    def names(self, table: Literal["accounts", "circles"]) -> tuple[str, ...]:
        """What stands under ``table`` in the file, whether or not it could be read."""
        read = self.config.accounts if table == "accounts" else self.config.circles
        unread = (str(loc[1]) for loc in self.left_out if loc[0] == table and len(loc) > 1)
        return tuple(dict.fromkeys((*read, *sorted(unread))))


def is_apart(loc: Loc, others: Iterable[Loc]) -> bool:
    """Whether none of ``others`` is at ``loc``, around it or inside it."""
    return not any(loc[: len(other)] == other[: len(loc)] for other in others)


def findings(draft: Draft) -> Iterator[Finding]:
    """Everything that the tables' own models could not see."""
    yield from _account_names(draft)
    yield from _calendar_account(draft)
    yield from _calendar_name(draft)
    yield from _watched_calendars(draft)
    yield from _places_shared(draft, "calendar")
    yield from _places_shared(draft, "subscribe")
    yield from _subscriptions(draft)
    yield from _marks_shared(draft)
    yield from _days_too_short(draft)
    yield from _circles_unknown(draft)
    yield from _windows_closed(draft)


def _account_names(draft: Draft) -> Iterator[Finding]:
    for name in draft.names("accounts"):
        if name.startswith(IMPORTED):
            sentence = f"must not begin with {value(IMPORTED)}: people out of files are kept there"
            yield Finding(("accounts", name), sentence)


def _calendar_account(draft: Draft) -> Iterator[Finding]:
    named, able = draft.config.calendar.account, draft.config.accounts_with_a_calendar
    place = ("calendar", "account")
    if named is None:
        if draft.is_sure_of(*place) and draft.is_sure_of("accounts") and len(able) != 1:
            yield Finding(place, _which_calendar(able))
    elif named not in able and draft.is_sure_of("accounts", named):
        if named in draft.config.accounts:
            sentence = f"{value(named)} has no calendar; give it one, or name another account"
        else:
            sentence = f"there is no account {value(named)}{_suggestion(named, draft.names('accounts'))}"
        yield Finding(place, sentence)


def _which_calendar(able: tuple[str, ...]) -> str:
    if not able:
        return "there is no calendar to write to; give one account a calendar"
    return f"several accounts have a calendar; name the one to write to: {_any_of(able)}"


def _calendar_name(draft: Draft) -> Iterator[Finding]:
    """Only where there are several calendars to tell apart has one a name."""
    place = ("calendar", "name")
    if "name" not in draft.config.calendar.model_fields_set or not draft.is_sure_of("calendar", "account"):
        return
    able = draft.config.accounts_with_a_calendar
    named = draft.config.calendar.account or (able[0] if len(able) == 1 else "")
    match draft.config.accounts.get(named):
        case FolderAccount():
            yield Finding(place, f"{path(('accounts', named))} is a folder, whose calendar has no name; take it out")
        case ServerAccount(calendar_url=str()):
            calendar_url = path(("accounts", named, "calendar_url"))
            yield Finding(place, f"and {calendar_url} both say which calendar is meant; keep one of the two")


def _watched_calendars(draft: Draft) -> Iterator[Finding]:
    """Each must be some account's; whether there is such a calendar, only the account knows."""
    if not draft.is_sure_of("accounts"):
        return
    able = draft.config.accounts_with_a_calendar
    for position, calendar in enumerate(draft.config.meetings.calendars):
        if draft.config.place_of(calendar) is not None:
            continue
        account, slash, name = calendar.partition("/")
        if slash and account in draft.config.accounts:
            words = "has no calendar" if name.strip() else "is an account; put the calendar's name behind the slash"
            sentence = f"{value(account)} {words}"
        elif slash and able:
            sentence = f"there is no account {value(account)}{_suggestion(account, able)}"
        elif able:
            examples = _any_of(tuple(f"{one}/{calendar}" for one in able))
            sentence = f"{value(calendar)} may be in several accounts; write {examples}"
        else:
            sentence = f"no account has a calendar, so {value(calendar)} is nowhere"
        yield Finding(("meetings", "calendars", position), sentence)


def _places_shared(draft: Draft, key: Literal["calendar", "subscribe"]) -> Iterator[Finding]:
    owners: dict[Path, str] = {}
    for name, account in _folders(draft.config.accounts):
        place = account.calendar if key == "calendar" else account.subscribe
        if place is None:
            continue
        owner = owners.setdefault(_real(place), name)
        if owner != name:
            yield Finding(("accounts", name, key), f"is the same place as {path(('accounts', owner, key))}")


def _subscriptions(draft: Draft) -> Iterator[Finding]:
    for name, account in _folders(draft.config.accounts):
        place = ("accounts", name, "subscribe")
        if account.subscribe is None:
            continue
        if account.calendar is None and draft.is_sure_of("accounts", name, "calendar"):
            yield Finding(place, "needs a calendar in the same account, whose events it repeats")
        if account.subscribe.suffix.lower() != ".ics":
            yield Finding(place, f"must be a file that ends in .ics, got {value(account.subscribe.name)}")
        for sentence in _overwritten(_real(account.subscribe), draft.config.accounts):
            yield Finding(place, sentence)


def _folders(accounts: Mapping[str, Account]) -> Iterator[tuple[str, FolderAccount]]:
    return ((name, account) for name, account in accounts.items() if isinstance(account, FolderAccount))


def _overwritten(subscribe: Path, accounts: Mapping[str, Account]) -> Iterator[str]:
    """Each pass writes the subscription anew: nothing that kith reads may stand at its place."""
    for name, account in _folders(accounts):
        if account.calendar is not None and subscribe.is_relative_to(_real(account.calendar)):
            calendar = path(("accounts", name, "calendar"))
            yield f"must be outside {calendar}, or kith would read its own copy back"
        if account.contacts is not None and subscribe == _real(account.contacts):
            yield f"would overwrite {path(('accounts', name, 'contacts'))}"


def _marks_shared(draft: Draft) -> Iterator[Finding]:
    done = {mark.casefold() for mark in draft.config.calendar.done_marks}
    for position, mark in enumerate(draft.config.calendar.tried_marks):
        place = ("calendar", "tried_marks", position)
        if mark.casefold() in done and draft.is_sure_of("calendar", "done_marks"):
            yield Finding(place, f"{value(mark)} is one of done_marks already")


def _days_too_short(draft: Draft) -> Iterator[Finding]:
    reach_out, keys = draft.config.reach_out, ("per_day", "duration", "at")
    left = timedelta(hours=24 - reach_out.at.hour, minutes=-reach_out.at.minute)
    room = left // reach_out.duration
    if reach_out.per_day > room and all(draft.is_sure_of("reach_out", key) for key in keys):
        blamed = next(key for key in keys if key in reach_out.model_fields_set)
        fitting = f"only {room} would" if room else "not even one would"
        start = f"{reach_out.at:%H:%M}"
        sentence = f"{reach_out.per_day} a day do not fit between {start} and midnight; {fitting}"
        yield Finding(("reach_out", blamed), sentence)


def _circles_unknown(draft: Draft) -> Iterator[Finding]:
    known = draft.names("circles")
    for who, person in draft.config.people.items():
        if person.circle is not None and person.circle not in known and draft.is_sure_of("circles", person.circle):
            sentence = f"there is no circle {value(person.circle)}{_suggestion(person.circle, known)}"
            yield Finding(("people", who, "circle"), sentence)
    for number, name in enumerate(draft.config.dates.circles or ()):
        if name not in known and draft.is_sure_of("circles", name):
            sentence = f"there is no circle {value(name)}{_suggestion(name, known)}"
            yield Finding(("dates", "circles", number), sentence)


def _windows_closed(draft: Draft) -> Iterator[Finding]:
    """A person's ``at_worst`` that is shorter than the ``every`` they get from the circle they are put in."""
    for who, person in draft.config.people.items():
        circle = draft.config.circles.get(person.circle or "")
        if circle is None or person.at_worst is None or not draft.is_sure_of("people", who, "every"):
            continue
        if person.every is None and person.at_worst.about_days < circle.every.about_days:
            every = path(("circles", str(person.circle), "every"))
            sentence = f"{person.at_worst.in_words()} is shorter than {every}, {circle.every.in_words()}"
            yield Finding(("people", who, "at_worst"), sentence)


def _suggestion(word: str, known: tuple[str, ...]) -> str:
    meant = nearest(word, known)
    if meant is not None:
        return f"; did you mean {value(meant)}?"
    return f"; there is {_any_of(known)}" if known else ""


def _any_of(names: tuple[str, ...]) -> str:
    *most, last = map(value, names)
    return f"{', '.join(most)} or {last}" if most else last


def _real(place: Path) -> Path:
    """Where a path leads once links are followed, so that two names of one place are seen to be the same."""
    return Path(os.path.realpath(place))
