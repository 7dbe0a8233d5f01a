r"""A calendar object as its lines: some are changed, the others stay to the letter.

Serialising a parsed object again changes more than was asked: the form of durations, the place of properties behind
an alarm, a typed ``\N``, whatever could not be understood. So what others wrote is cut and pasted as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

_BETWEEN_LINES = re.compile(rb"(?<=\n)(?!(?:\r?\n)*[ \t])")
_FOLD = re.compile(rb"(?:\r?\n)+[ \t]")


def lines_of(raw: bytes) -> list[bytes]:
    """The content lines, each with its folds and its end."""
    return [line for line in _BETWEEN_LINES.split(raw) if line]


def name_of(line: bytes) -> str:
    """The upper-case name of a line's property."""
    return _FOLD.sub(b"", line).replace(b";", b":").partition(b":")[0].strip().upper().decode("utf-8", "replace")


def value_of(line: bytes) -> str:
    """A line's value, as it is escaped."""
    return _FOLD.sub(b"", line).partition(b":")[2].strip().decode("utf-8", "replace")


def components(lines: Sequence[bytes], kind: str) -> Iterator[range]:
    """Where the components of a kind stand, from BEGIN to END, at whatever depth, in the order they begin."""
    found = []
    opened: list[tuple[str, int]] = []
    for position, line in enumerate(lines):
        name = name_of(line)
        if name == "BEGIN":
            opened.append((value_of(line).upper(), position))
        elif name == "END" and opened and opened[-1][0] == value_of(line).upper():
            component, start = opened.pop()
            if component == kind:
                found.append(range(start, position + 1))
    yield from sorted(found, key=lambda component: component.start)


def properties(lines: Sequence[bytes], component: range) -> Iterator[int]:
    """Where a component's own properties stand, not those of components inside it."""
    depth = 0
    for position in component[1:-1]:
        name = name_of(lines[position])
        if name == "BEGIN":
            depth += 1
        elif name == "END":
            depth -= 1
        elif depth == 0:
            yield position


def first_component(lines: Sequence[bytes]) -> int:
    """Where the first component inside the calendar begins."""
    for position, line in enumerate(lines):
        if name_of(line) == "BEGIN" and value_of(line).upper() != "VCALENDAR":
            return position
    return len(lines)


def text_in(lines: Sequence[bytes], component: range, name: str) -> str:
    """The value of a component's property, as it is escaped; empty where it has none."""
    return next((value_of(lines[own]) for own in properties(lines, component) if name_of(lines[own]) == name), "")


def with_properties(
    lines: Sequence[bytes], component: range, dropped: Collection[str], put: Mapping[str, bytes]
) -> list[bytes]:
    """The component's lines without the dropped properties, and each new one where one of its name stood, or last."""
    own = set(properties(lines, component))
    waiting = dict(put)
    changed = []
    for position in component:
        name = name_of(lines[position])
        if position in own and name in dropped:
            changed.append(waiting.pop(name, b""))
            continue
        if position != component.start and position not in own:
            changed += waiting.values()
            waiting.clear()
        changed.append(lines[position])
    return changed
