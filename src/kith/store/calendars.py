"""What is known of the calendars that kith writes to, and where the last look at each came to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kith.core.model import AccountId, ETag, Href
from kith.store.db import Database


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What is known of a calendar. ``halted`` says why nothing is created or concluded in it."""

    identity: str
    halted: str | None = None


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the last look at a calendar left for the next. ``cursor`` is the back end's own note.

    ``settled`` are events of kith's that nothing waits for, in the state they were seen in: copies, and those that
    were over and done with long ago. They are not looked at again until they change.
    """

    cursor: str = ""
    settled: Mapping[Href, ETag] = field(default_factory=dict)


class Calendars:
    """Calendars by their account and name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account: AccountId, calendar: str) -> CalendarState | None:
        """What is known of a calendar, None before its first pass."""
        row = self._database.one("SELECT * FROM calendars WHERE account = ? AND calendar = ?", (account, calendar))
        return CalendarState(row["identity"], row["halted"]) if row else None

    def save(self, account: AccountId, calendar: str, state: CalendarState, now: datetime) -> None:
        """Keep what is known of a calendar."""
        since = now.isoformat() if state.halted else None
        self._database.execute(
            "INSERT INTO calendars VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET identity = excluded.identity,"
            " halted = excluded.halted, halted_since = CASE WHEN excluded.halted IS NULL THEN NULL"
            " ELSE coalesce(halted_since, excluded.halted_since) END",
            (account, calendar, state.identity, state.halted, since),
        )

    def last_look(self, account: AccountId, calendar: str) -> LastLook:
        """What the last look left."""
        row = self._database.one("SELECT * FROM looks WHERE account = ? AND calendar = ?", (account, calendar))
        return LastLook(row["cursor"], json.loads(row["settled"])) if row else LastLook()

    def save_look(self, account: AccountId, calendar: str, look: LastLook) -> None:
        """Keep what a look leaves for the next."""
        settled = json.dumps(dict(look.settled), ensure_ascii=False)
        self._database.execute(
            "INSERT INTO looks VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET cursor = excluded.cursor, settled = excluded.settled",
            (account, calendar, look.cursor, settled),
        )
