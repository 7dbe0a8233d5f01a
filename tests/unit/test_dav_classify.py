"""What a refusal means: conditions first, the status second."""

from __future__ import annotations

import pytest

from kith.dav.answers import Answer, preconditions
from kith.dav.classify import classify
from kith.errors import (
    AccountError,
    Conflict,
    CursorExpired,
    Denied,
    Malformed,
    Rejected,
    SignInNeeded,
    Transient,
)
from kith.retry_after import retry_after

URL = "https://dav.example.org/books/ana/"
DAV, CARD, CAL = "DAV:", "urn:ietf:params:xml:ns:carddav", "urn:ietf:params:xml:ns:caldav"


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, body, URL)


def naming(namespace: str, condition: str) -> bytes:
    return f'<?xml version="1.0"?><D:error xmlns:D="DAV:" xmlns:N="{namespace}"><N:{condition}/></D:error>'.encode()


STATUSES: dict[int, type[AccountError]] = {
    **dict.fromkeys((401,), SignInNeeded),
    **dict.fromkeys((402, 403, 404, 405, 407, 410, 418, 451, 501, 507), Denied),
    **dict.fromkeys((409, 412, 428), Conflict),
    **dict.fromkeys((408, 421, 423, 425, 429, 500, 502, 503, 504, 508, 511, 520, 599), Transient),
    **dict.fromkeys((400, 406, 411, 413, 414, 415, 416, 422, 424, 431), Rejected),
    **dict.fromkeys((300, 302, 304, 399), Denied),
    **dict.fromkeys((0, 100, 200, 204, 206, 207, 299, 600), Malformed),
}


@pytest.mark.parametrize(("status", "error"), STATUSES.items())
def test_a_status_alone(status: int, error: type[AccountError]) -> None:
    said = classify(answer(status), "home")
    assert type(said) is error
    assert said.message


@pytest.mark.parametrize("status", range(1000))
def test_no_status_is_without_a_meaning(status: int) -> None:
    assert isinstance(classify(answer(status), "home"), AccountError)


CONDITIONS: list[tuple[str, str, type[AccountError]]] = [
    (DAV, "valid-sync-token", CursorExpired),
    (DAV, "number-of-matches-within-limits", Rejected),
    (DAV, "need-privileges", Denied),
    (DAV, "quota-not-exceeded", Denied),
    (DAV, "sufficient-disk-space", Denied),
    (DAV, "resource-must-be-null", Conflict),
    (CARD, "no-uid-conflict", Conflict),
    (CARD, "valid-address-data", Rejected),
    (CARD, "max-resource-size", Rejected),
    (CAL, "no-uid-conflict", Conflict),
    (CAL, "unique-scheduling-object-resource", Conflict),
    (CAL, "valid-calendar-data", Rejected),
    (CAL, "supported-calendar-component", Rejected),
    (CAL, "max-resource-size", Rejected),
    (CAL, "calendar-collection-location-ok", Denied),
]


@pytest.mark.parametrize(("namespace", "condition", "error"), CONDITIONS)
@pytest.mark.parametrize("status", [400, 403, 409, 412, 507])
def test_a_condition_counts_before_the_status(
    namespace: str, condition: str, error: type[AccountError], status: int
) -> None:
    assert type(classify(answer(status, naming(namespace, condition)), "home")) is error


def test_a_condition_of_another_namespace_is_none() -> None:
    assert type(classify(answer(403, naming("urn:other", "valid-sync-token")), "home")) is Denied


def test_a_refused_sign_in_is_one_whatever_else_is_said() -> None:
    error = classify(answer(401, naming(DAV, "valid-sync-token")), "run `kith login home`")
    assert type(error) is SignInNeeded
    assert "kith login home" in error.hint


def test_a_condition_that_sabre_explains_at_length_is_found() -> None:
    body = (
        b'<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:sabredav-version>4.6</s:sabredav-version>'
        b"<s:exception>Sabre\\DAV\\Exception\\InvalidSyncToken</s:exception><d:valid-sync-token/></d:error>"
    )
    assert "{DAV:}valid-sync-token" in preconditions(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>error</html>", b"error", b"<error/>", b'<!DOCTYPE x [<!ENTITY e "x">]><error xmlns="DAV:"/>']
)
def test_a_body_that_names_no_condition(body: bytes) -> None:
    assert preconditions(body) == frozenset()


RETRIES: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "120"}, 120.0),
    ({"retry-after": " 1.5 "}, 1.5),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "-3"}, None),
    ({"retry-after": "soon"}, None),
    ({"retry-after": "99999999"}, 86400.0),
    ({"retry-after": "Mon, 02 Mar 2026 08:01:00 GMT", "date": "Mon, 02 Mar 2026 08:00:00 GMT"}, 60.0),
    ({"retry-after": "Mon, 02 Mar 2026 07:00:00 GMT", "date": "Mon, 02 Mar 2026 08:00:00 GMT"}, 0.0),
    ({"retry-after": "Mon, 02 Mar 2026 08:01:00 GMT"}, None),
    ({"retry-after": "Mon, 99 Mar 2026 08:01:00 GMT", "date": "nonsense"}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), RETRIES)
def test_how_long_to_stay_away(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
    error = classify(answer(503, headers=headers), "home")
    assert isinstance(error, Transient)
    assert error.retry_after == seconds


def test_no_message_holds_a_query_or_a_user_name() -> None:
    for status in STATUSES:
        error = classify(Answer(status, {}, b"", "https://ana:secret@dav.example.org/x?token=secret"), "home")
        assert "secret" not in error.message + error.hint
