"""A list of people in one event's description: how it is written, and what somebody made of it.

A person has a line, with a box before the name, and perhaps a few lines of kith's under it. What the user writes behind
a name, or under it up to the next name, is about that person; what stands above the first line or below the line to
write under is nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kith.core.event import normal_lines
from kith.core.list_lines import Block, Line, blocks, digest, heads, known, new_block, ticked_block
from kith.core.promises import ticks_a_shown_one
from kith.core.readback import Mark, Reading
from kith.core.rules import Marks

WRITE_LINE = "— write below this line or behind a name —"


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in a list about one person: the mark before the name, and what was typed. ``plain``: as written."""

    mark: Mark
    text: str = ""
    plain: bool = False

    @property
    def is_try(self) -> bool:
        """Whether it says that they were tried, and no more."""
        return self.mark is Mark.TRIED and not self.text


@dataclass(frozen=True, slots=True)
class Composed:
    """A description, the tokens of what kith wrote in it, and the keys of the lines in it, in their order."""

    text: str
    tokens: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list as it was read. ``items`` are those whose line was found, by key, in their order; ``note`` is nobody's."""

    items: Mapping[str, Item]
    note: str = ""

    @property
    def is_touched(self) -> bool:
        """Whether the user put anything into it."""
        return self.holds_more_than(())

    def holds_more_than(self, spent: Collection[str]) -> bool:
        """Whether it holds anything of the user's, marks of tries that are over and done with left aside."""
        over = {key for key in spent if key in self.items and self.items[key].is_try}
        return bool(self.note) or any(not item.plain for key, item in self.items.items() if key not in over)

    @property
    def typed(self) -> str:
        """Everything typed into it."""
        return "\n".join(text for text in (*(item.text for item in self.items.values()), self.note) if text)


def parse(text: str, tokens: Sequence[str], marks: Marks) -> Checklist:
    """What a description says; ``tokens`` are those of the lines that kith wrote into it."""
    items, notes = {}, []
    for block in blocks(text, tokens, marks):
        typed = _joined((block.behind, *block.typed))
        if block.key is None:
            notes.append(typed)
        else:
            items[block.key] = Item(block.mark, typed, block.is_plain)
    return Checklist(items, _joined(notes))


def compose(
    text: str, tokens: Sequence[str], wanted: Sequence[Line], ticked: Collection[str], marks: Marks
) -> Composed:
    """The description with the lines that are ``wanted``.

    A line with something of the user's stays to the letter, wanted or not; only its box is ticked, for the keys in
    ``ticked``. The mark of a try alone is nothing to keep. What is new stands below the lines that are there. The
    tokens of lines that were taken away stay known: an app may bring them back.
    """
    by_key = {line.key: line for line in wanted}
    kept: list[Block] = []
    for block in blocks(text, tokens, marks):
        line = by_key.pop(block.key, None) if block.key is not None else None
        if block.key is not None and block.key in ticked:
            kept.append(block if block.mark is Mark.DONE else ticked_block(block))
        elif line is None and block.is_try:
            continue
        elif block.key is None or not block.is_plain:
            kept.append(block)
        elif line is not None:
            kept.append(block if block.says(line) else new_block(line))
    place = max((n for n, block in enumerate(kept, start=1) if block.key), default=_top(kept))
    kept[place:place] = [new_block(line) for line in wanted if line.key in by_key]
    if not text.strip():
        kept.append(Block(lines=(WRITE_LINE,), tokens=(f"={digest(WRITE_LINE)}",)))
    lines = [line for block in kept for line in block.lines]
    return Composed(
        text="\n".join(lines).strip("\n"),
        tokens=known([token for block in kept for token in block.tokens], tokens),
        keys=tuple(block.key for block in kept if block.key is not None),
    )


def texts(read: Checklist) -> dict[str, str]:
    """What was typed about each person. What is nobody's is theirs who is alone on the list."""
    note = read.note if len(read.items) == 1 else ""
    return {key: _joined((item.text, note)) for key, item in read.items.items()}


def readings(
    event: Reading, before: Checklist, now: Checklist, answered: Collection[str], tokens: Collection[str], day: date
) -> dict[str, Reading]:
    """What differs in each person's line, where ``event`` says what differs in the event as a whole.

    A mark put before the title goes for everybody who has none and is not among the ``answered``, by their keys.
    ``day`` is today, by which promises are read.
    """
    note_changed = normal_lines(now.note) != normal_lines(before.note)
    found = {}
    for key, text in texts(now).items():
        item, was = now.items[key], before.items.get(key, Item(Mark.NONE))
        added = Counter(normal_lines(text)) - Counter(normal_lines(was.text)) - Counter(normal_lines(before.note))
        alone = len(now.items) == 1
        found[key] = replace(
            event,
            typed=text,
            typed_changed=normal_lines(item.text) != normal_lines(was.text) or (alone and note_changed),
            mark=item.mark if item.mark is not Mark.NONE or key in answered else newly_marked(event),
            mark_before=was.mark,
            only_ticks=bool(added) and all(ticks_a_shown_one(line, tokens, day) for line in added),
        )
    return found


def newly_marked(event: Reading) -> Mark:
    """The mark that was put before the title since the last look."""
    return event.mark if event.mark is not event.mark_before else Mark.NONE


def keys(tokens: Iterable[str]) -> set[str]:
    """The keys of all people's lines that kith wrote."""
    return {head.key for head in heads(tokens)}


def keys_for(person: Collection[str], tokens: Iterable[str]) -> set[str]:
    """The keys among tokens that a person's line may have, of whom these are the names that last: ids, cards' UIDs."""
    return keys(tokens) & {new_key(name, number) for name in person for number in (1, 2, 3)}


def new_key(name: str, number: int = 1) -> str:
    """The key for a line about somebody; ``number`` where they have had one on the same list before."""
    return digest(name if number == 1 else f"{name}#{number}")


def is_named(name: str, key: str, tokens: Iterable[str]) -> bool:
    """Whether the line of that key says this name."""
    return any(head.name == digest(name) for head in heads(tokens) if head.key == key)


# --- writing ----------------------------------------------------------------------------------------------


def _top(blocks: Sequence[Block]) -> int:
    """Where the first line goes: below what stands above it, above the line to write under."""
    return next(
        (n for n, block in enumerate(blocks) if any(token.startswith("=") for token in block.tokens)), len(blocks)
    )


def _joined(texts: Iterable[str]) -> str:
    """Texts as lines, without empty ones at both ends."""
    return "\n".join(texts).strip("\n")
