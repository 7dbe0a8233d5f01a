"""News in people's events: until they heard it, and no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from system.home import CONFIG, Home, card
from system.phone import put
from system.warm import Warm

NEWS = "News to tell: Started at the bakery"


def told(home: Home) -> dict[str, str]:
    (status,) = home.kith("news", "status", "--json").json
    return {one["name"]: one["on"] for one in status["told"]}


def to_hear(home: Home) -> dict[str, Any]:
    (status,) = home.kith("news", "status", "--json").json
    return {one["name"]: one["comes_up"] for one in status["to_hear"]}


def test_news_stand_in_everybody_s_event_until_they_were_told(synced: Home) -> None:
    said = synced.kith("news", "add", "Started at  the bakery")
    assert said.lines == [
        "News 1: “Started at the bakery”.",
        "It comes up with 6 people of your network, in their next events.",
    ]
    synced.sync()
    assert all(NEWS in event.description for event in synced.events())
    assert synced.sync()["wrote"] == []

    event = synced.event_of("Carla Mendes")
    synced.now = event.start
    event.tick()
    synced.sync()
    assert told(synced) == {"Carla Mendes": synced.now.date().isoformat()}
    assert NEWS in synced.event_of("Ana Souza").description
    following = [event for event in synced.events() if event.title == "Reach out: Carla Mendes"]
    assert all(NEWS not in event.description for event in following)


def test_the_same_news_is_not_added_twice(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery")
    said = synced.kith("news", "add", " started at the  Bakery", exits=2).err
    assert "that is news 1 already: “Started at the bakery”" in said
    synced.kith("news", "end", "1")
    assert "News 2" in synced.kith("news", "add", "Started at the bakery").out


def test_taking_a_conversation_back_takes_the_telling_back(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery")
    synced.sync()
    event = synced.event_of("Carla Mendes")
    synced.now = event.start
    event.tick()
    synced.sync()
    assert "Carla Mendes" in told(synced)
    event.untick()
    synced.sync()
    assert told(synced) == {}
    assert "Carla Mendes" in to_hear(synced)


def test_a_conversation_out_of_an_event_that_did_not_show_them_tells_nothing(synced: Home) -> None:
    event = synced.event_of("Carla Mendes")
    synced.now = event.start
    synced.kith("news", "add", "Started at the bakery")
    event.tick()
    synced.sync()
    assert told(synced) == {}


def test_what_is_logged_is_taken_as_told_unless_the_user_says_so(synced: Home) -> None:
    synced.kith("log", "gil", "Before there was any news")
    synced.wait(minutes=1)
    synced.kith("news", "add", "Started at the bakery")
    said = synced.kith("log", "carla", "Lunch")
    assert "Taken as told: “Started at the bakery”." in said.lines
    assert "Taken as told" not in synced.kith("log", "carla", "Lunch").out
    assert "Taken as told" not in synced.kith("log", "rui", "A quick call", "--not-told").out
    assert set(told(synced)) == {"Carla Mendes"}
    synced.wait(minutes=1)
    synced.kith("log", "rui", "And again")
    assert set(told(synced)) == {"Carla Mendes", "Rui Carvalho"}


def test_what_the_user_rules_counts(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery")
    assert synced.kith("news", "told", "1", "rui", "gil").lines == [
        "Rui Carvalho and Gil Antunes: told “Started at the bakery”."
    ]
    synced.wait(minutes=1)
    synced.kith("news", "untold", "1", "gil")
    assert set(told(synced)) == {"Rui Carvalho"}
    synced.sync()
    assert NEWS not in synced.event_of("Rui Carvalho").description
    assert NEWS in synced.event_of("Gil Antunes").description


def test_news_for_some_from_a_day_to_a_day(synced: Home) -> None:
    synced.kith("news", "add", "A party", "--for", "friends", "--on", "2026-11-05", "--until", "2026-11-20")
    assert set(to_hear(synced)) == {"Ana Lima", "Gil Antunes"}
    synced.kith("log", "rui", "A call", "--on", "today")
    assert told(synced) == {}, "it is not for Rui"
    synced.sync()
    for event in synced.events():
        wanted = event.title.endswith(("Ana Lima", "Gil Antunes"))
        in_time = "2026-11-05" <= event.start.date().isoformat() <= "2026-11-20"
        assert ("A party" in event.description) is (wanted and in_time), event.title
    assert synced.kith("news").lines[1].split() == [
        "1",
        "A",
        "party",
        "Thu",
        "5",
        "Nov",
        "Fri",
        "20",
        "Nov",
        "friends",
        "0",
        "of",
        "2",
    ]


def test_news_that_ended_leave_the_events(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery")
    synced.sync()
    assert synced.kith("news", "end", "1").lines == ["“Started at the bakery” is over."]
    synced.sync()
    assert not [event for event in synced.events() if "News to tell" in event.description]
    assert "There is no news." in synced.kith("news", "status").out
    assert "over" in synced.kith("news", "list").out


def test_status_says_who_comes_up_when(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery", "--for", "inner")
    synced.kith("news", "told", "1", "rui")
    lines = synced.kith("news", "status").lines
    assert lines[0] == "1  Started at the bakery  (for inner)"
    assert lines[2].split() == ["Rui", "Carvalho", "told", "today"]
    assert len(lines) == 7
    assert all(" comes up " in line for line in lines[3:])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("add", " "), "what is the news?"),
        (("add", "x", "--for", " "), "--for: name a tag, a label or a circle"),
        (("add", "x", "--until", "yesterday"), "is over before anybody can be told"),
        (("add", "x", "--on", "2026-12-01", "--until", "2026-11-30"), "is over before anybody can be told"),
        (("add", "x", "--on", "someday"), "--on: “someday” is not a day"),
        (("end", "3"), "there is no news 3"),
        (("told", "1", "nobody"), "nobody called “nobody” is known"),
    ],
)
def test_what_makes_no_sense_is_refused(synced: Home, words: tuple[str, ...], message: str) -> None:
    synced.kith("news", "add", "Started at the bakery")
    assert message in synced.kith("news", *words, exits=2).err
    assert len(synced.kith("news", "--json").json) == 1


def test_an_audience_of_nobody_is_said(synced: Home) -> None:
    said = synced.kith("news", "add", "Opening night", "--for", "theatre", "--for", "inner circle")
    assert (
        said.lines[1] == "Nobody in your network has one of these tags, labels or circles yet: theatre, inner circle."
    )


def test_a_calendar_that_others_see_shows_no_news(synced: Home) -> None:
    synced.write_config(CONFIG + '\n[calendar]\ndetails = "short"\n')
    assert "events do not show news" in synced.kith("news", "add", "Started at the bakery").out
    synced.sync()
    event = synced.event_of("Carla Mendes")
    assert NEWS not in event.description
    synced.now = event.start
    event.tick()
    synced.sync()
    assert told(synced) == {}


def test_on_a_list_each_has_heard_what_stood_under_their_name(tmp_path: Path, commands: Warm) -> None:
    daily = CONFIG.replace('every = "2w"', 'every = "1d"') + '\n[reach_out]\nstyle = "daily"\nper_day = 9\n'
    home = Home(tmp_path, commands).furnish(*(card(name, "Family") for name in ("Ada", "Bea", "Cem")), config=daily)
    home.kith("sync")
    home.kith("tag", "bea", "+painters")
    home.kith("news", "add", "Started at the bakery")
    home.kith("news", "add", "Open studio", "--for", "painters")
    home.sync()
    event = next(event for event in home.events() if event.start.date() == home.now.date())
    assert (event.description.count(NEWS), event.description.count("Open studio")) == (2, 1)
    text = event.description.replace("[ ] Ada", "[x] Ada").replace("[ ] Bea", "[x] Bea")
    event.edit(lambda component: put(component, "DESCRIPTION", text), home.now)
    home.now = event.start
    home.sync()
    started, studio = home.kith("news", "status", "--json").json
    assert {one["name"] for one in started["told"]} == {"Ada"}, "of two news, a list shows the newest"
    assert {one["name"] for one in studio["told"]} == {"Bea"}


def test_joined_people_were_told_once(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery")
    synced.kith("news", "told", "1", "gil")
    synced.kith("merge", "gil", "carla")
    assert len(told(synced)) == 1
    synced.kith("split", "gil")
    assert set(told(synced)) == {"Gil Antunes"}


def test_news_go_out_and_come_in_with_everything(synced: Home) -> None:
    synced.kith("news", "add", "Started at the bakery", "--for", "inner")
    synced.kith("news", "told", "1", "gil")
    synced.kith("log", "carla", "Lunch")
    synced.kith("export", str(synced.folder / "out"))
    before = synced.kith("news", "status", "--json").json
    for file in synced.state.glob("kith.sqlite3*"):
        file.unlink()
    synced.kith("import", str(synced.folder / "out"))
    synced.kith("import", str(synced.folder / "out"))
    synced.sync()
    (after,) = synced.kith("news", "status", "--json").json
    assert {one["name"]: one["on"] for one in after["told"]} == {one["name"]: one["on"] for one in before[0]["told"]}
