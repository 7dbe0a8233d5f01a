"""Whole passes against real CalDAV servers, with python-caldav in the user's hand instead of a phone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from caldav.davclient import DAVClient

from dav.phone import PASSWORD, Phone
from dav.servers import Server, radicale, xandikos
from kith.calendars.caldav import CalDavCalendar
from kith.core.model import AccountId, Cadence, Circle
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules, Shape
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.sources.vcard_folder import VcardFolder
from kith.store.store import Store, open_store
from kith.sync.run import Pass

ZONE = ZoneInfo("Europe/Prague")
RULES = Rules(DayRules(ZONE, per_day=2), circles=(Circle("inner", Cadence.of(Period(days=14)), labels=("Family",)),))
PEOPLE = ("Ana Silva", "Bea Novák", "Cyril Meyer", "Dana O’Neill", "Emil Ж")
_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=[radicale, xandikos], ids=["Radicale", "Xandikos"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with request.param(tmp_path_factory.mktemp("server")) as running:
        yield running


class App:
    """A calendar app that speaks CalDAV: python-caldav, as others use it."""

    def __init__(self, server: Server, user: str, name: str) -> None:
        self._client: Any = DAVClient(server.url, username=user, password=PASSWORD, enable_rfc6764=False)
        self._name = name

    def close(self) -> None:
        self._client.close()

    def calendar(self, name: str = "") -> Any:
        return self._client.principal().calendar(name=name or self._name)

    def make_calendar(self, name: str) -> None:
        self._client.principal().make_calendar(name=name)

    def about(self, person: str) -> Any:
        """The one event about somebody."""
        (found,) = [
            event for event in self.calendar().get_events() if person in str(event.icalendar_component["SUMMARY"])
        ]
        return found

    def titles(self) -> list[str]:
        return sorted(str(event.icalendar_component["SUMMARY"]) for event in self.calendar().get_events())

    def tick(self, person: str) -> None:
        self._rewrite(person, "SUMMARY", lambda text: f"✓ {text}")

    def put_tilde(self, person: str) -> None:
        self._rewrite(person, "SUMMARY", lambda text: f"~ {text}")

    def type_below(self, person: str, words: str) -> None:
        self._rewrite(person, "DESCRIPTION", lambda text: f"{text}\n{words}")

    def answer_line(self, person: str, box: str, words: str) -> None:
        """Tick somebody's line on a list, or not, and write behind it."""

        def answered(text: str) -> str:
            lines = text.splitlines()
            (place,) = [number for number, line in enumerate(lines) if line.startswith(f"[ ] {person}")]
            lines[place] = f"{box}{lines[place][3:]} {words}"
            return "\n".join(lines)

        self._rewrite(person, "DESCRIPTION", answered)

    def _rewrite(self, person: str, name: str, change: Any) -> None:
        event = self.about(person)
        with event.edit_icalendar_component() as component:
            component[name] = type(component[name])(change(str(component[name])))
        event.save()

    def move(self, person: str, by: timedelta) -> None:
        event = self.about(person)
        with event.edit_icalendar_component() as component:
            for name in ("DTSTART", "DTEND"):
                component[name].dt += by
        event.save()

    def start(self, person: str) -> datetime:
        start = self.about(person).icalendar_component["DTSTART"].dt
        assert isinstance(start, datetime)
        return start.astimezone(ZONE)

    def delete(self, person: str) -> None:
        self.about(person).delete()

    def carry(self, person: str, other: str) -> None:
        event = self.about(person)
        self.calendar(other).add_event(event.data)
        event.delete()


class Life:
    """Somebody with kith: a store, an address book, a calendar on a server, a clock."""

    def __init__(self, server: Server, store: Store, contacts: Path) -> None:
        self.user = server.new_user()
        self.name = f"Keep in touch {next(_numbers)}"
        self.store = store
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.app = App(server, self.user, self.name)
        self.source = VcardFolder(AccountId("disk"), contacts)
        contacts.mkdir()
        for number, person in enumerate(PEOPLE):
            card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:{person}\r\nCATEGORIES:Family\r\nEND:VCARD\r\n"
            (contacts / f"{number}.vcf").write_text(card, newline="", encoding="utf-8")
        self.requests = 0
        self.rules = RULES
        self._account = DavAccount(AccountId("home"), server.url, self.user, PASSWORD)
        self._ids = itertools.count(1)

    def run(self) -> PassReport:
        """A pass, as a process of its own makes it."""
        with closing(Transport(self._account)) as transport:
            calendar = CalDavCalendar(self._account, self.name, ZONE, transport=transport)
            if not self.store.events.ever_written(calendar.account, calendar.name):
                calendar.prepare()
            transport.requests = 0
            report = Pass(
                store=self.store,
                sources=[self.source],
                calendar=calendar,
                rules=self.rules,
                now=self.now,
                new_id=lambda: f"id{next(self._ids)}",
            ).run()
            self.requests = transport.requests
        assert report.troubles == []
        return report

    def understood(self, report: PassReport) -> set[tuple[str, str]]:
        return {(one.what, one.person) for one in report.understood}


@pytest.fixture
def life(server: Server, tmp_path: Path) -> Iterator[Life]:
    names = itertools.count(1)
    with open_store(
        tmp_path / "kith.sqlite3", datetime(2026, 3, 2, tzinfo=UTC), lambda: f"install{next(names)}"
    ) as store:
        made = Life(server, store, tmp_path / "contacts")
        yield made
        made.app.calendar().delete()
        made.app.close()


class TestAFirstPass:
    def test_it_makes_the_calendar_and_fills_it(self, life: Life) -> None:
        report = life.run()
        assert {(one.what, one.person) for one in report.wrote} == {("created", person) for person in PEOPLE}
        assert life.app.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)

    def test_the_second_writes_nothing_and_the_third_asks_once(self, life: Life) -> None:
        life.run()
        second = life.run()
        assert (second.wrote, second.understood, second.notes) == ([], [], [])
        assert life.requests == 2
        third = life.run()
        assert (third.wrote, third.understood) == ([], [])
        assert life.requests == 1


class TestAnswers:
    def test_all_of_them_at_once(self, life: Life) -> None:
        life.run()
        life.run()
        ana, bea, cyril, dana, emil = PEOPLE
        life.now = max(life.app.start(person) for person in PEOPLE).astimezone(UTC) + timedelta(hours=1)
        life.app.tick(ana)
        life.app.type_below(bea, "Přestěhovala se; má psa, kočku")
        life.app.move(cyril, timedelta(days=3))
        life.app.delete(dana)
        life.app.put_tilde(emil)

        report = life.run()
        assert life.understood(report) >= {
            ("talked", ana),
            ("talked", bea),
            ("snoozed", cyril),
            ("missing", dana),
            ("tried", emil),
        }
        (typed,) = [one.text for one in report.understood if one.person == bea]
        assert typed == "Přestěhovala se; má psa, kočku"
        assert any(title.startswith("✓") and bea in title for title in life.app.titles())

        assert ("skipped", dana) in life.understood(life.run())
        assert life.app.start(dana) > life.now + timedelta(days=7), "the next round, and not this one again"
        life.run()
        quiet = life.run()
        assert (quiet.wrote, quiet.understood) == ([], [])
        assert life.requests == 1

    def test_a_moved_event_stays_where_the_user_put_it(self, life: Life) -> None:
        life.run()
        person = PEOPLE[0]
        life.app.move(person, timedelta(days=5))
        put = life.app.start(person)
        for _ in range(3):
            life.run()
        assert life.app.start(person) == put

    def test_an_event_carried_to_another_calendar_is_not_deleted(self, life: Life) -> None:
        life.run()
        person, other = PEOPLE[0], f"Other {next(_numbers)}"
        life.app.make_calendar(other)
        life.app.carry(person, other)
        for _ in range(3):
            report = life.run()
            assert not {("missing", person), ("skipped", person)} & life.understood(report)
            assert report.wrote == []
        life.app.calendar(other).delete()

    def test_a_calendar_that_was_deleted_is_a_fault_and_not_an_answer(self, life: Life, server: Server) -> None:
        life.run()
        life.app.calendar().delete()
        with pytest.raises(AssertionError, match="Denied"):
            life.run()
        assert life.store.events.live()
        Phone(server.home_of(life.user), life.user, life.name, f"again-{next(_numbers)}").make_calendar()
        with pytest.raises(AssertionError, match="CalendarVanished"):
            life.run()
        assert all(row.missing_since is None for row in life.store.events.live())


class TestAnAnsweredConversation:
    def test_it_is_kept_on_its_day(self, life: Life) -> None:
        life.run()
        person = PEOPLE[0]
        start = life.app.start(person)
        life.now = start.astimezone(UTC) + timedelta(hours=2)
        life.app.tick(person)
        (one,) = [one for one in life.run().understood if one.person == person]
        assert (one.what, one.day) == ("talked", date(start.year, start.month, start.day))


class TestLists:
    def test_lines_are_answered_by_another_client(self, life: Life) -> None:
        life.rules = replace(RULES, days=replace(RULES.days, shape=Shape.WEEKLY, per_day=5))
        life.run()
        person = next(person for person in PEOPLE if any(person in title for title in life.app.titles()[:1]))
        life.now = life.app.start(person) + timedelta(minutes=5)
        life.app.answer_line(person, "[x]", "tea; cake, and more")
        report = life.run()
        said = [(one.what, one.person, one.text) for one in report.understood]
        assert ("talked", person, "tea; cake, and more") in said
        assert life.run().quiet
