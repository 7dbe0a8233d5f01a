"""The emulator's front door: one HTTP server on a free loopback port for tokens, contacts and calendar.

A service brings its ``operations``, by the names of the discovery document; where they answer, and with what, is taken
from that document (:mod:`fakes.google.schema`). What the server could not stand behind is in :attr:`Google.drifts`,
and fails the test that leaves its block.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, urlsplit

from fakes.google.schema import Drift, Method, Service, service
from fakes.google.token import Tokens
from fakes.google.wire import Answer, Asked, Fault, Kind, refusal

Operation = Callable[[Asked], Answer]

_INSTEAD: tuple[Kind, ...] = ("refused", "answer", "page")
"""What comes instead of the answer, and so is not the emulator's own."""
_PAGE = b"<!DOCTYPE html><html><body>Welcome to the hotel. Please sign in.</body></html>"


class Part(Protocol):
    """One service of the emulator."""

    name: str
    version: str

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What it can do, by the names of its discovery document."""
        ...


class Google:
    """The whole emulator; a context manager. ``parts`` are the services; each is asked under one lock."""

    def __init__(self, *parts: Part) -> None:
        self.tokens = Tokens()
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.drifts: list[str] = []
        self._lock = threading.RLock()
        self._parts: list[tuple[Part, Service]] = [(part, service(part.name, part.version)) for part in parts]
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.google = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None:
            assert self.drifts == []

    def stop(self) -> None:
        """No answer any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- where it is ----------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def endpoints(self) -> dict[str, str]:
        """As ``[accounts.NAME.endpoints]`` has them."""
        return {
            "people": self.url,
            "calendar": f"{self.url}calendar/v3/",
            "token": f"{self.url}token",
            "auth": f"{self.url}o/oauth2/auth",
        }

    # --- what tests do --------------------------------------------------------------------------------

    def fail(
        self,
        kind: Kind,
        on: str = "",
        *,
        times: int = 1,
        after: int = 0,
        answer: Answer | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Let something go wrong (:class:`~fakes.google.wire.Fault`)."""
        self.faults.append(Fault(kind, on, times, after, answer or Answer(), seconds))

    def counts(self) -> Counter[str]:
        """How often each method was asked."""
        with self._lock:
            return Counter(asked.method for asked in self.asked)

    def forget_asked(self) -> None:
        """Count from here on."""
        with self._lock:
            self.asked.clear()

    # --- answering ------------------------------------------------------------------------------------

    def answer(
        self, verb: str, address: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[Answer, Fault | None]:
        """The answer to one request, and what is to go wrong with it."""
        url = urlsplit(address)
        query = parse_qs(url.query, keep_blank_values=True)
        with self._lock:
            simple = self._sign_in(verb, url.path, query, headers, content)
            if simple is not None:
                name, operation = simple
                asked = Asked(name, address=address)
                return self._do(asked, operation)
            for part, described in self._parts:
                found = described.find(verb, url.path)
                if found:
                    return self._serve(part, described, found, query, headers, content, address)
        return refusal(404, "notFound", f"no method answers at {verb} {url.path}"), None

    def _sign_in(
        self, verb: str, path: str, query: dict[str, list[str]], headers: Mapping[str, str], content: bytes
    ) -> tuple[str, Callable[[Asked], Answer]] | None:
        form = {name: values[0] for name, values in parse_qs(content.decode(errors="replace")).items()}
        match verb, path:
            case "POST", "/token":
                return "token", lambda _: self.tokens.token(form, headers.get("authorization", ""))
            case "POST", "/revoke":
                return "revoke", lambda _: self.tokens.revoke(form or _first(query))
            case "GET", "/o/oauth2/auth":
                return "auth", lambda _: self.tokens.page(_first(query))
        return None

    def _serve(
        self,
        part: Part,
        described: Service,
        found: tuple[Method, dict[str, str]],
        query: dict[str, list[str]],
        headers: Mapping[str, str],
        content: bytes,
        address: str,
    ) -> tuple[Answer, Fault | None]:
        method, path = found
        operation = part.operations.get(method.id)
        scopes = self.tokens.scopes_of(headers.get("authorization", ""))
        asked = Asked(
            method.id,
            path,
            _first(query),
            {name: tuple(values) for name, values in query.items()},
            headers,
            json.loads(content) if content else None,
            address,
        )
        if scopes is None:
            self.asked.append(asked)
            return refusal(401, "authError", "Invalid Credentials", headers={"WWW-Authenticate": "Bearer"}), None
        if not method.scopes & set(scopes):
            self.asked.append(asked)
            return refusal(403, "insufficientPermissions", "Insufficient Permission"), None
        try:
            if operation is None:
                raise Drift(f"the emulator has no {method.id}")
            described.check_query(method, query)
            described.check_request(method, asked.body)
            answer, fault = self._do(asked, operation)
            if answer.status < 300 and not (fault and fault.kind in _INSTEAD):
                described.check_response(method, answer.body)
        except Drift as drift:
            self.drifts.append(str(drift))
            return refusal(400, "invalid", str(drift)), None
        return answer, fault

    def _do(self, asked: Asked, operation: Operation) -> tuple[Answer, Fault | None]:
        """Do it, unless what is to go wrong keeps it from being done."""
        self.asked.append(asked)
        fault = self._fault(asked.method)
        if fault is not None:
            match fault.kind:
                case "refused":
                    return Answer(), fault
                case "answer":
                    return fault.answer, fault
                case "page":
                    return Answer(200, _PAGE, {"Content-Type": "text/html"}), fault
        return operation(asked), fault

    def _fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.on in method:
                if fault.after:
                    fault.after -= 1
                    return None
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                return fault
        return None


def _first(query: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in query.items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    google: Google

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to speak of; everything else fails the test."""
        import sys

        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.google.drifts.append(f"the emulator itself failed: {error!r}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer, fault = self.server.google.answer(self.command, self.path, headers, content)
        except Exception as error:
            self.server.google.drifts.append(f"the emulator itself failed: {error!r}")
            raise
        self._send(answer, fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815 -- the library's names

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        kind = fault.kind if fault else None
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        if kind in ("refused", "lost"):
            self._hang_up()
            return
        content = answer.content
        if kind == "cut":
            content = content[: len(content) // 2]
        status = 204 if answer.body is None and answer.status == 200 else answer.status
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=UTF-8", **answer.headers}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if kind == "truncated":
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self._hang_up()
        elif status != 204:
            self.wfile.write(content)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
