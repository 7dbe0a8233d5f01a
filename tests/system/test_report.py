"""``kith report``, from what was said and tagged to what people and programs see."""

from __future__ import annotations

import stat
from collections.abc import Iterator

import pytest

from system.conftest import CARDS
from system.home import CONFIG, Home, card
from system.warm import Warm

TARGETS = """
[report.targets]
"area:arts" = "60%"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Iterator[Home]:
    """A machine after a few days, to be looked at only."""
    home = Home(tmp_path_factory.mktemp("report"), commands)
    home.furnish(*CARDS, card("Hana Nowak", "Friends", "city:Porto"), config=CONFIG + TARGETS)
    home.sync()
    home.kith("tag", "ana souza", "hana", "+area:arts")
    home.kith("log", "ana souza", "rui", "Dinner\ngave: the Ferrante\ngot: a plant", "--on", "2026-10-20")
    home.kith("log", "gil", "He said: I gave up", "--on", "yesterday")
    home.kith("log", "zofia", "By chance", "--on", "yesterday")
    home.kith("skip", "rui")
    before = home.snapshot()
    yield home
    assert home.snapshot() == before, "looking changes nothing"


def test_for_programs(home: Home) -> None:
    found = home.kith("report", "--json").json
    assert (found["since"], found["today"]) == ("2025-11-02", "2026-11-02")
    assert (found["talked_to"], found["conversations"], found["skips"]) == (3, 2, 1)
    assert sum(span["conversations"] for span in found["spans"]) == 2
    assert (found["gave"], found["got"]) == (2, 2)
    assert {one["name"] for one in found["exchanges"]} == {"Ana Souza", "Rui Carvalho"}
    assert [one["name"] for one in found["beside"]] == ["Zofia Wójcik"]
    facets = {f"{one['name']}:{one['value']}": one for one in found["facets"]}
    assert facets["area:arts"]["listed"] == 2
    assert facets["area:arts"]["talked_to"] == 1
    assert (facets["area:arts"]["target"], facets["area:arts"]["thin"]) == (0.6, True)
    assert (facets["city:Porto"]["listed"], facets["city:Porto"]["target"]) == (1, None)
    assert found["without"] == {"area": found["listed"] - 2, "city": found["listed"] - 1}


def test_for_people(home: Home) -> None:
    shown = home.kith("report", "--over", "2m").out
    assert shown.startswith("2 Sep 2026 to 2 Nov 2026\n3 of ")
    assert "people on your list were talked to, in 2 conversations. 1 round was skipped." in shown
    rows = {line.split("  ")[0]: line for line in home.kith("report", "--over", "2m").lines}
    assert rows["Oct 2026"].split()[2:] == ["██████", "2", "of", "2", "1"]
    assert rows["Nov 2026"].split()[2:] == ["███░░░░░░░░░░░░░░░░░", "1", "of", "7", "1", "1"]
    assert rows["Zofia Wójcik"].split()[2:] == ["1", "1", "Nov", "2026"]
    assert rows["area:arts"].endswith("60 %  thin, and too few on the list")


def test_a_day_to_begin_with(home: Home) -> None:
    assert home.kith("report", "--since", "2026-11-01", "--json").json["conversations"] == 1
    assert home.kith("report", "--since", "3d", "--json").json["since"] == "2026-10-30"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--since", "2026-01-01", "--over", "1y"), "two ways to say from when on"),
        (("--over", "soon"), "--over: “soon” is not a length of time"),
        (("--since", "2027-01-01"), "still to come"),
    ],
)
def test_what_cannot_be_meant_is_said(home: Home, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in home.kith("report", *arguments, exits=2).err


def test_without_a_network(home: Home) -> None:
    empty = home.copy_to(home.folder.parent / "nobody")
    empty.write_config(CONFIG.replace('"Family"', '"Nobody"').replace('"Friends"', '"Nobody"'))
    assert "Nobody is in your network yet" in empty.kith("report").out


# as a page


def test_a_page_is_written_for_the_user_alone(synced: Home) -> None:
    page = synced.folder / "report.html"
    synced.wait(days=20)
    said = synced.kith("report", "--html", "report.html").out
    assert said.startswith("report.html holds the report.")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "Ana Souza" in page.read_text()
    synced.kith("log", "gil", "Hello")
    synced.kith("report", "--html", "report.html")
    assert "Nov 2026: 1 of 6" in page.read_text(), "its own is overwritten"
    assert [path.name for path in synced.folder.glob("*report*")] == ["report.html"]


def test_what_is_no_report_is_left_alone(synced: Home) -> None:
    theirs = synced.folder / "mine.html"
    theirs.write_text("<!doctype html>\nmine")
    refused = synced.kith("report", "--html", "mine.html", exits=2).err
    assert "mine.html is there already, and is no report of kith's" in refused
    assert theirs.read_text() == "<!doctype html>\nmine"
    synced.kith("report", "--html", "mine.html", "--force")
    assert "Who you really talk to" in theirs.read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--html", "calendar"), "calendar is no file that can be written"),
        (("--html", "calendar", "--force"), "calendar is no file that can be written"),
        (("--html", "nowhere/report.html"), "nowhere/report.html cannot be written: No such file or directory"),
        (("--html", "report.html", "--json"), "choose one"),
    ],
)
def test_where_no_page_can_be_written_it_says_so(synced: Home, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in synced.kith("report", *arguments, exits=2).err
    assert not (synced.folder / "report.html").exists()


# what is private


def test_parts_of_life_stay_where_the_user_put_them(synced: Home) -> None:
    """In the store, in reports and in exports; in no event, log or report of a pass, whatever is done."""
    planted = ("race:planted-aaa", "gender:planted-bbb", "interest:planted-ccc")
    synced.write_config(
        CONFIG + "\n[report]\nlift = 2\n[report.targets]\n" + "".join(f'"{one}" = "99%"\n' for one in planted)
    )
    for name, one in zip(("ana souza", "gil", "rui"), planted, strict=True):
        synced.kith("tag", name, "carla", f"+{one}")
    said = [synced.kith("--verbose", "sync", "--scheduled"), synced.kith("sync", "--json")]
    synced.kith("log", "ana souza", "Dinner #lifestyle:planted-ddd")
    synced.kith("intro", "suggest")
    assert "planted-bbb is thin" in synced.kith("due", "--days", "60").out
    synced.wait(days=20)
    said += [synced.kith("--verbose", "sync", "--scheduled"), synced.kith("--verbose", "status")]
    assert synced.events()
    synced.write_config(synced.config.read_text().replace('"99%"', '"all"'))
    said += [synced.kith("--verbose", "sync", "--scheduled", exits=78), synced.kith("check", exits=78)]
    assert synced.problems()
    assert not [result for result in said if "planted" in result.out + result.err]
    for path in synced.folder.rglob("*"):
        if path.is_file() and "planted" in path.read_bytes().decode("utf-8", "replace"):
            assert path == synced.config or path.is_relative_to(synced.state), path
