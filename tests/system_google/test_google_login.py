"""``kith login`` and ``kith logout`` for an account at Google, against the emulator."""

from __future__ import annotations

import json
import socket
import stat

from fakes.google.server import Google
from fakes.google.wire import refusal
from kith.google.scopes import CALENDAR_LIST, CONTACTS, OWN_CALENDARS
from system_google.running import GoogleHome

DISK = '[accounts.disk]\ntype = "folder"\ncalendar = "calendar"\n[calendar]\naccount = "disk"\n'


def test_by_browser(home: GoogleHome, google: Google) -> None:
    home.write_config()

    done = home.sign_in_by_browser(also=["favicon.ico", "?state=guessed&code=x", "?code=x"])

    path = home.secrets / "g.password"
    assert done.code == 0, done.said
    assert "ssh -L" in done.out
    assert "  contacts can be read\n" in done.out
    assert done.out.endswith(f"The sign-in is in the file {path}, which only you can read.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text())
    assert google.tokens.given[kept["refresh_token"]].scopes == (CONTACTS, CALENDAR_LIST, OWN_CALENDARS)
    assert home.files_with(kept["refresh_token"]) == [path]
    assert kept["refresh_token"] not in done.said


def test_it_asks_for_what_the_config_needs(home: GoogleHome, google: Google) -> None:
    home.write_config(rest=DISK)

    done = home.sign_in_by_browser("--untried")

    assert done.code == 0, done.said
    assert google.tokens.asked_scopes == [(CONTACTS,)]


def test_what_was_not_ticked_is_said_and_nothing_stored(home: GoogleHome, google: Google) -> None:
    home.write_config()
    google.tokens.refuses = {CONTACTS, OWN_CALENDARS}

    done = home.sign_in_by_browser()

    assert done.code == 77
    assert "kith was not allowed to see your contacts or to make a calendar of its own" in done.err
    assert "tick everything" in done.err
    assert not home.secrets.exists()


def test_a_user_who_does_not_agree(home: GoogleHome, google: Google) -> None:
    home.write_config()
    google.tokens.agrees = False

    done = home.sign_in_by_browser()

    assert done.code == 77
    assert "you did not agree" in done.err
    assert not home.secrets.exists()


def test_a_port_that_is_taken(home: GoogleHome) -> None:
    home.write_config()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = home.kith("login", "g", "--store", "file", "--no-browser", "--port", str(port))

    assert done.code == 2
    assert f"port {port}" in done.err
    assert "--port" in done.err


class TestFromAFile:
    """``--token-file``."""

    def test_it_is_tried_and_stored(self, home: GoogleHome) -> None:
        home.write_config()
        path = home.token_file()
        done = home.kith("login", "g", "--store", "file", "--token-file", str(path))
        assert done.code == 0, done.said
        assert "contacts can be read" in done.out
        kept = json.loads((home.secrets / "g.password").read_text())
        assert kept["scopes"] == [CONTACTS, CALENDAR_LIST, OWN_CALENDARS]

    def test_one_that_was_taken_back(self, home: GoogleHome, google: Google) -> None:
        home.write_config()
        path = home.token_file()
        google.tokens.revoke_all()
        done = home.kith("login", "g", "--store", "file", "--token-file", str(path))
        assert done.code == 77
        assert "taken back, or has expired" in done.err
        assert not home.secrets.exists()

    def test_one_that_is_not_good_for_enough(self, home: GoogleHome) -> None:
        home.write_config()
        path = home.token_file((CONTACTS,))
        done = home.kith("login", "g", "--store", "file", "--token-file", str(path))
        assert done.code == 77
        assert "see the list of your calendars" in done.err
        assert not home.secrets.exists()

    def test_a_file_that_is_not_there(self, home: GoogleHome) -> None:
        home.write_config()
        done = home.kith("login", "g", "--store", "file", "--token-file", "nowhere.json")
        assert done.code == 2
        assert "nowhere.json cannot be read" in done.err


def test_an_account_without_a_client(home: GoogleHome) -> None:
    home.write('[accounts.g]\ntype = "google"\n')
    done = home.kith("login", "g", "--store", "file", "--no-browser")
    assert done.code == 2
    assert "has no client" in done.err
    assert "docs/google.md" in done.err


def test_options_of_the_other_kind(home: GoogleHome) -> None:
    home.write_config(
        rest='[accounts.home]\ntype = "dav"\nurl = "dav.example.org"\nusername = "ana"\n[calendar]\naccount = "g"\n'
    )
    assert "there is no password" in home.kith("login", "g", "--password-stdin").err
    assert "is not at Google" in home.kith("login", "home", "--no-browser").err


class TestLogout:
    """Here and there."""

    def test_here(self, home: GoogleHome, google: Google) -> None:
        home.write_config()
        home.sign_in()
        done = home.kith("logout", "g")
        assert done.code == 0
        assert "myaccount.google.com" in done.out
        assert not any(given.revoked for given in google.tokens.given.values())
        assert not (home.secrets / "g.password").exists()

    def test_there_too(self, home: GoogleHome, google: Google) -> None:
        home.write_config()
        home.sign_in()
        done = home.kith("logout", "g", "--revoke")
        assert done.code == 0, done.said
        assert "Taken back at Google." in done.out
        assert all(given.revoked for given in google.tokens.given.values())
        assert home.kith("logout", "g", "--revoke").code == 77

    def test_google_cannot_be_asked(self, home: GoogleHome, google: Google) -> None:
        home.write_config()
        home.sign_in()
        google.fail("answer", "revoke", answer=refusal(503, "x"))
        done = home.kith("logout", "g", "--revoke")
        assert done.code == 69
        assert (home.secrets / "g.password").exists()
