"""What meetings became, and what was asked about their titles, out of a store and into one (:mod:`kith.store.archive`).

What was asked goes out and in with the person it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kith.store.archive_table import Table, Values
from kith.store.db import Database

_WRITTEN = Table(
    "meeting_conversations",
    ("key", "account", "calendar", "day", "text", "people", "withdrawn"),
    flags=("withdrawn",),
    packed=("people",),
)
QUESTIONS = Table("meeting_questions", ("key", "day", "title", "asked", "answer"), flags=("asked",))
TABLES = (_WRITTEN, QUESTIONS)


def read(database: Database) -> dict[str, list[Values]]:
    """What was written of meetings."""
    return {
        "meetings": [_WRITTEN.out(row) for row in database.each("SELECT * FROM meeting_conversations ORDER BY key")]
    }


def take_in(database: Database, archive: Mapping[str, Sequence[Values]], whose: Mapping[str, str]) -> None:
    """Add what is not here yet; ``whose`` says who the people of the archive are here."""
    for values in archive["meetings"]:
        people = {told: whose[person] for told, person in values["people"].items()}
        _WRITTEN.add_where_none_is(database, [values | {"people": people}])


def take_in_questions(database: Database, wanted: Iterable[Values], who: str) -> None:
    """Add what was asked about somebody; an answer holds where there is none here."""
    wanted = list(wanted)
    QUESTIONS.add_where_none_is(database, wanted, person_id=who)
    sql = "UPDATE meeting_questions SET answer = ? WHERE key = ? AND person_id = ? AND answer IS NULL"
    database.execute_many(sql, ((values["answer"], values["key"], who) for values in wanted))
