"""Tables of the store as an archive holds them: which columns go out and in, and how."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kith.store.db import Database, Row

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns that go out and in; some are 0 or 1 in the store, some are JSON, some are words in one text."""

    name: str
    columns: tuple[str, ...]
    flags: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def out(self, row: Row) -> Values:
        """A row as values."""
        values = {name: row[name] for name in self.columns}
        for name in self.flags:
            values[name] = bool(values[name])
        for name in self.packed:
            values[name] = json.loads(values[name]) if values[name] is not None else None
        for name in self.words:
            values[name] = values[name].split()
        return values

    def stored(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Values as a row."""
        stored = {name: values[name] for name in self.columns}
        for name in self.flags:
            stored[name] = int(stored[name])
        for name in self.packed:
            stored[name] = json.dumps(stored[name], ensure_ascii=False) if stored[name] is not None else None
        for name in self.words:
            stored[name] = " ".join(stored[name])
        return tuple(stored.values())

    def put(self, database: Database, values: Mapping[str, Any], **more: object) -> int:
        """Store a new row; its number."""
        names = ", ".join((*self.columns, *more))
        marks = ", ".join("?" * (len(self.columns) + len(more)))
        row = (*self.stored(values), *more.values())
        return database.insert(f"INSERT INTO {self.name} ({names}) VALUES ({marks})", row)

    def add_where_none_is(self, database: Database, wanted: Iterable[Values], **owner: object) -> None:
        """Add the rows whose key is not here; what is here stays."""
        names = ", ".join((*self.columns, *owner))
        marks = ", ".join("?" * (len(self.columns) + len(owner)))
        for values in wanted:
            row = (*self.stored(values), *owner.values())
            database.execute(f"INSERT OR IGNORE INTO {self.name} ({names}) VALUES ({marks})", row)
