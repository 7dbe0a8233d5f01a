"""Reading back the changed instances of an event that the user made repeat: each may be a conversation of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kith.core.event import SeenEvent
from kith.core.readback import Corrected, Talked, Withdrawn, understand_occurrence
from kith.core.rules import Rules
from kith.store.events import EventRow, ReachOut
from kith.store.store import Store
from kith.sync import said


def read_occurrences(
    store: Store,
    row: EventRow,
    reach_out: ReachOut,
    seen: SeenEvent,
    rules: Rules,
    now: datetime,
    say: Callable[..., None],
) -> None:
    """Take in what each of them says. ``say`` is told what was understood, of which event, of which day, and the text.

    Compared is what was last typed in an instance, not its conversation, which may have been edited elsewhere since.
    """
    people, zone = store.people, rules.days.zone
    today = now.astimezone(zone).date()
    for occurrence in seen.occurrences:
        key = occurrence.key
        stands = people.conversation_text(row.uid, key) is not None
        known = people.last_typed(row.uid, key) if stands else None
        meaning = understand_occurrence(occurrence, known, row.written, rules.marks, now, zone)
        match meaning:
            case Talked(day, text):
                people.keep_typed(row.uid, key, text, now)
                people.record_conversation(reach_out.people, day, text, now, event=row.uid, occurrence=key)
                say("talked", row, day, text)
                done = said.obey(store, reach_out.people, row.written.typed, text, day, today, talked=True)
            case Corrected(text):
                people.keep_typed(row.uid, key, text, now)
                said.correct(store, row.uid, key, known or "", text)
                say("corrected", row, today, text)
                day = said.day_of(store, row.uid, key, now, zone)
                done = said.obey(store, reach_out.people, known or "", text, day, today)
            case Withdrawn():
                people.withdraw_conversation(row.uid, key, now)
                say("withdrawn", row, today)
                continue
            case _:
                continue
        if done:
            say("obeyed", row, day, done)
