"""The emulator of the Calendar API itself, asked with Google's client library as any program would ask it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from google_calendar.someone import Someone
from kith.errors import AccountError, Conflict, CursorExpired, Denied, Rejected

EVENT = {
    "id": "abcde12345",
    "summary": "Dentist",
    "start": {"dateTime": "2026-10-07T18:00:00+02:00", "timeZone": "Europe/Prague"},
    "end": {"dateTime": "2026-10-07T19:00:00+02:00", "timeZone": "Europe/Prague"},
}


class Program:
    """Another program with Google's client library."""

    def __init__(self, someone: Someone) -> None:
        self._client = someone.emulated.client()
        self._events = self._client.calendar.events()
        self._id = someone.id

    def ask(self, method: str, etag: str = "", **more: Any) -> dict[str, Any]:
        request = getattr(self._events, method)(calendarId=self._id, **more)
        if etag:
            request.headers["If-Match"] = etag
        return self._client.call(request)


@pytest.fixture
def program(someone: Someone) -> Program:
    return Program(someone)


def ids(answer: dict[str, Any]) -> list[str]:
    return [event["id"] for event in answer["items"]]


class TestIds:
    @pytest.mark.parametrize("identifier", ["abcd", "wxyz1", "ABCDE", "a-b-c-d", "x" * 1025])
    def test_what_google_does_not_take(self, program: Program, identifier: str) -> None:
        with pytest.raises(Rejected):
            program.ask("insert", body={**EVENT, "id": identifier})

    def test_one_that_is_taken_stays_so(self, program: Program) -> None:
        program.ask("insert", body=EVENT)
        with pytest.raises(Conflict):
            program.ask("insert", body=EVENT)
        program.ask("delete", eventId=EVENT["id"])
        with pytest.raises(Conflict):
            program.ask("insert", body=EVENT)
        assert program.ask("get", eventId=EVENT["id"])["status"] == "cancelled"
        with pytest.raises(Denied):
            program.ask("delete", eventId=EVENT["id"])


class TestEvents:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"start": {"date": "2026-10-07"}},
            {"start": {"date": "2026-10-07", "dateTime": "2026-10-07T18:00:00Z"}},
            {"start": {"dateTime": "2026-10-07T20:00:00"}},
            {"start": {"dateTime": "2026-10-07T20:00:00Z"}},
            {"start": {"dateTime": "2026-10-07T18:00:00Z", "timeZone": "Europe/Nowhere"}},
            {"end": {}},
            {"description": "x" * 8193},
            {"extendedProperties": {"private": {"k" * 45: "x"}}},
            {"extendedProperties": {"private": {"k": "x" * 1025}}},
            {"reminders": {"useDefault": True, "overrides": [{"method": "popup", "minutes": 0}]}},
            {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": -1}]}},
        ],
    )
    def test_what_google_does_not_take(self, program: Program, wrong: dict[str, Any]) -> None:
        with pytest.raises(Rejected):
            program.ask("insert", body={**EVENT, **wrong})

    def test_times_are_shown_in_the_calendars_zone_and_usual_things_not_at_all(self, program: Program) -> None:
        made = program.ask("insert", body={**EVENT, "transparency": "opaque", "description": ""})
        assert made["start"] == {"dateTime": "2026-10-07T17:00:00+01:00", "timeZone": "Europe/Prague"}
        assert not {"transparency", "description"} & made.keys()
        assert made["reminders"] == {"useDefault": True}

    def test_a_patch_is_merged(self, program: Program) -> None:
        made = program.ask("insert", body={**EVENT, "extendedProperties": {"private": {"a": "1", "b": "2"}}})
        body = {"location": "Café", "extendedProperties": {"private": {"a": None, "c": "3"}}}
        after = program.ask("patch", etag=made["etag"], eventId=EVENT["id"], body=body)
        assert after["extendedProperties"]["private"] == {"b": "2", "c": "3"}
        assert (after["summary"], after["location"]) == ("Dentist", "Café")
        for method, more in (("patch", {"body": body}), ("delete", {})):
            with pytest.raises(Conflict):
                program.ask(method, etag=made["etag"], eventId=EVENT["id"], **more)
        with pytest.raises(Rejected):
            program.ask("patch", eventId=EVENT["id"], body={"start": {"date": "2026-10-07"}})

    def test_notices_do_not_count_as_an_update(self, program: Program, someone: Someone) -> None:
        made = program.ask("insert", body=EVENT)
        someone.api.clock = lambda: datetime.now(UTC) + timedelta(hours=1)
        overrides = {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}}
        after = program.ask("patch", eventId=EVENT["id"], body=overrides)
        assert (after["updated"], after["etag"] == made["etag"]) == (made["updated"], False)


class TestLists:
    def test_deleted_ones_are_told_to_who_asks(self, program: Program) -> None:
        token = program.ask("list")["nextSyncToken"]
        program.ask("insert", body=EVENT)
        program.ask("delete", eventId=EVENT["id"])
        assert ids(program.ask("list")) == []
        assert ids(program.ask("list", showDeleted=True)) == [EVENT["id"]]
        (gone,) = program.ask("list", syncToken=token)["items"]
        assert gone.keys() == {"kind", "etag", "id", "status"}

    @pytest.mark.parametrize(
        "more",
        [{"iCalUID": "x"}, {"q": "x"}, {"timeMin": "2026-10-07T18:00:00Z"}, {"showDeleted": False}],
    )
    def test_what_does_not_go_with_a_sync_token(self, program: Program, more: dict[str, Any]) -> None:
        token = program.ask("list")["nextSyncToken"]
        with pytest.raises(Rejected):
            program.ask("list", syncToken=token, **more)

    def test_tokens_expire_and_are_of_one_calendar(self, program: Program, someone: Someone) -> None:
        token = program.ask("list")["nextSyncToken"]
        for broken in (f"{token}1x", "x", f"other#{token}"):
            with pytest.raises(CursorExpired):
                program.ask("list", syncToken=broken)
        someone.api.expire_tokens()
        with pytest.raises(CursorExpired):
            program.ask("list", syncToken=token)

    def test_what_was_updated_since(self, program: Program) -> None:
        program.ask("insert", body=EVENT)
        program.ask("delete", eventId=EVENT["id"])
        now = datetime.now(UTC)
        assert ids(program.ask("list", updatedMin=(now - timedelta(hours=1)).isoformat())) == [EVENT["id"]]
        assert ids(program.ask("list", updatedMin=(now + timedelta(hours=1)).isoformat())) == []
        with pytest.raises(CursorExpired):
            program.ask("list", updatedMin=(now - timedelta(days=60)).isoformat())

    def test_searches(self, program: Program) -> None:
        program.ask("insert", body={**EVENT, "extendedProperties": {"private": {"a": "1"}}})
        for more, found in (
            ({"iCalUID": f"{EVENT['id']}@google.com"}, 1),
            ({"iCalUID": "x"}, 0),
            ({"privateExtendedProperty": "a=1"}, 1),
            ({"privateExtendedProperty": "a=2"}, 0),
            ({"timeMin": "2026-10-07T17:00:00Z"}, 0),
            ({"timeMax": "2026-10-07T17:00:00Z"}, 1),
        ):
            assert len(program.ask("list", **more)["items"]) == found

    def test_pages(self, program: Program, someone: Someone) -> None:
        for number in range(5):
            program.ask("insert", body={**EVENT, "id": f"abcde{number}"})
        first = program.ask("list", maxResults=2)
        assert (len(first["items"]), "nextSyncToken" in first) == (2, False)
        second = program.ask("list", maxResults=3, pageToken=first["nextPageToken"])
        assert (len(second["items"]), "nextPageToken" in second) == (3, False)
        with pytest.raises(AccountError):
            program.ask("list", pageToken="made up")
