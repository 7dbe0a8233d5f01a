"""Which birthdays and anniversaries are wanted in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from kith.core import brief as wording
from kith.core.dates import coming, start_of, subject_of
from kith.core.event import Kind
from kith.core.rules import Rules
from kith.store.store import Store
from kith.sync.extras import Wanted
from kith.sync.network import Network, Subjects


def wanted_dates(store: Store, network: Network, rules: Rules, today: date) -> Iterator[Wanted]:
    """The dates of those in the network, or of the circles chosen; of nobody who is paused, or whose cards are gone."""
    if not (rules.dates.birthdays or rules.dates.anniversaries):
        return
    subjects = Subjects(store, network, rules)
    for person, known in sorted(network.wanted(today).items()):
        if rules.dates.circles is not None and known.membership.circle not in rules.dates.circles:
            continue
        for one in coming(known.person, rules.dates, rules.days, today):
            about = subject_of(one, subjects.of(person))
            yield Wanted(
                kind=Kind.DATE,
                subject=one.subject,
                people=(person,),
                title=one.title(known.person.name),
                text=partial(wording.brief, about, rules),
                at=start_of(one, rules.dates, rules.days),
                may_begin=one.stands >= today,
                card=known.person.cards[0].uid if known.person.cards else None,
            )
