"""kith's memory: the file, its upgrades, what goes in and comes out, and what happens when the disk fails."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.brief import Spoken
from kith.core.cadence import Window
from kith.core.circles import ByHand
from kith.core.event import AllDay, Change, Fields, Kind, Marker, Timed
from kith.core.model import (
    AccountId,
    Card,
    CardRef,
    CardUid,
    ETag,
    EventUid,
    Group,
    Href,
    InstallId,
    Labelled,
    PartialDate,
    PersonId,
)
from kith.core.period import Period
from kith.core.readback import Written
from kith.errors import StoreError
from kith.store import db
from kith.store.calendars import CalendarState
from kith.store.cards import Standing
from kith.store.db import Database
from kith.store.events import EventRow, EventState
from kith.store.migrations import MIGRATIONS, Migration, migrate
from kith.store.people import Attempt, LastTimes, PersonRow
from kith.store.reach_outs import ReachOut
from kith.store.runs import Fault, Run
from kith.store.store import Store, open_store

NOW = datetime(2026, 10, 7, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
LISBON = ZoneInfo("Europe/Lisbon")
ANA, BEA = PersonId("ana"), PersonId("bea")
DISK = AccountId("disk")
MONTH = timedelta(days=30)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "share" / "kith" / "kith.sqlite3"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with open_store(place, NOW, lambda: "install-1") as opened:
        for person in (ANA, BEA):
            opened.people.add(PersonRow(person, person.title()), NOW)
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples."""
    with open_store(tmp_path_factory.mktemp("store") / "kith.sqlite3", NOW, lambda: "install-1") as opened:
        opened.database.execute("PRAGMA synchronous = OFF")  # nobody cuts the power here
        yield opened


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


# The file


def test_the_store_is_private(store: Store, place: Path) -> None:
    store.people.rename([(ANA, "Ana Souza")])

    assert mode(place.parent) == 0o700
    assert {path.name: mode(path) for path in place.parent.iterdir()} == {
        "kith.sqlite3": 0o600,
        "kith.sqlite3-wal": 0o600,
        "kith.sqlite3-shm": 0o600,
    }


def test_the_store_keeps_a_write_ahead_log_and_its_links(store: Store) -> None:
    pragmas = {
        name: store.database.all(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "foreign_keys", "synchronous")
    }

    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
    assert store.database.integrity() == ""
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.people.record_skip(PersonId("nobody"), TODAY, "deleted", NOW)


def test_a_store_remembers_which_install_it_is(place: Path) -> None:
    names = map(str, count(1))
    with open_store(place, NOW, lambda: next(names)) as first:
        assert (first.install, first.epoch) == ("1", 1)
        assert first.begin_epoch() == 2
    with open_store(place, NOW, lambda: next(names)) as second:
        assert (second.install, second.epoch) == ("1", 2)


def test_a_database_may_be_closed_twice(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    database.close()
    database.close()


# Transactions


def names(store: Store) -> list[str]:
    return [row.name for row in store.people.everybody()]


def rename_and(store: Store, end: BaseException) -> None:
    """Change something in a transaction, and end badly."""
    with store.transaction():
        store.people.rename([(ANA, "Other")])
        raise end


def test_what_belongs_together_happens_or_not(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        rename_and(store, ZeroDivisionError())
    assert names(store) == ["Ana", "Bea"]

    with store.transaction():
        store.people.rename([(ANA, "Other")])
    assert names(store) == ["Other", "Bea"]


def test_a_transaction_inside_another_joins_it(store: Store) -> None:
    def rename_twice() -> None:
        with store.transaction():
            with store.transaction():
                store.people.rename([(BEA, "Other")])
            rename_and(store, ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        rename_twice()
    assert names(store) == ["Ana", "Bea"]


def test_a_kill_inside_a_transaction_leaves_nothing_of_it(store: Store, place: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        rename_and(store, KeyboardInterrupt())
    with opened(place) as another:
        assert another.all("SELECT name FROM people ORDER BY id")[0]["name"] == "Ana"


def rename_and_break_a_link(store: Store) -> None:
    with store.transaction():
        store.database.execute("PRAGMA defer_foreign_keys = ON")
        store.people.rename([(ANA, "Other")])
        store.people.record_attempt(PersonId("nobody"), TODAY, "", NOW, None)


def test_a_transaction_that_cannot_end_well_is_undone(store: Store) -> None:
    """SQLite checks some links only at the end; the next transaction must not find the remains of this one."""
    with pytest.raises(StoreError):
        rename_and_break_a_link(store)

    with store.transaction():
        assert names(store) == ["Ana", "Bea"]


def test_a_reader_sees_one_moment_while_another_writes(store: Store, place: Path) -> None:
    with opened(place) as reader, reader.reading():
        assert reader.all("SELECT name FROM people ORDER BY id")[0]["name"] == "Ana"
        store.people.rename([(ANA, "Other")])
        assert reader.all("SELECT name FROM people ORDER BY id")[0]["name"] == "Ana"
        with reader.reading():
            assert reader.all("SELECT name FROM people ORDER BY id")[0]["name"] == "Ana"
    with opened(place) as later:
        assert later.all("SELECT name FROM people ORDER BY id")[0]["name"] == "Other"


def test_rows_may_be_changed_while_they_are_gone_through(store: Store) -> None:
    for row in store.database.each("SELECT id FROM people ORDER BY id"):
        store.people.rename([(row["id"], "Seen")])

    assert names(store) == ["Seen", "Seen"]


# Upgrades


def test_a_fresh_store_has_every_step_recorded(place: Path) -> None:
    with opened(place) as database:
        assert migrate(database, NOW) == [migration.name for migration in MIGRATIONS]
        rows = database.all("SELECT * FROM migrations ORDER BY name")
        assert [tuple(row) for row in rows] == [(migration.name, NOW.isoformat()) for migration in MIGRATIONS]
        assert migrate(database, NOW) == []
    assert not (place.parent / "backups").exists()


def test_steps_are_named_in_their_order() -> None:
    steps = [migration.name for migration in MIGRATIONS]

    assert steps == sorted(set(steps))
    assert all(name[:4].isdigit() for name in steps)


SECOND = Migration("9001 second", "ALTER TABLE people ADD COLUMN colour TEXT;\nUPDATE people SET colour = 'red';")
BROKEN = Migration("9002 third", "UPDATE people SET name = 'lost';\nDROP TABLE people;\nCREATE nonsense;")


def test_an_upgrade_runs_what_is_new_and_keeps_a_copy_of_what_was(store: Store, place: Path) -> None:
    before = dump(place)
    os.chmod(place.parent, 0o755)  # noqa: PTH101 -- as an older version may have left it

    assert migrate(store.database, NOW, (*MIGRATIONS, SECOND)) == ["9001 second"]

    assert {row["colour"] for row in store.database.all("SELECT colour FROM people")} == {"red"}
    (copy,) = (place.parent / "backups").iterdir()
    assert copy.name == "before-upgrade-20261007T080000.sqlite3"
    assert (mode(copy), mode(copy.parent)) == (0o600, 0o700)
    assert dump(copy) == before


def test_a_step_that_fails_changes_nothing(store: Store, place: Path) -> None:
    before = dump(place)

    with pytest.raises(StoreError):
        migrate(store.database, NOW, (*MIGRATIONS, BROKEN))
    assert dump(place) == before

    with pytest.raises(StoreError):
        migrate(store.database, NOW, (*MIGRATIONS, SECOND, BROKEN))
    assert [row["name"] for row in store.database.all("SELECT name FROM migrations")][-1] == "9001 second"
    assert names(store) == ["Ana", "Bea"]


def test_a_first_step_that_fails_leaves_an_empty_store(place: Path) -> None:
    with opened(place) as database:
        with pytest.raises(StoreError):
            migrate(database, NOW, (BROKEN,))
        assert migrate(database, NOW) == [migration.name for migration in MIGRATIONS]


def test_a_store_of_a_newer_kith_is_refused_unchanged(store: Store, place: Path) -> None:
    migrate(store.database, NOW, (*MIGRATIONS, SECOND))
    before = dump(place)

    with pytest.raises(StoreError, match="written by a newer kith") as caught, open_store(place, NOW, lambda: "other"):
        pytest.fail("it was opened")

    assert "install the newer kith again" in caught.value.hint
    assert "9001 second" in caught.value.message
    assert dump(place) == before


def test_only_the_last_few_copies_are_kept(store: Store, place: Path) -> None:
    steps = list(MIGRATIONS)
    for number in range(2, 10):
        steps.append(Migration(f"90{number:02d} step", f"CREATE TABLE extra_{number} (a);"))
        migrate(store.database, NOW + timedelta(days=number), tuple(steps))

    copies = sorted(path.name for path in (place.parent / "backups").iterdir())
    assert copies == [f"before-upgrade-202610{7 + number:02d}T080000.sqlite3" for number in range(5, 10)]


def test_no_upgrade_without_a_copy(store: Store, place: Path) -> None:
    (place.parent / "backups").write_text("in the way")
    before = dump(place)

    with pytest.raises(StoreError):
        migrate(store.database, NOW, (*MIGRATIONS, SECOND))
    assert dump(place) == before


def test_of_two_that_upgrade_at_once_one_does_it(store: Store, place: Path) -> None:
    with opened(place) as another:
        migrate(another, NOW, (*MIGRATIONS, SECOND))
        assert migrate(store.database, NOW, (*MIGRATIONS, SECOND)) == []
    assert len(store.database.all("SELECT name FROM migrations")) == len(MIGRATIONS) + 1


def test_a_step_may_hold_triggers_and_comments(store: Store) -> None:
    trigger = Migration(
        "9001 trigger",
        "-- a comment; with a semicolon\n"
        "CREATE TABLE log (name TEXT);\n"
        "CREATE TRIGGER noted AFTER UPDATE ON people BEGIN\n  INSERT INTO log VALUES (new.name);\nEND;\n"
        "INSERT INTO log VALUES ('a; b')",
    )
    migrate(store.database, NOW, (*MIGRATIONS, trigger))
    store.people.rename([(ANA, "Other")])

    assert [row["name"] for row in store.database.all("SELECT name FROM log")] == ["a; b", "Other"]


# When it cannot be used


def refused(path: Path) -> StoreError:
    with pytest.raises(StoreError) as caught, open_store(path, NOW, lambda: "other"):
        pytest.fail("it was opened")
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_damaged_store_is_left_as_it_is(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_bytes(b"not a database " * 100)

    assert "is damaged" in refused(place).message
    assert place.read_bytes() == b"not a database " * 100


def test_a_store_that_is_cut_off_is_damaged_or_unusable(store: Store, place: Path, tmp_path: Path) -> None:
    store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cut = tmp_path / "cut.sqlite3"
    cut.write_bytes(place.read_bytes()[:10_000])

    refused(cut)
    assert cut.read_bytes()[100:] == place.read_bytes()[100:10_000]


def test_a_store_where_a_folder_stands_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "kith.sqlite3").mkdir()

    refused(tmp_path / "kith.sqlite3")


def test_a_store_under_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("")

    refused(tmp_path / "share" / "kith.sqlite3")


def test_a_busy_store_says_so(store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_BUSY_SECONDS", 0.05)
    with store.transaction():
        store.people.rename([(ANA, "Other")])
        with opened(place) as another:
            assert another.one("SELECT count(*) FROM people") is not None  # reading never waits
            with pytest.raises(StoreError, match="is busy") as caught, another.transaction():
                pytest.fail("two write at once")
            with pytest.raises(StoreError, match="is busy"):
                another.execute("DELETE FROM people")
    assert caught.value.hint == "try again in a moment"
    assert names(store) == ["Other", "Bea"]


def test_a_store_that_may_only_be_read_says_so(store: Store) -> None:
    store.database.execute("PRAGMA query_only = ON")

    assert names(store) == ["Ana", "Bea"]
    with pytest.raises(StoreError, match="cannot be used") as caught:
        store.people.rename([(ANA, "Other")])
    assert "writable" in caught.value.hint


def test_a_full_disk_says_so_and_loses_nothing(store: Store) -> None:
    pages = store.database.all("PRAGMA page_count")[0][0]
    store.database.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with store.transaction():
            for _ in range(1000):
                store.people.record_fact(ANA, "fact", "x" * 1000, NOW)

    with pytest.raises(StoreError) as caught:
        fill()
    assert "the disk is full" in caught.value.hint
    assert store.people.facts() == {}
    assert store.database.integrity() == ""


# Cards

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
LABELLED = st.lists(st.builds(Labelled, TEXTS, TEXTS), max_size=3).map(tuple)
DATES = st.none() | st.builds(PartialDate, st.integers(1, 12), st.integers(1, 28), st.none() | st.integers(1, 9999))
TUPLES = st.lists(TEXTS, max_size=3).map(tuple)
CARDS = st.builds(
    Card,
    st.builds(CardRef, st.just(DISK), TEXTS, TEXTS.map(CardUid)),
    TEXTS,
    given=TEXTS,
    family=TEXTS,
    nicknames=TUPLES,
    emails=LABELLED,
    phones=LABELLED,
    urls=LABELLED,
    birthday=DATES,
    anniversary=DATES,
    organisation=TEXTS,
    job_title=TEXTS,
    city=TEXTS,
    country=TEXTS,
    note=TEXTS,
    labels=TUPLES,
    street=TEXTS,
    postcode=TEXTS,
)


@given(CARDS, TEXTS.map(Href), st.integers(1, 99))
def test_a_card_comes_back_as_it_went_in(shared: Store, card: Card, href: Href, run: int) -> None:
    shared.cards.put([(href, card)], run)

    assert shared.cards.get(card.ref) == card
    assert shared.cards.standings([card.ref]) == {card.ref: Standing(href, card.digest, missing=False)}


@given(CARDS, CARDS)
def test_cards_with_one_digest_say_the_same(one: Card, other: Card) -> None:
    same = replace(other, ref=one.ref) == one

    assert (one.digest == other.digest) == same
    assert replace(one, ref=other.ref).digest == one.digest


def ref(uid: str) -> CardRef:
    return CardRef(DISK, "book", CardUid(uid))


def put(store: Store, href: str, *uids: str, run: int) -> None:
    store.cards.put([(Href(href), Card(ref(uid), uid.title())) for uid in uids], run)
    store.cards.finish_item(DISK, "book", Href(href), ETag(f"{href}-{run}"), run, NOW.isoformat())


def test_a_card_that_an_item_holds_no_more_is_missing_and_then_gone(store: Store) -> None:
    put(store, "a.vcf", "ana", "bea", run=1)
    put(store, "a.vcf", "bea", run=2)

    assert store.cards.counts(DISK) == (2, 1)
    assert store.cards.missing(DISK) == [ref("ana")]
    assert store.cards.get(ref("ana")) is not None
    assert store.cards.remove_missing(DISK, {"book"}, NOW.isoformat()) == 1
    assert store.cards.get(ref("ana")) is None
    assert store.cards.counts(DISK) == (1, 0)


def test_a_card_that_is_seen_again_is_not_missing(store: Store) -> None:
    put(store, "a.vcf", "ana", "bea", run=1)
    put(store, "a.vcf", run=2)
    store.cards.confirm([ref("ana")], 3)
    store.cards.put([(Href("b.vcf"), Card(ref("bea"), "Bea"))], 3)

    assert store.cards.missing(DISK) == []
    assert store.cards.standings([ref("bea")])[ref("bea")].href == "b.vcf"


def test_the_cards_of_an_item_that_is_not_listed_are_missing(store: Store) -> None:
    put(store, "a.vcf", "ana", run=1)
    put(store, "b.vcf", "bea", run=1)
    store.cards.finish_listing(DISK, "book", frozenset({Href("b.vcf")}), NOW.isoformat())

    assert store.cards.missing(DISK) == [ref("ana")]
    assert store.cards.known_items(DISK) == {"book": {Href("b.vcf"): ETag("b.vcf-1")}}


def test_an_item_to_be_read_again_has_no_state(store: Store) -> None:
    put(store, "a.vcf", "ana", run=1)
    store.cards.keep_etag(DISK, "book", Href("a.vcf"), None)

    assert store.cards.known_items(DISK) == {}


def test_a_group_s_name_is_a_label_of_its_members(store: Store) -> None:
    put(store, "a.vcf", "ana", "bea", "choir", run=1)
    store.people.link(ref("ana"), ANA)
    store.people.link(ref("bea"), BEA)
    store.cards.put([(Href("a.vcf"), replace(Card(ref("ana"), "Ana"), labels=("Family",)))], 1)
    group = Group(ref("choir"), "Choir", (CardUid("ana"), CardUid("nobody")))
    store.cards.put_groups([(Href("g.vcf"), group)], 2)

    assert store.cards.get(ref("choir")) is None
    cards = store.cards.by_person()
    assert [card.labels for card in cards[ANA]] == [("Family", "Choir")]
    assert [card.labels for card in cards[BEA]] == [()]
    assert store.cards.people_with({"choir"}, ()) == store.cards.people_with({"family"}, ()) == {ANA}
    assert store.cards.people_with({"chess"}, {"bea"}) == {BEA}
    assert store.cards.people_with((), {"ana", "bea"}) == {ANA, BEA}
    assert store.cards.people_with((), ()) == set()

    store.cards.finish_groups(DISK, "book", frozenset({Href("a.vcf")}))
    assert [card.labels for card in store.cards.by_person([ANA])[ANA]] == [("Family",)]


def test_what_changes_on_a_card_is_kept_for_good(store: Store) -> None:
    before = replace(
        Card(ref("ana"), "Ana"), emails=(Labelled("ana@example.org", "home"),), birthday=PartialDate(8, 20)
    )
    after = replace(before, name="Ana Souza", emails=(), birthday=PartialDate(8, 20, 1980))
    store.cards.put([(Href("a.vcf"), before)], 1)
    store.cards.record_changes(before, after, NOW.isoformat())
    store.cards.finish_listing(DISK, "book", frozenset(), NOW.isoformat())
    store.cards.remove_missing(DISK, {"book"}, NOW.isoformat())

    rows = store.database.all("SELECT field, before, after FROM card_changes ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("name", "Ana", "Ana Souza"),
        ("emails", "ana@example.org", ""),
        ("birthday", "--08-20", "1980-08-20"),
        ("card", "there", "gone"),
    ]


# People


def row_of(store: Store, person: PersonId = ANA) -> PersonRow:
    return next(row for row in store.people.everybody([person]) if row.id == person)


def test_a_person_added_by_hand_comes_back(store: Store) -> None:
    person = PersonRow(
        PersonId("eva"),
        "Eva “Evi” Lima",
        by_hand=True,
        emails=("eva@example.org",),
        phones=("+351 912 345 678",),
        set_by_hand=ByHand("inner", Period.parse("1m2w")),
        next_on=date(2026, 10, 10),
    )
    store.people.add(person, NOW)

    assert row_of(store, person.id) == person
    assert [row.id for row in store.people.everybody()] == [ANA, BEA, person.id]
    assert store.people.count() == 3
    assert store.people.name(person.id) == "Eva “Evi” Lima"
    assert store.people.names() == ["Ana", "Bea", "Eva “Evi” Lima"]
    assert store.people.set_by_hand() == {person.id}
    assert (store.people.name(PersonId("x")), store.people.revision(PersonId("x"))) == ("", -1)


def test_cards_are_linked_to_people_and_stay_so_when_they_are_gone(store: Store) -> None:
    put(store, "a.vcf", "ana", "bea", run=1)
    assert list(store.people.unlinked_cards()) == [ref("ana"), ref("bea")]

    store.people.link(ref("ana"), ANA)
    store.people.link(ref("ana"), BEA)
    assert list(store.people.unlinked_cards()) == [ref("bea")]
    assert [card.name for card in store.cards.by_person()[BEA]] == ["Ana"]

    put(store, "a.vcf", "bea", run=2)
    store.cards.remove_missing(DISK, {"book"}, NOW.isoformat())
    put(store, "a.vcf", "ana", "bea", run=3)
    assert list(store.people.unlinked_cards()) == [ref("bea")]


def test_an_anchor_is_set_once(store: Store) -> None:
    store.people.set_anchors([(ANA, date(2026, 10, 1)), (BEA, date(2026, 10, 2))])
    store.people.set_anchors([(ANA, date(2026, 10, 9))])

    assert row_of(store).anchor == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("until", "today", "paused"),
    [(None, "2026-10-07", True), ("2026-10-08", "2026-10-07", True), ("2026-10-08", "2026-10-08", False)],
)
def test_a_pause_ends_on_its_day(store: Store, until: str | None, today: str, *, paused: bool) -> None:
    store.people.pause(ANA, until=date.fromisoformat(until) if until else None)

    assert row_of(store).is_paused(date.fromisoformat(today)) is paused
    store.people.unpause(ANA)
    assert not row_of(store).is_paused(TODAY)
    assert row_of(store).paused_until is None


@pytest.mark.parametrize(
    ("talked", "left"),
    [
        pytest.param("2026-10-07", False, id="on the day the date was named"),
        pytest.param("2026-10-08", False, id="later"),
        pytest.param("2026-10-06", True, id="before: remembered late"),
    ],
)
def test_a_named_day_is_spent_by_a_conversation(store: Store, talked: str, *, left: bool) -> None:
    store.people.set_next(ANA, date(2026, 12, 1), TODAY)
    store.people.record_conversation([ANA, BEA], date.fromisoformat(talked), "", NOW)

    assert row_of(store).next_on == (date(2026, 12, 1) if left else None)


def test_a_named_day_is_spent_by_a_skip_or_taken_back(store: Store) -> None:
    for person in (ANA, BEA):
        store.people.set_next(person, date(2026, 12, 1), TODAY)
    store.people.record_skip(ANA, date(2026, 9, 1), "passed", NOW)
    store.people.set_next(BEA, None, TODAY)

    assert [row.next_on for row in store.people.everybody()] == [None, None]


def test_what_bears_on_the_next_reach_out_raises_the_revision(store: Store) -> None:
    event = EventUid("e")
    changes: list[Callable[[], object]] = [
        lambda: store.people.set_next(ANA, TODAY, TODAY),
        lambda: store.people.set_circle(ANA, "inner"),
        lambda: store.people.set_every(ANA, Period(days=10)),
        lambda: store.people.pause(ANA, until=None),
        lambda: store.people.unpause(ANA),
        lambda: store.people.record_conversation([ANA], TODAY, "", NOW),
        lambda: store.people.record_conversation([ANA], TODAY, "", NOW, event=event),
        lambda: store.people.record_conversation([ANA], TODAY, "again", NOW, event=event),
        lambda: store.people.withdraw_conversation(event, "", NOW),
        lambda: store.people.record_skip(ANA, TODAY, "passed", NOW),
        lambda: store.people.record_fact(ANA, "fact", "", NOW),
    ]
    for change in changes:
        before = store.people.revision(ANA)
        change()
        assert store.people.revision(ANA) > before
    assert store.people.revision(BEA) == 0
    store.people.rename([(BEA, "Bea Lima")])
    store.people.set_anchors([(BEA, TODAY)])
    assert store.people.revision(BEA) == 0


# What was said


def test_conversations_stand_newest_first(store: Store) -> None:
    for day, via, text in ((1, "call", "one"), (3, "", "three"), (2, "meet", "two"), (3, "", "three again")):
        store.people.record_conversation([ANA], date(2026, 10, day), text, NOW, via=via)
    store.people.record_conversation([ANA, BEA], date(2026, 9, 1), "both", NOW)

    spoken = store.people.conversations()
    assert [s.text for s in spoken[ANA]] == ["three again", "three", "two", "one", "both"]
    assert spoken[ANA][2] == Spoken(date(2026, 10, 2), "meet", "two")
    assert [s.text for s in spoken[BEA]] == ["both"]


def test_an_event_gives_one_conversation_whatever_happens(store: Store) -> None:
    event = EventUid("e")
    store.people.record_conversation([ANA], date(2026, 10, 1), "one", NOW, event=event)
    store.people.record_conversation([ANA], date(2026, 10, 2), "two", NOW, event=event)
    assert store.people.conversations()[ANA] == [Spoken(date(2026, 10, 2), "", "two")]
    assert store.people.conversation_text(event) == "two"

    store.people.correct_conversation(event, "", "three")
    assert store.people.conversation_text(event) == "three"

    store.people.withdraw_conversation(event, "", NOW)
    assert store.people.conversation_text(event) is None
    assert store.people.conversations() == {}
    assert store.people.last_times() == {}
    assert store.database.all("SELECT text FROM conversations")[0]["text"] == "three"

    store.people.record_conversation([ANA], date(2026, 10, 4), "four", NOW, event=event)
    assert store.people.conversations()[ANA] == [Spoken(date(2026, 10, 4), "", "four")]


def test_each_occurrence_of_an_event_gives_its_own(store: Store) -> None:
    event = EventUid("e")
    for day, key in ((1, ""), (8, "2026-10-08"), (15, "2026-10-15")):
        store.people.record_conversation([ANA], date(2026, 10, day), key, NOW, event=event, occurrence=key)
    store.people.withdraw_conversation(event, "2026-10-15", NOW)
    store.people.correct_conversation(event, "2026-10-08", "corrected")

    assert [s.text for s in store.people.conversations()[ANA]] == ["corrected", ""]
    assert store.people.conversation_text(event, "2026-10-08") == "corrected"
    assert store.people.conversation_text(event, "2026-10-15") is None


def test_the_last_times_are_the_latest_days(store: Store) -> None:
    store.people.record_conversation([ANA], date(2026, 10, 3), "", NOW)
    store.people.record_conversation([ANA], date(2026, 10, 1), "", NOW)
    store.people.record_skip(ANA, date(2026, 10, 5), "deleted", NOW)
    store.people.record_skip(BEA, date(2026, 10, 4), "passed", NOW)

    assert store.people.last_times() == {
        ANA: LastTimes(date(2026, 10, 3), date(2026, 10, 5)),
        BEA: LastTimes(None, date(2026, 10, 4)),
    }
    assert store.people.skips(ANA) == [(date(2026, 10, 5), "deleted")]


def test_attempts_and_facts_are_kept_in_order(store: Store) -> None:
    store.people.record_attempt(ANA, date(2026, 10, 1), "no answer", NOW, EventUid("e"))
    store.people.record_attempt(ANA, date(2026, 10, 3), "", NOW, None)
    store.people.record_fact(ANA, "met", "at the choir", NOW)
    store.people.record_fact(ANA, "fact", "Kids: Rui", NOW)

    assert store.people.attempts(ANA) == [Attempt(date(2026, 10, 3), ""), Attempt(date(2026, 10, 1), "no answer")]
    assert store.people.facts() == {ANA: ["Met: at the choir", "Kids: Rui"]}


@given(st.lists(TEXTS, max_size=6))
def test_every_state_of_a_typed_text_is_kept_and_none_is_doubled(shared: Store, texts: list[str]) -> None:
    event = EventUid(f"typed-{shared.runs.begin(NOW)}")
    for text in texts:
        shared.people.keep_typed(event, "", text, NOW)
        shared.people.keep_typed(event, "", text, NOW)

    kept = shared.people.typed_texts(event)
    assert kept == [text for text, before in zip(texts, ["", *texts], strict=False) if text != before]


def test_typed_texts_are_never_changed_or_taken_away(store: Store) -> None:
    event = EventUid("e")
    for text in ("one", "one two", "", "one"):
        store.people.keep_typed(event, "", text, NOW)
    store.people.keep_typed(event, "2026-10-14", "of an occurrence", NOW)

    assert store.people.typed_texts(event) == ["one", "one two", "", "one", "of an occurrence"]


# Reach-outs

DUE = Window(date(2026, 10, 7), date(2026, 10, 14))


def test_a_person_has_at_most_one_open_reach_out(store: Store) -> None:
    first = store.reach_outs.begin((ANA,), DUE, NOW)
    with pytest.raises(StoreError), store.transaction():
        store.reach_outs.begin((ANA,), DUE, NOW)
    with pytest.raises(StoreError), store.transaction():
        store.reach_outs.begin((BEA, ANA), DUE, NOW)

    assert list(store.reach_outs.open()) == [first]
    store.reach_outs.close(first, "talked", NOW)
    second = store.reach_outs.begin((ANA,), None, NOW)
    assert store.reach_outs.open_of(ANA) == ReachOut(second, (ANA,), NOW)
    assert store.reach_outs.open_of(BEA) is None


def test_a_reach_out_of_another_kind_stands_beside_the_one(store: Store) -> None:
    greeting = store.reach_outs.begin((ANA,), None, NOW, kind=Kind.DATE)
    one = store.reach_outs.begin((ANA,), DUE, NOW)

    assert store.reach_outs.get(greeting).kind is Kind.DATE
    assert store.reach_outs.open().keys() == {greeting, one}
    assert store.reach_outs.open_of(ANA) == ReachOut(one, (ANA,), NOW, window=DUE)
    assert {person: reach_out.id for person, (reach_out, _) in store.events.waiting().items()} == {ANA: one}


def test_a_reach_out_comes_back_as_it_was_saved(store: Store) -> None:
    number = store.reach_outs.begin((BEA, ANA), DUE, NOW)
    assert store.reach_outs.get(number) == ReachOut(number, (ANA, BEA), NOW, window=DUE)

    changed = ReachOut(
        *(number, (ANA, BEA), NOW, None),
        started_at=NOW + timedelta(hours=1, microseconds=5),
        retries=2,
        fixed=True,
        again_from=date(2026, 10, 9),
        window=Window(date(2026, 11, 1), date(2026, 11, 9)),
        withdrawn=True,
    )
    store.reach_outs.save(changed)
    assert store.reach_outs.get(number) == changed
    assert changed.open


@pytest.mark.parametrize(
    ("outcomes", "kept"),
    [
        (["skipped"], "skipped"),
        (["skipped", "withdrawn"], "skipped"),
        (["skipped", "talked"], "talked"),
        (["talked", "skipped"], "talked"),
    ],
)
def test_a_closed_reach_out_keeps_its_outcome_unless_one_talked_after_all(
    store: Store, outcomes: list[str], kept: str
) -> None:
    number = store.reach_outs.begin((ANA,), DUE, NOW)
    for outcome in outcomes:
        store.reach_outs.close(number, outcome, NOW)

    assert store.reach_outs.get(number).outcome == kept
    assert not store.reach_outs.get(number).open
    assert store.reach_outs.open() == {}


def test_outcomes_come_newest_first(store: Store) -> None:
    for hour, outcome in enumerate(("talked", "skipped", "skipped")):
        number = store.reach_outs.begin((ANA,), DUE, NOW)
        store.reach_outs.close(number, outcome, NOW + timedelta(hours=hour))
    store.reach_outs.begin((ANA,), DUE, NOW)
    store.reach_outs.begin_closed((BEA,), "passed", NOW)

    assert store.reach_outs.outcomes(ANA, 2) == ["skipped", "skipped"]
    assert store.reach_outs.outcomes(ANA, 9) == ["skipped", "skipped", "talked"]
    assert store.reach_outs.outcomes(BEA, 9) == ["passed"]


# Events


def marker(subject: str = "ana", n: int = 1) -> Marker:
    return Marker(InstallId("install-1"), 1, Kind.REACH_OUT, subject, n)


def event(
    subject: str = "ana",
    *,
    state: EventState = EventState.OPEN,
    href: str | None = "a.ics",
    reach_outs: tuple[int, ...] = (),
) -> EventRow:
    fields = Fields(Timed(datetime(2026, 10, 8, 17, 30, tzinfo=LISBON), timedelta(minutes=15)), "Reach out", "Brief")
    return EventRow(
        marker(subject),
        marker(subject).uid,
        DISK,
        "calendar",
        state,
        Written(fields, "Reach out", ("12345678",)),
        reach_outs,
        href=Href(href) if href else None,
    )


ZONES = st.sampled_from(
    [UTC, LISBON, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Etc/UTC")]
)
INSTANTS = st.datetimes(datetime(1990, 1, 2), datetime(2080, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
WHENS = st.builds(AllDay, st.dates()) | st.builds(
    lambda instant, zone, seconds: Timed(instant.astimezone(zone), timedelta(seconds=seconds)),
    *(INSTANTS, ZONES, st.integers(0, 100_000)),
)
DIGESTS = st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), max_size=9).map(tuple)
WRITTEN = st.builds(
    Written,
    fields=st.builds(Fields, WHENS, TEXTS, TEXTS, st.booleans()),
    plain_title=TEXTS,
    brief=DIGESTS,
    typed=TEXTS,
    last_modified=st.none() | INSTANTS,
    pending=st.none() | st.builds(Change, st.none() | WHENS, st.none() | TEXTS, st.none() | TEXTS).filter(bool),
)
ROWS = st.builds(
    lambda marker, **more: EventRow(marker, marker.uid, **more),
    st.builds(
        Marker,
        *(TEXTS.map(InstallId), st.integers(1, 9), st.just(Kind.REACH_OUT), TEXTS, st.integers(1, 999)),
        card=st.none() | TEXTS.filter(bool).map(CardUid),
    ),
    account=st.just(DISK),
    calendar=TEXTS,
    state=st.sampled_from(EventState),
    written=WRITTEN,
    reach_outs=st.just(()),
    href=st.none() | TEXTS.map(Href),
    etag=st.none() | TEXTS.map(ETag),
    hands_off=st.frozensets(st.sampled_from(["when", "title", "description", "extras"])),
    touched=st.booleans(),
    repeats_until=st.none() | st.dates(),
    missing_since=st.none() | INSTANTS,
    closed_at=st.none() | INSTANTS,
)


@given(ROWS)
def test_an_event_comes_back_as_it_went_in(shared: Store, row: EventRow) -> None:
    shared.events.save(row)

    found = shared.events.get(row.uid)
    assert found == row
    when, before = found.written.fields.when, row.written.fields.when
    if isinstance(when, Timed) and isinstance(before, Timed):
        assert when.start.astimezone(UTC) == before.start.astimezone(UTC)
        assert when.start.utcoffset() == before.start.utcoffset()


@given(ROWS, ROWS)
def test_saving_again_replaces_what_was_there(shared: Store, row: EventRow, other: EventRow) -> None:
    changed = replace(other, marker=row.marker, uid=row.uid)
    shared.events.save(row)
    shared.events.save(changed)

    found = shared.events.get(row.uid)
    assert found is not None
    assert replace(found, marker=changed.marker) == changed


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 10, 25, 1, 30, tzinfo=LISBON), datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=LISBON)],
    ids=["the first half past one", "the second"],
)
def test_an_hour_that_comes_twice_is_kept_apart(store: Store, start: datetime) -> None:
    row = event()
    fields = replace(row.written.fields, when=Timed(start, timedelta(minutes=15)))
    store.events.save(replace(row, written=replace(row.written, fields=fields)))

    found = store.events.get(row.uid)
    assert found is not None
    assert isinstance(found.written.fields.when, Timed)
    assert found.written.fields.when.start.astimezone(UTC) == start.astimezone(UTC)


def test_an_event_carries_its_reach_outs(store: Store) -> None:
    numbers = (store.reach_outs.begin((ANA,), DUE, NOW), store.reach_outs.begin((BEA,), DUE, NOW))
    store.events.save(event(reach_outs=numbers))
    store.events.save(event(reach_outs=numbers))

    found = store.events.get(event().uid)
    assert found is not None
    assert found.reach_outs == numbers
    when = event().written.fields.when
    assert {person: (r.id, at) for person, (r, at) in store.events.waiting().items()} == {
        ANA: (numbers[0], when),
        BEA: (numbers[1], when),
    }
    assert store.events.day_of(numbers[0], LISBON) == date(2026, 10, 8)
    assert store.events.day_of(99, LISBON) is None


def test_somebody_waits_without_an_event_too(store: Store) -> None:
    number = store.reach_outs.begin((ANA,), DUE, NOW)
    store.events.save(event(state=EventState.GONE, reach_outs=(number,)))

    ((reach_out, when),) = store.events.waiting().values()
    assert (reach_out.id, when) == (number, None)
    assert store.events.day_of(number, LISBON) is None


def test_live_events_are_watched_and_closed_ones_for_a_while(store: Store) -> None:
    for state in EventState:
        closed_at = NOW - timedelta(days=10) if state in (EventState.CLOSED, EventState.GONE) else None
        store.events.save(replace(event(state.value, state=state), closed_at=closed_at))
    store.events.save(replace(event("old", state=EventState.CLOSED), closed_at=NOW - MONTH - timedelta(seconds=1)))
    store.events.save(replace(event("just", state=EventState.CLOSED), closed_at=NOW - MONTH))
    store.events.save(replace(event("elsewhere"), calendar="other"))

    live = {"creating", "open", "finishing", "deleting"}
    assert {row.marker.subject for row in store.events.live()} == live | {"elsewhere"}
    watched = store.events.watched(DISK, "calendar", NOW, MONTH)
    assert {row.marker.subject for row in watched} == live | {"closed", "just"}
    assert store.events.watched(AccountId("other"), "calendar", NOW, MONTH) == []


def test_open_events_that_are_not_among_those_present_have_vanished(store: Store) -> None:
    for subject in ("ana", "bea"):
        store.events.save(event(subject))
    store.events.save(event("closed", state=EventState.CLOSED))

    assert [row.uid for row in store.events.vanished(DISK, "calendar", {event("ana").uid})] == [event("bea").uid]


def test_what_the_store_knows_of_a_calendar(store: Store) -> None:
    assert not store.events.ever_written(DISK, "calendar")
    store.events.save(event(state=EventState.CREATING, href=None))
    assert not store.events.ever_written(DISK, "calendar")
    store.events.save(event(state=EventState.GONE))
    assert store.events.ever_written(DISK, "calendar")
    assert store.events.known_uids([event().uid, EventUid("stranger")]) == {event().uid}
    assert store.events.get(EventUid("stranger")) is None


# Numbers


@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(1, 30)), max_size=20))
def test_a_number_is_never_given_out_twice(shared: Store, steps: list[tuple[str, int | None]]) -> None:
    """``None`` takes the next number; a number is one that was seen in an adopted event."""
    epoch = shared.runs.begin(NOW)
    used: set[tuple[str, int]] = set()
    for subject, adopted in steps:
        if adopted is not None:
            shared.events.note_number(replace(marker(subject, adopted), epoch=epoch))
            used.add((subject, adopted))
            continue
        number = shared.events.next_number(epoch, Kind.REACH_OUT, subject)
        assert (subject, number) not in used
        assert number > max((n for s, n in used if s == subject), default=0)
        used.add((subject, number))


def test_numbers_count_for_each_subject_and_epoch(store: Store) -> None:
    taken = [
        store.events.next_number(epoch, Kind.REACH_OUT, s) for epoch, s in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))
    ]

    assert taken == [1, 2, 1, 1]


# Calendars, passes, faults, configs


def test_a_calendar_s_halt_keeps_when_it_began(store: Store) -> None:
    assert store.calendars.get(DISK, "calendar") is None
    for day, state in enumerate(
        [CalendarState("1"), CalendarState("1", "emptied"), CalendarState("1", "emptied"), CalendarState("2")]
    ):
        store.calendars.save(DISK, "calendar", state, NOW + timedelta(days=day))
        assert store.calendars.get(DISK, "calendar") == state
        since = store.database.all("SELECT halted_since FROM calendars")[0]["halted_since"]
        assert since == ((NOW + timedelta(days=1)).isoformat() if state.halted else None)


def test_the_last_pass_is_known_even_if_it_did_not_come_to_its_end(store: Store) -> None:
    assert store.runs.last() is None
    number = store.runs.begin(NOW)
    assert store.runs.last() == Run(NOW, None, None)
    store.runs.finish(number, {"open": 3, "notes": ["é"]}, NOW + timedelta(minutes=1))
    assert store.runs.last() == Run(NOW, NOW + timedelta(minutes=1), {"open": 3, "notes": ["é"]})


def test_very_old_passes_are_let_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.store.runs._RUNS_KEPT", 3)
    for _ in range(6):
        store.runs.finish(store.runs.begin(NOW), {}, NOW)

    assert [row["id"] for row in store.database.all("SELECT id FROM runs ORDER BY id")] == [4, 5, 6]


def fault(account: str = "disk", kind: str = "Transient", message: str = "busy", *, days: int = 0) -> Fault:
    return Fault(account, kind, message, "wait", NOW + timedelta(days=days))


def test_a_lasting_fault_is_news_once_and_so_is_its_end(store: Store) -> None:
    news, mended = store.runs.replace_faults([fault(), fault("home")])
    assert (sorted(f.account for f in news), mended) == (["disk", "home"], [])

    new, mended = store.runs.replace_faults([fault(message="still busy", days=1), fault(kind="Denied", days=1)])

    assert new == [fault(kind="Denied", days=1)]
    assert mended == [fault("home")]
    assert store.runs.faults() == [fault(message="still busy"), fault(kind="Denied", days=1)]
    assert store.runs.replace_faults([])[0] == []
    assert store.runs.faults() == []


def test_of_two_faults_of_a_kind_the_later_words_stand(store: Store) -> None:
    store.runs.replace_faults([fault(message="one"), fault(message="two")])

    assert [known.message for known in store.runs.faults()] == ["two"]


def test_the_last_good_config_is_kept(store: Store) -> None:
    assert store.runs.good_config() is None
    for text in ("a", "b", "b", "c", "d", "e", "a"):
        store.runs.keep_config(text, NOW)
        assert store.runs.good_config() == text

    assert [row["text"] for row in store.database.all("SELECT text FROM good_configs ORDER BY id")] == ["d", "e", "a"]
