"""Importing at a terminal: what would happen is shown, and asked about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from system_dav.running import Home

CONFIG = 'timezone = "Europe/Lisbon"\n[accounts.disk]\ntype = "folder"\ncalendar = "calendar"\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    home.write(CONFIG)
    (home.folder / "people.csv").write_text("Name,Last contact\nZé Novo,3/4/2024\n")
    return home


def known(home: Home) -> dict[str, str]:
    found = json.loads(home.kith("people", "--all", "--json").out)
    return {one["name"]: one["last_conversation"] for one in found}


def test_what_cannot_be_told_is_asked_and_then_the_whole_is(home: Home) -> None:
    done = home.talk("import", "people.csv", answers=[("Number", "1"), ("Import people.csv?", "y")])
    assert done.code == 0
    assert "does not say which number is the month" in done.out
    assert "Taken for" in done.out
    assert known(home) == {"Zé Novo": "2024-04-03"}


def test_no_changes_nothing(home: Home) -> None:
    done = home.talk("import", "people.csv", "--dates", "month-first", answers=[("Import people.csv?", "n")])
    assert done.code == 0
    assert "Nothing was changed." in done.out
    assert known(home) == {}
