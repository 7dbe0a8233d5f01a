"""Whatever a person types comes out of the store as it was typed: through CalDAV, through Google's HTML, after a move,
an edit, and a sync from another client; and no line of the brief is ever taken for theirs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.calendar import Entry
from fakes.household import LISBON, Household
from kith.codecs import calendar_json, ical
from kith.codecs.text import clean
from kith.core.event import Fields, Kind, Marker, Timed, normal_lines
from kith.core.model import EventUid, Href, InstallId
from kith.sync import by_hand

_NAME = "Ana Souza"
_MARKER = Marker(InstallId("i"), 1, Kind.REACH_OUT, "p", 1)
_LINK = re.compile(r"(?:https://|mailto:|tel:)[^\s<]+")
_TOLD = (
    *("Lunch <b>at</b> the harbour & more", "! send the recipe", "! read <this> & that", "next: ask about the exam"),
    *("gave: honey", "every 2w", "#sailing"),
)

Client = Callable[[Fields], str]


def over_caldav(fields: Fields) -> str:
    """As a server keeps it, and another client shows it."""
    return ical.decode(ical.encode(_MARKER, fields, _now()), href=Href("h"), etag=None, zone=UTC).fields.description


def at_google(fields: Fields) -> str:
    """As the API gives it back."""
    return _from_google(dict(calendar_json.encode(_MARKER, fields)))


def in_google_s_editor(fields: Fields) -> str:
    """As Google's editor stores it, once somebody made a word bold: elements, entities, and links found in the text."""
    lines = [re.sub(r" (?= |$)|^ ", "&nbsp;", escape(line, quote=False)) for line in fields.description.split("\n")]
    text = _LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', "<br>".join(lines))
    return _from_google({**calendar_json.encode(_MARKER, fields), "description": f"<span>{text}</span>"})


def without_blanks(fields: Fields) -> str:
    """A client that takes out empty lines and what blanks stand at the end of one."""
    return "\r\n".join(line.rstrip() for line in fields.description.split("\n") if line.strip())


CLIENTS = (over_caldav, at_google, in_google_s_editor, without_blanks)


def _from_google(event: dict[str, object]) -> str:
    return calendar_json.decode(event, href=Href("h"), zone=UTC).fields.description


def _now() -> datetime:
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_house(folder: str, stack: ExitStack) -> Household:
    """Ana has an event with a brief in which there is much to mistake."""
    house = Household(Path(folder), stack, (_NAME,))
    house.store.database.execute("PRAGMA synchronous = OFF")
    house.a_pass()
    ana = house.known(_NAME).person.id
    by_hand.talk(house.store, [ana], house.now.date() - timedelta(days=30), "\n".join(_TOLD), house.now)
    by_hand.remember(house.store, ana, "asks: a <flat> in Porto &copy", house.now)
    house.a_pass()
    return house


def shown_by(client: Client, house: Household, event: EventUid) -> None:
    """The event goes through a client, which writes all of it anew."""
    entry = house.calendar.get(event)
    assert entry is not None
    house.calendar.rewrite(event, client(entry.fields))


def typed_in(house: Household, entry: Entry) -> list[str]:
    return normal_lines(house.store.people.last_typed(entry.uid, ""))


_PIECES = st.sampled_from(
    (
        *(
            "! ",
            "- [ ] ",
            "- [x] ",
            "✓ ",
            "next: ",
            "gave: ",
            "asks: ",
            "#",
            "#tag ",
            "<b>",
            "</b>",
            "&amp;",
            "&",
            "<3",
        ),
        *("\n", "\n\n", "https://example.org/?a=1&b=2", "tel:+351912345678", "- [ ] send the recipe", "Porto"),
    )
)
TYPED = st.lists(_PIECES | st.text(max_size=6), min_size=1, max_size=8).map(lambda parts: clean("".join(parts)))


@settings(max_examples=25)
@given(
    text=TYPED,
    more=TYPED,
    clients=st.lists(st.sampled_from(CLIENTS), min_size=3, max_size=3),
    above=st.booleans(),
    started=st.booleans(),
    moved=st.booleans(),
)
def test_what_is_typed_comes_back_out_of_the_store(
    text: str, more: str, clients: list[Client], above: bool, started: bool, moved: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        house = a_house(folder, stack)
        entry = house.event_of(_NAME)
        when = entry.fields.when
        assert isinstance(when, Timed)
        if started:
            house.now = when.start.astimezone(LISBON) + timedelta(minutes=5)
        shown_by(clients[0], house, entry.uid)
        house.a_pass()
        assert typed_in(house, entry) == [], "nothing has been typed yet"

        (house.calendar.type_above if above else house.calendar.type_below)(entry.uid, text)
        shown_by(clients[1], house, entry.uid)
        house.a_pass()
        wanted = normal_lines(text)
        assert sorted(typed_in(house, entry)) == sorted(wanted)

        if moved and house.reach_out_of(_NAME) is not None:
            house.calendar.move(entry.uid, replace(when, start=when.start + timedelta(hours=30)))
        house.a_pass()
        shown_by(clients[2], house, entry.uid)
        house.wait(minutes=10)
        house.a_pass()
        assert sorted(typed_in(house, entry)) == sorted(wanted)

        house.calendar.type_below(entry.uid, more)
        house.wait(minutes=10)
        house.a_pass()
        assert sorted(typed_in(house, entry)) == sorted(wanted + normal_lines(more))
        for spoken in house.spoken(_NAME)[:-1]:
            assert normal_lines(spoken[1]) == typed_in(house, entry)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_promise_is_ticked_in_any_client(client: Client, tmp_path: Path) -> None:
    with ExitStack() as stack:
        house = a_house(str(tmp_path), stack)
        entry = house.event_of(_NAME)
        when = entry.fields.when
        assert isinstance(when, Timed)
        house.now = when.start.astimezone(LISBON) + timedelta(minutes=5)
        house.calendar.change_line(entry.uid, "- [ ] read <this> & that", "- [x] read <this> & that")
        shown_by(client, house, entry.uid)
        assert [item.what for item in house.a_pass().understood] == ["kept"]
        assert "- [ ] send the recipe" in house.event_of(_NAME).fields.description
