"""The emulator's sign-in: grants, access tokens, the page where a user agrees, and taking it all back.

Follows RFC 6749 and RFC 7636 as far as an installed client uses them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fakes.google.wire import Answer

CLIENT_ID = "test-client.apps.googleusercontent.com"
CLIENT_SECRET = "test-client-secret"


@dataclass
class Given:
    """One user's word that a client may do something."""

    refresh_token: str
    scopes: tuple[str, ...]
    revoked: bool = False


@dataclass
class Tokens:
    """``refuses`` are scopes that the user un-ticks; ``agrees`` is whether they agree at all.

    ``renews`` hands out another refresh token with each access token, as few servers do.
    """

    given: dict[str, Given] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    agrees: bool = True
    renews: bool = False
    asked_scopes: list[tuple[str, ...]] = field(default_factory=list)
    refreshes: int = 0
    _access: dict[str, Given] = field(default_factory=dict)
    _codes: dict[str, tuple[tuple[str, ...], str, str]] = field(default_factory=dict)

    # --- what tests do --------------------------------------------------------------------------------

    def grant(self, scopes: Iterable[str]) -> str:
        """A refresh token for these scopes, as if the user had agreed."""
        given = Given(secrets.token_hex(16), tuple(scopes))
        self.given[given.refresh_token] = given
        return given.refresh_token

    def authorized_user(self, scopes: Iterable[str]) -> str:
        """The same as Google's authorized-user JSON."""
        body = {"type": "authorized_user", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return json.dumps({**body, "refresh_token": self.grant(scopes)})

    def revoke_all(self) -> None:
        """The user takes everything back."""
        for given in self.given.values():
            given.revoked = True
        self._access.clear()

    def expire_access(self) -> None:
        """An hour passes: no access token holds any more."""
        self._access.clear()

    def scopes_of(self, authorization: str) -> tuple[str, ...] | None:
        """What a request may do that carries this header; None for a stranger."""
        given = self._access.get(authorization.removeprefix("Bearer "))
        return given.scopes if given else None

    # --- what clients ask -----------------------------------------------------------------------------

    def token(self, form: Mapping[str, str], authorization: str = "") -> Answer:
        """The token endpoint. The client says who it is in the form, or in a header."""
        client = (form.get("client_id"), form.get("client_secret"))
        if authorization.startswith("Basic "):
            client_id, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            client = (client_id, secret)
        if client != (CLIENT_ID, CLIENT_SECRET):
            return _no("invalid_client", "The OAuth client was not found.", status=401)
        match form.get("grant_type"):
            case "refresh_token":
                return self._refresh(form)
            case "authorization_code":
                return self._exchange(form)
        return _no("unsupported_grant_type", "Invalid grant_type")

    def _refresh(self, form: Mapping[str, str]) -> Answer:
        self.refreshes += 1
        given = self.given.get(form.get("refresh_token", ""))
        if given is None or given.revoked:
            return _no("invalid_grant", "Token has been expired or revoked.")
        body = self._access_token(given)
        if self.renews:
            del self.given[given.refresh_token]
            given.refresh_token = secrets.token_hex(16)
            self.given[given.refresh_token] = given
            body["refresh_token"] = given.refresh_token
        return Answer(200, body)

    def _exchange(self, form: Mapping[str, str]) -> Answer:
        scopes, challenge, redirect = self._codes.pop(form.get("code", ""), ((), "", ""))
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != challenge
            or form.get("redirect_uri") != redirect
        ):
            return _no("invalid_grant", "Malformed auth code.")
        given = self.given[self.grant(scopes)]
        return Answer(200, {**self._access_token(given), "refresh_token": given.refresh_token})

    def _access_token(self, given: Given) -> dict[str, object]:
        token = f"ya29.{secrets.token_hex(16)}"
        self._access[token] = given
        return {"access_token": token, "expires_in": 3599, "scope": " ".join(given.scopes), "token_type": "Bearer"}

    def page(self, query: Mapping[str, str]) -> Answer:
        """The page where the user agrees, or not: sends the browser back to the client."""
        wrong = {
            *({"code_challenge_method"} if query.get("code_challenge_method") != "S256" else ()),
            *({"access_type"} if query.get("access_type") != "offline" else ()),
            *({"prompt"} if query.get("prompt") != "consent" else ()),
            *({"client_id"} if query.get("client_id") != CLIENT_ID else ()),
        }
        if wrong or not query.get("redirect_uri", "").startswith(("http://localhost:", "http://127.0.0.1:")):
            return Answer(400, b"Error 400: invalid_request " + " ".join(sorted(wrong)).encode())
        asked = tuple(query.get("scope", "").split())
        self.asked_scopes.append(asked)
        back: dict[str, str] = {"state": query.get("state", "")}
        if self.agrees:
            code = secrets.token_hex(8)
            scopes = tuple(scope for scope in asked if scope not in self.refuses)
            self._codes[code] = (scopes, query["code_challenge"], query["redirect_uri"])
            back |= {"code": code, "scope": " ".join(scopes)}
        else:
            back["error"] = "access_denied"
        return Answer(302, None, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def revoke(self, form: Mapping[str, str]) -> Answer:
        """The endpoint where a client gives a token back."""
        given = self.given.get(form.get("token", "")) or self._access.get(form.get("token", ""))
        if given is None or given.revoked:
            return _no("invalid_token", "Token expired or revoked")
        given.revoked = True
        self._access = {token: of for token, of in self._access.items() if of is not given}
        return Answer(200, {})


def _no(error: str, description: str, *, status: int = 400) -> Answer:
    return Answer(status, {"error": error, "error_description": description})
