"""``kith login`` and ``kith logout``: the password of an account, tried and then stored where it belongs.

How an account at Google is signed in to is in :mod:`kith.cli.login_google`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from kith.cli import ask, login_google
from kith.cli.console import err, progress, say
from kith.cli.session import options
from kith.errors import SignInNeeded, UsageError

if TYPE_CHECKING:
    from kith.config.accounts import ServerAccount
    from kith.config.schema import Config
    from kith.dav.discovery import Discovery
    from kith.secrets import Vault

_TRIES = 3
_CHECK = "check the user name too; many providers want a password made for one program alone (an “app password”)"


class Store(StrEnum):
    """Where passwords may be kept."""

    KEYRING = "keyring"
    FILE = "file"


StoreOption = Annotated[
    Store | None,
    typer.Option("--store", help="Where to keep the password: the system's keyring (the default), or a private file."),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]


def login(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account of the config.", show_default=False)],
    store: StoreOption = None,
    password_stdin: PasswordStdin = False,
    untried: Annotated[bool, typer.Option("--untried", help="Store it without asking the server first.")] = False,
    token_file: login_google.TokenFile = None,
    port: login_google.Port = 0,
    no_browser: login_google.NoBrowser = False,
) -> None:
    """Sign in to an account: asks for the password, or at Google in a browser; tries it, and stores it."""
    from kith.accounts.server import found_words, services, try_out, with_password
    from kith.app import ask_again
    from kith.config.accounts import GoogleTable
    from kith.config.load import load

    paths = options(context).paths
    config = load(paths.config)
    if isinstance(config.accounts.get(account), GoogleTable):
        if password_stdin:
            hint = "give its sign-in in a file, with --token-file"
            raise UsageError(f"account “{account}” is at Google, where there is no password", hint=hint)
        keep = partial(vault(paths.secrets).keep, account, store=where_to_keep(store, account, "sign-in"))
        login_google.login(
            config, account, keep, token_file=token_file, port=port, browser=not no_browser, tried=not untried
        )
        return
    table = _server_account(config, account)
    if token_file is not None or port or no_browser:
        raise UsageError(f"account “{account}” is not at Google; --token-file, --port and --no-browser are for those")
    chosen = where_to_keep(store, account)

    def attempt(password: str) -> list[Discovery]:
        with progress("Signing in"):
            return try_out(with_password(account, table, password), services(config, account))

    if password_stdin:
        password = ask.password_from_stdin()
        found = [] if untried else attempt(password)
    elif not ask.somebody_is_there():
        raise UsageError("there is nobody to ask for the password", hint="pipe it in, with --password-stdin")
    elif untried:
        password, found = ask.password(f"Password of {table.username} at {table.url}"), []
    else:
        password, found = ask_until_accepted(f"Password of {table.username} at {table.url}", attempt)
    for discovery in found:
        say(f"  {found_words(discovery)}")
    say(f"The password is in {vault(paths.secrets).keep(account, password, chosen)}.")
    ask_again(paths, account)


def logout(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's name.", show_default=False)],
    revoke: Annotated[bool, typer.Option("--revoke", help="Have Google forget the sign-in, too.")] = False,
) -> None:
    """Forget the password of an account, wherever `kith login` put it."""
    paths = options(context).paths
    if revoke:
        login_google.take_back(paths, account, vault(paths.secrets))
    places = vault(paths.secrets).forget(account)
    for place in places:
        say(f"Taken away from {place}.")
    if not places:
        say(f"No password of account “{account}” was stored.")
    elif not revoke:
        login_google.tell_what_stays(paths, account)


# --- shared with init ---------------------------------------------------------------------------------------


def vault(folder: Path) -> Vault:
    """Where passwords are."""
    from kith.secrets import Vault

    return Vault(folder)


def where_to_keep(wanted: Store | None, account: str, what: str = "password") -> Literal["keyring", "file"]:
    """Where the password goes: as asked, else the keyring if there is one, else a file if somebody agrees to that.

    ``what`` is what a password is called there.

    Raises:
        SignInNeeded: there is no keyring, and a file was not asked for.
    """
    from kith import keychain

    if wanted is not None:
        return wanted.value
    if keychain.is_there():
        return "keyring"
    question = f"There is no keyring here. Keep the {what} in a file that only you can read?"
    if ask.somebody_is_there() and ask.yes(question):
        return "file"
    hint = "say --store file to keep it in a file that only you can read"
    if what == "password":
        hint += f", or give accounts.{account} a password_command in the config"
    raise SignInNeeded(f"there is no keyring here to keep the {what} in", hint=hint)


def ask_until_accepted(question: str, attempt: Callable[[str], list[Discovery]]) -> tuple[str, list[Discovery]]:
    """Ask for a password until the server takes it: three times at most.

    Raises:
        AccountError: it did not, or cannot be asked.
    """
    for left in reversed(range(_TRIES)):
        password = ask.password(question)
        if not password:
            raise SignInNeeded("no password was typed", hint="nothing was stored or changed")
        try:
            return password, attempt(password)
        except SignInNeeded as error:
            if not left:
                raise
            err().print(f"  {escape(error.message)}", style="yellow")
            err().print(f"  → {_CHECK}", style="dim")
    raise AssertionError("the last try returns or raises")


def _server_account(config: Config, name: str) -> ServerAccount:
    from kith.config.accounts import ServerAccount

    table = config.accounts.get(name)
    if table is None:
        raise UsageError(f"there is no account “{name}”", candidates=tuple(config.accounts))
    if not isinstance(table, ServerAccount):
        raise UsageError(f"account “{name}” is a folder; there is nothing to sign in to")
    if table.username is None:
        raise UsageError(f"account “{name}” has no user name", hint=f"write `username` under [accounts.{name}]")
    if table.password_command is not None:
        hint = "take password_command out of the config first, if you want kith to keep the password"
        raise UsageError(f"the password of account “{name}” comes from its password_command", hint=hint)
    return table
