"""What joining works with: everybody's profile, its keys, the likenesses found, and the user's rulings.

A profile outlives its card, so that somebody whose card went and came back under another name is known again.
Rulings are sacred, and so are the profiles of cards that are gone. Keys and likenesses can be worked out again.
People here are those that cards were first given to (*homes*), whoever they count as now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any
from zlib import crc32

from kith.core.evidence import RULES, Kind, NameParts, Pair, Profile, Verdict
from kith.core.model import PartialDate, PersonId
from kith.store.db import Database, Row


class Ruling(StrEnum):
    """What was said about two for good."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling, who made it (``you`` or ``kith``), and when."""

    ruling: Ruling
    by: str
    at: str


_IN_A_BLOCK, _BLOCKS = 1000, 6
_LOOK = """
CREATE TEMP TABLE IF NOT EXISTS moved_keys (key INTEGER PRIMARY KEY);
CREATE TEMP TABLE IF NOT EXISTS had_keys (
    key INTEGER NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (key, person_id)
) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS pairs (
    place INTEGER NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (place, one, other)
) WITHOUT ROWID;
DELETE FROM temp.moved_keys;
DELETE FROM temp.had_keys;
DELETE FROM temp.pairs;
"""


class Matching:
    """Profiles, keys, likenesses and rulings."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks = 1

    # --- what is to be looked at again ----------------------------------------------------------------

    def is_anything_new(self, region: str) -> bool:
        """Whether there is anything to look at; ``region`` is where national numbers are dialled now."""
        sql = (
            "SELECT 1 FROM cards WHERE matched = 0"
            " UNION SELECT 1 FROM people WHERE by_hand = 1 AND id NOT IN (SELECT person_id FROM profiles)"
            " UNION SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = 'matching' AND value = ?)"
        )
        return self._database.one(sql, (_basis(region),)) is not None

    def unmatched(self) -> set[PersonId]:
        """Everybody with a card that is new or changed, and those added by hand who were not looked at yet."""
        sql = (
            "SELECT p.home AS id FROM cards c JOIN person_cards p ON (p.account, p.collection, p.uid) ="
            " (c.account, c.collection, c.uid) WHERE c.matched = 0"
            " UNION SELECT id FROM people WHERE by_hand = 1 AND id NOT IN (SELECT person_id FROM profiles)"
        )
        return {PersonId(row["id"]) for row in self._database.all(sql)}

    def note_matched(self) -> None:
        """Every card was looked at as it is now."""
        self._database.execute("UPDATE cards SET matched = 1 WHERE matched = 0")

    def begin_anew(self, region: str) -> None:
        """Look at every card again if what profiles are made by (the rules, the region) is not what it was."""
        row = self._database.one("SELECT value FROM meta WHERE key = 'matching'")
        if row is None or row["value"] != _basis(region):
            self._database.execute("INSERT OR REPLACE INTO meta VALUES ('matching', ?)", (_basis(region),))
            self._database.execute("UPDATE cards SET matched = 0")

    # --- profiles and keys ----------------------------------------------------------------------------

    def profiles(self, people: Collection[PersonId]) -> dict[PersonId, Profile]:
        """The profiles of those who have one."""
        rows = self._database.each(f"SELECT * FROM profiles WHERE {_AMONG}", (_json(people),))
        return {PersonId(row["person_id"]): _profile(row) for row in rows}

    def keep_profiles(self, profiles: Iterable[Profile]) -> None:
        """Keep profiles as they are now."""
        self._database.execute_many(
            "INSERT OR REPLACE INTO profiles VALUES (?, ?)", ((profile.id, _body(profile)) for profile in profiles)
        )

    def keys(self, people: Collection[PersonId]) -> dict[PersonId, frozenset[int]]:
        """The keys of each of the people."""
        found: dict[PersonId, set[int]] = defaultdict(set)
        sql = f"SELECT person_id, key FROM match_keys WHERE {_AMONG}"
        for person, key in self._database.each(sql, (_json(people),)):
            found[PersonId(person)].add(key)
        return {person: frozenset(found.get(person, ())) for person in people}

    def keep_keys(self, keys: Mapping[PersonId, Iterable[int]]) -> None:
        """Give people these keys and no others; between :meth:`begin_look` and the next, it is noted what moved."""
        among = _json(keys)
        theirs = f"FROM match_keys WHERE {_AMONG}"
        moved = f"INSERT OR IGNORE INTO temp.moved_keys SELECT key {theirs}"
        self._database.execute(f"INSERT INTO temp.had_keys SELECT key, person_id {theirs}", (among,))
        self._database.execute(moved, (among,))
        self._database.execute(f"DELETE {theirs}", (among,))
        rows = sorted((key, person) for person, hers in keys.items() for key in hers)
        self._database.execute_many("INSERT INTO match_keys VALUES (?, ?)", rows)
        self._database.execute(moved, (among,))

    def members(self, keys: Collection[int]) -> dict[int, set[PersonId]]:
        """Who has each of the keys."""
        found: dict[int, set[PersonId]] = {key: set() for key in keys}
        sql = "SELECT key, person_id FROM match_keys WHERE key IN (SELECT value FROM json_each(?))"
        for key, person in self._database.each(sql, (_json(keys),)):
            found[key].add(PersonId(person))
        return found

    # --- a look at who is like whom -------------------------------------------------------------------

    def begin_look(self, people: int) -> None:
        """Begin a look at so many people: nothing is noted yet of keys that moved and of pairs to compare.

        That is kept beside the store while the connection lasts, and not in memory: it grows with the address book.
        """
        self._database.script(_LOOK)
        self._blocks = min(_BLOCKS, 1 + people // _IN_A_BLOCK)

    def moved_keys(self) -> Iterator[tuple[int, set[PersonId], set[PersonId]]]:
        """Each key that somebody got or had, of those that several have now: who has it, and who of those had it."""
        sql = (
            "SELECT key, person_id, 0 AS had FROM temp.moved_keys CROSS JOIN match_keys USING (key)"
            " UNION ALL SELECT key, person_id, 1 FROM temp.had_keys ORDER BY key"
        )
        for key, rows in groupby(self._database.each(sql), key=itemgetter(0)):
            both: tuple[set[PersonId], set[PersonId]] = (set(), set())
            for _, person, had in rows:
                both[had].add(PersonId(person))
            if len(both[0]) > 1:
                yield key, *both

    def note_pairs(self, pairs: Iterable[Pair]) -> None:
        """Note that pairs are to be compared, each once."""
        self._database.execute_many(
            "INSERT OR IGNORE INTO temp.pairs VALUES (?, ?, ?)", ((self._place(*names), *names) for names in pairs)
        )

    def _place(self, one: PersonId, other: PersonId) -> int:
        """Where a pair stands: neighbours are pairs of the same few people, there and back again."""
        first, second = sorted(crc32(person.encode()) % self._blocks for person in (one, other))
        return first * self._blocks + (second if first % 2 == 0 else self._blocks - 1 - second)

    def pairs(self) -> Iterator[dict[Pair, Verdict | None]]:
        """The pairs that were noted, and what they came to before; those given together are of few people."""
        sql = (
            "SELECT p.place, p.one, p.other, l.kind, l.score, l.reasons FROM temp.pairs p"
            " LEFT JOIN likenesses l ON (l.one, l.other) = (p.one, p.other) ORDER BY p.place, p.one, p.other"
        )
        for _, rows in groupby(self._database.each(sql), key=itemgetter(0)):
            yield {
                (PersonId(row["one"]), PersonId(row["other"])): None if row["kind"] is None else _verdict(row)
                for row in rows
            }

    # --- likenesses -----------------------------------------------------------------------------------

    def likenesses(self, people: Collection[PersonId] | None = None) -> dict[Pair, Verdict]:
        """The likenesses that any of the people have a part in, or all."""
        if people is None:
            return _likenesses(self._database.each("SELECT * FROM likenesses"))
        among = "(SELECT value FROM json_each(?))"
        sql = f"SELECT * FROM likenesses WHERE one IN {among} UNION SELECT * FROM likenesses WHERE other IN {among}"
        return _likenesses(self._database.each(sql, (_json(people), _json(people))))

    def questions(self) -> int:
        """About how many questions there are for the user: pairs of people that are likely, and were not ruled on."""
        sql = (
            "SELECT count(*) AS n FROM (SELECT DISTINCT min(a.whole, b.whole), max(a.whole, b.whole) FROM likenesses l"
            " JOIN (SELECT id, coalesce(joined_to, id) AS whole FROM people) a ON a.id = l.one"
            " JOIN (SELECT id, coalesce(joined_to, id) AS whole FROM people) b ON b.id = l.other"
            " WHERE a.whole <> b.whole AND NOT EXISTS"
            " (SELECT 1 FROM rulings r WHERE r.one = l.one AND r.other = l.other AND r.ruling = 'different'))"
        )
        row = self._database.one(sql)
        return int(row["n"]) if row else 0

    def keep_likenesses(self, verdicts: Mapping[Pair, Verdict]) -> None:
        """Keep what was found about pairs; those that come to nothing are forgotten."""
        worth = {names: v for names, v in verdicts.items() if v.kind in (Kind.JOIN, Kind.PROPOSE)}
        self._database.execute_many(
            "DELETE FROM likenesses WHERE one = ? AND other = ?", (names for names in verdicts if names not in worth)
        )
        self._database.execute_many(
            "INSERT OR REPLACE INTO likenesses VALUES (?, ?, ?, ?, ?)",
            ((*names, v.kind, v.score, _json(v.reasons)) for names, v in sorted(worth.items())),
        )

    # --- rulings --------------------------------------------------------------------------------------

    def rulings(self) -> dict[Pair, Ruled]:
        """Everything that was ruled."""
        return {
            (PersonId(row["one"]), PersonId(row["other"])): Ruled(Ruling(row["ruling"]), row["by"], row["at"])
            for row in self._database.each("SELECT * FROM rulings")
        }

    def rule(self, pairs: Iterable[Pair], ruling: Ruling, by: str, now: datetime) -> None:
        """Keep a ruling about pairs for good; it takes the place of an earlier one."""
        self._database.execute_many(
            "INSERT OR REPLACE INTO rulings VALUES (?, ?, ?, ?, ?)",
            ((*names, ruling, by, now.isoformat()) for names in pairs),
        )

    def take_back(self, pairs: Iterable[Pair], ruling: Ruling) -> None:
        """The user changed their mind about pairs that were ruled like this."""
        self._database.execute_many(
            "DELETE FROM rulings WHERE one = ? AND other = ? AND ruling = ?", ((*names, ruling) for names in pairs)
        )


def _basis(region: str) -> str:
    return f"{RULES} {region}"


_AMONG = "person_id IN (SELECT value FROM json_each(?))"


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _likenesses(rows: Iterable[Row]) -> dict[Pair, Verdict]:
    return {(PersonId(row["one"]), PersonId(row["other"])): _verdict(row) for row in rows}


def _verdict(row: Row) -> Verdict:
    return Verdict(Kind(row["kind"]), row["score"], tuple(json.loads(row["reasons"])))


_NOBODY = PersonId("")
_TEXTS = ("name", "company", "street", "place", "postcode")
_SETS = ("uids", "emails", "phones", "links")


def _body(profile: Profile) -> str:
    body: dict[str, object] = {name: getattr(profile, name) for name in _TEXTS if getattr(profile, name)}
    body |= {name: sorted(getattr(profile, name)) for name in _SETS if getattr(profile, name)}
    if profile.birthday is not None:
        body["birthday"] = str(profile.birthday)
    parts = profile.parts
    if parts:
        body["parts"] = (parts.given, parts.family, parts.generation, parts.also, parts.signs)
    return json.dumps(body, ensure_ascii=False)


def _profile(row: Row) -> Profile:
    return profile_from(json.loads(row["body"]), PersonId(row["person_id"]))


def profile_from(body: dict[str, Any], person: PersonId = _NOBODY) -> Profile:
    """What was kept of a profile. Raises TypeError, ValueError or LookupError where it is none."""
    body = dict(body)
    for name in _SETS:
        if name in body:
            body[name] = frozenset(body[name])
    if "birthday" in body:
        body["birthday"] = PartialDate.parse(body["birthday"])
    if "parts" in body:
        given, family, generation, also, signs = body["parts"]
        body["parts"] = NameParts(tuple(given), tuple(family), generation, tuple(also), signs)
    return Profile(id=person, **body)
