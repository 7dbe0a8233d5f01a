"""Who might be introduced to whom, and what became of introductions, as everybody stands at one moment.

It writes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kith.core.history import Entry, What
from kith.core.introduce import Introduction, State, says_met
from kith.core.model import Card, Person, PersonId
from kith.core.names import fold
from kith.core.rules import Rules
from kith.core.suggest import Candidate, Suggestion, best_for_each, suggest, tags_to_share
from kith.core.timely import Timely
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.sync.network import Network

_NEWEST = 10
"""So many of the things that somebody asks for or offers are looked at."""

Entries = Mapping[PersonId, Sequence[Entry]]


def introductions(store: Store, rules: Rules, entries: Entries | None = None) -> list[Introduction]:
    """All introductions, oldest first; that two have met may stand in a line typed about either.

    ``entries`` is everybody's history, read where it is not given.
    """
    zone = rules.days.zone
    found = store.introductions.all(zone)
    if all(one.state is not State.INTRODUCED for one in found):
        return found
    history = store.history.entries(zone) if entries is None else entries
    return [_with_answer(store, one, history) for one in found]


def _with_answer(store: Store, one: Introduction, entries: Entries) -> Introduction:
    if one.state is not State.INTRODUCED or one.introduced_on is None:
        return one
    days = [
        entry.day
        for person in one.people
        for entry in entries.get(person, ())
        if entry.day >= one.introduced_on and says_met(entry.text, store.people.name(one.other(person)))
    ]
    return replace(one, met_on=min(days)) if days else one


def suggestions(store: Store, network: Network, rules: Rules, entries: Entries | None = None) -> list[Suggestion]:
    """Every pair of the network with a reason to meet, the best first. ``entries`` as above."""
    members = [known.person for known in network.members() if known.is_there]
    shared = tags_to_share(person.labels for person in members)
    said = _asked_and_offered(store.history.entries(rules.days.zone) if entries is None else entries)
    telling = {
        person.id: (person, tuple(tag for tag in person.labels if tag.casefold() in shared), *said[person.id])
        for person in members
    }
    telling = {person: told for person, told in telling.items() if any(told[1:])}
    cards = store.cards.by_person(telling.keys())
    candidates = [_candidate(*told, cards[person]) for person, told in telling.items()]
    circles = [name for circle in rules.circles for name in (circle.name, *circle.labels)]
    acquainted = store.introductions.acquainted()
    acquainted |= {frozenset(one.people) for one in store.introductions.all(rules.days.zone)}
    return suggest(candidates, acquainted, circles)


def _candidate(
    person: Person, tags: tuple[str, ...], asks: Iterable[str], offers: Iterable[str], cards: Iterable[Card]
) -> Candidate:
    households = {
        fold(f"{card.family} {card.street} {card.postcode} {card.city}")
        for card in cards
        if card.family and card.street
    }
    return Candidate(
        person=person.id,
        name=person.name,
        tags=tags,
        asks=_newest(asks),
        offers=_newest(offers),
        organisation=person.organisation,
        households=frozenset(households),
    )


def _asked_and_offered(entries: Entries) -> dict[PersonId, tuple[list[str], list[str]]]:
    """What people ask for and offer, newest first: by the facts about them, and by what was typed about one alone."""
    found: dict[PersonId, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    shared = Counter(entry.handle for history in entries.values() for entry in history)
    for person, history in entries.items():
        asks, offers = found[person]
        for entry in history:
            if entry.what is What.FACT and entry.via in ("asks", "offers"):
                (asks if entry.via == "asks" else offers).append(entry.text)
            elif shared[entry.handle] == 1 and any(word in entry.text.casefold() for word in ("asks", "offers")):
                asks += entry.said.asks
                offers += entry.said.offers
    return found


def _newest(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))[:_NEWEST]


class Introducing:
    """What briefs say of introductions; read once."""

    def __init__(self, store: Store, network: Network, rules: Rules, entries: Entries) -> None:
        self._store = store
        self._ask_after = rules.giving.ask_after
        self._open = [one for one in introductions(store, rules, entries) if one.state is State.INTRODUCED]
        self._best: Mapping[PersonId, Suggestion] = {}
        if rules.giving.suggest and rules.details == "full":
            self._best = best_for_each(suggestions(store, network, rules, entries))

    def questions(self, person: PersonId) -> tuple[Timely, ...]:
        """Whether those whom the user introduced to somebody have met them."""
        asked = [
            one.question(self._store.people.name(one.other(person)), self._ask_after)
            for one in self._open
            if person in one.people
        ]
        return tuple(line for line in asked if line is not None)

    def suggested(self, person: PersonId) -> Iterator[Timely]:
        """Whom somebody might like to meet."""
        suggestion = self._best.get(person)
        other = suggestion.whom(person) if suggestion is not None else None
        if suggestion is not None and other is not None:
            reasons = "; ".join(reason.words for reason in suggestion.reasons[:2])
            yield Timely(f"Might like to meet {other.name}: {reasons}")
