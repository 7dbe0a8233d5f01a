"""The user's news, and what they ruled about who was told; sacred. Whoever heard it by talking is worked out."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime

from kith.core.event import Kind
from kith.core.model import PersonId
from kith.core.news import News, Ruling, Talk, shown_to
from kith.core.rules import Marks
from kith.store.db import Database, Row

_LOGGED = (
    "c.event_uid IS NULL AND c.id NOT IN (SELECT number FROM imported_things WHERE key LIKE 'said:%' AND number > 0)"
)
"""Conversations that the user logged: those out of a file were had before anybody read it."""


class NewsRoom:
    """News, oldest first by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[News]:
        """All news, oldest first, those that are over too."""
        return [_news(row) for row in self._database.all("SELECT * FROM news ORDER BY id")]

    def get(self, number: int) -> News | None:
        """The news of that number."""
        row = self._database.one("SELECT * FROM news WHERE id = ?", (number,))
        return _news(row) if row else None

    def add(self, key: str, text: str, on: date, until: date | None, audience: tuple[str, ...], now: datetime) -> int:
        """Keep news; their number. No other news, in any store, has the ``key``."""
        return self._database.insert(
            "INSERT INTO news (key, text, since, until, audience, recorded_at) VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(key, text, on.isoformat(), until.isoformat() if until else None),
                *(json.dumps(list(audience), ensure_ascii=False), now.isoformat()),
            ),
        )

    def end(self, number: int, day: date | None) -> None:
        """They are no news any more from that day on, or still are."""
        self._database.execute("UPDATE news SET ended_on = ? WHERE id = ?", (day.isoformat() if day else None, number))

    def rule(self, number: int, person: PersonId, now: datetime, *, told: bool) -> None:
        """Keep the user's word on whether somebody was told. ``now`` carries the user's zone."""
        self._database.execute(
            "INSERT OR REPLACE INTO news_rulings (news_id, person_id, told, at) VALUES (?, ?, ?, ?)",
            (number, person, int(told), now.isoformat()),
        )
        self._database.execute(
            "UPDATE people SET revision = revision + 1"
            " WHERE id = (SELECT coalesce(joined_to, id) FROM people WHERE id = ?)",
            (person,),
        )

    def rulings(self) -> dict[int, dict[PersonId, list[Ruling]]]:
        """What was ruled, by the news' number and by person; whoever they count as."""
        found: dict[int, dict[PersonId, list[Ruling]]] = defaultdict(lambda: defaultdict(list))
        sql = (
            "SELECT news_id, coalesce(joined_to, person_id) AS whole, told, at FROM news_rulings r"
            " JOIN people p ON p.id = r.person_id ORDER BY at"
        )
        for row in self._database.all(sql):
            ruling = Ruling(bool(row["told"]), datetime.fromisoformat(row["at"]))
            found[row["news_id"]][PersonId(row["whole"])].append(ruling)
        return found

    def talks(self, since: date, marks: Marks) -> dict[PersonId, list[Talk]]:
        """Everybody's conversations that stand, from a day on, with what kith had written into their events.

        ``marks`` are what the user ticks off with: the lines of a list are told apart by them.
        """
        found: dict[PersonId, list[Talk]] = defaultdict(list)
        shown: dict[tuple[str, str], tuple[str, ...]] = {}
        sql = (
            f"SELECT person_id, c.day, c.recorded_at, c.event_uid, c.occurrence, {_LOGGED} AS logged, e.kind, e.brief,"
            " json_extract(e.fields, '$.description') AS description"
            " FROM conversations c JOIN conversation_people ON conversation_id = c.id"
            " LEFT JOIN events e ON e.uid = c.event_uid"
            " WHERE c.withdrawn_at IS NULL AND c.day >= ? ORDER BY c.day, c.id"
        )
        for row in self._database.each(sql, (since.isoformat(),)):
            place = (row["event_uid"] or "", row["occurrence"])
            if place not in shown and row["kind"] is not None:
                kind, text = Kind(row["kind"]), row["description"]
                shown[place] = shown_to(kind, row["occurrence"], row["brief"].split(), text, marks)
            talk = Talk(
                date.fromisoformat(row["day"]),
                datetime.fromisoformat(row["recorded_at"]),
                None if row["logged"] else shown.get(place, ()),
            )
            found[PersonId(row["person_id"])].append(talk)
        return found


def _news(row: Row) -> News:
    return News(
        number=row["id"],
        text=row["text"],
        on=date.fromisoformat(row["since"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        audience=tuple(json.loads(row["audience"])),
        ended_on=date.fromisoformat(row["ended_on"]) if row["ended_on"] else None,
    )
