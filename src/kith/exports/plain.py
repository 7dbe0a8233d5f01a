"""People as JSON, all that kith knows of them, in the form that :mod:`kith.imports.own` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kith.imports.base import Entry
from kith.imports.own import LABELLED, TEXTS, VERSION


def as_json(entries: Sequence[Entry]) -> bytes:
    """One object with everybody; what is empty is left out."""
    whole = {"kith": VERSION, "people": [_person(entry) for entry in entries]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _person(entry: Entry) -> dict[str, Any]:
    card = entry.card
    values: dict[str, Any] = {
        "id": entry.person,
        **{name: getattr(card, name) for name in TEXTS},
        "nicknames": list(card.nicknames),
        "labels": list(card.labels),
        **{name: [{"value": one.value, "label": one.label} for one in getattr(card, name)] for name in LABELLED},
        "birthday": str(card.birthday or ""),
        "anniversary": str(card.anniversary or ""),
        "circle": entry.circle,
        "every": str(entry.every or ""),
        "met": entry.met,
        "facts": list(entry.facts),
        "conversations": [{"day": one.day.isoformat(), "via": one.via, "text": one.text} for one in entry.said],
    }
    return {name: value for name, value in values.items() if value or name == "name"}
