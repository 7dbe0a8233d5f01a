"""A small world around whole passes: a clock, address books, a calendar, and a store that survives being killed.

:class:`World` lets time pass, runs passes, and keeps a memory of its own about every event (:class:`Story`), so that
the promises can be held against what really happened and not against what kith believes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from fakes.calendar import MARKS, Entry, ETags, FakeCalendar, Write
from fakes.source import FakeSource, Mood
from kith.core.event import Kind, When, has_passed, has_started
from kith.core.model import AccountId, Cadence, CardRef, CardUid, Circle, EventUid, PersonId
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules
from kith.store.events import EventRow, EventState
from kith.store.store import Store, open_store
from kith.sync.network import Known, load_everybody
from kith.sync.problems import Notify
from kith.sync.readback import KEEP_READING
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
INNER = Circle("inner", Cadence.of(Period(days=14)), labels=("Family",))
FRIENDS = Circle("friends", Cadence.of(Period(days=42)), labels=("Friends",))
RULES = Rules(DayRules(LISBON, per_day=2), circles=(INNER, FRIENDS))


class Killed(BaseException):
    """SIGKILL, as far as a test can have it: nothing may catch it."""


@dataclass(slots=True)
class Story:
    """What really happened to one event, whatever kith made of it.

    ``lines`` are the texts typed into it, ``above`` and ``inside`` those of them that stand over or in the brief.
    ``placed_by_user`` is where the user put it, None while it stands where kith did; ``free_to_move`` says that
    something happened since which lets kith move it on. ``had_started`` says that a start had come at some moment of
    its life; ``unmarked`` that an app dropped kith's mark, ``unclear`` that a copy of the store was put back.
    """

    lines: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    placed_by_kith: When | None = None
    placed_by_user: When | None = None
    free_to_move: bool = False
    had_started: bool = False
    ticked: bool = False
    instances: set[str] = field(default_factory=set)
    tildes: int = 0
    retitled: bool = False
    unmarked: bool = False
    unclear: bool = False


@dataclass(slots=True)
class Snapshot:
    """A copy of the store, and what was true when it was made."""

    file: Path
    read: dict[EventUid, set[str]]
    talks: int


class World:
    """Everything around kith. The store lies in ``folder``; where no ``calendar`` is given, it is one in memory."""

    def __init__(
        self,
        folder: Path,
        *,
        etags: ETags = ETags.STEADY,
        rules: Rules = RULES,
        calendar: FakeCalendar | None = None,
    ) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.rules = rules
        self.calendar = calendar or FakeCalendar(etags=etags)
        self.sources = [FakeSource("phone"), FakeSource("server", tells_changes=True)]
        self.stories: dict[EventUid, Story] = {}
        self.burnt: set[EventUid] = set()
        self.left_by_kith: dict[EventUid, int] = {}
        self.read: dict[EventUid, set[str]] = {}
        self.broken_promises: list[str] = []
        self.snapshot: Snapshot | None = None
        self.placed: set[EventUid] = set()
        self.removing = False
        self.talks = 0
        self.calendar.before_write = self._watch
        self._folder = folder
        self._file = folder / "kith.sqlite3"
        self._ids = count(1)
        self._open = ExitStack()
        self.open()

    # --- the store ------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the store twice: for passes, and as a command would while a pass runs."""
        self.store = self._connect()
        self.shell = self._connect()

    def close(self) -> None:
        """Let go of the store, as the end of a process does."""
        self._open.close()

    def _connect(self) -> Store:
        store = self._open.enter_context(open_store(self._file, self.now, self.new_id))
        store.database.execute("PRAGMA synchronous = OFF")  # the machine itself does not crash here
        return store

    def back_up(self) -> None:
        """Copy the store away."""
        file = self._folder / "backup.sqlite3"
        self.shell.database.back_up_to(file)
        self.snapshot = Snapshot(file, {uid: set(texts) for uid, texts in self.read.items()}, self.talks)

    def put_back(self) -> None:
        """Copy the backup over the store, behind kith's back."""
        assert self.snapshot is not None
        self.close()
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copy(self.snapshot.file, self._file)
        self.open()
        self.read = {uid: set(texts) for uid, texts in self.snapshot.read.items()}
        self.talks = self.snapshot.talks
        # What the copy does not know, kith cannot avoid to name again, where no event in the calendar tells of it.
        self.burnt = {row.uid for row in self.rows().values() if row.state is not EventState.CREATING}
        for story in self.stories.values():
            story.unclear = True

    def new_id(self) -> str:
        """The next id; the same ones in every run."""
        return f"id{next(self._ids):03d}"

    # --- time -----------------------------------------------------------------------------------------

    @property
    def zone(self) -> ZoneInfo:
        return self.rules.days.zone

    @property
    def local_now(self) -> datetime:
        return self.now.astimezone(self.zone)

    @property
    def today(self) -> date:
        return self.local_now.date()

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self._note_times()
        self.now += time
        self._note_times()

    # --- passes ---------------------------------------------------------------------------------------

    def run_pass(self, step: Callable[[str], None] = lambda _: None, *, accept_removals: bool = False) -> PassReport:
        """One pass, as it comes."""
        self._note_times()
        self.calendar.journal.clear()
        self.calendar.shown.clear()
        report = Pass(
            store=self.store,
            sources=self.sources,
            calendar=self.calendar,
            rules=self.rules,
            now=self.now,
            new_id=self.new_id,
            step=step,
            accept_removals=[source.account for source in self.sources] if accept_removals else [],
            notify=Notify(problems=True),
        ).run()
        self._note_read(report)
        return report

    def run_killed(self, at: int) -> None:
        """A pass that is killed at its ``at``-th step, or ends before that; then the store is opened again."""
        steps = count(1)

        def step(_: str) -> None:
            if next(steps) == at:
                raise Killed

        try:
            self.run_pass(step)
        except Killed:
            self.close()
            self.open()

    def run_disturbed(self, at: int, disturb: Callable[[], None]) -> PassReport:
        """A pass at whose ``at``-th step something else happens."""
        steps = count(1)

        def step(_: str) -> None:
            if next(steps) == at:
                disturb()

        return self.run_pass(step)

    def mend(self) -> None:
        """Everything answers again."""
        self.calendar.recover()
        self.calendar.reachable = True
        for source in self.sources:
            source.mood = Mood.WELL

    def settle(self) -> PassReport:
        """Clean passes until there is nothing more to do; the last one's report.

        One pass does everything, except that a deletion is believed at the second pass that sees it, and that what
        turned out to be otherwise when kith wrote (a conflict) is looked at again at the next.
        """
        self.mend()
        self.placed.clear()
        for _ in range(3):
            conflicts = self.calendar.conflicts
            report = self.run_pass()
            if self.calendar.conflicts == conflicts and all(item.what != "missing" for item in report.understood):
                break
        last = self.run_pass()
        if self.calendar.journal or last.understood:
            self.broken_promises.append(
                f"a second clean pass found something to do: understood {last.understood}, wrote {last.wrote}"
            )
        return last

    @staticmethod
    def held(report: PassReport) -> bool:
        """Whether the pass was not free to write."""
        return any(trouble.kind in ("CalendarVanished", "OtherInstall", "Denied") for trouble in report.troubles)

    # --- what there is --------------------------------------------------------------------------------

    def rows(self) -> dict[EventUid, EventRow]:
        """Every event the store knows."""
        uids = [EventUid(row["uid"]) for row in self.shell.database.all("SELECT uid FROM events")]
        found = [self.shell.events.get(uid) for uid in uids]
        return {row.uid: row for row in found if row is not None}

    def own(self) -> list[Entry]:
        """The events in the calendar that this store knows as its own."""
        known = self.shell.events.known_uids(entry.uid for entry in self.calendar.entries())
        return [entry for entry in self.calendar.entries() if entry.uid in known]

    def foreign(self) -> list[Entry]:
        """The events in the calendar that this store does not know: the user's, copies, another kith's."""
        known = self.shell.events.known_uids(entry.uid for entry in self.calendar.entries())
        return [entry for entry in self.calendar.entries() if entry.uid not in known]

    def events_of(self, person: PersonId) -> list[Entry]:
        """The events in the calendar that are about somebody."""
        return [entry for entry in self.own() if person in self._people_of(entry)]

    def _people_of(self, entry: Entry) -> set[PersonId]:
        row = self.shell.events.get(entry.uid)
        numbers = row.reach_outs if row else ()
        return {person for number in numbers for person in self.shell.reach_outs.get(number).people}

    def is_watched(self, row: EventRow) -> bool:
        """Whether kith still reads what happens to the event."""
        if row.state is EventState.GONE:
            return False
        return row.state is not EventState.CLOSED or (
            row.closed_at is not None and row.closed_at >= self.now - KEEP_READING
        )

    def people(self) -> dict[PersonId, Known]:
        """Everybody, as kith sees them now."""
        return load_everybody(self.shell, self.rules).known

    def cards(self) -> dict[AccountId, set[CardRef]]:
        """The cards in the store, by account."""
        found: dict[AccountId, set[CardRef]] = {source.account: set() for source in self.sources}
        for row in self.shell.database.all("SELECT account, collection, uid FROM cards"):
            ref = CardRef(AccountId(row["account"]), row["collection"], CardUid(row["uid"]))
            found[ref.account].add(ref)
        return found

    def is_list(self, entry: Entry) -> bool:
        """Whether it is about several people, each in a line."""
        row = self.shell.events.get(entry.uid)
        return row is not None and row.marker.kind is Kind.LIST

    def story(self, entry: Entry) -> Story:
        """What is remembered of an event."""
        return self.stories.setdefault(entry.uid, Story())

    # --- keeping count --------------------------------------------------------------------------------

    def _note_times(self) -> None:
        for entry in self.calendar.entries():
            story = self.story(entry)
            started = has_started(entry.fields.when, self.now, self.zone)
            story.had_started |= started
            row = self.shell.events.get(entry.uid)  # moved on since, but kith has not looked and cannot know
            story.had_started |= row is not None and has_started(row.written.fields.when, self.now, self.zone)
            story.free_to_move |= has_passed(entry.fields.when, self.now, self.zone)
            story.free_to_move |= started and entry.fields.title.startswith("~")

    def _note_read(self, report: PassReport) -> None:
        """After a pass that looked and came to its end, every text shown to it has been read."""
        if any(trouble.account == self.calendar.account and trouble.kind == "Transient" for trouble in report.troubles):
            return  # it may have stopped before it came to them
        for seen in self.calendar.shown:
            story, row = self.stories.get(seen.uid), self.shell.events.get(seen.uid)
            if story is not None and row is not None and self.is_watched(row):
                texts = {text for text in story.lines if text in seen.fields.description}
                self.read.setdefault(seen.uid, set()).update(texts)

    def _watch(self, write: Write) -> None:
        """Hold every single write against what kith promised, at the moment it happens."""
        self._note_times()
        for sentence in self._wrongs_of_removing(write) if self.removing else self._wrongs(write):
            self.broken_promises.append(f"{sentence}: {write}")
        story = self.story(write.entry)
        if write.after is not None:
            self.left_by_kith[write.entry.uid] = write.after.version
        if write.before is None and write.after is not None:
            self.burnt.add(write.entry.uid)
            story.placed_by_kith = write.after.fields.when
            self.placed.add(write.entry.uid)
        elif (
            write.before is not None
            and write.after is not None
            and not write.after.fields.when.same_start(write.before.fields.when)
        ):
            story.placed_by_kith, story.placed_by_user = write.after.fields.when, None
            story.free_to_move = False
            self.placed.add(write.entry.uid)

    def _wrongs(self, write: Write) -> list[str]:
        before, after = write.before, write.after
        row = self.shell.events.get(write.entry.uid)
        if row is None:
            return ["kith wrote an event whose intent was not on disk"]
        story = self.story(write.entry)
        wrongs = []
        if before is None:
            if row.state is not EventState.CREATING:
                wrongs.append(f"an event was created that the store calls {row.state}")
            if write.entry.uid in self.burnt:
                wrongs.append("a name was used a second time")
        elif after is None:
            if row.state is not EventState.DELETING:
                wrongs.append(f"an event was removed that the store calls {row.state}")
            if any(text in before.fields.description for text in story.lines):
                wrongs.append("an event that holds typed text was removed")
        else:
            if row.state not in (EventState.OPEN, EventState.FINISHING) or row.written.pending is None:
                wrongs.append(f"an event was changed that the store calls {row.state}, with {row.written.pending}")
            wrongs += self._wrong_changes(before, after, story)
        return wrongs

    def _wrongs_of_removing(self, write: Write) -> list[str]:
        """What a command that removes another kith's events may not do."""
        story = self.story(write.entry)
        kept = any(text in write.entry.fields.description for text in story.lines)
        return ["an event that holds typed text was removed"] if write.after is not None or kept else []

    def _wrong_changes(self, before: Entry, after: Entry, story: Story) -> list[str]:
        wrongs = []
        old, new = before.fields, after.fields
        finished = new.title.startswith(MARKS[:-1]) and has_started(new.when, self.now, self.zone)
        if not new.when.same_start(old.when):
            if before.repeats:
                wrongs.append("an event that the user made repeat was moved")
            if story.placed_by_user is not None and not (story.free_to_move or finished):
                wrongs.append("an event that the user had moved was moved")
        if story.retitled and new.title not in (old.title, f"✓ {old.title}"):
            wrongs.append("a title that the user wrote was changed")
        frozen = story.inside or any(text in old.description for text in story.above)
        if frozen and not self.is_list(before) and new.description != old.description:
            wrongs.append("a brief that the user edited was rewritten")
        if any(text in old.description and text not in new.description for text in story.lines):
            wrongs.append("typed text was taken out of an event")
        if replace(before, fields=new, marker=after.marker, version=0, last_modified=None) != replace(
            after, version=0, last_modified=None
        ):
            wrongs.append("more was changed than kith's own fields")
        return wrongs
