"""From a config file to a :class:`~kith.config.schema.Config`, or to every problem in it at once.

Whatever a user can write ends in one of the two: nothing else is raised here. Nothing is written, and nothing
that a config points to is opened.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tzlocal
from pydantic import ValidationError

from kith.config import written
from kith.config.checks import Draft, Finding, findings, is_apart
from kith.config.lines import layout
from kith.config.no_secrets import secrets
from kith.config.schema import Config
from kith.config.sentences import finding
from kith.config.syntax import BYTE_ORDER_MARK, read_toml
from kith.config.written import Loc
from kith.errors import ConfigError, ConfigProblem

_LARGEST = 1024 * 1024
_FIRST_CONFIG = """\
[accounts.disk]
type = "folder"
contacts = "~/contacts"
calendar = "~/calendars/kith"
"""


def load(path: Path) -> Config:
    """Read the config file at ``path``. Relative paths in it start at its folder.

    Raises:
        ConfigError: the file cannot be read, or is wrong; with every problem in it.
    """
    return parse(read(path), file=str(path), base=path.absolute().parent)


def read(path: Path) -> str:
    """The text of a config file, with its line endings and byte order mark as they are.

    Raises:
        ConfigError: it is missing, unreadable, not UTF-8 or far too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        hint = f"run `kith init`, or write a first one, with folders of your own:\n\n{_FIRST_CONFIG}"
        raise _file_error(path, "there is no such file", hint=hint) from None
    except OSError as error:
        raise _file_error(path, f"it cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise _file_error(path, "it is larger than 1 MiB, so this is not a config file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _file_error(path, "it is not UTF-8; save it in that encoding", line) from None


def parse(text: str, *, file: str, base: Path) -> Config:
    """Check the text of a config and turn it into values.

    Args:
        text: TOML.
        file: what to call it in messages.
        base: the folder in which relative paths start.

    Raises:
        ConfigError: with every problem in it, in the order of their lines.
    """
    data = read_toml(text, file=file)
    problems = [*secrets(data), *_name_the_zone(data)]
    draft = _draft(data, base, problems)
    problems += findings(draft)
    if problems:
        raise ConfigError(file, _in_order(problems, text))
    return draft.config


def _draft(data: dict[str, Any], base: Path, problems: list[Finding]) -> Draft:
    """Leave out what is wrong until the rest is a config; each thing wrong is added to ``problems`` once.

    Leaving one thing out can make another wrong (an account that lost its only folder). Such consequences
    are left out in their turn, but not reported.
    """
    wrong, left_out = list(problems), frozenset[Loc]()
    while True:
        _leave_out(data, wrong)
        left_out |= {problem.loc for problem in wrong}
        try:
            return Draft(Config.model_validate(data, context={"base": base}), left_out)
        except ValidationError as error:
            wrong = [finding(details) for details in error.errors(include_url=False)]
        problems += [problem for problem in wrong if is_apart(problem.loc, left_out)]


def _leave_out(data: dict[str, Any], problems: Iterable[Finding]) -> None:
    targets = [_holder(data, problem.loc) for problem in problems]
    for table, key in targets:
        table.pop(key, None)


def _holder(data: dict[str, Any], loc: Loc) -> tuple[dict[str, Any], str]:
    """The table and key to take out so that nothing of ``loc`` is left.

    That is a whole list for one item of it, and a whole table for a key that it lacks.
    """
    table, (key, *inner_keys) = data, map(str, loc)
    for inner in inner_keys:
        if not isinstance(table.get(key), dict) or inner not in table[key]:
            break
        table, key = table[key], inner
    return table, key


def _name_the_zone(data: dict[str, Any]) -> list[Finding]:
    """Put in the system's time zone where the file names none."""
    if "timezone" in data:
        return []
    zone = _system_zone()
    if zone is None:
        sentence = 'is missing, and the system names none; write it as in timezone = "Europe/Lisbon"'
        return [Finding(("timezone",), sentence)]
    data["timezone"] = zone
    return []


def _system_zone() -> str | None:
    try:
        name = tzlocal.get_localzone_name()
        if name:
            return ZoneInfo(name).key
    # The system's files contradict each other, or name a zone that is not there.
    except (KeyError, ValueError, OSError):
        return None
    # A bare container names no zone, and keeps UTC.
    return "UTC" if time.timezone == 0 and not time.daylight else None


def _in_order(problems: Iterable[Finding], text: str) -> tuple[ConfigProblem, ...]:
    places = layout(text.removeprefix(BYTE_ORDER_MARK))
    located = [
        ConfigProblem(written.path(_shown(problem.loc)), problem.sentence, places.line(problem.loc))
        for problem in problems
    ]
    return tuple(sorted(located, key=lambda problem: (problem.line or math.inf, problem.path)))


def _shown(loc: Loc) -> Loc:
    """Where it is, as far as everybody may know: what is said of a broken config may come to stand in an event."""
    return loc[:2] if loc[:2] == ("report", "targets") else loc


def _file_error(path: Path, sentence: str, line: int | None = None, *, hint: str = "") -> ConfigError:
    return ConfigError(str(path), (ConfigProblem("", sentence, line),), hint=hint)
