"""``kith login`` and ``kith logout`` for an account at Google: a page in a browser instead of a password.

Only these commands ever ask for consent; a pass that finds the sign-in wanting says which command mends it.
"""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say
from kith.errors import ConfigError
from kith.paths import Paths

if TYPE_CHECKING:
    from kith.config.schema import Config
    from kith.secrets import Vault

_LIMIT = 300.0
"""Seconds that the user has to agree."""
_GOOGLES_PAGE = "https://myaccount.google.com/connections"

TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="FILE", help="At Google: take the sign-in from its authorized-user JSON."),
]
Port = Annotated[
    int,
    typer.Option("--port", min=0, max=65535, help="At Google: where the browser comes back to; 0 is any free port."),
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="At Google: show the page's address, for a browser on another machine.")
]


def login(
    config: Config,
    account: str,
    keep: Callable[[str], str],
    *,
    token_file: Path | None,
    port: int,
    browser: bool,
    tried: bool,
) -> None:
    """Sign in, say what was found, and give the sign-in to ``keep``, which says where it put it."""
    from kith.accounts import google_login

    if token_file is not None:
        grant = google_login.from_file(token_file)
    else:
        grant = google_login.ask(config, account, port=port, show=_shown(browser), limit=_LIMIT)
    if tried:
        grant, found = google_login.try_out(config, account, grant)
        for line in found:
            say(f"  {line}")
    say(f"The sign-in is in {keep(grant.written())}.")


def take_back(paths: Paths, account: str, vault: Vault) -> None:
    """Have Google forget the sign-in."""
    from kith.accounts import google_login
    from kith.config.load import load

    known = google_login.take_back(load(paths.config), account, vault)
    say("Taken back at Google." if known else "Google did not know of the sign-in any more.")


def tell_what_stays(paths: Paths, account: str) -> None:
    """That Google still lets the client in, if this is an account there."""
    from kith.config.accounts import GoogleTable
    from kith.config.load import load

    try:
        table = load(paths.config).accounts.get(account)
    except ConfigError:
        return
    if isinstance(table, GoogleTable):
        say(f"Google still lists what you granted: take it back at {_GOOGLES_PAGE} (or --revoke, next time).")


def _shown(browser: bool) -> Callable[[str, int], None]:
    """How the page is opened, or said to be opened."""

    def show(address: str, port: int) -> None:
        if not browser:
            say(f"First, on the machine with the browser: ssh -L {port}:127.0.0.1:{port} {socket.gethostname()}")
        say("Open this page in your browser and agree, within five minutes:")
        typer.echo(f"\n{address}\n")
        if browser:
            webbrowser.open(address)

    return show
