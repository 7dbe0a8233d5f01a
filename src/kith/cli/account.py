"""``kith account``: what accounts there are, and another name for one."""

from __future__ import annotations

from typing import Annotated

import typer

from kith.cli.console import say, table
from kith.cli.session import session
from kith.core.model import AccountId
from kith.errors import SignInNeeded, UsageError
from kith.lock import held

app = typer.Typer(help="Your accounts: which there are, and another name for one.", invoke_without_command=True)


@app.callback()
def accounts(context: typer.Context) -> None:
    """Your accounts, with how many cards each has."""
    if context.invoked_subcommand is not None:
        return
    with session(context) as opened:
        rows = [
            (name, account.type, str(opened.store.cards.counts(AccountId(name))[0]))
            for name, account in opened.config.accounts.items()
        ]
        table(("Account", "Type", "Cards"), rows)


@app.command("rename")
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="What it is called in the config.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it shall be called.")],
) -> None:
    """Give an account another name, in the config and in everything that kith keeps. Nothing is lost."""
    from kith.config import edit
    from kith.config.load import read
    from kith.secrets import Vault, login_command

    with session(context) as opened, held(opened.paths.lock, "kith account rename"):
        if old not in opened.config.accounts:
            raise UsageError(f"there is no account “{old}”", candidates=tuple(opened.config.accounts))
        if new in opened.config.accounts:
            raise UsageError(f"there is an account “{new}” already")
        path = opened.paths.config
        before = read(path)
        edited = edit.rename_account(before, old, new, file=str(path))
        if opened.store.accounts.is_known(new):
            raise UsageError(
                f"there was an account “{new}” before, and kith still keeps what it held", hint="choose another name"
            )
        with opened.store.transaction():
            opened.store.accounts.rename(old, new)
            opened.store.runs.keep_config(edited, opened.now)
            edit.write(path, edited)
        say(f"“{old}” is called “{new}” now, in {path} and in what kith keeps.")
        try:
            for place in Vault(opened.paths.secrets).rename(old, new):
                say(f"Its password moved along: {place}.")
        except SignInNeeded as error:
            say(f"Its password could not be moved: {error.message}. Sign in again: `{login_command(new)}`", "yellow")
