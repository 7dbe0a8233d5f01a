"""Whether two cards are one person's: the evidence, what it comes to, and why, in words.

Strong evidence *joins*: something that belongs to one person alone (an e-mail, a number, a profile, a UID) beside a
name that agrees, or a whole name and a whole birthday. Weaker evidence is *proposed*. A contradiction (birthdays or
first names that differ, junior and senior) keeps *apart*, whatever else is the same. An e-mail or a number that people
of differing names share proves nothing by itself. A wrong join is worse than a question.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from kith.core.evidence import Kind, NameParts, Profile, Verdict
from kith.core.model import PartialDate
from kith.core.name_parts import Alike, NameLikeness, name_likeness
from kith.core.plain import is_shared_box

IsShared = Callable[[str], bool]
"""Whether people of differing names have this, given as a key of :mod:`kith.core.blocking` (``@ana@example.org``)."""

_PROPOSE_FROM = 4.1
_CERTAIN = 3.2
"""How many points more than a proposal's make the score 0.96."""


class _Days(IntEnum):
    DIFFERENT = 0
    UNKNOWN = 1
    SLIP = 2
    NEXT_DAY = 3
    SAME_DAY = 4
    SAME = 5


_GIVEN = {
    Alike.DIFFERENT: -6.0, Alike.MISSING: 0.0, Alike.INITIAL: 0.6, Alike.NEAR: 1.0, Alike.PARTLY: 1.2,
    Alike.NICKNAME: 1.7, Alike.SPELLED: 2.0, Alike.SAME: 2.2,
}  # fmt: skip
_FAMILY = {
    Alike.DIFFERENT: -1.6, Alike.MISSING: 0.0, Alike.INITIAL: 0.5, Alike.NEAR: 1.3, Alike.PARTLY: 1.7,
    Alike.NICKNAME: 0.0, Alike.SPELLED: 2.2, Alike.SAME: 2.4,
}  # fmt: skip
_BIRTHDAY = {_Days.UNKNOWN: 0.0, _Days.SLIP: 1.2, _Days.NEXT_DAY: 2.0, _Days.SAME_DAY: 2.4, _Days.SAME: 4.0}
_OWN, _MARRIED, _SHARED = 5.0, 3.6, 1.2
_OVERWHELMING = 1.5
_STRANGERS = Verdict(Kind.APART, 0.0, ("their first names differ",))


@dataclass(slots=True)
class _Evidence:
    """What is found, as it is found: ``own`` counts what belongs to one person, ``places`` is what the address gave."""

    points: float = 0.0
    own: int = 0
    places: float = 0.0
    found: list[tuple[float, str]] | None = None

    def add(self, points: float, reason: str) -> None:
        self.points += points
        if reason:
            self.found = [*(self.found or []), (points, reason)]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(reason for _, reason in sorted(self.found or [], key=lambda item: -abs(item[0])))


def compare(one: Profile, other: Profile, is_shared: IsShared) -> Verdict:
    """Weigh everything that two profiles say. The order of the two does not matter."""
    names = name_likeness(one.parts, other.parts)
    days = _birthdays(one.birthday, other.birthday)
    if names.differs and days < _Days.SLIP and _nothing_in_common(one, other):
        return _STRANGERS
    evidence = _Evidence()
    _add_name(evidence, names, one, other)
    same_uid = not one.uids.isdisjoint(other.uids)
    if same_uid:
        evidence.own += 1
        evidence.add(_OWN, "the same UID")
    _add_own(evidence, names, one, other, is_shared)
    if days is not _Days.DIFFERENT:
        evidence.add(_BIRTHDAY[days], _BIRTHDAY_WORDS[days])
    _add_places(evidence, one, other)
    contradiction = _contradiction(names, days, same_uid=same_uid)
    if contradiction:
        points = _points_otherwise(evidence, names, days, one, other)
        kind = Kind.PROPOSE if points >= _OVERWHELMING else Kind.APART
        score = _score(_PROPOSE_FROM) if kind is Kind.PROPOSE else 0.0
        return Verdict(kind, score, (contradiction, *evidence.reasons))
    kind = Kind.NOTHING
    if _is_proof(evidence, names, days, same_uid=same_uid):
        kind = Kind.JOIN
    elif evidence.points >= _PROPOSE_FROM:
        kind = Kind.PROPOSE
    return Verdict(kind, _score(evidence.points), evidence.reasons)


def _nothing_in_common(one: Profile, other: Profile) -> bool:
    """Whether no e-mail, number, profile or UID is the same: most pairs are done with here."""
    return (
        one.emails.isdisjoint(other.emails)
        and one.phones.isdisjoint(other.phones)
        and one.links.isdisjoint(other.links)
        and one.uids.isdisjoint(other.uids)
    )


def contradicts(one: Profile, other: Profile) -> bool:
    """Whether two profiles cannot be one person's, though each may be like a third."""
    names = name_likeness(one.parts, other.parts)
    if _contradiction(names, _birthdays(one.birthday, other.birthday), same_uid=False):
        return True
    if names.family is not Alike.DIFFERENT:
        return False
    return _nothing_in_common(one, other)


def is_shared_by(names: Iterable[NameParts]) -> bool:
    """Whether people of differing names are among those who have something in common."""
    known = {parts for parts in names if parts}
    return any(_are_two(one, other) for one, other in combinations(known, 2))


def _are_two(one: NameParts, other: NameParts) -> bool:
    names = name_likeness(one, other)
    return names.differs or names.generation is not Alike.SAME or names.family is Alike.DIFFERENT


def _score(points: float) -> float:
    return round(1 / (1 + math.exp(-(points - _PROPOSE_FROM) * 3.2 / _CERTAIN)), 3)


def _contradiction(names: NameLikeness, days: _Days, *, same_uid: bool) -> str:
    """What says that these are two, whatever is the same. One UID on two copies outweighs a new first name."""
    if days is _Days.DIFFERENT:
        return "their birthdays differ"
    if names.differs and not same_uid:
        return "their first names differ"
    if names.generation is Alike.DIFFERENT:
        return "one is junior and the other senior, or they are numbered"
    return ""


def _points_otherwise(evidence: _Evidence, names: NameLikeness, days: _Days, one: Profile, other: Profile) -> float:
    """How much else is the same, where it is only one thing that contradicts and may be a mistake in one of the cards.

    That is a first name that differs where the birthday with its year is the same, and a birthday that differs where
    name and address are the same. It is worth a question at the very most.
    """
    if days is _Days.DIFFERENT:
        known = one.street and other.street and names.generation is Alike.SAME and not names.differs
        return evidence.places + (0.0 if names.agrees else -0.5) if known else 0.0
    if names.differs and days >= _Days.SLIP:
        return evidence.places + max(_FAMILY[names.family], 0.0)
    return 0.0


def _is_proof(evidence: _Evidence, names: NameLikeness, days: _Days, *, same_uid: bool) -> bool:
    if names.generation is not Alike.SAME or days is _Days.SLIP:
        return False
    if same_uid and not names.differs and Alike.DIFFERENT is not names.family:
        return True
    whole = names.given >= Alike.SPELLED and names.family >= Alike.NEAR
    if evidence.own and names.agrees:
        # An initial, or a second name alone, may be another member of the family.
        return evidence.own > 1 or names.given >= Alike.NICKNAME
    return whole and days is _Days.SAME


def _add_name(evidence: _Evidence, names: NameLikeness, one: Profile, other: Profile) -> None:
    points = _GIVEN[names.given] + _FAMILY[names.family]
    evidence.add(points, _name_words(names, one.name, other.name))


def _name_words(names: NameLikeness, one: str, other: str) -> str:
    given, family = names.given, names.family
    if given is Alike.MISSING and family is Alike.MISSING:
        return ""
    if given is Alike.SAME and family is Alike.SAME:
        return "the same name"
    shown = f"“{one}” and “{other}”" if one <= other else f"“{other}” and “{one}”"
    if family is Alike.DIFFERENT and given is not Alike.DIFFERENT:
        return f"another family name: {shown}"
    if given is Alike.NICKNAME:
        return f"one name may be short for the other: {shown}"
    if given in (Alike.SPELLED, Alike.SAME) and family >= Alike.SPELLED:
        return f"one name, spelled in two ways: {shown}"
    if given in (Alike.INITIAL, Alike.MISSING) or family in (Alike.INITIAL, Alike.MISSING):
        return f"one name is part of the other: {shown}"
    return f"names that are alike: {shown}"


def _add_own(evidence: _Evidence, names: NameLikeness, one: Profile, other: Profile, is_shared: IsShared) -> None:
    """E-mails, numbers and profiles that both have; several of a kind count little more than one."""
    for sign, word, mine, theirs in (
        ("@", "e-mail", one.emails, other.emails),
        ("+", "number", one.phones, other.phones),
        ("/", "profile", one.links, other.links),
    ):
        common = sorted(mine & theirs)
        if not common:
            continue
        own = [value for value in common if not _belongs_to_several(sign, value, is_shared)]
        if own:
            evidence.own += 1
            evidence.add(_OWN + 0.5 * (len(own) - 1), f"the same {word} {own[0]}")
        elif sign == "@" and _may_have_married(names) and not is_shared_box(common[0]):
            evidence.add(_MARRIED, f"the same {word} {common[0]}")
        else:
            evidence.add(_SHARED, f"the same {word} {common[0]}, which others have too")


def _may_have_married(names: NameLikeness) -> bool:
    """Whether the family name alone is what makes these two people's names."""
    return names.given >= Alike.NICKNAME and names.family is Alike.DIFFERENT


def _belongs_to_several(sign: str, value: str, is_shared: IsShared) -> bool:
    return (sign == "@" and is_shared_box(value)) or is_shared(sign + value)


def _add_places(evidence: _Evidence, one: Profile, other: Profile) -> None:
    if one.company and one.company == other.company:
        evidence.add(1.2, f"the same company, {one.company}")
    before = evidence.points
    _add_address(evidence, one, other)
    evidence.places = evidence.points - before


def _add_address(evidence: _Evidence, one: Profile, other: Profile) -> None:
    near = one.postcode and one.postcode == other.postcode
    same_place = one.place and one.place == other.place
    if one.street and other.street:
        likeness = fuzz.ratio(one.street, other.street)
        elsewhere = one.place and other.place and one.postcode and other.postcode and not near and not same_place
        if likeness >= 99 and not elsewhere:
            evidence.add(2.5, "the same street and number")
        elif likeness >= 80 and not elsewhere:
            evidence.add(1.5, "nearly the same street")
    if near:
        evidence.add(0.9, f"the same postcode {one.postcode}")
    if same_place:
        evidence.add(0.6, f"both in {one.place}")
    elif one.place and other.place and fuzz.ratio(one.place.replace(" ", ""), other.place.replace(" ", "")) >= 80:
        evidence.add(0.4, f"{one.place} and {other.place}")


_BIRTHDAY_WORDS = {
    _Days.UNKNOWN: "",
    _Days.SLIP: "birthdays that differ by a slip of the pen",
    _Days.NEXT_DAY: "birthdays a day apart",
    _Days.SAME_DAY: "birthday on the same day",
    _Days.SAME: "the same birthday",
}
_NO_YEAR = frozenset({1604, 1900, 1})
"""What programs write where a birthday has no year."""


def _birthdays(one: PartialDate | None, other: PartialDate | None) -> _Days:
    if one is None or other is None:
        return _Days.UNKNOWN
    years = [day.year for day in (one, other) if day.year is not None and day.year not in _NO_YEAR]
    same_day = (one.month, one.day) == (other.month, other.day)
    if len(years) < 2:
        return _Days.SAME_DAY if same_day else _Days.NEXT_DAY if _a_day_apart(one, other) else _Days.DIFFERENT
    if years[0] == years[1]:
        if same_day:
            return _Days.SAME
        if _a_day_apart(one, other):
            return _Days.NEXT_DAY
        if (one.month, one.day) == (other.day, other.month):
            return _Days.SLIP
    written = [f"{day.year:04d}{day.month:02d}{day.day:02d}" for day in (one, other)]
    return _Days.SLIP if OSA.distance(*written, score_cutoff=1) <= 1 else _Days.DIFFERENT


def _a_day_apart(one: PartialDate, other: PartialDate) -> bool:
    """As programs make it that take a day for an instant in some time zone."""
    first, second = sorted(date(2000, day.month, day.day) for day in (one, other))
    return (second - first).days in (1, 365)
