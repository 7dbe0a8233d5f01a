"""Google's contacts into a store: changes, labels, renames, tokens, and readings that break off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.google.book import GoogleBook
from fakes.google.people import STARRED, contact
from fakes.google.wire import Answer, Kind, rpc_refusal
from kith.core.model import AccountId, PersonId
from kith.core.report import PassReport
from kith.errors import AccountError, Malformed, RemovalsHeld, Transient
from kith.store.store import Store, open_store
from kith.sync.absorb import Absorber, meet
from kith.sync.joining import join_people, rule_different

HOME = AccountId("home")
CONNECTIONS, GROUPS = "people.people.connections.list", "people.contactGroups.list"


class Desk:
    """A store, and the passes that fill it from Google."""

    def __init__(self, store: Store, book: GoogleBook) -> None:
        self.store = store
        self.book = book
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def read(self, *, days: float = 0) -> PassReport:
        self.now += timedelta(days=days)
        report = PassReport(started=self.now)
        run = self.store.runs.begin(self.now)
        try:
            absorber = Absorber(self.store, self.book.source(), run, self.now, lambda _: None)
            absorber.absorb(report, accept_removals=False)
        finally:
            meet(self.store, lambda: "another", self.now)
        return report

    def asked(self) -> dict[str, int]:
        """What was asked since the last time, without tokens."""
        counts = self.book.google.counts()
        self.book.google.forget_asked()
        return {method: count for method, count in counts.items() if method != "token"}

    @property
    def names(self) -> dict[PersonId, str]:
        return {person: cards[0].name for person, cards in self.store.cards.by_person().items()}

    def labels(self, name: str) -> tuple[str, ...]:
        (found,) = [cards[0] for cards in self.store.cards.by_person().values() if cards[0].name == name]
        return found.labels


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    book = GoogleBook()
    with open_store(tmp_path / "store.sqlite3", datetime(2026, 3, 2, tzinfo=UTC), lambda: "install") as store:
        yield Desk(store, book)
    book.close()


def fill(book: GoogleBook, count: int) -> None:
    book.people.fill((f"id{number}", contact(f"Somebody No{number}")) for number in range(count))


def test_nothing_changed_costs_one_request_each(desk: Desk) -> None:
    desk.book.put("ana", "Ana Souza")
    desk.read()
    desk.asked()
    desk.read()
    assert desk.asked() == {CONNECTIONS: 1, GROUPS: 1}
    assert desk.book.google.tokens.refreshes == 2


def test_many_are_read_a_thousand_at_a_time(desk: Desk) -> None:
    fill(desk.book, 2500)
    assert desk.read().accounts[0].new == 2500
    assert desk.asked() == {CONNECTIONS: 3, GROUPS: 1}


def test_a_new_photo_is_no_change(desk: Desk) -> None:
    desk.book.put("ana", "Ana Souza")
    desk.read()
    desk.book.people.touch("ana")
    (account,) = desk.read().accounts
    assert (account.new, account.changed) == (0, 0)


def test_labels_come_from_groups(desk: Desk) -> None:
    choir = desk.book.people.add_group("Choir")
    desk.book.put("ana", "Ana Souza", choir, STARRED)
    desk.read()
    assert desk.labels("Ana Souza") == ("Choir", "Starred")


def test_many_groups_are_paged(desk: Desk) -> None:
    groups = [desk.book.people.add_group(f"Group {number}") for number in range(1500)]
    desk.book.put("ana", "Ana Souza", groups[1400])
    desk.read()
    assert desk.labels("Ana Souza") == ("Group 1400",)
    assert desk.asked() == {CONNECTIONS: 1, GROUPS: 2}


def test_a_label_that_is_called_differently_changes_its_members(desk: Desk) -> None:
    choir = desk.book.people.add_group("Choir")
    desk.book.put("ana", "Ana Souza", choir)
    desk.read()
    desk.book.people.rename_group(choir, "Singing")
    desk.read()
    assert desk.labels("Ana Souza") == ("Singing",)
    desk.asked()
    desk.read()
    assert desk.asked() == {CONNECTIONS: 1, GROUPS: 1}


def test_a_label_that_comes_later_than_its_member(desk: Desk) -> None:
    group = desk.book.people.add_group("Choir")
    groups = desk.book.people._groups
    hidden = {group: groups.pop(group)}
    desk.book.put("ana", "Ana Souza", group)
    desk.read()
    assert desk.labels("Ana Souza") == ()
    desk.read()
    groups.update(hidden)
    desk.read()
    assert desk.labels("Ana Souza") == ("Choir",)


@pytest.mark.parametrize("new_id", [None, "another-id"])
def test_a_contact_whose_name_at_google_changes_stays_the_same_person(desk: Desk, new_id: str | None) -> None:
    fill(desk.book, 10)
    desk.book.put("ana", "Ana Souza")
    desk.read()
    before = desk.names
    desk.book.people.rename("ana", new_id=new_id)
    (account,) = desk.read().accounts
    assert (account.new, account.gone) == (0, 0)
    assert desk.names == before
    desk.book.put(new_id or "ana", "Ana Silva")
    desk.read()
    changed = {person for person, name in desk.names.items() if before[person] != name}
    assert [desk.names[person] for person in changed] == ["Ana Silva"]
    assert desk.names.keys() == before.keys()


def test_one_whose_name_changed_unnoticed_is_known_by_the_id_of_the_contact(desk: Desk) -> None:
    fill(desk.book, 10)
    desk.book.put("ana", "Ana Souza")
    desk.read()
    before = desk.names
    desk.book.people.rename("ana")
    desk.book.people.expire_tokens()
    desk.read()
    assert desk.names == before


def test_a_rename_that_is_told_again_after_a_crash(desk: Desk) -> None:
    fill(desk.book, 3)
    desk.read()
    before = desk.names
    desk.book.people.rename("id0", new_id="x0")
    cursors = desk.store.cards.cursors(HOME)
    desk.read()
    for collection, cursor in cursors.items():
        desk.store.cards.keep_cursor(HOME, collection, cursor)
    desk.read()
    assert desk.names == before


@pytest.mark.parametrize("ruled", [False, True])
def test_of_two_contacts_that_were_made_one_nobody_loses_what_was_said(desk: Desk, *, ruled: bool) -> None:
    fill(desk.book, 10)
    desk.book.put("ana", "Ana Souza")
    desk.book.put("old", "A. S.")
    desk.read()
    people = {name: person for person, name in desk.names.items()}
    day = datetime(2026, 3, 1, tzinfo=UTC)
    desk.store.people.record_conversation([people["A. S."]], day.date(), "The recipe", day)
    if ruled:
        rule_different(desk.store, [people["A. S."]], [people["Ana Souza"]], day)
    desk.book.people.merge("old", "ana")
    desk.read()
    join_people(desk.store, "PT", day)
    whole = desk.store.joins.counts_as(people.values())
    assert (whole[people["A. S."]] == whole[people["Ana Souza"]]) is not ruled
    (said,) = desk.store.people.conversations_of(whole[people["A. S."]])
    assert said.text == "The recipe"


def test_a_deleted_contact_is_gone_and_its_person_is_not(desk: Desk) -> None:
    fill(desk.book, 10)
    desk.read()
    desk.book.remove("id3")
    assert desk.read().accounts[0].gone == 1
    assert desk.store.people.count() == 10


def test_many_deleted_at_once_are_held(desk: Desk) -> None:
    fill(desk.book, 10)
    desk.read()
    for number in range(6):
        desk.book.remove(f"id{number}")
    with pytest.raises(AccountError, match="6 of 10"):
        desk.read()
    assert desk.store.cards.counts(HOME) == (10, 6)


def test_an_expired_token_means_reading_everything(desk: Desk) -> None:
    fill(desk.book, 10)
    desk.read()
    desk.book.people.expire_tokens()
    desk.book.put("id3", "Somebody Else")
    desk.book.remove("id4")
    desk.asked()
    (account,) = desk.read().accounts
    assert (account.new, account.changed, account.gone) == (0, 1, 1)
    assert desk.asked() == {CONNECTIONS: 2, GROUPS: 1}


@pytest.mark.parametrize("status", ["FAILED_PRECONDITION", "INVALID_ARGUMENT"])
def test_the_shapes_of_an_expired_token(desk: Desk, status: str) -> None:
    desk.book.put("ana", "Ana Souza")
    desk.read()
    desk.book.google.fail("answer", CONNECTIONS, answer=rpc_refusal(400, status, "EXPIRED_SYNC_TOKEN", "Sync token."))
    desk.asked()
    desk.read()
    assert desk.asked() == {CONNECTIONS: 2, GROUPS: 1}


def test_everything_is_listed_before_the_token_dies(desk: Desk) -> None:
    def whole() -> bool:
        return not any("syncToken" in asked.query for asked in desk.book.google.asked if asked.method == CONNECTIONS)

    desk.book.put("ana", "Ana Souza")
    desk.read()
    found = []
    for _ in range(9):
        desk.asked()
        desk.read(days=1)
        found.append(whole())
    assert found == [False, False, False, False, False, True, False, False, False]


@pytest.mark.parametrize("kind", ["truncated", "cut", "page", "refused"])
def test_a_first_reading_that_breaks_off_loses_nobody_and_begins_again(desk: Desk, kind: Kind) -> None:
    fill(desk.book, 2500)
    desk.book.google.fail(kind, CONNECTIONS, after=1, times=9)
    with pytest.raises(AccountError):
        desk.read()
    assert desk.store.cards.counts(HOME) == (1000, 0)
    desk.book.google.faults.clear()
    assert desk.read().accounts[0].new == 1500
    assert desk.store.cards.counts(HOME) == (2500, 0)


def test_a_weekly_reading_that_breaks_off_removes_nobody(desk: Desk) -> None:
    fill(desk.book, 2500)
    desk.read()
    desk.book.google.fail("answer", CONNECTIONS, after=2, times=9, answer=rpc_refusal(503, "UNAVAILABLE", "BUSY"))
    with pytest.raises(Transient):
        desk.read(days=7)
    assert desk.store.cards.counts(HOME) == (2500, 0)


def test_a_token_for_another_question_is_not_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.book.put("ana", "Ana Souza")
    desk.read()
    monkeypatch.setattr("kith.sources.google._ASKED", "another question")
    desk.asked()
    desk.read()
    assert not any("syncToken" in asked.query for asked in desk.book.google.asked)


def test_an_answer_without_anything_in_it_is_no_list(desk: Desk) -> None:
    fill(desk.book, 3)
    desk.read()
    desk.book.google.fail("answer", CONNECTIONS, answer=Answer(200, {}))
    with pytest.raises(Malformed, match="empty answer"):
        desk.read(days=7)
    assert desk.store.cards.counts(HOME) == (3, 0)


def test_an_empty_list_is_one_and_is_held(desk: Desk) -> None:
    fill(desk.book, 3)
    desk.read()
    desk.book.google.fail("answer", CONNECTIONS, answer=Answer(200, {"nextSyncToken": "1|names"}))
    with pytest.raises(RemovalsHeld):
        desk.read(days=7)
    assert desk.store.cards.counts(HOME) == (3, 3)
    assert desk.read().accounts[0].gone == 0
    assert desk.store.cards.counts(HOME) == (3, 0)


def test_answers_that_are_no_lists(desk: Desk) -> None:
    bodies: list[Any] = [{"connections": {}}, {"connections": ["x"]}, {"connections": [{"names": []}]}, []]
    for body in bodies:
        desk.book.google.fail("answer", CONNECTIONS, answer=Answer(200, body))
        with pytest.raises(AccountError):
            desk.read()
    assert desk.store.cards.counts(HOME) == (0, 0)
