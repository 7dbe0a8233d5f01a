"""``kith daemon``: keep time, and start a pass now and then."""

from __future__ import annotations

import os
import sys

import typer

from kith.cli.session import options
from kith.log import is_verbose


def daemon(context: typer.Context) -> None:
    """Stay, and make a pass at start and as often as the config says. For a service manager."""
    paths = options(context).paths
    if is_verbose():
        os.environ["KITH_VERBOSE"] = "1"  # and so its passes are
    # A process of its own from here on: the command line and all it brought stays behind.
    # -P: what lies in the folder where kith is run is not taken for a library.
    command = [sys.executable, "-P", "-m", "kith.daemon", str(paths.config.absolute()), str(paths.state)]
    os.execv(command[0], command)  # noqa: S606 -- no shell is meant
