"""An archive's pages in Markdown: one for each person about whom anything was said or ruled."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kith.core.questions import without_questions

Values = Mapping[str, Any]

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w .,'()-]+")
_LONGEST = 80
_FACTS = {"met": "Met", "asks": "Asks", "offers": "Offers"}


def pages(said: Mapping[str, Sequence[Values]]) -> dict[str, str]:
    """The pages by their file names."""
    talks, notes = _conversations(said), _notes(said)
    written: dict[str, str] = {}
    taken: set[str] = set()
    for person in said["people"]:
        text = _page(person, talks[person["id"]], notes[person["id"]])
        if text:
            written[_file_name(person, taken)] = text
    return written


def _page(person: Values, talks: list[Values], notes: list[str]) -> str:
    """The page; empty where there is nothing to say."""
    sections = [
        ("", [f"- {line}" for line in _ruled(person)]),
        (
            "Worth remembering",
            [_item(_FACTS.get(fact["kind"], ""), fact["text"]) for fact in _in_order(_remembered(person["facts"]))],
        ),
        ("Conversations", [_item(_talk_words(talk), talk["text"]) for talk in talks]),
        ("Notes in events", [_item("", note) for note in notes]),
        ("Tried", [_item(attempt["day"], attempt["text"]) for attempt in _in_order(_remembered(person["attempts"]))]),
        ("Skipped", [_item(skip["day"], skip["reason"]) for skip in _in_order(person["skips"])]),
    ]
    parts = [f"## {heading}\n\n" * bool(heading) + "\n".join(lines) for heading, lines in sections if lines]
    return "\n\n".join([f"# {' '.join(person['name'].split()) or 'Somebody'}", *parts]) + "\n" if parts else ""


def _remembered(things: Sequence[Values]) -> list[Values]:
    return [thing for thing in things if thing["forgotten_at"] is None]


def _in_order(things: Sequence[Values]) -> list[Values]:
    """By the day they are about, else by when they came in: joined, everybody would have an order of their own."""
    return sorted(things, key=lambda thing: [str(thing.get(name)) for name in ("day", "recorded_at", *sorted(thing))])


def _ruled(person: Values) -> Iterator[str]:
    if person["by_hand"]:
        yield f"added by hand on {person['created_at'][:10]}"
        yield from (f"mail: {address}" for address in person["body"]["emails"])
        yield from (f"phone: {number}" for number in person["body"]["phones"])
    if person["circle"] is not None:
        yield f"circle, set by hand: {person['circle']}"
    if person["every"] is not None:
        yield f"every {person['every']}, set by hand"
    if person["next_on"] is not None:
        yield f"comes up on {person['next_on']}"
    if person["paused"]:
        yield f"paused until {person['paused_until']}" if person["paused_until"] else "paused"


def _talk_words(talk: Values) -> str:
    via = f" ({talk['via']})" if talk["via"] else ""
    return f"{talk['day']}{via}" + (", taken back" if talk["withdrawn_at"] else "")


def _item(head: str, text: str) -> str:
    """A list's item; further lines of a text are indented under the first."""
    whole = f"{head}: {text}" if head and text else head or text
    first, *more = whole.splitlines() or [""]
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in more)])


def _conversations(said: Mapping[str, Sequence[Values]]) -> dict[str, list[Values]]:
    """Everybody's conversations, newest first."""
    found: dict[str, list[Values]] = defaultdict(list)
    for talk in sorted(said["conversations"], key=lambda talk: str(talk["day"]), reverse=True):
        for person in talk["people"]:
            found[person].append(talk)
    return found


def _notes(said: Mapping[str, Sequence[Values]]) -> dict[str, list[str]]:
    """What was typed in everybody's events and became no conversation, as it was last read."""
    last = {(typed["event_uid"], typed["occurrence"]): typed["text"] for typed in said["typed_texts"]}
    talked = {(talk["event_uid"], talk["occurrence"]) for talk in said["conversations"]}
    found: dict[str, list[str]] = defaultdict(list)
    for reach_out in said["reach_outs"]:
        lines = {uid: line["line"] for uid, line in reach_out["lines"].items() if line["line"]}
        texts = [
            text
            for (event, line), text in last.items()
            if event in reach_out["events"] and (event, line) not in talked and line == lines.get(event, line)
        ]
        for person in reach_out["people"]:
            found[person] += filter(None, map(without_questions, texts))
    return found


def _file_name(person: Values, taken: set[str]) -> str:
    """A name that every file system can hold, and nobody else's page has."""
    plain = _NOT_IN_A_FILE_NAME.sub(" ", unicodedata.normalize("NFC", person["name"]))
    base = " ".join(plain.split())[:_LONGEST].strip(" .") or "somebody"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base} {number}"
    taken.add(name.casefold())
    return f"{name}.md"
