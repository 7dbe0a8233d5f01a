"""What one look at a CalDAV calendar leaves for the next: the cursor of :mod:`kith.calendars.caldav`. Pure.

It holds where the calendar was found, the state the server said it was in (its CTag or sync token), and digests of
the foreign events that were looked into, so that a calendar with thousands of them costs its listing and nothing
else. It holds nothing of what is in those events. It may be lost at any time; a cursor that cannot be read, or that
was made for another account or calendar, is as good as none.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kith.core.model import ETag, Href

_FORMAT = 1
_DIGEST = 8

Digest = bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """The last look.

    ``url`` is the calendar's, empty if it was never found. ``version`` is what the server called its state, empty
    where that says nothing or where something is still to be looked at again; ``listed`` is when (in seconds since
    1970) it was last compared event by event. ``own`` digests the events of kith's that stood there, ``others`` each
    foreign one. ``count`` is the number in the sync tokens of servers built on sabre, which only goes up while a
    calendar lives; ``generation`` counts how often it went down.
    """

    url: str = ""
    version: str = ""
    listed: int = 0
    own: str = ""
    others: frozenset[Digest] = frozenset()
    count: int = 0
    generation: int = 0


def digest(href: Href, etag: ETag) -> Digest:
    """One state of one event."""
    return hashlib.blake2b(f"{href}\n{etag}".encode(), digest_size=_DIGEST).digest()


def digest_of_all(known: Mapping[Href, ETag | None]) -> str:
    """The states of all of kith's events; empty if one of them is not known."""
    states = sorted(digest(href, etag) for href, etag in known.items() if etag is not None)
    if len(states) < len(known):
        return ""
    return hashlib.blake2b(b"".join(states), digest_size=2 * _DIGEST).hexdigest()


def place(*parts: str) -> str:
    """What a cursor was made for: another address, user or name makes it void."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=2 * _DIGEST).hexdigest()


def write(memory: Memory, where: str) -> str:
    """The memory as text."""
    fields = {
        "format": _FORMAT,
        "place": where,
        "url": memory.url,
        "version": memory.version,
        "listed": memory.listed,
        "own": memory.own,
        "count": memory.count,
        "generation": memory.generation,
        "others": base64.b64encode(b"".join(sorted(memory.others))).decode(),
    }
    return json.dumps(fields, separators=(",", ":"))


def read(cursor: str, where: str) -> Memory:
    """The memory in a text; an empty one if it is none, or another place's."""
    try:
        fields = json.loads(cursor) if cursor else {}
        if fields.get("format") != _FORMAT or fields.get("place") != where:
            return Memory()
        return Memory(
            url=str(fields["url"]),
            version=str(fields["version"]),
            listed=int(fields["listed"]),
            own=str(fields["own"]),
            others=frozenset(_pieces(base64.b64decode(fields["others"]))),
            count=int(fields["count"]),
            generation=int(fields["generation"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Memory()


def _pieces(data: bytes) -> Iterable[Digest]:
    return (data[start : start + _DIGEST] for start in range(0, len(data), _DIGEST))
