"""Edits to the config: what changes, and that nothing else does."""

from __future__ import annotations

import os
import stat
import tomllib
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.config.edit import rename_circle, set_person, write
from kith.config.load import load, parse, read
from kith.errors import ConfigError, ConfigProblem

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
WITHOUT_PEOPLE = EXAMPLE[: EXAMPLE.index('[people."')]
START = '[accounts.disk]\ntype = "folder"\ncalendar = "/calendar"\n'
END = '\n# The circles.\n[circles.inner]\nevery = "2w"\n'


def changed(people: str, who: str = "Ana Souza", **changes: str) -> str:
    """What becomes of the people part of a config; all around it must stay as it is."""
    edited = set_person(START + people + END, who, **changes)
    assert edited.startswith(START)
    assert edited.endswith(END)
    return edited[len(START) : -len(END)]


# Entries that are there


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[people."Ana Souza"]\nevery = "2w"\n', '[people."Ana Souza"]\nevery = "10d"\n'),
        (
            '# Dear Ana\n[people."Ana Souza"] # A\n  # often\n  every   =   "2w"   # or so\n\n# and Bo\n',
            '# Dear Ana\n[people."Ana Souza"] # A\n  # often\n  every   =   "10d"   # or so\n\n# and Bo\n',
        ),
        ("[people.'Ana Souza']\nevery = '2w'\n", "[people.'Ana Souza']\nevery = '10d'\n"),
        ('[people."Ana\\u0020Souza"]\nevery = "2w"\n', '[people."Ana\\u0020Souza"]\nevery = "10d"\n'),
        ('[people."Ana Souza"]\ncircle = "inner"\n', '[people."Ana Souza"]\ncircle = "inner"\nevery = "10d"\n'),
        (
            '[people."Ana Souza"]\n  circle = "inner" # yes\n\n# Bo is next.\n[people.Bo]\nevery = "3w"\n',
            '[people."Ana Souza"]\n  circle = "inner" # yes\n  every = "10d"\n\n'
            '# Bo is next.\n[people.Bo]\nevery = "3w"\n',
        ),
        ('[people]\n"Ana Souza" = { every = "2w" } # A\n', '[people]\n"Ana Souza" = { every = "10d" } # A\n'),
        ('[people]\n"Ana Souza".every = "2w" # A\n', '[people]\n"Ana Souza".every = "10d" # A\n'),
        (
            '[people]\n"Ana Souza".circle = "inner" # A\nBo.every = "3w"\n',
            '[people]\n"Ana Souza".circle = "inner" # A\n"Ana Souza".every = "10d"\nBo.every = "3w"\n',
        ),
        (
            '[people.Bo]\nevery = "3w"\n[sync]\n[people."Ana Souza"]\nevery = "2w"\n',
            '[people.Bo]\nevery = "3w"\n[sync]\n[people."Ana Souza"]\nevery = "10d"\n',
        ),
        (
            '[people."Ana Souza"]\nevery = """2w"""\n[people.Bo]\nevery = "3w"\n',
            '[people."Ana Souza"]\nevery = "10d"\n[people.Bo]\nevery = "3w"\n',
        ),
    ],
)
def test_a_value_is_changed_where_it_stands(before: str, after: str) -> None:
    assert changed(before, every="10d") == after


def test_several_keys_at_once_some_there_and_some_not() -> None:
    before = '[people."Ana Souza"]\nat_worst = "4w" # at most\n'

    assert changed(before, every="10d", at_worst="3w", circle="inner") == (
        '[people."Ana Souza"]\nat_worst = "3w" # at most\nevery = "10d"\ncircle = "inner"\n'
    )


def test_what_is_as_asked_already_is_left_as_it_is_written() -> None:
    before = "[people.'Ana Souza']\nevery = '''10d'''\n"

    assert changed(before, every="10d") == before


def test_nothing_asked_nothing_changed() -> None:
    assert set_person(START, "Ana Souza") == START


# Entries that are new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[people.Bo]\nevery = "3w"\n',
            '[people.Bo]\nevery = "3w"\n\n[people."Ana Souza"]\nevery = "10d"\n',
        ),
        (
            '[people.Bo]\nevery = "3w"\n# at_worst = "5w"\n',
            '[people.Bo]\nevery = "3w"\n# at_worst = "5w"\n\n[people."Ana Souza"]\nevery = "10d"\n',
        ),
        (
            '[people.Bo]\nevery = "3w"\n# What follows is about time.\n[sync]\n',
            '[people.Bo]\nevery = "3w"\n\n[people."Ana Souza"]\nevery = "10d"\n\n'
            "# What follows is about time.\n[sync]\n",
        ),
        (
            "[people]\n# nobody yet\n",
            '[people]\n# nobody yet\n\n[people."Ana Souza"]\nevery = "10d"\n',
        ),
        (
            '[people]\nBo = { every = "3w" }\n',
            '[people]\nBo = { every = "3w" }\n\n[people."Ana Souza"]\nevery = "10d"\n',
        ),
        (
            '[people.Bo]\nevery = "3w"\n\n[sync]\nevery = "1h"\n',
            '[people.Bo]\nevery = "3w"\n\n[people."Ana Souza"]\nevery = "10d"\n\n[sync]\nevery = "1h"\n',
        ),
    ],
)
def test_a_new_person_comes_after_the_others(before: str, after: str) -> None:
    assert changed(before, every="10d") == after


@pytest.mark.parametrize(("end", "rest"), [("", ""), ("\n", ""), ("\n\n  \n", "\n  \n")])
def test_the_first_person_comes_at_the_end_of_the_file(end: str, rest: str) -> None:
    edited = set_person(START.rstrip() + end, "bo@example.org", every="1w")

    assert edited == START + '\n[people."bo@example.org"]\nevery = "1w"\n' + rest


def test_people_in_braces_get_one_more() -> None:
    text = 'people = { Bo = { every = "3w" } } # all\n' + START

    edited = set_person(text, "Ana Souza", every="10d")

    assert edited.endswith(" # all\n" + START)
    assert tomllib.loads(edited)["people"] == {"Bo": {"every": "3w"}, "Ana Souza": {"every": "10d"}}


def test_people_with_dots_at_the_top_get_one_more() -> None:
    text = 'people.Bo.every = "3w"\n' + START

    assert set_person(text, "Ana", every="10d") == text + '\n[people.Ana]\nevery = "10d"\n'


def test_names_are_quoted_as_toml_wants_it() -> None:
    name = 'Ana "Aninha" de São\\Tomé'

    edited = set_person(START, name, every="10d")

    assert edited == START + '\n[people."Ana \\"Aninha\\" de São\\\\Tomé"]\nevery = "10d"\n'
    assert list(parse(edited, file="", base=Path()).people) == [name]


# Bytes


def test_windows_line_endings_and_the_byte_order_mark_stay() -> None:
    text = "\ufeff" + (START + '[people.Ana]\nevery = "2w"\n[people]\nBo.every = "3w"\n').replace("\n", "\r\n")

    for who in ("Ana", "Bo", "Cy"):
        text = set_person(text, who, every="10d", at_worst="20d")

    assert text.startswith("\ufeff[accounts")
    assert text.count("\n") == text.count("\r\n")
    people = tomllib.loads(text[1:])["people"]
    assert people == {who: {"every": "10d", "at_worst": "20d"} for who in ("Ana", "Bo", "Cy")}


_texts = st.sampled_from(
    [
        EXAMPLE,
        EXAMPLE.replace("\n", "\r\n"),
        "\ufeff" + EXAMPLE.rstrip(),
        WITHOUT_PEOPLE + '[people.Bo]\nevery = "1y" # Bo\n\n# Ana\n[people."Ana Souza"]\ncircle = "inner"',
        "people.'Ana Souza'.every = '8d' # Ana\npeople.Bo.every = '9d'\n" + WITHOUT_PEOPLE,
        WITHOUT_PEOPLE + "[people]\nBo = { every = '9d' } # Bo\n",
        START + END,
    ]
)
_names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)
_lengths = st.none() | st.integers(1, 60).map("{}d".format)
_circles = st.none() | st.just("inner")


@given(_texts, st.sampled_from(["Ana Souza", "Bo"]) | _names, _lengths, _circles)
def test_an_edit_changes_what_was_asked_once_and_nothing_else(
    text: str, who: str, every: str | None, circle: str | None
) -> None:
    at_worst = "90d" if every else None

    edited = set_person(text, who, every=every, at_worst=at_worst, circle=circle)

    before, after = (tomllib.loads(version.removeprefix("\ufeff")) for version in (text, edited))
    asked = {"every": every, "at_worst": at_worst, "circle": circle}
    entry = before.get("people", {}).get(who, {}) | {key: new for key, new in asked.items() if new}
    if entry:
        before.setdefault("people", {})[who] = entry
    assert after == before
    assert [comment for comment in comments(edited) if comment in comments(text)] == comments(text)
    assert set_person(edited, who, every=every, at_worst=at_worst, circle=circle) == edited


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.split("\n") if "#" in line]


@given(_texts, st.text(st.characters(categories=["L", "Nd"]), max_size=12).map("Zoë{}".format))
def test_all_that_was_there_stays_byte_for_byte_around_a_new_person(text: str, who: str) -> None:
    edited = set_person(text, who, every="10d")

    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, edited, strict=False)))
    rest = text[same:]
    assert edited.endswith(rest)
    assert edited[same : len(edited) - len(rest)].split() == [f'[people."{who}"]', "every", "=", '"10d"']


# What cannot be


def test_a_config_with_problems_is_not_edited() -> None:
    with pytest.raises(ConfigError) as caught:
        set_person(START + "[sync]\nevry = 1\n", "Ana", every="10d", file="kith.toml")

    assert caught.value.file == "kith.toml"
    assert [problem.path for problem in caught.value.problems] == ["sync.evry"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"every": "2x"}, "people.Ana.every: “2x” is not a length of time: write 10d, 2w, 3m or 1y"),
        ({"circle": "iner"}, 'people.Ana.circle: there is no circle "iner"; did you mean "inner"?'),
        (
            {"every": "4w", "at_worst": "2w"},
            "people.Ana.at_worst: 2 weeks is shorter than every, which is 4 weeks",
        ),
    ],
)
def test_an_edit_that_would_make_a_problem_is_refused(changes: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        set_person(START + END, "Ana", **changes)

    assert [f"{found.path}: {found.message}" for found in caught.value.problems] == [problem]


@pytest.mark.parametrize("who", ["", " ", "two\nlines", "\udcff"])
def test_a_name_that_may_not_stand_in_the_file_is_refused(who: str) -> None:
    for text in (START, "people = {}\n" + START):
        with pytest.raises(ConfigError):
            set_person(text, who, every="10d")


# Writing


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("old")
    file.chmod(0o640)

    write(file, "é\r\n")

    assert file.read_bytes() == "é\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    write(tmp_path / "config.toml", "new")

    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600


def test_a_link_into_a_dotfiles_folder_stays_one(tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "kith.toml").write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to("dotfiles/kith.toml")

    write(link, "new")

    assert link.is_symlink()
    assert (dotfiles / "kith.toml").read_text() == "new"


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "config.toml"
    file.write_text("old")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(ConfigError) as caught:
        write(file, "new")

    assert caught.value.problems == (ConfigProblem("", "it cannot be written: No space left on device"),)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_read_edited_and_written_differs_in_the_edit_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(EXAMPLE.replace("\n", "\r\n").encode())

    write(file, set_person(read(file), "Ana Souza", every="5d"))

    assert file.read_bytes().decode().replace('every = "5d"', 'every = "10d"') == EXAMPLE.replace("\n", "\r\n")
    assert str(load(file).people["Ana Souza"].every) == "5d"


# A circle's name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[circles.friends]\nevery = "3w"\n', '[circles.mates]\nevery = "3w"\n'),
        ('  [ circles . "friends" ]  # mine\nevery = "3w"\n', '  [circles.mates]  # mine\nevery = "3w"\n'),
        (
            '[circles.friends]\nevery = "3w"\n[people.Ana]\ncircle = \'friends\' # her\nevery = "2w"\n',
            '[circles.mates]\nevery = "3w"\n[people.Ana]\ncircle = \'mates\' # her\nevery = "2w"\n',
        ),
        (
            '[circles.friends]\r\nevery = "3w"\r\n[people]\r\nAna = {circle = "friends"}\r\n',
            '[circles.mates]\r\nevery = "3w"\r\n[people]\r\nAna = {circle = "mates"}\r\n',
        ),
        (
            "[circles.friends]\nevery = \"3w\"\n[dates]\ncircles = [\n  'friends', # mine\n]\n",
            "[circles.mates]\nevery = \"3w\"\n[dates]\ncircles = [\n  'mates', # mine\n]\n",
        ),
    ],
)
def test_a_circle_is_renamed_where_it_stands(before: str, after: str) -> None:
    start = START.replace("\n", "\r\n") if "\r\n" in before else START
    assert rename_circle(start + before, "friends", "mates") == start + after


def test_a_circle_is_renamed_in_the_example() -> None:
    edited = rename_circle(EXAMPLE, "inner", "closest friends")
    assert edited.replace("closest friends", "inner").replace('circles."inner"', "circles.inner") == EXAMPLE
    assert parse(edited, file="", base=Path()).people["Ana Souza"].circle == "closest friends"


@pytest.mark.parametrize(
    "text",
    ['[circles]\nfriends = {every = "3w"}\n', '[circles]\nfriends.every = "3w"\n', 'circles.friends.every = "3w"\n'],
)
def test_a_circle_that_is_written_otherwise_is_left_to_the_user(text: str) -> None:
    whole = text + START if text.startswith("circles.") else START + text
    with pytest.raises(ConfigError) as caught:
        rename_circle(whole, "friends", "mates")
    assert "[circles.mates]" in caught.value.hint
