"""Which address books a DAV account has, which of them are read, and what each is called in the store.

An address book is called by the path it was first seen at, and keeps that name when it moves. One that is not there
any more is a fault to tell the user of, never a reason to let go of its cards; one that the config does not name any
more is left out, and its cards may go, as far as the user agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from kith.dav.account import DavAccount
from kith.dav.addresses import folder_path
from kith.dav.discovery import Collection, by_name, discover, list_collections
from kith.dav.transport import Transport
from kith.errors import AccountError, Denied, SignInNeeded, Transient
from kith.sources.carddav_cursor import Books


class Shelf:
    """Which address books there are, which of them are to be read, and what they were called when first seen."""

    def __init__(self, account: DavAccount, transport: Transport, before: Books, stored: frozenset[str]) -> None:
        self.chosen: dict[str, Collection] = {}
        self.left_out: list[str] = []
        """Stored ones that the config does not want any more: their cards are let go of, as far as the user agrees."""
        self.failures: list[AccountError] = []
        self.remembered = before
        self._account = account
        self._transport = transport
        self._about = "|".join((account.url, account.contacts_url or "", account.username))
        self.same_server = before.about == self._about
        """Whether the config still names the address that was read before, so that what was noted there holds."""
        self._before = before if self.same_server else replace(before, homes=())
        self._stored = stored

    def look(self) -> None:
        """Find the address books: where they were, or from the beginning.

        Raises:
            AccountError: they could not be found.
        """
        homes, found = self._where_they_were()
        if not found:
            discovery = discover(self._transport, self._account, "carddav")
            homes, found = discovery.home_sets, discovery.collections
        named = self._named(found)
        self._choose(named)
        kept = {name: self._before.books[name] for name in self._stored - named.keys() if name in self._before.books}
        books = {name: (book.path, book.name) for name, book in named.items()}
        self.remembered = Books(self._about, homes, {**kept, **books})

    def _where_they_were(self) -> tuple[tuple[str, ...], tuple[Collection, ...]]:
        """What is in the homes known so far, if that is still everything that was there."""
        homes = self._before.homes
        paths = {path for path, _ in self._before.books.values()}
        found: dict[str, Collection] = {}
        try:
            for home in homes:
                alone = folder_path(home) in paths
                for book in list_collections(self._transport, home, "carddav", members=not alone):
                    found.setdefault(book.path, book)
        except (SignInNeeded, Transient):
            raise
        except AccountError:
            return homes, ()
        expected = {path for name, (path, _) in self._before.books.items() if name in self._stored}
        return homes, tuple(found.values()) if expected <= found.keys() else ()

    def _named(self, found: Sequence[Collection]) -> dict[str, Collection]:
        """Each address book by the name it has in the store: its path when it was first seen.

        One that is not where it was, while another with its display name stands where none was, has moved.
        """
        names = {path: name for name, (path, _) in self._before.books.items()}
        names = {name: name for name in self._stored if name not in self._before.books} | names
        paths = {book.path for book in found}
        named: dict[str, Collection] = {}
        fresh = []
        for book in found:
            if book.path in names:
                named[names[book.path]] = book
            else:
                fresh.append(book)
        lost = {name: title for name, (path, title) in self._before.books.items() if path not in paths}
        for book in fresh:
            same = [name for name, title in lost.items() if title == book.name]
            alone = len(same) == 1 and sum(other.name == book.name for other in fresh) == 1
            name = same[0] if alone else book.path
            while name in named or (not alone and name in lost):
                name += "+"
            named[name] = book
        return named

    def _choose(self, named: Mapping[str, Collection]) -> None:
        """What to read of what is there."""
        wanted = self._account.address_books
        if wanted:
            self.chosen = {name: named[name] for name in self._wanted(named, wanted)}
        else:
            only = self._account.contacts_url is not None and len(named) == 1
            self.chosen = {name: book for name, book in named.items() if only or not book.generated}
        if self.failures:
            return
        for name in sorted(self._stored - self.chosen.keys()):
            if name in named or wanted:
                self.left_out.append(name)
            else:
                title = self._before.books.get(name, ("", unquote(name)))[1]
                self.failures.append(
                    Denied(
                        f"the address book “{title}” is not there any more; its cards are kept",
                        hint="if that is meant, name those that are to be read in `address_books` of this account",
                    )
                )

    def _wanted(self, named: Mapping[str, Collection], wanted: Sequence[str]) -> Iterator[str]:
        names = {book.path: name for name, book in named.items()}
        titles = {title: name for name, (_, title) in self._before.books.items() if name in named}
        for title in dict.fromkeys(wanted):
            book = by_name(tuple(named.values()), title)
            if book is not None:
                yield names[book.path]
            elif title in titles:  # the server calls it something else by now
                yield titles[title]
            else:
                there = ", ".join(f"“{one.name}”" for one in named.values())
                self.failures.append(
                    Denied(f"there is no address book “{title}”", hint=f"there are {there}" if there else "")
                )
