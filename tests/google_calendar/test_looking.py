"""Looking at a calendar in a Google account: what it costs, and what is never missed or made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fakes.google.wire import Answer
from google_calendar.someone import FIELDS, LISBON, NAME, NOW, Someone, href, marker, subjects
from kith.core.event import AllDay, Change
from kith.core.model import EventUid
from kith.errors import Denied, Malformed, SignInNeeded, Transient


class TestWhatItCosts:
    def test_a_quiet_look_is_one_request(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.asked()
        for _ in range(3):
            assert someone.look().events == ()
            assert someone.asked() == {"events.list": 1}

    def test_in_a_new_process_too(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.asked()
        someone.calendar = someone.open()
        someone.look()
        assert someone.asked() == {"events.list": 1}

    def test_an_edit_costs_no_more(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.change("bea", summary="✓ Reach out")
        someone.asked()
        assert subjects(someone.look()) == ["bea"]
        assert someone.asked() == {"events.list": 1}

    def test_what_kith_wrote_itself_is_no_news(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.remember(someone.calendar.update(someone.seen(), Change(title="New"), marker(), NOW))
        assert someone.look().events == ()

    def test_an_event_that_is_gone_is_asked_for_once(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.api.remove(someone.id, href())
        someone.asked()
        assert someone.look().absent == {href()}
        assert someone.asked() == {"events.list": 1, "events.get": 1}
        assert someone.look().absent == {href()}
        assert someone.asked() == {"events.list": 1}

    def test_many_unknown_ones_are_listed_and_not_asked_for_one_by_one(self, someone: Someone) -> None:
        names = sorted(f"p{number}" for number in range(30))
        someone.create(*names)
        someone.look()
        someone.asked()
        assert subjects(someone.calendar.look({}, someone.cursor)) == names
        assert someone.asked() == {"events.list": 2}

    def test_everything_is_listed_again_after_a_week(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.seconds += timedelta(days=6).total_seconds()
        someone.look()
        assert "syncToken" in someone.google.asked[-1].query
        someone.seconds += timedelta(days=2).total_seconds()
        someone.look()
        assert "syncToken" not in someone.google.asked[-1].query
        someone.look()
        assert "syncToken" in someone.google.asked[-1].query


class TestPages:
    @pytest.mark.parametrize("empty", [False, True])
    def test_all_of_them_are_read(self, someone: Someone, empty: bool) -> None:
        names = [f"p{number}" for number in range(7)]
        someone.create(*names)
        someone.api.page_size, someone.api.empty_pages = 2, empty
        assert subjects(someone.calendar.look({})) == names

    def test_of_changes_too(self, someone: Someone) -> None:
        names = [f"p{number}" for number in range(5)]
        someone.create(*names)
        someone.look()
        someone.api.page_size = 2
        for name in names:
            someone.change(name, summary="✓")
        assert subjects(someone.look()) == names
        assert someone.look().events == ()

    def test_what_changes_between_two_pages_is_told_next_time(self, someone: Someone) -> None:
        someone.create("ana", "bea", "eva")
        someone.api.page_size = 2
        someone.api.between_pages = lambda: someone.change("ana", summary="✓")
        someone.look()
        someone.api.between_pages = lambda: None
        assert subjects(someone.look()) == ["ana"]


class TestTokens:
    def test_one_that_expired_costs_a_listing_and_nothing_else(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.api.expire_tokens()
        someone.change("bea", summary="✓")
        someone.api.add(someone.id, dict(someone.event("ana")))
        assert subjects(someone.look()) == ["ana", "bea"]
        someone.asked()
        assert someone.look().events == ()
        assert someone.asked() == {"events.list": 1}

    def test_what_went_meanwhile_is_absent(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.api.remove(someone.id, href("bea"))
        someone.api.expire_tokens()
        assert someone.look().absent == {href("bea")}

    @pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"format": 1}', '{"format": 99}'])
    def test_losing_the_cursor_costs_requests_and_nothing_else(self, someone: Someone, cursor: str) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.change("bea", summary="✓")
        someone.cursor = cursor
        assert subjects(someone.look()) == ["bea"]

    def test_a_cursor_of_another_calendar_counts_for_nothing(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        other = someone.api.make_calendar("Another", app_created=True)
        look = someone.open("Another").look({}, someone.cursor)
        assert (look.identity, look.events) == (other.id, ())


class TestNothingIsMissed:
    def test_a_pass_that_was_killed_after_its_look_is_shown_the_same_again(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.look()
        someone.change("ana", summary="✓")
        someone.api.remove(someone.id, href("bea"))
        for _ in range(3):
            look = someone.look(remembering=False)
            assert (subjects(look), look.absent) == (["ana"], frozenset({href("bea")}))

    def test_a_stranger_is_shown_until_it_is_known(self, someone: Someone) -> None:
        someone.look()
        someone.calendar.create(marker("bo"), FIELDS, NOW)
        for _ in range(3):
            assert subjects(someone.look(remembering=False)) == ["bo"]
        someone.look()
        assert someone.look().events == ()

    def test_an_event_that_an_app_took_the_mark_from(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.change(extendedProperties={}, summary="✓ Reach out")
        (event,) = someone.look().events
        assert (event.href, event.marker, event.fields.title) == (href(), None, "✓ Reach out")
        someone.change(summary="~ Reach out")
        assert [event.fields.title for event in someone.look().events] == ["~ Reach out"]

    def test_an_event_that_came_back_from_the_bin(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.api.remove(someone.id, href())
        someone.look()
        someone.api.bring_back(someone.id, href())
        look = someone.look()
        assert (subjects(look), look.absent) == (["ana"], frozenset())

    def test_a_day_dragged_to_the_all_day_slot(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.change(start={"date": "2026-10-09"}, end={"date": "2026-10-10"})
        (event,) = someone.look().events
        assert event.fields.when == AllDay(datetime(2026, 10, 9, tzinfo=UTC).date())


class TestNothingIsMadeUp:
    def test_what_a_listing_leaves_out_is_asked_for(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.api.overlooked = {href()}
        look = someone.look()
        assert (look.events, look.absent) == ((), frozenset())

    def test_and_shown_if_it_changed(self, someone: Someone) -> None:
        someone.create("ana")
        someone.api.overlooked = {href()}
        someone.change(summary="✓")
        assert subjects(someone.look()) == ["ana"]

    def test_a_tombstone_in_a_listing_is_not_believed_by_itself(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        alive = dict(someone.event())
        someone.api.remove(someone.id, href())
        someone.google.fail("answer", "events.get", answer=Answer(200, alive))
        assert someone.look().absent == frozenset()

    def test_tombstones_crumble(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        someone.api.remove(someone.id, href())
        someone.api.purge(someone.id, href())
        assert someone.look(remembering=False).absent == frozenset()
        someone.cursor = ""
        assert someone.look().absent == {href()}
        assert someone.calendar.find(marker().uid) is None

    def test_another_event_than_was_asked_for_is_no_answer(self, someone: Someone) -> None:
        someone.create("ana", "bea")
        someone.google.fail("answer", "events.get", answer=Answer(200, dict(someone.event("bea"))))
        with pytest.raises(Malformed):
            someone.calendar.find(marker("ana").uid)

    def test_others_events_are_not_asked_for(self, someone: Someone) -> None:
        event = {"summary": "Dentist", "start": {"date": "2026-10-09"}, "end": {"date": "2026-10-10"}}
        someone.api.add(someone.id, event)
        someone.asked()
        assert someone.look().events == ()
        assert someone.asked() == {"calendarList.list": 1, "events.list": 1}


class TestSeries:
    @pytest.fixture
    def weekly(self, someone: Someone) -> Someone:
        someone.create("ana")
        someone.look()
        someone.change(recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
        return someone

    def test_an_event_that_was_made_to_repeat(self, weekly: Someone) -> None:
        (event,) = weekly.look().events
        assert (event.repeats, event.repeats_until) == (True, datetime(2026, 10, 21, tzinfo=UTC).date())
        assert weekly.look().events == ()

    def test_an_instance_that_was_ticked(self, weekly: Someone) -> None:
        weekly.look()
        second = datetime(2026, 10, 14, 17, 30, tzinfo=LISBON)
        weekly.api.change_instance(weekly.id, href(), second, summary="✓ Reach out", description="Lunch")
        for _ in range(2):  # killed in between
            (event,) = weekly.look(remembering=False).events
            (occurrence,) = event.occurrences
            assert (occurrence.title, occurrence.description) == ("✓ Reach out", "Lunch")
        weekly.look()
        weekly.asked()
        assert weekly.look().events == ()
        assert weekly.asked() == {"events.list": 1}
        weekly.cursor = ""
        assert weekly.look().events == (), "a full listing tells of the same state"

    def test_an_instance_is_no_event_of_its_own(self, weekly: Someone) -> None:
        name = weekly.api.change_instance(weekly.id, href(), datetime(2026, 10, 14, 17, 30, tzinfo=LISBON))
        look = weekly.calendar.look({})
        assert [event.href for event in look.events] == [href()]
        weekly.api.change(weekly.id, name, status="cancelled")
        (event,) = weekly.look().events
        assert event.occurrences == ()

    def test_kith_can_write_to_it(self, weekly: Someone) -> None:
        weekly.api.change_instance(weekly.id, href(), datetime(2026, 10, 14, 17, 30, tzinfo=LISBON), summary="✓")
        (event,) = weekly.look().events
        weekly.remember(weekly.calendar.update(event, Change(title="New"), None, NOW))
        assert weekly.look().events == ()
        assert weekly.event()["summary"] == "New"
        assert len(weekly.seen().occurrences) == 1


class TestOtherCalendars:
    def test_an_event_that_was_moved_there_is_found_and_looked_at(self, someone: Someone) -> None:
        someone.emulated.scopes = (*someone.emulated.scopes, "https://www.googleapis.com/auth/calendar.events")
        someone.calendar = someone.open()
        someone.create("ana")
        someone.look()
        other = someone.api.make_calendar("Work")
        someone.api.move(someone.id, href(), other.id)
        assert someone.look().absent == {href()}
        found = someone.calendar.find(marker().uid)
        assert found is not None
        assert found.href not in ("", href())
        someone.known = {found.href: found.etag}
        assert (someone.look().events, someone.look().absent) == ((), frozenset())
        someone.api.change(other.id, href(), summary="✓")
        (event,) = someone.look().events
        assert (event.href, event.fields.title) == (found.href, "✓")
        someone.remember(someone.calendar.update(event, Change(title="New"), None, NOW))
        assert someone.api.there(other.id)[href()]["summary"] == "New"
        someone.calendar.delete(someone.calendar.look({found.href: None}).events[0])
        assert someone.api.there(other.id) == {}
        assert someone.look().absent == {found.href}
        del someone.api.calendars[other.id]
        look = someone.look()
        assert (look.absent, [item.href for item in look.unreadable]) == (frozenset(), [found.href])

    def test_those_that_kith_may_not_look_into_are_left_out(self, someone: Someone) -> None:
        someone.create("ana")
        other = someone.api.make_calendar("Work")
        someone.api.move(someone.id, href(), other.id)
        assert someone.calendar.find(marker().uid) is None

    def test_a_uid_that_google_cannot_have_is_not_asked_for(self, someone: Someone) -> None:
        someone.asked()
        assert someone.calendar.find(EventUid("nobody's@example.org")) is None
        assert someone.asked() == {}


class TestWhichCalendar:
    def test_it_is_found_by_its_name(self, someone: Someone) -> None:
        assert someone.look().identity == someone.id

    @pytest.mark.parametrize("name", ["keep in TOUCH ", "the id"])
    def test_case_does_not_count_and_its_id_will_do_too(self, someone: Someone, name: str) -> None:
        assert someone.open(name if name != "the id" else someone.id).look({}).identity == someone.id

    def test_by_the_name_that_the_user_gave_it(self, someone: Someone) -> None:
        someone.api.calendars[someone.id].override = "Friends"
        assert someone.open("Friends").look({}).identity == someone.id

    def test_one_that_the_user_hid_in_the_list_is_still_there(self, someone: Someone) -> None:
        someone.api.calendars[someone.id].unlisted = True
        someone.calendar.prepare()
        assert someone.look().identity == someone.id
        assert someone.api.writes == []

    def test_one_that_was_renamed_is_still_the_same(self, someone: Someone) -> None:
        someone.look()
        someone.api.calendars[someone.id].summary = "Friends"
        assert someone.look().identity == someone.id

    def test_the_primary_one(self, someone: Someone) -> None:
        someone.emulated.scopes = (*someone.emulated.scopes, "https://www.googleapis.com/auth/calendar.events.owned")
        calendar = someone.open("primary")
        assert calendar.is_there()
        calendar.prepare()
        assert calendar.look({}).identity == someone.api.email
        assert someone.api.writes == []

    def test_one_that_cannot_be_written_to_is_refused(self, someone: Someone) -> None:
        someone.api.make_calendar("Holidays", role="reader")
        with pytest.raises(Denied, match="not one to write to"):
            someone.open("Holidays").look({})

    def test_of_two_of_one_name_the_one_that_can_be_written_to(self, someone: Someone) -> None:
        someone.api.calendars[someone.id].role = "reader"
        mine = someone.api.make_calendar(NAME, app_created=True)
        assert someone.look().identity == mine.id

    def test_one_that_is_gone_is_named_beside_what_there_is(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        del someone.api.calendars[someone.id]
        someone.api.make_calendar("Work")
        with pytest.raises(Denied, match=r"“Keep in touch” is not there .*“Work”") as caught:
            someone.look()
        assert "kith events recreate" in caught.value.hint
        assert someone.api.writes[1:] == []

    def test_another_of_its_name_is_another(self, someone: Someone) -> None:
        someone.create("ana")
        someone.look()
        del someone.api.calendars[someone.id]
        other = someone.api.make_calendar(NAME, app_created=True)
        look = someone.look()
        assert (look.identity, look.absent) == (other.id, frozenset({href()}))

    def test_one_that_kith_did_not_make_is_not_taken_for_its_own(self, someone: Someone) -> None:
        someone.api.make_calendar("Work")
        calendar = someone.open("Work")
        calendar.prepare()
        with pytest.raises(Denied, match="kith did not make it") as caught:
            calendar.look({})
        assert "existing_calendar = true under [accounts.g]" in caught.value.hint
        assert "kith login g" in caught.value.hint

    def test_an_existing_one_needs_wider_rights(self, someone: Someone) -> None:
        someone.api.make_calendar("Work")
        with pytest.raises(SignInNeeded, match="rights"):
            someone.open("Work", own=False).look({})
        someone.emulated.scopes = (*someone.emulated.scopes, "https://www.googleapis.com/auth/calendar.events")
        assert someone.open("Work", own=False).look({}).identity == someone.api.named("Work").id

    def test_an_existing_one_is_never_made(self, someone: Someone) -> None:
        calendar = someone.open("Work", own=False)
        with pytest.raises(Denied, match=r"not there .*“Keep in touch”") as caught:
            calendar.prepare()
        assert "recreate" not in caught.value.hint
        assert someone.api.writes == []


class TestMakingIt:
    def test_it_is_made_once(self, someone: Someone) -> None:
        calendar = someone.open("Another")
        assert not calendar.is_there()
        calendar.prepare()
        calendar.prepare()
        someone.open("Another").prepare()
        assert someone.open("Another").is_there()
        made = someone.api.named("Another")
        assert (made.zone.key, [asked.method for asked in someone.api.writes]) == (
            "Europe/Lisbon",
            ["calendar.calendars.insert"],
        )
        assert calendar.look({}).identity == made.id

    def test_where_the_answer_was_lost_it_is_found_and_not_made_twice(self, someone: Someone) -> None:
        someone.google.fail("lost", "calendars.insert")
        with pytest.raises(Transient):
            someone.open("Another").prepare()
        someone.open("Another").prepare()
        assert [kept.summary for kept in someone.api.calendars.values()].count("Another") == 1
