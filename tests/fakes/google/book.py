"""Contacts at the emulator, as somebody at Google's own pages fills them, and sources that read them."""

from __future__ import annotations

from contextlib import ExitStack

from fakes.google.people import People, contact
from fakes.google.server import Google
from kith.core.model import AccountId
from kith.google.account import Endpoints, GoogleAccount
from kith.google.client import Client
from kith.google.grant import Grant
from kith.google.scopes import CONTACTS
from kith.sources.google import GoogleContacts


class GoogleBook:
    """The contacts of one account, at an emulator of its own. Close it."""

    def __init__(self) -> None:
        self.people = People()
        self._running = ExitStack()
        self.google = self._running.enter_context(Google(self.people))
        grant = Grant.read(self.google.tokens.authorized_user((CONTACTS,)))
        self._account = GoogleAccount(AccountId("home"), grant, Endpoints(**self.google.endpoints), timeout=5.0)

    def source(self) -> GoogleContacts:
        client = Client(self._account, sleep=lambda _: None)
        self._running.callback(client.close)
        return GoogleContacts(client)

    def put(self, item: str, name: str, *groups: str) -> None:
        self.people.put(item, contact(name, *groups))

    def put_broken(self, item: str) -> None:
        """A contact with nothing in it, as the app makes one of an empty form."""
        self.people.put(item, contact())

    def remove(self, item: str) -> None:
        self.people.remove(item)

    def take_away(self) -> None:
        """Whoever owns the client switches the API off."""
        self.people.broken = True

    def close(self) -> None:
        self._running.close()
