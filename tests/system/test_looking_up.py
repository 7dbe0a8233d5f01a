"""The commands that only read: what they say to people, what to programs, and how they find the person meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from system.conftest import CARDS, FAMILY
from system.home import CONFIG, LISBON, Home, card
from system.warm import Warm

ANA_S_CARD = {"account": "phone", "collection": "contacts", "uid": "ana-souza"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Iterator[Home]:
    """A machine after a few days, to be looked at only."""
    home = Home(tmp_path_factory.mktemp("known"), commands)
    home.furnish(*CARDS)
    home.sync()
    home.kith("log", "ana souza", "New job at the library", "--on", "2026-10-20", "--via", "call")
    home.kith("log", "ana souza", "rui", "Dinner")
    home.kith("log", "gil", "-m", "He sings\nand dances :wink: [really]", "--on", "yesterday", "--via", "video")
    home.kith("log", "gil", "--via", "letter", "--on", "2d")
    home.kith("pause", "carla")
    home.kith("add", "Nuno Novo", "--met", "at the market", "--in", "3d", "--phone", "+351900000000")
    home.sync()
    before = home.snapshot()
    yield home
    assert home.snapshot() == before, "looking changes nothing"


# due


def test_due_says_who_when_and_why(known: Home) -> None:
    heading, *lines = known.kith("due", "--days", "60").lines
    assert heading.split() == ["When", "Who", "Circle", "Why"]
    rows = {
        name: next(line for line in lines if name in line) for name in (*FAMILY, "Nuno Novo") if "Carla" not in name
    }
    assert "last talked 2 Nov 2026" in rows["Ana Souza"]
    assert "inner" in rows["Ana Souza"]
    assert "last talked 1 Nov 2026" in rows["Gil Antunes"]
    assert "you named the day" in rows["Nuno Novo"]
    assert rows["Nuno Novo"].startswith("Thu 5 Nov")
    assert not any("Carla" in line for line in lines), "paused"
    assert not any("Zofia" in line for line in lines), "in no circle"


def test_due_for_programs(known: Home) -> None:
    items = known.kith("due", "--days", "60", "--json").json
    assert [item["day"] for item in items] == sorted(item["day"] for item in items)
    ana = next(item for item in items if item["name"] == "Ana Souza")
    assert set(ana) == {"kind", "id", "name", "cards", "circle", "day", "start", "state", "why", "overdue"}
    assert ana["cards"] == [ANA_S_CARD]
    assert ana["circle"] == "inner"
    assert ana["day"] == _day_of(known, "Ana Souza").isoformat()
    assert datetime.fromisoformat(ana["start"]) == known.event_of("Ana Souza").start
    assert ana["state"] == "planned"


def test_due_looks_only_so_far(known: Home) -> None:
    near = known.kith("due", "--days", "0", "--json").json
    assert all(item["day"] <= "2026-11-02" for item in near)
    assert len(known.kith("due", "--json").json) < len(known.kith("due", "--days", "60", "--json").json)


# show


def test_show_says_everything_about_somebody(known: Home) -> None:
    said = known.kith("show", "aninha").out
    assert said.splitlines()[0] == "Ana Souza  (Aninha)"
    for line in (
        "Circle    inner, every 2 weeks (at worst 4 weeks), by a label on the card",
        "Mail      ana@example.org",
        "Labels    Family",
        "Cards     phone/ana-souza",
        "2 Nov 2026   talked: Dinner",
        "20 Oct 2026  call: New job at the library",
    ):
        assert f"  {line}\n" in said
    assert "Next      in the calendar, " in said
    assert known.kith("show", "gil").lines[-3:] == [
        "  1 Nov 2026   video: He sings",
        "               and dances :wink: [really]",
        "  31 Oct 2026  letter",
    ]
    assert "Next      paused" in known.kith("show", "carla").out
    assert "Fact      Met: at the market" in known.kith("show", "nuno").out
    assert "Circle    none: not in your network" in known.kith("show", "zofia").out


def test_show_for_programs(known: Home) -> None:
    shown = known.kith("show", "ana@example.org", "--json").json
    assert shown["cards"] == [ANA_S_CARD]
    assert shown["id"] == known.kith("show", shown["id"], "--json").json["id"], "the id is a way to say who"
    assert (shown["circle"], shown["every"], shown["at_worst"], shown["set_by"]) == ("inner", "2w", "4w", "label")
    assert shown["due"] == "2026-11-16"
    assert shown["conversations"] == [
        {"day": "2026-11-02", "via": "", "text": "Dinner"},
        {"day": "2026-10-20", "via": "call", "text": "New job at the library"},
    ]
    assert (shown["attempts"], shown["skips"], shown["facts"], shown["paused"]) == ([], [], [], False)
    nuno = known.kith("show", "nuno", "--json").json
    assert (nuno["cards"], nuno["facts"], nuno["phones"]) == ([], ["Met: at the market"], ["+351900000000"])


# people


def test_people_lists_the_network_a_circle_the_unassigned_or_everybody(known: Home) -> None:
    network = _names(known.kith("people", "--json").json)
    assert network == sorted([*FAMILY, "Ana Lima", "Nuno Novo"])
    assert _names(known.kith("people", "--circle", "friends", "--json").json) == ["Ana Lima"]
    assert _names(known.kith("people", "--unassigned", "--json").json) == ["Zofia Wójcik"]
    assert _names(known.kith("people", "--all", "--json").json) == sorted([*network, "Zofia Wójcik"])


def test_people_for_people(known: Home) -> None:
    heading, *lines, last = known.kith("people").lines
    assert heading.split() == ["Who", "Circle", "Every", "Last", "talked", "Next"]
    assert last == "7 of 8 people"
    rui = next(line for line in lines if line.startswith("Rui"))
    assert rui.split()[2:] == ["inner", "2", "weeks", "2", "Nov", "2026", *_words(_day_of(known, "Rui Carvalho"))]
    assert next(line for line in lines if line.startswith("Carla")).split()[-1] == "paused"
    unassigned = known.kith("people", "--unassigned").lines
    assert unassigned[1].startswith("Zofia Wójcik")
    assert unassigned[-1].startswith("1 is in no circle.")


def test_people_for_programs(known: Home) -> None:
    ana = next(one for one in known.kith("people", "--json").json if one["name"] == "Ana Souza")
    assert ana == {
        "id": ana["id"],
        "name": "Ana Souza",
        "cards": [ANA_S_CARD],
        "emails": ["ana@example.org"],
        "labels": ["Family"],
        "tags": [],
        "circle": "inner",
        "every": "2w",
        "paused": False,
        "last_conversation": "2026-11-02",
        "due": "2026-11-16",
        "event_day": _day_of(known, "Ana Souza").isoformat(),
    }


def test_a_circle_that_is_not_there(known: Home) -> None:
    said = known.kith("people", "--circle", "freinds", exits=2)
    assert said.err.splitlines() == ["kith: there is no circle “freinds”", "  · inner", "  · friends"]


# status, events, check


def test_status(known: Home) -> None:
    said = known.kith("status").lines
    assert said[0].startswith("ok       last pass  today at 09:00: 0 answers understood, ")
    assert said[1] == f"ok       network  7 of 8 people, {len(known.events())} events open"
    assert said[2].startswith("ok       budget  ")
    told = known.kith("status", "--json").json
    assert set(told) == {"last_pass", "people", "network", "open", "budget", "questions", "suggestions", "faults"}
    assert (told["people"], told["network"], told["open"]) == (8, 7, len(known.events()))
    assert set(told["last_pass"]) == {"started", "finished", "report"}
    assert set(told["budget"]) == {"wanted_a_week", "needed_at_worst", "holds", "fits"}
    assert (told["budget"]["holds"], told["budget"]["fits"], told["faults"]) == (15, True, [])


def test_events(known: Home) -> None:
    heading, *lines = known.kith("events").lines
    assert heading.split() == ["Day", "Event", "State"]
    assert len(lines) == len(known.events())
    assert all(any(event.title in line for line in lines) for event in known.events())
    told = known.kith("events", "--json").json
    assert [event["start"] for event in told] == sorted(event["start"] for event in told)
    ana = next(event for event in told if event["title"] == "Reach out: Ana Souza")
    file = known.event_of("Ana Souza").path
    assert ana == {
        "uid": file.stem,
        "href": file.name,
        "state": "open",
        "day": _day_of(known, "Ana Souza").isoformat(),
        "start": ana["start"],
        "title": "Reach out: Ana Souza",
        "typed": "",
        "people": [{"id": ana["people"][0]["id"], "name": "Ana Souza", "cards": [ANA_S_CARD]}],
    }


def test_check(known: Home) -> None:
    said = known.kith("check").lines
    assert all(line.startswith("ok ") for line in said)
    assert known.kith("check", "--steps").lines[-1].lstrip().startswith("caldav "), "the versions of libraries"
    assert f"ok       config  {known.config}" in said
    assert "ok       time zone  Europe/Lisbon, where it is 09:00 now" in said
    told = known.kith("check", "--json").json
    assert {finding["level"] for finding in told} == {"ok"}
    assert [set(finding) for finding in told] == [{"level", "subject", "message", "mend", "details"}] * len(told)
    assert [finding["subject"] for finding in told] == [
        *("config", "time zone", "accounts.phone", "accounts.phone", "store", "backups", "last pass", "budget"),
        "versions",
    ]


def test_check_shows_the_arithmetic_when_the_circles_ask_for_too_much(home: Home) -> None:
    budget = "[reach_out]\nper_day = 1\ndays = ['mon']\n"
    home.write_config(CONFIG.replace('"2w"', '"1d"').replace('at_worst = "4w"', 'at_worst = "2d"') + budget)
    home.sync()
    said = home.kith("check", exits=69).out
    assert "problem  budget  6 people ask for 35.3 reach-outs a week (at worst 17.7); 1 a day on " in said
    assert "→ raise per_day or add days under [reach_out], or make cadences longer" in said
    assert "problem  budget  6 people ask for" in home.kith("status").out
    assert "The days are full: 6 people ask for" in home.kith("sync").out


# PERSON


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Rui Carvalho", "Rui Carvalho"),
        ("jose", "José Muñoz"),
        ("MUÑOZ", "José Muñoz"),
        ("souza ana", "Ana Souza"),
        ("lima@example.org", "Ana Lima"),
    ],
)
def test_a_person_is_found_by_what_one_types(known: Home, typed: str, found: str) -> None:
    assert known.kith("show", typed, "--json").json["name"] == found


def test_a_name_that_may_be_several_people_lists_them(known: Home) -> None:
    said = known.kith("show", "ana", exits=2)
    assert said.out == ""
    assert said.err.splitlines() == [
        "kith: “ana” may be 2 people",
        "  · Ana Lima (lima@example.org)",
        "  · Ana Souza (ana@example.org)",
        "  → type more of the name, an e-mail or the id",
    ]


def test_namesakes_are_told_apart_by_their_ids(home: Home) -> None:
    home.write_cards(card("Ana Souza", uid="one"), card("Ana Souza", uid="two"))
    home.sync()
    said = home.kith("log", "Ana Souza", exits=2).err
    ids = [line.split("id ")[1].rstrip(")") for line in said.splitlines() if "id " in line and "·" in line]
    assert len(set(ids)) == 2
    assert home.kith("show", ids[1], "--json").json["id"] == ids[1]


def test_nobody_of_that_name(known: Home) -> None:
    said = known.kith("show", "Bruno", exits=2).err.splitlines()
    assert said == [
        "kith: nobody called “Bruno” is known",
        "  → see `kith people --all`, or add them: `kith add NAME`",
    ]


# Before the first pass


def test_before_a_first_pass_the_commands_say_what_to_do(home: Home) -> None:
    for command in (["due"], ["people"], ["people", "--unassigned"]):
        assert home.kith(*command).out == "Nobody is known yet. Read your address books in first: `kith sync`.\n"
    said = home.kith("set", "Ana Souza", "--circle", "inner", exits=2).err
    assert said == "kith: nobody is known yet\n  → read your address books in first: `kith sync`\n"
    assert "warning  last pass  none yet\n         → run `kith sync`" in home.kith("status").out
    assert "nobody was read in yet\n         → run `kith sync --dry-run`" in home.kith("check").out


def test_without_labels_the_first_passes_say_how_to_choose(home: Home) -> None:
    home.write_cards(card("Ana Souza"), card("Rui Carvalho"))
    hint = "Nobody is in your network yet. Give your circles labels that stand on your cards, or put people in"
    assert hint in home.kith("sync", "--dry-run").out
    assert hint in home.kith("sync").out
    assert home.kith("people").out == "Nobody of 2 is in your network yet. See `kith people --unassigned`.\n"
    home.kith("set", "ana", "--circle", "inner")
    assert "Ana Souza  new " in home.kith("sync").out


def _names(people: list[Any]) -> list[str]:
    return sorted(one["name"] for one in people)


def _day_of(home: Home, name: str) -> date:
    return home.event_of(name).start.astimezone(LISBON).date()


def _words(day: date) -> list[str]:
    if day - date(2026, 11, 2) == timedelta(days=1):
        return ["tomorrow"]
    return [f"{day:%a}", str(day.day), f"{day:%b}"]


def test_what_was_typed_says_nothing_to_the_terminal(home: Home) -> None:
    home.sync()
    home.kith("log", "ana souza", "-m", "b\x1b[31mred \x9b2J \x07bell")
    for command in (("history", "ana souza"), ("show", "ana souza"), ("search", "bell")):
        shown = home.kith(*command).out
        assert "b [31mred" in shown
        assert not set(shown) & {"\x1b", "\x9b", "\x07"}
