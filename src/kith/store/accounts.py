"""The names of accounts, wherever they stand in the store."""

from __future__ import annotations

from kith.store.db import Database


class Accounts:
    """Every table with an account in it, whichever there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_known(self, account: str) -> bool:
        """Whether anything is kept under this name."""
        sql = "SELECT 1 FROM {} WHERE account = ? LIMIT 1"
        return any(self._database.one(sql.format(table), (account,)) is not None for table in self._tables())

    def rename(self, old: str, new: str) -> None:
        """Keep everything under the new name; there must be nothing under it yet."""
        for table in self._tables():
            self._database.execute(f"UPDATE {table} SET account = ? WHERE account = ?", (new, old))

    def _tables(self) -> list[str]:
        sql = (
            "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'account'"
            " WHERE m.type = 'table' ORDER BY m.name"
        )
        return [row["name"] for row in self._database.all(sql)]
