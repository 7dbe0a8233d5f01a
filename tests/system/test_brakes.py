"""Absence is not deletion: what is gone from a disk, and what kith concludes from it (nothing, until told)."""

from __future__ import annotations

import os
import shutil

import pytest

from system.conftest import CARDS
from system.home import CONFIG, Home, card

# Contacts


def test_a_few_cards_may_go_at_once(synced: Home) -> None:
    synced.write_cards(*CARDS[3:])
    report = synced.sync()
    assert report["accounts"][0]["gone"] == 3
    assert [write["what"] for write in report["wrote"]] == ["removed", "removed", "removed"]
    assert synced.kith("show", "ana souza", "--json").json["cards"] == [], "the person stays"
    assert [write["what"] for write in report["wrote"] if write["person"] == "Carla Mendes"] == []


@pytest.mark.parametrize(
    ("left", "words"), [(2, "5 of 7 cards of “phone” are not there any more; nothing was removed"), (1, "6 of 7 cards")]
)
def test_more_than_that_is_held_until_the_user_says_so(synced: Home, left: int, words: str) -> None:
    synced.write_cards(*CARDS[:left])
    before = synced.snapshot()
    said = synced.kith("sync", exits=69)
    assert words in said.err
    assert "→ if that is meant, run `kith sync --accept-removals phone`" in said.err
    assert synced.snapshot() == before
    assert synced.kith("people").lines[-1] == "6 of 7 people"
    assert words in synced.kith("status").out
    report = synced.sync("--accept-removals", "phone")
    assert report["accounts"][0]["gone"] == 7 - left
    assert report["troubles"] == []
    assert words not in synced.kith("status").out


@pytest.mark.parametrize("how", ["emptied", "missing", "half written", "a pipe", "a folder full of nothing"])
def test_an_address_book_that_went_away_removes_nothing(synced: Home, how: str) -> None:
    (synced.contacts / "all.vcf").unlink()
    if how == "missing":
        synced.contacts.rmdir()
    elif how == "half written":
        (synced.contacts / "all.vcf").write_text("BEGIN:VCARD\r\nVERSI")
    elif how == "a pipe":
        synced.contacts.rmdir()
        os.mkfifo(synced.contacts)
    elif how == "a folder full of nothing":
        (synced.contacts / "all.vcf").write_bytes(b"")
    before = synced.events()
    for _ in range(2):
        report = synced.sync(exits=0 if how in ("half written", "a folder full of nothing") else 69)
        assert report["wrote"] == []
        assert report["accounts"][0]["gone"] == 0
        assert report["troubles"] or report["notes"]
    assert synced.events() == before
    assert synced.kith("people").lines[-1] == "6 of 7 people"


def test_contacts_that_cannot_be_read_do_not_stop_the_calendar(synced: Home) -> None:
    shutil.rmtree(synced.contacts)
    synced.event_of("Rui Carvalho").tick(at=synced.now)
    synced.kith("add", "Zé Novo", "--in", "tomorrow")
    report = synced.sync(exits=69)
    assert [(item["what"], item["person"]) for item in report["understood"]] == [("talked", "Rui Carvalho")]
    assert ("created", "Zé Novo") in [(write["what"], write["person"]) for write in report["wrote"]]
    assert [(trouble["account"], trouble["kind"]) for trouble in report["troubles"]] == [("phone", "Denied")]
    assert f"accounts.phone  {synced.contacts} is not there" in synced.kith("check", exits=69).out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_contacts_without_permission(synced: Home) -> None:
    synced.contacts.chmod(0)
    try:
        report = synced.sync(exits=69)
    finally:
        synced.contacts.chmod(0o700)
    assert report["troubles"][0]["message"] == f"{synced.contacts} may not be read"


def test_one_bad_card_stops_nothing(synced: Home) -> None:
    synced.write_cards(*CARDS, "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nBDAY:yesterday\r\nEND:VCARD\r\n")
    report = synced.sync()
    assert report["troubles"] == []
    assert any(note["where"].startswith("all.vcf:") for note in report["notes"])
    assert report["accounts"][0]["gone"] == 0


def test_an_unknown_account(synced: Home) -> None:
    said = synced.kith("sync", "--accept-removals", "fone", exits=2)
    assert said.err.splitlines() == ["kith: there is no account “fone”", "  · phone"]


# The calendar


def test_a_calendar_that_is_gone_is_a_fault_and_nothing_is_concluded(synced: Home) -> None:
    away = synced.folder / "away"
    synced.calendar.rename(away)
    for _ in range(2):
        synced.wait(days=3)
        report = synced.sync(exits=69)
        assert (report["understood"], report["wrote"]) == ([], [])
        assert not synced.calendar.exists(), "it is not made anew"
    said = synced.kith("sync", exits=69).err
    assert f"problem phone: the calendar folder {synced.calendar} is not there" in said
    assert "bring it back (is its disk mounted?), or run `kith events recreate` if it is gone for good" in said
    assert f"problem  phone  the calendar folder {synced.calendar} is not there (since Thu 5 Nov at 09:00)" in (
        synced.kith("status").out
    )
    assert "is not there" in synced.kith("check", exits=69).out
    assert "is not there" in synced.kith("events", "accept", exits=69).err
    away.rename(synced.calendar)
    report = synced.sync()
    assert report["troubles"] == []
    assert {item["what"] for item in report["understood"]} <= {"passed"}
    assert "is not there" not in synced.kith("status").out


def test_a_calendar_that_is_gone_for_good_is_made_anew_on_the_user_s_word(synced: Home) -> None:
    count = len(synced.events())
    synced.calendar.rename(synced.folder / "away")
    synced.sync(exits=69)
    assert synced.kith("events", "recreate").out == f"{count} events are planned anew. Run `kith sync` to go on.\n"
    report = synced.sync()
    assert {write["what"] for write in report["wrote"]} == {"created"}
    assert len(synced.events()) == count
    (synced.folder / "away" / "notes.txt").rename(synced.calendar / "notes.txt")
    for name in ("dentist.ics", "broken.ics"):
        (synced.folder / "away" / name).rename(synced.calendar / name)


def test_an_empty_folder_in_the_place_of_the_calendar(synced: Home) -> None:
    """As it is when the disk that held it is not mounted."""
    away = synced.folder / "away"
    synced.calendar.rename(away)
    synced.calendar.mkdir()
    for _ in range(2):
        report = synced.sync(exits=69)
        assert (report["understood"], report["wrote"]) == ([], [])
        assert list(synced.calendar.iterdir()) == []
    synced.calendar.rmdir()
    away.rename(synced.calendar)
    report = synced.sync()
    assert (report["understood"], report["wrote"], report["troubles"]) == ([], [], [])


@pytest.fixture
def emptied(home: Home) -> Home:
    """All open events vanished at once from a calendar that is still the same."""
    home.sync()
    for event in home.events():
        event.delete()
    return home


def test_events_that_vanish_at_once_stop_creating_and_concluding(emptied: Home) -> None:
    for _ in range(2):
        emptied.wait(minutes=15)
        said = emptied.kith("sync", exits=69)
        assert "Understood" not in said.out
        assert "Wrote" not in said.out
    assert "run `kith events accept` if you deleted them, `kith events recreate` to have them written again" in said.err
    emptied.kith("add", "Zé Novo", "--in", "3d")
    assert emptied.sync(exits=69)["wrote"] == []
    assert "problem  phone" in emptied.kith("status").out
    assert emptied.kith("show", "ana souza", "--json").json["skips"] == []


@pytest.mark.parametrize(("events", "understood"), [(3, ["missing"] * 3), (4, [])])
def test_how_many_may_vanish_at_once(home: Home, events: int, understood: list[str]) -> None:
    home.write_cards(*(card(name, "Family") for name in ("Ana", "Rui", "Eva", "Gil")[:events]))
    home.sync()
    for event in home.events():
        event.delete()
    report = home.sync(exits=0 if understood else 69)
    assert [item["what"] for item in report["understood"]] == understood


def test_the_user_says_that_they_deleted_them(emptied: Home) -> None:
    emptied.sync(exits=69)
    assert emptied.kith("events", "accept").out == "6 events count as deleted by you. Run `kith sync` to go on.\n"
    report = emptied.sync()
    skipped = [item["person"] for item in report["understood"] if item["what"] == "skipped"]
    assert len(skipped) == 6
    assert report["troubles"] == []
    assert emptied.kith("show", "ana souza", "--json").json["skips"][0]["reason"] == "deleted"
    assert emptied.kith("events", "accept").out == "Every event that kith wrote is where it should be.\n"


def test_the_user_says_that_they_were_lost(emptied: Home) -> None:
    emptied.sync(exits=69)
    assert emptied.kith("events", "recreate").out == "6 events are planned anew. Run `kith sync` to go on.\n"
    report = emptied.sync()
    assert report["understood"] == []
    assert [write["what"] for write in report["wrote"]] == ["created"] * 6
    assert emptied.kith("show", "ana souza", "--json").json["skips"] == []
    assert emptied.kith("events", "recreate").out == "Every event that kith wrote is where it should be.\n"


def test_events_that_come_back_by_themselves_are_nothing_to_ask_about(home: Home) -> None:
    home.sync()
    kept = {event.path: event.path.read_bytes() for event in home.events()}
    for path in kept:
        path.unlink()
    home.sync(exits=69)
    for path, content in kept.items():
        path.write_bytes(content)
    report = home.sync()
    assert (report["understood"], report["wrote"], report["troubles"]) == ([], [], [])
    assert "problem" not in home.kith("status").out


def test_a_calendar_that_cannot_be_made_does_not_stop_the_contacts(home: Home) -> None:
    home.write_config(CONFIG.replace("~/calendar", "~/a-file/calendar"))
    (home.folder / "a-file").write_text("")
    report = home.sync(exits=69)
    assert report["people"] == 7
    assert report["troubles"][0]["hint"] == "check the path of its calendar in the config"
    assert "its calendar cannot be made" in home.kith("status").out
    assert "cannot be made in" in home.kith("check", exits=69).out
