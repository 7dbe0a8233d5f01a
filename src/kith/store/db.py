"""The connection: one SQLite file, private, in WAL mode, with short transactions only.

Nothing above this room sees sqlite3: its errors leave as :class:`~kith.errors.StoreError`. No transaction may stay
open over a request to a server.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kith.errors import StoreDamaged, StoreError

_BUSY_SECONDS = 30
_PUT_BACK = "put the newest good backup back: `kith restore` lists them"
Row = sqlite3.Row
SQLITE_VERSION = sqlite3.sqlite_version


class Database:
    """An open SQLite file. Use :meth:`transaction` around everything that belongs together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with store_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing. Inside another transaction it simply joins that one."""
        if self._connection.in_transaction:
            yield
            return
        with store_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with store_errors(self.path):
                self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything inside sees the store at one moment."""
        if self._connection.in_transaction:
            yield
            return
        with store_errors(self.path):
            self._connection.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            self._connection.rollback()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; how many rows it changed."""
        with store_errors(self.path):
            return self._connection.execute(sql, values).rowcount

    def insert(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run an INSERT; the row's number."""
        with store_errors(self.path):
            return self._connection.execute(sql, values).lastrowid or 0

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        with store_errors(self.path):
            self._connection.executemany(sql, rows)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Every row of a query."""
        with store_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one by one, for those too many to hold."""
        with store_errors(self.path):
            yield from self._connection.execute(sql, values)

    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if any."""
        with store_errors(self.path):
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def script(self, sql: str) -> None:
        """Run several statements inside the transaction that is open (``executescript`` would end it)."""
        for statement in _statements(sql):
            self.execute(statement)

    def integrity(self) -> str:
        """What SQLite finds wrong with the file, or nothing."""
        with store_errors(self.path):
            return _damage(self._connection)

    def back_up_to(self, target: Path) -> None:
        """Copy the store as it is at this moment, with SQLite's backup API, to a private file that is whole or absent.

        Raises:
            StoreError: it cannot be written, or what would be kept is damaged; what was at ``target`` is as it was.
        """
        partial = target.with_name(f".{target.name}.partial")
        with store_errors(target):
            partial.unlink(missing_ok=True)
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        try:
            with store_errors(target), closing(sqlite3.connect(partial)) as copy:
                self._connection.backup(copy)
                copy.execute(
                    "PRAGMA journal_mode = DELETE"
                )  # one file, which can be read from a disk that cannot be written
                found = _damage(copy)
            if found:
                raise StoreDamaged(f"kith's store {self.path} is damaged: {found}", hint=_PUT_BACK)
            with store_errors(target):
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def fill_from(self, source: Path) -> None:
        """Put the contents of another store in place of all there is, at once, for every process that has it open."""
        with store_errors(self.path), closing(sqlite3.connect(source)) as copy:
            copy.backup(self._connection)


def copy_out(source: Path, target: Path) -> None:
    """Copy an SQLite file that is only to be read to a new private one.

    Raises:
        StoreError: it cannot be read, or is no SQLite file.
    """
    with store_errors(target):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    address = f"file:{quote(str(source.absolute()))}?mode=ro"
    with (
        store_errors(source),
        closing(sqlite3.connect(address, uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)


def _damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the file, or nothing.

    The quick check of SQLite 3.40 takes sound rows of a table without rowid for broken ones; the whole check knows
    better, and is only asked then.
    """
    for check in ("quick_check", "integrity_check"):
        found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
        if found == "ok":
            return ""
    return found


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a sentence about kith's store."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreError(f"kith's store {path} is busy", hint="try again in a moment") from error
        raise StoreError(f"kith's store {path} cannot be used: {error}", hint=_hint(error)) from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"kith's store {path} is damaged: {error}", hint=_PUT_BACK) from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}", hint="is the disk full or read-only?") from error


def _hint(error: sqlite3.OperationalError) -> str:
    if "full" in str(error):
        return "the disk is full: make room, then run `kith sync` again"
    return "check that the file and its folder are yours and writable"


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
