"""A calendar that is looked at for real and written to in words only; for ``kith sync --dry-run``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kith.calendars.base import Calendar, Look, Receipt
from kith.core.event import Change, Fields, Marker, SeenEvent
from kith.core.model import AccountId, ETag, EventUid, Href


class Rehearsed:
    """Stands before a calendar. ``there`` is False for one that the real pass would make first."""

    def __init__(self, calendar: Calendar, *, there: bool = True) -> None:
        self._calendar = calendar
        self._there = there

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._calendar.account

    @property
    def name(self) -> str:
        """What tells it apart from the account's other calendars."""
        return self._calendar.name

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        """Look at the real one."""
        return self._calendar.look(known, cursor) if self._there else Look(identity="")

    def find(self, uid: EventUid) -> SeenEvent | None:
        """Look for the event in the real one."""
        return self._calendar.find(uid) if self._there else None

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        """Say that it was written."""
        return Receipt(Href(f"{marker.uid}.ics"), None)

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        """Say that it was changed."""
        return Receipt(seen.href, None)

    def delete(self, seen: SeenEvent) -> None:
        """Say nothing; it would be gone."""
