"""What the user said to suggestions about cadences: sacred, since nobody is to be asked twice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from kith.core.advice import AdviceKind, Answer
from kith.core.model import PersonId
from kith.store.db import Database


class Answers:
    """The last answer to each kind of suggestion. It stays with whom it was made about; those who are one have all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[PersonId, dict[AdviceKind, Answer]]:
        """Everybody's answers; of those who are one, the latest."""
        found: dict[PersonId, dict[AdviceKind, Answer]] = defaultdict(dict)
        sql = (
            "SELECT coalesce(joined_to, id) AS whole, kind, answer, said_on FROM advice JOIN people ON id = person_id"
            " ORDER BY said_on, person_id"
        )
        for row in self._database.each(sql):
            answer = Answer(row["answer"] == "yes", date.fromisoformat(row["said_on"]))
            found[PersonId(row["whole"])][AdviceKind(row["kind"])] = answer
        return found

    def keep(self, person: PersonId, kind: AdviceKind, answer: Answer) -> None:
        """Keep an answer, in place of an earlier one to the same kind."""
        values = (person, kind.value, "yes" if answer.yes else "no", answer.on.isoformat())
        self._database.execute("INSERT OR REPLACE INTO advice VALUES (?, ?, ?, ?)", values)
