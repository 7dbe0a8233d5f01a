"""Export and import: without loss, without doubles, and a file that was changed is refused as a whole."""

from __future__ import annotations

import json
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.core.circles import ByHand
from kith.core.event import AllDay, Change, Fields, Kind, Marker, Timed
from kith.core.evidence import pair
from kith.core.model import AccountId, Card, CardRef, CardUid, ETag, EventUid, Href, InstallId, PersonId
from kith.core.period import Period
from kith.core.readback import Written
from kith.errors import UsageError
from kith.keeping import archive
from kith.store.archive import STAYS, TABLES
from kith.store.events import EventRow, EventState
from kith.store.history import CHANGEABLE
from kith.store.matching import Ruling
from kith.store.meetings import Place, event_of
from kith.store.meetings import Written as Met
from kith.store.people import PersonRow
from kith.store.store import Store, open_store

NOW = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
DISK = AccountId("disk")

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
INSTANTS = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
NOBODY_TO_EVERYBODY = st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True)


def person_id(number: int) -> PersonId:
    return PersonId(f"person-{number}")


@contextmanager
def new_store(install: str = "here") -> Iterator[Store]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "kith.sqlite3", NOW, lambda: install) as store,
    ):
        store.database.execute("PRAGMA synchronous = OFF")
        yield store


def exported(store: Store) -> dict[str, str]:
    """Every file of an export."""
    with tempfile.TemporaryDirectory() as folder:
        archive.write(store, Path(folder) / "export")
        return {str(path.relative_to(folder)): path.read_text() for path in Path(folder).rglob("*") if path.is_file()}


def carried(store: Store, into: Store) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        archive.write(store, Path(folder) / "export")
        return archive.take_in(into, Path(folder) / "export")


# --- what there is to keep ------------------------------------------------------------------------------------

Act = Callable[[Store], None]


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """One thing that can happen to a store."""
    people = [person_id(number) for number in draw(NOBODY_TO_EVERYBODY)]
    who, day, now, text = people[0], draw(DAYS), draw(INSTANTS), draw(TEXT)
    uid = EventUid(f"event-{draw(st.integers(0, 3))}") if draw(st.booleans()) else None
    length, what = Period(days=draw(st.integers(1, 90))), draw(st.sampled_from(CHANGEABLE))
    act: Act = draw(
        st.sampled_from(
            [
                lambda store: store.people.record_conversation(people, day, text, now, via=text[:3], event=uid),
                lambda store: store.people.record_attempt(who, day, text, now, uid),
                lambda store: store.people.record_skip(who, day, text, now, uid),
                lambda store: store.people.record_fact(who, "met", text, now),
                lambda store: store.history.tick(who, text, now),
                lambda store: store.history.forget(what, 1, now),
                lambda store: store.people.keep_typed(uid or EventUid("event-9"), text[:2], text, now),
                lambda store: store.people.set_circle(who, text),
                lambda store: store.people.set_next(who, day, now.date()),
                lambda store: store.people.pause(who, until=day),
                lambda store: store.people.set_anchors([(who, day)]),
                lambda store: store.people.rename([(who, text)]),
                lambda store: store.people.link(CardRef(DISK, text, CardUid(text)), who),
                lambda store: store.cards.record_changes(card(text), card(f"{text}!"), now.isoformat()),
                lambda store: store.people.withdraw_conversation(uid or EventUid("event-0"), "", now),
                lambda store: write_event(store, people, day, now, text, length),
                lambda store: carry_on(store, now, text),
                lambda store: join(store, people[0], people[-1], text, now),
                lambda store: tell(store, people, day, text, now),
                lambda store: introduce(store, people, day, text, now),
                lambda store: look_for(store, people, day, text, now),
                lambda store: store.meetings.ask(EventUid(text), who, day, text),
                lambda store: answer_all(store),
                lambda store: meet(store, people, day, now, text),
            ]
        )
    )
    return act


def join(store: Store, one: PersonId, other: PersonId, reason: str, now: datetime) -> None:
    """Two count as one, and the user said so."""
    roots = store.joins.counts_as([one, other])
    if roots[one] != roots[other]:
        store.matching.rule([pair(one, other)], Ruling.SAME, "you", now)
        store.joins.join(roots[one], roots[other], [reason], now)


def key(store: Store, table: str) -> str:
    row = store.database.one(f"SELECT count(*) FROM {table}")
    return f"{table}-{row[0] if row else 0}"


def tell(store: Store, people: list[PersonId], day: date, text: str, now: datetime) -> None:
    """News, of which the user said who was told; over, or not."""
    number = store.news.add(key(store, "news"), text, day, None, (text, "inner"), now)
    for person in people:
        store.news.rule(number, person, now, told=bool(text))
    if len(people) > 1:
        store.news.end(number, day)


def introduce(store: Store, people: list[PersonId], day: date, text: str, now: datetime) -> None:
    """Two who are to meet, and what became of it."""
    store.introductions.add(key(store, "introductions"), people[0], people[-1], text, now)
    number = max((one.number for one in store.introductions.all(UTC)), default=0)
    for settle in (store.introductions.introduced, store.introductions.met, store.introductions.drop)[: len(text)]:
        settle(number, day)
    if people[0] != people[-1]:
        store.introductions.know_each_other(people[0], people[-1], now)


def look_for(store: Store, people: list[PersonId], day: date, text: str, now: datetime) -> None:
    """Somebody to get to know, who was met, or given up."""
    via = people[0] if len(people) > 1 else None
    number = store.scouts.add(key(store, "scouts"), text, via, text, now)
    if text:
        store.scouts.met(number, people[-1], day)
    elif via is None:
        store.scouts.drop(number, day)


def answer_all(store: Store) -> None:
    for question in store.meetings.questions():
        store.meetings.answer(question, "yes" if question.number % 2 else "no")


def meet(store: Store, people: list[PersonId], day: date, now: datetime, text: str) -> None:
    """A conversation that came from a meeting."""
    store.people.record_conversation(people, day, text, now, via="meeting", event=event_of(text))
    took_part = {f"{who}@example.org": who for who in people}
    store.meetings.note(Met(text, Place(DISK, "work"), day, text, took_part, withdrawn=len(text) % 2 == 0))


def card(name: str) -> Card:
    return Card(CardRef(DISK, "", CardUid("uid")), name)


def carry_on(store: Store, now: datetime, text: str) -> None:
    """What waits is carried by the first event of all from now on, in a line of its own."""
    events = store.events.live()
    for number in store.reach_outs.open() if events else ():
        store.lines.carry(events[0].uid, number, text[:8])
        store.lines.set_missing(events[0].uid, number, now)


def write_event(store: Store, people: list[PersonId], day: date, now: datetime, text: str, length: Period) -> None:
    """A reach-out with its event, open where nobody has another one."""
    is_open = not any(store.reach_outs.open_of(person) for person in people)
    begin = store.reach_outs.begin if is_open else None
    number = begin(tuple(people), None, now) if begin else store.reach_outs.begin_closed(tuple(people), "talked", now)
    n = store.events.next_number(store.epoch, Kind.REACH_OUT, people[0])
    marker = Marker(store.install, store.epoch, Kind.REACH_OUT, people[0], n, CardUid(text) if text else None)
    start = Timed(now.astimezone(ZoneInfo("Europe/Lisbon")), timedelta(minutes=length.days))
    written = Written(
        fields=Fields(AllDay(day) if length.days % 2 else start, text, text, alarm=bool(text)),
        plain_title=text,
        brief=("abc", "def"),
        typed=text,
        last_modified=now,
        pending=Change(title=text, when=start) if length.days % 3 else None,
    )
    store.events.save(
        EventRow(
            *(marker, marker.uid, DISK, text, EventState.OPEN if is_open else EventState.CLOSED, written, (number,)),
            href=Href(text) if text else None,
            etag=ETag(text),
            hands_off=frozenset({"when", "title"}),
            touched=bool(length.days % 2),
            repeats_until=day,
            missing_since=now,
            closed_at=None if is_open else now,
        )
    )


def filled(store: Store, things: list[Act]) -> None:
    with store.transaction():
        for number in range(5):
            by_hand = ByHand("friends", Period(days=14)) if number % 2 else ByHand()
            row = PersonRow(person_id(number), f"Person / {number % 2}", bool(number % 2), ("a@b.c",), (), by_hand)
            store.people.add(row, NOW)
        for act in things:
            act(store)


@settings(max_examples=40)
@given(st.lists(acts(), max_size=12))
def test_export_import_export_gives_the_same(things: list[Act]) -> None:
    with new_store() as store, new_store("there") as other:
        filled(store, things)
        once = exported(store)
        carried(store, other)
        assert exported(other) == once
        again = carried(store, other)
        assert exported(other) == once
        assert (again.people, again.conversations, again.facts, again.events, again.left_out) == (0, 0, 0, 0, 0)


@settings(max_examples=20)
@given(st.lists(acts(), max_size=8), st.lists(acts(), max_size=8))
def test_what_is_here_already_stays_and_nothing_comes_twice(mine: list[Act], theirs: list[Act]) -> None:
    with new_store() as here, new_store("there") as there:
        filled(here, mine)
        filled(there, theirs)
        before = json.loads(exported(here)["export/kith.json"])
        carried(there, here)
        once = exported(here)
        after = json.loads(once["export/kith.json"])
        for kept in ("conversations", "typed_texts", "events", "reach_outs", "card_changes"):
            assert all(item in after[kept] for item in before[kept])
        opened = [person for item in after["reach_outs"] if item["outcome"] is None for person in item["people"]]
        assert len(opened) == len(set(opened))
        carried(there, here)
        assert exported(here) == once


def test_every_table_and_column_goes_out_or_has_its_reason_to_stay() -> None:
    """A new table, or a new column of one, belongs into the archive, or into the list of what does not."""
    inside = {"id", "revision", "person_id", "conversation_id", "reach_out_id", "number"}
    inside |= {"joined_to", "home", "took", "news_id"}
    goes = {table.name: {*table.columns} | inside for table in TABLES}
    with new_store() as store:
        rows = store.database.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        assert {row["name"] for row in rows} <= goes.keys() | STAYS.keys()
        for name, columns in goes.items():
            assert {row["name"] for row in store.database.all(f"PRAGMA table_info({name})")} <= columns, name


def test_what_was_given_can_be_read() -> None:
    with new_store() as store:
        for who, name in (("ana", "Ana"), ("bea", "Bea"), ("eva", "Eva")):
            store.people.add(PersonRow(PersonId(who), name), NOW)
        ana, bea, eva = PersonId("ana"), PersonId("bea"), PersonId("eva")
        number = store.news.add("n", "A bakery", NOW.date(), NOW.date(), ("inner",), NOW)
        store.news.rule(number, bea, NOW, told=True)
        store.introductions.add("i", ana, eva, "Both bake", NOW)
        store.introductions.met(1, NOW.date())
        store.introductions.know_each_other(ana, bea, NOW)
        store.scouts.add("s", "A pianist", eva, "For Rui", NOW)
        write_scout_event(store, "s|1", "Asked Eva\nwho knows one")
        store.joins.join(eva, bea, ["by hand"], NOW)
        assert (
            exported(store)["export/giving.md"]
            == """\
# Giving

## News

- 2026-11-04: A bakery (for inner; until 2026-11-04)
  - told: Bea, 2026-11-04

## Introductions

- Ana and Bea: Both bake (planned 2026-11-04, met 2026-11-04)

## They know each other

- Ana and Bea

## To get to know

- A pianist; through Bea; For Rui
  - Asked Eva / who knows one
"""
        )


def write_scout_event(store: Store, subject: str, typed: str) -> None:
    marker = Marker(store.install, 1, Kind.SCOUT, subject, 1)
    written = Written(Fields(AllDay(NOW.date()), "Meet someone new", ""), "Meet someone new", (), typed)
    store.events.save(EventRow(marker, marker.uid, DISK, "", EventState.CLOSED, written, ()))


# --- people -------------------------------------------------------------------------------------------------


def test_somebody_is_known_again_by_a_card() -> None:
    with new_store() as here, new_store("there") as there:
        link = CardRef(DISK, "book", CardUid("ana-1"))
        for store, who in ((here, "ana-here"), (there, "ana-there")):
            store.people.add(PersonRow(PersonId(who), "Ana"), NOW)
            store.people.link(link, PersonId(who))
        there.people.record_conversation([PersonId("ana-there")], NOW.date(), "The library", NOW)
        there.people.set_circle(PersonId("ana-there"), "inner")
        there.people.pause(PersonId("ana-there"), until=None)
        new = carried(there, here)
        assert (new.people, new.conversations) == (0, 1)
        (row,) = here.people.everybody()
        assert (row.id, row.set_by_hand.circle, row.paused) == ("ana-here", "inner", True)
        assert [spoken.text for spoken in here.people.conversations()[row.id]] == ["The library"]


def test_people_who_were_joined_are_joined_again_and_can_be_parted_there() -> None:
    ana, her = PersonId("ana"), PersonId("her")
    with new_store() as here, new_store("there") as there:
        for person in (ana, her):
            here.people.add(PersonRow(person, person.title()), NOW)
            here.people.record_conversation([person], NOW.date(), f"With {person}", NOW)
        join(here, her, ana, "the same phone", NOW)
        carried(here, there)
        assert there.joins.joined() == {her: ana}
        assert [join.reasons for join in there.joins.of([her])] == [("the same phone",)]
        assert {said.text for said in there.people.conversations_of(ana)} == {"With ana", "With her"}
        there.joins.take_apart(ana)
        assert [said.text for said in there.people.conversations_of(her)] == ["With her"]


def test_an_older_word_of_somebody_who_was_joined_does_not_come_back() -> None:
    with new_store() as here, new_store("there") as there:
        ana, her = PersonId("ana"), PersonId("her")
        for store in (here, there):
            for who in (ana, her):
                store.people.add(PersonRow(who, "Ana"), NOW)
        here.people.pause(her, until=None)
        here.joins.join(her, ana, ["by hand"], NOW)
        assert [row.paused for row in here.people.everybody()] == [True]
        here.people.unpause(ana)

        carried(here, there)
        carried(there, here)

        assert [row.paused for row in there.people.everybody()] == [False]
        assert [row.paused for row in here.people.everybody()] == [False]


def test_what_is_ruled_here_is_not_overruled() -> None:
    with new_store() as here, new_store("there") as there:
        for store, circle in ((here, "friends"), (there, "inner")):
            store.people.add(PersonRow(PersonId("ana"), "Ana"), NOW)
            store.people.set_circle(PersonId("ana"), circle)
        carried(there, here)
        assert here.people.everybody()[0].set_by_hand.circle == "friends"


def test_a_second_open_event_stays_a_stranger() -> None:
    with new_store() as here, new_store("there") as there:
        for store in (here, there):
            store.people.add(PersonRow(PersonId("ana"), "Ana"), NOW)
            write_event(store, [PersonId("ana")], NOW.date(), NOW, store.install, Period(days=2))
        new = carried(there, here)
        assert (new.events, new.left_out) == (0, 1)
        assert len(here.events.live()) == 1


# --- the files ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with new_store() as store:
        store.people.add(PersonRow(PersonId("ana"), "Ana Souza", by_hand=True, emails=("ana@example.org",)), NOW)
        store.people.add(PersonRow(PersonId("rui"), "Rui"), NOW)
        store.people.record_fact(PersonId("ana"), "met", "at Bruno's wedding", NOW)
        store.people.record_conversation([PersonId("ana")], date(2026, 10, 30), "Lunch.\nShe pays", NOW, via="meet")
        archive.write(store, tmp_path / "export")
        yield tmp_path / "export"


def test_a_page_reads_well(folder: Path) -> None:
    assert [path.name for path in (folder / "people").iterdir()] == ["Ana Souza.md"]
    assert (folder / "people" / "Ana Souza.md").read_text() == (
        "# Ana Souza\n\n"
        "- added by hand on 2026-11-04\n- mail: ana@example.org\n\n"
        "## Worth remembering\n\n- Met: at Bruno's wedding\n\n"
        "## Conversations\n\n- 2026-10-30 (meet): Lunch.\n  She pays\n"
    )


def test_the_files_are_private(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nothing_is_overwritten(folder: Path) -> None:
    with new_store() as store, pytest.raises(UsageError, match="is not empty"):
        archive.write(store, folder)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda whole: whole.pop("kith"), "not an export"),
        (lambda whole: whole.update(version=2), "newer kith"),
        (lambda whole: whole.pop("events"), "events: Field required"),
        (lambda whole: whole.update(more=1), "more: "),
        (lambda whole: whole["people"][0].update(anchor="soon"), "people.0.anchor: "),
        (lambda whole: whole["people"][0].update(every="often"), "people.0.every: "),
        (lambda whole: whole["conversations"][0].update(recorded_at="2026-01-01"), "conversations.0.recorded_at: "),
        (lambda whole: whole["conversations"][0].update(people=["nobody"]), "nobody with the id nobody"),
        (lambda whole: whole["people"].append(whole["people"][0]), "there twice"),
    ],
)
def test_a_changed_file_is_refused_as_a_whole(folder: Path, change: Callable[[Any], object], says: str) -> None:
    file = folder / archive.FILE
    whole = json.loads(file.read_text())
    change(whole)
    file.write_text(json.dumps(whole))
    with new_store() as store:
        with pytest.raises(UsageError) as caught:
            archive.take_in(store, folder)
        assert says in "\n".join((caught.value.message, *caught.value.candidates))
        assert store.people.count() == 0


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b'{"kith": 3}'])
def test_what_is_no_export_is_refused(folder: Path, content: bytes) -> None:
    (folder / archive.FILE).write_bytes(content)
    with new_store() as store, pytest.raises(UsageError):
        archive.take_in(store, folder / archive.FILE)


def test_an_event_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with new_store() as store, new_store("there") as other:
        store.people.add(PersonRow(PersonId("ana"), "Ana"), NOW)
        write_event(store, [PersonId("ana")], NOW.date(), NOW, "Ana", Period(days=2))
        archive.write(store, tmp_path / "export")
        file = tmp_path / "export" / archive.FILE
        whole = json.loads(file.read_text())
        whole["events"][0]["fields"]["when"] = {"start": "now", "zone": "Mars/Phobos"}
        file.write_text(json.dumps(whole))
        with pytest.raises(UsageError) as caught:
            archive.take_in(other, tmp_path / "export")
        assert "events.0.fields" in caught.value.candidates[0]
        assert InstallId("there") == other.install
