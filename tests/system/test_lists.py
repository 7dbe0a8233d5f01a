"""Reach-outs on a list: what is done to its lines in the ``.ics`` file, and what the command line says of it."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from system.home import LISBON, MONDAY, Home, card
from system.phone import Event, put
from system.warm import Warm

CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.phone]
type = "folder"
contacts = "~/contacts"
calendar = "~/calendar"

[reach_out]
style = "daily"
per_day = 20
retries = 1

[circles.daily]
every = "1d"
at_worst = "5d"
labels = ["Daily"]
"""
NAMES = ("Ada", "Bea", "Cem", "Dina")
FOOT = "— write below this line or behind a name —"


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Home:
    """Four people on today's list, written this morning."""
    home = Home(tmp_path, commands).furnish(*(card(name, "Daily") for name in NAMES), config=CONFIG)
    home.sync()
    return home


def today(home: Home) -> Event:
    found = [event for event in home.events() if event.start.astimezone(LISBON).date() == home.now.date()]
    assert len(found) == 1, [event.title for event in home.events()]
    return found[0]


def write(event: Event, home: Home, old: str, new: str) -> None:
    assert old in event.description
    text = event.description.replace(old, new, 1)
    event.edit(lambda component: put(component, "DESCRIPTION", text), home.now)


def understood(report: Any) -> dict[str, tuple[str, str]]:
    return {item["person"]: (item["what"], item["text"]) for item in report["understood"]}


def test_one_event_holds_everybody_of_a_day(home: Home) -> None:
    event = today(home)
    assert sorted(event.title.removeprefix("Reach out: ").replace(" and", ",").split(", ")) == list(NAMES)
    assert event.start.astimezone(LISBON).strftime("%H:%M") == "17:30"
    assert set(event.description.splitlines()) == {*(f"[ ] {name}: new in your network" for name in NAMES), FOOT}
    assert "1 event open" in home.kith("status").out
    before = home.snapshot()
    report = home.sync()
    assert (report["understood"], report["wrote"]) == ([], [])
    assert home.snapshot() == before


def test_each_line_is_answered_as_an_event_of_its_own_would_be(home: Home) -> None:
    event = today(home)
    home.now = event.start.astimezone(LISBON) + timedelta(minutes=5)
    write(event, home, "[ ] Ada: new in your network", "[x] Ada: new in your network we had tea")
    write(event, home, "[ ] Bea: new in your network", "[ ] Bea: new in your network\n  she moves\n  in spring")
    write(event, home, "[ ] Cem", "[~] Cem")
    report = home.sync()
    assert understood(report) == {
        "Ada": ("talked", "we had tea"),
        "Bea": ("talked", "she moves\nin spring"),
        "Cem": ("tried", ""),
    }
    assert "[x] Bea: new in your network\n  she moves\n  in spring" in event.description, "kith ticks her line"
    assert "Cem" not in event.description, "who was tried is on a later list"
    assert "[ ] Dina: new in your network" in event.description
    for name, text in (("Ada", "we had tea"), ("Bea", "she moves\nin spring")):
        spoken = home.kith("show", name, "--json").json["conversations"]
        assert [(said["day"], said["text"]) for said in spoken] == [("2026-11-02", text)]
    report = home.sync()
    assert (report["understood"], report["wrote"]) == ([], [])
    write(event, home, "[x] Bea", "[ ] Bea")
    write(event, home, "we had tea", "we had tea and cake")
    assert understood(home.sync()) == {"Ada": ("corrected", "we had tea and cake"), "Bea": ("withdrawn", "")}
    assert home.kith("show", "Bea", "--json").json["conversations"] == []
    assert "she moves" in event.description


def test_a_line_that_is_deleted_is_believed_at_the_second_pass(home: Home) -> None:
    event = today(home)
    write(event, home, "[ ] Dina: new in your network\n", "")
    assert understood(home.sync()) == {"Dina": ("missing", "")}
    assert "Dina" not in event.description
    home.wait(minutes=15)
    assert understood(home.sync()) == {"Dina": ("skipped", "deleted")}
    assert home.kith("show", "Dina", "--json").json["skips"][-1]["reason"] == "deleted"
    assert "Dina" not in event.description


def test_a_line_that_is_put_back_was_never_skipped(home: Home) -> None:
    event = today(home)
    there = event.description
    write(event, home, "[ ] Dina: new in your network\n", "")
    home.sync()
    event.edit(lambda component: put(component, "DESCRIPTION", there), home.now)
    home.wait(minutes=15)
    assert understood(home.sync()) == {"Dina": ("back", "")}
    assert home.kith("show", "Dina", "--json").json["skips"] == []


def test_a_list_that_was_cleared_concludes_nothing(home: Home) -> None:
    event = today(home)
    event.edit(lambda component: put(component, "DESCRIPTION", "my own plans"), home.now)
    for _ in range(2):
        report = home.sync()
        assert (report["understood"], report["wrote"]) == ([], [])
        home.wait(minutes=15)
    assert event.description == "my own plans"
    home.wait(days=2)
    assert {what for what, _ in understood(home.sync()).values()} == {"passed"}
    assert event.description == "my own plans"
    assert "[ ] Ada" in home.events()[-1].description


def test_the_title_and_the_time_go_for_everybody(home: Home) -> None:
    event = today(home)
    later = home.now + timedelta(days=2, hours=3)
    event.drag(later, at=home.now)
    assert understood(home.sync()) == dict.fromkeys(NAMES, ("snoozed", ""))
    due = home.kith("due", "--json").json
    assert {item["name"]: item["day"] for item in due} == dict.fromkeys(NAMES, "2026-11-04")
    home.now = later + timedelta(minutes=1)
    write(event, home, "[ ] Cem", "[~] Cem")
    event.tick(at=home.now)
    assert understood(home.sync()) == {
        "Ada": ("talked", ""), "Bea": ("talked", ""), "Cem": ("tried", ""), "Dina": ("talked", "")
    }  # fmt: skip
    assert event.description.count("[x] ") == 3
    report = home.sync()
    assert (report["understood"], report["wrote"]) == ([], [])


def test_who_gave_no_answer_is_on_the_next_list(home: Home) -> None:
    event = today(home)
    write(event, home, "[ ] Ada", "[x] Ada")
    home.sync()
    home.wait(days=2)
    report = home.sync()
    assert understood(report) == dict.fromkeys(NAMES[1:], ("passed", ""))
    assert event.description == f"[x] Ada: new in your network\n{FOOT}"
    again = today(home)
    assert again.path != event.path
    for name in NAMES[1:]:
        assert f"[ ] {name}: new in your network" in again.description


def test_what_is_said_on_the_command_line_takes_a_line_away(home: Home) -> None:
    event = today(home)
    home.kith("log", "Ada", "by phone")
    home.kith("skip", "Bea")
    home.kith("snooze", "Cem", "3d")
    home.sync()
    assert event.title == "Reach out: Dina"
    assert event.description == f"[ ] Dina: new in your network\n{FOOT}"
    assert home.sync()["wrote"] == []
    home.kith("pause", "Dina")
    home.sync()
    assert not event.exists, "a list that nobody is on goes"
    assert "2 events open" in home.kith("status").out, "later lists"


def test_text_that_is_nobody_s_is_kept(home: Home) -> None:
    event = today(home)
    event.type_below("What a day", at=home.now)
    home.sync()
    assert "What a day" in event.description
    assert "What a day" in str([item["typed"] for item in home.kith("events", "--json").json])
    assert all(home.kith("show", name, "--json").json["conversations"] == [] for name in NAMES)


def test_changing_over_and_back_doubles_nothing_and_loses_nothing(home: Home) -> None:
    home.write_config(CONFIG.replace('"daily"', '"each"'))
    report = home.sync()
    assert understood(report) == {}
    assert sorted(event.title for event in home.events()) == [f"Reach out: {name}" for name in NAMES]
    ada = home.event_of("Ada")
    ada.type_below("ask about the boat", at=home.now)
    home.write_config(CONFIG)
    home.sync()
    assert home.sync()["wrote"] == []
    assert "ask about the boat" in ada.description, "what was written into stays as it is"
    alone, listed = sorted(home.events(), key=lambda event: event.path != ada.path)
    assert (alone.title, listed.description.count("[ ]")) == ("Reach out: Ada", 3)
    home.now = alone.start.astimezone(LISBON) + timedelta(days=2)
    assert understood(home.sync())["Ada"] == ("passed", "")
    assert "ask about the boat" in ada.description
    there = next(event for event in home.events() if "[ ] Ada" in event.description)
    write(there, home, "[ ] Ada", "[x] Ada")
    assert understood(home.sync())["Ada"] == ("talked", "")


def test_a_weekly_list_stands_on_the_first_day(tmp_path: Path, commands: Warm) -> None:
    config = CONFIG.replace('"daily"', '"weekly"').replace("per_day = 20", 'per_day = 1\ndays = ["tue", "thu", "fri"]')
    home = Home(tmp_path, commands).furnish(*(card(name, "Daily") for name in NAMES), config=config)
    home.sync()
    days = [(f"{event.start.astimezone(LISBON):%a %d}", event.description.count("[ ]")) for event in home.events()]
    assert days[0] == ("Tue 03", 3), "as many as the week holds"
    assert days[1] == ("Tue 10", 1)


def test_a_lost_store_takes_its_lists_in_again(home: Home) -> None:
    event = today(home)
    home.now = event.start.astimezone(LISBON) + timedelta(minutes=5)
    shutil.rmtree(home.state)
    write(event, home, "[ ] Ada: new in your network", "[x] Ada: new in your network we had tea")
    home.sync(exits=69)
    said = home.kith("events", "adopt").lines
    assert [line.split()[-1] for line in said[1:]] == ["answer"]
    report = home.sync()
    assert report["troubles"] == []
    assert understood(report)["Ada"] == ("talked", "we had tea")
    assert event.exists
    for name in NAMES[1:]:
        assert f"[ ] {name}: new in your network" in event.description
    assert home.sync()["wrote"] == []


@pytest.mark.parametrize("details", ["short", "none"])
def test_how_little_a_list_may_say(tmp_path: Path, commands: Warm, details: str) -> None:
    config = CONFIG + f'\n[calendar]\ndetails = "{details}"\nlist_title = "{{count}} people"\n'
    home = Home(tmp_path, commands).furnish(*(card(name, "Daily") for name in NAMES), config=config)
    home.now = MONDAY
    home.sync()
    event = today(home)
    assert event.title == "4 people"
    assert ("[ ] Ada: new in your network" in event.description) is (details == "short")
    assert "[ ] Ada" in event.description


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("each", "daily", "on a list now"),
        ("daily", "weekly", "whoever waits is on another list now"),
        ("weekly", "each", "whoever waits has an event of their own now"),
    ],
)
def test_changing_over_says_what_becomes_of_each_event_and_when(
    tmp_path: Path, commands: Warm, before: str, after: str, why: str
) -> None:
    config = CONFIG.replace("per_day = 20", "per_day = 1").replace('every = "1d"\nat_worst = "5d"', 'every = "2w"')
    people = [card(name, "Daily") for name in (*NAMES, "Eva", "Fil", "Gil", "Hugo", "Ivo", "Jan")]
    home = Home(tmp_path, commands).furnish(*people, config=config.replace('"daily"', f'"{before}"', 1))
    home.sync()
    home.wait(days=1)
    home.write_config(config.replace('"daily"', f'"{after}"', 1))
    report = home.kith("sync", "--dry-run").out
    assert f"removed: {why}" in report
    assert "paused" not in report
    moved = [item for item in home.sync()["wrote"] if item["what"] in ("created", "moved")]
    standing = {event.start for event in home.events()}
    assert {datetime.fromisoformat(item["start"]) for item in moved} <= standing
    assert home.sync()["wrote"] == []


@pytest.mark.parametrize("others", ["wait", "answered"])
def test_the_title_goes_for_somebody_whose_tick_was_taken_away_before(home: Home, others: str) -> None:
    event = today(home)
    home.now = event.start + timedelta(hours=1)
    write(event, home, "[ ] Ada: new in your network", "[ ] Ada: new in your network, we had tea")
    if others == "answered":
        for name in NAMES[1:]:
            write(event, home, f"[ ] {name}", f"[~] {name} (asleep?)" if name == "Bea" else f"[x] {name}")
    home.sync()
    write(event, home, "[x] Ada", "[ ] Ada")
    assert understood(home.sync())["Ada"] == ("withdrawn", "")
    event.tick(at=home.now)
    assert understood(home.sync())["Ada"][0] == "talked"
    (talk,) = home.kith("show", "Ada", "--json").json["conversations"]
    assert "we had tea" in talk["text"]
    report = home.sync()
    assert (report["understood"], report["wrote"]) == ([], [])
