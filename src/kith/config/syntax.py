"""TOML text to plain tables, and tomllib's terse complaints in sentences.

A text that is not TOML has one problem, the first: what follows it cannot be judged. Nothing of the text
is repeated in a message, for there may be a password on the line.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from kith.errors import ConfigError, ConfigProblem

BYTE_ORDER_MARK = "\ufeff"
"""Windows editors put one before UTF-8. It is allowed, and kept by edits."""

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = "this table or key stands in the file twice; keep one"
_NO_CLOSING_QUOTE = "the closing quote of this text is missing"
_CONTROL_CHARACTER = "a control character stands here; take it out"
_MEANINGS = (
    # What tomllib's message begins with, and what it means. The first that fits is taken.
    ("Expected '='", "a key needs = and a value after it"),
    (
        "Expected newline or end of document",
        'something is left over after the value; text and times stand in quotes, such as "2w" or "17:30"',
    ),
    ("Expected ']'", "a heading is closed by ] and stands alone on its line"),
    ("Expected ']]'", "a heading that begins with [[ is closed by ]]"),
    ("Expected", _NO_CLOSING_QUOTE),
    ("Invalid value", 'this is not a value; text stands in quotes, such as "2w"'),
    ("Invalid statement", "a line is a [heading], a key = value or a # comment; this is none of them"),
    ("Invalid initial character", "a key is missing, or holds a character that needs quotes around the key"),
    ("Invalid hex value", "\\u wants four hexadecimal digits, \\U eight"),
    ("Invalid date", "there is no such day or time"),
    ("Escaped character is not", "\\u and \\U must name a character"),
    ("Unescaped", "a backslash in \"text\" is written twice; 'text' takes it as it is"),
    ("Illegal character '\\n'", _NO_CLOSING_QUOTE),
    ("Illegal character", _CONTROL_CHARACTER),
    ("Found invalid character '\\n'", _NO_CLOSING_QUOTE),
    ("Found invalid character", _CONTROL_CHARACTER),
    ("Unclosed array", "a list has a comma between its items and ] at its end"),
    ("Unclosed inline table", "a table in braces has a comma between its keys and } at its end"),
    ("Cannot", _TWICE),
    ("Duplicate", _TWICE),
    ("Exceeds the limit", "there is a number of thousands of digits in it"),
)


def read_toml(text: str, *, file: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        ConfigError: the one syntax error, with its line and column.
    """
    try:
        return tomllib.loads(text.removeprefix(BYTE_ORDER_MARK))
    except RecursionError:
        problem = ConfigProblem("", "not valid TOML: lists or tables stand in one another too deeply")
    except ValueError as error:
        problem = _problem(str(error), text)
    raise ConfigError(file, (problem,))


def _problem(complaint: str, text: str) -> ConfigProblem:
    where = _WHERE.search(complaint)
    if where is not None and where[1] is None:
        meaning = "the file ends too early: a value, a bracket or a quote is missing"
        return ConfigProblem("", f"not valid TOML: {meaning}", text.rstrip("\n").count("\n") + 1)
    meanings = (meaning for start, meaning in _MEANINGS if complaint.startswith(start))
    meaning = next(meanings, "it cannot be understood from here on")
    if where is None:
        return ConfigProblem("", f"not valid TOML: {meaning}")
    return ConfigProblem("", f"not valid TOML at column {where[2]}: {meaning}", int(where[1]))
