"""A list of people in one event's description: how it is written, and what somebody made of it.

A person has a line, with a box before the name, and perhaps a few lines of kith's under it. What the user writes behind
a name, or under it up to the next name, is about that person; what stands above the first line or below the line to
write under is nobody's.

Kith's lines are known by *tokens*, which stand where an ordinary event has the digests of its lines: ``+KEY.W.N.F``
for a person's line, with the digests of all of it, of the name and of the first name; ``=D`` for the line to write
under; ``D`` for any other. Boxes and blanks are in no digest. Nothing here knows whom a key stands for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kith.core.event import line_digests, normal_line, normal_lines
from kith.core.promises import ticks_a_shown_one
from kith.core.readback import Mark, Reading, cut_mark
from kith.core.rules import Marks

WRITE_LINE = "— write below this line or behind a name —"
BOX, TICKED = "[ ]", "[x]"

_OPEN = ("[ ]", "[]", "☐", "□", "▢", "◻", "⬜", "❏")
_DONE = ("[x]", "[ x ]", "[x ]", "[ x]", "[✓]", "[✔]", "☑", "☒", "🗹", "✓", "✔", "✅")
_TRIED = ("[~]", "~")
_BULLET = re.compile(r"[-*•·–—+] +")
_SEPARATOR = re.compile(r"[\s:,;.–—-]+(?=\s)|[\s:,;.–—-]+$")
_ANY_BOX = re.compile("|".join(re.escape(box) for box in sorted((*_OPEN, *_DONE, *_TRIED), key=len, reverse=True)))
_AFTER_A_MARK = " :,.-–—"
_LONGEST = 400
"""Characters of a line that are searched for what kith wrote."""


@dataclass(frozen=True, slots=True)
class Line:
    """What kith has to say about somebody: one line with their name, and a few under it."""

    key: str
    name: str
    why: str = ""
    below: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The line without its box."""
        return f"{self.name}: {self.why}" if self.why else self.name

    @property
    def token(self) -> str:
        """What the line is known by."""
        return f"+{self.key}.{_digest(self.head)}.{_digest(self.name)}.{_digest(_first_word(self.name))}"


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in a list about one person: the mark before the name, and what was typed. ``plain``: as written."""

    mark: Mark
    text: str = ""
    plain: bool = False


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
        return bool(self.note) or any(not item.plain for item in self.items.values())

    @property
    def typed(self) -> str:
        """Everything typed into it."""
        return "\n".join(text for text in (*(item.text for item in self.items.values()), self.note) if text)


def parse(text: str, tokens: Sequence[str], marks: Marks) -> Checklist:
    """What a description says; ``tokens`` are those of the lines that kith wrote into it."""
    items, notes = {}, []
    for block in _blocks(text, tokens, marks):
        typed = _joined((block.behind, *block.typed))
        if block.key is None:
            notes.append(typed)
        else:
            items[block.key] = Item(block.mark, typed, block.is_plain)
    return Checklist(items, _joined(notes))


def compose(
    text: str, tokens: Sequence[str], wanted: Sequence[Line], ticked: Collection[str], marks: Marks
) -> Composed | None:
    """The description with the lines that are ``wanted``; None where the user cleared it of all lines.

    A line with something of the user's stays to the letter, wanted or not; only its box is ticked, for the keys in
    ``ticked``. What is new stands below the lines that are there. The tokens of lines that were taken away stay known:
    an app may bring them back.
    """
    blocks = _blocks(text, tokens, marks)
    if not any(block.key for block in blocks) and any(token.startswith("+") for token in tokens):
        return None
    by_key = {line.key: line for line in wanted}
    kept: list[_Block] = []
    for block in blocks:
        line = by_key.pop(block.key, None) if block.key is not None else None
        if block.key is None or not block.is_plain:
            kept.append(_ticked(block) if block.key in ticked and block.mark is not Mark.DONE else block)
        elif line is not None:
            kept.append(block if block.says(line) else _new_block(line))
    place = max((n for n, block in enumerate(kept, start=1) if block.key), default=_top(kept))
    kept[place:place] = [_new_block(line) for line in wanted if line.key in by_key]
    if not text.strip():
        kept.append(_Block(lines=(WRITE_LINE,), tokens=(f"={_digest(WRITE_LINE)}",)))
    lines = [line for block in kept for line in block.lines]
    return Composed(
        text="\n".join(lines).strip("\n"),
        tokens=known([token for block in kept for token in block.tokens], tokens),
        keys=tuple(block.key for block in kept if block.key is not None),
    )


def known(new: Iterable[str], old: Iterable[str]) -> tuple[str, ...]:
    """The tokens of both, each as often as the one that has it more often; a person's line as the new one has it."""
    both = list(new)
    keys = {_key(token) for token in both if token.startswith("+")}
    surplus = Counter(token for token in old if not token.startswith("+"))
    surplus.subtract(both)
    heads = [token for token in old if token.startswith("+") and _key(token) not in keys]
    return (*both, *heads, *surplus.elements())


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


def keys_for(person: Collection[str], tokens: Iterable[str]) -> set[str]:
    """The keys among tokens that a person's line may have, of whom these are the names that last: ids, cards' UIDs."""
    keys = {_key(token) for token in tokens if token.startswith("+")}
    return keys & {new_key(name, number) for name in person for number in (1, 2, 3)}


def new_key(name: str, number: int = 1) -> str:
    """The key for a line about somebody; ``number`` where they have had one on the same list before."""
    return _digest(name if number == 1 else f"{name}#{number}")


def is_named(name: str, key: str, tokens: Iterable[str]) -> bool:
    """Whether the line of that key says this name."""
    return any(head.name == _digest(name) for head in _heads(tokens) if head.key == key)


# --- finding kith's lines ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    """A token of a person's line, taken apart."""

    token: str
    key: str
    whole: str
    name: str
    first: str

    @property
    def has_why(self) -> bool:
        return self.whole != self.name


@dataclass(slots=True)
class _Block:
    """A person's line and all up to the next; or, without a key, what is nobody's.

    ``behind`` was typed in the first line, ``typed`` are typed lines with the empty ones between; ``tokens`` are those
    of kith's lines in it.
    """

    lines: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    key: str | None = None
    mark: Mark = Mark.NONE
    behind: str = ""
    typed: list[str] = field(default_factory=list)
    exact: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether all of it is as kith wrote it."""
        return self.exact and self.mark is Mark.NONE and not self.behind and not any(self.typed)

    def says(self, line: Line) -> bool:
        """Whether it says what is wanted, whatever its box looks like."""
        return self.tokens == _new_block(line).tokens


@dataclass(frozen=True, slots=True)
class _Found:
    """A line of kith's: its token, the mark before it, and what was typed in it."""

    token: str
    mark: Mark = Mark.NONE
    behind: str = ""
    exact: bool = True


def _blocks(text: str, tokens: Sequence[str], marks: Marks) -> list[_Block]:
    lines = text.splitlines()
    found = _recognise(lines, tokens, marks)
    blocks = [_Block()]
    for number, line in enumerate(lines):
        here = found.get(number)
        if here is not None and here.token[0] in "+=":
            key = _key(here.token) if here.token[0] == "+" else None
            blocks.append(_Block(key=key, mark=here.mark, behind=here.behind, exact=here.exact))
        block = blocks[-1]
        block.lines += (line,)
        if here is None:
            block.typed.append(line.strip())
        else:
            block.tokens += (here.token,)
            if here.token[0] not in "+=" and here.behind:
                block.typed.append(here.behind)
    return blocks


def _recognise(lines: Sequence[str], tokens: Sequence[str], marks: Marks) -> dict[int, _Found]:
    """Which lines are kith's: those that say all they should first, then those that something was written into."""
    search = _Search(lines, tokens, marks)
    search.whole_lines(boxed=True)
    search.other_lines()
    search.longer_lines(boxed=True)
    search.whole_lines(boxed=False)
    search.longer_lines(boxed=False)
    search.longer_other_lines()
    search.names()
    return search.found


class _Search:
    """One look through the lines of a description; each token is found once."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[str], marks: Marks) -> None:
        self.found: dict[int, _Found] = {}
        self._lines = lines
        self._marks = marks
        self._heads = _heads(tokens)
        self._others = Counter(token for token in tokens if not token.startswith("+"))
        self._stages = {number: list(_stages(line, marks)) for number, line in enumerate(lines) if normal_line(line)}

    def whole_lines(self, *, boxed: bool) -> None:
        """People's lines that say what kith wrote, and no more."""
        for number, stages in self._left():
            for mark, rest in stages:
                if (mark is not None) is boxed:
                    same = (head for head in self._heads if head.whole == _digest(rest))
                    self._take(number, mark, self._first(same))

    def other_lines(self) -> None:
        """Everything else that says what kith wrote, and no more."""
        for number, stages in self._left():
            digest = _digest(stages[0][1])
            for token in (digest, f"={digest}"):
                if number not in self.found and self._others[token] > 0:
                    self._others[token] -= 1
                    self.found[number] = _Found(token)

    def longer_lines(self, *, boxed: bool) -> None:
        """People's lines in which something stands behind what kith wrote, or, after a box, before it."""
        for number, stages in self._left():
            for mark, rest in stages:
                if (mark is not None) is boxed:
                    self._take_longer(number, mark, rest)

    def longer_other_lines(self) -> None:
        """Everything else in which something stands behind what kith wrote."""
        for number, stages in self._left():
            self._take_other(number, stages[0][1])

    def names(self) -> None:
        """Lines with a box and a name, whatever else they say; at last with a first name that only one of them has."""
        for number, stages in self._left():
            for mark, rest in stages:
                if mark is not None:
                    ends = _beginnings(rest)
                    fits = [head for head in self._heads if head.name in ends]
                    head = max(fits, key=lambda head: ends[head.name], default=None)
                    self._take(number, mark, head, _without_why(rest, ends[head.name], head) if head else "")
        firsts = Counter(first for _, first in {(head.key, head.first) for head in self._heads})
        for number, stages in self._left():
            for mark, rest in stages:
                if mark is not None:
                    word = _first_word(rest)
                    fits = [head for head in self._heads if head.first == _digest(word) and firsts[head.first] == 1]
                    self._take(number, mark, self._first(fits), rest[len(word) :].strip())

    def _left(self) -> Iterator[tuple[int, list[tuple[Mark | None, str]]]]:
        for number, stages in self._stages.items():
            if number not in self.found:
                yield number, stages

    def _first(self, heads: Iterable[_Head]) -> _Head | None:
        return next(iter(heads), None)

    def _take_longer(self, number: int, mark: Mark | None, rest: str) -> None:
        ends = _beginnings(rest)
        fits = [head for head in self._heads if head.whole in ends and (mark is not None or head.has_why)]
        if fits:
            head = max(fits, key=lambda head: ends[head.whole])
            self._take(number, mark, head, rest[ends[head.whole] :])
        elif mark is not None:
            starts = {_digest(rest[word.start() :]): word.start() for word in re.finditer(r"\S+", rest[:_LONGEST])}
            last = self._first(head for head in self._heads if head.whole in starts)
            self._take(number, mark, last, rest[: starts[last.whole]] if last else "")

    def _take_other(self, number: int, line: str) -> None:
        ends = _beginnings(line)
        fits = [token for token, times in self._others.items() if times > 0 and token.removeprefix("=") in ends]
        if fits:
            token = max(fits, key=lambda token: ends[token.removeprefix("=")])
            self._others[token] -= 1
            self.found[number] = _Found(token, behind=_trimmed(line[ends[token.removeprefix("=")] :]), exact=False)

    def _take(self, number: int, mark: Mark | None, head: _Head | None, behind: str | None = None) -> None:
        """Give a line to a person, if it is nobody's yet. A tick that was put behind the name is one too."""
        if head is None or number in self.found:
            return
        exact = behind is None
        own, text = _mark_behind(_trimmed(behind or ""), self._marks)
        both = _stronger(mark or Mark.NONE, own)
        self.found[number] = _Found(head.token, both, text, exact and own is Mark.NONE)
        self._heads = [other for other in self._heads if other.key != head.key]


def _heads(tokens: Iterable[str]) -> list[_Head]:
    return [_Head(token, *token[1:].split(".")) for token in tokens if token.startswith("+") and token.count(".") == 3]


def _stages(line: str, marks: Marks) -> Iterator[tuple[Mark | None, str]]:
    """The line as it is, and without each bullet and box at its beginning; with the mark that these came to."""
    rest, mark = normal_line(line), None
    known_signs = ((Mark.DONE, (*_DONE, *marks.done)), (Mark.TRIED, (*_TRIED, *marks.tried)), (Mark.NONE, _OPEN))
    while rest:
        yield mark, rest
        bullet = _BULLET.match(rest)
        if bullet is not None and bullet.end() < len(rest):
            rest = rest[bullet.end() :]
            continue
        for kind, signs in known_signs:
            cut = cut_mark(rest, signs)
            if cut is not None:
                mark = _stronger(mark or Mark.NONE, kind)
                break
        else:
            return
        start = len(rest) - len(cut)
        while start and rest[start - 1] in _AFTER_A_MARK:
            start -= 1
        if rest[start:].strip() != cut:
            yield mark, rest[start:].strip()  # a name may begin with what separates others from their mark
        rest = cut


def _stronger(one: Mark, other: Mark) -> Mark:
    return next((mark for mark in (Mark.DONE, Mark.TRIED) if mark in (one, other)), Mark.NONE)


def _mark_behind(text: str, marks: Marks) -> tuple[Mark, str]:
    """A mark that stands behind the name instead of before it, and what else was typed there."""
    for kind, words in ((Mark.DONE, marks.done), (Mark.TRIED, (*_TRIED, *marks.tried))):
        if text.casefold() in map(str.casefold, words):
            return kind, ""
    rest = cut_mark(text, _DONE)
    return (Mark.NONE, text) if rest is None else (Mark.DONE, rest)


def _beginnings(text: str) -> dict[str, int]:
    """The digests of all beginnings of a line that end with a word, and where they end."""
    ends = {}
    for end in range(1, min(len(text), _LONGEST) + 1):
        inside = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
        if not inside and text[end - 1] != " ":
            ends[_digest(text[:end])] = end
    return ends


def _without_why(rest: str, end: int, head: _Head) -> str:
    """What was typed between a name and kith's words behind it, or instead of them."""
    name, behind = rest[:end], rest[end:]
    for word in re.finditer(r"\S+", behind[:_LONGEST]):
        if _digest(f"{name}: {behind[word.start() :]}") == head.whole:
            return behind[: word.start()].rstrip(" :")
    return behind


# --- writing ----------------------------------------------------------------------------------------------


def _new_block(line: Line) -> _Block:
    lines = (f"{BOX} {line.head}", *(f"    {text}" for text in line.below))
    return _Block(lines, (line.token, *line_digests(line.below)), line.key)


def _ticked(block: _Block) -> _Block:
    """The block with its box ticked, and nothing else changed."""
    first, *others = block.lines
    box = _ANY_BOX.search(first)
    at_the_beginning = box is not None and not re.search(r"\w", first[: box.start()])
    ticked = f"{first[: box.start()]}{TICKED}{first[box.end() :]}" if box and at_the_beginning else f"{TICKED} {first}"
    return replace(block, lines=(ticked, *others), mark=Mark.DONE)


def _top(blocks: Sequence[_Block]) -> int:
    """Where the first line goes: below what stands above it, above the line to write under."""
    return next(
        (n for n, block in enumerate(blocks) if any(token.startswith("=") for token in block.tokens)), len(blocks)
    )


def _key(token: str) -> str:
    return token[1:].partition(".")[0]


def _digest(text: str) -> str:
    return next(iter(line_digests([text])), "")


def _first_word(text: str) -> str:
    return re.split(r"[\s:,;]", text, maxsplit=1)[0]


def _trimmed(text: str) -> str:
    """Typed text without what separates it from kith's."""
    text = text.strip()
    separator = _SEPARATOR.match(text)
    return text[separator.end() :].strip() if separator else text


def _joined(texts: Iterable[str]) -> str:
    """Texts as lines, without empty ones at both ends."""
    return "\n".join(texts).strip("\n")
