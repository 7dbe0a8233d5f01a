"""What every source of cards keeps to, whatever stands behind it.

A new source joins by adding a :class:`Book`, something the tests can put cards into, to :data:`BOOKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from dav.books import PhoneBook
from dav.servers import Server, radicale, xandikos
from fakes.google.book import GoogleBook
from kith.core.model import AccountId, Card, CardUid, ETag, Group, Href
from kith.errors import AccountError
from kith.sources.base import ACCOUNT as THE_ACCOUNT
from kith.sources.base import AccountCursor, Batch, CardProblem, Changes, Listing, Source
from kith.sources.vcard_folder import VcardFolder

ACCOUNT = AccountId("home")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Book(Protocol):
    """An address book of one collection that a test can write to. Items are called by a name of the test's."""

    def source(self) -> Source:
        """A new source, as the next pass would make it."""
        ...

    def put(self, item: str, name: str) -> None:
        """Store a card called ``name``, whose UID is the item's name; replace it if it is there."""
        ...

    def put_broken(self, item: str) -> None:
        """Store, or replace, an item that no card can be read from."""
        ...

    def remove(self, item: str) -> None:
        """Delete the item."""
        ...

    def take_away(self) -> None:
        """Delete the address book itself."""
        ...


class FolderBook:
    """A folder with one file for each card."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "book"
        self._folder.mkdir()

    def source(self) -> Source:
        return VcardFolder(ACCOUNT, self._folder)

    def put(self, item: str, name: str) -> None:
        self._write(item, f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{item}\r\nFN:{name}\r\nEND:VCARD\r\n")

    def put_broken(self, item: str) -> None:
        self._write(item, "<html>Please sign in</html>")

    def remove(self, item: str) -> None:
        (self._folder / f"{item}.vcf").unlink()

    def take_away(self) -> None:
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _write(self, item: str, text: str) -> None:
        """As sync programs do it: a new file in the place of the old one."""
        draft = self._folder / f".{item}.tmp"
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(self._folder / f"{item}.vcf")


class Shelf:
    """Makes a new address book of each kind; a server is started when the first one on it is asked for."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self._folder = folder
        self._running = running
        self._servers: dict[str, Server] = {}

    def folder(self, folder: Path) -> Book:
        return FolderBook(folder)

    def radicale(self, _: Path) -> Book:
        return PhoneBook(self._server("radicale"))

    def xandikos(self, _: Path) -> Book:
        return PhoneBook(self._server("xandikos"))

    def google(self, _: Path) -> Book:
        return GoogleBook()

    def _server(self, name: str) -> Server:
        if name not in self._servers:
            starting = {"radicale": radicale, "xandikos": xandikos}[name]
            self._servers[name] = self._running.enter_context(starting(self._folder / name))
        return self._servers[name]


BOOKS: dict[str, Callable[[Shelf, Path], Book]] = {
    "folder": Shelf.folder,
    "CardDAV on Radicale": Shelf.radicale,
    "CardDAV on Xandikos": Shelf.xandikos,
    "Google": Shelf.google,
}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with ExitStack() as running:
        yield Shelf(tmp_path_factory.mktemp("servers"), running)


@pytest.fixture(params=BOOKS)
def book(request: pytest.FixtureRequest, shelf: Shelf, tmp_path: Path) -> Iterator[Book]:
    book = BOOKS[request.param](shelf, tmp_path)
    yield book
    if isinstance(book, GoogleBook):
        book.close()


@dataclass
class Taken:
    """All that one reading gave, as a store would keep it."""

    names: dict[CardUid, str] = field(default_factory=dict)
    hrefs: dict[CardUid, Href] = field(default_factory=dict)
    etags: dict[str, dict[Href, ETag]] = field(default_factory=dict)
    present: frozenset[Href] = frozenset()
    problems: list[CardProblem] = field(default_factory=list)
    collections: list[str] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)


def take(source: Source, before: Taken | None = None, now: datetime = NOW) -> Taken:
    """Read what is new since ``before``, and check on the way what any reading must keep to.

    As a store does, it still has what was not read again.
    """
    before = before or Taken()
    taken = Taken(cursors=dict(before.cursors))
    closed: set[Href] = set()
    for found in source.read(before.etags, before.cursors, now):
        if isinstance(found, AccountCursor):
            taken.cursors[THE_ACCOUNT] = found.cursor
            continue
        assert found.collection not in taken.collections, "nothing comes after a collection's end"
        if isinstance(found, Listing | Changes):
            end(taken, before, found, closed)
            continue
        assert isinstance(found, Batch)
        assert found.parts, "an empty batch is no batch"
        for part in found.parts:
            assert part.href not in closed, "nothing of an item comes after its last part"
            assert part.last or part.etag is None, "only the last part carries the ETag"
            if part.last:
                closed.add(part.href)
            if part.etag is not None:
                taken.etags.setdefault(found.collection, {})[part.href] = part.etag
            for entry in part.entries:
                take_entry(taken, source, found.collection, part.href, entry)
            taken.problems.extend(part.problems)
    assert closed <= taken.present
    return taken


def end(taken: Taken, before: Taken, found: Listing | Changes, closed: set[Href]) -> None:
    """Note the end of a collection, and what is in it now."""
    taken.collections.append(found.collection)
    taken.cursors[found.collection] = found.cursor
    if isinstance(found, Listing):
        taken.present |= found.present
    else:
        assert not found.gone & closed, "what was read is not gone"
        taken.present |= (before.present - found.gone) | closed


def take_entry(taken: Taken, source: Source, collection: str, href: Href, entry: Card | Group) -> None:
    assert entry.ref.account == source.account == ACCOUNT
    assert entry.ref.collection == collection
    assert entry.ref.uid not in taken.names, "a card comes once"
    taken.names[entry.ref.uid] = entry.name
    taken.hrefs[entry.ref.uid] = href


class TestSource:
    """The contract."""

    def test_the_first_reading_gives_everything(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        taken = take(book.source())
        assert taken.names == {"ana": "Ana Silva", "kofi": "Kofi Mensah"}
        assert len(taken.collections) == 1
        assert taken.present == set(taken.hrefs.values())
        assert taken.etags[taken.collections[0]].keys() == taken.present
        assert not taken.problems

    def test_an_empty_book_is_an_answer(self, book: Book) -> None:
        taken = take(book.source())
        assert len(taken.collections) == 1
        assert not taken.present

    def test_what_is_unchanged_is_not_read_again_but_still_present(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first = take(book.source())
        second = take(book.source(), first)
        assert not second.names
        assert not second.etags
        assert second.present == first.present

    def test_of_a_change_only_the_changed_item_is_read(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first = take(book.source())
        book.put("kofi", "Kofi A. Mensah")
        second = take(book.source(), first)
        assert second.names == {"kofi": "Kofi A. Mensah"}
        assert second.hrefs[CardUid("kofi")] == first.hrefs[CardUid("kofi")]
        assert second.present == first.present

    def test_a_new_item_is_read(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        first = take(book.source())
        book.put("kofi", "Kofi Mensah")
        second = take(book.source(), first)
        assert second.names == {"kofi": "Kofi Mensah"}
        assert second.present > first.present

    def test_a_removed_item_is_not_present(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first = take(book.source())
        book.remove("ana")
        second = take(book.source(), first)
        assert not second.names
        assert second.present == {first.hrefs[CardUid("kofi")]}

    def test_a_broken_item_is_reported_and_costs_only_itself(self, book: Book) -> None:
        book.put_broken("ana")
        book.put("kofi", "Kofi Mensah")
        taken = take(book.source())
        assert taken.names == {"kofi": "Kofi Mensah"}
        assert taken.problems
        assert all(problem.where and problem.reason for problem in taken.problems)

    def test_an_item_that_broke_is_present_and_its_cards_are_not_given_up(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        first = take(book.source())
        book.put_broken("ana")
        second = take(book.source(), first)
        assert second.problems
        assert second.present == first.present
        assert not second.etags, "closing the item would say that its card is gone"

    def test_an_item_that_was_mended_is_read(self, book: Book) -> None:
        book.put_broken("ana")
        first = take(book.source())
        book.put("ana", "Ana Silva")
        assert take(book.source(), first).names == {"ana": "Ana Silva"}

    def test_two_readings_give_the_same_keys(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first, second = take(book.source()), take(book.source())
        assert first == second

    def test_etags_of_another_collection_say_nothing(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        first = take(book.source())
        (etags,) = first.etags.values()
        assert take(book.source(), Taken(etags={"elsewhere": etags})).names == first.names

    def test_a_book_that_is_not_there_is_an_error_and_not_an_empty_listing(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        first = take(book.source())
        book.take_away()
        with pytest.raises(AccountError):
            take(book.source(), first)

    def test_nothing_depends_on_a_cursor(self, book: Book) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first = take(book.source())
        book.remove("ana")
        book.put("eun", "Eun-ji Park")
        for cursors in ({}, dict.fromkeys(first.cursors, "of another kith"), dict.fromkeys(first.cursors, "{}")):
            second = take(book.source(), replace(first, cursors=cursors))
            assert second.names == {"eun": "Eun-ji Park"}
            assert second.present == {first.hrefs[CardUid("kofi")], second.hrefs[CardUid("eun")]}

    def test_a_cursor_that_was_not_stored_is_not_missed(self, book: Book) -> None:
        """A pass that is cut off has stored the cards, and not how far it was."""
        book.put("ana", "Ana Silva")
        first = take(book.source())
        book.put("kofi", "Kofi Mensah")
        book.remove("ana")
        second = take(book.source(), first)
        stored = first.present | set(second.hrefs.values())
        cut_off = replace(second, cursors=first.cursors, etags=join(first.etags, second.etags), present=stored)
        again = take(book.source(), cut_off)
        assert not again.names
        assert again.present == second.present

    @pytest.mark.parametrize("days", [1, 8, -1])
    def test_the_clock_changes_nothing_about_what_is_found(self, book: Book, days: int) -> None:
        book.put("ana", "Ana Silva")
        book.put("kofi", "Kofi Mensah")
        first = take(book.source())
        book.remove("ana")
        book.put("kofi", "Kofi A. Mensah")
        second = take(book.source(), first, NOW + timedelta(days=days))
        assert second.names == {"kofi": "Kofi A. Mensah"}
        assert second.present == {first.hrefs[CardUid("kofi")]}


def join(*all_etags: dict[str, dict[Href, ETag]]) -> dict[str, dict[Href, ETag]]:
    joined: dict[str, dict[Href, ETag]] = {}
    for etags in all_etags:
        for collection, known in etags.items():
            joined.setdefault(collection, {}).update(known)
    return joined
