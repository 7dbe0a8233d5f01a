"""Who is compared with whom: only those who share a key, so that the work grows about as the address book does.

A key that too many share (a switchboard, ``Maria Silva``) makes no pairs by itself: whoever has it would be a question
without an answer. What was found by another key is still compared in full.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kith.core.evidence import Profile
from kith.core.name_parts import sound

_MOST = 40
MOST_OF_A_NAME = 10
"""Of so many people of one name nobody can say who is who."""
_STRONG, _NAMES = "@+/#", "ni"
_FEW_LETTERS = 3


def keys_of(profile: Profile) -> frozenset[str]:
    """Every key of a profile, as short texts. The first character says of what kind."""
    return frozenset(_keys(profile))


def number_of(key: str) -> int:
    """The key as a number of 63 bits, to be stored: short, and without anything of the card's contents."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1
    kind = 1 if key[0] in _STRONG else 2 if key[0] in _NAMES else 0
    return number & ~3 | kind


def is_strong(number: int) -> bool:
    """Whether the key is something that belongs to one person, or to a few who live or work together."""
    return number & 3 == 1


def most(number: int) -> int:
    """How many may share the key, for it to make pairs."""
    return MOST_OF_A_NAME if number & 3 == 2 else _MOST


def _keys(profile: Profile) -> Iterator[str]:
    yield from (f"@{mail}" for mail in profile.emails)
    yield from (f"+{number}" for number in profile.phones)
    yield from (f"/{link}" for link in profile.links)
    yield from (f"#{uid}" for uid in profile.uids)
    given, family = profile.parts.given, profile.parts.family
    first = sound(given[0]) if given else ""
    last = sound(family[-1]) if family else ""
    both = [word for word in (first, last) if len(word) > 1]
    if len(both) > 1:
        yield "n" + " ".join(sorted(both))
        yield f"i{last} {first[0]}"
        yield f"i{first} {last[0]}"
    where = profile.postcode or profile.place
    for word in both:
        if profile.company:
            yield f"c{word} {profile.company}"
        if where:
            yield f"w{word[:_FEW_LETTERS]} {where}"
    day = profile.birthday
    if day is not None:
        # Of a day with its year few were born; of one without it, few have the same beginning of a name.
        if day.year is not None:
            yield f"b{day}"
        for word in both:
            yield f"d{day.month}-{day.day} {word[0]}"
            if day.year is not None:
                yield f"y{day.year} {word[:_FEW_LETTERS]}"
    if profile.street and any(char.isdigit() for char in profile.street):
        yield f"s{profile.street}"
