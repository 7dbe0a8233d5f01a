"""Accounts that failed, pass after pass: the daemon's leave them alone, a person's do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from system.home import CONFIG, Home

ASKED = "asked"
SERVER = f"""
[accounts.server]
type = "dav"
url = "http://127.0.0.1:9/"
username = "ana"
password_command = ["sh", "-c", "echo once >> ~/{ASKED}; exit 1"]

[calendar]
account = "phone"
"""


@pytest.fixture
def parked(home: Home) -> Home:
    """A machine on which a pass found that an account needs a sign-in."""
    home.write_config(CONFIG + SERVER)
    home.kith("sync", "--scheduled", exits=77)
    assert asked(home) == 1
    return home


def asked(home: Home) -> int:
    """How often the password was asked for."""
    counted = Path(home.folder / ASKED)
    return counted.read_text().count("once") if counted.exists() else 0


def test_the_daemon_s_passes_leave_it_alone_and_go_on_with_the_others(parked: Home) -> None:
    assert len(parked.events()) == 6
    before = parked.kith("status", "--json").json["faults"]
    parked.wait(days=3)
    said = parked.kith("sync", "--scheduled", exits=77)
    assert "1 problems" in said.out
    assert asked(parked) == 1
    assert parked.kith("status", "--json").json["faults"] == before, "it is still wrong, and has been since then"


def test_by_hand_it_is_asked_at_once(parked: Home) -> None:
    parked.kith("sync", exits=77)
    assert asked(parked) == 2
    parked.kith("sync", "--scheduled", "--retry", exits=77)
    assert asked(parked) == 3
    parked.kith("sync", "--scheduled", exits=77)
    assert asked(parked) == 3


def test_after_an_edit_of_the_config_it_is_asked_again(parked: Home) -> None:
    parked.write_config(CONFIG + SERVER.replace('"ana"', '"ana.souza"'))
    parked.kith("sync", "--scheduled", exits=77)
    parked.kith("sync", "--scheduled", exits=77)
    assert asked(parked) == 2


def test_what_is_mended_is_over(parked: Home) -> None:
    parked.write_config(CONFIG)
    parked.kith("sync", "--scheduled")
    assert parked.kith("status", "--json").json["faults"] == []
