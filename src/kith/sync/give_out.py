"""People of the store as a file has them: their cards as one, and what kith keeps beside."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kith.core.model import AccountId, Card, CardRef, CardUid, PersonId
from kith.core.rules import Rules
from kith.imports.base import Entry, Said
from kith.store.store import Store
from kith.sync.network import Known, load_everybody


def entries(store: Store, rules: Rules, people: Collection[PersonId]) -> list[Entry]:
    """These people, by name."""
    with store.database.reading():
        known = load_everybody(store, rules).known
        cards = store.cards.by_person(people)
        facts = store.people.facts_with_kinds()
        spoken = store.people.conversations()
    chosen = sorted((known[person] for person in people), key=lambda one: (one.person.name.casefold(), one.person.id))
    circles = {circle.name: circle.cadence for circle in rules.circles}
    found = []
    for one in chosen:
        who, place = one.person.id, one.membership
        told = facts.get(who, [])
        met = next((text for kind, text in told if kind == "met"), "")
        differs = place.cadence is not None and place.cadence != circles.get(place.circle or "")
        found.append(
            Entry(
                where=one.person.name,
                card=_as_one(one, cards[who]),
                circle=place.circle or "",
                every=place.cadence.every if place.cadence is not None and differs else None,
                met=met,
                facts=tuple(text for _, text in told if text != met),
                said=tuple(Said(talk.day, talk.text, talk.via) for talk in spoken.get(who, [])),
                person=who,
            )
        )
    return found


def _as_one(known: Known, cards: Sequence[Card]) -> Card:
    """One card of all of somebody's."""
    who = known.person
    return Card(
        ref=CardRef(AccountId(""), "", CardUid(who.id)),
        name=who.name,
        given=known.given,
        family=next((card.family for card in cards if card.family), ""),
        nicknames=who.nicknames,
        emails=who.emails,
        phones=who.phones,
        urls=who.urls,
        birthday=who.birthday,
        anniversary=who.anniversary,
        organisation=who.organisation,
        job_title=who.job_title,
        city=who.city,
        country=next((card.country for card in cards if card.country), ""),
        note="\n".join(dict.fromkeys(card.note for card in cards if card.note)),
        labels=who.labels,
    )
