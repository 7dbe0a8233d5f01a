"""What happens when: which accounts are left alone for now, and when the next pass is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from kith.core.waiting import Wait
from kith.store.db import Database


@dataclass(frozen=True, slots=True)
class NextPass:
    """When the next pass is due, when the last one began (both aware), and how things stand, in one line."""

    at: datetime
    began: datetime
    summary: str


class Waits:
    """Accounts that failed, and the next pass. The daemon reads the latter on its own (:mod:`kith.daemon.record`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Wait]:
        """The accounts that failed when they were last asked."""
        return {
            row["account"]: Wait(row["failures"], datetime.fromisoformat(row["until"]) if row["until"] else None)
            for row in self._database.all("SELECT * FROM waits")
        }

    def put(self, account: str, wait: Wait) -> None:
        """Leave an account alone."""
        until = wait.until.astimezone(UTC).isoformat() if wait.until else None
        self._database.execute("INSERT OR REPLACE INTO waits VALUES (?, ?, ?)", (account, wait.failures, until))

    def end(self, accounts: Collection[str]) -> None:
        """Ask these accounts again."""
        self._database.execute_many("DELETE FROM waits WHERE account = ?", [(account,) for account in accounts])

    def end_all(self) -> None:
        """Ask every account again."""
        self._database.execute("DELETE FROM waits")

    def next_pass(self) -> NextPass | None:
        """When the next pass is due; None before the first."""
        row = self._database.one("SELECT * FROM next_pass")
        if row is None:
            return None
        return NextPass(datetime.fromisoformat(row["at"]), datetime.fromisoformat(row["began"]), row["summary"])

    def plan(self, following: NextPass) -> None:
        """Say when the next pass is due."""
        values = (following.at.astimezone(UTC).isoformat(), following.began.astimezone(UTC).isoformat())
        self._database.execute("INSERT OR REPLACE INTO next_pass VALUES (1, ?, ?, ?)", (*values, following.summary))

    def hasten(self, now: datetime) -> None:
        """The next pass is due now."""
        self._database.execute("UPDATE next_pass SET at = ?", (now.astimezone(UTC).isoformat(),))
