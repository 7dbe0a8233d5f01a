"""Another program that uses the same CalDAV calendar, such as the app on a phone: plain HTTP, nothing of kith's."""

from __future__ import annotations

import http.client
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

PASSWORD = "a password"

_MKCALENDAR = (
    '<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
    "<D:displayname>{name}</D:displayname></D:prop></D:set></C:mkcalendar>"
)
_PROPFIND = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
_HREF = re.compile(rb"<(?:\w+:)?href(?:\s[^>]*)?>([^<]+)</(?:\w+:)?href>")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes


class Phone:
    """One user's calendar in the home ``home``, called ``name`` and made under ``identifier`` when it is asked for."""

    def __init__(self, home: str, user: str, name: str = "Keep in touch", identifier: str = "calendar") -> None:
        self._user = user
        self._name = name
        self._home = home
        self.url = f"{home}{identifier}/"

    # --- the calendar ---------------------------------------------------------------------------------

    def make_calendar(self) -> Phone:
        """Make it."""
        self.ask("MKCALENDAR", self.url, _MKCALENDAR.format(name=escape(self._name)).encode(), good=(201,))
        return self

    def remove_calendar(self) -> None:
        """Delete it with all that is in it."""
        self.ask("DELETE", self.url, good=(200, 204))

    def has_calendar(self) -> bool:
        """Whether it is there."""
        reply = self.ask("PROPFIND", self.url, _PROPFIND.encode(), {"Depth": "0"}, good=(207, 404))
        return reply.status == 207 and b" 404 " not in reply.body

    # --- its items ------------------------------------------------------------------------------------

    def items(self) -> dict[str, bytes]:
        """Everything in it by path, to the letter."""
        reply = self.ask("PROPFIND", self.url, _PROPFIND.encode(), {"Depth": "1"}, good=(207,))
        own = urlsplit(self.url).path
        paths = {unquote(found.decode()) for found in _HREF.findall(reply.body)}
        return {path: self.get(path) for path in sorted(paths) if path != own and not path.endswith("/")}

    def get(self, path: str) -> bytes:
        """One item."""
        return self.ask("GET", self._at(path), good=(200,)).body

    def put(self, path: str, raw: bytes) -> str:
        """Write an item, whatever is there; its path. A name alone is one in this calendar."""
        kind = {"Content-Type": "text/calendar; charset=utf-8"}
        self.ask("PUT", self._at(path), raw, kind, good=(200, 201, 204))
        return urlsplit(self._at(path)).path

    def delete(self, path: str) -> None:
        """Delete an item."""
        self.ask("DELETE", self._at(path), good=(200, 204))

    def change(self, path: str, edit: Callable[[list[str]], list[str]]) -> None:
        """Rewrite an item's lines, unfolded."""
        text = re.sub(r"\r?\n[ \t]", "", self.get(path).decode())
        lines = edit(text.replace("\r\n", "\n").rstrip("\n").split("\n"))
        self.put(path, ("\r\n".join(lines) + "\r\n").encode())

    def move(self, path: str, other: Phone) -> str:
        """Carry an item to another calendar, as apps do: by writing it there and deleting it here."""
        raw, name = self.get(path), path.rpartition("/")[2]
        self.delete(path)
        return other.put(name, raw)

    # --- asking ---------------------------------------------------------------------------------------

    def ask(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        good: tuple[int, ...],
    ) -> Reply:
        """One request. Any other answer than a good one fails the test."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        signed = "Basic " + b64encode(f"{self._user}:{PASSWORD}".encode()).decode()
        try:
            kind = {"Content-Type": "application/xml; charset=utf-8"} if body else {}
            connection.request(method, parts.path, body, {"Authorization": signed, **kind, **(headers or {})})
            response = connection.getresponse()
            reply = Reply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()
        assert reply.status in good, f"{method} {url}: {reply.status} {reply.body[:300]!r}"
        return reply

    def _at(self, path: str) -> str:
        return urljoin(self.url, path)


def with_property(lines: list[str], name: str, value: str) -> list[str]:
    """An event's lines with one property set, in the event itself and not in its alarm."""
    start = lines.index("BEGIN:VEVENT") + 1
    end = next(n for n, line in enumerate(lines) if n > start and line in ("BEGIN:VALARM", "END:VEVENT"))
    kept = [line for line in lines[start:end] if re.split("[;:]", line, maxsplit=1)[0] != name]
    after = next(n for n, line in enumerate(lines) if n >= end and line == "END:VEVENT")
    rest = lines[end:after]
    outside = [line for line in rest if re.split("[;:]", line, maxsplit=1)[0] != name or _in_alarm(rest, line)]
    return [*lines[:start], *kept, f"{name}:{value}", *outside, *lines[after:]]


def _in_alarm(lines: list[str], line: str) -> bool:
    position = lines.index(line)
    before = lines[:position]
    return before.count("BEGIN:VALARM") > before.count("END:VALARM")


def text(value: str) -> str:
    """A text as it stands in iCalendar."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
