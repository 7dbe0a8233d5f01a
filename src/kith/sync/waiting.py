"""Open reach-outs as the agenda shows them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from kith.core.agenda import Beside, Waiting
from kith.core.event import Kind, Timed, When, has_started
from kith.core.model import PersonId
from kith.store.events import STANDING
from kith.store.reach_outs import ReachOut
from kith.store.store import Store

_WHAT = {Kind.DATE: "a birthday", Kind.INTRODUCTION: "an introduction", Kind.SCOUT: "somebody new"}


def waiting_people(store: Store, zone: tzinfo, now: datetime) -> dict[PersonId, Waiting]:
    """Everybody whose reach-out has an event."""
    return {
        person: _waiting(reach_out, when, zone, now)
        for person, (reach_out, when) in store.events.waiting().items()
        if when is not None
    }


def waiting_beside(store: Store, zone: tzinfo, now: datetime) -> list[Beside]:
    """Every other event that waits for an answer: dates, introductions, scouts."""
    return [
        Beside(
            kind=row.marker.kind,
            what="an anniversary" if "|anniversary|" in row.marker.subject else _WHAT[row.marker.kind],
            title=row.written.plain_title,
            there=_waiting(reach_out, row.written.fields.when, zone, now),
        )
        for row in store.events.live()
        if row.marker.kind in _WHAT and row.state in STANDING
        for reach_out in map(store.reach_outs.get, row.carried)
        if reach_out.open
    ]


def _waiting(reach_out: ReachOut, when: When, zone: tzinfo, now: datetime) -> Waiting:
    return Waiting(
        day=when.day_in(zone),
        start=when.start if isinstance(when, Timed) else None,
        retries=reach_out.retries,
        moved_by_user=reach_out.fixed,
        started=has_started(when, now, zone),
    )
