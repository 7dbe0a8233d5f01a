"""Days, times and what was understood, as the command line says them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from kith.core.brief import day_text
from kith.core.event import Kind, printable
from kith.core.plan import Why
from kith.core.report import Understood, WroteEvent

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MEANINGS = {
    "talked": "talked {on_day}",
    "corrected": "corrected what you talked about",
    "withdrawn": "took the mark away: not a conversation after all (the text is kept)",
    "met": "met {on_day}",
    "unmet": "the meeting of {day} did not take place after all: not a conversation",
    "noted": "a note in preparation, not a contact",
    "tried": "tried {on_day}, no answer: comes again in a few days",
    "snoozed": "moved to {day}: snoozed until then",
    "passed": "{day} passed unanswered: comes again",
    "missing": "the event of {day} is gone: counts as skipped if it still is at the next pass",
    "kept": "a promise kept",
    "obeyed": "done as you wrote",
    "back": "the event that was gone is back",
    "skipped, deleted": "deleted: this round is skipped, counted from {day}",
    "skipped, passed": "passed unanswered too often: skipped. A longer cadence may fit better: `kith advise`",
}
_OF_OTHER_KINDS = {
    Kind.DATE: {
        "tried": "tried {on_day}, no answer",
        "passed": "{day} passed unanswered",
        "missing": "the event of {day} is gone: not this year, if it still is at the next pass",
        "skipped, deleted": "deleted: not this year",
    },
    Kind.INTRODUCTION: {
        "talked": "introduced {on_day}",
        "corrected": "corrected what came of it",
        "withdrawn": "took the mark away: not introduced after all (the text is kept)",
        "missing": "the event of {day} is gone: the introduction is dropped if it still is at the next pass",
        "skipped, deleted": "deleted: the introduction is dropped",
        "skipped, passed": "passed unanswered too often: the introduction is dropped",
    },
    Kind.SCOUT: {
        "talked": "did something about it {on_day}",
        "corrected": "corrected what you did about it",
        "withdrawn": "took the mark away: nothing done about it after all (the text is kept)",
        "tried": "tried {on_day}, no answer",
        "passed": "{day} passed unanswered",
        "missing": "the event of {day} is gone: not this week, if it still is at the next pass",
        "skipped, deleted": "deleted: not this week",
    },
}
_WHYS = {
    Why.AGAIN: "comes again",
    Why.WINDOW: "due on other days now",
    Why.BARRED: "not on that day or hour any more",
    Why.OVER_BUDGET: "that day was too full",
    Why.SHAPE: "as your config asks for it now",
}
_ENDS = {
    "talked": "you talked",
    "skipped": "this round is skipped",
    "withdrawn": "paused, or not in your network any more",
    "moved on": "nobody on it waits any more",
    "on a list": "on a list now",
    "on another list": "whoever waits is on another list now",
    "on their own": "whoever waits has an event of their own now",
    "passed": "its time has passed",
    "meeting": "you have a meeting with them ahead",
}
_DID = {
    Kind.INTRODUCTION: "you introduced them",
    Kind.SCOUT: "you did something about it",
}
_WRITES = {
    "created": "new {when}",
    "moved": "moved to {when}",
    "updated": "brought up to date",
    "ticked": "ticked, now that {did}",
    "removed": "removed: {why}",
}


def day_words(day: date, today: date) -> str:
    """``today``, ``tomorrow``, ``Fri 27 Nov``, with the year where it is another one."""
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return "tomorrow"
    if day == today - timedelta(days=1):
        return "yesterday"
    text = day_text(day)
    short = text if day.year != today.year else text.rsplit(" ", 1)[0]
    return f"{_WEEKDAYS[day.weekday()]} {short}"


def on_day(day: date, today: date) -> str:
    """``today``, but ``on Fri 27 Nov``."""
    words = day_words(day, today)
    return f"on {words}" if " " in words else words


def clock_text(start: datetime | None, zone: tzinfo) -> str:
    """``17:30`` in the user's zone, or nothing."""
    return start.astimezone(zone).strftime("%H:%M") if start else ""


def understood_words(item: Understood, today: date) -> str:
    """What one answer was taken for, without the name."""
    what = f"skipped, {item.text}" if item.what == "skipped" else item.what
    template = _OF_OTHER_KINDS.get(item.kind, {}).get(what) or _MEANINGS.get(what, item.what)
    if item.what == "snoozed" and item.day < today:
        template = "moved to {day}, a day gone by: not a contact"
    words = template.format(day=day_words(item.day, today), on_day=on_day(item.day, today))
    if not item.text or item.what == "skipped":
        return words
    return f"{words}: {item.text}" if item.what == "obeyed" else f"{words}: “{one_line(item.text)}”"


def wrote_words(item: WroteEvent, today: date, zone: tzinfo) -> str:
    """What one write was, without the name."""
    local = item.start.astimezone(zone) if item.start else None
    when = f"{day_words(local.date(), today)} at {local:%H:%M}" if local else "its day"
    words = _WRITES[item.what].format(
        when=when,
        why=_ENDS.get(item.why, "not wanted any more"),
        did=_DID.get(item.kind, "you talked"),
    )
    why = _WHYS.get(Why(item.why)) if item.what == "moved" and item.why else None
    return f"{words} ({why})" if why else words


def joined(names: Sequence[str]) -> str:
    """``Ana``, ``Ana and Rui``, ``Ana, Rui and Carla``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def count(number: int, one: str, more: str = "") -> str:
    """``1 event``, ``2 events``; ``more`` where the plural is not made with an s."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def quoted(text: str) -> str:
    """A text on one line in quotation marks, or that there is none."""
    return f"“{one_line(text)}”" if text.strip() else "no text"


def as_line(text: str) -> str:
    """What was typed for something of one line, as every calendar and the store can keep it."""
    return " ".join(printable(text).split())


def one_line(text: str) -> str:
    """A text on one line, cut where it is long."""
    flat = " / ".join(line.strip() for line in text.splitlines() if line.strip())
    return flat if len(flat) <= 80 else flat[:79] + "…"
