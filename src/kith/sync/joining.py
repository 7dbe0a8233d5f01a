"""Cards into people: after cards came or changed, who is who is decided again, in their neighbourhood only.

What :mod:`kith.core.match` and :mod:`kith.core.clusters` decide purely is carried out here, in one transaction: the
result is the same as if everybody were looked at from scratch, given the same cards and the same rulings. Nothing runs
when no card changed. The user's rulings come in here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations, product
from typing import TypeVar

from kith.core.blocking import is_strong, keys_of, most, number_of
from kith.core.clusters import Proposal, clusters, connected, proposals
from kith.core.evidence import Kind, NameParts, Pair, Profile, Verdict, pair
from kith.core.match import compare, contradicts, is_shared_by
from kith.core.model import PersonId
from kith.core.profile import profile_of
from kith.store.matching import Ruling
from kith.store.store import Store

T = TypeVar("T")
_AT_ONCE = 500
"""So many of those who changed are read together: they may be everybody."""
_MANY = 500
"""From how many on it is quicker to read who goes with whom at once."""
_NOTHING = Verdict(Kind.NOTHING, 0.0, ())
YOU, KITH = "you", "kith"


def join_people(store: Store, region: str, now: datetime) -> int:
    """Join and part people as the cards that are new or changed ask for; how many pairs were compared.

    ``region`` is where national phone numbers are dialled (``PT``).
    """
    pairs = 0
    with store.transaction():
        store.matching.begin_anew(region)
        changed = store.matching.unmatched()
        if changed:
            _hold_on_to_those_gone(store, changed, now)
            look = _Look(store, len(changed))
            for some in _some_at_a_time(sorted(changed)):
                look.take(_profiles_now(store, some, region))
            regroup(store, look.again() | _with_bonds(store, changed), now)
            pairs = look.pairs
        store.matching.note_matched()
    return pairs


def rule_same(store: Store, one: PersonId, other: PersonId, now: datetime) -> None:
    """The user says that two are one person. It holds until they say otherwise."""
    with store.transaction():
        left, right = store.joins.family(one), store.joins.family(other)
        store.matching.take_back(_across(left, right), Ruling.DIFFERENT)
        store.matching.rule([pair(one, other)], Ruling.SAME, YOU, now)
        regroup(store, left | right, now)


def rule_different(store: Store, some: Collection[PersonId], others: Collection[PersonId], now: datetime) -> None:
    """The user says that these are not those. It holds until they say otherwise."""
    with store.transaction():
        store.matching.rule(_across(some, others), Ruling.DIFFERENT, YOU, now)
        regroup(store, {*some, *others}, now)


def open_questions(store: Store) -> list[Proposal]:
    """Who may be one person, best first; the pairs are of people as they stand now."""
    with store.database.reading():
        whole = store.joins.counts_as()
        groups: dict[PersonId, set[PersonId]] = defaultdict(set)
        for person, root in whole.items():
            groups[root].add(person)
        different = [names for names, ruled in store.matching.rulings().items() if ruled.ruling is Ruling.DIFFERENT]
        found = proposals(map(frozenset, groups.values()), store.matching.likenesses(), different)
    return [
        Proposal(pair(whole[found_pair.pair[0]], whole[found_pair.pair[1]]), found_pair.score, found_pair.reasons)
        for found_pair in found
    ]


def judge(store: Store, one: Collection[PersonId], other: Collection[PersonId]) -> Verdict | None:
    """What the evidence says of two sets of cards: the clearest of what it says of any two of them."""
    profiles = store.matching.profiles({*one, *other})
    shared = _Shared(store, profiles)
    found = [
        compare(profiles[a], profiles[b], shared) for a, b in _across(one, other) if a in profiles and b in profiles
    ]
    order = (Kind.JOIN, Kind.PROPOSE, Kind.APART, Kind.NOTHING)
    return min(found, key=lambda verdict: (order.index(verdict.kind), -verdict.score), default=None)


def _across(some: Iterable[PersonId], others: Iterable[PersonId]) -> list[Pair]:
    return sorted({pair(one, other) for one, other in product(some, others) if one != other})


def _profiles_now(store: Store, people: Collection[PersonId], region: str) -> dict[PersonId, Profile]:
    """The profiles of those who have a card, or were added by hand."""
    cards = store.cards.by_home(people)
    rows = {row.id: row for row in store.people.added_by_hand(people)}
    found = {}
    for person in people:
        row = rows.get(person)
        if row is not None:
            found[person] = profile_of(
                person, cards[person], region, name=row.name, emails=row.emails, phones=row.phones
            )
        elif cards[person]:
            found[person] = profile_of(person, cards[person], region)
    return found


def _hold_on_to_those_gone(store: Store, changed: Collection[PersonId], now: datetime) -> None:
    """Before a card's new state is weighed: those who were joined with it and have no card any more stay with it.

    Their last state may be unlike the new one, and nothing new will ever be known of them.
    """
    ruled = store.matching.rulings()
    for root in sorted(store.joins.whole(set(store.joins.counts_as(changed).values()))):
        family = store.joins.family(root)
        there = store.people.with_cards(family)
        for gone in sorted(family - there):
            bonds = [names for names, said in ruled.items() if gone in names and said.ruling is Ruling.SAME]
            if there and not any(set(names) <= family for names in bonds):
                store.matching.rule([pair(gone, _closest(store, gone, there))], Ruling.SAME, KITH, now)


def _with_bonds(store: Store, people: set[PersonId]) -> set[PersonId]:
    """Those of the people who are like somebody, count as one with somebody, or were ruled on: the others are alone."""
    bonds = [*store.matching.likenesses(people), *store.matching.rulings()]
    joined = {person for person, whole in store.joins.counts_as(people).items() if whole != person}
    return people & {person for names in bonds for person in names} | joined | store.joins.whole(people)


def _closest(store: Store, gone: PersonId, there: Collection[PersonId]) -> PersonId:
    likely = store.matching.likenesses([gone])
    scores = {other: likely[names].score for other in there if (names := pair(gone, other)) in likely}
    return min(there, key=lambda other: (-scores.get(other, 0.0), other))


def regroup(store: Store, start: Collection[PersonId], now: datetime) -> None:
    """Work out who goes together among all who are connected with ``start``, and let it be so."""
    rulings = store.matching.rulings()
    same = [names for names, said in rulings.items() if said.ruling is Ruling.SAME]
    different = [names for names, said in rulings.items() if said.ruling is Ruling.DIFFERENT]
    near = _Neighbours(store, same, everything=len(start) > _MANY)
    nodes = connected(start, near.of)
    joins = {names: verdict for names, verdict in near.joins.items() if nodes.issuperset(names)}
    ruled = {person for names in same if nodes.issuperset(names) for person in names}
    profiles = store.matching.profiles({person for names in joins for person in names} | ruled if joins else ())

    def contradict(one: PersonId, other: PersonId) -> bool:
        return one in profiles and other in profiles and contradicts(profiles[one], profiles[other])

    for group in _changed(store, nodes, clusters(nodes, joins, same, different, contradict)):
        _let_be_one(store, group, joins, same, now)


class _Neighbours:
    """With whom somebody hangs together: by a join that is likely, a ruling, or because they count as one now."""

    def __init__(self, store: Store, same: Iterable[Pair], *, everything: bool) -> None:
        self._store = store
        self._everything = everything
        self._ruled: dict[PersonId, set[PersonId]] = defaultdict(set)
        self._whole: dict[PersonId, PersonId] = {}
        self._families: dict[PersonId, set[PersonId]] = defaultdict(set)
        self._likely: dict[PersonId, set[PersonId]] = defaultdict(set)
        self.joins: dict[Pair, Verdict] = {}
        for one, other in same:
            self._ruled[one].add(other)
            self._ruled[other].add(one)
        if everything:
            self._take(store.matching.likenesses())
            self._whole = store.joins.joined()
            for person, root in self._whole.items():
                self._families[root] |= {person, root}

    def of(self, person: PersonId) -> set[PersonId]:
        if self._everything:
            family: Collection[PersonId] = self._families.get(self._whole.get(person, person), {person})
        else:
            self._take(self._store.matching.likenesses([person]))
            family = self._store.joins.family(person)
        return {*family, *self._likely[person], *self._ruled[person]}

    def _take(self, likely: dict[Pair, Verdict]) -> None:
        for names, verdict in likely.items():
            if verdict.kind is Kind.JOIN and names not in self.joins:
                self.joins[names] = verdict
                self._likely[names[0]].add(names[1])
                self._likely[names[1]].add(names[0])


def _changed(
    store: Store, nodes: Collection[PersonId], groups: Iterable[frozenset[PersonId]]
) -> Iterator[frozenset[PersonId]]:
    """The groups that are not one person yet; people who are not one any more are taken apart first."""
    whole = store.joins.counts_as(nodes)
    groups = list(groups)
    home = {person: group for group in groups for person in group}
    families: dict[PersonId, set[PersonId]] = defaultdict(set)
    for person, root in whole.items():
        families[root].add(person)
    for root, family in families.items():
        if len({home[person] for person in family}) > 1:
            for person, said in store.joins.take_apart(root).items():
                if home[person] == home[root]:
                    store.joins.overrule(person, said)
    whole = store.joins.counts_as(nodes)
    yield from (group for group in groups if len({whole[person] for person in group}) > 1)


def _let_be_one(
    store: Store, group: frozenset[PersonId], joins: dict[Pair, Verdict], same: Iterable[Pair], now: datetime
) -> None:
    roots = set(store.joins.counts_as(group).values())
    first = store.joins.first(roots)
    families = {root: store.joins.family(root) for root in roots}
    ruled = set(same)
    for root in sorted(roots - {first}):
        between = _across(families[root], group - families[root])
        likely = [joins[names] for names in between if names in joins]
        best = max(likely, key=lambda verdict: verdict.score, default=None)
        said = ("you said so",) if any(names in ruled for names in between) else ()
        store.joins.join(root, first, said or (best.reasons if best else ()), now)


class _Shared:
    """Whether people of differing names have something in common, asked and answered once for each thing."""

    def __init__(self, store: Store, profiles: Mapping[PersonId, Profile]) -> None:
        self._matching = store.matching
        self._profiles = profiles
        """Those that are at hand; who is not among them is looked up."""
        self._answers: dict[str, bool] = {}

    def __call__(self, key: str) -> bool:
        if key not in self._answers:
            number = number_of(key)
            members = self._matching.members([number])[number]
            self._answers[key] = len(members) > most(number) or is_shared_by(self._names(members))
        return self._answers[key]

    def _names(self, people: set[PersonId]) -> list[NameParts]:
        known = people & self._profiles.keys()
        others = self._matching.profiles(people - known).values() if known < people else ()
        return [profile.parts for profile in (*map(self._profiles.__getitem__, known), *others)]


class _Look:
    """Compares those whose cards changed with everybody who shares a key with them, before or now.

    First all of them are taken, then compared. They may be everybody there is: only a few profiles are ever held.
    """

    def __init__(self, store: Store, people: int) -> None:
        self._matching = store.matching
        self._profiles: dict[PersonId, Profile] = {}
        self._shared = _Shared(store, self._profiles)
        self._changed: set[PersonId] = set()
        self.pairs = 0
        self._matching.begin_look(people)

    def take(self, changed: dict[PersonId, Profile]) -> None:
        """Keep what the cards of some say now."""
        self._changed |= changed.keys()
        self._matching.keep_profiles(changed.values())
        self._matching.keep_keys({who: set(map(number_of, keys_of(profile))) for who, profile in changed.items()})

    def again(self) -> set[PersonId]:
        """Keep who is like whom now; everybody whose likeness to somebody is another."""
        doubtful = self._note_pairs()
        known = self._matching.likenesses(self._changed.union(*doubtful))
        doubtful |= {names for names in known if not self._changed.isdisjoint(names)}
        still = self._still_pairs(doubtful)
        self._matching.note_pairs(still)
        near = self._keep(dict.fromkeys(known.keys() & doubtful - still, _NOTHING))
        for pairs in self._matching.pairs():
            self.pairs += len(pairs)
            self._hold({person for names in pairs for person in names})
            verdicts = ((names, self._compare(*names)) for names in pairs)
            near |= self._keep({names: verdict for names, verdict in verdicts if _differs(verdict, pairs[names])})
        return near

    def _note_pairs(self) -> set[Pair]:
        """Note the pairs to compare; those that may not be pairs any more.

        Beside the pairs with somebody who changed, these are the pairs of others whose evidence did: an e-mail that one
        more has may be nobody's own any more, and a key that too many have got makes no pairs.
        """
        doubtful: set[Pair] = set()
        for key, now, had in self._matching.moved_keys():
            then = (now - self._changed) | had
            if len(now) > most(key):
                if len(then) <= most(key):
                    doubtful.update(map(_in_order, combinations(then, 2)))
            elif is_strong(key) or len(then) > most(key):
                self._matching.note_pairs(map(_in_order, combinations(now, 2)))
            else:
                moving = now & self._changed
                staying = now - moving
                self._matching.note_pairs(map(_in_order, (*combinations(moving, 2), *product(moving, staying))))
        return doubtful

    def _hold(self, people: set[PersonId]) -> None:
        """Have the profiles of these people at hand, and of no others; some are there from the pairs before."""
        for person in self._profiles.keys() - people:
            del self._profiles[person]
        self._profiles.update(self._matching.profiles(people - self._profiles.keys()))

    def _compare(self, one: PersonId, other: PersonId) -> Verdict:
        return compare(self._profiles[one], self._profiles[other], self._shared)

    def _keep(self, verdicts: dict[Pair, Verdict]) -> set[PersonId]:
        """Keep what is another verdict now; whom it is about."""
        self._matching.keep_likenesses(verdicts)
        return {person for names in verdicts for person in names}

    def _still_pairs(self, doubtful: Collection[Pair]) -> set[Pair]:
        """Those of the pairs that share a key which makes pairs."""
        people = {person for names in doubtful for person in names}
        keys = self._matching.keys(people)
        common = {names: keys[names[0]] & keys[names[1]] for names in doubtful}
        members = self._matching.members({key for shared in common.values() for key in shared})
        return {names for names, shared in common.items() if any(len(members[key]) <= most(key) for key in shared)}


def _some_at_a_time(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE))


def _in_order(names: tuple[PersonId, PersonId]) -> Pair:
    return pair(*names)


def _differs(verdict: Verdict, known: Verdict | None) -> bool:
    return verdict != known if verdict.kind in (Kind.JOIN, Kind.PROPOSE) else known is not None
