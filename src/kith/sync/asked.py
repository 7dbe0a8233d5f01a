"""What briefs ask the user."""

from __future__ import annotations

from kith.core.brief import day_text
from kith.core.model import PersonId
from kith.store.meetings import Question
from kith.store.store import Store


def open_questions(store: Store) -> dict[PersonId, tuple[str, ...]]:
    """What waits for an answer about somebody, in the words of a brief."""
    found = store.meetings.open_questions()
    return {person: tuple(map(_words, questions)) for person, questions in found.items()}


def _words(question: Question) -> str:
    return (
        f"Was “{question.title}” on {day_text(question.day)} a meeting with them?"
        f" Say so with “kith meetings yes {question.number}” or “kith meetings no {question.number}”."
    )
