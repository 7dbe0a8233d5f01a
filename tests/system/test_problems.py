"""What is wrong for long reaches the user: in the calendar, by their command, in the journal on the edge."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from system.home import CONFIG, Home

FOLDER_GONE = "kith cannot use “phone”"


@pytest.fixture
def unwell(synced: Home) -> Home:
    """The address book is not there."""
    synced.contacts.rename(synced.folder / "away")
    return synced


def mend(home: Home) -> None:
    (home.folder / "away").rename(home.contacts)


def told(home: Home) -> list[str]:
    return [event.title for event in home.problems()]


def test_a_problem_stands_on_today_s_date_until_it_is_mended(unwell: Home) -> None:
    said = unwell.kith("sync", exits=69)
    assert f"Put this into today's calendar: {FOLDER_GONE}" in said.out
    (event,) = unwell.problems()
    assert (event.title, event.day, event.alarms) == (FOLDER_GONE, date(2026, 11, 2), 0)
    assert "What mends it: " in event.description
    before = event.path.stat().st_mtime_ns
    unwell.sync(exits=69)
    assert event.path.stat().st_mtime_ns == before, "nothing changed, nothing is written"
    unwell.wait(days=1)
    unwell.sync(exits=69)
    assert [event.day for event in unwell.problems()] == [date(2026, 11, 3)]
    mend(unwell)
    assert f"Took this out of the calendar: {FOLDER_GONE}" in unwell.kith("sync").out
    assert told(unwell) == []


def test_the_journal_hears_of_it_once_and_of_its_end_once(unwell: Home) -> None:
    heard = [unwell.kith("sync", "--scheduled", exits=69).err for _ in range(3)]
    mend(unwell)
    heard += [unwell.kith("sync", "--scheduled").err for _ in range(2)]
    assert heard == ["problem: phone: Denied\n", "", "", "mended: phone: Denied\n", ""]


def test_one_that_was_deleted_does_not_come_again_for_the_same_fault(unwell: Home) -> None:
    unwell.sync(exits=69)
    unwell.problems()[0].path.unlink()
    for _ in range(3):
        report = unwell.sync(exits=69)
        assert told(unwell) == []
        assert not [item for item in report["understood"] if item["what"] != "passed"]
        unwell.wait(days=1)
    mend(unwell)
    unwell.sync()
    unwell.contacts.rename(unwell.folder / "away")
    unwell.sync(exits=69)
    assert told(unwell) == [FOLDER_GONE], "another fault"


def test_what_the_user_does_to_it_is_theirs_and_no_conversation(unwell: Home) -> None:
    unwell.sync(exits=69)
    event = unwell.problems()[0]
    event.type_below("I asked Rui about it", at=unwell.now)
    event.tick(at=unwell.now)
    unwell.wait(days=1)
    report = unwell.sync(exits=69)
    mend(unwell)
    report["understood"] += unwell.sync()["understood"]
    assert report["understood"] == []
    assert unwell.problems()[0].description.endswith("I asked Rui about it")
    assert unwell.kith("sync").err == "", "a closed one is no stranger"


def test_a_full_budget_is_told_once_it_can_never_fit(synced: Home) -> None:
    synced.write_config(CONFIG.replace('every = "2w"', 'every = "1d"').replace('"4w"', '"1d"'))
    report = synced.sync()
    assert [trouble["kind"] for trouble in report["concerns"]] == ["BudgetTooSmall"]
    assert told(synced) == ["kith's days are too full"]
    assert "a day on 5 days hold 15" in synced.problems()[0].description
    synced.write_config(CONFIG)
    synced.sync()
    assert told(synced) == []


def test_a_broken_config_is_told_with_its_line(synced: Home) -> None:
    synced.write_config(CONFIG + '\n[people."Ana Souza"]\ncircle = "iner"\n')
    synced.kith("sync", "--scheduled", exits=78)
    (event,) = synced.problems()
    assert event.title == "kith's config is broken"
    assert "(line 19, " in event.description
    synced.write_config(CONFIG)
    assert synced.kith("sync", "--scheduled").err == "mended: kith: ConfigError\n"
    assert told(synced) == []


def test_in_a_calendar_that_others_see_it_says_no_more_than_where_to_look(synced: Home) -> None:
    synced.write_config(CONFIG + '\n[calendar]\ndetails = "none"\n')
    synced.sync()
    synced.write_config(CONFIG + '\n[people."Ana Souza"]\ncircle = "iner"\n')
    synced.kith("sync", "--scheduled", exits=78)
    (event,) = synced.problems()
    assert event.description.startswith("`kith status` says more.")
    assert "Ana" not in event.path.read_text()


def test_what_often_mends_itself_is_told_after_a_day(synced: Home) -> None:
    (synced.folder / "public").write_text("a file in the folder's place")
    synced.write_config(CONFIG.replace('"~/calendar"', '"~/calendar"\nsubscribe = "~/public/kith.ics"'))
    for hours, expected in ((0, []), (23, []), (1, ["kith cannot reach “phone”"])):
        synced.wait(minutes=60 * hours)
        synced.sync(exits=69)
        synced.sync(exits=69)
        assert told(synced) == expected
    (synced.folder / "public").unlink()
    synced.sync()
    assert told(synced) == []


def test_they_can_be_switched_off(unwell: Home) -> None:
    unwell.sync(exits=69)
    assert told(unwell) == [FOLDER_GONE]
    unwell.write_config(CONFIG + "\n[notify]\nproblems = false\n")
    unwell.sync(exits=69)
    assert told(unwell) == []
    assert "is not there" in unwell.kith("status").out


# --- by command ---------------------------------------------------------------------------------------------


def with_command(home: Home, *command: str) -> Path:
    """A config with a command; the file into which ``tee`` would put what it is given."""
    heard = home.folder / "heard"
    words = ", ".join(f"'{word}'" for word in command or ("tee", "-a", str(heard)))
    home.write_config(CONFIG + f"\n[notify]\ncommand = [{words}]\n")
    return heard


def test_where_the_calendar_fails_the_command_is_given_the_message_once(synced: Home) -> None:
    heard = with_command(synced)
    synced.calendar.rename(synced.folder / "gone")
    for _ in range(3):
        synced.sync(exits=69)
        synced.wait(days=1)
    (synced.folder / "gone").rename(synced.calendar)
    text = heard.read_text()
    assert text.startswith(f"{FOLDER_GONE}\n\n")
    assert text.count(FOLDER_GONE) == 1
    synced.sync()
    assert told(synced) == []


def test_a_calendar_that_goes_too_is_told_though_its_account_had_a_problem_before(unwell: Home) -> None:
    heard = with_command(unwell)
    unwell.sync(exits=69)
    unwell.calendar.rename(unwell.folder / "gone")
    for _ in range(2):
        unwell.sync(exits=69)
    (unwell.folder / "gone").rename(unwell.calendar)
    text = heard.read_text()
    assert "The calendar folder" in text
    assert text.count(FOLDER_GONE) == 1


def test_what_can_be_put_into_the_calendar_is_not_given_to_the_command(unwell: Home) -> None:
    heard = with_command(unwell)
    unwell.sync(exits=69)
    assert told(unwell) == [FOLDER_GONE]
    assert not heard.exists()


def test_a_dry_run_tells_nobody(unwell: Home) -> None:
    heard = with_command(unwell)
    assert f"Would put this into today's calendar: {FOLDER_GONE}" in unwell.kith("sync", "--dry-run", exits=69).out
    unwell.calendar.rename(unwell.folder / "gone")
    unwell.kith("sync", "--dry-run", exits=69)
    (unwell.folder / "gone").rename(unwell.calendar)
    assert not heard.exists()
    assert told(unwell) == []


@pytest.mark.parametrize(
    ("command", "why"),
    [(("no-such-program",), "cannot be started"), (("sh", "-c", "exit 3"), "ended with exit code 3")],
)
def test_a_command_that_fails_is_a_fault_of_its_own(synced: Home, command: tuple[str, ...], why: str) -> None:
    with_command(synced, *command)
    synced.calendar.rename(synced.folder / "gone")
    for _ in range(2):
        synced.sync(exits=69)
    status = synced.kith("status").out
    (synced.folder / "gone").rename(synced.calendar)
    assert "notify.command failed, and did not tell of a problem: " in status
    assert why in status
    synced.sync()
    synced.sync()
    assert "notify.command" not in synced.kith("status").out
