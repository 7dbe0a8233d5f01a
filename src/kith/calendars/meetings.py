"""The port through which the user's own calendars are read for meetings. Nothing is ever written to them.

A back end tells what is new or changed since it was last asked, already turned into meetings. All methods raise
:mod:`kith.errors` only; one that could not read says so by raising, and what was known before stays. An event that
cannot be read is told as one, and keeps nobody from the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kith.core.meetings import Meeting, Span
from kith.core.model import AccountId, ETag, Href


@dataclass(frozen=True, slots=True)
class Item:
    """What stands at one place of a calendar, in the state ``etag``.

    ``source`` is the back end's own text, from which later dates of what repeats can be found; empty where there are
    none. ``unreadable`` says how many events in it could not be read.
    """

    href: Href
    etag: ETag | None
    meetings: tuple[Meeting, ...] = ()
    source: str = ""
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is new or changed, and which of the known places have nothing any more that could count.

    ``cursor`` is the back end's own note to its next reading. Losing it costs requests, nothing else.
    """

    items: tuple[Item, ...] = ()
    gone: frozenset[Href] = frozenset()
    cursor: str = ""


class WatchedCalendar(Protocol):
    """One of the user's calendars."""

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        ...

    @property
    def name(self) -> str:
        """Its name in the config."""
        ...

    @property
    def made_for(self) -> str:
        """What a reading depends on beside the calendar. Once that is another, everything is to be read again."""
        ...

    def read(self, known: Mapping[Href, ETag | None], cursor: str, span: Span) -> Reading:
        """What changed since ``known``, with the meetings inside ``span``. If nothing did: one request.

        Raises:
            CalendarNotFound: there is none of this name.
            Denied: it may not be read.
            Transient: it may work later.
        """
        ...

    def again(self, source: str, span: Span) -> tuple[Meeting, ...]:
        """The meetings inside another span, by an item's source. Asks nobody. Raises Malformed."""
        ...

    def there(self) -> tuple[str, ...]:
        """The names of all calendars that could be watched in its account. Raises AccountError."""
        ...
