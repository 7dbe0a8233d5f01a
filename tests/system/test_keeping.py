"""Backups and archives from the command line, as somebody uses them who lost something."""

from __future__ import annotations

import json
import shutil

from kith.lock import held
from system.home import Home


def backups(home: Home) -> list[str]:
    return sorted(path.name for path in (home.state / "backups").iterdir())


def said(home: Home, name: str) -> list[str]:
    return [spoken["text"] for spoken in home.kith("show", name, "--json").json["conversations"]]


def test_each_day_s_first_pass_makes_a_backup(synced: Home) -> None:
    assert backups(synced) == ["daily-2026-11-02.sqlite3"]
    synced.sync()
    synced.wait(days=1)
    synced.sync()
    assert backups(synced) == ["daily-2026-11-02.sqlite3", "daily-2026-11-03.sqlite3"]


def test_where_there_is_no_room_for_it_the_pass_goes_on_and_says_so(home: Home) -> None:
    home.state.mkdir(parents=True)
    (home.state / "backups").write_text("a file where the folder should be")
    report = home.sync(exits=69)
    assert [trouble["kind"] for trouble in report["troubles"]] == ["BackupFailed"]
    assert home.events()
    assert "there is no backup of today" in home.kith("status").out


def test_restoring_goes_back_and_forth(synced: Home) -> None:
    synced.kith("log", "ana souza", "The library")
    told = synced.kith("backup", "mine.sqlite3").out
    assert told.startswith("Everything kith knows is now in mine.sqlite3 as well.")
    synced.kith("log", "ana souza", "Something that was a mistake")
    told = synced.kith("restore", "mine.sqlite3").out
    assert "mine.sqlite3 was put back, as of 2026-11-02" in told
    assert "7 people, 1 conversation." in told
    assert said(synced, "ana souza") == ["The library"]
    (kept,) = (synced.state / "backups").glob("before-restore-*.sqlite3")
    assert str(kept) in told
    synced.kith("restore", str(kept))
    assert said(synced, "ana souza") == ["Something that was a mistake", "The library"]


def test_events_written_since_the_backup_are_taken_over(home: Home) -> None:
    home.kith("add", "Zoe Quinn", "--circle", "friends", "--in", "1d")
    home.kith("backup", "before.sqlite3")
    home.sync()
    before = {event.title for event in home.events()}
    home.kith("restore", "before.sqlite3")
    assert "kith events adopt" in home.kith("sync", exits=69).err
    home.kith("events", "adopt")
    home.sync()
    assert {event.title for event in home.events()} == before
    assert len(home.events()) == len(before)


def test_no_restore_beside_a_pass(synced: Home) -> None:
    synced.kith("backup", "mine.sqlite3")
    with held(synced.state / "pass.lock", "a pass"):
        refused = synced.kith("restore", "mine.sqlite3", exits=75)
    assert "a pass (process" in refused.err


def test_backup_and_restore_need_no_config(synced: Home) -> None:
    synced.config.write_text("what = is this")
    synced.kith("backup", "mine.sqlite3")
    synced.kith("restore", "mine.sqlite3")
    assert "daily-2026-11-02.sqlite3" in synced.kith("restore").out


def test_a_damaged_store_says_what_mends_it(synced: Home) -> None:
    for file in synced.state.glob("kith.sqlite3*"):
        file.unlink()
    synced.store.write_bytes(b"what is this" * 1000)
    told = synced.kith("sync", exits=74)
    assert "`kith restore` lists them" in told.err
    synced.kith("restore", str(synced.state / "backups" / "daily-2026-11-02.sqlite3"))
    assert "events adopt" in synced.kith("sync", exits=69).err, "the backup is from before the day's first pass"


def test_nothing_to_keep_yet(home: Home) -> None:
    assert "there is nothing to keep yet" in home.kith("backup", exits=2).err
    assert "There is no backup yet." in home.kith("restore").out
    assert not home.store.exists()


def test_an_archive_goes_to_another_machine(synced: Home) -> None:
    synced.kith("log", "ana souza", "The library", "--on", "yesterday")
    synced.kith("pause", "rui")
    synced.sync()
    told = synced.kith("export", "archive").out
    assert "2 people have a page" in told
    assert "- 2026-11-01: The library" in (synced.folder / "archive" / "people" / "Ana Souza.md").read_text()
    assert "is not empty" in synced.kith("export", "archive", exits=2).err

    shutil.rmtree(synced.state)
    told = synced.kith("import", "archive").out
    assert told == "New here: 7 people, 1 conversation, 0 facts, 6 events.\n"
    assert synced.kith("import", "archive").out == "New here: 0 people, 0 conversations, 0 facts, 0 events.\n"
    assert synced.sync()["wrote"] == [], "it knows its events, and the calendar is as it should be"
    assert said(synced, "ana souza") == ["The library"]


def test_what_cannot_be_imported(synced: Home) -> None:
    assert "there is no nowhere" in synced.kith("import", "nowhere", exits=2).err
    assert "is not an export of kith's" in synced.kith("import", "contacts", exits=2).err
    archive = synced.folder / "archive"
    synced.kith("export", str(archive))
    whole = json.loads((archive / "kith.json").read_text())
    whole["people"][0]["anchor"] = "soon"
    (archive / "kith.json").write_text(json.dumps(whole))
    refused = synced.kith("import", str(archive), exits=2)
    assert "people.0.anchor" in refused.err
    assert "nothing was taken in" in refused.err
