"""Which column of a table means what: guessed from its header, or said by the user.

A meaning is one of :data:`MEANINGS`, for some with a label behind it (``phone mobile``). What headers mean is data
(``headers.toml``, ``presets.toml``), and so is what a user says in a map file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from kith.core.names import fold
from kith.errors import Malformed, UsageError

LABELLED = ("email", "phone", "link")
DATES = ("birthday", "anniversary", "last_contact", "met_on", "connected_on")
_MANY = (*LABELLED, "nickname", "tags", "note", "fact", "ignore")
MEANINGS = (
    *("name", "given", "middle", "family", "prefix", "suffix", "nickname", *LABELLED, *DATES, "company", "job"),
    *("city", "country", "note", "tags", "circle", "every", "last_text", "met", "fact", "id", "ignore"),
)
"""Everything that a column may mean; ``docs/importing.md`` explains them."""

_NUMBERED = re.compile(
    r"(e mail|email|phone|website|address|organization|event) (\d+) "
    r"(value|label|type|city|country|name|title)"
)
_NUMBERED_MEANINGS = {
    ("e mail", "value"): "email",
    ("email", "value"): "email",
    ("phone", "value"): "phone",
    ("website", "value"): "link",
    ("address", "city"): "city",
    ("address", "country"): "country",
    ("organization", "name"): "company",
    ("organization", "title"): "job",
    ("event", "value"): "event",
}
_TRAILING_NUMBER = re.compile(r" ?\d+$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is used. Its values' label is ``label``, or stands in the column ``label_from``."""

    position: int
    header: str
    meaning: str
    label: str = ""
    label_from: int | None = None

    @property
    def in_words(self) -> str:
        """``phone (mobile)``."""
        return f"{self.meaning} ({self.label})" if self.label else self.meaning


@cache
def _headers() -> dict[str, tuple[str, str]]:
    """Folded header → meaning and label."""
    data = tomllib.loads(files("kith.imports").joinpath("headers.toml").read_text("utf-8"))
    found: dict[str, tuple[str, str]] = {}
    for meaning, words in data.items():
        by_label = words if isinstance(words, dict) else {"": words}
        for label, spellings in by_label.items():
            for spelling in spellings:
                found.setdefault(fold(spelling), (meaning, label))
    return found


@cache
def presets() -> Mapping[str, Mapping[str, str]]:
    """The products whose tables are known by name: what their headers mean where it is not the usual."""
    return tomllib.loads(files("kith.imports").joinpath("presets.toml").read_text("utf-8"))


def score(cells: Sequence[str]) -> int:
    """How many of the cells are headers that are known."""
    return len({fold(cell) for cell in cells if _meaning_of(cell, {})[0]})


def understand(headers: Sequence[str], said: Mapping[str, str], name: str) -> list[Column]:
    """The columns that are used; ``said`` (header → meaning) counts more than what is guessed.

    Raises:
        UsageError: ``said`` names a column or a meaning that is not there.
        Malformed: two columns have one name and could not both be used.
    """
    overrides = {fold(header): meaning for header, meaning in said.items()}
    columns = []
    labels: dict[tuple[str, str], int] = {}
    for position, header in enumerate(headers):
        numbered = _NUMBERED.fullmatch(fold(header))
        if numbered and numbered[3] in ("label", "type"):
            labels[numbered[1], numbered[2]] = position
            continue
        meaning, label = _meaning_of(header, overrides)
        if meaning and meaning != "ignore":
            columns.append(Column(position, header.strip(), meaning, label))
    _refuse_doubles(columns, name)
    return [_with_label(column, labels) for column in columns]


def _with_label(column: Column, labels: Mapping[tuple[str, str], int]) -> Column:
    numbered = _NUMBERED.fullmatch(fold(column.header))
    return replace(column, label_from=labels.get((numbered[1], numbered[2]))) if numbered else column


def _meaning_of(header: str, overrides: Mapping[str, str]) -> tuple[str, str]:
    folded = fold(header)
    if folded in overrides:
        meaning, _, label = overrides[folded].partition(" ")
        return meaning, label
    if numbered := _NUMBERED.fullmatch(folded):
        return _NUMBERED_MEANINGS.get((numbered[1], numbered[3]), ""), ""
    known = _headers()
    return known.get(folded) or known.get(_TRAILING_NUMBER.sub("", folded)) or _joined_up(header, known)


def _joined_up(header: str, known: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Programs write ``firstName`` and ``first_name``."""
    apart = fold(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", header))
    return known.get(apart, ("", ""))


def _refuse_doubles(columns: Sequence[Column], name: str) -> None:
    seen: dict[str, int] = {}
    for column in columns:
        folded = fold(column.header)
        if folded in seen and column.meaning not in _MANY:
            raise Malformed(
                f"{name} has two columns called “{column.header}”:"
                f" {letter(seen[folded])} and {letter(column.position)}",
                hint="rename or remove one of them; nothing was changed",
            )
        seen[folded] = column.position


def letter(position: int) -> str:
    """What a spreadsheet calls a column: A for 0, AA for 26."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a map file says about how to read a table."""

    columns: Mapping[str, str]
    encoding: str = ""
    delimiter: str = ""
    dates: str = ""


def instructions(text: str, name: str) -> Instructions:
    """Read a map file.

    Raises:
        UsageError: it is no TOML, or has something in it that kith does not know.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}", hint='a line of it is: "Who" = "name", below [map]') from None
    unknown = data.keys() - {"map", "encoding", "delimiter", "dates"}
    if unknown:
        raise UsageError(f"{name}: there is no “{min(unknown)}”", hint="it knows encoding, delimiter, dates and [map]")
    columns = data.get("map", {})
    if not isinstance(columns, dict):
        raise UsageError(f'{name}: [map] is a table, with lines such as "Who" = "name"')
    for header, meaning in columns.items():
        _refuse_unknown(header, meaning, name)
    texts = {key: str(data.get(key, "")) for key in ("encoding", "delimiter", "dates")}
    if len(texts["delimiter"]) > 1:
        raise UsageError(f"{name}: delimiter is one character, such as “;”")
    return Instructions(columns, **texts)


def _refuse_unknown(header: str, meaning: Any, name: str) -> None:  # noqa: ANN401 -- whatever TOML can hold
    word = meaning.partition(" ")[0] if isinstance(meaning, str) else ""
    if word not in MEANINGS or (" " in meaning and word not in LABELLED):
        raise UsageError(
            f"{name}: “{header}” = {meaning!r} is nothing that a column can mean",
            hint=f"it may be one of {', '.join(MEANINGS)}; with a label, as in “phone mobile”",
        )


def refuse_missing(said: Mapping[str, str], headers: Sequence[str], name: str) -> None:
    """A map file that names a column which is not there was written for another file. Raises UsageError."""
    there = set(map(fold, headers))
    for header in said:
        if fold(header) not in there:
            raise UsageError(
                f"{name} has no column “{header}”, which the map names",
                candidates=tuple(header.strip() for header in headers if header.strip()),
            )
