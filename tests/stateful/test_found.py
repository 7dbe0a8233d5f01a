"""What the state machine found, one plain story each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.calendar import Entry, all_day, at
from kith.core.event import Timed, start_text
from kith.core.model import PersonId
from kith.store.events import EventState
from kith.store.reach_outs import ReachOut
from stateful.google import world_at_google
from stateful.promises import Promises
from stateful.user import User
from stateful.world import World


@contextmanager
def world_in_memory(folder: Path) -> Iterator[World]:
    """A world whose calendar is in memory."""
    yield World(folder)


@pytest.fixture(params=[world_in_memory, world_at_google], ids=["in memory", "at Google"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Somebody who was added by hand and has an event later today."""
    with request.param(tmp_path) as world:
        User(world).add("Zoe Quinn", days=0)
        world.settle()
        yield world
        world.close()


@pytest.fixture
def user(world: World) -> User:
    return User(world)


@pytest.fixture
def settle(world: World) -> Callable[[], None]:
    """Run clean passes until nothing is left to do, and hold kith to its promises."""
    promises = Promises(world)

    def settle() -> None:
        promises.remember_foreign_events()
        promises.when_settled(world.settle())

    return settle


def event(world: World) -> Entry:
    """The event of the one reach-out that is open."""
    (reach_out,) = world.shell.reach_outs.open().values()
    (row,) = [row for row in world.rows().values() if reach_out.id in row.reach_outs and row.state is EventState.OPEN]
    entry = world.calendar.get(row.uid)
    assert entry is not None
    return entry


def reach_out(world: World) -> ReachOut:
    (reach_out,) = world.shell.reach_outs.open().values()
    return reach_out


def person(world: World) -> PersonId:
    (person,) = world.people()
    return person


def texts(world: World) -> list[str]:
    """What was said in the conversations that stand, newest first."""
    return [spoken.text for said in world.shell.people.conversations().values() for spoken in said]


# --- answers ----------------------------------------------------------------------------------------------


def test_a_tilde_and_a_move_ahead_mean_try_again_there(world: World, user: User, settle: Callable[[], None]) -> None:
    there = at(world.now + timedelta(days=9))
    user.put_tilde(event(world))
    user.move(event(world), there)
    settle()
    assert event(world).fields.when.same_start(there)
    assert event(world).fields.title == "Reach out: Zoe Quinn"
    assert len(world.shell.people.attempts(person(world))) == 1


def test_a_tilde_and_a_move_into_the_past_come_again_in_a_few_days(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    user.put_tilde(event(world))
    user.move(event(world), all_day(world.today - timedelta(days=1)))
    settle()
    assert event(world).fields.when.day_in(world.zone) >= world.today + timedelta(days=3)


def test_a_tilde_on_a_series_that_is_over_is_settled_in_one_pass(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    """kith moves no series, so nothing could come again: the round is over."""
    first = event(world)
    user.repeat(first, until=world.today)
    world.wait(timedelta(days=4))
    user.put_tilde(world.own()[0])
    settle()
    assert len(world.shell.people.attempts(person(world))) == 1
    assert world.calendar.get(first.uid) is not None


def test_a_snooze_by_command_outlives_a_series_that_is_over(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    first = event(world)
    user.repeat(first, until=world.today)
    world.wait(timedelta(days=4))
    user.snooze(person(world), 10)
    day = world.today + timedelta(days=10)
    settle()
    assert event(world).uid != first.uid
    assert event(world).fields.when.day_in(world.zone) >= day
    assert world.shell.people.skips(person(world)) == []


def test_a_changed_instance_does_not_take_an_old_brief_for_typed_text(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    user.repeat(event(world), until=None)
    user.tick_instance(event(world))
    settle()
    assert texts(world) == ["instance-0001"]
    world.rules = replace(world.rules, details="short")
    settle()
    assert texts(world) == ["instance-0001"]


def test_an_event_that_kith_moved_on_is_untouched_again(world: World, user: User, settle: Callable[[], None]) -> None:
    """A tilde is used up when the event comes again; after a call its event does not stay behind."""
    user.put_tilde(event(world))
    settle()
    uid = event(world).uid
    user.log(person(world))
    settle()
    assert world.calendar.get(uid) is None


def test_an_event_that_kith_moved_on_keeps_a_place_that_the_user_gave_it(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    user.add_place(event(world))
    settle()
    user.put_tilde(event(world))
    settle()
    uid = event(world).uid
    user.log(person(world))
    settle()
    entry = world.calendar.get(uid)
    assert entry is not None
    assert entry.place == "Café Central"


def test_who_answered_today_is_done_for_today(world: World, user: User, settle: Callable[[], None]) -> None:
    world.rules = replace(world.rules, days=replace(world.rules.days, per_day=1))
    for name in ("Ana", "Bo", "Cem"):
        user.add(name, days=0)
    settle()
    (today,) = [entry for entry in world.own() if entry.fields.when.day_in(world.zone) == world.today]
    user.tick(today)
    settle()
    user.type_below(today)
    settle()
    days = [entry.fields.when.day_in(world.zone) for entry in world.own() if entry.uid != today.uid]
    assert world.today not in days


def test_who_tried_today_is_done_for_today(world: World, user: User, settle: Callable[[], None]) -> None:
    world.rules = replace(world.rules, days=replace(world.rules.days, per_day=1))
    user.add("Ana", days=0)
    settle()
    (today,) = [entry for entry in world.own() if entry.fields.when.day_in(world.zone) == world.today]
    user.put_tilde(today)
    settle()
    assert all(entry.fields.when.day_in(world.zone) > world.today for entry in world.own())


# --- answers that never came ------------------------------------------------------------------------------


def fail_the_write(world: World) -> None:
    """A pass whose only write takes effect, and whose answer is lost on the way."""
    world.calendar.fail(at=2, after=True)
    report = world.run_pass()
    world.calendar.recover()
    assert [trouble.kind for trouble in report.troubles] == ["Transient"]
    assert len(world.calendar.journal) == 1


def test_a_title_whose_answer_never_came_is_still_kiths(world: World, settle: Callable[[], None]) -> None:
    world.rules = replace(world.rules, title="Call {first}")
    fail_the_write(world)
    settle()
    world.rules = replace(world.rules, title="Write to {first}")
    settle()
    assert event(world).fields.title == "Write to Zoe"


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "saved without the mark"])
def test_a_brief_whose_answer_never_came_is_not_typed_text(
    world: World, user: User, settle: Callable[[], None], marked: bool
) -> None:
    user.log(person(world), days_ago=3, text="about the move")
    world.wait(timedelta(hours=12))
    fail_the_write(world)
    user.type_below(event(world))
    if not marked:
        user.save_without_mark(event(world))
    settle()
    assert texts(world) == ["note-0001", "about the move"]


def test_text_after_a_write_whose_answer_never_came_is_as_late_as_it_is(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    """The app leaves LAST-MODIFIED as kith wrote it, which was before the start; the text came after it."""
    world.rules = replace(world.rules, title="Call {first}")
    fail_the_write(world)
    world.wait(timedelta(hours=12))
    user.type_below(event(world), stamp=False)
    settle()
    assert texts(world) == ["note-0001"]


# --- a store that was put back ----------------------------------------------------------------------------


def test_what_kith_wrote_after_the_backup_is_not_typed_text(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    world.back_up()
    world.rules = replace(world.rules, details="none")
    settle()
    world.rules = replace(world.rules, details="full", title="Call {first}")
    user.log(person(world), days_ago=3, text="about the move")
    settle()
    world.put_back()
    world.wait(timedelta(hours=12))
    settle()
    assert texts(world) == []
    assert reach_out(world).fixed is False
    assert event(world).fields.title == "Call Zoe"


def test_a_users_move_is_not_signed_as_kiths_own(world: World, user: User, settle: Callable[[], None]) -> None:
    """kith rewrites the brief of an event that the user moved; a store that forgot it must still see the move."""
    world.back_up()
    there = at(world.now + timedelta(days=30))
    user.move(event(world), there)
    settle()
    world.rules = replace(world.rules, title="Call {first}")
    settle()
    marker = event(world).marker
    assert marker is not None
    assert marker.start != start_text(there)
    world.put_back()
    settle()
    assert reach_out(world).fixed
    assert event(world).fields.when.same_start(there)


def test_a_name_that_the_trash_bin_remembers_is_given_up(
    world: World, user: User, settle: Callable[[], None], tmp_path: Path
) -> None:
    world.calendar.keeps_deleted = True
    user.skip(person(world))
    settle()
    user.add("Ana", days=0)
    world.back_up()
    settle()
    first, epoch = event(world), world.store.epoch
    user.delete(first)
    world.put_back()
    settle()
    assert event(world).uid != first.uid
    assert world.store.epoch == epoch + 1


# --- events that cannot be seen ---------------------------------------------------------------------------


def test_a_snooze_outlives_an_event_that_cannot_be_read(world: World, user: User, settle: Callable[[], None]) -> None:
    entry = event(world)
    world.calendar.garble(entry.uid)
    user.snooze(person(world), 10)
    settle()
    world.calendar.garble(entry.uid, readable=True)
    settle()
    assert event(world).fields.when.day_in(world.zone) >= world.today + timedelta(days=10)


def test_a_snooze_outlives_an_event_that_was_away_for_a_pass(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    entry = event(world)
    user.delete(entry)
    user.snooze(person(world), 10)
    world.run_pass()
    user.restore(entry.uid)
    settle()
    assert event(world).fields.when.day_in(world.zone) >= world.today + timedelta(days=10)


def test_who_cannot_be_moved_is_not_chosen_to_make_room(world: World, user: User, settle: Callable[[], None]) -> None:
    user.add("Ana", days=0)
    settle()
    world.calendar.garble(min(world.own(), key=lambda entry: entry.uid).uid)
    world.rules = replace(world.rules, days=replace(world.rules.days, per_day=1))
    settle()
    days = [entry.fields.when.day_in(world.zone) for entry in world.own()]
    assert len(set(days)) == 2


def test_an_event_in_another_calendar_of_the_account_is_not_recreated(
    world: World, user: User, settle: Callable[[], None]
) -> None:
    entry = event(world)
    world.calendar.carry_elsewhere(entry.uid)
    user.recreate_vanished()
    settle()
    assert event(world).uid == entry.uid


# --- servers ----------------------------------------------------------------------------------------------


def test_a_server_that_speaks_utc_moves_nothing(world: World, settle: Callable[[], None]) -> None:
    world.calendar.speaks_utc = True
    days = replace(world.rules.days, zone=ZoneInfo("America/New_York"))
    world.rules = replace(world.rules, days=days)
    User(world).add("Ana", days=3)
    settle()
    before = {entry.uid: entry.fields.when for entry in world.own()}
    for _ in range(2):
        world.calendar.shown.clear()
        world.run_pass()
        assert world.calendar.journal == []
    assert {entry.uid: entry.fields.when for entry in world.own()} == before


def test_a_server_that_speaks_utc_leaves_the_zone_that_kith_wrote_in(world: World, settle: Callable[[], None]) -> None:
    """So that a later change of the user's zone moves nothing there either."""
    world.calendar.speaks_utc = True
    new_york = replace(world.rules, days=replace(world.rules.days, zone=ZoneInfo("America/New_York")))
    world.rules = new_york
    User(world).add("Ana", days=3)
    settle()
    zones = {
        row.written.fields.when.start.tzinfo
        for row in world.rows().values()
        if isinstance(row.written.fields.when, Timed) and row.marker.title is not None
    }
    assert ZoneInfo("America/New_York") in zones


def test_old_events_are_not_read_again_at_every_pass(world: World, user: User, settle: Callable[[], None]) -> None:
    """Beyond the days in which a late answer is read, a closed event costs nothing."""
    user.tick(event(world), stamp=True)
    settle()
    world.wait(timedelta(days=90))
    settle()
    world.run_pass()
    assert world.calendar.shown == []


def test_the_clock_of_the_tests_starts_on_a_monday_morning(world: World) -> None:
    assert world.now == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert world.today.weekday() == 0
