"""Whole passes against a Google calendar, with somebody who answers in Google's own clients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fakes.google.emulated import Emulated
from fakes.google.wire import refusal
from kith.codecs.calendar_json import uid_of
from kith.codecs.rich_text import from_html, to_html
from kith.core.model import AccountId, Cadence, Circle, EventUid
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules, Shape
from kith.errors import Transient
from kith.sources.vcard_folder import VcardFolder
from kith.store.store import Store, open_store
from kith.sync import vanished
from kith.sync.run import Pass

NAME = "Keep in touch"
ZONE = ZoneInfo("Europe/Prague")
RULES = Rules(DayRules(ZONE, per_day=2), circles=(Circle("inner", Cadence.of(Period(days=14)), labels=("Family",)),))
PEOPLE = ("Ana Silva", "Bea Novák", "Cyril Meyer", "Dana O’Neill", "Emil Ж & Co. <3")


class Life:
    """Somebody with kith: a store, an address book, a calendar at Google, a clock."""

    def __init__(self, emulated: Emulated, store: Store, contacts: Path) -> None:
        self.store = store
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.google, self.api = emulated.google, emulated.calendar
        self.api.clock = lambda: self.now
        self.rules = RULES
        self.troubles: list[tuple[str, str, str]] = []
        self._emulated = emulated
        self._client = emulated.client()
        self._source = VcardFolder(AccountId("disk"), contacts)
        self._ids = itertools.count(1)
        self._contacts = contacts
        contacts.mkdir()
        for person in PEOPLE:
            self.write_card(person)

    def write_card(self, person: str, more: str = "") -> None:
        """What the address book says of somebody."""
        number = PEOPLE.index(person)
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:{person}\r\nCATEGORIES:Family\r\n{more}END:VCARD\r\n"
        (self._contacts / f"{number}.vcf").write_text(card, newline="", encoding="utf-8")

    def run(self, step: Callable[[str], None] = lambda _: None) -> PassReport:
        """A pass, as a process of its own makes it."""
        calendar = self._emulated.open_calendar(NAME, ZONE, lambda: self.now.timestamp(), self._client)
        if not self.store.events.ever_written(calendar.account, calendar.name):
            calendar.prepare()
        self.google.forget_asked()
        report = Pass(
            store=self.store,
            sources=[self._source],
            calendar=calendar,
            rules=self.rules,
            now=self.now,
            new_id=lambda: f"id{next(self._ids)}",
            step=step,
        ).run()
        self.troubles = [(trouble.kind, trouble.message, trouble.hint) for trouble in report.troubles]
        return report

    def recreate(self) -> None:
        """``kith events recreate``."""
        calendar = self._emulated.open_calendar(NAME, ZONE, lambda: self.now.timestamp(), self._client)
        calendar.prepare()
        vanished.recreate(self.store, calendar, self.now)

    @property
    def requests(self) -> int:
        """How many the last pass sent."""
        return self.google.counts().total()

    # --- in Google's own clients ----------------------------------------------------------------------

    @property
    def id(self) -> str:
        return self.api.named(NAME).id

    def events(self) -> dict[str, dict[str, Any]]:
        return self.api.there(self.id)

    def about(self, person: str) -> dict[str, Any]:
        (found,) = [event for event in self.events().values() if person in event["summary"]]
        return found

    def change(self, person: str, **members: Any) -> None:
        self.api.change(self.id, self.about(person)["id"], **members)

    def titles(self) -> list[str]:
        return sorted(event["summary"] for event in self.events().values())

    def start(self, person: str) -> datetime:
        return datetime.fromisoformat(self.about(person)["start"]["dateTime"]).astimezone(ZONE)

    def tick(self, person: str) -> None:
        self.change(person, summary=f"✓ {self.about(person)['summary']}")

    def type_in_the_editor(self, person: str, words: str) -> None:
        """In bold, so that all of it becomes HTML."""
        escaped = self.about(person)["description"].replace("&", "&amp;").replace("<", "&lt;")
        lines = escaped.split("\n")
        self.change(person, description="<br>".join(lines) + f"<div><b>{words}</b></div>")

    def move(self, person: str, by: timedelta) -> None:
        moved = {}
        for which in ("start", "end"):
            when = self.about(person)[which]
            moved[which] = {**when, "dateTime": (datetime.fromisoformat(when["dateTime"]) + by).isoformat()}
        self.change(person, **moved)


def understood(report: PassReport) -> set[tuple[str, str]]:
    return {(one.what, one.person) for one in report.understood}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    names = itertools.count(1)
    began = datetime(2026, 3, 2, tzinfo=UTC)
    with (
        Emulated() as emulated,
        open_store(tmp_path / "kith.sqlite3", began, lambda: f"install{next(names)}") as store,
    ):
        yield Life(emulated, store, tmp_path / "contacts")


class TestAFirstPass:
    def test_it_makes_the_calendar_and_fills_it(self, life: Life) -> None:
        report = life.run()
        assert {(one.what, one.person) for one in report.wrote} == {("created", person) for person in PEOPLE}
        assert life.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)
        assert life.api.named(NAME).app_created

    def test_the_next_ones_ask_once(self, life: Life) -> None:
        life.run()
        for _ in range(3):
            report = life.run()
            assert (report.wrote, report.understood, report.notes, life.troubles) == ([], [], [], [])
            assert life.requests == 1

    def test_a_quota_in_the_middle_of_it_costs_time_and_nothing_else(self, life: Life) -> None:
        used_up = refusal(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")
        life.google.fail("answer", "events.insert", after=2, times=99, answer=used_up)
        life.run()
        assert [kind for kind, _, _ in life.troubles] == ["Transient"]
        assert len(life.events()) == 2
        life.google.faults.clear()
        life.now += timedelta(hours=7)
        life.run()
        assert life.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)

    @pytest.mark.parametrize("kind", ["lost", "truncated", "cut"])
    def test_answers_that_are_lost_make_nothing_twice(self, life: Life, kind: Any) -> None:
        life.google.fail(kind, "events.insert", times=3)
        for _ in range(5):
            life.run()
        assert life.troubles == []
        assert life.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)
        quiet = life.run()
        assert (quiet.wrote, quiet.understood, life.requests) == ([], [], 1)

    def test_an_answer_about_the_new_calendar_that_is_lost_makes_none_twice(self, life: Life) -> None:
        life.google.fail("lost", "calendars.insert")
        with pytest.raises(Transient):
            life.run()
        life.run()
        assert [kept.summary for kept in life.api.calendars.values()].count(NAME) == 1


class TestAnswers:
    def test_all_of_them_at_once(self, life: Life) -> None:
        life.run()
        ana, bea, cyril, dana, emil = PEOPLE
        life.now = max(life.start(person) for person in PEOPLE).astimezone(UTC) + timedelta(hours=1)
        life.tick(ana)
        life.type_in_the_editor(bea, "Přestěhovala se;&nbsp;má psa &amp; kočku")
        life.move(cyril, timedelta(days=3))
        life.api.remove(life.id, life.about(dana)["id"])
        life.change(emil, summary=f"~ {life.about(emil)['summary']}")

        report = life.run()
        assert understood(report) >= {
            ("talked", ana),
            ("talked", bea),
            ("snoozed", cyril),
            ("missing", dana),
            ("tried", emil),
        }
        (typed,) = [one.text for one in report.understood if one.person == bea]
        assert typed == "Přestěhovala se; má psa & kočku"
        assert any(title.startswith("✓") and bea in title for title in life.titles())

        assert ("skipped", dana) in understood(life.run())
        assert life.start(dana) > life.now + timedelta(days=7), "the next round, and not this one again"
        life.run()
        quiet = life.run()
        assert (quiet.wrote, quiet.understood, life.requests) == ([], [], 1)

    def test_a_note_typed_before_it_starts_is_kept_in_the_event(self, life: Life) -> None:
        life.run()
        bea = PEOPLE[1]
        life.now += timedelta(hours=1)
        life.type_in_the_editor(bea, "ask about the flat")
        assert ("noted", bea) in understood(life.run())
        life.now = life.start(bea).astimezone(UTC) + timedelta(days=3)
        life.run()
        assert "ask about the flat" in life.about(bea)["description"]
        assert life.start(bea) > life.now

    def test_a_description_that_was_only_made_html_is_no_answer(self, life: Life) -> None:
        life.run()
        life.now += timedelta(hours=1)
        for person in PEOPLE:
            text = self.escaped(life.about(person)["description"])
            life.change(person, description=f"<html-blob>{text}</html-blob>")
        report = life.run()
        assert (report.understood, report.wrote) == ([], [])

    @staticmethod
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")

    def test_a_text_that_leaves_no_room_for_a_longer_brief_stops_nobody_else(self, life: Life) -> None:
        life.run()
        ana, bea, *_ = PEOPLE
        room = 8192 - len(life.about(ana)["description"]) - 40
        life.change(ana, description=f"{life.about(ana)['description']}\n{'x' * room}")
        for person in (ana, bea):
            life.write_card(person, f"TEL:+351 912 345 678\r\nEMAIL:{'long.' * 10}@example.org\r\n")
        report = life.run()
        assert life.troubles == []
        assert [(one.what, one.person) for one in report.wrote] == [("updated", bea)]
        assert [note.message for note in report.notes] == ["Google refused this request (status 400)"]
        assert "x" * room in life.about(ana)["description"]

    def test_a_moved_event_stays_where_the_user_put_it(self, life: Life) -> None:
        life.run()
        life.move(PEOPLE[0], timedelta(days=5))
        put = life.start(PEOPLE[0])
        for _ in range(3):
            life.run()
        assert life.start(PEOPLE[0]) == put

    def test_the_conversation_is_kept_on_its_day(self, life: Life) -> None:
        life.run()
        start = life.start(PEOPLE[0])
        life.now = start.astimezone(UTC) + timedelta(hours=2)
        life.tick(PEOPLE[0])
        (one,) = [one for one in life.run().understood if one.person == PEOPLE[0]]
        assert (one.what, one.day) == ("talked", date(start.year, start.month, start.day))

    def test_an_edit_between_look_and_write_wins(self, life: Life) -> None:
        life.run()
        ana = PEOPLE[0]
        life.now = life.start(ana).astimezone(UTC) + timedelta(days=4)

        def race(step: str) -> None:
            if step == "intent" and "Lunch" not in life.about(ana)["description"]:
                life.type_in_the_editor(ana, "Lunch")

        life.run(race)
        assert any(one.text == "Lunch" for one in life.run().understood)
        assert ["Lunch"] in [life.store.people.typed_texts(uid) for uid in self.uids(life, ana)]

    @staticmethod
    def uids(life: Life, person: str) -> set[EventUid]:
        return {uid_of(event["id"]) for event in life.events().values() if person in event["summary"]}


class TestTheCalendarIsGone:
    def test_that_is_a_fault_and_not_an_answer(self, life: Life) -> None:
        life.run()
        del life.api.calendars[life.id]
        for _ in range(2):
            life.run()
            ((kind, message, hint),) = life.troubles
            assert kind == "Denied"
            assert NAME in message
            assert "kith events recreate" in hint
            assert NAME not in {kept.summary for kept in life.api.calendars.values()}
        assert all(row.missing_since is None for row in life.store.events.live())
        assert len(life.store.events.live()) == len(PEOPLE)

    def test_it_is_made_again_only_when_that_is_asked_for(self, life: Life) -> None:
        life.run()
        del life.api.calendars[life.id]
        life.run()
        life.recreate()
        life.run()
        assert life.troubles == []
        assert life.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)
        quiet = life.run()
        assert (quiet.wrote, quiet.understood, life.requests) == ([], [], 1)

    def test_another_of_its_name_stops_creation(self, life: Life) -> None:
        life.run()
        del life.api.calendars[life.id]
        life.api.make_calendar(NAME, app_created=True)
        life.run()
        assert [kind for kind, _, _ in life.troubles] == ["CalendarVanished"]
        assert life.events() == {}


class TestSigningIn:
    def test_a_token_that_ran_out_is_nothing_to_speak_of(self, life: Life) -> None:
        life.run()
        life.google.tokens.expire_access()
        life.run()
        assert life.troubles == []

    def test_a_sign_in_that_was_taken_back_is_and_nothing_is_lost(self, life: Life) -> None:
        life.run()
        life.google.tokens.revoke_all()
        life.run()
        ((kind, _, hint),) = life.troubles
        assert (kind, "kith login g" in hint) == ("SignInNeeded", True)
        assert len(life.store.events.live()) == len(PEOPLE)


class TestADeletedId:
    def test_is_not_used_again_for_a_store_that_was_put_back(self, life: Life, tmp_path: Path) -> None:
        """A copy of the store knows nothing of the names that were given since it was made."""
        copy = tmp_path / "copy.sqlite3"
        life.store.database.back_up_to(copy)
        life.run()
        for person in PEOPLE:
            life.api.remove(life.id, life.about(person)["id"])
        gone = {name for name, event in life.api.calendars[life.id].events.items() if event["status"] == "cancelled"}
        with open_store(copy, life.now, lambda: "unused") as older:
            life.store = older
            life._ids = itertools.count(1)
            for _ in range(8):
                life.run()
            assert life.titles() == sorted(f"Reach out: {person}" for person in PEOPLE)
            assert not gone & life.events().keys()


# Lists


def test_a_list_is_answered_in_google_s_editor(life: Life) -> None:
    """Which writes HTML, with line breaks and blanks of its own."""
    life.rules = replace(RULES, days=replace(RULES.days, shape=Shape.WEEKLY, per_day=5))
    life.run()
    (event, *_) = sorted(life.events().values(), key=lambda event: event["start"]["dateTime"])
    there = [person for person in PEOPLE if f"[ ] {person}" in from_html(event["description"])]
    first, others = there[0], there[1:]
    life.now = datetime.fromisoformat(event["start"]["dateTime"]) + timedelta(minutes=5)
    lines = from_html(event["description"]).splitlines()
    lines = [
        f"[x]&nbsp;<b>{line[4:]}</b> tea &amp; cake" if line.startswith(f"[ ] {first}") else to_html(line)
        for line in lines
    ]
    life.api.change(life.id, event["id"], description="<br>".join(lines))
    report = life.run()
    assert [(said.what, said.person, said.text) for said in report.understood] == [("talked", first, "tea & cake")]
    assert life.run().quiet
    moved = life.events()[event["id"]]
    life.api.change(life.id, event["id"], start=_moved(moved["start"]), end=_moved(moved["end"]))
    assert {(said.what, said.person) for said in life.run().understood} == {("snoozed", person) for person in others}
    assert "tea &amp; cake" in life.events()[event["id"]]["description"]
    assert life.run().quiet


def _moved(time: dict[str, Any]) -> dict[str, Any]:
    return time | {"dateTime": (datetime.fromisoformat(time["dateTime"]) + timedelta(days=1)).isoformat()}
