"""Events as iCalendar text: what kith writes, what it leaves alone, and what it reads from other programs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from kith import __version__
from kith.codecs import ical
from kith.codecs.marker import marker_from, marker_pairs
from kith.core.event import AllDay, Change, Fields, Kind, Marker, SeenEvent, Timed, When, line_digests, start_text
from kith.core.model import CardUid, ETag, EventUid, Href, InstallId
from kith.core.readback import Written, read
from kith.core.rules import Marks
from kith.errors import Malformed

DATA = Path(__file__).parents[1] / "data" / "ics"
LISBON = ZoneInfo("Europe/Lisbon")
QUARTER = timedelta(minutes=15)
WHEN = Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), QUARTER)
WRITTEN_AT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
TITLE = "Reach out: Ana Souza"
BRIEF = """\
inner, every 2 weeks

20 Sep 2026 (call): New flat in Porto; wants the bread recipe, and a visit

Mobile: +351 912 345 678

— write below this line: what did you talk about? —"""
FIELDS = Fields(WHEN, TITLE, BRIEF)
MARKER = Marker(
    *(InstallId("5b2f0c1e"), 1, Kind.REACH_OUT, "ana", 1),
    card=CardUid("card-ana"),
    title=TITLE,
    start=start_text(WHEN),
    lines=line_digests(BRIEF.splitlines()),
)


def decode(raw: bytes, zone: tzinfo = LISBON) -> SeenEvent:
    return ical.decode(raw, href=Href("a.ics"), etag=ETag("1"), zone=zone)


def event(*lines: str, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> bytes:
    """A calendar object with one event that has a UID and these lines."""
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//other//EN", *before)
    whole += ("BEGIN:VEVENT", "UID:u1", *lines, "END:VEVENT", *after, "END:VCALENDAR", "")
    return "\r\n".join(whole).encode()


def unfolded(raw: bytes) -> list[str]:
    return re.split("\r?\n", re.sub(rb"\r?\n[ \t]", b"", raw).decode())


def at(text: str, zone: tzinfo = LISBON, length: timedelta = timedelta(0)) -> Timed:
    return Timed(datetime.fromisoformat(text).replace(tzinfo=zone), length)


GOOD = ical.encode(MARKER, FIELDS, WRITTEN_AT)


# What kith writes


def test_an_event_is_written_to_the_letter() -> None:
    written = ical.encode(MARKER, FIELDS, WRITTEN_AT).decode().replace(f"kith {__version__}", "kith 0.1.0")

    assert written == (DATA / "kith.ics").read_bytes().decode()


def test_the_same_event_is_written_in_the_same_bytes() -> None:
    assert ical.encode(MARKER, FIELDS, WRITTEN_AT) == ical.encode(MARKER, FIELDS, WRITTEN_AT)
    assert ical.encode(MARKER, FIELDS, WRITTEN_AT) == ical.encode(MARKER, FIELDS, WRITTEN_AT.astimezone(LISBON))


def test_an_event_without_an_alarm_or_text() -> None:
    raw = ical.encode(MARKER, Fields(WHEN, "", "", alarm=False), WRITTEN_AT)

    assert decode(raw).fields == Fields(WHEN, "", "", alarm=False)
    assert not {"VALARM", "SUMMARY", "DESCRIPTION"} & {re.split("[:;]", line)[-1] for line in unfolded(raw)}


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        pytest.param(
            *(WHEN, "DTSTART;TZID=Europe/Lisbon:20261007T173000", "DTEND;TZID=Europe/Lisbon:20261007T174500"),
            id="in a zone",
        ),
        pytest.param(
            *(AllDay(date(2026, 12, 31)), "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101"), id="all day"
        ),
        pytest.param(
            *(at("2026-10-07T17:30", UTC, QUARTER), "DTSTART:20261007T173000Z", "DTEND:20261007T174500Z"), id="in UTC"
        ),
        pytest.param(
            at("2026-10-07T17:30", ZoneInfo("Etc/UTC"), QUARTER),
            *("DTSTART:20261007T173000Z", "DTEND:20261007T174500Z"),
            id="in a zone that is UTC",
        ),
        pytest.param(
            at("2026-10-07T17:30", timezone(timedelta(hours=1)), QUARTER),
            *("DTSTART:20261007T163000Z", "DTEND:20261007T164500Z"),
            id="at an offset that names no zone",
        ),
        pytest.param(
            at("2027-03-28T00:50", LISBON, QUARTER),
            *("DTSTART;TZID=Europe/Lisbon:20270328T005000", "DTEND;TZID=Europe/Lisbon:20270328T020500"),
            id="over the beginning of summer time",
        ),
        pytest.param(
            at("2026-10-25T23:50", LISBON, QUARTER),
            *("DTSTART;TZID=Europe/Lisbon:20261025T235000", "DTEND;TZID=Europe/Lisbon:20261026T000500"),
            id="over midnight",
        ),
    ],
)
def test_start_and_end_are_always_written(when: When, start: str, end: str) -> None:
    lines = unfolded(ical.encode(MARKER, Fields(when, TITLE, BRIEF), WRITTEN_AT))

    assert [line for line in lines if line.startswith(("DTSTART;TZID", "DTSTART;VALUE", "DTEND"))][-2:] == (
        [start, end] if ";" in start else [end]
    )
    assert start in lines
    assert not any(line.startswith("DURATION") for line in lines)
    assert lines.count("BEGIN:VTIMEZONE") == ("TZID" in start)


ZONES = st.sampled_from(
    [UTC, *map(ZoneInfo, ("Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Etc/UTC"))]
)
CLEAN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
HARD = st.text(alphabet="a,;:\\nN\"' \n\t…✓🌻e\u0301\u2028\u00a0", max_size=60)
TEXTS = CLEAN | HARD
WHENS = st.one_of(
    st.dates(date(1990, 1, 1), date(2080, 1, 1)).map(AllDay),
    st.builds(
        lambda naive, zone, minutes: Timed(
            naive.replace(microsecond=0, tzinfo=UTC).astimezone(zone), timedelta(minutes=minutes)
        ),
        st.datetimes(datetime(1990, 1, 2), datetime(2080, 1, 1)),  # noqa: DTZ001 -- Hypothesis wants them bare
        ZONES,
        st.integers(0, 24 * 60),
    ),
)
ANY_FIELDS = st.builds(Fields, WHENS, TEXTS.map(str.strip), TEXTS, st.booleans())
MARKERS = st.builds(
    Marker,
    TEXTS.filter(bool).map(InstallId),
    st.integers(1, 9),
    st.just(Kind.REACH_OUT),
    TEXTS.filter(bool),
    st.integers(1, 999),
    card=st.none() | TEXTS.filter(bool).map(CardUid),
    title=TEXTS,
    start=st.sampled_from(["", "2026-10-07", "2026-10-07T16:30:00Z"]),
    lines=st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), max_size=12).map(tuple),
)


@given(MARKERS, ANY_FIELDS)
def test_what_is_written_is_read_again(marker: Marker, fields: Fields) -> None:
    seen = decode(ical.encode(marker, fields, WRITTEN_AT))

    assert seen.fields == fields
    assert seen.fields.when.same_start(fields.when)
    assert seen.marker == marker
    assert seen.uid == marker.uid
    assert seen.last_modified == WRITTEN_AT
    assert (seen.repeats, seen.extras, seen.occurrences) == (False, False, ())


@given(MARKERS, ANY_FIELDS)
def test_an_event_is_private_free_and_nobody_s_invitation(marker: Marker, fields: Fields) -> None:
    raw = ical.encode(marker, fields, WRITTEN_AT)
    names = [re.split("[:;]", line)[0] for line in unfolded(raw)]
    calendar = Calendar.from_ical(raw)

    assert not {"ATTENDEE", "ORGANIZER", "METHOD", "LOCATION", "RRULE"} & set(names)
    assert {"CLASS:PRIVATE", "TRANSP:TRANSPARENT"} <= set(unfolded(raw))
    assert (names.count("DTEND"), names.count("UID")) == (1, 1 + fields.alarm)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == [
        tzid for tzid in (calendar.walk("VEVENT")[0]["dtstart"].params.get("TZID"),) if tzid
    ]
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x07c\x1b[0m", "abc[0m"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\rATTENDEE:mailto:eve@example.org", "a\nATTENDEE:mailto:eve@example.org"),
        ("a\x0bb\x0cc", "abc"),
        ("a\ud800b", "ab"),
        ("\x07", ""),
        ("tab\tand é ✓ 🌻", "tab\tand é ✓ 🌻"),
    ],
)
def test_control_characters_are_never_written(text: str, kept: str) -> None:
    raw = ical.encode(MARKER, Fields(WHEN, f"T {text}", text), WRITTEN_AT)
    patched = ical.patch(ical.encode(MARKER, FIELDS, WRITTEN_AT), Change(description=text), None, LATER)

    assert decode(raw).fields.description == decode(patched).fields.description == kept
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)|^ATTENDEE", raw + patched, re.MULTILINE)


# The marker


def test_a_marker_is_spelled_and_read() -> None:
    pairs = marker_pairs(MARKER)

    assert list(pairs) == ["INSTALL", "EPOCH", "KIND", "SUBJECT", "N", "CARD", "TITLE", "START", "LINES"]
    assert marker_from(pairs) == MARKER
    assert marker_from({name: pairs[name] for name in ("INSTALL", "EPOCH", "KIND", "SUBJECT", "N")}) == Marker(
        *(MARKER.install, 1, Kind.REACH_OUT, "ana", 1)
    )


@given(MARKERS)
def test_a_marker_comes_back_from_its_pairs(marker: Marker) -> None:
    assert marker_from(marker_pairs(marker)) == marker


@pytest.mark.parametrize(
    "change",
    [
        {"INSTALL": None},
        {"EPOCH": None},
        {"EPOCH": "one"},
        {"EPOCH": ""},
        {"KIND": "party"},
        {"KIND": None},
        {"SUBJECT": None},
        {"N": None},
        {"N": "1.5"},
    ],
    ids=str,
)
def test_a_mangled_marker_is_none(change: dict[str, str | None]) -> None:
    pairs = {**marker_pairs(MARKER), **change}

    assert marker_from({name: value for name, value in pairs.items() if value is not None}) is None


# Changing an event


THEIRS = event(
    "X-BEFORE:1",
    "DTSTART;TZID=Europe/Lisbon:20261007T173000",
    "DURATION:PT15M",
    "SUMMARY;LANGUAGE=en:Reach out",
    'X-MIDDLE;X-PARAM="a;b":some\\, thing',
    'DESCRIPTION;ALTREP="data:text/html,x":Brief',
    "ATTENDEE;CN=Eve:mailto:eve@example.org",
    "LOCATION:Café",
    "GEO:38.7;-9.1",
    "CATEGORIES:one,two",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "EXDATE;TZID=Europe/Lisbon:20261014T173000",
    "LAST-MODIFIED:garbage",
    "SEQUENCE:4",
    "BEGIN:VALARM",
    "UID:theirs",
    "ACTION:AUDIO",
    "TRIGGER:-PT30M",
    "X-ALARM:kept",
    "END:VALARM",
    "X-AFTER:2",
    before=("X-WR-CALNAME:Mine", "BEGIN:VTODO", "UID:todo", "SUMMARY:A task", "END:VTODO"),
    after=(
        "BEGIN:VEVENT",
        "UID:u1",
        "RECURRENCE-ID;TZID=Europe/Lisbon:20261021T173000",
        "DTSTART;TZID=Europe/Lisbon:20261021T180000",
        "SUMMARY:Moved once",
        "END:VEVENT",
    ),
)
OWNED = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LAST-MODIFIED", "DTSTAMP", "X-KITH-")


def others(raw: bytes, *owned: str) -> list[str]:
    """The lines that are not kith's to change, in their order; other components too."""
    return [line for line in unfolded(raw) if not line.startswith(owned)]


@pytest.mark.parametrize(
    ("change", "owned"),
    [
        pytest.param(Change(title="New"), ("SUMMARY:New", "SUMMARY;LANGUAGE"), id="title"),
        pytest.param(Change(description="New"), ("DESCRIPTION",), id="description"),
        pytest.param(Change(when=AllDay(date(2026, 10, 9))), ("DTSTART", "DTEND", "DURATION:"), id="when"),
        pytest.param(Change(alarm=False), (), id="alarm, where there is none of ours"),
        pytest.param(Change(), (), id="nothing"),
    ],
)
@pytest.mark.parametrize("end_of_line", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_a_change_leaves_everything_else_to_the_letter(
    change: Change, owned: tuple[str, ...], end_of_line: bytes
) -> None:
    theirs = THEIRS.replace(b"\r\n", end_of_line)

    patched = ical.patch(theirs, change, None, LATER)

    stamps = ("LAST-MODIFIED", "DTSTAMP")
    assert others(patched, *owned, *stamps) == others(theirs, *owned, *stamps)
    assert others(patched, *owned) != others(theirs, *owned)
    assert patched.count(b"\n") - patched.count(b"\r\n") == (end_of_line == b"\n") * patched.count(b"\n")


@given(
    st.builds(Change, st.none() | WHENS, st.none() | TEXTS, st.none() | TEXTS, st.sampled_from([None, False])),
    st.none() | st.just(MARKER),
)
def test_any_change_keeps_what_is_not_kith_s_in_its_place(change: Change, marker: Marker | None) -> None:
    patched = ical.patch(THEIRS, change, marker, LATER)

    master, instance = THEIRS.split(b"END:VEVENT")[:2]
    kept = iter(unfolded(patched))
    assert all(line in kept for line in others(master, *OWNED) if line)
    assert instance in patched


@pytest.mark.parametrize(
    "text", ["C:\\New folder", "\\n", "\\\\N", "a\\,b\\;c", "\\\n\\"], ids=["path", "n", "N", "marks", "at line ends"]
)
def test_backslashes_are_not_taken_for_line_ends(text: str) -> None:
    raw = ical.encode(MARKER, Fields(WHEN, text.replace("\n", ""), text), WRITTEN_AT)

    assert decode(raw).fields.description == text
    assert decode(ical.patch(raw, Change(title="New"), None, LATER)).fields.description == text
    assert decode(ical.join([raw])).fields.description == text


def test_a_file_without_a_last_line_end_can_be_changed() -> None:
    patched = ical.patch(GOOD.rstrip(), Change(title="New"), None, LATER)

    assert decode(patched).fields.title == "New"
    assert patched.endswith(b"END:VCALENDAR")


@given(ANY_FIELDS, st.builds(Change, st.none() | WHENS, st.none() | TEXTS.map(str.strip), st.none() | TEXTS))
def test_what_is_asked_is_changed_and_read_again(fields: Fields, change: Change) -> None:
    patched = ical.patch(ical.encode(MARKER, fields, WRITTEN_AT), change, None, LATER)
    seen = decode(patched)

    assert seen.fields == Fields(
        when=change.when or fields.when,
        title=fields.title if change.title is None else change.title,
        description=fields.description if change.description is None else change.description,
        alarm=fields.alarm,
    )
    assert seen.marker == MARKER
    assert seen.uid == MARKER.uid
    assert seen.last_modified == LATER
    tzids = [str(zone["tzid"]) for zone in Calendar.from_ical(patched).walk("VTIMEZONE")]
    assert len(tzids) == len(set(tzids))
    names = [re.split("[:;]", line)[0] for line in unfolded(patched)]
    assert [names.count(name) for name in ("DTEND", "DURATION", "LAST-MODIFIED", "DTSTAMP")] == [1, 0, 1, 1]


def test_a_new_marker_replaces_the_old_one() -> None:
    new = Marker(MARKER.install, 1, Kind.REACH_OUT, "ana", 1, title="Other")

    patched = ical.patch(ical.encode(MARKER, FIELDS, WRITTEN_AT), Change(title="Other"), new, LATER)

    assert decode(patched).marker == new
    assert [line for line in unfolded(patched) if line.startswith("X-KITH-")] == [
        *("X-KITH-INSTALL:5b2f0c1e", "X-KITH-EPOCH:1", "X-KITH-KIND:reach-out", "X-KITH-SUBJECT:ana"),
        *("X-KITH-N:1", "X-KITH-TITLE:Other"),
    ]


def test_an_emptied_title_or_description_is_taken_out() -> None:
    patched = ical.patch(ical.encode(MARKER, FIELDS, WRITTEN_AT), Change(title="", description=""), None, LATER)

    assert decode(patched).fields == Fields(WHEN, "", "")
    assert "SUMMARY:" not in unfolded(patched)


def test_only_kith_s_alarm_is_taken_off() -> None:
    ours = ical.encode(MARKER, FIELDS, WRITTEN_AT)
    theirs = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:PT0S\r\nUID:mine\r\nEND:VALARM\r\n"
    both = ours.replace(b"BEGIN:VALARM", theirs + b"BEGIN:VALARM")

    once = ical.patch(both, Change(alarm=False), None, LATER)

    assert theirs.rstrip() in once
    assert once.count(b"BEGIN:VALARM") == 1
    assert decode(both).extras
    assert not decode(ical.patch(ours, Change(alarm=False), None, LATER)).fields.alarm


def test_an_event_that_moves_to_another_zone_brings_its_rules() -> None:
    tokyo = at("2026-10-08T09:00", ZoneInfo("Asia/Tokyo"), QUARTER)

    patched = ical.patch(ical.encode(MARKER, FIELDS, WRITTEN_AT), Change(when=tokyo), None, LATER)

    tzids = [str(zone["tzid"]) for zone in Calendar.from_ical(patched).walk("VTIMEZONE")]
    assert sorted(tzids) == ["Asia/Tokyo", "Europe/Lisbon"]


# Times as others write them


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        pytest.param(["DTSTART;TZID=Europe/Lisbon:20261007T173000"], at("2026-10-07T17:30"), id="in a zone"),
        pytest.param(["DTSTART:20261007T173000Z"], at("2026-10-07T17:30", UTC), id="in UTC"),
        pytest.param(["DTSTART:20261007T173000"], at("2026-10-07T17:30"), id="floating: the user's zone"),
        pytest.param(["DTSTART;TZID=Nowhere/Land:20261007T173000"], at("2026-10-07T17:30"), id="an unknown zone"),
        pytest.param(["DTSTART;TZID=../../etc/hosts:20261007T173000"], at("2026-10-07T17:30"), id="no zone at all"),
        pytest.param(
            ["DTSTART;TZID=W. Europe Standard Time:20261007T173000"],
            at("2026-10-07T17:30", ZoneInfo("Europe/Berlin")),
            id="a zone's name on Windows",
        ),
        pytest.param(
            ["DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261007T173000"],
            at("2026-10-07T17:30", ZoneInfo("Europe/Berlin")),
            id="a zone's name with the maker before it",
        ),
        pytest.param(["DTSTART;VALUE=DATE:20261007"], AllDay(date(2026, 10, 7)), id="all day"),
        pytest.param(["DTSTART:20261007"], AllDay(date(2026, 10, 7)), id="all day, not said so"),
        pytest.param(
            ["DTSTART;VALUE=DATE:20261007", "DTEND;VALUE=DATE:20261010"], AllDay(date(2026, 10, 7)), id="several days"
        ),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DTEND:20261007T174500Z"], at("2026-10-07T17:30", UTC, QUARTER), id="an end"
        ),
        pytest.param(
            ["DTSTART:20261007T173000", "DTEND:20261007T164500Z"], at("2026-10-07T17:30", LISBON, QUARTER), id="mixed"
        ),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DURATION:PT15M"], at("2026-10-07T17:30", UTC, QUARTER), id="a duration"
        ),
        pytest.param(
            ["DTSTART;TZID=Europe/Lisbon:20270328T005000", "DTEND;TZID=Europe/Lisbon:20270328T020500"],
            at("2027-03-28T00:50", LISBON, QUARTER),
            id="a quarter of an hour over the beginning of summer time",
        ),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DTEND:20261007T163000Z"], at("2026-10-07T17:30", UTC), id="an end before"
        ),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DURATION:-PT15M"], at("2026-10-07T17:30", UTC), id="a duration backwards"
        ),
        pytest.param(["DTSTART:20261007T173000Z", "DTEND:soon"], at("2026-10-07T17:30", UTC), id="a garbled end"),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DURATION:P99999999999D"],
            at("2026-10-07T17:30", UTC),
            id="a duration beyond counting",
        ),
        pytest.param(
            ["DTSTART:20261007T173000Z", "DTSTART:20261008T173000Z"], at("2026-10-07T17:30", UTC), id="two starts"
        ),
    ],
)
def test_a_time_is_read_as_it_was_meant(lines: list[str], when: When) -> None:
    found = decode(event(*lines)).fields.when

    assert found == when
    assert found.same_start(when)


def test_a_zone_that_only_the_file_knows_is_read_by_its_rules() -> None:
    rules = ("BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD")
    raw = event(
        "DTSTART;TZID=Our own zone:20261007T173000",
        before=("BEGIN:VTIMEZONE", "TZID:Our own zone", *rules, "END:VTIMEZONE"),
    )
    when = decode(raw).fields.when

    assert when.same_start(at("2026-10-07T14:30", UTC))


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("LAST-MODIFIED:20261007T173000Z", datetime(2026, 10, 7, 17, 30, tzinfo=UTC)),
        ("LAST-MODIFIED:20261007T173000", datetime(2026, 10, 7, 17, 30, tzinfo=UTC)),
        ("LAST-MODIFIED:20261007", None),
        ("LAST-MODIFIED:00010101T000000Z", None),
        ("LAST-MODIFIED:garbage", None),
        ("X-NOTHING:1", None),
    ],
)
def test_last_modified_is_an_instant_or_nothing(line: str, instant: datetime | None) -> None:
    assert decode(event("DTSTART:20261007T173000Z", line)).last_modified == instant


def test_texts_are_read_without_control_characters() -> None:
    seen = decode(event("DTSTART:20261007T173000Z", "SUMMARY:a\x07b", "DESCRIPTION:one\\ntwo\x0b\\, three\\;"))

    assert (seen.fields.title, seen.fields.description) == ("ab", "one\ntwo, three;")


# Repeating events


@pytest.mark.parametrize(
    ("lines", "until"),
    [
        pytest.param(["RRULE:FREQ=WEEKLY"], None, id="for ever"),
        pytest.param(["RRULE:FREQ=WEEKLY;COUNT=3"], "2026-10-21", id="so many times"),
        pytest.param(["RRULE:FREQ=MONTHLY;COUNT=2;BYDAY=1WE"], "2026-11-04", id="the first Wednesday, twice"),
        pytest.param(["RRULE:FREQ=YEARLY;COUNT=2"], "2027-10-07", id="every year"),
        pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261021T163000Z"], "2026-10-21", id="until an instant"),
        pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261021T162959Z"], "2026-10-14", id="until just before"),
        pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261021T173000"], "2026-10-21", id="until a time without a zone"),
        pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20261021"], "2026-10-21", id="until a day"),
        pytest.param(["RRULE:FREQ=WEEKLY;UNTIL=20260101T000000Z"], None, id="until before it began"),
        pytest.param(["RDATE:20261107T173000Z,20261207T173000Z"], "2026-12-07", id="on named instants"),
        pytest.param(["RDATE:20261107T173000Z", "RDATE:20261108T173000Z"], "2026-11-08", id="on instants in two lines"),
        pytest.param(["RDATE;VALUE=DATE:20261107"], "2026-11-07", id="on a named day"),
        pytest.param(["RDATE;VALUE=PERIOD:20261107T173000Z/PT1H"], "2026-11-07", id="for a named period"),
        pytest.param(["RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20261107T173000Z"], "2026-11-07", id="a rule, and a day"),
        pytest.param(["RRULE:FREQ=WEEKLY", "RDATE:20261107T173000Z"], None, id="for ever, and a day"),
        pytest.param(["RRULE:FREQ=DAILY;COUNT=99999"], None, id="longer than anybody counts"),
        pytest.param(["RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"], None, id="by the second, and never"),
        pytest.param(["RRULE:FREQ=DAILY;INTERVAL=0;COUNT=9"], "2026-10-07", id="standing still"),
        pytest.param(["RRULE:FREQ=SOMETIMES;COUNT=3"], None, id="a frequency that does not exist"),
        pytest.param(["RRULE:garbage"], None, id="a garbled rule"),
        pytest.param(["RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=2"], None, id="two rules"),
        pytest.param(["RDATE:garbage"], None, id="garbled dates"),
    ],
)
def test_a_series_and_its_last_day(lines: list[str], until: str | None) -> None:
    seen = decode(event("DTSTART;TZID=Europe/Lisbon:20261007T173000", *lines))

    assert seen.repeats
    assert seen.repeats_until == (date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("start", "rule", "until"),
    [
        ("DTSTART;VALUE=DATE:20261007", "RRULE:FREQ=WEEKLY;UNTIL=20261021", "2026-10-21"),
        ("DTSTART;VALUE=DATE:20261007", "RRULE:FREQ=WEEKLY;UNTIL=20261021T000000Z", "2026-10-21"),
        ("DTSTART;VALUE=DATE:20261007", "RRULE:FREQ=DAILY;COUNT=2", "2026-10-08"),
        ("DTSTART:20261007T173000", "RRULE:FREQ=WEEKLY;UNTIL=20261021T173000Z", "2026-10-21"),
        ("DTSTART:20261007T173000Z", "RRULE:FREQ=WEEKLY;UNTIL=20261021", "2026-10-21"),
        ("DTSTART:20261007T233000Z", "RRULE:FREQ=DAILY;COUNT=2", "2026-10-09"),
    ],
)
def test_a_series_ends_on_a_local_day_however_it_is_written(start: str, rule: str, until: str) -> None:
    assert decode(event(start, rule)).repeats_until == date.fromisoformat(until)


def occurrence(planned: str, *lines: str, uid: str = "u1") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", f"RECURRENCE-ID{planned}", *lines, "END:VEVENT")


def test_changed_instances_are_read() -> None:
    raw = event(
        "DTSTART;TZID=Europe/Lisbon:20261007T173000",
        "RRULE:FREQ=WEEKLY",
        after=occurrence(
            ";TZID=Europe/Lisbon:20261014T173000", "DTSTART:20261014T180000Z", "SUMMARY:✓ Ana", "DESCRIPTION:Lunch"
        ),
    )

    (found,) = decode(raw).occurrences

    assert (found.title, found.description) == ("✓ Ana", "Lunch")
    assert found.when == at("2026-10-14T18:00", UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(";TZID=Europe/Lisbon:20261014T173000", ":20261014T163000Z", id="in UTC"),
        pytest.param(";TZID=Europe/Lisbon:20261014T173000", ":20261014T173000", id="floating"),
        pytest.param(
            ";TZID=Europe/Lisbon:20261014T173000", ";TZID=Europe/Berlin:20261014T183000", id="in another zone"
        ),
        pytest.param(";VALUE=DATE:20261014", ":20261014", id="a day, not said so"),
    ],
)
def test_an_instance_has_the_same_name_however_a_server_writes_it(one: str, other: str) -> None:
    keys = [
        decode(
            event("DTSTART:20261007T173000", "RRULE:FREQ=WEEKLY", after=occurrence(planned, "DTSTART:20261014T180000"))
        )
        .occurrences[0]
        .key
        for planned in (one, other)
    ]

    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    "override",
    [
        pytest.param(occurrence(":20261014T163000Z"), id="without a start"),
        pytest.param(occurrence(":20261014T163000Z", "DTSTART:garbage"), id="with a garbled start"),
        pytest.param(occurrence(":garbage", "DTSTART:20261014T180000Z"), id="of a garbled day"),
        pytest.param(occurrence(":20261014T163000Z", "DTSTART:20261014T180000Z", uid="u2"), id="of another event"),
        pytest.param(
            ("BEGIN:VEVENT", "UID:u1", *["RECURRENCE-ID:garbage"] * 2, "DTSTART:20261014T180000Z", "END:VEVENT"),
            id="of two days",
        ),
    ],
)
def test_an_instance_that_cannot_be_read_costs_only_itself(override: tuple[str, ...]) -> None:
    good = occurrence(":20261021T163000Z", "DTSTART:20261021T180000Z")

    seen = decode(event("DTSTART:20261007T173000Z", "RRULE:FREQ=WEEKLY", after=override + good))

    assert [found.key for found in seen.occurrences] == ["2026-10-21T16:30:00Z"]


# What others added

ALARM_AT_START = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S", "END:VALARM")


@pytest.mark.parametrize(
    ("lines", "extras", "alarm"),
    [
        pytest.param((), False, False, id="nothing"),
        pytest.param(("LOCATION:Café",), True, False, id="a place"),
        pytest.param(("LOCATION:",), False, False, id="an empty place"),
        pytest.param(("ATTENDEE:mailto:eve@example.org",), True, False, id="a guest"),
        pytest.param(("ATTACH:https://example.org/a.pdf",), True, False, id="an attachment"),
        pytest.param(("URL:https://example.org", "PRIORITY:5", "COLOR:red"), False, False, id="this and that"),
        pytest.param(ALARM_AT_START, False, True, id="one alarm at the start, without a name: ours"),
        pytest.param(
            ("BEGIN:VALARM", "UID:x", "ACTION:DISPLAY", "TRIGGER;RELATED=START:-P0DT0H0M0S", "END:VALARM"),
            *(False, True),
            id="one alarm at the start, renamed by a server: ours",
        ),
        pytest.param(ALARM_AT_START * 2, True, True, id="two alarms"),
        pytest.param(
            ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "END:VALARM"), True, False, id="an alarm before"
        ),
        pytest.param(
            ("BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER;VALUE=DATE-TIME:20261007T170000Z", "END:VALARM"),
            *(True, False),
            id="an alarm at an instant",
        ),
        pytest.param(
            (
                *("BEGIN:VALARM", "ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "END:VALARM"),
                *("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "X-APPLE-DEFAULT-ALARM:TRUE", "END:VALARM"),
            ),
            *(False, False),
            id="Apple's default alarm, on or off",
        ),
        pytest.param(
            (
                *ALARM_AT_START,
                *("BEGIN:VALARM", "ACTION:DISPLAY", "RELATED-TO;RELTYPE=SNOOZE:x", "TRIGGER:PT5M", "END:VALARM"),
            ),
            *(False, True),
            id="an alarm that was snoozed",
        ),
    ],
)
def test_what_counts_as_added_by_the_user(lines: tuple[str, ...], *, extras: bool, alarm: bool) -> None:
    seen = decode(event("DTSTART:20261007T173000Z", *lines))

    assert (seen.extras, seen.fields.alarm) == (extras, alarm)


# The same event, as other programs write it down again


@pytest.mark.parametrize("file", ["kith", "thunderbird", "khal", "iphone", "davx5", "google", "outlook"])
def test_an_event_that_another_program_wrote_down_again_is_unchanged(file: str) -> None:
    seen = decode((DATA / f"{file}.ics").read_bytes())
    written = Written(FIELDS, TITLE, MARKER.lines, last_modified=WRITTEN_AT)

    assert seen.uid == MARKER.uid
    assert seen.fields.when.same_start(WHEN)
    assert seen.fields.when == Timed(seen.fields.when.start, QUARTER)  # type: ignore[union-attr]
    assert seen.fields.title == TITLE
    assert seen.fields.alarm
    assert not seen.extras
    assert not seen.repeats
    assert seen.marker == (None if file == "google" else MARKER)
    reading = read(written, seen, Marks(), LATER)
    assert not reading.is_edit
    assert reading.brief_intact


@pytest.mark.parametrize("file", ["kith", "thunderbird", "khal", "iphone", "davx5", "google", "outlook"])
def test_kith_s_last_write_leaves_another_program_s_own_things_alone(file: str) -> None:
    raw = (DATA / f"{file}.ics").read_bytes()
    moved = Timed(datetime(2026, 10, 5, 12, 0, tzinfo=LISBON), QUARTER)

    patched = ical.patch(raw, Change(when=moved, title=f"✓ {TITLE}", alarm=False), None, LATER)

    seen = decode(patched)
    assert (seen.fields.when, seen.fields.title, seen.fields.alarm) == (moved, f"✓ {TITLE}", False)
    assert seen.fields.description == decode(raw).fields.description
    before, after = Calendar.from_ical(raw), Calendar.from_ical(patched)
    ours = ("DTSTART", "DTEND", "SUMMARY", "DTSTAMP", "LAST-MODIFIED")
    for kept in before.walk("VEVENT")[0].property_items(recursive=False):
        assert kept[0] in ours or kept in after.walk("VEVENT")[0].property_items(recursive=False)
    assert len(after.walk("VALARM")) == len(before.walk("VALARM")) - 1
    assert {str(zone["tzid"]) for zone in before.walk("VTIMEZONE")} <= {
        str(zone["tzid"]) for zone in after.walk("VTIMEZONE")
    }


# What cannot be read


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00" * 100, id="zeros"),
        pytest.param(b"\xff\xfe" + GOOD, id="another encoding's mark"),
        pytest.param(GOOD.decode().encode("utf-16"), id="another encoding"),
        pytest.param(b"<html><body>Sign in</body></html>", id="a web page"),
        pytest.param(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD\r\n", id="a card"),
        pytest.param(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", id="an empty calendar"),
        pytest.param(GOOD[: len(GOOD) // 2], id="half a file"),
        pytest.param(GOOD + GOOD, id="two calendars"),
        pytest.param(GOOD[GOOD.index(b"BEGIN:VEVENT") : GOOD.index(b"END:VCALENDAR")], id="an event alone"),
        pytest.param(event("SUMMARY:x"), id="no start"),
        pytest.param(event("DTSTART:garbage"), id="a garbled start"),
        pytest.param(event("DTSTART:20261325T173000Z"), id="a day that does not exist"),
        pytest.param(event("DTSTART:PT5M"), id="a start that is a duration"),
        pytest.param(event("DTSTART:00010101T000000Z"), id="before all history"),
        pytest.param(event("DTSTART:99991231T235959Z"), id="at the end of time"),
        pytest.param(event("DTSTART:20261007T173000Z").replace(b"UID:u1\r\n", b""), id="no UID"),
        pytest.param(event("DTSTART:20261007T173000Z").replace(b"UID:u1", b"UID:"), id="an empty UID"),
        pytest.param(event("RECURRENCE-ID:20261007T173000Z", "DTSTART:20261007T173000Z"), id="only an instance"),
        pytest.param(event("DTSTART:20261007T173000Z", "END:VALARM"), id="ends that do not match"),
        pytest.param(event("DTSTART:20261007T173000Z", *["BEGIN:VALARM"] * 3000), id="unending beginnings"),
    ],
)
def test_what_is_no_event_is_malformed_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode(raw)


@pytest.mark.parametrize("raw", [b"", b"\xff", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", GOOD[:200]])
def test_what_is_no_event_cannot_be_changed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        ical.patch(raw, Change(title="x"), MARKER, LATER)


@given(st.data())
@example(None)
def test_a_damaged_file_is_read_or_malformed(data: st.DataObject | None) -> None:
    if data is None:
        return
    raw = bytearray(data.draw(st.sampled_from([GOOD, THEIRS]), "file"))
    for _ in range(data.draw(st.integers(1, 4), "damages")):
        start = data.draw(st.integers(0, len(raw) - 1), "from")
        end = data.draw(st.integers(start, min(start + 40, len(raw))), "to")
        raw[start:end] = data.draw(st.binary(max_size=12) | st.sampled_from([b"\r\n", b":", b";", b"BEGIN:"]), "with")
    try:
        seen = decode(bytes(raw))
        ical.patch(bytes(raw), Change(WHEN, "T", "D", alarm=False), MARKER, LATER)
    except Malformed:
        return
    assert seen.uid
    assert seen.fields.when.day_in(LISBON).year in range(1899, 9001)


@given(st.lists(st.sampled_from(unfolded(GOOD) + unfolded(THEIRS)), max_size=30))
def test_shuffled_lines_are_read_or_malformed(lines: list[str]) -> None:
    try:
        decode(event(*lines))
    except Malformed:
        return


# Many events in one file


def another(subject: str, when: When = WHEN) -> bytes:
    marker = Marker(MARKER.install, 1, Kind.REACH_OUT, subject, 1)
    return ical.encode(marker, Fields(when, subject, ""), WRITTEN_AT)


def test_events_are_joined_with_each_zone_once() -> None:
    tokyo = at("2026-10-08T09:00", ZoneInfo("Asia/Tokyo"), QUARTER)
    objects = [another("ana"), another("bea"), another("eva", tokyo), another("rui", AllDay(date(2026, 10, 7)))]

    joined = ical.join(objects)

    calendar = Calendar.from_ical(joined)
    uids = [str(part["uid"]) for part in calendar.walk("VEVENT")]
    assert uids == sorted(decode(raw).uid for raw in objects)
    assert sorted(str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")) == ["Asia/Tokyo", "Europe/Lisbon"]
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"] * 2 + ["VEVENT"] * 4
    assert calendar["x-wr-calname"] == "kith"


def test_the_order_in_which_events_come_does_not_show() -> None:
    objects = [another("ana"), another("bea"), another("eva")]

    assert ical.join(objects) == ical.join(objects[::-1])


def test_nothing_is_joined_to_an_empty_calendar() -> None:
    assert len(Calendar.from_ical(ical.join([])).subcomponents) == 0


def test_one_that_cannot_be_read_does_not_stop_the_others() -> None:
    assert ical.join([b"garbage", another("ana"), GOOD[:100]]) == ical.join([another("ana")])


def test_a_series_stays_together() -> None:
    joined = ical.join([THEIRS, another("ana")])

    events = Calendar.from_ical(joined).walk("VEVENT")
    mine = [part for part in events if str(part["uid"]) == "u1"]
    assert ["RECURRENCE-ID" in part for part in mine] == [False, True]
    assert EventUid(str(events[-1]["uid"])) == "u1"
