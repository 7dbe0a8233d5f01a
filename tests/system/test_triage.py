"""Choosing the network at a terminal, as over ssh: one person, one key."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from system.home import card
from system_dav.running import Home

CONFIG = """\
timezone = "Europe/Lisbon"
[accounts.phone]
type = "folder"
contacts = "contacts"
calendar = "calendar"
[circles.inner]
every = "2w"
labels = ["Family"]
[circles.friends]
every = "6w"
"""
CARDS = (
    card("Ana Souza", "Family", more="ORG:Biblioteca"),
    card("Bea Lima", email="bea@example.org", more="BDAY:1980-11-09\r\nTEL:+351 900\r\nORG:Biblioteca"),
    card("Carla Mendes", email="carla@example.org", more="TEL:+351 901"),
    card("Duarte Reis", email="duarte@example.org"),
    card("Eva", more="X-NOTHING:1"),
)
"""In the order of their likelihood, after Ana, who is in a circle."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    home.write(CONFIG.replace('"contacts"', f'"{home.folder}/contacts"').replace('"calendar"', f'"{home.folder}/cal"'))
    (home.folder / "contacts").mkdir()
    (home.folder / "contacts" / "all.vcf").write_text("".join(CARDS))
    assert home.kith("sync").code == 0
    return home


def people(home: Home) -> dict[str, Any]:
    return {one["name"]: one for one in json.loads(home.kith("people", "--all", "--json").out)}


def circles(home: Home) -> dict[str, str | None]:
    return {name: one["circle"] for name, one in people(home).items()}


def test_one_key_chooses_and_the_likeliest_come_first(home: Home) -> None:
    done = home.talk("triage", answers=[("quit", key) for key in ("2", "x", "n", "q")])

    assert done.code == 0
    shown = [done.out.index(name) for name in ("Bea Lima", "Carla Mendes", "Duarte Reis", "Eva")]
    assert shown == sorted(shown)
    assert "Ana Souza" not in done.out
    assert "(1 of 4)" in done.out
    assert "1 person put into circles" in done.out
    assert circles(home) == {
        **dict.fromkeys(("Carla Mendes", "Duarte Reis", "Eva")),
        "Ana Souza": "inner",
        "Bea Lima": "friends",
    }


def test_who_was_answered_for_is_not_asked_about_again(home: Home) -> None:
    home.talk("triage", answers=[("quit", key) for key in ("2", "x", "n", "q")])
    again = home.talk("triage", answers=[("1 of 1", "q")])
    assert "Eva" in again.out
    assert "Carla Mendes" not in again.out
    assert "Duarte Reis" not in again.out
    assert "Carla" not in home.kith("people", "--unassigned").out
    assert "Duarte" in home.kith("people", "--unassigned").out

    with sqlite3.connect(home.folder / ".local" / "state" / "kith" / "kith.sqlite3") as store:
        store.execute("UPDATE choices SET chosen_on = date(chosen_on, '-31 days')")
    later = home.talk("triage", answers=[("1 of 2", "n"), ("2 of 2", "q")])
    assert later.out.index("Eva") < later.out.index("Duarte Reis")
    assert "Carla Mendes" not in later.out


def test_a_label_on_the_card_counts_more_than_never(home: Home) -> None:
    home.talk("triage", answers=[("1 of 4", "n"), ("2 of 4", "x"), ("3 of 4", "q")])
    cards = "".join(CARDS).replace("FN:Carla Mendes", "FN:Carla Mendes\r\nCATEGORIES:Family")
    (home.folder / "contacts" / "all.vcf").write_text(cards)
    assert home.kith("sync").code == 0
    assert circles(home)["Carla Mendes"] == "inner"


def test_an_answer_can_be_taken_back(home: Home) -> None:
    keys = [("1 of 4", "b"), ("1 of 4", "1"), ("2 of 4", "x"), ("3 of 4", "b"), ("2 of 4", "b"), ("1 of 4", "z")]
    done = home.talk("triage", answers=[*keys, ("none of these keys", "q")])
    assert "There is nothing to go back to." in done.out
    assert "“z” is none of these keys" in done.out
    assert set(circles(home).values()) == {"inner", None}
    assert circles(home)["Bea Lima"] is None
    assert "Carla" in home.kith("people", "--unassigned").out


def test_somebody_can_be_the_same_as_another(home: Home) -> None:
    keys = [
        ("1 of 4", "s"),
        ("Who is it?", "nobody such"),
        ("1 of 4", "s"),
        ("Who is it?", "ana souza"),
        ("2 of 4", "q"),
    ]
    done = home.talk("triage", answers=keys)
    assert "nobody called “nobody such” is known" in done.out
    assert "Bea Lima and Ana Souza are one person now" in done.out
    assert len(people(home)["Ana Souza"]["cards"]) == 2
    assert "Bea Lima" not in people(home)


def test_it_stops_after_as_many_as_were_asked_for_and_at_the_end(home: Home) -> None:
    some = home.talk("triage", "--most", "1", answers=[("1 of 4", "2")])
    assert "2 of" not in some.out
    rest = home.talk("triage", answers=[(f"{number} of 3", "x") for number in (1, 2, 3)])
    assert "Bye." in rest.out
    assert "Nobody is waiting to be chosen." in home.talk("triage", answers=[]).out


def test_ctrl_c_and_ctrl_d_leave_what_was_chosen(home: Home) -> None:
    stopped = home.talk("triage", answers=[("1 of 4", "2"), ("2 of 4", "\x03")])
    assert stopped.code == 130
    assert circles(home)["Bea Lima"] == "friends"
    ended = home.talk("triage", answers=[("1 of 3", "\x04")])
    assert ended.code == 0


def test_without_a_terminal_it_says_what_to_do_instead(home: Home) -> None:
    refused = home.kith("triage")
    assert refused.code == 2
    assert "kith people --unassigned" in refused.err
