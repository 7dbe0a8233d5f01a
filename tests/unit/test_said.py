"""What typed text asks for, through whole passes: obeyed once, told in the next brief, and nothing of it lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.calendar import Entry
from fakes.household import LISBON, MONDAY, Household
from kith.core.brief import day_text
from kith.core.history import What
from kith.core.model import PersonId
from kith.core.period import Period
from kith.sync import by_hand
from kith.sync.joining import rule_different, rule_same
from kith.sync.said import Telling

TODAY = MONDAY.date()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    with ExitStack() as stack:
        house = Household(tmp_path, stack, ("Ana Souza",))
        house.a_pass()
        yield house


def ana(house: Household) -> PersonId:
    return house.known("Ana Souza").person.id


def event(house: Household) -> Entry:
    return house.event_of("Ana Souza")


def started(house: Household) -> Entry:
    """Ana's event, a quarter of an hour after its start."""
    house.now = starts(event(house)) + timedelta(minutes=15)
    return event(house)


def starts(entry: Entry) -> datetime:
    start = getattr(entry.fields.when, "start", None)
    assert isinstance(start, datetime)
    return start.astimezone(LISBON)


def promised(house: Household) -> list[str]:
    return [promise.text for promise in Telling(house.store, LISBON).promises(ana(house))]


def understood(house: Household) -> list[tuple[str, str]]:
    return [(item.what, item.text) for item in house.a_pass().understood]


def tick_in_brief(house: Household, entry: Entry, text: str) -> None:
    """Turn the line that asks for a promise into one that says it was kept, as a tap in a notes app does."""
    house.calendar.change_line(entry.uid, f"- [ ] {text}", f"- [x] {text}")


# Orders


def test_what_a_conversation_asks_for_is_done_once_and_said_in_the_report(house: Household) -> None:
    house.calendar.type_below(started(house).uid, "Lunch\nevery 3w\nnext in 2 months\nShe took up #sailing")
    day = house.now.date()
    next_on = Period(months=2).after(day)
    (_, (what, words)) = understood(house)
    assert what == "obeyed"
    assert words.startswith("every 3 weeks; next on ")
    assert words.endswith("; #sailing")
    known = house.known("Ana Souza")
    assert (known.row.set_by_hand.every, known.row.next_on) == (Period(days=21), next_on)
    assert "sailing" in known.person.labels
    house.store.people.set_every(ana(house), Period(days=50))
    house.store.choosing.untag(ana(house), "sailing")
    assert understood(house) == []
    assert house.known("Ana Souza").row.set_by_hand.every == Period(days=50)
    assert house.store.choosing.tags() == {}


def test_a_correction_s_new_lines_are_obeyed_and_the_old_ones_not_again(house: Household) -> None:
    entry = started(house)
    house.calendar.type_below(entry.uid, "Lunch\nevery 3w")
    house.a_pass()
    house.a_pass()
    house.store.people.set_every(ana(house), Period(days=50))
    house.wait(days=3)
    house.calendar.type_below(entry.uid, "next in 2 weeks")
    assert [what for what, _ in understood(house)] == ["corrected", "obeyed"]
    assert house.known("Ana Souza").row.next_on == starts(entry).date() + timedelta(days=14), "the conversation's day"
    assert house.known("Ana Souza").row.set_by_hand.every == Period(days=50)


def test_a_note_before_the_start_is_obeyed_too(house: Household) -> None:
    uid = event(house).uid
    house.calendar.type_below(uid, "every 3w\n#sailing")
    assert [what for what, _ in understood(house)] == ["noted", "obeyed"]
    assert house.known("Ana Souza").row.set_by_hand.every == Period(days=21)
    assert house.spoken("Ana Souza") == []
    assert f"Understood on {TODAY.day} Nov 2026: every 3 weeks; #sailing" in event(house).fields.description


def test_a_next_day_named_before_talking_moves_the_event_there(house: Household) -> None:
    house.calendar.type_below(event(house).uid, "next on 24 Nov")
    house.a_pass()
    assert starts(event(house)).date() == date(2026, 11, 24)
    assert house.reach_out_of("Ana Souza") is not None


def test_a_length_in_a_note_counts_from_the_conversation_once_there_is_one(house: Household) -> None:
    uid = event(house).uid
    house.calendar.type_below(uid, "next in 2 months")
    house.a_pass()
    assert house.known("Ana Souza").row.next_on == Period(months=2).after(TODAY)
    house.wait(days=3)
    house.calendar.tick(uid)
    house.a_pass()
    assert house.known("Ana Souza").row.next_on == Period(months=2).after(TODAY + timedelta(days=3))


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_next_day_is_spent_by_a_later_conversation_in_whatever_order_they_are_read(
    house: Household, newest_first: bool
) -> None:
    """As they come back from the events of a lost store."""
    said = [(TODAY - timedelta(days=5), "Called"), (TODAY - timedelta(days=20), "Lunch\nnext in 2 weeks")]
    for day, text in said if newest_first else said[::-1]:
        by_hand.talk(house.store, [ana(house)], day, text, house.now)
    assert house.known("Ana Souza").row.next_on is None


def test_an_order_typed_after_the_start_is_a_conversation(house: Household) -> None:
    house.calendar.type_below(started(house).uid, "every 3w")
    assert [what for what, _ in understood(house)] == ["talked", "obeyed"]


def test_the_next_brief_says_what_was_understood(house: Household) -> None:
    house.calendar.type_below(started(house).uid, "Lunch\nevery 3w\nnext: ask about the exam\n! send the recipe")
    day = house.now.date()
    house.a_pass()
    house.wait(days=15)
    house.a_pass()
    brief = max(house.events_of("Ana Souza"), key=starts).fields.description
    assert f"Understood on {day.day} Nov 2026: every 3 weeks" in brief
    assert "Next: ask about the exam" in brief
    assert "- [ ] send the recipe" in brief


# Promises


def test_a_promise_ticked_in_the_brief_is_kept_and_no_conversation(house: Household) -> None:
    by_hand.talk(house.store, [ana(house)], TODAY - timedelta(days=30), "! send the recipe\n! ring Rui", house.now)
    house.a_pass()
    assert promised(house) == ["send the recipe", "ring Rui"]
    tick_in_brief(house, started(house), "send the recipe")
    assert understood(house) == [("kept", "- [x] send the recipe")]
    assert promised(house) == ["ring Rui"]
    assert house.reach_out_of("Ana Souza") is not None
    tick_in_brief(house, event(house), "ring Rui")
    assert [what for what, _ in understood(house)] == ["kept"]
    assert promised(house) == []
    house.calendar.type_below(event(house).uid, "And we talked")
    assert [what for what, _ in understood(house)] == ["talked"]
    said = house.spoken("Ana Souza")[0][1].split("\n")
    assert list(filter(None, said)) == ["- [x] send the recipe", "- [x] ring Rui", "And we talked"]


def test_a_tick_of_something_nobody_promised_is_a_conversation(house: Household) -> None:
    house.calendar.type_below(started(house).uid, "- [x] walked round the lake")
    assert [what for what, _ in understood(house)] == ["talked"]


def test_a_promise_can_be_made_again(house: Household) -> None:
    for minutes, text in enumerate(("! ring Rui", "- [x] RING  rui", "! ring Rui")):
        house.wait(minutes=1)
        by_hand.talk(house.store, [ana(house)], TODAY, text, house.now)
        assert promised(house) == (["ring Rui"] if minutes != 1 else [])


def test_a_tick_from_the_command_line_holds_when_a_note_becomes_a_conversation(house: Household) -> None:
    uid = event(house).uid
    house.calendar.type_below(uid, "! ring Rui")
    house.a_pass()
    assert promised(house) == ["ring Rui"]
    house.wait(minutes=1)
    house.store.history.tick(ana(house), "ring Rui", house.now)
    assert promised(house) == []
    started(house)
    house.calendar.type_below(uid, "Talked about the flat")
    house.a_pass()
    assert house.spoken("Ana Souza") != []
    assert promised(house) == []


@pytest.mark.parametrize("length", [149, 150, 151, 400])
def test_a_long_promise_is_known_again_by_its_beginning(house: Household, length: int) -> None:
    long = ("word " * length)[:length].strip()
    by_hand.talk(house.store, [ana(house)], TODAY - timedelta(days=30), f"! {long}\n! other", house.now)
    house.a_pass()
    (line,) = [line for line in event(house).fields.description.splitlines() if line.startswith("- [ ] word")]
    tick_in_brief(house, started(house), line.removeprefix("- [ ] "))
    assert [what for what, _ in understood(house)] == ["kept"]
    assert promised(house) == ["other"]


# Editing and forgetting


def handles(house: Household) -> list[tuple[str, str]]:
    return [(entry.handle, entry.text) for entry in house.store.history.entries(LISBON).get(ana(house), ())]


def test_what_was_forgotten_comes_back_neither_by_an_edit_in_the_calendar_nor_as_a_note(house: Household) -> None:
    entry = started(house)
    house.calendar.type_below(entry.uid, "Lunch")
    house.a_pass()
    house.a_pass()
    assert handles(house) == [("c1", "Lunch")]
    house.store.history.forget(What.CONVERSATION, 1, house.now)
    assert handles(house) == []
    assert house.known("Ana Souza").last.conversation is None
    house.wait(days=1)
    house.calendar.type_below(entry.uid, "More")
    assert [what for what, _ in understood(house)] == ["noted"]
    assert [text for _, text in handles(house)] == ["Lunch\nMore"], "typed since"
    house.store.history.forget(What.CONVERSATION, 1, None)
    assert handles(house) == [("c1", "Lunch")]


def test_an_edit_by_command_stands_when_the_calendar_adds_to_it(house: Household) -> None:
    entry = started(house)
    house.calendar.type_below(entry.uid, "Lunch")
    house.a_pass()
    house.a_pass()
    house.store.history.edit(What.CONVERSATION, 1, "Lunch at the harbour")
    house.calendar.type_below(entry.uid, "She paid")
    assert understood(house) == [("corrected", "Lunch at the harbour\nShe paid")], "what is stored now"
    assert handles(house) == [("c1", "Lunch at the harbour\nShe paid")]
    assert house.a_pass().understood == []


# Notes


def test_a_note_stands_in_the_next_brief_once_its_event_is_deleted(house: Household) -> None:
    first = event(house)
    house.calendar.type_below(first.uid, "ask about the flat #city:porto\n! send the book\nnext: the exam\nand the cat")
    house.a_pass()
    assert "Noted" not in event(house).fields.description, "there it stands as it was typed"
    house.calendar.remove(first.uid)
    for _ in range(3):
        house.wait(days=1)
        house.a_pass()
    brief = event(house).fields.description
    assert brief.count("Noted 2 Nov 2026: ask about the flat / and the cat") == 1
    assert (brief.count("send the book"), brief.count("the exam")) == (1, 1)
    house.wait(days=1)
    by_hand.talk(house.store, [ana(house)], house.now.date(), "", house.now)
    house.a_pass()
    assert "Noted" not in event(house).fields.description, "they have talked since"


def test_a_note_is_told_of_by_the_pass_that_closes_its_event(house: Household) -> None:
    first = event(house)
    house.calendar.type_below(first.uid, "ask about the flat")
    house.a_pass()
    by_hand.skip(house.store, house.known("Ana Souza"), house.now)
    house.a_pass()
    assert house.a_pass().wrote == [], "a second pass finds nothing to do"
    house.wait(days=21)
    house.a_pass()
    (following,) = [entry for entry in house.events_of("Ana Souza") if entry.uid != first.uid]
    assert "Noted 2 Nov 2026: ask about the flat" in following.fields.description


def test_the_text_of_a_withdrawn_conversation_is_a_note_for_the_next_time(house: Household) -> None:
    entry = started(house)
    house.calendar.type_below(entry.uid, "x" * 500)
    house.a_pass()
    house.a_pass()
    house.calendar.retitle(entry.uid, entry.fields.title.removeprefix("✓ "))
    house.wait(days=1)
    house.a_pass()
    house.wait(days=1)
    house.a_pass()
    (line,) = Telling(house.store, LISBON).notes(ana(house))
    assert line == f"Noted {day_text(house.now.date() - timedelta(days=2))}: {'x' * 150} …"


def test_a_note_whose_event_is_gone_can_be_forgotten_and_had_back(house: Household) -> None:
    first = event(house)
    house.calendar.type_below(first.uid, "ask about the flat")
    house.a_pass()
    house.calendar.remove(first.uid)
    for _ in range(2):
        house.wait(days=1)
        house.a_pass()
    (note,) = [entry for entry in house.store.history.entries(LISBON)[ana(house)] if entry.what is What.NOTE]
    assert house.store.history.people_of(What.NOTE, note.number) == [ana(house)]
    before = house.known("Ana Souza").row.revision
    by_hand.forget(house.store, [(What.NOTE, note.number)], house.now)
    assert house.known("Ana Souza").row.revision > before
    assert house.store.history.is_forgotten(What.NOTE, note.number)
    assert Telling(house.store, LISBON).notes(ana(house)) == ()
    by_hand.forget(house.store, [(What.NOTE, note.number)], None)
    assert not house.store.history.is_forgotten(What.NOTE, note.number)
    assert Telling(house.store, LISBON).notes(ana(house)) == ("Noted 2 Nov 2026: ask about the flat",)


# Joined and split


def test_what_was_said_goes_with_whoever_it_was_said_with(tmp_path: Path) -> None:
    with ExitStack() as stack:
        house = Household(tmp_path, stack, ("Ana Souza", "Ana Maria"))
        house.a_pass()
        one, other = ana(house), house.known("Ana Maria").person.id
        by_hand.talk(house.store, [one], TODAY, "! send the recipe", house.now)
        by_hand.talk(house.store, [other], TODAY, "! ring Rui\n! find the key", house.now)
        by_hand.remember(house.store, other, "asks: a flat", house.now)
        house.wait(minutes=1)

        rule_same(house.store, one, other, house.now)
        whole = house.store.joins.counts_as([one])[one]
        telling = Telling(house.store, LISBON)
        assert {p.text for p in telling.promises(whole)} == {"send the recipe", "ring Rui", "find the key"}
        (entries,) = house.store.history.entries(LISBON).values()
        assert sorted(entry.handle for entry in entries) == ["c1", "c2", "f1"]
        by_hand.keep_promises(house.store, [(whole, "ring Rui")], house.now)
        by_hand.forget(house.store, [(What.FACT, 1)], house.now)

        rule_different(house.store, [one], {other}, house.now)
        telling = Telling(house.store, LISBON)
        assert [p.text for p in telling.promises(one)] == ["send the recipe"]
        assert [p.text for p in telling.promises(other)] == ["find the key"]
        by_hand.forget(house.store, [(What.FACT, 1)], None)
        assert house.store.people.facts() == {other: ["Asks: a flat"]}
        assert [hit.handle for hit in house.store.words.search("flat")] == ["f1"]


# Searching


def test_the_index_keeps_step_with_every_text(house: Household) -> None:
    number = by_hand.talk(house.store, [ana(house)], TODAY, "Começou a vela", house.now)
    by_hand.remember(house.store, ana(house), "Two kids", house.now)

    def found(words: str) -> set[str]:
        return {hit.handle for hit in house.store.words.search(words)}

    assert found("COMECOU vel") == {f"c{number}"}
    house.store.history.edit(What.CONVERSATION, number, "Começou o remo")
    assert (found("vela"), found("remo")) == (set(), {f"c{number}"})
    before = found("kids") | found("remo")
    house.store.words.rebuild()
    assert found("kids") | found("remo") == before
    house.store.database.execute("DELETE FROM facts")
    assert found("kids") == set()
    assert house.store.database.integrity() == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=30) | st.text('"*():^-+{}ANDOR ', max_size=12))
def test_whatever_is_looked_for_breaks_nothing(house: Household, words: str) -> None:
    assert house.store.words.search(words) == []
