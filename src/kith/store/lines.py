"""Which event carries a reach-out, and its lines on lists: sacred, with the events.

An open reach-out is carried by one event at a time. Where it stood before is remembered: what the user answers there
counts too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from kith.core.model import EventUid
from kith.store.db import Database


class Lines:
    """How reach-outs stand in events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def carry(self, event: EventUid, reach_out: int, key: str = "") -> None:
        """From now on this event carries the reach-out; on a list, in the line of that key."""
        self._database.execute(
            "INSERT OR IGNORE INTO event_reach_outs (event_uid, reach_out_id) VALUES (?, ?)", (event, reach_out)
        )
        self._database.execute(
            "UPDATE event_reach_outs SET stands = (event_uid = ?) WHERE reach_out_id = ?", (event, reach_out)
        )
        self._database.execute(
            "UPDATE event_reach_outs SET line = ?, missing_since = NULL WHERE event_uid = ? AND reach_out_id = ?",
            (key, event, reach_out),
        )

    def carries(self, event: EventUid, reach_out: int) -> bool:
        """Whether no other event has taken the reach-out over."""
        sql = "SELECT stands FROM event_reach_outs WHERE event_uid = ? AND reach_out_id = ?"
        row = self._database.one(sql, (event, reach_out))
        return row is not None and bool(row["stands"])

    def open_events(self) -> int:
        """How many events somebody waits on for an answer; a list is one."""
        row = self._database.one(
            "SELECT count(DISTINCT event_uid) FROM event_reach_outs JOIN reach_outs ON id = reach_out_id"
            " JOIN events ON uid = event_uid WHERE outcome IS NULL AND stands = 1 AND state IN ('creating', 'open')"
        )
        return int(row[0]) if row else 0

    def set_missing(self, event: EventUid, reach_out: int, since: datetime | None) -> None:
        """The user took the line away, or it is there again."""
        text = since.astimezone(UTC).isoformat() if since else None
        self._database.execute(
            "UPDATE event_reach_outs SET missing_since = ? WHERE event_uid = ? AND reach_out_id = ?",
            (text, event, reach_out),
        )

    def reopen(self, reach_out: int) -> None:
        """What was an answer is none: the reach-out waits again, unless its person has another one by now."""
        busy = (
            "SELECT 1 FROM reach_out_people mine JOIN reach_out_people other ON other.person_id = mine.person_id"
            " WHERE mine.reach_out_id = ? AND other.is_open = 1"
        )
        if self._database.one(busy, (reach_out,)) is None:
            self._database.execute("UPDATE reach_outs SET outcome = NULL, closed_at = NULL WHERE id = ?", (reach_out,))
            self._database.execute("UPDATE reach_out_people SET is_open = 1 WHERE reach_out_id = ?", (reach_out,))

    def answered(self, events: Collection[EventUid]) -> int:
        """How many of the lines of these lists had their answer: talked, skipped, or tried without one."""
        marks = ", ".join("?" * len(events))
        row = self._database.one(
            "SELECT (SELECT count(*) FROM event_reach_outs JOIN reach_outs ON id = reach_out_id WHERE stands = 1"
            f" AND outcome IN ('talked', 'skipped') AND event_uid IN ({marks}))"
            f" + (SELECT count(*) FROM attempts WHERE event_uid IN ({marks})) AS n",
            (*events, *events),
        )
        return int(row["n"]) if row else 0
