"""What kith itself exports as JSON, read back; and the columns of the tables that kith writes.

::

    {"kith": 1, "people": [{"id": "…", "name": "Ana Souza", "emails": [{"value": "…", "label": "home"}], …}]}

Every key but the name may be absent. Days are in ISO 8601, a birthday without a year is ``--12-03``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kith.core.model import Card, Labelled, PartialDate
from kith.core.names import fold
from kith.core.period import Period
from kith.errors import Malformed
from kith.imports.base import Entry, Naming, Reading, Said
from kith.imports.columns import Column
from kith.imports.rows import Style

KIND = "kith"
VERSION = 1
ID, CONVERSATIONS, FACTS = "Kith ID", "Conversations", "Facts"
MANY = "\n"
"""What stands between several nicknames or labels of one cell."""

LABELLED = {"emails": "E-mail", "phones": "Phone", "urls": "Website"}
"""Fields whose columns are numbered, as Google's are: ``E-mail 1 - Label``, ``E-mail 1 - Value``."""
COLUMNS = {
    ID: "id",
    "Name": "name",
    "First Name": "given",
    "Last Name": "family",
    "Nickname": "nickname",
    "Circle": "circle",
    "Every": "every",
    "Labels": "tags",
    "Birthday": "birthday",
    "Anniversary": "anniversary",
    "Organization": "company",
    "Job Title": "job",
    "City": "city",
    "Country": "country",
    "Met": "met",
    FACTS: "facts",
    CONVERSATIONS: "conversations",
    "Notes": "note",
}
"""The other columns, in their order."""

TEXTS = ("name", "given", "family", "organisation", "job_title", "city", "country", "note")


def fits_table(headers: Sequence[str]) -> bool:
    """Whether kith wrote this table."""
    return fold(ID) in set(map(fold, headers))


def style() -> Style:
    """How kith writes."""
    columns = {header: "ignore" if header in (FACTS, CONVERSATIONS) else COLUMNS[header] for header in COLUMNS}
    return Style(KIND, columns, separator=MANY, is_address_book=True, is_exact=True)


def own_columns(headers: Sequence[str]) -> list[Column]:
    """The columns that only kith's own tables have."""
    return [
        Column(position, header, COLUMNS[header])
        for position, header in enumerate(headers)
        if header in (FACTS, CONVERSATIONS)
    ]


def fits(data: object) -> bool:
    """Whether kith wrote this JSON."""
    return isinstance(data, dict) and "kith" in data and isinstance(data.get("people"), list)


def read(data: Mapping[str, Any], name: str, today: date) -> Reading:
    """Everybody in the file. Raises Malformed."""
    if data["kith"] != VERSION:
        raise Malformed(f"{name} was written by a newer kith", hint="install the newer kith; nothing was changed")
    naming = Naming(KIND)
    try:
        entries = tuple(_entry(person, naming, number, today) for number, person in enumerate(data["people"], 1))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"{name} is not as kith writes it ({type(error).__name__})") from error
    return Reading(KIND, entries)


def _entry(person: Mapping[str, Any], naming: Naming, number: int, today: date) -> Entry:
    where = f"person {number}"
    name = str(person["name"])
    texts = {key: str(person.get(key) or "") for key in TEXTS}
    said = tuple(
        Said(date.fromisoformat(one["day"]), str(one.get("text") or ""), str(one.get("via") or ""))
        for one in person.get("conversations") or ()
    )
    return Entry(
        where=where,
        card=Card(
            ref=naming.ref(str(person.get("id") or f"name:{fold(name)}"), name, where),
            nicknames=tuple(map(str, person.get("nicknames") or ())),
            emails=_labelled(person.get("emails")),
            phones=_labelled(person.get("phones")),
            urls=_labelled(person.get("urls")),
            birthday=_partial(person.get("birthday")),
            anniversary=_partial(person.get("anniversary")),
            labels=tuple(map(str, person.get("labels") or ())),
            **texts,
        ),
        circle=str(person.get("circle") or ""),
        every=Period.parse(person["every"]) if person.get("every") else None,
        met=str(person.get("met") or ""),
        facts=tuple(map(str, person.get("facts") or ())),
        said=tuple(one for one in said if one.day <= today),
        person=str(person.get("id") or ""),
    )


def _labelled(values: Sequence[Mapping[str, Any]] | None) -> tuple[Labelled, ...]:
    return tuple(Labelled(str(one["value"]), str(one.get("label") or "")) for one in values or ())


def _partial(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None
