"""From an address book to a calendar: what a pass writes, what it leaves alone, and what a dry run says before."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import icalendar
import pytest

from system.conftest import FAMILY
from system.home import THEIRS, Home


def test_a_first_pass_writes_a_file_for_each_reach_out(synced: Home) -> None:
    events = synced.events()
    assert {event.title.removeprefix("Reach out: ") for event in events} >= set(FAMILY)
    for event in events:
        component = event.component
        assert event.path.name == f"{component['UID']}.ics"
        assert event.start > synced.now
        assert component["TRANSP"] == "TRANSPARENT"
        assert component["CLASS"] == "PRIVATE"
        assert "ATTENDEE" not in component
        assert "ORGANIZER" not in component
        assert event.alarms == 1
    assert "Zofia" not in str([event.title for event in events])
    brief = synced.event_of("José Muñoz").description
    assert brief.splitlines()[0] == "inner, every 2 weeks"
    assert brief.splitlines()[-1].startswith("— write below this line")


def test_what_a_first_pass_says(home: Home) -> None:
    said = home.kith("sync")
    assert said.lines[0] == "phone: 7 cards (7 new, 0 changed, 0 gone)"
    assert said.lines[1] == "Wrote"
    assert said.lines[-1] == f"6 people in your network, {len(home.events())} events open."
    assert all(any(name in line and "new " in line for line in said.lines) for name in FAMILY)
    assert said.err == ""


def test_a_second_pass_writes_nothing(synced: Home) -> None:
    before = synced.snapshot()
    said = synced.kith("sync")
    assert said.lines[0] == "No new answers, and nothing to write."
    synced.wait(minutes=15)
    report = synced.sync()
    assert (report["wrote"], report["understood"], report["troubles"], report["notes"]) == ([], [], [], [])
    assert synced.snapshot() == before


def test_touching_files_is_no_edit(synced: Home) -> None:
    for path in (*synced.calendar.iterdir(), *synced.contacts.iterdir()):
        path.write_bytes(path.read_bytes())
    report = synced.sync()
    assert (report["wrote"], report["understood"]) == ([], [])
    assert (report["accounts"][0]["new"], report["accounts"][0]["changed"]) == (0, 0)


def test_kith_s_own_files_are_private(home: Home) -> None:
    home.contacts.chmod(0o755)
    home.sync()
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700
    assert {path.name for path in home.state.iterdir()} >= {"kith.sqlite3", "pass.lock"}
    for path in home.state.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert stat.S_IMODE(home.contacts.stat().st_mode) == 0o755


def test_a_new_calendar_folder_is_private_and_one_that_is_shared_stays_so(home: Home, tmp_path: Path) -> None:
    shared = home.copy_to(tmp_path / "shared")
    home.write_config(home.config.read_text().replace("~/calendar", "~/new/calendar"))
    home.sync()
    new = home.folder / "new" / "calendar"
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in new.iterdir()} == {0o600}
    shared.calendar.chmod(0o755)
    shared.sync()
    assert {stat.S_IMODE(event.path.stat().st_mode) for event in shared.events()} == {0o644}


# Dry run


def test_a_dry_run_says_what_the_pass_then_does_and_changes_nothing(home: Home) -> None:
    before = home.snapshot()
    foretold = home.sync("--dry-run")
    assert home.snapshot() == before
    assert home.kith("people").out.startswith("Nobody is known yet.")
    assert foretold["wrote"]
    done = home.sync()
    assert done == foretold


def test_a_dry_run_in_the_middle_understands_without_concluding(synced: Home) -> None:
    ana, rui, carla, *_ = (synced.event_of(name) for name in ("Ana Souza", "Rui Carvalho", "Carla Mendes"))
    synced.sync()
    synced.now = max(event.start for event in synced.events()).astimezone(synced.now.tzinfo)
    ana.tick(at=synced.now)
    rui.type_below("She sold the boat", at=synced.now)
    carla.delete()
    before, remembered = synced.snapshot(), remembers(synced)
    foretold = synced.sync("--dry-run")
    assert {item["what"] for item in foretold["understood"]} >= {"talked", "missing"}
    assert synced.snapshot() == before
    assert remembers(synced) == remembered
    assert synced.sync() == foretold


def remembers(home: Home) -> list[str]:
    """Everything that stands in kith's store."""
    with closing(sqlite3.connect(home.store)) as store:
        return list(store.iterdump())


def test_a_dry_run_says_so(home: Home) -> None:
    said = home.kith("sync", "--dry-run")
    assert "Would write" in said.out
    assert "Wrote" not in said.out
    assert home.events() == []
    assert list(home.temporary.iterdir()) == []


# Other people's files


def test_the_user_s_own_files_are_never_written(synced: Home) -> None:
    places = [synced.calendar / name for name in THEIRS]
    before = [(place.stat().st_ino, place.stat().st_mtime_ns) for place in places]
    synced.wait(days=40)  # everything moves on
    assert synced.sync()["wrote"]
    synced.kith("events", "purge")
    assert [(place.stat().st_ino, place.stat().st_mtime_ns) for place in places] == before
    synced.assert_theirs_stand()


def test_what_another_app_put_into_an_event_stays(synced: Home) -> None:
    event = synced.event_of("Ana Souza")
    raw = event.path.read_bytes()
    own = b"X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\r\nCOLOR:tomato\r\n"
    event.path.write_bytes(raw.replace(b"END:VEVENT", own + b"END:VEVENT"))
    synced.kith("set", "Ana Souza", "--every", "3w")
    synced.wait(minutes=15)
    report = synced.sync()
    assert [write["person"] for write in report["wrote"]] == ["Ana Souza"]
    component = synced.event_of("Ana Souza").component
    assert component["COLOR"] == "tomato"
    assert component["X-APPLE-TRAVEL-ADVISORY-BEHAVIOR"] == "AUTOMATIC"
    assert "every 3 weeks" in synced.event_of("Ana Souza").description


# The file to subscribe to


def test_the_file_to_subscribe_to_holds_every_event(home: Home) -> None:
    place = home.folder / "public" / "kith.ics"
    calendar = 'calendar = "~/calendar"'
    home.write_config(home.config.read_text().replace(calendar, f'{calendar}\nsubscribe = "~/public/kith.ics"'))
    home.sync()
    whole = icalendar.Calendar.from_ical(place.read_bytes())
    titles = {str(event["SUMMARY"]) for event in whole.walk("VEVENT")}
    assert titles == {event.title for event in home.events()}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    place.chmod(0o644)
    written = place.stat().st_mtime_ns
    home.wait(minutes=15)
    home.sync()
    assert place.stat().st_mtime_ns == written, "nothing changed, so nothing is written"
    home.kith("log", "Ana Souza", "Lunch")
    home.sync()
    assert b"2 Nov 2026: Lunch" in place.read_bytes().replace(b"\r\n ", b"")
    assert stat.S_IMODE(place.stat().st_mode) == 0o644, "a mode that the user gave it stays"


def test_a_subscription_that_cannot_be_written_is_told_and_stops_nothing(home: Home) -> None:
    calendar = 'calendar = "~/calendar"'
    home.write_config(home.config.read_text().replace(calendar, f'{calendar}\nsubscribe = "~/public/kith.ics"'))
    (home.folder / "public").write_text("a file stands where the folder should be")
    report = home.sync(exits=69)
    assert report["wrote"]
    assert [trouble["account"] for trouble in report["troubles"]] == ["phone"]
    assert "kith.ics could not be written" in home.kith("status").out


@pytest.mark.parametrize("argument", [(), ("--json",), ("--scheduled",)])
def test_a_pass_without_work_leaves_with_nothing_to_complain(synced: Home, argument: tuple[str, ...]) -> None:
    assert synced.kith("sync", *argument).err == ""
