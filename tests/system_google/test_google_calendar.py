"""The calendar at Google from the command line: answers given in another client, and a calendar that is not there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.google.calendar import CalendarApi
from fakes.google.people import People, contact
from fakes.google.server import Google
from fakes.google.wire import refusal
from kith.google.scopes import needed
from system_google.running import CIRCLE, GoogleHome

NAME = "Keep in touch"


@pytest.fixture
def ready(home: GoogleHome, people: People) -> GoogleHome:
    """Somebody who signed in, and has one friend."""
    choir = people.add_group("Choir")
    people.put("ana", contact("Ana Souza", choir, email="ana@example.org"))
    home.write_config()
    home.sign_in()
    return home


def sync(home: GoogleHome, *, exits: int = 0) -> Any:
    done = home.kith("sync", "--json")
    assert done.code == exits, done.said
    assert "Traceback" not in done.said
    return json.loads(done.out)


def the_event(calendar: CalendarApi, name: str = NAME) -> dict[str, Any]:
    (event,) = calendar.there(calendar.named(name).id).values()
    return event


def test_a_tick_and_what_was_typed_in_googles_editor(ready: GoogleHome, calendar: CalendarApi) -> None:
    sync(ready)
    event = the_event(calendar)
    assert event["summary"] == "Reach out: Ana Souza"
    assert (event["transparency"], event["visibility"]) == ("transparent", "private")
    typed = "<br>".join(event["description"].split("\n")) + "<p>New flat in <b>Porto</b>;&nbsp;bread &amp; wine</p>"
    calendar.change(calendar.named(NAME).id, event["id"], summary=f"✓ {event['summary']}", description=typed)

    (understood,) = sync(ready)["understood"]

    assert (understood["what"], understood["person"]) == ("talked", "Ana Souza")
    assert "New flat in Porto; bread & wine" in ready.kith("show", "ana").out
    answered = calendar.there(calendar.named(NAME).id)[event["id"]]
    assert answered["description"] == typed
    assert "overrides" not in answered["reminders"] or answered["reminders"]["overrides"] == []
    assert "attendees" not in answered
    assert {write.query.get("sendUpdates") for write in calendar.writes if ".events." in write.method} == {"none"}


def test_a_calendar_that_was_deleted_is_made_again_only_when_that_is_asked_for(
    ready: GoogleHome, google: Google, calendar: CalendarApi
) -> None:
    sync(ready)
    del calendar.calendars[calendar.named(NAME).id]
    for _ in range(2):
        (trouble,) = sync(ready, exits=69)["troubles"]
        assert (trouble["account"], trouble["kind"]) == ("g", "Denied")
        assert "“Keep in touch” is not there" in trouble["message"]
        assert "kith events recreate" in trouble["hint"]
    assert "kith events recreate" in ready.kith("sync").said
    assert NAME not in {kept.summary for kept in calendar.calendars.values()}
    assert "“Keep in touch” is not there" in ready.kith("check").said

    done = ready.kith("events", "recreate")

    assert done.code == 0, done.said
    assert "1 event is planned anew" in done.out
    assert [write["what"] for write in sync(ready)["wrote"]] == ["created"]
    assert the_event(calendar)["summary"] == "Reach out: Ana Souza"
    google.forget_asked()
    assert sync(ready)["wrote"] == []
    assert google.counts()["calendar.events.list"] == 1


def test_a_calendar_that_was_renamed_is_still_the_same(ready: GoogleHome, calendar: CalendarApi) -> None:
    sync(ready)
    calendar.named(NAME).summary = "Friends"
    assert sync(ready)["troubles"] == []
    assert ready.kith("check").code == 0
    assert [kept.summary for kept in calendar.calendars.values()] == [calendar.email, "Friends"]


def test_an_existing_calendar_by_its_name(home: GoogleHome, people: People, calendar: CalendarApi) -> None:
    people.put("ana", contact("Ana Souza", people.add_group("Choir")))
    home.write_config("existing_calendar = true\n", f'[calendar]\nname = "Work"\n{CIRCLE}')
    path = home.token_file(needed(contacts=True, calendar="existing"))
    assert home.kith("login", "g", "--store", "file", "--token-file", str(path)).code == 0
    (trouble,) = sync(home, exits=69)["troubles"]
    assert "“Work” is not there" in trouble["message"]
    assert "make it in Google Calendar" in trouble["hint"]
    assert calendar.writes == []

    calendar.make_calendar("Work")
    dentist = {"summary": "Dentist", "start": {"date": "2026-10-09"}, "end": {"date": "2026-10-10"}}
    own = calendar.add(calendar.named("Work").id, dentist)
    before = calendar.there(calendar.named("Work").id)[own]

    assert [write["what"] for write in sync(home)["wrote"]] == ["created"]
    assert calendar.there(calendar.named("Work").id)[own] == before


def test_the_primary_calendar(home: GoogleHome, people: People, calendar: CalendarApi) -> None:
    people.put("ana", contact("Ana Souza", people.add_group("Choir")))
    home.write_config(rest=f'[calendar]\nname = "primary"\n{CIRCLE}')
    path = home.token_file(needed(contacts=True, calendar="primary"))
    assert home.kith("login", "g", "--store", "file", "--token-file", str(path)).code == 0
    assert "your first calendar" in home.kith("check").out
    sync(home)
    assert the_event(calendar, calendar.email)["summary"] == "Reach out: Ana Souza"
    assert list(calendar.calendars) == [calendar.email]


def test_a_calendar_of_that_name_that_kith_did_not_make(ready: GoogleHome, calendar: CalendarApi) -> None:
    calendar.make_calendar(NAME)
    (trouble,) = sync(ready, exits=69)["troubles"]
    assert "kith did not make it" in trouble["message"]
    assert "existing_calendar = true under [accounts.g]" in trouble["hint"]
    assert "kith did not make it" in ready.kith("check").out


def test_a_used_up_quota_is_waited_out(ready: GoogleHome, google: Google, calendar: CalendarApi) -> None:
    used_up = refusal(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")
    google.fail("answer", "calendar.events.insert", answer=used_up)
    (trouble,) = sync(ready, exits=69)["troubles"]
    assert (trouble["kind"], trouble["message"]) == (
        "Transient",
        "what Google allows this account is used up for some hours",
    )
    assert [write["what"] for write in sync(ready)["wrote"]] == ["created"]
    assert len(calendar.there(calendar.named(NAME).id)) == 1
