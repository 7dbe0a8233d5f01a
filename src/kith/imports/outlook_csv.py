"""Outlook.com's and Outlook's CSV. ``Title`` is Mr or Ms there; the work is ``Job Title``."""

from __future__ import annotations

from collections.abc import Sequence

from kith.core.names import fold
from kith.imports.rows import Style

_SIGNS = {"first name", "last name", "e mail address", "home phone", "mobile phone"}
_OURS = {
    "Title": "ignore",
    "Suffix": "ignore",
    "Location": "ignore",
    "Group": "ignore",
    "Home Fax": "phone home fax",
    "Business Fax": "phone work fax",
    "Home Phone": "phone home",
    "Home Phone 2": "phone home",
    "Business Phone 2": "phone work",
    "Business City": "city",
    "Office Location": "ignore",
    "Spouse": "ignore",
    "Children": "ignore",
}


def fits(headers: Sequence[str]) -> bool:
    """Whether these are Outlook's headers."""
    there = set(map(fold, headers))
    return there >= _SIGNS and bool(there & {"web page", "home postal code", "e mail 2 address"})


def style() -> Style:
    """How Outlook writes."""
    return Style("outlook", _OURS, is_address_book=True)
