"""Reach-outs whose events stand in a calendar that the config does not name any more.

Nobody may be forgotten because their event was left behind. The old events stay as they are; if the config names
their calendar again, they are read like closed ones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kith.calendars.base import Calendar
from kith.core.report import Note, PassReport
from kith.store.events import EventState
from kith.store.store import Store


def leave_behind(store: Store, calendar: Calendar, report: PassReport, now: datetime) -> None:
    """Close what waits for an answer anywhere but in ``calendar``, so that it can be planned here."""
    here = (calendar.account, calendar.name)
    live = store.events.live()
    elsewhere = [row for row in live if (row.account, row.calendar) != here]
    with store.transaction():
        for row in elsewhere:
            store.events.save(replace(row, state=EventState.CLOSED, closed_at=now))
        standing = {number for row in live if (row.account, row.calendar) == here for number in row.carried}
        for number in store.reach_outs.open().keys() - standing:
            store.reach_outs.close(number, "left behind", now)
    if elsewhere:
        where = f"accounts.{elsewhere[0].account}"
        report.notes.append(Note(where, f"{len(elsewhere)} open events stay in the calendar that was used before"))
