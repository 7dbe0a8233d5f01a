"""Which circle and cadence a person has, and who said so (design section 3, *Cadence comes from*).

The config's ``[people]`` first, else what was set by hand, else the circle by label; of several labels the one
with the shortest ``every`` wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kith.core.model import Cadence, Circle, Person, PersonId, PersonRule
from kith.core.names import find_exact, fold
from kith.core.period import Period
from kith.core.rules import Rules

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the user set for one person outside the config."""

    circle: str | None = None
    every: Period | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in the network. ``source`` is ``config``, ``hand`` or ``label``; no cadence: not in it.

    ``overruled`` is what was set by hand and does not hold because the config says otherwise.
    """

    circle: str | None = None
    cadence: Cadence | None = None
    weight: float = 1.0
    source: str = ""
    overruled: Period | None = None


@dataclass(frozen=True, slots=True)
class UnclearRule:
    """A ``[people]`` entry that fits nobody, or more than one."""

    who: str
    candidates: tuple[str, ...]


def match_rules(
    rules: Sequence[PersonRule], people: Sequence[Person]
) -> tuple[dict[PersonId, PersonRule], tuple[UnclearRule, ...]]:
    """Which ``[people]`` entry is whose; entries that fit nobody or several are returned with the candidates."""
    matched: dict[PersonId, PersonRule] = {}
    unclear = []
    for rule in rules:
        found = find_exact(rule.who, people)
        if len(found) == 1:
            matched[found[0].id] = rule
        else:
            unclear.append(UnclearRule(rule.who, _describe(found) if found else _similar(rule.who, people)))
    return matched, tuple(unclear)


def membership(person: Person, rule: PersonRule | None, by_hand: ByHand, circles: Mapping[str, Circle]) -> Membership:
    """Where one person belongs. ``circles`` by name; a circle that is not in the config any more counts for nothing."""
    labelled = _by_label(person, circles)
    set_by_hand = circles.get(by_hand.circle) if by_hand.circle else None
    from_config = circles.get(rule.circle) if rule and rule.circle else None
    circle = from_config or set_by_hand or labelled
    source = "config" if from_config else "hand" if set_by_hand else "label" if labelled else ""
    name, weight = (circle.name, circle.weight) if circle else (None, 1.0)
    if rule and rule.every:
        cadence, source = Cadence.of(rule.every, rule.at_worst), "config"
    elif by_hand.every and not from_config:
        cadence, source = _by_then(Cadence.of(by_hand.every), rule), "hand"
    elif circle is None:
        return Membership()
    else:
        cadence = _by_then(circle.cadence, rule)
        source = "config" if rule and rule.at_worst else source
    overruled = by_hand.every if source == "config" and by_hand.every != cadence.every else None
    return Membership(name, cadence, weight, source, overruled)


def memberships(
    people: Sequence[Person], by_hand: Mapping[PersonId, ByHand], rules: Rules
) -> tuple[dict[PersonId, Membership], tuple[UnclearRule, ...]]:
    """Everybody's place, and the config's entries that could not be given to one person."""
    circles = {circle.name: circle for circle in rules.circles}
    matched, unclear = match_rules(rules.people, people)
    nothing = ByHand()
    places = {
        person.id: membership(person, matched.get(person.id), by_hand.get(person.id, nothing), circles)
        for person in people
    }
    return places, unclear


def _by_then(cadence: Cadence, rule: PersonRule | None) -> Cadence:
    """The cadence with the ``at_worst`` that the config gives the person; who is to come up by then is due by then."""
    if rule is None or rule.at_worst is None:
        return cadence
    return Cadence(min(cadence.every, rule.at_worst, key=lambda period: period.about_days), rule.at_worst)


def _by_label(person: Person, circles: Mapping[str, Circle]) -> Circle | None:
    labels = {label.casefold() for label in person.labels}
    if not labels:
        return None
    fitting = [c for c in circles.values() if any(label.casefold() in labels for label in c.labels)]
    return min(fitting, key=lambda c: (c.cadence.every.about_days, c.name), default=None)


def _describe(people: Sequence[Person]) -> tuple[str, ...]:
    return tuple(f"{p.name} <{p.emails[0].value}>" if p.emails else p.name for p in people)


def similar(who: str, names: Iterable[str]) -> tuple[str, ...]:
    """The first few names that share a word with ``who``."""
    words = set(fold(who.split("@")[0]).split())
    return tuple(islice((name for name in names if words & set(fold(name).split())), _SHOWN))


def _similar(who: str, people: Sequence[Person]) -> tuple[str, ...]:
    return _describe([person for person in people if similar(who, [person.name])][:_SHOWN])
