"""What the user answered, kept: conversations, attempts, skipped rounds, new days.

What an answer means was understood before; what becomes of its event is decided by :mod:`kith.sync.readback`.
Everything here is called inside a transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from kith.core.event import Kind, SeenEvent
from kith.core.questions import without_questions
from kith.core.readback import (
    Corrected,
    Meaning,
    Noted,
    Passed,
    Snoozed,
    Talked,
    Ticked,
    Tried,
    Withdrawn,
    understand_occurrence,
)
from kith.core.report import PassReport, Understood
from kith.core.rules import Rules
from kith.store.events import EventRow
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync import said
from kith.sync.by_hand import answer_open

_COMES_AGAIN = (Kind.REACH_OUT, Kind.INTRODUCTION)
"""What has its day (a birthday) or its week passes with it."""


class Answers:
    """Keeps the answers that one pass reads."""

    def __init__(self, store: Store, rules: Rules, now: datetime, report: PassReport) -> None:
        self._store = store
        self._rules = rules
        self._now = now
        self._zone = rules.days.zone
        self._today = now.astimezone(self._zone).date()
        self._report = report

    def record(
        self, row: EventRow, reach_out: ReachOut, meaning: Meaning, seen: SeenEvent, *, before: str, line: str = ""
    ) -> None:
        """Keep what an answer means, and do what its text asks for beside what it said ``before``.

        ``line`` is the key of the one it was given in, where the event is a list.
        """
        people, reach_outs = self._store.people, self._store.reach_outs
        if isinstance(meaning, Talked | Corrected | Noted | Ticked | Tried):
            meaning, before = replace(meaning, text=without_questions(meaning.text)), without_questions(before)
        match meaning:
            case Talked():
                people.record_conversation(
                    reach_out.people, meaning.day, meaning.text, self._now, event=row.uid, occurrence=line
                )
                reach_outs.save(replace(reach_out, withdrawn=False))
                reach_outs.close(reach_out.id, "talked", self._now)
                if reach_out.kind is not Kind.REACH_OUT:
                    answer_open(self._store, reach_out.people, meaning.day, self._now.astimezone(self._zone))
                self.tell("talked", row, reach_out, meaning.day, meaning.text)
                self._obey(row, reach_out, before, meaning.text, meaning.day, talked=True)
            case Corrected():
                self._correct(row, reach_out, before, meaning.text, line)
            case Withdrawn():
                people.withdraw_conversation(row.uid, line, self._now)
                reach_outs.save(replace(reach_out, withdrawn=True))
                self.tell("withdrawn", row, reach_out, self._today)
            case Noted():
                self.tell("noted", row, reach_out, seen.fields.when.day_in(self._zone), meaning.text)
                self._obey(row, reach_out, before, meaning.text, self._day_of(row, line))
            case Ticked(text=""):
                pass  # only a question was answered: that is for the meetings
            case Ticked():
                self.tell("kept", row, reach_out, self._today, meaning.text)
            case Tried():
                for person in reach_out.people:
                    people.record_attempt(person, meaning.day, meaning.text, self._now, row.uid)
                if not seen.repeats and reach_out.kind in _COMES_AGAIN:
                    again = self._rules.try_again.after(self._today)
                    reach_outs.save(replace(reach_out, again_from=again, fixed=False))
                self.tell("tried", row, reach_out, meaning.day, meaning.text)
                self._obey(row, reach_out, before, meaning.text, meaning.day)
            case Snoozed():
                reach_outs.save(replace(reach_out, fixed=True, again_from=None))
                self.tell("snoozed", row, reach_out, meaning.to.day_in(self._zone))
            case Passed():
                self._pass_by(row, reach_out, seen)

    def _pass_by(self, row: EventRow, reach_out: ReachOut, seen: SeenEvent) -> None:
        if reach_out.again_from is not None:
            # It has been concluded already, and waits for its new place; a series is the user's and cannot get one.
            if seen.repeats:
                self._store.reach_outs.close(reach_out.id, "snoozed", self._now)
            return
        day = seen.fields.when.day_in(self._zone)
        if reach_out.kind not in _COMES_AGAIN:
            self._store.reach_outs.close(reach_out.id, "passed", self._now)
            self.tell("passed", row, reach_out, day)
            return
        if not seen.repeats and reach_out.retries < self._rules.retries:
            again = replace(reach_out, retries=reach_out.retries + 1, again_from=self._today, fixed=False)
            self._store.reach_outs.save(again)
            self.tell("passed", row, reach_out, day)
            return
        self.skip(row, reach_out, day, "passed")

    def skip(self, row: EventRow, reach_out: ReachOut, day: date, reason: str) -> None:
        """This round is left out; the next comes a cadence after the later of ``day`` and today."""
        skipped = max(day, self._today)
        for person in reach_out.people if reach_out.kind is Kind.REACH_OUT else ():
            self._store.people.record_skip(person, skipped, reason, self._now, row.uid)
        self._store.reach_outs.close(reach_out.id, "skipped", self._now)
        self.tell("skipped", row, reach_out, skipped, reason)

    def read_occurrences(self, row: EventRow, reach_out: ReachOut, seen: SeenEvent) -> None:
        """Keep what the changed instances of an event say that the user made repeat."""
        people = self._store.people
        for occurrence in seen.occurrences:
            # What was typed there last: the conversation may have been edited on the command line since.
            talked = people.conversation_text(row.uid, occurrence.key) is not None
            known = people.last_typed(row.uid, occurrence.key) if talked else None
            meaning = understand_occurrence(occurrence, known, row.written, self._rules.marks, self._now, self._zone)
            match meaning:
                case Talked():
                    people.keep_typed(row.uid, occurrence.key, meaning.text, self._now)
                    people.record_conversation(
                        reach_out.people,
                        meaning.day,
                        meaning.text,
                        self._now,
                        event=row.uid,
                        occurrence=occurrence.key,
                    )
                    self.tell("talked", row, reach_out, meaning.day, meaning.text)
                    self._obey(row, reach_out, row.written.typed, meaning.text, meaning.day, talked=True)
                case Corrected():
                    people.keep_typed(row.uid, occurrence.key, meaning.text, self._now)
                    self._correct(row, reach_out, known or "", meaning.text, occurrence.key)
                case Withdrawn():
                    people.withdraw_conversation(row.uid, occurrence.key, self._now)
                    self.tell("withdrawn", row, reach_out, self._today)

    def _correct(self, row: EventRow, reach_out: ReachOut, before: str, text: str, place: str) -> None:
        """``place`` is a list's line, or an instance of an event that repeats."""
        said.correct(self._store, row.uid, place, before, text)
        stands = self._store.people.conversation_text(row.uid, place)
        self.tell("corrected", row, reach_out, self._today, text if stands is None else stands)
        self._obey(row, reach_out, before, text, self._day_of(row, place))

    def _obey(
        self, row: EventRow, reach_out: ReachOut, before: str, text: str, day: date, *, talked: bool = False
    ) -> None:
        done = said.obey(self._store, reach_out.people, before, text, day, talked=talked)
        if done:
            self.tell("obeyed", row, reach_out, day, done)

    def _day_of(self, row: EventRow, place: str) -> date:
        return said.day_of(self._store, row.uid, place, self._now, self._zone)

    def say(self, what: str, row: EventRow, day: date) -> None:
        """Report what happened to an event as a whole."""
        for number in row.reach_outs:
            self.tell(what, row, self._store.reach_outs.get(number), day)

    def tell(self, what: str, row: EventRow, reach_out: ReachOut, day: date, text: str = "") -> None:
        """Report what was understood about the people of a reach-out."""
        names = [self._store.people.name(person) for person in reach_out.people] or [row.written.plain_title]
        self._report.understood += [Understood(what, name, day, text, reach_out.kind) for name in names]
