"""What a report counts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.facets import Facet
from kith.core.model import Cadence, PersonId
from kith.core.noticing import Kept, Life, Report, Talk, notice
from kith.core.period import Period
from kith.core.report_words import days_words, percent, span_name, summary_words, without_words

TODAY = date(2026, 11, 23)
SINCE = date(2026, 9, 10)
FORTNIGHT = Cadence.of(Period(days=14))
"""At worst three weeks."""


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def talks(*days: str) -> tuple[Talk, ...]:
    return tuple(Talk(hash(text), day(text)) for text in days)


def life(name: str = "Ana", **more: object) -> Life:
    given: dict[str, object] = {"cadence": FORTNIGHT, "circle": "inner", "known_since": day("01-01")} | more
    return Life(PersonId(name.lower()), name, **given)  # type: ignore[arg-type]


def look(*lives: Life) -> Report:
    return notice(lives, SINCE, TODAY, ("inner", "friends"))


class TestOverTime:
    def test_each_month_has_its_days(self) -> None:
        found = look(life(talks=talks("09-09", "09-10", "09-30", "10-01", "11-23")))
        assert [(span.first, span.last, span.conversations) for span in found.spans] == [
            (day("09-10"), day("09-30"), 2),
            (day("10-01"), day("10-31"), 1),
            (day("11-01"), day("11-23"), 1),
        ]
        assert found.conversations == 4

    def test_a_conversation_of_several_is_one(self) -> None:
        together = (Talk(7, day("10-05")),)
        found = look(life("Ana", talks=together), life("Rui", talks=together))
        assert (found.talked, found.conversations) == (2, 1)

    def test_who_is_not_on_the_list_is_beside_it(self) -> None:
        ana, gil = life(), life("Gil", listed=False, talks=talks("10-05", "10-06", "01-01"), cadence=None)
        found = look(ana, gil)
        assert (found.listed, found.talked, found.conversations) == (1, 0, 0)
        assert [(one.name, one.conversations, one.last) for one in found.beside] == [("Gil", 2, day("10-06"))]

    def test_people_are_on_the_list_from_when_they_are_known(self) -> None:
        found = look(life("Ana"), life("Rui", known_since=day("10-15")))
        assert [span.listed for span in found.spans] == [1, 2, 2]
        found = look(life("Ana"), life("Rui", known_since=day("11-15"), talks=talks("10-15")))
        assert [span.listed for span in found.spans] == [1, 2, 2]

    @pytest.mark.parametrize(("years", "by_year", "spans"), [(1, False, 13), (2, False, 25), (3, True, 4)])
    def test_a_long_look_is_by_year(self, years: int, *, by_year: bool, spans: int) -> None:
        found = notice([life(known_since=date(2020, 1, 1))], Period(months=-12 * years).after(TODAY), TODAY)
        assert (found.by_year, len(found.spans)) == (by_year, spans)
        assert span_name(found.spans[-1], by_year=by_year) == ("2026" if by_year else "Nov 2026")

    def test_what_is_shown_begins_when_somebody_was_on_the_list(self) -> None:
        assert [span.first for span in look(life(known_since=day("10-15"))).spans] == [day("10-01"), day("11-01")]
        assert [span.first for span in look(life(known_since=day("11-23"))).spans] == [day("11-01")]
        assert [span.first for span in look().spans] == [day("11-01")], "this month is always there"
        tried = look(life(known_since=day("11-23"), attempts=(day("09-12"),)))
        assert (len(tried.spans), tried.attempts) == (3, 1)

    def test_nobody_at_all(self) -> None:
        found = look()
        assert (found.listed, found.kept, found.silences, found.facets) == (0, (), (), ())


class TestRhythms:
    @pytest.mark.parametrize(
        ("one", "kept", "late", "silent"),
        [
            (life(talks=talks("09-01", "09-20", "10-11", "11-10")), 2, 1, 0),  # 19, 21 and 30 days
            (life(talks=talks("10-01", "10-22")), 1, 0, 1),  # the first has nothing before it
            (life(talks=talks("11-03")), 0, 0, 0),
            (life(talks=talks("11-01")), 0, 0, 1),  # three weeks to the 22nd
            (life(talks=talks("11-02")), 0, 0, 0),
            (life(anchor=day("10-01")), 0, 0, 1),
            (life(anchor=day("10-01"), paused=True), 0, 0, 0),
            (life(anchor=day("11-20")), 0, 0, 0),
            (life(anchor=day("10-01"), talks=talks("10-22", "11-12")), 2, 0, 0),
            (life(anchor=day("10-01"), talks=talks("10-23", "11-12")), 1, 1, 0),
            (life(anchor=day("11-10"), talks=talks("11-05")), 1, 0, 0),
            (life(talks=talks("03-01", "08-01", "11-20")), 0, 1, 0),  # only the last one was looked at
            (life(talks=talks("03-01", "10-01", "10-10"), known_since=day("10-05")), 1, 0, 1),  # nobody promised
            (life(talks=talks("10-01", "10-10", "10-10")), 1, 0, 1),  # a day is a day
            (life(talks=talks("11-10", "11-25")), 0, 0, 0),  # one is to come
            (life(), 0, 0, 0),
        ],
    )
    def test_kept_and_slipped(self, one: Life, kept: int, late: int, silent: int) -> None:
        assert look(one).kept == (Kept("inner", 1, kept, late, silent),)

    def test_by_circle_in_the_order_of_the_config(self) -> None:
        alone = life("Eva", circle=None)
        found = look(life("A", circle="friends"), life("B", circle="gone"), life("C"), life("D"), alone)
        assert [(kept.circle, kept.people) for kept in found.kept] == [
            ("inner", 2),
            ("friends", 1),
            ("gone", 1),
            (None, 1),
        ]
        assert [kept.share for kept in found.kept] == [None] * 4


class TestSilences:
    def test_the_longest_first_and_those_who_never_said_a_word(self) -> None:
        found = look(
            life("Ana", talks=talks("11-08")),
            life("Arno", talks=talks("11-09")),  # a fortnight is not over yet
            life("Bea", talks=talks("05-01", "02-01")),
            life("Carla", known_since=day("03-01")),
            life("Duarte", paused=True, talks=talks("01-02")),
            life("Eva", listed=False, talks=talks("01-02")),
            life("Filipe", talks=talks("11-23")),
        )
        assert [(one.name, one.last, one.days) for one in found.silences] == [
            ("Carla", None, 267),
            ("Bea", day("05-01"), 206),
            ("Ana", day("11-08"), 15),
        ]


def test_given_and_received() -> None:
    found = look(
        life("Ana", gave=(day("10-01"), day("10-02"), day("01-01")), got=(day("11-01"),)),
        life("Bea", gave=(day("01-01"),)),
        life("Gil", listed=False, got=(day("10-03"),)),
    )
    assert [(one.name, one.gave, one.got) for one in found.exchanges] == [("Ana", 2, 1), ("Gil", 0, 1)]
    assert (found.gave, found.got) == (2, 2)


def test_who_has_no_facet_of_a_name() -> None:
    arts, lisbon = Facet("area", "arts"), Facet("city", "Lisboa")
    found = look(life("Ana", facets=(arts, lisbon)), life("Bea", facets=(arts,)), life("Carla"))
    assert found.without == {"area": 1, "city": 2}
    assert without_words(found) == "Of 3 people: no area: tag on 1, no city: tag on 2."


# --- whatever happened ----------------------------------------------------------------------------------------

DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))
LIVES = st.lists(
    st.builds(
        Life,
        person=st.uuids().map(lambda number: PersonId(number.hex)),
        name=st.sampled_from(["Ana", "ana", "Bea", "Çelik", ""]),
        listed=st.booleans(),
        paused=st.booleans(),
        circle=st.sampled_from(["inner", "friends", None]),
        cadence=st.sampled_from([None, FORTNIGHT, Cadence.of(Period(months=6))]),
        known_since=st.none() | DAYS,
        anchor=st.none() | DAYS,
        talks=st.lists(st.builds(Talk, st.integers(0, 20), st.just(TODAY)), max_size=5).map(
            lambda found: tuple(Talk(talk.number, TODAY - timedelta(days=talk.number * 40)) for talk in found)
        ),
        attempts=st.lists(DAYS, max_size=3).map(tuple),
        skips=st.lists(DAYS, max_size=3).map(tuple),
        gave=st.lists(DAYS, max_size=2).map(tuple),
        facets=st.lists(st.sampled_from([Facet("area", "arts"), Facet("city", "Porto")]), max_size=2).map(tuple),
    ),
    max_size=8,
    unique_by=lambda one: one.person,
)


@given(LIVES, DAYS.filter(lambda since: since <= TODAY), st.integers())
def test_numbers_agree_and_order_does_not_matter(lives: list[Life], since: date, seed: int) -> None:
    found = notice(lives, since, TODAY, ("inner",))
    shuffled = [
        Life(**{name: getattr(one, name) for name in Life.__slots__} | {"talks": one.talks[::-1]}) for one in lives
    ]
    random.Random(seed).shuffle(shuffled)
    assert notice(shuffled, since, TODAY, ("inner",)) == found

    for name in ("conversations", "attempts", "skips"):
        assert sum(getattr(span, name) for span in found.spans) == getattr(found, name)
    assert max((span.talked for span in found.spans), default=0) <= found.talked
    assert found.talked <= sum(span.talked for span in found.spans)
    assert found.talked <= found.listed == sum(one.listed for one in lives)
    assert all(span.talked <= span.listed <= found.listed for span in found.spans)
    ends = [day for span in found.spans for day in (span.first, span.last)]
    assert (ends[0] >= since, ends[-1]) == (True, TODAY)
    assert ends == sorted(ends)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found.spans))
    assert sum(kept.people for kept in found.kept) == sum(one.listed and one.cadence is not None for one in lives)
    assert all(kept.silent <= kept.people for kept in found.kept)
    in_days = sum(len({t.day for t in one.talks if since <= t.day}) for one in lives if one.listed)
    assert sum(kept.kept + kept.late for kept in found.kept) <= in_days
    assert [one.days for one in found.silences] == sorted((one.days for one in found.silences), reverse=True)
    assert all(0 <= number <= found.listed for number in found.without.values())


# --- in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "1 day"), (13, "13 days"), (14, "2 weeks"), (69, "9 weeks"), (70, "2 months"), (365, "11 months"),
        (366, "12 months"), (731, "2 years"), (1000, "2.5 years"),
    ],
)  # fmt: skip
def test_lengths_in_words(days: int, words: str) -> None:
    assert days_words(days) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.001, "< 1 %"), (0.0099, "< 1 %"), (0.01, "1 %"), (0.126, "13 %"), (1, "100 %")]
)
def test_shares_in_words(share: float, words: str) -> None:
    assert percent(share) == words


def test_the_whole_in_words() -> None:
    found = look(life(talks=talks("10-01"), attempts=(day("10-02"),), skips=(day("10-03"), day("10-04"))))
    assert summary_words(found) == (
        "1 of 1 person on your list was talked to, in 1 conversation. "
        "1 attempt got no answer and 2 rounds were skipped."
    )
    assert summary_words(look(life(), life("Bea"))) == (
        "0 of 2 people on your list were talked to, in 0 conversations."
    )
