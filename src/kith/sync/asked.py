"""What briefs ask the user about meetings, and how a brief is answered: its line has a box, to be ticked."""

from __future__ import annotations

from datetime import date

from kith.core.brief import day_text
from kith.core.event import normal_line, printable
from kith.core.model import PersonId
from kith.core.questions import question_words
from kith.core.typed import parse
from kith.store.meetings import Question
from kith.store.store import Store

_LONGEST_TITLE = 80
_MOST = 3
"""How many questions stand in one brief; the others come up when these were answered."""


def open_questions(store: Store) -> dict[PersonId, tuple[str, ...]]:
    """What waits for an answer about somebody, the last meetings first to be asked about, as lines of a brief."""
    found = store.meetings.open_questions()
    return {person: tuple(f"- [ ] {_words(one)}" for one in some[-_MOST:]) for person, some in found.items()}


def ticked(store: Store, today: date) -> list[Question]:
    """The open questions whose line was ticked in an event about whom they are about."""
    waiting = store.meetings.open_questions()
    if not waiting:
        return []
    typed = store.history.typed()
    found = []
    for person, questions in waiting.items():
        kept = {normal_line(line) for text in typed.get(person, ()) for line in parse(text, today).kept}
        found += [question for question in questions if normal_line(_words(question)) in kept]
    return found


def _words(question: Question) -> str:
    title = printable(question.title)
    title = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].strip()}…"
    return question_words(title, day_text(question.day), question.number)
