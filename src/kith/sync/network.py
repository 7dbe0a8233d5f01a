"""Everybody at one moment: people with their cards, circles, and where they stand.

Read by a pass and by the commands that show people; it writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from kith.core.brief import Subject
from kith.core.cadence import Budget, Standing, budget
from kith.core.circles import Membership, UnclearRule, memberships
from kith.core.model import Card, Person, PersonId
from kith.core.person import person_of
from kith.core.rules import Rules
from kith.store.people import LastTimes, PersonRow
from kith.store.store import Store


@dataclass(frozen=True, slots=True)
class Known:
    """One person with everything that decides about them."""

    person: Person
    row: PersonRow
    membership: Membership
    last: LastTimes
    given: str = ""
    cards: int = 0

    @property
    def in_network(self) -> bool:
        """Whether the user chose to keep in touch with them: by circle, by hand, or by naming a day."""
        return self.membership.cadence is not None or self.row.next_on is not None

    @property
    def standing(self) -> Standing:
        """Where they stand, for the planner."""
        return Standing(
            person=self.person.id,
            cadence=self.membership.cadence,
            weight=self.membership.weight,
            last_conversation=self.last.conversation,
            last_skip=self.last.skip,
            anchor=self.row.anchor,
            next_on=self.row.next_on,
        )

    def is_wanted(self, today: date) -> bool:
        """Whether reach-outs are to be planned: in the network, not paused, and not without their last card."""
        there = self.row.by_hand or self.cards > 0
        return self.in_network and there and not self.row.is_paused(today)


@dataclass(frozen=True, slots=True)
class Network:
    """Everybody, by id, and the config's entries that could not be given to one person."""

    known: dict[PersonId, Known]
    unclear: tuple[UnclearRule, ...]

    def members(self) -> list[Known]:
        """Those in the network, by name."""
        return sorted(
            (k for k in self.known.values() if k.in_network),
            key=lambda k: (k.person.name.casefold(), k.person.id),
        )

    def wanted(self, today: date) -> dict[PersonId, Known]:
        """Those for whom reach-outs are planned."""
        return {person: known for person, known in self.known.items() if known.is_wanted(today)}

    def budget(self, rules: Rules, today: date) -> Budget:
        """What the network asks for in a week."""
        cadences = [known.membership.cadence for known in self.wanted(today).values()]
        return budget([cadence for cadence in cadences if cadence is not None], rules.days)


def load_network(store: Store, rules: Rules) -> Network:
    """See everybody as the store has them now, under the given rules."""
    with store.database.reading():
        cards: dict[PersonId, list[Card]] = defaultdict(list)
        owners = {ref: person for person, refs in store.people.cards_by_person().items() for ref in refs}
        for card in store.cards.everybody():
            owner = owners.get(card.ref)
            if owner is not None:
                cards[owner].append(card)
        rows = store.people.everybody()
        last = store.people.last_times()
    people = [
        person_of(row.id, cards[row.id], kept_name=row.name, emails=row.emails, phones=row.phones) for row in rows
    ]
    places, unclear = memberships(people, {row.id: row.set_by_hand for row in rows}, rules)
    nothing = LastTimes()
    known = {
        row.id: Known(
            person=person,
            row=row,
            membership=places[row.id],
            last=last.get(row.id, nothing),
            given=next((card.given for card in cards[row.id] if card.given), ""),
            cards=len(cards[row.id]),
        )
        for row, person in zip(rows, people, strict=True)
    }
    return Network(known, unclear)


class Subjects:
    """Whom events are about, with what was said; read once, as many as are asked for."""

    def __init__(self, store: Store, network: Network) -> None:
        self._network = network
        self._spoken = store.people.conversations()
        self._facts = store.people.facts()

    def of(self, person: PersonId) -> Subject:
        """Everything a brief about this person may say."""
        known = self._network.known[person]
        overruled = known.membership.overruled
        remark = ""
        if overruled is not None and known.membership.cadence is not None:
            every = known.membership.cadence.every.in_words()
            remark = f"You asked for every {overruled.in_words()}; the config says every {every}, and it counts."
        return Subject(
            person=known.person,
            given=known.given,
            circle=known.membership.circle,
            cadence=known.membership.cadence,
            conversations=tuple(self._spoken.get(person, ())),
            facts=tuple(self._facts.get(person, ())),
            remark=remark,
        )
