"""Finding kith's lines in a list's description again, whatever was written into them.

Lines are known by *tokens*, which stand where an ordinary event has the digests of its lines: ``+KEY.W.N.F`` for a
person's line, with the digests of all of it, of the name and of the first name; ``=D`` for the line to write under;
``D`` for any other. Boxes and blanks are in no digest. Nothing here knows whom a key stands for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kith.core.event import line_digests, normal_line
from kith.core.readback import Mark, cut_mark
from kith.core.rules import Marks

BOX, TICKED = "[ ]", "[x]"

_OPEN = ("[ ]", "[]", "☐", "□", "▢", "◻", "⬜", "❏")
_DONE = ("[x]", "[ x ]", "[x ]", "[ x]", "[✓]", "[✔]", "☑", "☒", "🗹", "✓", "✔", "✅")
_TRIED = ("[~]", "~")
_BULLET = re.compile(r"[-*•·–—+] +")
_SEPARATOR = re.compile(r"[\s:,;.–—-]+(?=\s)|[\s:,;.–—-]+$")
_PROMISE = re.compile(r"[-*] *\[")
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
        return f"+{self.key}.{digest(self.head)}.{digest(self.name)}.{digest(_first_word(self.name))}"


@dataclass(frozen=True, slots=True)
class Head:
    """A token of a person's line, taken apart."""

    token: str
    key: str
    whole: str
    name: str
    first: str

    @property
    def has_why(self) -> bool:
        """Whether there is more in the line than the name."""
        return self.whole != self.name


@dataclass(slots=True)
class Block:
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

    @property
    def is_try(self) -> bool:
        """Whether the user said that they tried, and no more."""
        return self.mark is Mark.TRIED and not self.behind and not any(self.typed)

    def says(self, line: Line) -> bool:
        """Whether it says what is wanted, whatever its box looks like."""
        return self.tokens == new_block(line).tokens


@dataclass(frozen=True, slots=True)
class _Found:
    """A line of kith's: its token, the mark before it, and what was typed in it."""

    token: str
    mark: Mark = Mark.NONE
    behind: str = ""
    exact: bool = True


def blocks(text: str, tokens: Sequence[str], marks: Marks) -> list[Block]:
    """A description in blocks; the first is what stands above everybody's lines, and may be empty."""
    lines = text.splitlines()
    found = _recognise(lines, tokens, marks)
    blocks = [Block()]
    for number, line in enumerate(lines):
        here = found.get(number)
        if here is not None and here.token[0] in "+=":
            key = key_of(here.token) if here.token[0] == "+" else None
            blocks.append(Block(key=key, mark=here.mark, behind=here.behind, exact=here.exact))
        block = blocks[-1]
        block.lines += (line,)
        if here is None:
            block.typed.append(line.strip() if normal_line(line) else "")
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
    search.tell_namesakes_apart()
    return search.found


class _Search:
    """One look through the lines of a description; each token is found once."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[str], marks: Marks) -> None:
        self.found: dict[int, _Found] = {}
        self._lines = lines
        self._marks = marks
        self._order = list(tokens)
        self._heads = heads(tokens)
        self._others = Counter(token for token in tokens if not token.startswith("+"))
        self._stages = {number: list(_stages(line, marks)) for number, line in enumerate(lines) if normal_line(line)}

    def whole_lines(self, *, boxed: bool) -> None:
        """People's lines that say what kith wrote, and no more."""
        for number, stages in self._left():
            for mark, rest in stages:
                if (mark is not None) is boxed:
                    same = (head for head in self._heads if head.whole == digest(rest))
                    self._take(number, mark, self._first(same))

    def other_lines(self) -> None:
        """Everything else that says what kith wrote, and no more."""
        for number, stages in self._left():
            whole = digest(stages[0][1])
            for token in (whole, f"={whole}"):
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
                    fits = [head for head in self._heads if head.first == digest(word) and firsts[head.first] == 1]
                    self._take(number, mark, self._first(fits), rest[len(word) :].strip())

    def tell_namesakes_apart(self) -> None:
        """Lines that say the same stand in the order in which kith wrote them, whatever was written into which."""
        alike: dict[str, list[int]] = defaultdict(list)
        for number, found in sorted(self.found.items()):
            if found.token.startswith("+"):
                alike[found.token.partition(".")[2]].append(number)
        for numbers in alike.values():
            tokens = sorted((self.found[number].token for number in numbers), key=self._order.index)
            for number, token in zip(numbers, tokens, strict=True):
                self.found[number] = replace(self.found[number], token=token)

    def _left(self) -> Iterator[tuple[int, list[tuple[Mark | None, str]]]]:
        for number, stages in self._stages.items():
            if number not in self.found:
                yield number, stages

    def _first(self, heads: Iterable[Head]) -> Head | None:
        return next(iter(heads), None)

    def _take_longer(self, number: int, mark: Mark | None, rest: str) -> None:
        ends = _beginnings(rest)
        fits = [head for head in self._heads if head.whole in ends and (mark is not None or head.has_why)]
        if fits:
            head = max(fits, key=lambda head: ends[head.whole])
            self._take(number, mark, head, rest[ends[head.whole] :])
        elif mark is not None:
            starts = {digest(rest[word.start() :]): word.start() for word in re.finditer(r"\S+", rest[:_LONGEST])}
            last = self._first(head for head in self._heads if head.whole in starts)
            self._take(number, mark, last, rest[: starts[last.whole]] if last else "")

    def _take_other(self, number: int, line: str) -> None:
        ends = _beginnings(line)
        fits = [token for token, times in self._others.items() if times > 0 and token.removeprefix("=") in ends]
        if fits:
            token = max(fits, key=lambda token: ends[token.removeprefix("=")])
            self._others[token] -= 1
            self.found[number] = _Found(token, behind=_trimmed(line[ends[token.removeprefix("=")] :]), exact=False)

    def _take(self, number: int, mark: Mark | None, head: Head | None, behind: str | None = None) -> None:
        """Give a line to a person, if it is nobody's yet. A tick that was put behind the name is one too."""
        if head is None or number in self.found:
            return
        exact = behind is None
        own, text = _mark_behind(_trimmed(behind or ""), self._marks)
        both = _stronger(mark or Mark.NONE, own)
        self.found[number] = _Found(head.token, both, text, exact and own is Mark.NONE)
        self._heads = [other for other in self._heads if other.key != head.key]


def heads(tokens: Iterable[str]) -> list[Head]:
    """The tokens of people's lines."""
    return [Head(token, *token[1:].split(".")) for token in tokens if token.startswith("+") and token.count(".") == 3]


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
            ends[digest(text[:end])] = end
    return ends


def _without_why(rest: str, end: int, head: Head) -> str:
    """What was typed between a name and kith's words behind it, or instead of them."""
    name, behind = rest[:end], rest[end:]
    for word in re.finditer(r"\S+", behind[:_LONGEST]):
        if digest(f"{name}: {behind[word.start() :]}") == head.whole:
            return behind[: word.start()].rstrip(" :")
    return behind


# --- lines and tokens --------------------------------------------------------------------------------------


def known(new: Iterable[str], old: Iterable[str]) -> tuple[str, ...]:
    """The tokens of both, each as often as the one that has it more often; a person's line as the new one has it."""
    both = list(new)
    keys = {key_of(token) for token in both if token.startswith("+")}
    surplus = Counter(token for token in old if not token.startswith("+"))
    surplus.subtract(both)
    heads = [token for token in old if token.startswith("+") and key_of(token) not in keys]
    return (*both, *heads, *surplus.elements())


def new_block(line: Line) -> Block:
    """The block that kith writes."""
    lines = (f"{BOX} {line.head}", *(f"    {text}" for text in line.below))
    return Block(lines, (line.token, *line_digests(line.below)), line.key)


def ticked_block(block: Block) -> Block:
    """The block with its box ticked, and nothing else changed."""
    first, *others = block.lines
    box = _ANY_BOX.search(first)
    at_the_beginning = box is not None and not re.search(r"\w", first[: box.start()])
    ticked = f"{first[: box.start()]}{TICKED}{first[box.end() :]}" if box and at_the_beginning else f"{TICKED} {first}"
    return replace(block, lines=(ticked, *others), mark=Mark.DONE)


def key_of(token: str) -> str:
    """The key in the token of a person's line."""
    return token[1:].partition(".")[0]


def digest(text: str) -> str:
    """What a text is known by."""
    return next(iter(line_digests([text])), "")


def _first_word(text: str) -> str:
    return re.split(r"[\s:,;]", text, maxsplit=1)[0]


def _trimmed(text: str) -> str:
    """Typed text without what separates it from kith's."""
    text = text.strip()
    separator = None if _PROMISE.match(text) else _SEPARATOR.match(text)
    return text[separator.end() :].strip() if separator else text
