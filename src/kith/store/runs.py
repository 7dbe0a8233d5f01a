"""What passes did and what is wrong: for ``kith status``, and so that a lasting fault is reported once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kith.store.db import Database

_RUNS_KEPT = 500
_CONFIGS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Something lasting that is wrong. ``kind`` is the error's name; the pair with ``account`` is its key."""

    account: str
    kind: str
    message: str
    hint: str
    since: datetime


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
        return [
            Fault(row["account"], row["kind"], row["message"], row["hint"], datetime.fromisoformat(row["since"]))
            for row in self._database.all("SELECT * FROM faults ORDER BY since, account, kind")
        ]

    def replace_faults(self, faults: list[Fault]) -> tuple[list[Fault], list[Fault]]:
        """Set what is wrong now; those that are new, and those that are mended. A lasting one keeps its ``since``."""
        before = {(fault.account, fault.kind): fault for fault in self.faults()}
        now = {(fault.account, fault.kind): fault for fault in faults}
        self._database.execute("DELETE FROM faults")
        for key, fault in now.items():
            since = before[key].since if key in before else fault.since
            self._database.execute(
                "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
                (fault.account, fault.kind, fault.message, fault.hint, since.isoformat()),
            )
        return [now[key] for key in now.keys() - before.keys()], [before[key] for key in before.keys() - now.keys()]

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
