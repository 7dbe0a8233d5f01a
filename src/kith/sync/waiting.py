"""Open reach-outs as the agenda shows them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from kith.core.agenda import Waiting
from kith.core.event import Timed, has_started
from kith.core.model import PersonId
from kith.store.store import Store


def waiting_people(store: Store, zone: tzinfo, now: datetime) -> dict[PersonId, Waiting]:
    """Everybody whose reach-out has an event."""
    return {
        person: Waiting(
            day=when.day_in(zone),
            start=when.start if isinstance(when, Timed) else None,
            retries=reach_out.retries,
            moved_by_user=reach_out.fixed,
            started=has_started(when, now, zone),
        )
        for person, (reach_out, when) in store.events.waiting().items()
        if when is not None
    }
