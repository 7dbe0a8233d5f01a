"""A small CalDAV server with the habits of those that Radicale and Xandikos do not have.

It is honest and plain until a habit is switched on; each habit names the server it comes from. Every request is kept,
so that a test can count them. Calendars lie in ``/home/``; everybody may sign in.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

HOME = "/home/"
_HTML = b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"
_NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'


@dataclass
class Habits:
    """What the server does otherwise than it should."""

    silent_about_etags: bool = False
    """Answers a PUT without an ETag, and stores what it was sent (many do, now and then)."""
    rewrites: bool = False
    """Stores something else than it was sent, and answers a PUT without an ETag (mail.ru, sabre when it repairs)."""
    encodes_everything: bool = False
    """Spells ``@`` in its hrefs as ``%40`` (Nextcloud, iCloud, Zimbra: some here, some there)."""
    loses_what_it_stores: bool = False
    """Stores nothing that can be read, and answers a PUT with an ETag (SOGo 5.8, some texts with emoji)."""
    renames_zones: bool = False
    """Gives time zones names of its own (Evolution's servers, Exchange behind DavMail)."""
    forgets_zones: bool = False
    """Leaves out the rules of time zones whose names everybody knows (Google, iCloud)."""
    weak_etags_on_put: bool = False
    """Answers a PUT with a weak ETag and a GET with a strong one (GMX)."""
    weakens_what_it_compresses: bool = False
    """Has a weak ETag for a GET that may be answered compressed (Cyrus, and nginx before others)."""
    weak_etags: bool = False
    """Has weak ETags only."""
    no_etags: bool = False
    """Has no ETags at all."""
    ignores_if_none_match: bool = False
    """Writes over what is there (SOGo, Zimbra)."""
    calls_itself: str = "hostile"
    """The Server header."""
    keeps_uids_of_the_deleted: bool = False
    """Refuses the UID of an event in the trash bin, with a 400 (Nextcloud)."""
    refuses_second_deletion: bool = False
    """Answers 403 to the deletion of what is gone (Nextcloud)."""
    one_uid_in_an_account: bool = False
    """Refuses a UID that another calendar has, with a 403 that says so (Cyrus, iCloud)."""
    no_mkcalendar: int = 0
    """Answers MKCALENDAR with this status (Google, Posteo)."""
    no_search: int = 0
    """Answers a calendar-query with this status."""
    finds_too_much: bool = False
    """Answers a calendar-query with everything there is (mailbox.org ignores filters)."""
    no_multiget: int = 0
    """Answers a calendar-multiget with this status."""
    multiget_forgets: str = ""
    """Leaves these items out of a multiget."""
    control_characters: bool = False
    """Puts into its XML what people typed, control characters and all (many)."""
    no_ctag: bool = False
    """Says nothing about its state as a whole."""
    sabre_tokens: bool = False
    """Has a sync token that counts, and no CTag (Baïkal, Nextcloud behind some proxies)."""
    hides_deleted_calendars: bool = False
    """Keeps a deleted calendar at its address, as something else (Nextcloud)."""
    cuts_listings: bool = False
    """Ends a listing after the first item with a 507 (RFC 6578 section 3.6 allows that)."""


Answering = Callable[[], tuple[int, dict[str, str], bytes]]


@dataclass
class Seen:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass
class _Calendar:
    name: str
    items: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    trash: set[str] = field(default_factory=set)
    count: int = 1
    deleted: bool = False


class Hostile:
    """The server. ``instead`` are answers given once instead of the right one: the first to the first request that
    its predicate picks; with ``after`` the request takes effect all the same."""

    def __init__(self) -> None:
        self.habits = Habits()
        self.seen: list[Seen] = []
        self.calendars: dict[str, _Calendar] = {}
        self.url = ""
        self._instead: list[tuple[str, bool, Answering]] = []
        self._versions = 0

    # --- the test's side ------------------------------------------------------------------------------

    def make(self, identifier: str, name: str) -> str:
        """Make a calendar; its path."""
        path = f"{HOME}{identifier}/"
        self.calendars[path] = _Calendar(name)
        return path

    def item(self, path: str) -> bytes:
        """What stands there."""
        folder, _, name = path.rpartition("/")
        return self.calendars[f"{folder}/"].items[name][1]

    def store(self, path: str, raw: bytes) -> None:
        """Put something there as another client would."""
        folder, _, name = path.rpartition("/")
        calendar = self.calendars[f"{folder}/"]
        self._versions += 1
        calendar.count += 1
        calendar.items[name] = (self._versions, raw)

    def remove(self, path: str) -> None:
        """Delete something as another client would."""
        folder, _, name = path.rpartition("/")
        calendar = self.calendars[f"{folder}/"]
        calendar.count += 1
        calendar.trash.add(_uid(calendar.items.pop(name)[1]))

    def instead(self, method: str, answer: Answering, *, after: bool = False) -> None:
        """Answer the next such request so; ``after`` carrying it out, or without."""
        self._instead.append((method, after, answer))

    def asked(self, method: str = "") -> list[Seen]:
        """The requests so far, or those of one method."""
        return [one for one in self.seen if method in ("", one.method)]

    def forget(self) -> None:
        """Forget the requests so far."""
        self.seen.clear()

    # --- the server's side ----------------------------------------------------------------------------

    def answer(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        """What to say to one request."""
        self.seen.append(request)
        for position, (method, after, answer) in enumerate(self._instead):
            if method in ("", request.method):
                del self._instead[position]
                if after:
                    self._right(request)
                return answer()
        return self._right(request)

    def _right(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        handler = getattr(self, f"_on_{request.method.lower()}", None)
        return handler(request) if handler is not None else (405, {}, b"")

    def _on_propfind(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        path, deep = request.path, request.headers.get("depth") == "1"
        if path == "/" or path.startswith("/.well-known/"):
            return _multistatus([_about("/", f"<C:calendar-home-set><D:href>{HOME}</D:href></C:calendar-home-set>")])
        if path == HOME:
            inside = [self._about_calendar(one) for one in self.calendars] if deep else []
            return _multistatus([_about(HOME, "<D:resourcetype><D:collection/></D:resourcetype>"), *inside])
        if path not in self.calendars:
            return 404, {}, b""
        calendar = self.calendars[path]
        about = [self._about_calendar(path)]
        if not deep:
            return _multistatus(about)
        items = [self._about_item(path, name) for name in calendar.items]
        if self.habits.cuts_listings and items:
            cut = f"<D:response><D:href>{path}</D:href><D:status>HTTP/1.1 507 No</D:status></D:response>"
            return _multistatus([items[0], cut])
        return _multistatus([*about, *items])

    def _about_calendar(self, path: str) -> str:
        calendar = self.calendars[path]
        kind = "<CS:deleted-calendar/>" if calendar.deleted else "<C:calendar/>"
        spelled = self._spelled(path)
        state = f'<CS:getctag>"{calendar.count}"</CS:getctag>'
        if self.habits.sabre_tokens:
            state = f"<D:sync-token>http://sabre.io/ns/sync/{calendar.count}</D:sync-token>"
        return _about(
            spelled,
            f"<D:resourcetype><D:collection/>{kind}</D:resourcetype><D:displayname>{escape(calendar.name)}"
            f"</D:displayname>{'' if self.habits.no_ctag else state}",
        )

    def _about_item(self, path: str, name: str, *, data: bool = False) -> str:
        version, raw = self.calendars[path].items[name]
        etag = self._etag(version)
        text = f"<D:getetag>{escape(etag)}</D:getetag>" if etag else ""
        if data:
            body = escape(raw.decode())
            if self.habits.control_characters:
                body = body.replace("SUMMARY:", "SUMMARY:\x0b")
            text += f"<C:calendar-data>{body}</C:calendar-data>"
        return _about(self._spelled(path + name), text)

    def _spelled(self, path: str) -> str:
        return escape(quote(path, safe="/" if self.habits.encodes_everything else "/@&"))

    def _on_report(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        calendar = self.calendars.get(request.path)
        if calendar is None:
            return 404, {}, b""
        if b"calendar-multiget" in request.body:
            if self.habits.no_multiget:
                return self.habits.no_multiget, {}, b""
            hrefs = [unquote(found.decode()) for found in re.findall(rb"href>([^<]+)<", request.body)]
            names = [href.rpartition("/")[2] for href in hrefs]
        else:
            if self.habits.no_search:
                return self.habits.no_search, {}, _HTML
            found_uid = re.search(rb"text-match[^>]*>([^<]+)<", request.body)
            uid = found_uid[1].decode() if found_uid else ""
            everything = self.habits.finds_too_much
            names = [name for name, (_, raw) in calendar.items.items() if everything or uid in _uid(raw)]
        return _multistatus(
            [
                self._about_item(request.path, name, data=True)
                if name in calendar.items
                else _not_found(request.path + name)
                for name in names
                if not self.habits.multiget_forgets or self.habits.multiget_forgets not in name
            ]
        )

    def _on_get(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        calendar, name = self._place(request.path)
        if calendar is None or name not in calendar.items:
            return 404, {}, b""
        version, raw = calendar.items[name]
        etag = self._etag(version)
        if self.habits.weakens_what_it_compresses and "gzip" in request.headers.get("accept-encoding", ""):
            etag = f"W/{etag}"
        return 200, {"Content-Type": "text/calendar", **({"ETag": etag} if etag else {})}, raw

    def _on_put(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        calendar, name = self._place(request.path)
        if calendar is None:
            return 409, {}, b""
        uid = _uid(request.body)
        before = calendar.items.get(name)
        refused = self._refused(request, calendar, before, uid)
        if refused is not None:
            return refused
        raw = request.body
        if self.habits.rewrites:
            raw = raw.replace(b"CLASS:PRIVATE", b"CLASS:PUBLIC").replace(b"END:VEVENT", b"X-SERVER:1\r\nEND:VEVENT")
        if self.habits.loses_what_it_stores:
            raw = b"(null)"
        if self.habits.renames_zones:
            raw = raw.replace(b"Europe/Prague", b"/example.org/2026/Europe/Prague")
        if self.habits.forgets_zones:
            raw = re.sub(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", b"", raw, flags=re.DOTALL)
        self.store(request.path, raw)
        etag = self._etag(self._versions)
        if self.habits.weak_etags_on_put:
            etag = f"W/{etag}"
        quiet = self.habits.rewrites or self.habits.silent_about_etags or not etag
        return (204 if before else 201), {} if quiet else {"ETag": etag}, b""

    def _refused(
        self, request: Seen, calendar: _Calendar, before: tuple[int, bytes] | None, uid: str
    ) -> tuple[int, dict[str, str], bytes] | None:
        if not self._holds(request, before):
            return 412, {}, b""
        if before is None and self.habits.keeps_uids_of_the_deleted and uid in calendar.trash:
            text = "Deleted calendar object with uid already exists in this calendar collection."
            return 400, {"Content-Type": "application/xml"}, _sabre("BadRequest", text)
        others = [one for one in self.calendars.values() if one is not calendar]
        if self.habits.one_uid_in_an_account and any(
            uid == _uid(raw) for one in others for _, raw in one.items.values()
        ):
            return 403, {"Content-Type": "application/xml"}, _error("C:unique-scheduling-object-resource")
        return None

    def _holds(self, request: Seen, before: tuple[int, bytes] | None) -> bool:
        if request.headers.get("if-none-match") == "*" and before and not self.habits.ignores_if_none_match:
            return False
        wanted = request.headers.get("if-match")
        return wanted is None or (
            before is not None and wanted == self._etag(before[0]) and not wanted.startswith("W/")
        )

    def _on_delete(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        if request.path in self.calendars:
            if self.habits.hides_deleted_calendars:
                self.calendars[request.path].deleted = True
            else:
                del self.calendars[request.path]
            return 204, {}, b""
        calendar, name = self._place(request.path)
        if calendar is None or name not in calendar.items:
            return (403 if self.habits.refuses_second_deletion else 404), {}, b""
        if not self._holds(request, calendar.items[name]):
            return 412, {}, b""
        self.remove(request.path)
        return 204, {}, b""

    def _on_mkcalendar(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        if self.habits.no_mkcalendar:
            return self.habits.no_mkcalendar, {}, _HTML
        if request.path in self.calendars:
            return 405, {}, b""
        name = re.search(rb"displayname[^>]*>([^<]+)<", request.body)
        self.calendars[request.path] = _Calendar(name[1].decode() if name else "")
        return 201, {}, b""

    def _on_proppatch(self, request: Seen) -> tuple[int, dict[str, str], bytes]:
        return _multistatus([_about(request.path, "<D:displayname/>")])

    def _place(self, path: str) -> tuple[_Calendar | None, str]:
        folder, _, name = path.rpartition("/")
        return self.calendars.get(f"{folder}/"), name

    def _etag(self, version: int) -> str:
        if self.habits.no_etags:
            return ""
        return f'W/"{version}"' if self.habits.weak_etags else f'"{version}"'


def html(status: int = 200) -> Answering:
    """A web page: a captive portal, or a broken proxy."""
    return lambda: (status, {"Content-Type": "text/html"}, _HTML)


def status(code: int, **headers: str) -> Answering:
    """A bare status."""
    return lambda: (code, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


def multistatus(*responses: str) -> Answering:
    """A 207 with just these responses."""
    return lambda: _multistatus(list(responses))


def no_answer() -> tuple[int, dict[str, str], bytes]:
    """The connection breaks before the answer."""
    return 0, {}, b""


def _about(href: str, properties: str) -> str:
    return (
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def _not_found(href: str) -> str:
    return f"<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"


def _multistatus(responses: list[str]) -> tuple[int, dict[str, str], bytes]:
    body = f'<?xml version="1.0" encoding="utf-8"?><D:multistatus {_NAMESPACES}>{"".join(responses)}</D:multistatus>'
    return 207, {"Content-Type": "application/xml; charset=utf-8"}, body.encode()


def _error(condition: str) -> bytes:
    return f"<D:error {_NAMESPACES}><{condition}/></D:error>".encode()


def _sabre(kind: str, text: str) -> bytes:
    return (
        f'<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>Sabre\\DAV\\Exception\\{kind}'
        f"</s:exception><s:message>{text}</s:message></d:error>"
    ).encode()


def _uid(raw: bytes) -> str:
    found = re.search(rb"^UID:(.+?)\r?$", raw, re.MULTILINE)
    return found[1].decode() if found else ""


@contextmanager
def hostile() -> Iterator[Hostile]:
    """Run one on a free loopback port."""
    server = Hostile()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Seen(self.command, unquote(urlsplit(self.path).path), headers, self.rfile.read(length))
            code, answer_headers, body = server.answer(request)
            if not code:
                self.close_connection = True
                return
            self.send_response(code)
            for name, value in answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return server.habits.calls_itself

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("PROPFIND", "REPORT", "GET", "PUT", "DELETE", "MKCALENDAR", "PROPPATCH"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        server.url = f"http://127.0.0.1:{running.server_address[1]}/"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()
