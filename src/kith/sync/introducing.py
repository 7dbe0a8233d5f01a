"""Who might be introduced to whom, and what became of introductions, as everybody stands at one moment.

It writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from kith.core.introduce import Introduction, State, says_met
from kith.core.model import Card, Person, PersonId
from kith.core.names import fold
from kith.core.rules import Rules
from kith.core.timely import Timely
from kith.core.typed import parse
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.core.suggest import Candidate, Suggestion
    from kith.sync.network import Network

_NEWEST = 10
"""So many of the things that somebody asks for or offers are looked at."""


def introductions(store: Store, rules: Rules) -> list[Introduction]:
    """All introductions, oldest first; that two have met may stand in a line typed about either."""
    found = store.introductions.all(rules.days.zone)
    asked = [one for one in found if one.state is State.INTRODUCED and one.introduced_on is not None]
    if not asked:
        return found
    texts = store.introductions.texts_with_met(min(one.introduced_on for one in asked if one.introduced_on))
    return [_with_answer(store, one, texts) for one in found]


def _with_answer(store: Store, one: Introduction, texts: dict[PersonId, list[tuple[date, str]]]) -> Introduction:
    if one.state is not State.INTRODUCED or one.introduced_on is None:
        return one
    days = [
        day
        for person in one.people
        for day, text in texts.get(person, ())
        if day >= one.introduced_on and says_met([text], store.people.name(one.other(person)))
    ]
    return replace(one, met_on=min(days)) if days else one


def suggestions(store: Store, network: Network, rules: Rules) -> list[Suggestion]:
    """Every pair of the network with a reason to meet, the best first."""
    from kith.core.suggest import suggest  # with a library that reading commands do without

    members = [known.person for known in network.members()]
    people = {person.id for person in members}
    said = _asked_and_offered(store, people)
    cards = store.cards.by_person(people)
    candidates = [_candidate(person, cards[person.id], *said.get(person.id, ((), ()))) for person in members]
    circles = [name for circle in rules.circles for name in (circle.name, *circle.labels)]
    acquainted = store.introductions.acquainted()
    acquainted |= {frozenset(one.people) for one in store.introductions.all(rules.days.zone)}
    return suggest(candidates, acquainted, circles)


def _candidate(person: Person, cards: Iterable[Card], asks: tuple[str, ...], offers: tuple[str, ...]) -> Candidate:
    households = {
        fold(f"{card.family} {card.street} {card.postcode} {card.city}")
        for card in cards
        if card.family and card.street
    }
    return Candidate(person.id, person.name, person.labels, asks, offers, person.organisation, frozenset(households))


def _asked_and_offered(
    store: Store, people: Collection[PersonId]
) -> dict[PersonId, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What people ask for and offer, newest first: by the facts about them, and by what was typed about one alone."""
    asks: dict[PersonId, list[str]] = defaultdict(list)
    offers: dict[PersonId, list[str]] = defaultdict(list)
    for person, day, text in store.introductions.texts_that_ask_or_offer():
        said = parse(text, day)
        asks[person] += said.asks
        offers[person] += said.offers
    for person, facts in store.people.facts_with_kinds().items():
        asks[person] += [text for kind, text in reversed(facts) if kind == "asks"]
        offers[person] += [text for kind, text in reversed(facts) if kind == "offers"]
    return {person: (_newest(asks[person]), _newest(offers[person])) for person in people}


def _newest(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))[:_NEWEST]


class Introducing:
    """What briefs say of introductions; read once."""

    def __init__(self, store: Store, network: Network, rules: Rules) -> None:
        self._store = store
        self._ask_after = rules.giving.ask_after
        self._open = [one for one in introductions(store, rules) if one.state is State.INTRODUCED]
        wanted = rules.giving.suggest and rules.details == "full"
        self._best = best_for_each(suggestions(store, network, rules)) if wanted else {}

    def lines(self, person: PersonId) -> tuple[Timely, ...]:
        """Whether those whom the user introduced to somebody have met them, and whom they might like to meet."""
        asked = [
            one.question(self._store.people.name(one.other(person)), self._ask_after)
            for one in self._open
            if person in one.people
        ]
        return (*(line for line in asked if line is not None), *self._suggested(person))

    def _suggested(self, person: PersonId) -> Iterable[Timely]:
        suggestion = self._best.get(person)
        other = suggestion.whom(person) if suggestion is not None else None
        if suggestion is not None and other is not None:
            reasons = "; ".join(reason.words for reason in suggestion.reasons[:2])
            yield Timely(f"Might like to meet {other.name}: {reasons}")
