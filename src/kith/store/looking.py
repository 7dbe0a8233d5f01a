"""Looking back: what happened with everybody, without what was said, as reports and advice count it.

Only reads. Whoever counts as somebody else is in none of it: what they had is with whom they count as.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.model import PersonId
from kith.core.noticing import Talk
from kith.store.db import Database


@dataclass(frozen=True, slots=True)
class Skipped:
    """A round left out, and why (``deleted``, ``passed``, ``by hand``).

    ``day`` is what the next round counts from, which may be to come; ``at`` is when it was left out.
    """

    day: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """Something that was typed about somebody on a day."""

    person: PersonId
    day: date
    text: str


class Looking:
    """What happened, by person and oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def talks(self) -> dict[PersonId, list[Talk]]:
        """The conversations that stand."""
        found: dict[PersonId, list[Talk]] = defaultdict(list)
        sql = (
            "SELECT person_id, id, day FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE withdrawn_at IS NULL ORDER BY day, id"
        )
        for row in self._database.each(sql):
            found[PersonId(row["person_id"])].append(Talk(row["id"], date.fromisoformat(row["day"])))
        return found

    def attempts(self) -> dict[PersonId, list[date]]:
        """The days of attempts."""
        found: dict[PersonId, list[date]] = defaultdict(list)
        sql = "SELECT person_id, day FROM attempts WHERE forgotten_at IS NULL ORDER BY day, id"
        for row in self._database.each(sql):
            found[PersonId(row["person_id"])].append(date.fromisoformat(row["day"]))
        return found

    def skips(self) -> dict[PersonId, list[Skipped]]:
        """The rounds that were left out."""
        found: dict[PersonId, list[Skipped]] = defaultdict(list)
        for row in self._database.each("SELECT person_id, day, reason, recorded_at FROM skips ORDER BY day, id"):
            at = datetime.fromisoformat(row["recorded_at"])
            found[PersonId(row["person_id"])].append(Skipped(date.fromisoformat(row["day"]), row["reason"], at))
        return found

    def known_since(self) -> dict[PersonId, datetime]:
        """When kith first heard of somebody."""
        sql = "SELECT coalesce(joined_to, id) AS whole, min(created_at) AS since FROM people GROUP BY whole"
        return {PersonId(row["whole"]): datetime.fromisoformat(row["since"]) for row in self._database.each(sql)}

    def texts_with(self, word: str, since: date) -> list[Text]:
        """What was typed from a day on about conversations that stand, and attempts, where the word is in it."""
        sql = (
            "SELECT person_id, day, text FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE withdrawn_at IS NULL AND day >= ? AND instr(lower(text), lower(?))"
            " UNION ALL SELECT person_id, day, text FROM attempts"
            " WHERE forgotten_at IS NULL AND day >= ? AND instr(lower(text), lower(?))"
        )
        return [
            Text(PersonId(row["person_id"]), date.fromisoformat(row["day"]), row["text"])
            for row in self._database.each(sql, (since.isoformat(), word) * 2)
        ]
