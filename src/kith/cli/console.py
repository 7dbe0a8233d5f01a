"""How kith looks on a terminal: aligned tables, colour that carries meaning and survives its absence, and JSON.

Nothing here knows what it shows. Colour goes off in a pipe and with ``NO_COLOR``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kith.log import is_verbose

OK: Final = "ok"
WARNING: Final = "warning"
PROBLEM: Final = "problem"
_STYLES = {OK: "green", WARNING: "yellow", PROBLEM: "bold red"}
_UNBOUNDED = 10_000


class ReaderGone(Exception):
    """Whoever read our output stopped (``kith people | head -1``); not an error of anybody's."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGone


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


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, styles: Sequence[str] = ()) -> None:
    """Rows under their headings, aligned; ``styles`` is a colour for each row."""
    grid = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for position, column in enumerate(columns):
        grid.add_column(column, overflow="fold", no_wrap=position == 0)
    for position, row in enumerate(rows):
        style = styles[position] if position < len(styles) else ""
        grid.add_row(*(escape(cell) for cell in row), style=style or None)
    console = out()
    if console.is_terminal:
        console.print(grid)
        return
    with console.capture() as captured:
        console.print(grid)
    print_plain("\n".join(line.rstrip() for line in captured.get().splitlines()))


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
