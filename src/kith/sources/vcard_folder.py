"""Cards from vCard files on disk: a folder of them, or one file with many.

Reads what vdir tools (vdirsyncer, khard), Syncthing and the exports of phones leave on disk. A file is an item;
its href is its path below the folder, its ETag is made of what ``stat`` says of it.

This room never writes to the folder, never follows a link into another folder, and never says more than it saw:
an item that could not be read, or not in one piece, gets no last part, so that whatever was known of it stands.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from kith.codecs.vcard import LineProblem, read_cards
from kith.core.model import AccountId, Card, ETag, Group, Href
from kith.errors import AccountError, Denied, Transient
from kith.sources.base import Batch, CardProblem, ItemPart, Listing

COLLECTION = "contacts"
"""A folder is one address book, however many subfolders it has."""

_BATCH_SIZE = 500
_SUFFIXES = (".vcf", ".vcard")
_PASSED_OVER = (".", "~", "#")  # hidden files, and what editors and office programs write beside an open file

_CANNOT_OPEN = "this file cannot be opened; what was known of it is kept"
_NO_CARDS = "no card in this file can be read; what was known of it is kept"


@dataclass(frozen=True, slots=True)
class _File:
    href: Href
    path: Path
    etag: ETag | None


@dataclass(frozen=True, slots=True)
class VcardFolder:
    """The cards of the vCard files in ``path``, or of the one file ``path`` is."""

    account: AccountId
    path: Path

    def read(
        self, known: Mapping[str, Mapping[Href, ETag]], cursors: Mapping[str, str], now: datetime
    ) -> Iterator[Batch | Listing]:
        """Yield the cards of every file whose ETag is not the known one, then the listing.

        A folder needs no cursor and no clock: looking at all of its files costs next to nothing.

        A file that is written to while we read it may be half of what it will be. Then its last part is not
        yielded, the other files are read as usual, and :class:`Transient` takes the place of the listing, so
        nothing is concluded from what was missing. A file without a readable card, such as an empty one that
        a sync program has just made, gets no last part either: absence is not deletion.

        Raises:
            Denied: the path is not there or may not be read.
            Transient: the disk failed, or a file changed while it was read.
        """
        files = self._files()
        etags = known.get(COLLECTION, {})
        torn: list[Path] = []
        to_read = (file for file in files if file.etag is None or file.etag != etags.get(file.href))
        yield from _batches(chain.from_iterable(self._parts(file, torn) for file in to_read))
        if torn:
            raise Transient(f"{torn[0]} changed while it was read", hint="it is read again at the next pass")
        yield Listing(COLLECTION, frozenset(file.href for file in files))

    def _files(self) -> list[_File]:
        """Every vCard file that is there, in the order of their hrefs."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise self._error(error, self.path) from error
        if S_ISREG(status.st_mode):
            return [_File(_href(self.path.name), self.path, _etag(status))]
        if S_ISDIR(status.st_mode):
            return sorted(self._walk(), key=lambda file: file.href)
        raise Denied(f"{self.path} is neither a folder nor a file")

    def _walk(self) -> Iterator[_File]:
        folders = [(self.path, "")]
        while folders:
            folder, prefix = folders.pop()
            try:
                with os.scandir(folder) as found:
                    entries = [entry for entry in found if not entry.name.startswith(_PASSED_OVER)]
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append((Path(entry.path), f"{prefix}{entry.name}/"))
                    elif entry.name.lower().endswith(_SUFFIXES):
                        yield from _file(entry, prefix)
            except OSError as error:
                raise self._error(error, folder) from error

    def _parts(self, file: _File, torn: list[Path]) -> Iterator[ItemPart]:
        """One file in parts of a batch's size, the last of them only if it was read in one piece."""
        try:
            stream = file.path.open("rb")
        except OSError as error:
            if file.path == self.path:
                raise self._error(error, file.path) from error
            if isinstance(error, FileNotFoundError) and not file.path.is_symlink():
                return  # it went since we listed it, and counts as present this once
            yield ItemPart(file.href, (), (CardProblem(file.href, _CANNOT_OPEN, whole_card=True),), last=False)
            return
        try:
            with stream:
                yield from self._parts_of(file, stream, torn)
        except OSError as error:
            raise self._error(error, file.path) from error

    def _parts_of(self, file: _File, stream: BinaryIO, torn: list[Path]) -> Iterator[ItemPart]:
        etag = _etag(os.fstat(stream.fileno()))
        entries: list[Card | Group] = []
        problems: list[CardProblem] = []
        any_card = False
        for found in read_cards(stream, account=self.account, collection=COLLECTION, href=file.href):
            if isinstance(found, LineProblem):
                problems.append(CardProblem(f"{file.href}:{found.line}", found.reason, found.whole_card))
            else:
                entries.append(found)
                any_card = True
            if len(entries) + len(problems) == _BATCH_SIZE:
                yield ItemPart(file.href, tuple(entries), tuple(problems), last=False)
                entries, problems = [], []
        if _etag(os.fstat(stream.fileno())) != etag:
            torn.append(file.path)
        elif any_card:
            yield ItemPart(file.href, tuple(entries), tuple(problems), last=True, etag=etag)
        else:
            nothing = CardProblem(file.href, _NO_CARDS, whole_card=True)
            yield ItemPart(file.href, (), (*problems, nothing), last=False)

    def _error(self, error: OSError, path: Path) -> AccountError:
        """A failure of the disk as one of ours."""
        if isinstance(error, FileNotFoundError | NotADirectoryError) and path == self.path:
            return Denied(f"{path} is not there", hint="check the path of this account in the config")
        if isinstance(error, PermissionError):
            return Denied(f"{path} may not be read", hint="give the user that kith runs as the right to read it")
        return Transient(f"{path} could not be read: {error.strerror or type(error).__name__}")


def _file(entry: os.DirEntry[str], prefix: str) -> Iterator[_File]:
    """The file behind an entry, also behind a link; nothing for what is neither."""
    href, path = _href(prefix + entry.name), Path(entry.path)
    try:
        status = entry.stat()
    except OSError:  # a link to nowhere, or to where we may not look: it is there, and opening it will say more
        yield _File(href, path, None)
        return
    if S_ISREG(status.st_mode):
        yield _File(href, path, _etag(status))


def _href(name: str) -> Href:
    """A path as text that can be stored: file names on Linux are bytes, and need not be UTF-8."""
    return Href(os.fsencode(name).decode("utf-8", "backslashreplace"))


def _etag(status: os.stat_result) -> ETag:
    """Changes when the file is written to, or another takes its place."""
    return ETag(f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}")


def _batches(parts: Iterable[ItemPart]) -> Iterator[Batch]:
    """Pack the parts, in order, into batches of about the same size."""
    packed: list[ItemPart] = []
    size = 0
    for part in parts:
        more = max(1, len(part.entries) + len(part.problems))
        if packed and size + more > _BATCH_SIZE:
            yield Batch(COLLECTION, tuple(packed))
            packed, size = [], 0
        packed.append(part)
        size += more
    if packed:
        yield Batch(COLLECTION, tuple(packed))
