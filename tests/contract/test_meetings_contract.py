"""What every watched calendar must do, whatever stands behind it: a folder, a Radicale, a Xandikos, Google's emulator.

A back end comes in by an :class:`OtherApp`: the calendar app in which the user makes appointments.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from dav.phone import PASSWORD, Phone
from dav.servers import Server, radicale, xandikos
from fakes.appointments import LISBON, ME, Appointment, as_ics, as_json
from fakes.google.calendar import CalendarApi
from fakes.google.emulated import Emulated
from kith.calendars.caldav_meetings import WatchedCalDav
from kith.calendars.google_meetings import WatchedGoogle
from kith.calendars.ics_meetings import WatchedFolder
from kith.calendars.meetings import Item, Reading, WatchedCalendar
from kith.core.event import AllDay, Timed
from kith.core.meetings import Answer, Meeting, Span
from kith.core.model import AccountId, ETag, Href
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.errors import CalendarNotFound
from kith.google.scopes import needed

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SPAN = Span.around(NOW)
NOON = datetime(2026, 10, 20, 12, 0, tzinfo=LISBON)
WEEK = timedelta(weeks=1)
_numbers = itertools.count(1)


class OtherApp(Protocol):
    """The user's calendar app, with one calendar in it."""

    def open(self, name: str = "") -> WatchedCalendar:
        """The calendar of this name (else the one there is) as kith opens it at the beginning of a pass."""

    def put(self, one: Appointment) -> None:
        """Make an appointment, or change the one of this name."""

    def remove(self, name: str) -> None:
        """Delete an appointment."""

    def take_away(self) -> None:
        """Delete the calendar."""

    def asked(self) -> int | None:
        """How many requests there were since the last time; None where nobody is asked."""

    def forget(self) -> None:
        """Let the server forget up to where it told what changed."""


class FolderApp:
    def __init__(self, folder: Path) -> None:
        self._kiths = folder / "kith"
        self._folder = folder / "work"
        for made in (self._kiths, self._folder):
            made.mkdir()

    def open(self, name: str = "") -> WatchedCalendar:
        return WatchedFolder(AccountId("disk"), self._kiths, name or "work", LISBON)

    def put(self, one: Appointment) -> None:
        (self._folder / f"{one.name}.ics").write_bytes(as_ics(one))

    def remove(self, name: str) -> None:
        (self._folder / f"{name}.ics").unlink()

    def take_away(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def asked(self) -> int | None:
        return None

    def forget(self) -> None:
        pass


class DavApp:
    def __init__(self, server: Server) -> None:
        self._server, self._user = server, server.new_user()
        self._name = f"Work {next(_numbers)}"
        home = server.home_of(self._user)
        self._phone = Phone(home, self._user, self._name, f"work-{next(_numbers)}").make_calendar()
        self._account = DavAccount(AccountId("home"), server.url, self._user, PASSWORD)
        self._transport = Transport(self._account)
        self._asked = 0

    def open(self, name: str = "") -> WatchedCalendar:
        return WatchedCalDav(self._account, name or self._name, LISBON, transport=self._transport)

    def put(self, one: Appointment) -> None:
        self._phone.put(f"{one.name}.ics", as_ics(one))

    def remove(self, name: str) -> None:
        self._phone.delete(f"{name}.ics")

    def take_away(self) -> None:
        self._phone.remove_calendar()

    def asked(self) -> int | None:
        asked, self._asked = self._transport.requests - self._asked, self._transport.requests
        return asked

    def forget(self) -> None:
        pass

    def close(self) -> None:
        self._transport.close()
        if self._phone.has_calendar():
            self.take_away()


class GoogleApp:
    def __init__(self, emulated: Emulated) -> None:
        emulated.scopes = needed(contacts=False, calendar=None, meetings=True)
        self._emulated = emulated
        self._api: CalendarApi = emulated.calendar
        self._api.clock = lambda: NOW
        self._id = self._api.make_calendar("Work").id
        self._client = emulated.client()

    def open(self, name: str = "") -> WatchedCalendar:
        return WatchedGoogle(self._client, name or "Work", LISBON, clock=NOW.timestamp)

    def put(self, one: Appointment) -> None:
        if one.name in self._api.there(self._id):
            self._api.change(self._id, one.name, **as_json(one))
        else:
            self._api.add(self._id, as_json(one), one.name)
        if one.cancelled:
            self.remove(one.name)
        for planned, changed in one.changed.items():
            status = {"status": "cancelled"} if changed.cancelled else {}
            self._api.change_instance(self._id, one.name, planned, **{**as_json(changed), **status})

    def remove(self, name: str) -> None:
        self._api.remove(self._id, name)

    def take_away(self) -> None:
        del self._api.calendars[self._id]

    def asked(self) -> int | None:
        counts = self._emulated.google.counts()
        self._emulated.google.forget_asked()
        del counts["token"]
        return sum(counts.values())

    def forget(self) -> None:
        self._api.expire_tokens()


@pytest.fixture(scope="module", params=["folder", "Radicale", "Xandikos", "Google"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | None]:
    starts = {"Radicale": radicale, "Xandikos": xandikos}
    if kind not in starts:
        yield None
        return
    with starts[kind](tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def app(kind: str, server: Server | None, tmp_path: Path) -> Iterator[OtherApp]:
    if server is not None:
        with closing(DavApp(server)) as made:
            yield made
    elif kind == "Google":
        with Emulated() as emulated:
            yield GoogleApp(emulated)
    else:
        yield FolderApp(tmp_path)


class Reader:
    """kith, from pass to pass: it keeps what it was told."""

    def __init__(self, app: OtherApp) -> None:
        self._app = app
        self.items: dict[Href, Item] = {}
        self.cursor = ""

    def read(self, span: Span = SPAN) -> Reading:
        known: dict[Href, ETag | None] = {href: item.etag for href, item in self.items.items()}
        reading = self._app.open().read(known, self.cursor, span)
        self.items |= {item.href: item for item in reading.items}
        for href in reading.gone:
            del self.items[href]
        self.cursor = reading.cursor
        return reading

    def meetings(self, span: Span = SPAN) -> list[Meeting]:
        """All meetings there are now, by their start."""
        self.read(span)
        found = [meeting for item in self.items.values() for meeting in item.meetings]
        return sorted(found, key=lambda one: (one.when.day_in(LISBON), starts([one])[0], one.key))


@pytest.fixture
def kith(app: OtherApp) -> Reader:
    return Reader(app)


def starts(meetings: list[Meeting]) -> list[str]:
    """When they are, by the clock in Lisbon."""
    return [
        f"{one.when.start.astimezone(LISBON):%m-%d %H:%M}" if isinstance(one.when, Timed) else f"{one.when.day:%m-%d}"
        for one in meetings
    ]


def test_a_meeting_and_who_is_invited(app: OtherApp, kith: Reader) -> None:
    app.put(
        Appointment("lunch", NOON, guests=((ME, "TENTATIVE"), ("Ana@Example.org", "ACCEPTED"), ("x@y.z", "DECLINED")))
    )
    (meeting,) = kith.meetings()
    assert (meeting.title, meeting.when) == ("Lunch", Timed(NOON, timedelta(hours=1)))
    assert meeting.uid.startswith("lunch")
    assert {guest.email: guest.answer for guest in meeting.guests if not guest.invites} == {
        ME: Answer.MAYBE,
        "ana@example.org": Answer.YES,
        "x@y.z": Answer.NO,
    }


def test_where_nothing_changed_one_thing_is_asked(app: OtherApp, kith: Reader) -> None:
    for number in range(3):
        app.put(Appointment(f"lunch{number}", NOON + number * WEEK))
    first = kith.read()
    assert len(first.items) == 3
    kith.read()  # Xandikos takes the first reading for a change of its own
    app.asked()
    again = kith.read()
    assert (again.items, again.gone) == ((), frozenset())
    assert app.asked() in (None, 1)


def test_a_change_and_a_deletion_are_told_and_nothing_else(app: OtherApp, kith: Reader) -> None:
    lunch = Appointment("lunch", NOON)
    app.put(lunch)
    app.put(Appointment("dinner", NOON + WEEK))
    app.put(Appointment("coffee", NOON + 2 * WEEK))
    kith.read()
    app.put(lunch.but(start=NOON + timedelta(hours=1), title="Late lunch"))
    app.remove("dinner")
    reading = kith.read()
    assert [meeting.title for item in reading.items for meeting in item.meetings] == ["Late lunch"]
    assert len(reading.gone) == 1
    assert starts(kith.meetings()) == ["10-20 13:00", "11-03 12:00"]


def test_the_key_stays_when_a_meeting_is_moved(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("lunch", NOON))
    (before,) = kith.meetings()
    app.put(Appointment("lunch", NOON + WEEK))
    (after,) = kith.meetings()
    assert before.key == after.key
    assert starts([after]) == ["10-27 12:00"]


def test_a_series_goes_by_the_clock_of_its_zone(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("weekly", NOON, rule="FREQ=WEEKLY;COUNT=3"))
    found = kith.meetings()
    assert starts(found) == ["10-20 12:00", "10-27 12:00", "11-03 12:00"]
    assert len({meeting.key for meeting in found}) == 3


def test_a_series_with_dates_left_out_moved_and_cancelled(app: OtherApp, kith: Reader) -> None:
    moved = Appointment("weekly", NOON + WEEK + timedelta(days=1, hours=2), title="Moved")
    called_off = Appointment("weekly", NOON + 3 * WEEK, cancelled=True)
    weekly = Appointment(
        "weekly", NOON, rule="FREQ=WEEKLY;COUNT=5", without=(NOON + 2 * WEEK,),
        changed={NOON + WEEK: moved, NOON + 3 * WEEK: called_off},
    )  # fmt: skip
    app.put(weekly.but(changed={}))
    before = {starts([one])[0]: one.key for one in kith.meetings()}
    app.put(weekly)
    found = kith.meetings()
    there = [one for one in found if not one.cancelled]
    assert starts(there) == ["10-20 12:00", "10-28 14:00", "11-17 12:00"]
    assert [one.title for one in there] == ["Lunch", "Moved", "Lunch"]
    assert there[1].key == before["10-27 12:00"]


def test_a_series_without_an_end_is_told_inside_the_span_and_later_dates_are_found_again(
    app: OtherApp, kith: Reader
) -> None:
    app.put(Appointment("daily", datetime(2019, 1, 7, 9, 0, tzinfo=LISBON), rule="FREQ=DAILY"))
    found = kith.meetings()
    assert 119 <= len(found) <= 121
    assert (starts(found)[0], starts(found)[-1]) == ("09-04 09:00", "12-31 09:00")
    (item,) = kith.items.values()
    later = Span(SPAN.start + 26 * WEEK, SPAN.end + 26 * WEEK)
    assert starts(sorted(app.open().again(item.source, later), key=lambda one: one.key))[0] == "03-04 09:00"


def test_all_day_events_are_told_as_such(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("trip", date(2026, 10, 21)))
    app.put(Appointment("yearly", date(2020, 10, 22), rule="FREQ=YEARLY"))
    assert [one.when for one in kith.meetings()] == [AllDay(date(2026, 10, 21)), AllDay(date(2026, 10, 22))]


def test_events_of_kiths_own_are_no_meetings(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("nudge", NOON, kiths=True))
    app.put(Appointment("lunch", NOON))
    assert [one.title for one in kith.meetings()] == ["Lunch"]
    assert len(kith.items) == 2


def test_an_event_that_cannot_be_followed_keeps_nobody_from_the_others(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("lunch", NOON))
    app.put(Appointment("forever", NOON, rule="FREQ=SECONDLY"))
    app.put(Appointment("dinner", NOON + WEEK))
    assert starts(kith.meetings()) == ["10-20 12:00", "10-27 12:00"]
    assert sum(item.unreadable for item in kith.items.values()) == 1
    assert kith.read().items == ()


def test_a_calendar_that_is_not_there(app: OtherApp, kith: Reader) -> None:
    (work,) = [name for name in app.open().there() if name.casefold().startswith("work")]
    with pytest.raises(CalendarNotFound, match=work):
        app.open("Personnal").read({}, "", SPAN)
    app.put(Appointment("lunch", NOON))
    kith.read()
    app.take_away()
    with pytest.raises(CalendarNotFound, match="is not there"):
        kith.read()


def test_names_are_found_whatever_their_case(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("lunch", NOON))
    name = app.open().name.upper()
    assert len(app.open(name).read({}, "", SPAN).items) == 1


def test_a_lost_note_costs_requests_only(app: OtherApp, kith: Reader) -> None:
    app.put(Appointment("lunch", NOON))
    app.put(Appointment("weekly", NOON, rule="FREQ=WEEKLY"))
    before = kith.meetings()
    for cursor in ("", "{", '{"url":1}', "[]"):
        kith.cursor = cursor
        assert kith.meetings() == before
    app.forget()
    app.remove("lunch")
    reading = kith.read()
    assert (reading.items, len(reading.gone)) == ((), 1)
