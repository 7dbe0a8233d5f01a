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

from kith.core.circles import ByHand
from kith.core.model import AccountId, Card, CardRef, CardUid, PersonId
from kith.core.period import Period
from kith.errors import UsageError
from kith.imports.base import Entry, Reading, Said
from kith.store.cards import body_of
from kith.store.imports import Import, Thing
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

    ``circles`` are those of the config; ``circle`` is for everybody of the file who is in none yet, and ``members`` are
    those who are in one.
    """

    store: Store
    reading: Reading
    file: str
    now: datetime
    new_id: Callable[[], str]
    circles: Collection[str]
    circle: str | None = None
    members: Collection[PersonId] = ()

    def run(self) -> TakenIn:
        """Everything, or nothing. Raises StoreError."""
        taken = TakenIn()
        with self.store.transaction():
            number = self.store.imports.begin(self.reading.account, self.file, self.now)
            before = self.store.imports.cards(self.reading.account)
            known = {row.id for row in self.store.people.everybody()}
            entries = [self._with_circle(entry, taken) for entry in self.reading.entries]
            changed = {entry.card.ref for entry in entries if self._put(number, entry, before)}
            meet(self.store, self.new_id, self.now)
            for entry in entries:
                self._settle(number, entry, before, known, changed, taken)
            self.store.imports.finish(number, taken.counts)
            if taken.changes_nothing:
                self.store.imports.mark_undone(number, self.now)
        return taken

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

    def _settle(
        self,
        number: int,
        entry: Entry,
        before: Mapping[CardRef, Card],
        known: Collection[PersonId],
        changed: Collection[CardRef],
        taken: TakenIn,
    ) -> None:
        ref, name = entry.card.ref, entry.card.name
        person = self.store.imports.owner(ref)
        assert person is not None, "everybody with a card was met"
        if person not in known and ref not in before:
            self.store.imports.note(number, "person", [person])
        more = _Things(self, number, ref, person).record(entry, taken)
        if ref not in before:
            (taken.joined if person in known else taken.new).append(name)
        elif more or ref in changed:
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
        done.append(self._placed(entry, given))
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
            store.imports.note(self.number, "conversation", [number])
            taken.conversations += 1
        self._keep(key, Thing(said.day.isoformat(), number), None)
        return True

    def _placed(self, entry: Entry, given: Mapping[str, Thing]) -> bool:
        """The circle and the cadence, unless the user has set others."""
        taking = self.taking
        row = taking.store.people.everybody([self.person])[0]
        now: ByHand = row.set_by_hand
        circle = entry.circle or (taking.circle if self.person not in taking.members else "") or ""
        done = False
        for key, wanted, current in (
            ("circle", circle, now.circle or ""),
            ("every", str(entry.every or ""), str(now.every or "")),
        ):
            before = given.get(key)
            if not wanted or (before is not None and before.value == wanted):
                continue
            if current in ("", before.value if before else "") and current != wanted:
                taking.store.imports.note(self.number, key, [self.person, wanted], current)
                _set(taking.store, key, self.person, wanted)
            self._keep(key, Thing(wanted, None), before)
            done = True
        return done


def _set(store: Store, what: str, person: PersonId, value: str) -> None:
    """Set somebody's circle or cadence by hand; an empty one is none."""
    if what == "circle":
        store.people.set_circle(person, value or None)
    else:
        store.people.set_every(person, Period.parse(value) if value else None)


def undo(store: Store, number: int | None, now: datetime) -> tuple[Import, list[str]]:
    """Take an import back, the last one unless its number is given; and the names of those who are kept nevertheless.

    Raises:
        UsageError: there is none, or a later one of the same account stands on it.
    """
    with store.transaction():
        standing = [one for one in store.imports.all() if not one.undone]
        chosen = next((one for one in reversed(standing) if number in (None, one.number)), None)
        if chosen is None:
            which = f"no import {number} that stands" if number is not None else "nothing imported"
            raise UsageError(f"there is {which}", hint="see `kith import ls`")
        later = [one for one in standing if one.account == chosen.account and one.number > chosen.number]
        if later:
            raise UsageError(
                f"import {later[-1].number} of {chosen.account} stands on it",
                hint=f"undo that one first: `kith import undo {later[-1].number}`",
            )
        kept = _take_back(store, chosen.number, now)
        store.imports.mark_undone(chosen.number, now)
    return chosen, kept


def _take_back(store: Store, number: int, now: datetime) -> list[str]:
    imports = store.imports
    people: list[PersonId] = []
    for step in imports.steps_back(number):
        match step.what:
            case "card":
                ref = CardRef(AccountId(step.subject[0]), step.subject[1], CardUid(step.subject[2]))
                if step.before is None:
                    imports.remove(ref, now)
                else:
                    imports.put_body(ref, step.before)
            case "thing":
                ref = CardRef(AccountId(step.subject[0]), step.subject[1], CardUid(step.subject[2]))
                imports.keep_thing(ref, step.subject[3], Thing(*step.before) if step.before else None)
            case "fact":
                imports.change_fact(step.subject[0], step.before)
            case "conversation":
                imports.forget_conversation(step.subject[0], now)
            case "person":
                people.append(PersonId(step.subject[0]))
            case _:
                _unset(store, step.what, PersonId(step.subject[0]), step.subject[1], step.before or "")
    return [name for person in people if (name := store.people.name(person)) and not imports.forget_person(person)]


def _unset(store: Store, what: str, person: PersonId, given: str, before: str) -> None:
    """Put a circle or cadence back, unless the user has set another one since."""
    now = store.people.everybody([person])[0].set_by_hand
    if str((now.circle if what == "circle" else now.every) or "") == given:
        _set(store, what, person, before)


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
