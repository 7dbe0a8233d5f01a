"""Files as products write them, in their awkward variants, and what cannot be read: a clear word, and nobody."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from kith.core.model import CardRef, Labelled, PartialDate
from kith.core.period import Period
from kith.errors import KithError, Malformed, UsageError
from kith.imports import archives, sheets
from kith.imports.base import Entry, Reading, Said
from kith.imports.kinds import Asked, known_kinds, read

SAMPLES = Path(__file__).parents[1] / "data" / "imports"
ASKED = Asked(date(2026, 11, 2), ZoneInfo("Europe/Lisbon"))


def sample(name: str, **asked: object) -> Reading:
    return read(SAMPLES / name, replace(ASKED, **asked))  # type: ignore[arg-type]


def written(folder: Path, content: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def names(reading: Reading) -> list[str]:
    return [entry.card.name for entry in reading.entries]


def first(reading: Reading) -> Entry:
    return reading.entries[0]


# LinkedIn


@pytest.mark.parametrize(
    ("name", "people", "met"),
    [
        ("linkedin_2018.csv", ["Ana Souza", "Rui Carvalho"], "connected on LinkedIn on 11 Apr 2018"),
        ("linkedin_2021.csv", ["Ana Souza", "Rui Carvalho"], "connected on LinkedIn on 1 Jan 2021"),
        ("linkedin_2024.csv", ["Ana Souza", "Rui Carvalho"], "connected on LinkedIn on 9 Apr 2024"),
        ("linkedin_2026.csv", ["Ana Souza", "José Muñoz", "🚀", "李 小龍"], "connected on LinkedIn on 15 Jul 2026"),
        ("linkedin_german.csv", ["Jürgen Groß"], "connected on LinkedIn on 3 Mar 2025"),
        ("linkedin_resaved.csv", ["José Muñoz", "Zoë Brontë"], "connected on LinkedIn on 12 Apr 2024"),
    ],
)
def test_connections_of_every_year(name: str, people: list[str], met: str) -> None:
    reading = sample(name)
    assert (reading.kind, names(reading), first(reading).met) == ("linkedin", people, met)
    assert not any(entry.said for entry in reading.entries), "who connected was not talked to"


def test_a_connection_without_name_and_address_is_left_out_with_its_line() -> None:
    assert [(item.where, item.reason) for item in sample("linkedin_2026.csv").refused] == [
        ("line 9", "has no name, no e-mail and no company")
    ]


def test_a_connection_is_known_by_its_profile_in_every_spelling(tmp_path: Path) -> None:
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    spellings = ("https://www.linkedin.com/in/zé/", "http://pt.linkedin.com/in/Z%C3%A9?x=1", "linkedin.com/in/zé#top")
    found = [first(read(written(tmp_path, f"{header}Z,Y,{url},,,,\n"), ASKED)).card.ref for url in spellings]
    assert len(set(found)) == 1


def archive(folder: Path, **members: bytes) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(f"Basic_Export/{name}.csv", content)
    return path


def test_the_archive_gives_the_last_exchange_between_two_and_no_group_s(tmp_path: Path) -> None:
    connections, messages = ((SAMPLES / f"linkedin_{name}.csv").read_bytes() for name in ("2026", "messages"))
    reading = read(archive(tmp_path, Connections=connections, messages=messages), ASKED)
    assert {entry.card.name: entry.said for entry in reading.entries} == {
        "Ana Souza": (Said(date(2026, 7, 1), "See you in May,\nwith Rui", "message"),),
        "José Muñoz": (),
        "🚀": (),
        "李 小龍": (),
    }


def test_an_archive_of_something_else_says_so(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"without LinkedIn's Connections\.csv"):
        read(archive(tmp_path, Photos=b"", Videos=b""), ASKED)


# Address books


def test_google_contacts_with_the_old_headers() -> None:
    reading = sample("google_old.csv")
    ana, rui = (entry.card for entry in reading.entries)
    assert (reading.kind, ana.name, ana.given, ana.nicknames) == ("google", "Ana Souza", "Ana", ("Aninha",))
    assert ana.emails == (
        Labelled("ana@example.org", "home"),
        Labelled("ana.souza@example.com", "home"),
        Labelled("ana@work.example", "work"),
    )
    assert [phone.value for phone in ana.phones] == ["+351 900 000 000", "+351 900 000 001"]
    assert (ana.labels, rui.labels) == (("Family",), ("friends",))
    assert (ana.note, ana.city) == ("Lent me the Ferrante\nLibrary opens in May", "Lisboa")
    assert (ana.birthday, rui.birthday) == (PartialDate(12, 3, 1984), PartialDate(11, 9))


def test_google_contacts_with_the_new_headers() -> None:
    reading = sample("google_new.csv")
    ana, rui, bakery = (entry.card for entry in reading.entries)
    assert (ana.name, ana.labels, ana.anniversary) == ("Ana Maria Souza", ("Family",), PartialDate(6, 15, 2010))
    assert ana.phones == (Labelled("+351 900 000 000", "mobile"),)
    assert (rui.birthday, rui.labels) == (PartialDate(6, 15), ("Friends",))
    assert bakery.name == "Padaria Sol"
    assert "Photo" in reading.unused


@pytest.mark.parametrize("name", ["outlook_com.csv", "outlook_google.csv"])
def test_outlook(name: str) -> None:
    reading = sample(name)
    ana = first(reading).card
    assert (reading.kind, ana.name, ana.job_title, ana.birthday) == (
        *("outlook", "Ana Souza", "Librarian"),
        PartialDate(12, 3, 1984),
    )
    assert Labelled("+351 900", "mobile") in ana.phones


def test_vcards_of_one_file_keep_their_keys(tmp_path: Path) -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nEMAIL:{0}@example.org\r\nEND:VCARD\r\n"
    alone = read(written(tmp_path, card.format("Ana"), "ana.vcf"), ASKED)
    other = read(written(tmp_path, card.format("Rui"), "rui.vcf"), ASKED)
    both = read(written(tmp_path, card.format("Rui") + card.format("Ana"), "all.vcf"), ASKED)
    keys: Callable[[Reading], set[CardRef]] = lambda reading: {entry.card.ref for entry in reading.entries}  # noqa: E731
    assert keys(both) == keys(alone) | keys(other)
    assert keys(alone) != keys(other)


@pytest.mark.parametrize("path", sorted((SAMPLES.parent / "vcards").glob("*.vcf")), ids=lambda path: path.name)
def test_every_vcard_that_an_address_book_may_hold_can_be_imported(path: Path) -> None:
    if "group_" in path.name or "_group" in path.name:
        with pytest.raises(Malformed, match="holds nobody"):
            read(path, ASKED)
        return
    reading = read(path, ASKED)
    assert reading.kind == "vcard"
    assert len({entry.card.ref for entry in reading.entries}) == len(reading.entries)


# Personal CRMs


def test_monica_gives_what_was_said_how_often_and_how_one_met() -> None:
    reading = sample("monica.json")
    ana, rui = reading.entries
    assert names(reading) == ["Ana Maria Souza", "Rui"], "who is only somebody's relation is none of them"
    assert ana.said == (
        Said(date(2026, 3, 4), "I: How are you?\nWell!", "message", "v1"),
        Said(date(2026, 5, 3), "Dinner\nPasta", "meet", "y1"),
        Said(date(2026, 9, 6), "New job", "call", "k1"),
    )
    assert (ana.every, ana.met) == (Period(days=30), "through Rui, on 1 Sep 2010")
    assert (ana.card.birthday, rui.card.birthday) == (PartialDate(12, 3), None), "an age is no birthday"
    assert ana.facts == ("Food: No nuts", "Lent me the Ferrante (note of 1 Jun 2023)")
    assert ana.card.emails == (Labelled("ana@example.org"),)
    assert rui.said == (Said(date(2026, 2, 1), key="last_talked_to"),)
    assert reading.unused == ("reminders",)


def test_a_preset_has_an_account_of_its_own_and_reads_its_columns() -> None:
    reading = sample("dex.csv", kind="dex")
    assert (reading.account, first(reading).note) == ("import:dex", "Likes fado")
    assert first(reading).said == (Said(date(2026, 5, 1)),)


# Any table


def test_headers_are_understood_in_many_languages() -> None:
    german = sample("table_german.csv")
    assert names(german) == ["Jürgen Groß", "Käthe Müller"]
    assert (first(german).circle, first(german).every, first(german).note) == (
        *("Friends", Period(months=1)),
        "Backt;\nund singt",
    )
    assert first(german).said == (Said(date(2025, 12, 24)),)
    spanish = first(sample("table_spanish.tsv")).card
    assert (spanish.birthday, spanish.labels) == (PartialDate(5, 3, 1980), ("familia", "músicos"))
    assert spanish.phones == (Labelled("+34 600", "mobile"),)


def test_a_row_keeps_what_can_be_read_of_it() -> None:
    reading = sample("table_crm.csv")
    assert names(reading) == ["Ana Souza", "Rui Carvalho", "Zé Novo"]
    assert [entry.every for entry in reading.entries] == [Period(days=14), Period(days=14), None]
    assert [(item.where, item.reason) for item in reading.refused] == [("line 5", "is the same person as line 2")]
    assert [item.where for item in reading.remarks] == ["line 4", "line 4"]
    assert reading.unused == ("Score",)


def test_a_map_says_what_columns_mean(tmp_path: Path) -> None:
    table = written(tmp_path, "A;B;C;D\nAna;x;+351 1;3/4/2020\nRui;y;;5/6/2020\n")
    said = written(
        tmp_path,
        'delimiter = ";"\ndates = "month-first"\n[map]\nA = "name"\nB = "fact"\nC = "phone work"\nD = "last_contact"\n',
        "map.toml",
    )
    ana = first(read(table, replace(ASKED, map_file=said)))
    assert (ana.card.name, ana.facts, ana.card.phones) == ("Ana", ("x",), (Labelled("+351 1", "work"),))
    assert ana.said == (Said(date(2020, 3, 4)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[map]\nA = \n", "map.toml: "),
        ("[maps]\n", "there is no “maps”"),
        ('[map]\nA = "nme"\n', "nothing that a column can mean"),
        ('[map]\nA = "name first"\n', "nothing that a column can mean"),
        ('[map]\nX = "name"\n', "has no column “X”"),
        ('dates = "sometimes"\n', "dates is one of"),
        ('encoding = "klingon"\n', "is not in the encoding"),
    ],
)
def test_a_map_that_is_wrong_says_how(tmp_path: Path, text: str, message: str) -> None:
    asked = replace(ASKED, map_file=written(tmp_path, text, "map.toml"))
    with pytest.raises(UsageError) as caught:
        read(written(tmp_path, "A,B\nAna,1\n"), asked)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("days", "dates", "expected"),
    [
        (("2026-03-04",), None, [date(2026, 3, 4)]),
        (("3/4/2026", "13/4/2026"), None, [date(2026, 4, 3), date(2026, 4, 13)]),
        (("3/4/2026", "4/13/2026"), None, [date(2026, 3, 4), date(2026, 4, 13)]),
        (("3/4/2026",), "day-first", [date(2026, 4, 3)]),
        (("3.4.2026",), None, [date(2026, 4, 3)]),
        (("4/4/2026",), None, [date(2026, 4, 4)]),
        (("4 de maio de 2026", "May 5, 2026", "6-Jun-26", "7. März 2026"), None, None),
    ],
)
def test_days_are_read_by_looking_at_the_whole_column(
    tmp_path: Path, days: tuple[str, ...], dates: str | None, expected: list[date] | None
) -> None:
    rows = "".join(f'P{number},"{day}"\n' for number, day in enumerate(days))
    reading = read(written(tmp_path, f"Name,Last contact\n{rows}"), replace(ASKED, dates=dates))  # type: ignore[arg-type]
    wanted = expected or [date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 6), date(2026, 3, 7)]
    assert [entry.said[0].day for entry in reading.entries] == wanted


def test_another_column_settles_the_order(tmp_path: Path) -> None:
    table = "Name,Birthday,Last contact\nAna,31/12/1984,3/4/2026\n"
    assert first(read(written(tmp_path, table), ASKED)).said == (Said(date(2026, 4, 3)),)


@pytest.mark.parametrize("days", [("3/4/2026",), ("13/4/2026", "4/13/2026")])
def test_days_that_cannot_be_told_are_refused_with_the_option_that_settles_it(
    tmp_path: Path, days: tuple[str, ...]
) -> None:
    rows = "".join(f"P{number},{day}\n" for number, day in enumerate(days))
    with pytest.raises(UsageError) as caught:
        read(written(tmp_path, f"Name,Last contact\n{rows}"), ASKED)
    assert "--dates day-first" in caught.value.hint


# Spreadsheets


def workbook(folder: Path, rows: list[list[object]], *, merge: str = "") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.create_sheet("Other")
    path = folder / "people.xlsx"
    book.save(path)
    return path


PEOPLE: list[list[object]] = [
    ["My people", None, None, None],
    ["Name", "Phone", "Last contact", "Notes"],
    ["Ana Souza", 351900000000, date(2026, 10, 1), "=not a formula"],
    [None, None, None, None],
    ["Rui", "'+351 1", None, None],
]


def test_a_workbook(tmp_path: Path) -> None:
    rows = [row[:3] for row in PEOPLE]
    reading = read(workbook(tmp_path, rows, merge="A1:C1"), ASKED)
    ana, rui = reading.entries
    assert (ana.where, ana.said, ana.card.phones) == (
        *("row 3", (Said(date(2026, 10, 1)),)),
        (Labelled("351900000000"),),
    )
    assert (rui.where, rui.card.phones) == ("row 5", (Labelled("+351 1"),))


def test_merged_cells_among_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="A3:A4 are merged") as caught:
        read(workbook(tmp_path, [row[:3] for row in PEOPLE], merge="A3:A4"), ASKED)
    assert "unmerge" in caught.value.hint


def test_a_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="row 3: a cell holds a formula without a value"):
        read(workbook(tmp_path, PEOPLE), ASKED)


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Sheet1">
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
<table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell><table:table-cell/>
<table:table-cell><text:p>Birthday</text:p></table:table-cell><table:table-cell><text:p>Notes</text:p></table:table-cell>
</table:table-row>
<table:table-row>{cell}<text:p>Ana<text:s text:c="1"/>Souza</text:p></table:table-cell><table:table-cell/>
<table:table-cell office:value-type="date" office:date-value="1984-12-03"><text:p>03/12/84</text:p></table:table-cell>
<table:table-cell><text:p>Lent me</text:p><text:p>the <text:span>Ferrante</text:span></text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048500"><table:table-cell/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(folder: Path, content: str) -> Path:
    path = folder / "people.ods"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)
    return path


@pytest.mark.parametrize("name", ["table_people.xlsx", "table_people.ods"])
def test_a_spreadsheet_as_an_office_program_saves_it(name: str) -> None:
    reading = sample(name)
    ana, rui = reading.entries
    assert (ana.card.name, ana.card.birthday, ana.note) == (
        "Ana Souza",
        PartialDate(12, 3, 1984),
        "Lent me\nthe Ferrante",
    )
    assert (ana.circle, ana.every, ana.said) == ("inner", Period(days=14), (Said(date(2026, 10, 1)),))
    assert rui.card.phones == (Labelled("+351 900", "mobile"),)


def test_an_open_document(tmp_path: Path) -> None:
    ana = first(read(ods(tmp_path, ODS.replace("{cell}", "<table:table-cell>")), ASKED))
    assert (ana.where, ana.card.name, ana.note) == ("row 4", "Ana Souza", "Lent me\nthe Ferrante")
    assert ana.card.birthday == PartialDate(12, 3, 1984)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ODS.replace("{cell}", '<table:table-cell table:number-rows-spanned="2">'), "cells are merged in row 4"),
        (ODS[:700], "is damaged"),
        ('<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "is empty"),
    ],
)
def test_an_open_document_that_cannot_be_told(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(ods(tmp_path, content), ASKED)
    assert message in caught.value.message


# What is no list of people


def bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Connections.csv", b"0" * 2_000)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"PK\x03\x04 and no more", "cut off or damaged"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"\x1f\x8b\x08", "packed with gzip"),
        (b"<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a table"),
        (b'{"account": {"data": [', "is not JSON as a whole"),
        (b'{"people": 1}', "JSON of no kind"),
        (b'{"account": {"data": [{"type": "contacts", "values": [{}]}]}}', "not as Monica 4 writes it"),
        (b'{"kith": 2, "people": []}', "written by a newer kith"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "holds no card that can be read"),
        (b"Name,Email\n", "holds nobody"),
        (b"Name,Birthday,Birthday\nAna,,\n", "two columns called “Birthday”: B and C"),
        (b"foo,bar\n1,2\n", "does not know which column holds the names"),
        (b"Name,Notes\nAna,\"and so on\nRui,x\nZe,y\n", "the quote that opens in line 2 is never closed"),
        (b"\xff\xfeN\x00a\x00m\x00e\x00\n", "cut off or damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(KithError) as caught:
        read(written(tmp_path, content), ASKED)
    assert message in caught.value.message
    assert isinstance(caught.value, Malformed | UsageError)


def test_a_truncated_archive_is_named(tmp_path: Path) -> None:
    whole = workbook(tmp_path, [row[:3] for row in PEOPLE]).read_bytes()
    for length in (len(whole) // 2, len(whole) - 30):
        with pytest.raises(Malformed, match="cut off or damaged"):
            read(written(tmp_path, whole[:length], "half.xlsx"), ASKED)


def test_an_archive_that_unpacks_to_too_much_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bomb(tmp_path)
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000)
    with pytest.raises(Malformed, match="too big for a list of people"):
        read(path, ASKED)
    with pytest.raises(Malformed, match="too big for a list of people: more than 100 MB when it is unpacked"):
        read(workbook(tmp_path, [row[:3] for row in PEOPLE]), ASKED)


def test_too_many_rows_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 50)
    path = written(tmp_path, "Name\n" + "".join(f"Person {number}\n" for number in range(100)))
    with pytest.raises(Malformed, match="more than 50 rows"):
        read(path, ASKED)


def test_a_kind_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(written(tmp_path, "Name\nAna\n"), replace(ASKED, kind="faceboook"))
    assert set(caught.value.candidates) == {*known_kinds()} >= {"linkedin", "uphabit", "dex", "monica", "table"}
