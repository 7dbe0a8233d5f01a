"""Scouts: a place a week for somebody whom one would like to know."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from system.home import CONFIG, Home, card
from system.phone import Event
from system.warm import Warm


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Home:
    home = Home(tmp_path, commands).furnish(card("Rui Carvalho", "Family", email="rui@example.org"))
    home.sync()
    return home


def events(home: Home) -> list[Event]:
    """Those about scouts that wait for an answer."""
    return [event for event in home.events() if event.title.startswith("Meet someone new")]


def scouts(home: Home) -> list[Any]:
    found: list[Any] = home.kith("scout", "--json").json
    return found


def monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def test_the_one_who_has_waited_longest_gets_the_week(home: Home) -> None:
    said = home.kith("scout", "add", "Someone who restores boats", "--via", "rui", "--note", "For the dinghy")
    assert said.lines[0] == "Scout 1: Someone who restores boats."
    home.kith("scout", "add", "A pianist")
    home.sync()
    (event,) = events(home)
    assert event.title == "Meet someone new: Someone who restores boats"
    assert event.description.splitlines()[:2] == ["Who could introduce you:", "Rui Carvalho"]
    assert "rui@example.org" in event.description
    assert "For the dinghy" in event.description
    assert home.sync()["wrote"] == []

    first = event.start.date()
    home.now = event.start
    event.type_below("Asked Rui, who knows somebody", at=event.start)
    home.sync()
    assert event.title == "✓ Meet someone new: Someone who restores boats"
    (event,) = events(home)
    assert event.title == "Meet someone new: A pianist"
    assert event.start.date() >= monday_after(first)
    assert scouts(home)[0]["slots"][0]["text"] == "Asked Rui, who knows somebody"

    second = event.start.date()
    home.now = event.start
    event.tick()
    home.sync()
    (event,) = events(home)
    assert event.title == "Meet someone new: Someone who restores boats"
    assert f"{first.day} Nov 2026: Asked Rui, who knows somebody" in event.description
    assert event.start.date() >= monday_after(second)


def test_a_week_that_passes_or_is_deleted_is_the_next_one_s(home: Home) -> None:
    home.kith("scout", "add", "A pianist")
    home.kith("scout", "add", "A gardener")
    home.sync()
    (event,) = events(home)
    home.now = event.start + timedelta(days=3)
    home.sync()
    titles = [event.title for event in events(home) if event.start > home.now]
    assert titles == ["Meet someone new: A gardener"]
    (event,) = [event for event in events(home) if event.start > home.now]
    event.delete()
    home.sync()
    home.sync()
    (event,) = [event for event in events(home) if event.start > home.now]
    assert event.title == "Meet someone new: A pianist"
    assert home.kith("show", "rui", "--json").json["conversations"] == []


def test_a_scout_becomes_a_person(home: Home) -> None:
    home.kith("scout", "add", "Someone who restores boats")
    home.sync()
    assert "who is it?" in home.kith("scout", "met", "1", exits=2).err
    said = home.kith("scout", "met", "1", "Zé Novo", "--circle", "friends")
    assert said.lines == ["Added Zé Novo to friends."]
    home.sync()
    assert events(home) == []
    shown = home.kith("show", "Zé Novo", "--json").json
    assert (shown["circle"], shown["facts"]) == ("friends", ["Met: looked for “Someone who restores boats”"])
    assert "You look for nobody." in home.kith("scout").out
    assert "known since today" in home.kith("scout", "list", "--all").out
    assert "you know them by now" in home.kith("scout", "drop", "1", exits=2).err


def test_what_was_known_of_a_scout_goes_along(home: Home) -> None:
    home.kith("scout", "add", "Someone who restores boats", "--via", "rui", "--note", "For the dinghy")
    home.sync()
    (event,) = events(home)
    home.now = event.start
    event.type_below("Asked Rui, who knows somebody", at=event.start)
    home.sync()
    home.kith("scout", "met", "1", "Zé Novo", "--circle", "friends")
    facts = home.kith("show", "Zé Novo", "--json").json["facts"]
    assert facts[:2] == ["Met: looked for “Someone who restores boats”, through Rui Carvalho", "For the dinghy"]
    assert facts[2].endswith(": Asked Rui, who knows somebody")


def test_a_scout_may_turn_out_to_be_somebody_one_knows(home: Home) -> None:
    home.kith("scout", "add", "Rui Carvalho")
    said = home.kith("scout", "met", "1", "--circle", "friends")
    assert said.lines == ["It is Rui Carvalho, whom you know: now in friends."]
    assert home.kith("people", "--all", "--json").json[0]["circle"] == "friends"


def test_dropping_one_takes_its_event_away(home: Home) -> None:
    home.kith("scout", "add", "A pianist")
    home.sync()
    assert home.kith("scout", "drop", "1").lines == ["Dropped: A pianist."]
    assert "removed: not wanted any more" in home.kith("sync").out
    assert events(home) == []


def test_what_is_said_of_its_event_is_what_becomes_of_it(home: Home) -> None:
    home.kith("scout", "add", "A pianist")
    home.sync()
    (event,) = events(home)
    home.now = event.start
    event.type_below("Asked at the school", at=home.now)
    said = home.kith("sync").out
    assert "did something about it today: “Asked at the school”" in said
    assert "ticked, now that you did something about it" in said
    (event,) = events(home)
    event.delete()
    home.sync()
    assert "deleted: not this week" in home.kith("sync").out


def test_no_week_has_a_place_where_none_is_wanted(home: Home) -> None:
    home.write_config(CONFIG + "\n[giving]\nscouts = false\n")
    home.kith("scout", "add", "A pianist")
    home.sync()
    assert events(home) == []
    home.write_config(CONFIG + '\n[calendar]\ndetails = "none"\n')
    home.sync()
    (event,) = events(home)
    assert (event.title, event.description) == ("Meet someone new", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", " "), "whom would you like to get to know?"),
        (("add", "x", "--via", "nobody"), "nobody called “nobody” is known"),
        (("met", "7"), "there is no scout 7"),
        (("met", "1", "Zé", "--circle", "freinds"), "there is no circle “freinds”"),
        (("drop", "0"), "there is no scout 0"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Home, words: tuple[str, ...], message: str) -> None:
    home.kith("scout", "add", "A pianist")
    assert message in home.kith("scout", *words, exits=2).err
    assert [one["met_on"] for one in scouts(home)] == [None]


def test_scouts_go_out_and_come_in(home: Home) -> None:
    home.kith("scout", "add", "A pianist", "--via", "rui")
    home.kith("scout", "add", "A gardener")
    home.kith("scout", "met", "2", "Zé Novo")
    home.sync()
    before = scouts(home)
    home.kith("export", str(home.folder / "out"))
    for file in home.state.glob("kith.sqlite3*"):
        file.unlink()
    for _ in range(2):
        home.kith("import", str(home.folder / "out"))
    home.sync()
    assert scouts(home) == before
    assert len(events(home)) == 1
