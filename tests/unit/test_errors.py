"""The tree of errors is its own documentation: what is drawn at the top of the file is what there is."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import kith
from kith import errors
from kith.errors import AccountError, ConfigError, ConfigProblem, KithError, Rejected, Transient, UsageError

DRAWN = re.compile(
    r"^(?P<indent> {4,})(?P<name>[A-Z]\w+)(?: {2,}(?P<says>.*?))??(?: +exit (?P<code>\d+))?$", re.MULTILINE
)
CLASSES = [thing for thing in vars(errors).values() if inspect.isclass(thing) and issubclass(thing, KithError)]
TREE = [match.groupdict() for match in DRAWN.finditer(errors.__doc__ or "")]


def parents() -> dict[str, str]:
    """Each drawn name and the name it is drawn under."""
    found: dict[str, str] = {}
    above: list[str] = []
    for line in TREE:
        depth = (len(line["indent"]) - 4) // 2
        found[line["name"]] = above[depth - 1] if depth else "Exception"
        above[depth:] = [line["name"]]
    return found


def test_every_error_is_drawn_in_its_place() -> None:
    assert parents() == {error.__name__: error.__bases__[0].__name__ for error in CLASSES}
    assert all(len(error.__bases__) == 1 for error in CLASSES)


def test_the_tree_is_drawn_in_the_order_of_the_file() -> None:
    assert [line["name"] for line in TREE] == [error.__name__ for error in CLASSES]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_exits_as_drawn(error: type[KithError]) -> None:
    codes = {line["name"]: line["code"] for line in TREE}
    drawn = next((codes[base.__name__] for base in error.__mro__ if codes.get(base.__name__)), "1")

    assert error.exit_code == int(drawn)
    assert error.exit_code in {1, 2, *range(64, 79)}


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_says_what_it_is_for(error: type[KithError]) -> None:
    drawn = next(line for line in TREE if line["name"] == error.__name__)

    assert error is KithError or drawn["says"]
    assert error.__doc__
    assert error.__doc__.strip().split("\n")[0].endswith(".")


def test_no_error_grows_outside_the_tree() -> None:
    names = {error.__name__ for error in CLASSES}
    for path in Path(kith.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and path.name != "errors.py":
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                assert not bases & names, f"{path.name}: {node.name}"


@pytest.mark.parametrize("error", [error for error in CLASSES if error is not ConfigError], ids=lambda e: e.__name__)
def test_an_error_carries_a_sentence_and_what_mends_it(error: type[KithError]) -> None:
    plain, hinted = error("the disk is full"), error("the disk is full", hint="make room")

    assert (str(plain), plain.message, plain.hint) == ("the disk is full", "the disk is full", "")
    assert hinted.hint == "make room"
    assert plain.kind == error.__name__


def test_what_goes_to_a_log_has_nothing_personal() -> None:
    assert Rejected("Ana Souza’s card was refused").kind == "Rejected"


@pytest.mark.parametrize(("count", "words"), [(1, "1 problem"), (2, "2 problems"), (0, "0 problems")])
def test_a_broken_config_counts_its_problems(count: int, words: str) -> None:
    error = ConfigError("config.toml", tuple(ConfigProblem("a.b", "is wrong", 3) for _ in range(count)), hint="mend it")

    assert str(error) == f"config.toml: {words}"
    assert (error.file, len(error.problems), error.hint) == ("config.toml", count, "mend it")


def test_errors_carry_what_their_readers_need() -> None:
    assert UsageError("who?", candidates=("Ana", "Bea")).candidates == ("Ana", "Bea")
    assert UsageError("who?").candidates == ()
    assert Transient("busy", retry_after=30.0).retry_after == 30.0
    assert Transient("busy").retry_after is None
    assert issubclass(Transient, AccountError)
