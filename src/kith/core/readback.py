"""What the user meant by what they did to an event (design section 3, *Read-back*).

Two steps. :func:`read` compares what is seen with what kith last wrote and says what differs.
:func:`understand` turns that into meanings, by the table of the design. Neither knows which calendar the event
stands in, and neither writes anything.

*Typed* text is every line that kith did not write, wherever it stands. Lines are compared without regard to
blanks; what is kept is what was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import Enum

from kith.core.event import (
    AllDay,
    Change,
    Fields,
    Occurrence,
    SeenEvent,
    Timed,
    When,
    has_passed,
    has_started,
    line_digests,
    normal_line,
    normal_lines,
    start_instant,
    start_text,
)
from kith.core.promises import ticks_a_shown_one
from kith.core.rules import Marks


class Mark(Enum):
    """What stands before the title."""

    NONE = "none"
    DONE = "done"
    TRIED = "tried"


@dataclass(frozen=True, slots=True)
class Written:
    """What kith last wrote into an event, or accepted from the user: the baseline of the comparison.

    ``plain_title`` is the title without any mark; ``brief`` the digests of the description lines that kith wrote;
    ``typed`` the text that has been read so far. ``pending`` is a change whose answer never came.
    """

    fields: Fields
    plain_title: str
    brief: tuple[str, ...]
    typed: str = ""
    last_modified: datetime | None = None
    pending: Change | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What differs from the baseline, and how the event stands now.

    ``only_ticks`` says that nothing was typed but ticks of promises that the brief showed.
    """

    typed: str
    typed_changed: bool
    brief_intact: bool
    mark: Mark
    mark_before: Mark
    moved: bool
    retitled: bool
    typed_at: datetime
    repeats: bool
    only_ticks: bool = False

    @property
    def is_edit(self) -> bool:
        """Whether the user did anything that shows in the owned fields."""
        return self.typed_changed or self.moved or self.retitled or self.mark is not self.mark_before


@dataclass(frozen=True, slots=True)
class Round:
    """What the store knows about the reach-out behind an event.

    ``started_at`` is the earliest start that has come while the reach-out was open, and sticks however the event is
    moved later. ``talked`` says that a conversation came out of this event and stands; ``withdrawn`` that the user
    took one back.
    """

    open: bool
    started_at: datetime | None = None
    talked: bool = False
    withdrawn: bool = False


# --- meanings ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Talked:
    """A conversation, on a local day, with what was typed. ``mark`` asks for a ``✓`` before the title."""

    day: date
    text: str
    mark: bool
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The text of the conversation that came from this event is now this."""

    text: str
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The mark was taken away: it was no conversation after all. The text stays."""

    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A note in preparation, typed before the event started; not a contact."""

    text: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Promises that the brief showed were ticked, and nothing else was typed; not a contact."""

    text: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt without an answer, on a local day."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Moved by the user to another time; kith never moves it back."""

    to: When


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing happened until the end of the next day."""


Meaning = Talked | Corrected | Withdrawn | Noted | Ticked | Tried | Snoozed | Passed


# --- step one: what differs -------------------------------------------------------------------------------


def read(written: Written, seen: SeenEvent, marks: Marks, now: datetime) -> Reading:
    """Compare an event as it is seen with what kith last wrote into it."""
    before = settle(written, seen)
    typed = typed_text(before.brief, seen.fields.description)
    mark = leading_mark(seen.fields.title, before.plain_title, marks)
    bare = without_mark(seen.fields.title, before.plain_title, marks)
    bare_before = without_mark(before.fields.title, before.plain_title, marks)
    return Reading(
        typed=typed,
        typed_changed=normal_lines(typed) != normal_lines(before.typed),
        brief_intact=brief_is_intact(before.brief, seen.fields.description),
        mark=mark,
        mark_before=leading_mark(before.fields.title, before.plain_title, marks),
        moved=not seen.fields.when.same_start(before.fields.when),
        retitled=normal_line(bare) != normal_line(bare_before),
        typed_at=_typed_at(before, seen, now),
        repeats=seen.repeats,
        only_ticks=_only_ticks(typed, before, now),
    )


def _only_ticks(typed: str, before: Written, now: datetime) -> bool:
    added = Counter(normal_lines(typed)) - Counter(normal_lines(before.typed))
    return bool(added) and all(ticks_a_shown_one(line, before.brief, now.date()) for line in added)


def settle(written: Written, seen: SeenEvent) -> Written:
    """The baseline, with all that kith wrote into the event since and has no record of.

    That is a change whose answer never came, or what was written after the copy of the store that is in use was made.
    The mark inside the event says what kith last wrote; an app may have dropped it.
    """
    settled = _with_pending(written, seen.fields)
    marker = seen.marker
    if marker is None or marker.uid != seen.uid or not marker.title:
        return settled
    fields = settled.fields
    if not seen.fields.when.same_start(fields.when) and start_text(seen.fields.when) == marker.start:
        fields = replace(fields, when=seen.fields.when)
    if marker.title != settled.plain_title:
        fields = replace(fields, title=marker.title)
    return replace(settled, fields=fields, plain_title=marker.title, brief=marker.lines)


def _with_pending(written: Written, seen: Fields) -> Written:
    """The baseline, with a pending change taken into it where the event shows that the change was carried out."""
    pending = written.pending
    if pending is None or not _carried_out(pending, written.fields, seen):
        return written
    before = written.fields
    fields = Fields(
        when=pending.when or before.when,
        title=before.title if pending.title is None else pending.title,
        description=before.description if pending.description is None else pending.description,
        alarm=before.alarm if pending.alarm is None else pending.alarm,
    )
    plain, brief = written.plain_title, written.brief
    if pending.title is not None and not pending.title.endswith(before.title):
        plain = pending.title  # not only a mark put before it
    if pending.description is not None:
        brief = line_digests(line for line in _not_typed(pending.description, written.typed))
    return Written(fields, plain, brief, written.typed, written.last_modified)


def _carried_out(pending: Change, before: Fields, seen: Fields) -> bool:
    """Whether any field shows the pending value rather than the earlier one; one write changes them all."""
    when, title, text = pending.when, pending.title, pending.description
    if when is not None and not when.same_start(before.when) and when.same_start(seen.when):
        return True
    if title is not None and normal_line(before.title) != normal_line(title) == normal_line(seen.title):
        return True
    return text is not None and _shows(text, before.description, seen.description)


def _shows(new: str, old: str, now: str) -> bool:
    """Whether every line of ``new`` is there, and not only because every line of ``old`` is; there may be more."""
    lines, earlier, there = (Counter(normal_lines(text)) for text in (new, old, now))
    return lines <= there and not (lines <= earlier and earlier <= there)


def _not_typed(description: str, typed: str) -> list[str]:
    mine = Counter(normal_lines(typed))
    kept = []
    for line in reversed(normal_lines(description)):
        if mine[line] > 0:
            mine[line] -= 1
        else:
            kept.append(line)
    return kept[::-1]


def typed_text(brief: Sequence[str], description: str) -> str:
    """Every line that kith did not write, as typed; ``brief`` are the digests of the lines it wrote.

    A line of the brief counts as kith's once, wherever it stands: a second one like it was typed. Empty lines
    between typed ones are kept, those around them are not.
    """
    mine = Counter(brief)
    typed: list[str] = []
    for line in description.splitlines():
        normal = normal_line(line)
        if not normal:
            if typed:
                typed.append("")
            continue
        digest = line_digests([normal])[0]
        if mine[digest] > 0:
            mine[digest] -= 1
        else:
            typed.append(line.rstrip())
    while typed and not typed[-1]:
        typed.pop()
    return "\n".join(typed)


def brief_is_intact(brief: Sequence[str], description: str) -> bool:
    """Whether the brief stands at the top as kith wrote it, so that it may be rewritten."""
    return line_digests(normal_lines(description)[: len(brief)]) == tuple(brief)


def text_below(brief: Sequence[str], description: str) -> str:
    """What stands below an intact brief, to the letter; for rewriting the brief without touching it."""
    lines = description.split("\n")
    remaining = len(brief)
    for position, line in enumerate(lines):
        if remaining == 0:
            return "\n".join(lines[position:])
        if normal_line(line):
            remaining -= 1
    return ""


def leading_mark(title: str, plain_title: str, marks: Marks) -> Mark:
    """Which mark the user (or kith) put before the title; a plain title that looks like one has none."""
    if normal_line(title) == normal_line(plain_title):
        return Mark.NONE
    if cut_mark(title, marks.done) is not None:
        return Mark.DONE
    if cut_mark(title, marks.tried) is not None:
        return Mark.TRIED
    return Mark.NONE


def without_mark(title: str, plain_title: str, marks: Marks) -> str:
    """The title without the marks before it."""
    bare = title
    while normal_line(bare) != normal_line(plain_title):
        cut = cut_mark(bare, (*marks.done, *marks.tried))
        if cut is None:
            break
        bare = cut
    return bare


def cut_mark(title: str, marks: Sequence[str]) -> str | None:
    """A line without the mark at its beginning, the longest that fits; None where it begins with none."""
    text = normal_line(title)
    for mark in sorted(map(normal_line, marks), key=len, reverse=True):
        if not text.casefold().startswith(mark.casefold()):
            continue
        rest = text[len(mark) :]
        if mark[-1].isalnum() and rest and rest[0].isalnum():
            continue  # "done" is a mark, "Donegal" is not
        return rest.lstrip(" :,.-–—")
    return None


def _typed_at(before: Written, seen: SeenEvent, now: datetime) -> datetime:
    """When the edit was made: LAST-MODIFIED where the app set a newer one, else now, when it is first seen."""
    modified = seen.last_modified
    if modified is None or (before.last_modified is not None and modified <= before.last_modified):
        return now
    return min(modified, now)


# --- step two: what it means ------------------------------------------------------------------------------


def understand(
    reading: Reading, round_: Round, before: When, seen: SeenEvent, now: datetime, zone: tzinfo
) -> tuple[Meaning, ...]:
    """What the user meant, in the order in which it is to be recorded.

    ``before`` is when the event stood by the baseline: a start that has come counts even if the event was moved
    on since.
    """
    when = seen.fields.when
    answer = _answer(reading, round_, before, when, now, zone)
    meanings: list[Meaning] = [] if answer is None else [answer]
    if reading.moved and round_.open:
        # Tried, and moved ahead: that is when to try again, and so it has the last word.
        last_word = isinstance(answer, Tried) and not has_started(when, now, zone)
        meanings.insert(len(meanings) if last_word else 0, Snoozed(when))
    comes_again = isinstance(answer, Tried) and not seen.repeats  # kith moves no series
    if round_.open and not isinstance(answer, Talked) and not comes_again and not _still_ahead(seen, now, zone):
        meanings.append(Passed())
    return tuple(meanings)


def _answer(reading: Reading, round_: Round, before: When, when: When, now: datetime, zone: tzinfo) -> Meaning | None:
    newly_done = reading.mark is Mark.DONE and reading.mark_before is not Mark.DONE
    if round_.talked:
        if reading.mark_before is Mark.DONE and reading.mark is not Mark.DONE:
            return Withdrawn()
        return Corrected(reading.typed) if reading.typed_changed and reading.typed else None
    if newly_done:
        return Talked(_day_of(when, now, zone), reading.typed, mark=False)
    if reading.mark is Mark.TRIED and reading.mark_before is not Mark.TRIED and round_.open:
        return Tried(_day_of(when, now, zone), reading.typed if reading.typed_changed else "")
    if not reading.typed_changed or not reading.typed:
        return None
    if reading.only_ticks:
        return Ticked(reading.typed)
    if not round_.withdrawn and _after_start(reading, round_, before, when, now, zone):
        return Talked(_day_of(when, now, zone), reading.typed, mark=True)
    return Noted(reading.typed)


def sticky_start(round_: Round, before: When, now: datetime, zone: tzinfo) -> datetime | None:
    """The start that sticks to the reach-out: the first one that has come, None while none has."""
    if round_.started_at is not None:
        return round_.started_at
    return start_instant(before, zone) if has_started(before, now, zone) else None


def _after_start(reading: Reading, round_: Round, before: When, when: When, now: datetime, zone: tzinfo) -> bool:
    starts = [start for start in (sticky_start(round_, before, now, zone),) if start is not None]
    if has_started(when, now, zone):
        starts.append(start_instant(when, zone))
    return any(reading.typed_at >= start for start in starts)


def _day_of(when: When, now: datetime, zone: tzinfo) -> date:
    """The day of a conversation: the event's, or today where the event is still ahead."""
    return min(when.day_in(zone), now.astimezone(zone).date())


def _still_ahead(seen: SeenEvent, now: datetime, zone: tzinfo) -> bool:
    """Whether there is still time to answer; a repeating event has until the end of its series."""
    if seen.repeats:
        return seen.repeats_until is None or (now.astimezone(zone).date() - seen.repeats_until).days <= 1
    return not has_passed(seen.fields.when, now, zone)


def understand_occurrence(
    occurrence: Occurrence, known: str | None, written: Written, marks: Marks, now: datetime, zone: tzinfo
) -> Meaning | None:
    """What one changed instance of a repeating event says; ``known`` is the text recorded for it, None for none."""
    typed = typed_text(written.brief, occurrence.description)
    done = leading_mark(occurrence.title, written.plain_title, marks) is Mark.DONE
    if known is None:
        return (
            Talked(_day_of(occurrence.when, now, zone), typed, mark=False, occurrence=occurrence.key) if done else None
        )
    if not done:
        return Withdrawn(occurrence.key)
    return Corrected(typed, occurrence.key) if typed and normal_lines(typed) != normal_lines(known) else None


def last_change(seen: SeenEvent, plain_title: str, marks: Marks, now: datetime, zone: tzinfo) -> Change:
    """The last write to an event that was answered, if it has not been made yet."""
    has_mark = leading_mark(seen.fields.title, plain_title, marks) is Mark.DONE
    return finishing_change(seen, marks, now, zone, mark=not has_mark)


def finishing_change(seen: SeenEvent, marks: Marks, now: datetime, zone: tzinfo, *, mark: bool) -> Change:
    """What an answer makes of its event: a ``mark`` before the title, and one still ahead is moved to now.

    A repeating event is the user's and is left alone.
    """
    if seen.repeats:
        return Change()
    ahead = not has_started(seen.fields.when, now, zone)
    return Change(
        when=_now_instead(seen.fields.when, now, zone) if ahead else None,
        title=f"{marks.done[0]} {seen.fields.title}" if mark else None,
        alarm=False if ahead else None,
    )


def _now_instead(when: When, now: datetime, zone: tzinfo) -> When:
    local = now.astimezone(zone).replace(second=0, microsecond=0)
    return Timed(local, when.duration) if isinstance(when, Timed) else AllDay(local.date())
