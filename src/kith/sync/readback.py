"""Looking at the calendar, and taking in what the user did there.

For each event: what was typed goes to disk first, then what it means, then the new baseline, in one transaction.
Which events stand where is handed on to :mod:`kith.sync.act`; nothing is written to the calendar here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kith.calendars.base import Calendar, Look
from kith.core.event import Kind, SeenEvent, Timed, When
from kith.core.model import EventUid
from kith.core.readback import (
    Mark,
    Meaning,
    Passed,
    Reading,
    Round,
    Talked,
    Withdrawn,
    Written,
    finishing_change,
    leading_mark,
    read,
    settle,
    sticky_start,
    understand,
)
from kith.core.reconcile import Sight
from kith.core.report import Note, PassReport, Trouble
from kith.core.rules import Rules
from kith.store.calendars import CalendarState, LastLook
from kith.store.events import EventRow, EventState
from kith.store.reach_outs import ReachOut
from kith.store.store import Store
from kith.sync.answers import Answers
from kith.sync.baseline import as_seen, users_own
from kith.sync.list_answers import ListAnswers

KEEP_READING = timedelta(days=60)
"""How long a closed event is read, so that a late note or correction arrives."""

_ALL_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """An event of the store and how it stands in the calendar; ``seen`` is None where nothing was seen."""

    row: EventRow
    sight: Sight
    seen: SeenEvent | None = None


@dataclass(slots=True)
class Sightings:
    """What one look at the calendar came to. ``held`` says why nothing may be created or concluded."""

    events: dict[EventUid, Standing] = field(default_factory=dict)
    held: str = ""


class ReadBack:
    """Takes one calendar's answers in."""

    def __init__(
        self,
        store: Store,
        calendar: Calendar,
        rules: Rules,
        now: datetime,
        report: PassReport,
        step: Callable[[str], None],
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._rules = rules
        self._now = now
        self._zone = rules.days.zone
        self._today = now.astimezone(self._zone).date()
        self._report = report
        self._answers = Answers(store, rules, now, report)
        self._lists = ListAnswers(store, rules, now, self._answers)
        self._step = step

    def run(self) -> Sightings:
        """Look, understand, record. Raises AccountError when the calendar could not be looked at."""
        events, account, name = self._store.events, self._calendar.account, self._calendar.name
        rows = events.watched(account, name, self._now, KEEP_READING)
        last = self._store.calendars.last_look(account, name)
        known = events.put_away(account, name) | dict(last.settled)
        known |= {row.href: row.etag for row in rows if row.href is not None}
        look = self._calendar.look(known, last.cursor)
        self._step("looked")
        seen = _by_uid(look.events, rows)
        rows += self._back_again(seen, rows)
        unknown = self._strangers(seen)
        held = self._hold_on(rows, seen, look, unknown)
        self._remember(last, look, {seen[row.uid] for row in rows if row.uid in seen} | set(unknown))
        sightings = Sightings(held=held)
        for row in rows:
            standing = self._take(row, seen.get(row.uid), look, concluding=not held)
            sightings.events[row.uid] = standing
            self._step("read back")
        return sightings

    # --- brakes ---------------------------------------------------------------------------------------

    def _remember(self, last: LastLook, look: Look, concerning: Collection[SeenEvent]) -> None:
        """Keep what the next look need not fetch again: what was seen and concerns nobody."""
        looked_at = {event.href for event in look.events}
        settled = {
            href: etag for href, etag in last.settled.items() if href not in looked_at and href not in look.absent
        }
        settled |= {
            event.href: event.etag for event in look.events if event.etag is not None and event not in concerning
        }
        now = LastLook(look.cursor, settled)
        if now != last:
            with self._store.transaction():
                self._store.calendars.save_look(self._calendar.account, self._calendar.name, now)

    def _hold_on(
        self,
        rows: list[EventRow],
        seen: dict[EventUid, SeenEvent],
        look: Look,
        strangers: list[SeenEvent],
    ) -> str:
        """Why nothing may be created or concluded now; empty if all is well. What is lasting is stored."""
        calendars, account, name = self._store.calendars, self._calendar.account, self._calendar.name
        before = calendars.get(account, name)
        vanished, standing = _vanished(rows, seen, look)
        changed = before is not None and before.identity not in ("", look.identity) and bool(vanished)
        newly = [row for row in vanished if row.missing_since is None]
        all_gone = len(newly) >= _ALL_AT_ONCE and not standing
        halted = before.halted if before is not None and vanished else None
        if halted is None and (changed or all_gone):
            halted = "changed" if changed else "emptied"
        identity = before.identity if halted and before is not None else look.identity
        with self._store.transaction():
            calendars.save(account, name, CalendarState(identity, halted), self._now)
        if halted:
            self._trouble(
                "CalendarVanished",
                f"{len(vanished)} open events are gone from the calendar at once; nothing was concluded from it",
                "bring the calendar back, or run `kith events accept` if you deleted them, `kith events recreate` "
                "to have them written again",
            )
            return "the calendar lost its events"
        if strangers:
            self._trouble(
                "OtherInstall",
                f"{len(strangers)} open events in the calendar were written by another kith, or before this store",
                "run `kith events adopt` to take them over, `kith events purge` to remove them, or "
                "`kith events takeover` to do either as fits",
            )
            return "the calendar holds another kith's events"
        return ""

    def _strangers(self, seen: dict[EventUid, SeenEvent]) -> list[SeenEvent]:
        found = strangers(self._store, seen.values(), self._rules, self._now)
        epoch = self._store.epoch
        own = [s for s in found if s.marker and s.marker.install == self._store.install and s.marker.epoch >= epoch]
        if own:
            # This store is older than the calendar: a copy was put back. Its next names must be new ones.
            with self._store.transaction():
                while self._store.epoch <= max(s.marker.epoch for s in own if s.marker):
                    self._store.begin_epoch()
        return found

    def _trouble(self, kind: str, message: str, hint: str) -> None:
        self._report.troubles.append(Trouble(self._calendar.account, kind, message, hint))

    # --- one event ------------------------------------------------------------------------------------

    def _back_again(self, seen: dict[EventUid, SeenEvent], rows: list[EventRow]) -> list[EventRow]:
        """Events that were gone and stand there again: read like closed ones, never concluded upon."""
        watched = {row.uid for row in rows}
        back = []
        for uid in seen.keys() - watched:
            row = self._store.events.get(uid)
            if row is not None and row.state is EventState.GONE:
                back.append(replace(row, state=EventState.CLOSED, closed_at=self._now, href=None, etag=None))
        return back

    def _take(self, row: EventRow, seen: SeenEvent | None, look: Look, *, concluding: bool) -> Standing:
        if seen is not None:
            return self._present(row, seen, concluding=concluding)
        if row.href is None:
            return Standing(row, Sight.ABSENT)
        if any(item.href == row.href for item in look.unreadable):
            reason = next(item.reason for item in look.unreadable if item.href == row.href)
            self._report.notes.append(Note(row.href, f"cannot be read, and was left alone: {reason}"))
            return Standing(row, Sight.UNKNOWN)
        if row.href in look.absent:
            return self._absent(row, concluding=concluding)
        if row.state is EventState.CLOSED:
            return Standing(row, _sight(row))  # nothing was done to it, and nothing comes of time passing
        unchanged = SeenEvent(
            href=row.href,
            etag=row.etag,
            uid=row.uid,
            fields=row.written.fields,
            last_modified=row.written.last_modified,
            extras="extras" in row.hands_off,
        )
        if "when" in row.hands_off:
            unchanged = replace(unchanged, repeats=True, repeats_until=row.repeats_until)
        return self._present(row, unchanged, concluding=concluding)

    def _present(self, row: EventRow, seen: SeenEvent, *, concluding: bool) -> Standing:
        with self._store.transaction():
            after = self._read_one(row, seen, concluding=concluding)
            if after != row:
                self._store.events.save(after)
        return Standing(after, _sight(after), seen)

    def _read_one(self, row: EventRow, seen: SeenEvent, *, concluding: bool) -> EventRow:
        if row.marker.kind is Kind.LIST:
            return self._lists.read(row, seen, concluding=concluding)
        reading = read(row.written, seen, self._rules.marks, self._now)
        settled = settle(row.written, seen)
        if reading.typed_changed:
            self._store.people.keep_typed(row.uid, "", reading.typed, self._now)
        if row.missing_since is not None:
            self._answers.say("back", row, self._today)
        row = self._baseline(row, settled, seen, reading)
        for number in row.reach_outs:
            reach_out = self._store.reach_outs.get(number)
            row = self._answer(row, reach_out, reading, settled, seen, concluding=concluding)
            self._answers.read_occurrences(row, reach_out, seen)
        return row

    def _baseline(self, row: EventRow, settled: Written, seen: SeenEvent, reading: Reading) -> EventRow:
        """What is seen becomes what later looks are compared with."""
        hands_off = users_own(seen, settled.plain_title, self._rules.marks, description=not reading.brief_intact)
        when = _as_written(settled.fields.when, seen.fields.when)
        touched = row.touched or reading.is_edit or seen.extras or seen.repeats
        return as_seen(row, seen, settled, when, reading.typed, hands_off=hands_off, touched=touched)

    def _answer(
        self,
        row: EventRow,
        reach_out: ReachOut,
        reading: Reading,
        settled: Written,
        seen: SeenEvent,
        *,
        concluding: bool,
    ) -> EventRow:
        round_ = Round(
            open=reach_out.open and reach_out.id in row.carried,
            started_at=reach_out.started_at,
            talked=self._store.people.conversation_text(row.uid) is not None,
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
                self._answers.record(row, reach_out, meaning, seen, before=settled.typed)
                row = self._after(row, meaning, seen)
                reach_out = self._store.reach_outs.get(reach_out.id)
        return row

    def _after(self, row: EventRow, meaning: Meaning, seen: SeenEvent) -> EventRow:
        """What an answer makes of its event."""
        match meaning:
            case Talked():
                return self._finish(row, meaning, seen)
            case Withdrawn():
                return self._closed(row)
            case _:
                return row

    def _finish(self, row: EventRow, meaning: Talked, seen: SeenEvent) -> EventRow:
        if row.state in (EventState.CLOSED, EventState.GONE):
            return row
        change = finishing_change(seen, self._rules.marks, self._now, self._zone, mark=meaning.mark)
        if not change:
            return self._closed(row)
        return replace(row, state=EventState.FINISHING, written=replace(row.written, pending=None))

    def _closed(self, row: EventRow) -> EventRow:
        if row.state is EventState.CLOSED:
            return row
        return replace(row, state=EventState.CLOSED, closed_at=self._now)

    # --- gone -----------------------------------------------------------------------------------------

    def _absent(self, row: EventRow, *, concluding: bool) -> Standing:
        """Nothing stands where the event stood: looked for by name, and believed at the second pass."""
        if row.state is not EventState.OPEN:
            return self._gone(row)
        if not concluding:
            return Standing(row, Sight.ABSENT)
        found = self._calendar.find(row.uid)
        self._step("looked again")
        if found is not None:
            return self._present(row, found, concluding=concluding)
        reach_outs = [self._store.reach_outs.get(number) for number in row.carried]
        still_open = [reach_out for reach_out in reach_outs if reach_out.open]
        if not still_open:
            return self._gone(row)
        with self._store.transaction():
            day = row.written.fields.when.day_in(self._zone)
            if row.missing_since is None:
                row = replace(row, missing_since=self._now)
                self._store.events.save(row)
                self._answers.say("missing", row, day)
                return Standing(row, Sight.ABSENT)
            for reach_out in still_open:
                self._answers.skip(row, reach_out, day, "deleted")
        return self._gone(row)

    def _gone(self, row: EventRow) -> Standing:
        row = replace(row, state=EventState.GONE, closed_at=row.closed_at or self._now)
        with self._store.transaction():
            self._store.events.save(row)
        return Standing(row, Sight.GONE)


def _sight(row: EventRow) -> Sight:
    return Sight.TOUCHED if row.touched or row.written.typed else Sight.AS_WRITTEN


def strangers(store: Store, seen: Iterable[SeenEvent], rules: Rules, now: datetime) -> list[SeenEvent]:
    """Open reach-outs in the calendar that carry kith's mark and are not in the store.

    They are another install's, or from before a restore. A copy, whose UID does not come out of its mark, is the
    user's.
    """
    zone = rules.days.zone
    oldest = now.astimezone(zone).date() - KEEP_READING
    marked = [
        event
        for event in seen
        if event.marker is not None
        and event.marker.uid == event.uid
        and event.marker.kind is not Kind.PROBLEM
        and event.fields.when.day_in(zone) >= oldest
        and leading_mark(event.fields.title, event.marker.title, rules.marks) is not Mark.DONE
    ]
    known = store.events.known_uids(event.uid for event in marked)
    return [event for event in marked if event.uid not in known]


def _as_written(before: When, seen: When) -> When:
    """What is seen, in the zone that it was written in: some servers speak UTC only, and that is nobody's edit."""
    if isinstance(before, Timed) and isinstance(seen, Timed) and seen.same_start(before):
        return Timed(before.start, seen.duration)
    return seen


def _by_uid(events: tuple[SeenEvent, ...], rows: list[EventRow]) -> dict[EventUid, SeenEvent]:
    """Each event once; where two stand there under one UID, the one at the place we know."""
    places = {row.uid: row.href for row in rows}
    found: dict[EventUid, SeenEvent] = {}
    for event in events:
        if event.uid not in found or event.href == places.get(event.uid):
            found[event.uid] = event
    return found


def _vanished(
    rows: list[EventRow], seen: dict[EventUid, SeenEvent], look: Look
) -> tuple[list[EventRow], list[EventRow]]:
    """The open reach-outs' events that are gone from their places, and those that stand."""
    written = [
        row
        for row in rows
        if row.state is EventState.OPEN and row.href is not None and row.marker.kind is not Kind.PROBLEM
    ]
    vanished = [row for row in written if row.href in look.absent and row.uid not in seen]
    gone = {row.uid for row in vanished}
    return vanished, [row for row in written if row.uid not in gone]
