"""What was said, thing by thing: everybody's history, one entry by its handle, and what was forgotten or ticked.

To forget is not to erase: a forgotten thing counts for nothing and is shown nowhere, and can be had back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo

from kith.core.event import normal_lines
from kith.core.history import Entry, What, by_day
from kith.core.model import EventUid, PersonId
from kith.core.questions import without_questions
from kith.store.db import Database, Row

_TABLES = {
    What.CONVERSATION: "conversations",
    What.ATTEMPT: "attempts",
    What.FACT: "facts",
    What.NOTE: "typed_texts",
}
CHANGEABLE = (What.CONVERSATION, What.ATTEMPT, What.FACT)
"""What can be edited and forgotten by its handle, wherever it came from."""


class History:
    """Entries of all kinds, by person or by handle."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- looking --------------------------------------------------------------------------------------

    def entries(self, zone: tzinfo) -> dict[PersonId, list[Entry]]:
        """Everybody's, newest first."""
        found: dict[PersonId, list[Entry]] = defaultdict(list)
        for person, entry in self._all(zone):
            found[person].append(entry)
        return {person: sorted(entries, key=by_day, reverse=True) for person, entries in found.items()}

    def typed(self) -> dict[PersonId, list[str]]:
        """What stands typed in everybody's events as it was last read, whatever it counts for."""
        people = self._people_of_events()
        found: dict[PersonId, list[str]] = defaultdict(list)
        for (event, occurrence), rows in self._states().items():
            for person in people.get((event, occurrence), people.get((event, ""), ())):
                found[person].append(rows[-1]["text"])
        return found

    def people_of(self, what: What, number: int) -> list[PersonId]:
        """Whose it is; nobody's where there is no such thing."""
        if what is What.NOTE:
            people = self._people_of_events()
            row = self._database.one("SELECT event_uid, occurrence FROM typed_texts WHERE id = ?", (number,))
            place = (row["event_uid"], row["occurrence"]) if row else ("", "")
            return people.get(place, people.get((place[0], ""), []))
        if what is What.CONVERSATION:
            sql = "SELECT person_id FROM conversation_people WHERE conversation_id = ? ORDER BY person_id"
        else:
            sql = f"SELECT person_id FROM {_TABLES[what]} WHERE id = ?"
        return [PersonId(row["person_id"]) for row in self._database.all(sql, (number,))]

    def text_of(self, what: What, number: int) -> str | None:
        """Its text, also of something forgotten; None where there is no such thing."""
        row = self._database.one(f"SELECT text FROM {_TABLES[what]} WHERE id = ?", (number,))
        return row["text"] if row else None

    def conversation_day(self, event: EventUid, occurrence: str = "") -> date | None:
        """The day of the conversation that an event gave, where one stands."""
        row = self._database.one(
            "SELECT day FROM conversations WHERE event_uid = ? AND occurrence = ? AND withdrawn_at IS NULL",
            (event, occurrence),
        )
        return date.fromisoformat(row["day"]) if row else None

    def noted_on(self, event: EventUid, occurrence: str, zone: tzinfo) -> date | None:
        """The day on which something typed into an event was first read."""
        row = self._database.one(
            "SELECT read_at FROM typed_texts WHERE event_uid = ? AND occurrence = ? AND text <> '' ORDER BY id LIMIT 1",
            (event, occurrence),
        )
        return datetime.fromisoformat(row["read_at"]).astimezone(zone).date() if row else None

    def is_forgotten(self, what: What, number: int) -> bool:
        """Whether it was forgotten; of a note, whether nothing stands in its place since."""
        if what is What.NOTE:
            return self._note_after(number) == ""
        sql = f"SELECT 1 FROM {_TABLES[what]} WHERE id = ? AND forgotten_at IS NOT NULL"
        return self._database.one(sql, (number,)) is not None

    # --- changing -------------------------------------------------------------------------------------

    def edit(self, what: What, number: int, text: str) -> None:
        """Put another text in its place."""
        self._database.execute(f"UPDATE {_TABLES[what]} SET text = ? WHERE id = ?", (text, number))
        self._raise_revisions(what, number)

    def move(self, number: int, *, day: date | None, via: str | None) -> None:
        """Say of a conversation that it was on another day, or in another way; None leaves it as it is."""
        self._database.execute(
            "UPDATE conversations SET day = coalesce(?, day), via = coalesce(?, via) WHERE id = ?",
            (day.isoformat() if day else None, via, number),
        )
        self._raise_revisions(What.CONVERSATION, number)

    def move_attempt(self, number: int, day: date) -> None:
        """Say of an attempt that it was on another day."""
        self._database.execute("UPDATE attempts SET day = ? WHERE id = ?", (day.isoformat(), number))
        self._raise_revisions(What.ATTEMPT, number)

    def forget(self, what: What, number: int, now: datetime | None) -> None:
        """Let it count for nothing from ``now`` on; None takes that back.

        What becomes of the event of a conversation changes with it: typed into again, it gives no new one. A note's
        place in its event is kept as empty, until something else is typed there.
        """
        at = now.isoformat() if now else None
        if what is What.NOTE:
            self._forget_note(number, at)
            self._raise_revisions(what, number)
            return
        self._database.execute(f"UPDATE {_TABLES[what]} SET forgotten_at = ? WHERE id = ?", (at, number))
        if what is What.CONVERSATION:
            self._database.execute("UPDATE conversations SET withdrawn_at = ? WHERE id = ?", (at, number))
            self._database.execute(
                "UPDATE reach_outs SET withdrawn = ? WHERE id IN (SELECT reach_out_id FROM event_reach_outs"
                " JOIN conversations USING (event_uid) WHERE conversations.id = ? AND occurrence = line)",
                (int(now is not None), number),
            )
        self._raise_revisions(what, number)

    def _forget_note(self, number: int, at: str | None) -> None:
        if at is not None:
            self._database.execute(
                "INSERT INTO typed_texts (event_uid, occurrence, read_at, text)"
                " SELECT event_uid, occurrence, ?, '' FROM typed_texts WHERE id = ?",
                (at, number),
            )
        elif self._note_after(number) == "":
            self._database.execute(
                "DELETE FROM typed_texts WHERE id = (SELECT later.id FROM typed_texts later JOIN typed_texts note"
                " USING (event_uid, occurrence) WHERE note.id = ? ORDER BY later.id DESC LIMIT 1)",
                (number,),
            )

    def _note_after(self, number: int) -> str | None:
        """What was read right after a note in its place, if that is what stands there now; else None."""
        rows = self._database.all(
            "SELECT later.text FROM typed_texts later JOIN typed_texts note USING (event_uid, occurrence)"
            " WHERE note.id = ? AND later.id > note.id ORDER BY later.id",
            (number,),
        )
        return rows[0]["text"] if len(rows) == 1 else None

    # --- ticks ----------------------------------------------------------------------------------------

    def tick(self, person: PersonId, text: str, now: datetime) -> None:
        """Keep that a promise was kept; of everybody who counts as the person, since it may be any one's."""
        self._database.execute(
            "INSERT INTO ticks (person_id, text, ticked_at) SELECT id, ?, ? FROM people WHERE id = ? OR joined_to = ?",
            (text, now.isoformat(), person, person),
        )
        self._database.execute("UPDATE people SET revision = revision + 1 WHERE id = ?", (person,))

    def ticks(self) -> Mapping[PersonId, list[tuple[datetime, str]]]:
        """What everybody was ticked off for on the command line."""
        found: dict[PersonId, list[tuple[datetime, str]]] = defaultdict(list)
        sql = (
            "SELECT coalesce(joined_to, people.id) AS whole, text, ticked_at FROM ticks"
            " JOIN people ON people.id = person_id ORDER BY ticks.id"
        )
        for row in self._database.all(sql):
            found[PersonId(row["whole"])].append((datetime.fromisoformat(row["ticked_at"]), row["text"]))
        return found

    # --- inside ---------------------------------------------------------------------------------------

    def _all(self, zone: tzinfo) -> Iterator[tuple[PersonId, Entry]]:
        states = self._states()
        covered: dict[tuple[str, str], datetime] = {}
        tried: dict[str, set[str]] = defaultdict(set)
        yield from self._conversations(states, covered, zone)
        yield from self._attempts(states, tried)
        for row in self._database.all("SELECT * FROM facts WHERE forgotten_at IS NULL"):
            at = datetime.fromisoformat(row["recorded_at"])
            yield PersonId(row["person_id"]), replace(_entry(What.FACT, row, _day(at, zone)), via=row["kind"])
        for row in self._database.all("SELECT * FROM skips"):
            day, at = date.fromisoformat(row["day"]), datetime.fromisoformat(row["recorded_at"])
            yield PersonId(row["person_id"]), Entry(What.SKIP, row["id"], day, at, row["reason"])
        yield from self._notes(states, covered, tried, zone)

    def _conversations(
        self, states: Mapping[tuple[str, str], list[Row]], covered: dict[tuple[str, str], datetime], zone: tzinfo
    ) -> Iterator[tuple[PersonId, Entry]]:
        """Those that stand; ``covered`` learns until when an event's text is a conversation's, or forgotten."""
        for row in self._database.all(
            "SELECT c.*, person_id FROM conversations c LEFT JOIN conversation_people ON conversation_id = c.id"
        ):
            place = (row["event_uid"] or "", row["occurrence"])
            if row["withdrawn_at"] is None:
                covered[place] = datetime.max.replace(tzinfo=zone)
                if row["person_id"] is not None:
                    entry = _entry(What.CONVERSATION, row, date.fromisoformat(row["day"]))
                    read = tuple(_read(states.get(place, ())))
                    yield PersonId(row["person_id"]), replace(entry, via=row["via"], states=read)
            elif row["forgotten_at"] is not None:
                covered[place] = datetime.fromisoformat(row["forgotten_at"])

    def _attempts(
        self, states: Mapping[tuple[str, str], list[Row]], tried: dict[str, set[str]]
    ) -> Iterator[tuple[PersonId, Entry]]:
        """Those that are not forgotten. ``tried`` is told all the texts that an event's attempts have."""
        for row in self._database.all("SELECT * FROM attempts"):
            tried[row["event_uid"] or ""].add(_normal(row["text"]))
            if row["forgotten_at"] is None:
                entry = _entry(What.ATTEMPT, row, date.fromisoformat(row["day"]))
                read = tuple(_read(states.get((row["event_uid"] or "", ""), ())))
                yield PersonId(row["person_id"]), replace(entry, states=read)

    def _notes(
        self,
        states: Mapping[tuple[str, str], list[Row]],
        covered: Mapping[tuple[str, str], datetime],
        tried: Mapping[str, set[str]],
        zone: tzinfo,
    ) -> Iterator[tuple[PersonId, Entry]]:
        """What stands typed in events, where that is not a conversation's or an attempt's text already."""
        people = self._people_of_events()
        for (event, occurrence), rows in states.items():
            last = rows[-1]
            at = datetime.fromisoformat(last["read_at"])
            until = covered.get((event, occurrence))
            text = without_questions(last["text"])
            if not text or (until is not None and at <= until) or _normal(text) in tried.get(event, ()):
                continue
            read = tuple(_read(rows))
            first = next(at for at, state in read if without_questions(state))
            note = Entry(What.NOTE, last["id"], _day(first, zone), first, text, event=EventUid(event), states=read)
            for person in people.get((event, occurrence), people.get((event, ""), ())):
                yield person, note

    def _states(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self._database.all("SELECT * FROM typed_texts ORDER BY id"):
            found[row["event_uid"], row["occurrence"]].append(row)
        return found

    def _people_of_events(self) -> dict[tuple[str, str], list[PersonId]]:
        """Whose note an event holds; on a list that goes by the line, and what is in none is nobody's."""
        sql = (
            "SELECT DISTINCT event_uid, line, person_id FROM event_reach_outs"
            " JOIN reach_out_people USING (reach_out_id) ORDER BY person_id"
        )
        found: dict[tuple[str, str], list[PersonId]] = defaultdict(list)
        for row in self._database.all(sql):
            found[row["event_uid"], row["line"]].append(PersonId(row["person_id"]))
        return found

    def _raise_revisions(self, what: What, number: int) -> None:
        for person in self.people_of(what, number):
            self._database.execute("UPDATE people SET revision = revision + 1 WHERE id = ?", (person,))


def _entry(what: What, row: Row, day: date) -> Entry:
    event = row["event_uid"] if what is not What.FACT else None
    return Entry(what, row["id"], day, datetime.fromisoformat(row["recorded_at"]), row["text"], event=event)


def _read(rows: list[Row] | tuple[Row, ...]) -> Iterator[tuple[datetime, str]]:
    return ((datetime.fromisoformat(row["read_at"]), row["text"]) for row in rows)


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _normal(text: str) -> str:
    return "\n".join(normal_lines(text))
