"""A user who answers as people do: now and then, not always, and in all the ways there are.

The address book and the calendar stand on a real Radicale, passes are real ones with the time passed in, and the user
has a calendar app of their own, which knows nothing of kith. What they did is written down here, to be compared with
what kith made of it. The same seed gives the same life.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kith.calendars.caldav import CalDavCalendar
from kith.core.model import AccountId, Cadence, Circle
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.demo.dav import CalendarStorage, DemoServer, serve
from kith.demo.phone import Entry, Phone, entry_of
from kith.sources.carddav import CardDav
from kith.store.store import Store, open_store
from kith.sync.run import Pass

LISBON = ZoneInfo("Europe/Lisbon")
FIRST_DAY = date(2026, 1, 5)
PER_DAY = 4
TITLE = "Reach out: "

CIRCLES = (("weekly", 2, 8), ("monthly", 4, 12), ("often", 6, 20), ("now and then", 8, 90))
"""Name, cadence in weeks and number of people: 130 who ask for 21.6 reach-outs a week, and 14.4 at worst."""
_GIVEN = (
    "Ana",
    "Bruno",
    "Carla",
    "Diogo",
    "Elsa",
    "Filipe",
    "Gabriela",
    "Hugo",
    "Inês",
    "João",
    "Katrin",
    "Łukasz",
    "Mia",
)
_FAMILY = ("Almeida", "Barros", "Çelik", "Duarte", "Evans", "Fonseca", "Große", "Hansen", "Ivanov", "Jansen")

RULES = Rules(
    DayRules(LISBON, per_day=PER_DAY),
    circles=tuple(Circle(name, Cadence.of(Period(days=7 * weeks)), labels=(name,)) for name, weeks, _ in CIRCLES),
    region="PT",
)
ODDS = {"tick": 40, "tick and type": 15, "type": 15, "try": 6, "move": 8, "delete": 4, "ignore": 12}
"""What happens to an event on its evening, in percent."""


@dataclass
class Diary:
    """What the user did and saw, by name. Days are in Lisbon; texts are as typed.

    ``places`` counts, for each morning, the open events on each day that stand where kith put them; ``doubles`` are
    people of whom there were two ahead.
    """

    prompted: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    talked: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    noted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    moved: set[str] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[date, date]] = field(default_factory=Counter)
    doubles: list[tuple[date, str]] = field(default_factory=list)


class Life:
    """A user, their server and their kith. ``diary`` says what happened; ``store`` is what kith knows."""

    def __init__(self, server: DemoServer, files: Path, store: Store, transport: Transport, seed: int) -> None:
        self.diary = Diary()
        self.store = store
        self.today = FIRST_DAY
        self._files = files
        self._random = random.Random(seed)
        self._phone = Phone(CalendarStorage(server))
        self._started: set[str] = set()
        self._known: dict[Path, tuple[tuple[int, int], Entry]] = {}
        self._source = CardDav(transport.account, transport)
        self._calendar = CalDavCalendar(transport.account, "Keep in touch", LISBON, transport=transport)
        self._calendar.prepare()

    def a_day(self) -> None:
        """A pass in the morning, what the user does during the day and on its evening, and a pass at night."""
        self.a_pass(time(7), meanwhile=self._busy_fingers)
        self._look()
        self._prepare()
        self._answer_the_day()
        self.a_pass(time(22))
        self.today += timedelta(days=1)

    def a_pass(self, at: time, meanwhile: Callable[[], None] = lambda: None) -> PassReport:
        """One pass; ``meanwhile`` happens when it is about to write for the first time."""
        steps: list[str] = []

        def step(name: str) -> None:
            if name == "intent" and name not in steps:
                meanwhile()
            steps.append(name)

        report = Pass(self.store, [self._source], self._calendar, RULES, self._instant(at), _no_new_id, step).run()
        assert not report.troubles, report.troubles
        return report

    # --- the user -------------------------------------------------------------------------------------

    def _busy_fingers(self) -> None:
        """Now and then an event is edited at the very moment at which kith writes."""
        open_ones = [entry for entry in self._open() if self._day(entry) > self.today]
        if open_ones and self._random.random() < 0.2:
            self._note(self._random.choice(open_ones), time(7))

    def _look(self) -> None:
        """See what stands there: whom today asks for, how full each day is, and whether anything is there twice."""
        ahead = Counter[str]()
        for entry in self._open():
            day, name = self._day(entry), self._name(entry)
            if day == self.today:
                self.diary.prompted[name].append(day)
            if day >= self.today:
                ahead[name] += 1
                if entry.name not in self.diary.moved:
                    self.diary.places[self.today, day] += 1
        self.diary.doubles += [(self.today, name) for name, times in ahead.items() if times > 1]

    def _prepare(self) -> None:
        """Now and then something is written into an event that is still ahead, or it is put off."""
        ahead = [entry for entry in self._open() if self._day(entry) > self.today]
        if ahead and self._random.random() < 0.3:
            self._note(self._random.choice(ahead), time(12))
        ahead = [entry for entry in self._open() if self._day(entry) > self.today]
        if ahead and self._random.random() < 0.1:
            self._put_off(self._random.choice(ahead), time(13))

    def _answer_the_day(self) -> None:
        for entry in [entry for entry in self._open() if self._day(entry) == self.today]:
            self._started.add(entry.name)
            (what,) = self._random.choices(list(ODDS), list(ODDS.values()))
            self.diary.did[what] += 1
            self._phone.now = self._instant(time(21))
            match what:
                case "tick":
                    self._phone.tick(entry)
                    self._talked(entry)
                case "tick and type":
                    self._say(entry)
                    self._phone.tick(self._again(entry))
                    self._talked(entry)
                case "type":
                    self._say(entry)
                    self._talked(entry)
                case "try":
                    self._phone.tried(entry)
                case "move":
                    self._put_off(entry, time(21))
                case "delete":
                    self._phone.delete(entry)

    def _talked(self, entry: Entry) -> None:
        self.diary.talked[self._name(entry)].append(self.today)

    def _say(self, entry: Entry) -> None:
        self.diary.said[self._name(entry)].append(self._write(entry, "We talked about"))

    def _note(self, entry: Entry, at: time) -> None:
        self._phone.now = self._instant(at)
        self.diary.did["note"] += 1
        if entry.name in self._started:  # a start sticks, so this is the answer, late
            self._say(entry)
            self._talked(entry)
        else:
            self.diary.noted[self._name(entry)].append(self._write(entry, "Remember"))

    def _write(self, entry: Entry, beginning: str) -> str:
        subject = "".join(self._random.choices("aàbcçdeéfghiłmnoöpqrsştuvwxyz 🎂<>&;,\\", k=24)).strip()
        text = f"{beginning} {self._random.randrange(10**9)} {subject}"
        self._phone.write_below(entry, text)
        return text

    def _put_off(self, entry: Entry, at: time) -> None:
        self._phone.now = self._instant(at)
        self._phone.drag(entry, timedelta(days=self._random.randint(1, 6)))
        self.diary.moved.add(entry.name)

    # --- their calendar app ---------------------------------------------------------------------------

    def _open(self) -> list[Entry]:
        """The events that wait for an answer, as the app shows them."""
        return sorted(
            (entry for entry in self._entries() if entry.title.startswith(TITLE)), key=lambda entry: entry.name
        )

    def _again(self, entry: Entry) -> Entry:
        return next(one for one in self._entries() if one.name == entry.name)

    def _entries(self) -> Iterator[Entry]:
        """Every event, out of the files that the server keeps: an app has them at hand too."""
        for path in self._files.rglob("*.ics"):
            if ".Radicale.cache" in path.parts:
                continue
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if path not in self._known or self._known[path][0] != stamp:
                name = f"/{path.relative_to(self._files).as_posix()}"
                self._known[path] = (stamp, entry_of(name, path.read_bytes()))
            yield self._known[path][1]

    def _day(self, entry: Entry) -> date:
        return entry.start.astimezone(LISBON).date()

    def _name(self, entry: Entry) -> str:
        return entry.title.removeprefix(TITLE)

    def _instant(self, at: time) -> datetime:
        return datetime.combine(self.today, at, LISBON).astimezone(UTC)


@contextmanager
def a_life(folder: Path, seed: int) -> Iterator[Life]:
    """Somebody with 130 people in their address book, on the morning on which they begin."""
    with serve(folder / "server") as server:
        server.fill("".join(_cards()).encode())
        account = DavAccount(AccountId("home"), server.url, server.user, server.password)
        begin = datetime.combine(FIRST_DAY, time(7), LISBON).astimezone(UTC)
        files = folder / "server" / "collections" / "collection-root"
        with (
            closing(Transport(account)) as transport,
            open_store(folder / "kith.sqlite3", begin, lambda: "the install") as store,
        ):
            store.database.execute("PRAGMA synchronous = OFF")
            yield Life(server, files, store, transport, seed)


def names() -> list[str]:
    """Everybody, circle by circle."""
    return [f"{given} {family}" for family in _FAMILY for given in _GIVEN]


def _cards() -> Iterator[str]:
    labels = [name for name, _, people in CIRCLES for _ in range(people)]
    for name, label in zip(names(), labels, strict=True):
        given, family = name.split()
        yield (
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{given}-{family}\r\nFN:{name}\r\n"
            f"N:{family};{given};;;\r\nCATEGORIES:{label}\r\nEND:VCARD\r\n"
        )


def _no_new_id() -> str:
    raise AssertionError("people are named after their cards")
