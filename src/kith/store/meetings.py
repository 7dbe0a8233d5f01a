"""Meetings: the mirror of the watched calendars, and what became of them.

The mirror may be dropped and read again. What was written into conversations, and what the user answered, is sacred. A
conversation that came from a meeting is that of the event ``meeting:KEY``, so that no meeting gives two.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal, NamedTuple

from kith.core.meetings import Answer, Guest, Kind, Meeting
from kith.core.model import AccountId, ETag, EventUid, Href, PersonId
from kith.store.db import Database, Row
from kith.store.forms import when_from, when_to

_OF = "account = ? AND calendar = ?"
_WHOLE = "coalesce(people.joined_to, people.id) AS whole"
Ruling = Literal["yes", "no"]


class Place(NamedTuple):
    """A watched calendar: the account, and the calendar's name in the config."""

    account: AccountId
    calendar: str


@dataclass(frozen=True, slots=True)
class Watched:
    """How far a calendar was read. ``until`` is the instant up to which the dates of what repeats are known."""

    made_for: str
    cursor: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """One place of a calendar, to be stored."""

    href: Href
    etag: ETag | None
    meetings: tuple[Meeting, ...]
    source: str
    unreadable: int


@dataclass(frozen=True, slots=True)
class Written:
    """What kith last wrote of a meeting into its conversation.

    ``people`` are those who took part, by what says so: an address, or ``title:ID``. ``withdrawn`` says that kith took
    it back.
    """

    key: str
    place: Place
    day: date
    text: str
    people: Mapping[str, PersonId]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Whether somebody was meant by the title of an event; ``asked`` says that it still is a question.

    ``day`` is that of the meeting by which it is asked. Of a series all dates have one answer.
    """

    number: int
    uid: EventUid
    person: PersonId
    day: date
    title: str
    asked: bool
    answer: Ruling | None


def event_of(key: str) -> EventUid:
    """The event that a meeting's conversation is kept under."""
    return EventUid(f"meeting:{key}")


class Meetings:
    """What is known of the user's own calendars."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- the mirror -----------------------------------------------------------------------------------

    def watched(self) -> dict[Place, Watched]:
        """The calendars that were read, and how far."""
        return {
            _place(row): Watched(row["made_for"], row["cursor"], datetime.fromisoformat(row["until"]))
            for row in self._database.all("SELECT * FROM watched_calendars")
        }

    def known(self, place: Place) -> dict[Href, ETag | None]:
        """Everything that stands in a calendar, and in which state."""
        rows = self._database.each(f"SELECT href, etag FROM watched_items WHERE {_OF}", place)
        return {Href(row["href"]): ETag(row["etag"]) if row["etag"] is not None else None for row in rows}

    def sources(self, place: Place) -> dict[Href, str]:
        """What repeats, by its source."""
        rows = self._database.all(f"SELECT href, source FROM watched_items WHERE {_OF} AND source <> ''", place)
        return {Href(row["href"]): row["source"] for row in rows}

    def counts(self, place: Place) -> tuple[int, list[Href]]:
        """How many events there are in a calendar, and which of them cannot be read."""
        rows = self._database.all(f"SELECT href, unreadable FROM watched_items WHERE {_OF} ORDER BY href", place)
        return len(rows), [Href(row["href"]) for row in rows if row["unreadable"]]

    def save(self, place: Place, watched: Watched) -> None:
        """Keep how far a calendar was read."""
        self._database.execute(
            "INSERT OR REPLACE INTO watched_calendars VALUES (?, ?, ?, ?, ?)",
            (*place, watched.made_for, watched.cursor, watched.until.astimezone(UTC).isoformat()),
        )

    def put(self, place: Place, items: Iterable[Kept], zone: tzinfo) -> None:
        """Store what stands at some places, as it is now."""
        for item in items:
            self._database.execute(
                "INSERT OR REPLACE INTO watched_items VALUES (?, ?, ?, ?, ?, ?)",
                (*place, item.href, item.etag, item.source, item.unreadable),
            )
            self.set_meetings(place, item.href, item.meetings, zone)

    def set_meetings(self, place: Place, href: Href, meetings: Iterable[Meeting], zone: tzinfo) -> None:
        """Store the meetings of one place in the place of those that were known."""
        self._database.execute(f"DELETE FROM watched_meetings WHERE {_OF} AND href = ?", (*place, href))
        self._database.execute_many(
            "INSERT INTO watched_meetings VALUES (?, ?, ?, ?, ?, ?)",
            ((*place, href, one.key, one.end(zone).isoformat(), _body(one)) for one in meetings),
        )

    def remove(self, place: Place, hrefs: Iterable[Href]) -> None:
        """Forget what stood at some places."""
        gone = [(*place, href) for href in hrefs]
        for table in ("watched_items", "watched_meetings"):
            self._database.execute_many(f"DELETE FROM {table} WHERE {_OF} AND href = ?", gone)

    def drop(self, place: Place) -> None:
        """Forget all that was read of a calendar."""
        for table in ("watched_calendars", "watched_items", "watched_meetings"):
            self._database.execute(f"DELETE FROM {table} WHERE {_OF}", place)

    def ending_after(self, instant: datetime) -> list[tuple[Place, Meeting]]:
        """Every meeting that was not over at an instant, by its end."""
        rows = self._database.all(
            "SELECT account, calendar, key, body FROM watched_meetings WHERE ends > ? ORDER BY ends, key, account",
            (instant.astimezone(UTC).isoformat(),),
        )
        return [(_place(row), _meeting(row["key"], json.loads(row["body"]))) for row in rows]

    # --- conversations --------------------------------------------------------------------------------

    def written(self, since: date) -> dict[str, Written]:
        """What kith wrote of meetings from a day on, by their keys."""
        rows = self._database.all("SELECT * FROM meeting_conversations WHERE day >= ?", (since.isoformat(),))
        return {row["key"]: _written(row) for row in rows}

    def note(self, written: Written) -> None:
        """Keep what was written."""
        self._database.execute(
            "INSERT OR REPLACE INTO meeting_conversations VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(written.key, *written.place, written.day.isoformat(), written.text),
                *(json.dumps(dict(written.people), sort_keys=True), int(written.withdrawn)),
            ),
        )

    def let_go(self, key: str) -> None:
        """Forget what was written of a meeting: its conversation is the user's from now on."""
        self._database.execute("DELETE FROM meeting_conversations WHERE key = ?", (key,))

    def is_as_written(self, written: Written) -> bool:
        """Whether the conversation still is what kith made of it: nobody edited it or took it away."""
        row = self._database.one(
            "SELECT day, text, withdrawn_at FROM conversations WHERE event_uid = ? AND forgotten_at IS NULL",
            (event_of(written.key),),
        )
        stands = (row["day"], row["text"], row["withdrawn_at"] is not None) if row else None
        return stands == (written.day.isoformat(), written.text, written.withdrawn)

    def rewrite(self, key: str, day: date, text: str, people: Collection[PersonId]) -> None:
        """Put what a meeting is now in the place of what it was."""
        row = self._database.one("SELECT id FROM conversations WHERE event_uid = ?", (event_of(key),))
        if row is None:
            return
        self._raise_revisions(row["id"])
        self._database.execute(
            "UPDATE conversations SET day = ?, text = ? WHERE id = ?", (day.isoformat(), text, row["id"])
        )
        self._database.execute("DELETE FROM conversation_people WHERE conversation_id = ?", (row["id"],))
        self._database.execute_many(
            "INSERT INTO conversation_people VALUES (?, ?)", ((row["id"], person) for person in sorted(people))
        )
        self._raise_revisions(row["id"])

    def has_conversation(self, key: str) -> bool:
        """Whether a meeting ever gave a conversation, whatever became of it."""
        return self._database.one("SELECT 1 FROM conversations WHERE event_uid = ?", (event_of(key),)) is not None

    def whole(self, people: Iterable[PersonId]) -> set[PersonId]:
        """Whom these people count as by now."""
        sql = f"SELECT {_WHOLE} FROM people WHERE id IN (SELECT value FROM json_each(?))"
        return {PersonId(row[0]) for row in self._database.all(sql, (json.dumps(list(people)),))}

    def _raise_revisions(self, conversation: int) -> None:
        self._database.execute(
            "UPDATE people SET revision = revision + 1 WHERE id IN"
            " (SELECT person_id FROM conversation_people WHERE conversation_id = ?)",
            (conversation,),
        )

    # --- questions ------------------------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """Everything that was ever asked about titles, in the order of the days; of people as they count now."""
        rows = self._database.all(
            f"SELECT q.*, {_WHOLE} FROM meeting_questions q JOIN people ON people.id = q.person_id ORDER BY day, q.id"
        )
        return [_question(row) for row in rows]

    def open_questions(self) -> dict[PersonId, list[Question]]:
        """What waits for the user's answer, about whom."""
        found: dict[PersonId, list[Question]] = defaultdict(list)
        for question in self.questions():
            if question.asked and question.answer is None:
                found[question.person].append(question)
        return found

    def ask(self, uid: EventUid, person: PersonId, day: date, title: str) -> None:
        """Ask whether somebody was meant, or ask about it as it is now."""
        self._database.execute(
            "INSERT INTO meeting_questions (key, person_id, day, title, asked) VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT DO UPDATE SET day = excluded.day, title = excluded.title, asked = 1",
            (uid, person, day.isoformat(), title),
        )

    def stop_asking(self, questions: Iterable[Question]) -> None:
        """Let questions rest: what they are about is not there any more, or long ago."""
        self._database.execute_many(
            "UPDATE meeting_questions SET asked = 0 WHERE id = ?", ((question.number,) for question in questions)
        )

    def answer(self, question: Question, ruling: Ruling) -> None:
        """Keep what the user says."""
        self._database.execute("UPDATE meeting_questions SET answer = ? WHERE id = ?", (ruling, question.number))

    # --- ahead ----------------------------------------------------------------------------------------

    def ahead(self) -> dict[PersonId, date]:
        """The day of the next meeting with each person who has one, as the last pass saw it."""
        found: dict[PersonId, date] = {}
        sql = f"SELECT day, {_WHOLE} FROM meetings_ahead JOIN people ON id = person_id ORDER BY day DESC"
        for row in self._database.all(sql):
            found[PersonId(row["whole"])] = date.fromisoformat(row["day"])
        return found

    def set_ahead(self, days: Mapping[PersonId, date]) -> None:
        """Keep the day of the next meeting with each person."""
        self._database.execute("DELETE FROM meetings_ahead")
        self._database.execute_many(
            "INSERT INTO meetings_ahead VALUES (?, ?)", ((person, day.isoformat()) for person, day in days.items())
        )


# --- rows and values --------------------------------------------------------------------------------------


def _place(row: Row) -> Place:
    return Place(AccountId(row["account"]), row["calendar"])


def _body(meeting: Meeting) -> str:
    value = {
        "when": when_to(meeting.when),
        "title": meeting.title,
        "guests": [[one.email, one.answer, one.kind, one.is_me, one.invites] for one in meeting.guests],
        "cancelled": meeting.cancelled,
        "whole": meeting.whole,
    }
    return json.dumps(value, ensure_ascii=False)


def _meeting(key: str, value: dict[str, Any]) -> Meeting:
    guests = (Guest(email, Answer(answer), Kind(kind), *rest) for email, answer, kind, *rest in value["guests"])
    return Meeting(key, when_from(value["when"]), value["title"], tuple(guests), value["cancelled"], value["whole"])


def _written(row: Row) -> Written:
    people = {told: PersonId(person) for told, person in json.loads(row["people"]).items()}
    day = date.fromisoformat(row["day"])
    return Written(row["key"], _place(row), day, row["text"], people, bool(row["withdrawn"]))


def _question(row: Row) -> Question:
    return Question(
        number=row["id"],
        uid=EventUid(row["key"]),
        person=PersonId(row["whole"]),
        day=date.fromisoformat(row["day"]),
        title=row["title"],
        asked=bool(row["asked"]),
        answer=row["answer"],
    )
