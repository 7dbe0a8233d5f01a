"""A person's name taken apart, and how alike two of them are, part by part.

Names are compared in Latin letters, whatever their script, without titles, particles and what stands in brackets. A
name in one piece is cut by guess, and the other order is tried too: ``Souza, Ana``, ``Souza Ana``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from kith.core.evidence import NameParts
from kith.core.nicknames import may_be_the_same
from kith.core.plain import latin, word_set

_TITLES = word_set(
    "mr mrs ms miss mx sir madam dr prof professor doctor herr frau fr hr mme mlle monsieur madame senhor senhora"
    " sr sra srta dona don dom dott dottore dottoressa ing dipl mag sig signor signora pan pani rev fra lic eng engr"
    " arq pr phd mba md msc bsc ba ma llm cpa cfa pmp esq dds dvm rn ret med jur rer nat hc mgr bc"
)
_PARTICLES = word_set(
    "de da do dos das di del della der den dem van von vom zu zum zur ter ten te la le el al bin ibn ben bat abu y"
    " e i und of the op af av"
)
_GENERATIONS = {
    "jr": "jr", "junior": "jr", "jnr": "jr", "filho": "jr", "hijo": "jr", "jun": "jr", "figlio": "jr", "ii": "jr",
    "2nd": "jr", "neto": "3rd", "iii": "3rd", "3rd": "3rd", "iv": "4th",
    "senior": "sr", "snr": "sr", "sen": "sr", "pai": "sr", "padre": "sr",
}  # fmt: skip
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]")
_APOSTROPHES = re.compile(r"(?<=\w)['’`´](?=\w)")
_SIGNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SPELLINGS = (
    *(("tsch", "c"), ("sch", "s"), ("tch", "c"), ("sh", "s"), ("ch", "c"), ("cz", "c"), ("sz", "s"), ("zh", "z")),
    *(("ph", "f"), ("th", "t"), ("ck", "c"), ("gh", "g"), ("kh", "h"), ("ks", "x"), ("dj", "j"), ("dzh", "j")),
)
_LETTERS = str.maketrans({"k": "c", "q": "c", "w": "v", "y": "i", "j": "i", "z": "s"})
_NEAR = 0.9
_SHORTEST_TYPED = 4
_SHORTEST_BEGINNING = 3


class Alike(IntEnum):
    """How alike two given or two family names are, worst first."""

    DIFFERENT = 0
    MISSING = 1
    """One of the two is not known."""
    INITIAL = 2
    NEAR = 3
    """Perhaps a slip of the pen."""
    PARTLY = 4
    """One of several names is the same."""
    NICKNAME = 5
    SPELLED = 6
    """The same, spelled in another way."""
    SAME = 7


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike two names are."""

    given: Alike
    family: Alike
    generation: Alike = Alike.SAME
    """Different where one is junior and the other senior, or they are numbered; missing where only one says so."""

    @property
    def agrees(self) -> bool:
        """Whether these may well be two ways to write one person's name, on the strength of more than an initial."""
        given, family = self.given, self.family
        if self.generation is not Alike.SAME or given in (Alike.DIFFERENT, Alike.NEAR, Alike.MISSING):
            return False
        if given is Alike.INITIAL:
            return family >= Alike.SPELLED
        return family is not Alike.DIFFERENT

    @property
    def is_same(self) -> bool:
        """Whether both names are there, and the same apart from how they are spelled."""
        return self.generation is Alike.SAME and self.given >= Alike.NICKNAME and self.family >= Alike.SPELLED

    @property
    def differs(self) -> bool:
        """Whether these are clearly two people's first names."""
        return self.given is Alike.DIFFERENT


NOTHING_KNOWN = NameLikeness(Alike.MISSING, Alike.MISSING)


def parts_of(name: str, given: str = "", family: str = "", nicknames: tuple[str, ...] = ()) -> NameParts:
    """Take a name apart. ``given`` and ``family`` are what a card has of its own for them."""
    whole = _words(name)
    generation = next((_GENERATIONS[word] for word in whole[1:] if word in _GENERATIONS), "")
    if not generation and len(whole) > 1 and (whole[-1].isdecimal() or (whole[-1] == "sr" and len(whole) > 2)):
        generation = whole[-1]
    also, signs = _also(nicknames), _SIGNS.search(name + given) is not None
    if given.strip() or family.strip():
        found = _without(_words(given)), _without(_words(family))
        if all(found) or not _without(whole):
            return NameParts(*found, generation, also, signs)
    before, comma, after = _IN_BRACKETS.sub(" ", name).partition(",")
    if comma and _without(_words(after)) and _without(_words(before)):
        return NameParts(_without(_words(after)), _without(_words(before)), generation, also, signs)
    words = _without(whole)
    return NameParts(words[:-1] or words, words[-1:] if len(words) > 1 else (), generation, also, signs)


def _words(text: str) -> tuple[str, ...]:
    return tuple(latin(_APOSTROPHES.sub("", _IN_BRACKETS.sub(" ", text))).replace("_", " ").split())


def _without(words: tuple[str, ...]) -> tuple[str, ...]:
    """Only the names: no titles, particles, generations, numbers."""
    kept = tuple(word for word in words if word not in _TITLES and word not in _GENERATIONS and word.isalpha())
    return tuple(word for word in kept if word not in _PARTICLES) or kept


def _also(nicknames: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words[0] for nick in nicknames if (words := _without(_words(nick)))))


def name_likeness(one: NameParts, other: NameParts) -> NameLikeness:
    """How alike two names are, in whichever order their parts fit better."""
    if not one or not other or one.signs != other.signs:
        return NOTHING_KNOWN
    alike = _given(one, other)
    straight = NameLikeness(alike, _family(one, other, alike), _generation(one, other))
    if (straight.family >= Alike.PARTLY and alike >= Alike.NEAR) or not (one.family and other.family):
        return straight
    turned = (_words_likeness(one.given, other.family), _words_likeness(one.family, other.given))
    return NameLikeness(*turned, straight.generation) if _fits_better(turned, straight) else straight


def _generation(one: NameParts, other: NameParts) -> Alike:
    if one.generation == other.generation:
        return Alike.SAME
    return Alike.DIFFERENT if one.generation and other.generation else Alike.MISSING


def _fits_better(turned: tuple[Alike, Alike], straight: NameLikeness) -> bool:
    """Whether the other order is the right one: both parts fit in it, and they did not before."""
    return min(turned) >= Alike.NEAR and min(turned) > min(straight.given, straight.family)


def _given(one: NameParts, other: NameParts) -> Alike:
    ones, others = one.given, other.given
    if not ones or not others:
        return Alike.MISSING
    best = word_likeness(ones[0], others[0])
    if best is Alike.SAME:
        # Anna Maria and Anna Luise are two; Anna and Anna Maria may be one.
        return best if _middles_agree(ones[1:], others[1:]) else Alike.NEAR
    if "".join(ones) == "".join(others):
        return Alike.SAME
    if len(ones) == len(others) == 1 and not one.also and not other.also:
        return best
    if any(len(name) > 1 and name in others for name in ones):
        best = max(best, Alike.PARTLY)
    called, they_called = (*ones[:1], *one.also), (*others[:1], *other.also)
    if len(called) > 1 or len(they_called) > 1:
        nick = max(word_likeness(name, their) for name in called for their in they_called)
        best = max(best, min(nick, Alike.NICKNAME))
    return best


def _middles_agree(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    if not ones or not others:
        return True
    return any(word_likeness(one, other) is not Alike.DIFFERENT for one in ones for other in others)


def _family(one: NameParts, other: NameParts, given: Alike) -> Alike:
    found = _words_likeness(one.family, other.family)
    if found > Alike.NEAR or given < Alike.NICKNAME:
        return found
    # Ana Souza Lima, cut by guess, and Ana Souza.
    if any(name in other.given[1:] for name in one.family) or any(name in one.given[1:] for name in other.family):
        return Alike.PARTLY
    return found


def _words_likeness(ones: tuple[str, ...], others: tuple[str, ...]) -> Alike:
    if not ones or not others:
        return Alike.MISSING
    if len(ones) == len(others) == 1:
        return _as_family(word_likeness(ones[0], others[0]))
    if ones == others or "".join(ones) == "".join(others) or set(ones) == set(others):
        return Alike.SAME
    if any(len(word) > 1 and word in others for word in ones):
        return Alike.PARTLY
    return max(_as_family(word_likeness(one, other)) for one in ones for other in others)


def _as_family(alike: Alike) -> Alike:
    """Pet names are for given names."""
    return Alike.DIFFERENT if alike is Alike.NICKNAME else alike


@lru_cache(maxsize=32768)
def word_likeness(one: str, other: str) -> Alike:
    """How alike two single words of names are; the order of the two does not matter."""
    if one == other:
        return Alike.SAME
    if len(one) == 1 or len(other) == 1:
        return Alike.INITIAL if one[0] == other[0] else Alike.DIFFERENT
    if sound(one) == sound(other):
        return Alike.SPELLED
    if may_be_the_same(one, other):
        return Alike.NICKNAME
    shorter, longer = sorted((one, other), key=lambda word: (len(word), word))
    if len(shorter) >= _SHORTEST_BEGINNING and longer.startswith(shorter):
        return Alike.NEAR
    if len(shorter) >= _SHORTEST_TYPED and (
        OSA.distance(shorter, longer, score_cutoff=1) <= 1 or JaroWinkler.similarity(shorter, longer) >= _NEAR
    ):
        return Alike.NEAR
    return Alike.DIFFERENT


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """A spelling that is the same for most ways in which a name is written: ``Dmitriy``, ``Dmitri`` → ``dmitri``.

    The last vowel is kept as it is: Maria and Mario are two people.
    """
    for written, short in _SPELLINGS:
        if written in word:
            word = word.replace(written, short)
    word = word.translate(_LETTERS)
    for long, short in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        word = word.replace(long, short)
    return re.sub(r"(.)\1+", r"\1", word)
