"""The port through which events go out and come back.

An HREF names the place of an event in its calendar; an ETAG names one state of it. Every write is conditional:
``create`` only if nothing is there, ``update`` and ``delete`` only if the event is still in the state that was
seen. A back end that cannot have that from its server looks immediately before it writes.

All methods raise :mod:`kith.errors` only. A back end that could not look says so by raising; it never answers with
an empty calendar instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kith.core.event import Change, Fields, Marker, SeenEvent
from kith.core.model import AccountId, ETag, EventUid, Href


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that is there but cannot be read; it is left alone."""

    href: Href
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a calendar found.

    ``identity`` changes when the calendar is not the same one any more (deleted and made anew, another disk
    mounted in its place). ``events`` are those of kith's (of any install) that are new or not in a known state;
    ``absent`` are the known hrefs under which nothing stands. ``cursor`` is a back end's own note to its next look:
    where the calendar is, and which foreign events it need not fetch again. Losing it costs requests, nothing else.
    """

    identity: str
    events: tuple[SeenEvent, ...] = ()
    absent: frozenset[Href] = frozenset()
    unreadable: tuple[Unreadable, ...] = ()
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an event stands after a write. ``etag`` is None where the server did not say."""

    href: Href
    etag: ETag | None


class Calendar(Protocol):
    """One calendar of one account."""

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        ...

    @property
    def name(self) -> str:
        """What tells it apart from the account's other calendars, the same at every pass."""
        ...

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        """See what changed since ``known``; an event known without an ETag is always looked at.

        ``cursor`` is what the last look gave. What it says never hides a known event that changed or is gone.

        Raises:
            Denied: the calendar is not there, or may not be read.
            Transient: it may work later.
        """
        ...

    def find(self, uid: EventUid) -> SeenEvent | None:
        """The event with this UID, wherever in the account it stands; None is a confirmed absence."""
        ...

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        """Write a new event under ``marker.uid``.

        Raises:
            Conflict: something with that UID or in its place is there already.
        """
        ...

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        """Make ``change`` to the event as seen, and nothing else.

        Raises:
            Conflict: it is not in that state any more, or gone.
        """
        ...

    def delete(self, seen: SeenEvent) -> None:
        """Take the event as seen away. One that is gone already is no error.

        Raises:
            Conflict: it is not in that state any more.
        """
        ...
