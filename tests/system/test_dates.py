"""Birthdays in the calendar: written, answered, moved, let pass, and never written twice."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from system.home import CONFIG, LISBON, Home, card
from system.phone import Event
from system.warm import Warm

ON = CONFIG + "\n[dates]\nbirthdays = true\n"
ANA = card("Ana Souza", "Friends", more="BDAY:1980-11-10")


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Home:
    cards = (ANA, card("Bruno Lima", "Friends"), card("Not In It", more="BDAY:1990-11-10"))
    home = Home(tmp_path, commands).furnish(*cards, config=ON)
    home.sync()
    return home


def birthday(home: Home) -> Event:
    (event,) = [event for event in home.events() if "Birthday" in event.title]
    return event


def test_a_birthday_gets_an_event_on_its_day(home: Home) -> None:
    event = birthday(home)
    assert event.title == "Birthday: Ana Souza"
    assert event.start.astimezone(LISBON) == datetime(2026, 11, 10, 9, 0, tzinfo=LISBON)
    assert event.description.startswith("Birthday on 10 Nov 2026: turns 46\n")
    assert len(home.events()) == 3
    assert home.sync()["wrote"] == []


def test_it_stands_before_the_day_by_the_lead_asked_for(home: Home) -> None:
    home.write_config(ON + 'lead = "3d"\nat = "08:00"\n')
    home.sync()
    assert birthday(home).title == "Birthday on 10 Nov: Ana Souza"
    assert birthday(home).start.astimezone(LISBON) == datetime(2026, 11, 7, 8, 0, tzinfo=LISBON)


def test_only_for_the_circles_asked_for(home: Home) -> None:
    home.write_config(ON + 'circles = ["inner"]\n')
    home.sync()
    assert [event.title for event in home.events() if "Birthday" in event.title] == []


def test_a_circle_that_is_not_there_is_a_mistake(home: Home) -> None:
    home.write_config(ON + 'circles = ["freinds"]\n')
    problem = home.kith("sync", exits=78).err
    assert 'there is no circle "freinds"; did you mean "friends"?' in problem


def test_a_greeting_that_is_ticked_is_a_conversation(home: Home) -> None:
    home.now = datetime(2026, 11, 10, 10, 0, tzinfo=LISBON)
    birthday(home).tick()
    report = home.sync()
    assert ("talked", "Ana Souza") in [(one["what"], one["person"]) for one in report["understood"]]
    shown = home.kith("show", "Ana", "--json").json
    assert [talk["day"] for talk in shown["conversations"]] == ["2026-11-10"]
    assert birthday(home).title == "✓ Birthday: Ana Souza"
    # Their ordinary reach-out is of no use any more: it goes, and comes a cadence later.
    ordinary = next(event for event in home.events() if event.title == "Reach out: Ana Souza")
    assert ordinary.start.astimezone(LISBON).date() >= date(2026, 12, 1)
    assert home.sync()["wrote"] == []


def test_one_that_passes_goes_and_is_no_skipped_round(home: Home) -> None:
    home.now = datetime(2026, 11, 12, 10, 0, tzinfo=LISBON)
    report = home.sync()
    assert ("passed", "Ana Souza") in [(one["what"], one["person"]) for one in report["understood"]]
    assert home.kith("show", "Ana", "--json").json["skips"] == []
    home.wait(days=7)
    home.sync()
    assert [event.title for event in home.events() if "Birthday" in event.title] == []


def test_one_that_was_deleted_does_not_come_again_this_year(home: Home) -> None:
    birthday(home).delete()
    home.sync()
    report = home.sync()
    assert ("skipped", "Ana Souza") in [(one["what"], one["person"]) for one in report["understood"]]
    assert home.kith("show", "Ana", "--json").json["skips"] == []
    assert [event.title for event in home.events() if "Birthday" in event.title] == []
    home.now = datetime(2027, 10, 25, 9, 0, tzinfo=LISBON)
    home.sync()
    assert birthday(home).description.startswith("Birthday on 10 Nov 2027: turns 47\n")


def test_what_is_said_of_one_is_what_becomes_of_it(home: Home) -> None:
    home.now = datetime(2026, 11, 10, 10, 0, tzinfo=LISBON)
    birthday(home).tick("~")
    assert re.search(r"tried today, no answer$", home.kith("sync").out, re.MULTILINE)
    home.wait(days=2)
    assert re.search(r"Ana Souza +Tue 10 Nov passed unanswered$", home.kith("sync").out, re.MULTILINE)


def test_one_that_passed_is_said_to_have_passed(home: Home) -> None:
    home.now = datetime(2026, 11, 12, 10, 0, tzinfo=LISBON)
    said = home.kith("sync").out
    assert re.search(r"Ana Souza +Tue 10 Nov passed unanswered$", said, re.MULTILINE)
    assert re.search(r"Birthday: Ana Souza +removed: its time has passed$", said, re.MULTILINE)


def test_one_that_was_deleted_is_said_to_be_gone_for_this_year(home: Home) -> None:
    birthday(home).delete()
    assert "is gone: not this year, if it still is at the next pass" in home.kith("sync").out
    assert "deleted: not this year" in home.kith("sync").out


def test_one_that_was_moved_stays_where_it_was_put(home: Home) -> None:
    to = datetime(2026, 11, 14, 12, 0, tzinfo=LISBON)
    birthday(home).drag(to)
    for _ in range(2):
        home.sync()
        assert birthday(home).start.astimezone(LISBON) == to
    home.now = to + timedelta(hours=1)
    birthday(home).type_below("She liked the cake")
    home.sync()
    assert home.kith("show", "Ana", "--json").json["conversations"][0]["text"] == "She liked the cake"


def test_a_birthday_that_changes_on_the_card_moves(home: Home) -> None:
    home.write_cards(ANA.replace("1980-11-10", "1980-11-12"), card("Bruno Lima", "Friends"))
    home.sync()
    assert birthday(home).start.astimezone(LISBON) == datetime(2026, 11, 12, 9, 0, tzinfo=LISBON)
    assert birthday(home).description.startswith("Birthday on 12 Nov 2026: turns 46\n")


def test_it_takes_a_place_of_its_day(home: Home) -> None:
    home.write_config(ON.replace("[circles.inner]", "[reach_out]\nper_day = 1\n\n[circles.inner]", 1))
    home.write_cards(
        ANA, *(card(f"Person {number}", "Friends", more="BDAY:--1110" if number == 1 else "") for number in range(30))
    )
    home.sync()
    tenth = [event.title for event in home.events() if event.start.astimezone(LISBON).day == 10]
    assert sorted(tenth) == ["Birthday: Ana Souza", "Birthday: Person 1"]


def test_without_the_store_they_are_made_anew_and_what_was_said_comes_back(home: Home) -> None:
    home.now = datetime(2026, 11, 10, 10, 0, tzinfo=LISBON)
    birthday(home).tick()
    home.store.unlink()
    home.sync(exits=69)
    home.kith("events", "adopt")
    home.sync()
    assert [talk["day"] for talk in home.kith("show", "Ana", "--json").json["conversations"]] == ["2026-11-10"]
    assert birthday(home).title == "✓ Birthday: Ana Souza"


def test_it_comes_up_on_the_agenda_with_everything_else_that_stands_in_the_calendar(home: Home) -> None:
    home.write_config(ON + "anniversaries = true\n")
    home.write_cards(ANA.replace("BDAY", "ANNIVERSARY:2010-11-06\r\nBDAY"), card("Bruno Lima", "Friends"))
    home.kith("scout", "add", "A pianist")
    home.kith("intro", "ana", "bruno")
    home.sync()
    items = home.kith("due", "--days", "14", "--json").json
    found = {item["name"]: (item["kind"], item["why"]) for item in items if item["id"] is None}
    assert found == {
        "Anniversary: Ana Souza": ("date", "an anniversary"),
        "Birthday: Ana Souza": ("date", "a birthday"),
        "Introduce Ana Souza and Bruno Lima": ("introduction", "an introduction"),
        "Meet someone new: A pianist": ("scout", "somebody new"),
    }
    days = [item["day"] for item in items]
    assert days == sorted(days)
    (line,) = [line for line in home.kith("due", "--days", "14").lines if "Birthday" in line]
    assert line.split() == ["Tue", "10", "Nov", "09:00", "Birthday:", "Ana", "Souza", "a", "birthday"]
    birthday(home).delete()
    home.sync()
    home.sync()
    assert "Birthday" not in home.kith("due", "--days", "14").out
