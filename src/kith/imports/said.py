"""What was said and what is worth remembering, as lines of one cell: for tables that people read, and kith reads back.

::

    2026-11-13 (call): New job at the library
      Rui starts school
    2026-10-30: Lunch

A line that begins with two spaces goes on with the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from kith.imports.base import Said

_SAID = re.compile(r"(\d{4}-\d\d-\d\d)(?: \(([^()\n]*)\))?:?(?: (.*))?", re.DOTALL)
_GOES_ON = "  "


def said_text(said: Iterable[Said]) -> str:
    """Conversations as lines."""
    return _joined(
        f"{one.day.isoformat()}{f' ({one.via})' if one.via else ''}:{f' {one.text}' if one.text else ''}"
        for one in said
    )


def said_from(text: str) -> tuple[Said, ...]:
    """What :func:`said_text` wrote; lines that are no conversation are passed over."""
    found = []
    for part in _parts(text):
        line = _SAID.fullmatch(part)
        try:
            day = date.fromisoformat(line[1]) if line else None
        except ValueError:
            day = None
        if line and day:
            found.append(Said(day, line[3] or "", line[2] or ""))
    return tuple(found)


def facts_text(facts: Iterable[str]) -> str:
    """Facts as lines."""
    return _joined(facts)


def facts_from(text: str) -> tuple[str, ...]:
    """What :func:`facts_text` wrote."""
    return tuple(_parts(text))


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(part.replace("\n", f"\n{_GOES_ON}") for part in parts)


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for line in text.split("\n"):
        if line.startswith(_GOES_ON) and parts:
            parts[-1] += f"\n{line.removeprefix(_GOES_ON)}"
        elif line.strip():
            parts.append(line)
    return parts
