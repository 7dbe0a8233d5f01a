"""What the user chose about people one by one: tags, and whom they do not want to be asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kith.core.model import PersonId
from kith.store.db import Database

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
        for row in self._database.each("SELECT person_id, tag FROM tags ORDER BY tag"):
            found[PersonId(row["person_id"])].append(row["tag"])
        return {person: tuple(tags) for person, tags in found.items()}

    def tagged(self, labels: Collection[str]) -> set[PersonId]:
        """Everybody with one of these tags (in lower case)."""
        rows = self._database.all("SELECT person_id, tag FROM tags")
        return {PersonId(row["person_id"]) for row in rows if row["tag"].casefold() in labels}

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
            self._database.execute("DELETE FROM tags WHERE person_id = ? AND tag = ?", (person, one))
        if own:
            self._change(person)
        return bool(own)

    def choices(self) -> dict[PersonId, Choice]:
        """Whom the user did not put into a circle when asked."""
        verdicts: dict[str, Verdict] = {verdict: verdict for verdict in get_args(Verdict)}
        return {
            PersonId(row["person_id"]): Choice(verdicts[row["choice"]], date.fromisoformat(row["chosen_on"]))
            for row in self._database.all("SELECT * FROM choices")
        }

    def choose(self, person: PersonId, choice: Choice | None) -> None:
        """Keep what the user said, or that they take it back."""
        if choice is None:
            self._database.execute("DELETE FROM choices WHERE person_id = ?", (person,))
        else:
            values = (person, choice.verdict, choice.on.isoformat())
            self._database.execute("INSERT OR REPLACE INTO choices VALUES (?, ?, ?)", values)

    def rename_circle(self, old: str, new: str) -> int:
        """Let everybody who is in a circle by hand follow its new name; how many."""
        sql = "UPDATE people SET circle = ?, revision = revision + 1 WHERE circle = ?"
        return self._database.execute(sql, (new, old))

    def _own(self, person: PersonId, tag: str) -> list[str]:
        rows = self._database.all("SELECT tag FROM tags WHERE person_id = ?", (person,))
        return [row["tag"] for row in rows if row["tag"].casefold() == tag.casefold()]

    def _change(self, person: PersonId) -> None:
        self._database.execute("UPDATE people SET revision = revision + 1 WHERE id = ?", (person,))
