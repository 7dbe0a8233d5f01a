"""Want, wrote, see: every row of the table, and every cell of the whole product."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.event import AllDay, Change, Fields, SeenEvent, Timed, line_digests
from kith.core.model import ETag, EventUid, Href
from kith.core.readback import Written
from kith.core.reconcile import (
    AcceptDeletion,
    Action,
    Adopt,
    Close,
    Create,
    Delete,
    Forget,
    Leave,
    Sight,
    Update,
    Wrote,
    difference,
    reconcile,
)

LISBON = ZoneInfo("Europe/Lisbon")
WHEN = Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), timedelta(minutes=15))
OTHER_TIME = Timed(datetime(2026, 10, 8, 17, 30, tzinfo=LISBON), timedelta(minutes=15))
WANT = Fields(WHEN, "Reach out: Ana", "Brief")
CHANGE = Change(title="Reach out: Ana")
NOTHING = Change()


# The table of the design, row by row


@pytest.mark.parametrize(
    ("want", "wrote", "sight", "change", "action"),
    [
        pytest.param(
            WANT, Wrote.NO, Sight.ABSENT, NOTHING, Create(WANT), id="wanted, never written, nothing there: create"
        ),
        pytest.param(
            *(WANT, Wrote.BEGUN, Sight.ABSENT, NOTHING, Create(WANT)),
            id="wanted, begun, nothing there: create, under the same name",
        ),
        pytest.param(
            WANT, Wrote.NO, Sight.AS_WRITTEN, NOTHING, Adopt(), id="wanted, never written, our UID there: adopt"
        ),
        pytest.param(WANT, Wrote.BEGUN, Sight.TOUCHED, CHANGE, Adopt(), id="wanted, begun, our UID there: adopt first"),
        pytest.param(WANT, Wrote.YES, Sight.AS_WRITTEN, CHANGE, Update(CHANGE), id="wanted, as written: what differs"),
        pytest.param(
            WANT, Wrote.YES, Sight.AS_WRITTEN, NOTHING, Leave(), id="wanted, as written, nothing differs: leave"
        ),
        pytest.param(WANT, Wrote.YES, Sight.TOUCHED, CHANGE, Update(CHANGE), id="wanted, edited: what was left alone"),
        pytest.param(WANT, Wrote.YES, Sight.TOUCHED, NOTHING, Leave(), id="wanted, edited, nothing left to say: leave"),
        pytest.param(
            WANT, Wrote.YES, Sight.GONE, CHANGE, AcceptDeletion(), id="wanted, gone for sure: accept, skipped"
        ),
        pytest.param(None, Wrote.YES, Sight.AS_WRITTEN, NOTHING, Delete(), id="not wanted, as written: delete"),
        pytest.param(
            None, Wrote.YES, Sight.TOUCHED, CHANGE, Close(), id="not wanted, edited or with text: leave, close"
        ),
        pytest.param(None, Wrote.YES, Sight.GONE, NOTHING, Forget(), id="not wanted, gone: forget"),
        pytest.param(
            *(WANT, Wrote.YES, Sight.UNKNOWN, CHANGE, Leave("the calendar could not be looked at")),
            id="could not look: leave, report",
        ),
        pytest.param(
            *(None, Wrote.DELETING, Sight.UNKNOWN, CHANGE, Leave("the calendar could not be looked at")),
            id="could not look while deleting: leave, report",
        ),
        pytest.param(
            *(WANT, Wrote.YES, Sight.ABSENT, CHANGE, Leave("not confirmed yet")),
            id="wanted, not there, not confirmed: wait",
        ),
        pytest.param(
            *(None, Wrote.DELETING, Sight.ABSENT, NOTHING, Forget()), id="deletion begun, and it is gone: forget"
        ),
        pytest.param(
            *(None, Wrote.DELETING, Sight.AS_WRITTEN, NOTHING, Delete()), id="deletion begun, still there: again"
        ),
        pytest.param(
            *(None, Wrote.DELETING, Sight.TOUCHED, NOTHING, Close()), id="deletion begun, and the user wrote: leave"
        ),
    ],
)
def test_each_row_of_the_table(want: Fields | None, wrote: Wrote, sight: Sight, change: Change, action: Action) -> None:
    assert reconcile(want, wrote, sight, change) == action


# The whole product

GRID = """
want  wrote     as-written  touched  gone    absent  unknown
yes   no        adopt       adopt    create  create  leave
yes   begun     adopt       adopt    create  create  leave
yes   yes       update      update   accept  leave   leave
yes   deleting  update      update   forget  forget  leave
no    no        adopt       adopt    forget  forget  leave
no    begun     adopt       adopt    forget  forget  leave
no    yes       delete      close    forget  leave   leave
no    deleting  delete      close    forget  forget  leave
"""
ACTIONS: dict[str, Action] = {
    "adopt": Adopt(),
    "create": Create(WANT),
    "update": Update(CHANGE),
    "accept": AcceptDeletion(),
    "delete": Delete(),
    "close": Close(),
    "forget": Forget(),
}
SIGHTS = (Sight.AS_WRITTEN, Sight.TOUCHED, Sight.GONE, Sight.ABSENT, Sight.UNKNOWN)
CELLS = {
    (want, wrote, sight): cell
    for want, wrote, *cells in map(str.split, GRID.strip().splitlines()[1:])
    for sight, cell in zip(SIGHTS, cells, strict=True)
}
ALL = tuple(product((WANT, None), Wrote, Sight))


def test_the_grid_has_every_cell() -> None:
    assert CELLS.keys() == {("yes" if want else "no", wrote.name.lower(), sight) for want, wrote, sight in ALL}


@pytest.mark.parametrize(
    ("want", "wrote", "sight"),
    ALL,
    ids=[f"{'wanted' if want else 'not wanted'}-{wrote.name}-{sight.name}" for want, wrote, sight in ALL],
)
def test_every_cell_has_one_action(want: Fields | None, wrote: Wrote, sight: Sight) -> None:
    action = reconcile(want, wrote, sight, CHANGE)
    expected = CELLS["yes" if want else "no", wrote.name.lower(), sight]

    assert action == ACTIONS.get(expected, action)
    assert isinstance(action, Leave) == (expected == "leave")


@given(st.none() | st.just(WANT), st.sampled_from(Wrote), st.sampled_from(Sight), st.sampled_from([NOTHING, CHANGE]))
def test_nothing_is_written_on_a_guess(want: Fields | None, wrote: Wrote, sight: Sight, change: Change) -> None:
    match reconcile(want, wrote, sight, change):
        case Create(fields):
            assert fields == want
            assert wrote in (Wrote.NO, Wrote.BEGUN)
            assert sight in (Sight.GONE, Sight.ABSENT)
        case Update(asked):
            assert asked == change
            assert asked
            assert sight in (Sight.AS_WRITTEN, Sight.TOUCHED)
        case Delete():
            assert want is None
            assert sight is Sight.AS_WRITTEN
        case AcceptDeletion():
            assert sight is Sight.GONE
        case Forget():
            assert sight is Sight.GONE or wrote is not Wrote.YES
        case Adopt() | Close():
            assert sight in (Sight.AS_WRITTEN, Sight.TOUCHED)
        case Leave():
            pass


# What differs

BRIEF = "every 2 weeks\n\n— write below —"
WROTE = Fields(WHEN, "Reach out: Ana", BRIEF)
WRITTEN = Written(WROTE, WROTE.title, line_digests(BRIEF.splitlines()))


def seen(fields: Fields = WROTE) -> SeenEvent:
    return SeenEvent(Href("a.ics"), ETag("1"), EventUid("u"), fields)


@pytest.mark.parametrize(
    ("want", "hands_off", "change"),
    [
        pytest.param(WROTE, (), NOTHING, id="all is as wanted"),
        pytest.param(replace(WROTE, when=OTHER_TIME), (), Change(when=OTHER_TIME), id="another time"),
        pytest.param(
            replace(WROTE, when=Timed(WHEN.start.astimezone(UTC), WHEN.duration)),
            *((), NOTHING),
            id="the same instant in another zone",
        ),
        pytest.param(replace(WROTE, when=Timed(WHEN.start, timedelta(hours=1))), (), NOTHING, id="only another length"),
        pytest.param(
            replace(WROTE, when=AllDay(date(2026, 10, 7))), (), Change(when=AllDay(date(2026, 10, 7))), id="all day"
        ),
        pytest.param(replace(WROTE, title="Call: Ana"), (), Change(title="Call: Ana"), id="another title"),
        pytest.param(replace(WROTE, description="New"), (), Change(description="New"), id="another brief"),
        pytest.param(
            replace(WROTE, description="every  2 weeks\n— write below —\n\n"), (), NOTHING, id="only other blanks"
        ),
        pytest.param(replace(WROTE, alarm=False), (), NOTHING, id="the alarm is not reset"),
        pytest.param(
            Fields(OTHER_TIME, "Call: Ana", "New"),
            (),
            Change(OTHER_TIME, "Call: Ana", "New"),
            id="everything",
        ),
        pytest.param(
            Fields(OTHER_TIME, "Call: Ana", "New"),
            ("when",),
            Change(title="Call: Ana", description="New"),
            id="the time is the user's",
        ),
        pytest.param(
            Fields(OTHER_TIME, "Call: Ana", "New"),
            ("title",),
            Change(when=OTHER_TIME, description="New"),
            id="the title is the user's",
        ),
        pytest.param(
            Fields(OTHER_TIME, "Call: Ana", "New"),
            ("description",),
            Change(when=OTHER_TIME, title="Call: Ana"),
            id="the description is the user's",
        ),
        pytest.param(
            Fields(OTHER_TIME, "Call: Ana", "New"), ("when", "title", "description"), NOTHING, id="all is the user's"
        ),
    ],
)
def test_what_differs_is_written_and_nothing_that_is_the_user_s(
    want: Fields, hands_off: tuple[str, ...], change: Change
) -> None:
    assert difference(want, WRITTEN, seen(), hands_off=frozenset(hands_off)) == change


def test_a_server_that_lost_a_line_is_told_again() -> None:
    lost = replace(WROTE, description="every 2 weeks")

    assert difference(WROTE, WRITTEN, seen(lost), hands_off=frozenset()) == Change(description=BRIEF)


def test_a_change_of_nothing_is_nothing() -> None:
    assert not Change()
    assert Change(title="")
    assert Change(alarm=False)
