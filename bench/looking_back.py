"""What looking back costs: reports and advice over ten years with 130 people, talked to every two weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import kith
from kith.app import new_id
from kith.core.circles import ByHand
from kith.core.model import PersonId
from kith.store.people import PersonRow
from kith.store.store import Store, open_store

_PEOPLE = 130
_YEARS = 10
_EVERY = timedelta(days=14)
_CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.disk]
type = "folder"
calendar = "calendar"

[circles.friends]
every = "2w"
"""


def measure() -> list[tuple[str, str]]:
    """The commands that look back, the start of their processes included."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text(_CONFIG)
        now = datetime.now(UTC)
        with open_store(home / "state" / "kith" / "kith.sqlite3", now, new_id) as store:
            talks = _fill(store, now)
        about = f"{_PEOPLE} people, {talks:,} conversations in {_YEARS} years"
        page = str(home / "report.html")
        return [
            (f"{about}: kith report, a year of it", str(kith(home, "report"))),
            (f"{about}: kith report, all of it", str(kith(home, "report", "--over", f"{_YEARS}y"))),
            (f"{about}: kith report --html", str(kith(home, "report", "--html", page))),
            (f"{about}: kith advise", str(kith(home, "advise"))),
        ]


def _fill(store: Store, now: datetime) -> int:
    """People and what was said with them; how many conversations."""
    people = [PersonId(f"person-{number:03}") for number in range(_PEOPLE)]
    begin = now - timedelta(days=365 * _YEARS)
    talks = 0
    with store.transaction():
        for number, person in enumerate(people):
            row = PersonRow(person, f"Person {number}", by_hand=True, set_by_hand=ByHand("friends"))
            store.people.add(row, begin)
            store.choosing.tag(person, f"area:{number % 7}")
            at = begin + timedelta(days=number % 14)
            while at < now:
                said = "She got a new job" if talks % 5 else "gave: a book"
                store.people.record_conversation([person], at.date(), said, at)
                at, talks = at + _EVERY, talks + 1
    return talks
