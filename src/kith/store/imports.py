"""What came out of files: sacred, since the files may be gone; and what each import did, so that it can be undone.

Imported cards stand in the mirror like all others. Should that be dropped, :meth:`Imports.restore` puts them back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kith.core.model import AccountId, Card, CardRef, CardUid, Href, PersonId
from kith.store.cards import Cards, body_of, card_of
from kith.store.db import Database, Row

_HREF = Href("import")
_NO_RUN = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was imported. ``summary`` is how many of each kind there were."""

    number: int
    account: AccountId
    file: str
    at: datetime
    summary: dict[str, int]
    undone: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an import did, and to what; ``before`` is None where nothing was there."""

    what: str
    subject: list[Any]
    before: Any


@dataclass(frozen=True, slots=True)
class Thing:
    """What a file said of somebody, and the number of the row that it became."""

    value: str
    number: int | None


class Imports:
    """Imports, their cards and their steps."""

    def __init__(self, database: Database, cards: Cards) -> None:
        self._database = database
        self._cards = cards

    # --- what was imported ----------------------------------------------------------------------------

    def begin(self, account: AccountId, file: str, now: datetime) -> int:
        """Note that a file is imported; its number."""
        sql = "INSERT INTO imports (account, file, imported_at) VALUES (?, ?, ?)"
        return self._database.insert(sql, (account, file, now.isoformat()))

    def finish(self, number: int, summary: dict[str, int]) -> None:
        """Note what came of it."""
        self._database.execute("UPDATE imports SET summary = ? WHERE id = ?", (json.dumps(summary), number))

    def mark_undone(self, number: int, now: datetime) -> None:
        """Note that it was taken back; its steps are not needed any more."""
        self._database.execute("UPDATE imports SET undone_at = ? WHERE id = ?", (now.isoformat(), number))
        self._database.execute("DELETE FROM import_steps WHERE import_id = ?", (number,))

    def all(self) -> list[Import]:
        """Every import, oldest first."""
        return [
            Import(
                row["id"],
                AccountId(row["account"]),
                row["file"],
                datetime.fromisoformat(row["imported_at"]),
                json.loads(row["summary"]),
                row["undone_at"] is not None,
            )
            for row in self._database.all("SELECT * FROM imports ORDER BY id")
        ]

    def note(self, number: int, what: str, subject: list[Any], before: object = None) -> None:
        """Keep what is done, and what was there before."""
        self._database.execute(
            "INSERT INTO import_steps (import_id, what, subject, before) VALUES (?, ?, ?, ?)",
            (number, what, json.dumps(subject), None if before is None else json.dumps(before)),
        )

    def steps_back(self, number: int) -> list[Step]:
        """What an import did, the last first."""
        rows = self._database.all("SELECT * FROM import_steps WHERE import_id = ? ORDER BY id DESC", (number,))
        return [
            Step(row["what"], json.loads(row["subject"]), json.loads(row["before"]) if row["before"] else None)
            for row in rows
        ]

    # --- cards ----------------------------------------------------------------------------------------

    def cards(self, account: AccountId) -> dict[CardRef, Card]:
        """Every imported card of an account."""
        rows = self._database.all("SELECT * FROM imported_cards WHERE account = ?", (account,))
        return {card.ref: card for card in map(card_of, rows)}

    def put(self, card: Card) -> None:
        """Store a card, here and in the mirror."""
        self.put_body(card.ref, body_of(card))

    def put_body(self, ref: CardRef, body: str) -> None:
        """Store a card as it stood once, here and in the mirror."""
        self._database.execute("INSERT OR REPLACE INTO imported_cards VALUES (?, ?, ?, ?)", (*_key(ref), body))
        self._restore([ref])

    def remove(self, ref: CardRef, now: datetime) -> None:
        """Let a card go, whose import is taken back; it is nobody's any more."""
        for table in ("imported_cards", "imported_things", "person_cards"):
            sql = f"DELETE FROM {table} WHERE account = ? AND collection = ? AND uid = ?"
            self._database.execute(sql, _key(ref))
        self._cards.forget([ref], now.isoformat())

    def restore(self) -> None:
        """Put cards back into the mirror that are not there, should it have been dropped."""
        sql = (
            "SELECT i.account, i.collection, i.uid FROM imported_cards i LEFT JOIN cards c"
            " ON (c.account, c.collection, c.uid) = (i.account, i.collection, i.uid) WHERE c.uid IS NULL"
        )
        self._restore(_ref(row) for row in self._database.all(sql))

    def _restore(self, refs: Iterable[CardRef]) -> None:
        sql = "SELECT * FROM imported_cards WHERE account = ? AND collection = ? AND uid = ?"
        for ref in refs:
            row = self._database.one(sql, _key(ref))
            if row is not None:
                self._cards.put([(_HREF, card_of(row))], _NO_RUN)

    def owner(self, ref: CardRef) -> PersonId | None:
        """Whose card it is."""
        sql = "SELECT person_id FROM person_cards WHERE account = ? AND collection = ? AND uid = ?"
        row = self._database.one(sql, _key(ref))
        return PersonId(row["person_id"]) if row else None

    # --- what files said beside the card --------------------------------------------------------------

    def things(self, ref: CardRef) -> dict[str, Thing]:
        """What files said of somebody so far, by key."""
        sql = "SELECT key, value, number FROM imported_things WHERE account = ? AND collection = ? AND uid = ?"
        return {row["key"]: Thing(row["value"], row["number"]) for row in self._database.all(sql, _key(ref))}

    def keep_thing(self, ref: CardRef, key: str, thing: Thing | None) -> None:
        """Keep what a file said, or forget that it did."""
        if thing is None:
            sql = "DELETE FROM imported_things WHERE account = ? AND collection = ? AND uid = ? AND key = ?"
            self._database.execute(sql, (*_key(ref), key))
        else:
            values = (*_key(ref), key, thing.value, thing.number)
            self._database.execute("INSERT OR REPLACE INTO imported_things VALUES (?, ?, ?, ?, ?, ?)", values)

    def keep_home(self, ref: CardRef, kind: str, number: int) -> None:
        """Note whose a thing is that a card brought, where the card's own person counts as somebody else."""
        self._database.execute(
            "INSERT OR IGNORE INTO belongings (person_id, kind, number) SELECT home, ?, ? FROM person_cards"
            " WHERE account = ? AND collection = ? AND uid = ? AND home <> person_id",
            (kind, number, *_key(ref)),
        )

    def fact(self, number: int) -> str | None:
        """The text of a fact."""
        row = self._database.one("SELECT text FROM facts WHERE id = ?", (number,))
        return row["text"] if row else None

    def facts_of(self, person: PersonId) -> set[tuple[str, str]]:
        """Kind and text of everything that is known of somebody."""
        rows = self._database.all("SELECT kind, text FROM facts WHERE person_id = ?", (person,))
        return {(row["kind"], row["text"]) for row in rows}

    def change_fact(self, number: int, text: str | None) -> None:
        """Give a fact that came from a file another text, or let it go."""
        if text is None:
            self._database.execute("DELETE FROM facts WHERE id = ?", (number,))
            self._database.execute("DELETE FROM belongings WHERE kind = 'facts' AND number = ?", (number,))
        else:
            self._database.execute("UPDATE facts SET text = ? WHERE id = ?", (text, number))

    def forget_conversation(self, number: int, now: datetime) -> None:
        """Let a conversation go that came from a file; where something else refers to it, it is withdrawn."""
        self._database.execute(
            "UPDATE people SET revision = revision + 1 WHERE id IN"
            " (SELECT person_id FROM conversation_people WHERE conversation_id = ?)",
            (number,),
        )
        if self._is_referred_to("conversations", number, besides=("conversation_people",)):
            sql = "UPDATE conversations SET withdrawn_at = ? WHERE id = ?"
            self._database.execute(sql, (now.isoformat(), number))
            return
        self._database.execute("DELETE FROM conversation_people WHERE conversation_id = ?", (number,))
        self._database.execute("DELETE FROM belongings WHERE kind = 'conversation_people' AND number = ?", (number,))
        self._database.execute("DELETE FROM conversations WHERE id = ?", (number,))

    def forget_person(self, person: PersonId) -> bool:
        """Let somebody go of whom nothing is known but what kith worked out itself; whether that is so."""
        if self._is_referred_to("people", person, besides=("profiles", "rulings")) or self._is_ruled_about(person):
            return False
        for sql in (
            "DELETE FROM profiles WHERE person_id = ?",
            "DELETE FROM match_keys WHERE person_id = ?",
            "DELETE FROM likenesses WHERE ? IN (one, other)",
            "DELETE FROM rulings WHERE ? IN (one, other)",
        ):
            self._database.execute(sql, (person,))
        self._database.execute("DELETE FROM people WHERE id = ? AND by_hand = 0", (person,))
        return True

    def _is_ruled_about(self, person: PersonId) -> bool:
        """Whether the user said who they are, or are not."""
        sql = "SELECT 1 FROM rulings WHERE ? IN (one, other) AND by <> 'kith' LIMIT 1"
        return self._database.one(sql, (person,)) is not None

    def _is_referred_to(self, table: str, key: str | int, *, besides: Collection[str]) -> bool:
        """Whether a row of any table names this one."""
        tables = [row["name"] for row in self._database.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for other in tables:
            for foreign in self._database.all(f"PRAGMA foreign_key_list({other})"):
                if foreign["table"] != table or other in besides:
                    continue
                if self._database.one(f"SELECT 1 FROM {other} WHERE {foreign['from']} = ? LIMIT 1", (key,)):
                    return True
        return False


def _key(ref: CardRef) -> tuple[str, str, str]:
    return (ref.account, ref.collection, ref.uid)


def _ref(row: Row) -> CardRef:
    return CardRef(AccountId(row["account"]), row["collection"], CardUid(row["uid"]))
