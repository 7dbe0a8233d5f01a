"""Which server this is, and what it does otherwise than RFC 4791 says.

What servers do is known from python-caldav's compatibility table, which its author measures; this room only finds the
right row (by the ``server`` key of the config, the address, or the header in which a server names itself) and reads
the few columns that kith's writes depend on. A server that is not recognised is taken to keep to the rules.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from kith.dav.addresses import host_of

_ALIASES = {
    "fastmail": "cyrus",
    "mailbox.org": "ox",
    "owncloud": "nextcloud",
    "bedework": "bedework_5_0_0",
}
"""Names of services, and the software they run."""

_HOSTS = {
    "fastmail.com": "cyrus",
    "mailbox.org": "ox",
    "posteo.de": "posteo",
    "gmx.net": "gmx",
    "gmx.com": "gmx",
    "web.de": "gmx",
    "icloud.com": "icloud",
    "yahoo.com": "yahoo",
    "infomaniak.com": "infomaniak",
    "purelymail.com": "purelymail",
}

_PATHS = {
    "/SOGo/": "sogo",
    "/remote.php/": "nextcloud",
    "/begenda/": "gmx",
    "/caldav.php/": "davical",
    "/dav.php/": "baikal",
    "/cal.php/": "baikal",
    "/ucaldav/": "bedework_5_0_0",
}

_HEADERS = {
    "sogo": "sogo",
    "sope": "sogo",  # the application server inside SOGo
    "zimbra": "zimbra",
    "cyrus": "cyrus",
    "stalwart": "stalwart",
    "bedework": "bedework_5_0_0",
}

_NO_MKCALENDAR_HOSTS = ("googleusercontent.com", "google.com")
"""Google's CalDAV has no MKCALENDAR; python-caldav's table has no row for it."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """What to mind with one server; ``name`` is its row in python-caldav's table, empty for an unknown one.

    ``overwrites`` servers write over an event that is there although they are told not to (SOGo and Zimbra ignore
    ``If-None-Match: *``); kith reads immediately before every write there. ``utc_only`` servers lose an event whose
    times name a zone (Yahoo). ``makes_calendars`` is False where a calendar must be made in the provider's own app.
    """

    name: str = ""
    overwrites: bool = False
    utc_only: bool = False
    makes_calendars: bool = True
    profile: dict[str, Any] = field(default_factory=dict)


def recognise(server: str | None, url: str, header: str = "") -> str:
    """The name of the server's row, empty for an unknown server. What the user says counts most."""
    if server:
        name = server.lower()
        return _ALIASES.get(name, name)
    host, path = host_of(url), urlsplit(url).path
    by_host = (name for end, name in _HOSTS.items() if host == end or host.endswith(f".{end}"))
    by_path = (name for part, name in _PATHS.items() if part in f"{path}/")
    by_header = (name for word, name in _HEADERS.items() if word in header.lower())
    return next(by_host, None) or next(by_path, None) or next(by_header, "")


def quirks_at(server: str | None, url: str, header: str = "") -> Quirks:
    """What to mind with the server at that address, as far as it is known; the rest as :func:`recognise` has it."""
    return quirks(recognise(server, url, header), host_of(url))


@cache
def quirks(name: str, host: str = "") -> Quirks:
    """What to mind with the server of that name."""
    hush()
    from caldav.compatibility_hints import FeatureSet

    profile = _profile(name)
    features: Any = FeatureSet(profile)  # type: ignore[no-untyped-call]
    google = any(host == end or host.endswith(f".{end}") for end in _NO_MKCALENDAR_HOSTS)
    return Quirks(
        name=name if profile else "",
        overwrites=not features.is_supported("save.if-none-match"),
        utc_only=not features.is_supported("save-load.event.timezone"),
        makes_calendars=not google and _makes_calendars(features),
        profile=profile,
    )


def hush() -> None:
    """Keep python-caldav's logging to itself: it speaks as soon as it is imported, and quotes what people wrote."""
    logger = logging.getLogger("caldav")
    if logger.propagate:
        logger.propagate = False
        logger.addHandler(logging.NullHandler())


def _profile(name: str) -> dict[str, Any]:
    from caldav import compatibility_hints

    found = getattr(compatibility_hints, name, None) if name.isidentifier() and not name.startswith("_") else None
    return dict(found) if isinstance(found, dict) else {}


def _makes_calendars(features: Any) -> bool:  # noqa: ANN401 -- caldav's FeatureSet has no types
    # "fragile" is GMX, where it works now and then: worth a try.
    return bool(features.is_supported("create-calendar", accept_fragile=True))
