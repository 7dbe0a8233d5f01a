"""What the user does, in the calendar app and on the command line; :class:`~stateful.world.Story` remembers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from fakes.calendar import Entry
from kith.core.event import Fields, Kind, Marker, Timed, When, line_digests, start_text
from kith.core.model import EventUid, InstallId, PersonId
from kith.store.events import EventState
from kith.sync import by_hand, vanished
from kith.sync.joining import rule_different, rule_same
from kith.sync.network import load_everybody
from kith.sync.strangers import Settled, Strangers
from stateful.world import Story, World

_BEGINNINGS = ("", "! ", "next: ", "- [ ] ", "#seen ")
"""Some of what is typed goes on into later briefs, or becomes a tag."""


class User:
    """The one person whom all this is for. ``stamp`` says that their app sets LAST-MODIFIED."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calendar = world.calendar
        self._notes = 0
        self._keys = 0

    # --- who is who -----------------------------------------------------------------------------------

    def merge(self, one: PersonId, other: PersonId) -> None:
        if one != other:
            rule_same(self._world.shell, one, other, self._world.now)

    def split(self, person: PersonId) -> None:
        """The card that they were known by first is theirs, all others are somebody else's."""
        others = self._world.shell.joins.family(person) - {person}
        if others:
            rule_different(self._world.shell, [person], others, self._world.now)

    # --- giving ---------------------------------------------------------------------------------------

    def introduce(self, one: PersonId, other: PersonId) -> None:
        if one != other:
            self._world.shell.introductions.add(self._new_key(), one, other, "They bake", self._world.now)

    def drop_the_last(self) -> None:
        """The last introduction, and the last scout."""
        store = self._world.shell
        for introduction in store.introductions.all(self._world.zone)[-1:]:
            store.introductions.drop(introduction.number, self._world.today)
        for scout in store.scouts.all()[-1:]:
            store.scouts.drop(scout.number, self._world.today)

    def look_for(self, whom: str, via: PersonId) -> None:
        self._world.shell.scouts.add(self._new_key(), whom, via, "", self._world.now)

    def _new_key(self) -> str:
        self._keys += 1
        return f"key-{self._keys}-"

    # --- in the calendar ------------------------------------------------------------------------------

    def tick(self, entry: Entry, *, stamp: bool = True) -> None:
        self._story(entry).ticked = True
        self._calendar.tick(entry.uid, stamp=self._stamp(stamp))

    def untick(self, entry: Entry, *, stamp: bool = True) -> None:
        self._calendar.untick(entry.uid, stamp=self._stamp(stamp))

    def put_tilde(self, entry: Entry, *, stamp: bool = True) -> None:
        story = self._story(entry)
        story.tildes += 1
        story.free_to_move = True
        self._calendar.put_tilde(entry.uid, stamp=self._stamp(stamp))

    def type_below(self, entry: Entry, *, stamp: bool = True) -> str:
        text = self._new_text(entry)
        self._calendar.type_below(entry.uid, text, stamp=self._stamp(stamp))
        return text

    def type_above(self, entry: Entry, *, stamp: bool = True) -> str:
        text = self._new_text(entry)
        if entry.marker is not None and entry.marker.lines:
            self._story(entry).above.append(text)
        self._calendar.type_above(entry.uid, text, stamp=self._stamp(stamp))
        return text

    def type_inside(self, entry: Entry, *, stamp: bool = True) -> str:
        story, first = self._story(entry), entry.fields.description.split("\n")[0]
        typed_there = any(line in first for line in story.lines)
        text = self._new_text(entry)
        if entry.marker is not None and entry.marker.lines:
            (story.above if typed_there else story.inside).append(text)
        self._calendar.type_inside(entry.uid, text, stamp=self._stamp(stamp))
        return text

    def erase(self, entry: Entry, *, stamp: bool = True) -> None:
        """Take everything typed into it out again."""
        for text in self._story(entry).lines:
            if self._world.is_list(entry):
                now = self._calendar.get(entry.uid)
                there = now.fields.description.replace(text, "") if now is not None else ""
                self._calendar.write_down(entry.uid, there, stamp=self._stamp(stamp))
            else:
                self._calendar.erase(entry.uid, text, stamp=self._stamp(stamp))

    def to_line(self, entry: Entry, n: int, act: str, *, stamp: bool = True) -> None:
        """Do something to one line of a list: tick it, untick it, say that one tried, write behind it, delete it."""
        lines = entry.fields.description.split("\n")
        boxed = [number for number, line in enumerate(lines) if line.startswith("[")]
        if not boxed:
            return
        chosen, story = boxed[n % len(boxed)], self._story(entry)
        story.ticked |= act == "tick"
        story.tildes += act == "tilde"
        story.free_to_move |= act == "tilde"
        text = self._new_text(entry) if act == "behind" else ""
        line = lines[chosen]
        answers = {"tick": [f"[x]{line[3:]}"], "untick": [f"[ ]{line[3:]}"], "tilde": [f"[~]{line[3:]}"], "delete": []}
        lines[chosen : chosen + 1] = answers.get(act, [f"{line} {text}"])
        self._calendar.write_down(entry.uid, "\n".join(lines), stamp=self._stamp(stamp))

    def move(self, entry: Entry, when: When, *, stamp: bool = True) -> None:
        story, row = self._story(entry), self._world.shell.events.get(entry.uid)
        back = story.placed_by_kith is not None and when.same_start(story.placed_by_kith)
        story.placed_by_user = None if back else when
        # There and back between two passes: nobody can tell that it was moved after the tilde was put.
        unseen = row is not None and when.same_start(row.written.fields.when)
        story.free_to_move = unseen and entry.fields.title.startswith("~")
        self._calendar.move(entry.uid, when, stamp=self._stamp(stamp))

    def retitle(self, entry: Entry, title: str = "Lunch, at last", *, stamp: bool = True) -> None:
        self._story(entry).retitled = True
        self._calendar.retitle(entry.uid, title, stamp=self._stamp(stamp))

    def repeat(self, entry: Entry, until: date | None, *, stamp: bool = True) -> None:
        self._calendar.repeat(entry.uid, until, stamp=self._stamp(stamp))

    def tick_instance(self, entry: Entry) -> None:
        """Tick the first instance of a repeating event, with a text of its own."""
        start = entry.fields.when.start if isinstance(entry.fields.when, Timed) else self._world.now
        self._notes += 1
        instance = Timed(start, timedelta(minutes=15))
        key = self._calendar.tick_instance(entry.uid, instance, f"instance-{self._notes:04d}")
        self._story(entry).instances.add(key)

    def add_place(self, entry: Entry, *, stamp: bool = True) -> None:
        self._calendar.add_place(entry.uid, "Café Central", stamp=self._stamp(stamp))

    def save_without_mark(self, entry: Entry) -> None:
        """Touch it with an app that leaves out all that it does not know."""
        self._story(entry).unmarked = True
        self._calendar.drop_mark(entry.uid)

    def delete(self, entry: Entry) -> None:
        row = self._world.shell.events.get(entry.uid)
        if row is not None and row.state is EventState.CREATING:
            self._world.burnt.discard(entry.uid)  # kith never heard that it was there
        self._calendar.remove(entry.uid)

    def restore(self, uid: EventUid) -> None:
        self._calendar.restore(uid)

    def copy(self, entry: Entry) -> None:
        self._calendar.copy(entry.uid)

    def add_own(self) -> None:
        self._calendar.add_own("Dentist", self._world.now + timedelta(days=1))

    def wipe(self) -> None:
        for entry in self._calendar.entries():
            self.delete(entry)

    def run_another_kith(self, person: PersonId, name: str) -> None:
        """A kith on another machine writes about somebody into this calendar."""
        world = self._world
        numbers = [
            entry.marker.n for entry in self._calendar.kiths() if entry.marker and entry.marker.install == "other"
        ]
        fields = Fields(
            when=Timed(world.now + timedelta(days=2), timedelta(minutes=15)),
            title=f"Reach out: {name}",
            description="every 3 weeks\n\n— write below —",
        )
        marker = Marker(
            install=InstallId("other"),
            epoch=1,
            kind=Kind.REACH_OUT,
            subject=person,
            n=max(numbers, default=0) + 1,
            title=fields.title,
            start=start_text(fields.when),
            lines=line_digests(fields.description.splitlines()),
        )
        self._calendar.put(marker, fields, world.now)

    # --- on the command line --------------------------------------------------------------------------

    def log(self, person: PersonId, days_ago: int = 0, text: str = "by phone") -> None:
        self._world.talks += 1
        day = self._world.today - timedelta(days=days_ago)
        by_hand.talk(self._world.shell, [person], day, text, self._world.local_now)

    def skip(self, person: PersonId) -> None:
        by_hand.skip(self._world.shell, self._world.people()[person], self._world.local_now)

    def snooze(self, person: PersonId, days: int) -> None:
        for entry in self._world.events_of(person):
            self._story(entry).free_to_move = True
        until = self._world.today + timedelta(days=days)
        by_hand.snooze(self._world.shell, person, until, self._world.today)

    def pause(self, person: PersonId, days: int | None) -> None:
        until = self._world.today + timedelta(days=days) if days else None
        by_hand.pause(self._world.shell, person, until)

    def unpause(self, person: PersonId) -> None:
        by_hand.unpause(self._world.shell, person)

    def add(self, name: str, days: int) -> None:
        until = self._world.today + timedelta(days=days)
        person = PersonId(self._world.new_id())
        by_hand.add(self._world.shell, person, name, self._world.local_now, next_on=until)

    def adopt(self) -> list[Settled]:
        return self._settle_strangers(Strangers.adopt)

    def purge(self) -> list[Settled]:
        return self._settle_strangers(Strangers.purge)

    def take_over(self) -> list[Settled]:
        return self._settle_strangers(Strangers.take_over)

    def accept_vanished(self) -> None:
        vanished.accept(self._world.shell, self._calendar, self._world.now)

    def recreate_vanished(self) -> None:
        vanished.recreate(self._world.shell, self._calendar, self._world.now)

    # --- inside ---------------------------------------------------------------------------------------

    def _settle_strangers(self, how: Callable[[Strangers], list[Settled]]) -> list[Settled]:
        world = self._world
        network = load_everybody(world.shell, world.rules)
        world.removing = True
        try:
            return how(Strangers(world.shell, self._calendar, world.rules, network, world.now))
        finally:
            world.removing = False

    def _new_text(self, entry: Entry) -> str:
        self._notes += 1
        text = f"{_BEGINNINGS[(self._notes - 1) % len(_BEGINNINGS)]}note-{self._notes:04d}"
        self._story(entry).lines.append(text)
        return text

    def _story(self, entry: Entry) -> Story:
        return self._world.story(entry)

    def _stamp(self, stamp: bool) -> datetime | None:
        return self._world.now.astimezone(UTC) if stamp else None
