"""A DAV server for the demo, and what other people's programs do with it: put cards in, read and edit events.

The server is Radicale (the extra ``kithd[demo]``), as a process of its own on a free port of this machine, where
nobody else can reach it. Its data stand in the demo's folder and go with it. Nothing here knows anything of kith.
"""

from __future__ import annotations

import http.client
import importlib.util
import re
import secrets
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

_STARTS_WITHIN = 30.0
_CARD = re.compile(rb"BEGIN:VCARD\r?\n.*?END:VCARD\r?\n", re.DOTALL)
_ADDRESS_BOOK = """\
<?xml version="1.0" encoding="utf-8"?>
<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><C:addressbook/></resourcetype><displayname>Contacts</displayname>
</prop></set></mkcol>"""
_HREF = re.compile(rb"<(?:\w+:)?href>([^<]+)</(?:\w+:)?href>")


class DemoFailed(Exception):
    """The server did not start, or did not do what it was asked."""


def is_installed() -> bool:
    """Whether there is a Radicale to start."""
    return importlib.util.find_spec("radicale") is not None


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running server with one user."""

    url: str
    user: str
    password: str = field(repr=False)

    def fill(self, cards: bytes) -> int:
        """Make an address book and put every card into it; how many there are."""
        found = _CARD.findall(cards)
        with self.connection() as connection:
            connection.ask("MKCOL", f"/{self.user}/contacts/", _ADDRESS_BOOK.encode(), "application/xml")
            for number, card in enumerate(found):
                connection.ask("PUT", f"/{self.user}/contacts/{number:03}.vcf", card, "text/vcard")
        return len(found)

    @contextmanager
    def connection(self) -> Iterator[_Connection]:
        """A connection that is signed in."""
        connection = _Connection(self)
        try:
            yield connection
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class CalendarStorage:
    """The events of the user's calendars, whichever they stand in; a name is an event's path."""

    server: DemoServer

    def read_all(self) -> Iterable[tuple[str, bytes]]:
        """Every event."""
        with self.server.connection() as connection:
            collections = connection.members(f"/{self.server.user}/")
            names = [name for collection in collections for name in connection.members(collection)]
            return [(name, connection.ask("GET", name)) for name in names if name.endswith(".ics")]

    def write(self, name: str, data: bytes) -> None:
        """Replace the event."""
        with self.server.connection() as connection:
            connection.ask("PUT", name, data, "text/calendar")

    def delete(self, name: str) -> None:
        """Delete the event."""
        with self.server.connection() as connection:
            connection.ask("DELETE", name)


@contextmanager
def serve(folder: Path) -> Iterator[DemoServer]:
    """A server whose data are in ``folder``; it ends with the block.

    Raises:
        DemoFailed: it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    user, password = "demo", secrets.token_urlsafe(9)
    users = folder / "users"
    users.touch(mode=0o600)
    users.write_text(f"{user}:{password}\n")
    port = _free_port()
    config = folder / "radicale.ini"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n"
        "[logging]\nlevel = warning\n"
    )
    command = [sys.executable, "-P", "-m", "radicale", "--config", str(config)]
    log = folder / "radicale.log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:  # noqa: S603
        try:
            _wait_for(process, port, log)
            yield DemoServer(f"http://127.0.0.1:{port}/", user, password)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise DemoFailed(f"the demo's server did not start: {log.read_text(errors='replace').strip()[-500:]}")


class _Connection:
    def __init__(self, server: DemoServer) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        signed = b64encode(f"{server.user}:{server.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed}"}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "", depth: str = "") -> bytes:
        """What the server answers."""
        headers = {**self._headers, **({"Content-Type": kind} if kind else {}), **({"Depth": depth} if depth else {})}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise DemoFailed(f"{method} {path}: the demo's server answered with status {answer.status}")
        return content

    def members(self, path: str) -> list[str]:
        """The paths of what is in a collection."""
        listing = self.ask("PROPFIND", path, depth="1")
        hrefs = [unquote(href.decode()) for href in _HREF.findall(listing)]
        return sorted({href for href in hrefs if href.startswith(path) and href != path})

    def close(self) -> None:
        self._connection.close()
