"""Reach-outs: whom the user is to reach out to, and what came of it. Sacred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kith.core.cadence import Window
from kith.core.event import Kind
from kith.core.model import PersonId
from kith.store.db import Database, Row
from kith.store.forms import instant_from, instant_to


@dataclass(frozen=True, slots=True)
class ReachOut:
    """One planned prompt. ``outcome`` is None while it is open.

    Of the kind ``REACH_OUT`` a person has one open at most; those of other kinds stand beside it.
    """

    id: int
    people: tuple[PersonId, ...]
    opened_at: datetime
    outcome: str | None = None
    started_at: datetime | None = None
    retries: int = 0
    fixed: bool = False
    again_from: date | None = None
    window: Window | None = None
    withdrawn: bool = False
    kind: Kind = Kind.REACH_OUT

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.outcome is None


class ReachOuts:
    """Everybody's reach-outs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, people: tuple[PersonId, ...], window: Window | None, now: datetime, *, kind: Kind = Kind.REACH_OUT
    ) -> int:
        """Begin a reach-out; its number."""
        number = self._database.insert(
            "INSERT INTO reach_outs (opened_at, due, at_worst, kind) VALUES (?, ?, ?, ?)",
            (now.isoformat(), *_window(window), kind),
        )
        is_the_one = int(kind is Kind.REACH_OUT)
        for person in people:
            self._database.execute("INSERT INTO reach_out_people VALUES (?, ?, ?)", (number, person, is_the_one))
        return number

    def begin_closed(
        self, people: tuple[PersonId, ...], outcome: str, now: datetime, *, kind: Kind = Kind.REACH_OUT
    ) -> int:
        """A reach-out that never waits for an answer, for an event that is only read; its number."""
        number = self._database.insert(
            "INSERT INTO reach_outs (opened_at, closed_at, outcome, kind) VALUES (?, ?, ?, ?)",
            (now.isoformat(), now.isoformat(), outcome, kind),
        )
        for person in people:
            self._database.execute("INSERT INTO reach_out_people VALUES (?, ?, 0)", (number, person))
        return number

    def close(self, number: int, outcome: str, now: datetime) -> None:
        """End a reach-out with what came of it; one that has ended keeps its first outcome unless it was talked."""
        self._database.execute(
            "UPDATE reach_outs SET outcome = ?, closed_at = ?, again_from = NULL"
            " WHERE id = ? AND (outcome IS NULL OR ? = 'talked')",
            (outcome, now.isoformat(), number, outcome),
        )
        self._database.execute("UPDATE reach_out_people SET is_open = 0 WHERE reach_out_id = ?", (number,))

    def save(self, reach_out: ReachOut) -> None:
        """Keep what changed about an open reach-out."""
        self._database.execute(
            "UPDATE reach_outs SET started_at = ?, retries = ?, fixed = ?, again_from = ?, due = ?, at_worst = ?,"
            " withdrawn = ? WHERE id = ?",
            (
                *(instant_to(reach_out.started_at), reach_out.retries, int(reach_out.fixed)),
                *(
                    reach_out.again_from.isoformat() if reach_out.again_from else None,
                    *_window(reach_out.window),
                ),
                *(int(reach_out.withdrawn), reach_out.id),
            ),
        )

    def get(self, number: int) -> ReachOut:
        """One reach-out."""
        return self._found("WHERE r.id = ?", (number,))[number]

    def open(self) -> dict[int, ReachOut]:
        """Every reach-out that waits for an answer."""
        return self._found("WHERE r.outcome IS NULL", ())

    def open_of(self, person: PersonId) -> ReachOut | None:
        """Somebody's one open reach-out."""
        found = self._found(
            "WHERE r.id IN (SELECT reach_out_id FROM reach_out_people WHERE person_id = ? AND is_open = 1)",
            (person,),
        )
        return next(iter(found.values()), None)

    def outcomes(self, person: PersonId, most: int) -> list[str]:
        """How somebody's last reach-outs ended, newest first."""
        sql = (
            "SELECT outcome FROM reach_outs JOIN reach_out_people ON reach_out_id = id"
            " WHERE person_id = ? AND outcome IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT ?"
        )
        return [row["outcome"] for row in self._database.all(sql, (person, most))]

    def _found(self, where: str, values: tuple[Any, ...]) -> dict[int, ReachOut]:
        people: dict[int, list[PersonId]] = {}
        rows = self._database.all(
            "SELECT r.*, p.person_id FROM reach_outs r LEFT JOIN reach_out_people p ON p.reach_out_id = r.id"
            f" {where}"
            " ORDER BY r.id, p.person_id",
            values,
        )
        for row in rows:
            of_this = people.setdefault(row["id"], [])
            of_this += [PersonId(row["person_id"])] if row["person_id"] is not None else []
        return {row["id"]: _reach_out(row, tuple(people[row["id"]])) for row in rows}


def _reach_out(row: Row, people: tuple[PersonId, ...]) -> ReachOut:
    window = None
    if row["due"] and row["at_worst"]:
        window = Window(date.fromisoformat(row["due"]), date.fromisoformat(row["at_worst"]))
    return ReachOut(
        id=row["id"],
        people=people,
        opened_at=datetime.fromisoformat(row["opened_at"]),
        outcome=row["outcome"],
        started_at=instant_from(row["started_at"]),
        retries=row["retries"],
        fixed=bool(row["fixed"]),
        again_from=date.fromisoformat(row["again_from"]) if row["again_from"] else None,
        window=window,
        withdrawn=bool(row["withdrawn"]),
        kind=Kind(row["kind"]),
    )


def _window(window: Window | None) -> tuple[str | None, str | None]:
    return (window.due.isoformat(), window.at_worst.isoformat()) if window else (None, None)
