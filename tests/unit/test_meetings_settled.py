"""Whatever happens to meetings and to their conversations: none is doubled, none is lost, the user's word stands."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.watched import FakeWatched
from kith.core.event import Timed
from kith.core.history import What
from kith.core.meetings import Answer, Guest, Meeting
from kith.core.model import Cadence, Circle, PersonId
from kith.core.period import Period
from kith.core.report import PassReport
from kith.core.rules import DayRules, Rules
from kith.store.meetings import Place, event_of
from kith.store.store import Store, open_store
from kith.sync import by_hand
from kith.sync.meetings import answer, heed_meetings
from kith.sync.watching import Watching

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RULES = Rules(DayRules(LISBON), circles=(Circle("friends", Cadence.of(Period(days=21))),))
PEOPLE = ("ana", "rui")
KEYS = st.sampled_from(["lunch", "lunch", "lunch", "tea"])


class Life:
    """One store, two calendars, and what the user does to conversations."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.calendars = (FakeWatched("home", "Work"), FakeWatched("g", "primary"))
        places = [Place(one.account, one.name) for one in self.calendars]
        self.watching = Watching(self.calendars, places, mine=frozenset({"me@example.org"}))
        self.theirs: dict[str, tuple[str, bool]] = {}
        for name in PEOPLE:
            by_hand.add(
                store, PersonId(name), f"{name.title()} Souza", NOW, emails=[f"{name}@example.org"], circle="friends"
            )

    def pass_by(self) -> PassReport:
        report = PassReport(NOW)
        heed_meetings(self.store, self.watching, RULES, NOW, report)
        return report

    def conversations(self) -> dict[str, tuple[str, str, bool]]:
        """Day, text and whether it stands, by the meeting's key; fails if a meeting has two."""
        rows = self.store.database.all("SELECT * FROM conversations")
        found = {
            row["event_uid"].removeprefix("meeting:"): (row["day"], row["text"], row["withdrawn_at"] is None)
            for row in rows
        }
        assert len(found) == len(rows)
        return found

    def number_of(self, key: str) -> int | None:
        row = self.store.database.one("SELECT id FROM conversations WHERE event_uid = ?", (event_of(key),))
        return row["id"] if row else None

    def check(self) -> None:
        """What stands is what counts, but for what the user took into their own hands."""
        there = self.conversations()
        for key, (text, stands) in self.theirs.items():
            assert there[key][1:] == (text, stands)
        expected: dict[str, tuple[str, str, bool]] = {}
        ahead: set[str] = set()
        for calendar in self.calendars:  # the first one that has it, and in which it would count, says when
            for key, item in calendar.items.items():
                for one in item.meetings:
                    if key in expected or key in ahead or not would_count(one):
                        continue
                    if one.end(LISBON) <= NOW:
                        expected[key] = (one.when.day_in(LISBON).isoformat(), one.title, True)
                    else:
                        ahead.add(key)
        standing = {key: value for key, value in there.items() if value[2]}
        assert {key: value for key, value in standing.items() if key not in self.theirs} == {
            key: value for key, value in expected.items() if key not in self.theirs
        }


def would_count(one: Meeting) -> bool:
    declined = any(guest.is_me and guest.answer is Answer.NO for guest in one.guests)
    known = any(guest.email.startswith(PEOPLE) for guest in one.guests)
    return not one.cancelled and not declined and known


ME, NOT_ME = Guest("me@example.org", Answer.YES, is_me=True), Guest("me@example.org", Answer.NO, is_me=True)
ANA, RUI, EVA = (Guest(f"{name}@example.org") for name in ("ana", "rui", "eva"))


def at(days: int) -> Timed:
    return Timed(NOW + timedelta(days=days), timedelta(hours=1))


STATES = (
    Meeting("", at(-3), "Tea", (ME, ANA)),
    Meeting("", at(-2), "Tea", (ME, ANA)),
    Meeting("", at(-3), "Late tea", (ME, ANA)),
    Meeting("", at(-3), "Tea", (ME, ANA, RUI)),
    Meeting("", at(-3), "Tea", (ME, RUI, EVA)),
    Meeting("", at(-3), "Tea", (NOT_ME, ANA)),
    Meeting("", at(-3), "Tea", (ME, ANA), cancelled=True),
    Meeting("", at(-3), "Tea", (ME, EVA)),
    Meeting("", at(2), "Tea", (ME, ANA)),
)


PUT = st.tuples(st.just("put"), st.integers(0, 1), st.builds(replace, st.sampled_from(STATES), key=KEYS))
STEPS = st.one_of(
    *(PUT, PUT),
    st.tuples(st.just("remove"), st.integers(0, 1), KEYS),
    st.tuples(st.just("edit"), st.just(0), KEYS),
    st.tuples(st.just("forget"), st.just(0), KEYS),
    st.tuples(st.just("reread"), st.integers(0, 1), KEYS),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=6, max_size=12))
def test_what_stands_is_what_counts(steps: list[tuple[str, int, Meeting | str]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "kith.sqlite3", NOW, lambda: "here") as store,
    ):
        store.database.execute("PRAGMA synchronous = OFF")
        life = Life(store)
        for what, which, about in steps:
            calendar = life.calendars[which]
            key = about.key if isinstance(about, Meeting) else about
            number = life.number_of(key)
            if what == "put" and isinstance(about, Meeting):
                calendar.put(key, about)
                calendar.items[key] = replace(calendar.items[key], etag=None)
            elif what == "remove":
                calendar.items.pop(key, None)
            elif what == "reread":
                calendar.made_for += "!"
            elif number is not None and key not in life.theirs and life.conversations()[key][2]:
                if what == "edit":
                    store.history.edit(What.CONVERSATION, number, "They moved to Porto")
                    life.theirs[key] = ("They moved to Porto", True)
                else:
                    life.theirs[key] = (life.conversations()[key][1], False)
                    store.history.forget(What.CONVERSATION, number, NOW)
            life.pass_by()
            life.check()
            assert life.pass_by().understood == []


def test_a_yes_that_is_taken_back_takes_the_conversation_back() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "kith.sqlite3", NOW, lambda: "here") as store,
    ):
        life = Life(store)
        life.calendars[0].put(
            "lunch", Meeting("lunch", Timed(NOW - timedelta(days=1), timedelta(hours=1)), "Ana Souza")
        )
        life.pass_by()
        (question,) = store.meetings.questions()
        said = answer(store, question, "yes", life.watching, RULES, NOW)
        assert [one.what for one in said.understood] == ["met"]
        said = answer(store, question, "no", life.watching, RULES, NOW)
        assert [one.what for one in said.understood] == ["unmet"]
        said = answer(store, question, "yes", life.watching, RULES, NOW)
        assert [one.what for one in said.understood] == ["met"]
        assert len(life.conversations()) == 1
