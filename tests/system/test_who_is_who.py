"""Cards become people, and people are joined and taken apart, as a user does it: on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from system.home import Home, card
from system.terminal import press

TWO_BOOKS = """\
# My people.
timezone = "Europe/Lisbon"

[accounts.phone]   # the one in my pocket
type = "folder"
contacts = "~/contacts"
calendar = "~/calendar"

[accounts.work]
type = "folder"
contacts = "~/office"

[calendar]
account = "phone"

[circles.inner]
every = "2w"
labels = ["Family"]
"""


@pytest.fixture
def home(home: Home) -> Home:
    home.write_config(TWO_BOOKS)
    home.write_cards(
        card("Ana Souza", "Family", email="ana@example.org"), card("Bo Lind", email="bo@example.org"), card("Cem Aydın")
    )
    write_office(home, card("Souza, Ana", uid="s1", email="Ana+x@example.org"), card("Cem Aydin", uid="c1"))
    return home


def write_office(home: Home, *cards: str) -> None:
    folder = home.folder / "office"
    folder.mkdir(exist_ok=True)
    (folder / "office.vcf").write_text("".join(cards))


def people(home: Home) -> dict[str, Any]:
    return {person["name"]: person for person in home.kith("people", "--all", "--json").json}


def test_cards_of_one_person_are_joined_and_their_cards_are_listed(home: Home) -> None:
    home.sync()
    found = people(home)
    assert sorted(found) == ["Ana Souza", "Bo Lind", "Cem Aydin", "Cem Aydın"]
    cards = {(ref["account"], ref["uid"]) for ref in found["Ana Souza"]["cards"]}
    assert cards == {("phone", "ana-souza"), ("work", "s1")}
    assert home.kith("show", "Ana", "--json").json["cards"] == found["Ana Souza"]["cards"]
    told = home.kith("why", "Ana").out
    assert "the same e-mail ana@example.org" in told
    assert "work/s1" in told


def test_who_may_be_one_person_is_asked_and_never_again(home: Home) -> None:
    home.sync()
    (question,) = home.kith("duplicates", "--json").json
    found = people(home)
    assert sorted(question["people"]) == sorted(found[name]["id"] for name in ("Cem Aydin", "Cem Aydın"))
    assert 0 < question["score"] < 1
    assert question["reasons"] == ["the same name"]
    assert "the same name" in home.kith("duplicates").out

    assert "1 pair is one person now" in home.kith("duplicates", "--yes-above", "0.5").out
    assert home.kith("duplicates", "--json").json == []
    assert len(people(home)) == 3
    home.kith("split", "Cem Aydın")
    assert len(people(home)) == 4
    home.sync()
    assert len(people(home)) == 4
    assert home.kith("duplicates", "--json").json == []
    told = home.kith("why", found["Cem Aydin"]["id"], found["Cem Aydın"]["id"]).out
    assert "You said so on 2 Nov 2026" in told
    home.kith("merge", found["Cem Aydin"]["id"], found["Cem Aydın"]["id"])
    assert len(people(home)) == 3


def test_what_was_said_goes_back_with_the_right_one(home: Home) -> None:
    home.sync()
    before = people(home)
    home.kith("log", "Bo Lind", "The boat")
    home.kith("log", before["Cem Aydın"]["id"], "The move")
    home.kith("merge", "Bo Lind", before["Cem Aydın"]["id"])
    whole = home.kith("show", "Bo Lind", "--json").json
    assert {said["text"] for said in whole["conversations"]} == {"The boat", "The move"}
    assert home.kith("show", before["Cem Aydın"]["id"], "--json").json["id"] == whole["id"]

    home.kith("log", "Bo Lind", "Afterwards")
    home.kith("split", "Bo Lind")
    after = people(home)
    assert after["Bo Lind"]["id"] == before["Bo Lind"]["id"]
    texts = {
        name: {said["text"] for said in home.kith("show", person["id"], "--json").json["conversations"]}
        for name, person in after.items()
    }
    assert texts["Bo Lind"] == {"The boat", "Afterwards"}
    assert texts["Cem Aydın"] == {"The move"}


def test_two_open_events_become_one_and_text_stays(home: Home) -> None:
    home.write_cards(card("Ana Souza", "Family"), card("Anita Souza", "Family", uid="anita"))
    write_office(home)
    home.sync()
    home.event_of("Anita").type_below("Ask about the garden")
    home.sync()
    assert len(home.events()) == 2
    home.kith("merge", "Ana Souza", "Anita Souza")
    home.sync()
    (event,) = home.events()
    assert "Ask about the garden" in event.description
    assert len(home.kith("events", "--json").json) == 1
    home.assert_theirs_stand()


def test_a_person_outlives_a_card_that_moves_to_another_account(home: Home) -> None:
    home.sync()
    before = people(home)["Bo Lind"]["id"]
    home.kith("log", "Bo", "The boat")
    home.write_cards(card("Ana Souza", "Family", email="ana@example.org"), card("Cem Aydın"))
    write_office(home, card("Bo Lind", uid="new-uid", email="BO@example.org"))
    home.sync("--accept-removals", "phone", "--accept-removals", "work")
    after = people(home)["Bo Lind"]
    assert after["id"] == before
    assert [(ref["account"], ref["uid"]) for ref in after["cards"]] == [("work", "new-uid")]

    write_office(home, card("Bo Lindqvist", uid="new-uid", email="bo@sea.example"))
    home.sync()
    assert home.kith("show", "Bo Lindqvist", "--json").json["id"] == before
    assert home.kith("show", before, "--json").json["conversations"][0]["text"] == "The boat"


def test_nothing_runs_where_nothing_changed(home: Home) -> None:
    home.sync()
    first = home.kith("people", "--all", "--json").json
    home.sync()
    assert home.kith("people", "--all", "--json").json == first


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("merge", "Bo", "Bo Lind"), "both are Bo Lind already"),
        (("merge", "Bo", "Nobody"), "nobody called “Nobody” is known"),
        (("split", "Bo"), "is one card, which cannot be taken apart"),
        (("split", "Ana", "--card", "x"), "none of their cards is called that"),
        (("split", "Ana", "--card", "s1", "--card", "ana-souza"), "all of their cards are named"),
        (("duplicates", "--yes-above", "7"), "not between 0 and 1"),
        (("account", "rename", "nowhere", "x"), "there is no account “nowhere”"),
        (("account", "rename", "phone", "work"), "there is an account “work” already"),
    ],
)
def test_what_makes_no_sense_is_said(home: Home, arguments: tuple[str, ...], says: str) -> None:
    home.sync()
    assert says in home.kith(*arguments, exits=2).err


def test_an_account_gets_another_name_and_nothing_is_lost(home: Home) -> None:
    home.sync()
    before = people(home)
    events = [(event.path.name, event.title) for event in home.events()]
    home.kith("account", "rename", "phone", "my phone")
    text = home.config.read_text()
    assert '[accounts."my phone"]   # the one in my pocket' in text
    assert 'account = "my phone"' in text
    assert text.replace('"my phone"', "phone", 1).replace('"my phone"', '"phone"') == TWO_BOOKS
    report = home.sync()
    assert [(a["account"], a["new"], a["gone"]) for a in report["accounts"]] == [("my phone", 0, 0), ("work", 0, 0)]
    after = people(home)
    assert {name: person["id"] for name, person in after.items()} == {
        name: person["id"] for name, person in before.items()
    }
    assert {ref["account"] for ref in after["Bo Lind"]["cards"]} == {"my phone"}
    assert [(event.path.name, event.title) for event in home.events()] == events
    assert "there was an account" not in home.kith("account", "rename", "my phone", "phone").out


def test_one_key_each_on_a_terminal(home: Home) -> None:
    home.write_cards(*(card(f"Twin {letter}aa Berg", uid=f"{letter}1") for letter in "XYZ"))
    write_office(home, *(card(f"Twin {letter}aa Berg", uid=f"{letter}2") for letter in "XYZ"))
    home.sync()
    _, shown = press(["duplicates"], "sd\r", after="different", folder=home.folder, env=home.env)
    assert "the same name" in shown
    assert "2 answers kept" in shown
    assert len(people_list(home)) == 5
    assert len(home.kith("duplicates", "--json").json) == 1


def people_list(home: Home) -> list[Any]:
    found: list[Any] = home.kith("people", "--all", "--json").json
    return found
