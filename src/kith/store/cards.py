"""The mirror of the address books, and the history of meaningful changes on cards.

A card that a listing does not show is *missing* first; only :meth:`Cards.remove_missing` makes it gone. Until then
everything still counts with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kith.core.changes import FIELDS, Changed
from kith.core.model import AccountId, Card, CardRef, CardUid, ETag, Group, Href, Labelled, PartialDate, PersonId
from kith.core.names import name_keys
from kith.store.db import Database, Row

_TEXTS = ("given", "family", "organisation", "job_title", "city", "country", "note", "street", "postcode")
_TUPLES = ("nicknames", "labels")
_LABELLED = ("emails", "phones", "urls")
_DATES = ("birthday", "anniversary")


_BETWEEN = "\x1f"
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make a new encoder for each card


class Standing(NamedTuple):
    """Where a stored card stands, what it was like, and whether it was not found there any more."""

    href: Href
    digest: str
    missing: bool


class Cards:
    """Cards, group cards, and the items they came in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known_items(self, account: AccountId) -> dict[str, dict[Href, ETag]]:
        """The ETags of everything read so far: collection → href → ETag."""
        known: dict[str, dict[Href, ETag]] = defaultdict(dict)
        sql = "SELECT collection, href, etag FROM items WHERE account = ? AND etag IS NOT NULL"
        for row in self._database.all(sql, (account,)):
            known[row["collection"]][Href(row["href"])] = ETag(row["etag"])
        return known

    def standings(self, refs: Iterable[CardRef]) -> dict[CardRef, Standing]:
        """How the given cards are stored, for those that are."""
        by_collection: dict[tuple[AccountId, str], list[CardUid]] = defaultdict(list)
        for ref in refs:
            by_collection[ref.account, ref.collection].append(ref.uid)
        sql = (
            "SELECT uid, href, digest, missing_since FROM cards"
            " WHERE account = ? AND collection = ? AND uid IN (SELECT value FROM json_each(?))"
        )
        found = {}
        for (account, collection), uids in by_collection.items():
            for row in self._database.all(sql, (account, collection, json.dumps(uids))):
                ref = CardRef(account, collection, CardUid(row["uid"]))
                found[ref] = Standing(Href(row["href"]), row["digest"], row["missing_since"] is not None)
        return found

    def get(self, ref: CardRef) -> Card | None:
        """One card, if it is stored."""
        sql = "SELECT * FROM cards WHERE account = ? AND collection = ? AND uid = ?"
        row = self._database.one(sql, _key(ref))
        return card_of(row) if row else None

    def put(self, cards: Iterable[tuple[Href, Card]], run: int) -> None:
        """Store cards as seen in this run, new or changed."""
        self._database.execute_many(
            "INSERT INTO cards (account, collection, uid, href, digest, body, labels, keys, seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET href = excluded.href, digest = excluded.digest, body = excluded.body,"
            " labels = excluded.labels, keys = excluded.keys, seen = excluded.seen, missing_since = NULL, matched = 0",
            (
                (*_key(card.ref), href, card.digest, body_of(card), _joined(card.labels), _joined(name_keys(card)), run)
                for href, card in cards
            ),
        )

    def confirm(self, refs: Iterable[CardRef], run: int) -> None:
        """Note that cards were seen in this run as they are stored."""
        self._database.execute_many(
            "UPDATE cards SET seen = ?, missing_since = NULL WHERE account = ? AND collection = ? AND uid = ?",
            ((run, *_key(ref)) for ref in refs),
        )

    def follow(
        self, account: AccountId, collection: str, before: Href, after: Href, uid: CardUid | None
    ) -> list[tuple[PersonId, PersonId]]:
        """The item at ``before`` is at ``after`` now: its cards go with it, with their history and whose they are.

        A single card of another UID now is given. Where another card is known by that already, the two were made one:
        the old one stays where it is, and whose the two are is the answer.
        """
        made_one: list[tuple[PersonId, PersonId]] = []
        where = "WHERE account = ? AND collection = ?"
        rows = self._database.all(f"SELECT uid FROM cards {where} AND href = ?", (account, collection, before))
        for old in (row["uid"] for row in rows):
            if uid is not None and old != uid and (len(rows) > 1 or self._is_taken(account, collection, uid)):
                owners = [self._owner(account, collection, one) for one in (old, uid)]
                if len(rows) == 1 and owners[0] is not None and owners[1] is not None:
                    made_one.append((owners[0], owners[1]))
                continue
            new, key = old if uid is None else uid, (account, collection, old)
            self._database.execute(f"UPDATE cards SET href = ?, uid = ? {where} AND uid = ?", (after, new, *key))
            if new != old:
                for table in ("person_cards", "card_changes"):
                    self._database.execute(f"UPDATE {table} SET uid = ? {where} AND uid = ?", (new, *key))
        self._database.execute(f"DELETE FROM items {where} AND href = ?", (account, collection, before))
        return made_one

    def look_at_again(self, account: AccountId, collection: str, uid: CardUid) -> None:
        """Have a card looked at by joining, though nothing on it changed."""
        where = "WHERE account = ? AND collection = ? AND uid = ?"
        self._database.execute(f"UPDATE cards SET matched = 0 {where}", (account, collection, uid))

    def _owner(self, account: AccountId, collection: str, uid: str) -> PersonId | None:
        where = "WHERE account = ? AND collection = ? AND uid = ?"
        row = self._database.one(f"SELECT home FROM person_cards {where}", (account, collection, uid))
        return PersonId(row["home"]) if row else None

    def _is_taken(self, account: AccountId, collection: str, uid: CardUid) -> bool:
        where = "WHERE account = ? AND collection = ? AND uid = ?"
        sql = f"SELECT 1 FROM cards {where} UNION SELECT 1 FROM person_cards {where}"
        return self._database.one(sql, (account, collection, uid) * 2) is not None

    def put_groups(self, groups: Iterable[tuple[Href, Group]], run: int) -> None:
        """Store group cards as seen in this run. A card that became a group is no card any more."""
        for href, group in groups:
            self._database.execute(
                "DELETE FROM cards WHERE account = ? AND collection = ? AND uid = ?", _key(group.ref)
            )
            self._database.execute(
                "INSERT OR REPLACE INTO card_groups VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*_key(group.ref), href, group.name, json.dumps(group.members), run),
            )

    def finish_item(
        self, account: AccountId, collection: str, href: Href, etag: ETag | None, run: int, now: str
    ) -> None:
        """The item was read to its end: what it held before and holds no more is missing."""
        where = (account, collection, href, run)
        self._database.execute(
            "UPDATE cards SET missing_since = coalesce(missing_since, ?)"
            " WHERE account = ? AND collection = ? AND href = ? AND seen <> ?",
            (now, *where),
        )
        self._database.execute(
            "DELETE FROM card_groups WHERE account = ? AND collection = ? AND href = ? AND seen <> ?", where
        )
        self._database.execute("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)", (account, collection, href, etag))

    def keep_etag(self, account: AccountId, collection: str, href: Href, etag: ETag | None) -> None:
        """Note that the item is settled in this state, and need not be read again."""
        sql = "UPDATE items SET etag = ? WHERE account = ? AND collection = ? AND href = ?"
        self._database.execute(sql, (etag, account, collection, href))

    def any_without_etag(self, account: AccountId, collection: str) -> bool:
        """Whether some item is to be read again."""
        sql = "SELECT 1 FROM items WHERE account = ? AND collection = ? AND etag IS NULL LIMIT 1"
        return self._database.one(sql, (account, collection)) is not None

    def cursors(self, account: AccountId) -> dict[str, str]:
        """The source's notes to itself, by collection."""
        rows = self._database.all("SELECT collection, cursor FROM cursors WHERE account = ?", (account,))
        return {row["collection"]: row["cursor"] for row in rows}

    def keep_cursor(self, account: AccountId, collection: str, cursor: str) -> None:
        """Keep a source's note to itself; an empty one is none."""
        if cursor:
            self._database.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (account, collection, cursor))
        else:
            where = (account, collection)
            self._database.execute("DELETE FROM cursors WHERE account = ? AND collection = ?", where)

    def finish_listing(self, account: AccountId, collection: str, present: frozenset[Href], now: str) -> None:
        """After a complete listing: the cards of items that are not in it are missing."""
        where = "WHERE account = ? AND collection = ?"
        # Of cards too: an item whose first reading was cut off has cards and no row of its own.
        sql = f"SELECT href FROM items {where} UNION SELECT href FROM cards {where}"
        rows = self._database.all(sql, (account, collection) * 2)
        gone = frozenset(Href(row["href"]) for row in rows) - present
        self._remove_items(account, collection, gone, now)

    def remove_items(self, account: AccountId, collection: str, gone: frozenset[Href], now: str) -> None:
        """The cards of items that the server said are gone are missing; their groups are forgotten."""
        self._remove_items(account, collection, gone, now)
        self._database.execute_many(
            "DELETE FROM card_groups WHERE account = ? AND collection = ? AND href = ?",
            ((account, collection, href) for href in gone),
        )

    def _remove_items(self, account: AccountId, collection: str, gone: frozenset[Href], now: str) -> None:
        where = "WHERE account = ? AND collection = ? AND href = ?"
        hrefs = [(account, collection, href) for href in gone]
        self._database.execute_many(
            f"UPDATE cards SET missing_since = coalesce(missing_since, ?) {where}", ((now, *href) for href in hrefs)
        )
        self._database.execute_many(f"DELETE FROM items {where}", hrefs)

    def finish_groups(self, account: AccountId, collection: str, present: frozenset[Href]) -> None:
        """Forget the group cards of items that are not listed any more."""
        where = "WHERE account = ? AND collection = ?"
        for row in self._database.all(f"SELECT DISTINCT href FROM card_groups {where}", (account, collection)):
            if row["href"] not in present:
                self._database.execute(
                    f"DELETE FROM card_groups {where} AND href = ?", (account, collection, row["href"])
                )

    def counts(self, account: AccountId) -> tuple[int, int]:
        """How many cards the account has, and how many of them are missing."""
        missing = "account = ? AND missing_since IS NOT NULL"  # each is counted in an index; the cards are not read
        sql = f"SELECT (SELECT count(*) FROM cards WHERE account = ?), (SELECT count(*) FROM cards WHERE {missing})"
        row = self._database.one(sql, (account, account))
        return (row[0], row[1]) if row else (0, 0)

    def missing(self, account: AccountId) -> list[CardRef]:
        """The cards that the last complete listing did not show."""
        sql = "SELECT * FROM cards WHERE account = ? AND missing_since IS NOT NULL"
        return [_ref(row) for row in self._database.all(sql, (account,))]

    def remove_missing(self, account: AccountId, collections: Collection[str], now: str) -> int:
        """Make the missing cards of these collections gone, and note it in their history; how many."""
        gone = [ref for ref in self.missing(account) if ref.collection in collections]
        self._record(((ref, "card", "there", "gone") for ref in gone), now)
        self._database.execute_many(
            "DELETE FROM cards WHERE account = ? AND collection = ? AND uid = ?", (_key(ref) for ref in gone)
        )
        return len(gone)

    def forget(self, refs: Collection[CardRef], now: str) -> None:
        """Make cards gone that the user does not want any more, and note it in their history."""
        self._record(((ref, "card", "there", "gone") for ref in refs), now)
        sql = "DELETE FROM cards WHERE account = ? AND collection = ? AND uid = ?"
        self._database.execute_many(sql, map(_key, refs))

    def record_changes(self, before: Card, after: Card, now: str) -> None:
        """Keep what changed on a card, field by field."""
        names = [item.name for item in fields(Card) if item.name != "ref"]
        differing = [name for name in names if getattr(before, name) != getattr(after, name)]
        self._record(
            ((after.ref, name, _plain(getattr(before, name)), _plain(getattr(after, name))) for name in differing),
            now,
        )

    def changes(self) -> dict[PersonId, list[Changed]]:
        """What changed on everybody's cards that is worth telling, oldest first; days are those of UTC."""
        found: dict[PersonId, list[Changed]] = defaultdict(list)
        sql = (
            "SELECT person_id, at, field, before, after FROM card_changes JOIN person_cards"
            " USING (account, collection, uid) WHERE field IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        for row in self._database.all(sql, (json.dumps(FIELDS),)):
            day = datetime.fromisoformat(row["at"]).astimezone(UTC).date()
            found[PersonId(row["person_id"])].append(Changed(day, row["field"], row["before"], row["after"]))
        return found

    def by_person(self, people: Collection[PersonId] | None = None) -> dict[PersonId, list[Card]]:
        """The cards of the given people, or of everybody, those missing included.

        Each card has the labels of its group cards beside its own.
        """
        groups = self._labels_by_member()
        cards: dict[PersonId, list[Card]] = defaultdict(list)
        for row in self._linked("c.*, p.person_id, p.home", people):
            more = groups.get((row["account"], row["collection"], row["uid"]), ())
            theirs = cards[PersonId(row["person_id"])]
            # The card that the person was first known by comes first: their name stays when others join it.
            theirs.insert(0 if row["home"] == row["person_id"] else len(theirs), card_of(row, more))
        return cards

    def by_home(self, people: Collection[PersonId]) -> dict[PersonId, list[Card]]:
        """The cards that were first given to each of the people, whoever they count for now."""
        cards: dict[PersonId, list[Card]] = defaultdict(list)
        for row in self._linked("c.*, p.home", people, of="home"):
            cards[PersonId(row["home"])].append(card_of(row))
        return cards

    def people_with(self, labels: Collection[str], keys: Collection[str]) -> set[PersonId]:
        """Whoever has a card with one of the labels (in lower case), or one of the names (folded) and e-mails."""
        wanted, named = frozenset(labels), frozenset(keys)
        found = [
            rowid
            for rowid, theirs, names in self._database.each("SELECT rowid, labels, keys FROM cards")
            if (theirs and not wanted.isdisjoint(theirs.split(_BETWEEN)))
            or (named and not named.isdisjoint(names.split(_BETWEEN)))
        ]
        of_card = (
            "SELECT person_id FROM person_cards p JOIN cards c"
            " ON (p.account, p.collection, p.uid) = (c.account, c.collection, c.uid)"
        )
        rows = self._database.all(f"{of_card} WHERE c.rowid IN (SELECT value FROM json_each(?))", (json.dumps(found),))
        return {PersonId(row["person_id"]) for row in rows} | self._in_groups(wanted)

    def _in_groups(self, labels: frozenset[str]) -> set[PersonId]:
        """Whoever has a card that one of the group cards names, of those with one of the labels as their name."""
        groups = self._database.all("SELECT account, collection, name, members FROM card_groups")
        sql = (
            "SELECT person_id FROM person_cards"
            " WHERE account = ? AND collection = ? AND uid IN (SELECT value FROM json_each(?))"
        )
        return {
            PersonId(row["person_id"])
            for group in groups
            if group["name"].casefold() in labels
            for row in self._database.all(sql, (group["account"], group["collection"], group["members"]))
        }

    def _linked(self, columns: str, people: Collection[PersonId] | None, *, of: str = "person_id") -> Iterator[Row]:
        sql = (
            f"SELECT {columns} FROM cards c JOIN person_cards p"
            " ON (p.account, p.collection, p.uid) = (c.account, c.collection, c.uid)"
        )
        order = "ORDER BY c.account, c.collection, c.uid"
        if people is None:
            yield from self._database.each(f"{sql} {order}")
            return
        wanted = json.dumps(list(people))
        yield from self._database.each(f"{sql} WHERE p.{of} IN (SELECT value FROM json_each(?)) {order}", (wanted,))

    def _labels_by_member(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        labels: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in self._database.all("SELECT * FROM card_groups ORDER BY name"):
            for member in json.loads(row["members"]):
                labels[row["account"], row["collection"], member].append(row["name"])
        return {member: tuple(names) for member, names in labels.items()}

    def _record(self, changes: Iterable[tuple[CardRef, str, str, str]], now: str) -> None:
        self._database.execute_many(
            "INSERT INTO card_changes (account, collection, uid, at, field, before, after)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((*_key(ref), now, field, before, after) for ref, field, before, after in changes),
        )


def _joined(texts: Iterable[str]) -> str:
    return _BETWEEN.join(text.casefold() for text in texts)


def _key(ref: CardRef) -> tuple[str, str, str]:
    return (ref.account, ref.collection, ref.uid)


def _ref(row: Row) -> CardRef:
    return CardRef(AccountId(row["account"]), row["collection"], CardUid(row["uid"]))


def _plain(value: Any) -> str:  # noqa: ANN401 -- any field of a card
    if isinstance(value, tuple):
        return ", ".join(item.value if isinstance(item, Labelled) else str(item) for item in value)
    return "" if value is None else str(value)


def body_of(card: Card) -> str:
    """A card's fields as JSON, absent ones left out."""
    body: dict[str, Any] = {"name": card.name}
    body.update({name: getattr(card, name) for name in (*_TEXTS, *_TUPLES) if getattr(card, name)})
    for name in _LABELLED:
        if getattr(card, name):
            body[name] = [(item.value, item.label) for item in getattr(card, name)]
    for name in _DATES:
        if getattr(card, name):
            body[name] = str(getattr(card, name))
    return _as_json(body)


def card_of(row: Row, more_labels: tuple[str, ...] = ()) -> Card:
    """The card of a row that holds its key and what :func:`body_of` wrote."""
    return card_from(_ref(row), json.loads(row["body"]), more_labels)


def card_from(ref: CardRef, values: Mapping[str, Any], more_labels: tuple[str, ...] = ()) -> Card:
    """The card of that key, from what :func:`body_of` wrote."""
    body = dict(values)
    for name in _LABELLED:
        if name in body:
            body[name] = tuple(Labelled(value, label) for value, label in body[name])
    for name in _DATES:
        if name in body:
            body[name] = PartialDate.parse(body[name])
    for name in _TUPLES:
        if name in body:
            body[name] = tuple(body[name])
    if more_labels:
        body["labels"] = tuple(dict.fromkeys((*body.get("labels", ()), *more_labels)))
    return Card(ref=ref, **body)
