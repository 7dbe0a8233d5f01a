"""What servers say: an answer, and the multistatus in it (RFC 4918, section 13; RFC 6578 for the sync token).

A multistatus is read response by response, so that its tree is never whole in memory. A response that carries
properties is about something that is there, whatever status stands beside them: SOGo sends both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from kith.dav.addresses import is_plain_path, joined, path_of
from kith.dav.xml import dav, parse, tree
from kith.errors import Malformed

_OK = range(200, 300)
_STATUS_LINE = re.compile(r"\s*(?:HTTP/\S+\s+)?(\d{3})\b")
_LARGEST_ERROR = 200_000

_RESPONSE = dav("response")
_HREF = dav("href")
_PROPSTAT = dav("propstat")
_PROP = dav("prop")
_STATUS = dav("status")
_SYNC_TOKEN = dav("sync-token")
_MULTISTATUS = dav("multistatus")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Header names are in lower case; ``url`` is where the answer came from, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str


class Response:
    """What a multistatus says about one resource; good until the next one is asked for.

    ``href`` is the server's own spelling, ``path`` the one spelling to compare by.
    ``status`` is None where the response carries properties.
    """

    __slots__ = ("_base", "_found", "href", "path", "status")

    def __init__(self, href: str, base: str, status: int | None, found: dict[str, etree._Element]) -> None:
        self.href = href
        self.path = href if is_plain_path(href) else path_of(joined(base, href))
        self.status = status
        self._base = base
        self._found = found

    @property
    def url(self) -> str:
        """The whole address of the resource."""
        return joined(self._base, self.href)

    def has(self, name: str) -> bool:
        """Whether the property is there."""
        return name in self._found

    def text(self, name: str) -> str | None:
        """A property's text; None where it is not there or empty."""
        element = self._found.get(name)
        return (element.text or "").strip() or None if element is not None else None

    def data(self, name: str) -> str | None:
        """A property's text, exactly as it came."""
        element = self._found.get(name)
        return element.text if element is not None else None

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The addresses in a property, made whole."""
        element = self._found.get(name)
        if element is None:
            return ()
        texts = ((found.text or "").strip() for found in element.iter(_HREF))
        return tuple(joined(self.url, text) for text in texts if text)

    def names(self, name: str) -> frozenset[str]:
        """The names of everything inside a property, at any depth."""
        element = self._found.get(name)
        if element is None:
            return frozenset()
        return frozenset(str(child.tag) for child in element.iterdescendants() if isinstance(child.tag, str))

    def attributes(self, name: str, child: str, attribute: str) -> frozenset[str]:
        """An attribute of each such child of a property."""
        element = self._found.get(name)
        if element is None:
            return frozenset()
        return frozenset(value for found in element.iter(child) if (value := found.get(attribute)))


class Multistatus:
    """A 207's responses, and after the last of them its sync token."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.sync_token: str | None = None

    def __iter__(self) -> Iterator[Response]:
        """Every response that is about something.

        Raises:
            Malformed: the answer is no multistatus, or breaks off.
        """
        check_is_multistatus(self._answer)
        for element in parse(self._answer.body, _MULTISTATUS, _RESPONSE, _SYNC_TOKEN):
            if element.tag == _SYNC_TOKEN:
                self.sync_token = (element.text or "").strip() or None
            else:
                yield from _responses(element, self._answer.url)


def check_is_multistatus(answer: Answer) -> None:
    """Refuse what is no multistatus, such as the sign-in page of a hotel's network.

    Raises:
        Malformed: it is something else.
    """
    if is_page(answer):
        raise a_web_page()
    if answer.status != 207:
        raise Malformed(f"an answer with status {answer.status} where a list was asked for")


def a_web_page() -> Malformed:
    """What is wrong when one comes."""
    return Malformed(
        "a web page came instead of an answer",
        hint="is the address right? A network that wants a sign-in first does this too",
    )


def is_page(answer: Answer) -> bool:
    """Whether this is a web page, made for people."""
    kind = answer.headers.get("content-type", "").lower()
    return "html" in kind or answer.body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def preconditions(body: bytes) -> frozenset[str]:
    """The conditions that a refusal names (RFC 4918, section 16), as ``{namespace}name``; none if it names none."""
    if len(body) > _LARGEST_ERROR or b"error" not in body:
        return frozenset()
    try:
        root = tree(body, dav("error"))
    except Malformed:
        return frozenset()
    return frozenset(str(element.tag) for element in root.iterdescendants())


def _responses(element: etree._Element, base: str) -> Iterator[Response]:
    """The responses in one element: it may give one status to several addresses."""
    found = _properties(element)
    status = _status_in(element)
    if found or (status is not None and status in _OK):
        status = None
    for href in element.iterchildren(_HREF):
        text = (href.text or "").strip()
        if text:
            yield Response(text, base, status, found)


def _properties(element: etree._Element) -> dict[str, etree._Element]:
    """The properties that the server has, by name."""
    found: dict[str, etree._Element] = {}
    for part in element.iterchildren(_PROPSTAT):
        status = _status_in(part)
        if status is None or status in _OK:
            for values in part.iterchildren(_PROP):
                found.update((str(value.tag), value) for value in values)
    return found


def _status_in(element: etree._Element) -> int | None:
    line = _STATUS_LINE.match(element.findtext(_STATUS, ""))
    return int(line[1]) if line else None
