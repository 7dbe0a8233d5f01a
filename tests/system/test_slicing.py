"""Tags, circles, and slices of the network."""

from __future__ import annotations

from typing import Any

import pytest

from system.home import CONFIG, Home, card


def names(home: Home, *options: str) -> list[str]:
    return [one["name"] for one in home.kith("people", "--json", *options).json]


def shown(home: Home, who: str) -> Any:
    return home.kith("show", who, "--json").json


# Tags


def test_tags_are_labels_of_kith_s_own(synced: Home) -> None:
    done = synced.kith("tag", "ana souza", "zofia", "+Reading Club", "+chess")
    assert "Zofia Wójcik: Reading Club, chess" in done.out
    assert shown(synced, "zofia")["tags"] == ["Reading Club", "chess"]
    assert shown(synced, "ana souza")["labels"] == ["Family", "Reading Club", "chess"]
    assert names(synced, "--all", "--tag", "reading club") == ["Ana Souza", "Zofia Wójcik"]
    synced.kith("tag", "zofia", "-CHESS", "+go")
    assert shown(synced, "zofia")["tags"] == ["Reading Club", "go"]
    assert [line.split() for line in synced.kith("tag").lines[1:3]] == [["Family", "5"], ["Friends", "2"]]
    assert synced.kith("tag", "zofia").out == "Zofia Wójcik: Reading Club, go\n"


def test_a_tag_counts_for_a_circle_like_a_label(synced: Home) -> None:
    synced.kith("tag", "zofia", "+friends")
    assert shown(synced, "zofia")["circle"] == "friends"
    synced.sync()
    assert "Zofia" in synced.event_of("Zofia").title
    synced.kith("tag", "zofia", "-friends")
    assert shown(synced, "zofia")["circle"] is None


def test_a_tag_outlives_a_changed_card(synced: Home) -> None:
    synced.kith("tag", "zofia", "+chess")
    synced.write_cards(card("Zofia Nowak", "Work", uid="zofia-wójcik"), file="all.vcf")
    synced.sync("--accept-removals", "phone")
    assert shown(synced, "zofia nowak")["labels"] == ["Work", "chess"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("+chess",), "whose tags?"),
        (("ana souza", "+"), "a tag needs a name"),
        (("ana souza", "+gender:", "+go"), "“gender:” is half a tag"),
        (("ana souza", "+:x"), "“:x” is half a tag"),
        (("nobody", "+chess"), "nobody called “nobody” is known"),
        (("ana souza", "-Family"), "stands on a card of Ana Souza’s, in phone"),
        (("ana souza", "+go", "-chess"), "Ana Souza: no tag “chess”"),
    ],
)
def test_a_tag_that_cannot_be(synced: Home, words: tuple[str, ...], message: str) -> None:
    assert message in synced.kith("tag", *words, exits=2).err
    assert shown(synced, "ana souza")["tags"] == [], "all of it, or nothing"


# Slices


def test_slices_of_the_network(home: Home) -> None:
    home.write_cards(
        card("Ana", "Family", more="ADR:;;;São Paulo;;;\r\nORG:Fado e Filhos"),
        card("Bea", "Family", more="ADR:;;;Lisboa;;;"),
        card("Carla", more="ORG:FADO E FILHOS"),
    )
    home.sync()
    home.kith("log", "Ana", "-m", "Hello")
    assert names(home, "--city", "sao paulo") == ["Ana"]
    assert names(home, "--company", "fado") == ["Ana"]
    assert names(home, "--company", "fado", "--all") == ["Ana", "Carla"]
    assert names(home, "--quiet-for", "1m") == ["Bea"]
    home.wait(days=40)
    assert names(home, "--quiet-for", "1m") == ["Ana", "Bea"]
    assert names(home, "--quiet-for", "1m", "--city", "lisboa") == ["Bea"]
    assert "Nobody is like that" in home.kith("people", "--city", "Porto").out
    assert "--quiet-for: “soon” is not a length" in home.kith("people", "--quiet-for", "soon", exits=2).err


# Circles


def test_circles_are_listed_and_shown(synced: Home) -> None:
    listed = synced.kith("circle", "ls", "--json").json
    assert [(one["name"], one["every"], one["people"]) for one in listed] == [("inner", "2w", 5), ("friends", "3w", 1)]
    assert "inner" in synced.kith("circle", "ls").out
    assert "Ana Lima  a label" in synced.kith("circle", "show", "friends").out
    assert len(synced.kith("circle", "show", "inner", "--json").json) == 5
    assert "there is no circle “foes”" in synced.kith("circle", "show", "foes", exits=2).err


def test_a_circle_gets_another_name_and_nobody_falls_out(synced: Home) -> None:
    synced.write_config(f'{CONFIG}\n[people."Rui Carvalho"]\ncircle = "friends"  # he moved\n')
    synced.kith("add", "Zé Novo", "--circle", "friends")
    before = {one["name"]: one["circle"] for one in synced.kith("people", "--json").json}
    told = synced.kith("circle", "rename", "friends", "amici cari")
    assert "for 1 person whom you put there too" in told.out
    text = synced.config.read_text()
    assert '[circles."amici cari"]   # not too often\n' in text
    assert 'circle = "amici cari"  # he moved\n' in text
    assert text.startswith("# My people.\n")
    after = {one["name"]: one["circle"] for one in synced.kith("people", "--json").json}
    assert after == {name: "amici cari" if circle == "friends" else circle for name, circle in before.items()}


def test_a_rename_that_was_cut_off_can_be_finished(synced: Home) -> None:
    synced.kith("add", "Zé Novo", "--circle", "friends")
    synced.write_config(CONFIG.replace("friends", "mates"))  # as if it had been killed after writing the config
    assert shown(synced, "Zé Novo")["circle"] is None
    synced.kith("circle", "rename", "friends", "mates")
    assert shown(synced, "Zé Novo")["circle"] == "mates"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("foes", "mates", "there is no circle “foes”"),
        ("friends", "inner", "there is a circle “inner” already"),
        ("friends", "", "that would not do"),
    ],
)
def test_a_rename_that_cannot_be(synced: Home, old: str, new: str, message: str) -> None:
    text = synced.config.read_text()
    assert message in synced.kith("circle", "rename", old, new, exits=2).err
    assert synced.config.read_text() == text
