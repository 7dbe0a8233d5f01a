"""A table's rows to people, once it is known what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kith.core.brief import day_text
from kith.core.model import Card, Labelled, PartialDate
from kith.core.period import Period
from kith.imports.base import Entry, Naming, Reading, Refused, Said, identity
from kith.imports.columns import DATES, LABELLED, Column
from kith.imports.days import Order, day_of, full_day, order_of
from kith.imports.said import facts_from, said_from
from kith.imports.sheets import Row, undefuse

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_AT_EACH = {"email": re.compile(r"[;,\s]+"), "phone": re.compile(r"[;\n]| / "), "link": re.compile(r"[;\s]+(?=\S)")}
_LIST = re.compile(r"[;,\n]")
_USUAL_LABELS = frozenset(
    {"home", "work", "mobile", "other", "main", "fax", "pager", "home fax", "work fax", "profile"}
)
_EVERY = {
    **dict.fromkeys(("weekly", "every week", "wöchentlich", "hebdomadaire", "semanal"), "1w"),
    **dict.fromkeys(("biweekly", "fortnightly", "every two weeks", "every other week"), "2w"),
    **dict.fromkeys(("monthly", "every month", "monatlich", "mensuel", "mensual", "mensal"), "1m"),
    **dict.fromkeys(("bimonthly", "every two months", "every other month"), "2m"),
    **dict.fromkeys(("quarterly", "every quarter", "vierteljährlich", "trimestriel", "trimestral"), "3m"),
    **dict.fromkeys(("twice a year", "half yearly", "biannually", "semiannually", "halbjährlich"), "6m"),
    **dict.fromkeys(("yearly", "annually", "every year", "jährlich", "annuel", "anual"), "1y"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one product writes its tables.

    ``separator`` stands between several values of one cell (None: the usual ones). ``tidy`` makes a plain name of
    given and family names; ``tag`` makes a label of a group, or nothing of one that is not the user's. In an address
    book a note is part of the card; elsewhere it is what the user wants to be told. An exact one is kith's own.
    """

    kind: str
    columns: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = None
    order: Order | None = None
    tidy: Callable[[str, str], tuple[str, str]] = lambda given, family: (given, family)
    tag: Callable[[str], str] = lambda group: group
    met: str = ""
    is_address_book: bool = False
    is_exact: bool = False


@dataclass(slots=True)
class Values:
    """The cells of one row by what they mean; of labelled ones, with their labels."""

    single: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    labelled: dict[str, list[Labelled]] = field(default_factory=dict)
    days: dict[str, PartialDate] = field(default_factory=dict)

    def all(self, meaning: str) -> tuple[Labelled, ...]:
        """Every labelled value, once."""
        return tuple(dict.fromkeys(self.labelled.get(meaning, ())))


class Table:
    """The rows of one table under its header."""

    def __init__(self, style: Style, columns: Sequence[Column], rows: Sequence[Row], today: date) -> None:
        self._style = style
        self._columns = columns
        self._rows = rows
        self._today = today
        self._naming = Naming(style.kind)
        self._orders: dict[str, Order | None] = {}
        self._refused: list[Refused] = []
        self._remarks: list[Refused] = []

    def read(self, dates: Order | None) -> Reading:
        """Everybody in it. Raises UsageError where the days cannot be told."""
        dated = [column for column in self._columns if column.meaning in DATES]
        texts = {column.header: [_cell(row, column.position) for row in self._rows] for column in dated}
        self._orders = order_of(texts, dates, self._style.order)
        entries = [entry for entry in map(self._entry, self._rows) if entry is not None]
        return Reading(self._style.kind, tuple(entries), tuple(self._refused), tuple(self._remarks))

    def _entry(self, row: Row) -> Entry | None:
        values = self._values(row)
        single = values.single
        given, family = self._style.tidy(single.get("given", ""), single.get("family", ""))
        parts = (single.get("prefix"), given, single.get("middle"), family, single.get("suffix"))
        name = single.get("name") or " ".join(part for part in parts if part)
        emails, phones, urls = (values.all(meaning) for meaning in LABELLED)
        called = name or next(iter((*values.many.get("nickname", ()), *(mail.value for mail in emails))), "")
        called = called or single.get("company", "")
        if not called:
            self._refused.append(Refused(row.where, "has no name, no e-mail and no company"))
            return None
        known_by = single.get("id") or identity(
            called,
            urls=[url.value for url in urls],
            emails=[mail.value for mail in emails],
            phones=[phone.value for phone in phones],
        )
        try:
            ref = self._naming.ref(known_by, called, row.where)
        except ValueError as error:
            self._refused.append(Refused(row.where, str(error)))
            return None
        note = "\n".join(values.many.get("note", ()))
        card = Card(
            ref=ref,
            name=called,
            given=" ".join(part for part in (given, single.get("middle")) if part),
            family=family,
            nicknames=tuple(dict.fromkeys(values.many.get("nickname", ()))),
            emails=emails,
            phones=phones,
            urls=urls,
            birthday=values.days.get("birthday"),
            anniversary=values.days.get("anniversary"),
            organisation=single.get("company", ""),
            job_title=single.get("job", ""),
            city=single.get("city", ""),
            country=single.get("country", ""),
            note=note if self._style.is_address_book else "",
            labels=tuple(dict.fromkeys(filter(None, map(self._style.tag, values.many.get("tags", ()))))),
        )
        return Entry(
            where=row.where,
            card=card,
            circle=single.get("circle", ""),
            every=self._every(row, single.get("every", "")),
            met=self._met(values),
            note="" if self._style.is_address_book else note,
            facts=(*values.many.get("fact", ()), *facts_from(single.get("facts", ""))),
            said=self._said(row, values),
            person=single.get("id", "") if self._style.kind == "kith" else "",
        )

    def _values(self, row: Row) -> Values:
        values = Values()
        for column in self._columns:
            text = _cell(row, column.position)
            if not text:
                continue
            if column.meaning in DATES:
                self._take_day(row, column, text, values)
            elif column.meaning == "event":
                self._take_event(row, column, text, values)
            elif column.meaning in LABELLED:
                label = column.label if column.label_from is None else self._label(row, column.label_from)
                found = values.labelled.setdefault(column.meaning, [])
                found.extend(Labelled(value, label) for value in self._several(column, text))
            elif column.meaning in ("nickname", "tags"):
                values.many.setdefault(column.meaning, []).extend(self._several(column, text))
            elif column.meaning in ("note", "fact"):
                values.many.setdefault(column.meaning, []).append(text)
            elif column.meaning in ("conversations", "facts"):
                values.single[column.meaning] = text
            else:
                values.single.setdefault(column.meaning, " ".join(text.split()))
        return values

    def _several(self, column: Column, text: str) -> list[str]:
        """The values of one cell."""
        if self._style.separator is not None:
            parts = text.split(self._style.separator)
        elif column.meaning in _AT_EACH:
            parts = _AT_EACH[column.meaning].split(text)
        else:
            parts = _LIST.split(text)
        return [" ".join(part.split()) for part in parts if part.strip()]

    def _take_day(self, row: Row, column: Column, text: str, values: Values) -> None:
        if column.meaning in values.days:
            return
        latest = self._today.year - 1 if column.meaning == "birthday" else self._today.year
        day = day_of(text, self._orders.get(column.header), latest)
        if day is None:
            self._remarks.append(Refused(row.where, f"“{column.header}” is not a day; the rest of the row was taken"))
        else:
            values.days[column.meaning] = day

    def _take_event(self, row: Row, column: Column, text: str, values: Values) -> None:
        kind = self._label(row, column.label_from) if column.label_from is not None else ""
        day = day_of(text, None, self._today.year)
        if kind.casefold() == "anniversary" and day is not None:
            values.days.setdefault("anniversary", day)
        elif kind:
            values.many.setdefault("fact", []).append(f"{kind}: {text}")

    def _label(self, row: Row, position: int) -> str:
        text = _cell(row, position)
        return text if self._style.is_exact else _plain_label(text)

    def _every(self, row: Row, text: str) -> Period | None:
        """A cadence as people and programs write it; a plain number is days."""
        plain = text.strip().casefold()
        if not plain or plain in ("0", "never", "none", "-"):
            return None
        try:
            number = float(plain) if re.fullmatch(r"\d+(\.0+)?", plain) else None
            if number is not None:
                return Period.parse(f"{int(number)}d")
            return Period.parse(_EVERY.get(plain, plain.removeprefix("every ").replace("-", " ")))
        except ValueError:
            self._remarks.append(
                Refused(row.where, "its cadence is not a length of time; the rest of the row was taken")
            )
            return None

    def _met(self, values: Values) -> str:
        """How and when one met, in words."""
        told = values.single.get("met", "")
        connected = values.days.get("connected_on")
        if connected is not None:
            return ", ".join(filter(None, (told, f"{self._style.met or 'connected'} {_on(connected)}")))
        first = values.days.get("met_on")
        return ", ".join(filter(None, (told, _on(first) if first else "")))

    def _said(self, row: Row, values: Values) -> tuple[Said, ...]:
        found = list(said_from(values.single.get("conversations", "")))
        last = full_day(values.days.get("last_contact"))
        if last is not None and not any(said.day == last for said in found):
            found.append(Said(last, values.single.get("last_text", "")))
        gone_by = tuple(said for said in found if said.day <= self._today)
        if len(gone_by) < len(found):
            self._remarks.append(Refused(row.where, "its last contact is still to come; that was left out"))
        return gone_by


def _cell(row: Row, position: int) -> str:
    if position >= len(row.cells):
        return ""
    text = row.cells[position].replace("\r\n", "\n").replace("\r", "\n")
    return undefuse(_CONTROLS.sub("", text).strip()).strip()


def _plain_label(text: str) -> str:
    """Google's ``* Mobile`` for the preferred one is ``mobile``; what the user made up stays as it is."""
    label = text.removeprefix("*").strip()
    return label.lower() if label.lower() in _USUAL_LABELS else label


def _on(day: PartialDate) -> str:
    full = full_day(day)
    return f"on {day_text(full)}" if full else f"on {day}"
