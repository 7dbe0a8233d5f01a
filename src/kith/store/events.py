"""What was written to calendars: sacred, since a calendar cannot be asked what we meant.

An event's state goes ``creating`` → ``open`` → (``finishing`` →) ``closed``, or ``deleting`` → ``gone``. The first of
each pair is the intent, committed before the calendar is asked; the second the result.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from kith.core.event import Kind, Marker, When
from kith.core.model import AccountId, CardUid, ETag, EventUid, Href, InstallId, PersonId
from kith.core.readback import Written
from kith.store.db import Database, Row
from kith.store.forms import change_from, change_to, fields_from, fields_to, instant_from, instant_to
from kith.store.reach_outs import ReachOut, ReachOuts


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


class Events:
    """Events, and which reach-outs they carry."""

    def __init__(self, database: Database, reach_outs: ReachOuts) -> None:
        self._database = database
        self._reach_outs = reach_outs

    # --- reading --------------------------------------------------------------------------------------

    def waiting(self) -> dict[PersonId, tuple[ReachOut, When | None]]:
        """Everybody's one open reach-out, and when its event stands where it has one."""
        whens = {
            number: row.written.fields.when for row in self.live() for number in row.carried if row.state in STANDING
        }
        return {
            person: (reach_out, whens.get(number))
            for number, reach_out in self._reach_outs.open().items()
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
            "plain_title": written.plain_title, "fields": json.dumps(fields_to(written.fields), ensure_ascii=False),
            "brief": " ".join(written.brief), "typed": written.typed,
            "last_modified": instant_to(written.last_modified),
            "pending": json.dumps(change_to(written.pending), ensure_ascii=False) if written.pending else None,
            "hands_off": " ".join(sorted(event.hands_off)), "touched": int(event.touched),
            "repeats_until": event.repeats_until.isoformat() if event.repeats_until else None,
            "missing_since": instant_to(event.missing_since), "closed_at": instant_to(event.closed_at),
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
            missing = instant_from(row["missing_since"])
            links[row["event_uid"]].append(Line(row["reach_out_id"], row["line"], bool(row["stands"]), missing))
        rows = self._database.all(f"SELECT * FROM events {where} ORDER BY uid", bound)
        return [_event(row, tuple(links[row["uid"]])) for row in rows]

    def vanished(self, account: AccountId, calendar: str, present: Collection[EventUid]) -> list[EventRow]:
        """The open events that kith wrote for people and that are not among those present."""
        where = "WHERE account = ? AND calendar = ? AND state = 'open' AND kind <> 'problem'"
        rows = self._events(where, (account, calendar))
        return [row for row in rows if row.uid not in present]


# --- rows and values --------------------------------------------------------------------------------------


def _event(row: Row, links: tuple[Line, ...]) -> EventRow:
    written = Written(
        fields=fields_from(json.loads(row["fields"])),
        plain_title=row["plain_title"],
        brief=tuple(row["brief"].split()),
        typed=row["typed"],
        last_modified=instant_from(row["last_modified"]),
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
        missing_since=instant_from(row["missing_since"]),
        closed_at=instant_from(row["closed_at"]),
    )
