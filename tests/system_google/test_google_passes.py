"""Whole passes over a Google account from the command line: check, sync, answers, and what parks an account."""

from __future__ import annotations

import json
from typing import Any

from fakes.google.calendar import CalendarApi
from fakes.google.people import People, contact
from fakes.google.server import Google
from fakes.google.wire import refusal, rpc_refusal
from system_google.running import GoogleHome


def sync(home: GoogleHome, *arguments: str, exits: int = 0) -> Any:
    done = home.kith("sync", "--json", *arguments)
    assert done.code == exits, done.said
    assert "Traceback" not in done.err
    return json.loads(done.out)


def fill(people: People) -> None:
    choir = people.add_group("Choir")
    people.put("ana", contact("Ana Souza", choir, email="ana@example.org"))
    people.put("rui", contact("Rui Dias"))


def test_from_the_first_look_to_a_quiet_pass(home: GoogleHome, google: Google, people: People) -> None:
    fill(people)
    home.write_config()
    home.sign_in()
    assert home.kith("check").code == 0
    first = sync(home)
    assert [write["person"] for write in first["wrote"]][:1] == ["Ana Souza"]
    sync(home)
    google.forget_asked()
    assert sync(home)["wrote"] == []
    assert google.counts() == {
        "token": 1,
        "people.contactGroups.list": 1,
        "people.people.connections.list": 1,
        "calendar.events.list": 1,
    }


def test_a_sign_in_taken_back_parks_the_account_and_names_the_command(
    home: GoogleHome, google: Google, people: People
) -> None:
    fill(people)
    home.write_config()
    home.sign_in()
    sync(home)
    google.tokens.revoke_all()
    google.forget_asked()
    (trouble,) = sync(home, exits=77)["troubles"]
    assert (trouble["account"], trouble["kind"]) == ("g", "SignInNeeded")
    assert "kith login g" in trouble["hint"]
    assert google.counts() == {"token": 1}
    assert home.kith("check").code == 69
    home.sign_in()
    assert sync(home)["troubles"] == []


def test_nobody_signed_in_yet(home: GoogleHome, google: Google) -> None:
    home.write_config()
    troubles = sync(home, exits=77)["troubles"]
    assert {each["message"] for each in troubles} == {"nobody has signed in to account “g” yet"}
    assert google.asked == []


def test_an_api_that_is_switched_off_is_told_with_what_to_do(home: GoogleHome, google: Google, people: People) -> None:
    home.write_config()
    home.sign_in()
    google.fail("answer", "contactGroups", answer=rpc_refusal(403, "PERMISSION_DENIED", "SERVICE_DISABLED"))
    done = home.kith("check")
    assert done.code == 69
    assert "not switched on" in done.out


def test_another_refresh_token_is_kept_where_the_first_one_was(home: GoogleHome, google: Google) -> None:
    home.write_config()
    home.sign_in()
    google.tokens.renews = True
    sync(home)
    google.tokens.renews = False
    sync(home)
    kept = json.loads((home.secrets / "g.password").read_text())
    assert kept["refresh_token"] in google.tokens.given


def test_contacts_from_google_and_events_on_disk(home: GoogleHome, google: Google, people: People) -> None:
    fill(people)
    circle = '[circles.inner]\nevery = "2w"\nlabels = ["Choir"]\n'
    disk = '[accounts.disk]\ntype = "folder"\ncalendar = "calendar"\n[calendar]\naccount = "disk"\n'
    home.write_config(rest=disk + circle)
    home.sign_in()
    google.forget_asked()
    assert [write["person"] for write in sync(home)["wrote"]][:1] == ["Ana Souza"]
    assert not any(asked.method.startswith("calendar") for asked in google.asked)


def test_events_at_google_and_contacts_on_disk(home: GoogleHome, google: Google, calendar: CalendarApi) -> None:
    (home.folder / "ana.vcf").write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ana\r\nFN:Ana Souza\r\nCATEGORIES:Choir\r\nEND:VCARD\r\n"
    )
    disk = f'[accounts.disk]\ntype = "folder"\ncontacts = "{home.folder}/ana.vcf"\n'
    circle = '[circles.inner]\nevery = "2w"\nlabels = ["Choir"]\n'
    home.write_config("contacts = false\n", rest=disk + circle)
    home.sign_in()
    google.forget_asked()
    assert [write["person"] for write in sync(home)["wrote"]][:1] == ["Ana Souza"]
    assert not any(asked.method.startswith("people") for asked in google.asked)


def test_what_the_libraries_have_to_say_of_a_refusal_is_not_printed(home: GoogleHome, google: Google) -> None:
    home.write_config()
    home.sign_in()
    google.fail("answer", "contactGroups", answer=refusal(403, "rateLimitExceeded", domain="usageLimits"))
    done = home.kith("sync", "--json")
    assert (done.code, done.err) == (0, "")
    assert google.counts()["people.contactGroups.list"] == 3


def test_a_refresh_token_that_is_renewed_while_signing_in_is_the_one_that_is_kept(
    home: GoogleHome, google: Google
) -> None:
    home.write_config()
    google.tokens.renews = True
    home.sign_in()
    google.tokens.renews = False
    assert sync(home)["troubles"] == []
