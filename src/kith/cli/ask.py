"""How kith asks: on a terminal, one question at a time, and never where nobody can answer.

What is typed for a password is not shown, and goes nowhere from here but to whoever asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Sequence

import click
import typer
from rich.markup import escape

from kith.cli.console import out
from kith.errors import UsageError


def somebody_is_there() -> bool:
    """Whether there is a person at a terminal to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def text(question: str, default: str = "", *, check: Callable[[str], str] = str) -> str:
    """One line; ``default`` on Enter. Asked again until ``check`` (which may raise ValueError) is content."""
    while True:
        found = typer.prompt(question, default=default, show_default=bool(default)).strip()
        try:
            return check(found)
        except ValueError as error:
            out().print(f"  {escape(str(error))}", style="yellow")


def key(question: str, keys: Container[str]) -> str:
    """One key, without Enter; any that is not among ``keys`` is not heard. ``question`` may hold markup.

    Raises:
        KeyboardInterrupt: Ctrl-C, Ctrl-D, or the terminal is gone.
    """
    out().print(question)
    while True:
        try:
            found = click.getchar().lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if found in keys:
            return found


def password(question: str) -> str:
    """A password, which is not shown while it is typed."""
    found: str = typer.prompt(question, hide_input=True, default="", show_default=False)
    return found


def yes(question: str, *, default: bool = True) -> bool:
    """Yes or no."""
    return typer.confirm(question, default=default)


def one_of(question: str, answers: Sequence[str], *, default: int = 0) -> int:
    """Which of several answers, by their numbers; its position."""
    console = out()
    console.print(f"[bold]{escape(question)}[/]")
    for number, answer in enumerate(answers, 1):
        console.print(f"  {number}  {escape(answer)}")

    def check(found: str) -> str:
        if not (found.isdecimal() and 1 <= int(found) <= len(answers)):
            raise ValueError(f"type a number from 1 to {len(answers)}")
        return found

    return int(text("Number", str(default + 1), check=check)) - 1


def password_from_stdin() -> str:
    """The first line of standard input.

    Raises:
        UsageError: there is none.
    """
    found = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not found:
        raise UsageError("there is no password on standard input", hint="pipe it in, on a line of its own")
    return found
