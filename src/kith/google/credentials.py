"""The user's sign-in at work: an access token when one is needed, by google-auth from what the user granted.

Nothing here ever opens a browser: a sign-in that does not hold any more parks the account until ``kith login``. An
access token lives for an hour and in memory only. Should Google ever replace the refresh token, the new one goes to
``keep``, before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from google.auth import exceptions as failures
from google.oauth2.credentials import Credentials

from kith.errors import AccountError, SignInNeeded, Transient
from kith.google.account import GoogleAccount
from kith.google.classify import GUIDE, a_web_page
from kith.google.grant import Grant

Ask = Callable[..., Any]
"""A callable as google-auth's transports are (``google.auth.transport.Request``)."""

_NOT_THIS_CLIENT = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})


class SignedIn:
    """One account's access tokens. ``keep`` is told when there is another refresh token."""

    def __init__(self, account: GoogleAccount, keep: Callable[[Grant], None]) -> None:
        self._account = account
        self._keep = keep
        self._grant = account.grant
        self._refusal: SignInNeeded | None = None
        self._credentials = Credentials(  # type: ignore[no-untyped-call]
            token=None,
            refresh_token=account.grant.refresh_token,
            token_uri=account.endpoints.token,
            client_id=account.grant.client_id,
            client_secret=account.grant.client_secret,
        )

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """What a request must carry, with a token that holds for a few minutes at least.

        Raises:
            AccountError: there is none to be had.
        """
        if not self._credentials.valid:
            self.refresh(ask)
        headers: dict[str, str] = {}
        self._credentials.apply(headers)  # type: ignore[no-untyped-call]
        return headers

    def refresh(self, ask: Ask) -> None:
        """Get a new access token. A sign-in that was refused once is not tried again.

        Raises:
            SignInNeeded: the sign-in does not hold any more.
            AccountError: the token endpoint cannot be asked.
        """
        if self._refusal is not None:
            raise self._refusal
        try:
            self._credentials.refresh(ask)  # type: ignore[no-untyped-call]
        except failures.RefreshError as error:
            refused = _refused(error, self._account.account)
            if isinstance(refused, SignInNeeded):
                self._refusal = refused
            raise refused from None
        except failures.TransportError:
            raise Transient("no connection to Google, to sign in", hint="is there a network?") from None
        except (failures.GoogleAuthError, ValueError, TypeError, KeyError, AttributeError):
            raise Transient("Google answered the sign-in with something that cannot be read") from None
        renewed = self._credentials.refresh_token
        if isinstance(renewed, str) and renewed != self._grant.refresh_token:
            self._grant = replace(self._grant, refresh_token=renewed)
            self._keep(self._grant)


def _refused(error: failures.RefreshError, account: str) -> AccountError:
    """What the token endpoint's refusal means. Its words are its own, and are not repeated."""
    body = error.args[1] if len(error.args) > 1 else error.args[0] if error.args else ""
    reason = body.get("error") if isinstance(body, dict) else None
    if reason == "invalid_grant":
        return SignInNeeded(
            "the sign-in at Google was taken back, or has expired",
            hint=f"run `kith login {account}`; if that happens every week, see “Testing” in {GUIDE}",
        )
    if reason in _NOT_THIS_CLIENT:
        hint = f"see whether it is still there in the Google Cloud console, then run `kith login {account}`"
        return SignInNeeded("Google does not know the OAuth client of this account any more", hint=hint)
    if error.retryable:
        return Transient("Google has a problem of its own with signing in")
    if reason is None:
        return a_web_page()
    return SignInNeeded("Google did not accept the sign-in", hint=f"run `kith login {account}`")
