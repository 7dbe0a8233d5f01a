"""A year in the life of somebody with 130 people, on a real Radicale, with two passes a day.

The user is the one of the tests' thirty days. It says what came of the year: whether anybody was forgotten, any day too
full, any text lost or anybody there twice; and how long people waited beyond the day on which they were due.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from life.simulated import Life

_DAYS = 365
_TESTS = Path(__file__).parents[1] / "tests"


def measure() -> list[tuple[str, str]]:
    """Live the year, then count."""
    sys.path.insert(0, str(_TESTS))
    from life.simulated import a_life

    began = time.monotonic()
    with TemporaryDirectory() as folder, a_life(Path(folder), seed=2026) as life:
        for _ in range(_DAYS):
            life.a_day()
        seconds = time.monotonic() - began
        return [*_what_came_of_it(life), ("a year with 130 people: the passes, and the user", f"{seconds:.0f} s")]


def _what_came_of_it(life: Life) -> list[tuple[str, str]]:
    diary = life.diary
    did = ", ".join(f"{count} × {what}" for what, count in diary.did.most_common())
    return [
        ("a year with 130 people: what the user did", did),
        ("a year with 130 people: longest without coming up, in shares of at_worst", _silences(life)),
        ("a year with 130 people: events on the fullest day", str(max(diary.places.values()))),
        ("a year with 130 people: people with two events ahead", str(len(diary.doubles))),
        ("a year with 130 people: texts typed, and missing", _texts(life)),
        ("a year with 130 people: days from due to coming up", _delays(life)),
    ]


def _weeks() -> dict[str, int]:
    from life.simulated import CIRCLES, names

    return dict(zip(names(), (weeks for _, weeks, people in CIRCLES for _ in range(people)), strict=True))


def _gaps(life: Life) -> list[tuple[int, int]]:
    """For each person and each time they came up: the days since the time before, and their cadence in days."""
    anchors = {row.name: row.anchor for row in life.store.people.everybody()}
    gaps = []
    for name, weeks in _weeks().items():
        anchor = anchors[name] or date.max
        days = [anchor, *life.diary.prompted[name], life.today]
        gaps += [((later - earlier).days, weeks * 7) for earlier, later in pairwise(days)]
    return gaps


def _silences(life: Life) -> str:
    shares = sorted(days / (every * 1.5) for days, every in _gaps(life))
    return f"{shares[-1]:.2f}; 99 of 100 at most {quantiles(shares, n=100)[98]:.2f}"


def _delays(life: Life) -> str:
    """How long after the day on which they were due people came up, first times of each round only."""
    late = sorted(days - every for days, every in _gaps(life) if days >= every)
    cuts = quantiles(late, n=20)
    shown = {"half": cuts[9], "9 of 10": cuts[17], "19 of 20": cuts[18], "all": late[-1]}
    return ", ".join(f"{share} within {days:.0f}" for share, days in shown.items())


def _texts(life: Life) -> str:
    rows = life.store.database.all("SELECT text FROM typed_texts UNION ALL SELECT text FROM conversations")
    kept = "\n".join(row["text"] for row in rows)
    typed = [text for texts in (*life.diary.said.values(), *life.diary.noted.values()) for text in texts]
    return f"{len(typed)}, {sum(text not in kept for text in typed)}"
