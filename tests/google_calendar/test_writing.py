"""Writing into a calendar in a Google account: what is asked of Google, and what is not touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fakes.google.wire import Answer
from google_calendar.someone import FIELDS, NOW, Someone, href, marker
from kith.core.event import Change
from kith.core.model import ETag
from kith.errors import Conflict, Denied, Rejected


class TestEveryWrite:
    def test_it_tells_nobody_and_minds_what_is_there(self, someone: Someone) -> None:
        someone.create("ana")
        someone.remember(someone.calendar.update(someone.seen(), Change(title="New"), marker(), NOW))
        someone.calendar.delete(someone.seen())
        inserted, patched, deleted = someone.api.writes
        assert [write.query["sendUpdates"] for write in someone.api.writes] == ["none"] * 3
        assert inserted.body["id"] == href()
        assert all(write.headers["if-match"].startswith('"') for write in (patched, deleted))
        assert patched.body.keys() == {"summary", "extendedProperties"}

    def test_a_moved_event_keeps_nothing_of_the_other_kind_of_start(self, someone: Someone) -> None:
        someone.create("ana")
        someone.change(start={"date": "2026-10-09"}, end={"date": "2026-10-10"})
        someone.calendar.update(someone.seen(), Change(FIELDS.when), None, NOW)
        assert someone.seen().fields == FIELDS

    def test_an_event_in_hand_is_not_read_again(self, someone: Someone) -> None:
        someone.create("ana")
        event = someone.seen()
        someone.asked()
        someone.calendar.update(event, Change(title="New"), None, NOW)
        assert someone.asked() == {"events.patch": 1}

    def test_one_that_is_not_is_read_first(self, someone: Someone) -> None:
        someone.create("ana")
        event = someone.seen()
        someone.calendar = someone.open()
        someone.calendar.find(marker("bo").uid)
        someone.asked()
        someone.calendar.update(event, Change(title="New"), None, NOW)
        assert someone.asked() == {"events.get": 1, "events.patch": 1}

    def test_alarms_of_the_user_s_own_stay(self, someone: Someone) -> None:
        someone.create("ana")
        own, theirs = {"method": "popup", "minutes": 0}, {"method": "popup", "minutes": 60}
        someone.change(reminders={"useDefault": False, "overrides": [own, theirs]})
        someone.calendar.update(someone.seen(), Change(alarm=False), None, NOW)
        assert someone.event()["reminders"]["overrides"] == [theirs]

    def test_descriptions_stand_there_as_google_s_clients_show_them(self, someone: Someone) -> None:
        fields = replace(FIELDS, description="Q&A\n<b> & &amp; <3\nlunch")
        someone.calendar.create(marker(), fields, NOW)
        assert someone.event()["description"] == "Q&A\n&lt;b> & &amp;amp; <3\nlunch"
        assert someone.seen().fields == fields

    def test_one_that_is_too_long_is_refused_and_named(self, someone: Someone) -> None:
        with pytest.raises(Rejected):
            someone.calendar.create(marker(), replace(FIELDS, description="x" * 9000), NOW)


class TestIds:
    def test_one_that_was_deleted_is_never_free_again(self, someone: Someone) -> None:
        someone.create("ana")
        someone.calendar.delete(someone.seen())
        for _ in range(2):
            with pytest.raises(Conflict):
                someone.calendar.create(marker(), FIELDS, NOW)
        assert someone.calendar.find(marker().uid) is None
        someone.calendar.create(marker(n=2), FIELDS, NOW)

    def test_what_stands_under_it_can_be_adopted(self, someone: Someone) -> None:
        someone.create("ana")
        someone.change(description="Lunch")
        with pytest.raises(Conflict):
            someone.calendar.create(marker(), FIELDS, NOW)
        assert someone.seen().fields.description == "Lunch"


class TestSomebodyElseWasFaster:
    CHANGES = ({"summary": "✓ Reach out"}, {"description": "Lunch<br>cake"}, {"status": "cancelled"})

    @pytest.mark.parametrize("theirs", CHANGES)
    @pytest.mark.parametrize("in_hand", [True, False])
    def test_an_update_gives_way(self, someone: Someone, theirs: dict[str, Any], in_hand: bool) -> None:
        someone.create("ana")
        event = someone.seen()
        if not in_hand:
            someone.calendar = someone.open()
        someone.change(**theirs)
        before = dict(someone.api.calendars[someone.id].events[href()])
        with pytest.raises(Conflict):
            someone.calendar.update(event, Change(title="Mine", description="mine"), marker(), NOW)
        assert someone.api.calendars[someone.id].events[href()] == before

    @pytest.mark.parametrize("theirs", CHANGES[:2])
    def test_a_deletion_gives_way(self, someone: Someone, theirs: dict[str, Any]) -> None:
        someone.create("ana")
        event = someone.seen()
        someone.change(**theirs)
        with pytest.raises(Conflict):
            someone.calendar.delete(event)
        assert href() in someone.api.there(someone.id)

    def test_an_event_known_without_its_state_is_compared_by_what_it_says(self, someone: Someone) -> None:
        someone.create("ana")
        event = replace(someone.seen(), etag=None)
        someone.change(summary="✓")
        with pytest.raises(Conflict):
            someone.calendar.update(event, Change(title="Mine"), None, NOW)
        with pytest.raises(Conflict):
            someone.calendar.delete(event)
        someone.change(summary=FIELDS.title)
        someone.calendar.update(event, Change(title="Mine"), None, NOW)
        assert someone.event()["summary"] == "Mine"


class TestReceipts:
    @pytest.mark.parametrize("members", [{"summary": "Another"}, {"description": "x"}, {"start": None}])
    def test_what_google_made_something_else_of_is_to_be_read(self, someone: Someone, members: dict[str, Any]) -> None:
        """An ETag is the state of what stands there, and kith must not take that for what it wrote."""
        someone.create("bea")
        event = {**someone.event("bea"), "id": href(), **members}
        someone.google.fail("answer", "events.insert", answer=Answer(200, event))
        assert someone.calendar.create(marker(), FIELDS, NOW).etag is None

    def test_otherwise_the_next_look_is_quiet(self, someone: Someone) -> None:
        (receipt,) = someone.create("ana")
        assert receipt.etag == ETag(someone.event()["etag"])
        assert someone.look().events == ()


class TestTheCalendarIsGone:
    @pytest.fixture(autouse=True)
    def gone(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        self.event = someone.seen()
        del someone.api.calendars[someone.id]

    def test_that_is_no_conflict(self, someone: Someone) -> None:
        for write in (
            lambda: someone.calendar.create(marker("bo"), FIELDS, NOW),
            lambda: someone.calendar.update(self.event, Change(title="New"), None, NOW),
            lambda: someone.calendar.delete(self.event),
            lambda: someone.calendar.find(marker().uid),
        ):
            with pytest.raises(Denied, match="not there"):
                write()
