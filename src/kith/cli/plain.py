"""Values that several commands give to programs with ``--json``."""

from __future__ import annotations

from typing import Any

from kith.core.model import Person


def identity(person: Person) -> dict[str, Any]:
    """Who it is: kith's id, the name, and the cards, by which other programs know them."""
    return {
        "id": person.id,
        "name": person.name,
        "cards": [{"account": ref.account, "collection": ref.collection, "uid": ref.uid} for ref in person.cards],
    }
