"""Who might like to meet whom: two people who share a tag, or of whom one offers what the other asks for.

Nobody is suggested to somebody they know. A tag ``interest:sailing`` or ``area:law`` is as good as a plain one, but it
is a facet, and no reason that may stand in an event. Other facets (where people live, how old they are, …) never count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile

from kith.core.model import PersonId
from kith.core.names import first_name, fold
from kith.core.typed import without_facets

_SHARED = frozenset({"interest", "area"})
"""Facets that people may like to have in common."""
_COMMON = 12
"""What more people than this have says nothing about two of them."""
_ASKS = 4
_LONGEST = 60
_SHORTEST_WORD = 3
_ALIKE = 90
_SMALL = """
    about and any anybody anyone are can find for from get good has have help helps her his how into know knows like
    look looking need needs new not people person
    some somebody someone something that the their them they this
    to want wants who with would you your
    alguem algo com das dos para pessoa por quem que ser uma alguien con del las los una
    aide avec dans des les pour qui sur une das den der die ein eine einen fur ich jemand mit und wer
"""
_SMALL_WORDS = frozenset(_SMALL.split())
"""Words that people who ask for quite different things have in common, in the languages that kith hears most."""

Pair = frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be introduced. ``asks`` and ``offers`` are newest first.

    ``households`` are the names and addresses that the people of one house share.
    """

    person: PersonId
    name: str
    tags: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    organisation: str = ""
    households: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two people might like to meet; ``private`` keeps it out of events."""

    words: str
    points: int
    private: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two people who might like to meet, in the order of their names, and the reasons, the best first."""

    one: Candidate
    other: Candidate
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        """How much speaks for it."""
        return sum(reason.points for reason in self.reasons)

    def whom(self, person: PersonId) -> Candidate | None:
        """Whom this person is to meet, if they are one of the two."""
        return {self.one.person: self.other, self.other.person: self.one}.get(person)

    def for_event(self) -> Suggestion:
        """The same with those reasons alone that may stand in an event."""
        return Suggestion(self.one, self.other, tuple(reason for reason in self.reasons if not reason.private))


def suggest(candidates: Iterable[Candidate], acquainted: Collection[Pair], ordinary: Iterable[str]) -> list[Suggestion]:
    """Every pair with a reason, the best first; the same input gives the same list, in whatever order it comes.

    ``acquainted`` know each other, or are not to be suggested again. ``ordinary`` are tags that are no reason, such as
    the labels of circles.
    """
    by_id = {candidate.person: candidate for candidate in candidates}
    reasons: dict[Pair, list[Reason]] = defaultdict(list)
    for pair, reason in (*_shared_tags(by_id, {fold(tag) for tag in ordinary}), *_asked_and_offered(by_id)):
        reasons[pair].append(reason)
    found = [
        _suggestion([by_id[person] for person in pair], because)
        for pair, because in reasons.items()
        if pair not in acquainted and not _belong_together([by_id[person] for person in pair])
    ]
    return sorted(found, key=_order)


def best_first(suggestions: Iterable[Suggestion], most: int, each: int = 3) -> list[Suggestion]:
    """The first of them, but nobody more than ``each`` times."""
    times: dict[PersonId, int] = defaultdict(int)
    chosen: list[Suggestion] = []
    for suggestion in suggestions:
        people = (suggestion.one.person, suggestion.other.person)
        if len(chosen) < most and all(times[person] < each for person in people):
            chosen.append(suggestion)
            for person in people:
                times[person] += 1
    return chosen


def best_for_each(suggestions: Iterable[Suggestion]) -> Mapping[PersonId, Suggestion]:
    """For everybody the best one that may stand in an event."""
    best: dict[PersonId, Suggestion] = {}
    for suggestion in sorted((one.for_event() for one in suggestions), key=_order):
        if suggestion.reasons:
            best.setdefault(suggestion.one.person, suggestion)
            best.setdefault(suggestion.other.person, suggestion)
    return best


def _suggestion(people: Sequence[Candidate], reasons: Iterable[Reason]) -> Suggestion:
    one, other = sorted(people, key=_by_name)
    return Suggestion(one, other, tuple(sorted(set(reasons), key=lambda reason: (-reason.points, reason.words))))


def _order(suggestion: Suggestion) -> tuple[int, tuple[str, str], tuple[str, str]]:
    return -suggestion.points, _by_name(suggestion.one), _by_name(suggestion.other)


def _by_name(candidate: Candidate) -> tuple[str, str]:
    return fold(candidate.name), candidate.person


def _belong_together(people: Sequence[Candidate]) -> bool:
    """Whether they know each other without anybody having said so: from work, or from home."""
    one, other = people
    same_work = bool(fold(one.organisation)) and fold(one.organisation) == fold(other.organisation)
    return same_work or not one.households.isdisjoint(other.households)


# --- tags -------------------------------------------------------------------------------------------------


def tags_to_share(tags: Iterable[Iterable[str]]) -> frozenset[str]:
    """Of the tags of each of the people, in lower case: those that a few of them share, and that count as reasons."""
    times = Counter(tag for theirs in tags for tag in {tag.casefold() for tag in theirs})
    return frozenset(tag for tag, those in times.items() if 1 < those <= _COMMON and _counts(tag))


def _shared_tags(people: Mapping[PersonId, Candidate], ordinary: Collection[str]) -> Iterator[tuple[Pair, Reason]]:
    holders: dict[str, dict[PersonId, None]] = defaultdict(dict)
    written: dict[str, str] = {}
    for person in sorted(people):
        for tag in people[person].tags:
            if fold(tag) not in ordinary and _counts(tag):
                holders[tag.casefold()][person] = None
                written[tag.casefold()] = min(tag, written.get(tag.casefold(), tag))
    for tag, those in holders.items():
        if len(those) <= _COMMON:
            points = 3 if len(those) <= 3 else 2 if len(those) <= 6 else 1
            reason = Reason(f"both {tag_words(written[tag])}", points, private=":" in tag)
            yield from ((frozenset(pair), reason) for pair in combinations(those, 2))


def _counts(tag: str) -> bool:
    facet, colon, value = tag.partition(":")
    return bool(fold(tag)) and (not colon or (facet.strip().casefold() in _SHARED and bool(value.strip())))


def tag_words(tag: str) -> str:
    """A tag in a sentence."""
    return f"“{tag}”" if " " in tag else f"#{tag}"


# --- asked and offered ------------------------------------------------------------------------------------


def _asked_and_offered(people: Mapping[PersonId, Candidate]) -> Iterator[tuple[Pair, Reason]]:
    asked, offered = _by_word(people, "asks"), _by_word(people, "offers")
    met: set[tuple[PersonId, str, PersonId, str]] = set()
    for word, those in sorted(asked.items()):
        for other, these in sorted(offered.items()):
            if _alike(word, other) and max(_how_many(those), _how_many(these)) <= _COMMON:
                met |= {(*one, *two) for one in those for two in these if one[0] != two[0]}
    for asker, wish, giver, offer in sorted(met):
        names = first_name(people[asker].name), first_name(people[giver].name)
        words = f"{names[0]} asks for “{_cut(wish)}”, {names[1]} offers “{_cut(offer)}”"
        yield frozenset((asker, giver)), Reason(words, _ASKS)


def _by_word(people: Mapping[PersonId, Candidate], what: str) -> dict[str, set[tuple[PersonId, str]]]:
    found: dict[str, set[tuple[PersonId, str]]] = defaultdict(set)
    for person, candidate in people.items():
        for line in candidate.asks if what == "asks" else candidate.offers:
            for word in fold(line).split():
                if len(word) >= _SHORTEST_WORD and word not in _SMALL_WORDS:
                    found[word].add((person, line))
    return found


def _how_many(lines: Iterable[tuple[PersonId, str]]) -> int:
    return len({person for person, _ in lines})


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one (``boat`` and ``boats``, ``painter`` and ``painting``), or misspelt."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4:
        return False
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shorter, longer, strict=False)))
    if (same == len(shorter) and len(longer) - same <= 3) or (same >= 5 and len(longer) - same <= 4):
        return True
    if len(shorter) < 6:
        return False
    from rapidfuzz import fuzz  # not at the top: most passes have no two words to compare

    return fuzz.ratio(one, other) >= _ALIKE


def _cut(text: str) -> str:
    flat = " ".join(without_facets(text).split())
    return flat if len(flat) <= _LONGEST else flat[:_LONGEST].rsplit(" ", 1)[0] + " …"
