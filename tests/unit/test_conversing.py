"""Which meetings were conversations: a table of cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kith.core.conversing import Directory, Judged, Terms, Why, directory, judge, next_ahead, plain_title
from kith.core.event import AllDay, Timed, When
from kith.core.meetings import Answer, Guest, Kind, Meeting, is_excused, key_of
from kith.core.model import Labelled, Person, PersonId
from kith.core.questions import question_words, without_questions
from kith.core.typed import Order, parse

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
YESTERDAY = Timed(NOW - timedelta(days=1), HOUR)
TOMORROW = Timed(NOW + timedelta(days=1), HOUR)
MINE = "me@example.org"
TERMS = Terms(8, frozenset({MINE}), LISBON)


def person(name: str, *emails: str, nicknames: tuple[str, ...] = ()) -> Person:
    return Person(PersonId(name.split()[0].lower()), name, nicknames, tuple(map(Labelled, emails)))


ANA = person("Ana Souza", "Ana@Example.org", "a.souza+work@gmail.com")
RUI = person("Rui Lopes", "rui@example.org", "family@lopes.example")
EVA = person("Eva Lopes", "eva@example.org", "family@lopes.example")
KNOWN = directory(
    [ANA, RUI, EVA, person("Pele"), person("Ben Ng", "ben@example.org", nicknames=("Bento da Silva Ng",))]
)


def guest(email: str, **more: object) -> Guest:
    return Guest(email, **more)  # type: ignore[arg-type]


ME = guest(MINE, answer=Answer.YES)
ANNA = guest("ana@example.org")
OTHERS = tuple(guest(f"x{number}@example.org") for number in range(7))


def meeting(*guests: Guest, when: When = YESTERDAY, title: str = "", cancelled: bool = False, **more: bool) -> Meeting:
    return Meeting("uid", when, title, guests, cancelled, **more)


def on(day: date) -> When:
    return AllDay(day)


CASES: Mapping[str, tuple[Meeting, Why]] = {
    "with one": (meeting(ME, ANNA), Why.COUNTS),
    "nobody answered": (meeting(guest(MINE), ANNA), Why.COUNTS),
    "tentative": (meeting(guest(MINE, answer=Answer.MAYBE), guest("ana@example.org", answer=Answer.MAYBE)), Why.COUNTS),
    "the user is not among the guests": (meeting(ANNA), Why.COUNTS),
    "the user invites": (meeting(guest(MINE, invites=True), ANNA), Why.COUNTS),
    "the person invites": (meeting(ME, guest("ana@example.org", answer=Answer.YES, invites=True)), Why.COUNTS),
    "a Google address with dots": (meeting(ME, guest("asouza@gmail.com")), Why.COUNTS),
    "still going on": (meeting(ME, ANNA, when=Timed(NOW - HOUR / 2, HOUR)), Why.AHEAD),
    "just over": (meeting(ME, ANNA, when=Timed(NOW - HOUR, HOUR)), Why.COUNTS),
    "ahead": (meeting(ME, ANNA, when=TOMORROW), Why.AHEAD),
    "the user declined": (meeting(guest(MINE, answer=Answer.NO), ANNA), Why.DECLINED),
    "the calendar says that the user declined": (
        meeting(guest("other@example.org", answer=Answer.NO, is_me=True), ANNA),
        Why.DECLINED,
    ),
    "the person declined": (meeting(ME, guest("ana@example.org", answer=Answer.NO)), Why.NOBODY),
    "cancelled": (meeting(ME, ANNA, cancelled=True), Why.CANCELLED),
    "all day": (meeting(ME, ANNA, when=on(date(2026, 11, 1))), Why.ALL_DAY),
    "from midnight to midnight": (
        meeting(ME, ANNA, when=Timed(datetime(2026, 10, 30, tzinfo=LISBON), timedelta(days=1))),
        Why.ALL_DAY,
    ),
    "from midnight to midnight, an hour less": (
        meeting(ME, ANNA, when=Timed(datetime(2026, 3, 29, tzinfo=LISBON), timedelta(hours=23))),
        Why.ALL_DAY,
    ),
    "three days": (meeting(ME, ANNA, when=Timed(NOW - timedelta(days=4), timedelta(days=3))), Why.ALL_DAY),
    "eight people": (meeting(ME, ANNA, *OTHERS), Why.COUNTS),
    "nine people": (meeting(ME, ANNA, *OTHERS, guest("y@example.org")), Why.TOO_MANY),
    "nine people, one of whom declined": (
        meeting(ME, ANNA, *OTHERS, guest("y@example.org", answer=Answer.NO)),
        Why.COUNTS,
    ),
    "eight people and rooms": (
        meeting(ME, ANNA, *OTHERS, guest("r1@example.org", kind=Kind.ROOM), guest("r2@example.org", kind=Kind.ROOM)),
        Why.COUNTS,
    ),
    "eight people, one of whom is told twice": (meeting(ME, ANNA, *OTHERS, OTHERS[0]), Why.COUNTS),
    "eight people and the calendar that it stands in": (
        meeting(ME, ANNA, *OTHERS, guest("c_1@group.calendar.google.com", invites=True)),
        Why.COUNTS,
    ),
    "a group": (meeting(ME, ANNA, guest("all@example.org", kind=Kind.LIST)), Why.LIST),
    "a list by its name": (meeting(ME, ANNA, guest("team@example.org")), Why.LIST),
    "an office that invites": (meeting(ME, ANNA, guest("no-reply@calendars.example", invites=True)), Why.COUNTS),
    "eight people and an office that invites": (
        meeting(ME, ANNA, *OTHERS, guest("booking@example.org", invites=True)),
        Why.COUNTS,
    ),
    "guests that are not told": (meeting(ME, ANNA, whole=False), Why.LIST),
    "an address of two": (meeting(ME, guest("family@lopes.example")), Why.LIST),
    "strangers": (meeting(ME, *OTHERS), Why.NOBODY),
    "nobody": (meeting(title="Dentist"), Why.NOBODY),
    "a name in the title": (meeting(title="Lunch with Ana Souza"), Why.ASKED),
    "a name in the title, ahead": (meeting(title="Lunch with Ana Souza", when=TOMORROW), Why.NOBODY),
    "a name in the title of an all-day event": (
        meeting(title="Birthday of Ana Souza", when=on(date(2026, 11, 1))),
        Why.ALL_DAY,
    ),
    "a name in the title of what was declined": (
        meeting(guest(MINE, answer=Answer.NO), title="Ana Souza"),
        Why.DECLINED,
    ),
    "a first name in the title": (meeting(title="Lunch with Ana, and Pele"), Why.NOBODY),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_meeting_comes_to(case: str) -> None:
    given, why = CASES[case]
    assert judge(given, TERMS, KNOWN, NOW).why is why


def test_a_meeting_counts_for_everybody_known_who_takes_part() -> None:
    judged = judge(meeting(ME, ANNA, guest("rui@example.org"), guest("x@example.org")), TERMS, KNOWN, NOW)
    assert judged.people == {"ana@example.org": ANA.id, "rui@example.org": RUI.id}


def test_events_of_kiths_own_never_count() -> None:
    assert judge(meeting(ME, ANNA), TERMS, KNOWN, NOW, kiths=True).why is Why.KITH


def test_the_size_is_the_configs() -> None:
    two = meeting(ME, ANNA, OTHERS[0])
    assert judge(two, Terms(1, TERMS.mine, LISBON), KNOWN, NOW).why is Why.TOO_MANY
    assert judge(two, Terms(2, TERMS.mine, LISBON), KNOWN, NOW).why is Why.COUNTS


# Names in titles


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("ANA SOUZA / budget", ["ana"]),
        ("Café with Aña Souza, Rui Lopes", ["ana", "rui"]),
        ("Ana Souza and Ana Souza", ["ana"]),
        ("Bento da Silva Ng", ["ben"]),
        ("Mariana Souza", []),
        ("Ana Souzas party", []),
        ("", []),
    ],
)
def test_full_names_in_titles(title: str, named: list[str]) -> None:
    assert list(KNOWN.named_in(title)) == named


def test_a_name_that_two_have_says_nothing() -> None:
    twins = directory([person("Ana Souza"), Person(PersonId("other"), "ana souza")])
    assert judge(meeting(title="Ana Souza"), TERMS, twins, NOW).why is Why.NOBODY


def test_of_names_inside_each_other_the_longest_is_meant() -> None:
    known = directory([ANA, Person(PersonId("lima"), "Ana Souza Lima")])
    assert known.named_in("Lunch: Ana Souza Lima") == ("lima",)


def test_whoever_is_invited_is_not_asked_about() -> None:
    judged = judge(meeting(ME, ANNA, title="Ana Souza and Rui Lopes"), TERMS, KNOWN, NOW)
    assert (judged.why, judged.named) == (Why.COUNTS, (RUI.id,))


def test_a_yes_counts_and_a_no_is_not_asked_again() -> None:
    both = meeting(title="Ana Souza and Rui Lopes")
    judged = judge(both, TERMS, KNOWN, NOW, confirmed={ANA.id}, denied={RUI.id})
    assert (judged.why, judged.people, judged.named) == (Why.COUNTS, {"title:ana": ANA.id}, ())
    assert judge(both, TERMS, KNOWN, NOW, denied={ANA.id, RUI.id}).why is Why.NOBODY


# Ahead


@pytest.mark.parametrize(
    ("ahead", "at_worst", "is_needless"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), True),
        (date(2026, 11, 21), date(2026, 11, 20), False),
        (date(2026, 11, 2), date(2026, 11, 20), True),
        (date(2026, 11, 1), date(2026, 11, 20), False),
        (date(2026, 11, 16), date(2026, 10, 1), True),
        (date(2026, 11, 17), date(2026, 10, 1), False),
        (date(2026, 11, 16), None, True),
        (None, date(2026, 11, 20), False),
    ],
)
def test_when_a_nudge_is_needless(ahead: date | None, at_worst: date | None, *, is_needless: bool) -> None:
    assert is_excused(ahead, at_worst, date(2026, 11, 2)) is is_needless


def test_the_next_meeting_with_each() -> None:
    later = Timed(NOW + timedelta(days=5), HOUR)
    judged = [
        judge(one, TERMS, KNOWN, NOW)
        for one in (
            meeting(ME, ANNA, guest("rui@example.org"), when=later),
            meeting(ME, ANNA, when=TOMORROW),
            meeting(ME, ANNA),
        )
    ]
    assert next_ahead(judged, LISBON) == {ANA.id: date(2026, 11, 3), RUI.id: date(2026, 11, 7)}


def test_a_day_is_that_of_the_users_zone() -> None:
    late = meeting(ME, ANNA, when=Timed(datetime(2026, 11, 3, 23, 30, tzinfo=ZoneInfo("America/New_York")), HOUR))
    assert next_ahead([Judged(late, Why.AHEAD, {"": ANA.id})], LISBON) == {ANA.id: date(2026, 11, 4)}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Lunch", "Lunch"),
        ("Lunch: bring the 3 keys!", "Lunch: bring the 3 keys!"),
        ("! Pay Eva", "“! Pay Eva”"),
        ("- [ ] Budget", "“- [ ] Budget”"),
        ("every 2 weeks", "“every 2 weeks”"),
        ("gave: a talk", "“gave: a talk”"),
        ("Budget #office", "“Budget # office”"),
        ("", ""),
    ],
)
def test_a_title_gives_no_orders(title: str, text: str) -> None:
    day = date(2026, 11, 2)
    assert plain_title(title, day) == text
    assert parse(text, day).tags == ()
    assert all(line.order is Order.TEXT for line in parse(text, day).lines)


def test_the_uid_is_in_the_key() -> None:
    assert Meeting(key_of("a/b", "2026-11-01T09:00:00Z"), YESTERDAY, "").uid == "a/b"
    assert key_of("a") == "a"


def test_an_empty_directory_knows_nobody() -> None:
    assert judge(meeting(ME, ANNA, title="Ana Souza"), TERMS, Directory({}, {}), NOW).why is Why.NOBODY


def test_a_question_that_was_ticked_is_not_what_the_user_wrote() -> None:
    asked = question_words("Lunch with Ana", "1 Nov 2026", 2)
    assert without_questions(f"- [x] {asked}") == ""
    assert without_questions(f"-  [x]  {asked.replace(' ', chr(0xA0))}\nWe met\n\nand ate") == "We met\n\nand ate"
    assert without_questions("no meetings on 1 Nov 2026\n") == "no meetings on 1 Nov 2026\n"
