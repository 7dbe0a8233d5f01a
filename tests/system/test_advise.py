"""``kith advise``: suggestions from the real rhythm, taken or refused, each in the place where the cadence was set."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from system.home import card
from system.terminal import press
from system_dav.running import Home, Run

CONFIG = """\
timezone = "Europe/Lisbon"
[accounts.phone]
type = "folder"
contacts = "~/contacts"
calendar = "~/cal"
[circles.inner]
every = "2w"
labels = ["Family"]

[people."Bea Lima"]   # she is busy
every = "3w"
at_worst = "4w"   # not more
"""
CARDS = (card("Ana Souza", "Family"), card("Bea Lima", "Family"), card("Carla Mendes", "Family"))


@pytest.fixture
def home(furnished: Home, tmp_path: Path) -> Home:
    shutil.copytree(furnished.folder, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A machine on which Ana was skipped three times, Bea too, and Carla never answered; to be copied."""
    home = Home(tmp_path_factory.mktemp("advise") / "home")
    home.folder.mkdir()
    home.write(CONFIG)
    (home.folder / "contacts").mkdir()
    (home.folder / "contacts" / "all.vcf").write_text("".join(CARDS))
    assert home.kith("sync").code == 0
    with store(home) as database:
        for name in ("Ana Souza", "Bea Lima"):
            for ago in (100, 70, 40):
                database.execute(
                    "INSERT INTO skips (person_id, day, reason, recorded_at) SELECT id, date('now', ?), 'deleted',"
                    " date('now', ?) || 'T12:00:00+00:00' FROM people WHERE name = ?",
                    (f"-{ago} days", f"-{ago} days", name),
                )
        for ago in (60, 50, 40):
            database.execute(
                "INSERT INTO attempts (person_id, day, text, recorded_at)"
                " SELECT id, date('now', ?), '', '2026-01-01T12:00:00+00:00' FROM people WHERE name = 'Carla Mendes'",
                (f"-{ago} days",),
            )
    return home


def store(home: Home) -> sqlite3.Connection:
    return sqlite3.connect(home.folder / ".local" / "state" / "kith" / "kith.sqlite3")


def said(done: Run) -> Any:
    assert done.code == 0, done.said
    return json.loads(done.out)


def answer(home: Home, keys: str) -> Run:
    return Run(*press(["advise"], keys, after="q stop", folder=home.folder, env=home.environment()))


def suggestions(home: Home) -> dict[str, str]:
    return {one["name"]: one["kind"] for one in said(home.kith("advise", "--json"))}


def test_it_is_shown_and_nothing_is_done(home: Home) -> None:
    config = home.config.read_bytes()
    shown = home.kith("advise").out.splitlines()
    assert shown[0].split() == ["Who", "Now", "Better", "Why"]
    assert "every 2 weeks" in shown[1]
    assert "every 4 weeks" in shown[1]
    assert "skipped 3 times in a row, on " in shown[1]
    assert "let it rest until" in shown[3]
    assert shown[4].startswith("3 suggestions.")
    assert "3 suggestions" in home.kith("status").out
    assert said(home.kith("status", "--json"))["suggestions"] == 3
    first = said(home.kith("advise", "--json"))[0]
    assert (first["name"], first["now"], first["every"], first["until"]) == ("Ana Souza", "2w", "4w", None)
    assert (first["kind"], first["set_by"], first["done"]) == ("longer", "label", False)
    assert home.config.read_bytes() == config


def test_a_yes_takes_effect_where_the_cadence_was_set(home: Home) -> None:
    done = answer(home, "yyy")
    assert done.code == 0, done.out
    assert "Ana Souza: every 4 weeks from now on, set by hand." in done.out
    assert 'Bea Lima: every 6 weeks from now on, in [people."Bea Lima"] of' in done.out
    assert "Carla Mendes is paused until " in done.out
    assert "3 answers kept. The next pass follows." in done.out
    ana, carla = (said(home.kith("show", name, "--json")) for name in ("ana", "carla"))
    assert (ana["every"], ana["set_by"]) == ("4w", "hand")
    assert carla["paused"]
    text = home.config.read_text()
    assert '[people."Bea Lima"]   # she is busy\nevery = "6w"\nat_worst = "9w"   # not more\n' in text
    assert suggestions(home) == {}
    assert home.kith("advise").out == "Every rhythm fits: there is nothing to suggest.\n"
    assert home.kith("check").code == 0


def test_a_no_is_remembered_and_later_is_asked_again(home: Home) -> None:
    done = answer(home, "n q")
    assert "1 of 3" in done.out
    assert "1 answer kept." in done.out
    assert suggestions(home) == {"Bea Lima": "longer", "Carla Mendes": "rest"}
    assert said(home.kith("show", "ana", "--json"))["every"] == "2w"


def test_ctrl_c_and_ctrl_d_leave_what_was_answered(home: Home) -> None:
    assert answer(home, "n\x04").code == 130
    assert answer(home, "\x03").code == 130
    assert suggestions(home) == {"Bea Lima": "longer", "Carla Mendes": "rest"}


def test_all_at_once(home: Home) -> None:
    taken = said(home.kith("advise", "--yes", "--json"))
    assert [one["done"] for one in taken] == [True] * 3
    assert suggestions(home) == {}


def test_an_answer_goes_out_and_comes_in(home: Home) -> None:
    answer(home, "nq")
    assert home.kith("export", "out").code == 0
    with store(home) as database:
        database.execute("DELETE FROM advice")
    assert "Ana Souza" in suggestions(home)
    assert home.kith("import", "out").code == 0
    assert "Ana Souza" not in suggestions(home)


def test_an_answer_stays_right_when_people_are_joined(home: Home) -> None:
    answer(home, "nq")
    assert home.kith("merge", "carla", "ana").code == 0
    (one,) = {name: kind for name, kind in suggestions(home).items() if name != "Bea Lima"}.values()
    assert one == "rest", "the no to a longer cadence holds for the two as one"
    assert home.kith("split", "carla").code == 0
    assert suggestions(home) == {"Bea Lima": "longer", "Carla Mendes": "rest"}
