"""How kith looks on a terminal: aligned tables, colour that carries meaning and survives its absence, and JSON.

Nothing here knows what it shows. Colour goes off in a pipe and with ``NO_COLOR``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, JustifyMethod, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kith.log import is_verbose

OK: Final = "ok"
WARNING: Final = "warning"
PROBLEM: Final = "problem"
_STYLES = {OK: "green", WARNING: "yellow", PROBLEM: "bold red"}
_UNBOUNDED = 10_000
_GAP = 2
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SHARE_OF_THE_FIRST = 0.4
"""How much of a line the first column may have, whatever the others need."""


class ReaderGone(Exception):
    """Whoever read our output stopped (``kith people | head -1``); not an error of anybody's."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGone

    def render_str(self, text: str, **more: Any) -> Text:  # noqa: ANN401 -- as the base has it
        """What came from a card or a calendar says nothing to the terminal."""
        return super().render_str(_CONTROLS.sub(" ", text), **more)


def out() -> Console:
    """Standard output. In a pipe lines are not folded."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = _Console(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal:
        console = _Console(stderr=stderr, highlight=False, emoji=False, width=_UNBOUNDED)
    return console


def print_json(value: Any) -> None:  # noqa: ANN401 -- whatever JSON can hold
    """Print one JSON value on standard output."""
    print_plain(json.dumps(value, ensure_ascii=False, indent=2))


def print_plain(text: str) -> None:
    """A line for programs and journals, to the letter."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def say(text: str, style: str = "") -> None:
    """One line of plain text; nothing in it is taken for markup."""
    out().print(escape(text), style=style or None)


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    styles: Sequence[str] = (),
    give_way: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> None:
    """Rows under their headings, aligned; ``styles`` is a colour for each row, columns of ``numbers`` stand right.

    On a terminal too narrow for all, the columns that ``give_way`` are left out, the first named first; then the first
    column is cut, and the others are folded.
    """
    console = out()
    kept, first = _fitting(columns, rows, give_way, console.width)
    grid = Table(box=None, header_style="bold", pad_edge=False, padding=(0, _GAP, 0, 0))
    for place, position in enumerate(kept):
        justify: JustifyMethod = "right" if columns[position] in numbers else "left"
        if place == 0:
            grid.add_column(columns[position], overflow="ellipsis", no_wrap=True, justify=justify, max_width=first)
        else:
            grid.add_column(columns[position], overflow="fold", justify=justify, no_wrap=columns[position] in numbers)
    for position, row in enumerate(rows):
        style = styles[position] if position < len(styles) else ""
        grid.add_row(*(escape(row[column]) for column in kept), style=style or None)
    _show(grid, console)


def pairs(rows: Sequence[tuple[str, str]]) -> None:
    """Names, and what is said of each beside it, folded under itself; on a terminal a very long name is cut."""
    console = out()
    longest = max((cell_len(name) for name, _ in rows), default=0)
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(width=min(longest, int(console.width * _SHARE_OF_THE_FIRST)), overflow="ellipsis", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, said in rows:
        grid.add_row(escape(name), escape(said))
    _show(Padding(grid, (0, 0, 0, _GAP), expand=False), console)


def _show(what: RenderableType, console: Console) -> None:
    """Print it; in a pipe without the blanks that fill up its lines."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    print_plain("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _fitting(
    columns: Sequence[str], rows: Sequence[Sequence[str]], give_way: Sequence[str], width: int
) -> tuple[list[int], int]:
    """The positions of the columns that there is room for, and how wide the first may be.

    One long name does not drive out the other columns: beyond its share, the first gets what they leave.
    """
    wide = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    share = min(wide[0], max(width * _SHARE_OF_THE_FIRST, cell_len(columns[0])))
    kept = list(range(len(columns)))
    for leaving in (*give_way, None):
        others = sum(wide[position] + _GAP for position in kept[1:])
        if leaving is None or share + others <= width:
            break
        kept = [position for position in kept if columns[position] != leaving]
    return kept, int(max(share, width - others))


def bar(part: int, most: int, width: int, *, of: int) -> str:
    """A bar that can be read without colour: ``part`` of ``of`` filled, where ``most`` is the whole width.

    What is more than nothing shows, and what is less than all of it does too.
    """
    if most <= 0:
        return ""
    whole = max(round(of / most * width), bool(of))
    filled = min(max(round(part / most * width), bool(part)), whole - (part < of) if whole > 1 else whole)
    return "█" * filled + "░" * (whole - filled)


def verdict(level: str, subject: str, message: str, mend: str = "", details: Sequence[str] = ()) -> None:
    """One line of a check: how it stands in a word, about what, how that was found, and what mends it."""
    console = out()
    console.print(f"[{_STYLES[level]}]{level:<8}[/] [bold]{escape(subject)}[/]  {escape(message)}")
    for detail in details:
        console.print(f"           {escape(detail)}", style="dim")
    if mend:
        console.print(f"         → {escape(mend)}", style="dim")


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A line that shows that long work goes on; nothing in a pipe, or where all is said anyway.

    Call what is yielded with each step.
    """
    console = err()
    if not console.is_terminal or is_verbose():
        yield lambda _: None
        return
    with console.status(what) as status:
        count = 0

        def step(_: str) -> None:
            nonlocal count
            count += 1
            status.update(f"{what} … {count}")

        yield step
