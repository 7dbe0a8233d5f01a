"""The documents say what is: every command, option, key, exit code and file that they name is there."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from kith import errors
from kith.cli import main
from kith.cli.verbs import VERBS
from kith.config.load import load, parse
from kith.config.schema import rules
from kith.core.model import Cadence
from kith.core.period import Period
from kith.core.readback import Mark, leading_mark
from kith.core.rules import DayRules, Marks, Rules

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "config.example.toml", *ROOT.glob("systemd/*")]
)
SOURCES = sorted((ROOT / "src").rglob("*.py"))

_SPAN = re.compile(r"`(kith(?: [^`]*)?)`")
_LINE = re.compile(r"^\s*(?:\$ )?(kith .*)$", re.MULTILINE)
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_OUR_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def commands() -> dict[tuple[str, ...], set[str]]:
    """Every command of the command line with its options, by the words that call it."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(words: tuple[str, ...], command: Any) -> None:
        found[words] = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
        found[words] |= {"--help", "-h"}
        for name, below in getattr(command, "commands", {}).items():
            walk((*words, name), below)
        if default := getattr(command, "default", None):  # a command that stands for one below it
            found[words] |= found[*words, default]

    walk((), typer.main.get_command(main.command_line(VERBS)))
    return found


COMMANDS = commands()


def blocks(text: str, language: str) -> list[str]:
    return [inspect.cleandoc(block) for name, block in _BLOCK.findall(text) if name == language]


def calls(path: Path) -> Iterator[str]:
    """Everything in a file that reads as something to type, from the word ``kith`` on."""
    text = path.read_text()
    yield from _SPAN.findall(text)
    for block in (*blocks(text, "sh"), *blocks(text, "")):
        yield from _LINE.findall(block)
    yield from re.findall(r"^ExecStart=\S*/(kith .*)$", text, re.MULTILINE)


def words_of(call: str) -> list[str]:
    """The words of a call without a comment, an explanation's brackets, or a shell's redirections."""
    plain = re.sub(r"\s#.*$", "", call).replace("[", " ").replace("]", " ").replace("…", "")
    plain = re.sub(r"\{[^{}]*\}", "X", plain).replace('\\"', '"')
    try:
        return shlex.split(plain)[1:]
    except ValueError:  # an apostrophe, or a string of a program that goes on in its next line
        return plain.replace('"', " ").split()[1:]


def called(words: list[str]) -> tuple[str, ...]:
    """The command that the words call: two words long, one, or none."""
    return next((tuple(words[:length]) for length in (2, 1) if tuple(words[:length]) in COMMANDS), ())


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_that_is_named_is_there(path: Path) -> None:
    for call in calls(path):
        words = words_of(call)
        options = {word for word in words if re.match(r"--[a-z]|-[a-z]$", word)}
        verb = words[0] if words else ""
        if not re.fullmatch(r"[a-z-]+|", verb):
            continue
        command = called(words)
        assert command or not verb or verb.startswith("-"), f"there is no `{call}`"
        assert options <= COMMANDS[command] | COMMANDS[()], f"`{call}` has an option that is not there"


def test_the_search_finds_what_is_to_be_found() -> None:
    found = {called(words_of(call)) for path in DOCUMENTS for call in calls(path)}
    assert len(found) > 15
    assert called(words_of('kith log ana bruno "Dinner. They want to" [--on yesterday] [--via meet]')) == ("log",)
    assert called(words_of("kith events adopt")) == ("events", "adopt")
    assert words_of("kith sync --dry-run     # what a pass would write") == ["sync", "--dry-run"]


def test_every_command_is_named_in_the_readme() -> None:
    named = {called(words_of(call)) for call in calls(ROOT / "README.md")}
    assert set(COMMANDS) - named <= {(), ("demo",), ("service",)}
    assert "make demo" in README


def test_every_command_is_in_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert [words[0] for words in COMMANDS if len(words) == 1 and f"`{words[0]}`" not in changes] == []


def test_every_config_in_the_readme_loads() -> None:
    snippets = blocks(README, "toml")
    assert snippets
    for snippet in snippets:
        config = parse(snippet, file="README.md", base=ROOT)
        assert rules(config).circles


def test_the_example_config_loads_and_repeats_the_defaults() -> None:
    example = rules(load(ROOT / "config.example.toml"))
    usual = Rules(DayRules(example.days.zone))
    assert example.days.per_day == usual.days.per_day == 3
    assert (example.retries, example.try_again, example.marks) == (usual.retries, usual.try_again, usual.marks)
    assert (example.days.at, example.days.duration, example.days.horizon) == (
        *(usual.days.at, usual.days.duration, usual.days.horizon),
    )


def test_the_numbers_in_the_readme_are_the_defaults() -> None:
    usual = Rules(DayRules(load(ROOT / "config.example.toml").timezone))
    assert "at most three reach-outs a day" in README
    assert usual.days.per_day == 3
    assert "it comes again, three times at most, then this round is skipped" in README
    assert usual.retries == 3
    assert Cadence.of(Period(days=14)).at_worst == Period(days=21)
    assert "`at_worst` (1.5 × `every` unless set)" in (ROOT / "docs" / "architecture.md").read_text()


def test_the_marks_in_the_readme_are_those_that_count() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| put `")]
    done, tried = (re.findall(r"`([^`]+)`", row.split("|")[1]) for row in rows)
    assert (tuple(done), tuple(tried)) == (Marks().done, Marks().tried)
    for mark in done:
        assert leading_mark(f"{mark} Reach out: Ana", "Reach out: Ana", Marks()) is Mark.DONE
    for mark in tried:
        assert leading_mark(f"{mark} Reach out: Ana", "Reach out: Ana", Marks()) is Mark.TRIED


def test_the_exit_codes_in_the_readme_are_those_of_the_errors() -> None:
    sentence = README.split("Exit codes: ")[1].split("\n\n")[0]
    told = {int(code) for code in re.findall(r"(?:^|[;.]\s)(\d+) ", sentence)}
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.KithError)]
    assert told == {kind.exit_code for kind in kinds if kind is not errors.KithError} | {0}
    words = dict(re.findall(r"(\d+) ([^;.]+)", " ".join(sentence.split())))
    assert words["75"] == "another pass is running"
    assert errors.LockHeld.exit_code == 75
    assert words["77"] == "a sign-in is needed"
    assert errors.SignInNeeded.exit_code == 77
    assert words["78"] == "the config"
    assert errors.ConfigError.exit_code == 78


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    drawing = inspect.getdoc(errors) or ""
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.KithError):
            line = next(line for line in drawing.splitlines() if line.strip().startswith(name))
            code = re.search(r"exit (\d+)", line)
            if "exit_code" in vars(kind) and kind is not errors.KithError:
                assert code is not None
                assert int(code[1]) == kind.exit_code


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_file_that_is_linked_to_is_there(path: Path) -> None:
    for target in _OUR_LINK.findall(path.read_text()):
        assert (path.parent / target).exists(), target


def test_every_file_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for test in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (ROOT / test).exists(), test
    rooms = text.split("src/kith/\n")[1].split("```")[0]
    for room in re.findall(r"^  (\w+(?:/|\.py))", rooms, re.MULTILINE):
        assert (ROOT / "src" / "kith" / room).exists(), room
    folders = {path.name for path in (ROOT / "src" / "kith").iterdir() if (path / "__init__.py").exists()}
    assert folders == {room.rstrip("/") for room in re.findall(r"^  (\w+/)", rooms, re.MULTILINE)}
