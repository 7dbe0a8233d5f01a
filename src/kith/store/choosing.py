"""What the user chose about people one by one: tags, and whom they do not want to be asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kith.core.model import PersonId
from kith.store.db import Database

_WHOLE = "coalesce(joined_to, id) AS whole"
_FAMILY = "person_id IN (SELECT id FROM people WHERE coalesce(joined_to, id) = ?)"
"""Tags and choices stay with whoever they were made about; those who are one have them all."""

Verdict = Literal["never", "later"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody was not put into a circle, and when the user said so."""

    verdict: Verdict
    on: date


class Choosing:
    """Tags and choices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tags(self) -> dict[PersonId, tuple[str, ...]]:
        """Everybody's tags, in the order of the alphabet."""
        found: dict[PersonId, list[str]] = defaultdict(list)
        sql = f"SELECT {_WHOLE}, tag FROM tags JOIN people ON id = person_id ORDER BY tag"
        for row in self._database.each(sql):
            found[PersonId(row["whole"])].append(row["tag"])
        return {person: tuple(dict.fromkeys(tags)) for person, tags in found.items()}

    def tagged(self, labels: Collection[str]) -> set[PersonId]:
        """Everybody with one of these tags (in lower case)."""
        return {person for person, tags in self.tags().items() if any(tag.casefold() in labels for tag in tags)}

    def tag(self, person: PersonId, tag: str) -> bool:
        """Give somebody a tag; whether they did not have it, in whatever case."""
        if self._own(person, tag):
            return False
        self._database.execute("INSERT INTO tags VALUES (?, ?)", (person, tag))
        self._change(person)
        return True

    def untag(self, person: PersonId, tag: str) -> bool:
        """Take a tag away; whether they had it."""
        own = self._own(person, tag)
        for one in own:
            self._database.execute(f"DELETE FROM tags WHERE {_FAMILY} AND tag = ?", (person, one))
        if own:
            self._change(person)
        return bool(own)

    def choices(self) -> dict[PersonId, Choice]:
        """Whom the user did not put into a circle when asked."""
        verdicts: dict[str, Verdict] = {verdict: verdict for verdict in get_args(Verdict)}
        sql = f"SELECT {_WHOLE}, choice, chosen_on FROM choices JOIN people ON id = person_id ORDER BY chosen_on"
        return {
            PersonId(row["whole"]): Choice(verdicts[row["choice"]], date.fromisoformat(row["chosen_on"]))
            for row in self._database.all(sql)
        }

    def choose(self, person: PersonId, choice: Choice | None) -> None:
        """Keep what the user said, or that they take it back."""
        if choice is None:
            self._database.execute(f"DELETE FROM choices WHERE {_FAMILY}", (person,))
        else:
            values = (person, choice.verdict, choice.on.isoformat())
            self._database.execute("INSERT OR REPLACE INTO choices VALUES (?, ?, ?)", values)

    def rename_circle(self, old: str, new: str) -> int:
        """Let everybody who is in a circle by hand follow its new name; how many."""
        sql = "UPDATE people SET circle = ?, revision = revision + 1 WHERE circle = ?"
        return self._database.execute(sql, (new, old))

    def _own(self, person: PersonId, tag: str) -> list[str]:
        rows = self._database.all(f"SELECT tag FROM tags WHERE {_FAMILY}", (person,))
        return [row["tag"] for row in rows if row["tag"].casefold() == tag.casefold()]

    def _change(self, person: PersonId) -> None:
        self._database.execute("UPDATE people SET revision = revision + 1 WHERE id = ?", (person,))
