"""People and everything that was said: sacred, never fetched again.

Each change that bears on a person's next reach-out raises their ``revision``, so that a pass notices what was typed
on the command line while it ran.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kith.core.brief import Spoken
from kith.core.circles import ByHand
from kith.core.model import AccountId, CardRef, CardUid, EventUid, PersonId
from kith.core.period import Period
from kith.store.db import Database

FACT_WORDS = {"met": "Met", "asks": "Asks", "offers": "Offers"}
"""What stands before facts of some kinds."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What kith itself keeps about a person; their cards are elsewhere.

    ``name``, ``emails`` and ``phones`` are what was typed for somebody added by hand; for others ``name`` is the last
    one their cards gave. ``paused_until`` is the first day on which they come up again, None for no end.
    """

    id: PersonId
    name: str
    by_hand: bool = False
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    set_by_hand: ByHand = ByHand()
    anchor: date | None = None
    next_on: date | None = None
    paused: bool = False
    paused_until: date | None = None
    revision: int = 0

    def is_paused(self, today: date) -> bool:
        """Whether nothing is to come up for them today."""
        return self.paused and (self.paused_until is None or today < self.paused_until)


@dataclass(frozen=True, slots=True)
class LastTimes:
    """The days that decide when somebody is due, and the last attempt, which does not."""

    conversation: date | None = None
    skip: date | None = None
    attempt: date | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One tried, no answer."""

    day: date
    text: str


class People:
    """People, their cards, and what was said with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- who there is ---------------------------------------------------------------------------------

    def add(self, person: PersonRow, now: datetime) -> None:
        """Store a new person."""
        self._add([person], now)

    def add_with_cards(self, newcomers: Sequence[tuple[PersonRow, CardRef]], now: datetime) -> None:
        """Store new people, each with the card they are known by."""
        self._add((person for person, _ in newcomers), now)
        self._link((ref, person.id) for person, ref in newcomers)

    def _add(self, people: Iterable[PersonRow], now: datetime) -> None:
        self._database.execute_many(
            "INSERT INTO people (id, name, body, by_hand, created_at, circle, every, next_on, next_set_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(person.id, person.name, json.dumps({"emails": person.emails, "phones": person.phones})),
                    *(int(person.by_hand), now.isoformat()),
                    *(person.set_by_hand.circle, _text(person.set_by_hand.every)),
                    *(_text(person.next_on), now.date().isoformat() if person.next_on else None),
                )
                for person in people
            ),
        )

    def taken(self, people: Iterable[PersonId]) -> set[PersonId]:
        """Those of the ids that somebody has."""
        sql = "SELECT id FROM people WHERE id IN (SELECT value FROM json_each(?))"
        return {PersonId(row["id"]) for row in self._database.all(sql, (json.dumps(list(people)),))}

    def everybody(self, people: Collection[PersonId] | None = None) -> list[PersonRow]:
        """Every person, or those given, in the order of their ids; nobody who counts as somebody else."""
        where = "WHERE joined_to IS NULL" + ("" if people is None else " AND id IN (SELECT value FROM json_each(?))")
        values = () if people is None else (json.dumps(list(people)),)
        rows = []
        for row in self._database.each(f"SELECT * FROM people {where} ORDER BY id", values):
            body = json.loads(row["body"])
            rows.append(
                PersonRow(
                    id=PersonId(row["id"]),
                    name=row["name"],
                    by_hand=bool(row["by_hand"]),
                    emails=tuple(body.get("emails", ())),
                    phones=tuple(body.get("phones", ())),
                    set_by_hand=ByHand(row["circle"], Period.parse(row["every"]) if row["every"] else None),
                    anchor=_day(row["anchor"]),
                    next_on=_day(row["next_on"]),
                    paused=bool(row["paused"]),
                    paused_until=_day(row["paused_until"]),
                    revision=row["revision"],
                )
            )
        return rows

    def count(self) -> int:
        """How many people there are."""
        row = self._database.one("SELECT count(*) FROM people WHERE joined_to IS NULL")
        return int(row[0]) if row else 0

    def set_by_hand(self) -> set[PersonId]:
        """Everybody about whom the user said something outside the config, or who waits for an answer."""
        sql = (
            "SELECT id FROM people WHERE joined_to IS NULL"
            " AND (by_hand = 1 OR circle IS NOT NULL OR every IS NOT NULL OR next_on IS NOT NULL)"
            " UNION SELECT person_id FROM reach_out_people WHERE is_open = 1"
        )
        return {PersonId(row[0]) for row in self._database.all(sql)}

    def name(self, person: PersonId) -> str:
        """What somebody is called."""
        row = self._database.one("SELECT name FROM people WHERE id = ?", (person,))
        return row["name"] if row else ""

    def names(self) -> list[str]:
        """What everybody is called."""
        return [row[0] for row in self._database.all("SELECT name FROM people WHERE joined_to IS NULL ORDER BY name")]

    def link(self, ref: CardRef, person: PersonId) -> None:
        """Make a card a person's, and whoever's they count as."""
        self._link([(ref, person)])

    def _link(self, links: Iterable[tuple[CardRef, PersonId]]) -> None:
        self._database.execute_many(
            "INSERT OR REPLACE INTO person_cards (account, collection, uid, home, person_id)"
            " VALUES (?, ?, ?, ?, coalesce((SELECT joined_to FROM people WHERE id = ?), ?))",
            ((ref.account, ref.collection, ref.uid, person, person, person) for ref, person in links),
        )

    def added_by_hand(self, people: Collection[PersonId]) -> list[PersonRow]:
        """Those of the people who were added by hand, with what was typed for them; whoever they count as now."""
        sql = (
            "SELECT id, name, body FROM people WHERE by_hand = 1 AND id NOT IN (SELECT home FROM person_cards)"
            " AND id IN (SELECT value FROM json_each(?))"
        )
        found = []
        for row in self._database.all(sql, (json.dumps(list(people)),)):
            body = json.loads(row["body"])
            emails, phones = tuple(body.get("emails", ())), tuple(body.get("phones", ()))
            found.append(PersonRow(PersonId(row["id"]), row["name"], by_hand=True, emails=emails, phones=phones))
        return found

    def with_cards(self, people: Collection[PersonId]) -> set[PersonId]:
        """Those of the people to whom a card was given that is there, and those added by hand."""
        sql = (
            "SELECT p.home AS id FROM person_cards p JOIN cards c ON (p.account, p.collection, p.uid) ="
            " (c.account, c.collection, c.uid) WHERE p.home IN (SELECT value FROM json_each(?))"
            " UNION SELECT id FROM people WHERE by_hand = 1 AND id IN (SELECT value FROM json_each(?))"
        )
        return {PersonId(row["id"]) for row in self._database.all(sql, (json.dumps(list(people)),) * 2)}

    def unlinked_cards(self) -> dict[CardRef, str]:
        """Cards that are nobody's yet, with the name on each."""
        sql = (
            "SELECT c.account, c.collection, c.uid, json_extract(c.body, '$.name') AS name FROM cards c"
            " LEFT JOIN person_cards p ON (p.account, p.collection, p.uid) = (c.account, c.collection, c.uid)"
            " WHERE p.person_id IS NULL ORDER BY c.account, c.collection, c.uid"
        )
        return {
            CardRef(AccountId(row["account"]), row["collection"], CardUid(row["uid"])): row["name"]
            for row in self._database.each(sql)
        }

    def rename(self, names: Iterable[tuple[PersonId, str]]) -> None:
        """Keep the names that people's cards give, for when the cards are gone."""
        self._database.execute_many("UPDATE people SET name = ? WHERE id = ?", ((n, p) for p, n in names))

    def revision(self, person: PersonId) -> int:
        """How often what bears on the person's next reach-out has changed."""
        row = self._database.one("SELECT revision FROM people WHERE id = ?", (person,))
        return int(row["revision"]) if row else -1

    # --- when they come up ----------------------------------------------------------------------------

    def set_anchors(self, anchors: Iterable[tuple[PersonId, date]]) -> None:
        """What new people count from; one that is set stays."""
        self._database.execute_many(
            "UPDATE people SET anchor = coalesce(anchor, ?) WHERE id = ?",
            ((_text(day), who) for who, day in anchors),
        )

    def set_next(self, person: PersonId, day: date | None, today: date) -> None:
        """The user named the day of the next reach-out, or takes that back."""
        self._change(person, "next_on = ?, next_set_on = ?", (_text(day), _text(today) if day else None))

    def set_circle(self, person: PersonId, circle: str | None) -> None:
        """Put somebody in a circle by hand."""
        self._change(person, "circle = ?", (circle,))

    def set_every(self, person: PersonId, every: Period | None) -> None:
        """Give somebody a cadence of their own by hand."""
        self._change(person, "every = ?", (_text(every),))

    def pause(self, person: PersonId, *, until: date | None) -> None:
        """Let nothing come up for somebody, up to a day or until further notice."""
        self._change(person, "paused = 1, paused_until = ?", (_text(until),))

    def unpause(self, person: PersonId) -> None:
        """Let somebody come up again."""
        self._change(person, "paused = 0, paused_until = NULL", ())

    def last_times(self) -> dict[PersonId, LastTimes]:
        """The last conversation, skip and attempt of everybody who has one."""
        conversations = self._latest(
            "SELECT person_id, max(day) AS day FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE withdrawn_at IS NULL GROUP BY person_id"
        )
        skips = self._latest("SELECT person_id, max(day) AS day FROM skips GROUP BY person_id")
        attempts = self._latest(
            "SELECT person_id, max(day) AS day FROM attempts WHERE forgotten_at IS NULL GROUP BY person_id"
        )
        everybody = conversations.keys() | skips.keys() | attempts.keys()
        return {who: LastTimes(conversations.get(who), skips.get(who), attempts.get(who)) for who in everybody}

    # --- what was said --------------------------------------------------------------------------------

    def record_conversation(
        self,
        people: Sequence[PersonId],
        day: date,
        text: str,
        now: datetime,
        *,
        via: str = "",
        event: EventUid | None = None,
        occurrence: str = "",
    ) -> int:
        """Keep a conversation; its number. One that came from the same event before is replaced, never doubled.

        A day that the user had named for the next reach-out is spent by a conversation on or after the day it was set.
        """
        people = list(dict.fromkeys(map(self._whole, people)))
        if event is not None:
            row = self._database.one(
                "SELECT id FROM conversations WHERE event_uid = ? AND occurrence = ?", (event, occurrence)
            )
            if row is not None:
                self._database.execute(
                    "UPDATE conversations SET day = ?, text = ?, withdrawn_at = NULL, forgotten_at = NULL WHERE id = ?",
                    (_text(day), text, row["id"]),
                )
                self._spend_next(people, day)
                return int(row["id"])
        number = self._database.insert(
            "INSERT INTO conversations (day, via, text, recorded_at, event_uid, occurrence) VALUES (?, ?, ?, ?, ?, ?)",
            (_text(day), via, text, now.isoformat(), event, occurrence),
        )
        for person in people:
            self._database.execute("INSERT INTO conversation_people VALUES (?, ?)", (number, person))
        self._spend_next(people, day)
        return number

    def correct_conversation(self, event: EventUid, occurrence: str, text: str) -> None:
        """Put a later text in place of the one the event gave before."""
        self._database.execute(
            "UPDATE conversations SET text = ? WHERE event_uid = ? AND occurrence = ?",
            (text, event, occurrence),
        )

    def withdraw_conversation(self, event: EventUid, occurrence: str, now: datetime) -> None:
        """It was no conversation after all; the text is kept."""
        self._database.execute(
            "UPDATE conversations SET withdrawn_at = ? WHERE event_uid = ? AND occurrence = ?",
            (now.isoformat(), event, occurrence),
        )
        self._database.execute(
            "UPDATE people SET revision = revision + 1 WHERE id IN (SELECT person_id FROM conversation_people"
            " JOIN conversations ON id = conversation_id WHERE event_uid = ?)",
            (event,),
        )

    def conversation_text(self, event: EventUid, occurrence: str = "") -> str | None:
        """The text of the conversation that the event gave, None where none stands."""
        row = self._database.one(
            "SELECT text FROM conversations WHERE event_uid = ? AND occurrence = ? AND withdrawn_at IS NULL",
            (event, occurrence),
        )
        return row["text"] if row else None

    def record_attempt(self, person: PersonId, day: date, text: str, now: datetime, event: EventUid | None) -> None:
        """Keep an attempt without an answer."""
        self._database.execute(
            "INSERT INTO attempts (person_id, day, text, recorded_at, event_uid) VALUES (?, ?, ?, ?, ?)",
            (self._whole(person), _text(day), text, now.isoformat(), event),
        )

    def record_skip(
        self, person: PersonId, day: date, reason: str, now: datetime, event: EventUid | None = None
    ) -> None:
        """Keep that a round was skipped; the next comes a cadence after ``day``."""
        self._database.execute(
            "INSERT INTO skips (person_id, day, reason, recorded_at, event_uid) VALUES (?, ?, ?, ?, ?)",
            (self._whole(person), _text(day), reason, now.isoformat(), event),
        )
        self._change(person, "next_on = NULL, next_set_on = NULL", ())

    def record_fact(self, person: PersonId, kind: str, text: str, now: datetime) -> int:
        """Keep something that is not tied to a day; its number."""
        number = self._database.insert(
            "INSERT INTO facts (person_id, kind, text, recorded_at) VALUES (?, ?, ?, ?)",
            (self._whole(person), kind, text, now.isoformat()),
        )
        self._change(person, "name = name", ())
        return number

    def keep_typed(self, event: EventUid, occurrence: str, text: str, now: datetime) -> None:
        """Put what was typed in an event on disk, before anything else happens to it; each state once."""
        if self.last_typed(event, occurrence) != text:
            self._database.execute(
                "INSERT INTO typed_texts (event_uid, occurrence, read_at, text) VALUES (?, ?, ?, ?)",
                (event, occurrence, now.isoformat(), text),
            )

    def last_typed(self, event: EventUid, occurrence: str) -> str:
        """The text typed in an event as it was last read."""
        sql = "SELECT text FROM typed_texts WHERE event_uid = ? AND occurrence = ? ORDER BY id DESC LIMIT 1"
        row = self._database.one(sql, (event, occurrence))
        return row["text"] if row else ""

    def talked_after(self, person: PersonId, day: date) -> bool:
        """Whether there was a conversation on a later day."""
        sql = (
            "SELECT 1 FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE person_id = ? AND day > ? AND withdrawn_at IS NULL LIMIT 1"
        )
        return self._database.one(sql, (self._whole(person), _text(day))) is not None

    def typed_texts(self, event: EventUid) -> list[str]:
        """Every state of the text typed in an event, oldest first."""
        return [
            row["text"]
            for row in self._database.all("SELECT text FROM typed_texts WHERE event_uid = ? ORDER BY id", (event,))
        ]

    def conversations(self) -> dict[PersonId, list[Spoken]]:
        """Everybody's conversations that stand, newest first."""
        spoken: dict[PersonId, list[Spoken]] = defaultdict(list)
        sql = (
            "SELECT person_id, day, via, text FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE withdrawn_at IS NULL ORDER BY day DESC, id DESC"
        )
        for row in self._database.each(sql):
            spoken[PersonId(row["person_id"])].append(Spoken(date.fromisoformat(row["day"]), row["via"], row["text"]))
        return spoken

    def conversations_of(self, person: PersonId) -> list[Spoken]:
        """Somebody's conversations that stand, newest first."""
        sql = (
            "SELECT day, via, text FROM conversations JOIN conversation_people ON conversation_id = id"
            " WHERE person_id = ? AND withdrawn_at IS NULL ORDER BY day DESC, id DESC"
        )
        rows = self._database.all(sql, (person,))
        return [Spoken(date.fromisoformat(row["day"]), row["via"], row["text"]) for row in rows]

    def attempts(self, person: PersonId) -> list[Attempt]:
        """Somebody's attempts, newest first."""
        sql = "SELECT day, text FROM attempts WHERE person_id = ? AND forgotten_at IS NULL ORDER BY day DESC, id DESC"
        return [Attempt(date.fromisoformat(row["day"]), row["text"]) for row in self._database.all(sql, (person,))]

    def tried_on(self, day: date) -> set[EventUid]:
        """The events that brought an attempt on a day."""
        sql = "SELECT DISTINCT event_uid FROM attempts WHERE day = ? AND event_uid IS NOT NULL"
        return {EventUid(row["event_uid"]) for row in self._database.all(sql, (_text(day),))}

    def skips(self, person: PersonId) -> list[tuple[date, str]]:
        """Somebody's skipped rounds with their reasons, newest first."""
        sql = "SELECT day, reason FROM skips WHERE person_id = ? ORDER BY day DESC, id DESC"
        return [(date.fromisoformat(row["day"]), row["reason"]) for row in self._database.all(sql, (person,))]

    def facts(self) -> Mapping[PersonId, list[str]]:
        """Everybody's facts, oldest first; those of a kind of their own begin with its word."""
        return {
            person: [f"{FACT_WORDS[kind]}: {text}" if kind in FACT_WORDS else text for kind, text in facts]
            for person, facts in self.facts_with_kinds().items()
        }

    def facts_with_kinds(self) -> Mapping[PersonId, list[tuple[str, str]]]:
        """Everybody's facts, oldest first, each after its kind."""
        facts: dict[PersonId, list[tuple[str, str]]] = defaultdict(list)
        for row in self._database.each(
            "SELECT person_id, kind, text FROM facts WHERE forgotten_at IS NULL ORDER BY id"
        ):
            facts[PersonId(row["person_id"])].append((row["kind"], row["text"]))
        return facts

    # --- inside ---------------------------------------------------------------------------------------

    def _change(self, person: PersonId, assignments: str, values: Sequence[str | None]) -> None:
        sql = f"UPDATE people SET {assignments}, revision = revision + 1 WHERE id = ?"
        self._database.execute(sql, (*values, self._whole(person)))

    def _whole(self, person: PersonId) -> PersonId:
        """Whom the person counts as by now: they may have been joined a moment ago."""
        row = self._database.one("SELECT coalesce(joined_to, id) AS whole FROM people WHERE id = ?", (person,))
        return PersonId(row["whole"]) if row else person

    def _spend_next(self, people: Sequence[PersonId], day: date) -> None:
        for person in people:
            self._database.execute(
                "UPDATE people SET revision = revision + 1,"
                " next_on = CASE WHEN next_set_on <= ? THEN NULL ELSE next_on END,"
                " next_set_on = CASE WHEN next_set_on <= ? THEN NULL ELSE next_set_on END WHERE id = ?",
                (_text(day), _text(day), person),
            )

    def _latest(self, sql: str) -> dict[PersonId, date]:
        return {PersonId(row["person_id"]): date.fromisoformat(row["day"]) for row in self._database.all(sql)}


def _text(value: date | Period | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
