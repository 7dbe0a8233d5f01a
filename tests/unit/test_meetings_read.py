"""What calendars say of meetings, as text and as JSON; and what nonsense does not do."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.codecs import meetings_ical, meetings_json
from kith.core.event import AllDay, Timed
from kith.core.meetings import Answer, Guest, Kind, Meeting, Span
from kith.errors import Malformed

LISBON = ZoneInfo("Europe/Lisbon")
SPAN = Span.around(datetime(2026, 11, 2, 9, 0, tzinfo=UTC))


def ics(*lines: str, uid: str = "lunch", start: str = "DTSTART;TZID=Europe/Lisbon:20261020T120000") -> bytes:
    event = ["BEGIN:VEVENT", f"UID:{uid}", start, *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *event, "END:VCALENDAR", ""]).encode()


def read(*lines: str, **more: str) -> meetings_ical.Found:
    return meetings_ical.meetings(ics(*lines, **more), SPAN, LISBON)


def only(*lines: str, **more: str) -> Meeting:
    (meeting,) = read(*lines, **more).meetings
    return meeting


def days(found: meetings_ical.Found) -> list[str]:
    return [f"{one.when.day_in(LISBON):%m-%d}" for one in found.meetings]


# Guests


@pytest.mark.parametrize(
    ("line", "guest"),
    [
        ("ATTENDEE:mailto:ana@example.org", Guest("ana@example.org")),
        ("ATTENDEE:MAILTO:Ana@Example.ORG", Guest("ana@example.org")),
        ("ATTENDEE:mailto:ana+work@example.org", Guest("ana@example.org")),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@example.org", Guest("ana@example.org", Answer.YES)),
        ("ATTENDEE;partstat=tentative:mailto:ana@example.org", Guest("ana@example.org", Answer.MAYBE)),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.org", Guest("ana@example.org", Answer.NO)),
        ("ATTENDEE;PARTSTAT=DELEGATED:mailto:ana@example.org", Guest("ana@example.org", Answer.NO)),
        ("ATTENDEE;PARTSTAT=X-WHO-KNOWS:mailto:ana@example.org", Guest("ana@example.org")),
        ("ATTENDEE;CUTYPE=GROUP:mailto:all@example.org", Guest("all@example.org", kind=Kind.LIST)),
        ("ATTENDEE;CUTYPE=ROOM:mailto:r@example.org", Guest("r@example.org", kind=Kind.ROOM)),
        ("ATTENDEE;CUTYPE=RESOURCE:mailto:r@example.org", Guest("r@example.org", kind=Kind.ROOM)),
        ("ATTENDEE;EMAIL=ana@example.org:/principals/users/ana/", Guest("ana@example.org")),
        ("ATTENDEE:/principals/users/ana/", Guest("#0")),
        ("ATTENDEE:urn:uuid:1234", Guest("#0")),
        ("ORGANIZER:mailto:ana@example.org", Guest("ana@example.org", Answer.YES, invites=True)),
    ],
)
def test_a_guest(line: str, guest: Guest) -> None:
    assert only(line).guests == (guest,)


def test_each_guest_is_told_once_and_the_organizer_among_them() -> None:
    found = only(
        "ORGANIZER:mailto:ana@example.org",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.org",
        "ATTENDEE:mailto:rui@example.org",
        "ATTENDEE:mailto:RUI@example.org",
    )
    assert found.guests == (Guest("ana@example.org", Answer.NO), Guest("rui@example.org"))


# When


def at(day: int, hour: int, minutes: int) -> Timed:
    return Timed(datetime(2026, 10, day, hour, 0, tzinfo=LISBON), timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("start", "lines", "when"),
    [
        ("DTSTART:20261020T110000Z", (), at(20, 12, 0)),
        ("DTSTART:20261020T120000", ("DURATION:PT30M",), at(20, 12, 30)),
        ("DTSTART:20261024T230000", ("DTEND:20261025T030000",), at(24, 23, 300)),  # the night has an hour more
        ("DTSTART;VALUE=DATE:20261020", (), AllDay(date(2026, 10, 20))),
        ("DTSTART:20261020T120000", ("DTEND:20261020T110000",), at(20, 12, 0)),
    ],
)
def test_when_it_is(start: str, lines: tuple[str, ...], when: Timed | AllDay) -> None:
    found = only(*lines, start=start).when
    assert found.same_start(when)
    assert getattr(found, "duration", None) == getattr(when, "duration", None)


def test_a_title_is_one_short_line() -> None:
    assert only("SUMMARY:Lunch\\n  with Ana\\, and Rui").title == "Lunch with Ana, and Rui"
    assert len(only(f"SUMMARY:{'x' * 1000}").title) == 200


def test_of_several_events_in_one_file_each_is_read() -> None:
    two = ics().replace(b"END:VCALENDAR", ics(uid="dinner").split(b"VERSION:2.0\r\n")[1])
    assert {one.uid for one in meetings_ical.meetings(two, SPAN, LISBON).meetings} == {"lunch", "dinner"}


# Series


def test_a_date_that_somebody_was_invited_to_alone() -> None:
    alone = only("RECURRENCE-ID;TZID=Europe/Lisbon:20261013T120000")
    assert alone.key == "lunch\n2026-10-13T11:00:00Z"
    assert alone.when.day_in(LISBON) == date(2026, 10, 20)


def test_this_and_all_later_dates_changed() -> None:
    series = ics("RRULE:FREQ=WEEKLY;COUNT=4", "SUMMARY:Tea")
    onward = ics(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Lisbon:20261103T120000",
        "SUMMARY:Coffee",
        start="DTSTART;TZID=Europe/Lisbon:20261104T120000",
    )
    both = series.replace(b"END:VCALENDAR", onward.split(b"VERSION:2.0\r\n")[1])
    found = meetings_ical.meetings(both, SPAN, LISBON)
    assert days(found) == ["10-20", "10-27", "11-04", "11-11"]
    assert len({one.key for one in found.meetings}) == 4
    assert [one.title for one in found.meetings] == ["Tea", "Tea", "Coffee", "Coffee"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;UNTIL=20261103", ["10-20", "10-27", "11-03"]),
        ("FREQ=WEEKLY;UNTIL=20261103T120000Z", ["10-20", "10-27", "11-03"]),
        ("FREQ=WEEKLY;UNTIL=20261103T110000Z", ["10-20", "10-27"]),
        ("FREQ=MONTHLY;BYDAY=-1TU", ["10-20", "10-27", "11-24", "12-29"]),
        ("FREQ=YEARLY", ["10-20"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["10-20", "10-31", "12-31"]),
    ],
)
@pytest.mark.parametrize("start", ["DTSTART;TZID=Europe/Lisbon:20261020T120000", "DTSTART:20261020T120000"])
def test_rules(rule: str, expected: list[str], start: str) -> None:
    assert days(read(f"RRULE:{rule}", start=start)) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=2000000000",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=5",
        "FREQ=NEVER",
        "FREQ=DAILY;COUNT=99999999999999",
        "FREQ=WEEKLY;UNTIL=soon",
        "what is this",
        "",
    ],
)
def test_a_rule_that_cannot_be_followed_costs_its_event_only(rule: str) -> None:
    both = ics(f"RRULE:{rule}").replace(b"END:VCALENDAR", ics(uid="dinner").split(b"VERSION:2.0\r\n")[1])
    found = meetings_ical.meetings(both, SPAN, LISBON)
    assert [one.uid for one in found.meetings] == ["dinner"]
    assert found.unreadable == 1


def test_a_series_that_began_long_ago_is_told_inside_the_span() -> None:
    found = read("RRULE:FREQ=DAILY", start="DTSTART;TZID=Europe/Lisbon:19700101T090000")
    assert len(found.meetings) == 119
    assert found.repeats


# Nonsense


@pytest.mark.parametrize("raw", [b"", b"<html>", b"BEGIN:VCALENDAR", b"BEGIN:VCARD\r\nEND:VCARD\r\n", b"\xff\xfe\x00"])
def test_what_is_no_calendar(raw: bytes) -> None:
    with pytest.raises(Malformed):
        meetings_ical.meetings(raw, SPAN, LISBON)


@pytest.mark.parametrize("line", ["DTSTART:what", "DTSTART:00010101T000000Z", "DTSTART:99991231T235959Z", "X:1"])
def test_an_event_without_a_start_is_left_out(line: str) -> None:
    found = read(start=line)
    assert (found.meetings, found.unreadable) == ((), 1)


NAMES = ("RRULE", "EXDATE", "RDATE", "ATTENDEE", "DTEND", "DURATION", "RECURRENCE-ID", "SUMMARY", "STATUS")
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=25)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=4))
def test_nothing_in_a_file_breaks_reading(lines: list[tuple[str, str]]) -> None:
    found = read(*(f"{name}:{value}" for name, value in lines))
    assert len(found.meetings) + found.unreadable >= 1


# Google


def event(**more: Any) -> dict[str, Any]:
    return {
        "id": "lunch",
        "iCalUID": "lunch@google.com",
        "status": "confirmed",
        "summary": "Lunch",
        "start": {"dateTime": "2026-10-20T11:00:00Z", "timeZone": "Europe/Lisbon"},
        "end": {"dateTime": "2026-10-20T12:00:00Z", "timeZone": "Europe/Lisbon"},
        **more,
    }


def of_google(value: dict[str, Any], *instances: dict[str, Any]) -> meetings_ical.Found:
    return meetings_json.meetings(value, instances, SPAN, LISBON)


def test_an_event_at_google() -> None:
    told = event(
        attendees=[
            {"email": "Me@example.com", "self": True, "responseStatus": "declined"},
            {"email": "room@resource.calendar.google.com", "resource": True},
            {"email": "ana@example.org", "responseStatus": "needsAction"},
            {"displayName": "somebody"},
            "nonsense",
        ],
        organizer={"email": "c_1@group.calendar.google.com", "self": True},
    )
    (meeting,) = of_google(told).meetings
    assert meeting.key == "lunch@google.com"
    assert meeting.when == Timed(datetime(2026, 10, 20, 12, 0, tzinfo=LISBON), timedelta(hours=1))
    assert meeting.guests == (
        Guest("me@example.com", Answer.NO, is_me=True),
        Guest("room@resource.calendar.google.com", kind=Kind.ROOM),
        Guest("ana@example.org"),
        Guest("#3"),
        Guest("c_1@group.calendar.google.com", Answer.YES, is_me=True, invites=True),
    )


@pytest.mark.parametrize("kind", ["birthday", "focusTime", "outOfOffice", "workingLocation"])
def test_what_is_no_appointment_at_google(kind: str) -> None:
    assert of_google(event(eventType=kind)).meetings == ()
    assert len(of_google(event(eventType="fromGmail")).meetings) == 1


def test_guests_that_google_leaves_out() -> None:
    (meeting,) = of_google(event(attendeesOmitted=True)).meetings
    assert not meeting.whole


def test_a_cancelled_date_of_which_only_its_day_is_told() -> None:
    planned = {"dateTime": "2026-10-27T12:00:00Z"}
    cancelled = {"id": "lunch_1", "recurringEventId": "lunch", "status": "cancelled", "originalStartTime": planned}
    found = of_google(event(recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]), cancelled)
    assert [(one.when.day_in(LISBON).day, one.cancelled) for one in found.meetings] == [
        (20, False),
        (27, True),
        (3, False),
    ]


def test_a_date_that_comes_without_its_series() -> None:
    alone = event(id="lunch_1", recurringEventId="lunch", originalStartTime={"dateTime": "2026-10-13T11:00:00Z"})
    (meeting,) = of_google({}, alone).meetings
    assert meeting.key == "lunch@google.com\n2026-10-13T11:00:00Z"


def test_a_meeting_is_the_same_on_a_server_and_at_google() -> None:
    on_a_server = meetings_ical.meetings(ics("RRULE:FREQ=WEEKLY;COUNT=2", uid="lunch@google.com"), SPAN, LISBON)
    at_google = of_google(event(recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"]))
    assert [one.key for one in on_a_server.meetings] == [one.key for one in at_google.meetings]


@pytest.mark.parametrize(
    "more",
    [
        {"start": {}},
        {"start": {"dateTime": "soon"}},
        {"recurrence": ["RRULE:FREQ=SECONDLY"]},
        {"recurrence": ["RRULE:what"]},
        {"recurrence": ["\r\nBEGIN:VEVENT"]},
        {"id": 7, "iCalUID": None},
    ],
)
def test_nonsense_at_google(more: dict[str, Any]) -> None:
    with suppress(Malformed):
        assert of_google(event(**more)).meetings == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(event(attendees=0, organizer=0, recurrence=0, eventType=0))), JSON))
def test_nothing_in_an_event_breaks_reading(more: dict[str, Any]) -> None:
    with suppress(Malformed):
        of_google(event(**more))
