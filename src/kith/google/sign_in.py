"""Asking the user: Google's page in a browser, and the way back to this machine (RFC 8252, the loopback flow).

google-auth-oauthlib makes the address (with PKCE) and turns the code into a sign-in. The waiting is done here: its own
server takes the first request that comes for the answer, and a browser asks for an icon, too. This never runs in a
pass or in the daemon. Follows https://developers.google.com/identity/protocols/oauth2/native-app.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from google.auth.transport.requests import Request
from google_auth_oauthlib.flow import InstalledAppFlow
from oauthlib.oauth2 import OAuth2Error

from kith.errors import Denied, SignInNeeded, Transient, UsageError
from kith.google.account import Endpoints, GoogleAccount
from kith.google.classify import GUIDE
from kith.google.credentials import SignedIn
from kith.google.grant import Grant
from kith.google.http import open_session

_HOST = "127.0.0.1"
_TIMEOUT = 20.0
_SLICE = 0.5
_DONE = "Thank you. kith has what it needs; you can close this page."
_NOT_DONE = "Nothing was given to kith. You can close this page."
_PLAIN, _ANY_SCOPES = "OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The user's own client, from the file that the Google Cloud console gives out."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> OAuthClient:
        """Raises UsageError, with what is wrong and where a good file comes from."""
        hint = f"download it from the Google Cloud console; {GUIDE} shows the way"
        try:
            body = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise UsageError(f"there is no file {path}, which client_secrets names", hint=hint) from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", hint=hint) from None
        except ValueError:
            raise UsageError(f"{path} is no client of Google's: it is not JSON", hint=hint) from None
        if isinstance(body, dict) and "web" in body:
            hint = f"make another of the type “Desktop app”; {GUIDE} shows the way"
            raise UsageError(f"the client in {path} is one for web sites", hint=hint)
        found = body.get("installed") if isinstance(body, dict) else None
        if not isinstance(found, dict) or not all(_is_text(found.get(key)) for key in ("client_id", "client_secret")):
            raise UsageError(f"{path} is no client of Google's for a desktop app", hint=hint)
        return cls(found["client_id"], found["client_secret"])


def ask_user(
    client: OAuthClient,
    endpoints: Endpoints,
    scopes: tuple[str, ...],
    *,
    port: int,
    show: Callable[[str, int], None],
    limit: float,
) -> Grant:
    """What the user grants. ``show`` is given the address of the page to open, and the port.

    ``port`` is where the answer comes in on this machine, 0 for any that is free; ``limit`` is in seconds.

    Raises:
        SignInNeeded: the user did not agree, or not in time.
        UsageError: the port is taken.
        AccountError: Google cannot be asked.
    """
    config = {
        "installed": {
            "client_id": client.id,
            "client_secret": client.secret,
            "auth_uri": endpoints.auth,
            "token_uri": endpoints.token,
        }
    }
    flow = InstalledAppFlow.from_client_config(config, list(scopes))
    with _as_the_config_allows(endpoints), _listening(port) as waiting:
        flow.redirect_uri = f"http://{_HOST}:{waiting.server_port}/"
        address, state = flow.authorization_url(prompt="consent")
        show(address, waiting.server_port)
        code = waiting.code(state, limit)
    return _exchanged(flow, client, endpoints, code)


def _exchanged(flow: Any, client: OAuthClient, endpoints: Endpoints, code: str) -> Grant:  # noqa: ANN401
    flow.oauth2session.trust_env = False
    try:
        with _as_the_config_allows(endpoints), closing(flow.oauth2session):
            token = flow.fetch_token(code=code, timeout=_TIMEOUT)
    except OAuth2Error as error:
        message = f"Google did not accept the answer of its own page ({error.error})"
        raise SignInNeeded(message, hint=f"try again, and see whether the client is the right one; {GUIDE}") from None
    except (requests.RequestException, OSError):
        raise Transient("no connection to Google, to finish the sign-in", hint="is there a network?") from None
    except ValueError:
        raise Transient("Google answered the sign-in with something that cannot be read") from None
    refresh_token, granted = token.get("refresh_token"), token.get("scope") or []
    if not _is_text(refresh_token):
        hint = "take kith's access back at https://myaccount.google.com/connections, and sign in again"
        raise SignInNeeded("Google gave a sign-in for an hour only", hint=hint)
    return Grant(
        client.id, client.secret, refresh_token, tuple(granted.split() if isinstance(granted, str) else granted)
    )


@contextmanager
def _as_the_config_allows(endpoints: Endpoints) -> Iterator[None]:
    """Let oauthlib take fewer scopes than were asked for, and plain http where the config has it: on this machine."""
    wanted = {_ANY_SCOPES: "1", **({_PLAIN: "1"} if _is_plain(endpoints) else {})}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _is_plain(endpoints: Endpoints) -> bool:
    return any(address.startswith("http:") for address in (endpoints.auth, endpoints.token))


def granted_now(account: GoogleAccount) -> Grant:
    """The sign-in with what it is good for, asked of Google; as it was where Google does not say.

    Raises:
        AccountError: it is good for nothing, or Google cannot be asked.
    """
    with open_session() as session:
        heard: list[Any] = []

        def ask(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- as the library calls it
            heard.append(Request(session)(*arguments, **{**named, "timeout": account.timeout}))
            return heard[-1]

        kept = [account.grant]
        SignedIn(account, kept.append).refresh(ask)
        said = json.loads(heard[-1].data).get("scope", "")  # the library keeps what it asked for, not what it was given
        return replace(kept[-1], scopes=tuple(said.split())) if said and isinstance(said, str) else kept[-1]


def revoke(account: GoogleAccount) -> bool:
    """Have Google forget the sign-in; whether it still knew of it.

    Raises:
        AccountError: Google cannot be asked.
    """
    token = {"token": account.grant.refresh_token}
    try:
        with open_session() as session:
            answer = session.post(account.endpoints.revoke, data=token, timeout=account.timeout, allow_redirects=False)
            status = answer.status_code
    except (requests.RequestException, OSError):
        raise Transient("no connection to Google, to take the sign-in back", hint="is there a network?") from None
    if status not in (200, 400):
        raise Denied(f"Google did not take the sign-in back (status {status})", hint="try again later")
    return status == 200


# --- waiting for the browser --------------------------------------------------------------------------------


def _listening(port: int) -> _Waiting:
    try:
        return _Waiting(port)
    except OSError as error:
        hint = "name another one with --port"
        raise UsageError(f"port {port} cannot be listened at: {error.strerror}", hint=hint) from None


class _Waiting(HTTPServer):
    """Listens on this machine until the browser comes back from Google."""

    allow_reuse_address = False

    def __init__(self, port: int) -> None:
        super().__init__((_HOST, port), _Back)
        self.state = ""
        self.answer: dict[str, str] | None = None

    def code(self, state: str, limit: float) -> str:
        """The code that Google gave to the browser for this ``state``. Raises SignInNeeded."""
        self.state = state
        self.timeout = _SLICE
        end = time.monotonic() + limit
        while self.answer is None:
            if time.monotonic() > end:
                minutes = f"{limit / 60:.0f} minutes" if limit >= 120 else f"{limit:.0f} seconds"
                raise SignInNeeded(f"nobody agreed within {minutes}", hint="start again, and open the page")
            self.handle_request()
        if "code" not in self.answer:
            reason = "you did not agree" if self.answer.get("error") == "access_denied" else "Google did not agree"
            raise SignInNeeded(
                f"{reason}, so there is no sign-in", hint=f"start again; {GUIDE} says what kith asks for"
            )
        return self.answer["code"]


class _Back(BaseHTTPRequestHandler):
    """The browser's way back. Whatever else asks gets nothing."""

    server: _Waiting
    timeout = 5.0

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if query.get("state") != self.server.state or not {"code", "error"} & query.keys():
            self.send_error(404)
            return
        self.server.answer = query
        content = (_DONE if "code" in query else _NOT_DONE).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the path holds the code."""


def _is_text(found: object) -> bool:
    return isinstance(found, str) and bool(found)
