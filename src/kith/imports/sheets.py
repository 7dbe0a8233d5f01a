"""Rows of cells out of text: which encoding, which separator, where a row stands.

Real files were re-saved by spreadsheets in code pages of their own, have a paragraph before their header, notes of
several lines inside of a cell, and semicolons where others have commas. What is guessed here is guessed from the whole
text, and said to the user.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kith.errors import Malformed, UsageError

MOST_ROWS = 100_000
_LOOKED_AT = 60
"""How many rows the header is looked for in; LinkedIn's preamble is the longest known, with three."""
_DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAUSIBLE = (
    *("cp1252", "mac_roman", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp850", "cp437"),
    *("shift_jis", "gb18030", "big5", "euc_kr", "koi8_r"),
)
_LATIN = ("cp1252", "cp1250", "mac_roman", "cp1254", "cp1257", "cp850", "cp437")
"""The code pages of western and central Europe, the likelier first; short texts look much alike in all of them."""
_SAMPLE = 200_000
_DEFUSED = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``where`` is how the user finds it."""

    where: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows that hold anything, with what was guessed on the way to them."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


Score = Callable[[Sequence[str]], int]
"""How much a row looks like a header: how many of its cells are known ones."""


def decoded(data: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """The text, and what to tell the user about its encoding (nothing for UTF-8).

    Raises:
        Malformed: it is no text.
        UsageError: it is not in the encoding that the user named.
    """
    if encoding:
        try:
            return data.decode(encoding), ""
        except (LookupError, UnicodeError):
            raise UsageError(
                f"{name} is not in the encoding “{encoding}”", hint="leave it out, and kith guesses"
            ) from None
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _strictly(data, marked, name), "" if marked == "utf-8-sig" else f"read as {marked.upper()}"
    if b"\0" in data[:4000]:
        wide = _wide(data[:4000])
        if wide:
            return _strictly(data, wide, name), f"read as {wide.upper()}"
        raise Malformed(f"{name} is not a table, nor any other file that kith can import", hint=_KINDS)
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        guessed = _guess(data[:_SAMPLE])
        return data.decode(
            guessed, "replace"
        ), f"read as {guessed}, which was guessed; say `encoding = …` in a --map file"


_KINDS = "it takes CSV, TSV, XLSX, ODS, vCard, LinkedIn's archive, Monica's JSON and what kith itself exported"


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise Malformed(f"{name} begins as {encoding.upper()} and is not: it is cut off or damaged") from error


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of mostly Latin text is nothing."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 2 * 0.6
    return "utf-16-le" if odd > enough and not even else "utf-16-be" if even > enough and not odd else ""


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(_PLAUSIBLE)).best()
    found = best.encoding if best is not None else "cp1252"
    return found if found not in _LATIN else min(_LATIN, key=lambda one: _oddness(sample.decode(one, "replace")))


def _oddness(text: str) -> int:
    """How often there is what no language writes: a symbol inside of a word, a capital after a small letter."""
    return sum(
        (letter.isupper() and before.islower()) if letter.isalpha() else (before.isalpha() or after.isalpha())
        for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
        if not letter.isascii()
    )


def read_text(text: str, name: str, score: Score, delimiter: str = "") -> Sheet:
    """The rows of CSV, TSV or the like, with the separator under which the most is understood.

    Raises:
        Malformed: a quote that is opened is never closed, or there are too many rows.
    """
    if not text.strip():
        raise Malformed(f"{name} is empty")
    ranked = [_candidate(text, one, score) for one in ([delimiter] if delimiter else _DELIMITERS)]
    best = max(ranked, key=lambda candidate: candidate[:2])[2]
    told = "" if best == "," or delimiter else f"separated by {_SPOKEN[best]}"
    return Sheet(tuple(_rows(text, best, name)), (told,) if told else ())


_SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def _candidate(text: str, delimiter: str, score: Score) -> tuple[int, int, str]:
    """How well the beginning reads with a delimiter: known headers, then cells in all."""
    known = cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for _, row in zip(range(_LOOKED_AT), reader, strict=False):
            known, cells = max(known, score(row)), cells + len(row)
    except csv.Error:
        pass
    return known, cells, delimiter


def _rows(text: str, delimiter: str, name: str) -> list[Row]:
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(f"line {line}", tuple(cells)))
            line = reader.line_num + 1
            refuse_too_many(len(rows), name)
    except csv.Error as error:
        raise Malformed(f"{name}, line {line}: {error}", hint="is it a CSV file? nothing was changed") from error
    refuse_open_quote(text, delimiter, name, rows)
    return rows


def refuse_open_quote(text: str, delimiter: str, name: str, rows: Sequence[Row]) -> None:
    """A quote that is never closed swallows the rest of the file into one cell. Raises Malformed."""
    if not rows or not rows[-1].cells[-1].count("\n"):
        return
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise Malformed(
                f"{name}: the quote that opens in {rows[-1].where} is never closed",
                hint="the file is cut off, or a quotation mark is missing there; nothing was changed",
            ) from error


def refuse_too_many(rows: int, name: str) -> None:
    """Raises Malformed."""
    if rows > MOST_ROWS:
        raise Malformed(
            f"{name} has more than {MOST_ROWS:,} rows", hint="that is no list of people; export fewer, or split it"
        )


def defuse(text: str) -> str:
    """A cell that a spreadsheet would take for a formula, made plain text by an apostrophe before it."""
    return f"'{text}" if text.lstrip("'").startswith(_DEFUSED) else text


def undefuse(text: str) -> str:
    """Take back what :func:`defuse` did."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_DEFUSED) else text
