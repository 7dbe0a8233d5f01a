"""How keys and values look in the file, for sentences about them.

Nothing here reads a config, and nothing here may raise whatever a user wrote: it is used to complain.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable

Loc = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists (``("reach_out", "away", 0)``)."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_SHOWN = 60
_HUGE = 10**20


def path(loc: Loc) -> str:
    """The key as a user would write it: ``people."Ana Souza".every``, ``reach_out.away[0]``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + key(part)
    return text


def key(name: str) -> str:
    """One key, in quotes where TOML wants them."""
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def value(found: object) -> str:
    """A value as the file writes it, cut where it is long; a table is only called one."""
    match found:
        case bool():
            return str(found).lower()
        case str():
            return _quoted(_cut(found))
        case int():
            # Python refuses to spell out integers of thousands of digits.
            return str(found) if abs(found) < _HUGE else "a huge number"
        case dict():
            return "a table"
        case list() if any(isinstance(item, dict | list) for item in found):
            return "a list"
        case list():
            shown = f"[{', '.join(value(item) for item in found)}]"
            return shown if len(shown) <= _LONGEST_SHOWN else "a list"
        case _:
            return str(found)


def whole(found: object) -> str:
    """Text, a number, a truth or a list of them, as TOML that reads back to the same."""
    match found:
        case str():
            return _quoted(found)
        case list() | tuple():
            return f"[{', '.join(map(whole, found))}]"
        case _:
            return value(found)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if one is near; case and ``-`` for ``_`` count little."""
    plain = {_plain(name): name for name in known}
    near = difflib.get_close_matches(_plain(word), plain, n=1)
    return plain[near[0]] if near else None


def _plain(word: str) -> str:
    return _cut(word).casefold().replace("-", "_")


def _quoted(text: str) -> str:
    """A TOML basic string; what does not print is escaped, so that a message stays on its line."""
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(char) for char in escaped)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04X}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08X}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
