"""Every row of the README's table of answers, given in the ``.ics`` files and read back by the next passes.

One story is told once: thirteen people whose events all stand on one Monday evening, each with another answer, and
the passes of the days after. Each test looks at one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from system.home import LISBON, MONDAY, Home, card
from system.phone import Event, put
from system.warm import Warm

CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.phone]
type = "folder"
contacts = "~/contacts"
calendar = "~/calendar"

[reach_out]
per_day = 20
retries = 1

[circles.daily]
every = "1d"
at_worst = "5d"
labels = ["Daily"]
"""
NAMES = ("Ada", "Bea", "Cem", "Dina", "Ekin", "Filip", "Gina", "Hugo", "Ines", "Jun", "Kaan", "Lea", "Mia")
TODAY, TOMORROW = MONDAY.date(), MONDAY.date() + timedelta(days=1)
PAST, LATER = datetime(2026, 10, 30, 18, 0, tzinfo=LISBON), datetime(2026, 11, 5, 20, 0, tzinfo=LISBON)


@dataclass
class Story:
    """Who did what, and the reports of the passes that followed."""

    home: Home
    who: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    reports: dict[str, Any] = field(default_factory=dict)

    def understood(self, part: str, after: str) -> list[tuple[str, str, str]]:
        """What a pass understood of the one who plays a part: what, about which day, with which text."""
        items = [item for item in self.reports[after]["understood"] if item["person"] == self.who[part]]
        return [(item["what"], item["day"], item["text"]) for item in items]

    def wrote(self, part: str, after: str) -> list[str]:
        """What a pass wrote about the one who plays a part."""
        return [item["what"] for item in self.reports[after]["wrote"] if item["person"] == self.who[part]]

    def shown(self, part: str) -> Any:
        """Everything that kith says about the one who plays a part, at the end."""
        return self.home.kith("show", self.who[part], "--json").json


STARTED = ("ticks", "types", "tries", "nothing", "ticks plainly", "moves to the past")
AHEAD = ("prepares", "moves", "deletes", "copies", "makes it their own", "repeats", "ticks early")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Iterator[Story]:
    home = Home(tmp_path_factory.mktemp("answers"), commands)
    home.furnish(*(card(name, "Daily") for name in NAMES), config=CONFIG)
    story = Story(home)
    home.sync()
    for part, event in zip((*STARTED, *AHEAD), home.events(), strict=True):
        story.who[part] = event.title.removeprefix("Reach out: ")
        story.events[part] = event
    home.now = story.events["prepares"].start.astimezone(LISBON) - timedelta(minutes=1)
    _answer(story)
    story.reports["at once"] = home.sync()
    home.wait(minutes=15)
    story.reports["a quarter later"] = home.sync()
    home.wait(days=1)
    story.events["types"].untick(at=home.now)
    story.reports["on Tuesday"] = home.sync()
    home.wait(days=1)
    story.reports["on Wednesday"] = home.sync()
    home.wait(days=3)
    story.reports["on Saturday"] = home.sync()
    yield story
    home.assert_theirs_stand()


def _answer(story: Story) -> None:
    now, events = story.home.now, story.events
    events["ticks"].tick(at=now)
    events["types"].type_below("She moves to Porto\nin spring", at=now)
    events["tries"].retitle(f"~ {events['tries'].title}", at=now)
    plainly = events["ticks plainly"].path
    plainly.write_bytes(plainly.read_bytes().replace(b"SUMMARY:Reach", b"SUMMARY:[x] Reach"))
    events["moves to the past"].drag(PAST, at=now)
    events["prepares"].type_below("Ask about the boat", at=now)
    events["moves"].drag(LATER, at=now)
    events["deletes"].delete()
    events["copies"].copy("11111111-2222-4333-8444-555555555555")
    own = events["makes it their own"]
    own.retitle("Dinner with the neighbours", at=now)
    own.edit(lambda event: put(event, "LOCATION", "Our kitchen"), now)
    own.edit(lambda event: event.add("attendee", "mailto:somebody@example.org"), now)
    events["repeats"].repeat_weekly(at=now)
    events["ticks early"].tick("✅", at=now)


# What you do, and what kith takes it for


@pytest.mark.parametrize("part", ["ticks", "ticks plainly"])
def test_a_tick_means_that_you_talked_on_the_event_s_day(story: Story, part: str) -> None:
    assert story.understood(part, "at once") == [("talked", "2026-11-02", "")]
    assert story.shown(part)["conversations"] == [{"day": "2026-11-02", "via": "", "text": ""}]
    assert "created" in story.wrote(part, "at once"), "the clock starts again"


def test_text_after_it_has_started_means_that_you_talked(story: Story) -> None:
    assert story.understood("types", "at once") == [("talked", "2026-11-02", "She moves to Porto\nin spring")]
    assert "ticked" in story.wrote("types", "at once"), "kith puts the ✓ there"


def test_taking_the_mark_away_takes_the_contact_back_but_not_the_text(story: Story) -> None:
    assert story.understood("types", "on Tuesday") == [("withdrawn", "2026-11-03", "")]
    assert story.shown("types")["conversations"] == []
    assert "She moves to Porto" in story.events["types"].description
    assert not story.events["types"].title.startswith("✓")


def test_text_before_it_starts_is_a_note(story: Story) -> None:
    assert story.understood("prepares", "at once") == [("noted", "2026-11-02", "Ask about the boat")]
    assert story.wrote("prepares", "at once") == []
    assert story.shown("prepares")["conversations"] == []
    assert "Ask about the boat" in story.events["prepares"].description


def test_a_tilde_means_that_nobody_answered(story: Story) -> None:
    assert story.understood("tries", "at once") == [("tried", "2026-11-02", "")]
    assert story.wrote("tries", "at once") == ["moved"]
    shown = story.shown("tries")
    assert (shown["conversations"], shown["attempts"]) == ([], [{"day": "2026-11-02", "text": ""}])
    moved = [write for write in story.reports["at once"]["wrote"] if write["person"] == story.who["tries"]]
    assert moved[0]["start"].startswith("2026-11-05"), "in a few days"


def test_moving_it_snoozes_until_then(story: Story) -> None:
    assert story.understood("moves", "at once") == [("snoozed", "2026-11-05", "")]
    for after in ("at once", "a quarter later", "on Tuesday", "on Wednesday"):
        assert story.wrote("moves", after) == [], "kith never moves it back"


def test_moving_it_into_the_past_is_no_contact(story: Story) -> None:
    snoozed, passed = story.understood("moves to the past", "at once")
    assert (snoozed[0], passed[0]) == ("snoozed", "passed")
    assert story.shown("moves to the past")["conversations"] == []
    assert story.wrote("moves to the past", "at once") == ["moved"], "it comes again"


def test_deleting_it_skips_this_round_once_a_second_pass_agrees(story: Story) -> None:
    assert story.understood("deletes", "at once") == [("missing", "2026-11-02", "")]
    assert story.wrote("deletes", "at once") == []
    assert story.understood("deletes", "a quarter later") == [("skipped", "2026-11-02", "deleted")]
    assert not story.events["deletes"].exists, "what was deleted stays deleted"
    shown = story.shown("deletes")
    assert (shown["conversations"], shown["skips"][-1]) == ([], {"day": "2026-11-02", "reason": "deleted"})
    created = [write for write in story.reports["a quarter later"]["wrote"] if write["person"] == story.who["deletes"]]
    assert [write["what"] for write in created] == ["created"]
    assert created[0]["start"] > "2026-11-03", "the next comes a cadence later"


def test_letting_it_pass_brings_it_again_and_then_skips_the_round(story: Story) -> None:
    for after in ("at once", "a quarter later", "on Tuesday"):
        assert story.understood("nothing", after) == [], "there is a whole day for answering late"
    assert story.understood("nothing", "on Wednesday") == [("passed", "2026-11-02", "")]
    assert story.wrote("nothing", "on Wednesday") == ["moved"]
    assert story.understood("nothing", "on Saturday") == [("skipped", "2026-11-07", "passed")]
    assert story.shown("nothing")["conversations"] == []


def test_a_copy_is_yours(story: Story) -> None:
    copy = story.home.calendar / "11111111-2222-4333-8444-555555555555.ics"
    assert copy.exists()
    assert story.understood("copies", "at once") == []
    assert [trouble for trouble in story.reports["at once"]["troubles"] if trouble["kind"] == "OtherInstall"] == []
    assert story.home.kith("events").out.count(f"Reach out: {story.who['copies']}") == 1


def test_title_place_and_guests_are_yours(story: Story) -> None:
    for after in ("at once", "a quarter later", "on Tuesday"):
        assert story.wrote("makes it their own", after) == []
    component = story.events["makes it their own"].component
    assert component["SUMMARY"] == "Dinner with the neighbours"
    assert component["LOCATION"] == "Our kitchen"
    assert component["ATTENDEE"] == "mailto:somebody@example.org"


def test_an_event_that_you_made_repeat_is_left_alone(story: Story) -> None:
    for after in ("at once", "a quarter later", "on Tuesday", "on Wednesday", "on Saturday"):
        assert story.wrote("repeats", after) == []
    assert "RRULE" in story.events["repeats"].component


def test_an_event_still_ahead_that_is_ticked_is_moved_to_now_without_its_alarm(story: Story) -> None:
    assert story.understood("ticks early", "at once") == [("talked", "2026-11-02", "")]
    event = story.events["ticks early"]
    answered = datetime.fromisoformat(story.reports["at once"]["started"])
    assert event.start == answered
    assert event.alarms == 0
    assert event.title.startswith("✅ Reach out")


def test_the_second_pass_only_concludes_the_deletion(story: Story) -> None:
    understood = story.reports["a quarter later"]["understood"]
    assert [item["what"] for item in understood] == ["skipped"]
    assert {write["person"] for write in story.reports["a quarter later"]["wrote"]} == {story.who["deletes"]}


# How it is told


def test_how_a_pass_tells_what_it_understood(synced: Home) -> None:
    synced.sync()
    ana, rui, carla = (synced.event_of(name) for name in ("Ana Souza", "Rui Carvalho", "Carla Mendes"))
    last = max(event.start for event in (ana, rui, carla)).astimezone(LISBON)
    synced.now = last + timedelta(minutes=1)
    ana.type_below("Tea at hers", at=synced.now)
    carla.drag(last + timedelta(days=9), at=synced.now)
    rui.delete()
    said = synced.kith("sync").out
    assert "Understood\n" in said
    assert "talked" in _line(said, "Ana Souza")
    assert "“Tea at hers”" in _line(said, "Ana Souza")
    assert f"moved to {_day(last.date() + timedelta(days=9))}: snoozed until then" in _line(said, "Carla Mendes")
    assert "is gone: counts as skipped if it still is at the next pass" in _line(said, "Rui Carvalho")
    synced.wait(minutes=15)
    said = synced.kith("sync").out
    assert "deleted: this round is skipped" in _line(said, "Rui Carvalho")


def test_an_event_that_comes_back_before_the_second_pass_was_never_skipped(synced: Home) -> None:
    synced.sync()
    event = synced.event_of("Carla Mendes")
    content = event.path.read_bytes()
    event.delete()
    assert [item["what"] for item in synced.sync()["understood"]] == ["missing"]
    event.path.write_bytes(content)
    synced.wait(minutes=15)
    assert [item["what"] for item in synced.sync()["understood"]] == ["back"]
    assert synced.kith("show", "Carla Mendes", "--json").json["skips"] == []


def test_a_note_in_a_closed_event_arrives_late(synced: Home) -> None:
    event = synced.event_of("Ana Souza")
    synced.now = event.start.astimezone(LISBON) + timedelta(hours=1)
    event.tick(at=synced.now)
    synced.sync()
    synced.wait(days=30)
    event.type_below("She also asked for the recipe", at=synced.now)
    report = synced.sync()
    assert ("corrected", "Ana Souza") in [(item["what"], item["person"]) for item in report["understood"]]
    spoken = synced.kith("show", "Ana Souza", "--json").json["conversations"]
    assert [said["text"] for said in spoken] == ["She also asked for the recipe"]


def _line(said: str, name: str) -> str:
    return next(line for line in said.splitlines() if line.strip().startswith(name))


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
