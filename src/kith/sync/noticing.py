"""What reports and advice are made of: everybody's life as the store and the config have it. It writes nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, tzinfo

from kith.core.advice import Advice, Rhythm, Skip, advise
from kith.core.facets import facets_of
from kith.core.model import PersonId
from kith.core.noticing import Life, Report, notice
from kith.core.rules import Rules
from kith.core.typed import parse
from kith.store.store import Store
from kith.sync.network import Network


def report(store: Store, rules: Rules, network: Network, since: date, today: date) -> Report:
    """The report on everybody in ``network``, between two days of the user's."""
    circles = [circle.name for circle in rules.circles]
    lives = _lives(store, network, rules.days.zone, since, today)
    return notice(lives, since, today, circles, rules.report.targets)


def advice(store: Store, network: Network, zone: tzinfo, today: date) -> tuple[Advice, ...]:
    """What real rhythms suggest about the cadences of those for whom reach-outs are planned."""
    with store.database.reading():
        talks, attempts, skips = store.looking.talks(), store.looking.attempts(), store.looking.skips()
        answers = store.advice.all()
    rhythms = [
        Rhythm(
            person=person,
            name=known.person.name,
            cadence=known.membership.cadence,
            anchor=known.row.anchor,
            talks=[talked.day for talked in talks.get(person, ())],
            attempts=attempts.get(person, ()),
            skips=[Skip(one.day, one.at.astimezone(zone).date(), one.reason) for one in skips.get(person, ())],
            answers=answers.get(person, {}),
        )
        for person, known in network.wanted(today).items()
        if known.membership.cadence is not None
    ]
    return advise(rhythms, today)


def _lives(store: Store, network: Network, zone: tzinfo, since: date, today: date) -> list[Life]:
    """Everybody's life; what was given and received from a day on."""
    with store.database.reading():
        talks, attempts, skips = store.looking.talks(), store.looking.attempts(), store.looking.skips()
        known_since = store.looking.known_since()
        gave, got = _given(store, since)
    return [
        Life(
            person=person,
            name=known.person.name,
            listed=known.in_network,
            paused=known.row.is_paused(today),
            circle=known.membership.circle,
            cadence=known.membership.cadence,
            known_since=known_since[person].astimezone(zone).date() if person in known_since else None,
            anchor=known.row.anchor,
            talks=tuple(talks.get(person, ())),
            attempts=tuple(attempts.get(person, ())),
            skips=tuple(skipped.at.astimezone(zone).date() for skipped in skips.get(person, ())),
            gave=tuple(gave.get(person, ())),
            got=tuple(got.get(person, ())),
            facets=facets_of(known.person.labels),
        )
        for person, known in sorted(network.known.items())
    ]


def _given(store: Store, since: date) -> tuple[dict[PersonId, list[date]], dict[PersonId, list[date]]]:
    """The days on which something was given to somebody, and received from them, by what was typed."""
    gave: dict[PersonId, list[date]] = defaultdict(list)
    got: dict[PersonId, list[date]] = defaultdict(list)
    for word, days in (("gave", gave), ("got", got)):
        for one in store.looking.texts_with(word, since):
            said = parse(one.text, one.day)
            days[one.person] += [one.day] * len(said.gave if word == "gave" else said.got)
    return gave, got
