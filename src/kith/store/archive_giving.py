"""News, introductions and scouts, out of a store and into one (:mod:`kith.store.archive`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kith.store.archive_table import Table, Values
from kith.store.db import Database

_NEWS = Table("news", ("key", "text", "since", "until", "audience", "recorded_at", "ended_on"), packed=("audience",))
_NEWS_RULINGS = Table("news_rulings", ("person_id", "told", "at"), flags=("told",))
_INTRODUCTIONS = Table(
    "introductions",
    ("subject", "one", "other", "why", "recorded_at", "introduced_on", "met_on", "dropped_on"),
)
_ACQUAINTANCES = Table("acquaintances", ("one", "other", "at"))
_SCOUTS = Table("scouts", ("subject", "text", "via", "note", "recorded_at", "met_on", "person_id", "dropped_on"))

TABLES = (_NEWS, _NEWS_RULINGS, _INTRODUCTIONS, _ACQUAINTANCES, _SCOUTS)


def read(database: Database) -> dict[str, list[Values]]:
    """All of it, in the order in which it came about."""
    return {
        "news": _news(database),
        "introductions": [_INTRODUCTIONS.out(row) for row in database.each("SELECT * FROM introductions ORDER BY id")],
        "acquaintances": [
            _ACQUAINTANCES.out(row) for row in database.each("SELECT * FROM acquaintances ORDER BY one, other")
        ],
        "scouts": [_SCOUTS.out(row) for row in database.each("SELECT * FROM scouts ORDER BY id")],
    }


def _news(database: Database) -> list[Values]:
    found = {row["id"]: _NEWS.out(row) | {"rulings": []} for row in database.each("SELECT * FROM news ORDER BY id")}
    for row in database.each("SELECT * FROM news_rulings ORDER BY at, person_id"):
        found[row["news_id"]]["rulings"].append(_NEWS_RULINGS.out(row))
    return list(found.values())


def take_in(database: Database, archive: Mapping[str, Sequence[Values]], whose: Mapping[str, str]) -> None:
    """Add what is not here yet; ``whose`` says who the people of the archive are here."""
    for news in archive["news"]:
        _take_in_news(database, news, whose)
    for values in archive["introductions"]:
        people = {name: whose[values[name]] for name in ("one", "other")}
        _INTRODUCTIONS.add_where_none_is(database, [values | people])
    for values in archive["acquaintances"]:
        one, other = sorted((whose[values["one"]], whose[values["other"]]))
        if one != other:
            _ACQUAINTANCES.add_where_none_is(database, [values | {"one": one, "other": other}])
    for values in archive["scouts"]:
        people = {name: whose[values[name]] for name in ("via", "person_id") if values[name] is not None}
        _SCOUTS.add_where_none_is(database, [values | people])


def _take_in_news(database: Database, news: Values, whose: Mapping[str, str]) -> None:
    here = database.one("SELECT id FROM news WHERE key = ?", (news["key"],))
    number = here["id"] if here else _NEWS.put(database, news)
    for ruling in news["rulings"]:
        values = ruling | {"person_id": whose[ruling["person_id"]]}
        _NEWS_RULINGS.add_where_none_is(database, [values], news_id=number)
