"""What google-api-python-client takes for its HTTP library, over ``requests``.

Its own, httplib2, sends a request once more by itself when a connection was closed without an answer, writes among
them. Here each request is sent once (and once more with a fresh token after a 401, which is no answer to it). Answers
are bounded in size and time, redirects are not followed, and what the environment says (proxies, ``.netrc``) does not
count. Whatever goes wrong becomes one of kith's errors here; the library lets those through.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

import httplib2
import requests
from google.auth.transport.requests import Request
from requests import exceptions as failures

from kith import __version__
from kith.errors import AccountError, Denied, Malformed, Transient
from kith.google.account import GoogleAccount
from kith.google.classify import a_web_page, is_page
from kith.google.credentials import SignedIn
from kith.google.grant import Grant

LARGEST_ANSWER = 64 * 1024 * 1024
_SLOWEST = 15
"""An answer may take so many times the account's time limit in all, if something of it keeps coming."""
_PIECE = 64 * 1024
_NEXT_PASS = 60.0
"""Seconds until somebody who did not answer in time is asked again: one long wait is enough for one pass."""


class Http:
    """One account's connections, for one thread. ``requests`` counts those to the services, not those for tokens."""

    def __init__(self, account: GoogleAccount, keep: Callable[[Grant], None]) -> None:
        self.requests = 0
        self._timeout = account.timeout
        self._session = open_session()
        self._signed_in = SignedIn(account, keep)
        self._ask_for_token = partial(Request(self._session), timeout=account.timeout)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        """Ask, signed in. The shape is httplib2's.

        Raises:
            AccountError: there is no answer, or it cannot be one of Google's.
        """
        status, found, content = self._send(uri, method, body, headers or {})
        if status == 401:
            self._signed_in.refresh(self._ask_for_token)
            status, found, content = self._send(uri, method, body, headers or {})
        if status < 300 and is_page(found, content):
            raise a_web_page()
        return httplib2.Response({**found, "status": str(status)}), content

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._session.close()

    def _send(
        self, uri: str, method: str, body: str | bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        signed = {**headers, **self._signed_in.headers(self._ask_for_token), "user-agent": f"kith/{__version__} (gzip)"}
        self.requests += 1
        data = body.encode() if isinstance(body, str) else body
        try:
            with self._session.request(
                method, uri, data=data, headers=signed, timeout=self._timeout, stream=True, allow_redirects=False
            ) as response:
                names = {name.lower(): value for name, value in response.headers.items()}
                return response.status_code, names, self._content(response)
        except (failures.RequestException, OSError) as error:
            raise _in_our_words(error) from None

    def _content(self, response: requests.Response) -> bytes:
        """The whole body, unless it grows too large or takes too long."""
        body = bytearray()
        end = time.monotonic() + self._timeout * _SLOWEST
        for piece in response.iter_content(_PIECE):
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise Malformed(f"Google sent more than {LARGEST_ANSWER // 1024**2} MB in one answer")
            if time.monotonic() > end:
                raise Transient("Google answers too slowly", retry_after=_NEXT_PASS)
        return bytes(body)


def open_session() -> requests.Session:
    """A session that looks at nothing in the environment and repeats nothing."""
    session = requests.Session()
    session.trust_env = False
    return session


def _in_our_words(error: Exception) -> AccountError:
    """What kept an answer from coming. The library's own words stay out."""
    words = str(error)
    match error:
        case failures.SSLError() if "certificate verify failed" in words.lower():
            return Denied("the certificate of what should be Google is not trusted", hint="is this your own network?")
        case failures.SSLError():
            return Transient("no encrypted connection to Google came about")
        case failures.Timeout():
            return Transient("Google did not answer in time", retry_after=_NEXT_PASS)
        case failures.ConnectionError() if "timed out" in words.lower():
            return Transient("Google did not answer in time", retry_after=_NEXT_PASS)
        case failures.ConnectionError() if "resolve" in words.lower():
            return Transient("Google's name is not known here", hint="is there a network?")
        case failures.ConnectionError():
            return Transient("no connection to Google", hint="is there a network?")
        case failures.InvalidURL() | failures.InvalidSchema() | failures.MissingSchema():
            return Denied("that is no address that can be asked", hint="check the endpoints of this account")
    return Transient("the answer of Google broke off")
