"""Whole passes in any order with everything that a user, a server and a power cut can do to them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fakes.calendar import Entry, ETags, all_day, at
from fakes.source import Mood
from kith.core.model import Cadence, PersonId, PersonRule
from kith.core.period import Period
from stateful.promises import Promises
from stateful.user import User
from stateful.world import FRIENDS, INNER, World

NAMES = ("Ana Souza", "Bo Lind", "Cem Aydın", "Dee Okafor", "Eve Kim", "Finn Ó Sé", "Gia Rossi", "Hal Young")
which = st.integers(0, 40)
stamps = st.booleans()
hours = st.integers(0, 23)
labels = st.sampled_from(("Family", "Friends", "Work"))


class Passes(RuleBasedStateMachine):
    """One life of one kith."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="kith-test-")
        self.world = World(Path(self.folder.name))
        self.user = User(self.world)
        self.promises = Promises(self.world)
        self.cards = 0

    def teardown(self) -> None:
        self.world.close()
        self.folder.cleanup()

    @initialize(etags=st.sampled_from(ETags), utc=st.booleans(), trash=st.booleans(), people=st.integers(0, 6))
    def begin(self, etags: ETags, utc: bool, trash: bool, people: int) -> None:
        self.world.calendar.etags = etags
        self.world.calendar.speaks_utc = utc
        self.world.calendar.keeps_deleted = trash
        for number in range(people):
            self.add_card(number % 2, ("Family", "Friends")[number % 2], 1)
        self.world.settle()

    # --- passes ---------------------------------------------------------------------------------------

    @rule()
    def a_pass(self) -> None:
        self.promises.when_settled(self.world.settle())

    @rule(days=st.integers(1, 4))
    def ordinary_days(self, days: int) -> None:
        for _ in range(days):
            self.world.wait(timedelta(days=1))
            self.promises.when_settled(self.world.settle())

    @rule(call=st.integers(1, 10), after=st.booleans())
    def failing_pass(self, call: int, after: bool) -> None:
        self.world.calendar.fail(call, after=after)
        self.world.run_pass()
        self.world.calendar.recover()

    @rule(step=st.integers(1, 30))
    def killed_pass(self, step: int) -> None:
        self.world.run_killed(step)

    @rule(
        step=st.integers(1, 20),
        act=st.sampled_from(("log", "skip", "snooze", "pause", "tick", "type", "move", "delete", "retitle")),
        n=which,
        stamp=stamps,
    )
    def disturbed_pass(self, step: int, act: str, n: int, stamp: bool) -> None:
        def disturb() -> None:
            self.promises.foreign_events_are_untouched()
            if act in ("log", "skip", "snooze", "pause"):
                self.command(act, n)
            elif act == "tick":
                self.to_event(n, lambda entry: self.user.tick(entry, stamp=stamp))
            elif act == "type":
                self.to_event(n, lambda entry: self.user.type_below(entry, stamp=stamp))
            elif act == "move":
                later = self.world.now + timedelta(days=n)
                self.to_event(n, lambda entry: self.user.move(entry, at(later), stamp=stamp))
            elif act == "retitle":
                self.to_event(n, lambda entry: self.user.retitle(entry, stamp=stamp))
            else:
                self.to_event(n, self.user.delete)

        self.world.run_disturbed(step, disturb)

    # --- time -----------------------------------------------------------------------------------------

    @rule(time=st.sampled_from((1, 5, 12, 24, 30, 48)))
    def hours_pass(self, time: int) -> None:
        self.world.wait(timedelta(hours=time))

    @rule(days=st.integers(1, 60))
    def days_pass(self, days: int) -> None:
        self.world.wait(timedelta(days=days))

    # --- answers in the calendar ----------------------------------------------------------------------

    @rule(n=which, stamp=stamps)
    def tick(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.tick(entry, stamp=stamp))

    @rule(n=which, stamp=stamps)
    def untick(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.untick(entry, stamp=stamp))

    @rule(n=which, stamp=stamps)
    def put_tilde(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.put_tilde(entry, stamp=stamp))

    @rule(n=which, where=st.sampled_from(("below", "below", "above", "inside")), stamp=stamps)
    def type_text(self, n: int, where: str, stamp: bool) -> None:
        types: dict[str, Callable[[Entry], object]] = {
            "below": lambda entry: self.user.type_below(entry, stamp=stamp),
            "above": lambda entry: self.user.type_above(entry, stamp=stamp),
            "inside": lambda entry: self.user.type_inside(entry, stamp=stamp),
        }
        self.to_event(n, types[where])

    @rule(n=which, stamp=stamps)
    def erase_text(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.erase(entry, stamp=stamp))

    @rule(n=which, days=st.integers(-5, 40), hour=hours, stamp=stamps)
    def move(self, n: int, days: int, hour: int, stamp: bool) -> None:
        day = self.world.today + timedelta(days=days)
        when = at(datetime.combine(day, time(hour), self.world.zone).astimezone(UTC))
        self.to_event(n, lambda entry: self.user.move(entry, when, stamp=stamp))

    @rule(n=which, days=st.integers(-3, 20), stamp=stamps)
    def move_to_a_day(self, n: int, days: int, stamp: bool) -> None:
        when = all_day(self.world.today + timedelta(days=days))
        self.to_event(n, lambda entry: self.user.move(entry, when, stamp=stamp))

    @rule(n=which, stamp=stamps)
    def retitle(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.retitle(entry, stamp=stamp))

    @rule(n=which, days=st.one_of(st.none(), st.integers(0, 30)), stamp=stamps)
    def repeat(self, n: int, days: int | None, stamp: bool) -> None:
        until = None if days is None else self.world.today + timedelta(days=days)
        self.to_event(n, lambda entry: self.user.repeat(entry, until, stamp=stamp))

    @rule(n=which)
    def tick_instance(self, n: int) -> None:
        self.to_event(n, lambda entry: self.user.tick_instance(entry) if entry.repeats else None)

    @rule(n=which, stamp=stamps)
    def add_place(self, n: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.add_place(entry, stamp=stamp))

    @rule(n=which)
    def delete(self, n: int) -> None:
        self.to_event(n, self.user.delete)

    @rule(n=which)
    def restore(self, n: int) -> None:
        if self.world.calendar.trash:
            uids = sorted(self.world.calendar.trash)
            self.user.restore(uids[n % len(uids)])
            self.promises.remember_foreign_events()

    # --- more that happens to calendars ---------------------------------------------------------------

    @rule(n=which)
    def copy(self, n: int) -> None:
        self.to_event(n, self.user.copy)

    @rule()
    def add_own_event(self) -> None:
        self.user.add_own()
        self.promises.remember_foreign_events()

    @rule(n=which)
    def edit_own_event(self, n: int) -> None:
        foreign = [entry for entry in self.world.foreign() if not entry.is_kiths]
        if foreign:
            self.world.calendar.retitle(foreign[n % len(foreign)].uid, f"Dentist {n}")
            self.promises.remember_foreign_events()

    @rule(n=which)
    def save_without_mark(self, n: int) -> None:
        self.to_event(n, self.user.save_without_mark)

    @rule(n=which, readable=st.booleans())
    def garble(self, n: int, readable: bool) -> None:
        self.to_event(n, lambda entry: self.world.calendar.garble(entry.uid, readable=readable))

    @rule(n=which, back=st.booleans())
    def carry_elsewhere(self, n: int, back: bool) -> None:
        self.to_event(n, lambda entry: self.world.calendar.carry_elsewhere(entry.uid, back=back))

    @rule()
    def wipe(self) -> None:
        self.user.wipe()
        self.promises.remember_foreign_events()

    @rule()
    def bring_back(self) -> None:
        self.world.calendar.bring_back()
        self.promises.remember_foreign_events()

    @rule()
    def become_another_calendar(self) -> None:
        self.world.calendar.become_another()

    @rule(etags=st.sampled_from(ETags))
    def change_etags(self, etags: ETags) -> None:
        self.world.calendar.etags = etags

    @rule()
    def go_away(self) -> None:
        self.world.calendar.reachable = False
        self.world.run_pass()

    @precondition(lambda self: self.world.people())
    @rule(n=which)
    def another_kith_writes(self, n: int) -> None:
        person = self.person(n)
        self.user.run_another_kith(person, self.world.people()[person].person.name)
        self.promises.remember_foreign_events()

    # --- commands -------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.people())
    @rule(verb=st.sampled_from(("log", "skip", "snooze", "pause", "unpause")), n=which)
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
            case _:
                self.user.unpause(person)

    @rule(days=st.integers(0, 20), n=which)
    def add_by_hand(self, days: int, n: int) -> None:
        self.user.add(f"Zoe {n}", days)

    @rule(how=st.sampled_from(("adopt", "purge", "take over")))
    def settle_strangers(self, how: str) -> None:
        self.world.mend()
        {"adopt": self.user.adopt, "purge": self.user.purge, "take over": self.user.take_over}[how]()
        self.promises.remember_foreign_events()

    @rule(accept=st.booleans())
    def settle_vanished(self, accept: bool) -> None:
        self.world.mend()
        (self.user.accept_vanished if accept else self.user.recreate_vanished)()

    @rule()
    def back_up(self) -> None:
        self.world.back_up()

    @precondition(lambda self: self.world.snapshot is not None)
    @rule()
    def put_backup_back(self) -> None:
        self.world.put_back()
        self.promises.remember_foreign_events()

    # --- address books --------------------------------------------------------------------------------

    @rule(source=st.integers(0, 1), label=labels, several=st.integers(1, 2))
    def add_card(self, source: int, label: str, several: int) -> None:
        book = self.world.sources[source]
        entries = []
        for _ in range(several):
            name = NAMES[self.cards % len(NAMES)]
            entries.append(book.card(f"card-{self.cards}", name, label))
            self.cards += 1
        book.put(f"item-{self.cards}", *entries)

    @rule(n=which, label=labels, phone=st.booleans())
    def change_card(self, n: int, label: str, phone: bool) -> None:
        for book, item in self.an_item(n):
            changed = [
                book.card(card.ref.uid, card.name, label, phone=f"+3519{n:08d}" if phone else "")
                for card in book.items()[item]
            ]
            book.put(item, *changed)

    @rule(n=which)
    def rename_card(self, n: int) -> None:
        for book, item in self.an_item(n):
            book.put(item, *(book.card(card.ref.uid, f"{card.name} II", "Family") for card in book.items()[item]))

    @rule(n=which)
    def remove_card(self, n: int) -> None:
        for book, item in self.an_item(n):
            book.remove(item)

    @rule(source=st.integers(0, 1), members=st.sets(st.integers(0, 8)))
    def change_group(self, source: int, members: set[int]) -> None:
        book = self.world.sources[source]
        book.put("group", book.group("group", "Family", *(f"card-{number}" for number in sorted(members))))

    @rule(source=st.integers(0, 1), mood=st.sampled_from((Mood.EMPTY, Mood.DOWN, Mood.BREAKS)))
    def address_book_fails(self, source: int, mood: Mood) -> None:
        """Nothing goes because of it, and nobody's reach-out either."""
        before, opened = self.world.cards(), set(self.world.shell.events.open_reach_outs())
        book = self.world.sources[source]
        book.mood = mood
        self.world.run_pass()
        book.mood = Mood.WELL
        lost = before[book.account] - self.world.cards()[book.account]
        assert not lost, f"an address book that {mood.value} lost {lost}"

    @rule()
    def accept_removals(self) -> None:
        self.world.mend()
        self.world.run_pass(accept_removals=True)

    # --- the config -----------------------------------------------------------------------------------

    @rule(
        per_day=st.integers(1, 3),
        weekdays=st.sampled_from((range(5), range(7), (0, 2))),
        start=st.sampled_from((time(17, 30), time(9), time(1, 30))),
        away=st.booleans(),
    )
    def change_days(self, per_day: int, weekdays: range, start: time, away: bool) -> None:
        first = self.world.today + timedelta(days=3)
        self.change_rules(
            days=replace(
                self.world.rules.days,
                per_day=per_day,
                weekdays=frozenset(weekdays),
                at=start,
                away=((first, first + timedelta(days=9)),) if away else (),
            )
        )

    @rule(zone=st.sampled_from(("Europe/Lisbon", "America/New_York", "Pacific/Auckland")))
    def change_zone(self, zone: str) -> None:
        self.change_rules(days=replace(self.world.rules.days, zone=ZoneInfo(zone)))

    @rule(inner=st.sampled_from(("1w", "2w", "1m")), friends=st.sampled_from(("10d", "6w", "3m")))
    def change_cadences(self, inner: str, friends: str) -> None:
        circles = (
            replace(INNER, cadence=Cadence.of(Period.parse(inner))),
            replace(FRIENDS, cadence=Cadence.of(Period.parse(friends))),
        )
        self.change_rules(circles=circles)

    @rule(name=st.sampled_from(NAMES), every=st.sampled_from(("3d", "5w")))
    def name_a_person(self, name: str, every: str) -> None:
        self.change_rules(people=(PersonRule(name, every=Period.parse(every)),))

    @rule(
        title=st.sampled_from(("Reach out: {name}", "{first} ({circle})")),
        details=st.sampled_from(("full", "short", "none")),
        retries=st.integers(0, 3),
    )
    def change_wording(self, title: str, details: str, retries: int) -> None:
        self.change_rules(title=title, details=details, retries=retries)

    # --- at all times ---------------------------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        self.promises.always()

    # --- inside ---------------------------------------------------------------------------------------

    def to_event(self, n: int, act: Callable[[Entry], object]) -> None:
        """Do something to one of kith's events, if there is any."""
        own = self.world.own()
        if own:
            act(own[n % len(own)])
            self.promises.remember_foreign_events()

    def person(self, n: int) -> PersonId:
        people = sorted(self.world.people())
        return people[n % len(people)]

    def an_item(self, n: int):  # type: ignore[no-untyped-def]
        items = [(book, item) for book in self.world.sources for item in book.items() if item != "group"]
        return [items[n % len(items)]] if items else []

    def change_rules(self, **changes: object) -> None:
        self.world.rules = replace(self.world.rules, **changes)  # type: ignore[arg-type]


TestPasses = Passes.TestCase
