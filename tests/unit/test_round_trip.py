"""What kith exports is read back without loss, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kith.core.model import AccountId, Card, CardRef, CardUid, Labelled, PartialDate
from kith.core.period import Period
from kith.errors import UsageError
from kith.exports.plain import as_json
from kith.exports.tables import as_csv, as_xlsx
from kith.exports.vcards import as_vcf
from kith.imports.base import Entry, Said
from kith.imports.kinds import Asked, read
from kith.imports.sheets import defuse, undefuse

ASKED = Asked(date(2026, 11, 2), ZoneInfo("Europe/Lisbon"))
NOBODY = CardRef(AccountId(""), "", CardUid(""))

_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"))
_DANGEROUS = st.sampled_from(
    ["=1+1", "+351 900", "-1", "@home", "'=x", "''+", "'", '=HYPERLINK("x")', 'a;b,c"d', "\\n"]
)
_words = st.text(_LETTERS, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
texts = st.one_of(_words, _DANGEROUS)
maybe = st.one_of(st.just(""), texts)
pages = st.lists(texts, min_size=1, max_size=3).map("\n".join)
lists = st.lists(texts, max_size=3, unique=True).map(tuple)
plain = st.text("abcxyz +@.-_0123456789", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


def labelled(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Labelled, ...]]:
    return st.lists(
        st.builds(Labelled, values, st.one_of(st.sampled_from(["", "home", "work"]), texts)), max_size=3
    ).map(lambda found: tuple({one.value: one for one in found}.values()))


@st.composite
def days(draw: st.DrawFn) -> PartialDate | None:
    if draw(st.booleans()):
        return None
    day = draw(st.dates(date(1905, 1, 1), date(2026, 1, 1)))
    return PartialDate(day.month, day.day, draw(st.sampled_from([None, day.year])))


cards = st.builds(
    Card,
    ref=st.just(NOBODY),
    name=texts,
    given=maybe,
    family=maybe,
    nicknames=lists,
    emails=labelled(plain),
    phones=labelled(plain),
    urls=labelled(plain),
    birthday=days(),
    anniversary=days(),
    organisation=maybe,
    job_title=maybe,
    city=maybe,
    country=maybe,
    note=st.one_of(st.just(""), pages),
    labels=lists,
)
said = st.builds(
    Said,
    st.dates(date(2000, 1, 1), date(2026, 11, 2)),
    st.one_of(st.just(""), pages),
    st.sampled_from(["", "call", "meet"]),
)
entries = st.lists(
    st.builds(
        Entry,
        where=st.just(""),
        card=cards,
        circle=st.sampled_from(["", "friends"]),
        every=st.sampled_from([None, Period(days=10), Period(months=3)]),
        met=maybe,
        facts=st.lists(pages, max_size=2, unique=True).map(tuple),
        said=st.lists(said, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [replace(entry, person=f"id{number}") for number, entry in enumerate(found)])


def read_back(data: bytes, name: str) -> list[Entry]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        reading = read(path, ASKED)
    assert reading.refused == reading.remarks == ()
    return [replace(entry, where="", card=replace(entry.card, ref=NOBODY)) for entry in reading.entries]


@settings(max_examples=40)
@given(entries)
def test_a_table_comes_back_without_loss(people: list[Entry]) -> None:
    assert read_back(as_csv(people), "people.csv") == people


@settings(max_examples=25)
@given(entries)
def test_a_workbook_comes_back_without_loss(people: list[Entry]) -> None:
    assert read_back(as_xlsx(people), "people.xlsx") == people


@settings(max_examples=40)
@given(entries)
def test_json_comes_back_without_loss(people: list[Entry]) -> None:
    assert read_back(as_json(people), "people.json") == people


@settings(max_examples=40)
@given(entries)
def test_cards_come_back_without_loss(people: list[Entry]) -> None:
    assert [entry.card for entry in read_back(as_vcf(people), "people.vcf")] == [entry.card for entry in people]


@settings(max_examples=40)
@given(entries)
def test_nothing_in_a_table_is_a_formula(people: list[Entry]) -> None:
    for row in csv.reader(io.StringIO(as_csv(people).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@settings(max_examples=10)
@given(entries)
def test_nothing_in_a_workbook_is_a_formula(people: list[Entry]) -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(people))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


@given(st.text())
def test_defusing_is_undone(text: str) -> None:
    assert undefuse(defuse(text)) == text


def test_what_is_too_long_for_a_cell_is_not_cut_off() -> None:
    talk = Said(date(2026, 1, 1), "x" * 40_000)
    people = [Entry("", Card(NOBODY, "Ana"), said=(talk,), person="a")]
    with pytest.raises(UsageError, match="too long for a cell"):
        as_xlsx(people)
    assert read_back(as_json(people), "people.json") == people
