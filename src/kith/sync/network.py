"""Everybody at one moment: people with their cards, circles, and where they stand.

Read by a pass and by the commands that show people; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kith.core.brief import Subject
from kith.core.cadence import Budget, Standing, budget, window
from kith.core.changes import news_of
from kith.core.circles import Membership, UnclearRule, memberships, similar
from kith.core.facets import facets_of, thin
from kith.core.meetings import is_excused
from kith.core.model import Person, PersonId
from kith.core.names import exact_key
from kith.core.period import Period
from kith.core.person import person_of
from kith.core.rules import ReportRules, Rules
from kith.store.people import LastTimes, PersonRow
from kith.store.store import Store
from kith.sync.asked import open_questions
from kith.sync.introducing import Introducing
from kith.sync.said import Telling
from kith.sync.telling import ToTell


@dataclass(frozen=True, slots=True)
class Known:
    """One person with everything that decides about them. ``meeting`` is the day of the next one with them.

    They count ``lift`` times as much as their circle says, for the thin part of life ``lifted_for``.
    """

    person: Person
    row: PersonRow
    membership: Membership
    last: LastTimes
    given: str = ""
    cards: int = 0
    meeting: date | None = None
    lift: float = 1.0
    lifted_for: str = ""

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
            weight=self.membership.weight * self.lift,
            last_conversation=self.last.conversation,
            last_skip=self.last.skip,
            anchor=self.row.anchor,
            next_on=self.row.next_on,
            last_attempt=self.last.attempt,
            lifted_for=self.lifted_for,
        )

    @property
    def is_there(self) -> bool:
        """Whether a card of theirs is left, or they need none."""
        return self.row.by_hand or self.cards > 0

    def is_wanted(self, today: date) -> bool:
        """Whether reach-outs are to be planned: in the network, not paused, and not without their last card."""
        return self.in_network and self.is_there and not self.row.is_paused(today)

    def is_excused(self, today: date) -> bool:
        """Whether a meeting ahead makes a nudge needless, on no day that the user named."""
        if self.meeting is None or self.row.next_on is not None:
            return False
        belongs = window(self.standing)
        at_worst = belongs.at_worst if belongs is not None else None
        return is_excused(self.meeting, at_worst, today)


@dataclass(frozen=True, slots=True)
class Network:
    """People by id, and the config's entries that could not be given to one person.

    ``people`` is how many there are in all; ``known`` holds them all, or those who may be in the network;
    ``joined`` are earlier ids of people who count as somebody else now.
    """

    known: dict[PersonId, Known]
    unclear: tuple[UnclearRule, ...]
    people: int
    joined: Mapping[PersonId, PersonId] = field(default_factory=dict)
    report: ReportRules = ReportRules()

    def members(self) -> list[Known]:
        """Those in the network, by name."""
        return sorted(
            (k for k in self.known.values() if k.in_network),
            key=lambda k: (k.person.name.casefold(), k.person.id),
        )

    def wanted(self, today: date) -> dict[PersonId, Known]:
        """Those for whom reach-outs are planned; whoever has a thin part of life counts more, if the config says so."""
        lifted = self._lifted(today) if self.report.lift > 1 else {}
        return {
            person: replace(known, lift=self.report.lift, lifted_for=lifted[person]) if person in lifted else known
            for person, known in self.known.items()
            if known.is_wanted(today)
        }

    def _lifted(self, today: date) -> dict[PersonId, str]:
        """For which thin part of life somebody in the network counts more."""
        since = Period(-self.report.over.months, -self.report.over.days).after(today)
        facets = {person: facets_of(k.person.labels) for person, k in self.known.items() if k.in_network}
        talked = {person: (self.known[person].last.conversation or date.min) >= since for person in facets}
        thin_ones = thin(((facets[person], talked[person]) for person in facets), self.report.targets)
        return {
            person: str(next(facet for facet in theirs if facet.key in thin_ones))
            for person, theirs in facets.items()
            if not thin_ones.isdisjoint(facet.key for facet in theirs)
        }

    def budget(self, rules: Rules, today: date) -> Budget:
        """What the network asks for in a week."""
        cadences = [known.membership.cadence for known in self.wanted(today).values()]
        return budget([cadence for cadence in cadences if cadence is not None], rules.days)


def load_everybody(store: Store, rules: Rules) -> Network:
    """See everybody as the store has them now, under the given rules."""
    with store.database.reading():
        return _load(store, rules, None)


def load_some(store: Store, rules: Rules, people: set[PersonId]) -> Network:
    """See these people alone, as the store has them now."""
    with store.database.reading():
        return _load(store, rules, people)


def load_network(store: Store, rules: Rules) -> Network:
    """See those who are or may be in the network, as the store has them now; the rest are only counted."""
    with store.database.reading():
        return _load(store, rules, _candidates(store, rules))


def _candidates(store: Store, rules: Rules) -> set[PersonId]:
    """Everybody whom a label, the config or the user's hand may have put into the network."""
    labels = frozenset(label.casefold() for circle in rules.circles for label in circle.labels)
    keys = frozenset(exact_key(rule.who) for rule in rules.people)
    return store.people.set_by_hand() | store.choosing.tagged(labels) | store.cards.people_with(labels, keys)


def _load(store: Store, rules: Rules, people: set[PersonId] | None) -> Network:
    cards = store.cards.by_person(people)
    rows = store.people.everybody(people)
    last = store.people.last_times()
    meetings = store.meetings.ahead()
    tags = store.choosing.tags()
    persons = [
        person_of(
            row.id,
            cards[row.id],
            kept_name=row.name,
            emails=row.emails,
            phones=row.phones,
            tags=tags.get(row.id, ()),
        )
        for row in rows
    ]
    places, unclear = memberships(persons, {row.id: row.set_by_hand for row in rows}, rules)
    nothing = LastTimes()
    known = {
        row.id: Known(
            person=person,
            row=row,
            membership=places[row.id],
            last=last.get(row.id, nothing),
            given=next((card.given for card in cards[row.id] if card.given), ""),
            cards=len(cards[row.id]),
            meeting=meetings.get(row.id),
        )
        for row, person in zip(rows, persons, strict=True)
    }
    count = len(rows) if people is None else store.people.count()
    return Network(known, _with_similar(store, unclear), count, store.joins.joined(), rules.report)


def _with_similar(store: Store, unclear: tuple[UnclearRule, ...]) -> tuple[UnclearRule, ...]:
    """For an entry that fits nobody: whom it may have been meant for, among everybody."""
    if all(rule.candidates for rule in unclear):
        return unclear
    names = store.people.names()
    return tuple(rule if rule.candidates else UnclearRule(rule.who, similar(rule.who, names)) for rule in unclear)


class Subjects:
    """Whom events are about, with what was said; read once, as many as are asked for."""

    def __init__(self, store: Store, network: Network, rules: Rules) -> None:
        self._network = network
        self._told = Telling(store, rules.days.zone)
        self._changes = store.cards.changes()
        self._news = ToTell(store, rules.marks)
        self._introducing = Introducing(store, network, rules, self._told.entries)
        self._spoken = store.people.conversations()
        self._facts = store.people.facts()
        self._questions = open_questions(store)

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
            questions=self._questions.get(person, ()),
            understood=self._told.understood(person),
            promises=self._told.promise_lines(person),
            for_next=self._told.for_next(person),
            notes=self._told.notes(person),
            changes=news_of(known.person, self._changes.get(person, ()), known.last.conversation),
            named_day=known.row.next_on,
            news=self._news.lines(known),
            asked=self._introducing.questions(person),
            introductions=tuple(self._introducing.suggested(person)),
        )
