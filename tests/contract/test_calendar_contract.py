"""What every calendar must do, whatever stands behind it.

A back end comes in by an :class:`OtherClient`: the means by which this suite acts as the user's calendar app does. To
put another one under the contract, write its client and add it to ``CLIENTS``; the tests stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest

from fakes.calendar import ETags, FakeCalendar
from fakes.source import FakeSource
from kith.calendars.base import Calendar, Look, Receipt
from kith.calendars.ics_folder import IcsFolder
from kith.core.event import AllDay, Change, Fields, Kind, Marker, SeenEvent, Timed, When, line_digests, start_text
from kith.core.model import AccountId, Cadence, CardUid, Circle, ETag, EventUid, Href, InstallId, PartialDate, PersonId
from kith.core.period import Period
from kith.core.report import PassReport, Trouble
from kith.core.rules import DateRules, DayRules, Rules
from kith.errors import AccountError, Conflict
from kith.store.people import PersonRow
from kith.store.store import Store, open_store
from kith.sync.problems import Notify
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WHEN = Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), timedelta(minutes=15))
BRIEF = "inner, every 2 weeks\n\n20 Sep 2026 (call): New flat; bread, recipes\n\n— write below this line —"
FIELDS = Fields(WHEN, "Reach out: Ana Souza", BRIEF)


def marker(subject: str = "ana", n: int = 1, *, install: str = "5b2f0c1e") -> Marker:
    return Marker(
        *(InstallId(install), 1, Kind.REACH_OUT, subject, n),
        card=CardUid(f"card-{subject}"),
        title="Reach out: Ana Souza",
        start=start_text(WHEN),
        lines=line_digests(BRIEF.splitlines()),
    )


class OtherClient(Protocol):
    """Another program that uses the same calendar."""

    def open(self) -> Calendar:
        """The calendar as kith opens it at the beginning of a pass."""

    def items(self) -> dict[Href, bytes]:
        """Everything in it, kith's and others', to the letter."""

    def edit(self, href: Href, *, title: str | None = None, description: str | None = None) -> None:
        """Change an event's texts, as a user does."""

    def decorate(self, href: Href) -> None:
        """Put something into an event that kith knows nothing of."""

    def is_decorated(self, href: Href) -> bool:
        """Whether that is still there."""

    def copy(self, href: Href) -> Href:
        """Copy an event as calendar apps do: under a new UID, with everything in it."""

    def add(self, title: str, uid: str = "") -> Href:
        """Make an event of the user's own."""

    def delete(self, href: Href) -> None:
        """Delete an event."""

    def garble(self, href: Href) -> None:
        """Make an event unreadable."""

    def renew(self) -> None:
        """Delete the calendar, and make another of the same name and with the same events."""

    def take_away(self) -> None:
        """Delete the calendar, or unmount it, or take away all access to it."""

    def is_there(self) -> bool:
        """Whether the calendar is there."""


class FolderClient:
    """Another program on a folder of ``.ics`` files, such as khal or vdirsyncer."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "calendar"
        self._folder.mkdir()

    def open(self) -> Calendar:
        return IcsFolder(AccountId("disk"), self._folder, LISBON)

    def items(self) -> dict[Href, bytes]:
        return {Href(path.name): path.read_bytes() for path in sorted(self._folder.iterdir())}

    def edit(self, href: Href, *, title: str | None = None, description: str | None = None) -> None:
        lines = (self._folder / href).read_bytes().replace(b"\r\n ", b"").split(b"\r\n")
        start = next(position for position, line in enumerate(lines) if line.startswith(b"BEGIN:VALARM"))
        for name, text in ((b"SUMMARY", title), (b"DESCRIPTION", description)):
            if text is not None:
                escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
                mine = next(position for position in range(start) if lines[position].startswith(name))
                lines[mine] = name + b":" + escaped.encode()
        (self._folder / href).write_bytes(b"\r\n".join(lines))

    def decorate(self, href: Href) -> None:
        path = self._folder / href
        path.write_bytes(path.read_bytes().replace(b"CLASS:PRIVATE", b"CLASS:PRIVATE\r\nX-OTHER;A=1:kept\\, too"))

    def is_decorated(self, href: Href) -> bool:
        return b"\r\nX-OTHER;A=1:kept\\, too\r\n" in (self._folder / href).read_bytes()

    def copy(self, href: Href) -> Href:
        raw = (self._folder / href).read_bytes()
        uid = raw.split(b"BEGIN:VEVENT\r\nUID:")[1].split(b"\r\n")[0]
        (self._folder / "copy.ics").write_bytes(raw.replace(b"\nUID:" + uid, b"\nUID:copy"))
        return Href("copy.ics")

    def add(self, title: str, uid: str = "") -> Href:
        name = Href(f"{uid or title}.ics")
        (self._folder / name).write_text(
            f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:{uid or title}\nDTSTART:20261007T180000Z\n"
            f"SUMMARY:{title}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
        return name

    def delete(self, href: Href) -> None:
        (self._folder / href).unlink()

    def garble(self, href: Href) -> None:
        raw = (self._folder / href).read_bytes()
        (self._folder / href).write_bytes(raw[: len(raw) // 2])

    def renew(self) -> None:
        old = self._folder.rename(self._folder.with_name("old"))
        shutil.copytree(old, self._folder)

    def take_away(self) -> None:
        shutil.rmtree(self._folder)

    def is_there(self) -> bool:
        return self._folder.exists()


class MemoryClient:
    """The calendar that the stateful tests pretend to have: what holds there must hold here, too."""

    def __init__(self, _: Path, etags: ETags = ETags.STEADY) -> None:
        self._calendar = FakeCalendar(etags=etags)

    def open(self) -> Calendar:
        return self._calendar

    def items(self) -> dict[Href, bytes]:
        return {entry.href: repr(entry).encode() for entry in self._calendar.entries()}

    def edit(self, href: Href, *, title: str | None = None, description: str | None = None) -> None:
        if title is not None:
            self._calendar.retitle(self._uid(href), title)
        if description is not None:
            self._calendar.erase(self._uid(href), "")
            self._calendar.type_below(self._uid(href), description)

    def decorate(self, href: Href) -> None:
        self._calendar.add_place(self._uid(href), "Café")

    def is_decorated(self, href: Href) -> bool:
        return next(entry.place for entry in self._calendar.entries() if entry.href == href) == "Café"

    def copy(self, href: Href) -> Href:
        return self._href(self._calendar.copy(self._uid(href)))

    def add(self, title: str, uid: str = "") -> Href:
        own = self._calendar.get(self._calendar.add_own(title, NOW))
        assert own is not None
        if uid:
            self._calendar._entries[own.href] = replace(own, uid=EventUid(uid))
        return own.href

    def delete(self, href: Href) -> None:
        self._calendar.remove(self._uid(href))

    def garble(self, href: Href) -> None:
        self._calendar.garble(self._uid(href))

    def renew(self) -> None:
        self._calendar.become_another()

    def take_away(self) -> None:
        self._calendar.reachable = False

    def is_there(self) -> bool:
        return self._calendar.reachable

    def _uid(self, href: Href) -> EventUid:
        return next(entry.uid for entry in self._calendar.entries() if entry.href == href)

    def _href(self, uid: EventUid) -> Href:
        return next(entry.href for entry in self._calendar.entries() if entry.uid == uid)


CLIENTS: dict[str, Callable[[Path], OtherClient]] = {
    "a folder of .ics files": FolderClient,
    "in memory": MemoryClient,
    "in memory, without ETags": lambda place: MemoryClient(place, ETags.ABSENT),
}


@pytest.fixture(params=list(CLIENTS.values()), ids=list(CLIENTS))
def client(request: pytest.FixtureRequest, tmp_path: Path) -> OtherClient:
    made: OtherClient = request.param(tmp_path)
    return made


def known(*receipts: Receipt) -> dict[Href, ETag | None]:
    return {receipt.href: receipt.etag for receipt in receipts}


def only(look: Look) -> SeenEvent:
    assert len(look.events) == 1
    return look.events[0]


def there(client: OtherClient, fields: Fields = FIELDS) -> SeenEvent:
    """An event of kith's in the calendar, as it was seen at the beginning of a pass."""
    client.open().create(marker(), fields, NOW)
    return only(client.open().look({}))


class TestLooking:
    def test_a_calendar_is_the_same_one_each_time_it_is_opened(self, client: OtherClient) -> None:
        one, other = client.open(), client.open()

        assert (one.account, one.name) == (other.account, other.name)
        assert one.name
        assert one.look({}).identity == other.look({}).identity != ""

    def test_an_empty_calendar_shows_nothing(self, client: OtherClient) -> None:
        look = client.open().look({})

        assert (look.events, look.absent, look.unreadable) == ((), frozenset(), ())

    def test_looking_changes_nothing(self, client: OtherClient) -> None:
        there(client)
        client.add("Dentist")
        before = client.items()

        client.open().look({})
        client.open().find(marker().uid)
        client.open().find(EventUid("nobody's"))

        assert client.items() == before

    def test_an_event_in_a_known_state_is_not_shown_again(self, client: OtherClient) -> None:
        seen = there(client)

        look = client.open().look({seen.href: seen.etag})

        assert look.events == (() if seen.etag is not None else (seen,))
        assert (look.absent, look.unreadable) == (frozenset(), ())

    def test_an_event_without_a_known_state_is_always_shown(self, client: OtherClient) -> None:
        seen = there(client)

        assert only(client.open().look({seen.href: None})) == seen

    def test_an_edited_event_is_shown_as_it_is_now(self, client: OtherClient) -> None:
        seen = there(client)
        client.edit(seen.href, title="✓ Reach out: Ana Souza", description=f"{BRIEF}\nLunch; cake, coffee\nMore")

        now = only(client.open().look({seen.href: seen.etag}))

        assert (now.href, now.uid, now.marker) == (seen.href, seen.uid, seen.marker)
        assert now.fields == replace(
            FIELDS, title="✓ Reach out: Ana Souza", description=f"{BRIEF}\nLunch; cake, coffee\nMore"
        )
        assert now.etag != seen.etag or now.etag is None

    def test_what_is_known_and_not_there_is_absent(self, client: OtherClient) -> None:
        seen = there(client)
        client.delete(seen.href)

        look = client.open().look({seen.href: seen.etag, Href("never-was.ics"): ETag("1")})

        assert look.absent == {seen.href, Href("never-was.ics")}
        assert look.events == ()

    def test_others_events_are_not_shown(self, client: OtherClient) -> None:
        client.add("Dentist")
        seen = there(client)

        look = client.open().look({})

        assert look.events == (seen,)
        assert look.unreadable == ()

    def test_events_of_another_install_are_shown(self, client: OtherClient) -> None:
        theirs = marker(install="another")
        client.open().create(theirs, FIELDS, NOW)

        assert only(client.open().look({})).marker == theirs

    def test_a_copy_is_shown_with_a_name_that_is_not_in_its_mark(self, client: OtherClient) -> None:
        seen = there(client)
        href = client.copy(seen.href)

        copied = next(event for event in client.open().look({seen.href: seen.etag}).events if event.href == href)

        assert copied.marker == seen.marker
        assert copied.uid not in ("", seen.uid)

    def test_an_unreadable_event_is_neither_absent_nor_shown(self, client: OtherClient) -> None:
        seen = there(client)
        client.open().create(marker("bea"), FIELDS, NOW)
        client.garble(seen.href)
        before = client.items()

        look = client.open().look({seen.href: seen.etag})

        assert [item.href for item in look.unreadable] == [seen.href]
        assert look.unreadable[0].reason
        assert [event.uid for event in look.events] == [marker("bea").uid]
        assert look.absent == frozenset()
        assert client.items() == before

    def test_another_calendar_in_its_place_has_another_identity(self, client: OtherClient) -> None:
        seen = there(client)
        before = client.open().look({}).identity
        client.renew()

        look = client.open().look({})

        assert look.identity not in ("", before)
        assert [event.uid for event in look.events] == [seen.uid]


class TestFinding:
    def test_an_event_is_found_by_its_uid(self, client: OtherClient) -> None:
        seen = there(client)
        client.open().create(marker("bea"), FIELDS, NOW)

        assert client.open().find(seen.uid) == seen

    def test_what_is_not_there_is_not_found(self, client: OtherClient) -> None:
        seen = there(client)
        client.delete(seen.href)

        assert client.open().find(seen.uid) is None
        assert client.open().find(EventUid("nobody's")) is None

    def test_an_event_of_somebody_else_is_found_without_a_mark(self, client: OtherClient) -> None:
        client.add("Dentist", uid="dentist")

        found = client.open().find(EventUid("dentist"))

        assert found is not None
        assert (found.uid, found.marker, found.fields.title) == ("dentist", None, "Dentist")


HARD = "a, b; c\\n \\N \"d\" 'e' <b>&amp;</b>\n\n  indented\ttab\n— ✓ 🌻 Ünïcødé " + "long " * 60 + "\nEND:VEVENT\n:"


class TestCreating:
    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param(FIELDS, id="an ordinary one"),
            pytest.param(Fields(WHEN, "a, b; c\\N — ✓ 🌻", HARD.strip()), id="hard texts"),
            pytest.param(Fields(WHEN, "Ana", ""), id="no description"),
            pytest.param(Fields(AllDay(date(2026, 10, 7)), "Ana", BRIEF), id="all day"),
            pytest.param(Fields(WHEN, "Ana", BRIEF, alarm=False), id="no alarm"),
            pytest.param(
                Fields(Timed(datetime(2026, 10, 7, 16, 30, tzinfo=UTC), timedelta(minutes=15)), "Ana", BRIEF),
                id="in UTC",
            ),
            pytest.param(
                Fields(Timed(datetime(2027, 3, 28, 0, 50, tzinfo=LISBON), timedelta(minutes=15)), "Ana", BRIEF),
                id="over the beginning of summer time",
            ),
        ],
    )
    def test_what_is_written_is_seen(self, client: OtherClient, fields: Fields) -> None:
        receipt = client.open().create(marker(), fields, NOW)

        seen = only(client.open().look({}))

        assert seen.fields == fields
        assert seen.fields.when.same_start(fields.when)
        assert (seen.href, seen.uid, seen.marker) == (receipt.href, marker().uid, marker())
        assert receipt.etag in (None, seen.etag)
        assert (seen.repeats, seen.extras, seen.occurrences) == (False, False, ())

    def test_the_receipt_says_what_is_known_from_now_on(self, client: OtherClient) -> None:
        calendar = client.open()
        receipts = [calendar.create(marker(subject), FIELDS, NOW) for subject in ("ana", "bea", "eva")]

        look = client.open().look(known(*receipts))

        assert {event.href for event in look.events} <= {r.href for r in receipts if r.etag is None}
        assert look.absent == frozenset()
        assert set(client.items()) == {receipt.href for receipt in receipts}

    def test_nothing_is_written_over(self, client: OtherClient) -> None:
        seen = there(client)
        client.edit(seen.href, description=f"{BRIEF}\nLunch")
        before = client.items()

        with pytest.raises(Conflict):
            client.open().create(marker(), replace(FIELDS, title="Again"), LATER)
        assert client.items() == before

    def test_not_even_somebody_else_s_event_of_that_name(self, client: OtherClient) -> None:
        client.add("Dentist", uid=marker().uid)
        before = client.items()

        with pytest.raises(Conflict):
            client.open().create(marker(), FIELDS, NOW)
        assert client.items() == before


CHANGES = [
    pytest.param(Change(title="✓ Reach out: Ana, Souza"), id="title"),
    pytest.param(Change(description=f"{HARD}\nend"), id="description"),
    pytest.param(Change(when=Timed(datetime(2026, 10, 9, 9, 0, tzinfo=LISBON), timedelta(minutes=30))), id="time"),
    pytest.param(
        Change(when=Timed(datetime(2026, 10, 9, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo")), timedelta(minutes=15))),
        id="time and zone",
    ),
    pytest.param(Change(when=AllDay(date(2026, 10, 9))), id="to all day"),
    pytest.param(Change(alarm=False), id="alarm off"),
    pytest.param(Change(WHEN, "New", "New", alarm=False), id="everything"),
    pytest.param(Change(), id="nothing but the mark"),
]


class TestUpdating:
    @pytest.mark.parametrize("change", CHANGES)
    def test_only_what_is_asked_is_changed(self, client: OtherClient, change: Change) -> None:
        there(client)
        client.decorate(client.open().look({}).events[0].href)
        seen = only(client.open().look({}))
        new = replace(marker(), title="New")

        receipt = client.open().update(seen, change, new, LATER)

        now = only(client.open().look({}))
        assert now.fields == Fields(
            when=change.when or FIELDS.when,
            title=change.title or FIELDS.title,
            description=change.description or FIELDS.description,
            alarm=change.alarm is not False,
        )
        assert (now.uid, now.marker) == (seen.uid, new)
        assert client.is_decorated(now.href)
        assert receipt.href == now.href
        assert receipt.etag in (None, now.etag)
        assert (now.repeats, now.extras) == (seen.repeats, seen.extras)

    def test_without_a_mark_the_old_one_stays(self, client: OtherClient) -> None:
        seen = there(client)

        client.open().update(seen, Change(title="New"), None, LATER)

        assert only(client.open().look({})).marker == marker()

    def test_an_all_day_event_becomes_timed_again(self, client: OtherClient) -> None:
        seen = there(client, replace(FIELDS, when=AllDay(date(2026, 10, 7))))

        client.open().update(seen, Change(when=WHEN), None, LATER)

        assert only(client.open().look({})).fields == FIELDS

    def test_updates_follow_each_other(self, client: OtherClient) -> None:
        seen = there(client)
        for n in range(3):
            receipt = client.open().update(seen, Change(title=f"Title {n}"), None, LATER)
            seen = only(client.open().look({}))
            assert receipt.etag in (None, seen.etag)

        assert seen.fields == replace(FIELDS, title="Title 2")

    def test_the_receipt_says_what_is_known_from_now_on(self, client: OtherClient) -> None:
        receipt = client.open().update(there(client), Change(title="New"), None, LATER)

        look = client.open().look(known(receipt))

        assert look.events == () or receipt.etag is None
        assert look.absent == frozenset()

    def test_an_edit_that_came_in_between_wins(self, client: OtherClient) -> None:
        seen = there(client)
        client.edit(seen.href, description=f"{BRIEF}\nLunch")
        before = client.items()

        with pytest.raises(Conflict):
            client.open().update(seen, Change(description="New brief"), marker(), LATER)
        assert client.items() == before

    def test_so_does_a_write_of_our_own(self, client: OtherClient) -> None:
        seen = there(client)
        client.open().update(seen, Change(title="First"), None, LATER)

        with pytest.raises(Conflict):
            client.open().update(seen, Change(title="Second"), None, LATER)
        assert only(client.open().look({})).fields.title == "First"

    def test_what_was_deleted_is_not_brought_back(self, client: OtherClient) -> None:
        seen = there(client)
        client.delete(seen.href)

        with pytest.raises(Conflict):
            client.open().update(seen, Change(title="New"), marker(), LATER)
        assert client.items() == {}


class TestDeleting:
    def test_what_is_deleted_is_gone(self, client: OtherClient) -> None:
        seen = there(client)
        client.open().delete(seen)

        assert client.items() == {}
        assert client.open().look({seen.href: seen.etag}).absent == {seen.href}
        assert client.open().find(seen.uid) is None

    def test_deleting_twice_is_no_error(self, client: OtherClient) -> None:
        seen = there(client)
        client.open().delete(seen)
        client.open().delete(seen)

        assert client.items() == {}

    def test_an_edit_that_came_in_between_wins(self, client: OtherClient) -> None:
        seen = there(client)
        client.edit(seen.href, description=f"{BRIEF}\nLunch")
        before = client.items()

        with pytest.raises(Conflict):
            client.open().delete(seen)
        assert client.items() == before


class TestOthersEvents:
    def test_they_are_never_touched(self, client: OtherClient) -> None:
        hrefs = [client.add(title) for title in ("Dentist", "Choir")]
        theirs = {href: client.items()[href] for href in hrefs}
        calendar = client.open()

        calendar.create(marker(), FIELDS, NOW)
        calendar.update(only(calendar.look({})), Change(title="New"), marker(), LATER)
        calendar.delete(only(calendar.look({})))

        assert client.items() == theirs

    def test_nor_is_a_copy_of_ours(self, client: OtherClient) -> None:
        seen = there(client)
        copied = client.copy(seen.href)
        theirs = client.items()[copied]

        client.open().update(seen, Change(title="New"), marker(), LATER)
        now = next(event for event in client.open().look({}).events if event.uid == seen.uid)
        client.open().delete(now)

        assert client.items() == {copied: theirs}


SEEN = SeenEvent(Href("a.ics"), ETag("1"), marker().uid, FIELDS, marker())


class TestACalendarThatIsNotThere:
    @pytest.mark.parametrize(
        "use",
        [
            pytest.param(lambda calendar: calendar.look({}), id="looking"),
            pytest.param(lambda calendar: calendar.look({SEEN.href: SEEN.etag}), id="looking again"),
            pytest.param(lambda calendar: calendar.find(marker().uid), id="finding"),
            pytest.param(lambda calendar: calendar.create(marker(), FIELDS, NOW), id="creating"),
            pytest.param(lambda calendar: calendar.update(SEEN, Change(title="New"), None, NOW), id="updating"),
            pytest.param(lambda calendar: calendar.delete(SEEN), id="deleting"),
        ],
    )
    def test_it_is_an_error_and_nothing_is_made(self, client: OtherClient, use: Callable[[Calendar], object]) -> None:
        calendar = client.open()
        client.take_away()

        with pytest.raises(AccountError) as caught:
            use(calendar)
        assert not isinstance(caught.value, Conflict)
        assert caught.value.message
        assert not client.is_there()


class TestPasses:
    """What whole passes write there beside people's reach-outs, and read back."""

    def test_a_problem_is_told_and_goes_when_it_is_mended(self, client: OtherClient, tmp_path: Path) -> None:
        with household(client, tmp_path) as home:
            home.a_pass(trouble=True)
            assert home.kinds() == [Kind.REACH_OUT, Kind.PROBLEM]
            assert home.told() == ["kith cannot sign in to “work”"]
            assert home.a_pass(trouble=True).told == []
            home.now += timedelta(days=1)
            home.a_pass(trouble=True)
            assert home.when(Kind.PROBLEM) == AllDay(home.now.astimezone(LISBON).date())
            assert home.a_pass().cleared == ["kith cannot sign in to “work”"]
            assert home.kinds() == [Kind.REACH_OUT]
            assert home.a_pass().quiet

    def test_a_birthday_is_written_once_and_its_greeting_counts(self, client: OtherClient, tmp_path: Path) -> None:
        with household(client, tmp_path, birthday=PartialDate(10, 10, 1980)) as home:
            home.a_pass()
            assert home.kinds() == [Kind.REACH_OUT, Kind.DATE]
            assert home.a_pass().quiet
            home.now = datetime(2026, 10, 10, 20, 0, tzinfo=LISBON)
            client.edit(home.href(Kind.DATE), title="✓ Birthday: Ana Souza")
            report = home.a_pass()
            assert [(one.what, one.person) for one in report.understood] == [("talked", "Ana Souza")]
            assert home.conversations() == [home.now.date()]
            assert home.a_pass().quiet

    def test_an_introduction_and_a_scout_are_written_once_and_answered(
        self, client: OtherClient, tmp_path: Path
    ) -> None:
        with household(client, tmp_path) as home:
            home.plan_to_give()
            home.a_pass()
            assert home.kinds() == [Kind.REACH_OUT, Kind.INTRODUCTION, Kind.SCOUT]
            assert home.a_pass().quiet
            starts = [home.when(kind) for kind in (Kind.INTRODUCTION, Kind.SCOUT)]
            home.now = max(when.start for when in starts if isinstance(when, Timed))
            client.edit(home.href(Kind.INTRODUCTION), title="✓ Introduce Ana Souza and Bea Lima")
            client.edit(home.href(Kind.SCOUT), description="Asked Ana about the pianist")
            report = home.a_pass()
            assert sorted((one.what, one.person) for one in report.understood) == [
                *(("talked", "Ana Souza"), ("talked", "Bea Lima"), ("talked", "Meet someone new: A pianist")),
            ]
            assert home.kinds().count(Kind.SCOUT) == 2, "the next week has one again"
            assert home.a_pass().quiet


class Household:
    """A store with one person in it, and passes over the client's calendar."""

    def __init__(self, client: OtherClient, store: Store, birthday: PartialDate | None) -> None:
        self.now = NOW
        self._client = client
        self._store = store
        self._book = FakeSource()
        self._book.put("ana.vcf", replace(self._book.card("ana", "Ana Souza", "Family"), birthday=birthday))

    def a_pass(self, *, trouble: bool = False) -> PassReport:
        wrong = [Trouble("work", "SignInNeeded", "it did not accept the sign-in", "run `kith login work`")]
        calendar = self._client.open()
        report = Pass(
            self._store,
            [self._book],
            calendar,
            RULES,
            self.now,
            lambda: "unused",
            troubles=wrong if trouble else [],
            notify=Notify(problems=True),
        ).run()
        assert report.troubles == (wrong if trouble else [])
        return report

    def plan_to_give(self) -> None:
        """Two people are to meet, and somebody is looked for."""
        bea = PersonId("bea")
        self.a_pass()
        ana = self._store.people.everybody()[0].id
        with self._store.transaction():
            self._store.people.add(PersonRow(bea, "Bea Lima", by_hand=True), self.now)
            self._store.introductions.add("introduction", ana, bea, "Both bake", self.now)
            self._store.scouts.add("scout", "A pianist", ana, "", self.now)

    def kinds(self) -> list[Kind]:
        return [event.marker.kind for event in self._events() if event.marker]

    def told(self) -> list[str]:
        return [event.fields.title for event in self._events() if event.marker and event.marker.kind is Kind.PROBLEM]

    def when(self, kind: Kind) -> When:
        return self._one(kind).fields.when

    def href(self, kind: Kind) -> Href:
        return self._one(kind).href

    def conversations(self) -> list[date]:
        return [said.day for spoken in self._store.people.conversations().values() for said in spoken]

    def _one(self, kind: Kind) -> SeenEvent:
        (found,) = [event for event in self._events() if event.marker and event.marker.kind is kind]
        return found

    def _events(self) -> list[SeenEvent]:
        order = list(Kind)
        found = [event for event in self._client.open().look({}).events if event.marker]
        return sorted(found, key=lambda event: order.index(event.marker.kind) if event.marker else 0)


RULES = Rules(
    DayRules(LISBON),
    circles=(Circle("inner", Cadence.of(Period(months=2)), labels=("Family",)),),
    dates=DateRules(birthdays=True),
)


@contextmanager
def household(client: OtherClient, folder: Path, *, birthday: PartialDate | None = None) -> Iterator[Household]:
    with open_store(folder / "kith.sqlite3", NOW, lambda: "install") as store:
        yield Household(client, store, birthday)
