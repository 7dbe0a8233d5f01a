"""A store with an address book and a calendar in memory, and passes over them whenever a test says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from fakes.calendar import Entry, FakeCalendar
from fakes.source import FakeSource
from kith.core.model import Cadence, Circle, EventUid
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules
from kith.store.events import EventRow
from kith.store.reach_outs import ReachOut
from kith.store.store import Store, open_store
from kith.sync.network import Known, load_everybody
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=LISBON)
FAMILY = Circle("inner", Cadence(Period(days=14), Period(days=28)), labels=("Family",))


class Household:
    """``now`` is what the clock shows. ``forget`` loses the store."""

    def __init__(self, folder: Path, open_stores: ExitStack, names: tuple[str, ...]) -> None:
        self.now = MONDAY
        self.rules = Rules(DayRules(LISBON, per_day=3), circles=(FAMILY,))
        self.calendar = FakeCalendar()
        self.book = FakeSource()
        self._folder = folder
        self._open_stores = open_stores
        self._stores, self._ids = count(1), count(1)
        for name in names:
            self.put(name, "Family")
        self.store = self._open()

    def put(self, name: str, *labels: str, uid: str = "") -> None:
        """Add a card to the address book."""
        uid = uid or name.lower().replace(" ", "-")
        self.book.put(f"{uid}.vcf", self.book.card(uid, name, *labels))

    def forget(self) -> None:
        """Lose the store; a new one knows nothing."""
        self.store = self._open()

    def put_back(self, store: Store) -> None:
        """Go on with an earlier store, as it is."""
        self.store = store

    def copy_of_the_store(self) -> Store:
        """The store as it is at this moment, in a file of its own."""
        target = self._folder / f"copy-{next(self._stores)}.sqlite3"
        self.store.database.back_up_to(target)
        return self._open_stores.enter_context(open_store(target, self.now, self.new_id))

    def new_id(self) -> str:
        """The next id."""
        return f"id{next(self._ids):03d}"

    def _open(self) -> Store:
        path = self._folder / f"store-{next(self._stores)}.sqlite3"
        return self._open_stores.enter_context(open_store(path, self.now, self.new_id))

    # --- time -----------------------------------------------------------------------------------------

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)

    def a_pass(self, step: Callable[[str], None] = lambda _: None) -> PassReport:
        """Run one."""
        return Pass(self.store, [self.book], self.calendar, self.rules, self.now, self.new_id, step).run()

    # --- looking --------------------------------------------------------------------------------------

    def known(self, name: str) -> Known:
        """Somebody, as the store has them now."""
        network = load_everybody(self.store, self.rules)
        (found,) = (known for known in network.known.values() if known.person.name == name)
        return found

    def event_of(self, name: str) -> Entry:
        """The one event of kith's about somebody."""
        (found,) = self.events_of(name)
        return found

    def events_of(self, name: str) -> list[Entry]:
        """kith's events about somebody."""
        return [entry for entry in self.calendar.kiths() if entry.fields.title.endswith(name)]

    def reach_out_of(self, name: str) -> ReachOut | None:
        """Somebody's open reach-out."""
        return self.store.reach_outs.open_of(self.known(name).person.id)

    def row(self, uid: EventUid) -> EventRow:
        """An event as the store has it."""
        row = self.store.events.get(uid)
        assert row is not None
        return row

    def spoken(self, name: str) -> list[tuple[str, str]]:
        """What was said with somebody, newest first: the day and the text."""
        spoken = self.store.people.conversations().get(self.known(name).person.id, [])
        return [(said.day.isoformat(), said.text) for said in spoken]
