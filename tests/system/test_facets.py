"""Facets are the user's own business: typed wherever they like, they never come to stand in an event or a log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from system.home import CONFIG, Home, card
from system.warm import Warm

FACETS = ("race:planted", "city:planted", "age:planted")


def test_what_is_typed_with_facets_stands_on_no_list(tmp_path: Path, commands: Warm) -> None:
    config = CONFIG + '\n[reach_out]\nstyle = "daily"\n'
    home = Home(tmp_path, commands).furnish(card("Ana Souza", "Family"), config=config)
    home.kith("sync")
    home.kith("fact", "ana", "Sails #age:planted")
    home.kith("log", "ana", "Dinner #race:planted with Rui\n! call #city:planted")
    home.sync()
    (event,) = home.events()
    assert "Dinner with Rui" in event.description
    assert [facet for facet in FACETS if facet in event.path.read_text().replace("\r\n ", "")] == []


def test_what_is_typed_with_facets_comes_to_stand_in_no_other_event(tmp_path: Path, commands: Warm) -> None:
    cards = (card("Ana Souza", "Family", "race:planted"), card("Bruno Lima", "Family"))
    home = Home(tmp_path, commands).furnish(*cards, config=CONFIG + '\n[report.targets]\n"race:planted" = "20%"\n')
    home.sync()
    home.kith("tag", "ana", "+city:planted")
    home.kith("fact", "ana", "Sails #age:planted")
    first = home.event_of("Ana Souza")
    home.now = first.start + timedelta(hours=1)
    first.type_below("Dinner #race:planted\n! send the book #city:planted\nnext: her exam #age:planted")
    home.kith("log", "bruno", "Lunch #city:planted")
    said = home.sync()
    assert said["understood"]
    home.wait(days=21)
    logged = home.kith("--verbose", "sync").err
    texts = [event.path.read_text().replace("\r\n ", "") for event in home.events() if event.path != first.path]
    assert any("Dinner" in text and "send the book" in text and "her exam" in text for text in texts)
    assert [facet for facet in FACETS for text in (*texts, logged) if facet in text] == []
    assert home.kith("promises", "ana", "--json").json[0]["text"].startswith("send the book")

    later = next(event for event in home.events() if event.title == "Reach out: Ana Souza")
    home.now = later.start + timedelta(hours=1)
    later.type_below("- [x] send the book")
    home.sync()
    assert home.kith("promises", "ana", "--json").json == []
