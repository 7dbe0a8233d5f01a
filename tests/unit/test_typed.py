"""The grammar of typed text: what each line says, and that no line is ever lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.period import Period
from kith.core.typed import Order, parse, without_facets

TODAY = date(2026, 10, 3)


@pytest.mark.parametrize(
    ("line", "order", "value"),
    [
        ("! send her the book", Order.PROMISE, "send her the book"),
        ("!send it", Order.PROMISE, "send it"),
        ("!! Ring back", Order.PROMISE, "Ring back"),
        ("- [ ] send her the book", Order.PROMISE, "send her the book"),
        ("* [ ] send", Order.PROMISE, "send"),
        ("• [ ] send", Order.PROMISE, "send"),
        ("[ ] send", Order.PROMISE, "send"),
        ("[] send", Order.PROMISE, "send"),
        ("  -\u00a0[\u00a0]\u00a0send  it ", Order.PROMISE, "send it"),
        ("- ! send", Order.PROMISE, "send"),
        ("- [x] send", Order.KEPT, "send"),
        ("[X] send", Order.KEPT, "send"),
        ("- [✓] send", Order.KEPT, "send"),
        ("✓ send", Order.KEPT, "send"),
        ("- ✔\ufe0f send", Order.KEPT, "send"),
        ("✅ send", Order.KEPT, "send"),
        ("next: ask about the exam", Order.FOR_NEXT, "ask about the exam"),
        ("Next : the exam", Order.FOR_NEXT, "the exam"),
        ("- NEXT: the exam", Order.FOR_NEXT, "the exam"),
        ("gave: a jar of honey", Order.GAVE, "a jar of honey"),
        ("Got: advice", Order.GOT, "advice"),
        ("asks: a flat in Porto", Order.ASKS, "a flat in Porto"),
        ("offers: guitar lessons", Order.OFFERS, "guitar lessons"),
        ("every 3w", Order.EVERY, "every 3w"),
        ("next in 2 months", Order.NEXT, "next in 2 months"),
    ],
)
def test_a_line_of_its_own(line: str, order: Order, value: str) -> None:
    said = parse(f"before\n{line}\nafter", TODAY)
    assert (said.lines[1].order, said.lines[1].value) == (order, value)
    assert said.rest == ("before", "after")


@pytest.mark.parametrize(
    ("line", "every"),
    [
        ("every 3w", Period(days=21)),
        ("Every 3 weeks", Period(days=21)),
        ("every month", Period(months=1)),
        ("every 2 months.", Period(months=2)),
        ("every year", Period(months=12)),
        ("every 10d", Period(days=10)),
        ("- every week", Period(days=7)),
    ],
)
def test_a_cadence(line: str, every: Period) -> None:
    assert parse(line, TODAY).every == every


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("next in 2 months", date(2026, 12, 3)),
        ("next in a week", date(2026, 10, 10)),
        ("Next in 3d", date(2026, 10, 6)),
        ("next on 3 May", date(2027, 5, 3)),
        ("next on 3 May 2028", date(2028, 5, 3)),
        ("next on May 3", date(2027, 5, 3)),
        ("next on friday", date(2026, 10, 9)),
        ("next on 2027-01-05", date(2027, 1, 5)),
        ("next 2027-01-05", date(2027, 1, 5)),
    ],
)
def test_a_next_day(line: str, day: date) -> None:
    said = parse(line, TODAY)
    assert said.next_on == day
    assert (said.next_in is not None) == ("in" in line.split())


@pytest.mark.parametrize(
    "line",
    [
        *("", "   ", "!", "!!!", "! !", "[ ]", "- [x]", "✓", "next:", "gave: ", "[y] send", "x send"),
        *("every now and then", "every 3", "every 0d", "every 3w or so", "he comes every 3w", "every other week"),
        *("next in line was Rui", "next in 0 days", "next on the list", "next 2020-01-05", "next on 2026-10-02"),
        *("next in 99999999999 years", "next week", "next month", "what gave: nothing", "the next: one"),
    ],
)
def test_what_is_not_understood_is_text(line: str) -> None:
    said = parse(line, TODAY)
    assert {one.order for one in said.lines} <= {Order.TEXT}
    assert said.rest == ((line,) if line.strip() else ())


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#sailing", ("sailing",)),
        ("went #sailing, with #Climbing-friends.", ("sailing", "Climbing-friends")),
        ("#interest:sailing and #city:porto/norte", ("interest:sailing", "city:porto/norte")),
        ("#a #A #b", ("a", "b")),
        ("! bring the #boat", ("boat",)),
        ("#élan #e\u0301lan #हिन्दी", ("élan", "हिन्दी")),
        ("#snake_case #x: y", ("snake_case", "x")),
        ("#1 #2nd # ## #_a #-b ##c", ()),
        ("https://example.org/#top example.org#top a#b (#c)", ()),
    ],
)
def test_tags(text: str, tags: tuple[str, ...]) -> None:
    assert parse(text, TODAY).tags == tags


def test_of_several_orders_the_last_one_counts() -> None:
    said = parse("every 3w\nnext in 2 months\nevery month\nnext on 1 Nov", TODAY)
    assert (said.every, said.next_on, said.next_in) == (Period(months=1), date(2026, 11, 1), None)


def test_at_the_end_of_the_calendar_nothing_breaks() -> None:
    assert parse("next in 50 years", date(9999, 1, 1)).next_on is None
    assert parse("next on 1 Jan", date(9999, 12, 31)).next_on is None


_PIECES = st.sampled_from(
    (*("! ", "- [ ] ", "[x] ", "✓ ", "next: ", "next in ", "next on "), *("every ", "gave:", "#", "2w", "3 May", "\n"))
)
_TEXTS = st.lists(_PIECES | st.text(max_size=8), max_size=12).map("".join)


@given(_TEXTS, st.dates())
def test_no_line_is_lost_whatever_is_typed(text: str, today: date) -> None:
    said = parse(text, today)
    assert [line.typed for line in said.lines] == text.splitlines()
    understood = [line for line in said.lines if line.order is not Order.TEXT]
    assert len(understood) + len(said.rest) + sum(not line.typed.strip(" \t") for line in said.lines) >= len(said.lines)
    for line in understood:
        assert line.value
        assert (line.order is Order.EVERY) == (line.every is not None)
        assert (line.order is Order.NEXT) == (line.next_on is not None)


@given(st.text(min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool))
def test_a_promise_ticked_is_the_promise_kept(text: str) -> None:
    promised = parse(f"- [ ] {text}", TODAY).promises
    assert parse(f"- [x] {text}", TODAY).kept == promised


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Dinner #city:porto with Rui #food", "Dinner with Rui #food"),
        ("#race:x, and more", "and more"),
        ("see https://example.org/#a:b and #1:2", "see https://example.org/#a:b and #1:2"),
        ("nothing", "nothing"),
    ],
)
def test_facets_are_left_out_where_others_may_see_a_line(line: str, shown: str) -> None:
    assert without_facets(line) == shown
