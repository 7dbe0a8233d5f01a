"""News: whom they are for, which events show them, and who has heard them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.cli.words import as_line
from kith.core.brief import Subject, brief
from kith.core.event import line_digests
from kith.core.model import AccountId, CardRef, CardUid, EventUid, Person, PersonId
from kith.core.news import News, Ruling, Talk, heard, kiths_lines
from kith.core.period import Period
from kith.core.rules import DayRules, Giving, Marks, Rules
from kith.core.timely import Timely
from kith.store.imports import Thing
from kith.store.people import PersonRow
from kith.store.store import open_store

DAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
NEWS = News(1, "Started at the bakery", DAY, NOON)


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def talk(after: int, *shown: str, recorded: int | None = None) -> Talk:
    """A conversation out of an event that showed these lines."""
    return Talk(days(after), NOON + timedelta(days=after if recorded is None else recorded), shown)


def logged(after: int, recorded: int | None = None) -> Talk:
    return Talk(days(after), NOON + timedelta(days=after if recorded is None else recorded))


def ruled(after: int, *, told: bool) -> Ruling:
    return Ruling(told, NOON + timedelta(days=after))


SHOWN = NEWS.line.text


@pytest.mark.parametrize(
    ("talks", "rulings", "on"),
    [
        ([], [], None),
        ([talk(3, "inner, every 2 weeks", SHOWN)], [], 3),
        ([talk(3, "inner, every 2 weeks")], [], None),
        ([talk(3, "News to tell: Started at the bakery in Porto")], [], None),
        ([talk(3, f"inner. {SHOWN}.")], [], 3),
        ([talk(-1, SHOWN)], [], None),
        ([talk(0, SHOWN)], [], 0),
        ([logged(0)], [], 0),
        ([Talk(DAY, NOON - timedelta(hours=1))], [], None),  # earlier on the day than the news was known
        ([logged(-1, recorded=1)], [], None),
        ([logged(5), talk(3, SHOWN)], [], 3),
        ([], [ruled(2, told=True)], 2),
        ([logged(1)], [ruled(2, told=False)], None),
        ([logged(1), logged(3)], [ruled(2, told=False)], 3),
        ([logged(1, recorded=4)], [ruled(2, told=False)], 1),
        ([logged(1)], [ruled(2, told=False), ruled(4, told=True)], 4),
        ([logged(1)], [ruled(4, told=True), ruled(5, told=False)], None),
    ],
)
def test_who_has_heard_it(talks: list[Talk], rulings: list[Ruling], on: int | None) -> None:
    assert heard(NEWS, talks, rulings) == (None if on is None else days(on))


def test_a_facet_in_the_news_does_not_keep_them_from_being_told() -> None:
    news = News(1, "We paint #interest:art on Sundays", DAY, NOON)
    written = brief(Subject(Person(PersonId("ana"), "Ana"), news=(news.line,)), rules(), DAY)
    assert "News to tell: We paint on Sundays" in written
    assert heard(news, [Talk(DAY, NOON, kiths_lines(line_digests(written.splitlines()), written))], []) == DAY
    assert heard(News(1, "#interest:art", DAY, NOON), [Talk(DAY, NOON, ("News to tell:",))], []) is None


def test_what_was_over_was_not_told() -> None:
    until = News(1, "Party on Saturday", DAY, NOON, until=days(5))
    assert heard(until, [logged(5)], []) == days(5)
    assert heard(until, [logged(6)], []) is None
    ended = News(1, "Moving", DAY, NOON, ended_on=days(5))
    assert heard(ended, [logged(6)], []) is None
    assert heard(ended, [logged(4)], []) == days(4)


@pytest.mark.parametrize(
    ("audience", "labels", "circle", "is_for"),
    [
        ((), (), None, True),
        (("family",), ("Family",), None, True),
        (("family",), ("Friends",), "inner", False),
        (("inner",), (), "inner", True),
        (("família", "chess"), ("Familia",), None, True),
        (("family",), (), None, False),
    ],
)
def test_whom_it_is_for(
    audience: tuple[str, ...], labels: tuple[str, ...], circle: str | None, *, is_for: bool
) -> None:
    assert News(1, "x", DAY, NOON, audience=audience).is_for(labels, circle) is is_for


def test_which_events_show_it() -> None:
    news = News(1, "Party", DAY, NOON, until=days(5))
    assert [news.line.fits(days(number)) for number in (-1, 0, 5, 6)] == [False, True, True, False]
    assert [news.is_over(days(number)) for number in (-1, 5, 6)] == [False, False, True]
    assert Timely("always").fits(DAY)


texts = st.text(min_size=1, max_size=300).map(as_line).filter(bool)


@given(texts, st.text(max_size=50))
def test_what_a_brief_shows_is_known_for_told(text: str, typed: str) -> None:
    """Whatever the news says: written into a brief, it counts as shown, and what the user typed never does."""
    news = News(1, text, DAY, NOON)
    subject = Subject(Person(PersonId("ana"), "Ana"), news=(news.line,))
    written = brief(subject, rules(), DAY)
    lines = line_digests(written.splitlines())
    assert kiths_lines(lines, f"{written}\n{typed}")[: len(lines)] == kiths_lines(lines, written)
    shown = Talk(DAY, NOON, kiths_lines(lines, f"{written}\n{typed}"))
    long_word = len(text) > 100 and " " not in text[:100]
    assert heard(news, [shown], []) == DAY or long_word
    assert heard(news, [Talk(DAY, NOON, kiths_lines((), f"{typed}\n{news.line.text}"))], []) is None


def rules(giving: Giving | None = None) -> Rules:
    return Rules(DayRules(ZoneInfo("Europe/Lisbon")), giving=giving or Giving())


def test_a_brief_shows_no_more_than_the_rules_allow() -> None:
    news = tuple(Timely(f"News {number}", last=DAY if number == 0 else None) for number in range(5))
    subject = Subject(Person(PersonId("ana"), "Ana"), news=news)
    assert "News 0\nNews 1\nNews 2\n\n—" in brief(subject, rules(), DAY)
    assert "News 1\nNews 2\nNews 3\n\n—" in brief(subject, rules(), days(1))
    assert "News" not in brief(subject, rules(Giving(news=0)), DAY)
    assert Giving().ask_after == Period(days=21)


def test_what_is_typed_for_a_line_is_one_that_every_calendar_keeps() -> None:
    assert as_line("  Started\x07at\n the   bakery \udcff") == "Started at the bakery"


def test_only_what_the_user_logged_counts_without_an_event_that_showed_it(tmp_path: Path) -> None:
    """A meeting out of a calendar, and a conversation out of a file, say nothing of what was told."""
    ana = PersonId("ana")
    with open_store(tmp_path / "kith.sqlite3", NOON, lambda: "here") as store, store.transaction():
        store.people.add(PersonRow(ana, "Ana"), NOON)
        store.people.record_conversation([ana], DAY, "by hand", NOON)
        store.people.record_conversation([ana], days(1), "a meeting", NOON, event=EventUid("meeting"))
        number = store.people.record_conversation([ana], days(2), "out of a file", NOON)
        ref = CardRef(AccountId("import:table"), "", CardUid("ana"))
        store.imports.keep_thing(ref, "said:1", Thing("2026-11-04", number))
        assert store.news.talks(DAY, Marks()) == {
            ana: [Talk(DAY, NOON), Talk(days(1), NOON, ()), Talk(days(2), NOON, ())]
        }
        assert store.news.talks(days(1), Marks())[ana][0].day == days(1)
