"""What passes did and what is wrong: for ``kith status``, and so that a lasting fault is reported once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kith.core.model import EventUid
from kith.store.db import Database, Row

_RUNS_KEPT = 500
_CONFIGS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong. ``kind`` is the error's name; the pair with ``account`` is its key.

    How the user was told of it: ``event`` in their calendar; ``told_at``, when their command was run, and ``not_told``,
    why that failed.
    """

    account: str
    kind: str
    message: str
    hint: str
    since: datetime
    event: EventUid | None = None
    told_at: datetime | None = None
    not_told: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One pass: ``report`` is its JSON form, None for one that did not come to its end."""

    started_at: datetime
    finished_at: datetime | None
    report: dict[str, Any] | None


class Runs:
    """Passes and faults."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, now: datetime) -> int:
        """Note that a pass begins; its number."""
        return self._database.insert("INSERT INTO runs (started_at) VALUES (?)", (now.isoformat(),))

    def finish(self, run: int, report: dict[str, Any], now: datetime) -> None:
        """Note that a pass came to its end, and let very old ones go."""
        self._database.execute(
            "UPDATE runs SET finished_at = ?, report = ? WHERE id = ?",
            (now.isoformat(), json.dumps(report, ensure_ascii=False), run),
        )
        self._database.execute("DELETE FROM runs WHERE id <= ?", (run - _RUNS_KEPT,))

    def last(self) -> Run | None:
        """The pass that began last."""
        row = self._database.one("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        if row is None:
            return None
        finished = datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None
        report = json.loads(row["report"]) if row["report"] else None
        return Run(datetime.fromisoformat(row["started_at"]), finished, report)

    def faults(self) -> list[Fault]:
        """Everything that is wrong now."""
        return [_fault(row) for row in self._database.all("SELECT * FROM faults ORDER BY since, account, kind")]

    def replace_faults(self, faults: list[Fault]) -> tuple[list[Fault], list[Fault]]:
        """Set what is wrong now; those that are new, and those that are mended.

        One that was there before keeps its ``since``, and how the user was told of it.
        """
        before = {(fault.account, fault.kind): fault for fault in self.faults()}
        now = {(fault.account, fault.kind): fault for fault in faults}
        self._database.execute("DELETE FROM faults")
        for key, fault in now.items():
            self._insert(replace(before[key], message=fault.message, hint=fault.hint) if key in before else fault)
        return [now[key] for key in now.keys() - before.keys()], [before[key] for key in before.keys() - now.keys()]

    def keep_telling(self, fault: Fault) -> None:
        """Keep how the user was told of a fault that stands."""
        self._database.execute(
            "UPDATE faults SET event_uid = ?, told_at = ?, not_told = ? WHERE account = ? AND kind = ?",
            (
                *(fault.event, fault.told_at.isoformat() if fault.told_at else None, fault.not_told),
                *(fault.account, fault.kind),
            ),
        )

    def _insert(self, fault: Fault) -> None:
        self._database.execute(
            "INSERT INTO faults (account, kind, message, hint, since, event_uid, told_at, not_told)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(fault.account, fault.kind, fault.message, fault.hint, fault.since.isoformat(), fault.event),
                *(fault.told_at.isoformat() if fault.told_at else None, fault.not_told),
            ),
        )

    def keep_config(self, text: str, now: datetime) -> bool:
        """Keep a config that was found good; whether it is another one than was kept last."""
        is_another = self.good_config() != text
        if is_another:
            self._database.execute("INSERT INTO good_configs (text, kept_at) VALUES (?, ?)", (text, now.isoformat()))
            self._database.execute(
                "DELETE FROM good_configs WHERE id <= (SELECT max(id) FROM good_configs) - ?",
                (_CONFIGS_KEPT,),
            )
        return is_another

    def good_config(self) -> str | None:
        """The last good config."""
        row = self._database.one("SELECT text FROM good_configs ORDER BY id DESC LIMIT 1")
        return row["text"] if row else None


def _fault(row: Row) -> Fault:
    return Fault(
        account=row["account"],
        kind=row["kind"],
        message=row["message"],
        hint=row["hint"],
        since=datetime.fromisoformat(row["since"]),
        event=EventUid(row["event_uid"]) if row["event_uid"] else None,
        told_at=datetime.fromisoformat(row["told_at"]) if row["told_at"] else None,
        not_told=row["not_told"],
    )
