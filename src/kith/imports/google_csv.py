"""Google Contacts as CSV, with the headers of until 2024 and those since.

Several values of one cell stand between `` ::: ``; an asterisk marks Google's own groups and the preferred value.
"""

from __future__ import annotations

from collections.abc import Sequence

from kith.core.names import fold
from kith.imports.rows import Style

_OLD = ({"given name", "family name", "group membership"}, {"given name", "family name", "yomi name"})
_NEW = ({"first name", "labels", "file as"}, {"first name", "labels", "phonetic first name"})
_OURS = {
    "Name Prefix": "ignore",
    "Name Suffix": "ignore",
    "File As": "ignore",
    "Location": "ignore",
    "Occupation": "ignore",
    "Subject": "ignore",
}


def fits(headers: Sequence[str]) -> bool:
    """Whether these are Google's headers."""
    there = set(map(fold, headers))
    return any(signs <= there for signs in (*_OLD, *_NEW))


def style() -> Style:
    """How Google writes."""
    return Style("google", _OURS, separator=" ::: ", tag=_own_group, is_address_book=True)


def _own_group(group: str) -> str:
    """``* friends`` is a group that Google made, and the user filled; ``* myContacts`` holds everybody."""
    name = group.removeprefix("*").strip()
    return "" if name in ("myContacts", "starred") and group.startswith("*") else name
