"""Reading a list back: what the user did to the event, and to each line of it.

A line is to its person what an event of their own would be. A line that is gone was deleted, once a second pass agrees;
where all of them are gone at once, or the list says nothing that kith knows, nothing is concluded.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kith.core import checklist
from kith.core.checklist import Checklist
from kith.core.event import SeenEvent
from kith.core.list_lines import known
from kith.core.readback import (
    Mark,
    Passed,
    Reading,
    Round,
    Withdrawn,
    Written,
    read,
    settle,
    sticky_start,
    understand,
)
from kith.core.rules import Rules
from kith.store.events import EventRow, EventState, Line
from kith.store.store import Store
from kith.sync.answers import Answers
from kith.sync.baseline import as_seen, users_own


class ListAnswers:
    """Reads lists back, one event at a time, inside a transaction."""

    def __init__(self, store: Store, rules: Rules, now: datetime, answers: Answers) -> None:
        self._store = store
        self._rules = rules
        self._now = now
        self._zone = rules.days.zone
        self._today = now.astimezone(self._zone).date()
        self._answers = answers

    def read(self, row: EventRow, seen: SeenEvent, *, concluding: bool) -> EventRow:
        """Take in what is seen of a list; its row, as it is to be stored."""
        reading = read(row.written, seen, self._rules.marks, self._now)
        settled = _settled(row.written, seen)
        before = checklist.parse(settled.fields.description, settled.brief, self._rules.marks)
        now = checklist.parse(seen.fields.description, settled.brief, self._rules.marks)
        self._keep_typed(row, before, now)
        if row.missing_since is not None:
            self._answers.say("back", row, self._today)
        emptied = not now.items and (bool(before.items) or "description" in row.hands_off)
        answered = {line.key for line in row.lines if self._is_answered(line)}
        lines = checklist.readings(reading, before, now, answered, settled.brief, self._today)
        typed = checklist.texts(before)
        for line in row.lines:
            if line.missing_since is not None and line.key in lines:
                self._store.lines.set_missing(row.uid, line.reach_out, None)
                self._answers.tell("back", row, self._store.reach_outs.get(line.reach_out), self._today)
            if not emptied and line.key not in now.items and (line.missing_since or line.key in before.items):
                self._missing(row, line, seen, concluding=concluding)
            elif line.key in lines or self._waits(line):
                self._line(
                    row,
                    line,
                    lines.get(line.key) or _unseen(reading),
                    replace(settled, typed=typed.get(line.key, "")),
                    seen,
                    concluding=concluding,
                )
        after = self._baseline(row, settled, seen, reading, now, emptied=emptied)
        stored = self._store.events.get(row.uid)
        return replace(after, lines=stored.lines) if stored is not None else after

    def _keep_typed(self, row: EventRow, before: Checklist, now: Checklist) -> None:
        """What was typed goes to disk first: each line's, and what is nobody's."""
        were, are = checklist.texts(before), checklist.texts(now)
        for key, text in are.items():
            if text or were.get(key):
                self._store.people.keep_typed(row.uid, key, text, self._now)
        if (now.note or before.note) and not (now.is_of_one and are):
            self._store.people.keep_typed(row.uid, "", now.note, self._now)

    # --- one line -------------------------------------------------------------------------------------

    def _waits(self, line: Line) -> bool:
        return line.stands and self._store.reach_outs.get(line.reach_out).open

    def _is_answered(self, line: Line) -> bool:
        """Whether what is said of the whole list is not about this line any more."""
        reach_out = self._store.reach_outs.get(line.reach_out)
        return not reach_out.withdrawn and reach_out.outcome not in (None, "skipped", "adopted")

    def _line(
        self, row: EventRow, line: Line, reading: Reading, settled: Written, seen: SeenEvent, *, concluding: bool
    ) -> None:
        reach_out = self._store.reach_outs.get(line.reach_out)
        round_ = Round(
            open=reach_out.open and line.stands,
            started_at=reach_out.started_at,
            talked=self._store.people.conversation_text(row.uid, line.key) is not None,
            withdrawn=reach_out.withdrawn,
        )
        before = settled.fields.when
        meanings = understand(reading, round_, before, seen, self._now, self._zone)
        if round_.open:
            started = sticky_start(round_, before, self._now, self._zone)
            if started != reach_out.started_at:
                reach_out = replace(reach_out, started_at=started)
                self._store.reach_outs.save(reach_out)
        for meaning in meanings:
            if concluding or not isinstance(meaning, Passed):
                self._answers.record(row, reach_out, meaning, seen, before=settled.typed, line=line.key)
                if isinstance(meaning, Withdrawn) and line.stands and row.state is EventState.OPEN:
                    self._store.lines.reopen(line.reach_out)
                reach_out = self._store.reach_outs.get(reach_out.id)

    def _missing(self, row: EventRow, line: Line, seen: SeenEvent, *, concluding: bool) -> None:
        """The line is gone: this round is skipped, once a second pass agrees. One that was answered stays so."""
        reach_out = self._store.reach_outs.get(line.reach_out)
        if not reach_out.open or not line.stands:
            return
        day = seen.fields.when.day_in(self._zone)
        if line.missing_since is None:
            self._store.lines.set_missing(row.uid, line.reach_out, self._now)
            self._answers.tell("missing", row, reach_out, day)
        elif concluding:
            self._answers.skip(row, reach_out, day, "deleted")

    # --- the event ------------------------------------------------------------------------------------

    def _baseline(
        self,
        row: EventRow,
        settled: Written,
        seen: SeenEvent,
        reading: Reading,
        now: Checklist,
        *,
        emptied: bool,
    ) -> EventRow:
        """What is seen becomes what later looks are compared with."""
        waiting = [self._store.reach_outs.get(number) for number in row.carried]
        placed = any(reach_out.open and reach_out.fixed for reach_out in waiting)
        waits = {one.id for one in waiting if one.open and one.again_from is None}
        spent = {line.key for line in row.lines if line.reach_out not in waits}
        hands_off = users_own(seen, settled.plain_title, self._rules.marks, description=emptied)
        when = seen.fields.when if reading.moved else settled.fields.when
        touched = bool(hands_off) or now.holds_more_than(spent) or placed or reading.mark is Mark.DONE
        return as_seen(row, seen, settled, when, now.typed, hands_off=hands_off, touched=touched)


def _unseen(reading: Reading) -> Reading:
    """What differs in a line that cannot be told, or is not there yet: what is said of the whole list goes for it."""
    mark = checklist.newly_marked(reading)
    return replace(reading, typed="", typed_changed=False, only_ticks=False, mark=mark, mark_before=Mark.NONE)


def _settled(written: Written, seen: SeenEvent) -> Written:
    """The baseline with all that kith wrote since; lines are known by what was meant to be written, and what was."""
    settled = settle(written, seen)
    marker = seen.marker
    theirs = marker.lines if marker is not None and marker.uid == seen.uid else ()
    return replace(settled, brief=known(written.brief, theirs))
