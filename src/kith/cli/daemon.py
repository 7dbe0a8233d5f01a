"""``kith daemon``: keep time, and start a pass now and then."""

from __future__ import annotations

import os
import sys

import typer

from kith.cli.session import options


def daemon(context: typer.Context) -> None:
    """Stay, and make a pass at start and as often as the config says. For a service manager."""
    config = options(context).paths.config.absolute()
    # A process of its own from here on: the command line and all it brought stays behind.
    os.execv(sys.executable, [sys.executable, "-m", "kith.daemon", str(config)])  # noqa: S606 -- no shell is meant
