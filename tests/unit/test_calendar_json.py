"""Events as the Calendar API has them: what kith writes comes back, and what others wrote is read or refused."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from fakes.google.events import checked, checked_id, merged, shown
from kith.codecs import calendar_json
from kith.codecs.calendar_json import decode, encode, event_id, is_cancelled, is_marked, patch, series_of, uid_of
from kith.codecs.text import clean
from kith.core.event import AllDay, Change, Fields, Kind, Marker, Timed, line_digests, start_text
from kith.core.model import CardUid, ETag, EventUid, Href, InstallId
from kith.errors import Malformed

LISBON = ZoneInfo("Europe/Lisbon")
TOKYO = ZoneInfo("Asia/Tokyo")
WHEN = Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), timedelta(minutes=15))
BRIEF = "inner, every 2 weeks\n\n— write below this line —"
FIELDS = Fields(WHEN, "Reach out: Ana Souza", BRIEF)


def marker(title: str = "Reach out: Ana Souza", lines: int = 3) -> Marker:
    return Marker(
        *(InstallId("5b2f0c1e"), 1, Kind.REACH_OUT, "ana", 1),
        card=CardUid("people/c123"),
        title=title,
        start=start_text(WHEN),
        lines=line_digests(f"line {number}" for number in range(lines)),
    )


def kept(body: dict[str, Any], zone: ZoneInfo = TOKYO) -> dict[str, Any]:
    """An event as Google answers it, once it has taken it; the calendar's zone is another one."""
    known = {"etag": '"7"', "status": "confirmed", "updated": "2026-09-30T08:00:00.123Z"}
    answer: dict[str, Any] = json.loads(
        json.dumps({**shown(checked(merged({}, body)), zone), **known, "id": body["id"]})
    )
    return answer


def read(event: dict[str, Any], **more: Any) -> Any:
    return decode(event, href=Href("here"), zone=LISBON, **more)


texts = st.text(max_size=80).map(clean)
zones = st.sampled_from((LISBON, TOKYO, ZoneInfo("America/New_York"), UTC, timezone(timedelta(hours=5, minutes=45))))
timed = st.builds(
    lambda seconds, zone, minutes: Timed(datetime.fromtimestamp(seconds, zone), timedelta(minutes=minutes)),
    st.integers(0, 3_786_000_000),
    zones,
    st.integers(0, 3000),
)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(AllDay)
whole = st.builds(Fields, st.one_of(timed, days), texts, texts, st.booleans())


class TestNames:
    def test_the_id_comes_of_the_uid(self) -> None:
        uid = marker().uid
        identifier = event_id(uid)
        assert identifier == uid.replace("-", "")
        assert checked_id(identifier) == identifier
        assert uid_of(identifier) == uid

    @pytest.mark.parametrize("uid", ["nobody's", "", "ABCDEF", "a@google.com", "x" * 8])
    def test_not_every_uid_can_be_an_id(self, uid: str) -> None:
        assert event_id(EventUid(uid)) is None

    def test_google_s_own_ids_are_uids_as_they_are(self) -> None:
        assert uid_of("0a1b2c3d4e5f6g7h8i9j0k1l2m") == "0a1b2c3d4e5f6g7h8i9j0k1l2m"
        assert event_id(EventUid("0a1b2c3d4e5f6g7h8i9j0k1l2m")) == "0a1b2c3d4e5f6g7h8i9j0k1l2m"


class TestWriting:
    def test_an_event_is_quiet_and_private(self) -> None:
        body = encode(marker(), FIELDS)
        assert (body["transparency"], body["visibility"]) == ("transparent", "private")
        assert body["reminders"] == {"useDefault": False, "overrides": [{"method": "popup", "minutes": 0}]}
        assert not {"attendees", "conferenceData", "location", "recurrence"} & body.keys()

    def test_times_name_their_zone(self) -> None:
        body = encode(marker(), FIELDS)
        assert body["start"] == {"dateTime": "2026-10-07T17:30:00+01:00", "timeZone": "Europe/Lisbon"}
        assert body["end"] == {"dateTime": "2026-10-07T17:45:00+01:00", "timeZone": "Europe/Lisbon"}

    def test_an_end_after_a_clock_change_is_as_far_away_as_before_it(self) -> None:
        start = datetime(2027, 3, 28, 0, 50, tzinfo=LISBON)
        body = encode(marker(), Fields(Timed(start, timedelta(minutes=15)), "Ana", ""))
        assert body["end"]["dateTime"] == "2027-03-28T02:05:00+01:00"

    @given(whole)
    def test_what_was_written_is_read(self, fields: Fields) -> None:
        seen = read(kept(encode(marker(), fields)))
        assert seen.fields == fields
        assert seen.fields.when.same_start(fields.when)
        assert (seen.uid, seen.marker, seen.etag) == (marker().uid, marker(), ETag('"7"'))
        assert (seen.repeats, seen.extras) == (False, False)

    @given(st.text(max_size=2000).map(clean), st.integers(0, 400))
    def test_a_mark_of_any_length_is_read(self, title: str, lines: int) -> None:
        long = marker(title, lines)
        assert read(kept(encode(long, FIELDS))).marker == long

    def test_times_keep_their_zone(self) -> None:
        when = read(kept(encode(marker(), FIELDS))).fields.when
        assert when.start.tzinfo == LISBON


class TestPatching:
    @given(
        whole,
        st.builds(Change, st.none() | timed | days, st.none() | texts, st.none() | texts, st.none() | st.booleans()),
    )
    def test_only_what_changes_is_changed(self, fields: Fields, change: Change) -> None:
        before = {**kept(encode(marker(), fields)), "colorId": "7", "location": "Café"}
        after = read(kept({**merged(before, patch(before, change, None))}))
        assert after.fields == Fields(
            fields.when if change.when is None else change.when,
            fields.title if change.title is None else change.title,
            fields.description if change.description is None else change.description,
            fields.alarm if change.alarm is None else change.alarm,
        )
        assert (after.marker, after.extras) == (marker(), True)

    def test_what_others_put_in_is_not_mentioned(self) -> None:
        before = {**kept(encode(marker(), FIELDS)), "attendees": [{"email": "bo@example.org"}], "colorId": "7"}
        untouched = copy.deepcopy(before)
        body = patch(before, Change(WHEN, "New", "New", alarm=False), marker("New"))
        assert body.keys() == {"start", "end", "summary", "description", "reminders", "extendedProperties"}
        assert before == untouched

    def test_a_shorter_mark_leaves_nothing_of_the_longer_one(self) -> None:
        before = kept(encode(marker("Reach out" * 100, 300), FIELDS))
        before["extendedProperties"]["private"]["another"] = "kept"
        after = kept(merged(before, patch(before, Change(), marker("Ana"))))
        assert read(after).marker == marker("Ana")
        assert after["extendedProperties"]["private"]["another"] == "kept"

    def test_alarms_of_the_user_s_own_stay(self) -> None:
        mine, theirs = {"method": "popup", "minutes": 0}, {"method": "email", "minutes": 60}
        before = {**kept(encode(marker(), FIELDS)), "reminders": {"useDefault": False, "overrides": [theirs, mine]}}
        assert read(before).extras
        assert patch(before, Change(alarm=False), None)["reminders"]["overrides"] == [theirs]
        assert read(kept(merged(before, patch(before, Change(title="New"), None)))).fields.alarm


class TestReading:
    def test_when_it_was_changed(self) -> None:
        assert read(kept(encode(marker(), FIELDS))).last_modified == datetime(2026, 9, 30, 8, 0, 0, 123000, UTC)

    @pytest.mark.parametrize("name", ["location", "attendees", "attachments", "conferenceData"])
    def test_what_is_somebody_else_s_is_extra(self, name: str) -> None:
        assert read({**kept(encode(marker(), FIELDS)), name: "something"}).extras

    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            (
                {"dateTime": "2026-10-07T16:30:00Z", "timeZone": "Asia/Tokyo"},
                datetime(2026, 10, 8, 1, 30, tzinfo=TOKYO),
            ),
            ({"dateTime": "2026-10-07T16:30:00Z"}, datetime(2026, 10, 7, 17, 30, tzinfo=LISBON)),
            (
                {"dateTime": "2026-10-07T16:30:00Z", "timeZone": "GMT+01:00"},
                datetime(2026, 10, 7, 17, 30, tzinfo=LISBON),
            ),
            ({"dateTime": "2026-10-07T16:30:00", "timeZone": "UTC"}, datetime(2026, 10, 7, 16, 30, tzinfo=UTC)),
        ],
    )
    def test_starts_of_many_kinds(self, start: dict[str, str], expected: datetime) -> None:
        event = {**kept(encode(marker(), FIELDS)), "start": start, "end": {}}
        assert read(event).fields.when == Timed(expected, timedelta(0))

    @pytest.mark.parametrize(
        "start",
        [
            *(
                None,
                "soon",
                {},
                {"date": "soon"},
                {"dateTime": "2026-10-07T25:30:00Z"},
                {"dateTime": 7},
                {"date": ["x"]},
            ),
            *(
                {"date": "0001-01-01"},
                {"dateTime": "9999-12-31T23:59:59-12:00"},
                {"dateTime": "0001-01-01T00:00:00+14:00"},
            ),
        ],
    )
    def test_without_a_start_it_is_no_event(self, start: object) -> None:
        with pytest.raises(Malformed):
            read({**kept(encode(marker(), FIELDS)), "start": start})

    def test_without_an_id_it_is_no_event(self) -> None:
        with pytest.raises(Malformed):
            read({"start": {"date": "2026-10-07"}})

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=6,
        ),
        st.sampled_from(
            [
                *("id", "etag", "summary", "description", "start", "end", "reminders", "extendedProperties"),
                *("recurrence", "updated", "status", "recurringEventId"),
            ]
        ),
    )
    def test_nonsense_is_read_or_refused(self, nonsense: object, name: str) -> None:
        event = {**kept(encode(marker(), FIELDS)), name: nonsense}
        is_marked(event), is_cancelled(event), series_of(event)
        try:
            read(event)
        except Malformed:
            assert name in ("id", "start")

    def test_a_mark_that_an_app_dropped(self) -> None:
        event = kept(encode(marker(), FIELDS))
        assert is_marked(event)
        del event["extendedProperties"]
        assert not is_marked(event)
        assert read(event).marker is None


SERIES = {**kept(encode(marker(), FIELDS)), "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}


class TestSeries:
    @pytest.mark.parametrize(
        ("recurrence", "until"),
        [
            (["RRULE:FREQ=WEEKLY;COUNT=3"], date(2026, 10, 21)),
            (["RRULE:FREQ=WEEKLY;UNTIL=20261014T163000Z"], date(2026, 10, 14)),
            (["RRULE:FREQ=WEEKLY"], None),
            (["RDATE;TZID=Europe/Lisbon:20261109T173000"], date(2026, 11, 9)),
            (["EXDATE;TZID=Europe/Lisbon:20261014T173000", "RRULE:FREQ=DAILY;COUNT=2"], date(2026, 10, 8)),
            (["RRULE:NONSENSE", 7], None),
        ],
    )
    def test_the_last_day(self, recurrence: list[object], until: date | None) -> None:
        seen = read({**SERIES, "recurrence": recurrence})
        assert (seen.repeats, seen.repeats_until) == (True, until)

    def test_changed_instances(self) -> None:
        own = str(SERIES["id"])
        changed = {
            "id": f"{own}_20261014T163000Z",
            "recurringEventId": own,
            "originalStartTime": {"dateTime": "2026-10-14T17:30:00+01:00", "timeZone": "Europe/Lisbon"},
            "start": {"dateTime": "2026-10-15T17:30:00+01:00"},
            "end": {"dateTime": "2026-10-15T17:45:00+01:00"},
            "summary": "✓ Reach out",
            "description": "Lunch<br>cake",
        }
        others = [
            {**changed, "status": "cancelled"},
            {**changed, "recurringEventId": "another"},
            {**changed, "originalStartTime": None},
            {**changed, "start": None},
        ]
        (occurrence,) = read(SERIES, instances=[changed, *others]).occurrences
        assert occurrence.key == "2026-10-14T16:30:00Z"
        assert (occurrence.title, occurrence.description) == ("✓ Reach out", "Lunch\ncake")
        assert occurrence.when == Timed(datetime(2026, 10, 15, 17, 30, tzinfo=LISBON), timedelta(minutes=15))


def test_no_property_is_too_long_for_google() -> None:
    properties = encode(marker("🌻" * 3000, 400), FIELDS)["extendedProperties"]["private"]
    assert all(len(key) <= 44 and len(value.encode()) <= 1024 for key, value in properties.items())
    assert len(properties) <= 300
    assert calendar_json.is_marked(encode(marker(), FIELDS))
