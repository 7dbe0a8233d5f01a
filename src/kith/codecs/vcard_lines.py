"""From the bytes of a vCard file to its property lines, in one streaming walk.

This room knows how lines are laid out in vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), and how real clients
get that wrong: folding with a space or a tab, at any octet; CRLF, LF and bare CR; UTF-8, UTF-16 and the old
code pages; quoted-printable soft line breaks; base64 that runs on without indentation. Parameters follow
RFC 2426, RFC 6350 and RFC 6868. What a property *means* is none of its business.

It must never raise because of what the bytes are, never decode a property that nobody asked for, and never
hold more than one block of the file and one line: photos, most of the bytes of any address book, are passed
over where they stand.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import BinaryIO, NamedTuple

LONGEST_LINE = 1 << 20
"""In bytes, unfolded. A longer line is left out with a problem, unless it is one that nobody wanted."""

UNRANKED = 101
"""Comes after every ``PREF`` that RFC 6350 allows (1 to 100)."""

_NO_COLON = "this line has no colon; it was left out"
_TOO_LONG = "this line is longer than 1 MiB; it was left out"
_BLOCK = 1 << 16
_FOLDS = (b" ", b"\t")
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_LONGEST_CACHED_HEAD = 200
_UTF16_STARTS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"B\0E\0": "utf-16-le",  # the “BE” of BEGIN, without a byte order mark
    b"\0B\0E": "utf-16-be",
}
_PARAMETER = re.compile(r'(?:[^";]|"[^"]*"?)+')
_CARET = re.compile(r"\^([n'^])")
_CARET_MEANS = {"n": " ", "'": '"', "^": "^"}
"""RFC 6868, with a space for the line break: what is read of a parameter becomes a label on one line."""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Something that could not be read. ``reason`` says what, and holds none of the card's contents.

    ``line`` counts from 1; for a problem with a whole card it is the line of its BEGIN.
    """

    line: int
    reason: str
    whole_card: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a line's colon, such as ``item1.TEL;TYPE=CELL``.

    ``name`` is upper case, ``group``, ``types`` and ``service`` are lower case. ``rank`` orders by preference,
    lowest first. ``unclosed`` says that a quote is still open: the colon it was cut at is in a parameter.
    """

    name: str
    group: str = ""
    types: tuple[str, ...] = ()
    rank: int = UNRANKED
    charset: str = ""
    service: str = ""
    omit_year: str = ""
    quoted_printable: bool = False
    base64: bool = False
    unclosed: bool = False

    @property
    def runs_on(self) -> bool:
        """Whether lines without a colon may belong to the value although they are not indented."""
        return self.base64 or self.name in _BINARY


class Line(NamedTuple):
    """One property, unfolded and not yet decoded. ``number`` is that of its first line in the file."""

    number: int
    head: Head
    value: bytes


_Numbered = tuple[int, bytes]


def property_lines(stream: BinaryIO, wanted: Container[str]) -> Iterator[Line | LineProblem]:
    """Yield the properties named in ``wanted``, in order; all others are passed over, however long."""
    lines = enumerate(chain.from_iterable(_physical_lines(stream)), 1)
    current = next(lines, None)
    while current is not None:
        number, physical = current
        before, colon, value = physical.partition(b":")
        head = _cached_head(before) if len(before) <= _LONGEST_CACHED_HEAD else _head(before)
        if head.name not in wanted and not head.quoted_printable and (colon or b";" in before):
            current = _pass_over(lines, head)
        elif colon and not head.unclosed:
            unfolded, current = _unfold(lines, head, value)
            if unfolded is None:
                yield LineProblem(number, _TOO_LONG)
            elif head.name in wanted:
                yield Line(number, head, unfolded)
        else:
            # The head goes on in the next line, or has a colon in quotes; or there is no colon at all.
            unfolded, current = _unfold(lines, head, physical)
            if unfolded and not unfolded.isspace():
                yield from _cut_at_colon(number, unfolded, wanted)


def _cut_at_colon(number: int, unfolded: bytes, wanted: Container[str]) -> Iterator[Line | LineProblem]:
    """What one line that could not be cut at its first colon turns out to be."""
    colon = _colon_outside_quotes(unfolded)
    if colon < 0:
        yield LineProblem(number, _NO_COLON)
        return
    head = _head(unfolded[:colon])
    if head.name in wanted:
        yield Line(number, head, unfolded[colon + 1 :])


def _colon_outside_quotes(line: bytes) -> int:
    """Where the head ends; where a quote is never closed, the first colon of all. -1 for none."""
    position = 0
    for index, part in enumerate(line.split(b'"')):
        if index % 2 == 0 and b":" in part:
            return position + part.index(b":")
        position += len(part) + 1
    return line.find(b":")


def _pass_over(lines: Iterator[_Numbered], head: Head) -> _Numbered | None:
    """The first line after this property. Most lines of a file with photos go by here."""
    runs_on = head.runs_on
    for number, line in lines:
        if line[:1] in _FOLDS:
            continue
        if not line:
            runs_on = False  # in vCard 2.1 a blank line ends a base64 value
        elif not runs_on or b":" in line:
            return number, line
    return None


def _unfold(lines: Iterator[_Numbered], head: Head, first: bytes) -> tuple[bytes | None, _Numbered | None]:
    """The whole value, None if it is too long, and the first line after it.

    Blank lines do not end a value: they stand between folded lines where a file's line ends were doubled.
    """
    pieces = [first]
    size = len(first)
    following: _Numbered | None = None
    for following in lines:
        line = following[1]
        soft_break = head.quoted_printable and pieces[-1].rstrip().endswith(b"=")
        if line[:1] in _FOLDS:
            line = line[1:]
        elif not line and not soft_break:
            continue
        elif not (soft_break and not _is_boundary(line)) and not (head.base64 and b":" not in line):
            break
        if soft_break:
            pieces[-1] = pieces[-1].rstrip()[:-1]
        size += len(line)
        if size > LONGEST_LINE:
            pieces.clear()
        pieces.append(line)
    else:
        following = None
    value = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return (value if size <= LONGEST_LINE else None), following


def _is_boundary(line: bytes) -> bool:
    """Whether a card begins or ends here, though a phone has left a soft line break before it."""
    return line.strip().upper() in (b"BEGIN:VCARD", b"END:VCARD")


def _physical_lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of each block without their ends. A line that is far too long is cut: it will be left out."""
    rest = b""
    for block in _utf8_blocks(stream):
        text = rest + block
        lines = text.splitlines()
        rest = b"" if text.endswith(b"\n") else lines.pop()[: LONGEST_LINE + 1]
        if text.endswith(b"\r"):
            rest += b"\r"  # the line feed that belongs to it may be the first byte of the next block
        yield lines
    yield rest.splitlines()


def _utf8_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The file in blocks, UTF-16 turned into UTF-8; anything else as it is."""
    first = stream.read(_BLOCK)
    blocks: Iterator[bytes] = chain((first.removeprefix(codecs.BOM_UTF8),), iter(lambda: stream.read(_BLOCK), b""))
    encoding = next((name for start, name in _UTF16_STARTS.items() if first.startswith(start)), None)
    if encoding is not None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        blocks = (decoder.decode(block).encode() for block in blocks)
    return filter(None, blocks)


def _head(raw: bytes) -> Head:
    """Read a head, tolerating whatever stands there."""
    text = raw.decode("utf-8", "replace")
    if not text.isprintable():  # among others a byte order mark, where files were joined
        text = "".join(filter(str.isprintable, text))
    dotted, _, parameters = text.partition(";")
    group, _, name = dotted.rpartition(".")
    types: list[str] = []
    others: dict[str, str] = {}
    for parameter in _PARAMETER.findall(parameters):
        key, equals, value = parameter.partition("=")
        if not equals:  # vCard 2.1: TEL;CELL;PREF
            key, value = "TYPE", key
        value = _CARET.sub(lambda match: _CARET_MEANS[match[1]], value.replace('"', "").strip())
        if key.strip().upper() == "TYPE":
            types.extend(word.strip(" \\").lower() for word in value.split(","))
        else:
            others.setdefault(key.strip().upper(), value)
    encoding = others.get("ENCODING", "").lower()
    return Head(
        name=name.strip().upper(),
        group=group.strip().lower(),
        types=tuple(types),
        rank=_rank(others.get("PREF", ""), types),
        charset=others.get("CHARSET", ""),
        service=others.get("SERVICE-TYPE", "").lower(),
        omit_year=others.get("X-APPLE-OMIT-YEAR", ""),
        quoted_printable=encoding == "quoted-printable" or "quoted-printable" in types,
        base64=encoding in ("base64", "b") or "base64" in types,
        unclosed=text.count('"') % 2 == 1,
    )


_cached_head = lru_cache(maxsize=1024)(_head)


def _rank(pref: str, types: list[str]) -> int:
    """``PREF=1`` of vCard 4, or ``TYPE=pref`` of the others."""
    if pref.isdecimal() and len(pref) <= len(str(UNRANKED)):
        return min(int(pref), UNRANKED)
    return 1 if "pref" in types else UNRANKED
