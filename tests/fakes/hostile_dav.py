"""A small DAV server that plays what real servers do and Radicale and Xandikos do not.

Without quirks it is a plain, well-behaved server with address books in memory. Each quirk is a function that is given
a request and the proper reply to it, and says what the server it is named after answers instead.
"""

from __future__ import annotations

import gzip
import itertools
import re
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from lxml import etree

D = "{DAV:}"
CARD = "{urn:ietf:params:xml:ns:carddav}"
_NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav" xmlns:S="http://calendarserver.org/ns/"'


@dataclass(frozen=True)
class Request:
    """What the client sent. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The name of the body's root: ``propfind``, ``sync-collection``, …"""
        return str(self.xml.tag).rpartition("}")[2] if self.body else ""

    @property
    def xml(self) -> Any:
        return etree.fromstring(self.body)

    @property
    def user(self) -> str | None:
        """Who signed in with which password, as ``name:password``."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return b64decode(value).decode() if scheme == "Basic" else None


@dataclass(frozen=True)
class Reply:
    """What the server answers. ``cut`` is after how many bytes it hangs up, ``pace`` the pause between bytes."""

    status: int = 207
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/xml; charset=utf-8"})
    cut: int | None = None
    pace: float = 0.0

    def with_headers(self, **more: str) -> Reply:
        names = {name.replace("_", "-"): value for name, value in more.items()}
        return replace(self, headers={**self.headers, **names})


Quirk = Callable[["HostileDav", Request, Reply], Reply]


@dataclass
class Book:
    """One address book: what is in it now, and every change it has seen. The token is the number of changes."""

    path: str
    name: str
    items: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        return f"http://hostile.example/sync/{len(self.changes)}"


class HostileDav:
    """The server. ``seen`` are all requests so far, ``quirks`` are applied in order."""

    def __init__(self) -> None:
        self.books = {"contacts": Book("/books/contacts/", "Contacts")}
        self.quirks: list[Quirk] = []
        self.seen: list[Request] = []
        self.password: str | None = None
        self.clock_ahead = 0.0
        """Seconds by which its clock is ahead of ours."""
        self._versions = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True

    # --- what is in it --------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def book(self) -> Book:
        return self.books["contacts"]

    def put(self, uid: str, name: str, *, book: str = "contacts", more: str = "") -> str:
        """Store a card; its href."""
        raw = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\n{more}END:VCARD\r\n"
        return self.put_raw(f"{uid}.vcf", raw.encode(), book=book)

    def put_raw(self, item: str, raw: bytes, *, book: str = "contacts") -> str:
        self.books[book].items[item] = (f'"{next(self._versions)}"', raw)
        self.books[book].changes.append(item)
        return self.books[book].path + item

    def remove(self, uid: str, *, book: str = "contacts") -> None:
        del self.books[book].items[f"{uid}.vcf"]
        self.books[book].changes.append(f"{uid}.vcf")

    # --- what was asked -------------------------------------------------------------------------------

    def asked(self) -> list[str]:
        """The requests since the last call, each as its method and what the body wants."""
        names = [f"{request.method} {request.kind}".strip() for request in self.seen]
        self.seen.clear()
        return names

    # --- answering ------------------------------------------------------------------------------------

    def reply(self, request: Request) -> Reply:
        self.seen.append(request)
        reply = self.proper(request)
        for quirk in self.quirks:
            reply = quirk(self, request, reply)
        return reply

    def proper(self, request: Request) -> Reply:
        """The reply without any quirk."""
        if self.password is not None and request.user != f"ana:{self.password}":
            return Reply(401, headers={"WWW-Authenticate": 'Basic realm="DAV"'})
        book = next((book for book in self.books.values() if request.path.startswith(book.path)), None)
        match request.method, request.kind:
            case "PROPFIND", _:
                return self._propfind(request, book)
            case "REPORT", "sync-collection" if book is not None:
                return sync_report(book, request.xml.findtext(f"{D}sync-token") or "")
            case "REPORT", "addressbook-multiget" if book is not None:
                return Reply(body=multistatus(self._card(book, href.text) for href in request.xml.iter(f"{D}href")))
            case "GET", _ if book is not None and (item := item_of(book, request.path)) in book.items:
                etag, raw = book.items[item]
                return Reply(200, raw, {"Content-Type": "text/vcard", "ETag": etag})
        return Reply(404)

    def _propfind(self, request: Request, book: Book | None) -> Reply:
        deep = request.headers.get("depth") == "1"
        if book is not None and request.path == book.path:
            members = [listed(book, item) for item in book.items] if deep else []
            return Reply(body=multistatus([about_book(book), *members]))
        about = {
            "/": "<D:current-user-principal><D:href>/principal/</D:href></D:current-user-principal>",
            "/principal/": "<C:addressbook-home-set><D:href>/books/</D:href></C:addressbook-home-set>",
            "/books/": "<D:resourcetype><D:collection/></D:resourcetype>",
        }.get(request.path)
        if about is None:
            return Reply(404)
        books = map(about_book, self.books.values()) if deep and request.path == "/books/" else ()
        return Reply(body=multistatus([response(request.path, about), *books]))

    def _card(self, book: Book, href: str) -> str:
        item = item_of(book, href)
        if item not in book.items:
            return gone(href)
        etag, raw = book.items[item]
        return response(href, f"<D:getetag>{escape(etag)}</D:getetag>{address_data(raw)}")

    def run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def running() -> Iterator[HostileDav]:
    """A server on a free loopback port, for as long as it is needed."""
    server = HostileDav()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def _handler_for(server: HostileDav) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.reply(Request(self.command, self.path, headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            if reply.pace:
                for byte in reply.body:
                    self.wfile.write(bytes((byte,)))
                    time.sleep(reply.pace)
            self.wfile.write(reply.body[: reply.cut] if not reply.pace else b"")
            if reply.cut is not None:
                self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + server.clock_ahead)

        def log_message(self, format: str, *args: object) -> None:
            pass

    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "MKCOL"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler


# --- building answers -------------------------------------------------------------------------------------


def multistatus(responses: Iterable[str], token: str = "") -> bytes:
    tail = f"<D:sync-token>{token}</D:sync-token>" if token else ""
    head = f'<?xml version="1.0" encoding="utf-8"?><D:multistatus {_NAMESPACES}>'
    return f"{head}{''.join(responses)}{tail}</D:multistatus>".encode()


def response(href: str, properties: str) -> str:
    found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{escape(href)}</D:href>{found}</D:response>"


def gone(href: str, status: str = "404 Not Found") -> str:
    return f"<D:response><D:href>{escape(href)}</D:href><D:status>HTTP/1.1 {status}</D:status></D:response>"


def about_book(book: Book) -> str:
    kinds = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>"
    rest = f"<D:displayname>{escape(book.name)}</D:displayname><D:sync-token>{book.token}</D:sync-token>"
    return response(book.path, kinds + rest)


def listed(book: Book, item: str, kind: str = "text/vcard") -> str:
    etag = book.items[item][0]
    about = f"<D:getetag>{escape(etag)}</D:getetag><D:getcontenttype>{kind}</D:getcontenttype><D:resourcetype/>"
    return response(book.path + quote(item), about)


def address_data(raw: bytes) -> str:
    return f"<C:address-data>{escape(raw.decode()).replace(chr(13), '&#13;')}</C:address-data>"


def item_of(book: Book, href: str) -> str:
    return unquote(href.removeprefix(book.path))


def error(condition: str, status: int) -> Reply:
    return Reply(status, f'<D:error xmlns:D="DAV:"><D:{condition}/></D:error>'.encode())


def sync_report(book: Book, token: str) -> Reply:
    """What happened since the token, or a refusal of one that is not known."""
    since = re.fullmatch(r"http://hostile\.example/sync/(\d+)", token)
    if token and (since is None or int(since[1]) > len(book.changes)):
        return error("valid-sync-token", 403)
    names = dict.fromkeys(book.changes[int(since[1]) if since else 0 :])
    return Reply(body=multistatus([_change(book, item) for item in names], book.token))


def _change(book: Book, item: str) -> str:
    return listed(book, item) if item in book.items else gone(book.path + quote(item))


# --- quirks -----------------------------------------------------------------------------------------------


def sogo_says_status_beside_properties(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """SOGo's sync report has a status beside the properties of what changed."""
    if request.kind != "sync-collection":
        return reply
    beside = b"</D:href><D:status>HTTP/1.1 201 Created</D:status><D:propstat>"
    return replace(reply, body=reply.body.replace(b"</D:href><D:propstat>", beside))


def sogo_keeps_lists_beside_cards(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """SOGo's address books also hold mailing lists, which are no vCards."""
    if request.kind == "propfind" and request.path == server.book.path and request.headers.get("depth") == "1":
        href = f"{server.book.path}friends.vlf"
        about = '<D:getetag>"7"</D:getetag><D:getcontenttype>text/x-vlist</D:getcontenttype><D:resourcetype/>'
        return replace(reply, body=_with(reply.body, response(href, about)))
    return reply


def davical_accepts_any_token(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """DAViCal, SOGo and Purelymail answer a token they do not know with “nothing changed”."""
    if request.kind == "sync-collection" and reply.status == 403:
        return Reply(body=multistatus([], server.book.token))
    return reply


def davical_fails_at_its_root(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """DAViCal 1.1 answers 500 when its root, which is no collection of its database, is asked for a sync token."""
    return Reply(500) if request.path == "/" and b"sync-token" in request.body else reply


def nextcloud_forgot_what_changed(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """Nextcloud throws old changes away, and then reports some of what happened, as if it were all."""
    if request.kind == "sync-collection":
        return Reply(body=multistatus([], server.book.token))
    return reply


def nextcloud_cuts_at(most: int) -> Quirk:
    """Nextcloud cuts a report when it is asked for a limit, without saying so, and gives the newest token."""

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "sync-collection" or request.xml.find(f"{D}limit") is None:
            return reply
        return replace(reply, body=_cut(reply.body, most))

    return quirk


def pages_of(size: int) -> Quirk:
    """A server that gives a report in pages, each but the last with 507 for the address book (RFC 6578, 3.6)."""

    def quirk(server: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "sync-collection" or reply.status != 207:
            return reply
        start = int((request.xml.findtext(f"{D}sync-token") or "/0").rpartition("/")[2])
        end = start + size
        if end >= len(server.book.changes):
            return reply
        page = Book(server.book.path, "", server.book.items, server.book.changes[:end])
        full = sync_report(page, f"http://hostile.example/sync/{start}")
        return replace(full, body=_with(full.body, gone(server.book.path, "507 Insufficient Storage")))

    return quirk


def infomaniak_says_418(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Infomaniak, and Nextcloud before 2022, mark what was removed with 418."""
    if request.kind != "sync-collection":
        return reply
    return replace(reply, body=reply.body.replace(b"404 Not Found", b"418 I'm a teapot"))


def zimbra_lists_twice(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Zimbra and DavMail list some hrefs twice."""
    if request.kind not in {"propfind", "sync-collection", "addressbook-multiget"}:
        return reply
    return replace(reply, body=re.sub(rb"(<D:response>.*?</D:response>)", rb"\1\1", reply.body, flags=re.DOTALL))


def synology_has_no_principal(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """Synology does not say who the user is; the address that was given holds the address books."""
    if request.path == "/" and request.kind == "propfind":
        books = map(about_book, server.books.values()) if request.headers.get("depth") == "1" else ()
        return Reply(body=multistatus([response("/", "<D:resourcetype><D:collection/></D:resourcetype>"), *books]))
    return reply if request.path.startswith("/books/") else Reply(404)


def yahoo_refuses_reports(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Yahoo has no sync tokens, and answers reports with 400."""
    if request.method == "REPORT":
        return Reply(400)
    return replace(reply, body=re.sub(rb"<D:sync-token>.*?</D:sync-token>", b"", reply.body))


def icloud_lists_the_book_without_a_kind(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """iCloud lists the address book among its own members, with an ETag like a card's, and with its host."""
    if request.kind not in {"propfind", "sync-collection"} or request.path != server.book.path:
        return reply
    whole = server.url.rstrip("/") + server.book.path
    return replace(reply, body=_with(reply.body, response(whole, '<D:getetag>"book"</D:getetag>')))


def percent_encodes_differently(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Some servers spell an href one way in a list and another in an answer to it (Zimbra, SOGo, Apache)."""
    if request.kind != "addressbook-multiget":
        return reply
    return replace(reply, body=reply.body.replace(b"%40", b"@").replace(b"@", b"%40").replace(b"-", b"%2d"))


def mailbox_org_leaves_out(*items: str) -> Quirk:
    """Open-Xchange (mailbox.org) leaves some cards out of a multiget, without a word."""

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "addressbook-multiget":
            return reply
        body = reply.body
        for item in items:
            body = re.sub(
                rb"<D:response><D:href>[^<]*%b</D:href>.*?</D:response>" % item.encode(), b"", body, flags=re.DOTALL
            )
        return replace(reply, body=body)

    return quirk


def fails_at(item: str, status: int = 500) -> Quirk:
    """A server that fails at a whole batch for one card in it (Baïkal, ownCloud)."""

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(status) if request.kind == "addressbook-multiget" and item.encode() in request.body else reply

    return quirk


def refuses_the_token(status: int, body: bytes = b"") -> Quirk:
    """An old token, in one of its shapes: 403 (Radicale), 412 (Xandikos), 409, 400 with nothing to go by."""

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(status, body) if request.kind == "sync-collection" else reply

    return quirk


def lists_everything_for_an_old_token(server: HostileDav, request: Request, reply: Reply) -> Reply:
    """A server that starts over at an old token: everything is listed, and nothing of what is gone is said."""
    if request.kind == "sync-collection":
        return Reply(body=multistatus([listed(server.book, item) for item in server.book.items], server.book.token))
    return reply


def empty_multistatus(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """A server whose database is away, and which does not notice."""
    return replace(reply, body=multistatus([])) if request.kind == "propfind" and reply.status == 207 else reply


def captive_portal(*_: object) -> Reply:
    """A hotel's network answers everything with its sign-in page."""
    page = b"<!DOCTYPE html><html><body>Welcome! Please accept our terms.</body></html>"
    return Reply(200, page, {"Content-Type": "text/html"})


def billion_laughs(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Nobody's server, but anybody's: entities within entities."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    kind = f'<!DOCTYPE D:multistatus [<!ENTITY l0 "ha">{laughs}]>'.encode()
    body = reply.body.replace(b'encoding="utf-8"?>', b'encoding="utf-8"?>' + kind)
    return replace(reply, body=body.replace(b"<D:displayname>", b"<D:displayname>&l9;"))


def asks_to_wait(seconds: str, status: int = 429, times: int = 1) -> Quirk:
    """Nextcloud and mailbox.org say 429 or 503 when they are asked too often, and for how long to stay away."""
    left = itertools.count(times, -1)

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(status, headers={"Retry-After": seconds}) if next(left) > 0 else reply

    return quirk


def hangs_up_after(size: int, times: int = 1) -> Quirk:
    """A connection that breaks in the middle of an answer."""
    left = itertools.count(times, -1)

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return replace(reply, cut=size) if next(left) > 0 else reply

    return quirk


def drips(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """A server that sends a byte now and then, so that no time limit between two bytes is ever reached."""
    return replace(reply, pace=0.05)


def compresses(_: HostileDav, request: Request, reply: Reply) -> Reply:
    """Every larger installation: gzip, where the client says that it reads that."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return reply
    return replace(reply, body=gzip.compress(reply.body)).with_headers(Content_Encoding="gzip")


def redirects(path: str, target: str, status: int = 301) -> Quirk:
    """iCloud, Nextcloud and everybody with a well-known address: the place is elsewhere."""

    def quirk(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(status, headers={"Location": target}) if request.path == path else reply

    return quirk


def _with(body: bytes, more: str) -> bytes:
    return (
        body.replace(b"<D:response>", more.encode() + b"<D:response>", 1)
        if b"<D:response>" in body
        else body.replace(b"</D:multistatus>", more.encode() + b"</D:multistatus>")
    )


def _cut(body: bytes, most: int) -> bytes:
    parts = body.split(b"<D:response>")
    tail = body[body.rindex(b"</D:response>") + len(b"</D:response>") :]
    return b"<D:response>".join(parts[: most + 1]).removesuffix(tail) + tail
