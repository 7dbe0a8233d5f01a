"""What kith writes into a list: its title, and the lines about each person on it.

As in a brief, nothing depends on today. The more people are on a list, the less it says about each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kith.core.brief import Subject, day_text, for_day, tale
from kith.core.list_lines import Line
from kith.core.rules import Rules
from kith.core.typed import without_facets

_NAMES = 4
_LINES = 4
_LINES_IN_ALL = 24
_LONGEST_LINE = 160
_FACTS = 2


def list_title(names: Sequence[str], rules: Rules) -> str:
    """The list's title by the user's template."""
    shown = [_one_line(name) for name in names[:_NAMES]]
    more = len(names) - len(shown)
    said = f"{', '.join(shown)} and {more} more" if more else _joined(shown)
    return " ".join(rules.list_title.format(names=said, count=len(names)).split())


def line(subject: Subject, key: str, people: int, rules: Rules, day: date) -> Line:
    """The lines about somebody on a list of ``people`` that stands on ``day``.

    With ``details = "none"`` that is the name alone, which a list cannot do without.
    """
    name = _one_line(subject.person.name) or "somebody"
    if rules.details == "none":
        return Line(key, name)
    if rules.details == "short":
        return Line(key, name, _why(subject))
    room = max(1, min(_LINES, _LINES_IN_ALL // max(people, 1)))
    return Line(key, name, _why(subject), tuple(filter(None, map(_one_line, _worth_saying(subject, day))))[:room])


def _why(subject: Subject) -> str:
    for spoken in subject.conversations[:1]:
        via = _one_line(spoken.via)
        return f"last talked {day_text(spoken.day)}{f', {via}' if via else ''}"
    return "new in your network"


def _worth_saying(subject: Subject, day: date) -> list[str]:
    """What would be missed most, first."""
    return [
        subject.remark,
        *subject.understood,
        *subject.questions,
        *for_day(subject.asked, day, 1),
        *subject.for_next,
        *subject.promises,
        *(tale(spoken) for spoken in subject.conversations[:1]),
        *subject.changes,
        *for_day(subject.news, day, 1),
        *for_day(subject.introductions, day, 1),
        *subject.facts[-_FACTS:],
    ]


def _one_line(text: str) -> str:
    whole = (without_facets(line) for line in text.splitlines())
    lines = ("".join(char if char.isprintable() else " " for char in line).split() for line in whole)
    flat = " / ".join(" ".join(words) for words in lines if words)
    if len(flat) <= _LONGEST_LINE:
        return flat
    return flat[:_LONGEST_LINE].rsplit(" ", 1)[0] + " …"


def _joined(names: Sequence[str]) -> str:
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last
