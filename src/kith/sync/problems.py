"""Lasting problems reach the user: as an event on today's date, or through a command where there is no calendar.

The events go the same way as all others: an intent on disk before each write, and only what the user left alone is
written again. One that they touched in any way is theirs; one that they deleted does not come again for the same
fault. When the fault is mended, its event goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kith.calendars.base import Calendar
from kith.core.event import Change, Fields, Kind
from kith.core.problem import NOT_TOLD, Problem, is_lasting, problem_fields
from kith.core.reconcile import Adopt, Close, Create, Delete, Forget, Sight, Update, difference, reconcile
from kith.core.report import PassReport
from kith.core.rules import Rules
from kith.store.events import EventRow, EventState
from kith.store.runs import Fault
from kith.store.store import Store
from kith.sync.readback import Sightings, Standing
from kith.sync.write import WROTE, Writer


@dataclass(frozen=True, slots=True)
class Notify:
    """How the user wants to be told: by events about problems, by a command where those cannot be written, or neither.

    ``command`` hands a text to their program; what it gives back is why that failed, empty where it did not.
    ``account`` is the one whose calendar the events stand in.
    """

    problems: bool = False
    command: Callable[[str], str] | None = None
    account: str = ""


def problem_of(fault: Fault) -> Problem:
    """A fault in words for the user."""
    return Problem(fault.account, fault.kind, fault.message, fault.hint)


def tell_by_command(store: Store, notify: Notify, now: datetime) -> None:
    """Hand the lasting faults that nobody was told of yet to the user's command, each once.

    Also one that has an event, where the event stands in the calendar of the very account that fails.
    """
    if notify.command is None:
        return
    for fault in store.runs.faults():
        if fault.told_at is not None or (fault.event is not None and fault.account != notify.account):
            continue
        if fault.kind == NOT_TOLD or not is_lasting(fault.kind, fault.since, now):
            continue
        with store.transaction():  # first: a command that hangs is ended with the pass, and not run at each one
            store.runs.keep_telling(replace(fault, told_at=now, not_told="it did not come to its end"))
        problem = problem_of(fault)
        failure = notify.command(f"{problem.title}\n\n{problem.in_words()}\n")
        with store.transaction():
            store.runs.keep_telling(replace(fault, told_at=now, not_told=failure))


class ProblemEvents:
    """The events that tell of lasting problems, in one calendar that was looked at."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        rules: Rules,
        now: datetime,
        report: PassReport,
        step: Callable[[str], None],
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._rules = rules
        self._now = now
        self._today = now.astimezone(rules.days.zone).date()
        self._report = report
        self._step = step
        self._writer = Writer(store, calendar, now, report, step)

    def run(self, sightings: Sightings, *, wanted: bool) -> None:
        """Write an event for each lasting fault if that is ``wanted``, and take away those that are not.

        Raises AccountError when the calendar fails; what was written is recorded.
        """
        standing = {
            uid: one
            for uid, one in sightings.events.items()
            if one.row.marker.kind is Kind.PROBLEM and one.row.state in WROTE
        }
        for fault in self._store.runs.faults() if wanted else []:
            if not is_lasting(fault.kind, fault.since, self._now):
                continue
            known = standing.pop(fault.event, None) if fault.event else None
            if known is not None:
                self._one(known, self._fields(fault))
            elif not self._was_told_here(fault):
                self._begin(fault)
        for one in standing.values():
            self._one(one, None)

    def _was_told_here(self, fault: Fault) -> bool:
        """Whether the fault had its event in this calendar, which is gone or the user's by now."""
        row = self._store.events.get(fault.event) if fault.event else None
        return row is not None and (row.account, row.calendar) == (self._calendar.account, self._calendar.name)

    def _fields(self, fault: Fault) -> Fields:
        return problem_fields(problem_of(fault), self._today, self._rules.details)

    # --- one event ------------------------------------------------------------------------------------

    def _begin(self, fault: Fault) -> None:
        """A new event: its row, its name, and that the fault has it, are the intent."""
        subject = f"{fault.account}|{fault.kind}"
        with self._store.transaction():
            row = self._writer.name(Kind.PROBLEM, subject, self._fields(fault))
            self._store.events.save(row)
            self._store.runs.keep_telling(replace(fault, event=row.uid))
        self._create(row)

    def _create(self, row: EventRow) -> None:
        if self._writer.create(row, lost=lambda: self._forget_event(row)):
            self._report.told.append(row.written.plain_title)

    def _forget_event(self, row: EventRow) -> None:
        fault = next((fault for fault in self._store.runs.faults() if fault.event == row.uid), None)
        if fault is not None:
            self._store.runs.keep_telling(replace(fault, event=None))

    def _one(self, standing: Standing, want: Fields | None) -> None:
        row, seen = standing.row, standing.seen
        if want is not None and standing.sight is Sight.TOUCHED:
            return
        change = Change()
        if want is not None and seen is not None:
            change = difference(want, row.written, seen, hands_off=row.hands_off)
        match reconcile(want, WROTE[row.state], standing.sight, change):
            case Create(fields):
                self._create(replace(row, written=self._writer.written(fields)))
            case Adopt():
                self._writer.adopt(row)
            case Update(found) if seen is not None and want is not None:
                after = self._writer.written(replace(want, alarm=row.written.fields.alarm))
                self._writer.update(row, seen, found, replace(row, written=after))
            case Delete() if seen is not None:
                if self._writer.delete(row, seen):
                    self._report.cleared.append(row.written.plain_title)
            case Close():
                self._writer.end(row, EventState.CLOSED)
            case Forget():
                self._writer.end(row, EventState.GONE)
            case _:
                pass
