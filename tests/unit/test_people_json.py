"""Google's persons as cards: what each field becomes, and that nothing in them can make reading fail."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.codecs.people_json import PERSON_FIELDS, card_of, groups_of, heading, label_of_group
from kith.core.model import AccountId, Card, Labelled, PartialDate

ACCOUNT = AccountId("g")
LABELS = {"contactGroups/1": "Friends", "contactGroups/2": "Choir", "contactGroups/myContacts": ""}
PRIMARY = {"metadata": {"primary": True}}


def person(**fields: Any) -> dict[str, Any]:
    source = {"type": "CONTACT", "id": "5f1c"}
    return {"resourceName": "people/c1", "metadata": {"sources": [source]}, **fields}


def read(**fields: Any) -> Card:
    card = card_of(person(**fields), ACCOUNT, "contacts", LABELS)
    assert card is not None
    return card


def members(*groups: str) -> list[dict[str, Any]]:
    return [{"contactGroupMembership": {"contactGroupResourceName": f"contactGroups/{group}"}} for group in groups]


FULL = person(
    names=[
        {"displayName": "Ana Souza", "givenName": "Ana", "familyName": "Souza", **PRIMARY},
        {"displayName": "Ana Maria Silva"},
    ],
    nicknames=[{"value": "Nani"}],
    emailAddresses=[
        {"value": "ana@work.example", "type": "work"},
        {"value": "ana@example.org", "type": "home", **PRIMARY},
    ],
    phoneNumbers=[{"value": "91 234 56 78", "canonicalForm": "+351912345678", "type": "mobile"}],
    urls=[{"value": "https://ana.example", "type": "homePage"}],
    birthdays=[{"date": {"year": 1980, "month": 8, "day": 20}}],
    events=[
        {"type": "anniversary", "date": {"year": 2010, "month": 6, "day": 5}},
        {"type": "graduation", "date": {"year": 2002, "month": 7, "day": 1}},
    ],
    relations=[{"type": "spouse", "person": "Rui"}],
    organizations=[{"name": "Old Ltd", "title": "Clerk"}, {"name": "New Ltd", "title": "Chief", "current": True}],
    addresses=[{"city": "Porto", "country": "Portugal"}, {"city": "Lisbon", "country": "Portugal", "type": "home"}],
    biographies=[{"value": "met at\r\nthe choir", "contentType": "TEXT_PLAIN"}],
    memberships=members("myContacts", "1", "2", "unknown"),
)


def test_everything() -> None:
    card = card_of(FULL, ACCOUNT, "contacts", LABELS)
    assert card is not None
    assert card.ref.uid == "5f1c"
    assert (card.name, card.given, card.family) == ("Ana Souza", "Ana", "Souza")
    assert card.nicknames == ("Ana Maria Silva", "Nani")
    assert card.emails == (Labelled("ana@example.org", "home"), Labelled("ana@work.example", "work"))
    assert card.phones == (Labelled("+351912345678", "mobile"),)
    assert card.urls == (Labelled("https://ana.example", "home page"),)
    assert card.birthday == PartialDate(8, 20, 1980)
    assert card.anniversary == PartialDate(6, 5, 2010)
    assert (card.organisation, card.job_title) == ("New Ltd", "Chief")
    assert (card.city, card.country) == ("Lisbon", "Portugal")
    assert card.note == "met at\nthe choir\nspouse: Rui\ngraduation: 2002-07-01"
    assert card.labels == ("Choir", "Friends")


def test_it_is_asked_for_what_is_read() -> None:
    assert FULL.keys() - {"resourceName"} == set(PERSON_FIELDS)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_fields_says_nothing(seed: int) -> None:
    chance = random.Random(seed)
    mixed = {
        name: chance.sample(value, len(value)) if isinstance(value, list) else value for name, value in FULL.items()
    }
    assert card_of(mixed, ACCOUNT, "contacts", LABELS) == card_of(FULL, ACCOUNT, "contacts", LABELS)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"names": [{"unstructuredName": "Ana"}]}, "Ana"),
        ({"names": [{"givenName": "Ana", "familyName": "Souza"}]}, "Ana Souza"),
        ({"nicknames": [{"value": "Nani"}]}, "Nani"),
        ({"organizations": [{"name": "The Bakery"}]}, "The Bakery"),
        ({"emailAddresses": [{"value": "ana@example.org"}]}, "ana@example.org"),
        ({"phoneNumbers": [{"value": "112"}]}, "112"),
        ({"names": [{"displayName": "Ana\x00\n  Souza"}]}, "Ana Souza"),
    ],
)
def test_what_somebody_is_called(fields: dict[str, Any], name: str) -> None:
    assert read(**fields).name == name


def test_somebody_with_nothing_is_nobody() -> None:
    assert card_of(person(biographies=[{"value": "?"}]), ACCOUNT, "contacts", LABELS) is None


@pytest.mark.parametrize(
    ("birthday", "expected"),
    [
        ({"date": {"month": 2, "day": 29}}, PartialDate(2, 29)),
        ({"date": {"year": 0, "month": 8, "day": 20}}, PartialDate(8, 20)),
        ({"date": {"year": 1604, "month": 8, "day": 20}}, PartialDate(8, 20)),
        ({"date": {"year": 1980}}, None),
        ({"date": {"year": 1980, "month": 2, "day": 31}}, None),
        ({"text": "1980-08-20"}, PartialDate(8, 20, 1980)),
        ({"text": "--0820"}, PartialDate(8, 20)),
        ({"text": "in August"}, None),
        ({"date": {"year": "1980", "month": [], "day": None}}, None),
        ({"date": {"year": 10**30, "month": 1, "day": 1}}, None),
    ],
)
def test_birthdays(birthday: dict[str, Any], expected: PartialDate | None) -> None:
    assert read(names=[{"displayName": "Ana"}], birthdays=[birthday]).birthday == expected


def test_without_the_id_of_the_contact_the_resource_names_it() -> None:
    card = card_of({"resourceName": "people/c1", "names": [{"displayName": "Ana"}]}, ACCOUNT, "contacts", {})
    assert card is not None
    assert card.ref.uid == "people/c1"


def test_headings() -> None:
    assert heading({"names": []}) is None
    metadata = {"deleted": True, "previousResourceNames": ["people/c0", "people/c1", 7]}
    found = heading({"resourceName": "people/c1", "metadata": metadata})
    assert found is not None
    assert (found.resource, found.deleted, found.formerly) == ("people/c1", True, ("people/c0",))


def group(name: str, *, system: bool = False, shown: str = "") -> dict[str, Any]:
    kind = "SYSTEM_CONTACT_GROUP" if system else "USER_CONTACT_GROUP"
    return {"resourceName": f"contactGroups/{name}", "groupType": kind, "name": name, "formattedName": shown or name}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (group("Choir"), "Choir"),
        (group("starred", system=True, shown="Starred"), "Starred"),
        (group("friends", system=True, shown="Friends"), "Friends"),
        (group("myContacts", system=True, shown="My Contacts"), ""),
        (group("myContacts"), "myContacts"),
        (group("Choir") | {"metadata": {"deleted": True}}, None),
        ({"name": "Choir"}, None),
    ],
)
def test_groups(found: dict[str, Any], expected: str | None) -> None:
    label = label_of_group(found)
    assert (label[1] if label else None) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "date", "year", "type", "person", "names", "sources", "id"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*PERSON_FIELDS, "resourceName"]), JSON))
def test_reading_never_fails(body: dict[str, Any]) -> None:
    card = card_of(body, ACCOUNT, "contacts", LABELS)
    heading(body)
    groups_of(body)
    label_of_group(body)
    assert card is None or card.name
