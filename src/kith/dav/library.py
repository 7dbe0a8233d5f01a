"""python-caldav, held by the hand: everything of CalDAV that kith asks the library to do, and nothing else.

The library knows how to write to CalDAV servers: it puts and deletes under preconditions, searches by UID, makes
calendars, and knows which server needs what done differently. It is used for all four. Three habits of it must not get
through:

- *It speaks for itself.* It reads config files, environment variables and ``.netrc``, follows redirects by turning
  a PUT into a GET, and can dump every request into files. So it is given no connection of its own: what it wants to
  send goes through :class:`kith.dav.transport.Transport`, like everything else of the account.
- *It repeats and repairs.* A refused PUT is sent again, "cleaned". Bytes given as ``raw_data`` are sent once and
  unchanged.
- *It raises whatever happens.* Each of its errors, and each that a nonsensical answer causes inside it, becomes one
  of kith's at this boundary, by what the server answered and not by the library's class.

Importing it takes a fifth of a second; that happens at the first write or search, not at a look.

See RFC 4791 (5.3.1 for MKCALENDAR, 5.3.2 for PUT, 7.8 for searching), RFC 4918 and RFC 9110 for preconditions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kith.core.model import ETag
from kith.dav.answers import Answer, check_is_multistatus
from kith.dav.classify import classify
from kith.dav.etags import clean_etag
from kith.dav.quirks import Quirks, hush
from kith.dav.transport import Transport
from kith.dav.xml import without_controls
from kith.errors import AccountError, Conflict, Denied, Malformed, SignInNeeded, Transient

_FOR_THE_LIBRARY = frozenset({*range(200, 300), 400, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428})
"""Answers that the library understands. The rest (401, 429, 5xx) means the same for every request, and is raised
by the transport."""

_GONE = frozenset({404, 410})
_BAD_REQUEST = 400
_UID_TAKEN = b"uid already exists"
_MULTISTATUS = 207


@dataclass(frozen=True, slots=True)
class Found:
    """An event as a search gave it."""

    url: str
    etag: ETag | None
    raw: bytes


class Library:
    """python-caldav for one account. ``quirks`` decide which of its workarounds are on."""

    def __init__(self, transport: Transport, url: str, quirks: Quirks) -> None:
        self._sign_in = transport.account.sign_in
        with _our_errors("python-caldav could not be used", url, self._sign_in):
            self._client = _client(transport, url, quirks)

    def put_new(self, url: str, raw: bytes) -> ETag | None:
        """Write an event where nothing is yet, once; its strong ETag if the server says it.

        Raises:
            Conflict: something is there, or has the UID.
        """
        with _our_errors("the event was not written", url, self._sign_in):
            event = self._event(url)
            try:
                event.save(raw_data=raw, no_overwrite=True, increase_seqno=False)
            except _dav_error() as error:
                # Nextcloud refuses the UID of an event in its trash bin with a 400 that only its text explains.
                if error.status == _BAD_REQUEST and _UID_TAKEN in _body(error).lower():
                    raise Conflict("an event of this name is there already, or in the server's trash bin") from None
                raise
            return _etag(event.etag)

    def put(self, url: str, raw: bytes, etag: ETag | None) -> ETag | None:
        """Write over an event in the state ``etag``, once; None writes over whatever is there.

        Raises:
            Conflict: it is not in that state.
        """
        with _our_errors("the event was not changed", url, self._sign_in):
            event = self._event(url, etag)
            event.save(raw_data=raw, precondition="etag", increase_seqno=False)
            return _etag(event.etag)

    def delete(self, url: str, etag: ETag | None) -> None:
        """Delete an event in the state ``etag``; None deletes whatever is there. One that is gone is no error.

        Raises:
            Conflict: it is not in that state.
        """
        with _our_errors("the event was not deleted", url, self._sign_in):
            try:
                self._event(url).delete(if_match=etag, precondition="etag")
            except _dav_error() as error:
                if error.status not in _GONE:
                    raise

    def search(self, calendar_url: str, uid: str) -> list[Found]:
        """The events of a calendar that the server says have this UID; it may say so of others too."""
        from caldav.collection import Calendar

        with _our_errors("the calendar could not be searched", calendar_url, self._sign_in):
            calendar: Any = Calendar(self._client, url=calendar_url)
            found = calendar.search(uid=uid, event=True, post_filter=False)
            return [
                Found(str(event.url), _etag(event.etag), event.data.encode())
                for event in found
                if isinstance(event.data, str) and event.data
            ]

    def make_calendar(self, home: str, name: str, identifier: str) -> str:
        """Make a calendar for events in a home set; its URL.

        Raises:
            Denied: this server does not let calendars be made.
            Conflict: something is called ``identifier`` there.
        """
        from caldav.collection import CalendarSet

        with _our_errors("the calendar was not made", home, self._sign_in):
            try:
                homes: Any = CalendarSet(self._client, url=home)
                made = homes.make_calendar(name=name, cal_id=identifier, supported_calendar_component_set=["VEVENT"])
            except _dav_error() as error:
                # RFC 4918, section 9.3.1: the name is taken. RFC 4791, section 5.3.1.1: so it is.
                if error.status == 405:
                    raise Conflict(f"something called {identifier} is there already") from None
                raise
            return str(made.url)

    def _event(self, url: str, etag: ETag | None = None) -> Any:  # noqa: ANN401 -- caldav has no types
        from caldav.calendarobjectresource import Event
        from caldav.elements import dav

        return Event(self._client, url=url, props={dav.GetEtag.tag: etag} if etag else None)


# --- the connection it is given ---------------------------------------------------------------------------


def _client(transport: Transport, url: str, quirks: Quirks) -> Any:  # noqa: ANN401
    """A DAVClient with nothing of its own: no user name, no password, no connection."""
    hush()
    from caldav.davclient import DAVClient
    from caldav.lib import error

    error.debug_dump_communication = False  # PYTHON_CALDAV_COMMDUMP writes passwords to /tmp
    error.debugmode = "PRODUCTION"  # PYTHON_CALDAV_DEBUGMODE can wait for a debugger
    features = quirks.profile | {
        "save.if-none-match": {"support": "full"},  # kith looks first where it is not
        "save.no-uid-conflict": {"support": "full"},  # kith's UIDs are its own: no search before a write
        "rate-limit": {"enable": False},  # waiting is the transport's business
    }
    client: Any = DAVClient(url=url, features=features, enable_rfc6764=False, rate_limit_handle=False)
    client.session.close()
    client.session = _Line(transport)
    return client


class _Line:
    """What the library takes for its HTTP session."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def request(
        self,
        method: str,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Reply:
        """Send it the way all of this account's requests are sent."""
        own = {name: value for name, value in (headers or {}).items() if name.lower() != "user-agent"}
        answer = self._transport.request(method, url, body=data or None, headers=own, ok=_FOR_THE_LIBRARY)
        if answer.status == _MULTISTATUS:
            check_is_multistatus(answer)
            return _Reply(answer, without_controls(answer.body))
        # What comes with a success is of no interest, and the library would try to understand it.
        return _Reply(answer, b"" if answer.status < _BAD_REQUEST else answer.body)

    def close(self) -> None:
        """The connection belongs to the account."""


class _Reply:
    """An answer, as the library reads it."""

    def __init__(self, answer: Answer, body: bytes) -> None:
        from caldav.lib.http_sync import CaseInsensitiveDict

        self.status_code = answer.status
        self.headers = CaseInsensitiveDict(answer.headers)
        self.headers.pop("content-length", None)  # the body may have been another one
        self.content = body
        self.text = body.decode("utf-8", "replace")
        self.reason = ""
        self.url = answer.url


# --- errors -----------------------------------------------------------------------------------------------


@contextmanager
def _our_errors(what: str, url: str, sign_in: str) -> Iterator[None]:
    """Turn whatever the library raises into one of kith's errors."""
    try:
        yield
    except Exception as error:
        raise in_our_words(error, what, url, sign_in) from error


def in_our_words(error: Exception, what: str, url: str, sign_in: str) -> AccountError:
    """One of kith's errors for one of the library's, by what the server answered where it did.

    ``what`` says what did not happen, ``url`` where.
    """
    if isinstance(error, AccountError):
        return error
    if not isinstance(error, _dav_error()):
        if isinstance(error, OSError):  # every error of the HTTP library is one
            return Transient(f"{what}: the connection failed")
        return Malformed(f"{what}: the server's answer makes no sense")
    if isinstance(error.status, int):
        return classify(Answer(error.status, {}, _body(error), url), sign_in)
    return _without_an_answer(error, what, sign_in)


def _without_an_answer(error: Any, what: str, sign_in: str) -> AccountError:  # noqa: ANN401
    """For errors that the library thought of by itself."""
    from caldav.lib import error as library

    if isinstance(error, library.RateLimitError):
        return Transient(f"{what}: the server is asked too often", retry_after=error.retry_after_seconds)
    conflicts = (
        *(library.ConsistencyError, library.UidConflictError),
        *(library.ETagMismatchError, library.ScheduleTagMismatchError),
    )
    if isinstance(error, conflicts):
        return Conflict(f"{what}: it is there already, or was changed by somebody else")
    if isinstance(error, library.AuthorizationError):
        return SignInNeeded(f"{what}: the server did not accept the sign-in", hint=sign_in)
    if isinstance(error, library.MkcalendarError | library.MkcolError):
        return Denied(f"{what}: this server does not let calendars be made")
    if isinstance(error, library.NotFoundError):
        return Denied(f"{what}: it is not there")
    return Malformed(f"{what}: the server's answer makes no sense")


def _dav_error() -> Any:  # noqa: ANN401
    from caldav.lib.error import DAVError

    return DAVError


def _body(error: Any) -> bytes:  # noqa: ANN401
    body = error.body
    return body if isinstance(body, bytes) else str(body or "").encode()


def _etag(text: object) -> ETag | None:
    return clean_etag(text) if isinstance(text, str) else None
