"""Signing in to Google, for the command that does it: by the browser, or with a file that somebody else made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kith.accounts.google import endpoints, read_grant, scopes, signed_in
from kith.config.accounts import GoogleTable
from kith.config.schema import Config
from kith.errors import SignInNeeded, UsageError
from kith.google.grant import Grant
from kith.google.scopes import CALENDAR_LIST, in_words, missing
from kith.secrets import Vault

_LARGEST = 64 * 1024


def wanted(config: Config, name: str) -> tuple[str, ...]:
    """What kith asks Google for, by what the config uses the account for."""
    table = _table(config, name)
    own = config.calendar.name if config.calendar_account == name else None
    return scopes(table, own, meetings=config.watches(name))


def ask(config: Config, name: str, *, port: int, show: Callable[[str, int], None], limit: float) -> Grant:
    """Let the user agree in a browser; ``show`` is given its address and the port; ``limit`` is in seconds.

    Raises:
        UsageError: there is no client to ask with, or the port is taken.
        AccountError: the user did not agree to all of it, or Google cannot be asked.
    """
    from kith.google.sign_in import OAuthClient, ask_user

    table = _table(config, name)
    if table.client_secrets is None:
        raise UsageError(
            f"account “{name}” has no client to ask Google with",
            hint=f"make one as docs/google.md shows, and name its file: client_secrets under [accounts.{name}]",
        )
    client = OAuthClient.read(table.client_secrets)
    grant = ask_user(client, endpoints(table.endpoints), wanted(config, name), port=port, show=show, limit=limit)
    _check(config, name, grant)
    return grant


def from_file(path: Path) -> Grant:
    """A sign-in in Google's authorized-user JSON. Raises UsageError."""
    hint = "Google's tools write such a file: JSON of type “authorized_user”, with a refresh token"
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no sign-in at Google: it is not text in UTF-8", hint=hint) from None
    try:
        return Grant.read(text)
    except ValueError as error:
        raise UsageError(f"{path} is no sign-in at Google: it {error}", hint=hint) from None


def try_out(config: Config, name: str, grant: Grant) -> tuple[Grant, list[str]]:
    """The sign-in with what it is good for noted, and what was found with it, in lines for the user.

    Raises:
        SignInNeeded: it does not hold, or is not good for all that the config needs.
        AccountError: Google cannot be asked, or does not let the client ask.
    """
    from kith.google.client import Client
    from kith.google.sign_in import granted_now

    table = _table(config, name)
    kept = [granted_now(signed_in(name, table, grant))]
    _check(config, name, kept[-1])
    client, said = Client(signed_in(name, table, kept[-1]), kept.append), []
    try:
        if table.contacts:
            client.call(client.people.contactGroups().list(pageSize=1))
            said.append("contacts can be read")
        if CALENDAR_LIST in wanted(config, name):
            listed = client.call(client.calendar.calendarList().list()).get("items", [])
            said.append(_calendars([entry.get("summaryOverride") or entry.get("summary", "") for entry in listed]))
    finally:
        client.close()
    return kept[-1], said


def take_back(config: Config, name: str, vault: Vault) -> bool:
    """Have Google forget the sign-in that is stored; whether it still knew of it.

    Raises:
        AccountError: nothing is stored, or Google cannot be asked.
    """
    from kith.google.sign_in import revoke

    secret = vault.find(name)
    if secret is None:
        raise SignInNeeded(f"no sign-in of account “{name}” is stored, so there is nothing to take back")
    return revoke(signed_in(name, _table(config, name), read_grant(name, secret)))


def _check(config: Config, name: str, grant: Grant) -> None:
    """Raise SignInNeeded for a right that the config needs and that was not given, as far as anybody knows."""
    lacking = missing(wanted(config, name), grant.scopes) if grant.scopes else ()
    if lacking:
        raise SignInNeeded(
            f"kith was not allowed to {' or to '.join(map(in_words, lacking))}",
            hint="sign in again and tick everything, or change the config so that it needs less; nothing was stored",
        )


def _table(config: Config, name: str) -> GoogleTable:
    table = config.accounts.get(name)
    if not isinstance(table, GoogleTable):
        raise UsageError(f"account “{name}” is not one at Google")
    return table


def _calendars(names: list[str]) -> str:
    told = ", ".join(f"“{name}”" for name in names)
    return f"{len(names)} calendar{'s' if len(names) != 1 else ''}: {told}" if names else "no calendars"
