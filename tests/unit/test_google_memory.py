"""What one look at a Google calendar leaves for the next."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from kith.calendars.google_memory import Memory, read, write
from kith.core.model import ETag, Href

hrefs = st.text(min_size=1, max_size=8).map(Href)
memories = st.builds(
    Memory,
    calendar=st.text(max_size=8),
    token=st.text(max_size=8),
    listed=st.integers(0, 2**40),
    events=st.dictionaries(hrefs, st.text(max_size=8).map(ETag), max_size=4),
    gone=st.frozensets(hrefs, max_size=4),
)


@given(memories)
def test_what_was_written_is_read(memory: Memory) -> None:
    assert read(write(memory, "here"), "here") == memory


@given(memories)
def test_it_is_good_for_one_place_only(memory: Memory) -> None:
    assert read(write(memory, "here"), "there") == Memory()


@given(memories)
def test_the_same_memory_is_the_same_text(memory: Memory) -> None:
    turned = Memory(
        memory.calendar, memory.token, memory.listed, dict(reversed(list(memory.events.items()))), memory.gone
    )
    assert write(turned, "here") == write(memory, "here")


@pytest.mark.parametrize("name", ["calendar", "token", "listed", "events", "gone"])
@pytest.mark.parametrize("value", ["missing", None, 7, "x", [7], {}])
def test_what_cannot_be_read_is_as_good_as_none(name: str, value: object) -> None:
    fields = json.loads(write(Memory("c", "t", 1, {Href("a"): ETag("1")}), "here"))
    fields[name] = value
    if value == "missing":
        del fields[name]
    found = read(json.dumps(fields), "here")
    assert isinstance(found.listed, int)
    assert all(isinstance(each, str) for each in (found.calendar, found.token, *found.events, *found.gone))


@given(st.text())
def test_neither_is_any_other_text(text: str) -> None:
    assert read(text, "here") == Memory()
