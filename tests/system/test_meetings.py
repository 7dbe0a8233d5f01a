"""Meetings in the user's own calendars: from the calendar app's files to conversations, nudges and questions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from system.appointments import ME, Appointments
from system.home import CONFIG, Home, card
from system.phone import put
from system.warm import Warm

MEETINGS = f"""
[meetings]
calendars = ["work"]
me = ["{ME}"]
"""
ANA = card("Ana Souza", "Family", email="ana@example.org")
RUI = card("Rui Lopes", "Friends", email="rui@example.org")


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Iterator[Home]:
    home = Home(tmp_path / "home", commands)
    home.folder.mkdir()
    yield home.furnish(ANA, RUI, config=CONFIG + MEETINGS)
    home.assert_theirs_stand()


@pytest.fixture
def work(home: Home) -> Appointments:
    return Appointments(home.folder / "work")


def understood(report: Any) -> list[tuple[str, str]]:
    return [(item["what"], item["person"]) for item in report["understood"]]


def last_day(home: Home, name: str) -> str | None:
    found = home.kith("show", name, "--json").json
    return found["conversations"][0]["day"] if found["conversations"] else None


def test_a_past_meeting_is_a_conversation_and_resets_the_clock(home: Home, work: Appointments) -> None:
    home.sync()
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    report = home.sync()
    assert understood(report) == [("met", "Ana Souza")]
    assert last_day(home, "ana") == "2026-11-01"
    assert home.event_of("Ana Souza").start.date() == date(2026, 11, 16), "two weeks later is a Sunday"
    assert "1 Nov 2026 (meeting): Lunch" in home.event_of("Ana Souza").description
    assert understood(home.sync()) == []


def test_a_meeting_ahead_makes_the_nudge_needless_and_its_end_brings_it_back(home: Home, work: Appointments) -> None:
    home.sync()
    assert home.event_of("Ana Souza").exists
    work.put("lunch", home.now + timedelta(days=3), "ana@example.org", title="Lunch")
    report = home.sync()
    assert [(write["what"], write["person"], write["why"]) for write in report["wrote"]] == [
        ("removed", "Ana Souza", "meeting")
    ]
    assert [event.title for event in home.events()] == ["Reach out: Rui Lopes"]
    assert home.sync()["wrote"] == []
    assert "Ana Souza" not in home.kith("due", "--days", "60").out
    assert "a meeting on Thu 5 Nov" in home.kith("show", "ana").out

    work.put("lunch", home.now + timedelta(days=3), "ana@example.org", title="Lunch", more=["STATUS:CANCELLED"])
    home.sync()
    assert home.event_of("Ana Souza").exists


def test_a_nudge_that_the_user_put_something_into_stays(home: Home, work: Appointments) -> None:
    home.sync()
    home.event_of("Ana Souza").type_below("Ask about the boat")
    work.put("lunch", home.now + timedelta(days=3), "ana@example.org")
    home.sync()
    assert "Ask about the boat" in home.event_of("Ana Souza").description


def test_a_meeting_ahead_takes_a_line_out_of_a_list_and_its_end_puts_it_back(home: Home, work: Appointments) -> None:
    def lists() -> str:
        return "\n".join(event.title + event.description for event in home.events())

    home.write_config(CONFIG + MEETINGS + '\n[reach_out]\nstyle = "weekly"\n')
    home.write_cards(*(card(f"{name} Souza", "Family", email=f"{name.lower()}@example.org") for name in ("Ana", "Rui")))
    home.sync()
    assert "[ ] Ana Souza" in lists()
    work.put("lunch", home.now + timedelta(days=3), "ana@example.org", title="Lunch")
    home.sync()
    assert "Ana Souza" not in lists()
    assert "[ ] Rui Souza" in lists()
    assert home.sync()["wrote"] == []
    work.remove("lunch")
    home.sync()
    assert "[ ] Ana Souza" in lists()


def test_a_meeting_that_is_moved_renamed_and_called_off_takes_its_conversation_along(
    home: Home, work: Appointments
) -> None:
    day = timedelta(days=1)
    work.put("lunch", home.now - 3 * day, "ana@example.org", title="Lunch")
    home.sync()
    work.put("lunch", home.now - 2 * day, "ana@example.org", title="Dinner")
    home.sync()
    shown = home.kith("show", "ana", "--json").json["conversations"]
    assert [(one["day"], one["via"], one["text"]) for one in shown] == [("2026-10-31", "meeting", "Dinner")]

    work.put("lunch", home.now - 2 * day, "ana@example.org", title="Dinner", mine="DECLINED")
    assert understood(home.sync()) == [("unmet", "Ana Souza")]
    assert last_day(home, "ana") is None
    assert understood(home.sync()) == []

    work.put("lunch", home.now - 2 * day, "ana@example.org", title="Dinner")
    assert understood(home.sync()) == [("met", "Ana Souza")]
    work.remove("lunch")
    assert understood(home.sync()) == [("unmet", "Ana Souza")]
    assert last_day(home, "ana") is None


def test_many_meetings_that_are_gone_at_once_keep_their_conversations(home: Home, work: Appointments) -> None:
    for number in range(6):
        work.put(f"lunch{number}", home.now - timedelta(days=number + 1), "ana@example.org")
    assert len(home.sync()["understood"]) == 6
    for number in range(5):
        work.remove(f"lunch{number}")
    report = home.sync()
    assert understood(report) == []
    assert "5 meetings are gone from it at once" in report["notes"][0]["message"]
    assert len(home.kith("show", "ana", "--json").json["conversations"]) == 6
    home.wait(days=40)
    assert "unmet" not in [what for what, _ in understood(home.sync())]


def test_a_calendar_that_is_gone_is_a_fault_and_nothing_is_concluded(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org")
    home.sync()
    work.folder.rename(home.folder / "elsewhere")
    report = home.sync(exits=69)
    assert "the calendar “work” is not there" in report["troubles"][0]["message"]
    assert report["told"] == ["kith cannot find a calendar that it is to watch"]
    (event,) = home.problems()
    assert "What mends it: name a folder of events that is there in [meetings]" in event.description
    assert last_day(home, "ana") == "2026-11-01"
    check = home.kith("check", exits=69).out
    assert "there is no calendar of this name" in check


def test_a_folder_that_is_suddenly_empty_says_nothing_about_its_events(home: Home, work: Appointments) -> None:
    for number in range(4):
        work.put(f"lunch{number}", home.now - timedelta(days=number + 1), "ana@example.org")
    home.sync()
    for number in range(4):
        work.remove(f"lunch{number}")
    assert "is empty, and was not" in home.sync(exits=69)["troubles"][0]["message"]
    assert last_day(home, "ana") == "2026-11-01"


def test_a_name_in_a_title_is_asked_about_and_counts_on_a_yes(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), title="Lunch with Ana Souza")
    work.put("present", home.now - timedelta(days=2), title="Present for rui lopes?")
    assert understood(home.sync()) == []
    asked = "- [ ] “Lunch with Ana Souza” on 1 Nov 2026 was a meeting with them (if not: kith meetings no 2)"
    assert asked in home.event_of("Ana Souza").description
    shown = home.kith("meetings").out
    assert "Ana Souza? `kith meetings yes 2`" in shown

    told = home.kith("meetings", "yes", "2").out
    assert "was a meeting with Ana Souza" in told
    assert last_day(home, "ana") == "2026-11-01"
    home.kith("meetings", "no", "1")
    home.sync()
    assert asked not in home.event_of("Ana Souza").description
    assert last_day(home, "rui") is None
    assert "kith meetings yes" not in home.kith("meetings").out
    assert "there is no question 7" in home.kith("meetings", "yes", "7", exits=2).err


def test_a_question_is_answered_by_ticking_its_line(home: Home, work: Appointments) -> None:
    work.put(
        "lunch", home.now - timedelta(days=1), title="Lunch with Ana Souza, in the open; a long one, “she said”" * 2
    )
    work.put("tea", home.now - timedelta(days=2), title="Tea with Ana Souza")
    home.sync()
    event = home.event_of("Ana Souza")
    lines = event.description.replace("- [ ] “Lunch", "- [x] “Lunch")
    event.edit(lambda one: put(one, "DESCRIPTION", lines), home.now)
    assert understood(home.sync()) == [("met", "Ana Souza")], "it is no promise"
    assert last_day(home, "ana") == "2026-11-01"
    assert home.kith("show", "ana", "--json").json["notes"] == [], "nor is it what the user wrote"
    assert understood(home.sync()) == []


def test_a_question_that_is_ticked_is_no_part_of_what_was_typed(home: Home, work: Appointments) -> None:
    work.put("tea", home.now - timedelta(days=2), title="Tea with Ana Souza")
    home.sync()
    event = home.event_of("Ana Souza")
    home.now = event.start + timedelta(minutes=5)
    lines = event.description.replace("- [ ] “Tea", "- [x] “Tea") + "\nWe sailed"
    event.edit(lambda one: put(one, "DESCRIPTION", lines), home.now)
    assert {what for what, who in understood(home.sync()) if who == "Ana Souza"} == {"met", "talked"}
    spoken = home.kith("show", "ana", "--json").json["conversations"]
    assert [said["text"] for said in spoken] == ["We sailed", "Tea with Ana Souza"]
    home.wait(minutes=5)
    event.edit(lambda one: put(one, "DESCRIPTION", lines.replace("sailed", "rowed")), home.now)
    assert [what for what, who in understood(home.sync()) if who == "Ana Souza"] == ["corrected"]
    assert home.kith("show", "ana", "--json").json["conversations"][0]["text"] == "We rowed"


def test_a_series_is_asked_about_once(home: Home, work: Appointments) -> None:
    work.put("tea", home.now - timedelta(days=22), title="Tea with Ana Souza", more=["RRULE:FREQ=WEEKLY"])
    home.sync()
    assert home.event_of("Ana Souza").description.count("- [ ]") == 1
    home.kith("meetings", "yes", "1")
    days = [one["day"] for one in home.kith("show", "ana", "--json").json["conversations"]]
    assert days == ["2026-11-01", "2026-10-25", "2026-10-18", "2026-10-11"]
    home.wait(days=7)
    assert ("met", "Ana Souza") in understood(home.sync())


def test_what_counted_and_why_not_is_shown(home: Home, work: Appointments) -> None:
    day = timedelta(days=1)
    work.put("lunch", home.now - day, "ana@example.org", title="Lunch")
    work.put("kickoff", home.now - day, "ana@example.org", *(f"x{number}@example.org" for number in range(9)))
    work.put("dentist", home.now - day, title="Dentist")
    work.put("dinner", home.now + day, "rui@example.org", title="Dinner")
    (work.folder / "broken.ics").write_bytes(b"BEGIN:VCALENDAR\r\nwhat is this\r\n")
    report = home.sync()
    assert report["notes"] == [
        {"where": "phone/work", "message": "1 event cannot be read (broken.ics); the others count"}
    ]
    shown = home.kith("meetings").out
    for words in ("Lunch", "a conversation", "too many people", "Dinner", "ahead", "1 meeting is with nobody"):
        assert words in shown
    whys = {one["title"]: one["why"] for one in home.kith("meetings", "--json").json}
    assert whys == {"Lunch": "counts", "kickoff": "too many", "Dentist": "nobody", "Dinner": "ahead"}
    assert "Dentist" in home.kith("meetings", "--all").out
    check = home.kith("check").out
    assert "meetings.phone/work  is there; 5 events known so far, 1 of which cannot be read (broken.ics)" in check


def test_what_the_user_edited_or_forgot_is_theirs(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    work.put("dinner", home.now - timedelta(days=2), "ana@example.org", title="Dinner")
    home.sync()
    home.kith("edit", "c2", "They moved to Porto")
    home.kith("forget", "c1", "--yes")
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch", mine="DECLINED")
    work.put("dinner", home.now - timedelta(days=3), "ana@example.org", title="Late dinner")
    assert understood(home.sync()) == []
    work.put("dinner", home.now - timedelta(days=3), "ana@example.org", title="Late dinner", mine="DECLINED")
    home.sync()
    work.put("dinner", home.now - timedelta(days=3), "ana@example.org", title="Late dinner")
    assert understood(home.sync()) == []
    shown = home.kith("show", "ana", "--json").json["conversations"]
    assert [one["text"] for one in shown] == ["They moved to Porto"]


def test_a_calendar_that_is_not_watched_any_more_takes_nothing_back(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    home.sync()
    home.write_config(CONFIG)
    home.sync()
    assert last_day(home, "ana") == "2026-11-01"
    assert "no calendar of yours is watched" in home.kith("meetings", exits=2).err
    home.write_config(CONFIG + MEETINGS)
    home.sync()
    assert len(home.kith("show", "ana", "--json").json["conversations"]) == 1


def test_an_archive_taken_in_elsewhere_doubles_nothing(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    work.put("dinner", home.now - timedelta(days=2), title="Dinner with Ana Souza")
    home.sync()
    home.kith("meetings", "yes", "1")
    home.kith("export", str(home.folder / "archive"))
    other = home.other_machine()
    other.sync(exits=69)  # there are events of another kith
    assert len(other.kith("show", "ana", "--json").json["conversations"]) == 1
    other.kith("import", str(home.folder / "archive"))
    assert understood(other.sync()) == []
    assert len(other.kith("show", "ana", "--json").json["conversations"]) == 2


def test_a_meeting_in_two_calendars_counts_once(home: Home, work: Appointments) -> None:
    other = Appointments(home.folder / "shared")
    home.write_config(CONFIG + MEETINGS.replace('["work"]', '["work", "phone/shared"]'))
    for calendar in (work, other):
        calendar.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    assert understood(home.sync()) == [("met", "Ana Souza")]
    (meeting,) = home.kith("meetings", "--json").json
    assert meeting["calendars"] == ["phone/work", "phone/shared"]
    work.remove("lunch")
    assert understood(home.sync()) == []
    home.write_config(CONFIG + MEETINGS.replace('"work"', '"Shared"'))
    assert understood(home.sync()) == []
    other.remove("lunch")
    assert understood(home.sync()) == [("unmet", "Ana Souza")]


def test_each_date_of_a_series_counts_by_itself(home: Home, work: Appointments) -> None:
    first = home.now - timedelta(days=15)
    work.put("weekly", first, "ana@example.org", title="Tea", more=["RRULE:FREQ=WEEKLY"])
    home.sync()
    days = [one["day"] for one in home.kith("show", "ana", "--json").json["conversations"]]
    assert days == ["2026-11-01", "2026-10-25", "2026-10-18"]
    assert [event.title for event in home.events()] == ["Reach out: Rui Lopes"]
    work.put("weekly", first, "ana@example.org", title="Tea", more=["RRULE:FREQ=WEEKLY", "EXDATE:20261025T080000Z"])
    assert understood(home.sync()) == [("unmet", "Ana Souza")]
    home.wait(days=90)
    assert [what for what, _ in understood(home.sync())].count("met") == 9


def test_whoever_leaves_the_network_keeps_what_was_said(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    home.sync()
    home.write_cards(ANA.replace("Family", "Nobody").replace("ana@", "ana.souza@"), RUI)
    assert understood(home.sync()) == []
    assert last_day(home, "ana") == "2026-11-01"
    work.put("tea", home.now - timedelta(hours=3), "ana.souza@example.org")
    assert understood(home.sync()) == []


def test_another_name_for_the_account_doubles_nothing(home: Home, work: Appointments) -> None:
    home.write_config(CONFIG + MEETINGS.replace('"work"', '"phone/work"'))
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    home.sync()
    home.kith("account", "rename", "phone", "handy")
    assert 'calendars = ["handy/work"]' in home.config.read_text()
    assert understood(home.sync()) == []
    work.remove("lunch")
    assert understood(home.sync()) == [("unmet", "Ana Souza")]


def test_two_cards_joined_later_are_one_guest(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", "rui@example.org", title="Lunch")
    home.sync()
    home.kith("merge", "ana", "rui")
    assert understood(home.sync()) == []
    work.put("lunch", home.now - timedelta(days=2), "ana@example.org", "rui@example.org", title="Lunch")
    home.sync()
    assert [one["day"] for one in home.kith("show", "ana", "--json").json["conversations"]] == ["2026-10-31"]
    home.kith("split", "ana")
    assert last_day(home, "rui") == "2026-10-31"
    work.put("lunch", home.now - timedelta(days=3), "ana@example.org", "rui@example.org", title="Lunch")
    home.sync()
    assert [last_day(home, name) for name in ("ana", "rui")] == ["2026-10-30"] * 2


def test_a_rehearsal_reads_the_calendars_and_changes_nothing(home: Home, work: Appointments) -> None:
    work.put("lunch", home.now - timedelta(days=1), "ana@example.org", title="Lunch")
    assert understood(home.sync("--dry-run")) == [("met", "Ana Souza")]
    assert "were not read yet" in home.kith("meetings").out


def test_nothing_of_meetings_is_loaded_where_none_are_watched(home: Home) -> None:
    home.write_config(CONFIG)
    code = (
        "import sys; from kith.cli.main import run\n"
        "try: run(['sync'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('recurring_ical_events', 'kith.sync.meetings') if name in sys.modules])"
    )
    assert home.run(sys.executable, "-c", code).out.endswith("[]\n")
