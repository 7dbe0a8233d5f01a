"""Whole passes, in any order with everything that a user, a server and a power cut can do to them.

Hypothesis makes up lives of one kith from the rules of :class:`Passes`, and :class:`~stateful.promises.Promises` are
held against each of them after every step. What it found is kept in ``test_found.py``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fakes.calendar import Entry, ETags, all_day, at
from fakes.source import FakeSource, Mood
from kith.core.event import Kind
from kith.core.model import Cadence, PersonRule
from kith.core.period import Period
from kith.core.rules import DayRules
from kith.store.events import LIVE
from stateful.promises import Promises
from stateful.user import User
from stateful.world import FRIENDS, INNER, World

NAMES = ("Ana Souza", "Bo Lind", "Cem Aydın", "Dee Okafor", "Eve Kim", "Finn Ó Sé", "Gia Rossi", "Hal Young")

which = st.integers(0, 40)
stamps = st.booleans()
answers = st.sampled_from(
    ("tick", "untick", "tilde", "below", "below", "above", "inside", "erase", "delete", "restore")
)
commands = st.sampled_from(
    ("log", "log", "skip", "snooze", "pause", "unpause", "merge", "split", "introduce", "drop", "look for")
)


class Passes(RuleBasedStateMachine):
    """One life of one kith. Most rules come in few kinds, so that passes and answers are most of what happens."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="kith-test-")
        self.world = self.make_world(Path(self.folder.name))
        self.user = User(self.world)
        self.promises = Promises(self.world)
        self.cards = 0

    def make_world(self, folder: Path) -> World:
        """A world with a calendar in memory."""
        return World(folder)

    def teardown(self) -> None:
        self.world.close()
        self.folder.cleanup()

    @initialize(etags=st.sampled_from(ETags), utc=st.booleans(), trash=st.booleans(), people=st.integers(0, 6))
    def begin(self, etags: ETags, utc: bool, trash: bool, people: int) -> None:
        self.world.calendar.etags = etags
        self.world.calendar.speaks_utc = utc
        self.world.calendar.keeps_deleted = trash
        for number in range(people):
            self.add_card(self.world.sources[number % 2], ("Family", "Friends")[number % 2])
        self.promises.when_settled(self.world.settle())

    @invariant()
    def promises_hold(self) -> None:
        self.promises.always()

    # --- passes and time ------------------------------------------------------------------------------

    @rule()
    def a_pass(self) -> None:
        self.promises.when_settled(self.world.settle())

    @rule(days=st.integers(1, 4), hours=st.integers(0, 12))
    def ordinary_days(self, days: int, hours: int) -> None:
        self.world.wait(timedelta(hours=hours))
        for _ in range(days):
            self.world.wait(timedelta(days=1))
            self.promises.when_settled(self.world.settle())

    @rule(time=st.sampled_from((1, 5, 12, 24, 30, 48)))
    def hours_pass(self, time: int) -> None:
        self.world.wait(timedelta(hours=time))

    @rule(days=st.integers(1, 60))
    def days_pass(self, days: int) -> None:
        self.world.wait(timedelta(days=days))

    @rule(call=st.integers(1, 10), after=st.booleans())
    def failing_pass(self, call: int, after: bool) -> None:
        self.world.calendar.fail(call, after=after)
        self.world.run_pass()
        self.world.calendar.recover()

    @rule(step=st.integers(1, 30))
    def killed_pass(self, step: int) -> None:
        self.world.run_killed(step)

    @rule(step=st.integers(1, 20), act=st.one_of(answers, st.sampled_from(("move", "retitle"))), n=which, stamp=stamps)
    def pass_with_an_answer_during_it(self, step: int, act: str, n: int, stamp: bool) -> None:
        def disturb() -> None:
            self.promises.foreign_events_are_untouched()
            self.answer_it(act, n, stamp=stamp)

        self.world.run_disturbed(step, disturb)

    @rule(step=st.integers(1, 20), verb=commands, n=which)
    def pass_with_a_command_during_it(self, step: int, verb: str, n: int) -> None:
        self.world.run_disturbed(step, lambda: self.command(verb, n))

    # --- what the user does ---------------------------------------------------------------------------

    @rule(act=answers, n=which, stamp=stamps)
    def answer(self, act: str, n: int, stamp: bool) -> None:
        self.answer_it(act, n, stamp=stamp)

    @rule(act=answers, n=which, stamp=stamps)
    def answer_and_pass(self, act: str, n: int, stamp: bool) -> None:
        self.answer_it(act, n, stamp=stamp)
        self.a_pass()

    @rule(n=which, days=st.integers(-5, 40), hour=st.one_of(st.none(), st.integers(0, 23)), stamp=stamps)
    def move(self, n: int, days: int, hour: int | None, stamp: bool) -> None:
        self.move_it(n, days, hour, stamp=stamp)

    @rule(
        how=st.sampled_from(("title", "series", "short series", "instance", "place", "copy", "no mark")),
        n=which,
        stamp=stamps,
    )
    def make_it_theirs(self, how: str, n: int, stamp: bool) -> None:
        today = self.world.today
        acts: dict[str, Callable[[Entry], object]] = {
            "title": lambda entry: self.user.retitle(entry, stamp=stamp),
            "series": lambda entry: self.user.repeat(entry, None, stamp=stamp),
            "short series": lambda entry: self.user.repeat(entry, today + timedelta(days=n), stamp=stamp),
            "instance": lambda entry: self.user.tick_instance(entry) if entry.repeats else None,
            "place": lambda entry: self.user.add_place(entry, stamp=stamp),
            "copy": self.user.copy,
            "no mark": self.user.save_without_mark,
        }
        self.to_event(n, acts[how])

    @rule(verb=commands, n=which)
    def say(self, verb: str, n: int) -> None:
        self.command(verb, n)

    @rule(days=st.integers(0, 20), n=which)
    def add_by_hand(self, days: int, n: int) -> None:
        self.user.add(f"Zoe {n}", days)

    # --- address books --------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from(("new", "two in one", "other", "renamed", "gone", "group")),
        n=which,
        label=st.sampled_from(("Family", "Friends", "Work")),
    )
    def change_an_address_book(self, what: str, n: int, label: str) -> None:
        items = [(book, item) for book in self.world.sources for item in book.items() if item != "group"]
        if what in ("new", "two in one") or not items:
            self.add_card(self.world.sources[n % 2], label, 2 if what == "two in one" else 1)
            return
        book, item = items[n % len(items)]
        cards = book.items()[item]
        match what:
            case "other":
                book.put(item, *(book.card(card.ref.uid, card.name, label, phone=f"+3519{n:08d}") for card in cards))
            case "renamed":
                book.put(item, *(book.card(card.ref.uid, f"{card.name} II", label) for card in cards))
            case "gone":
                book.remove(item)
            case _:
                book.put("group", book.group("group", "Family", *(card.ref.uid for card in cards)))

    @rule(source=st.integers(0, 1), mood=st.sampled_from((Mood.EMPTY, Mood.DOWN, Mood.BREAKS)))
    def address_book_fails(self, source: int, mood: Mood) -> None:
        """Nothing goes because of it."""
        book, before = self.world.sources[source], self.world.cards()
        book.mood = mood
        self.world.run_pass()
        book.mood = Mood.WELL
        lost = before[book.account] - self.world.cards()[book.account]
        assert not lost, f"an address book that {mood.value} lost {lost}"

    @rule(
        source=st.integers(0, 1),
        days=st.integers(0, 3),
        killed_at=st.one_of(st.none(), st.integers(1, 25)),
        answered=st.one_of(st.none(), answers),
        n=which,
        stamp=stamps,
    )
    def address_book_is_down_for_days(
        self, source: int, days: int, killed_at: int | None, answered: str | None, n: int, stamp: bool
    ) -> None:
        """An event tells of it, which the user may answer like any other; the pass that writes it may be killed."""
        book = self.world.sources[source]
        book.mood = Mood.DOWN
        self.world.run_pass()
        self.world.wait(timedelta(days=days, hours=1))
        if killed_at is not None:
            self.world.run_killed(killed_at)
        self.world.run_pass()
        told = [entry for entry in self.world.own() if entry.marker and entry.marker.kind is Kind.PROBLEM]
        if told and answered in self.acts(stamp=stamp):
            self.acts(stamp=stamp)[answered](told[n % len(told)])
            self.promises.remember_foreign_events()
        self.world.run_pass()
        book.mood = Mood.WELL

    # --- the config -----------------------------------------------------------------------------------

    @rule(
        per_day=st.integers(1, 3),
        weekdays=st.sampled_from((range(5), range(7), (0, 2))),
        start=st.sampled_from((time(17, 30), time(9), time(1, 30))),
        away=st.booleans(),
        zone=st.sampled_from(("Europe/Lisbon", "Europe/Lisbon", "America/New_York", "Pacific/Auckland")),
    )
    def change_days(self, per_day: int, weekdays: tuple[int, ...], start: time, away: bool, zone: str) -> None:
        first = self.world.today + timedelta(days=3)
        days = DayRules(
            zone=ZoneInfo(zone),
            shape=self.world.rules.days.shape,
            per_day=per_day,
            weekdays=frozenset(weekdays),
            at=start,
            away=((first, first + timedelta(days=9)),) if away else (),
        )
        self.world.rules = replace(self.world.rules, days=days)

    @rule(
        inner=st.sampled_from(("1w", "2w", "1m")),
        friends=st.sampled_from(("10d", "6w", "3m")),
        named=st.sampled_from((None, *NAMES)),
        title=st.sampled_from(("Reach out: {name}", "{first} ({circle})")),
        details=st.sampled_from(("full", "full", "short", "none")),
        retries=st.integers(0, 3),
    )
    def change_the_rest(
        self, inner: str, friends: str, named: str | None, title: str, details: str, retries: int
    ) -> None:
        self.world.rules = replace(
            self.world.rules,
            circles=(
                replace(INNER, cadence=Cadence.of(Period.parse(inner))),
                replace(FRIENDS, cadence=Cadence.of(Period.parse(friends))),
            ),
            people=(PersonRule(named, every=Period.parse("5d")),) if named else (),
            title=title,
            details=details,
            retries=retries,
        )

    # --- what is rare ---------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from(
            ("garble", "ungarble", "elsewhere", "back here", "wipe", "bring back", "another", "away", "own", "edit own")
        ),
        n=which,
    )
    def trouble_in_the_calendar(self, what: str, n: int) -> None:
        calendar = self.world.calendar
        foreign = [entry for entry in self.world.foreign() if not entry.is_kiths]
        match what:
            case "garble" | "ungarble":
                self.to_event(n, lambda entry: calendar.garble(entry.uid, readable=what == "ungarble"))
            case "elsewhere" | "back here":
                self.to_event(n, lambda entry: calendar.carry_elsewhere(entry.uid, back=what == "back here"))
            case "wipe":
                self.user.wipe()
            case "bring back":
                calendar.bring_back()
            case "another":
                calendar.become_another()
            case "away":
                calendar.reachable = False
                self.world.run_pass()
            case "edit own" if foreign:
                calendar.retitle(foreign[n % len(foreign)].uid, f"Dentist {n}")
            case _:
                self.user.add_own()
        self.promises.remember_foreign_events()

    @rule(
        what=st.sampled_from(("another kith", "adopt", "purge", "take over", "accept", "recreate", "removals")), n=which
    )
    def trouble_and_its_end(self, what: str, n: int) -> None:
        self.world.mend()
        people = self.world.people()
        match what:
            case "another kith" if people:
                person = sorted(people)[n % len(people)]
                self.user.run_another_kith(person, people[person].person.name)
            case "adopt":
                self.user.adopt()
            case "purge":
                self.user.purge()
            case "take over":
                self.user.take_over()
            case "accept":
                self.user.accept_vanished()
            case "recreate":
                self.user.recreate_vanished()
            case _:
                self.world.run_pass(accept_removals=True)
        self.promises.remember_foreign_events()

    @rule(back=st.booleans())
    def back_up_or_put_back(self, back: bool) -> None:
        if back and self.world.snapshot is not None:
            self.world.put_back()
            self.promises.remember_foreign_events()
        else:
            self.world.back_up()

    # --- inside ---------------------------------------------------------------------------------------

    def acts(self, *, stamp: bool) -> dict[str, Callable[[Entry], object]]:
        return {
            "tick": lambda entry: self.user.tick(entry, stamp=stamp),
            "untick": lambda entry: self.user.untick(entry, stamp=stamp),
            "tilde": lambda entry: self.user.put_tilde(entry, stamp=stamp),
            "below": lambda entry: self.user.type_below(entry, stamp=stamp),
            "above": lambda entry: self.user.type_above(entry, stamp=stamp),
            "inside": lambda entry: self.user.type_inside(entry, stamp=stamp),
            "erase": lambda entry: self.user.erase(entry, stamp=stamp),
            "retitle": lambda entry: self.user.retitle(entry, stamp=stamp),
            "delete": self.user.delete,
        }

    def answer_it(self, act: str, n: int, *, stamp: bool) -> None:
        acts = self.acts(stamp=stamp)
        if act in acts:
            self.to_event(n, acts[act])
        elif act == "move":
            self.move_it(n, n - 5, n % 24, stamp=stamp)
        elif self.world.calendar.trash:
            trash = sorted(self.world.calendar.trash)
            self.user.restore(trash[n % len(trash)])
            self.promises.remember_foreign_events()

    def move_it(self, n: int, days: int, hour: int | None, *, stamp: bool) -> None:
        """To an hour of a day, or to an all-day slot."""
        day, zone = self.world.today + timedelta(days=days), self.world.zone
        start = datetime.combine(day, time(hour or 0), zone).astimezone(UTC).astimezone(zone)
        when = all_day(day) if hour is None else at(start)
        self.to_event(n, lambda entry: self.user.move(entry, when, stamp=stamp))

    def command(self, verb: str, n: int) -> None:
        people = sorted(self.world.people())
        if not people:
            return
        person = people[n % len(people)]
        match verb:
            case "log":
                self.user.log(person, days_ago=n % 7)
            case "skip":
                self.user.skip(person)
            case "snooze":
                self.user.snooze(person, n + 1)
            case "pause":
                self.user.pause(person, n or None)
            case "merge":
                self.user.merge(person, people[(n // 3 + 1) % len(people)])
            case "split":
                self.user.split(person)
            case "introduce":
                self.user.introduce(person, people[(n // 3 + 1) % len(people)])
            case "drop":
                self.user.drop_the_last()
            case "look for":
                self.user.look_for(f"somebody {n}", person)
            case _:
                self.user.unpause(person)

    def to_event(self, n: int, act: Callable[[Entry], object]) -> None:
        """Do something to one of kith's events, if there is any: mostly to one that waits for its answer."""
        own = self.world.own()
        rows = self.world.rows()
        waiting = [entry for entry in own if rows[entry.uid].state in LIVE]
        there = waiting if waiting and n < 30 else own
        if there:
            act(there[n % len(there)])
            self.promises.remember_foreign_events()

    def add_card(self, book: FakeSource, label: str, several: int = 1) -> None:
        cards = []
        for _ in range(several):
            self.cards += 1
            cards.append(book.card(f"card-{self.cards}", NAMES[self.cards % len(NAMES)], label))
        book.put(f"item-{self.cards}", *cards)


TestPasses = Passes.TestCase
