"""What a brief asks about a title that names somebody, and how that is known again among what was typed."""

from __future__ import annotations

import re

from kith.core.event import normal_line

_ASKED = re.compile(r"” on .+ was a meeting with them \(if not: kith meetings no \d+\)")


def question_words(title: str, day: str, number: int) -> str:
    """What a brief asks about a meeting in whose title somebody's name stands."""
    return f"“{title}” on {day} was a meeting with them (if not: kith meetings no {number})"


def without_questions(text: str) -> str:
    """A typed text without such lines, ticked: they are kith's words, and answer it. What is left is the user's."""
    lines = text.splitlines()
    left = [line for line in lines if not _ASKED.search(normal_line(line))]
    return "\n".join(left).strip("\n") if left != lines else text
