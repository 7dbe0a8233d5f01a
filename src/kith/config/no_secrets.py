"""Passwords in the config file are refused before anything else looks at it.

The file is read by editors, backups and dotfile repositories. What is found is named by its key only; its
value is never read, kept or repeated.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from kith.config.checks import Finding
from kith.config.written import Loc

_SECRET_KEYS = frozenset(
    {
        *("password", "passwd", "pwd", "passphrase", "app_password", "secret", "client_secret"),
        *("token", "access_token", "refresh_token", "api_key"),
    }
)


def secrets(data: dict[str, object]) -> Iterator[Finding]:
    """Every secret under ``accounts``, with the command that stores it properly."""
    accounts = data.get("accounts")
    if not isinstance(accounts, dict):
        return
    for name, account in accounts.items():
        # [accounts.token] with keys of its own is an account with an odd name.
        if _is_secret(name, account) and not isinstance(account, dict):
            yield Finding(("accounts", name), _refusal("NAME"))
        else:
            yield from _secrets_in(account, ("accounts", name), _refusal(shlex.quote(name)))


def _secrets_in(found: object, loc: Loc, refusal: str) -> Iterator[Finding]:
    if isinstance(found, list):
        for position, item in enumerate(found):
            yield from _secrets_in(item, (*loc, position), refusal)
    elif isinstance(found, dict):
        for key, inner in found.items():
            if _is_secret(key, inner) and not (loc[2:] == ("endpoints",) and _is_address(inner)):
                yield Finding((*loc, key), refusal)
            else:
                yield from _secrets_in(inner, (*loc, key), refusal)


def _is_secret(key: str, found: object) -> bool:
    return key.casefold().replace("-", "_") in _SECRET_KEYS and found != ""


def _is_address(found: object) -> bool:
    """Whether this is where tokens come from, not a token."""
    return isinstance(found, str) and found.startswith(("https://", "http://"))


def _refusal(name: str) -> str:
    command = f"kith login {name}"
    return f"secrets do not belong in this file; take it out and run `{command}`, which stores it properly"
