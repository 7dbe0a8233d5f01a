"""Typing a longer text in the user's own editor; what was typed is on disk before anything else happens to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape

from kith.cli.console import err
from kith.errors import StoreError, UsageError
from kith.paths import Paths


@contextmanager
def typed(paths: Paths, text: str = "") -> Iterator[str]:
    """The text as ``$VISUAL`` or ``$EDITOR`` leaves it. If what is done with it fails, the file with it stays.

    Raises:
        UsageError: the editor could not be started, or failed.
        StoreError: no file can be written.
    """
    try:
        paths.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix="typed-", suffix=".md", dir=paths.state)
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            opened.write(f"{text}\n" if text else "")
    except OSError as error:
        raise StoreError(f"{paths.state}: {error.strerror or error}", hint="is the disk full or read-only?") from error
    file = Path(name)
    try:
        click.edit(filename=name)
        after = file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
        yield "\n".join(line.rstrip() for line in after.splitlines()).strip("\n")
    except BaseException as error:
        if file.exists() and file.read_bytes().strip():
            err().print(f"What you typed is in {escape(str(file))}", style="yellow")
        else:
            file.unlink(missing_ok=True)
        if isinstance(error, click.ClickException):
            hint = "set $EDITOR, or give the text with the command"
            raise UsageError(f"the editor failed: {error.format_message()}", hint=hint) from error
        raise
    file.unlink(missing_ok=True)
