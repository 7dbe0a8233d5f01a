"""The first sheet of an Excel workbook that holds anything, as rows of text. Read only, and with limits.

A formula counts by the value that the spreadsheet computed last; without one, and where cells are merged below the
header, nobody can say what a row holds: such a sheet is refused.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kith.errors import Malformed
from kith.imports.archives import member_bytes, opened, refuse_too_big
from kith.imports.sheets import Row, Sheet, refuse_too_many
from kith.imports.tables import header_of

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_SAVE_AGAIN = "open it in the spreadsheet program and save it again; nothing was changed"


def fits(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is a workbook."""
    return "xl/workbook.xml" in archive.namelist()


def read_sheet(path: Path) -> Sheet:
    """The rows of the first sheet that is not empty. Raises Malformed."""
    from openpyxl import load_workbook

    with opened(path) as archive:
        refuse_too_big(archive, path.name)
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        xml = {name: member_bytes(archive, name) for name in parts}
    try:
        # openpyxl raises whatever its many parts raise over a file that is not quite a workbook.
        book = load_workbook(path, read_only=True, data_only=True)
        formulas = load_workbook(path, read_only=True) if any(map(_FORMULA.search, xml.values())) else None
        try:
            for sheet in book.worksheets:
                rows = list(_rows(sheet, formulas[sheet.title] if formulas is not None else None, path.name))
                if rows:
                    part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")  # which openpyxl keeps to itself
                    return _checked(rows, xml.get(part, b""), path.name, sheet.title, len(book.worksheets))
        finally:
            book.close()
            if formulas is not None:
                formulas.close()
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(f"{path.name} is damaged, or no workbook: {type(error).__name__}", hint=_SAVE_AGAIN) from error
    raise Malformed(f"{path.name} is empty")


def _rows(sheet: Any, formulas: Any, name: str) -> Iterator[Row]:  # noqa: ANN401 -- openpyxl's sheets have no type of their own
    from itertools import repeat

    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()
    other = formulas.iter_rows(values_only=True) if formulas is not None else repeat(())
    count = 0
    for number, (values, written) in enumerate(zip(sheet.iter_rows(values_only=True), other, strict=False), 1):
        for position, formula in enumerate(written):
            if isinstance(formula, str) and formula.startswith("=") and values[position] is None:
                raise Malformed(f"{name}, row {number}: a cell holds a formula without a value", hint=_SAVE_AGAIN)
        cells = tuple(_text(value) for value in values)
        if any(cells):
            count += 1
            refuse_too_many(count, name)
            yield Row(f"row {number}", cells)
        elif number > 1_100_000:
            return


def _checked(rows: list[Row], xml: bytes, name: str, title: str, sheets: int) -> Sheet:
    """The rows, unless cells among them are merged. Raises Malformed."""
    sheet = Sheet(tuple(rows), (f"read the sheet “{title}”, the first of {sheets}",) if sheets > 1 else ())
    first = int(rows[header_of(sheet)].where.removeprefix("row "))
    for found in _MERGED.finditer(xml):
        if int(found[4]) >= first:
            area = f"{found[1].decode()}{found[2].decode()}:{found[3].decode()}{found[4].decode()}"
            raise Malformed(
                f"{name}: the cells {area} are merged, and kith cannot tell whose they are",
                hint="unmerge them in the spreadsheet program and save it; nothing was changed",
            )
    return sheet


def _text(value: object) -> str:
    """A cell as a CSV would have it: days in ISO 8601, whole numbers without a point."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)
