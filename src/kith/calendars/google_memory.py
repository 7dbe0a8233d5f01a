"""What one look at a Google calendar leaves for the next: the cursor of :mod:`kith.calendars.google`. Pure.

It holds which calendar was found, the sync token after the look, and the state in which each event of kith's stood
then. Together with what the token brings, that is all of them: so nothing is missed if a pass is killed between the
look and what it records. A cursor that cannot be read, or that was made for another calendar, is as good as none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kith.core.model import ETag, Href

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """The last look.

    ``listed`` is when (in seconds since 1970) everything was last listed, ``gone`` are known events that were confirmed
    not to be there.
    """

    calendar: str = ""
    token: str = ""
    listed: int = 0
    events: Mapping[Href, ETag] = field(default_factory=dict)
    gone: frozenset[Href] = frozenset()


def write(memory: Memory, where: str) -> str:
    """The memory as text; ``where`` says what it was made for."""
    fields = {
        "format": _FORMAT,
        "where": where,
        "calendar": memory.calendar,
        "token": memory.token,
        "listed": memory.listed,
        "events": dict(sorted(memory.events.items())),
        "gone": sorted(memory.gone),
    }
    return json.dumps(fields, separators=(",", ":"))


def read(cursor: str, where: str) -> Memory:
    """The memory in a text; an empty one if it is none, or another place's."""
    try:
        fields: Any = json.loads(cursor) if cursor else {}
        if fields.get("format") != _FORMAT or fields.get("where") != where:
            return Memory()
        return Memory(
            calendar=str(fields["calendar"]),
            token=str(fields["token"]),
            listed=int(fields["listed"]),
            events={Href(str(href)): ETag(str(etag)) for href, etag in fields["events"].items()},
            gone=frozenset(Href(str(href)) for href in fields["gone"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Memory()
