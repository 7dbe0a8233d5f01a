"""The marker inside an event as name–value pairs: iCalendar ``X-KITH-…`` properties, Google's private ones later."""

from __future__ import annotations

from collections.abc import Mapping

from kith.core.event import Kind, Marker
from kith.core.model import CardUid, InstallId

MARK = b"X-KITH-INSTALL"
"""Stands in the text of every event that kith wrote, so that others need not be parsed."""


def marker_pairs(marker: Marker) -> dict[str, str]:
    """The marker's fields by short upper-case names; absent ones are left out."""
    pairs = {
        "INSTALL": marker.install,
        "EPOCH": str(marker.epoch),
        "KIND": marker.kind.value,
        "SUBJECT": marker.subject,
        "N": str(marker.n),
        "CARD": marker.card or "",
        "TITLE": marker.title,
        "START": marker.start,
        "LINES": " ".join(marker.lines),
    }
    return {name: value for name, value in pairs.items() if value}


def marker_from(pairs: Mapping[str, str]) -> Marker | None:
    """The marker that the pairs spell, or None where they spell none (a stranger's event, or a mangled one)."""
    try:
        return Marker(
            install=InstallId(pairs["INSTALL"]),
            epoch=int(pairs["EPOCH"]),
            kind=Kind(pairs["KIND"]),
            subject=pairs["SUBJECT"],
            n=int(pairs["N"]),
            card=CardUid(pairs["CARD"]) if pairs.get("CARD") else None,
            title=pairs.get("TITLE", ""),
            start=pairs.get("START", ""),
            lines=tuple(pairs.get("LINES", "").split()),
        )
    except (KeyError, ValueError):
        return None
