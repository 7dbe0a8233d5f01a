"""After a look: what is seen of an event becomes what later looks are compared with, and some of it the user's own."""

from __future__ import annotations

from dataclasses import replace

from kith.core.event import SeenEvent, When, normal_line
from kith.core.readback import Written, without_mark
from kith.core.rules import Marks
from kith.store.events import EventRow, EventState


def users_own(seen: SeenEvent, plain_title: str, marks: Marks, *, description: bool) -> frozenset[str]:
    """What of an event is the user's from now on: owned fields, and ``extras`` for what they put in.

    ``description`` says whether the text is. In a repeating event it always is: its changed instances keep the brief of
    their day, and another one would look typed there.
    """
    theirs = {
        "title": normal_line(without_mark(seen.fields.title, plain_title, marks)) != normal_line(plain_title),
        "description": description or seen.repeats,
        "when": seen.repeats,
        "extras": seen.extras,
    }
    return frozenset(name for name, is_theirs in theirs.items() if is_theirs)


def as_seen(
    row: EventRow,
    seen: SeenEvent,
    settled: Written,
    when: When,
    typed: str,
    hands_off: frozenset[str],
    *,
    touched: bool,
) -> EventRow:
    """The event's row with what is seen as the new baseline.

    ``settled`` is what was written, a write under way included; ``when`` where the event stands, as kith writes it.
    """
    written = Written(
        fields=replace(seen.fields, when=when),
        plain_title=settled.plain_title,
        brief=settled.brief,
        typed=typed,
        last_modified=seen.last_modified or settled.last_modified,
    )
    return replace(
        row,
        written=written,
        href=seen.href,
        etag=seen.etag,
        state=EventState.OPEN if row.state is EventState.CREATING else row.state,
        hands_off=hands_off,
        repeats_until=seen.repeats_until,
        touched=touched,
        missing_since=None,
    )
