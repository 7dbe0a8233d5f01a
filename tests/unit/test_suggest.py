"""Who might like to meet whom, and who is never suggested to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.model import PersonId
from kith.core.suggest import Candidate, Suggestion, best_first, best_for_each, suggest, tag_words


def somebody(name: str, *tags: str, **more: object) -> Candidate:
    return Candidate(PersonId(name.lower()), name, tags, **more)  # type: ignore[arg-type]


def pairs(*candidates: Candidate, acquainted: tuple[str, ...] = (), ordinary: tuple[str, ...] = ()) -> list[str]:
    known = {frozenset(map(PersonId, pair.split())) for pair in acquainted}
    found = suggest(candidates, known, ordinary)
    return [f"{one.one.name} {one.other.name}: {'; '.join(reason.words for reason in one.reasons)}" for one in found]


@pytest.mark.parametrize(
    ("tags", "other", "reason"),
    [
        (("sailing",), ("Sailing",), "both #Sailing"),
        (("early music",), ("early music",), "both “early music”"),
        (("interest:sailing",), ("interest:sailing",), "both #interest:sailing"),
        (("Area:Law",), ("area:law",), "both #Area:Law"),
        (("chess", "sailing"), ("chess", "sailing"), "both #chess; both #sailing"),
        (("city:Porto",), ("city:Porto",), None),
        (("gender:woman",), ("gender:woman",), None),
        (("race:any",), ("race:any",), None),
        (("age:40",), ("age:40",), None),
        (("lifestyle:vegan",), ("lifestyle:vegan",), None),
        (("anything:else",), ("anything:else",), None),
        (("interest:",), ("interest:",), None),
        (("Friends",), ("friends",), None),
        (("sailing",), ("chess",), None),
        ((), (), None),
    ],
)
def test_what_tags_say(tags: tuple[str, ...], other: tuple[str, ...], reason: str | None) -> None:
    expected = [f"Ana Bea: {reason}"] if reason else []
    assert pairs(somebody("Bea", *other), somebody("Ana", *tags), ordinary=("Friends", "inner")) == expected


@pytest.mark.parametrize(
    ("asks", "offers", "meets"),
    [
        ("someone who restores boats", "boat repair", True),
        ("a piano teacher for Eva", "Teaches the piano", True),
        ("help with the garden", "gardening", True),
        ("a good painter", "paintings", True),
        ("organisation of a move", "an organization that helps", True),
        ("Advogado de imigração", "imigracao", True),
        ("a house to rent", "a horse to ride", False),
        ("somebody with a car", "somebody with time", False),
        ("a port in the north", "Portugal by train", False),
        ("", "boat repair", False),
        ("the best", "the best", True),
    ],
)
def test_what_is_asked_for_and_offered(asks: str, offers: str, *, meets: bool) -> None:
    found = pairs(somebody("Rui", asks=(asks,)), somebody("Bruno", offers=(offers,)))
    assert found == ([f"Bruno Rui: Rui asks for “{asks}”, Bruno offers “{offers}”"] if meets else [])


def test_a_facet_in_what_is_asked_for_is_not_repeated() -> None:
    found = pairs(somebody("Rui", asks=("#interest:boats a boat",)), somebody("Bea", offers=("boats #age:40",)))
    assert found == ["Bea Rui: Rui asks for “a boat”, Bea offers “boats”"]


def test_nobody_gets_what_they_offer_themselves() -> None:
    assert pairs(somebody("Ana", asks=("a boat",), offers=("boats",)), somebody("Bea")) == []


def test_who_knows_whom() -> None:
    ana, bea = somebody("Ana", "chess"), somebody("Bea", "chess")
    assert pairs(ana, bea, acquainted=("bea ana",)) == []
    assert pairs(ana, bea, acquainted=("bea rui",)) != []
    at_work = (
        somebody("Ana", "chess", organisation="Fado e Filhos"),
        somebody("Bea", "chess", organisation="fado e  filhos"),
    )
    assert pairs(*at_work) == []
    at_home = [somebody(name, "chess", households=frozenset({"lima rua nova 1"})) for name in ("Ana", "Bea")]
    assert pairs(*at_home) == []
    assert pairs(at_home[0], bea) != []


def test_what_everybody_has_in_common_says_nothing() -> None:
    many = [somebody(f"P{number}", "chess") for number in range(12)]
    assert len(pairs(*many)) == 66
    assert pairs(*many, somebody("Q", "chess")) == []


def test_the_rarer_and_the_more_the_better() -> None:
    common = [somebody(f"P{number}", "chess") for number in range(8)]
    rare = [somebody("Ana", "fado", "chess"), somebody("Bea", "fado")]
    asked = [somebody("Rui", asks=("a boat",)), somebody("Zoe", offers=("boats",))]
    found = pairs(*common, *rare, *asked)
    assert found[0].startswith("Rui Zoe: ")
    assert found[1] == "Ana Bea: both #fado"
    assert found[2].startswith("Ana P0: ")


def test_no_more_than_asked_for_and_nobody_too_often() -> None:
    people = [somebody(f"P{number}", "chess") for number in range(6)]
    found = suggest(people, (), ())
    assert len(best_first(found, 4)) == 4
    times = [person for one in best_first(found, 100, each=2) for person in (one.one.name, one.other.name)]
    assert max(times.count(name) for name in times) == 2


def test_an_event_names_the_best_one_that_it_may() -> None:
    people = (
        *(somebody("Ana", "interest:sailing", "area:law", "chess"), somebody("Bea", "interest:sailing", "area:law")),
        *(somebody("Rui", "chess"), somebody("Zoe")),
    )
    best = best_for_each(suggest(people, (), ()))
    assert {person: suggestion.whom(person) for person, suggestion in best.items()} == {
        "ana": people[2],
        "rui": people[0],
    }
    assert [reason.words for reason in best[PersonId("ana")].reasons] == ["both #chess"]
    assert best[PersonId("ana")].whom(PersonId("zoe")) is None


def test_a_tag_in_a_sentence() -> None:
    assert (tag_words("sailing"), tag_words("early music")) == ("#sailing", "“early music”")


TAGS = st.sampled_from(["chess", "Chess", "sailing", "interest:law", "city:Porto", "gender:x", "Friends", "", " "])
LINES = st.sampled_from(["a boat", "boats", "a piano teacher", "teaches piano", "the", ""])


@st.composite
def networks(draw: st.DrawFn) -> list[Candidate]:
    return [
        Candidate(
            person=PersonId(f"p{number}"),
            name=draw(st.sampled_from(["Ana", "Bea", "Çelik"])),
            tags=tuple(draw(st.lists(TAGS, max_size=4))),
            asks=tuple(draw(st.lists(LINES, max_size=2))),
            offers=tuple(draw(st.lists(LINES, max_size=2))),
            organisation=draw(st.sampled_from(["", "", "Fado", "fado "])),
            households=frozenset(draw(st.lists(st.sampled_from(["a", "b"]), max_size=1))),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def people_of(suggestion: Suggestion) -> frozenset[PersonId]:
    return frozenset((suggestion.one.person, suggestion.other.person))


@given(networks(), st.lists(st.sets(st.integers(0, 7), min_size=2, max_size=2), max_size=4), st.randoms())
def test_whatever_the_network(network: list[Candidate], know: list[set[int]], random: object) -> None:
    """The same list in whatever order people come; nobody twice, nobody they know, and never a private facet."""
    acquainted = {frozenset(PersonId(f"p{number}") for number in pair) for pair in know}
    found = suggest(network, acquainted, ("Friends",))
    shuffled = list(network)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert suggest(shuffled, acquainted, ("Friends",)) == found
    assert len({people_of(one) for one in found}) == len(found)
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    for one in found:
        assert one.one.person != one.other.person
        assert people_of(one) not in acquainted
        assert one.reasons
        said = " ".join(reason.words for reason in one.reasons)
        assert not any(word in said for word in ("city:", "gender:", "Friends"))
    best = best_for_each(found)
    for person, suggestion in best.items():
        assert suggestion.whom(person) is not None
        assert suggestion.reasons
        assert not any(":" in reason.words.partition("#")[2] for reason in suggestion.reasons)
