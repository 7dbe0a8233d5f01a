"""One account's connections to its server: everything between a request and its answer, and nothing about contents.

Time limits, connection reuse, compression, redirects, signing in (Basic, and Digest of RFC 7616), bounded answers, and
the only place where anything is asked twice. A request that writes is never repeated.

The user's password goes to the hosts that the config names and to those their provider is known to use, encrypted or on
this machine, and into no message. What the environment says (proxies, ``.netrc``, certificates) does not count.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies_environment

import niquests
from niquests import exceptions as failures

from kith import __version__
from kith.dav.account import DavAccount
from kith.dav.addresses import host_and_port, is_private, is_trusted, joined, origin_of, shown
from kith.dav.answers import Answer
from kith.dav.classify import classify
from kith.dav.digest import Challenge, authorization, challenge_in
from kith.errors import AccountError, Denied, Malformed, Transient

__all__ = ["Answer", "Transport"]

_LOG = logging.getLogger(__name__)

_BELOW: type[Exception] = failures.BaseHTTPError  # type: ignore[attr-defined]
"""What the layer below niquests raises, some of which comes through."""

LARGEST_ANSWER = 64 * 1024 * 1024

_READS = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
_TRIES = 3
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
"""What a server asks to wait for in Retry-After is waited for up to here; beyond it, the next pass comes back."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_SLOWEST = 15
"""An answer may take so many times the account's time limit in all, if something of it keeps coming."""
_SIGN_IN_REFUSED = 401
_PLAIN_ON_LOOPBACK = "a server on this machine without TLS has an address that begins with http://"


class _Session(niquests.Session):
    """A session that leaves redirects alone; otherwise it would read their bodies and parse their targets."""

    def get_redirect_target(self, resp: niquests.Response) -> str | None:
        """None: redirects are followed by hand."""
        return None


def _open_session(account: DavAccount) -> niquests.Session:
    """A session as the account wants it, which looks at nothing in the environment and repeats nothing."""
    session = _Session(
        retries=0,
        disable_http2=True,
        disable_http3=True,
        revocation_configuration=None,
        allow_incoming_cookies=False,
        timeout=account.timeout,
        headers={"User-Agent": f"kith/{__version__}", "Accept-Encoding": "gzip, deflate"},
    )
    session.trust_env = False
    if account.ca_file is not None:
        session.verify = str(account.ca_file)
    if account.client_cert is not None:
        key = account.client_key
        session.cert = (str(account.client_cert), str(key)) if key else str(account.client_cert)
    session.proxies = _proxies(account.proxy)
    return session


def _clock_ahead(date: str) -> timedelta | None:
    """What the header ``Date`` of an answer that has just come says of this machine's clock."""
    try:
        return datetime.now(UTC) - parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _proxies(proxy: str | None) -> dict[str, str]:
    if proxy is None:
        return {}
    if proxy == "env":
        return {scheme: url for scheme, url in getproxies_environment().items() if scheme in {"http", "https"}}
    return {"http": proxy, "https": proxy}


class Transport:
    """One account's connections. Raises kith.errors only; reads are repeated here and nowhere else."""

    def __init__(self, account: DavAccount, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.account = account
        self.requests = 0
        """How many requests were sent, redirects and repetitions among them."""
        given = (account.contacts_url, account.calendar_url)
        self.clock_ahead: timedelta | None = None
        """How far this machine's clock was ahead of the server's at its last answer; None where it did not say."""
        self._homes = (home_of(account), *(joined(home_of(account), url) for url in given if url))
        self._sleep = sleep
        self._session: niquests.Session | None = None
        self._challenges: dict[tuple[str, str, int], _Answering] = {}

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        depth: str | None = None,
        ok: Collection[int] = (200, 201, 204, 207),
        largest: int = LARGEST_ANSWER,
        patience: float = 1.0,
    ) -> Answer:
        """Ask; an answer whose status is not in ``ok`` is raised as one of our errors (:mod:`kith.dav.classify`).

        An answer may have ``largest`` bytes, and be waited for ``patience`` times as long as usual.

        Raises:
            AccountError: as the answer, or its absence, means.
        """
        asked = _Asked(method, body, _headers(body, headers, depth), largest, self.account.timeout * patience)
        for attempt in range(_TRIES):
            answer, failure, again = self._try(asked, url)
            if answer is not None:
                if answer.status in ok:
                    return answer
                failure = classify(answer, self.account.sign_in)
            assert failure is not None
            pause = self._pause(failure, attempt) if again and method in _READS else None
            if pause is None:
                raise failure
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _try(self, asked: _Asked, url: str) -> tuple[Answer | None, AccountError | None, bool]:
        """The answer, or why there is none, and whether asking again could change anything."""
        try:
            return self._follow(asked, url), None, True
        except (failures.RequestException, _BELOW, ValueError) as error:
            # One long wait is enough: a server that timed out is not asked again in this pass.
            return None, _in_our_words(error, url), not isinstance(error, failures.Timeout)
        except OSError as error:  # a certificate's file that cannot be read, say
            return None, Denied(f"{host_and_port(url)} cannot be asked: {error.strerror or 'an error of files'}"), False

    @staticmethod
    def _pause(failure: AccountError, attempt: int) -> float | None:
        """How long to wait before asking again; None: do not."""
        if attempt == _TRIES - 1 or not isinstance(failure, Transient):
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= _LONGEST_PAUSE else None
        return _FIRST_PAUSE * float(4**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 -- no secret

    # --- one request ----------------------------------------------------------------------------------

    def _follow(self, asked: _Asked, url: str) -> Answer:
        """The answer at the end of the redirects; each is asked the same, with the same body."""
        for _ in range(_MOST_REDIRECTS + 1):
            if not is_private(url):
                raise _not_encrypted(url)
            answer = self._ask(asked, url)
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                return answer
            elsewhere = joined(url, answer.headers["location"])
            if url.startswith("https:") and not elsewhere.startswith("https:"):
                raise _not_encrypted(elsewhere)
            url = elsewhere
        raise Denied(f"{shown(url)} is the last of too many redirects", hint="check the address of this account")

    def _ask(self, asked: _Asked, url: str) -> Answer:
        """One request and its answer, signed in where that is allowed."""
        url = _without_user(url)
        if not self.may_send_credentials(url):
            answer = self._send(asked, url, None)
            if answer.status == _SIGN_IN_REFUSED:
                raise _stranger(url)
            return answer
        answer = self._send(asked, url, self._authorization(asked.method, url))
        if answer.status == _SIGN_IN_REFUSED and self._take_challenge(answer):
            answer = self._send(asked, url, self._authorization(asked.method, url))
        return answer

    def _send(self, asked: _Asked, url: str, signed: str | None) -> Answer:
        if self._session is None:
            self._session = _open_session(self.account)
        headers = {**asked.headers, "Authorization": signed} if signed else asked.headers
        self.requests += 1
        began = time.monotonic()
        response = self._session.request(
            asked.method,
            url,
            data=asked.body,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=asked.seconds,
        )
        try:
            body = self._body(response, asked, url)
        finally:
            response.close()
        names = {name.lower(): value for name, value in response.headers.items()}
        self.clock_ahead = _clock_ahead(names.get("date", ""))
        took = 1000 * (time.monotonic() - began)
        _LOG.debug("%s %s: %s, %d bytes in %.0f ms", asked.method, shown(url), response.status_code, len(body), took)
        return Answer(response.status_code or 0, names, body, url)

    def _body(self, response: niquests.Response, asked: _Asked, url: str) -> bytes:
        """The whole body, unless it grows too large or takes too long."""
        body = bytearray()
        end = time.monotonic() + asked.seconds * _SLOWEST
        for piece in response.iter_content(-1):
            body += piece
            if len(body) > asked.largest:
                raise Malformed(f"{host_and_port(url)} sent more than {asked.largest // 1024**2} MB in one answer")
            if time.monotonic() > end:
                raise Transient(f"{host_and_port(url)} answers too slowly")
        return bytes(body)

    # --- signing in -----------------------------------------------------------------------------------

    def may_send_credentials(self, url: str) -> bool:
        """Whether the host is one that the config names, or one that its provider is known to move people to."""
        return any(is_trusted(url, home) for home in self._homes)

    def _authorization(self, method: str, url: str) -> str | None:
        account = self.account
        if not account.username:
            return None
        answering = self._challenges.get(origin_of(url))
        if answering is None:
            return "Basic " + b64encode(f"{account.username}:{account.password}".encode()).decode()
        parts = urlsplit(url)
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        answering.count += 1
        return authorization(
            answering.challenge,
            account.username,
            account.password,
            method,
            target,
            count=answering.count,
            cnonce=secrets.token_hex(8),
        )

    def _take_challenge(self, answer: Answer) -> bool:
        """Whether the server wants a digest, and not because the one it got was wrong."""
        header = answer.headers.get("www-authenticate", "")
        challenge = challenge_in(header) if self.account.username else None
        known = self._challenges.get(origin_of(answer.url))
        if challenge is None or (known is not None and known.challenge.nonce == challenge.nonce):
            return False
        self._challenges[origin_of(answer.url)] = _Answering(challenge)
        return True

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        if self._session is not None:
            self._session.close()
            self._session = None


class _Asked:
    """One request, however often it is sent."""

    __slots__ = ("body", "headers", "largest", "method", "seconds")

    def __init__(self, method: str, body: bytes | None, headers: dict[str, str], largest: int, seconds: float) -> None:
        self.method = method
        self.body = body
        self.headers = headers
        self.largest = largest
        self.seconds = seconds


class _Answering:
    """A digest challenge, and how often it was answered."""

    __slots__ = ("challenge", "count")

    def __init__(self, challenge: Challenge) -> None:
        self.challenge = challenge
        self.count = 0


def home_of(account: DavAccount) -> str:
    """The account's address as a whole URL, whatever of it the user typed: a host, an e-mail, a URL."""
    text = account.url.strip()
    if "://" in text:
        return _without_user(text)
    return f"https://{text.rpartition('@')[2]}"


def _headers(body: bytes | None, more: Mapping[str, str] | None, depth: str | None) -> dict[str, str]:
    headers = {"Accept": "*/*"}
    if body is not None:
        headers["Content-Type"] = "application/xml; charset=utf-8"
    if depth is not None:
        headers["Depth"] = depth
    headers.update(more or {})
    return headers


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def _not_encrypted(url: str) -> Denied:
    return Denied(
        f"{shown(url)} is not encrypted; nothing was sent there",
        hint="use an address that begins with https:// (http:// is for this machine alone)",
    )


def _stranger(url: str) -> Denied:
    return Denied(
        f"{host_and_port(url)} wants a sign-in, but is not the server this account names; no password was sent there",
        hint=f'if that server is yours, write url = "https://{host_and_port(url)}/" for this account',
    )


def _in_our_words(error: Exception, url: str) -> AccountError:
    """What kept an answer from coming. The library's own words stay out: they may hold a proxy's password."""
    host = host_and_port(url)
    words = str(error)
    match error:
        case failures.SSLError() if "CERTIFICATE_VERIFY_FAILED" in words or "certificate verify failed" in words:
            return Denied(
                f"the certificate of {host} is not trusted",
                hint="for a server with a certificate of its own, name the file of its authority in `ca_file`",
            )
        case failures.SSLError():
            return Transient(f"no encrypted connection to {host} came about", hint=_PLAIN_ON_LOOPBACK)
        case failures.ProxyError():
            return Transient("the proxy did not answer as one", hint="check `proxy` of this account")
        case failures.InvalidURL() | failures.InvalidHeader():
            return Denied(f"{shown(url)} is no address that can be asked", hint="check the address of this account")
        case failures.Timeout():
            return Transient(f"{host} did not answer in time")
        case failures.ConnectionError() if "resolve" in words or "Name or service" in words or "getaddrinfo" in words:
            return Transient(f"the name {host} is not known", hint="is the address right, and is there a network?")
        case failures.ConnectionError():
            return Transient(f"no connection to {host}", hint="is the address right, and is there a network?")
    return Transient(f"the answer of {host} broke off")
