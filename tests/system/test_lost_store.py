"""A calendar with events that this store does not know: a lost store, and a second machine."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from system.conftest import CARDS
from system.home import CONFIG, LISBON, Home, card

EVENTS = 6


@pytest.fixture
def lost(synced: Home) -> Home:
    """The state folder is gone; meanwhile two answers were given."""
    synced.sync()
    shutil.rmtree(synced.state)
    synced.now = synced.event_of("Ana Souza").start.astimezone(LISBON) + timedelta(minutes=5)
    synced.event_of("Ana Souza").type_below("She has a new job", at=synced.now)
    synced.event_of("Carla Mendes").drag(synced.now + timedelta(days=5), at=synced.now)
    return synced


def test_a_lost_store_stops_creation_until_the_user_decides(lost: Home) -> None:
    before = lost.snapshot()
    for _ in range(2):
        said = lost.kith("sync", exits=69)
        assert "6 open events in the calendar were written by another kith, or before this store" in said.err
        assert "run `kith events adopt` to take them over, `kith events purge` to remove them" in said.err
    assert lost.snapshot() == before
    assert lost.kith("people").lines[-1] == "6 of 7 people", "reading goes on"
    assert "another kith" in lost.kith("status").out


def test_adopting_reads_the_answers_back(lost: Home) -> None:
    lost.sync(exits=69)
    said = lost.kith("events", "adopt").lines
    assert said[0].split() == ["Day", "Event"]
    assert len(said) == 1 + EVENTS
    assert all(line.endswith("adopted; the next pass reads its answer") for line in said[1:])
    report = lost.sync()
    assert report["troubles"] == []
    understood = {item["person"]: (item["what"], item["text"]) for item in report["understood"]}
    assert understood["Ana Souza"] == ("talked", "She has a new job")
    assert understood["Carla Mendes"] == ("snoozed", "")
    # Nobody has two events now, and nobody lost theirs.
    people = [event.title for event in lost.events() if not event.title.startswith("✓")]
    assert len(set(people)) == len(people) == EVENTS
    lost.wait(minutes=15)
    report = lost.sync()
    assert (report["understood"], report["wrote"]) == ([], [])


def test_adopting_brings_back_what_was_ticked(synced: Home) -> None:
    """Before the store was lost, and after."""
    ana, carla = synced.event_of("Ana Souza"), synced.event_of("Carla Mendes")
    synced.now = max(ana.start, carla.start).astimezone(LISBON) + timedelta(minutes=5)
    ana.type_below("She has a new job", at=synced.now)
    synced.sync()
    assert ana.title.startswith("✓")
    shutil.rmtree(synced.state)
    synced.wait(days=1)
    carla.tick(at=synced.now)
    synced.sync(exits=69)
    synced.kith("events", "adopt")
    understood = {item["person"]: (item["what"], item["text"]) for item in synced.sync()["understood"]}
    assert understood["Ana Souza"] == ("talked", "She has a new job")
    assert understood["Carla Mendes"] == ("talked", "")
    for event, name in ((ana, "Ana Souza"), (carla, "Carla Mendes")):
        spoken = synced.kith("show", name, "--json").json["conversations"]
        assert [said["day"] for said in spoken] == [event.start.astimezone(LISBON).date().isoformat()]


def test_purging_removes_what_nobody_touched(lost: Home) -> None:
    lost.sync(exits=69)
    said = lost.kith("events", "purge").lines
    assert sum(line.endswith("removed") for line in said) == EVENTS - 2
    assert sum(line.endswith("left alone: it was edited, and is yours now") for line in said) == 2
    assert sorted(event.title for event in lost.events()) == ["Reach out: Ana Souza", "Reach out: Carla Mendes"]
    assert "She has a new job" in lost.event_of("Ana Souza").description
    report = lost.sync()
    assert report["troubles"] == []
    assert {write["what"] for write in report["wrote"]} == {"created"}


def test_taking_over_adopts_whom_it_knows_and_removes_the_rest(lost: Home) -> None:
    known = [vcard for vcard in CARDS if "José" not in vcard]
    lost.write_cards(*known)
    lost.sync(exits=69)
    said = lost.kith("events", "takeover").out
    line = next(line for line in said.splitlines() if "José Muñoz" in line)
    assert line.endswith("removed")
    assert said.count("adopted; the next pass reads its answer") == EVENTS - 1
    assert lost.sync()["troubles"] == []
    assert "José" not in str([event.title for event in lost.events()])


def test_adopting_leaves_events_of_people_whom_nobody_knows(lost: Home) -> None:
    lost.write_cards(*[vcard for vcard in CARDS if "José" not in vcard])
    lost.sync(exits=69)
    said = lost.kith("events", "adopt").lines
    line = next(line for line in said if "José Muñoz" in line)
    assert line.endswith("left alone: nobody here is known by that name or card")
    assert "1 open event" in lost.kith("sync", exits=69).err


@pytest.mark.parametrize("decision", ["adopt", "takeover"])
def test_deciding_before_the_address_books_were_read_is_refused(lost: Home, decision: str) -> None:
    before = lost.snapshot()
    said = lost.kith("events", decision, exits=2).err
    assert said == "kith: nobody is known yet\n  → read your address books in first: `kith sync`\n"
    assert lost.snapshot() == before


def test_people_without_a_card_are_known_by_their_names(home: Home) -> None:
    home.kith("add", "Eva", "--in", "3d")
    home.kith("add", "Eva Maria", "--in", "3d")
    home.sync()
    shutil.rmtree(home.state)
    home.wait(minutes=1)
    home.kith("add", "Eva", "--in", "3d")
    home.kith("add", "Eva Maria", "--in", "3d")
    home.sync(exits=69)
    assert home.kith("events", "adopt").out.count("adopted") == EVENTS + 2
    titles = [event.title for event in home.events()]
    report = home.sync()
    assert [write for write in report["wrote"] if "Eva" in write["person"] and write["what"] == "created"] == []
    assert sorted(event.title for event in home.events()) == sorted(titles)
    for name in ("Eva", "Eva Maria"):
        event = next(event for event in home.kith("events", "--json").json if event["title"] == f"Reach out: {name}")
        assert [person["name"] for person in event["people"]] == [name]


def test_without_strangers_there_is_nothing_to_decide(synced: Home) -> None:
    before = synced.snapshot()
    for decision in ("adopt", "purge", "takeover"):
        assert synced.kith("events", decision).out == "There are no events of another kith in the calendar.\n"
    assert synced.snapshot() == before


# A second machine


@pytest.fixture
def second(synced: Home) -> Home:
    """Another kith with the same address book and calendar; its first pass has changed nothing there."""
    other = synced.other_machine()
    before = [(event.path, event.path.read_bytes()) for event in synced.events()]
    other.sync(exits=69)
    assert [(event.path, event.path.read_bytes()) for event in synced.events()] == before
    return other


def test_a_second_machine_writes_nothing_next_to_the_first(synced: Home, second: Home) -> None:
    report = synced.sync()
    assert (report["understood"], report["wrote"], report["troubles"]) == ([], [], [])
    assert "another kith" in second.kith("status").out


def test_a_second_machine_may_take_over(synced: Home, second: Home) -> None:
    places = [(event.title, event.start) for event in synced.events()]
    second.kith("events", "takeover")
    report = second.sync()
    assert (report["wrote"], report["troubles"]) == ([], [])
    assert [(event.title, event.start) for event in synced.events()] == places


def test_a_second_machine_may_have_a_calendar_of_its_own(synced: Home, second: Home) -> None:
    second.write_config(CONFIG.replace("~/calendar", "~/second"))
    assert second.sync()["troubles"] == []
    assert len(list((second.folder / "second").glob("*.ics"))) == EVENTS
    synced.write_config(CONFIG)


# A backup put back


def test_a_store_put_back_from_a_copy_never_uses_a_name_again(home: Home) -> None:
    home.sync()
    copy = home.folder / "copy"
    shutil.copytree(home.state, copy)
    home.kith("log", "ana souza", "Lunch")
    home.sync()
    names = {event.path.name for event in home.events()}
    shutil.rmtree(home.state)
    copy.rename(home.state)
    home.wait(minutes=15)
    said = home.kith("sync", exits=69)
    assert "written by another kith, or before this store" in said.err
    home.kith("events", "adopt")
    home.kith("log", "ana souza", "Lunch")
    home.sync()
    home.sync()
    new = {event.path.name for event in home.events()} - names
    assert len([event for event in home.events() if "Ana Souza" in event.title]) == 1
    assert new


def test_one_card_in_the_calendar_s_marker_is_enough(home: Home) -> None:
    """The name changed while the store was gone; the card is the same."""
    home.sync()
    shutil.rmtree(home.state)
    home.wait(minutes=1)
    home.write_cards(*[vcard.replace("FN:Carla Mendes", "FN:Carla Mendes Pinto") for vcard in CARDS], card("Carla"))
    home.sync(exits=69)
    assert home.kith("events", "adopt").out.count("adopted") == EVENTS
    home.sync()
    assert len([event for event in home.events() if "Carla" in event.title]) == 1
