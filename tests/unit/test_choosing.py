"""Whom to ask about first."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kith.core.choosing import Candidate, likeliest_first
from kith.core.model import AccountId, CardRef, CardUid, Labelled, PartialDate, Person, PersonId

TODAY = date(2026, 11, 2)


def person(name: str, **more: object) -> Person:
    return Person(PersonId(name), name, **more)  # type: ignore[arg-type]


def order(*candidates: Candidate, members: tuple[Person, ...] = ()) -> list[str]:
    return [one.person.name for one in likeliest_first(candidates, members, TODAY)]


def test_a_card_that_somebody_took_trouble_over_comes_first() -> None:
    full = person("Zoe", birthday=PartialDate(1, 1), phones=(Labelled("1"),), nicknames=("Z",))
    assert order(Candidate(person("Ana")), Candidate(full)) == ["Zoe", "Ana"]


def test_a_company_or_label_of_the_network_counts() -> None:
    members = (person("Me", organisation="Fado e Filhos", labels=("chess",)),)
    colleague, player = person("Zoe", organisation="FADO E FILHOS"), person("Yara", labels=("Chess",))
    other = person("Ana", organisation="Elsewhere")
    assert order(*map(Candidate, (other, colleague, player)), members=members) == ["Yara", "Zoe", "Ana"]


def test_who_was_talked_to_lately_counts_more_than_long_ago_and_than_not_at_all() -> None:
    lately, once, never = (person(name) for name in ("Zoe", "Yara", "Ana"))
    found = order(Candidate(never), Candidate(once, [date(2020, 1, 1)]), Candidate(lately, [date(2026, 10, 1)]))
    assert found == ["Zoe", "Yara", "Ana"]


def test_who_stands_in_two_address_books_and_who_is_remembered() -> None:
    refs = tuple(CardRef(AccountId(name), "", CardUid("1")) for name in ("home", "work"))
    assert order(Candidate(person("Ana")), Candidate(person("Zoe", cards=refs))) == ["Zoe", "Ana"]
    assert order(Candidate(person("Ana")), Candidate(person("Zoe"), facts=1)) == ["Zoe", "Ana"]


def test_who_was_put_off_comes_last() -> None:
    full = person("Ana", birthday=PartialDate(1, 1), phones=(Labelled("1"),))
    assert order(Candidate(full, again=True), Candidate(person("Zoe"))) == ["Zoe", "Ana"]


@given(st.permutations([Candidate(person(name, city=city)) for name in "abcd" for city in ("", "Lisboa")][:6]))
def test_the_order_does_not_depend_on_the_order(candidates: list[Candidate]) -> None:
    known = {id(one): one for one in candidates}
    once = likeliest_first(known.values(), [], TODAY)
    assert [one.person for one in once] == [one.person for one in likeliest_first(reversed(once), [], TODAY)]
