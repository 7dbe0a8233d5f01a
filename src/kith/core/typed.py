"""The grammar of typed text: what a line of its own may say besides what you talked about.

=============================================  ===========================================================
``! …``, ``- [ ] …``, ``[ ] …``                a promise
``- [x] …``, ``[x] …``, ``✓ …``                a promise kept
``next: …``                                    something for the next brief
``every 3w``, ``every month``                  how often to be in touch, alone on a line
``next in 2 months``, ``next on 3 May``        when to be reminded next, alone on a line
``gave: …``, ``got: …``                        what one gave the other
``asks: …``, ``offers: …``                     what they look for, and what they can help with
``#tag``                                       a tag, anywhere in a line
=============================================  ===========================================================

The text itself is always kept whole, where it was typed: this only reads it. A line that is not understood is simply
text. Words are compared without case, and a bullet may stand before any of these.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import takewhile

from kith.core.event import normal_line
from kith.core.period import Period
from kith.core.when import day_from

_BULLET = re.compile(r"^[-*•–—] *(?=\S)")
_BOX = re.compile(r"\[ ?\] *(?P<open>\S.*)|(?:\[[xX✓✔]\]|[✓✔✅☑]) *(?P<kept>\S.*)")
_KEYED = re.compile(r"(?P<key>next|gave|got|asks|offers) ?: ?(?P<text>\S.*)", re.IGNORECASE)
_EVERY = re.compile(r"every (?P<length>.+)", re.IGNORECASE)
_NEXT_IN = re.compile(r"next in (?P<length>.+)", re.IGNORECASE)
_NEXT_ON = re.compile(r"next (?:on (?P<day>.+)|(?P<iso>\d{4}-\d\d-\d\d))", re.IGNORECASE)
_ONE = re.compile(r"^(?:an? |one )?(?=[a-z])", re.IGNORECASE)
_IN_A_TAG = frozenset("LMN")
"""Letters, their marks, and digits, by the first letter of their category in Unicode."""


class Order(Enum):
    """What a line says."""

    TEXT = "text"
    PROMISE = "promise"
    KEPT = "kept"
    FOR_NEXT = "next"
    EVERY = "every"
    NEXT = "next day"
    GAVE = "gave"
    GOT = "got"
    ASKS = "asks"
    OFFERS = "offers"


_KEYS = {
    "next": Order.FOR_NEXT,
    "gave": Order.GAVE,
    "got": Order.GOT,
    "asks": Order.ASKS,
    "offers": Order.OFFERS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: as it was typed, what it says, and of what."""

    typed: str
    order: Order = Order.TEXT
    value: str = ""
    every: Period | None = None
    next_in: Period | None = None
    next_on: date | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags in it, without ``#``."""
        return tuple(tag for word in normal_line(self.typed).split() if (tag := _tag(word)))


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says, line by line in its order.

    Of several cadences or next days the last one counts. ``next_on`` is the day meant, however it was said;
    ``next_in`` is the length where it was said as one.
    """

    lines: tuple[Line, ...]

    @property
    def promises(self) -> tuple[str, ...]:
        """What was promised."""
        return self._values(Order.PROMISE)

    @property
    def kept(self) -> tuple[str, ...]:
        """What was promised and is done."""
        return self._values(Order.KEPT)

    @property
    def for_next(self) -> tuple[str, ...]:
        """What the next brief is to say."""
        return self._values(Order.FOR_NEXT)

    @property
    def gave(self) -> tuple[str, ...]:
        """What the user gave."""
        return self._values(Order.GAVE)

    @property
    def got(self) -> tuple[str, ...]:
        """What the user was given."""
        return self._values(Order.GOT)

    @property
    def asks(self) -> tuple[str, ...]:
        """What they look for."""
        return self._values(Order.ASKS)

    @property
    def offers(self) -> tuple[str, ...]:
        """What they can help with."""
        return self._values(Order.OFFERS)

    @property
    def rest(self) -> tuple[str, ...]:
        """The lines that are simply text, as they were typed; empty ones are left out."""
        return tuple(line.typed for line in self.lines if line.order is Order.TEXT and normal_line(line.typed))

    @property
    def every(self) -> Period | None:
        """How often to be in touch."""
        return next((line.every for line in reversed(self.lines) if line.every), None)

    @property
    def next_in(self) -> Period | None:
        """How long until the next reach-out, where it was said so."""
        last = self._last_next()
        return last.next_in if last else None

    @property
    def next_on(self) -> date | None:
        """The day of the next reach-out."""
        last = self._last_next()
        return last.next_on if last else None

    @property
    def tags(self) -> tuple[str, ...]:
        """Every tag once, as it was typed first."""
        found = {tag.casefold(): tag for line in reversed(self.lines) for tag in reversed(line.tags)}
        return tuple(reversed(found.values()))

    def _values(self, order: Order) -> tuple[str, ...]:
        return tuple(line.value for line in self.lines if line.order is order)

    def _last_next(self) -> Line | None:
        return next((line for line in reversed(self.lines) if line.order is Order.NEXT), None)


def parse(text: str, today: date) -> Said:
    """What a text says. ``today`` is the day it is about: days and lengths of time count from there."""
    return Said(tuple(_line(line, today) for line in text.splitlines()))


def _line(typed: str, today: date) -> Line:
    bare = _BULLET.sub("", normal_line(typed), count=1)
    if bare.startswith("!"):
        promised = bare.lstrip("! ")
        return Line(typed, Order.PROMISE, promised) if promised else Line(typed)
    box = _BOX.fullmatch(bare)
    if box is not None:
        return Line(typed, Order.PROMISE, box["open"]) if box["open"] else Line(typed, Order.KEPT, box["kept"])
    keyed = _KEYED.fullmatch(bare)
    if keyed is not None:
        return Line(typed, _KEYS[keyed["key"].lower()], keyed["text"])
    return _timing(typed, bare.rstrip("."), today) or Line(typed)


def without_facets(line: str) -> str:
    """A line without its tags of the form ``#name:value``, for where others may see it."""
    if "#" not in line:
        return line
    return " ".join(word for word in line.split(" ") if ":" not in _tag(word))


def _tag(word: str) -> str:
    """The tag that a word begins with, without ``#``; it begins with a letter, so that ``#1`` is none."""
    if not word.startswith("#") or not word[1:2].isalpha():
        return ""
    composed = unicodedata.normalize("NFC", word[1:])
    name = takewhile(lambda char: char in "-_:/" or unicodedata.category(char)[0] in _IN_A_TAG, composed)
    return "".join(name).rstrip("-:/")


def _timing(typed: str, bare: str, today: date) -> Line | None:
    """A line that is nothing but a cadence or a next day."""
    every = _EVERY.fullmatch(bare)
    if every is not None:
        length = _length(every["length"])
        return Line(typed, Order.EVERY, bare, every=length) if length else None
    next_in = _NEXT_IN.fullmatch(bare)
    if next_in is not None:
        length = _length(next_in["length"])
        day = _after(length, today) if length else None
        return Line(typed, Order.NEXT, bare, next_in=length, next_on=day) if day else None
    next_on = _NEXT_ON.fullmatch(bare)
    if next_on is not None:
        day = _day(next_on["day"] or next_on["iso"], today)
        return Line(typed, Order.NEXT, bare, next_on=day) if day and day >= today else None
    return None


def _length(text: str) -> Period | None:
    """A length of time; one of a unit where there is no number, as in “every month”."""
    for written in (text, _ONE.sub("1 ", text, count=1)):
        try:
            return Period.parse(written)
        except ValueError:
            continue
    return None


def _after(length: Period, today: date) -> date | None:
    try:
        return length.after(today)
    except (ValueError, OverflowError):
        return None


def _day(text: str, today: date) -> date | None:
    try:
        return day_from(text, today)
    except ValueError:
        return None
