"""Everything the user typed and ruled, and what was written to calendars, as plain rows out of a store and into one.

Rows are what JSON can hold: texts, numbers, true and false, lists, objects; days and instants as they are stored. Row
numbers stay inside: what belongs to something is listed with it, and events are known by their UIDs.

People who were joined go out as they were apart, with the joins beside them; they are joined again where they come in.

Taking in never overwrites and never doubles: what is here already stays as it is. A person is one who is here if the
id is the same, or one of their cards is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kith.core.event import Kind
from kith.core.model import PersonId
from kith.store import archive_giving, archive_meetings
from kith.store.archive_table import Table as _Table
from kith.store.archive_table import Values
from kith.store.db import Database
from kith.store.joins import Join, Joins
from kith.store.reach_outs import ReachOuts

_PEOPLE = _Table(
    "people",
    (
        *("id", "name", "body", "by_hand", "created_at", "circle", "every", "anchor", "next_on", "next_set_on"),
        *("paused", "paused_until"),
    ),
    flags=("by_hand", "paused"),
    packed=("body",),
)
_LINKS = _Table("person_cards", ("account", "collection", "uid"))
_FACTS = _Table("facts", ("kind", "text", "recorded_at", "forgotten_at"))
_ATTEMPTS = _Table("attempts", ("day", "text", "recorded_at", "event_uid", "forgotten_at"))
_SKIPS = _Table("skips", ("day", "reason", "recorded_at", "event_uid"))
_CONVERSATIONS = _Table(
    "conversations", ("day", "via", "text", "recorded_at", "event_uid", "occurrence", "withdrawn_at", "forgotten_at")
)
_TYPED = _Table("typed_texts", ("event_uid", "occurrence", "read_at", "text"))
_CHANGES = _Table("card_changes", ("account", "collection", "uid", "at", "field", "before", "after"))
_REACH_OUTS = _Table(
    "reach_outs",
    (
        "opened_at",
        "outcome",
        "closed_at",
        "started_at",
        "retries",
        "fixed",
        "again_from",
        "due",
        "at_worst",
        "withdrawn",
        "kind",
    ),
    flags=("fixed", "withdrawn"),
)
_EVENTS = _Table(
    "events",
    (
        *("uid", "account", "calendar", "state", "href", "etag", "install", "epoch", "kind", "subject", "n", "card"),
        *("plain_title", "fields", "brief", "typed", "last_modified", "pending", "hands_off", "touched"),
        *("repeats_until", "missing_since", "closed_at"),
    ),
    flags=("touched",),
    packed=("fields", "pending"),
    words=("brief", "hands_off"),
)
_LINES = _Table("event_reach_outs", ("line", "stands", "missing_since"), flags=("stands",))
_AS_USUAL = {"line": "", "stands": True, "missing_since": None}
_JOINS = _Table("joins", ("person_id", "joined_to", "at", "reasons"), packed=("reasons",))
_RULINGS = _Table("rulings", ("one", "other", "ruling", "by", "at"))
_PROFILES = _Table("profiles", ("person_id", "body"), packed=("body",))
_TAGS = _Table("tags", ("tag",))
_CHOICES = _Table("choices", ("choice", "chosen_on"))
_TICKS = _Table("ticks", ("text", "ticked_at"))
_ADVICE = _Table("advice", ("kind", "answer", "said_on"))
_IMPORTED_CARDS = _Table("imported_cards", ("account", "collection", "uid", "body"), packed=("body",))
_IMPORTED_THINGS = _Table("imported_things", ("account", "collection", "uid", "key", "value"))
_OF_A_PERSON = {
    "facts": _FACTS, "attempts": _ATTEMPTS, "skips": _SKIPS, "tags": _TAGS, "choices": _CHOICES, "ticks": _TICKS,
    "advice": _ADVICE,
    "meeting_questions": archive_meetings.QUESTIONS,
}  # fmt: skip

TABLES = (
    *(_PEOPLE, _LINKS, _FACTS, _ATTEMPTS, _SKIPS, _CONVERSATIONS, _TYPED, _CHANGES, _REACH_OUTS, _EVENTS),
    *(_TAGS, _CHOICES, _TICKS, _ADVICE, _IMPORTED_CARDS, _IMPORTED_THINGS),
    *(_JOINS, _RULINGS, _PROFILES),
    *archive_giving.TABLES,
    *archive_meetings.TABLES,
    _Table("conversation_people", ("conversation_id", "person_id")),
    _Table("reach_out_people", ("reach_out_id", "person_id", "is_open")),
    _Table("event_reach_outs", ("event_uid", "reach_out_id", *_LINES.columns)),
)
"""What goes out and in."""

STAYS = {
    "meta": "an archive may be taken into any store; events say themselves which install wrote them",
    "migrations": "the store's own",
    "items": "mirror", "cards": "mirror", "card_groups": "mirror", "cursors": "mirror", "looks": "mirror",
    "watched_calendars": "mirror", "watched_items": "mirror", "watched_meetings": "mirror",
    "meetings_ahead": "follow from the mirror",
    "numbers": "follow from the events",
    "belongings": "people go out apart, with what is theirs",
    "words": "made anew", "words_data": "made anew", "words_idx": "made anew", "words_content": "made anew",
    "words_docsize": "made anew", "words_config": "made anew",
    "match_keys": "worked out again", "likenesses": "worked out again",
    "calendars": "found anew at the next look",
    "waits": "which accounts are left alone here", "next_pass": "when the next pass is due here",
    "imports": "files that were imported here", "import_steps": "what can be undone here",
    "runs": "what passes did", "faults": "what is wrong here", "good_configs": "the config is a file of the user's",
}  # fmt: skip
"""What does not, and why."""


_KEY = "ORDER BY account, collection, uid"


# --- out ----------------------------------------------------------------------------------------------------


def read(database: Database, *, joined: bool = False) -> dict[str, list[Values]]:
    """All of it, each list in the order in which it came about.

    ``joined`` shows people as they stand, for reading; else everybody is apart, which nothing is lost in.
    """
    with database.reading():  # what is taken apart here is forgotten at its end
        joins = [_JOINS.out(row) for row in database.each("SELECT * FROM joins ORDER BY id")]
        if not joined:
            _take_all_apart(Joins(database, ReachOuts(database)))
        return {
            "joins": joins,
            "rulings": [_RULINGS.out(row) for row in database.each("SELECT * FROM rulings ORDER BY one, other")],
            "profiles": [_PROFILES.out(row) for row in database.each("SELECT * FROM profiles ORDER BY person_id")],
            **archive_giving.read(database),
            **archive_meetings.read(database),
            "people": _people(database),
            "conversations": _conversations(database),
            "reach_outs": _reach_outs(database),
            "events": [_EVENTS.out(row) for row in database.each("SELECT * FROM events ORDER BY uid")],
            "typed_texts": [_TYPED.out(row) for row in database.each("SELECT * FROM typed_texts ORDER BY id")],
            "card_changes": [_CHANGES.out(row) for row in database.each("SELECT * FROM card_changes ORDER BY id")],
            "imported_cards": [
                _IMPORTED_CARDS.out(row) for row in database.each(f"SELECT * FROM imported_cards {_KEY}")
            ],
            "imported_things": [
                _IMPORTED_THINGS.out(row) for row in database.each(f"SELECT * FROM imported_things {_KEY}, key")
            ],
        }


def _people(database: Database) -> list[Values]:
    people = {
        row["id"]: _PEOPLE.out(row) | {"cards": [], **{name: [] for name in _OF_A_PERSON}}
        for row in database.each("SELECT * FROM people WHERE joined_to IS NULL ORDER BY id")
    }
    for row in database.each("SELECT * FROM person_cards ORDER BY account, collection, uid"):
        people[row["person_id"]]["cards"].append(_LINKS.out(row))
    for name, table in _OF_A_PERSON.items():
        whole = f"SELECT t.*, coalesce(joined_to, person_id) AS whole FROM {name} t JOIN people p ON p.id = t.person_id"
        for row in database.each(f"{whole} ORDER BY t.rowid"):
            people[row["whole"]][name].append(table.out(row))
    return list(people.values())


def _conversations(database: Database) -> list[Values]:
    found = {
        row["id"]: _CONVERSATIONS.out(row) | {"people": []}
        for row in database.each("SELECT * FROM conversations ORDER BY id")
    }
    for row in database.each("SELECT * FROM conversation_people ORDER BY person_id"):
        found[row["conversation_id"]]["people"].append(row["person_id"])
    return list(found.values())


def _reach_outs(database: Database) -> list[Values]:
    found = {
        row["id"]: _REACH_OUTS.out(row) | {"people": [], "events": [], "lines": {}}
        for row in database.each("SELECT * FROM reach_outs ORDER BY id")
    }
    for row in database.each("SELECT * FROM reach_out_people ORDER BY person_id"):
        found[row["reach_out_id"]]["people"].append(row["person_id"])
    for row in database.each("SELECT * FROM event_reach_outs ORDER BY event_uid"):
        found[row["reach_out_id"]]["events"].append(row["event_uid"])
        line = _LINES.out(row)
        if line != _AS_USUAL:
            found[row["reach_out_id"]]["lines"][row["event_uid"]] = line
    return list(found.values())


# --- in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How much of it was new here; ``left_out`` are open events of people who have another open one here."""

    people: int
    conversations: int
    facts: int
    events: int
    left_out: int


def take_in(database: Database, archive: Mapping[str, Sequence[Values]]) -> TakenIn:
    """Add what is not here yet. Call it inside a transaction."""
    joins = Joins(database, ReachOuts(database))
    joined = _take_all_apart(joins)
    here = _whose_cards(database)
    whose: dict[str, str] = {}
    new = facts = 0
    for person in archive["people"]:
        who, is_new = _take_in_person(database, person, here)
        whose[person["id"]] = who
        new += is_new
        facts += _add_missing(database, _FACTS, person["facts"], person_id=who)
        _add_missing(database, _ATTEMPTS, person["attempts"], person_id=who)
        _add_missing(database, _SKIPS, person["skips"], person_id=who)
        _add_missing(database, _TICKS, person["ticks"], person_id=who)
        _TAGS.add_where_none_is(database, person["tags"], person_id=who)
        _CHOICES.add_where_none_is(database, person["choices"], person_id=who)
        _ADVICE.add_where_none_is(database, person["advice"], person_id=who)
        archive_meetings.take_in_questions(database, person["meeting_questions"], who)
    talks = _take_in_conversations(database, archive["conversations"], whose)
    events, left_out = _take_in_reach_outs(database, archive, whose)
    _add_missing(database, _TYPED, archive["typed_texts"])
    _add_missing(database, _CHANGES, archive["card_changes"])
    _IMPORTED_CARDS.add_where_none_is(database, archive["imported_cards"])
    _IMPORTED_THINGS.add_where_none_is(database, archive["imported_things"])
    archive_giving.take_in(database, archive, whose)
    archive_meetings.take_in(database, archive, whose)
    _take_in_joins(database, joins, joined, archive, whose)
    database.execute("UPDATE people SET revision = revision + 1")
    return TakenIn(new, talks, facts, events, left_out)


def _add_missing(database: Database, table: _Table, wanted: Iterable[Values], **owner: str) -> int:
    """Add the rows of which there are fewer here than wanted; how many."""
    where = " AND ".join(f"{name} = ?" for name in owner) or "1"
    there = database.all(f"SELECT * FROM {table.name} WHERE {where}", tuple(owner.values()))
    present = Counter(table.stored(table.out(row)) for row in there)
    added = 0
    for values in wanted:
        if present[table.stored(values)] > 0:
            present[table.stored(values)] -= 1
        else:
            table.put(database, values, **owner)
            added += 1
    return added


# --- people ---


def _whose_cards(database: Database) -> dict[tuple[str, str, str], str]:
    rows = database.all("SELECT account, collection, uid, person_id FROM person_cards")
    return {tuple(row[:3]): row["person_id"] for row in rows}


def _take_in_person(database: Database, person: Values, here: dict[tuple[str, str, str], str]) -> tuple[str, bool]:
    """Who it is here, and whether they are new."""
    cards = [_LINKS.stored(card) for card in person["cards"]]
    known = database.one("SELECT id FROM people WHERE id = ?", (person["id"],))
    who: str | None = known["id"] if known else next((here[card] for card in cards if card in here), None)
    is_new = who is None
    if who is None:
        who = str(person["id"])
        _PEOPLE.put(database, person)
    else:
        _fill_in(database, who, person)
    for link, card in zip(person["cards"], cards, strict=True):
        if card not in here:
            _LINKS.put(database, link, person_id=who, home=who)
            here[card] = who
    return who, is_new


def _fill_in(database: Database, who: str, person: Values) -> None:
    """What was ruled about somebody, where nothing is ruled here."""
    database.execute(
        "UPDATE people SET circle = coalesce(circle, ?), every = coalesce(every, ?), anchor = coalesce(anchor, ?),"
        " next_set_on = CASE WHEN next_on IS NULL THEN ? ELSE next_set_on END, next_on = coalesce(next_on, ?),"
        " paused_until = CASE WHEN paused THEN paused_until ELSE ? END, paused = max(paused, ?),"
        " by_hand = max(by_hand, ?) WHERE id = ?",
        (
            *(person["circle"], person["every"], person["anchor"], person["next_set_on"], person["next_on"]),
            *(person["paused_until"], int(person["paused"]), int(person["by_hand"]), who),
        ),
    )


def _take_all_apart(joins: Joins) -> list[Join]:
    """Everybody as they were before they were joined to anybody; the joins, in the order of their making."""
    everybody = joins.counts_as()
    standing = joins.of([person for person, whole in everybody.items() if person != whole])
    for whole in sorted({whole for person, whole in everybody.items() if person != whole}):
        for person, said in joins.take_apart(whole).items():
            joins.overrule(person, said)
    return standing


def _take_in_joins(
    database: Database,
    joins: Joins,
    joined: Iterable[Join],
    archive: Mapping[str, Sequence[Values]],
    whose: Mapping[str, str],
) -> None:
    """Rulings and profiles that are not here, and everybody joined again who was joined here or there."""
    for values in archive["rulings"]:
        names = sorted((whose[values["one"]], whose[values["other"]]))
        if names[0] != names[1]:
            row = (*names, values["ruling"], values["by"], values["at"])
            database.execute("INSERT OR IGNORE INTO rulings (one, other, ruling, by, at) VALUES (?, ?, ?, ?, ?)", row)
    for values in archive["profiles"]:
        body = _PROFILES.stored(values)[1]
        row = (whose[values["person_id"]], body)
        database.execute("INSERT OR IGNORE INTO profiles (person_id, body) VALUES (?, ?)", row)
    theirs = [
        Join(
            PersonId(whose[values["person_id"]]), PersonId(whose[values["joined_to"]]), values["at"],
            tuple(values["reasons"]),
        )
        for values in archive["joins"]
    ]  # fmt: skip
    for join in (*joined, *theirs):
        roots = joins.counts_as([join.person, join.counts_as])
        if roots[join.person] != roots[join.counts_as]:
            at = datetime.fromisoformat(join.at)
            joins.join(roots[join.person], roots[join.counts_as], join.reasons, at)


# --- what was said, and written ---


def _take_in_conversations(database: Database, wanted: Iterable[Values], whose: Mapping[str, str]) -> int:
    def said(values: Values, people: Iterable[str]) -> tuple[Any, ...]:
        """What makes it this conversation: its event, else everything that was said about it."""
        if values["event_uid"] is not None:
            return (values["event_uid"], values["occurrence"])
        return (values["day"], values["via"], values["text"], values["recorded_at"], *sorted(people))

    present = Counter(said(values, values["people"]) for values in _conversations(database))
    added = 0
    for values in wanted:
        people = {whose[person] for person in values["people"]}
        if present[said(values, people)] > 0:
            present[said(values, people)] -= 1
            continue
        number = _CONVERSATIONS.put(database, values)
        database.execute_many("INSERT INTO conversation_people VALUES (?, ?)", ((number, who) for who in people))
        added += 1
    return added


def _take_in_reach_outs(
    database: Database, archive: Mapping[str, Sequence[Values]], whose: Mapping[str, str]
) -> tuple[int, int]:
    """Reach-outs and their events; how many events were new, and how many were left out.

    Somebody has one open reach-out. Where there is one here, another one's events stay what they are for this store,
    a stranger's, about which ``kith events`` asks.
    """
    present = Counter(_round(values, values["people"]) for values in _reach_outs(database))
    busy = {row[0] for row in database.all("SELECT person_id FROM reach_out_people WHERE is_open = 1")}
    wanted, left_out = [], set[str]()
    for values in archive["reach_outs"]:
        people = [whose[person] for person in values["people"]]
        if present[_round(values, people)] > 0:
            present[_round(values, people)] -= 1
        elif _is_the_one_open(values) and not busy.isdisjoint(people):
            left_out.update(values["events"])
        else:
            wanted.append((values, people))
    left_out -= {uid for values, _ in wanted for uid in values["events"]}
    added = _take_in_events(database, archive["events"], left_out)
    for values, people in wanted:
        number = _REACH_OUTS.put(database, values)
        is_open = int(_is_the_one_open(values))
        database.execute_many(
            "INSERT INTO reach_out_people VALUES (?, ?, ?)", ((number, who, is_open) for who in dict.fromkeys(people))
        )
        for uid in values["events"]:
            _LINES.put(database, values["lines"].get(uid, _AS_USUAL), event_uid=uid, reach_out_id=number)
    return added, len(left_out)


def _is_the_one_open(values: Values) -> bool:
    return values["outcome"] is None and values["kind"] == Kind.REACH_OUT


def _round(values: Values, people: Iterable[str]) -> tuple[Any, ...]:
    return (values["opened_at"], tuple(sorted(people)), tuple(sorted(values["events"])))


def _take_in_events(database: Database, wanted: Iterable[Values], left_out: set[str]) -> int:
    here = {row["uid"] for row in database.all("SELECT uid FROM events")}
    left_out -= here
    new = [values for values in wanted if values["uid"] not in here | left_out]
    for values in new:
        _EVENTS.put(database, values)
        database.execute(
            "INSERT INTO numbers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = max(n, excluded.n)",
            (values["epoch"], values["kind"], values["subject"], values["n"]),
        )
    return len(new)
