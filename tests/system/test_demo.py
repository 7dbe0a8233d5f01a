"""``kith demo``: the whole story, whatever the day, and nothing outside its folder."""

from __future__ import annotations

import shlex

from system.home import Home


def test_the_demo_runs_to_its_end_and_leaves_nothing_behind(home: Home) -> None:
    before = home.snapshot()
    said = home.kith("demo", "--folder")
    for scene in ("1 · A first pass", "2 · You answer, on your phone", "3 · A second pass", "4 · A third pass"):
        assert f"── {scene} ──" in said.out
    third = said.out.split("4 · A third pass")[1]
    assert "deleted: this round is skipped" in third
    assert "Nothing was written." in third
    assert "Wrote" not in third
    assert said.err == ""
    assert home.snapshot() == before
    assert not home.state.exists()
    assert list(home.temporary.iterdir()) == []


def test_every_answer_of_the_demo_is_understood(home: Home) -> None:
    second = home.kith("demo", "--folder").out.split("3 · A second pass")[1].split("4 · A third pass")[0]
    for words in (
        *("talked ", "tried ", "no answer: comes again", "snoozed until then", "a note in preparation"),
        "“Moving house in spring, wants help with the shelves”",
        "is gone: counts as skipped if it still is at the next pass",
        *("ticked", "(comes again)"),
    ):
        assert words in second


def test_what_the_demo_made_can_be_kept_and_looked_at(home: Home) -> None:
    folder = home.folder / "a [new] folder"
    said = home.kith("demo", "--folder", "--keep", str(folder)).lines
    told = said.index(f"That was it. Everything is in {folder}. Look around with:")
    assert {path.name for path in folder.iterdir()} == {"calendar", "config.toml", "contacts", "state"}
    assert not home.state.exists()
    setting, *command = shlex.split(said[told + 1])
    name, _, value = setting.partition("=")
    assert command[0] == "kith"
    assert home.kith(*command[1:], env={name: value}).lines[-1] == "36 of 40 people"


def test_the_demo_keeps_out_of_folders_that_hold_something(home: Home) -> None:
    before = home.snapshot()
    assert home.kith("demo", "--folder", "--keep", str(home.contacts), exits=2).err == (
        f"kith: {home.contacts} is not empty\n  → name a new folder\n"
    )
    assert "  → name a new folder\n" in home.kith("demo", "--folder", "--keep", str(home.config), exits=2).err
    assert home.snapshot() == before
