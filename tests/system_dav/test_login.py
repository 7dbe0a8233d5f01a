"""``kith login`` and ``kith logout`` against a real server that wants a password."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

from kith.daemon.record import read_record
from kith.demo.dav import DemoServer
from system_dav.running import PLANTED, Home


def config(server: DemoServer, more: str = "") -> str:
    return f'[accounts.home]\ntype = "dav"\nurl = "{server.url}"\nusername = "{server.user}"\n{more}'


def test_a_password_is_tried_and_then_stored(home: Home, server: DemoServer) -> None:
    home.write(config(server))

    done = home.kith("login", "home", "--password-stdin", "--store", "file", given=f"{PLANTED}\n")

    path = home.secrets / "home.password"
    assert done.code == 0, done.said
    assert done.out == (
        "  1 address book: “Contacts”\n"
        "  no calendars yet\n"
        f"The password is in the file {path}, which only you can read.\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert home.files_with(PLANTED) == [path]
    assert home.kith("logout", "home").out == f"Taken away from the file {path}.\n"
    assert home.kith("logout", "home").out == "No password of account “home” was stored.\n"
    assert home.files_with(PLANTED) == []


def test_an_account_that_was_left_alone_is_asked_again_once_signed_in(home: Home, server: DemoServer) -> None:
    home.write(f'timezone = "Europe/Lisbon"\n{config(server)}')
    store = home.folder / ".local" / "state" / "kith" / "kith.sqlite3"

    assert home.kith("sync", "--scheduled").code == 77
    assert home.kith("login", "home", "--password-stdin", "--store", "file", given=f"{PLANTED}\n").code == 0
    record = read_record(store)
    assert record is not None
    assert record.at <= datetime.now(UTC), "a daemon would make a pass now"
    assert home.kith("sync", "--scheduled").code == 0


def test_a_wrong_password_is_stored_nowhere(home: Home, server: DemoServer) -> None:
    home.write(config(server))

    done = home.kith("login", "home", "--password-stdin", "--store", "file", given="hunter2-wrong\n")

    assert done.code == 77
    assert "did not accept the sign-in" in done.err
    assert "hunter2" not in done.said
    assert home.files_with("hunter2") == []


def test_at_a_terminal_it_asks_again_and_shows_nothing(home: Home, server: DemoServer) -> None:
    home.write(config(server))

    done = home.talk(
        "login",
        "home",
        answers=[("Keep the password in a file", "y"), ("Password of demo", "hunter2-typo"), ("Password of", PLANTED)],
    )

    assert done.code == 0, done.out
    assert "did not accept the sign-in" in done.out
    assert "hunter2" not in done.out
    assert home.files_with("hunter2") == [home.secrets / "home.password"]


def test_after_three_wrong_ones_it_gives_up(home: Home, server: DemoServer) -> None:
    home.write(config(server))

    done = home.talk("login", "home", "--store", "file", answers=[("Password of demo", "hunter2-typo")] * 3)

    assert done.code == 77
    assert home.files_with("hunter2") == []


def test_without_a_keyring_a_file_must_be_asked_for(home: Home, server: DemoServer) -> None:
    home.write(config(server))

    done = home.kith("login", "home", "--password-stdin", given=f"{PLANTED}\n")

    assert done.code == 77
    assert "there is no keyring here" in done.err
    assert "--store file" in done.err
    assert home.files_with(PLANTED) == []


def test_a_server_that_is_down_is_no_reason_to_store_what_was_not_tried(home: Home) -> None:
    home.write('[accounts.home]\ntype = "dav"\nurl = "http://127.0.0.1:1/"\nusername = "ana"\n')
    arguments = ("login", "home", "--password-stdin", "--store", "file")

    assert home.kith(*arguments, given=f"{PLANTED}\n").code == 69
    assert home.files_with(PLANTED) == []
    assert home.kith(*arguments, "--untried", given=f"{PLANTED}\n").code == 0
    assert home.files_with(PLANTED) == [home.secrets / "home.password"]


def test_what_cannot_be_signed_in_to(home: Home, server: DemoServer) -> None:
    home.write(
        config(server, 'password_command = ["cat", "secret"]\n')
        + '[accounts.open]\ntype = "dav"\nurl = "dav.example.org"\n'
        + '[accounts.disk]\ntype = "folder"\ncontacts = "contacts"\n[calendar]\naccount = "home"\n'
    )

    said = {name: home.kith("login", name, "--password-stdin", given="x\n") for name in ("home", "open", "disk", "hom")}

    assert {done.code for done in said.values()} == {2}
    assert {name: done.err.splitlines()[0] for name, done in said.items()} == {
        "home": "kith: the password of account “home” comes from its password_command",
        "open": "kith: account “open” has no user name",
        "disk": "kith: account “disk” is a folder; there is nothing to sign in to",
        "hom": "kith: there is no account “hom”",
    }
