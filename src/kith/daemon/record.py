"""What the store says to the daemon: when the next pass is due, and how things stand (see :mod:`kith.store.waits`).

Read with a connection of its own each time, since the file may be another one after a restore, and never waited for.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Record:
    """When the next pass is due and when the last one began (both aware), and how things stand, in one line."""

    at: datetime
    began: datetime
    summary: str


def read_record(store: Path) -> Record | None:
    """What stands in the store; None where there is nothing, or where it cannot be read just now."""
    if not store.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            row = connection.execute("SELECT at, began, summary FROM next_pass").fetchone()
        return Record(datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1]), row[2]) if row else None
    except (sqlite3.Error, OSError, ValueError):
        return None
