"""Address books on real servers, as a phone fills them."""

from __future__ import annotations

import http.client
import itertools
from base64 import b64encode
from urllib.parse import quote, urlsplit

from dav.servers import Server
from kith.core.model import AccountId
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.sources.carddav import CardDav

PASSWORD = "a password"
_numbers = itertools.count(1)


class PhoneBook:
    """A new address book on a server, and the phone that writes to it."""

    def __init__(self, server: Server, *, user: str = "", name: str = "") -> None:
        self.server = server
        self.user = user or server.new_user()
        self.name = name or f"Contacts {next(_numbers)}"
        folder = "contacts/" if server.name == "xandikos" else ""
        self.path = f"/{self.user}/{folder}book{next(_numbers)}/"
        self._make()

    @property
    def account(self) -> DavAccount:
        return DavAccount(AccountId("home"), self.server.url, self.user, PASSWORD, address_books=(self.name,))

    def source(self, transport: Transport | None = None) -> CardDav:
        return CardDav(self.account, transport)

    def put(self, item: str, name: str, *, more: str = "") -> None:
        given, _, family = name.rpartition(" ")
        names = f"FN:{name}\r\nN:{family};{given};;;\r\n"
        self.put_raw(item, f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{item}\r\n{names}{more}END:VCARD\r\n")

    def put_broken(self, item: str) -> None:
        """A card that a server takes, and that is nobody's: there is no name and nothing else in it."""
        self.put(item, "")

    def put_raw(self, item: str, text: str) -> None:
        status = self._ask("PUT", f"{self.path}{quote(item)}.vcf", text, "text/vcard; charset=utf-8")
        assert status in (200, 201, 204), status

    def put_all(self, text: str) -> None:
        """Fill the whole address book at once, which Radicale can do."""
        status = self._ask("PUT", self.path, text, "text/vcard; charset=utf-8")
        assert status == 201, status

    def remove(self, item: str) -> None:
        assert self._ask("DELETE", f"{self.path}{quote(item)}.vcf") in (200, 204)

    def take_away(self) -> None:
        assert self._ask("DELETE", self.path) in (200, 204)

    def _make(self) -> None:
        kinds = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>"
        about = f"<D:set><D:prop>{kinds}<D:displayname>{self.name}</D:displayname></D:prop></D:set>"
        body = f'<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">{about}</D:mkcol>'
        status = self._ask("MKCOL", self.path, body, "application/xml")
        assert status == 201, status

    def _ask(self, method: str, path: str, body: str = "", kind: str = "text/plain") -> int:
        connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=60)
        signed = "Basic " + b64encode(f"{self.user}:{PASSWORD}".encode()).decode()
        try:
            connection.request(method, path, body.encode(), {"Authorization": signed, "Content-Type": kind})
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()
