"""Scouts; sacred. What was done about one, and written, stands in their events."""

from __future__ import annotations

import json
from datetime import date, datetime, tzinfo

from kith.core.model import PersonId
from kith.core.scout import Scout, Slot
from kith.store.db import Database, Row
from kith.store.forms import fields_from


class Scouts:
    """Whom the user would like to get to know, by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Scout]:
        """All of them, oldest first, those who are known by now too."""
        sql = (
            "SELECT s.*, coalesce(v.joined_to, v.id) AS through, coalesce(b.joined_to, b.id) AS became FROM scouts s"
            " LEFT JOIN people v ON v.id = s.via LEFT JOIN people b ON b.id = s.person_id ORDER BY s.id"
        )
        return [_scout(row) for row in self._database.all(sql)]

    def add(self, subject: str, text: str, via: PersonId | None, note: str, now: datetime) -> int:
        """Keep somebody to look for; their number. ``now`` carries the user's zone."""
        return self._database.insert(
            "INSERT INTO scouts (subject, text, via, note, recorded_at) VALUES (?, ?, ?, ?, ?)",
            (subject, text, via, note, now.isoformat()),
        )

    def met(self, number: int, person: PersonId, day: date) -> None:
        """They are known by now, and who they are."""
        sql = "UPDATE scouts SET met_on = ?, person_id = ? WHERE id = ?"
        self._database.execute(sql, (day.isoformat(), person, number))

    def drop(self, number: int, day: date) -> None:
        """They are not looked for any more."""
        self._database.execute("UPDATE scouts SET dropped_on = ? WHERE id = ?", (day.isoformat(), number))

    def slots(self, zone: tzinfo) -> list[Slot]:
        """Every event that scouts have had, oldest first, with its day in ``zone``."""
        sql = (
            "SELECT e.subject, e.fields, e.typed, max(r.outcome IS NULL) AS open FROM events e"
            " JOIN event_reach_outs x ON x.event_uid = e.uid JOIN reach_outs r ON r.id = x.reach_out_id"
            " WHERE e.kind = 'scout'"
            " AND (coalesce(r.outcome, '') NOT IN ('withdrawn', 'lost', 'left behind') OR e.typed <> '')"
            " GROUP BY e.uid"
        )
        slots = [
            Slot(
                row["subject"],
                fields_from(json.loads(row["fields"])).when.day_in(zone),
                row["typed"],
                is_open=bool(row["open"]),
            )
            for row in self._database.all(sql)
        ]
        return sorted(slots, key=lambda slot: (slot.day, slot.name))


def _scout(row: Row) -> Scout:
    return Scout(
        number=row["id"],
        subject=row["subject"],
        text=row["text"],
        recorded_on=datetime.fromisoformat(row["recorded_at"]).date(),
        via=PersonId(row["through"]) if row["through"] else None,
        note=row["note"],
        met_on=date.fromisoformat(row["met_on"]) if row["met_on"] else None,
        person=PersonId(row["became"]) if row["became"] else None,
        dropped_on=date.fromisoformat(row["dropped_on"]) if row["dropped_on"] else None,
    )
