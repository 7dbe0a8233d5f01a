"""What kith promises, whatever happens: one method each, every failure a sentence.

:meth:`Promises.always` holds after anything at all, also after a pass that failed or was killed.
:meth:`Promises.when_settled` holds once a clean pass has nothing more to do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from fakes.calendar import MARKS, Entry
from kith.core.cadence import window
from kith.core.checklist import parse
from kith.core.event import AllDay, Kind, Timed, has_passed, has_started
from kith.core.model import EventUid
from kith.core.problem import is_lasting
from kith.core.readback import Mark
from kith.core.report import PassReport
from kith.store.events import LIVE, EventRow, EventState
from kith.store.joins import OWNED
from stateful.world import World

DONE = MARKS[:-1]


class Promises:
    """Holds one world to what kith promises."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._foreign: dict[EventUid, Entry] = {}

    def always(self) -> None:
        """What must hold at any moment."""
        self.no_write_broke_a_promise()
        self.one_open_reach_out_each()
        self.who_counts_as_somebody_else_has_nothing()
        self.foreign_events_are_untouched()
        self.no_text_that_was_read_is_lost()
        self.everything_is_recorded_once()
        self.no_conversation_is_made_up()

    def when_settled(self, report: PassReport) -> None:
        """What must hold when a clean pass has nothing more to do; ``report`` is that pass's."""
        self.always()
        self.every_answer_is_recorded(report)
        if self._world.held(report):
            return
        self.nobody_is_forgotten(report)
        self.every_open_reach_out_stands_in_the_calendar(report)
        self.nothing_of_kiths_is_left_behind()
        self.no_day_is_over_its_budget()
        self.today_is_not_filled_up_again()
        self.every_lasting_problem_was_told()
        self.no_mended_problem_is_left_behind()

    def remember_foreign_events(self) -> None:
        """The user changed something: what there is of theirs now is what must stay."""
        self._foreign = {entry.uid: entry for entry in self._world.foreign()}

    # --- always ---------------------------------------------------------------------------------------

    def no_write_broke_a_promise(self) -> None:
        assert not self._world.broken_promises, "\n".join(self._world.broken_promises)

    def one_open_reach_out_each(self) -> None:
        every = self._world.shell.reach_outs.open()
        opened = {number: one for number, one in every.items() if one.kind is Kind.REACH_OUT}
        by_person = Counter(person for reach_out in opened.values() for person in reach_out.people)
        assert all(number == 1 for number in by_person.values()), f"more than one open reach-out: {by_person}"
        in_calendar = Counter(
            person
            for entry in self._world.own()
            for number in self._row(entry).carried
            if self._row(entry).state in LIVE and number in opened
            for person in opened[number].people
        )
        assert all(number == 1 for number in in_calendar.values()), f"more than one live event: {in_calendar}"

    def who_counts_as_somebody_else_has_nothing(self) -> None:
        for table in ("person_cards", *OWNED):
            rows = self._all(
                f"SELECT p.id FROM {table} t JOIN people p ON p.id = t.person_id WHERE joined_to IS NOT NULL"
            )
            assert not rows, f"{[row['id'] for row in rows]} count as others, and have something in {table}"
        chains = self._all(
            "SELECT p.id FROM people p JOIN people w ON w.id = p.joined_to WHERE w.joined_to IS NOT NULL"
        )
        assert not chains, f"{chains} count as people who count as others"

    def foreign_events_are_untouched(self) -> None:
        world = self._world
        known = world.shell.events.known_uids(uid for uid, entry in self._foreign.items() if entry.is_kiths)
        for uid, before in self._foreign.items():
            adopted = uid in known and before.marker is not None and before.marker.install == world.shell.install
            now = world.calendar.get(uid)
            assert now == before or adopted, f"an event that is not kith's was touched: {before} became {now}"

    def no_text_that_was_read_is_lost(self) -> None:
        for uid, texts in self._world.read.items():
            kept = "\n".join(self._world.shell.people.typed_texts(uid))
            lost = [text for text in texts if text not in kept]
            assert not lost, f"a pass read {lost} in {uid}, and the store has only {kept!r}"

    def everything_is_recorded_once(self) -> None:
        for table, each in (("conversations", "event_uid, occurrence"), ("skips", "event_uid, person_id")):
            rows = self._all(
                f"SELECT event_uid, count(*) AS n FROM {table} WHERE event_uid IS NOT NULL GROUP BY {each}"
            )
            twice = [row["event_uid"] for row in rows if row["n"] > self._people_at_once(row["event_uid"], table)]
            assert not twice, f"{table} of {twice} were recorded more than once"
        once = "count(DISTINCT recorded_at)"  # of an introduction, both have it
        for row in self._all(f"SELECT event_uid, {once} AS n FROM attempts GROUP BY event_uid, person_id"):
            put = self._world.stories[row["event_uid"]].tildes
            put *= self._people_at_once(row["event_uid"], "attempts")
            assert row["n"] <= put, f"{row['n']} attempts of {row['event_uid']} for {put} tildes"
        logged = self._all("SELECT count(*) AS n FROM conversations WHERE event_uid IS NULL")[0]["n"]
        assert logged == self._world.talks, f"{logged} conversations logged by hand, {self._world.talks} meant"

    def no_conversation_is_made_up(self) -> None:
        for row in self._all(
            "SELECT event_uid, occurrence, text FROM conversations WHERE event_uid IS NOT NULL AND withdrawn_at IS NULL"
        ):
            story = self._world.stories[row["event_uid"]]
            if story.unclear and story.unmarked:
                continue  # neither the store nor the event could tell kith's words from the user's
            whole = story.ticked or (story.lines and self._had_started(row["event_uid"]))
            of_an_instance = row["occurrence"] and not self._is_list(row["event_uid"])
            answered = row["occurrence"] in story.instances if of_an_instance else whole
            assert answered, f"nobody answered {row['event_uid']}, and it counts as a conversation: {row['text']!r}"

    # --- when settled ---------------------------------------------------------------------------------

    def every_answer_is_recorded(self, report: PassReport) -> None:
        """A ticked event is a conversation, and its text is what stands in the event."""
        for entry in self._world.own():
            if entry.elsewhere and self._world.held(report):
                continue  # a calendar that lost its events is not searched for, only looked at
            row, story = self._row(entry), self._world.story(entry)
            if entry.unreadable or not self._world.is_watched(row) or story.retitled or row.reach_outs == ():
                continue
            if self._is_list(entry.uid):
                self._every_line_is_recorded(entry, row)
                continue
            text = self._world.shell.people.conversation_text(entry.uid)
            if entry.fields.title.startswith(DONE):
                assert text is not None, f"{entry.uid} is ticked, and there is no conversation"
            if text is not None:
                missing = [t for t in story.lines if t in entry.fields.description and t not in text]
                assert not missing, f"{missing} stands in {entry.uid}, but not in its conversation {text!r}"

    def _every_line_is_recorded(self, entry: Entry, row: EventRow) -> None:
        """A ticked line is a conversation, and its text is what stands in the line."""
        read = parse(entry.fields.description, row.written.brief, self._world.rules.marks)
        for line in row.lines:
            text = self._world.shell.people.conversation_text(entry.uid, line.key)
            item = read.items.get(line.key)
            if item is not None and item.mark is Mark.DONE and not entry.repeats:
                assert text is not None, f"the line {line} of {entry.uid} is ticked, and there is no conversation"
            if item is not None and text is not None:
                missing = [typed for typed in item.text.splitlines() if typed and typed not in text]
                assert not missing, f"{missing} stands in {entry.uid}, but not in the conversation {text!r}"

    def nobody_is_forgotten(self, report: PassReport) -> None:
        world = self._world
        end = world.rules.days.horizon.after(world.today)
        opened = set(world.shell.events.waiting())
        for person, known in world.people().items():
            if not known.is_wanted(world.today) or person in opened:
                continue
            belongs = window(known.standing)
            assert belongs is not None, f"{known.person.name} is in the network, and nothing says when they are due"
            later, said = belongs.due > end, known.person.name in report.unplaced
            assert later or said, f"{known.person.name} is due on {belongs.due}, and has no reach-out"

    def every_open_reach_out_stands_in_the_calendar(self, report: PassReport) -> None:
        world = self._world
        rows = [row for row in world.rows().values() if row.state in LIVE]
        for number, reach_out in world.shell.reach_outs.open().items():
            events = [row for row in rows if number in row.carried]
            assert len(events) == 1, f"{reach_out} is open, and its events are {events}"
            row = events[0]
            entry = world.calendar.get(row.uid)
            assert entry is not None, f"{reach_out} is open, and its event is not in the calendar"
            people = world.people()
            said = any(people[person].person.name in report.unplaced for person in reach_out.people)
            if not (entry.unreadable or entry.repeats or said):
                passed = has_passed(entry.fields.when, world.now, world.zone)
                assert not passed, f"{entry} has passed, and was left there"

    def nothing_of_kiths_is_left_behind(self) -> None:
        """An event ahead that the user never touched is there because it is wanted."""
        for entry in self._world.own():
            row, story = self._row(entry), self._world.story(entry)
            theirs = story.retitled or story.ticked or story.placed_by_user is not None or entry.place or entry.repeats
            texts = any(text in entry.fields.description for text in story.lines)
            touched = theirs or texts or entry.version != self._world.left_by_kith.get(entry.uid)
            ahead = not has_started(entry.fields.when, self._world.now, self._world.zone)
            if ahead and not touched and not entry.unreadable and not story.unclear:
                assert row.state is EventState.OPEN, f"{entry} was left behind as {row.state}"

    def no_day_is_over_its_budget(self) -> None:
        world = self._world
        opened = world.shell.reach_outs.open()
        days: dict[date, list[Entry]] = defaultdict(list)
        for entry in world.own():
            row = self._row(entry)
            waiting = sum(number in opened for number in row.carried) if row.state in LIVE else 0
            known = row.written.fields if entry.unreadable else entry.fields  # nobody sees where that was moved to
            days[world.rules.days.slot(known.when.day_in(world.zone))] += [entry] * waiting
        for day, there in days.items():
            placed = [entry for entry in there if self._kith_could_move(entry)]
            over = len(there) - world.rules.days.holds(day)
            assert over <= 0 or not placed, f"{len(there)} on {day}, and {len(placed)} of them could be elsewhere"

    def today_is_not_filled_up_again(self) -> None:
        """Whoever answered today is done for today, up to the budget; nobody else comes in their place."""
        world = self._world
        there, done = set(), set()
        ended = {row.uid for row in world.shell.events.ended_on(world.today, world.zone)}
        for row in world.rows().values():
            if row.written.fields.when.day_in(world.zone) == world.today and row.marker.kind is not Kind.LIST:
                opened = any(world.shell.reach_outs.get(number).open for number in row.reach_outs)
                there |= {row.uid} if row.state in LIVE and opened else set()
                done |= {row.uid} & ended
        done |= {uid for uid in world.shell.people.tried_on(world.today) if not self._is_list(uid)}
        new = there & world.placed
        used = len(there | done)
        assert not new or used <= world.rules.days.per_day, f"{used} today, {len(done)} of them done, and {new} came"

    def every_lasting_problem_was_told(self) -> None:
        """Whatever became of its event: one that the user deleted or changed is not written again."""
        world = self._world
        for fault in world.shell.runs.faults():
            if is_lasting(fault.kind, fault.since, world.now):
                row = world.shell.events.get(fault.event) if fault.event else None
                assert row is not None, f"{fault} lasts, and nobody was told"
                assert row.state in (EventState.OPEN, EventState.GONE, EventState.CLOSED), f"{row} was not settled"

    def no_mended_problem_is_left_behind(self) -> None:
        """An event about a problem is there because it stands, or because the user put something into it."""
        standing = {fault.event for fault in self._world.shell.runs.faults()}
        for entry in self._world.own():
            row = self._row(entry)
            if row.marker.kind is not Kind.PROBLEM or entry.unreadable or entry.elsewhere:
                continue
            touched = row.touched or row.written.typed or row.hands_off or self._world.story(entry).unclear
            told = entry.uid in standing
            assert told or touched or row.state in (EventState.CLOSED, EventState.GONE), f"{entry} was left behind"
            if told and not touched and row.state is EventState.OPEN:
                assert entry.fields.when == AllDay(self._world.today), f"{entry} is not on today's date"

    # --- inside ---------------------------------------------------------------------------------------

    def _kith_could_move(self, entry: Entry) -> bool:
        story = self._world.story(entry)
        theirs = story.placed_by_user is not None or entry.repeats or entry.unreadable or story.unclear
        if self._is_list(entry.uid):  # a line that somebody wrote into stays where it is
            read = parse(entry.fields.description, self._row(entry).written.brief, self._world.rules.marks)
            theirs = theirs or read.is_touched or entry.version != self._world.left_by_kith.get(entry.uid)
        timed = isinstance(entry.fields.when, Timed)
        return timed and not theirs and not has_started(entry.fields.when, self._world.now, self._world.zone)

    def _people_at_once(self, uid: EventUid, table: str) -> int:
        """What is said of a whole list goes for everybody on it, who may have been joined into one person since."""
        of_a_list = table != "conversations" and self._is_list(uid)
        return len(self._all("SELECT 1 FROM event_reach_outs WHERE event_uid = ?", uid)) if of_a_list else 1

    def _had_started(self, uid: EventUid) -> bool:
        """Whether its start had come, or that of an event that carried the same reach-out before."""
        sql = (
            "SELECT DISTINCT other.event_uid FROM event_reach_outs mine"
            " JOIN event_reach_outs other USING (reach_out_id) WHERE mine.event_uid = ?"
        )
        known = self._world.stories
        stories = [known[row["event_uid"]] for row in self._all(sql, uid) if row["event_uid"] in known]
        return any(story.had_started for story in stories)

    def _is_list(self, uid: EventUid) -> bool:
        row = self._world.shell.events.get(uid)
        return row is not None and row.marker.kind is Kind.LIST

    def _row(self, entry: Entry) -> EventRow:
        row = self._world.shell.events.get(entry.uid)
        assert row is not None
        return row

    def _all(self, sql: str, *values: str) -> list[Any]:
        return self._world.shell.database.all(sql, values)
