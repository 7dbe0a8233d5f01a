"""The first table of an OpenDocument spreadsheet that holds anything, as rows of text. Read only, and with limits.

Follows OpenDocument 1.3, part 3: ``table:table-row`` and ``table:table-cell`` may stand for many of their kind
(``number-rows-repeated``, ``number-columns-repeated``); covered cells are those that a merged one lies over.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kith.errors import Malformed
from kith.imports.archives import member_bytes, opened
from kith.imports.sheets import Row, Sheet, refuse_too_many
from kith.imports.tables import header_of

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_COLUMNS = 1000


def fits(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is an OpenDocument spreadsheet."""
    return "mimetype" in archive.namelist() and member_bytes(archive, "mimetype").strip().startswith(_MIMETYPE)


def read_sheet(path: Path) -> Sheet:
    """The rows of the first table that is not empty. Raises Malformed."""
    with opened(path) as archive:
        try:
            content = member_bytes(archive, "content.xml")
        except KeyError:
            raise Malformed(f"{path.name} is no spreadsheet: it has no content") from None
    for table in _tables(content, path.name):
        rows, merged = table
        if rows:
            sheet = Sheet(tuple(rows))
            header = int(rows[header_of(sheet)].where.removeprefix("row "))
            below = [number for number in merged if number >= header]
            if below:
                raise Malformed(
                    f"{path.name}: cells are merged in row {below[0]}, and kith cannot tell whose they are",
                    hint="unmerge them in the spreadsheet program and save it; nothing was changed",
                )
            return sheet
    raise Malformed(f"{path.name} is empty")


def _tables(content: bytes, name: str) -> Iterator[tuple[list[Row], list[int]]]:
    """Each table's rows, and the numbers of those with merged cells."""
    events = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag=(f"{_TABLE}table-row", f"{_TABLE}table"),
        resolve_entities=False,
        no_network=True,
    )
    rows: list[Row] = []
    merged: list[int] = []
    number = 1
    try:
        for _, element in events:
            if element.tag == f"{_TABLE}table":
                yield rows, merged
                rows, merged, number = [], [], 1
            else:
                cells = tuple(_cells(element))
                times = _repeated(element, "rows")
                if any(cells):
                    refuse_too_many(len(rows) + times, name)
                    rows += [Row(f"row {number + more}", cells) for more in range(times)]
                    if any(cell.tag == f"{_TABLE}covered-table-cell" or _spans(cell) for cell in element):
                        merged.append(number)
                number += times
            element.clear()
    except etree.XMLSyntaxError as error:
        raise Malformed(f"{name} is damaged", hint="save it again; nothing was changed") from error


def _cells(row: etree._Element) -> Iterator[str]:
    count = 0
    for cell in row:
        times = min(_repeated(cell, "columns"), _MOST_COLUMNS - count)
        text = _value(cell)
        yield from [text] * times
        count += times


def _value(cell: etree._Element) -> str:
    """A day in ISO 8601, a whole number without a point, else the text as it is shown."""
    if cell.get(f"{_OFFICE}value-type") == "date":
        return (cell.get(f"{_OFFICE}date-value") or "").partition("T")[0]
    return "\n".join(_shown(line) for line in cell.iterfind(f"{_TEXT}p"))


def _shown(element: etree._Element) -> str:
    """The text of a paragraph; spaces and line ends are elements there."""
    text = element.text or ""
    for part in element:
        if part.tag == f"{_TEXT}s":
            text += " " * min(int(part.get(f"{_TEXT}c") or 1), 100)
        elif part.tag == f"{_TEXT}line-break":
            text += "\n"
        elif part.tag == f"{_TEXT}tab":
            text += "\t"
        elif not str(part.tag).endswith("}annotation"):
            text += _shown(part)
        text += part.tail or ""
    return text


def _repeated(element: etree._Element, what: str) -> int:
    written = element.get(f"{_TABLE}number-{what}-repeated") or "1"
    return int(written) if written.isdecimal() and len(written) < 9 else 1


def _spans(cell: etree._Element) -> bool:
    return any((cell.get(f"{_TABLE}number-{what}-spanned") or "1") != "1" for what in ("columns", "rows"))
