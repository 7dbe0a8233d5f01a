"""XML, outgoing and incoming: the few bodies kith sends, and a parser that trusts nobody.

A server's answer is not to be believed: no document type, no entities, nothing fetched from anywhere, no text
longer than lxml's own limit. Control characters, which one careless vCard puts into a whole answer and which no XML
may hold, are taken out first; nothing else is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from kith.errors import Malformed

DAV = "DAV:"
CARDDAV = "urn:ietf:params:xml:ns:carddav"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDAR_SERVER = "http://calendarserver.org/ns/"
_PREFIXES = {"D": DAV, "CR": CARDDAV, "C": CALDAV, "CS": CALENDAR_SERVER}

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_REFERENCES = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
_TRUSTING_NOBODY: Any = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def dav(name: str) -> str:
    """A name of RFC 4918 as lxml writes it."""
    return f"{{{DAV}}}{name}"


def carddav(name: str) -> str:
    """A name of RFC 6352."""
    return f"{{{CARDDAV}}}{name}"


def caldav(name: str) -> str:
    """A name of RFC 4791."""
    return f"{{{CALDAV}}}{name}"


def calendar_server(name: str) -> str:
    """A name of Apple's extensions, which many servers speak."""
    return f"{{{CALENDAR_SERVER}}}{name}"


def propfind(*names: str) -> bytes:
    """A PROPFIND for the properties named."""
    root = _root(dav("propfind"))
    _ask_for(root, names)
    return _written(root)


def sync_collection(token: str, *names: str) -> bytes:
    """A sync-collection report (RFC 6578). No limit is asked for: servers then cut their answers without saying so."""
    root = _root(dav("sync-collection"))
    _child(root, dav("sync-token"), token)
    _child(root, dav("sync-level"), "1")
    _ask_for(root, names)
    return _written(root)


def multiget(service: str, names: tuple[str, ...], hrefs: tuple[str, ...]) -> bytes:
    """An addressbook-multiget or calendar-multiget; ``service`` is the root's name."""
    root = _root(service)
    _ask_for(root, names)
    for href in hrefs:
        _child(root, dav("href"), href)
    return _written(root)


def events_between(start: str, end: str, *names: str) -> bytes:
    """A calendar-query for the events that have a date between two instants (RFC 4791, sections 7.8 and 9.9)."""
    root = _root(caldav("calendar-query"))
    _ask_for(root, names)
    inside = _child(root, caldav("filter"))
    for component in ("VCALENDAR", "VEVENT"):
        inside = _child(inside, caldav("comp-filter"))
        inside.set("name", component)
    span = _child(inside, caldav("time-range"))
    span.set("start", start)
    span.set("end", end)
    return _written(root)


def _root(name: str) -> etree._Element:
    root: etree._Element = etree.Element(name, nsmap=_PREFIXES)
    return root


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child: etree._Element = etree.SubElement(parent, name)
    child.text = text
    return child


def _ask_for(root: etree._Element, names: tuple[str, ...]) -> None:
    wanted = _child(root, dav("prop"))
    for name in names:
        _child(wanted, name)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def without_controls(body: bytes) -> bytes:
    """The body without the control characters that XML forbids, raw or as references."""
    clean = body.translate(None, _CONTROLS)
    return _REFERENCES.sub(b"", clean) if b"&#" in clean else clean


def parse(body: bytes, root: str, *tags: str) -> Iterator[etree._Element]:
    """Yield the elements called ``tags`` that stand right under the root as they end, and empty each afterwards.

    Raises:
        Malformed: this is not XML, or not such a document.
    """
    if body.startswith(_UTF_16):
        raise Malformed("an answer in an encoding that no DAV server uses")
    found = etree.iterparse(
        BytesIO(without_controls(body).lstrip()), events=("end",), tag=(root, *tags), **_TRUSTING_NOBODY
    )
    complete = False
    try:
        for _, element in found:
            parent = element.getparent()
            if parent is None:
                _check_root(element, root)
                complete = True
            elif parent.getparent() is None:
                _check_root(parent, root)
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise Malformed(f"an answer that is not well-formed XML ({_place(error)})") from None
    if not complete:
        raise Malformed("an answer that is XML, but not the XML that was asked for")


def tree(body: bytes, root: str) -> etree._Element:
    """A small document as a whole.

    Raises:
        Malformed: this is not XML, or not such a document.
    """
    try:
        element: etree._Element = etree.fromstring(without_controls(body).lstrip(), etree.XMLParser(**_TRUSTING_NOBODY))
    except etree.XMLSyntaxError as error:
        raise Malformed(f"an answer that is not well-formed XML ({_place(error)})") from None
    _check_root(element, root)
    return element


def _check_root(element: etree._Element, root: str) -> None:
    if element.tag != root:
        raise Malformed("an answer that is XML, but not the XML that was asked for")
    kind = element.getroottree().docinfo
    if kind.doctype or kind.internalDTD is not None:
        raise Malformed("an answer with a document type, which no DAV server has a use for")


def _place(error: etree.XMLSyntaxError) -> str:
    line, column = error.position
    return f"line {line}, column {column}"
