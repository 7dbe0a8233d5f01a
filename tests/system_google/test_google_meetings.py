"""Meetings in the user's own calendars at Google, from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from fakes.appointments import Appointment, as_json
from fakes.google.calendar import CalendarApi
from fakes.google.people import People, contact
from fakes.google.server import Google
from kith.google.scopes import needed
from system_google.running import CIRCLE, MONDAY, GoogleHome

MEETINGS = f'[meetings]\ncalendars = ["Personal", "primary"]\n{CIRCLE}'
LUNCH = Appointment("lunch", MONDAY - timedelta(days=1))


@pytest.fixture
def ready(home: GoogleHome, people: People, calendar: CalendarApi) -> GoogleHome:
    """Somebody who has one friend, and a calendar of their own."""
    people.put("ana", contact("Ana Souza", people.add_group("Choir"), email="ana@example.org"))
    calendar.make_calendar("Personal")
    home.write_config(rest=MEETINGS)
    path = home.token_file(needed(contacts=True, calendar="own", meetings=True))
    done = home.kith("login", "g", "--store", "file", "--token-file", str(path))
    assert done.code == 0, done.said
    return home


def sync(home: GoogleHome, *, exits: int = 0) -> Any:
    done = home.kith("sync", "--json")
    assert done.code == exits, done.said
    return json.loads(done.out)


def understood(report: Any) -> list[tuple[str, str]]:
    return [(item["what"], item["person"]) for item in report["understood"]]


def test_a_meeting_counts_and_comes_back_when_it_is_declined(ready: GoogleHome, calendar: CalendarApi) -> None:
    personal = calendar.named("Personal").id
    calendar.add(personal, as_json(LUNCH), "lunch")
    assert understood(sync(ready)) == [("met", "Ana Souza")]
    assert understood(sync(ready)) == []
    declined = LUNCH.but(guests=(("me@example.com", "DECLINED"), ("ana@example.org", "ACCEPTED")))
    calendar.change(personal, "lunch", **as_json(declined))
    assert understood(sync(ready)) == [("unmet", "Ana Souza")]
    calendar.change(personal, "lunch", **as_json(LUNCH))
    assert understood(sync(ready)) == [("met", "Ana Souza")]
    calendar.remove(personal, "lunch")
    assert understood(sync(ready)) == [("unmet", "Ana Souza")]
    assert {write.path["calendarId"] for write in calendar.writes if "calendarId" in write.path} == {
        calendar.named("Keep in touch").id
    }


def test_a_quiet_pass_asks_once_for_each_calendar(ready: GoogleHome, google: Google) -> None:
    sync(ready)
    google.forget_asked()
    sync(ready)
    assert google.counts()["calendar.events.list"] == 3  # kith's own, and the two that are watched


def test_an_event_of_kiths_own_in_the_watched_calendar_is_no_meeting(ready: GoogleHome, calendar: CalendarApi) -> None:
    sync(ready)
    own = calendar.named("Keep in touch")
    ((identifier, _),) = calendar.there(own.id).items()
    calendar.move(own.id, identifier, calendar.named("Personal").id)
    sync(ready)
    assert ready.kith("meetings", "--all").out == "There is no meeting in your calendars.\n"


def test_without_the_right_to_look_it_says_so(home: GoogleHome, calendar: CalendarApi) -> None:
    calendar.make_calendar("Personal")
    home.write_config(rest=MEETINGS)
    narrow = home.token_file(needed(contacts=True, calendar="own"))
    refused = home.kith("login", "g", "--store", "file", "--token-file", str(narrow))
    assert refused.code == 77
    assert "kith was not allowed to see the events in all your calendars" in refused.err
    home.write_config()
    assert home.kith("login", "g", "--store", "file", "--token-file", str(narrow)).code == 0
    home.write_config(rest=MEETINGS)
    assert "you did not allow kith to see the events in all your calendars" in home.kith("check").out
    sync(home, exits=77)


def test_check_names_what_may_have_been_meant(ready: GoogleHome) -> None:
    assert "meetings.g/Personal  is there" in ready.kith("check").out
    ready.write_config(rest=MEETINGS.replace("Personal", "Personnal"))
    checked = ready.kith("check")
    assert checked.code == 69
    assert 'did you mean "Personal"?' in checked.out
    assert "the calendar “Personnal” is not there" in sync(ready, exits=69)["troubles"][0]["message"]
