"""Any table of people: the header is found wherever it stands, guessed in many languages, and shown.

A product whose columns are known by name is a line in ``presets.toml``; one that needs more has a file of its own
beside this one and hands its :class:`~kith.imports.rows.Style` in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from kith.core.names import fold
from kith.errors import UsageError
from kith.imports.base import Reading
from kith.imports.columns import MEANINGS, Column, Instructions, presets, refuse_missing, score, understand
from kith.imports.days import Order
from kith.imports.rows import Style, Table
from kith.imports.sheets import Row, Sheet

_LOOKED_AT = 60
_PEOPLE = {"name", "given", "family", "nickname", "email", "company"}


def style_of(preset: str) -> Style:
    """The style of a product that is known by name, or of any table."""
    return Style(preset, presets().get(preset, {}))


def header_of(sheet: Sheet, said: Sequence[str] = ()) -> int:
    """Which row holds the headers: the one with the most known ones, of the first; those named by the user count."""
    named = set(map(fold, said))
    ranked = [
        (score(row.cells) + 2 * len(named.intersection(map(fold, row.cells))), -position)
        for position, row in enumerate(sheet.rows[:_LOOKED_AT])
    ]
    best = max(ranked, default=(0, 0))
    return -best[1] if best[0] else 0


def headers_of(sheet: Sheet) -> tuple[str, ...]:
    """The headers of a table."""
    return sheet.rows[header_of(sheet)].cells if sheet.rows else ()


def read(
    sheet: Sheet,
    name: str,
    style: Style,
    today: date,
    *,
    said: Instructions,
    dates: Order | None,
    own: Sequence[Column] = (),
) -> Reading:
    """Everybody in a table.

    Raises:
        Malformed: two columns of one name.
        UsageError: no column holds names, or days cannot be told; says what to do.
    """
    at = header_of(sheet, tuple(said.columns))
    headers = sheet.rows[at].cells if sheet.rows else ()
    refuse_missing(said.columns, headers, name)
    columns = [*understand(headers, {**style.columns, **said.columns}, name), *own]
    if not _PEOPLE.intersection(column.meaning for column in columns):
        raise UsageError(
            f"{name}: kith does not know which column holds the names",
            hint='write a map file with lines such as "Who" = "name" below [map], and say --map FILE;'
            f" a column may mean {', '.join(MEANINGS)}",
            candidates=tuple(f"{header.strip()}" for header in headers if header.strip())[:30],
        )
    reading = Table(style, columns, sheet.rows[at + 1 :], today).read(dates)
    used = {column.position for column in columns} | {column.label_from for column in columns}
    return replace(
        reading,
        understood=tuple((column.header, column.in_words) for column in columns),
        unused=_not_used(headers, used, sheet.rows[at + 1 :]),
        notes=sheet.notes,
    )


def _not_used(headers: Sequence[str], used: set[int | None], rows: Sequence[Row]) -> tuple[str, ...]:
    """The headers of the other columns, of those that hold anything."""
    filled = {position for row in rows for position, cell in enumerate(row.cells) if cell.strip()}
    return tuple(
        header.strip() or f"column {position + 1}"
        for position, header in enumerate(headers)
        if position not in used and position in filled
    )
