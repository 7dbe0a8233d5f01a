"""From a refusal of Google's to one of kith's errors: the reason that its body names first, the status second. Pure.

A status alone misleads: 403 is a quota, a missing right, an API that was never switched on, or somebody else's event;
an old sync token is 410 at the calendar and 400 at the contacts. Reasons stand in ``error.errors[].reason`` (the older
form), in ``error.details[].reason`` (google.rpc.ErrorInfo) and, roughly, in ``error.status``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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

GUIDE = "docs/google.md"
_HOURS = 6 * 60 * 60.0
"""How long a quota lasts that does not come back within a minute."""

_CURSOR = frozenset({"EXPIRED_SYNC_TOKEN", "fullSyncRequired", "updatedMinTooLongAgo"})
_TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "concurrentLimitExceeded"})
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "limitExceeded", "variableTermLimitExceeded"})
_NO_RIGHT = frozenset({"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_NOT_SIGNED_IN = frozenset({"authError", "required", "invalidCredentials", "ACCESS_TOKEN_EXPIRED"})
_SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_BY_POLICY = frozenset({"domainPolicy", "ADMIN_POLICY_ENFORCED", "accountDisabled", "serviceNotAvailableForUser"})
_GONE = frozenset({"notFound", "deleted", "NOT_FOUND"})
_NOT_AS_EXPECTED = frozenset({"duplicate", "conditionNotMet", "conflict", "ALREADY_EXISTS", "ABORTED"})
_NOT_ALLOWED = frozenset(
    {"forbidden", "forbiddenForNonOrganizer", "requiredAccessLevel", "forbiddenForServiceAccounts"}
)
_ITS_OWN_FAULT = frozenset({"backendError", "internalError", "UNAVAILABLE", "INTERNAL"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is none of the good ones. The names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def reasons(self) -> frozenset[str]:
        """Every reason that the body names, and google.rpc's status."""
        return _reasons(self.body)

    @property
    def is_too_often(self) -> bool:
        """Whether this was refused for its rate, before anything was done."""
        return bool(self.reasons & _TOO_OFTEN) or (self.status == 429 and not self.reasons & _USED_UP)

    @property
    def is_gone(self) -> bool:
        """Whether Google says that what was asked for is not there (any more).

        A 404 by itself may be a proxy's, and an old sync token is 410 too.
        """
        return self.status in (404, 410) and bool(self.reasons & _GONE) and not self._names_a_token

    @property
    def _names_a_token(self) -> bool:
        return bool(self.reasons & _CURSOR) or _is_about_a_token(self.body)


def classify(refusal: Refusal, account: str) -> AccountError:
    """What a refusal means; ``account`` is its name in the config, for the hint that mends it."""
    return _by_reason(refusal, account) or _by_status(refusal, account)


def _by_reason(refusal: Refusal, account: str) -> AccountError | None:
    reasons = refusal.reasons
    if reasons & _CURSOR or (refusal.status in (400, 410) and _is_about_a_token(refusal.body)):
        return CursorExpired("Google does not know the place any more up to which it was read")
    if reasons & _USED_UP:
        return Transient("what Google allows this account is used up for some hours", retry_after=_HOURS)
    if reasons & _TOO_OFTEN:
        return _asked_too_often(refusal)
    if reasons & _NO_RIGHT:
        return SignInNeeded("kith was not given the rights that it needs at Google", hint=_login(account))
    if reasons & _SWITCHED_OFF:
        hint = f"switch the People API and the Calendar API on in the Google Cloud console; see {GUIDE}"
        return Denied("the API is not switched on for the client of this account", hint=hint)
    if reasons & _BY_POLICY:
        return Denied("Google does not let this account do that", hint="ask whoever administers it")
    if reasons & _GONE:
        return _not_there()
    if reasons & _NOT_AS_EXPECTED:
        return _not_as_expected()
    if reasons & _NOT_ALLOWED:
        return _not_allowed()
    if reasons & _ITS_OWN_FAULT:
        return _fault_of_its_own(refusal)
    if refusal.status == 401 and reasons & _NOT_SIGNED_IN:
        return _sign_in_again(account)
    return None


def _by_status(refusal: Refusal, account: str) -> AccountError:
    if 300 <= refusal.status < 400:
        return a_web_page()
    if 400 <= refusal.status < 500 and refusal.status != 429 and is_page(refusal.headers, refusal.body):
        return a_web_page()
    match refusal.status:
        case 401:
            return _sign_in_again(account)
        case 403 | 451:
            return _not_allowed()
        case 404 | 410:
            return _not_there()
        case 409 | 412:
            return _not_as_expected()
        case 429:
            return _asked_too_often(refusal)
        case 408:
            return _fault_of_its_own(refusal)
        case 511:
            return Transient("the network wants a sign-in of its own first", hint="open any web page to see it")
        case status if 500 <= status < 600:
            return _fault_of_its_own(refusal)
        case status if 400 <= status < 500:
            return Rejected(f"Google refused this request (status {status})")
    return Malformed(f"Google answered with status {refusal.status}, which says nothing here")


def _login(account: str) -> str:
    return f"run `kith login {account}`"


def _sign_in_again(account: str) -> SignInNeeded:
    return SignInNeeded("Google did not accept the sign-in", hint=_login(account))


def _not_allowed() -> Denied:
    return Denied("Google does not allow that to this account", hint="see who may change what there")


def _not_there() -> Denied:
    return Denied("Google has nothing there")


def _not_as_expected() -> Conflict:
    return Conflict("something at Google is not as it was expected")


def _asked_too_often(refusal: Refusal) -> Transient:
    return Transient("Google is asked too often", retry_after=retry_after(refusal.headers))


def _fault_of_its_own(refusal: Refusal) -> Transient:
    words = f"Google has a problem of its own (status {refusal.status})"
    return Transient(words, retry_after=retry_after(refusal.headers))


def a_web_page() -> Malformed:
    """What is wrong when one comes."""
    return Malformed(
        "a web page came instead of Google's answer", hint="a network that wants a sign-in first does this"
    )


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a web page, made for people."""
    kind = headers.get("content-type", "").lower()
    return "html" in kind or body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


# --- reading the body, trusting nobody ------------------------------------------------------------------------


def _error(body: bytes) -> Mapping[str, Any]:
    """What stands under ``error``; nothing where that is no object."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(body: bytes) -> frozenset[str]:
    error = _error(body)
    listed = [one for name in ("errors", "details") for one in _list(error.get(name)) if isinstance(one, dict)]
    found = [one.get("reason") for one in listed] + [error.get("status")]
    return frozenset(reason for reason in found if isinstance(reason, str))


def _is_about_a_token(body: bytes) -> bool:
    message = _error(body).get("message")
    return isinstance(message, str) and "sync token" in message.lower()


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []
