"""What is compared, and what a comparison comes to: the evidence row by row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core import plain
from kith.core.evidence import Kind, Profile, Verdict
from kith.core.match import compare, is_shared_by
from kith.core.model import AccountId, Card, CardRef, CardUid, Labelled, PartialDate, PersonId
from kith.core.name_parts import name_likeness, parts_of
from kith.core.profile import profile_of

BORN = PartialDate(8, 20, 1980)


def card(
    name: str,
    *,
    email: str = "",
    phone: str = "",
    url: str = "",
    uid: str = "1",
    account: str = "home",
    **more: Any,
) -> Card:
    return Card(
        CardRef(AccountId(account), "", CardUid(uid)),
        name,
        emails=(Labelled(email),) if email else (),
        phones=(Labelled(phone),) if phone else (),
        urls=(Labelled(url),) if url else (),
        **more,
    )


def profile(who: Card, number: str = "1") -> Profile:
    return profile_of(PersonId(number), [who], "PT")


def verdict(one: Card, other: Card, *others: Card) -> Verdict:
    """What comes of the two, where there are others that share things with them."""
    everybody = [profile(who, str(number)) for number, who in enumerate((one, other, *others))]

    def is_shared(key: str) -> bool:
        return is_shared_by(who.parts for who in everybody if key[1:] in (who.emails | who.phones | who.links))

    return compare(everybody[0], everybody[1], is_shared)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Ana@Example.org", "ana@example.org"),
        ("ana+kith@example.org", "ana@example.org"),
        ("Ana.Souza+x@googlemail.com", "anasouza@gmail.com"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("a.na@example.org", "a.na@example.org"),
        ("no address", ""),
        ("@example.org", ""),
    ],
)
def test_an_email_stands_for_its_mailbox(written: str, same: str) -> None:
    assert plain.email(written) == same


@pytest.mark.parametrize(
    ("written", "region", "same"),
    [
        ("912 345 678", "PT", "+351912345678"),
        ("+351 912 345 678", "", "+351912345678"),
        ("00351 912345678", "PT", "+351912345678"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("020 7946 0018 ext. 12", "GB", "+442079460018x12"),
        ("912 345 678", "", ""),
        ("112", "PT", ""),
        ("call me", "PT", ""),
    ],
)
def test_a_number_is_read_as_it_is_dialled_at_home(written: str, region: str, same: str) -> None:
    assert plain.phone(written, region) == same


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("https://www.linkedin.com/in/Ana-Souza/", "linkedin.com/in/ana-souza"),
        ("http://pt.linkedin.com/in/ana-souza?trk=1", "linkedin.com/in/ana-souza"),
        ("linkedin.com/in/ana-souza", "linkedin.com/in/ana-souza"),
        ("https://x.com/ana", "twitter.com/ana"),
        ("https://twitter.com/@ana", "twitter.com/ana"),
        ("https://www.linkedin.com/company/kettle", ""),
        ("https://kettle.example/", ""),
    ],
)
def test_only_a_profile_of_ones_own_counts(written: str, same: str) -> None:
    found = plain.profile_link(written)
    assert (found == "") == (same == "")
    assert found == plain.profile_link(f"https://{same}") if same else True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Souza", "ana SOUZA"),
        ("José Muñoz", "Jose Munoz"),
        ("Souza, Ana", "Ana Souza"),
        ("Dr. Ana de Souza", "Ana Souza"),
        ("Bill Smith", "William Smith"),
        ("Pepe Ruiz", "José Ruiz"),
        ("Sasha Ivanov", "Александр Иванов"),
        ("Дмитрий Иванов", "Dmitry Ivanov"),
        ("Ольга Петрова", "Olga Petrova"),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Ólafur Þórðarson", "Olafur Thordarson"),
        ("Jean-Paul Sartre", "Jean Paul Sartre"),
        ("Conor O'Neil", "Conor O’Neil"),
        ("Ana Souza (work)", "Ana Souza 🌻"),
        ("山田太郎", "山田太郎"),
    ],
)
def test_one_name_in_two_ways(one: str, other: str) -> None:
    alike = name_likeness(parts_of(one), parts_of(other))
    assert alike.agrees, alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Souza", "Rui Souza"),
        ("Maria Rossi", "Mario Rossi"),
        ("Anna Maria Berg", "Anna Luise Berg"),
        ("John Smith Jr.", "John Smith Sr."),
        ("John Smith", "John Smith III"),
        ("Ana", "Rui"),
        ("Souza", "Ana Souza"),
    ],
)
def test_names_that_are_not_taken_for_one(one: str, other: str) -> None:
    assert not name_likeness(parts_of(one), parts_of(other)).agrees


ANA = card("Ana Souza", email="ana@example.org", phone="912 345 678")


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (ANA, card("Ana Souza", email="ANA+kith@example.org"), Kind.JOIN),
        (ANA, card("Souza, Ana", phone="+351 912345678"), Kind.JOIN),
        (ANA, card("Ana", email="ana@example.org"), Kind.JOIN),
        (ANA, card("Ana Suoza", email="ana@example.org"), Kind.JOIN),
        (ANA, card("A. Souza", email="ana@example.org"), Kind.PROPOSE),
        (ANA, card("A. Souza", email="ana@example.org", phone="912345678"), Kind.JOIN),
        (ANA, card("Ana Lima", email="ana@example.org"), Kind.PROPOSE),
        (ANA, card("ana@example.org", email="ana@example.org"), Kind.PROPOSE),
        (ANA, card("Ana Souza"), Kind.PROPOSE),
        (ANA, card("Ana Lima"), Kind.NOTHING),
        (ANA, card("Rui Souza", email="ana@example.org"), Kind.APART),
        (ANA, card("Rui Souza", email="ana@example.org", phone="912345678"), Kind.APART),
        (ANA, card("Bo Lind"), Kind.APART),
        (
            card("Bill Gray", url="https://www.linkedin.com/in/wgray/"),
            card("William Gray", url="linkedin.com/in/WGray"),
            Kind.JOIN,
        ),
        (card("Ana Souza", birthday=BORN), card("Ana Souza", birthday=BORN), Kind.JOIN),
        (card("Ana Souza", birthday=BORN), card("Ana Souza", birthday=PartialDate(8, 20)), Kind.PROPOSE),
        (card("Ana Souza", birthday=BORN), card("Ana Souza", birthday=PartialDate(3, 1, 1950)), Kind.APART),
        (
            card("Ana Souza", email="ana@example.org", birthday=BORN),
            card("Ana Souza", email="ana@example.org", birthday=PartialDate(3, 1, 1950)),
            Kind.APART,
        ),
        (
            card("Ana Souza", email="ana@example.org", birthday=BORN),
            card("Ana Souza", email="ana@example.org", birthday=PartialDate(8, 21, 1980)),
            Kind.JOIN,
        ),
        (
            card("Ana Souza", email="ana@example.org", birthday=BORN),
            card("Ana Souza", email="ana@example.org", birthday=PartialDate(8, 20, 1604)),
            Kind.JOIN,
        ),
        (card("John Smith Jr", email="j@example.org"), card("John Smith Sr", email="j@example.org"), Kind.APART),
        (card("John Smith Jr", email="j@example.org"), card("John Smith", email="j@example.org"), Kind.PROPOSE),
        (card("Ana Souza", email="info@example.org"), card("Ana Souza", email="info@example.org"), Kind.PROPOSE),
        (
            card("Ana Souza", uid="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
            card("Ana Souza", uid="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", account="work"),
            Kind.JOIN,
        ),
        (card("Ana Souza", uid="12"), card("Ana Souza", uid="12", account="work"), Kind.PROPOSE),
        (
            card("Blue Kettle", organisation="Blue Kettle", phone="912345678"),
            card("Ana Souza", phone="912345678"),
            Kind.PROPOSE,
        ),
    ],
)
def test_what_comes_of_two_cards(one: Card, other: Card, kind: Kind) -> None:
    found = verdict(one, other)
    assert found.kind is kind, found
    assert verdict(other, one) == found


FAMILY = "souza@example.org"


def test_an_email_that_a_family_shares_proves_nothing_alone() -> None:
    ana, again = card("Ana Souza", email=FAMILY), card("Ana Souza", email=FAMILY)
    assert verdict(ana, again).kind is Kind.JOIN
    found = verdict(ana, again, card("Rui Souza", email=FAMILY))
    assert found.kind is Kind.PROPOSE
    assert any("others have too" in reason for reason in found.reasons)


def test_a_shared_number_beside_one_of_ones_own_does_no_harm() -> None:
    ana = card("Ana Souza", email="ana@example.org", phone="220 000 000")
    again = card("Ana Souza", email="ana@example.org", phone="220 000 000")
    assert verdict(ana, again, card("Rui Lima", phone="220 000 000")).kind is Kind.JOIN


def test_reasons_are_words_with_the_weightiest_first() -> None:
    assert verdict(ANA, card("Ana Souza", email="ana@example.org", city="Porto")).reasons == (
        "the same e-mail ana@example.org",
        "the same name",
    )


def test_better_evidence_has_a_higher_score() -> None:
    alone = verdict(ANA, card("Ana Souza"))
    assert 0 < alone.score < verdict(ANA, card("Ana Souza", email="ana@example.org")).score <= 1


NAMES = st.sampled_from(["Ana Souza", "Ana", "A. Souza", "Souza Ana", "Rui Souza", "Ana Lima", "", "Dr. Ana Souza Jr."])
CARDS = st.builds(
    card,
    NAMES,
    email=st.sampled_from(["", "ana@example.org", "info@example.org"]),
    phone=st.sampled_from(["", "912345678", "220000000"]),
    birthday=st.sampled_from([None, BORN, PartialDate(8, 20), PartialDate(8, 21, 1980), PartialDate(1, 1, 1950)]),
    street=st.sampled_from(["", "Rua Nova 7", "7, Rua Nova"]),
    city=st.sampled_from(["", "Porto", "Graz"]),
)


@given(CARDS, CARDS)
def test_the_order_of_the_two_does_not_matter(one: Card, other: Card) -> None:
    assert verdict(one, other) == verdict(other, one)


@given(CARDS, CARDS)
def test_birthdays_that_differ_are_never_joined(one: Card, other: Card) -> None:
    found = verdict(one, other)
    days = {one.birthday, other.birthday}
    if None not in days and PartialDate(1, 1, 1950) in days and len(days) == 2:
        assert found.kind is not Kind.JOIN


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_a_name(name: str, given_name: str, family: str) -> None:
    one = parts_of(name, given_name, family)
    assert name_likeness(one, one).given is not None
    assert plain.phone(name, "PT") is not None
    assert plain.email(name) is not None
    assert plain.profile_link(name) is not None
