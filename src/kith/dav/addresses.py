"""Addresses: which URL means the same place as which other, which may be asked, and how one is shown to the user.

Pure text. Paths are compared after undoing and redoing the percent-encoding of each segment (RFC 3986, section 6.2.2),
since servers spell the same path in several ways, sometimes within one answer.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

_KEPT = "@:!$&'()*+,;=~"  # what a path segment may hold as it is
_PLAIN_PATH = re.compile(r"/(?:[A-Za-z0-9_.~-]+/?)*")  # every spelling of which is this one
_MOVING_PROVIDERS = ("icloud.com",)
"""Providers that keep each account on a host of its own, under this name."""


def is_plain_path(text: str) -> bool:
    """Whether this is a whole path in its one spelling, seen at a glance."""
    return _PLAIN_PATH.fullmatch(text) is not None and "/." not in text


def same_spelling(path: str) -> str:
    """The one spelling of a path; an encoded slash inside a segment stays one."""
    if is_plain_path(path):
        return path
    return "/".join(quote(unquote_to_bytes(segment), safe=_KEPT) for segment in path.split("/"))


def path_of(url: str) -> str:
    """The path of a URL, in its one spelling."""
    return same_spelling(urlsplit(url).path) or "/"


def folder_path(url: str) -> str:
    """The path of a collection's URL: in its one spelling, ending in a slash."""
    path = path_of(url)
    return path if path.endswith("/") else f"{path}/"


def as_folder(url: str) -> str:
    """A collection's URL with the slash at the end that some servers insist on."""
    parts = urlsplit(url)
    return url if parts.path.endswith("/") else urlunsplit(parts._replace(path=f"{parts.path}/"))


def at_root(url: str, path: str) -> str:
    """Another path on the same server."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def joined(base: str, href: str) -> str:
    """Where an href of an answer from ``base`` points to. Whatever stands in it, this does not raise."""
    if is_plain_path(href):
        scheme, _, rest = base.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}{href}"
    try:
        url = urljoin(base, href.strip())
        urlsplit(url).port  # noqa: B018 -- raises where the port is not a number
    except ValueError:
        return base
    return url


def shown(url: str) -> str:
    """A URL as the user may see it: without a user name, a password or a query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, host_and_port(url), parts.path, "", ""))


def host_and_port(url: str) -> str:
    """The server, as it stands in the URL."""
    return urlsplit(url).netloc.rpartition("@")[2]


def host_of(url: str) -> str:
    """The name of the server, in lower case."""
    return (urlsplit(url).hostname or "").rstrip(".")


def origin_of(url: str) -> tuple[str, str, int]:
    """What a connection is made to: scheme, host, port."""
    parts = urlsplit(url)
    return parts.scheme, host_of(url), parts.port or (443 if parts.scheme == "https" else 80)


def is_loopback(url: str) -> bool:
    """Whether the URL stays on this machine, so that nobody can listen in."""
    host = host_of(url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether what is sent there is encrypted, or stays on this machine."""
    scheme = urlsplit(url).scheme
    return scheme == "https" or (scheme == "http" and is_loopback(url))


def is_trusted(url: str, home: str) -> bool:
    """Whether an account whose address is ``home`` may sign in at ``url``.

    That is the same host, one below it, or another of a provider that moves people between its hosts. Without
    encryption it is exactly the same server.
    """
    if not is_private(url):
        return False
    if urlsplit(url).scheme == "http":
        return origin_of(url) == origin_of(home)
    host, own = host_of(url), host_of(home)
    if host == own or is_below(host, own):
        return True
    return any(is_below(host, provider) and is_below(own, provider) for provider in _MOVING_PROVIDERS)


def is_below(host: str, domain: str) -> bool:
    """Whether ``host`` is a name under ``domain``. Addresses made of numbers have nothing below them."""
    return bool(domain) and "." in domain and host.endswith(f".{domain}")
