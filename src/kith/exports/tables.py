"""People as a table: CSV, or a workbook. What a spreadsheet would take for a formula is made plain text.

The columns are those of :mod:`kith.imports.own`, which reads them back without loss.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from kith.core.model import Card
from kith.errors import UsageError
from kith.imports.base import Entry
from kith.imports.own import COLUMNS, LABELLED, MANY
from kith.imports.said import facts_text, said_text
from kith.imports.sheets import defuse

_LONGEST_CELL = 32_767
"""What a cell of a workbook may hold; openpyxl cuts off the rest without a word."""


def as_csv(entries: Sequence[Entry]) -> bytes:
    """Comma-separated, in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(entries))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(entries: Sequence[Entry]) -> bytes:
    """A workbook with one sheet. Raises UsageError where a cell would be too long for one."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    rows = _rows(entries)
    for row in rows:
        if any(len(text) > _LONGEST_CELL for text in row):
            hint = "say `--as csv` or `--as json`"
            raise UsageError(f"what was said with {row[1]} is too long for a cell of a workbook", hint=hint)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.freeze_panes = "B2"
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text or None)
            if text:
                cell.data_type = "s"
            if not number:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _rows(entries: Sequence[Entry]) -> list[list[str]]:
    most = {field: max((len(getattr(entry.card, field)) for entry in entries), default=0) for field in LABELLED}
    numbered = [
        f"{LABELLED[field]} {number} - {part}"
        for field, count in most.items()
        for number in range(1, count + 1)
        for part in ("Label", "Value")
    ]
    return [[*COLUMNS, *numbered], *([*_plain(entry), *_labelled(entry.card, most)] for entry in entries)]


def _plain(entry: Entry) -> list[str]:
    card = entry.card
    values = {
        "id": entry.person,
        "name": card.name,
        "given": card.given,
        "family": card.family,
        "nickname": MANY.join(card.nicknames),
        "circle": entry.circle,
        "every": str(entry.every or ""),
        "tags": MANY.join(card.labels),
        "birthday": str(card.birthday or ""),
        "anniversary": str(card.anniversary or ""),
        "company": card.organisation,
        "job": card.job_title,
        "city": card.city,
        "country": card.country,
        "met": entry.met,
        "facts": facts_text(entry.facts),
        "conversations": said_text(entry.said),
        "note": card.note,
    }
    return [defuse(values[meaning]) for meaning in COLUMNS.values()]


def _labelled(card: Card, most: dict[str, int]) -> list[str]:
    cells = []
    for field, count in most.items():
        values = getattr(card, field)
        for position in range(count):
            cells += [values[position].label, values[position].value] if position < len(values) else ["", ""]
    return [defuse(cell) for cell in cells]
