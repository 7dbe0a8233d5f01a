"""People as vCards, version 4.0 (RFC 6350): what an address book keeps of them, without what was said.

Labels that vCard has no word for stand in ``X-ABLabel``, as Apple and most others write and read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kith.core.model import Card
from kith.imports.base import Entry

_LONGEST_LINE = 75
_TYPES = {"home": "home", "work": "work", "mobile": "cell"}
_LABELLED = {"emails": "EMAIL", "phones": "TEL", "urls": "URL"}


def as_vcf(entries: Sequence[Entry]) -> bytes:
    """One file with a card for everybody."""
    return "".join(_folded(line) for entry in entries for line in _lines(entry)).encode()


def _lines(entry: Entry) -> Iterator[str]:
    card = entry.card
    yield from ("BEGIN:VCARD", "VERSION:4.0")
    if entry.person:
        yield f"UID:{_escaped(entry.person)}"
    yield f"FN:{_escaped(card.name)}"
    if card.given or card.family:
        yield f"N:{_escaped(card.family)};{_escaped(card.given)};;;"
    yield from _lists(card)
    yield from _labelled(card)
    for name, day in (("BDAY", card.birthday), ("ANNIVERSARY", card.anniversary)):
        if day is not None:
            year = "--" if day.year is None else f"{day.year:04d}"
            yield f"{name}:{year}{day.month:02d}{day.day:02d}"
    for name, text in (("ORG", card.organisation), ("TITLE", card.job_title), ("NOTE", card.note)):
        if text:
            yield f"{name}:{_escaped(text)}"
    if card.city or card.country:
        yield f"ADR:;;;{_escaped(card.city)};;;{_escaped(card.country)}"
    yield "END:VCARD"


def _lists(card: Card) -> Iterator[str]:
    for name, texts in (("NICKNAME", card.nicknames), ("CATEGORIES", card.labels)):
        if texts:
            yield f"{name}:{','.join(map(_escaped, texts))}"


def _labelled(card: Card) -> Iterator[str]:
    number = 0
    for field, name in _LABELLED.items():
        for one in getattr(card, field):
            if not one.label:
                yield f"{name}:{_escaped(one.value)}"
            elif one.label in _TYPES and (one.label != "mobile" or name == "TEL"):
                yield f"{name};TYPE={_TYPES[one.label]}:{_escaped(one.value)}"
            else:
                number += 1
                yield f"item{number}.{name}:{_escaped(one.value)}"
                yield f"item{number}.X-ABLabel:{_escaped(one.label)}"


def _escaped(text: str) -> str:
    for char in ("\\", ",", ";"):
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces, piece, length = [], "", 0
    for char in line:
        size = len(char.encode())
        if length + size > _LONGEST_LINE:
            pieces.append(piece)
            piece, length = " ", 1
        piece += char
        length += size
    return "\r\n".join([*pieces, piece]) + "\r\n"
