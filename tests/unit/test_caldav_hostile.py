"""The calendar on servers that do not keep to the rules; ``fakes.hostile_caldav`` says which server does what."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fakes.hostile_caldav import Hostile, hostile, html, multistatus, no_answer, status
from kith.calendars.caldav import CalDavCalendar
from kith.codecs import ical
from kith.core.event import Change, Fields, Kind, Marker, SeenEvent, Timed
from kith.core.model import AccountId, ETag, EventUid, Href, InstallId
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.errors import AccountError, Conflict, Denied, Malformed, Rejected, SignInNeeded, Transient

ZONE = ZoneInfo("Europe/Prague")
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
FIELDS = Fields(Timed(datetime(2026, 10, 7, 17, 30, tzinfo=ZONE), timedelta(minutes=15)), "Reach out: Ana", "brief\n—")
NAME = "Keep in touch"


def marker(n: int = 1) -> Marker:
    return Marker(InstallId("here"), 1, Kind.REACH_OUT, "ana", n, title="Reach out: Ana")


class World:
    """A hostile server with one calendar of kith's."""

    def __init__(self, server: Hostile) -> None:
        self.server = server
        self.path = server.make("kith", NAME)
        self.now = 1_000_000.0
        self._transports: list[Transport] = []

    def open(self, **account: Any) -> CalDavCalendar:
        dav = DavAccount(AccountId("home"), self.server.url, "ana", "a password", timeout=5.0, **account)
        transport = Transport(dav, sleep=lambda _: None)
        self._transports.append(transport)
        return CalDavCalendar(dav, NAME, ZONE, transport=transport, clock=lambda: self.now)

    def close(self) -> None:
        for transport in self._transports:
            transport.close()

    def there(self, n: int = 1) -> SeenEvent:
        """An event of kith's that the server has, as a look sees it."""
        self.server.store(f"{self.path}{marker(n).uid}.ics", ical.encode(marker(n), FIELDS, NOW))
        return next(event for event in self.open().look({}).events if event.uid == marker(n).uid)

    def href(self, n: int = 1) -> Href:
        return Href(f"{self.path}{marker(n).uid}.ics")

    def written(self, n: int = 1) -> SeenEvent:
        """What stands in the place of an event."""
        return ical.decode(self.server.item(self.href(n)), href=self.href(n), etag=None, zone=ZONE)


@pytest.fixture
def world() -> Iterator[World]:
    with hostile() as server:
        made = World(server)
        yield made
        made.close()


def foreign(uid: str) -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20261007T180000Z\r\n"
        "SUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def methods(world: World) -> list[str]:
    return [request.method for request in world.server.seen]


class TestWhatALookCosts:
    def test_nothing_changed(self, world: World) -> None:
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        world.server.forget()
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert methods(world) == ["PROPFIND"]
        assert (second.events, second.absent, second.unreadable) == ((), frozenset(), ())
        assert (second.identity, second.cursor) == (first.identity, first.cursor)

    def test_nothing_changed_on_a_server_that_does_not_say_so(self, world: World) -> None:
        world.server.habits.no_ctag = True
        seen = world.there()
        world.server.store(f"{world.path}dentist.ics", foreign("dentist"))
        first = world.open().look({seen.href: seen.etag})
        world.server.forget()
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert methods(world) == ["PROPFIND", "PROPFIND"]
        assert second.events == ()
        assert second.cursor == first.cursor

    def test_foreign_events_are_fetched_once(self, world: World) -> None:
        for number in range(120):
            world.server.store(f"{world.path}{number}.ics", foreign(f"{number}"))
        seen = world.there()
        first = world.open().look({})
        world.server.store(f"{world.path}new.ics", foreign("new"))
        world.server.forget()
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert methods(world) == ["PROPFIND", "PROPFIND", "REPORT"]
        assert world.server.seen[-1].body.count(b"href>/") == 1
        assert second.events == ()
        world.server.forget()
        assert world.open().look({seen.href: seen.etag}, second.cursor).events == ()
        assert methods(world) == ["PROPFIND"]

    def test_a_large_calendar_is_fetched_in_batches_once(self, world: World) -> None:
        for number in range(120):
            world.server.store(f"{world.path}{number}.ics", foreign(f"{number}"))
        world.server.forget()
        world.open().look({})
        assert methods(world).count("REPORT") == 3

    def test_a_change_of_ours_costs_that_event(self, world: World) -> None:
        seen, other = world.there(1), world.there(2)
        known = {seen.href: seen.etag, other.href: other.etag}
        first = world.open().look(known)
        world.server.store(seen.href, world.server.item(seen.href).replace(b"Reach out", b"Done"))
        world.server.forget()
        look = world.open().look(known, first.cursor)
        assert [event.uid for event in look.events] == [seen.uid]
        assert methods(world) == ["PROPFIND", "PROPFIND", "REPORT"]

    def test_an_hour_is_the_longest_that_a_server_is_believed(self, world: World) -> None:
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        calendar = world.server.calendars[world.path]
        before = calendar.count
        world.server.store(seen.href, world.server.item(seen.href).replace(b"Reach out", b"Done"))
        calendar.count = before  # a server whose CTag misses a change
        world.now += 59 * 60
        assert world.open().look({seen.href: seen.etag}, first.cursor).events == ()
        world.now += 60
        assert len(world.open().look({seen.href: seen.etag}, first.cursor).events) == 1

    def test_the_cursor_hides_nothing_that_is_known_otherwise(self, world: World) -> None:
        seen, other = world.there(1), world.there(2)
        first = world.open().look({seen.href: seen.etag, other.href: other.etag})
        assert [e.uid for e in world.open().look({seen.href: seen.etag}, first.cursor).events] == [other.uid]
        assert [e.uid for e in world.open().look({seen.href: seen.etag, other.href: None}, first.cursor).events] == [
            other.uid
        ]
        gone = Href(f"{world.path}gone.ics")
        known = {seen.href: seen.etag, other.href: other.etag, gone: ETag('"1"')}
        assert world.open().look(known, first.cursor).absent == {gone}

    def test_what_is_gone_stays_gone_at_every_look(self, world: World) -> None:
        seen = world.there()
        known = {seen.href: seen.etag}
        cursor = world.open().look(known).cursor
        world.server.remove(seen.href)
        for _ in range(3):
            look = world.open().look(known, cursor)
            assert look.absent == {seen.href}
            cursor = look.cursor

    @pytest.mark.parametrize("cursor", ["nonsense", "{}", "[1]", '{"format":1,"place":"another"}', '{"format":1}'])
    def test_a_cursor_that_means_nothing_is_no_cursor(self, world: World, cursor: str) -> None:
        seen = world.there()
        assert world.open().look({}, cursor).events == (seen,)

    def test_a_cursor_of_another_account_is_no_cursor(self, world: World) -> None:
        cursor = world.open(calendar_url=world.path).look({}).cursor
        world.server.forget()
        world.open().look({}, cursor)
        assert world.server.seen[0].path != world.path

    def test_the_library_is_not_needed_for_looking(self, world: World) -> None:
        calendar = world.open()
        calendar.look({})
        assert calendar._place._library is None


class TestAnswersThatAreNone:
    @pytest.mark.parametrize(
        ("method", "answer", "error"),
        [
            pytest.param("PROPFIND", html(200), Malformed, id="a captive portal"),
            pytest.param("PROPFIND", html(207), Malformed, id="a captive portal that lies"),
            pytest.param("PROPFIND", html(500), Transient, id="500 with a page"),
            pytest.param("PROPFIND", multistatus(), Malformed, id="an empty multistatus"),
            pytest.param("PROPFIND", status(401), SignInNeeded, id="401"),
            pytest.param("PROPFIND", status(403), Denied, id="403"),
            pytest.param("PROPFIND", status(503), Transient, id="503"),
        ],
    )
    def test_nothing_is_concluded(self, world: World, method: str, answer: Any, error: type[AccountError]) -> None:
        seen = world.there()
        known = {seen.href: seen.etag}
        cursor = world.open().look(known).cursor
        for _ in range(3):  # reads are repeated
            world.server.instead(method, answer)
        with pytest.raises(error):
            world.open().look(known, cursor)

    def test_nor_from_a_listing_that_comes_empty(self, world: World) -> None:
        world.server.habits.no_ctag = True
        seen = world.there()
        known = {seen.href: seen.etag}
        cursor = world.open().look(known).cursor
        calendar = world.open()
        about = calendar._reader.state(world.server.url.rstrip("/") + world.path)
        assert about is not None
        world.server.instead("PROPFIND", multistatus())
        with pytest.raises(Malformed):
            calendar._reader.listing(about.url)
        assert world.open().look(known, cursor).absent == frozenset()

    def test_nor_from_one_that_says_the_calendar_is_gone(self, world: World) -> None:
        gone = f"<D:response><D:href>{world.path}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
        world.server.instead("PROPFIND", multistatus(gone))
        with pytest.raises(Denied):
            world.open()._reader.listing(world.server.url.rstrip("/") + world.path)

    def test_nor_from_one_that_was_cut(self, world: World) -> None:
        seen, other = world.there(1), world.there(2)
        world.server.habits.cuts_listings = True
        with pytest.raises(Transient):
            world.open().look({seen.href: seen.etag, other.href: other.etag})

    def test_a_page_in_the_place_of_an_event_is_no_absence(self, world: World) -> None:
        seen = world.there()
        calendar = world.open()
        calendar.look({})
        world.server.instead("GET", html(200))
        with pytest.raises(Malformed):
            calendar.find(seen.uid)

    def test_a_server_that_is_asked_too_often_says_when_to_come_back(self, world: World) -> None:
        calendar = world.open()
        calendar.look({})
        world.server.instead("PUT", status(429, Retry_After="300"))
        with pytest.raises(Transient) as caught:
            calendar.create(marker(), FIELDS, NOW)
        assert caught.value.retry_after == 300
        assert len(world.server.asked("PUT")) == 1


class TestFetching:
    def test_control_characters_do_not_cost_the_answer(self, world: World) -> None:
        world.server.habits.control_characters = True
        seen = world.there()
        assert seen.fields.title == "Reach out: Ana"

    def test_what_a_multiget_leaves_out_is_fetched_by_itself(self, world: World) -> None:
        world.there(1)
        world.there(2)
        world.server.habits.multiget_forgets = marker(1).uid
        assert {event.uid for event in world.open().look({}).events} == {marker(1).uid, marker(2).uid}

    @pytest.mark.parametrize("code", [403, 405, 501])
    def test_a_server_without_multiget_is_asked_one_by_one(self, world: World, code: int) -> None:
        world.server.habits.no_multiget = code
        assert world.there().uid == marker().uid

    def test_one_damaged_event_costs_only_itself(self, world: World) -> None:
        seen, other = world.there(1), world.there(2)
        known = {seen.href: seen.etag, other.href: other.etag}
        world.server.store(seen.href, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        world.server.store(other.href, world.server.item(other.href).replace(b"Reach out", b"Done"))
        look = world.open().look(known)
        assert [item.href for item in look.unreadable] == [seen.href]
        assert [event.uid for event in look.events] == [other.uid]
        again = world.open().look(known, look.cursor)
        assert [item.href for item in again.unreadable] == [seen.href]

    def test_one_place_spelled_in_two_ways_is_one_place(self, world: World) -> None:
        world.path = world.server.make("ana@example.org", NAME)
        del world.server.calendars["/home/kith/"]
        world.server.store(f"{world.path}a b.ics", foreign("dentist"))
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        assert (first.events, first.absent) == ((), frozenset())
        world.server.habits.encodes_everything = True
        world.server.store(f"{world.path}c&d.ics", foreign("choir"))
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert (second.events, second.absent, second.identity) == ((), frozenset(), first.identity)
        assert world.open().update(seen, Change(title="New"), None, NOW).href == seen.href
        assert [event.href for event in world.open().look({}).events] == [seen.href]

    def test_lines_end_as_they_should_after_xml_took_that_away(self, world: World) -> None:
        world.open().update(world.there(), Change(title="New"), None, NOW)
        raw = world.server.item(world.href())
        assert raw.count(b"\n") == raw.count(b"\r\n")

    def test_a_server_without_etags_is_read_every_time(self, world: World) -> None:
        world.server.habits.no_etags = True
        seen = world.there()
        assert seen.etag is None
        look = world.open().look({seen.href: None})
        assert world.open().look({seen.href: None}, look.cursor).events == (seen,)


_ONE_OF_EACH = """
import logging
logging.basicConfig(level=logging.WARNING)
from test_caldav_hostile import *
account = DavAccount(AccountId("home"), "{url}", "ana", "a password")
calendar = CalDavCalendar(account, NAME, ZONE)
calendar.create(marker(), FIELDS, NOW)
seen = calendar.look({{}}).events[0]
calendar.find(EventUid("nobody"))
calendar.delete(seen)
calendar.close()
print("written")
"""


class TestWritesAreSentOnce:
    @pytest.mark.parametrize("code", [400, 403, 404, 409, 412, 413, 415, 422, 429, 500, 502, 503, 507])
    def test_whatever_the_answer_is(self, world: World, code: int) -> None:
        seen = world.there(2)
        calendar = world.open()
        calendar.look({})
        writes: list[Callable[[], object]] = [
            lambda: calendar.create(marker(), FIELDS, NOW),
            lambda: calendar.update(seen, Change(title="New"), marker(2), NOW),
        ]
        for write in writes:
            world.server.forget()
            world.server.instead("PUT", status(code))
            with pytest.raises(AccountError):
                write()
            assert len(world.server.asked("PUT")) == 1
        world.server.forget()
        world.server.instead("DELETE", status(code))
        if code == 404:
            calendar.delete(seen)
        else:
            with pytest.raises(AccountError):
                calendar.delete(seen)
        assert len(world.server.asked("DELETE")) == 1

    @pytest.mark.parametrize("answer", [no_answer, status(502), html(500)], ids=["no answer", "502", "a page"])
    def test_a_lost_answer_is_found_again(self, world: World, answer: Any) -> None:
        calendar = world.open()
        calendar.look({})
        world.server.forget()
        world.server.instead("PUT", answer, after=True)
        with pytest.raises(Transient):
            calendar.create(marker(), FIELDS, NOW)
        assert len(world.server.asked("PUT")) == 1
        assert [event.uid for event in world.open().look({}).events] == [marker().uid]
        with pytest.raises(Conflict):
            world.open().create(marker(), FIELDS, NOW)

    def test_every_write_is_conditional(self, world: World) -> None:
        calendar = world.open()
        receipt = calendar.create(marker(), FIELDS, NOW)
        seen = world.open().look({}).events[0]
        assert receipt.etag == seen.etag
        changed = calendar.update(seen, Change(title="New"), None, NOW)
        calendar.delete(replace(seen, etag=changed.etag))
        first, second, third = (one for one in world.server.seen if one.method in ("PUT", "DELETE"))
        assert first.headers["if-none-match"] == "*"
        assert second.headers["if-match"] == receipt.etag
        assert third.headers["if-match"] == changed.etag
        assert first.body == ical.encode(marker(), FIELDS, NOW)

    def test_a_redirect_keeps_the_write_a_write(self, world: World) -> None:
        calendar = world.open()
        calendar.look({})
        world.server.instead("PUT", status(302, Location=world.href()))
        calendar.create(marker(), FIELDS, NOW)
        assert world.written().fields == FIELDS
        assert [one.method for one in world.server.seen[-2:]] == ["PUT", "PUT"]

    def test_the_environment_is_not_listened_to(self, world: World, tmp_path: Path) -> None:
        """In a process of its own: python-caldav reads the environment as it is imported."""
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password other\n")
        config = tmp_path / ".config" / "caldav" / "calendar.conf"
        config.parent.mkdir(parents=True)
        config.write_text('{"default": {"caldav_url": "http://127.0.0.1:9/", "caldav_user": "eve"}}')
        environment = {
            "HOME": str(tmp_path),
            "NETRC": str(tmp_path / ".netrc"),
            "TMPDIR": str(tmp_path),
            "PYTHON_CALDAV_COMMDUMP": "1",
            "PYTHON_CALDAV_DEBUGMODE": "DEBUG_PDB",
            "CALDAV_URL": "http://127.0.0.1:9/",
            "CALDAV_USERNAME": "eve",
            "CALDAV_PASSWORD": "other",
            "HTTP_PROXY": "http://127.0.0.1:9/",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        before = sorted(tmp_path.rglob("*"))
        command = [sys.executable, "-c", _ONE_OF_EACH.format(url=world.server.url)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "written\n", "")
        assert {one.method for one in world.server.seen} >= {"PROPFIND", "REPORT", "PUT", "DELETE"}
        signed = "Basic " + b64encode(b"ana:a password").decode()
        assert {one.headers["authorization"] for one in world.server.seen} == {signed}
        assert sorted(tmp_path.rglob("*")) == before


class TestServersThatKeepETagsBadly:
    @pytest.mark.parametrize("habit", ["silent_about_etags", "weak_etags_on_put"])
    def test_what_was_written_is_read_back_for_its_etag(self, world: World, habit: str) -> None:
        setattr(world.server.habits, habit, True)
        receipt = world.open().create(marker(), FIELDS, NOW)
        look = world.open().look({receipt.href: receipt.etag})
        assert receipt.etag is not None
        assert look.events == ()

    def test_a_server_that_rewrites_is_not_believed_to_have_an_edit_of_ours(self, world: World) -> None:
        world.server.habits.rewrites = True
        receipt = world.open().create(marker(), FIELDS, NOW)
        assert receipt.etag is not None, "what it changed is none of ours"
        seen = world.open().look({}).events[0]
        assert seen.fields == FIELDS
        assert world.open().update(seen, Change(title="New"), None, NOW).etag is not None

    def test_an_event_that_is_fetched_alone_has_the_etag_of_the_listing(self, world: World) -> None:
        world.server.habits.weakens_what_it_compresses = True
        seen = world.there()
        assert world.open().find(seen.uid) == seen

    def test_an_event_that_was_lost_in_storing_it_is_noticed(self, world: World) -> None:
        world.server.habits.loses_what_it_stores = True
        receipt = world.open(server="sogo").create(marker(), FIELDS, NOW)
        assert receipt.etag is None
        look = world.open(server="sogo").look({receipt.href: receipt.etag})
        assert [one.href for one in look.unreadable] == [receipt.href]

    def test_an_edit_between_a_write_and_reading_it_back_is_not_taken_for_ours(self, world: World) -> None:
        world.server.habits.silent_about_etags = True
        calendar = world.open()
        calendar.look({})

        def edited() -> tuple[int, dict[str, str], bytes]:
            raw = world.server.item(world.href()).replace(b"Reach out", b"Edited")
            world.server.store(world.href(), raw)
            return 200, {"Content-Type": "text/calendar", "ETag": '"7"'}, raw

        world.server.instead("GET", edited)
        receipt = calendar.create(marker(), FIELDS, NOW)
        assert receipt.etag is None
        assert world.open().look({receipt.href: None}).events[0].fields.title == "Edited: Ana"

    def test_what_cannot_be_read_back_is_written_all_the_same(self, world: World) -> None:
        world.server.habits.silent_about_etags = True
        calendar = world.open()
        calendar.look({})
        for _ in range(3):
            world.server.instead("GET", status(503))
        assert calendar.create(marker(), FIELDS, NOW).etag is None

    @pytest.mark.parametrize("habit", ["no_etags", "weak_etags"])
    def test_without_a_strong_etag_it_is_read_before_the_write(self, world: World, habit: str) -> None:
        setattr(world.server.habits, habit, True)
        seen = world.there()
        world.server.forget()
        world.open().update(seen, Change(title="New"), None, NOW)
        assert methods(world)[-3:] == ["GET", "PUT", "GET"]
        assert world.written().fields.title == "New"
        now = world.open().look({}).events[0]
        world.open().delete(now)
        assert world.open().look({}).events == ()

    def test_what_the_store_remembers_of_an_event_is_enough_for_a_weak_etag(self, world: World) -> None:
        world.server.habits.weak_etags = True
        seen = world.there()
        remembered = SeenEvent(seen.href, seen.etag, seen.uid, seen.fields)
        world.open().update(remembered, Change(title="New"), None, NOW)
        assert world.written().fields.title == "New"
        with pytest.raises(Conflict):
            world.open().update(remembered, Change(title="Newer"), None, NOW)

    def test_a_weak_etag_that_missed_an_edit_does_not_cost_it(self, world: World) -> None:
        world.server.habits.weak_etags = True
        seen = world.there()
        items = world.server.calendars[world.path].items
        name = f"{seen.uid}.ics"
        items[name] = (items[name][0], items[name][1].replace(b"Reach out", b"Mine"))
        with pytest.raises(Conflict):
            world.open().update(seen, Change(title="New"), None, NOW)

    @pytest.mark.parametrize("habit", ["no_etags", "weak_etags"])
    def test_and_an_edit_in_between_wins(self, world: World, habit: str) -> None:
        setattr(world.server.habits, habit, True)
        seen = world.there()
        world.server.store(seen.href, world.server.item(seen.href).replace(b"Reach out", b"Mine"))
        before = world.server.item(seen.href)
        with pytest.raises(Conflict):
            world.open().update(seen, Change(title="New"), None, NOW)
        with pytest.raises(Conflict):
            world.open().delete(seen)
        assert world.server.item(seen.href) == before


class TestServersThatWriteOver:
    @pytest.mark.parametrize("how", ["by its key", "by its header"])
    def test_they_are_asked_before_a_write(self, world: World, how: str) -> None:
        world.server.habits.ignores_if_none_match = True
        world.there()
        if how == "by its header":
            world.server.habits.calls_itself = "SOGo/5.12"
            calendar = world.open()
        else:
            calendar = world.open(server="sogo")
        before = world.server.item(world.href())
        with pytest.raises(Conflict):
            calendar.create(marker(), replace(FIELDS, title="Again"), NOW)
        assert world.server.item(world.href()) == before
        assert world.server.asked("PUT") == []

    def test_so_are_they_before_an_update_of_what_was_just_seen(self, world: World) -> None:
        calendar = world.open(server="zimbra")
        world.there()
        seen = calendar.look({}).events[0]
        world.server.forget()
        calendar.update(seen, Change(title="New"), None, NOW)
        assert methods(world) == ["GET", "PUT", "GET"]

    def test_others_are_not(self, world: World) -> None:
        world.there()
        calendar = world.open()
        seen = calendar.look({}).events[0]
        world.server.forget()
        calendar.update(seen, Change(title="New"), None, NOW)
        assert methods(world) == ["PUT"]


class TestTrashAndTakenNames:
    def test_the_uid_of_a_deleted_event_is_a_conflict(self, world: World) -> None:
        world.server.habits.keeps_uids_of_the_deleted = True
        seen = world.there()
        world.server.remove(seen.href)
        with pytest.raises(Conflict):
            world.open().create(marker(), FIELDS, NOW)
        assert world.open().find(marker().uid) is None

    def test_another_bad_request_is_the_items_own(self, world: World) -> None:
        calendar = world.open()
        calendar.look({})
        world.server.instead("PUT", status(400))
        with pytest.raises(Rejected):
            calendar.create(marker(), FIELDS, NOW)

    def test_a_uid_that_another_calendar_has_is_a_conflict(self, world: World) -> None:
        world.server.habits.one_uid_in_an_account = True
        other = world.server.make("work", "Work")
        world.server.store(f"{other}{marker().uid}.ics", ical.encode(marker(), FIELDS, NOW))
        with pytest.raises(Conflict):
            world.open().create(marker(), FIELDS, NOW)
        found = world.open().find(marker().uid)
        assert found is not None
        assert found.href == f"{other}{marker().uid}.ics"

    def test_deleting_what_is_gone_is_no_error_even_if_the_server_says_so(self, world: World) -> None:
        world.server.habits.refuses_second_deletion = True
        seen = world.there()
        world.open().delete(seen)
        world.open().delete(seen)

    def test_a_refused_deletion_is(self, world: World) -> None:
        seen = world.there()
        calendar = world.open()
        calendar.look({})
        world.server.instead("DELETE", status(403))
        with pytest.raises(Denied):
            calendar.delete(seen)


class TestMovedElsewhere:
    @pytest.mark.parametrize("habit", ["", "no_search", "finds_too_much"])
    def test_an_event_in_another_calendar_is_found(self, world: World, habit: str) -> None:
        other = world.server.make("work", "Work")
        world.server.store(f"{other}dentist.ics", foreign("dentist"))
        seen = world.there()
        world.server.store(f"{other}{seen.uid}.ics", world.server.item(seen.href))
        world.server.remove(seen.href)
        if habit:
            setattr(world.server.habits, habit, 501)
        assert world.open().look({seen.href: seen.etag}).absent == {seen.href}
        found = world.open().find(seen.uid)
        assert found is not None
        assert (found.href, found.fields) == (f"{other}{seen.uid}.ics", seen.fields)

    def test_so_is_one_beside_a_calendar_whose_address_was_given(self, world: World) -> None:
        other = world.server.make("work", "Work")
        world.server.store(f"{other}{marker().uid}.ics", ical.encode(marker(), FIELDS, NOW))
        given = world.open(calendar_url=world.server.url.rstrip("/") + world.path)
        found = given.find(marker().uid)
        assert found is not None
        assert found.href == f"{other}{marker().uid}.ics"

    def test_it_is_read_there_from_then_on(self, world: World) -> None:
        other = world.server.make("work", "Work")
        href = Href(f"{other}{marker().uid}.ics")
        world.server.store(href, ical.encode(marker(), FIELDS, NOW))
        found = world.open().find(marker().uid)
        assert found is not None
        first = world.open().look({href: found.etag})
        assert (first.events, first.absent) == ((), frozenset())
        world.server.store(href, world.server.item(href).replace(b"Reach out", b"Done"))
        world.server.forget()
        second = world.open().look({href: found.etag}, first.cursor)
        assert [event.fields.title for event in second.events] == ["Done: Ana"]
        assert methods(world) == ["PROPFIND", "GET", *methods(world)[2:]]
        world.open().update(second.events[0], Change(title="New"), None, NOW)
        world.server.remove(href)
        assert world.open().look({href: found.etag}, second.cursor).absent == {href}

    def test_an_event_under_another_name_is_found(self, world: World) -> None:
        world.server.store(f"{world.path}A-NAME-OF-THE-APP.ics", ical.encode(marker(), FIELDS, NOW))
        found = world.open().find(marker().uid)
        assert found is not None
        assert found.href == f"{world.path}A-NAME-OF-THE-APP.ics"

    def test_one_in_a_calendar_that_may_not_be_read_any_more_stops_nothing(self, world: World) -> None:
        other = world.server.make("work", "Work")
        href = Href(f"{other}{marker().uid}.ics")
        world.server.store(href, ical.encode(marker(), FIELDS, NOW))
        world.server.instead("GET", status(403))
        look = world.open().look({href: ETag('"1"')})
        assert [item.href for item in look.unreadable] == [href]
        assert look.absent == frozenset()

    def test_a_search_that_fails_is_no_absence(self, world: World) -> None:
        world.server.make("work", "Work")
        calendar = world.open()
        calendar.look({})
        for _ in range(3):
            world.server.instead("REPORT", status(503))
        with pytest.raises(Transient):
            calendar.find(EventUid(marker().uid))


class TestTheCalendarItself:
    def test_it_is_made_once(self, world: World) -> None:
        world.server.calendars.clear()
        calendar = world.open()
        assert not calendar.is_there()
        calendar.prepare()
        world.open().prepare()
        assert len(world.server.asked("MKCALENDAR")) == 1
        assert [one.name for one in world.server.calendars.values()] == [NAME]
        assert world.open().look({}).events == ()

    def test_an_address_that_is_taken_is_not_fought_for(self, world: World) -> None:
        world.server.calendars.clear()
        world.server.make("kith-keep-in-touch", "Something else")
        world.open().prepare()
        assert sorted(one.name for one in world.server.calendars.values()) == [NAME, "Something else"]

    @pytest.mark.parametrize("code", [403, 405, 501])
    def test_where_it_cannot_be_made_the_user_hears_what_to_do(self, world: World, code: int) -> None:
        world.server.calendars.clear()
        world.server.make("work", "Work")
        world.server.habits.no_mkcalendar = code
        with pytest.raises(Denied) as caught:
            world.open().prepare()
        assert NAME in caught.value.message
        assert "“Work”" in caught.value.message
        assert "name one that is there" in caught.value.hint

    def test_nor_is_it_tried_where_it_is_known_not_to_work(self, world: World) -> None:
        world.server.calendars.clear()
        with pytest.raises(Denied):
            world.open(server="posteo").prepare()
        assert world.server.asked("MKCALENDAR") == []

    def test_a_calendar_that_is_gone_is_a_fault_and_is_not_made_again(self, world: World) -> None:
        seen = world.there()
        cursor = world.open().look({seen.href: seen.etag}).cursor
        del world.server.calendars[world.path]
        with pytest.raises(Denied) as caught:
            world.open().look({seen.href: seen.etag}, cursor)
        assert NAME in caught.value.message
        assert world.server.asked("MKCALENDAR") == []

    def test_so_is_one_in_the_trash_bin(self, world: World) -> None:
        world.server.habits.hides_deleted_calendars = True
        seen = world.there()
        cursor = world.open().look({seen.href: seen.etag}).cursor
        world.server.calendars[world.path].deleted = True
        with pytest.raises(Denied):
            world.open().look({seen.href: seen.etag}, cursor)

    def test_one_that_was_made_anew_elsewhere_is_another_one(self, world: World) -> None:
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        del world.server.calendars[world.path]
        world.server.make("anew", NAME)
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert second.identity != first.identity
        assert second.absent == {seen.href}

    def test_one_that_was_made_anew_in_its_place_is_another_one_where_that_can_be_told(self, world: World) -> None:
        world.server.habits.sabre_tokens = True
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        del world.server.calendars[world.path]
        world.server.make("kith", NAME)
        second = world.open().look({seen.href: seen.etag}, first.cursor)
        assert second.identity != first.identity
        assert world.open().look({}, second.cursor).identity == second.identity

    def test_one_that_was_renamed_is_still_the_same(self, world: World) -> None:
        seen = world.there()
        first = world.open().look({seen.href: seen.etag})
        world.server.calendars[world.path].name = "Renamed on the phone"
        assert world.open().look({seen.href: seen.etag}, first.cursor).identity == first.identity

    def test_an_address_of_the_calendar_itself_needs_no_name(self, world: World) -> None:
        world.server.calendars[world.path].name = "Anything"
        world.open(calendar_url=world.server.url.rstrip("/") + world.path).create(marker(), FIELDS, NOW)
        assert world.written().fields == FIELDS

    @pytest.mark.parametrize(("code", "error"), [(401, SignInNeeded), (403, Denied), (404, Denied), (503, Transient)])
    def test_what_the_server_says_is_what_it_means(self, world: World, code: int, error: type[AccountError]) -> None:
        for _ in range(20):
            world.server.instead("", status(code))
        with pytest.raises(error):
            world.open().look({})


class TestTimeZones:
    def test_yahoo_gets_utc(self, world: World) -> None:
        calendar = world.open(server="yahoo")
        calendar.create(marker(), FIELDS, NOW)
        raw = world.server.item(world.href())
        assert b"DTSTART:20261007T153000Z" in raw
        assert b"VTIMEZONE" not in raw
        seen = calendar.look({}).events[0]
        assert seen.fields.when.same_start(FIELDS.when)
        later = Timed(datetime(2026, 11, 7, 9, 0, tzinfo=ZONE), timedelta(minutes=15))
        calendar.update(seen, Change(when=later), None, NOW)
        assert b"DTSTART:20261107T080000Z" in world.server.item(world.href())

    @pytest.mark.parametrize("habit", ["renames_zones", "forgets_zones"])
    def test_what_was_meant_comes_back_from_servers_that_touch_zones(self, world: World, habit: str) -> None:
        setattr(world.server.habits, habit, True)
        for n, month in enumerate((1, 7), start=1):
            when = Timed(datetime(2027, month, 7, 17, 30, tzinfo=ZONE), timedelta(minutes=15))
            world.open().create(marker(n), replace(FIELDS, when=when), NOW)
        starts = {
            event.fields.when.start for event in world.open().look({}).events if isinstance(event.fields.when, Timed)
        }
        assert starts == {datetime(2027, 1, 7, 16, 30, tzinfo=UTC), datetime(2027, 7, 7, 15, 30, tzinfo=UTC)}

    def test_others_get_the_zone_and_its_rules(self, world: World) -> None:
        world.open().create(marker(), FIELDS, NOW)
        raw = world.server.item(world.href())
        assert b"DTSTART;TZID=Europe/Prague:20261007T173000" in raw
        assert b"BEGIN:VTIMEZONE" in raw
