"""Which events about introductions and scouts are wanted in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kith.core import introduce, scout
from kith.core.event import Kind
from kith.core.introduce import Introduction, State
from kith.core.model import Person, PersonId
from kith.core.rules import Rules
from kith.core.scout import Turn
from kith.store.store import Store
from kith.sync.extras import Wanted
from kith.sync.introducing import introductions
from kith.sync.network import Known, load_some


def wanted_introductions(store: Store, rules: Rules, today: date) -> Iterator[Wanted]:
    """An event for each introduction that is planned, of people who are both there and not paused."""
    planned = [one for one in introductions(store, rules) if one.state is State.PLANNED]
    known = _people(store, rules, {person for one in planned for person in one.people})
    for one in planned:
        pair = [known[person] for person in one.people if person in known]
        if len(pair) == 2 and all(somebody.is_there and not somebody.row.is_paused(today) for somebody in pair):
            yield _introduction(one, [somebody.person for somebody in pair], rules)


def _introduction(one: Introduction, people: list[Person], rules: Rules) -> Wanted:
    def text(_: date) -> str:
        return introduce.text(one, people, rules)

    return Wanted(
        kind=Kind.INTRODUCTION,
        subject=f"{one.subject}|{one.taken_back}" if one.taken_back else one.subject,
        people=one.people,
        title=introduce.title(people),
        text=text,
        card=people[0].cards[0].uid if people[0].cards else None,
    )


def wanted_scouts(store: Store, rules: Rules, today: date) -> Iterator[Wanted]:
    """The one event that the week has for somebody whom the user would like to get to know."""
    scouts = store.scouts.all() if rules.giving.scouts else []
    if not scouts:
        return
    slots = store.scouts.slots(rules.days.zone)
    turns = scout.turns(scouts, slots, today)
    known = _people(store, rules, {turn.scout.via for turn in turns if turn.scout.via is not None})
    for turn in turns:
        via = known[turn.scout.via].person if turn.scout.via in known else None
        own = [slot for slot in slots if slot.subject == turn.scout.subject]
        yield _scout(turn, scout.text(turn.scout, via, own, rules), rules)


def _scout(turn: Turn, said: str, rules: Rules) -> Wanted:
    return Wanted(
        kind=Kind.SCOUT,
        subject=turn.name,
        people=(),
        title=scout.title(turn.scout, rules.details),
        text=lambda _: said,
        not_before=turn.not_before,
    )


def _people(store: Store, rules: Rules, people: set[PersonId]) -> dict[PersonId, Known]:
    return load_some(store, rules, people).known if people else {}
