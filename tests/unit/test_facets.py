"""Parts of life: what is a facet, how talking spreads over them, and what is thin."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.facets import Facet, FacetKey, facet_of, facets_of, spreads, thin
from kith.core.report_words import facet_words

ARTS = Facet("area", "arts")


@pytest.mark.parametrize(
    ("label", "facet"),
    [
        ("area:arts", ARTS),
        (" area : arts ", ARTS),
        ("City:Lisboa", Facet("City", "Lisboa")),
        ("life style:two  words", Facet("life style", "two words")),
        ("interest:c++", Facet("interest", "c++")),
        ("age:60s", Facet("age", "60s")),
        ("área:música", Facet("área", "música")),
        ("a:b:c", Facet("a", "b:c")),
        ("Friends", None),
        ("area:", None),
        (":arts", None),
        ("area: ", None),
        ("https://example.org/", None),
        ("9:30", None),
        ("", None),
    ],
)
def test_a_facet_is_a_tag_of_one_form(label: str, facet: Facet | None) -> None:
    assert facet_of(label) == facet


def test_case_and_spaces_make_no_other_facet() -> None:
    assert facets_of(["area:Arts", "AREA:arts", "Friends", "area: arts"]) == (Facet("AREA", "arts"),)
    assert len({facet.key for facet in map(facet_of, ("area:Arts", "AREA : arts")) if facet}) == 1


def people(*groups: tuple[int, int, str]) -> list[tuple[Sequence[Facet], bool]]:
    """So many on the list and so many of them talked to, with the tags in the text."""
    return [(facets_of(tags.split()), number < talked) for listed, talked, tags in groups for number in range(listed)]


@pytest.mark.parametrize(
    ("groups", "targets", "expected"),
    [
        ([(10, 1, "area:arts"), (30, 19, "")], {}, {"area:arts"}),  # a quarter of the list, a twentieth of the talking
        ([(10, 3, "area:arts"), (30, 17, "")], {}, set()),  # more than half of what is to be expected
        ([(2, 0, "area:arts"), (30, 17, "")], {}, set()),  # too few to say anything
        ([(10, 0, "area:arts"), (30, 0, "")], {}, set()),  # nobody was talked to
        ([(10, 0, "area:arts"), (30, 0, "")], {"area:arts": 0.5}, set()),
        ([(10, 2, "area:arts"), (30, 8, "")], {"area:arts": 0.2}, set()),  # the target exactly
        ([(10, 2, "area:arts"), (30, 8, "")], {"area:arts": 0.21}, {"area:arts"}),
        ([(10, 1, "area:arts"), (30, 19, "")], {"area:arts": 0.05}, set()),  # the user wants no more
        ([(30, 8, "")], {"area:arts": 0.05}, {"area:arts"}),  # nobody has it
    ],
)
def test_what_is_thin(groups: list[tuple[int, int, str]], targets: dict[FacetKey, float], expected: set[str]) -> None:
    assert thin(people(*groups), targets) == expected


def test_a_facet_is_shown_as_it_is_written_first() -> None:
    found = spreads([((Facet("Area", "arts"),), True), ((Facet("area", "Arts"),), False)], {FacetKey("x:y"): 0.5})
    assert [(str(one.facet), one.listed, one.talked, one.target) for one in found] == [
        ("Area:arts", 2, 1, None),
        ("x:y", 0, 0, 0.5),
    ]


LABELS = st.sampled_from(["area:arts", "Area:Arts", "area:sport", "city:Lisboa", "city:Porto", "Friends"])
CROWD = st.lists(st.tuples(st.lists(LABELS, max_size=4).map(facets_of), st.booleans()), max_size=30)


@given(CROWD, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter_and_numbers_agree(
    crowd: list[tuple[Sequence[Facet], bool]], chance: st.DataObject
) -> None:
    targets = {FacetKey("area:arts"): 0.3}
    shuffled = list(crowd)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = spreads(crowd, targets)
    assert found == spreads(shuffled, targets)
    for spread in found:
        assert 0 <= spread.talked <= spread.listed <= spread.of_listed == len(crowd)
        assert spread.talked <= spread.of_talked == sum(talked for _, talked in crowd)
    assert len({spread.facet.key for spread in found}) == len(found)


def test_where_there_is_little_room_a_word_or_two_say_it() -> None:
    groups = people((10, 1, "area:arts"), (30, 19, ""))
    said = {}
    for target in (None, 0.2, 0.5, 0.01):
        targets: dict[FacetKey, float] = {} if target is None else {ARTS.key: target}
        (spread,) = spreads(groups, targets)
        said[target] = (facet_words(spread), facet_words(spread, short=True))
    assert said == {
        None: ("thin: far less than on the list", "thin"),
        0.2: ("thin: below the target", "thin"),
        0.5: ("thin, and too few on the list", "too few"),
        0.01: ("", ""),
    }
