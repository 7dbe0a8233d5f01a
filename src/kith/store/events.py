"""Reach-outs, and what was written to calendars for them: sacred, since a calendar cannot be asked what we meant.

An event's state goes ``creating`` → ``open`` → (``finishing`` →) ``closed``, or ``deleting`` → ``gone``. The first of
each pair is the intent, committed before the calendar is asked; the second the result.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from kith.core.cadence import Window
from kith.core.event import AllDay, Change, Fields, Kind, Marker, Timed, When
from kith.core.model import AccountId, CardUid, ETag, EventUid, Href, InstallId, PersonId
from kith.core.readback import Written
from kith.store.db import Database, Row


class EventState(StrEnum):
    """How far an event's life has come."""

    CREATING = "creating"
    OPEN = "open"
    FINISHING = "finishing"
    DELETING = "deleting"
    CLOSED = "closed"
    GONE = "gone"


STANDING = (EventState.CREATING, EventState.OPEN, EventState.FINISHING)
LIVE = (EventState.CREATING, EventState.OPEN, EventState.FINISHING, EventState.DELETING)


@dataclass(frozen=True, slots=True)
class ReachOut:
    """One planned prompt. ``outcome`` is None while it is open.

    Of the kind ``REACH_OUT`` a person has one open at most; those of other kinds stand beside it.
    """

    id: int
    people: tuple[PersonId, ...]
    opened_at: datetime
    outcome: str | None = None
    started_at: datetime | None = None
    retries: int = 0
    fixed: bool = False
    again_from: date | None = None
    window: Window | None = None
    withdrawn: bool = False
    kind: Kind = Kind.REACH_OUT

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Line:
    """How a reach-out stands in an event, where that needs saying.

    ``key`` is that of its line on a list. ``stands`` is false once another event carries it; what is answered here
    counts all the same. ``missing_since`` is when the user was first seen to have taken the line away.
    """

    reach_out: int
    key: str = ""
    stands: bool = True
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event kith wrote (or adopted), as the store knows it.

    ``hands_off`` names what is the user's now: owned fields (``when`` where it repeats, up to ``repeats_until``), and
    ``extras`` where they put in something of their own. ``touched`` says that the user edited it since kith last
    gave it a place. ``lines`` are as they were read; they are stored by :class:`~kith.store.lines.Lines` alone.
    """

    marker: Marker
    uid: EventUid
    account: AccountId
    calendar: str
    state: EventState
    written: Written
    reach_outs: tuple[int, ...]
    lines: tuple[Line, ...] = ()
    href: Href | None = None
    etag: ETag | None = None
    hands_off: frozenset[str] = frozenset()
    touched: bool = False
    repeats_until: date | None = None
    missing_since: datetime | None = None
    closed_at: datetime | None = None

    @property
    def carried(self) -> tuple[int, ...]:
        """The reach-outs that no other event has taken over."""
        moved_on = {line.reach_out for line in self.lines if not line.stands}
        return tuple(number for number in self.reach_outs if number not in moved_on)


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What is known of a calendar. ``halted`` says why nothing is created or concluded in it."""

    identity: str
    halted: str | None = None


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the last look at a calendar left for the next. ``cursor`` is the back end's own note.

    ``settled`` are events of kith's that nothing waits for, in the state they were seen in: copies, and those that
    were over and done with long ago. They are not looked at again until they change.
    """

    cursor: str = ""
    settled: Mapping[Href, ETag] = field(default_factory=dict)


class Events:
    """Reach-outs and events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reach-outs -----------------------------------------------------------------------------------

    def open_reach_out(
        self, people: tuple[PersonId, ...], window: Window | None, now: datetime, *, kind: Kind = Kind.REACH_OUT
    ) -> int:
        """Begin a reach-out; its number."""
        number = self._database.insert(
            "INSERT INTO reach_outs (opened_at, due, at_worst, kind) VALUES (?, ?, ?, ?)",
            (now.isoformat(), *_window(window), kind),
        )
        is_the_one = int(kind is Kind.REACH_OUT)
        for person in people:
            self._database.execute("INSERT INTO reach_out_people VALUES (?, ?, ?)", (number, person, is_the_one))
        return number

    def begin_closed(
        self, people: tuple[PersonId, ...], outcome: str, now: datetime, *, kind: Kind = Kind.REACH_OUT
    ) -> int:
        """A reach-out that never waits for an answer, for an event that is only read; its number."""
        number = self._database.insert(
            "INSERT INTO reach_outs (opened_at, closed_at, outcome, kind) VALUES (?, ?, ?, ?)",
            (now.isoformat(), now.isoformat(), outcome, kind),
        )
        for person in people:
            self._database.execute("INSERT INTO reach_out_people VALUES (?, ?, 0)", (number, person))
        return number

    def close_reach_out(self, number: int, outcome: str, now: datetime) -> None:
        """End a reach-out with what came of it; one that has ended keeps its first outcome unless it was talked."""
        self._database.execute(
            "UPDATE reach_outs SET outcome = ?, closed_at = ?, again_from = NULL"
            " WHERE id = ? AND (outcome IS NULL OR ? = 'talked')",
            (outcome, now.isoformat(), number, outcome),
        )
        self._database.execute("UPDATE reach_out_people SET is_open = 0 WHERE reach_out_id = ?", (number,))

    def save_reach_out(self, reach_out: ReachOut) -> None:
        """Keep what changed about an open reach-out."""
        self._database.execute(
            "UPDATE reach_outs SET started_at = ?, retries = ?, fixed = ?, again_from = ?, due = ?, at_worst = ?,"
            " withdrawn = ? WHERE id = ?",
            (
                *(_instant_text(reach_out.started_at), reach_out.retries, int(reach_out.fixed)),
                *(
                    reach_out.again_from.isoformat() if reach_out.again_from else None,
                    *_window(reach_out.window),
                ),
                *(int(reach_out.withdrawn), reach_out.id),
            ),
        )

    def reach_out(self, number: int) -> ReachOut:
        """One reach-out."""
        return self._reach_outs("WHERE r.id = ?", (number,))[number]

    def open_reach_outs(self) -> dict[int, ReachOut]:
        """Every reach-out that waits for an answer."""
        return self._reach_outs("WHERE r.outcome IS NULL", ())

    def open_reach_out_of(self, person: PersonId) -> ReachOut | None:
        """Somebody's one open reach-out."""
        found = self._reach_outs(
            "WHERE r.id IN (SELECT reach_out_id FROM reach_out_people WHERE person_id = ? AND is_open = 1)",
            (person,),
        )
        return next(iter(found.values()), None)

    def waiting(self) -> dict[PersonId, tuple[ReachOut, When | None]]:
        """Everybody's one open reach-out, and when its event stands where it has one."""
        whens = {
            number: row.written.fields.when for row in self.live() for number in row.carried if row.state in STANDING
        }
        return {
            person: (reach_out, whens.get(number))
            for number, reach_out in self.open_reach_outs().items()
            for person in reach_out.people
            if reach_out.kind is Kind.REACH_OUT
        }

    def day_of(self, number: int, zone: tzinfo | None) -> date | None:
        """The local day of a reach-out's event, None where it has none."""
        for row in self._events(
            "WHERE uid IN (SELECT event_uid FROM event_reach_outs WHERE reach_out_id = ? AND stands = 1)", (number,)
        ):
            if row.state in STANDING:
                return row.written.fields.when.day_in(zone or UTC)
        return None

    def outcomes(self, person: PersonId, most: int) -> list[str]:
        """How somebody's last reach-outs ended, newest first."""
        sql = (
            "SELECT outcome FROM reach_outs JOIN reach_out_people ON reach_out_id = id"
            " WHERE person_id = ? AND outcome IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT ?"
        )
        return [row["outcome"] for row in self._database.all(sql, (person, most))]

    def _reach_outs(self, where: str, values: tuple[Any, ...]) -> dict[int, ReachOut]:
        people: dict[int, list[PersonId]] = {}
        rows = self._database.all(
            "SELECT r.*, p.person_id FROM reach_outs r LEFT JOIN reach_out_people p ON p.reach_out_id = r.id"
            f" {where}"
            " ORDER BY r.id, p.person_id",
            values,
        )
        for row in rows:
            of_this = people.setdefault(row["id"], [])
            of_this += [PersonId(row["person_id"])] if row["person_id"] is not None else []
        return {row["id"]: _reach_out(row, tuple(people[row["id"]])) for row in rows}

    # --- events ---------------------------------------------------------------------------------------

    def next_number(self, epoch: int, kind: Kind, subject: str) -> int:
        """The next number for a subject's event in this epoch, taken: it is never given out again."""
        self._database.execute(
            "INSERT INTO numbers VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
            (epoch, kind, subject),
        )
        row = self._database.one(
            "SELECT n FROM numbers WHERE epoch = ? AND kind = ? AND subject = ?", (epoch, kind, subject)
        )
        return int(row["n"]) if row else 1

    def note_number(self, marker: Marker) -> None:
        """Never give out the number of an adopted event again."""
        self._database.execute(
            "INSERT INTO numbers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = max(n, excluded.n)",
            (marker.epoch, marker.kind, marker.subject, marker.n),
        )

    def save(self, event: EventRow) -> None:
        """Store an event as it is now."""
        marker, written = event.marker, event.written
        values = {
            "uid": event.uid, "account": event.account, "calendar": event.calendar, "state": event.state,
            "href": event.href, "etag": event.etag, "install": marker.install, "epoch": marker.epoch,
            "kind": marker.kind, "subject": marker.subject, "n": marker.n, "card": marker.card,
            "plain_title": written.plain_title, "fields": json.dumps(_fields_to(written.fields), ensure_ascii=False),
            "brief": " ".join(written.brief), "typed": written.typed,
            "last_modified": _instant_text(written.last_modified),
            "pending": json.dumps(_change_to(written.pending), ensure_ascii=False) if written.pending else None,
            "hands_off": " ".join(sorted(event.hands_off)), "touched": int(event.touched),
            "repeats_until": event.repeats_until.isoformat() if event.repeats_until else None,
            "missing_since": _instant_text(event.missing_since), "closed_at": _instant_text(event.closed_at),
        }  # fmt: skip
        names = ", ".join(values)
        updates = ", ".join(f"{name} = excluded.{name}" for name in values if name != "uid")
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO events ({names}) VALUES ({marks}) ON CONFLICT (uid) DO UPDATE SET {updates}"
        self._database.execute(sql, tuple(values.values()))
        for number in event.reach_outs:
            self._database.execute(
                "INSERT OR IGNORE INTO event_reach_outs (event_uid, reach_out_id) VALUES (?, ?)", (event.uid, number)
            )

    def get(self, uid: EventUid) -> EventRow | None:
        """One event."""
        return next(iter(self._events("WHERE uid = ?", (uid,))), None)

    def of_subject(self, kind: Kind, subject: str) -> list[EventRow]:
        """Every event of a kind whose subject ends in this one, whoever it was about and whatever became of it."""
        tail = f"|{subject}"
        return self._events("WHERE kind = ? AND substr('|' || subject, -?) = ?", (kind, len(tail), tail))

    def live(self) -> list[EventRow]:
        """Every event that is not closed or gone."""
        marks = ", ".join("?" * len(LIVE))
        return self._events(f"WHERE state IN ({marks})", LIVE)

    def watched(self, account: AccountId, calendar: str, now: datetime, keep_reading: timedelta) -> list[EventRow]:
        """Every event to be read back in one calendar: live ones, and closed ones for a while."""
        marks = ", ".join("?" * len(LIVE))
        return self._events(
            f"WHERE account = ? AND calendar = ? AND (state IN ({marks}) OR (state = 'closed' AND closed_at >= ?))",
            (account, calendar, *LIVE, (now - keep_reading).astimezone(UTC).isoformat()),
        )

    def ended_on(self, day: date, zone: tzinfo) -> list[EventRow]:
        """The events whose reach-outs were answered or skipped on a local day."""
        found = self._database.all(
            "SELECT event_uid, r.closed_at FROM event_reach_outs JOIN reach_outs r ON id = reach_out_id"
            " WHERE outcome IN ('talked', 'skipped') AND r.closed_at >= ?",
            ((day - timedelta(days=2)).isoformat(),),
        )
        ended = [row for row in found if datetime.fromisoformat(row["closed_at"]).astimezone(zone).date() == day]
        return [event for row in ended if (event := self.get(EventUid(row["event_uid"])))]

    def put_away(self, account: AccountId, calendar: str) -> dict[Href, ETag | None]:
        """Where the closed events stand, those too old to be read included, with their ETags."""
        where = "account = ? AND calendar = ? AND state = 'closed' AND href IS NOT NULL"
        rows = self._database.all(f"SELECT href, etag FROM events WHERE {where}", (account, calendar))
        return {Href(row["href"]): ETag(row["etag"]) if row["etag"] is not None else None for row in rows}

    def ever_written(self, account: AccountId, calendar: str) -> bool:
        """Whether kith has ever written to the calendar."""
        sql = "SELECT 1 FROM events WHERE account = ? AND calendar = ? AND href IS NOT NULL LIMIT 1"
        return self._database.one(sql, (account, calendar)) is not None

    def known_uids(self, uids: Iterable[EventUid]) -> set[EventUid]:
        """Which of the UIDs the store knows, whatever became of them."""
        return {uid for uid in uids if self._database.one("SELECT 1 FROM events WHERE uid = ?", (uid,))}

    def _events(self, where: str, values: Iterable[Any]) -> list[EventRow]:
        bound = tuple(values)
        links: dict[str, list[Line]] = defaultdict(list)
        for row in self._database.all(
            f"SELECT * FROM event_reach_outs WHERE event_uid IN (SELECT uid FROM events {where}) ORDER BY reach_out_id",
            bound,
        ):
            missing = _instant(row["missing_since"])
            links[row["event_uid"]].append(Line(row["reach_out_id"], row["line"], bool(row["stands"]), missing))
        rows = self._database.all(f"SELECT * FROM events {where} ORDER BY uid", bound)
        return [_event(row, tuple(links[row["uid"]])) for row in rows]

    def vanished(self, account: AccountId, calendar: str, present: Collection[EventUid]) -> list[EventRow]:
        """The open events that kith wrote for people and that are not among those present."""
        where = "WHERE account = ? AND calendar = ? AND state = 'open' AND kind <> 'problem'"
        rows = self._events(where, (account, calendar))
        return [row for row in rows if row.uid not in present]

    # --- calendars ------------------------------------------------------------------------------------

    def calendar(self, account: AccountId, calendar: str) -> CalendarState | None:
        """What is known of a calendar, None before its first pass."""
        row = self._database.one("SELECT * FROM calendars WHERE account = ? AND calendar = ?", (account, calendar))
        return CalendarState(row["identity"], row["halted"]) if row else None

    def save_calendar(self, account: AccountId, calendar: str, state: CalendarState, now: datetime) -> None:
        """Keep what is known of a calendar."""
        since = now.isoformat() if state.halted else None
        self._database.execute(
            "INSERT INTO calendars VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET identity = excluded.identity,"
            " halted = excluded.halted, halted_since = CASE WHEN excluded.halted IS NULL THEN NULL"
            " ELSE coalesce(halted_since, excluded.halted_since) END",
            (account, calendar, state.identity, state.halted, since),
        )

    def last_look(self, account: AccountId, calendar: str) -> LastLook:
        """What the last look left."""
        row = self._database.one("SELECT * FROM looks WHERE account = ? AND calendar = ?", (account, calendar))
        return LastLook(row["cursor"], json.loads(row["settled"])) if row else LastLook()

    def save_look(self, account: AccountId, calendar: str, look: LastLook) -> None:
        """Keep what a look leaves for the next."""
        settled = json.dumps(dict(look.settled), ensure_ascii=False)
        self._database.execute(
            "INSERT INTO looks VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET cursor = excluded.cursor, settled = excluded.settled",
            (account, calendar, look.cursor, settled),
        )


# --- rows and values --------------------------------------------------------------------------------------


def _event(row: Row, links: tuple[Line, ...]) -> EventRow:
    written = Written(
        fields=fields_from(json.loads(row["fields"])),
        plain_title=row["plain_title"],
        brief=tuple(row["brief"].split()),
        typed=row["typed"],
        last_modified=_instant(row["last_modified"]),
        pending=change_from(json.loads(row["pending"])) if row["pending"] else None,
    )
    return EventRow(
        marker=Marker(
            install=InstallId(row["install"]),
            epoch=row["epoch"],
            kind=Kind(row["kind"]),
            subject=row["subject"],
            n=row["n"],
            card=CardUid(row["card"]) if row["card"] else None,
        ),
        uid=EventUid(row["uid"]),
        account=AccountId(row["account"]),
        calendar=row["calendar"],
        state=EventState(row["state"]),
        written=written,
        reach_outs=tuple(link.reach_out for link in links),
        lines=tuple(link for link in links if link != Line(link.reach_out)),
        href=Href(row["href"]) if row["href"] is not None else None,
        etag=ETag(row["etag"]) if row["etag"] is not None else None,
        hands_off=frozenset(row["hands_off"].split()),
        touched=bool(row["touched"]),
        repeats_until=date.fromisoformat(row["repeats_until"]) if row["repeats_until"] else None,
        missing_since=_instant(row["missing_since"]),
        closed_at=_instant(row["closed_at"]),
    )


def _reach_out(row: Row, people: tuple[PersonId, ...]) -> ReachOut:
    window = None
    if row["due"] and row["at_worst"]:
        window = Window(date.fromisoformat(row["due"]), date.fromisoformat(row["at_worst"]))
    return ReachOut(
        id=row["id"],
        people=people,
        opened_at=datetime.fromisoformat(row["opened_at"]),
        outcome=row["outcome"],
        started_at=_instant(row["started_at"]),
        retries=row["retries"],
        fixed=bool(row["fixed"]),
        again_from=date.fromisoformat(row["again_from"]) if row["again_from"] else None,
        window=window,
        withdrawn=bool(row["withdrawn"]),
        kind=Kind(row["kind"]),
    )


def when_to(when: When) -> dict[str, Any]:
    """When something is, as it is stored."""
    if isinstance(when, AllDay):
        return {"day": when.day.isoformat()}
    zone = getattr(when.start.tzinfo, "key", None)
    return {"start": when.start.isoformat(), "zone": zone, "seconds": int(when.duration.total_seconds())}


def when_from(value: dict[str, Any]) -> When:
    """When something is, out of what was stored. Raises KeyError, TypeError or ValueError where it is not."""
    if "day" in value:
        return AllDay(date.fromisoformat(value["day"]))
    start = datetime.fromisoformat(value["start"])
    if value["zone"]:
        start = start.astimezone(ZoneInfo(value["zone"]))
    return Timed(start, timedelta(seconds=value["seconds"]))


def _fields_to(fields: Fields) -> dict[str, Any]:
    return {
        "when": when_to(fields.when),
        "title": fields.title,
        "description": fields.description,
        "alarm": fields.alarm,
    }


def fields_from(value: dict[str, Any]) -> Fields:
    """An event's fields as they are stored. Raises KeyError, TypeError or ValueError where they are not."""
    return Fields(when_from(value["when"]), value["title"], value["description"], value["alarm"])


def _change_to(change: Change) -> dict[str, Any]:
    when = when_to(change.when) if change.when else None
    return {"when": when, "title": change.title, "description": change.description, "alarm": change.alarm}


def change_from(value: dict[str, Any]) -> Change:
    """A change to an event as it is stored. Raises KeyError, TypeError or ValueError where it is not."""
    when = when_from(value["when"]) if value["when"] else None
    return Change(when, value["title"], value["description"], value["alarm"])


def _window(window: Window | None) -> tuple[str | None, str | None]:
    return (window.due.isoformat(), window.at_worst.isoformat()) if window else (None, None)


def _instant_text(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
