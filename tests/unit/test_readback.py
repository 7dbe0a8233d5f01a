"""What the user means by what they do to an event: every row of the design's table, and their combinations.

The event stands on Wednesday 7 October 2026, at 17:30 in Lisbon (16:30 UTC). kith wrote it a week before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kith.core.event import (
    AllDay,
    Change,
    Fields,
    Kind,
    Marker,
    Occurrence,
    SeenEvent,
    Timed,
    When,
    has_passed,
    has_started,
    line_digests,
    normal_line,
    normal_lines,
    start_text,
)
from kith.core.model import ETag, Href, InstallId
from kith.core.readback import (
    Corrected,
    Mark,
    Meaning,
    Noted,
    Passed,
    Round,
    Snoozed,
    Talked,
    Tried,
    Withdrawn,
    Written,
    brief_is_intact,
    finishing_change,
    leading_mark,
    read,
    settle,
    sticky_start,
    text_below,
    typed_text,
    understand,
    understand_occurrence,
    without_mark,
)
from kith.core.rules import Marks

LISBON = ZoneInfo("Europe/Lisbon")
QUARTER = timedelta(minutes=15)
MARKS = Marks()
TITLE = "Reach out: Ana"
BRIEF = "inner, every 2 weeks\n\n20 Sep 2026: Lunch\n\n— write below this line —"
LINES = line_digests(BRIEF.splitlines())


def at(text: str, zone: ZoneInfo = LISBON) -> datetime:
    """An instant in 2026: ``10-07 17:30``."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


def timed(text: str) -> Timed:
    return Timed(at(text), QUARTER)


def on(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


THERE = timed("10-07 17:30")
WRITTEN_AT = at("09-30 09:00")
BEFORE, AFTER = at("10-07 12:00"), at("10-07 18:00")
NEXT_EVENING, TOO_LATE = at("10-08 23:59"), at("10-09 00:00")
WRITTEN = Written(Fields(THERE, TITLE, BRIEF), TITLE, LINES, last_modified=WRITTEN_AT)
MARKER = Marker(InstallId("i"), 1, Kind.REACH_OUT, "ana", 1, title=TITLE, start=start_text(THERE), lines=LINES)
OPEN = Round(open=True)
CLOSED = Round(open=False)
TALKED = Round(open=False, talked=True)
WITHDRAWN = Round(open=False, withdrawn=True)
TICKED = replace(WRITTEN, fields=replace(WRITTEN.fields, title=f"✓ {TITLE}"))
LUNCH = f"{BRIEF}\nLunch"
NOTED = replace(WRITTEN, fields=replace(WRITTEN.fields, description=LUNCH), typed="Lunch")


def event(
    title: str = TITLE,
    description: str = BRIEF,
    when: When = THERE,
    *,
    modified: datetime | None = None,
    repeats: bool = False,
    until: date | None = None,
    alarm: bool = True,
) -> SeenEvent:
    return SeenEvent(
        *(Href("a.ics"), ETag("2"), MARKER.uid, Fields(when, title, description, alarm)),
        last_modified=modified,
        repeats=repeats,
        repeats_until=until,
    )


def meanings(
    seen: SeenEvent,
    now: datetime,
    round_: Round = OPEN,
    written: Written = WRITTEN,
    marks: Marks = MARKS,
    zone: ZoneInfo = LISBON,
) -> tuple[Meaning, ...]:
    before = settle(written, seen).fields.when
    return understand(read(written, seen, marks, now), round_, before, seen, now, zone)


# --- the table --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What the user did, when it is seen, what was known, and what it means."""

    seen: SeenEvent
    now: datetime
    means: tuple[Meaning, ...] = ()
    round: Round = OPEN
    written: Written = WRITTEN


TICK = f"✓ {TITLE}"
ON_THE_DAY = on("10-07")
NEXT_WEEK = timed("10-14 17:30")
LAST_WEEK = timed("09-30 12:00")
PASSED = (Passed(),)

TICKS = {
    "ticks it after it has started": Row(event(TICK), AFTER, (Talked(ON_THE_DAY, "", mark=False),)),
    "ticks it a day later": Row(event(TICK), NEXT_EVENING, (Talked(ON_THE_DAY, "", mark=False),)),
    "ticks it, and it is seen a month later": Row(
        event(TICK), at("11-07 12:00"), (Talked(ON_THE_DAY, "", mark=False),)
    ),
    "ticks it on the day, before it starts": Row(event(TICK), BEFORE, (Talked(ON_THE_DAY, "", mark=False),)),
    "ticks it days ahead": Row(event(TICK), at("10-01 12:00"), (Talked(on("10-01"), "", mark=False),)),
    "ticks it and types text": Row(event(TICK, LUNCH), AFTER, (Talked(ON_THE_DAY, "Lunch", mark=False),)),
    "ticks it ahead and types text": Row(
        event(TICK, LUNCH), at("10-01 12:00"), (Talked(on("10-01"), "Lunch", mark=False),)
    ),
    "ticks it after a note in preparation": Row(
        event(TICK, LUNCH), AFTER, (Talked(ON_THE_DAY, "Lunch", mark=False),), written=NOTED
    ),
    "ticks it and moves it ahead": Row(
        event(TICK, when=NEXT_WEEK), AFTER, (Snoozed(NEXT_WEEK), Talked(ON_THE_DAY, "", mark=False))
    ),
    "ticks it and moves it to when it was": Row(
        event(TICK, when=LAST_WEEK), AFTER, (Snoozed(LAST_WEEK), Talked(on("09-30"), "", mark=False))
    ),
    "ticks it and makes it all-day": Row(
        event(TICK, when=AllDay(on("10-06"))),
        AFTER,
        (Snoozed(AllDay(on("10-06"))), Talked(on("10-06"), "", mark=False)),
    ),
    "ticks it and changes the title": Row(event("✓ Ana, at last"), AFTER, (Talked(ON_THE_DAY, "", mark=False),)),
    "ticks it after it was skipped": Row(event(TICK), AFTER, (Talked(ON_THE_DAY, "", mark=False),), CLOSED),
    "ticks it after trying": Row(
        event(f"✓ ~ {TITLE}"),
        AFTER,
        (Talked(ON_THE_DAY, "", mark=False),),
        written=replace(WRITTEN, fields=replace(WRITTEN.fields, title=f"~ {TITLE}")),
    ),
    "has ticked it before": Row(event(TICK), AFTER, (), TALKED, TICKED),
    "ticks what is closed, and moves it": Row(
        event(TICK, when=LAST_WEEK), AFTER, (Talked(on("09-30"), "", mark=False),), CLOSED
    ),
}

TYPED = (Talked(ON_THE_DAY, "Lunch", mark=True),)
TEXTS = {
    "types text after it has started": Row(event(description=LUNCH), AFTER, TYPED),
    "types text at the very start": Row(event(description=LUNCH), THERE.start, TYPED),
    "types text the next evening": Row(event(description=LUNCH), NEXT_EVENING, TYPED),
    "types text, and it is seen a month later": Row(event(description=LUNCH), at("11-07 12:00"), TYPED),
    "types text after the start, by the app's word": Row(event(description=LUNCH, modified=AFTER), NEXT_EVENING, TYPED),
    "types text at the start, by the app's word": Row(event(description=LUNCH, modified=THERE.start), AFTER, TYPED),
    "types text before the start, by the app's word": Row(
        event(description=LUNCH, modified=BEFORE), AFTER, (Noted("Lunch"),)
    ),
    "types text, in an app that keeps the time kith wrote": Row(
        event(description=LUNCH, modified=WRITTEN_AT), AFTER, TYPED
    ),
    "types text, in an app whose clock is far behind": Row(
        event(description=LUNCH, modified=at("01-01 00:00")), AFTER, TYPED
    ),
    "types text before the start, in an app whose clock is ahead": Row(
        event(description=LUNCH, modified=at("12-24 00:00")), BEFORE, (Noted("Lunch"),)
    ),
    "types text after the start, in an app whose clock is ahead": Row(
        event(description=LUNCH, modified=at("12-24 00:00")), AFTER, TYPED
    ),
    "types text before it starts": Row(event(description=LUNCH), BEFORE, (Noted("Lunch"),)),
    "types text just before it starts": Row(
        event(description=LUNCH), THERE.start - timedelta(seconds=1), (Noted("Lunch"),)
    ),
    "types more before it starts": Row(
        event(description=f"{LUNCH}\nCake"), BEFORE, (Noted("Lunch\nCake"),), written=NOTED
    ),
    "types more after the start": Row(
        event(description=f"{LUNCH}\nCake"), AFTER, (Talked(ON_THE_DAY, "Lunch\nCake", mark=True),), written=NOTED
    ),
    "only prepared, and the start comes": Row(event(description=LUNCH), AFTER, (), written=NOTED),
    "only prepared, and lets it pass": Row(event(description=LUNCH), TOO_LATE, PASSED, written=NOTED),
    "prepared by the app's word, and it is seen when it has passed": Row(
        event(description=LUNCH, modified=BEFORE), TOO_LATE, (Noted("Lunch"), Passed())
    ),
    "takes the note away again": Row(event(), BEFORE, (), written=NOTED),
    "takes the note away after the start": Row(event(), AFTER, (), written=NOTED),
    "types above the brief": Row(event(description=f"Lunch\n{BRIEF}"), AFTER, TYPED),
    "types inside the brief": Row(event(description=BRIEF.replace("20 Sep", "Lunch\n20 Sep")), AFTER, TYPED),
    "writes on, in a line of the brief": Row(
        event(description=BRIEF.replace("Lunch", "Lunch with cake")),
        AFTER,
        (Talked(ON_THE_DAY, "20 Sep 2026: Lunch with cake", mark=True),),
    ),
    "wipes the brief and types": Row(event(description="Lunch"), AFTER, TYPED),
    "wipes everything": Row(event(description=""), AFTER),
    "types the same line twice": Row(
        event(description=f"{BRIEF}\nLunch\nLunch"), AFTER, (Talked(ON_THE_DAY, "Lunch\nLunch", mark=True),)
    ),
    "types a line that the brief has, too": Row(
        event(description=f"{BRIEF}\n20 Sep 2026: Lunch"), AFTER, (Talked(ON_THE_DAY, "20 Sep 2026: Lunch", mark=True),)
    ),
    "adds blank lines only": Row(event(description=f"\n\n{BRIEF}\n \n\t\n"), AFTER),
    "changes blanks only": Row(event(description=BRIEF.replace(" ", "\u00a0\u200b ")), AFTER),
    "ends lines as another system does": Row(event(description=BRIEF.replace("\n", "\r\n") + "\r\n"), AFTER),
    "types in several lines, with blanks between": Row(
        event(description=f"{BRIEF}\n\n  Lunch  \n\n- cake\n\n"),
        AFTER,
        (Talked(ON_THE_DAY, "  Lunch\n\n- cake", mark=True),),
    ),
    "types text and moves it ahead": Row(
        event(description=LUNCH, when=NEXT_WEEK), AFTER, (Snoozed(NEXT_WEEK), Talked(ON_THE_DAY, "Lunch", mark=True))
    ),
    "types text after moving ahead what had started": Row(
        event(description=LUNCH, when=NEXT_WEEK),
        at("10-12 12:00"),
        (Talked(on("10-12"), "Lunch", mark=True),),
        Round(open=True, started_at=THERE.start),
        replace(WRITTEN, fields=replace(WRITTEN.fields, when=NEXT_WEEK)),
    ),
    "prepares what was moved ahead before it started": Row(
        event(description=LUNCH, when=NEXT_WEEK),
        at("10-12 12:00"),
        (Noted("Lunch"),),
        written=replace(WRITTEN, fields=replace(WRITTEN.fields, when=NEXT_WEEK)),
    ),
    "types text and moves it to when it was": Row(
        event(description=LUNCH, when=LAST_WEEK), BEFORE, (Snoozed(LAST_WEEK), Talked(on("09-30"), "Lunch", mark=True))
    ),
    "types text on the day of an all-day event": Row(
        event(description=LUNCH, when=AllDay(ON_THE_DAY)),
        at("10-07 00:00"),
        TYPED,
        written=replace(WRITTEN, fields=replace(WRITTEN.fields, when=AllDay(ON_THE_DAY))),
    ),
    "types text the day before an all-day event": Row(
        event(description=LUNCH, when=AllDay(ON_THE_DAY)),
        at("10-06 23:59"),
        (Noted("Lunch"),),
        written=replace(WRITTEN, fields=replace(WRITTEN.fields, when=AllDay(ON_THE_DAY))),
    ),
    "types late, after it was skipped": Row(event(description=LUNCH), at("10-30 12:00"), TYPED, CLOSED),
    "corrects the text": Row(
        event(TICK, f"{BRIEF}\nDinner"),
        at("10-30 12:00"),
        (Corrected("Dinner"),),
        TALKED,
        replace(NOTED, fields=replace(NOTED.fields, title=TICK)),
    ),
    "takes the text away, but not the mark": Row(
        event(TICK), AFTER, (), TALKED, replace(NOTED, fields=replace(NOTED.fields, title=TICK))
    ),
    "changes only blanks in the text": Row(
        event(TICK, f"{BRIEF}\n\nLunch "), AFTER, (), TALKED, replace(NOTED, fields=replace(NOTED.fields, title=TICK))
    ),
    "ticks again what is talked, and types": Row(
        event(f"✓ {TICK}", LUNCH), AFTER, (Corrected("Lunch"),), TALKED, TICKED
    ),
}

UNTICKS = {
    "removes the mark": Row(event(), AFTER, (Withdrawn(),), TALKED, TICKED),
    "removes the mark weeks later": Row(event(), at("10-30 12:00"), (Withdrawn(),), TALKED, TICKED),
    "puts ~ in the place of the mark": Row(event(f"~ {TITLE}"), AFTER, (Withdrawn(),), TALKED, TICKED),
    "removes the mark, and the text stays": Row(
        event(description=LUNCH),
        AFTER,
        (Withdrawn(),),
        TALKED,
        replace(NOTED, fields=replace(NOTED.fields, title=TICK)),
    ),
    "removes the mark and changes the text": Row(event(description=LUNCH), AFTER, (Withdrawn(),), TALKED, TICKED),
    "ticks it again": Row(event(TICK), AFTER, (Talked(ON_THE_DAY, "", mark=False),), WITHDRAWN),
    "ticks it again, with the text that stayed": Row(
        event(TICK, LUNCH), AFTER, (Talked(ON_THE_DAY, "Lunch", mark=False),), WITHDRAWN, NOTED
    ),
    "types more after taking it back": Row(
        event(description=f"{LUNCH}\nCake"), AFTER, (Noted("Lunch\nCake"),), WITHDRAWN, NOTED
    ),
    "changes one mark for another": Row(event(f"[x] {TITLE}"), AFTER, (), TALKED, TICKED),
}

TRIED = f"~ {TITLE}"
TRIES = {
    "puts ~ before the title": Row(event(TRIED), AFTER, (Tried(ON_THE_DAY, ""),)),
    "puts ~ before the title, before it starts": Row(event(TRIED), at("10-06 12:00"), (Tried(on("10-06"), ""),)),
    "puts ~ before the title, and it is seen when it has passed": Row(event(TRIED), TOO_LATE, (Tried(ON_THE_DAY, ""),)),
    "puts ~ and types text": Row(event(TRIED, LUNCH), AFTER, (Tried(ON_THE_DAY, "Lunch"),)),
    "puts ~ after a note in preparation": Row(event(TRIED, LUNCH), AFTER, (Tried(ON_THE_DAY, ""),), written=NOTED),
    "puts ~ and moves it to when to try again": Row(
        event(TRIED, when=NEXT_WEEK), AFTER, (Tried(ON_THE_DAY, ""), Snoozed(NEXT_WEEK))
    ),
    "puts ~ and moves it to when it was": Row(
        event(TRIED, when=LAST_WEEK), AFTER, (Snoozed(LAST_WEEK), Tried(on("09-30"), ""))
    ),
    "puts ~ before what is closed": Row(event(TRIED), AFTER, (), CLOSED),
    "has put ~ there before": Row(
        event(TRIED), AFTER, written=replace(WRITTEN, fields=replace(WRITTEN.fields, title=TRIED))
    ),
    "puts ~ before what repeats without end": Row(event(TRIED, repeats=True), AFTER, (Tried(ON_THE_DAY, ""),)),
    "puts ~ before a series that is over": Row(
        event(TRIED, repeats=True, until=ON_THE_DAY), TOO_LATE, (Tried(ON_THE_DAY, ""), Passed())
    ),
}

MOVES = {
    "moves it ahead": Row(event(when=NEXT_WEEK), BEFORE, (Snoozed(NEXT_WEEK),)),
    "moves it ahead after it has started": Row(event(when=NEXT_WEEK), AFTER, (Snoozed(NEXT_WEEK),)),
    "moves it ahead after it has passed": Row(event(when=NEXT_WEEK), TOO_LATE, (Snoozed(NEXT_WEEK),)),
    "moves it by a minute": Row(event(when=timed("10-07 17:31")), BEFORE, (Snoozed(timed("10-07 17:31")),)),
    "moves it to an all-day slot": Row(event(when=AllDay(on("10-12"))), BEFORE, (Snoozed(AllDay(on("10-12"))),)),
    "makes it all-day on its day": Row(event(when=AllDay(ON_THE_DAY)), BEFORE, (Snoozed(AllDay(ON_THE_DAY)),)),
    "moves it into the past": Row(event(when=LAST_WEEK), BEFORE, (Snoozed(LAST_WEEK), Passed())),
    "moves it to an all-day slot in the past": Row(
        event(when=AllDay(on("09-30"))), BEFORE, (Snoozed(AllDay(on("09-30"))), Passed())
    ),
    "moves it to this morning": Row(event(when=timed("10-07 09:00")), BEFORE, (Snoozed(timed("10-07 09:00")),)),
    "moves it to yesterday": Row(event(when=timed("10-06 09:00")), BEFORE, (Snoozed(timed("10-06 09:00")),)),
    "changes only how long it takes": Row(event(when=Timed(THERE.start, timedelta(hours=2))), BEFORE),
    "uses an app that writes another zone": Row(event(when=Timed(THERE.start.astimezone(UTC), QUARTER)), BEFORE),
    "moves what is closed": Row(event(when=NEXT_WEEK), AFTER, (), CLOSED),
}

LETS_PASS = {
    "does nothing before it starts": Row(event(), BEFORE),
    "does nothing when it starts": Row(event(), AFTER),
    "does nothing until the end of the next day": Row(event(), NEXT_EVENING),
    "does nothing, and the next day ends": Row(event(), TOO_LATE, PASSED),
    "does nothing for a month": Row(event(), at("11-07 12:00"), PASSED),
    "does nothing about an all-day event": Row(
        event(when=AllDay(ON_THE_DAY)),
        TOO_LATE,
        PASSED,
        written=replace(WRITTEN, fields=replace(WRITTEN.fields, when=AllDay(ON_THE_DAY))),
    ),
    "lets what is closed pass": Row(event(), TOO_LATE, (), CLOSED),
    "lets what is talked pass": Row(event(TICK), TOO_LATE, (), TALKED, TICKED),
    "dismisses the alarm, or takes it off": Row(event(alarm=False), AFTER),
    "opens it in an app that stamps it": Row(event(modified=AFTER), AFTER),
}

THEIRS = {
    "changes the title": Row(event("Cake with Ana"), AFTER),
    "changes the title and lets it pass": Row(event("Cake with Ana"), TOO_LATE, PASSED),
    "writes behind the title": Row(event(f"{TITLE} – call after six"), AFTER),
    "empties the title": Row(event(""), AFTER),
    "makes it repeat": Row(event(repeats=True), AFTER),
    "lets an endless series run": Row(event(repeats=True), at("11-07 12:00")),
    "lets a series run to its end": Row(event(repeats=True, until=on("11-04")), at("11-05 23:59")),
    "lets a series end": Row(event(repeats=True, until=on("11-04")), at("11-06 00:00"), PASSED),
    "types in a series": Row(event(description=LUNCH, repeats=True), AFTER, TYPED),
}

ROWS = {**TICKS, **TEXTS, **UNTICKS, **TRIES, **MOVES, **LETS_PASS, **THEIRS}


@pytest.mark.parametrize("row", ROWS.values(), ids=[f"the user {does}" for does in ROWS])
def test_what_the_user_means(row: Row) -> None:
    assert meanings(row.seen, row.now, row.round, row.written) == row.means


@pytest.mark.parametrize("row", ROWS.values(), ids=[f"the user {does}" for does in ROWS])
def test_the_mark_inside_the_event_says_the_same(row: Row) -> None:
    """Where the app kept what kith wrote about itself, nothing is understood otherwise."""
    carried = replace(row.seen, marker=replace(MARKER, start=start_text(row.written.fields.when)))

    assert meanings(carried, row.now, row.round, row.written) == row.means


# --- marks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        (TITLE, Mark.NONE),
        (f"✓ {TITLE}", Mark.DONE),
        (f"✓{TITLE}", Mark.DONE),
        (f"  ✓   {TITLE}", Mark.DONE),
        (f"✔ {TITLE}", Mark.DONE),
        (f"✔\ufe0f {TITLE}", Mark.DONE),
        (f"✅ {TITLE}", Mark.DONE),
        (f"[x] {TITLE}", Mark.DONE),
        (f"[X]{TITLE}", Mark.DONE),
        (f"done {TITLE}", Mark.DONE),
        (f"Done: {TITLE}", Mark.DONE),
        (f"DONE – {TITLE}", Mark.DONE),
        (f"done.{TITLE}", Mark.DONE),
        ("✓", Mark.DONE),
        ("done", Mark.DONE),
        (f"✓ ~ {TITLE}", Mark.DONE),
        ("✓ something else", Mark.DONE),
        (f"~ {TITLE}", Mark.TRIED),
        (f"~{TITLE}", Mark.TRIED),
        (f"~ ✓ {TITLE}", Mark.TRIED),
        (f"~~ {TITLE}", Mark.TRIED),
        (f"Donegal with {TITLE}", Mark.NONE),
        (f"donethat {TITLE}", Mark.NONE),
        (f"undone {TITLE}", Mark.NONE),
        (f"{TITLE} ✓", Mark.NONE),
        (f"{TITLE} done", Mark.NONE),
        (f"x {TITLE}", Mark.NONE),
        (f"☐ {TITLE}", Mark.NONE),
        (f"[ ] {TITLE}", Mark.NONE),
        ("", Mark.NONE),
        ("Something else", Mark.NONE),
    ],
)
def test_a_mark_stands_before_the_title(title: str, mark: Mark) -> None:
    assert leading_mark(title, TITLE, MARKS) is mark


@pytest.mark.parametrize("plain", ["Done deals: Ana", "✓ Ana", "~ Ana", "[x] Ana", "done"])
def test_a_title_that_looks_like_a_mark_has_none_until_one_is_put_before_it(plain: str) -> None:
    assert leading_mark(plain, plain, MARKS) is Mark.NONE
    assert leading_mark(f" {plain}\ufe0f", plain, MARKS) is Mark.NONE
    assert leading_mark(f"✓ {plain}", plain, MARKS) is Mark.DONE
    assert leading_mark(f"~ {plain}", plain, MARKS) is Mark.TRIED
    assert without_mark(plain, plain, MARKS) == plain
    assert without_mark(f"✓ ~ {plain}", plain, MARKS) == plain


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        (TITLE, TITLE),
        (f"✓ {TITLE}", TITLE),
        (f"DONE: {TITLE}", TITLE),
        (f"✓ ~ {TITLE}", TITLE),
        ("✓ Cake with Ana", "Cake with Ana"),
        ("Cake with Ana", "Cake with Ana"),
        ("✓", ""),
        ("Donegal", "Donegal"),
    ],
)
def test_what_is_left_without_marks(title: str, bare: str) -> None:
    assert without_mark(title, TITLE, MARKS) == bare


@pytest.mark.parametrize(
    ("title", "retitled"),
    [
        (TITLE, False),
        (f" {TITLE}\u00a0", False),
        (f"✓ {TITLE}", False),
        (f"~ {TITLE}", False),
        ("Cake with Ana", True),
        ("✓ Cake with Ana", True),
        (f"{TITLE} – call after six", True),
        ("", True),
    ],
)
def test_a_mark_is_no_other_title(title: str, *, retitled: bool) -> None:
    reading = read(WRITTEN, event(title), MARKS, AFTER)

    assert reading.retitled is retitled
    assert reading.is_edit is (normal_line(title) != TITLE)


@pytest.mark.parametrize("mark", ["✔", "erledigt", "ok!", "FAIT"])
def test_marks_are_the_user_s_to_choose(mark: str) -> None:
    marks = Marks(done=(mark,), tried=("?",))

    assert meanings(event(f"{mark.lower()} {TITLE}"), AFTER, marks=marks) == (Talked(ON_THE_DAY, "", mark=False),)
    assert meanings(event(f"? {TITLE}"), AFTER, marks=marks) == (Tried(ON_THE_DAY, ""),)
    assert meanings(event(f"✅ {TITLE}"), AFTER, marks=marks) == ()


def test_a_mark_may_be_chosen_as_a_phone_writes_it() -> None:
    marks = Marks(done=("✔\ufe0f",))

    assert meanings(event(f"✔\ufe0f {TITLE}"), AFTER, marks=marks) == (Talked(ON_THE_DAY, "", mark=False),)


# --- passing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "last", "passed"),
    [
        ("Europe/Lisbon", "10-07 17:30", "2026-10-08T22:59:59+00:00", "2026-10-08T23:00:00+00:00"),
        ("America/New_York", "10-07 17:30", "2026-10-09T03:59:59+00:00", "2026-10-09T04:00:00+00:00"),
        ("Asia/Tokyo", "10-07 17:30", "2026-10-08T14:59:59+00:00", "2026-10-08T15:00:00+00:00"),
        ("Asia/Kathmandu", "10-07 00:10", "2026-10-08T18:14:59+00:00", "2026-10-08T18:15:00+00:00"),
        ("Pacific/Kiritimati", "10-07 23:50", "2026-10-08T09:59:59+00:00", "2026-10-08T10:00:00+00:00"),
        # the next local day has 25 hours, or 23
        ("Europe/Lisbon", "10-24 17:30", "2026-10-25T23:59:59+00:00", "2026-10-26T00:00:00+00:00"),
        ("Europe/Lisbon", "03-28 17:30", "2026-03-29T22:59:59+00:00", "2026-03-29T23:00:00+00:00"),
    ],
)
def test_an_event_has_passed_at_the_end_of_the_next_local_day(zone: str, start: str, last: str, passed: str) -> None:
    there = Timed(at(start, ZoneInfo(zone)), QUARTER)
    all_day = AllDay(there.start.date())

    for when in (there, Timed(there.start.astimezone(UTC), QUARTER), all_day):
        assert not has_passed(when, datetime.fromisoformat(last), ZoneInfo(zone))
        assert has_passed(when, datetime.fromisoformat(passed), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("when", "now", "started"),
    [
        (THERE, "2026-10-07T16:29:59+00:00", False),
        (THERE, "2026-10-07T16:30:00+00:00", True),
        (AllDay(ON_THE_DAY), "2026-10-06T22:59:59+00:00", False),
        (AllDay(ON_THE_DAY), "2026-10-06T23:00:00+00:00", True),
    ],
    ids=str,
)
def test_an_event_has_started_from_its_start_on(when: When, now: str, *, started: bool) -> None:
    assert has_started(when, datetime.fromisoformat(now), LISBON) is started


@pytest.mark.parametrize(
    ("started_at", "before", "now", "sticks"),
    [
        pytest.param(None, THERE, BEFORE, None, id="none has come yet"),
        pytest.param(None, THERE, AFTER, THERE.start, id="it has come"),
        pytest.param(None, AllDay(ON_THE_DAY), AFTER, at("10-07 00:00"), id="an all-day one, from midnight"),
        pytest.param(THERE.start, NEXT_WEEK, AFTER, THERE.start, id="it had come, and the event was moved on"),
        pytest.param(THERE.start, LAST_WEEK, AFTER, THERE.start, id="the first that came stays"),
    ],
)
def test_a_start_that_has_come_sticks(
    started_at: datetime | None, before: When, now: datetime, sticks: datetime | None
) -> None:
    assert sticky_start(Round(open=True, started_at=started_at), before, now, LISBON) == sticks


# --- the same instant, however it is written --------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (THERE, Timed(THERE.start.astimezone(UTC), QUARTER), True),
        (THERE, Timed(THERE.start.astimezone(ZoneInfo("Asia/Tokyo")), timedelta(hours=1)), True),
        (THERE, timed("10-07 17:31"), False),
        (THERE, AllDay(ON_THE_DAY), False),
        (AllDay(ON_THE_DAY), THERE, False),
        (AllDay(ON_THE_DAY), AllDay(ON_THE_DAY), True),
        (AllDay(ON_THE_DAY), AllDay(on("10-08")), False),
    ],
    ids=str,
)
def test_a_start_is_the_same_in_every_zone(one: When, other: When, *, same: bool) -> None:
    assert one.same_start(other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(at("10-25 01:30"), at("10-25 01:30").astimezone(UTC), True, id="the first half past one, in UTC"),
        pytest.param(
            at("10-25 01:30").replace(fold=1), at("10-25 01:30").replace(fold=1).astimezone(UTC), True, id="the second"
        ),
        pytest.param(at("10-25 01:30"), at("10-25 01:30").replace(fold=1), False, id="the first and the second"),
    ],
)
def test_a_start_is_the_same_in_an_hour_that_comes_twice(one: datetime, other: datetime, *, same: bool) -> None:
    assert Timed(one, QUARTER).same_start(Timed(other, QUARTER)) is same


# --- typed text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "typed", "intact"),
    [
        pytest.param(BRIEF, "", True, id="nothing"),
        pytest.param(f"{BRIEF}\nLunch", "Lunch", True, id="below"),
        pytest.param(f"{BRIEF}\n\n\nLunch\n\n\ncake\n\n", "Lunch\n\n\ncake", True, id="below, with blank lines"),
        pytest.param(f"Lunch\n{BRIEF}", "Lunch", False, id="above"),
        pytest.param(f"Lunch\n{BRIEF}\ncake", "Lunch\n\n\ncake", False, id="above and below"),
        pytest.param(BRIEF.replace("20 Sep", "Lunch\n20 Sep"), "Lunch", False, id="inside"),
        pytest.param(BRIEF.replace("20 Sep 2026: Lunch\n", ""), "", False, id="a line taken out"),
        pytest.param("\n".join(reversed(BRIEF.split("\n"))), "", False, id="lines in another order"),
        pytest.param(BRIEF.replace("\n\n", "\n"), "", True, id="blank lines taken out"),
        pytest.param(BRIEF.replace("2 weeks", "2\u00a0\u00a0weeks"), "", True, id="other blanks"),
        pytest.param(f"{BRIEF}\n20 Sep 2026: Lunch", "20 Sep 2026: Lunch", True, id="a line of the brief, again"),
        pytest.param(f"{BRIEF} Lunch", "— write below this line — Lunch", False, id="on the line to write under"),
        pytest.param("", "", False, id="all taken out"),
    ],
)
def test_typed_text_is_every_line_that_kith_did_not_write(description: str, typed: str, *, intact: bool) -> None:
    assert typed_text(LINES, description) == typed
    assert brief_is_intact(LINES, description) is intact


@pytest.mark.parametrize(
    ("description", "below"),
    [
        (BRIEF, ""),
        (f"{BRIEF}\nLunch", "Lunch"),
        (f"{BRIEF}\n\n  Lunch \n", "\n  Lunch \n"),
        (f"\n{BRIEF}\nLunch", "Lunch"),
        (BRIEF.replace("\n\n", "\n") + "\nLunch\n\ncake", "Lunch\n\ncake"),
        (f"{BRIEF}\n20 Sep 2026: Lunch", "20 Sep 2026: Lunch"),
    ],
)
def test_what_stands_below_the_brief_is_kept_to_the_letter(description: str, below: str) -> None:
    assert text_below(LINES, description) == below


ALPHABET = st.sampled_from(["a", "b", " ", "\n", "\u00a0", "\u200b", "\ufe0f", "é", "✓", "-", "\t", "\r\n", "\u2028"])
ANYTHING = st.text(max_size=60) | st.lists(ALPHABET, max_size=40).map("".join)
BRIEFS = st.lists(ANYTHING.map(normal_line).filter(bool), max_size=6).map("\n".join)


@given(BRIEFS, ANYTHING)
@example("a", "a")
@example("a\na", "a")
@example("", "")
def test_whatever_is_typed_below_comes_back(brief: str, anything: str) -> None:
    lines = line_digests(brief.splitlines())
    whole = f"{brief}\n{anything}"

    assert normal_lines(typed_text(lines, whole)) == normal_lines(anything)
    assert brief_is_intact(lines, whole)


@given(BRIEFS, ANYTHING)
def test_nothing_that_was_typed_is_lost_when_the_brief_is_rewritten(brief: str, anything: str) -> None:
    whole = f"{brief}\n{anything}"
    below = text_below(line_digests(brief.splitlines()), whole)

    new = "A new brief\n\nwith lines"
    assert normal_lines(typed_text(line_digests(new.splitlines()), f"{new}\n{below}")) == normal_lines(anything)


@given(BRIEFS, st.lists(st.tuples(st.integers(0, 30), ANYTHING), max_size=4))
def test_nothing_that_was_typed_is_lost_wherever_it_stands(brief: str, typed: list[tuple[int, str]]) -> None:
    """Whole lines put anywhere: each of them, or a line of the brief that says the same, comes back."""
    lines = brief.split("\n")
    for place, text in typed:
        lines[place % (len(lines) + 1) : 0] = text.split("\n")
    there = typed_text(line_digests(brief.splitlines()), "\n".join(lines))

    expected = sorted(line for _, text in typed for line in normal_lines(text))
    assert sorted(normal_lines(there)) == expected


@given(ANYTHING)
def test_only_blanks_and_invisible_marks_may_change_unnoticed(text: str) -> None:
    blurred = text.replace(" ", " \u00a0\u200b").replace("\n", " \n\n")

    assert normal_lines(blurred) == normal_lines(text)
    assert [normal_line(line) for line in normal_lines(text)] == normal_lines(text)


# --- what was meant to be written -------------------------------------------------------------------------

NEW_BRIEF = BRIEF.replace("2 weeks", "3 weeks")
MOVED = timed("10-09 17:30")


@dataclass(frozen=True)
class Pending:
    """A change whose answer never came, what is seen afterwards, and what of it the user did."""

    change: Change
    seen: SeenEvent
    means: tuple[Meaning, ...] = ()
    written: Written = WRITTEN
    carried_out: bool = True


PENDING = {
    "a move got through": Pending(Change(when=MOVED), event(when=MOVED)),
    "a move did not get through": Pending(Change(when=MOVED), event(), carried_out=False),
    "a move got through, and the user moved it on": Pending(
        Change(when=MOVED), event(when=NEXT_WEEK), (Snoozed(NEXT_WEEK),), carried_out=False
    ),
    "a title got through": Pending(Change(title="Call: Ana"), event("Call: Ana")),
    "a title did not get through": Pending(Change(title="Call: Ana"), event(), carried_out=False),
    "a brief got through": Pending(Change(description=NEW_BRIEF), event(description=NEW_BRIEF)),
    "a brief did not get through": Pending(Change(description=NEW_BRIEF), event(), carried_out=False),
    "a brief got through, and the user typed": Pending(
        Change(description=NEW_BRIEF), event(description=f"{NEW_BRIEF}\nLunch"), (Noted("Lunch"),)
    ),
    "a brief did not get through, and the user typed": Pending(
        Change(description=NEW_BRIEF), event(description=LUNCH), (Noted("Lunch"),), carried_out=False
    ),
    "a brief above what was typed got through": Pending(
        Change(description=f"{NEW_BRIEF}\nLunch"), event(description=f"{NEW_BRIEF}\nLunch"), (), NOTED
    ),
    "a brief above what was typed got through, and the user typed on": Pending(
        Change(description=f"{NEW_BRIEF}\nLunch"),
        event(description=f"{NEW_BRIEF}\nLunch\nCake"),
        (Noted("Lunch\nCake"),),
        NOTED,
    ),
    "all of it got through, and the user ticked": Pending(
        Change(MOVED, "Call: Ana", NEW_BRIEF),
        event("✓ Call: Ana", NEW_BRIEF, MOVED),
        (Talked(ON_THE_DAY, "", mark=False),),
    ),
    "nothing of it got through, and the user ticked": Pending(
        Change(MOVED, "Call: Ana", NEW_BRIEF), event(TICK), (Talked(ON_THE_DAY, "", mark=False),), carried_out=False
    ),
}


@pytest.mark.parametrize("case", PENDING.values(), ids=list(PENDING))
def test_a_write_without_an_answer_is_not_taken_for_the_user_s(case: Pending) -> None:
    written = replace(case.written, pending=case.change)

    assert meanings(case.seen, BEFORE, written=written) == case.means
    settled = settle(written, case.seen)
    assert (settled.pending is None) is case.carried_out
    if case.carried_out:
        assert settled.fields.when.same_start(case.change.when or THERE)


def test_kith_s_own_mark_got_through() -> None:
    """The last write to an answered event: its mark is not the user's answer, and its removal is."""
    written = replace(NOTED, pending=Change(title=TICK))

    assert meanings(event(TICK, LUNCH), AFTER, TALKED, written) == ()
    settled = settle(written, event(TICK, LUNCH))
    assert (settled.plain_title, settled.fields.title) == (TITLE, TICK)
    assert meanings(event(TITLE, LUNCH), AFTER, TALKED, settled) == (Withdrawn(),)


def test_what_the_event_says_about_itself_mends_an_old_copy_of_the_store() -> None:
    """A backup was put back: kith has written since, and the event knows."""
    since = replace(MARKER, title="Call: Ana", start=start_text(MOVED), lines=line_digests(NEW_BRIEF.splitlines()))
    untouched = replace(event("Call: Ana", NEW_BRIEF, MOVED), marker=since)
    ticked = replace(event("✓ Call: Ana", f"{NEW_BRIEF}\nLunch", MOVED), marker=since)

    assert meanings(untouched, BEFORE) == ()
    assert not read(WRITTEN, untouched, MARKS, BEFORE).is_edit
    assert meanings(ticked, BEFORE) == (Talked(ON_THE_DAY, "Lunch", mark=False),)


def test_a_copy_s_mark_says_nothing_about_ours() -> None:
    foreign = replace(event(when=MOVED), marker=replace(MARKER, n=2, start=start_text(MOVED)))

    assert meanings(foreign, BEFORE) == (Snoozed(MOVED),)


# --- occurrences ------------------------------------------------------------------------------------------

WEEK_LATER = "2026-10-14T16:30:00Z"


def occurrence(title: str = TITLE, description: str = BRIEF, when: When = NEXT_WEEK) -> Occurrence:
    return Occurrence(WEEK_LATER, when, title, description)


@pytest.mark.parametrize(
    ("seen", "known", "meaning"),
    [
        pytest.param(occurrence(), None, None, id="only moved, or touched"),
        pytest.param(occurrence(TICK), None, Talked(on("10-14"), "", mark=False, occurrence=WEEK_LATER), id="ticked"),
        pytest.param(
            occurrence(TICK, LUNCH),
            None,
            Talked(on("10-14"), "Lunch", mark=False, occurrence=WEEK_LATER),
            id="with text",
        ),
        pytest.param(
            occurrence(TICK, when=timed("10-30 12:00")),
            *(None, Talked(on("10-20"), "", mark=False, occurrence=WEEK_LATER)),
            id="ticked, and still ahead",
        ),
        pytest.param(occurrence(f"~ {TITLE}"), None, None, id="tried: a series comes again by itself"),
        pytest.param(occurrence(TICK, LUNCH), "Lunch", None, id="known already"),
        pytest.param(occurrence(TICK, f"{LUNCH} \n\n"), "Lunch", None, id="known, but for blanks"),
        pytest.param(occurrence(TICK, f"{BRIEF}\nDinner"), "Lunch", Corrected("Dinner", WEEK_LATER), id="corrected"),
        pytest.param(occurrence(TICK), "Lunch", None, id="the text was taken away: kept"),
        pytest.param(occurrence(TITLE, LUNCH), "Lunch", Withdrawn(WEEK_LATER), id="the mark was taken away"),
        pytest.param(occurrence(TITLE), "", Withdrawn(WEEK_LATER), id="the mark was taken away, without text"),
    ],
)
def test_what_a_changed_instance_means(seen: Occurrence, known: str | None, meaning: Meaning | None) -> None:
    assert understand_occurrence(seen, known, WRITTEN, MARKS, at("10-20 12:00"), LISBON) == meaning


# --- the last write ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "mark", "now", "change"),
    [
        pytest.param(event(TICK), False, AFTER, Change(), id="ticked in time: nothing to add"),
        pytest.param(event(description=LUNCH), True, AFTER, Change(title=TICK), id="text: a mark before the title"),
        pytest.param(event("Cake", LUNCH), True, AFTER, Change(title="✓ Cake"), id="text: before whatever title"),
        pytest.param(event(f"~ {TITLE}"), True, AFTER, Change(title=f"✓ ~ {TITLE}"), id="text after trying"),
        pytest.param(
            event(TICK), False, at("10-06 12:34"), Change(when=timed("10-06 12:34"), alarm=False), id="ahead: to now"
        ),
        pytest.param(
            event(TICK, when=Timed(THERE.start, timedelta(hours=1))),
            *(False, at("10-06 12:34"), Change(when=Timed(at("10-06 12:34"), timedelta(hours=1)), alarm=False)),
            id="ahead: as long as it was",
        ),
        pytest.param(
            event(TICK, when=AllDay(on("10-12"))),
            *(False, AFTER, Change(when=AllDay(ON_THE_DAY), alarm=False)),
            id="all-day ahead: to today",
        ),
        pytest.param(event(TICK, when=AllDay(ON_THE_DAY)), False, AFTER, Change(), id="all-day today"),
        pytest.param(
            event(description=LUNCH, when=NEXT_WEEK),
            *(True, AFTER, Change(when=timed("10-07 18:00"), title=TICK, alarm=False)),
            id="text in what was moved ahead",
        ),
        pytest.param(event(TICK, repeats=True), False, at("10-06 12:34"), Change(), id="a series is the user's"),
        pytest.param(event(description=LUNCH, repeats=True), True, AFTER, Change(), id="a series with text, too"),
    ],
)
def test_the_last_write_to_an_answered_event(seen: SeenEvent, mark: bool, now: datetime, change: Change) -> None:
    assert finishing_change(seen, MARKS, now, LISBON, mark=mark) == change


def test_what_is_moved_to_now_has_started() -> None:
    now = datetime(2026, 10, 6, 12, 34, 56, 789, tzinfo=UTC)

    change = finishing_change(event(TICK), MARKS, now, LISBON, mark=False)

    assert change.when is not None
    assert has_started(change.when, now, LISBON)
    assert change.when.day_in(LISBON) == on("10-06")


def test_the_mark_that_kith_puts_is_the_user_s_first_choice() -> None:
    marks = Marks(done=("[x]", "✓"))

    change = finishing_change(event(description=LUNCH), marks, AFTER, LISBON, mark=True)
    assert change.title == f"[x] {TITLE}"


# --- properties -------------------------------------------------------------------------------------------

TITLES = st.sampled_from([TITLE, TICK, f"done: {TITLE}", f"~ {TITLE}", f"✓ ~ {TITLE}", "Cake", "✓ Cake", "", "~"])
DESCRIPTIONS = st.sampled_from(
    [BRIEF, LUNCH, f"Cake\n{BRIEF}", f"{LUNCH}\nCake", "", "Lunch", f"{BRIEF}\n \n", NEW_BRIEF]
)
HOURS = st.integers(-24 * 20, 24 * 20)
WHENS = st.one_of(
    st.just(THERE),
    HOURS.map(lambda hours: Timed(THERE.start + timedelta(hours=hours), QUARTER)),
    HOURS.map(lambda hours: AllDay((THERE.start + timedelta(hours=hours)).date())),
)
NOWS = HOURS.map(lambda hours: THERE.start + timedelta(hours=hours, minutes=7))
SIGHTS = st.builds(
    event,
    TITLES,
    DESCRIPTIONS,
    WHENS,
    modified=st.none() | NOWS,
    repeats=st.booleans(),
    until=st.none() | st.just(on("10-20")),
)
ROUNDS = st.builds(
    Round,
    open=st.booleans(),
    started_at=st.none() | st.just(THERE.start),
    talked=st.booleans(),
    withdrawn=st.booleans(),
)


def accept(written: Written, seen: SeenEvent, round_: Round, now: datetime) -> tuple[Written, Round]:
    """What the store knows once a reading has been taken in."""
    settled = settle(written, seen)
    reading = read(written, seen, MARKS, now)
    understood = meanings(seen, now, round_, written)
    after = Written(
        seen.fields, settled.plain_title, settled.brief, reading.typed, seen.last_modified or settled.last_modified
    )
    kinds = {type(meaning) for meaning in understood}
    talked = (round_.talked or Talked in kinds) and Withdrawn not in kinds
    return after, Round(
        open=round_.open and Talked not in kinds,
        started_at=sticky_start(round_, settled.fields.when, now, LISBON) if round_.open else round_.started_at,
        talked=talked,
        withdrawn=(round_.withdrawn or Withdrawn in kinds) and Talked not in kinds,
    )


@given(SIGHTS, ROUNDS, NOWS, st.integers(0, 400))
def test_what_was_understood_once_is_not_understood_again(
    seen: SeenEvent, round_: Round, now: datetime, hours: int
) -> None:
    """A passing event is the exception: until kith gives it a new place, it still is passing."""
    written, round_ = accept(WRITTEN, seen, round_, now)

    again = meanings(seen, now + timedelta(hours=hours), round_, written)
    assert set(again) <= {Passed()}


@given(st.lists(st.tuples(SIGHTS, st.integers(1, 100)), max_size=6), NOWS)
def test_a_round_ends_once_and_every_text_is_taken_in(looks: list[tuple[SeenEvent, int]], now: datetime) -> None:
    written, round_ = WRITTEN, OPEN
    for seen, hours in looks:
        now += timedelta(hours=hours)
        was_open = round_.open
        understood = meanings(seen, now, round_, written)
        written, round_ = accept(written, seen, round_, now)

        assert normal_lines(written.typed) == normal_lines(typed_text(LINES, seen.fields.description))
        assert len({type(meaning) for meaning in understood}) == len(understood)
        assert not round_.open or was_open
        if not was_open:
            assert not {Snoozed, Passed, Tried} & {type(meaning) for meaning in understood}
        for meaning in understood:
            if isinstance(meaning, Talked | Tried):
                assert meaning.day <= now.astimezone(LISBON).date()


@given(DESCRIPTIONS, NOWS, NOWS)
def test_nothing_typed_before_the_start_is_ever_a_contact(description: str, modified: datetime, now: datetime) -> None:
    understood = meanings(event(description=description, modified=min(modified, now)), now)

    if now < THERE.start or WRITTEN_AT < min(modified, now) < THERE.start:
        assert not any(isinstance(meaning, Talked) for meaning in understood)
