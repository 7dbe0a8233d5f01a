"""The writes to a calendar, one event at a time: an intent on disk before each, the result after it.

No transaction is open while the calendar is asked. Whatever happens in between, the next look settles what came of it.
What should be written is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kith.calendars.base import Calendar
from kith.core.event import Change, Fields, Kind, Marker, SeenEvent, line_digests, start_text
from kith.core.model import CardUid
from kith.core.readback import Written
from kith.core.reconcile import Wrote
from kith.core.report import Note, PassReport
from kith.errors import Conflict, Rejected
from kith.store.events import EventRow, EventState
from kith.store.store import Store

WROTE = {
    EventState.CREATING: Wrote.BEGUN,
    EventState.OPEN: Wrote.YES,
    EventState.FINISHING: Wrote.YES,
    EventState.DELETING: Wrote.DELETING,
}
"""What the store says of an event that is live, for reconciling it."""


def _always() -> bool:
    return True


def _nothing() -> None:
    pass


class Writer:
    """Writes single events to one calendar, and records what it did."""

    def __init__(
        self, store: Store, calendar: Calendar, now: datetime, report: PassReport, step: Callable[[str], None]
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._now = now
        self._report = report
        self._step = step

    def written(self, fields: Fields, lines: int | None = None) -> Written:
        """The baseline that writing ``fields`` makes; ``lines`` of the description are kith's, or all of them."""
        kiths = fields.description.splitlines()[:lines]
        return Written(fields, fields.title, line_digests(kiths), last_modified=self._now)

    def name(
        self,
        kind: Kind,
        subject: str,
        fields: Fields,
        reach_outs: tuple[int, ...] = (),
        card: CardUid | None = None,
    ) -> EventRow:
        """A new event's row, with a name that no event ever had; part of an intent, and not stored yet."""
        epoch = self._store.epoch
        marker = Marker(
            install=self._store.install,
            epoch=epoch,
            kind=kind,
            subject=subject,
            n=self._store.events.next_number(epoch, kind, subject),
            card=card,
        )
        return EventRow(
            marker=marker,
            uid=marker.uid,
            account=self._calendar.account,
            calendar=self._calendar.name,
            state=EventState.CREATING,
            written=self.written(fields),
            reach_outs=reach_outs,
        )

    def create(
        self,
        row: EventRow,
        *,
        wanted: Callable[[], bool] = _always,
        settle: Callable[[], None] = _nothing,
        lost: Callable[[], None] = _nothing,
    ) -> bool:
        """Write a new event; whether it was written by this.

        ``wanted`` is asked with the intent, ``settle`` is part of the result, and ``lost`` run where the name turns out
        to have been given before. Raises AccountError where the calendar fails.
        """
        with self._store.transaction():
            if not wanted():
                return False
            self._store.events.save(row)
        self._step("intent")
        try:
            receipt = self._calendar.create(signed(row), row.written.fields, self._now)
        except Conflict:
            self._settle_name(row, lost)
            return False
        except Rejected as error:
            self._report.notes.append(Note(row.uid, error.message))
            return False
        self._step("wrote")
        with self._store.transaction():
            self._store.events.save(replace(row, state=EventState.OPEN, href=receipt.href, etag=receipt.etag))
            settle()
        return True

    def _settle_name(self, row: EventRow, lost: Callable[[], None]) -> None:
        """An earlier try got through; or the name was given in a life that this store does not remember."""
        found = self._calendar.find(row.uid)
        if found is not None:
            self._save(replace(row, state=EventState.OPEN, href=found.href, etag=None))
            return
        with self._store.transaction():
            self.end(row, EventState.GONE)
            lost()
            if row.marker.epoch == self._store.epoch:
                self._store.begin_epoch()

    def update(
        self,
        row: EventRow,
        seen: SeenEvent,
        change: Change,
        after: EventRow,
        *,
        users_place: bool = False,
        wanted: Callable[[], bool] = _always,
        settle: Callable[[], None] = _nothing,
    ) -> bool:
        """Make a change, after which the store knows the event as ``after``; whether it was made.

        ``users_place`` says that where it stands is not what kith wrote. ``wanted`` is asked with the intent, and
        ``settle`` is part of the result. Raises AccountError.
        """
        with self._store.transaction():
            if not wanted():
                return False
            written = replace(row.written, pending=change, last_modified=self._now)
            self._store.events.save(replace(row, written=written))
        self._step("intent")
        try:
            receipt = self._calendar.update(seen, change, signed(after, users_place=users_place), self._now)
        except Conflict:
            return False  # somebody else was faster; the next pass looks again
        except Rejected as error:
            self._report.notes.append(Note(row.uid, error.message))
            return False
        self._step("wrote")
        with self._store.transaction():
            self._store.events.save(replace(after, href=receipt.href, etag=receipt.etag))
            settle()
        return True

    def finish(self, row: EventRow, seen: SeenEvent, change: Change, fields: Fields) -> bool:
        """The last write to an event that was answered, after which it says ``fields`` and is closed."""
        self._save(replace(row, written=replace(row.written, pending=change, last_modified=self._now)))
        self._step("intent")
        try:
            receipt = self._calendar.update(seen, change, None, self._now)
        except Conflict:
            return False
        except Rejected as error:
            self._report.notes.append(Note(row.uid, error.message))
            return False
        self._step("wrote")
        written = replace(row.written, fields=fields, pending=None, last_modified=self._now)
        closed = replace(row, written=written, state=EventState.CLOSED, closed_at=self._now)
        self._save(replace(closed, href=receipt.href, etag=receipt.etag))
        return True

    def delete(self, row: EventRow, seen: SeenEvent, *, intent: Callable[[], None] = _nothing) -> bool:
        """Take an event away; whether it went. ``intent`` is part of the intent. Raises AccountError."""
        with self._store.transaction():
            self._store.events.save(replace(row, state=EventState.DELETING))
            intent()
        self._step("intent")
        try:
            self._calendar.delete(seen)
        except Conflict:
            return False
        self._step("wrote")
        self.end(row, EventState.GONE)
        return True

    def end(self, row: EventRow, state: EventState) -> None:
        """Nothing more is written to an event: it is closed, or gone."""
        written = replace(row.written, pending=None)
        self._save(replace(row, written=written, state=state, closed_at=row.closed_at or self._now))

    def adopt(self, row: EventRow) -> None:
        """It stands there though no answer said so."""
        self._save(replace(row, state=EventState.OPEN))

    def _save(self, row: EventRow) -> None:
        with self._store.transaction():
            self._store.events.save(row)


def signed(row: EventRow, *, users_place: bool = False) -> Marker:
    """The marker with what is being written, so that read-back works without a store too."""
    written = row.written
    start = "" if users_place else start_text(written.fields.when)
    return replace(row.marker, title=written.plain_title, start=start, lines=written.brief)
