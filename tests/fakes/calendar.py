"""A calendar in memory, with the people and servers who make life hard for kith.

The first half of :class:`FakeCalendar` is the port that kith sees. The second half is what a user does in a calendar
app. Everything kept is frozen and replaced as a whole, so nobody ever holds a piece of the calendar itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from kith.calendars.base import Look, Receipt, Unreadable
from kith.core.event import AllDay, Change, Fields, Marker, Occurrence, SeenEvent, Timed, When
from kith.core.model import AccountId, ETag, EventUid, Href
from kith.errors import Conflict, Denied, Transient

MARKS = ("✓ ", "✔ ", "✅ ", "[x] ", "done: ", "~ ")


class ETags(Enum):
    """How well the server keeps its ETags."""

    STEADY = "another one with every change, and only then"
    FLAKY = "another one at every look"
    ABSENT = "none: contents are compared immediately before a write"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as the calendar keeps it; ``marker`` is None for one that is nobody's but the user's."""

    href: Href
    uid: EventUid
    fields: Fields
    version: int
    marker: Marker | None = None
    last_modified: datetime | None = None
    repeats: bool = False
    repeats_until: date | None = None
    place: str = ""
    occurrences: tuple[Occurrence, ...] = ()
    unreadable: bool = False
    elsewhere: bool = False

    @property
    def is_kiths(self) -> bool:
        """Whether some kith wrote it: the UID comes out of the mark. A copy's does not."""
        return self.marker is not None and self.marker.uid == self.uid


@dataclass(frozen=True, slots=True)
class Write:
    """One change that kith asked for: ``before`` is None for a creation, ``after`` for a removal."""

    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """The event it is about, as it was before wherever it was there."""
        entry = self.before or self.after
        assert entry is not None
        return entry


class FakeCalendar:
    """One calendar of one account. ``before_write`` is shown every write that will succeed, just before it does."""

    def __init__(self, account: str = "home", etags: ETags = ETags.STEADY) -> None:
        self.etags = etags
        self.speaks_utc = False
        self.keeps_deleted = False
        self.reachable = True
        self.identity = "calendar-1"
        self.trash: dict[EventUid, Entry] = {}
        self.conflicts = 0
        self.journal: list[Write] = []
        self.shown: list[SeenEvent] = []
        self.before_write: Callable[[Write], None] = lambda _: None
        self._account = AccountId(account)
        self._entries: dict[Href, Entry] = {}
        self._deleted: set[EventUid] = set()
        self._versions = 0
        self._looks = 0
        self._calls = 0
        self._fail_at: int | None = None
        self._fail_after = False

    # --- the port -------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountId:
        return self._account

    @property
    def name(self) -> str:
        return "calendar"

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        with self._call():
            self._looks += 1
            here = [entry for entry in self.entries() if not entry.elsewhere]
            events, unreadable = [], []
            for entry in here:
                if entry.href not in known and entry.marker is None:
                    continue
                if entry.unreadable:
                    unreadable += [Unreadable(entry.href, "it is garbled")] if entry.href in known else []
                    continue
                etag = self._etag(entry)
                if etag is None or known.get(entry.href) != etag:
                    events.append(self._show(entry, etag))
            absent = frozenset(known) - {entry.href for entry in here}
            return Look(self.identity, tuple(events), absent, tuple(unreadable))

    def find(self, uid: EventUid) -> SeenEvent | None:
        with self._call():
            entry = self.get(uid)
            return self._show(entry, self._etag(entry)) if entry is not None and not entry.unreadable else None

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        with self._call():
            href = Href(f"{marker.uid}.ics")
            if href in self._entries or self.get(marker.uid) is not None:
                raise Conflict(f"{href} is there already")
            if self.keeps_deleted and marker.uid in self._deleted:
                raise Conflict(f"{marker.uid} is in the trash bin")
            fields = replace(fields, when=self._kept(fields.when))
            entry = Entry(href, marker.uid, fields, self._next_version(), marker, now)
            return self._write(Write(None, entry))

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        with self._call():
            before = self._as_seen(seen)
            fields = Fields(
                when=before.fields.when if change.when is None else self._kept(change.when),
                title=before.fields.title if change.title is None else change.title,
                description=before.fields.description if change.description is None else change.description,
                alarm=before.fields.alarm if change.alarm is None else change.alarm,
            )
            after = replace(
                before,
                fields=fields,
                marker=marker or before.marker,
                last_modified=now,
                version=self._next_version(),
            )
            return self._write(Write(before, after))

    def delete(self, seen: SeenEvent) -> None:
        with self._call():
            if seen.href in self._entries:
                self._write(Write(self._as_seen(seen), None))

    # --- how the server behaves -----------------------------------------------------------------------

    def fail(self, at: int, *, after: bool) -> None:
        """Fail once, at the ``at``-th call from now: before it did anything, or ``after`` it took effect."""
        self._fail_at, self._fail_after = self._calls + at, after

    def recover(self) -> None:
        """Whatever was to fail does not."""
        self._fail_at = None

    @contextmanager
    def _call(self) -> Iterator[None]:
        if not self.reachable:
            raise Denied("the calendar is not there")
        self._calls += 1
        failing = self._calls == self._fail_at
        if failing and not self._fail_after:
            raise Transient("the server did not answer")
        try:
            yield
        except Conflict:
            self.conflicts += 1
            raise
        if failing:
            raise Transient("the connection broke before the answer came")

    def _write(self, write: Write) -> Receipt:
        self.before_write(write)
        self.journal.append(write)
        if write.after is None:
            del self._entries[write.entry.href]
            self._deleted.add(write.entry.uid)
            return Receipt(write.entry.href, None)
        self._entries[write.after.href] = write.after
        return Receipt(write.after.href, self._etag(write.after))

    def _as_seen(self, seen: SeenEvent) -> Entry:
        """The event, if it still is in the state that was seen."""
        entry = self._entries.get(seen.href)
        if entry is None:
            raise Conflict(f"{seen.href} is gone")
        if self.etags is ETags.ABSENT:
            same = self._seen(entry, None) == replace(seen, etag=None)
        elif self.etags is ETags.FLAKY:
            same = seen.etag is not None and seen.etag.split("-")[0] == str(entry.version)
        else:
            same = seen.etag == self._etag(entry)
        if entry.unreadable or not same:
            raise Conflict(f"{seen.href} was changed by somebody else")
        return entry

    def _etag(self, entry: Entry) -> ETag | None:
        match self.etags:
            case ETags.STEADY:
                return ETag(f"{entry.version}")
            case ETags.FLAKY:
                return ETag(f"{entry.version}-{self._looks}")
            case ETags.ABSENT:
                return None

    def _show(self, entry: Entry, etag: ETag | None) -> SeenEvent:
        seen = self._seen(entry, etag)
        self.shown.append(seen)
        return seen

    def _seen(self, entry: Entry, etag: ETag | None) -> SeenEvent:
        return SeenEvent(
            href=entry.href,
            etag=etag,
            uid=entry.uid,
            fields=entry.fields,
            marker=entry.marker,
            last_modified=entry.last_modified,
            repeats=entry.repeats,
            repeats_until=entry.repeats_until,
            extras=bool(entry.place),
            occurrences=entry.occurrences,
        )

    def _kept(self, when: When) -> When:
        """Servers that speak UTC only forget in which zone an event was written."""
        return replace(when, start=when.start.astimezone(UTC)) if self.speaks_utc and isinstance(when, Timed) else when

    def _next_version(self) -> int:
        self._versions += 1
        return self._versions

    # --- what the user sees ---------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Everything there, in the order of the hrefs; what stands in another calendar of the account too."""
        return [self._entries[href] for href in sorted(self._entries)]

    def get(self, uid: EventUid) -> Entry | None:
        """One event, if it is there."""
        return next((entry for entry in self._entries.values() if entry.uid == uid), None)

    def kiths(self) -> list[Entry]:
        """The events that some kith wrote, copies left out."""
        return [entry for entry in self.entries() if entry.is_kiths]

    # --- what the user does ---------------------------------------------------------------------------
    # ``stamp`` is the LAST-MODIFIED that the app sets; apps that do not, leave the old one.

    def tick(self, uid: EventUid, mark: str = "✓ ", *, stamp: datetime | None = None) -> None:
        """Put a mark before the title."""
        title = self._there(uid).fields.title
        self._edit(uid, stamp, title=f"{mark}{title}")

    def untick(self, uid: EventUid, *, stamp: datetime | None = None) -> None:
        """Take every mark before the title away."""
        title = self._there(uid).fields.title
        while mark := next((mark for mark in MARKS if title.startswith(mark)), ""):
            title = title[len(mark) :]
        self._edit(uid, stamp, title=title)

    def put_tilde(self, uid: EventUid, *, stamp: datetime | None = None) -> None:
        """Say that one tried."""
        self.tick(uid, "~ ", stamp=stamp)

    def type_below(self, uid: EventUid, text: str, *, stamp: datetime | None = None) -> None:
        """Type under everything that stands there."""
        self._edit(uid, stamp, description=f"{self._there(uid).fields.description}\n{text}".lstrip("\n"))

    def type_above(self, uid: EventUid, text: str, *, stamp: datetime | None = None) -> None:
        """Type over everything that stands there."""
        self._edit(uid, stamp, description=f"{text}\n{self._there(uid).fields.description}")

    def type_inside(self, uid: EventUid, text: str, *, stamp: datetime | None = None) -> None:
        """Type at the end of the first line."""
        first, *rest = self._there(uid).fields.description.split("\n")
        self._edit(uid, stamp, description="\n".join([f"{first} {text}".strip(), *rest]))

    def change_line(self, uid: EventUid, before: str, after: str, *, stamp: datetime | None = None) -> None:
        """Change one line of the text, as a tap on a box does."""
        lines = self._there(uid).fields.description.split("\n")
        lines[lines.index(before)] = after
        self._edit(uid, stamp, description="\n".join(lines))

    def rewrite(self, uid: EventUid, text: str, *, stamp: datetime | None = None) -> None:
        """Put another description in place of what stands there."""
        self._edit(uid, stamp, description=text)

    def erase(self, uid: EventUid, text: str, *, stamp: datetime | None = None) -> None:
        """Take typed text away again."""
        lines = self._there(uid).fields.description.split("\n")
        self._edit(uid, stamp, description="\n".join(line for line in lines if text not in line))

    def write_down(self, uid: EventUid, description: str, *, stamp: datetime | None = None) -> None:
        """Write another description."""
        self._edit(uid, stamp, description=description)

    def move(self, uid: EventUid, when: When, *, stamp: datetime | None = None) -> None:
        """Drag it to another time, keeping its length, or to an all-day slot."""
        before = self._there(uid).fields.when
        if isinstance(when, Timed) and isinstance(before, Timed):
            when = replace(when, duration=before.duration)
        self._edit(uid, stamp, when=when)

    def retitle(self, uid: EventUid, title: str, *, stamp: datetime | None = None) -> None:
        """Write another title."""
        self._edit(uid, stamp, title=title)

    def repeat(self, uid: EventUid, until: date | None, *, stamp: datetime | None = None) -> None:
        """Make it repeat, up to a day or without end."""
        self._change(uid, stamp, lambda entry: replace(entry, repeats=True, repeats_until=until))

    def tick_instance(self, uid: EventUid, when: Timed, text: str) -> str:
        """Tick one instance of a repeating event and type into it; the instance's key."""
        entry = self._there(uid)
        key = when.start.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        description = f"{entry.fields.description}\n{text}"
        instance = Occurrence(key, when, f"✓ {entry.fields.title}", description)
        others = tuple(one for one in entry.occurrences if one.key != key)
        self._change(uid, None, lambda found: replace(found, occurrences=(*others, instance)))
        return key

    def add_place(self, uid: EventUid, place: str, *, stamp: datetime | None = None) -> None:
        """Say where."""
        self._change(uid, stamp, lambda entry: replace(entry, place=place))

    def drop_mark(self, uid: EventUid) -> None:
        """An app saves the event and leaves out all that it does not know."""
        self._change(uid, None, lambda entry: replace(entry, marker=None))

    def garble(self, uid: EventUid, *, readable: bool = False) -> None:
        """Make it unreadable, or readable again."""
        self._change(uid, None, lambda entry: replace(entry, unreadable=not readable))

    def carry_elsewhere(self, uid: EventUid, *, back: bool = False) -> None:
        """Put it into another calendar of the account, or back into this one."""
        self._change(uid, None, lambda entry: replace(entry, elsewhere=not back))

    def remove(self, uid: EventUid) -> None:
        """Delete it; it goes to the trash."""
        entry = self._there(uid)
        del self._entries[entry.href]
        self.trash[uid] = entry
        self._deleted.add(uid)

    def restore(self, uid: EventUid) -> None:
        """Take it out of the trash."""
        entry = self.trash.pop(uid)
        self._deleted.discard(uid)
        self._entries[entry.href] = replace(entry, version=self._next_version())

    def copy(self, uid: EventUid) -> EventUid:
        """Duplicate it, as apps do: all that is in it, under a UID of its own."""
        entry, version = self._there(uid), self._next_version()
        twin = EventUid(f"copy-{version}")
        self._entries[Href(f"{twin}.ics")] = replace(entry, href=Href(f"{twin}.ics"), uid=twin, version=version)
        return twin

    def add_own(self, title: str, start: datetime, *, length: timedelta = timedelta(hours=1)) -> EventUid:
        """Make an event that has nothing to do with kith."""
        version = self._next_version()
        uid = EventUid(f"own-{version}")
        fields = Fields(Timed(start, length), title, "", alarm=False)
        self._entries[Href(f"{uid}.ics")] = Entry(Href(f"{uid}.ics"), uid, fields, version)
        return uid

    def put(self, marker: Marker, fields: Fields, now: datetime) -> None:
        """Have another kith write an event."""
        href = Href(f"{marker.uid}.ics")
        self._entries[href] = Entry(href, marker.uid, fields, self._next_version(), marker, now)

    def wipe(self) -> None:
        """Empty the calendar."""
        for entry in self.entries():
            self.remove(entry.uid)

    def bring_back(self) -> None:
        """Put everything that was deleted back."""
        for uid in list(self.trash):
            self.restore(uid)

    def become_another(self) -> None:
        """The calendar is deleted and made anew, or another disk stands in its place."""
        number = int(self.identity.split("-")[1])
        self.identity = f"calendar-{number + 1}"

    def _edit(
        self,
        uid: EventUid,
        stamp: datetime | None,
        *,
        when: When | None = None,
        title: str | None = None,
        description: str | None = None,
    ) -> None:
        old = self._there(uid).fields
        new = Fields(
            when=old.when if when is None else when,
            title=old.title if title is None else title,
            description=old.description if description is None else description,
            alarm=old.alarm,
        )
        self._change(uid, stamp, lambda entry: replace(entry, fields=new))

    def _change(self, uid: EventUid, stamp: datetime | None, change: Callable[[Entry], Entry]) -> None:
        entry = self._there(uid)
        changed = replace(change(entry), version=self._next_version())
        self._entries[entry.href] = replace(changed, last_modified=stamp) if stamp else changed

    def _there(self, uid: EventUid) -> Entry:
        entry = self.get(uid)
        assert entry is not None, f"{uid} is not in the calendar"
        return entry


def at(start: datetime, minutes: int = 15) -> Timed:
    """A time for :meth:`FakeCalendar.move`."""
    return Timed(start, timedelta(minutes=minutes))


def all_day(day: date) -> AllDay:
    """A whole day for :meth:`FakeCalendar.move`."""
    return AllDay(day)
