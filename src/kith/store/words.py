"""Searching every text by its words, with SQLite's FTS5: accents and case do not count, a word's beginning is enough.

The index is kept in step by triggers, and can be made anew from the texts. Whatever the user types is looked for as
words: each is quoted, so that nothing in it is taken for the query language of FTS5.
"""

from __future__ import annotations

from dataclasses import dataclass

from kith.core.history import What
from kith.store.db import Database

FOUND, END = "\x02", "\x03"
"""What stands around a hit in an excerpt: no text that comes from a calendar has these."""

_TABLES = {0: "conversations", 1: "facts", 2: "attempts", 3: "typed_texts"}
_WHATS = {0: What.CONVERSATION, 1: What.FACT, 2: What.ATTEMPT, 3: What.NOTE}
_MOST_WORDS = 20
_EXCERPT = 16


@dataclass(frozen=True, slots=True)
class Hit:
    """A text in which all words were found, by its entry's handle, with an excerpt around them."""

    handle: str
    excerpt: str


class Words:
    """The index of all texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, typed: str) -> list[Hit]:
        """The texts in which each word typed begins some word, whatever became of them; the best first."""
        query = _query(typed)
        if not query:
            return []
        sql = (
            "SELECT rowid, snippet(words, 0, char(2), char(3), '…', ?) AS excerpt FROM words"
            " WHERE words MATCH ? ORDER BY rank, rowid DESC"
        )
        return [
            Hit(f"{_WHATS[row['rowid'] % 4].value}{row['rowid'] // 4}", row["excerpt"])
            for row in self._database.all(sql, (_EXCERPT, query))
        ]

    def rebuild(self) -> None:
        """Make the index anew from the texts."""
        with self._database.transaction():
            self._database.execute("DELETE FROM words")
            for number, table in _TABLES.items():
                self._database.execute(f"INSERT INTO words (rowid, text) SELECT id * 4 + {number}, text FROM {table}")


def words_of(typed: str) -> list[str]:
    """The words to look for: what holds a letter or a digit."""
    return [word for word in typed.replace("\0", " ").split() if any(map(str.isalnum, word))][:_MOST_WORDS]


def _query(typed: str) -> str:
    return " ".join(f"{_quoted(word)}*" for word in words_of(typed))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
