"""Cadence advice from the real rhythm."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.advice import Advice, AdviceKind, Answer, Rhythm, Skip, advise
from kith.core.model import Cadence, PersonId
from kith.core.period import Period

TODAY = date(2026, 11, 23)
LONGER, SHORTER, REST = AdviceKind.LONGER, AdviceKind.SHORTER, AdviceKind.REST


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def days(text: str) -> list[date]:
    return [day(one) for one in text.split()]


def skips(text: str, reason: str = "deleted") -> list[Skip]:
    return [Skip(one, one, reason) for one in days(text)]


def rhythm(
    every: str = "2w",
    *,
    talks: str = "",
    attempts: str = "",
    skipped: Sequence[Skip] = (),
    anchor: str = "",
    answers: Mapping[AdviceKind, Answer] | None = None,
) -> Rhythm:
    cadence = Cadence.of(Period.parse(every))
    begin = day(anchor) if anchor else None
    return Rhythm(PersonId("ana"), "Ana", cadence, begin, days(talks), days(attempts), list(skipped), answers or {})


def suggested(one: Rhythm) -> Advice | None:
    found = advise([one], TODAY)
    return found[0] if found else None


def what(one: Rhythm) -> str:
    advice = suggested(one)
    return advice.what if advice else ""


def yes(text: str) -> Answer:
    return Answer(yes=True, on=day(text))


def no(text: str) -> Answer:
    return Answer(yes=False, on=day(text))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01")), "every 4 weeks"),
        (rhythm(talks="06-01", skipped=skips("07-01 08-01")), ""),
        (rhythm(talks="08-15", skipped=skips("07-01 08-01 09-01")), ""),  # talked between
        (rhythm(skipped=skips("07-01 08-01 09-01")), "every 4 weeks"),  # never talked
        (rhythm("1m", talks="01-01", skipped=skips("07-01 08-01 09-01")), "every 2 months"),
        (rhythm("1m", talks="01-01", skipped=skips("07-01 08-01 08-15")), ""),  # from under a shorter cadence
        (rhythm("1m", talks="01-01", skipped=skips("06-01 07-01 08-01 08-15")), ""),
        (rhythm("1m", talks="01-01", skipped=skips("05-01 05-02 07-01 08-01 09-01")), "every 2 months"),
        (rhythm("1y", skipped=[Skip(date(y, 3, 1), date(y, 3, 1)) for y in (2024, 2025, 2026)]), "every 2 years"),
        (rhythm("2y", skipped=[Skip(date(y, 3, 1), date(y, 3, 1)) for y in (2021, 2023, 2025)]), ""),
        (rhythm(talks="08-01", skipped=skips("09-01", "passed")), "every 4 weeks"),
        (rhythm(talks="08-01", skipped=skips("09-01", "by hand")), ""),
        (rhythm(talks="08-01", skipped=[*skips("09-01", "passed"), *skips("10-01")]), ""),  # a later one was meant
        (rhythm("3m", talks="08-01", skipped=skips("09-01", "passed")), ""),  # from under a shorter cadence
        (rhythm("2w", anchor="08-25", skipped=skips("09-01", "passed")), ""),
        # three by hand on the day of a conversation, each a round ahead
        (
            rhythm(talks="09-01", skipped=[Skip(one, day("09-01"), "by hand") for one in days("09-15 09-29 10-13")]),
            "every 4 weeks",
        ),
        (
            rhythm(
                talks="09-01",
                skipped=[Skip(one, day("09-01"), "by hand") for one in days("09-15 09-29 10-13")],
                answers={LONGER: yes("09-01")},
            ),
            "",
        ),
        # a skip that counts from a day to come, said before they talked
        (rhythm(talks="08-01", skipped=[Skip(day("08-10"), day("07-20"), "passed")]), ""),
    ],
)
def test_longer(one: Rhythm, expected: str) -> None:
    assert what(one) == expected
    assert (suggested(one) is None) == (not expected)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (rhythm("3w", talks="10-10 10-19 10-29 11-07 11-18"), "every 10 days"),  # by half at most
        (rhythm("3w", talks="09-20 10-04 10-19 11-02 11-17"), "every 2 weeks"),
        (rhythm("6w", talks="06-01 07-01 08-01 09-01 10-20"), ""),  # the last one was not early
        (rhythm("6w", talks="07-20 08-20 09-20 10-20"), ""),  # only three
        (rhythm("6w", talks="07-20 08-20 09-20 10-20 11-20"), "every 4 weeks"),
        (rhythm("3m", talks="05-20 07-20 09-01 10-10 11-20"), "every 7 weeks"),
        (rhythm("1y", talks="01-20 04-20 06-20 08-20 11-20"), ""),  # not a year yet
        (rhythm("6w", talks="04-20 05-20 06-20 07-20 08-20"), ""),  # that was long ago
        (rhythm("6w", talks="11-10 11-11 11-12 11-13 11-14"), ""),  # one long conversation
        (rhythm("6w", talks="11-10 11-11 11-12 11-13 11-30"), ""),  # one is to come
        (rhythm("1m", talks="07-20 08-18 09-16 10-15 11-13"), ""),  # hardly shorter
        (rhythm("3w", talks="09-20 10-04 10-04 10-19 11-02 11-17"), "every 2 weeks"),  # a day is a day
    ],
)
def test_shorter(one: Rhythm, expected: str) -> None:
    assert what(one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (rhythm(talks="08-01", attempts="09-01 09-10 10-01"), "let it rest until 23 Feb 2027"),
        (rhythm("6m", talks="01-01", attempts="09-01 09-10 10-01"), "let it rest until 23 May 2027"),
        (rhythm(talks="08-01", attempts="09-01 09-10"), ""),
        (rhythm(talks="09-05", attempts="09-01 09-10 10-01"), ""),
        (rhythm(attempts="09-01 09-10 10-01"), "let it rest until 23 Feb 2027"),
        (rhythm(attempts="09-01 09-01 09-01"), ""),  # on one day
        (rhythm(attempts="09-01 09-10 10-01", skipped=skips("07-01 08-01 09-01")), "let it rest until 23 Feb 2027"),
    ],
)
def test_rest(one: Rhythm, expected: str) -> None:
    assert what(one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01"), answers={LONGER: no("09-02")}), ""),
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01 10-01 11-01"), answers={LONGER: no("09-02")}), ""),
        (
            rhythm(talks="06-01 09-05", skipped=skips("10-01 11-01 11-20"), answers={LONGER: no("09-02")}),
            "every 4 weeks",  # they talked since: that is another rhythm
        ),
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01"), answers={LONGER: yes("09-02")}), ""),
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01 10-01 11-01"), answers={LONGER: yes("09-02")}), ""),
        (
            rhythm(talks="06-01", skipped=skips("09-01 10-01 11-01 11-20"), answers={LONGER: yes("09-02")}),
            "every 4 weeks",  # three more since
        ),
        (rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01"), answers={REST: no("09-02")}), "every 4 weeks"),
        (rhythm(attempts="09-01 09-10 10-01", answers={REST: no("10-02")}), ""),
        (rhythm(attempts="09-01 09-10 10-01 11-01", answers={REST: yes("10-02")}), ""),
        (
            rhythm(attempts="06-01 09-10 10-01 11-01", answers={REST: yes("07-02")}),
            "let it rest until 23 Feb 2027",
        ),
        (rhythm("3w", talks="09-20 10-04 10-19 11-02 11-17", answers={SHORTER: no("11-10")}), ""),
        (
            rhythm("3w", talks="08-01 08-30 09-13 09-28 10-12 10-27 11-10", answers={SHORTER: no("08-10")}),
            "every 2 weeks",  # one was late since
        ),
        (rhythm("3w", talks="09-20 10-04 10-19 11-02 11-17", answers={SHORTER: yes("10-04")}), ""),
        (rhythm("3w", talks="09-20 10-04 10-19 11-02 11-17", answers={SHORTER: yes("09-25")}), "every 2 weeks"),
    ],
)
def test_an_answer_holds(one: Rhythm, expected: str) -> None:
    assert what(one) == expected


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (
            rhythm(talks="06-01", skipped=skips("07-01 08-01 09-01")),
            "skipped 3 times in a row, on 1 Jul, 1 Aug and 1 Sep 2026; last talked 1 Jun 2026",
        ),
        (
            rhythm(skipped=[Skip(date(2025, 12, 1), date(2025, 12, 1)), *skips("02-01 03-01")]),
            "skipped 3 times in a row, on 1 Dec 2025, 1 Feb and 1 Mar 2026; not talked yet",
        ),
        (
            rhythm(talks="06-01", attempts="07-01 08-01 09-01 10-01"),
            "tried 4 times without an answer, from 1 Jul 2026 to 1 Oct 2026; last talked 1 Jun 2026",
        ),
        (
            rhythm(talks="08-01", skipped=skips("09-01", "passed")),
            "came up until 1 Sep 2026, and passed unanswered each time; last talked 1 Aug 2026",
        ),
        (
            rhythm("3w", talks="09-20 10-04 10-19 11-02 11-17"),
            "the last 4 conversations, until 17 Nov 2026, came after 14, 15, 14 and 15 days",
        ),
    ],
)
def test_it_says_why_with_numbers_and_days(one: Rhythm, why: str) -> None:
    advice = suggested(one)
    assert advice is not None
    assert advice.why == why


def test_they_come_by_name() -> None:
    cadence = Cadence.of(Period(days=14))
    attempts = days("09-01 09-10 10-01")
    people = [Rhythm(PersonId(name), name, cadence, attempts=attempts) for name in ("Rui", "ana", "Bea")]
    assert [one.name for one in advise(people, TODAY)] == ["ana", "Bea", "Rui"]


DAYS = st.lists(st.integers(-40, 700).map(lambda ago: TODAY - timedelta(days=ago)), max_size=8)


@given(
    DAYS,
    DAYS,
    st.lists(st.builds(Skip, st.sampled_from(days("09-01 10-01 11-01 12-01")), st.just(TODAY)), max_size=4),
    st.sampled_from(["1d", "3d", "1w", "2w", "6w", "1m", "3m", "1y", "2y", "50y"]),
    st.randoms(use_true_random=False),
)
def test_whatever_happened(
    talks: list[date], attempts: list[date], skipped: list[Skip], every: str, chance: random.Random
) -> None:
    one = Rhythm(PersonId("ana"), "Ana", Cadence.of(Period.parse(every)), None, talks, attempts, skipped)
    found = advise([one], TODAY)
    shuffled = [chance.sample(list(things), len(things)) for things in (talks, attempts, skipped)]
    assert advise([Rhythm(one.person, one.name, one.cadence, None, *shuffled)], TODAY) == found  # type: ignore[arg-type]
    for advice in found:
        now = one.cadence.every.about_days
        match advice.kind:
            case AdviceKind.LONGER:
                assert advice.every is not None
                assert now < advice.every.about_days <= 731
            case AdviceKind.SHORTER:
                assert advice.every is not None
                assert now * 0.4 < advice.every.about_days < now
            case AdviceKind.REST:
                assert advice.until is not None
                assert advice.until > TODAY + timedelta(days=80)
        refused = Rhythm(
            *(one.person, one.name, one.cadence, None, talks, attempts, skipped),
            {advice.kind: Answer(yes=False, on=max(TODAY, *talks) if talks else TODAY)},
        )
        assert advice.kind not in {again.kind for again in advise([refused], TODAY)}, "a no is a no"
