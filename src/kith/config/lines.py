"""Where things stand in a TOML text: the line of every key, and the extent of every section.

``tomllib`` gives values without places. This walks a text that ``tomllib`` has already accepted, so it need
not judge: it skips over values, notes where each begins, and never raises.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass

from kith.config.written import Loc

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_SCALAR = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}'''
    r"""|'''.*?'{3,5}"""
    r'''|"(?:\\.|[^"\\])*"'''
    r"""|'[^']*'"""
    r"""|[^,\]}#\r\n]+""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Section:
    """The statements below one heading (for ``table == ()``, those before the first).

    ``last`` is the last line of its last statement, or the heading's own where there is none.
    """

    table: Loc
    last: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines count from 1. A table that several headings share stands where it is first mentioned."""

    lines: dict[Loc, int]
    sections: tuple[Section, ...]

    def line(self, loc: Loc) -> int | None:
        """The line of a key, or else of the nearest table around it that the file mentions."""
        for end in range(len(loc), 0, -1):
            if loc[:end] in self.lines:
                return self.lines[loc[:end]]
        return None


def layout(text: str) -> Layout:
    """Where everything stands in ``text``, which must be valid TOML."""
    return _Walk(text).result()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Loc, int] = {}
        self._array_sizes: dict[Loc, int] = {}

    def result(self) -> Layout:
        sections = []
        table, last = Loc(), 0
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                sections.append(Section(table, last))
                table = self._heading()
            else:
                self._statement(table)
            last = self._line()
            self._skip(_BLANK)
        return Layout(self._lines, (*sections, Section(table, last)))

    def _heading(self) -> Loc:
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        table = self._inside_arrays(keys[:-1]) + keys[-1:]
        if is_array:
            size = self._array_sizes.get(table, 0)
            self._array_sizes[table] = size + 1
            table += (size,)
        self._note(table, line)
        # A heading of the table's own says more than an earlier [table.inside] did.
        self._lines[table] = line
        return table

    def _inside_arrays(self, keys: Loc) -> Loc:
        """``[x.y]`` below ``[[x]]`` belongs to the last ``x``."""
        loc = Loc()
        for key in keys:
            loc += (key,)
            if loc in self._array_sizes:
                loc += (self._array_sizes[loc] - 1,)
        return loc

    def _statement(self, table: Loc) -> None:
        line = self._line()
        loc = table + self._keys()
        self._note(loc, line)
        self._at += len("=")
        self._skip(_SPACE)
        self._value(loc)

    def _value(self, loc: Loc) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._items(loc, "]")
        elif opening == "{":
            self._items(loc, "}")
        else:
            self._skip(_SCALAR)

    def _items(self, loc: Loc, closing: str) -> None:
        position = 0
        self._at += 1
        self._skip(_BLANK)
        while self._text[self._at] != closing:
            if self._text[self._at] == ",":
                self._at += 1
            elif closing == "}":
                self._statement(loc)
            else:
                item = (*loc, position)
                self._note(item, self._line())
                self._value(item)
                position += 1
            self._skip(_BLANK)
        self._at += 1

    def _keys(self) -> Loc:
        """A dotted key up to what follows it (``=`` or ``]``)."""
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            part = self._skip(_KEY)
            # Quoted keys have the escapes of strings, and tomllib knows them all.
            keys.append(tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part)
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return tuple(keys)
            self._at += 1

    def _note(self, loc: Loc, line: int) -> None:
        for end in range(1, len(loc) + 1):
            self._lines.setdefault(loc[:end], line)

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]
