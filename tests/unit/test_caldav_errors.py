"""No error of python-caldav, or of what it stands on, gets through to kith."""

from __future__ import annotations

import inspect

import niquests.exceptions
import pytest
from caldav.lib import error as library
from lxml import etree

from kith.core.model import AccountId
from kith.dav.library import in_our_words
from kith.errors import AccountError, Conflict, Denied, Malformed, Rejected, SignInNeeded, Transient

ALL = sorted(
    (found for _, found in inspect.getmembers(library, inspect.isclass) if issubclass(found, library.DAVError)),
    key=lambda found: found.__name__,
)
CALDAV = "{urn:ietf:params:xml:ns:caldav}"

MEANT = {
    "AuthorizationError": SignInNeeded,
    "ConsistencyError": Conflict,
    "DAVError": Malformed,
    "DeleteError": Malformed,
    "ETagMismatchError": Conflict,
    "MkcalendarError": Denied,
    "MkcolError": Denied,
    "NotFoundError": Denied,
    "PropfindError": Malformed,
    "PropsetError": Malformed,
    "ProppatchError": Malformed,
    "PutError": Malformed,
    "RateLimitError": Transient,
    "ReportError": Malformed,
    "ResponseError": Malformed,
    "ScheduleTagMismatchError": Conflict,
    "UidConflictAuthorizationError": Conflict,
    "UidConflictConsistencyAuthorizationError": Conflict,
    "UidConflictConsistencyError": Conflict,
    "UidConflictETagMismatchError": Conflict,
    "UidConflictError": Conflict,
    "UidConflictScheduleTagMismatchError": Conflict,
}
"""What an error means that the library thought of by itself, without an answer to it."""


def ours(error: Exception) -> AccountError:
    return in_our_words(error, "the event was not written", "https://dav.example.org/a/", AccountId("home"))


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.__name__)
class TestEveryErrorOfTheLibrary:
    def test_is_known(self, found: type[library.DAVError]) -> None:
        assert type(ours(found())) is MEANT[found.__name__]

    @pytest.mark.parametrize(
        ("status", "meant"),
        [
            *[(400, Rejected), (401, SignInNeeded), (403, Denied), (404, Denied), (405, Denied), (409, Conflict)],
            *[(410, Denied), (412, Conflict), (413, Rejected), (415, Rejected), (422, Rejected), (423, Transient)],
            *[(429, Transient), (500, Transient), (502, Transient), (503, Transient), (507, Denied)],
        ],
    )
    def test_means_what_the_server_answered(
        self, found: type[library.DAVError], status: int, meant: type[AccountError]
    ) -> None:
        assert type(ours(found(status=status))) is meant

    @pytest.mark.parametrize("status", [403, 409, 412])
    @pytest.mark.parametrize(
        ("condition", "meant"),
        [
            ("no-uid-conflict", Conflict),
            ("unique-scheduling-object-resource", Conflict),
            ("valid-calendar-data", Rejected),
        ],
    )
    def test_means_first_of_all_what_the_body_names(
        self, found: type[library.DAVError], status: int, condition: str, meant: type[AccountError]
    ) -> None:
        if issubclass(found, library.RateLimitError):
            return  # it carries no body
        body = f'<D:error xmlns:D="DAV:" xmlns:C="{CALDAV.strip("{}")}"><C:{condition}/></D:error>'
        assert type(ours(found(status=status, body=body.encode()))) is meant

    def test_says_nothing_of_what_the_user_wrote(self, found: type[library.DAVError]) -> None:
        raised = found(url="https://ana:secret@dav.example.org/", reason="SUMMARY:Reach out to Bea")
        assert "secret" not in ours(raised).message
        assert "Bea" not in ours(raised).message


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (niquests.exceptions.ConnectionError(), Transient),
        (niquests.exceptions.ReadTimeout(), Transient),
        (niquests.exceptions.ChunkedEncodingError(), Transient),
        (TimeoutError(), Transient),
        (ConnectionResetError(), Transient),
        (etree.XMLSyntaxError("no", 0, 0, 0), Malformed),
        (TypeError("'NoneType' object is not iterable"), Malformed),
        (AttributeError("'NoneType' object has no attribute 'tag'"), Malformed),
        (ValueError(), Malformed),
        (KeyError("x"), Malformed),
        (AssertionError(), Malformed),
        (NotImplementedError(), Malformed),
        (Conflict("ours"), Conflict),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_whatever_else_it_lets_through(error: Exception, meant: type[AccountError]) -> None:
    assert type(ours(error)) is meant


def test_how_long_to_wait_is_kept() -> None:
    raised = ours(library.RateLimitError(retry_after="120", retry_after_seconds=120.0))
    assert isinstance(raised, Transient)
    assert raised.retry_after == 120.0
