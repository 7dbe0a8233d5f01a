"""Who counts as whom: people joined into one, in such a way that every join can be undone.

Joining moves what one person has (cards, conversations, reach-outs, …) to another, and remembers whose each thing was.
Their own row stays, with everything that was set on it, so that apart again they are as they were. Whoever counts as
somebody else has no cards, conversations or reach-outs of their own until then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from kith.core.model import PersonId
from kith.store.db import Database, Row
from kith.store.reach_outs import ReachOuts

OWNED = {
    "conversation_people": "conversation_id",
    "reach_out_people": "reach_out_id",
    "attempts": "id",
    "skips": "id",
    "facts": "id",
}
"""The tables of what people have, beside their cards, and the column that names the thing."""
_OF_SEVERAL = ("conversation_people", "reach_out_people")
_FROM_EVENTS = ("attempts", "skips")
_SAID = ("circle", "every", "anchor", "next_on", "next_set_on", "paused", "paused_until")
"""What is said of a person, and may be said anew at any time."""
_STATE = (*_SAID, "by_hand", "body")

Said = dict[str, object]
"""Some of the columns of :data:`_SAID`, with their values."""


@dataclass(frozen=True, slots=True)
class Join:
    """One person who counts as another, since when, and why."""

    person: PersonId
    counts_as: PersonId
    at: str
    reasons: tuple[str, ...]


class Joins:
    """Which people are one, and whose everything was."""

    def __init__(self, database: Database, reach_outs: ReachOuts) -> None:
        self._database = database
        self._reach_outs = reach_outs

    # --- looking --------------------------------------------------------------------------------------

    def counts_as(self, people: Collection[PersonId] | None = None) -> dict[PersonId, PersonId]:
        """Whom each of the people counts as, themselves included; of everybody, where none are named."""
        where = "" if people is None else "WHERE id IN (SELECT value FROM json_each(?))"
        values = () if people is None else (json.dumps(list(people)),)
        rows = self._database.each(f"SELECT id, coalesce(joined_to, id) AS whole FROM people {where}", values)
        return {PersonId(row["id"]): PersonId(row["whole"]) for row in rows}

    def whole(self, people: Collection[PersonId]) -> set[PersonId]:
        """Those of the people whom others count as."""
        sql = "SELECT DISTINCT joined_to FROM people WHERE joined_to IN (SELECT value FROM json_each(?))"
        return {PersonId(row["joined_to"]) for row in self._database.all(sql, (json.dumps(list(people)),))}

    def joined(self) -> dict[PersonId, PersonId]:
        """Those who count as somebody else, and as whom."""
        rows = self._database.all("SELECT id, joined_to FROM people WHERE joined_to IS NOT NULL")
        return {PersonId(row["id"]): PersonId(row["joined_to"]) for row in rows}

    def family(self, person: PersonId) -> frozenset[PersonId]:
        """Everybody who counts as the same person."""
        sql = (
            "SELECT id FROM people WHERE id = (SELECT coalesce(joined_to, id) FROM people WHERE id = ?)"
            " OR joined_to = (SELECT coalesce(joined_to, id) FROM people WHERE id = ?)"
        )
        return frozenset(PersonId(row["id"]) for row in self._database.all(sql, (person, person)))

    def of(self, people: Collection[PersonId]) -> list[Join]:
        """The joins that these people came by, oldest first."""
        sql = "SELECT * FROM joins WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return [
            Join(PersonId(row["person_id"]), PersonId(row["joined_to"]), row["at"], tuple(json.loads(row["reasons"])))
            for row in self._database.all(sql, (json.dumps(list(people)),))
        ]

    def first(self, people: Collection[PersonId]) -> PersonId:
        """Who of them lends the others their id: who was used, then who has been known longest, then by their cards."""
        marks = " OR ".join(f"id IN (SELECT person_id FROM {table})" for table in OWNED)
        sql = (
            f"SELECT id, by_hand OR circle IS NOT NULL OR every IS NOT NULL OR next_on IS NOT NULL OR paused OR {marks}"
            " AS used, created_at, (SELECT min(account || ' ' || collection || ' ' || uid) FROM person_cards"
            " WHERE home = people.id) AS card FROM people WHERE id IN (SELECT value FROM json_each(?))"
        )
        rows = self._database.all(sql, (json.dumps(list(people)),))
        first = min(rows, key=lambda row: (-row["used"], row["created_at"], row["card"] or "", row["id"]))
        return PersonId(first["id"])

    # --- joining --------------------------------------------------------------------------------------

    def join(self, person: PersonId, to: PersonId, reasons: Iterable[str], now: datetime) -> None:
        """Let ``person``, and all who count as them, count as ``to``. Both must stand for themselves."""
        self._keep_one_open(person, to, now)
        for table, number in OWNED.items():
            self._move(table, number, person, to)
        self._database.execute("UPDATE person_cards SET person_id = ? WHERE person_id = ?", (to, person))
        self._database.execute("UPDATE people SET joined_to = ? WHERE id = ? OR joined_to = ?", (to, person, person))
        took = self._take_state(person, to)
        self._database.execute(
            "INSERT INTO joins (person_id, joined_to, at, reasons, took) VALUES (?, ?, ?, ?, ?)",
            (person, to, now.isoformat(), json.dumps(list(reasons), ensure_ascii=False), json.dumps(took)),
        )
        self._raise_revisions((person, to))

    def _keep_one_open(self, person: PersonId, to: PersonId, now: datetime) -> None:
        """Of two open reach-outs the one that the user has put something into stays, else the longer known one's.

        The other is withdrawn: the next pass removes its event if it is untouched, and leaves it if it has text.
        """
        theirs, ours = self._reach_outs.open_of(person), self._reach_outs.open_of(to)
        if theirs is None or ours is None or theirs.id == ours.id:
            return
        loser = ours if self._is_touched(theirs.id) and not self._is_touched(ours.id) else theirs
        self._reach_outs.close(loser.id, "withdrawn", now)

    def _is_touched(self, reach_out: int) -> bool:
        sql = (
            "SELECT 1 FROM events JOIN event_reach_outs ON event_uid = uid"
            " WHERE reach_out_id = ? AND (typed <> '' OR touched = 1)"
        )
        return self._database.one(sql, (reach_out,)) is not None

    def _move(self, table: str, number: str, person: PersonId, to: PersonId) -> None:
        """What is in a table goes over; whose it was is kept, unless it had been somebody else's before."""
        mine = [
            row["n"] for row in self._database.all(f"SELECT {number} AS n FROM {table} WHERE person_id = ?", (person,))
        ]
        self._note_owner(table, mine, person)
        if table in _OF_SEVERAL:
            both = f"person_id = ? AND {number} IN (SELECT {number} FROM {table} WHERE person_id = ?)"
            shared = self._database.all(f"SELECT {number} AS n FROM {table} WHERE {both}", (to, person))
            self._note_owner(table, [row["n"] for row in shared], to)
            self._database.execute(f"DELETE FROM {table} WHERE {both}", (person, to))
        self._database.execute(f"UPDATE {table} SET person_id = ? WHERE person_id = ?", (to, person))

    def _note_owner(self, table: str, numbers: Iterable[int], person: PersonId) -> None:
        """Keep that these are the person's, except those that came to them from somebody who counts as them."""
        self._database.execute_many(
            "INSERT OR IGNORE INTO belongings SELECT ?, ?, ? WHERE NOT EXISTS"
            " (SELECT 1 FROM belongings b JOIN people p ON p.id = b.person_id"
            " WHERE b.kind = ? AND b.number = ? AND coalesce(p.joined_to, p.id) = ?)",
            ((person, table, number, table, number, person) for number in numbers),
        )

    def _take_state(self, person: PersonId, to: PersonId) -> dict[str, tuple[object, object]]:
        """What was set by hand for either holds for both; what was on the one's row, before and after."""
        rows = {
            row["id"]: row
            for row in self._database.all(
                f"SELECT id, {', '.join(_STATE)} FROM people WHERE id IN (?, ?)", (person, to)
            )
        }
        before, after = rows[to], _together(rows[to], rows[person])
        self._set(to, {name: new for name, new in after.items() if before[name] != new})
        # What did not change is kept as well: by that it can be told later what the user has said since.
        return {name: (before[name], after.get(name, before[name])) for name in _STATE}

    # --- taking apart ---------------------------------------------------------------------------------

    def take_apart(self, person: PersonId) -> dict[PersonId, Said]:
        """Undo every join of the people who count as ``person``: each has again what was theirs.

        Returns what was said of ``person`` since each of them was joined: for :meth:`overrule`, where they are to be
        joined again at once, so that an older word of theirs does not come back.
        """
        members = self.family(person) - {person}
        if not members:
            return {}
        family = json.dumps([*members, person])
        owners: dict[tuple[str, int], list[PersonId]] = defaultdict(list)
        for row in self._database.all(
            "SELECT * FROM belongings WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY person_id", (family,)
        ):
            owners[row["kind"], row["number"]].append(PersonId(row["person_id"]))
        for (table, number), theirs in owners.items():
            self._give_back(table, number, person, theirs)
        for member in sorted(members):
            self._follow_events(member, person)
        among = "(SELECT value FROM json_each(?))"
        self._database.execute(f"DELETE FROM belongings WHERE person_id IN {among}", (family,))
        self._database.execute(f"UPDATE person_cards SET person_id = home WHERE person_id IN {among}", (family,))
        self._database.execute(f"UPDATE people SET joined_to = NULL WHERE id IN {among}", (family,))
        undone = self._database.all(f"SELECT * FROM joins WHERE person_id IN {among} ORDER BY id DESC", (family,))
        since = self._said_since(undone, family)
        for row in undone:
            self._restore(PersonId(row["joined_to"]), json.loads(row["took"]))
        self._database.execute(f"DELETE FROM joins WHERE person_id IN {among}", (family,))
        self._raise_revisions((*members, person))
        return since

    def overrule(self, person: PersonId, said: Said) -> None:
        """Let hold for the person what was said of the one they counted as, and are about to count as again."""
        self._set(person, said)

    def _said_since(self, joins: Iterable[Row], family: str) -> dict[PersonId, Said]:
        """What was said of whom each had been joined to, after that; the last joins come first."""
        sql = f"SELECT id, {', '.join(_SAID)} FROM people WHERE id IN (SELECT value FROM json_each(?))"
        now: dict[str, Said] = {
            row["id"]: {name: row[name] for name in _SAID} for row in self._database.all(sql, (family,))
        }
        since: dict[PersonId, Said] = {}
        for join in joins:
            whole, took = now[join["joined_to"]], json.loads(join["took"])
            said = {name: whole[name] for name in _SAID if name in took and whole[name] != took[name][1]}
            now[join["person_id"]] |= said
            whole |= {name: took[name][0] for name in _SAID if name in took and name not in said}
            if said:
                since[PersonId(join["person_id"])] = said
        return since

    def _give_back(self, table: str, number: int, person: PersonId, owners: list[PersonId]) -> None:
        column = OWNED[table]
        row = self._database.one(f"SELECT * FROM {table} WHERE {column} = ? AND person_id = ?", (number, person))
        if row is None:
            return
        if table not in _OF_SEVERAL:
            self._database.execute(f"UPDATE {table} SET person_id = ? WHERE id = ?", (owners[0], number))
            return
        names = [name for name in row.keys() if name != "person_id"]  # noqa: SIM118 -- a Row iterates over its values
        self._database.execute(f"DELETE FROM {table} WHERE {column} = ? AND person_id = ?", (number, person))
        for owner in owners:
            self._database.execute(
                f"INSERT OR IGNORE INTO {table} (person_id, {', '.join(names)})"
                f" VALUES (?, {', '.join('?' * len(names))})",
                (owner, *(row[name] for name in names)),
            )

    def _follow_events(self, member: PersonId, person: PersonId) -> None:
        """What an event said while both were one goes with the reach-out that it answered."""
        events = (
            "(SELECT e.event_uid FROM event_reach_outs e JOIN reach_out_people r ON r.reach_out_id = e.reach_out_id"
            " WHERE r.person_id = ?)"
        )
        self._database.execute(
            "UPDATE OR IGNORE conversation_people SET person_id = ? WHERE person_id = ? AND conversation_id IN"
            " (SELECT c.id FROM conversations c JOIN event_reach_outs e ON e.event_uid = c.event_uid"
            " AND e.line IN ('', c.occurrence) JOIN reach_out_people r USING (reach_out_id) WHERE r.person_id = ?)",
            (member, person, member),
        )
        for table in _FROM_EVENTS:
            self._database.execute(
                f"UPDATE {table} SET person_id = ? WHERE person_id = ? AND event_uid IN {events}",
                (member, person, member),
            )

    def _restore(self, person: PersonId, took: dict[str, tuple[object, object]]) -> None:
        """Put back what a join changed, unless the user has changed it since."""
        row = self._database.one(f"SELECT {', '.join(_STATE)} FROM people WHERE id = ?", (person,))
        if row is not None:
            self._set(person, {name: old for name, (old, new) in took.items() if row[name] == new})

    def _set(self, person: PersonId, values: dict[str, object]) -> None:
        if values:
            assignments = ", ".join(f"{name} = ?" for name in values)
            self._database.execute(f"UPDATE people SET {assignments} WHERE id = ?", (*values.values(), person))

    def _raise_revisions(self, people: Iterable[PersonId]) -> None:
        self._database.execute_many(
            "UPDATE people SET revision = revision + 1 WHERE id = ?", ((person,) for person in people)
        )


def _together(ours: Row, theirs: Row) -> dict[str, object]:
    """What is set by hand, for the two as one: the one's own first; a pause and a named day hold, whoever has them."""
    after: dict[str, object] = {name: _either(ours[name], theirs[name]) for name in ("circle", "every", "anchor")}
    named = [row for row in (ours, theirs) if row["next_on"]]
    if named:
        first = min(named, key=lambda row: row["next_on"])
        after |= {"next_on": first["next_on"], "next_set_on": first["next_set_on"]}
    paused = [row for row in (ours, theirs) if row["paused"]]
    if paused:
        ends = [row["paused_until"] for row in paused]
        after |= {"paused": 1, "paused_until": None if None in ends else max(ends)}
    after["by_hand"] = max(ours["by_hand"], theirs["by_hand"])
    mine, other = json.loads(ours["body"]), json.loads(theirs["body"])
    lists = {name: list(dict.fromkeys([*mine.get(name, ()), *other.get(name, ())])) for name in ("emails", "phones")}
    if lists != {name: list(mine.get(name, ())) for name in lists}:
        after["body"] = json.dumps(mine | lists)
    return after


def _either(one: object, other: object) -> object:
    return other if one is None else one
