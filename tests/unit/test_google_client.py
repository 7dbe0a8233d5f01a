"""Asking Google: what is repeated, what is not, and what a failure means; over HTTP, against the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.google.people import People, contact
from fakes.google.server import Google
from fakes.google.wire import Answer, Kind, refusal, rpc_refusal
from kith.core.model import AccountId
from kith.errors import (
    AccountError,
    CursorExpired,
    Denied,
    Malformed,
    SignInNeeded,
    Transient,
)
from kith.google.account import Endpoints, GoogleAccount
from kith.google.client import Client
from kith.google.grant import Grant
from kith.google.scopes import CALENDAR_LIST, CONTACTS


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def google(people: People) -> Iterator[Google]:
    with Google(people) as running:
        yield running


class Asking:
    """A client whose pauses are noted instead of waited for."""

    def __init__(self, google: Google, *scopes: str) -> None:
        grant = Grant.read(google.tokens.authorized_user(scopes or (CONTACTS,)))
        self.pauses: list[float] = []
        self.kept: list[Grant] = []
        account = GoogleAccount(AccountId("g"), grant, Endpoints(**google.endpoints), timeout=5.0)
        self.client = Client(account, self.kept.append, sleep=self.pauses.append)

    def groups(self) -> list[str]:
        found = self.client.call(self.client.people.contactGroups().list(pageSize=100))
        return [group["name"] for group in found["contactGroups"]]


@pytest.fixture
def asking(google: Google) -> Iterator[Asking]:
    found = Asking(google)
    yield found
    found.client.close()


def test_an_answer(asking: Asking, people: People, google: Google) -> None:
    people.add_group("Friends of mine")
    people.put("ana", contact("Ana Silva"))
    assert "Friends of mine" in asking.groups()
    assert google.counts() == {"token": 1, "people.contactGroups.list": 1}
    assert asking.client.requests == 1


def test_one_token_serves_many_requests_and_another_is_fetched_when_it_expired(asking: Asking, google: Google) -> None:
    asking.groups()
    asking.groups()
    google.tokens.expire_access()
    asking.groups()
    assert google.counts() == {"token": 2, "people.contactGroups.list": 4}


@pytest.mark.parametrize("kind", ["refused", "lost", "truncated"])
def test_a_reading_that_broke_off_is_repeated(asking: Asking, google: Google, kind: Kind) -> None:
    google.fail(kind, "contactGroups", times=2)
    assert asking.groups()
    assert google.counts()["people.contactGroups.list"] == 3
    assert len(asking.pauses) == 2


QUOTA = [
    refusal(403, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits"),
    refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits"),
    refusal(429, "rateLimitExceeded", domain="usageLimits"),
    rpc_refusal(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "Quota exceeded for quota metric"),
]


@pytest.mark.parametrize("answer", QUOTA)
def test_a_rate_limit_is_waited_for(asking: Asking, google: Google, answer: Answer) -> None:
    google.fail("answer", "contactGroups", answer=answer)
    assert asking.groups()
    assert len(asking.pauses) == 1


def test_retry_after_is_honoured_up_to_a_point(asking: Asking, google: Google) -> None:
    google.fail("answer", "contactGroups", answer=Answer(503, b"", {"Retry-After": "7"}))
    assert asking.groups()
    assert asking.pauses == [7.0]
    google.fail("answer", "contactGroups", answer=Answer(503, b"", {"Retry-After": "700"}))
    with pytest.raises(Transient) as raised:
        asking.groups()
    assert raised.value.retry_after == 700.0
    assert asking.pauses == [7.0]


def test_a_quota_that_is_used_up_for_the_day_is_not_asked_for_again(asking: Asking, google: Google) -> None:
    answer = refusal(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")
    google.fail("answer", "contactGroups", answer=answer)
    with pytest.raises(Transient, match="some hours"):
        asking.groups()
    assert asking.pauses == []


def test_somebody_who_stays_down_is_given_up(asking: Asking, google: Google) -> None:
    google.fail("answer", "contactGroups", times=99, answer=Answer(503, b"busy"))
    with pytest.raises(Transient):
        asking.groups()
    assert len(asking.pauses) == 3


def test_a_web_page_is_no_answer(asking: Asking, google: Google) -> None:
    google.fail("page", "contactGroups")
    with pytest.raises(Malformed, match="web page"):
        asking.groups()


def test_half_an_answer_is_none(asking: Asking, google: Google) -> None:
    google.fail("cut", "contactGroups")
    with pytest.raises(Malformed, match="cannot be read"):
        asking.groups()


def test_a_silent_server_is_not_asked_again_at_once(google: Google) -> None:
    grant = Grant.read(google.tokens.authorized_user((CONTACTS,)))
    pauses: list[float] = []
    account = GoogleAccount(AccountId("g"), grant, Endpoints(**google.endpoints), timeout=0.2)
    client = Client(account, sleep=pauses.append)
    google.fail("slow", "contactGroups", seconds=0.8)
    with pytest.raises(Transient, match="in time"):
        client.call(client.people.contactGroups().list())
    assert pauses == []
    client.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(403, "insufficientPermissions"), SignInNeeded),
        (rpc_refusal(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), SignInNeeded),
        (refusal(403, "accessNotConfigured"), Denied),
        (rpc_refusal(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), Denied),
        (refusal(403, "forbidden"), Denied),
        (rpc_refusal(400, "FAILED_PRECONDITION", "EXPIRED_SYNC_TOKEN"), CursorExpired),
        (rpc_refusal(400, "INVALID_ARGUMENT", "EXPIRED_SYNC_TOKEN"), CursorExpired),
        (refusal(410, "fullSyncRequired"), CursorExpired),
        (Answer(400, {"error": {"code": 400, "message": "Sync token is expired. Clear local cache."}}), CursorExpired),
        (refusal(404, "notFound"), Denied),
        (Answer(302, b"", {"Location": "https://hotel.example/"}), Malformed),
    ],
)
def test_refusals(asking: Asking, google: Google, answer: Answer, expected: type[AccountError]) -> None:
    google.fail("answer", "contactGroups", answer=answer)
    with pytest.raises(expected) as raised:
        asking.groups()
    assert type(raised.value) is expected
    assert asking.pauses == []


def test_a_scope_that_was_not_granted(google: Google) -> None:
    asking = Asking(google, CALENDAR_LIST)
    with pytest.raises(SignInNeeded, match="rights") as raised:
        asking.groups()
    assert "kith login g" in raised.value.hint
    asking.client.close()


def test_nobody_there() -> None:
    endpoints = Endpoints(people="http://127.0.0.1:1/", token="http://127.0.0.1:1/token")
    pauses: list[float] = []
    client = Client(GoogleAccount(AccountId("g"), Grant("a", "b", "c"), endpoints), sleep=pauses.append)
    with pytest.raises(Transient, match="no connection"):
        client.call(client.people.contactGroups().list())
    client.close()


class TestSigningIn:
    """What the token endpoint says."""

    def test_a_sign_in_taken_back_names_the_command(self, asking: Asking, google: Google) -> None:
        google.tokens.revoke_all()
        with pytest.raises(SignInNeeded, match="taken back, or has expired") as raised:
            asking.groups()
        assert "kith login g" in raised.value.hint
        assert "Testing" in raised.value.hint
        assert google.counts() == {"token": 1}

    def test_one_taken_back_while_its_token_is_in_use(self, asking: Asking, google: Google) -> None:
        asking.groups()
        google.tokens.revoke_all()
        with pytest.raises(SignInNeeded, match="taken back"):
            asking.groups()

    def test_a_client_that_was_deleted(self, google: Google) -> None:
        account = GoogleAccount(AccountId("g"), Grant("x", "y", "z"), Endpoints(**google.endpoints))
        client = Client(account)
        with pytest.raises(SignInNeeded, match="OAuth client"):
            client.call(client.people.contactGroups().list())
        client.close()

    def test_another_refresh_token_is_kept(self, asking: Asking, google: Google) -> None:
        google.tokens.renews = True
        asking.groups()
        (kept,) = asking.kept
        assert kept.refresh_token in google.tokens.given
        google.tokens.expire_access()
        asking.groups()
        assert len(asking.kept) == 2

    @pytest.mark.parametrize("answer", [Answer(200, b"<html>sign in</html>"), Answer(200, b"{"), Answer(200, b"[]")])
    def test_what_is_no_answer(self, asking: Asking, google: Google, answer: Answer) -> None:
        google.fail("answer", "token", times=9, answer=answer)
        with pytest.raises((Transient, Malformed)):
            asking.groups()
