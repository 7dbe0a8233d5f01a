"""Introductions: planned, made in the calendar, asked after, and suggested."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from system.home import CONFIG, Home, card
from system.phone import Event
from system.warm import Warm

CARDS = (
    card("Ana Souza", "Family", email="ana@example.org", more="TITLE:Baker\r\nORG:Example Ltd"),
    card("Bruno Lima", "Friends", email="bruno@example.org", more="TEL;TYPE=CELL:+351912345678"),
    card("Carla Mendes", "Friends"),
    card("Rui Carvalho", "Family"),
    card("Zofia Wójcik"),
)


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Home:
    home = Home(tmp_path, commands).furnish(*CARDS)
    home.sync()
    return home


def introduction(home: Home) -> Event:
    (event,) = [event for event in home.events() if "Introduce" in event.title]
    return event


def tick_introduction(home: Home) -> Event:
    """Ana and Bruno are to be introduced, and when the time has come they were."""
    home.kith("intro", "ana", "bruno")
    home.sync()
    event = introduction(home)
    home.now = event.start
    event.tick()
    return event


def state(home: Home) -> str:
    (one,) = home.kith("intro", "--json").json
    return str(one["state"])


def test_an_introduction_has_an_event_in_the_next_free_place(home: Home) -> None:
    said = home.kith("intro", "ana", "bruno", "--why", "Both restore boats")
    assert said.lines[0] == "To introduce: Ana Souza and Bruno Lima."
    home.sync()
    event = introduction(home)
    assert event.title == "Introduce Ana Souza and Bruno Lima"
    assert event.description.splitlines()[:3] == ["Why: Both restore boats", "", "Ana Souza: Baker at Example Ltd"]
    assert "ana@example.org" in event.description
    assert "912345678" in event.description.replace(" ", "")
    days = [event.start.date() for event in home.events()]
    assert all(days.count(day) <= 3 for day in days)
    assert home.sync()["wrote"] == []
    assert state(home) == "planned"
    assert len([event for event in home.events() if event.title == "Reach out: Ana Souza"]) == 1


def test_ticking_it_is_having_introduced_them_and_weeks_later_either_is_asked(home: Home) -> None:
    tick_introduction(home)
    home.sync()
    assert state(home) == "introduced"
    on = home.now.date()
    for name in ("ana", "bruno"):
        assert home.kith("show", name, "--json").json["conversations"][0]["day"] == on.isoformat()
    asks = f"Did they meet? Introduced to Bruno Lima on {on.day} Nov 2026 (if so, write below: met: Bruno Lima)"
    home.wait(days=3)
    home.kith("snooze", "ana", (on + timedelta(days=18)).isoformat())
    home.sync()
    assert asks not in home.event_of("Reach out: Ana Souza").description
    home.wait(days=3)
    home.kith("snooze", "ana", (on + timedelta(days=21)).isoformat())
    home.sync()
    assert asks in home.event_of("Reach out: Ana Souza").description
    assert home.sync()["wrote"] == []


def test_a_line_typed_in_the_event_of_either_answers(home: Home) -> None:
    home.kith("intro", "ana", "bruno")
    home.kith("intro", "done", "ana", "bruno", "--on", "2026-10-01")
    home.sync()
    event = home.event_of("Reach out: Ana Souza")
    assert "Did they meet? Introduced to Bruno Lima on 1 Oct 2026" in event.description
    home.now = event.start + timedelta(hours=1)
    event.type_below("She has a new oven\nmet: bruno")
    home.sync()
    assert state(home) == "met"
    assert not [event for event in home.events() if "Did they meet?" in event.description and event.title[0] != "✓"]


def test_met_and_drop_by_command(home: Home) -> None:
    home.kith("intro", "ana", "bruno")
    home.kith("intro", "done", "ana", "bruno")
    assert home.kith("intro", "met", "ana", "bruno").lines == ["Ana Souza and Bruno Lima have met. Well done."]
    assert state(home) == "met"
    assert "met, as far as you know, since today already" in home.kith("intro", "drop", "ana", "bruno", exits=2).err
    home.kith("intro", "carla", "rui")
    home.kith("intro", "drop", "rui", "carla")
    assert [one["state"] for one in home.kith("intro", "list", "--json").json] == ["met", "dropped"]
    home.kith("intro", "carla", "rui", "--why", "They sail")
    assert [one["state"] for one in home.kith("intro", "list", "--json").json] == ["met", "dropped", "planned"]
    lines = [line.split() for line in home.kith("intro").lines]
    assert lines[3] == ["Carla", "Mendes", "Rui", "Carvalho", "planned", "They", "sail"]


def test_deleting_the_event_drops_the_introduction(home: Home) -> None:
    home.kith("intro", "ana", "bruno")
    home.sync()
    introduction(home).delete()
    home.sync()
    home.sync()
    assert state(home) == "dropped"
    assert not [event for event in home.events() if "Introduce" in event.title]
    ordinary = home.kith("show", "ana", "--json").json["skips"]
    assert ordinary == [], "their own round is not skipped with it"


def test_one_that_passes_comes_again_and_too_often_is_dropped(home: Home) -> None:
    home.write_config(CONFIG + "\n[reach_out]\nretries = 1\n")
    home.kith("snooze", "ana", "60d")  # her own round is none of these weeks'
    home.kith("intro", "ana", "bruno")
    home.sync()
    first = introduction(home).start
    home.now = first + timedelta(days=3)
    home.sync()
    assert state(home) == "planned"
    second = introduction(home).start
    assert second >= home.now
    home.now = second + timedelta(days=3)
    home.sync()
    assert state(home) == "dropped"
    assert home.kith("show", "ana", "--json").json["skips"] == []


def test_taking_the_tick_back_plans_it_again(home: Home) -> None:
    event = tick_introduction(home)
    home.sync()
    event.untick()
    home.sync()
    assert state(home) == "planned"
    assert len([event for event in home.events() if "Introduce" in event.title]) == 2


def test_an_introduction_that_is_dropped_or_made_leaves_the_calendar(home: Home) -> None:
    home.kith("intro", "ana", "bruno")
    home.kith("intro", "carla", "rui")
    home.sync()
    assert len([event for event in home.events() if "Introduce" in event.title]) == 2
    home.kith("intro", "drop", "ana", "bruno")
    home.kith("intro", "done", "rui", "carla")
    home.sync()
    assert not [event for event in home.events() if "Introduce" in event.title]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ana", "ana"), "are the same person, Ana Souza"),
        (("ana", "nobody"), "nobody called “nobody” is known"),
        (("ana", "bruno"), "Ana Souza and Bruno Lima: planned"),
        (("met", "ana", "carla"), "you have not planned to introduce them"),
        (("done", "ana", "bruno", "--on", "tomorrow"), "still to come"),
        (("ana",), "Missing argument"),
        (("--whatever",), "No such option"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Home, words: tuple[str, ...], message: str) -> None:
    home.kith("intro", "ana", "bruno")
    assert message in home.kith("intro", *words, exits=2).err
    assert state(home) == "planned"


# Suggestions


def suggested(home: Home) -> list[tuple[str, str, list[str]]]:
    found: list[Any] = home.kith("intro", "suggest", "--json").json
    return [(one["people"][0]["name"], one["people"][1]["name"], one["reasons"]) for one in found]


def test_who_might_like_to_meet_whom(home: Home) -> None:
    assert "Nobody comes to mind" in home.kith("intro", "suggest").out
    home.kith("tag", "ana", "carla", "+sailing")
    home.kith("tag", "rui", "bruno", "+city:Porto", "+gender:man")
    home.kith("log", "rui", "-m", "He is well.\nasks: a hand with a boat")
    home.kith("log", "bruno", "-m", "offers: restores old boats")
    assert suggested(home) == [
        (
            "Bruno Lima",
            "Rui Carvalho",
            ["Rui asks for “a hand with a boat”, Bruno offers “restores old boats”"],
        ),
        ("Ana Souza", "Carla Mendes", ["both #sailing"]),
    ]
    home.sync()
    assert "Might like to meet Carla Mendes: both #sailing" in home.event_of("Reach out: Ana Souza").description
    assert home.sync()["wrote"] == []
    home.wait(days=1)
    assert not [write for write in home.sync()["wrote"] if write["what"] == "updated"]


def test_whoever_knows_each_other_is_not_suggested(home: Home) -> None:
    home.kith("tag", "ana", "carla", "rui", "bruno", "+sailing")
    assert len(suggested(home)) == 6
    assert home.kith("intro", "knows", "ana", "carla").lines == ["Ana Souza and Carla Mendes know each other."]
    home.kith("log", "ana", "rui", "Dinner")
    home.kith("intro", "rui", "bruno")
    home.kith("intro", "drop", "rui", "bruno")
    left = {(one, other) for one, other, _ in suggested(home)}
    assert left == {("Ana Souza", "Bruno Lima"), ("Bruno Lima", "Carla Mendes"), ("Carla Mendes", "Rui Carvalho")}


def test_a_facet_in_common_counts_but_stands_in_no_event(home: Home) -> None:
    home.kith("tag", "ana", "carla", "+interest:sailing")
    assert suggested(home) == [("Ana Souza", "Carla Mendes", ["both #interest:sailing"])]
    home.sync()
    assert not [event for event in home.events() if "ailing" in event.description]


def test_events_say_it_only_if_wanted_and_in_a_calendar_of_one_s_own(home: Home) -> None:
    home.kith("tag", "ana", "carla", "+sailing")
    for more in ("\n[giving]\nsuggest = false\n", '\n[calendar]\ndetails = "short"\n'):
        home.write_config(CONFIG + more)
        home.sync()
        assert not [event for event in home.events() if "Might like" in event.description]


def test_introductions_and_acquaintances_go_out_and_come_in(home: Home) -> None:
    home.kith("tag", "ana", "carla", "+sailing")
    home.kith("intro", "knows", "ana", "carla")
    home.kith("intro", "ana", "bruno", "--why", "They bake")
    home.sync()
    before = home.kith("intro", "--json").json
    home.kith("export", str(home.folder / "out"))
    for file in home.state.glob("kith.sqlite3*"):
        file.unlink()
    for _ in range(2):
        home.kith("import", str(home.folder / "out"))
    home.sync()
    assert home.kith("intro", "--json").json == before
    assert suggested(home) == []
    assert len([event for event in home.events() if "Introduce" in event.title]) == 1


def test_joined_people_are_introduced_as_one(home: Home) -> None:
    home.kith("intro", "ana", "bruno")
    home.kith("merge", "ana", "zofia")
    home.sync()
    assert len([event for event in home.events() if "Introduce" in event.title]) == 1
    assert "planned" in home.kith("intro", "zofia", "bruno", exits=2).err
    home.kith("split", "ana")
    home.sync()
    assert introduction(home).title.startswith("Introduce Ana Souza and Bruno")


def test_what_is_said_of_one_is_what_becomes_of_it(home: Home) -> None:
    tick_introduction(home)
    assert "Ana Souza   introduced today" in home.kith("sync").out
    home.kith("intro", "carla", "rui")
    home.sync()
    event = next(event for event in home.events() if event.title.startswith("Introduce"))
    event.delete()
    home.sync()
    assert "deleted: the introduction is dropped" in home.kith("sync").out
