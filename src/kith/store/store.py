"""The whole store: one file, opened and brought up to date, with a room for each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from kith.core.model import InstallId
from kith.store.accounts import Accounts
from kith.store.advice import Answers
from kith.store.calendars import Calendars
from kith.store.cards import Cards
from kith.store.choosing import Choosing
from kith.store.db import Database
from kith.store.events import Events
from kith.store.history import History
from kith.store.imports import Imports
from kith.store.introductions import Introductions
from kith.store.joins import Joins
from kith.store.lines import Lines
from kith.store.looking import Looking
from kith.store.matching import Matching
from kith.store.meetings import Meetings
from kith.store.migrations import migrate
from kith.store.news import NewsRoom
from kith.store.people import People
from kith.store.reach_outs import ReachOuts
from kith.store.runs import Runs
from kith.store.scouts import Scouts
from kith.store.waits import Waits
from kith.store.words import Words


class Store:
    """kith's memory. Open it with :func:`open_store`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.cards = Cards(database)
        self.people = People(database)
        self.reach_outs = ReachOuts(database)
        self.events = Events(database, self.reach_outs)
        self.calendars = Calendars(database)
        self.lines = Lines(database)
        self.choosing = Choosing(database)
        self.history = History(database)
        self.words = Words(database)
        self.imports = Imports(database, self.cards)
        self.meetings = Meetings(database)
        self.runs = Runs(database)
        self.waits = Waits(database)
        self.accounts = Accounts(database)
        self.matching = Matching(database)
        self.joins = Joins(database, self.reach_outs)
        self.news = NewsRoom(database)
        self.introductions = Introductions(database)
        self.scouts = Scouts(database)
        self.looking = Looking(database)
        self.advice = Answers(database)

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside happens, or nothing."""
        return self.database.transaction()

    @property
    def install(self) -> InstallId:
        """Which kith this is."""
        return InstallId(self._meta("install"))

    @property
    def epoch(self) -> int:
        """Which life of this store: each restored backup begins a new one, so that no event's name comes twice."""
        return int(self._meta("epoch"))

    def begin_epoch(self) -> int:
        """Begin a new epoch; its number."""
        epoch = self.epoch + 1
        self.database.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (str(epoch),))
        return epoch

    def _meta(self, key: str) -> str:
        row = self.database.one("SELECT value FROM meta WHERE key = ?", (key,))
        return row["value"] if row else ""


@contextmanager
def open_store(path: Path, now: datetime, new_id: Callable[[], str]) -> Iterator[Store]:
    """Open the store, making it or bringing it up to date where needed. ``new_id`` names a new install.

    Raises:
        StoreError: it cannot be used; nothing was changed.
    """
    database = Database(path)
    try:
        migrate(database, now)
        with database.transaction():
            database.execute("INSERT OR IGNORE INTO meta VALUES ('install', ?), ('epoch', '1')", (new_id(),))
        yield Store(database)
    finally:
        database.close()
