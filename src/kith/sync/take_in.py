"""People out of a file into the store, so that the same file again changes nothing, and all of it can be taken back.

A card of the file is one of an account of its own; who has it is settled as for every other card. What the file asks
for beside it (a circle, a cadence, how one met, conversations) is recorded once: what the user typed since stays.
Being in a file is never a contact; a dated exchange in it is a conversation of that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from kith.core.model import Card, CardRef, PersonId
from kith.core.period import Period
from kith.imports.base import Entry, Reading, Said
from kith.store.cards import body_of
from kith.store.imports import Thing
from kith.store.store import Store
from kith.sync import by_hand
from kith.sync.absorb import meet


@dataclass(slots=True)
class TakenIn:
    """What became of a file's people, by name; ``circles`` are those it asks for that the user has not."""

    new: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    conversations: int = 0
    circles: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """For the list of imports."""
        return {
            "new": len(self.new),
            "joined": len(self.joined),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "conversations": self.conversations,
        }

    @property
    def changes_nothing(self) -> bool:
        """Whether everything was known already."""
        return not (self.new or self.joined or self.updated)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Takes one file in. ``now`` carries the user's zone.

    ``circles`` and ``region`` are those of the config; ``circle`` is for everybody of the file who is in none yet, and
    ``members`` are those who are in one.
    """

    store: Store
    reading: Reading
    file: str
    now: datetime
    new_id: Callable[[], str]
    circles: Collection[str]
    region: str = ""
    circle: str | None = None
    members: Collection[PersonId] = ()

    def run(self) -> TakenIn:
        """Everything, or nothing. Raises StoreError."""
        taken, store = TakenIn(), self.store
        with store.transaction():
            number = store.imports.begin(self.reading.account, self.file, self.now)
            before = store.imports.cards(self.reading.account)
            known = store.joins.counts_as().keys()
            entries = [self._with_circle(entry, taken) for entry in self.reading.entries]
            changed = {entry.card.ref for entry in entries if self._put(number, entry, before)}
            meet(store, self.new_id, self.now)
            for person in sorted(store.joins.counts_as().keys() - known):
                store.imports.note(number, "person", [person])
            self._join()
            for entry in entries:
                things = _Things(self, number, entry.card.ref, self._owner(entry))
                is_new = things.record(entry, taken)
                is_placed = things.place(entry)
                self._count(entry, before, known, is_new or is_placed or entry.card.ref in changed, taken)
            store.imports.finish(number, taken.counts)
            if taken.changes_nothing:
                store.imports.mark_undone(number, self.now)
        return taken

    def _join(self) -> None:
        """See who of them is known already, as a pass does."""
        if self.store.matching.is_anything_new(self.region):
            from kith.sync.joining import join_people

            join_people(self.store, self.region, self.now)

    def _owner(self, entry: Entry) -> PersonId:
        person = self.store.imports.owner(entry.card.ref)
        assert person is not None, "everybody with a card was met"
        return person

    def _with_circle(self, entry: Entry, taken: TakenIn) -> Entry:
        """The entry with one of the user's circles, or with the file's name for one as a label."""
        if not entry.circle:
            return entry
        meant = next((name for name in self.circles if name.casefold() == entry.circle.casefold()), "")
        if meant:
            return replace(entry, circle=meant)
        if entry.circle not in taken.circles:
            taken.circles.append(entry.circle)
        labels = tuple(dict.fromkeys((*entry.card.labels, entry.circle)))
        return replace(entry, circle="", card=replace(entry.card, labels=labels))

    def _put(self, number: int, entry: Entry, before: Mapping[CardRef, Card]) -> bool:
        """Store the card; whether it is new or another than before."""
        ref, imports = entry.card.ref, self.store.imports
        old = before.get(ref)
        card = _over(old, entry.card)
        if old is not None and old.digest == card.digest:
            return False
        imports.note(number, "card", [*_key(ref)], body_of(old) if old else None)
        if old is not None:
            self.store.cards.record_changes(old, card, self.now.isoformat())
        imports.put(card)
        if old is None and entry.person and self.store.people.revision(PersonId(entry.person)) >= 0:
            self.store.people.link(ref, PersonId(entry.person))
        return True

    def _count(
        self,
        entry: Entry,
        before: Mapping[CardRef, Card],
        known: Collection[PersonId],
        is_changed: bool,
        taken: TakenIn,
    ) -> None:
        name = entry.card.name
        if entry.card.ref not in before:
            (taken.joined if self._owner(entry) in known else taken.new).append(name)
        elif is_changed:
            taken.updated.append(name)
        else:
            taken.unchanged += 1


@dataclass(frozen=True, slots=True)
class _Things:
    """Records what a file says of one person beside the card."""

    taking: TakeIn
    number: int
    ref: CardRef
    person: PersonId

    def record(self, entry: Entry, taken: TakenIn) -> bool:
        """Whether anything was new."""
        store = self.taking.store
        given = store.imports.things(self.ref)
        facts = [("met", "met", entry.met), ("note", "note", entry.note)]
        facts += [(f"fact:{_digest(text)}", "", text) for text in entry.facts]
        done = [self._fact(key, kind, text, given.get(key)) for key, kind, text in facts if text]
        done += [self._said(said, given, taken) for said in entry.said]
        return any(done)

    def _keep(self, key: str, thing: Thing, before: Thing | None) -> None:
        imports = self.taking.store.imports
        old = [before.value, before.number] if before else None
        imports.note(self.number, "thing", [*_key(self.ref), key], old)
        imports.keep_thing(self.ref, key, thing)

    def _fact(self, key: str, kind: str, text: str, before: Thing | None) -> bool:
        if before is not None and before.value == text:
            return False
        store, imports = self.taking.store, self.taking.store.imports
        number = before.number if before else None
        old = imports.fact(number) if number is not None else None
        if number is not None and old is not None:
            imports.note(self.number, "fact", [number], old)
            imports.change_fact(number, text)
        elif (kind, text) in imports.facts_of(self.person):
            number = None
        else:
            number = store.people.record_fact(self.person, kind, text, self.taking.now)
            imports.keep_home(self.ref, "facts", number)
            imports.note(self.number, "fact", [number])
        self._keep(key, Thing(text, number), before)
        return True

    def _said(self, said: Said, given: Mapping[str, Thing], taken: TakenIn) -> bool:
        key = f"said:{said.key or f'{said.day}|{said.via}|{_digest(said.text)}'}"
        if key in given:
            return False
        store = self.taking.store
        known = store.people.conversations_of(self.person)
        same = any(one.day == said.day and one.text.strip() == said.text.strip() for one in known)
        number = None
        if not same:
            number = by_hand.talk(store, [self.person], said.day, said.text, self.taking.now, via=said.via)
            store.imports.keep_home(self.ref, "conversation_people", number)
            store.imports.note(self.number, "conversation", [number])
            taken.conversations += 1
        self._keep(key, Thing(said.day.isoformat(), number), None)
        return True

    def place(self, entry: Entry) -> bool:
        """The circle and the cadence, for somebody who is not in the network yet; whether there was anything new.

        What an earlier file set may be changed by a later one.
        """
        taking, person = self.taking, self.person
        given = taking.store.imports.things(self.ref)
        now = taking.store.people.everybody([person])[0].set_by_hand
        is_placed = person in taking.members
        circle = entry.circle or (taking.circle if not is_placed else "") or ""
        done = False
        for key, wanted, current in (
            ("circle", circle, now.circle or ""),
            ("every", str(entry.every or ""), str(now.every or "")),
        ):
            before = given.get(key)
            if not wanted or (before is not None and before.value == wanted):
                continue
            is_ours = before is not None and before.value == current
            if current != wanted and (is_ours or not (current or is_placed)):
                taking.store.imports.note(self.number, key, [person, wanted], current)
                set_by_hand(taking.store, key, person, wanted)
            self._keep(key, Thing(wanted, None), before)
            done = True
        return done


def set_by_hand(store: Store, what: str, person: PersonId, value: str) -> None:
    """Set somebody's ``circle`` or ``every`` by hand; an empty one is none."""
    if what == "circle":
        store.people.set_circle(person, value or None)
    else:
        store.people.set_every(person, Period.parse(value) if value else None)


def _over(old: Card | None, new: Card) -> Card:
    """The newer card; what it leaves empty stays as it was, for absence is not deletion."""
    if old is None:
        return new
    names = [item.name for item in fields(Card) if item.name not in ("ref", "name")]
    kept = {name: getattr(old, name) for name in names if not getattr(new, name)}
    return replace(new, **kept)


def _key(ref: CardRef) -> tuple[str, str, str]:
    return (ref.account, ref.collection, ref.uid)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
