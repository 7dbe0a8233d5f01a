"""A whole life with a DAV account from the command line: check, sync, answers, failures of one account among others."""

from __future__ import annotations

import json
from importlib.resources import files

from kith.demo.dav import CalendarStorage, DemoServer
from kith.demo.phone import Phone
from system_dav.running import PLANTED, Home

CIRCLES = '[circles.inner]\nevery = "2w"\nlabels = ["Family", "Close friends"]\n'


def config(home: Home, server: DemoServer, more: str = "") -> str:
    password = home.folder / "password"
    password.write_text(f"{PLANTED}\n")
    password.chmod(0o600)
    return (
        f'timezone = "Europe/Lisbon"\n[accounts.home]\ntype = "dav"\nurl = "{server.url}"\nusername = "{server.user}"\n'
        f'password_command = ["cat", "{password}"]\n{more}{CIRCLES}'
    )


def report(home: Home, *arguments: str) -> dict[str, list[dict[str, object]]]:
    done = home.kith("sync", "--json", *arguments)
    assert done.code == 0, done.said
    found: dict[str, list[dict[str, object]]] = json.loads(done.out)
    return found


def test_from_the_first_look_to_an_answer(home: Home, server: DemoServer) -> None:
    home.write(config(home, server))
    phone = Phone(CalendarStorage(server))

    rehearsed = report(home, "--dry-run")
    assert phone.entries() == []
    first = report(home)
    assert [write["person"] for write in first["wrote"]] != []
    assert len(rehearsed["wrote"]) == len(first["wrote"]) == len(phone.entries())

    ticked = phone.entries()[0]
    phone.tick(ticked)
    second = report(home)
    assert [(each["what"], str(each["person"]) in ticked.title) for each in second["understood"]] == [("talked", True)]

    before = {entry.name: entry.data for entry in phone.entries()}
    third = report(home)
    assert third["wrote"] == []
    assert {entry.name: entry.data for entry in phone.entries()} == before
    assert home.files_with(PLANTED) == [home.folder / "password"]


def test_check_tells_the_way_to_everything(home: Home, server: DemoServer) -> None:
    home.write(config(home, server))

    done = home.kith("check", "--json")

    assert done.code == 0, done.said
    about = [each for each in json.loads(done.out) if each["subject"] == "accounts.home"]
    assert [(each["level"], each["message"]) for each in about] == [
        ("ok", "the password comes from `cat`"),
        ("ok", "1 address book: “Contacts”; 0 cards known so far"),
        ("ok", "the calendar “Keep in touch” will be made at the first pass; no calendars"),
    ]
    assert about[1]["details"][-1] == f"✓ home: {server.url}demo/ has “Contacts”"
    assert PLANTED not in done.said

    assert home.kith("sync").code == 0
    about = [each for each in json.loads(home.kith("check", "--json").out) if each["subject"] == "accounts.home"]
    assert [each["message"] for each in about[1:]] == [
        "1 address book: “Contacts”; 40 cards known so far",
        "events go into the calendar “Keep in touch”",
    ]


def test_check_says_beforehand_that_no_calendar_can_be_made(home: Home, server: DemoServer) -> None:
    home.write(config(home, server, 'server = "posteo"\n'))

    done = home.kith("check", "--json")

    assert done.code == 69
    found = [each for each in json.loads(done.out) if each["subject"] == "accounts.home"][-1]
    assert found["level"] == "problem"
    assert found["message"] == (
        "there is no calendar “Keep in touch”, and this server lets no program make one; no calendars"
    )
    assert found["mend"].startswith("make a calendar of that name in your calendar app")


def test_check_says_what_is_not_there(home: Home, server: DemoServer) -> None:
    home.write(config(home, server, 'address_books = ["Contacts", "Work"]\n'))

    done = home.kith("check", "--json")

    assert done.code == 69
    about = [each for each in json.loads(done.out) if each["subject"] == "accounts.home"]
    assert (about[1]["level"], about[1]["message"], about[1]["mend"]) == (
        "problem",
        "there is no address book called “Work”",
        "correct address_books; there is Contacts",
    )


def test_an_account_whose_password_is_not_there_holds_up_no_other(home: Home, server: DemoServer) -> None:
    contacts = home.folder / "contacts"
    contacts.mkdir()
    (contacts / "all.vcf").write_bytes(files("kith.demo").joinpath("sample.vcf").read_bytes())
    home.write(
        'timezone = "Europe/Lisbon"\n'
        f'[accounts.home]\ntype = "dav"\nurl = "{server.url}"\nusername = "{server.user}"\n'
        f'[accounts.disk]\ntype = "folder"\ncontacts = "{contacts}"\ncalendar = "{home.folder}/calendar"\n'
        f'[calendar]\naccount = "disk"\n{CIRCLES}'
    )

    done = home.kith("sync", "--json")

    found = json.loads(done.out)
    assert done.code == 77
    assert [(each["account"], each["kind"], each["message"], each["hint"]) for each in found["troubles"]] == [
        ("home", "SignInNeeded", "no password is known for account “home”", "run `kith login home`")
    ]
    assert [account["account"] for account in found["accounts"]] == ["disk"]
    assert found["wrote"]
    assert "run `kith login home`" in home.kith("status").out


def test_who_is_to_mend_a_refused_password_is_told_where_it_comes_from(home: Home, server: DemoServer) -> None:
    home.write(config(home, server))
    (home.folder / "password").write_text("wrong\n")
    done = home.kith("sync", "--json")
    assert done.code == 77
    hints = {trouble["hint"] for trouble in json.loads(done.out)["troubles"]}
    assert len(hints) == 1
    assert hints.pop().endswith("Then have password_command (cat) print it, and run `kith sync`")


def test_a_calendar_that_cannot_be_signed_in_to_leaves_the_contacts_readable(home: Home, server: DemoServer) -> None:
    other = '[accounts.other]\ntype = "dav"\nurl = "dav.example.org"\nusername = "ana"\ncontacts = false\n'
    home.write(config(home, server, f'{other}[calendar]\naccount = "other"\n'))

    done = home.kith("sync", "--json")

    found = json.loads(done.out)
    assert done.code == 77
    assert [each["account"] for each in found["troubles"]] == ["other"]
    assert [account["cards"] for account in found["accounts"]] == [40]
    assert found["wrote"] == []


def test_no_secret_is_said_anywhere(home: Home, server: DemoServer) -> None:
    home.write(config(home, server))
    (home.folder / "password").write_text("hunter2-wrong\n")

    said = [home.kith(*command.split()) for command in ("sync", "sync --scheduled", "check", "status", "sync --json")]

    assert [done.code for done in said] == [77, 77, 69, 0, 77]
    assert not any("hunter2" in done.said for done in said)
    assert home.files_with("hunter2") == [home.folder / "password"]
