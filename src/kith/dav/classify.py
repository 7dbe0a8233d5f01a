"""From a refusal to one of kith's errors: what the body names first, the status second. Pure.

The preconditions are those of RFC 4918 (section 16), RFC 6578, RFC 6352 and RFC 4791. A status alone misleads: an
old sync token is a 403 on one server, a 412 on the next, a 409 or a 400 elsewhere. What the library that carried
the request would have raised never counts.
"""

from __future__ import annotations

from kith.dav.addresses import host_and_port, shown
from kith.dav.answers import Answer, a_web_page, is_page, preconditions
from kith.dav.xml import CALDAV, CARDDAV, DAV
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

_CURSOR = {f"{{{DAV}}}valid-sync-token"}
_CONFLICTS = {
    f"{{{CARDDAV}}}no-uid-conflict",
    f"{{{CALDAV}}}no-uid-conflict",
    f"{{{CALDAV}}}unique-scheduling-object-resource",  # Cyrus: the UID is in another calendar
    f"{{{DAV}}}resource-must-be-null",
}
_FULL = {f"{{{DAV}}}quota-not-exceeded", f"{{{DAV}}}sufficient-disk-space"}
_NOT_ALLOWED = {
    f"{{{DAV}}}need-privileges",
    f"{{{CALDAV}}}calendar-collection-location-ok",
    f"{{{CALDAV}}}initialize-calendar-collection",
    f"{{{CARDDAV}}}addressbook-collection-location-ok",
}
_TOO_MUCH = {f"{{{DAV}}}number-of-matches-within-limits"}
_NOT_THIS_ITEM = {
    f"{{{namespace}}}{name}"
    for namespace, names in {
        CARDDAV: ("supported-address-data", "valid-address-data", "max-resource-size"),
        CALDAV: (
            *("supported-calendar-data", "valid-calendar-data", "valid-calendar-object-resource"),
            *("supported-calendar-component", "max-resource-size", "min-date-time", "max-date-time"),
            *("max-instances", "max-attendees-per-instance", "allowed-organizer-scheduling-object-change"),
        ),
    }.items()
    for name in names
}

_SIGN_IN_HINT = (
    "check the user name; many providers want a password made for this program alone (an app password). Then {}"
)


def classify(answer: Answer, sign_in: str) -> AccountError:
    """What a refusal means; ``sign_in`` is what gives the account another password, for the hint."""
    where = shown(answer.url)
    if answer.status == 401:
        return SignInNeeded(f"{host_and_port(where)} did not accept the sign-in", hint=_SIGN_IN_HINT.format(sign_in))
    return _by_condition(preconditions(answer.body), where) or _by_status(answer, where)


def _by_condition(named: frozenset[str], where: str) -> AccountError | None:
    if named & _CURSOR:
        return CursorExpired(f"{where} does not know the place any more up to which it was read")
    if named & _CONFLICTS:
        return Conflict(f"{where}: something with this UID or name is there already")
    if named & _FULL:
        return _full(where)
    if named & _NOT_ALLOWED:
        return _not_allowed(where)
    if named & _TOO_MUCH:
        return Rejected(f"{where} does not answer about so much at once")
    if named & _NOT_THIS_ITEM:
        conditions = ", ".join(sorted(name.rpartition("}")[2] for name in named & _NOT_THIS_ITEM))
        return Rejected(f"{where} refused this item ({conditions})")
    return None


def _by_status(answer: Answer, where: str) -> AccountError:
    status = answer.status
    match status:
        case 407:
            return Denied(
                "the proxy wants a sign-in",
                hint='set `proxy = "env"`, and the address with its user and password in the environment',
            )
        case 404 | 410:
            return Denied(f"{where} is not there")
        case 405 | 501:
            return Denied(f"{where} does not know how to answer this (status {status})")
        case 402 | 403 | 418 | 451:
            return _not_allowed(where)
        case 409 | 412 | 428:
            return Conflict(f"{where} is not as it was expected (status {status})")
        case 507:
            return _full(where)
        case 511:
            return Transient("the network wants a sign-in of its own first", hint="open any web page to see it")
        case 408 | 421 | 423 | 425 | 429:
            return _busy(answer, where)
        case _ if 500 <= status < 600:
            return _busy(answer, where)
        case _ if 400 <= status < 500:
            return Rejected(f"{where} refused this request (status {status})")
        case _ if 300 <= status < 400:
            return Denied(f"{where} points elsewhere, and does not say where (status {status})")
    if is_page(answer):
        return a_web_page()
    return Malformed(f"{where} answered with status {status}, which says nothing here")


def _not_allowed(where: str) -> Denied:
    return Denied(f"{where} may not be used with this account", hint="check the address, and what the account may do")


def _full(where: str) -> Denied:
    return Denied(f"{host_and_port(where)} has no room left for this account", hint="make room there")


def _busy(answer: Answer, where: str) -> Transient:
    words = "is asked too often" if answer.status == 429 else f"has a problem of its own (status {answer.status})"
    return Transient(f"{host_and_port(where)} {words}", retry_after=retry_after(answer.headers))
