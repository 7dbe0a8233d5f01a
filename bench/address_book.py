"""A made-up address book of any size, the same bytes for the same arguments.

Shaped like a phone's export: vCard 3.0, several properties a card, one card in ten with a photo. The photos
are most of the bytes: 10,000 cards are about 32 MB.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

_GIVEN = ("Ana", "Bruno", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Göran", "Hana", "Ivo", "Jürgen", "Kofi")
_FAMILY = ("Almeida", "Brandt", "Castellanos", "Dvořák", "Eriksen", "Farouk", "Grünwald", "Horvat", "Ito")
_COMPANIES = ("Blue Kettle Ltd.", "Northwind Bakery\\, Inc.", "Atelier Sept", "Werft & Söhne", "Óptica Lua")
_TITLES = ("Engineer", "Nurse", "Teacher", "Head of Sales", "Carpenter", "Translator")
_PLACES = (("Porto", "Portugal"), ("Graz", "Österreich"), ("Malmö", "Sverige"), ("Leeds", "United Kingdom"))
_LABELS = ("friends", "family", "work", "climbing", "school", "neighbours", "book club")
_WORDS = ("bees", "garden", "harbour", "sister", "talked", "about", "walk", "spring", "the", "and", "long", "met")
_ONE_IN_TEN = 10
_FOLD_AT = 75


def write_address_book(path: Path, cards: int, seed: int) -> int:
    """Write ``cards`` cards into one file. Returns the number of bytes written."""
    random = Random(seed)
    with path.open("wb") as file:
        return sum(file.write(_folded(lines)) for lines in _cards(cards, random))


def _cards(count: int, random: Random) -> Iterator[list[str]]:
    for index in range(count):
        yield _card(index, random, with_photo=index % _ONE_IN_TEN == 0)


def _card(index: int, random: Random, *, with_photo: bool) -> list[str]:
    given, family = random.choice(_GIVEN), f"{random.choice(_FAMILY)} {index}"
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "PRODID:-//Example//Made-up address book//EN",
        f"N:{family};{given};;;",
        f"FN:{given} {family}",
        f"EMAIL;TYPE=HOME,INTERNET,pref:person{index}@example.org",
        f"TEL;TYPE=CELL,VOICE:+49 30 {random.randrange(10**7):07d}",
        *_some_of(random, index),
    ]
    if with_photo:
        photo = base64.b64encode(random.randbytes(random.randint(15_000, 24_000))).decode()
        lines.append(f"PHOTO;ENCODING=b;TYPE=JPEG:{photo}")
    return [*lines, "REV:2024-03-09T18:30:00Z", f"UID:{random.getrandbits(128):032x}", "END:VCARD"]


def _some_of(random: Random, index: int) -> Iterator[str]:
    """What not every card has."""
    if random.random() < 0.4:
        yield f"item1.EMAIL;TYPE=INTERNET:p{index}@mail.example.com"
        yield "item1.X-ABLabel:_$!<Work>!$_"
    if random.random() < 0.4:
        yield f"ORG:{random.choice(_COMPANIES)};"
        yield f"TITLE:{random.choice(_TITLES)}"
    if random.random() < 0.5:
        city, country = random.choice(_PLACES)
        yield f"ADR;TYPE=HOME:;;Long Street {random.randint(1, 99)};{city};;4050;{country}"
    if random.random() < 0.5:
        day = date(1940, 1, 1) + timedelta(days=random.randrange(25_000))
        yield f"BDAY;VALUE=date:{day}"
    if random.random() < 0.5:
        yield f"CATEGORIES:{','.join(random.sample(_LABELS, random.randint(1, 3)))}"
    if random.random() < 0.3:
        yield f"NOTE:{' '.join(random.choices(_WORDS, k=30))}\\nSecond line\\, with a comma."
    if random.random() < 0.2:
        yield f"URL;TYPE=WORK:https://example.org/people/{index}"


def _folded(lines: list[str]) -> bytes:
    """The card's bytes, folded by octet as RFC 2426 and RFC 6350 allow: even inside of a character."""
    out = bytearray()
    for line in lines:
        octets = line.encode()
        out += octets[:_FOLD_AT] + b"\r\n"
        for start in range(_FOLD_AT, len(octets), _FOLD_AT - 1):
            out += b" " + octets[start : start + _FOLD_AT - 1] + b"\r\n"
    return bytes(out)
