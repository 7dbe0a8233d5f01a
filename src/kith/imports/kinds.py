"""Which reader a file is for: told from its contents, never from its name alone, and overruled by ``--as``."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

from kith.errors import Malformed, UsageError
from kith.imports import google_csv, linkedin, monica, ods, outlook_csv, own, tables, vcards, xlsx
from kith.imports.archives import file_bytes, member_bytes, opened
from kith.imports.base import Reading
from kith.imports.columns import Instructions, instructions, presets, score
from kith.imports.days import ORDERS, Order
from kith.imports.rows import Style
from kith.imports.sheets import Sheet, decoded, read_text

TABLE = "table"
"""Any table of people, of no product that is known."""
_STYLES = {
    "linkedin": linkedin.style,
    "google": google_csv.style,
    "outlook": outlook_csv.style,
    own.KIND: own.style,
}
_NO_TABLES = (vcards.KIND, monica.KIND)
_KINDS = "it takes CSV, TSV, XLSX, ODS, vCard, LinkedIn's archive, Monica's JSON, and what kith itself exported"
_SIGNS = (
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls)", "save it as .xlsx or .csv"),
    (b"%PDF", "is a PDF", "export the table itself, as .csv or .xlsx"),
    (b"SQLite format 3", "is a database", "export it as .csv"),
    (b"\x1f\x8b", "is packed with gzip", "unpack it first"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says about a file, and what it is read against. Empty and None: kith looks."""

    today: date
    zone: tzinfo
    kind: str = ""
    dates: Order | None = None
    map_file: Path | None = None


def known_kinds() -> tuple[str, ...]:
    """Everything that ``--as`` takes."""
    return (*_STYLES, *_NO_TABLES, *presets(), TABLE)


def read(path: Path, asked: Asked) -> Reading:
    """Everybody in the file; nothing is stored.

    Raises:
        Malformed: it cannot be read; says what it is, and what to do.
        UsageError: the user has to say more.
    """
    if asked.kind and asked.kind not in known_kinds():
        raise UsageError(f"there is no kind of file called “{asked.kind}”", candidates=known_kinds())
    said = _said(asked)
    reading = _archive(path, asked, said) if zipfile.is_zipfile(path) else _plain(path, asked, said)
    if not reading.entries and not reading.refused:
        raise Malformed(f"{path.name} holds nobody", hint="nothing was changed")
    return reading


def _said(asked: Asked) -> Instructions:
    if asked.map_file is None:
        return Instructions({})
    text, _ = decoded(file_bytes(asked.map_file), asked.map_file.name)
    said = instructions(text, asked.map_file.name)
    if said.dates and said.dates not in ORDERS:
        raise UsageError(f"{asked.map_file.name}: dates is one of {' and '.join(ORDERS)}")
    return said


def _archive(path: Path, asked: Asked, said: Instructions) -> Reading:
    with opened(path) as archive:
        is_workbook, is_ods = xlsx.fits(archive), ods.fits(archive)
        if not is_workbook and not is_ods:
            return _archived(path, archive, asked, said)
    sheet = (xlsx if is_workbook else ods).read_sheet(path)
    return _table(sheet, path.name, asked, said)


def _archived(path: Path, archive: zipfile.ZipFile, asked: Asked, said: Instructions) -> Reading:
    """LinkedIn's archive; of any other, the one file in it that kith can read."""
    name = linkedin.connections_in(archive)
    if name and asked.kind in ("", "linkedin"):
        sheet = _sheet(member_bytes(archive, name), name, said)
        reading = _table(sheet, name, replace(asked, kind="linkedin"), said)
        return linkedin.with_messages(reading, archive, asked.zone, asked.today)
    inside = [one for one in archive.namelist() if one.casefold().endswith((".vcf", ".csv", ".json"))]
    if len(inside) != 1:
        raise Malformed(
            f"{path.name} is an archive without LinkedIn's Connections.csv",
            hint="unpack it, and import one of the files in it" if inside else _KINDS,
        )
    return _from_bytes(member_bytes(archive, inside[0]), inside[0], asked, said)


def _plain(path: Path, asked: Asked, said: Instructions) -> Reading:
    data = file_bytes(path)
    if data[:2] == b"PK":
        raise Malformed(f"{path.name} is cut off or damaged", hint="download or save it again; nothing was changed")
    return _from_bytes(data, path.name, asked, said)


def _from_bytes(data: bytes, name: str, asked: Asked, said: Instructions) -> Reading:
    for sign, what, hint in _SIGNS:
        if data.startswith(sign):
            raise Malformed(f"{name} {what}", hint=hint)
    if not data.strip():
        raise Malformed(f"{name} is empty", hint="nothing was changed")
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if asked.kind == vcards.KIND or re.search(rb"^begin:vcard", start, re.MULTILINE):
        return vcards.read(data, name)
    if asked.kind == monica.KIND or start.startswith((b"{", b"[{")):
        return _json(data, name, asked)
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Malformed(f"{name} is a web page, or another XML file", hint=_KINDS)
    return _table(_sheet(data, name, said), name, asked, said)


def _json(data: bytes, name: str, asked: Asked) -> Reading:
    text, _ = decoded(data, name)
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed(f"{name} is not JSON as a whole: it is cut off or damaged", hint="export it again") from None
    if own.fits(found):
        return own.read(found, name, asked.today)
    if monica.fits(found):
        return monica.read(found, name, asked.zone, asked.today)
    raise Malformed(f"{name} is JSON of no kind that kith knows", hint=_KINDS)


def _sheet(data: bytes, name: str, said: Instructions) -> Sheet:
    text, told = decoded(data, name, said.encoding)
    named = {*said.columns}
    sheet = read_text(text, name, lambda cells: score(cells) + 2 * len(named.intersection(cells)), said.delimiter)
    return replace(sheet, notes=(*((told,) if told else ()), *sheet.notes))


def _table(sheet: Sheet, name: str, asked: Asked, said: Instructions) -> Reading:
    headers = tables.headers_of(sheet)
    kind = asked.kind or _kind_of(headers)
    style: Style = _STYLES[kind]() if kind in _STYLES else tables.style_of(kind)
    own_columns = own.own_columns(headers) if kind == own.KIND else ()
    order = asked.dates or _order(said.dates)
    return tables.read(sheet, name, style, asked.today, said=said, dates=order, own=own_columns)


def _order(text: str) -> Order | None:
    return next((order for order in ORDERS if order == text), None)


def _kind_of(headers: Sequence[str]) -> str:
    if own.fits_table(headers):
        return own.KIND
    if google_csv.fits(headers):
        return "google"
    if outlook_csv.fits(headers):
        return "outlook"
    if linkedin.fits(headers):
        return "linkedin"
    return TABLE
