"""Edits to the config file that leave every other byte of it alone.

The file is the user's. Only a command changes it, only one entry at a time, and only from one config without
problems to another. tomlkit changes values where they stand. New lines and tables are placed here, because
tomlkit puts them below the comments that introduce the next table.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Item, String

from kith.config import written
from kith.config.lines import Section, layout
from kith.config.load import parse
from kith.config.syntax import BYTE_ORDER_MARK, read_toml
from kith.config.written import Loc
from kith.errors import ConfigError, ConfigProblem
from kith.files import replace_file

_A_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEADING = re.compile(r"([ \t]*)\[[^\[\]]*\]([ \t]*(?:#.*)?\r?\n?)\Z")
_ACCOUNT_HEADING = re.compile(r"""(\s*\[\s*accounts\s*\.\s*)(?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)(?=\s*[\].])""")
_LONE_NEWLINE = re.compile(r"(?<!\r)\n")


def set_person(
    text: str,
    who: str,
    *,
    every: str | None = None,
    at_worst: str | None = None,
    circle: str | None = None,
    file: str = "config.toml",
) -> str:
    """The config ``text`` with the entry ``[people."WHO"]`` changed, or added where there is none.

    Args:
        text: the whole file, as :func:`kith.config.load.read` gives it.
        who: the entry's key, exactly as it stands (or shall stand) in the file.
        every: how often; None leaves it as it is, and so with the next two.
        at_worst: how often at the very least.
        circle: the name of a circle in the file.
        file: what to call the file in messages.

    Raises:
        ConfigError: the config has problems already, would have some then, or is written in a way that kith
            cannot edit.
    """
    parse(text, file=file, base=Path())
    data = read_toml(text, file=file)
    entry = data.get("people", {}).get(who, {})
    asked = {"every": every, "at_worst": at_worst, "circle": circle}
    changes = {key: new for key, new in asked.items() if new is not None and new != entry.get(key)}
    if not changes:
        return text

    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    try:
        edited = mark + _changed(text.removeprefix(mark), who, changes)
    except TOMLKitError:
        raise _beyond_us(file, who, changes) from None
    parse(edited, file=file, base=Path())
    data.setdefault("people", {})[who] = entry | changes
    if read_toml(edited, file=file) != data:
        raise _beyond_us(file, who, changes)
    return edited


def rename_circle(text: str, old: str, new: str, *, file: str = "config.toml") -> str:
    """The config ``text`` with a circle called otherwise: in its heading, and wherever people and dates name it.

    Raises:
        ConfigError: the config has problems already, would have some then, or is written in a way that kith
            cannot edit.
    """
    parse(text, file=file, base=Path())
    data = read_toml(text, file=file)
    named = [who for who, entry in data.get("people", {}).items() if entry.get("circle") == old]
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    edited = _with_heading(text.removeprefix(mark), ("circles", old), ("circles", new))
    for who in named:
        edited = _in_place(edited, who, {"circle": new})
        data["people"][who]["circle"] = new
    edited = _with_circle_of_dates(edited, old, new)
    if "circles" in data.get("dates", {}):
        data["dates"]["circles"] = [new if name == old else name for name in data["dates"]["circles"]]
    data["circles"] = {new if name == old else name: circle for name, circle in data["circles"].items()}
    edited = mark + edited
    if read_toml(edited, file=file) != data:
        problem = ConfigProblem(written.path(("circles", old)), "is written in a way that kith cannot edit")
        heading = f"[{written.path(('circles', new))}]"
        raise ConfigError(file, (problem,), hint=f"Rename it yourself, to {heading}; nothing was changed")
    parse(edited, file=file, base=Path())
    return edited


def _with_heading(text: str, old: Loc, new: Loc) -> str:
    """``text`` with another heading in place of a table's; as it is, if the table has none of its own."""
    line = layout(text).lines.get(old)
    lines = _A_LINE.findall(text)
    heading = _HEADING.match(lines[line - 1]) if line else None
    if line and heading:
        lines[line - 1] = f"{heading[1]}[{written.path(new)}]{heading[2]}"
    return "".join(lines)


def _with_circle_of_dates(text: str, old: str, new: str) -> str:
    document = tomlkit.parse(text)
    names: Any = document.get("dates", {}).get("circles", [])
    if old not in names:
        return text
    for place, name in enumerate(names):
        if name == old:
            names[place] = _in_quotes_of(name, new)
    return _with_line_ends_of(text, tomlkit.dumps(document))


def rename_account(text: str, old: str, new: str, *, file: str = "config.toml") -> str:
    """The config ``text`` with the account ``old`` called ``new``, also in ``[calendar]`` and ``[meetings]``.

    Raises:
        ConfigError: the config has problems already, would have some then, or is written in a way that kith
            cannot edit.
    """
    parse(text, file=file, base=Path())
    data = read_toml(text, file=file)
    accounts = {new if name == old else name: table for name, table in data["accounts"].items()}
    wanted = data | {"accounts": accounts}
    if data.get("calendar", {}).get("account") == old:
        wanted["calendar"] = data["calendar"] | {"account": new}
    if "meetings" in data and "calendars" in data["meetings"]:
        calendars = [_renamed(calendar, old, new) for calendar in data["meetings"]["calendars"]]
        wanted["meetings"] = data["meetings"] | {"calendars": calendars}
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    plain = text.removeprefix(mark)
    try:
        plain = _with_calendar_account(_with_account_headings(plain, old, new), old, new)
        edited = mark + _with_watched_account(plain, old, new)
    except TOMLKitError:
        raise _cannot_rename(file, old) from None
    parse(edited, file=file, base=Path())
    if read_toml(edited, file=file) != wanted:
        raise _cannot_rename(file, old)
    return edited


def _with_account_headings(text: str, old: str, new: str) -> str:
    lines = _A_LINE.findall(text)
    for loc, number in layout(text).lines.items():
        heading = _ACCOUNT_HEADING.match(lines[number - 1]) if loc[:2] == ("accounts", old) else None
        if heading is not None:
            lines[number - 1] = f"{heading[1]}{written.key(new)}{lines[number - 1][heading.end() :]}"
    return "".join(lines)


def _with_calendar_account(text: str, old: str, new: str) -> str:
    document = tomlkit.parse(text)
    calendar: Any = document.get("calendar", {})
    if calendar.get("account") != old:
        return text
    calendar["account"] = _in_quotes_of(calendar["account"], new)
    return _with_line_ends_of(text, tomlkit.dumps(document))


def _with_watched_account(text: str, old: str, new: str) -> str:
    document = tomlkit.parse(text)
    meetings: Any = document.get("meetings", {})
    calendars = meetings.get("calendars", [])
    renamed = [_renamed(calendar, old, new) for calendar in calendars]
    if renamed == list(calendars):
        return text
    for position, calendar in enumerate(renamed):
        if calendars[position] != calendar:
            calendars[position] = _in_quotes_of(calendars[position], calendar)
    return _with_line_ends_of(text, tomlkit.dumps(document))


def _renamed(calendar: str, old: str, new: str) -> str:
    """``ACCOUNT/NAME`` with the account's new name."""
    account, slash, name = calendar.partition("/")
    return f"{new}/{name}" if slash and account == old else calendar


def _cannot_rename(file: str, old: str) -> ConfigError:
    problem = ConfigProblem(written.path(("accounts", old)), "is written in a way that kith cannot edit")
    heading = f"[{written.path(('accounts', old))}]"
    return ConfigError(file, (problem,), hint=f"Give it a heading of its own, {heading}, and try again.")


def write(path: Path, text: str) -> None:
    """Replace the config file as a whole or not at all, keeping its mode; a link to it stays a link.

    Raises:
        ConfigError: it cannot be written; what was there is untouched.
    """
    content = text.encode("utf-8")
    # The rename replaces what it is given: a link out of a dotfiles folder must be followed first.
    target = Path(os.path.realpath(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        replace_file(target, content, mode=mode)
    except OSError as error:
        problem = ConfigProblem("", f"it cannot be written: {error.strerror}")
        raise ConfigError(str(path), (problem,)) from error


def _changed(text: str, who: str, changes: Mapping[str, str]) -> str:
    people: Any = tomlkit.parse(text).get("people", {})
    sections = {section.table: section for section in layout(text).sections}
    if ("people", who) in sections:
        standing = {key: new for key, new in changes.items() if key in people[who]}
        added = {key: new for key, new in changes.items() if key not in people[who]}
        return _in_place(_with_lines(text, sections["people", who], added), who, standing)
    if who in people or isinstance(people, InlineTable):
        return _in_place(text, who, changes)
    return _with_table(text, who, changes)


def _in_place(text: str, who: str, changes: Mapping[str, str]) -> str:
    if not changes:
        return text
    document = tomlkit.parse(text)
    people: Any = document["people"]
    if who not in people:
        people[who] = tomlkit.inline_table()
    for key, new in changes.items():
        people[who][key] = _in_quotes_of(people[who].get(key), new)
    return _with_line_ends_of(text, tomlkit.dumps(document))


def _with_line_ends_of(text: str, edited: str) -> str:
    all_windows = "\r\n" in text and not _LONE_NEWLINE.search(text)
    return _LONE_NEWLINE.sub("\r\n", edited) if all_windows else edited


def _in_quotes_of(old: Item | None, new: str) -> String:
    single = old is not None and old.as_string().startswith("'") and "'" not in new
    return tomlkit.string(new, literal=single)


def _with_lines(text: str, section: Section, added: Mapping[str, str]) -> str:
    """``text`` with new keys after the last one of a table, indented like it."""
    if not added:
        return text
    lines = _A_LINE.findall(text)
    last = lines[section.last - 1]
    indent = last[: len(last) - len(last.lstrip(" \t"))]
    return _insert(lines, section.last, [indent + statement for statement in _statements(added)])


def _with_table(text: str, who: str, changes: Mapping[str, str]) -> str:
    """``text`` with a new table after the last person, or at the end where there is none yet."""
    lines = _A_LINE.findall(text)
    people = [section for section in layout(text).sections if section.table[:1] == ("people",)]
    at = _end_of(people[-1], lines) if people else _end_of_text(lines)
    table = [f"[{written.path(('people', who))}]", *_statements(changes)]
    is_crowded = at < len(lines) and lines[at].strip()
    return _insert(lines, at, [*([""] if at else []), *table, *([""] if is_crowded else [])])


def _end_of(section: Section, lines: list[str]) -> int:
    """The last line of a section: comments right below are its own, unless the next heading follows them."""
    end = section.last
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    heads_the_next = end < len(lines) and lines[end].strip()
    return section.last if heads_the_next else end


def _end_of_text(lines: list[str]) -> int:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _insert(lines: list[str], at: int, new: list[str]) -> str:
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    before, after = "".join(lines[:at]), "".join(lines[at:])
    if before and not before.endswith("\n"):
        before += newline
    return before + "".join(line + newline for line in new) + after


def _statements(changes: Mapping[str, str]) -> list[str]:
    return [f"{key} = {tomlkit.string(new).as_string()}" for key, new in changes.items()]


def _beyond_us(file: str, who: str, changes: Mapping[str, str]) -> ConfigError:
    place = written.path(("people", who))
    problem = ConfigProblem(place, "is written in a way that kith cannot edit; nothing was changed")
    by_hand = "\n".join([f"[{place}]", *_statements(changes)])
    return ConfigError(file, (problem,), hint=f"Write it yourself:\n\n{by_hand}\n")
