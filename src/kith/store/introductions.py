"""Introductions, and who knows whom; sacred. That somebody was introduced also follows from the event about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from kith.core.introduce import Introduction
from kith.core.model import PersonId
from kith.store.db import Database, Row

_PAIR = "coalesce(p.joined_to, one) AS a, coalesce(q.joined_to, other) AS b"
_BOTH = "JOIN people p ON p.id = one JOIN people q ON q.id = other"


class Introductions:
    """Pairs of people: whoever was joined to somebody since is known by who they count as."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, zone: tzinfo) -> list[Introduction]:
        """All introductions, oldest first, whatever became of them; ``zone`` is the user's."""
        rounds = self._rounds()
        rows = self._database.all(f"SELECT i.*, {_PAIR} FROM introductions i {_BOTH} ORDER BY i.id")
        return [_introduction(row, rounds.get(row["subject"], ()), zone) for row in rows if row["a"] != row["b"]]

    def _rounds(self) -> dict[str, list[Row]]:
        """What became of the events about introductions, oldest first, by every word of the events' subjects."""
        found: dict[str, list[Row]] = defaultdict(list)
        sql = (
            "SELECT e.subject, r.outcome, r.closed_at, c.day, c.withdrawn_at FROM events e"
            " JOIN event_reach_outs x ON x.event_uid = e.uid JOIN reach_outs r ON r.id = x.reach_out_id"
            " LEFT JOIN conversations c ON c.event_uid = e.uid AND c.occurrence = ''"
            " WHERE e.kind = 'introduction' ORDER BY r.id"
        )
        for row in self._database.each(sql):
            for word in row["subject"].split("|"):
                found[word].append(row)
        return found

    def add(self, subject: str, one: PersonId, other: PersonId, why: str, now: datetime) -> None:
        """Keep that two people are to meet. ``now`` carries the user's zone."""
        self._database.execute(
            "INSERT INTO introductions (subject, one, other, why, recorded_at) VALUES (?, ?, ?, ?, ?)",
            (subject, one, other, why, now.isoformat()),
        )

    def introduced(self, number: int, day: date) -> None:
        """The user introduced them."""
        self._settle(number, "introduced_on", day)

    def met(self, number: int, day: date) -> None:
        """They have met."""
        self._settle(number, "met_on", day)

    def drop(self, number: int, day: date) -> None:
        """Nothing is to come of it any more."""
        self._settle(number, "dropped_on", day)

    def know_each_other(self, one: PersonId, other: PersonId, now: datetime) -> None:
        """Keep that two people need no introduction."""
        first, second = sorted((one, other))
        self._database.execute("INSERT OR IGNORE INTO acquaintances VALUES (?, ?, ?)", (first, second, now.isoformat()))

    def acquainted(self) -> set[frozenset[PersonId]]:
        """The pairs who know each other: as was ruled, or since they were talked to together."""
        ruled = self._database.all(f"SELECT {_PAIR} FROM acquaintances {_BOTH}")
        together = self._database.all(
            "SELECT DISTINCT x.person_id AS a, y.person_id AS b FROM conversation_people x"
            " JOIN conversation_people y ON y.conversation_id = x.conversation_id AND x.person_id < y.person_id"
            " JOIN conversations c ON c.id = x.conversation_id WHERE c.withdrawn_at IS NULL"
        )
        return {frozenset((PersonId(row["a"]), PersonId(row["b"]))) for row in (*ruled, *together)}

    def _settle(self, number: int, what: str, day: date) -> None:
        self._database.execute(f"UPDATE introductions SET {what} = ? WHERE id = ?", (day.isoformat(), number))


def _introduction(row: Row, rounds: Sequence[Row], zone: tzinfo) -> Introduction:
    talked_on = max((one["day"] for one in rounds if one["day"] and not one["withdrawn_at"]), default=None)
    dropped_on = _day(row["dropped_on"])
    if dropped_on is None and talked_on is None and rounds and rounds[-1]["outcome"] == "skipped":
        dropped_on = datetime.fromisoformat(rounds[-1]["closed_at"]).astimezone(zone).date()
    return Introduction(
        number=row["id"],
        subject=row["subject"],
        people=(PersonId(row["a"]), PersonId(row["b"])),
        why=row["why"],
        recorded_on=datetime.fromisoformat(row["recorded_at"]).date(),
        introduced_on=_day(row["introduced_on"] or talked_on),
        met_on=_day(row["met_on"]),
        dropped_on=dropped_on,
        taken_back=sum(one["withdrawn_at"] is not None for one in rounds),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
