"""Whose word counts for a person's circle and cadence: the config, what was set by hand, the labels on the card."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.circles import ByHand, Membership, UnclearRule, match_rules, membership, memberships
from kith.core.model import Cadence, Circle, Labelled, Person, PersonId, PersonRule
from kith.core.period import Period
from kith.core.rules import DayRules, Rules


def every(text: str, at_worst: str | None = None) -> Cadence:
    return Cadence.of(Period.parse(text), Period.parse(at_worst) if at_worst else None)


INNER = Circle("inner", every("2w", "4w"), ("Family", "Close friends"), weight=2.0)
FRIENDS = Circle("friends", every("6w"), ("Friends",))
CHOIR = Circle("choir", every("42d"), ("Choir",))
WORK = Circle("work", every("3m"))
CIRCLES = {circle.name: circle for circle in (WORK, FRIENDS, INNER, CHOIR)}


def person(name: str = "Ana Souza", *, labels: tuple[str, ...] = (), emails: tuple[str, ...] = ()) -> Person:
    return Person(
        PersonId(name.casefold().replace(" ", "-")),
        name,
        emails=tuple(Labelled(mail) for mail in emails),
        labels=labels,
    )


def rule(circle: str | None = None, *, every: str = "", at_worst: str = "") -> PersonRule:
    return PersonRule(
        "Ana Souza",
        every=Period.parse(every) if every else None,
        at_worst=Period.parse(at_worst) if at_worst else None,
        circle=circle,
    )


def by_hand(circle: str | None = None, *, every: str = "") -> ByHand:
    return ByHand(circle, Period.parse(every) if every else None)


def place(circle: str | None, cadence: Cadence | None, source: str, *, overruled: str = "") -> Membership:
    weight = CIRCLES[circle].weight if circle else 1.0
    return Membership(circle, cadence, weight, source, Period.parse(overruled) if overruled else None)


NOWHERE = Membership()


# Whose word counts


@pytest.mark.parametrize(
    ("labels", "config", "hand", "expected"),
    [
        # nobody says anything
        pytest.param((), None, by_hand(), NOWHERE, id="nothing: not in the network"),
        pytest.param(("Dentists",), None, by_hand(), NOWHERE, id="a label that no circle has"),
        pytest.param((), rule(), by_hand(), NOWHERE, id="an empty entry in the config"),
        # by label
        pytest.param(("Family",), None, by_hand(), place("inner", INNER.cadence, "label"), id="a label"),
        pytest.param(("FAMILY",), None, by_hand(), place("inner", INNER.cadence, "label"), id="a label without case"),
        pytest.param(
            *(("Close friends",), None, by_hand()), place("inner", INNER.cadence, "label"), id="a circle's second label"
        ),
        pytest.param(
            *(("Friends", "Family"), None, by_hand()),
            place("inner", INNER.cadence, "label"),
            id="of several labels the shortest every",
        ),
        pytest.param(
            *(("Friends", "Choir"), None, by_hand()),
            place("choir", CHOIR.cadence, "label"),
            id="of equally long ones the first by name",
        ),
        # by hand
        pytest.param((), None, by_hand("friends"), place("friends", FRIENDS.cadence, "hand"), id="a circle by hand"),
        pytest.param(
            *(("Family",), None, by_hand("friends")),
            place("friends", FRIENDS.cadence, "hand"),
            id="a circle by hand over a label, though it is slower",
        ),
        pytest.param((), None, by_hand(every="10d"), place(None, every("10d"), "hand"), id="a cadence by hand"),
        pytest.param(
            *(("Family",), None, by_hand(every="10w")),
            place("inner", every("10w"), "hand"),
            id="a cadence by hand over the label's circle",
        ),
        pytest.param(
            *((), None, by_hand("friends", every="10d")),
            place("friends", every("10d"), "hand"),
            id="a circle and a cadence by hand",
        ),
        # the config's [people]
        pytest.param((), rule(every="10d"), by_hand(), place(None, every("10d"), "config"), id="a cadence by config"),
        pytest.param(
            *((), rule(every="10d", at_worst="30d"), by_hand()),
            place(None, every("10d", "30d"), "config"),
            id="a cadence and an at_worst by config",
        ),
        pytest.param(
            *(("Family",), rule(every="10w"), by_hand()),
            place("inner", every("10w"), "config"),
            id="a cadence by config over the label's circle",
        ),
        pytest.param(
            *(("Family",), rule("work"), by_hand()),
            place("work", WORK.cadence, "config"),
            id="a circle by config over a label",
        ),
        pytest.param(
            *((), rule("work"), by_hand("friends")),
            place("work", WORK.cadence, "config"),
            id="a circle by config over one by hand",
        ),
        pytest.param(
            *((), rule("work", every="1w"), by_hand()),
            place("work", every("1w"), "config"),
            id="a circle and a cadence by config",
        ),
        pytest.param(
            *((), rule(every="10d"), by_hand("friends")),
            place("friends", every("10d"), "config"),
            id="a cadence by config in a circle by hand",
        ),
        # the config's at_worst alone
        pytest.param(
            *(("Family",), rule(at_worst="3w"), by_hand()),
            place("inner", every("2w", "3w"), "config"),
            id="at_worst alone, with a label",
        ),
        pytest.param(
            *((), rule(at_worst="8w"), by_hand("friends")),
            place("friends", every("6w", "8w"), "config"),
            id="at_worst alone, with a circle by hand",
        ),
        pytest.param(
            *((), rule("work", at_worst="6m"), by_hand()),
            place("work", every("3m", "6m"), "config"),
            id="at_worst alone, with a circle by config",
        ),
        pytest.param(
            *((), rule(at_worst="30d"), by_hand(every="10d")),
            place(None, every("10d", "30d"), "hand"),
            id="at_worst alone, with a cadence by hand",
        ),
        pytest.param(
            *(("Friends",), rule(at_worst="2w"), by_hand()),
            place("friends", every("2w", "2w"), "config"),
            id="an at_worst before the circle's every",
        ),
        pytest.param((), rule(at_worst="3w"), by_hand(), NOWHERE, id="at_worst alone, of nothing"),
        # circles that are not in the config
        pytest.param((), None, by_hand("gone"), NOWHERE, id="a circle by hand that is not there any more"),
        pytest.param(
            *(("Family",), None, by_hand("gone")),
            place("inner", INNER.cadence, "label"),
            id="a circle by hand that is not there any more, and a label",
        ),
        pytest.param(
            *(("Family",), rule("gone"), by_hand("friends")),
            place("friends", FRIENDS.cadence, "hand"),
            id="a circle by config that is not there",
        ),
        # what the config overrules
        pytest.param(
            *((), rule(every="10d"), by_hand(every="4w")),
            place(None, every("10d"), "config", overruled="4w"),
            id="the config's cadence overrules the one by hand",
        ),
        pytest.param(
            *((), rule(every="4w"), by_hand(every="28d")),
            place(None, every("4w"), "config"),
            id="nothing is overruled where both say the same",
        ),
        pytest.param(
            *((), rule("friends"), by_hand(every="10d")),
            place("friends", FRIENDS.cadence, "config", overruled="10d"),
            id="the config's circle overrules the cadence by hand",
        ),
        pytest.param(
            *((), rule("friends"), by_hand(every="6w")),
            place("friends", FRIENDS.cadence, "config"),
            id="nothing is overruled where the config's circle says the same",
        ),
        pytest.param(
            *(("Family",), None, by_hand(every="10d")),
            place("inner", every("10d"), "hand"),
            id="a label overrules nothing",
        ),
    ],
)
def test_whose_word_counts(
    labels: tuple[str, ...], config: PersonRule | None, hand: ByHand, expected: Membership
) -> None:
    assert membership(person(labels=labels), config, hand, CIRCLES) == expected


SOME_RULES = st.none() | st.builds(
    rule,
    st.sampled_from([None, "inner", "work", "gone"]),
    every=st.sampled_from(["", "10d", "3m"]),
    at_worst=st.sampled_from(["", "1w", "8w", "1y"]),
).filter(lambda r: not (r.every and r.at_worst and r.at_worst.about_days < r.every.about_days))  # refused by the config
SOME_HANDS = st.builds(by_hand, st.sampled_from([None, "friends", "gone"]), every=st.sampled_from(["", "5d", "5m"]))
SOME_LABELS = st.sampled_from([(), ("Family",), ("Friends", "Choir"), ("Nothing",)])


@given(SOME_LABELS, SOME_RULES, SOME_HANDS)
def test_a_place_always_makes_sense(labels: tuple[str, ...], config: PersonRule | None, hand: ByHand) -> None:
    found = membership(person(labels=labels), config, hand, CIRCLES)

    assert (found.cadence is None) == (not found.source)
    assert found.circle is None or found.circle in CIRCLES
    if found.cadence is not None:
        assert found.cadence.every.about_days <= found.cadence.at_worst.about_days
    if found.overruled is not None:
        assert found.cadence is not None
        assert found.source == "config"
        assert found.overruled == hand.every != found.cadence.every


def test_a_person_without_a_circle_weighs_one() -> None:
    assert membership(person(), rule(every="10d"), by_hand(), CIRCLES).weight == 1.0
    assert membership(person(labels=("Family",)), None, by_hand(), CIRCLES).weight == 2.0


# Which entry is whose

ANA = person(emails=("ana@example.org",))
ANA_TOO = Person(PersonId("other"), "Ana Souza")
BEA = person("Bea Lima", labels=("Family",))


@pytest.mark.parametrize("who", ["Ana Souza", "ana souza", "ANA@example.org"])
def test_an_entry_is_matched_by_name_or_mail(who: str) -> None:
    assert match_rules([PersonRule(who)], [ANA, BEA]) == ({ANA.id: PersonRule(who)}, ())


@pytest.mark.parametrize(
    ("who", "candidates"),
    [
        pytest.param("Ana Souza", ("Ana Souza <ana@example.org>", "Ana Souza"), id="two of that name"),
        pytest.param("Ana Lima", ("Ana Souza <ana@example.org>", "Bea Lima", "Ana Souza"), id="a word of several"),
        pytest.param("lima@example.org", ("Bea Lima",), id="an unknown mail, like a name"),
        pytest.param("Zoe", (), id="like nobody"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_an_entry_that_fits_nobody_or_several_lists_who_may_be_meant(who: str, candidates: tuple[str, ...]) -> None:
    matched, unclear = match_rules([PersonRule(who)], [ANA, BEA, ANA_TOO])

    assert matched == {}
    assert unclear == (UnclearRule(who, candidates),)


def test_at_most_five_candidates_are_listed_for_a_likeness() -> None:
    people = [Person(PersonId(f"p{n}"), f"Ana Number{n}") for n in range(9)]

    _, unclear = match_rules([PersonRule("Ana Nobody")], people)

    assert len(unclear[0].candidates) == 5


def test_everybody_gets_a_place_and_unclear_entries_are_told() -> None:
    rules = Rules(
        days=DayRules(ZoneInfo("Europe/Lisbon")),
        circles=(INNER, FRIENDS),
        people=(rule(every="10d"), PersonRule("Zoe", every=Period(days=3))),
    )

    places, unclear = memberships([ANA, BEA], {BEA.id: by_hand("friends")}, rules)

    assert places == {
        ANA.id: place(None, every("10d"), "config"),
        BEA.id: place("friends", FRIENDS.cadence, "hand"),
    }
    assert unclear == (UnclearRule("Zoe", ()),)
