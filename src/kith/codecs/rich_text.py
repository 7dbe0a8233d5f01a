"""Descriptions as Google's clients keep them ↔ the plain text that people typed. Pure.

The Calendar API says that a description *can contain HTML*, and nothing tells whether one does: Google's editor stores
plain text until somebody makes a word bold, and elements and entities from then on; programs and other apps store
what they like. So nothing is taken for markup that may have been typed: an element counts if it is one of those that
editors write, and is closed; all else between angle brackets is text. Links keep their address.

What kith writes has lines ended by line feeds, which Google's clients show and others do too. Only what a browser
would take for an element or an entity is escaped, so that no other client shows ``&amp;`` in an ordinary sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

from kith.codecs.text import clean

_BREAKS = frozenset({"br", "hr"})
_BLOCKS = frozenset({"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "ul"})
_LISTS = frozenset({"ol", "ul"})
_INLINE = frozenset(
    {"a", "b", "code", "del", "em", "font", "html-blob", "i", "ins", "s", "small", "span", "strike", "strong"}
    | {"sub", "sup", "u"}
)
_ELEMENTS = _BREAKS | _BLOCKS | _INLINE | {"li"}

_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?)/?>""")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_LIKE_AN_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")
_LIKE_A_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SCHEME = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_NOT_IN_A_NUMBER = re.compile(r"[\s().\u2010-\u2015-]+")

_CONFERENCE = re.compile(r"-::~:~::[~:]*-.*?-::~:~::[~:]*-", re.DOTALL)
"""What Google itself puts under the text of an event with a video call."""


def to_html(text: str) -> str:
    """The text as it is to be stored, so that every client that reads HTML shows it as it is."""
    return _LIKE_A_TAG.sub("&lt;", _LIKE_AN_ENTITY.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    """A browser knows some entities without their semicolon too, and leaves alone what it does not know."""
    found = match[0]
    return found if unescape(found) == found else f"&amp;{found[1:]}"


def from_html(stored: str) -> str:
    """The text that a description says, lines ended by line feeds; nothing that was typed is left out."""
    text, calls = _CONFERENCE.subn("", clean(stored))
    tags = [tag for tag in _TAG.finditer(text) if tag[2].lower() in _ELEMENTS]
    page, position = _Page(), 0
    for tag in _closed(tags):
        page.write(_plain(text[position : tag.start()]))
        page.take(tag)
        position = tag.end()
    page.write(_plain(text[position:]))
    whole = "".join(page.parts)
    return whole.rstrip() if calls else whole


def _closed(tags: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """Those tags that open and close an element, and those that need not be closed."""
    opened: dict[str, list[re.Match[str]]] = defaultdict(list)
    real = []
    for tag in tags:
        name = tag[2].lower()
        if name in _BREAKS:
            real.append(tag)
        elif not tag[1]:
            opened[name].append(tag)
        elif opened[name]:
            real += [opened[name].pop(), tag]
    return sorted(real, key=re.Match.start)


class _Page:
    """Text being laid out in lines."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._new_line = False
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []

    def write(self, text: str) -> None:
        """Put text down; between two blocks, blanks are nobody's words."""
        if not text or (self._new_line and not text.strip()):
            return
        if self._new_line and self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
        self._new_line = False
        self.parts.append(text)

    def take(self, tag: re.Match[str]) -> None:
        """Do what a tag asks for."""
        name, closes = tag[2].lower(), bool(tag[1])
        if name in _BREAKS:
            self.parts.append("\n")
        elif name == "a":
            self._end_link() if closes else self._links.append((_address(tag[3]), len(self.parts)))
        elif name not in _INLINE:
            self._new_line = True
            if name in _LISTS:
                self._lists.pop() if closes and self._lists else self._lists.append(0 if name == "ol" else None)
            elif name == "li" and not closes:
                self.write(self._bullet())

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number + 1}. "

    def _end_link(self) -> None:
        """A link says its address too, where that is not what it says already."""
        address, start = self._links.pop()
        if address and _bare(address) != _bare("".join(self.parts[start:])):
            self.write(f" ({address})")


def _plain(text: str) -> str:
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    found = unescape(match[0])
    return " " if found == "\u00a0" else clean(found)  # editors write one blank of two so that both show


def _address(attributes: str) -> str:
    """Where a link leads: Google sends some of them by way of itself."""
    found = _HREF.search(attributes)
    address = _plain(next((group for group in found.groups() if group), "")).strip() if found else ""
    if not _SCHEME.match(address):
        return address.removeprefix("#")
    try:
        parts = urlsplit(address)
        if parts.hostname == "www.google.com" and parts.path == "/url":
            return parse_qs(parts.query).get("q", [address])[0]
    except ValueError:
        pass
    return address


def _bare(address: str) -> str:
    """An address or a number without what its label may leave out."""
    text = unquote(_SCHEME.sub("", address.strip(), count=1)).rstrip("/").casefold()
    return _NOT_IN_A_NUMBER.sub("", text)
