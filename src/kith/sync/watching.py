"""Reading the watched calendars into the store: what changed, and later dates of what repeats as time goes on.

Calendars are independent: one that cannot be read is reported, what was known of it stays, and the others go on. What
was read is stored in one transaction with the note to the next reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from kith.calendars.meetings import Item, WatchedCalendar
from kith.core.meetings import MEETING_SIZE, Span
from kith.core.model import Href
from kith.core.report import Note, PassReport
from kith.errors import AccountError, Malformed
from kith.store.meetings import Kept, Place, Watched
from kith.store.store import Store
from kith.sync.waits import trouble

_MORE = timedelta(days=30)
"""How much further than what counts the dates of series are looked up, so that it is done once a month."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Watching:
    """What the config says of meetings. ``calendars`` are those that can be read now, ``places`` all that it names.

    ``size`` is how many people a meeting has at most, ``mine`` are the user's own addresses in their plain form.
    """

    calendars: Sequence[WatchedCalendar] = ()
    places: Sequence[Place] = ()
    size: int = MEETING_SIZE
    mine: frozenset[str] = frozenset()


def read_calendars(store: Store, watching: Watching, zone: tzinfo, now: datetime, report: PassReport) -> None:
    """Bring the mirror of the watched calendars up to date, and forget those that are not watched any more."""
    with store.transaction():
        for place in store.meetings.watched().keys() - set(watching.places):
            store.meetings.drop(place)
    for calendar in watching.calendars:
        try:
            _read(store, calendar, zone, now, report)
        except AccountError as error:
            found = trouble(calendar.account, error)
            if found not in report.troubles:
                report.troubles.append(found)


def _read(store: Store, calendar: WatchedCalendar, zone: tzinfo, now: datetime, report: PassReport) -> None:
    place = Place(calendar.account, calendar.name)
    watched = store.meetings.watched().get(place)
    span = Span.around(now, more=_MORE)
    is_good = watched is not None and watched.made_for == calendar.made_for
    reading = calendar.read(
        store.meetings.known(place) if is_good else {}, watched.cursor if watched is not None and is_good else "", span
    )
    with store.transaction():
        if not is_good:
            store.meetings.drop(place)
        store.meetings.put(place, (_kept(item, span, zone) for item in reading.items), zone)
        store.meetings.remove(place, reading.gone)
        until = watched.until if watched is not None and is_good else span.end
        if until < Span.around(now).end:
            _look_up_later_dates(store, calendar, place, span, zone)
            until = span.end
        store.meetings.save(place, Watched(calendar.made_for, reading.cursor, until))
    unreadable = sum(item.unreadable for item in reading.items)
    if unreadable:
        words = "1 event" if unreadable == 1 else f"{unreadable} events"
        where = named(item.href for item in reading.items if item.unreadable)
        told = f"{words} cannot be read ({where}); the others count"
        report.notes.append(Note(f"{place.account}/{place.calendar}", told))


def named(hrefs: Iterable[Href]) -> str:
    """Which places of a calendar, by the last part of their addresses; the first few of many."""
    names = [href.rstrip("/").rpartition("/")[2] for href in sorted(hrefs)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _kept(item: Item, span: Span, zone: tzinfo) -> Kept:
    """An item without the meetings that are over and done with."""
    recent = tuple(meeting for meeting in item.meetings if meeting.end(zone) > span.start)
    return Kept(item.href, item.etag, recent, item.source, item.unreadable)


def _look_up_later_dates(store: Store, calendar: WatchedCalendar, place: Place, span: Span, zone: tzinfo) -> None:
    for href, source in store.meetings.sources(place).items():
        try:
            store.meetings.set_meetings(place, href, calendar.again(source, span), zone)
        except Malformed:
            continue  # the library reads what it read before otherwise by now; what was known stays
