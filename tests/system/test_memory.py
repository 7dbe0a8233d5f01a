"""What was said, kept by command: logged, remembered, corrected, forgotten, searched, promised."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from system.conftest import CARDS
from system.home import Home
from system.warm import Warm

_PATIENCE = 60


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Iterator[Home]:
    home = Home(tmp_path, commands)
    home.furnish(*CARDS)
    home.sync()
    yield home
    home.assert_theirs_stand()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Home:
    """A machine on which nothing is changed."""
    home = Home(tmp_path_factory.mktemp("lasting"), commands)
    home.furnish(*CARDS)
    home.sync()
    home.kith("fact", "ana souza", "Two kids")
    return home


def history(home: Home, name: str = "ana souza") -> list[tuple[str, str, str]]:
    return [(e["handle"], e["what"], e["text"]) for e in home.kith("history", name, "--json").json]


def on_a_terminal(home: Home, *arguments: str, editor: str = "", answer: str = "") -> tuple[int, str]:
    """Run kith as somebody at a terminal does; its exit code, and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kith", *arguments],
        env=home.env | {"TERM": "xterm", "EDITOR": editor, "VISUAL": editor},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=home.folder,
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    shown, until = b"", monotonic() + _PATIENCE
    while monotonic() < until:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    process.wait(_PATIENCE)
    os.close(ours)
    return process.returncode, shown.decode()


def script(home: Home, body: str) -> str:
    """An editor that is a program."""
    file = home.folder / "editor"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o700)
    return str(file)


# log


def test_log_keeps_gifts_orders_and_several_people(home: Home) -> None:
    said = home.kith(
        *("log", "ana souza", "rui", "Dinner\nevery 5w\n#sailing", "--via", "meet"),
        *("--gave", "honey", "--gave", "a book", "--got", "advice"),
    ).out
    assert "Done as you wrote: every 5 weeks; #sailing." in said
    text = "Dinner\nevery 5w\n#sailing\ngave: honey\ngave: a book\ngot: advice"
    for name in ("ana souza", "rui"):
        assert history(home, name) == [("c1", "conversation", text)]
        shown = home.kith("show", name, "--json").json
        assert (shown["every"], shown["tags"]) == ("5w", ["sailing"])


def test_log_tried_is_no_contact(home: Home) -> None:
    before = home.kith("show", "ana souza", "--json").json["due"]
    assert "no answer" in home.kith("log", "ana souza", "--tried", "-m", "Voice mail").out
    assert history(home) == [("a1", "attempt", "Voice mail")]
    assert home.kith("show", "ana souza", "--json").json["due"] == before
    assert "leave out one" in home.kith("log", "ana souza", "--tried", "--via", "call", exits=2).err


def test_log_opens_the_editor_on_a_terminal(home: Home) -> None:
    code, shown = on_a_terminal(home, "log", "ana souza", editor=script(home, 'printf "Long\\ntalk\\n\\n" > "$1"'))
    assert code == 0, shown
    assert history(home) == [("c1", "conversation", "Long\ntalk")]
    code, _ = on_a_terminal(home, "edit", "c1", editor=script(home, 'sed -i s/Long/Short/ "$1"'))
    assert code == 0
    assert history(home) == [("c1", "conversation", "Short\ntalk")]
    assert list(home.state.glob("typed-*")) == []


@pytest.mark.parametrize("body", ["", "printf ' \\n\\n' > \"$1\""])
def test_an_editor_that_is_closed_without_a_text_keeps_nothing(home: Home, body: str) -> None:
    code, shown = on_a_terminal(home, "log", "ana souza", editor=script(home, body))
    assert code == 2
    assert "nothing was typed, so nothing is kept" in shown
    assert '-m ""' in shown
    assert history(home) == []
    assert list(home.state.glob("typed-*")) == []


def test_an_editor_that_fails_keeps_what_was_typed(home: Home) -> None:
    code, shown = on_a_terminal(home, "log", "ana souza", editor=script(home, 'echo half > "$1"; exit 3'))
    assert code == 2, shown
    (kept,) = home.state.glob("typed-*")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("half\n", 0o600)
    assert history(home) == []


# fact, history


def test_facts_have_their_kinds(home: Home) -> None:
    home.kith("fact", "ana souza", "Allergic to nuts #health")
    home.kith("fact", "ana souza", "asks: a flat in Porto")
    home.kith("fact", "ana souza", "offers: guitar lessons")
    facts = home.kith("show", "ana souza", "--json").json["facts"]
    assert facts == ["Allergic to nuts #health", "Asks: a flat in Porto", "Offers: guitar lessons"]
    assert home.kith("show", "ana souza", "--json").json["tags"] == ["health"]
    assert "nothing in it" in home.kith("fact", "ana souza", " ", exits=2).err
    assert "what is to be remembered" in home.kith("fact", "ana souza", exits=2).err


def test_history_is_a_table_with_handles(home: Home) -> None:
    assert "Nothing is kept" in home.kith("history", "ana souza").out
    home.kith("log", "ana souza", "Lunch\nat the harbour", "--on", "2026-10-20", "--via", "call")
    home.kith("fact", "ana souza", "Two kids")
    lines = home.kith("history", "ana souza").lines
    assert lines[1].split() == ["f1", "2", "Nov", "2026", "fact", "Two", "kids"]
    assert lines[2].split() == ["c1", "20", "Oct", "2026", "call", "Lunch"]
    assert lines[3].strip() == "at the harbour"


# edit, forget


def test_edit_corrects_text_day_and_way(home: Home) -> None:
    home.kith("log", "ana souza", "Lnch")
    said = home.kith("edit", "c1", "Lunch\n#food", "--on", "2026-10-30", "--via", "meet").out
    assert "Done as you wrote: #food" in said
    (entry,) = home.kith("history", "ana souza", "--json").json
    assert (entry["day"], entry["via"], entry["text"]) == ("2026-10-30", "meet", "Lunch\n#food")
    home.kith("edit", "c1", "--on", "yesterday")
    assert home.kith("history", "ana souza", "--json").json[0]["text"] == "Lunch\n#food"
    home.kith("fact", "ana souza", "To kids")
    home.kith("edit", "f1", "Two kids")
    assert home.kith("show", "ana souza", "--json").json["facts"] == ["Two kids"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("edit", "c9", "x"), "there is no c9"),
        (("edit", "f1", ""), "`kith forget f1` lets it count for nothing"),
        (("edit", "f1", " \n "), "nothing would be left of f1"),
        (("log", "ana souza", "x", "--on", "1800-01-01"), "--on: 1800-01-01 is before 1900"),
        (("log", "ana souza", "x", "--gave", " "), "--gave: what was it?"),
        (("log", "ana souza", "-m", "", "--gave", "tea", "--got", ""), "--got: what was it?"),
        (("edit", "twelve", "x"), "is no handle"),
        (("edit", "s1", "x"), "cannot be changed here"),
        (("edit", "n1", "x"), "change it there"),
        (("edit", "f1", "x", "--on", "yesterday"), "has no day"),
        (("edit", "f1", "x", "--via", "call"), "has no way"),
        (("edit", "f1"), "the new text"),
        (("edit", "c99999999999999999999", "x"), "is no handle"),
        (("forget", "c9"), "there is no c9"),
        (("forget", "f1"), "nobody is there to ask"),
        (("forget", "f1", "--undo"), "not forgotten"),
        (("promises", "--kept", "3"), "no number 3"),
        (("search", "+++"), "no word to look for"),
    ],
)
def test_what_cannot_be_done_is_said(lasting: Home, arguments: tuple[str, ...], says: str) -> None:
    assert says in " ".join(lasting.kith(*arguments, exits=2).err.split())
    assert history(lasting) == [("f1", "fact", "Two kids")]


def test_what_is_forgotten_counts_for_nothing_until_it_is_had_back(home: Home) -> None:
    before = home.kith("show", "ana souza", "--json").json["due"]
    home.kith("log", "ana souza", "Lunch")
    home.kith("fact", "ana souza", "Two kids")
    after = home.kith("show", "ana souza", "--json").json["due"]
    said = home.kith("forget", "c1", "f1", "--yes").out
    assert "`kith forget c1 f1 --undo`" in said
    assert history(home) == []
    assert home.kith("show", "ana souza", "--json").json["due"] == before
    assert "stands nowhere" in home.kith("search", "lunch").out
    assert "is forgotten" in home.kith("edit", "c1", "x", exits=2).err
    home.kith("forget", "c1", "f1", "--undo")
    assert {handle for handle, _, _ in history(home)} == {"c1", "f1"}
    assert home.kith("show", "ana souza", "--json").json["due"] == after


def test_forget_asks_on_a_terminal(home: Home) -> None:
    home.kith("log", "ana souza", "Lunch")
    code, shown = on_a_terminal(home, "forget", "c1", answer="n\n")
    assert (code, history(home)) == (0, [("c1", "conversation", "Lunch")]), shown
    on_a_terminal(home, "forget", "c1", answer="y\n")
    assert history(home) == []


# notes


def test_a_note_in_an_event_is_shown_and_found(home: Home) -> None:
    home.event_of("Ana Souza").type_below("Ask about the Möbel")
    home.sync()
    shown = home.kith("show", "ana souza")
    assert "noted, not a contact: Ask about the Möbel" in shown.out
    assert home.kith("show", "ana souza", "--json").json["notes"] == [
        {"day": "2026-11-02", "text": "Ask about the Möbel"}
    ]
    (found,) = home.kith("search", "mobel", "--json").json["texts"]
    assert (found["what"], found["people"]) == ("note", ["Ana Souza"])
    assert found["event"] in home.event_of("Ana Souza").path.name


def test_a_note_is_forgotten_only_once_its_event_is_over(home: Home) -> None:
    event = home.event_of("Ana Souza")
    event.type_below("Ask about the Möbel")
    home.sync()
    ((handle, what, _),) = history(home)
    assert what == "note"
    assert "change it there, in your calendar" in home.kith("forget", handle, "--yes", exits=2).err
    event.path.unlink()
    for _ in range(3):
        home.wait(days=1)
        home.sync()
    assert "Noted 2 Nov 2026: Ask about the Möbel" in home.event_of("Ana Souza").description
    assert "change it there" in home.kith("edit", handle, "x", exits=2).err
    assert "1 thing forgotten" in home.kith("forget", handle, "--yes").out
    assert "is forgotten" in home.kith("forget", handle, "--yes", exits=2).err
    home.sync()
    assert "Möbel" not in home.event_of("Ana Souza").description
    home.kith("forget", handle, "--undo")
    assert ("note", "Ask about the Möbel") in [(what, text) for _, what, text in history(home)]


# promises


def test_promises_are_listed_ticked_and_gone(home: Home) -> None:
    assert "Nothing is promised." in home.kith("promises").out
    home.kith("log", "ana souza", "! send the recipe", "--on", "yesterday")
    home.wait(minutes=1)
    home.kith("log", "rui", "Dinner\n- [ ] ring Eva")
    assert [line.split()[0] for line in home.kith("promises").lines[1:]] == ["1", "2"]
    assert "Promised  send the recipe" in home.kith("show", "ana souza").out
    assert home.kith("promises", "rui", "--json").json[0]["text"] == "ring Eva"
    home.wait(minutes=1)
    assert "“send the recipe” is done" in home.kith("promises", "--kept", "1").out
    (left,) = home.kith("promises", "--json").json
    assert [one["name"] for one in left["people"]] == ["Rui Carvalho"]


def test_a_promise_to_several_people_is_one(home: Home) -> None:
    home.kith("log", "rui", "ana souza", "! send the photos")
    home.wait(minutes=1)
    home.kith("log", "rui", "! ring Eva")
    (first, second) = home.kith("promises").lines[1:]
    assert "Ana Souza and Rui Carvalho" in first
    assert "send the photos" in first
    assert second.split()[:3] == ["2", "Rui", "Carvalho"]
    assert "Ana Souza and Rui Carvalho" in home.kith("promises", "ana souza").lines[1]
    home.wait(minutes=1)
    assert home.kith("promises", "ana souza", "--kept", "1").lines == [
        "Ana Souza and Rui Carvalho: “send the photos” is done."
    ]
    assert [one["text"] for one in home.kith("promises", "--json").json] == ["ring Eva"]


# search


def test_search_folds_accents_takes_beginnings_and_marks_the_hit(home: Home) -> None:
    home.kith("log", "ana souza", "Começou a vela em Setúbal", "--on", "2026-10-01")
    home.kith("log", "ana souza", "rui", "Vela again [really] at Setúbal")
    lines = home.kith("search", "setub", "vel").lines
    assert lines[0].startswith(
        "c2    2 Nov 2026  Ana Souza and Rui Carvalho (talked): [Vela] again [really] at [Setúbal]"
    )
    assert lines[1].startswith("c1    1 Oct 2026")
    found = home.kith("search", "setubal", "comecou", "--json").json
    assert [text["handle"] for text in found["texts"]] == ["c1"]
    assert [one["name"] for one in home.kith("search", "souz", "--json").json["people"]] == ["Ana Souza"]
    home.kith("search", "vela", "--rebuild")
    assert len(home.kith("search", "vela", "--json").json["texts"]) == 2


@pytest.mark.parametrize("words", ['"', 'a"b', "a OR", "NEAR(a", "a:b", "a*", "^a", "-a", "(a)", "{a}", "a + b"])
def test_nothing_that_is_typed_is_taken_for_a_query_language(lasting: Home, words: str) -> None:
    lasting.kith("search", "--", words, exits=2 if words == '"' else 0)
