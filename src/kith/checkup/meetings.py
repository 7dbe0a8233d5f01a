"""The calendars in which meetings stand: whether each is there, and whether kith knows which guest the user is."""

from __future__ import annotations

from collections.abc import Iterator

from kith.accounts.base import Finding
from kith.app import App
from kith.config.accounts import GoogleTable
from kith.config.written import nearest, value
from kith.errors import AccountError
from kith.store.meetings import Place
from kith.sync.watching import named


def watched(app: App) -> Iterator[Finding]:
    """Each calendar that the config names, by the name that it has there."""
    for place in app.watching.places:
        yield _calendar(app, place)
    others = [place for place in app.watching.places if not isinstance(app.config.accounts[place.account], GoogleTable)]
    if others and not app.watching.mine:
        message = "which guest of a meeting you are is not known, so what you declined counts"
        mend = 'put your own addresses into the config: [meetings], me = ["me@example.org"]'
        yield Finding("warning", "meetings", message, mend)


def _calendar(app: App, place: Place) -> Finding:
    subject = f"meetings.{place.account}/{place.calendar}"
    try:
        there = app.accounts[place.account].watched(place.calendar).there()
    except AccountError as error:
        return Finding("problem", subject, error.message, error.hint)
    folded = [name.casefold().strip() for name in there]
    if place.calendar.casefold().strip() not in folded:
        meant = nearest(place.calendar, there)
        listed = ", ".join(f"“{name}”" for name in there)
        mend = f"did you mean {value(meant)}?" if meant else f"there is {listed}" if there else "the account has none"
        return Finding("problem", subject, "there is no calendar of this name", mend)
    events, unreadable = app.store.meetings.counts(place)
    more = f", {len(unreadable)} of which cannot be read ({named(unreadable)})" if unreadable else ""
    known = f"{events} event{'' if events == 1 else 's'} known so far{more}"
    return Finding("warning" if unreadable else "ok", subject, f"is there; {known}")
