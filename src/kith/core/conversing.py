"""Which meetings were conversations, and with whom (design section 3, *Meetings*).

A past meeting in which somebody takes part is one, if the user did not decline, it was not cancelled or all-day, and it
was small enough. A name in its title only makes a question. No clock: *now* is an argument.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from kith.core import plain
from kith.core.event import AllDay, When
from kith.core.meetings import Answer, Guest, Kind, Meeting
from kith.core.model import Person, PersonId
from kith.core.names import fold
from kith.core.typed import Order, parse

VIA = "meeting"
_ALMOST_A_DAY = timedelta(hours=23)
_MOST_WORDS = 6
_NO_PERSON = ("@group.calendar.google.com", "@resource.calendar.google.com", "@calendar.google.com")


# --- who is who -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Directory:
    """Whose an address or a name is. What is several people's is nobody's: it does not say who came."""

    emails: Mapping[str, PersonId]
    names: Mapping[str, PersonId]

    def named_in(self, title: str) -> tuple[PersonId, ...]:
        """Everybody whose full name stands in a title; of names inside each other the longest."""
        words = fold(title).split()
        found: list[PersonId] = []
        position = 0
        while position < len(words):
            lengths = range(min(_MOST_WORDS, len(words) - position), 1, -1)
            names = (" ".join(words[position : position + length]) for length in lengths)
            name = next((name for name in names if name in self.names), "")
            if name:
                found.append(self.names[name])
            position += max(1, len(name.split()))
        return tuple(dict.fromkeys(found))


def directory(people: Iterable[Person]) -> Directory:
    """The addresses and full names of these people."""
    emails: dict[str, set[PersonId]] = defaultdict(set)
    names: dict[str, set[PersonId]] = defaultdict(set)
    for person in people:
        for mail in person.emails:
            emails[plain.email(mail.value)].add(person.id)
        for name in (person.name, *person.nicknames):
            if " " in fold(name):
                names[fold(name)].add(person.id)
    return Directory(
        emails={email: min(who) for email, who in emails.items() if email and len(who) == 1},
        names={name: min(who) for name, who in names.items() if len(who) == 1},
    )


# --- what counts ------------------------------------------------------------------------------------------


class Why(StrEnum):
    """What a meeting comes to, or why to nothing."""

    COUNTS = "counts"
    AHEAD = "ahead"
    ASKED = "asked"
    KITH = "kith"
    CANCELLED = "cancelled"
    ALL_DAY = "all-day"
    DECLINED = "declined"
    LIST = "list"
    TOO_MANY = "too many"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Terms:
    """By what meetings are judged: how many people at most, which addresses are the user's, and the user's zone."""

    size: int
    mine: frozenset[str]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Judged:
    """A meeting, and what it comes to. ``people`` are those of the network who take part, by the address that says so.

    ``named`` are those whose name stands in the title and who are not among the guests: it is for the user to say.
    """

    meeting: Meeting
    why: Why
    people: Mapping[str, PersonId] = field(default_factory=dict)
    named: tuple[PersonId, ...] = ()


def judge(
    meeting: Meeting,
    terms: Terms,
    known: Directory,
    now: datetime,
    *,
    kiths: bool = False,
    confirmed: Collection[PersonId] = (),
    denied: Collection[PersonId] = (),
) -> Judged:
    """What a meeting comes to. ``kiths`` says that its event is one of kith's own.

    ``confirmed`` are those of whom the user said that they were meant by the title, ``denied`` those who were not.
    """
    against = Why.KITH if kiths else _against(meeting, terms, known)
    if against is not None:
        return Judged(meeting, against)
    people = {
        guest.email: known.emails[guest.email]
        for guest in _others(meeting, terms, known)
        if guest.email in known.emails
    }
    people |= {f"title:{person}": person for person in sorted(confirmed)}
    over = meeting.end(terms.zone) <= now
    named = tuple(who for who in known.named_in(meeting.title) if who not in people.values() and who not in denied)
    if people:
        return Judged(meeting, Why.COUNTS if over else Why.AHEAD, people, named if over else ())
    if named and over:
        return Judged(meeting, Why.ASKED, {}, named)
    return Judged(meeting, Why.NOBODY)


def _against(meeting: Meeting, terms: Terms, known: Directory) -> Why | None:
    """Why a meeting counts for nobody, whoever was there."""
    if meeting.cancelled:
        return Why.CANCELLED
    if is_all_day(meeting.when, terms.zone):
        return Why.ALL_DAY
    if any(_is_me(guest, terms) and guest.answer is Answer.NO for guest in meeting.guests):
        return Why.DECLINED
    if not meeting.whole or any(_is_list(guest, known) for guest in meeting.guests):
        return Why.LIST
    if len(_others(meeting, terms, known)) > terms.size:
        return Why.TOO_MANY
    return None


def is_all_day(when: When, zone: tzinfo) -> bool:
    """Whether it takes a day or more; some apps write a whole day as one from midnight to midnight."""
    if isinstance(when, AllDay):
        return True
    ends = (when.start.astimezone(zone), (when.start.astimezone(UTC) + when.duration).astimezone(zone))
    midnights = all(end.time() == time(0) for end in ends)
    return when.duration >= timedelta(days=1) or (midnights and when.duration >= _ALMOST_A_DAY)


def _others(meeting: Meeting, terms: Terms, known: Directory) -> list[Guest]:
    """Everybody but the user who did not decline: no rooms, and no addresses that are a calendar's or an office's."""
    there = {
        guest.email: guest
        for guest in meeting.guests
        if guest.kind is Kind.PERSON and guest.answer is not Answer.NO and not guest.email.endswith(_NO_PERSON)
    }
    return [
        guest
        for guest in there.values()
        if not _is_me(guest, terms) and not (guest.invites and _is_nobodys_box(guest, known))
    ]


def _is_me(guest: Guest, terms: Terms) -> bool:
    return guest.is_me or guest.email in terms.mine


def _is_list(guest: Guest, known: Directory) -> bool:
    """Whether nobody can tell how many people that is: a group, or ``team@`` where it is nobody's own address."""
    if guest.kind is Kind.LIST:
        return True
    return guest.kind is Kind.PERSON and not guest.invites and _is_nobodys_box(guest, known)


def _is_nobodys_box(guest: Guest, known: Directory) -> bool:
    return plain.is_shared_box(guest.email) and guest.email not in known.emails


# --- what follows -----------------------------------------------------------------------------------------


def plain_title(title: str, day: date) -> str:
    """A title as the text of a conversation: whoever wrote it gives no orders, and no tags."""
    said = parse(title, day)
    if said.tags or any(line.order is not Order.TEXT for line in said.lines):
        return f"“{title.replace('#', '# ')}”"
    return title


def next_ahead(judged: Iterable[Judged], zone: tzinfo) -> dict[PersonId, date]:
    """The day of the next meeting with each person who has one ahead."""
    days: dict[PersonId, date] = {}
    for one in judged:
        if one.why is Why.AHEAD:
            day = one.meeting.when.day_in(zone)
            for person in one.people.values():
                days[person] = min(day, days.get(person, day))
    return days
