"""Folding names for comparing, and finding the person somebody means."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kith.core.model import Labelled, Person, PersonId
from kith.core.names import find, find_exact, first_name, fold


def person(name: str, *, nicknames: tuple[str, ...] = (), emails: tuple[str, ...] = (), key: str = "") -> Person:
    return Person(
        PersonId(key or name.lower().replace(" ", "-")),
        name,
        nicknames=nicknames,
        emails=tuple(Labelled(mail) for mail in emails),
    )


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ana Souza", "ana souza"),
        ("José  Muñoz", "jose munoz"),
        ("JOSÉ", "jose"),
        ("Jose\u0301", "jose"),
        ("Zoë", "zoe"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Groẞ", "gross"),
        ("Søren Kjærgård", "soren kjaergard"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Đặng Thị Mai", "dang thi mai"),
        ("Þórður Eiðsson", "thordur eidsson"),
        ("Cœur", "coeur"),
        ("İbrahim Işık", "ibrahim isik"),
        ("IŞIK", "isik"),
        ("ﬁlipe", "filipe"),
        ("𝓐𝓷𝓪", "ana"),
        ("Ａｎａ", "ana"),
        ("O’Brien", "o brien"),
        ("O'Brien", "o brien"),
        ("Anne-Marie", "anne marie"),
        ("Dr. Ana, PhD", "dr ana phd"),
        ("Αλέξανδρος", "αλεξανδροσ"),
        ("Сергей", "сергеи"),
        ("田中 太郎", "田中 太郎"),
        ("Ana 🌻", "ana"),
        ("  \t\u00a0 ", ""),
        ("—", ""),
        ("", ""),
    ],
)
def test_folding_leaves_letters_and_single_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
@example("ℝ™ΐᾳŉǰİſẞ")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_case_does_not_count(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


# Finding

ANA = person("Ana Souza", nicknames=("Aninha",), emails=("ana@example.org", "souza@work.example"))
ANA_LIMA = person("Ana Lima", emails=("lima@example.org",))
JOSE = person("José Muñoz", nicknames=("Pepe",))
GROSS = person("Jürgen Groß")
ANDRADE = person("Ana Andrade")
LEE = person("Lee", key="p-17")
OTHER_LEE = person("Lee", key="p-18")
EVERYBODY = [ANA, ANA_LIMA, JOSE, GROSS, ANDRADE, LEE, OTHER_LEE]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("p-17", [LEE], id="by id, though the name is ambiguous"),
        pytest.param("Ana Souza", [ANA], id="exact name"),
        pytest.param("ana souza", [ANA], id="case does not count"),
        pytest.param("jose munoz", [JOSE], id="nor do accents"),
        pytest.param("JÜRGEN GROSS", [GROSS], id="nor how ß is written"),
        pytest.param("Aninha", [ANA], id="nickname"),
        pytest.param("pepe", [JOSE], id="nickname without case"),
        pytest.param("ana@example.org", [ANA], id="e-mail"),
        pytest.param(" ANA@Example.ORG ", [ANA], id="e-mail as pasted"),
        pytest.param("souza@work.example", [ANA], id="second e-mail"),
        pytest.param("souza", [ANA], id="one word of the name"),
        pytest.param("so a", [ANA], id="beginnings of words, in any order"),
        pytest.param("muñ", [JOSE], id="the beginning of a word"),
        pytest.param("a ana", [ANDRADE], id="short beginnings do not take the words that longer ones need"),
        pytest.param("ana a", [ANDRADE], id="each word typed needs a word of its own"),
        pytest.param("ana", [ANA, ANA_LIMA, ANDRADE], id="ambiguous: all of them"),
        pytest.param("lee", [LEE, OTHER_LEE], id="namesakes: both"),
        pytest.param("nha", [ANA], id="inside a nickname"),
        pytest.param("rgen", [GROSS], id="inside the name"),
        pytest.param("@example.org", [ANA, ANA_LIMA], id="inside e-mails"),
        pytest.param("work.example ", [ANA], id="inside an e-mail, with a blank behind"),
        pytest.param("zoe", [], id="nobody"),
        pytest.param("bob@example.org", [], id="nobody's e-mail"),
        pytest.param("", [], id="nothing typed"),
        pytest.param("   ", [], id="blanks"),
        pytest.param("…", [], id="no letters"),
    ],
)
def test_the_best_kind_of_match_counts(query: str, found: list[Person]) -> None:
    assert find(query, EVERYBODY) == found


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("Ana Souza", [ANA]),
        ("ANINHA", [ANA]),
        ("lima@EXAMPLE.org", [ANA_LIMA]),
        ("Lee", [LEE, OTHER_LEE]),
        ("Ana", []),
        ("souza@", []),
        ("", []),
        ("!", []),
    ],
)
def test_an_exact_match_is_a_whole_name_nickname_or_mail(who: str, found: list[Person]) -> None:
    assert find_exact(who, EVERYBODY) == found


def test_a_name_without_letters_is_nobody_s_match() -> None:
    assert find_exact("🌻", [person("🌻", key="flower"), person("!", key="mark")]) == []


@given(st.text(min_size=1))
def test_anything_may_be_typed(query: str) -> None:
    assert all(found in EVERYBODY for found in find(query, EVERYBODY))


@given(st.lists(st.text(alphabet="abcdé ", min_size=1, max_size=12), min_size=1, max_size=6))
def test_a_whole_name_always_finds_its_owner(names: list[str]) -> None:
    people = [person(name, key=f"p{n}") for n, name in enumerate(names)]
    for somebody in people:
        if fold(somebody.name):
            assert somebody in find(somebody.name, people)


@pytest.mark.parametrize(
    ("name", "given", "called"),
    [("Ana Souza", "", "Ana"), ("Souza, Ana", "Ana", "Ana"), ("Ana", "", "Ana"), ("", "", ""), ("  ", "", "  ")],
)
def test_the_first_name_is_the_given_one_or_the_first_word(name: str, given: str, called: str) -> None:
    assert first_name(name, given) == called
