"""Files in by the command line: shown first, the same file again changes nothing, and all of it can be taken back."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from system.home import Home

SAMPLES = Path(__file__).parents[1] / "data" / "imports"


@pytest.fixture
def synced(synced: Home) -> Home:
    """Where Ana Souza, Rui Carvalho and others are known from an address book."""
    return synced


def people(home: Home) -> dict[str, Any]:
    return {person["id"]: person for person in home.kith("people", "--all", "--json").json}


def of_import(home: Home, account: str) -> dict[str, Any]:
    found = people(home).values()
    return {one["name"]: one for one in found if any(card["account"] == account for card in one["cards"])}


def test_a_file_is_shown_before_anything_is_stored(synced: Home) -> None:
    before = people(synced)
    shown = synced.kith("import", str(SAMPLES / "table_crm.csv"), "--dry-run")
    assert "Keep in touch frequency  every" in shown.out
    assert "line 5: is the same person as line 2" in shown.out
    assert "Not used: Score" in shown.out
    refused = synced.kith("import", str(SAMPLES / "table_crm.csv"), exits=2)
    assert "--yes" in refused.err
    assert people(synced) == before
    assert synced.kith("import", "ls", "--json").json == []


def test_the_same_file_again_changes_nothing(synced: Home) -> None:
    file = str(SAMPLES / "table_crm.csv")
    done = synced.kith("import", file, "--yes", "--circle", "friends", "--json").json
    assert (done["done"], done["new"], done["joined"], done["conversations"]) == (True, 2, 1, 2)
    before = people(synced)
    assert of_import(synced, "import:table")["Zé Novo"]["circle"] == "friends"
    again = synced.kith("import", file, "--yes", "--circle", "friends")
    assert "Everything in it is known already" in again.out
    assert people(synced) == before
    assert len(synced.kith("import", "ls", "--json").json) == 1


def test_a_dated_exchange_counts_and_being_imported_does_not(synced: Home) -> None:
    synced.wait(days=2)
    synced.kith("import", str(SAMPLES / "monica.json"), "--yes")
    ana = of_import(synced, "import:monica")["Ana Souza"]
    assert ana["last_conversation"] == "2026-09-06"
    assert ana["every"] == "2w", "she is in a circle already"
    synced.kith("import", str(SAMPLES / "linkedin_2026.csv"), "--yes", "--circle", "inner")
    assert {one["last_conversation"] for one in of_import(synced, "import:linkedin").values()} == {None}
    shown = synced.kith("show", ana["id"], "--json").json
    assert "Met: through Rui, on 1 Sep 2010" in shown["facts"]
    assert "Knows everybody in Graça" in shown["facts"]


def test_a_newer_file_updates_and_what_was_typed_stays(synced: Home, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Email,City,Circle,Notes\nZé Novo,ze@example.org,Porto,friends,Likes fado\nEva,,,,\n")
    synced.kith("import", str(file), "--yes")
    synced.kith("log", "Zé Novo", "-m", "Talked of the sea")
    synced.kith("set", "Zé Novo", "--every", "10d")
    file.write_text("Name,Email,City,Circle,Notes,Tags\nZé Novo,ze@example.org,Lisboa,friends,Loves fado,sea\n")
    done = synced.kith("import", str(file), "--yes", "--json").json
    assert (done["new"], done["updated"]) == (0, 1)
    ze = synced.kith("show", "Zé Novo", "--json").json
    assert (ze["city"], ze["every"], ze["labels"], ze["facts"]) == ("Lisboa", "10d", ["sea"], ["Loves fado"])
    assert [said["text"] for said in ze["conversations"]] == ["Talked of the sea"]
    assert "Eva" in of_import(synced, "import:table"), "who is not in the newer file is not gone"


def test_an_import_can_be_taken_back(synced: Home, tmp_path: Path) -> None:
    before = people(synced)
    file = tmp_path / "people.csv"
    file.write_text("Name,City,Circle,Last contact\nZé Novo,Porto,friends,2026-10-01\nEva,Faro,,\n")
    synced.kith("import", str(file), "--yes")
    file.write_text("Name,City,Circle,Last contact\nZé Novo,Lisboa,inner,2026-10-09\nEva,Faro,,\n")
    first = people(synced)
    synced.kith("import", str(file), "--yes")
    refused = synced.kith("import", "undo", "1", exits=2)
    assert "import undo 2" in refused.err
    synced.kith("import", "undo")
    assert people(synced) == first
    synced.kith("import", "undo")
    assert people(synced) == before
    assert "nothing imported" in synced.kith("import", "undo", exits=2).err


def test_who_was_joined_is_taken_apart_again(synced: Home) -> None:
    before = people(synced)
    done = synced.kith("import", str(SAMPLES / "monica.json"), "--yes", "--circle", "friends", "--json").json
    assert (done["joined"], done["new"]) == (1, 1)
    ana = of_import(synced, "import:monica")["Ana Souza"]
    assert ana["id"] in before, "she keeps her id"
    assert len(ana["cards"]) == 2
    assert "Met: through Rui, on 1 Sep 2010" in synced.kith("show", ana["id"], "--json").json["facts"]
    synced.kith("split", ana["id"], "--card", "import:monica/c1")
    parted = of_import(synced, "import:monica")["Ana Maria Souza"]
    assert parted["last_conversation"] == "2026-09-06", "what was said goes with the card that brought it"
    synced.kith("merge", ana["id"], parted["id"])
    assert "Kept" in synced.kith("import", "undo").out, "the user said who she is"
    after = people(synced)
    assert {who: one for who, one in after.items() if who in before} == before


def test_an_undone_import_leaves_nobody_joined(synced: Home) -> None:
    before = people(synced)
    synced.kith("import", str(SAMPLES / "monica.json"), "--yes", "--circle", "friends")
    synced.sync()
    assert people(synced) != before
    assert "Kept" in synced.kith("import", "undo").out  # Rui has an event in the calendar
    after = people(synced)
    assert after[next(who for who, one in before.items() if one["name"] == "Ana Souza")]["last_conversation"] is None
    assert {one["name"] for one in after.values()} - {one["name"] for one in before.values()} == {"Rui"}
    assert synced.kith("duplicates", "--json").json == []


def test_who_was_talked_to_since_is_kept(synced: Home, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name\nZé Novo\nEva\n")
    synced.kith("import", str(file), "--yes")
    synced.kith("log", "Zé Novo", "-m", "Talked of the sea")
    undone = synced.kith("import", "undo")
    assert "Kept, for more is known of them: Zé Novo" in undone.out
    assert synced.kith("show", "Zé Novo", "--json").json["conversations"][0]["text"] == "Talked of the sea"
    assert "Eva" not in {one["name"] for one in people(synced).values()}


def test_imports_survive_a_dropped_mirror(synced: Home) -> None:
    synced.kith("import", str(SAMPLES / "google_new.csv"), "--yes")
    synced.sync()
    before = of_import(synced, "import:google")
    with sqlite3.connect(synced.store) as store:
        store.executescript("DELETE FROM cards; DELETE FROM items; DELETE FROM cursors;")
    synced.sync()
    assert of_import(synced, "import:google") == before
    assert "Carla Mendes" in {one["name"] for one in people(synced).values()}


def test_newcomers_are_planned_and_nobody_is_dumped_on_one_day(synced: Home, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Circle\n" + "".join(f"Person {number},inner\n" for number in range(12)))
    synced.kith("import", str(file), "--yes")
    synced.sync()
    days = [event.start.date() for event in synced.events() if "Person" in event.title]
    assert len(days) >= 12
    assert max(days.count(day) for day in days) <= 3


def test_a_circle_that_is_not_there_becomes_a_label(synced: Home) -> None:
    done = synced.kith("import", str(SAMPLES / "table_german.csv"), "--yes")
    assert "You have no circle “Stammtisch”; it is kept as a label." in done.out
    found = of_import(synced, "import:table")
    assert (found["Jürgen Groß"]["circle"], found["Käthe Müller"]["labels"]) == ("friends", ["Stammtisch"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.csv",), "there is no nothing.csv"),
        (("contacts",), "contacts is not an export of kith's"),
        (("people.csv", "--circle", "foes"), "there is no circle “foes”"),
        (("people.csv", "--as", "myspace"), "there is no kind of file called “myspace”"),
        (("people.csv", "--dates", "never"), "--dates is one of day-first and month-first"),
        (("people.csv", "--yes"), "does not say which number is the month, as in 3/4/2026"),
        (("undo", "7"), "there is no import 7 that stands"),
    ],
)
def test_what_cannot_be_done_is_said(synced: Home, arguments: tuple[str, ...], message: str) -> None:
    (synced.folder / "people.csv").write_text("Name,Last contact\nZé,3/4/2026\n")
    before = people(synced)
    assert message in synced.kith("import", *arguments, exits=2).err
    assert people(synced) == before


def test_an_export_carries_imports_along(synced: Home) -> None:
    synced.kith("import", str(SAMPLES / "google_new.csv"), "--yes")
    synced.kith("export", str(synced.folder / "kept"))
    other = synced.other_machine()
    other.kith("import", str(synced.folder / "kept"))
    other.sync()
    assert of_import(other, "import:google").keys() == of_import(synced, "import:google").keys() != set()
    again = other.kith("import", str(SAMPLES / "google_new.csv"), "--yes")
    assert "Everything in it is known already" in again.out


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "vcf"])
def test_what_was_exported_is_known_when_it_comes_back(synced: Home, kind: str) -> None:
    synced.kith("log", "Ana Souza", "-m", "New job\n\nRui starts school", "--via", "call")
    file = synced.folder / f"people.{kind}"
    assert "holds 6 people of 7; --all takes everybody" in synced.kith("export", "--as", kind, str(file)).out
    assert file.stat().st_mode & 0o777 == 0o600
    before = {person["id"]: person for person in synced.kith("people", "--json").json}
    done = synced.kith("import", str(file), "--yes", "--json").json
    assert (done["refused"], done["conversations"]) == ([], 0)
    assert (done["new"], done["joined"]) == (0, 6)
    assert [one["id"] for one in synced.kith("people", "--json").json] == list(before)
    assert "Everything in it is known already" in synced.kith("import", str(file)).out


def test_what_was_exported_comes_into_another_kith(synced: Home) -> None:
    synced.kith("log", "Ana Souza", "-m", "New job", "--via", "call", "--on", "2026-10-01")
    synced.kith("set", "Ana Souza", "--every", "10d")
    (synced.folder / "people.json").write_text(synced.kith("export", "--as", "json").out)
    other = synced.other_machine()
    other.kith("import", "people.json", "--yes")
    ana = other.kith("show", "Ana Souza", "--json").json
    assert (ana["circle"], ana["every"]) == ("inner", "10d")
    assert ana["conversations"] == [{"day": "2026-10-01", "via": "call", "text": "New job"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a new folder"),
        (("--as", "docx", "x"), "there is no kind of file called “docx”"),
        (("--circle", "inner", "x"), "--circle and --all go with --as"),
        (("--as", "csv", "config"), "is there already"),
        (("--as", "csv", "nowhere/people.csv"), "cannot be written"),
        (("--as", "csv", "--circle", "foes"), "there is no circle “foes”"),
    ],
)
def test_an_export_that_cannot_be(synced: Home, arguments: tuple[str, ...], message: str) -> None:
    refused = synced.kith("export", *arguments, exits=2)
    assert message in refused.err
