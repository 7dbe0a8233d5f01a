"""Names of people, folded for comparing, and finding a person by what somebody typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from kith.core.model import Card, Person

_WORD = re.compile(r"\w+")
# Letters that Unicode does not take apart into a base letter and an accent.
_WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_LONG_ENOUGH = 4
_NEARLY = 0.8
"""Two letters of five may have changed places; another word of the same length has less in common."""


def fold(text: str) -> str:
    """Lower case, without accents, words separated by single spaces: ``José  Muñoz`` → ``jose munoz``."""
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain.translate(_WHOLE_LETTERS)))


def name_keys(card: Card) -> tuple[str, ...]:
    """Everything by which :func:`find_exact` may find a card's owner: folded names, and e-mails in lower case."""
    names = {fold(name): None for name in (card.name, *card.nicknames)}
    return (*names, *(mail.value.casefold() for mail in card.emails))


def exact_key(who: str) -> str:
    """What ``who`` has to be compared with :func:`name_keys` as."""
    return who.strip().casefold() if "@" in who else fold(who)


def find_exact(who: str, people: Iterable[Person]) -> list[Person]:
    """Everybody whose name, a nickname or an e-mail is ``who``, in the order given; accents and case do not count."""
    if "@" in who:
        email = who.strip().casefold()
        return [person for person in people if any(mail.value.casefold() == email for mail in person.emails)]
    wanted = fold(who)
    return [person for person in people if wanted and wanted in map(fold, (person.name, *person.nicknames))]


def find(query: str, people: Iterable[Person]) -> list[Person]:
    """Everybody who may be meant by ``query``, best kind of match only.

    In this order: the id; the exact name, nickname or e-mail; every word typed is a word of the name; every word typed
    begins one; the text stands somewhere in the name, a nickname or an e-mail.
    """
    everybody = list(people)
    by_id = [person for person in everybody if person.id == query]
    if by_id:
        return by_id
    exact = find_exact(query, everybody)
    if exact:
        return exact
    wanted = fold(query)
    if not wanted:
        return []
    words = set(wanted.split())
    whole = [person for person in everybody if words <= set(fold(person.name).split())]
    if whole:
        return whole
    beginning = [person for person in everybody if _begins_words(wanted.split(), fold(person.name).split())]
    if beginning:
        return beginning
    return [person for person in everybody if _stands_in(wanted, query.strip().casefold(), person)]


def nearly(word: str, people: Iterable[Person]) -> list[Person]:
    """Everybody of whose name a word is nearly ``word``, as after a slip of the fingers; of short words nobody."""
    wanted = fold(word)
    if len(wanted) < _LONG_ENOUGH or " " in wanted:
        return []
    return [person for person in people if get_close_matches(wanted, fold(person.name).split(), n=1, cutoff=_NEARLY)]


def first_name(person_name: str, given: str = "") -> str:
    """What to call somebody in a sentence: the given name, else the name's first word."""
    return given or (person_name.split() or [person_name])[0]


def _begins_words(wanted: list[str], words: list[str]) -> bool:
    remaining = list(words)
    for part in sorted(wanted, key=len, reverse=True):  # "a ana": the longer one has less to choose from
        hit = next((word for word in remaining if word.startswith(part)), None)
        if hit is None:
            return False
        remaining.remove(hit)
    return True


def _stands_in(wanted: str, raw: str, person: Person) -> bool:
    if any(wanted in fold(name) for name in (person.name, *person.nicknames)):
        return True
    return any(raw in mail.value.casefold() for mail in person.emails)
