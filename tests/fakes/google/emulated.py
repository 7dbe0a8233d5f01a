"""A whole emulated Google with one user's calendars, and kith signed in to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from fakes.google.calendar import CalendarApi
from fakes.google.server import Google
from fakes.google.token import CLIENT_ID, CLIENT_SECRET
from kith.calendars.google import GoogleCalendar
from kith.core.model import AccountId
from kith.google.account import Endpoints, GoogleAccount
from kith.google.client import Client
from kith.google.grant import Grant
from kith.google.scopes import needed


class Emulated:
    """A context manager. ``open_calendar`` opens a calendar as kith does at the beginning of a pass."""

    def __init__(self, *, timeout: float = 20.0) -> None:
        self.calendar = CalendarApi()
        self.google = Google(self.calendar)
        self.calendar.granted = self.google.tokens.scopes_of
        self.slept: list[float] = []
        self.scopes = needed(contacts=False, calendar="own")
        self._timeout = timeout
        self._clients: list[Client] = []

    def __enter__(self) -> Self:
        self.google.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            client.close()
        self.google.__exit__(kind, error, trace)

    def client(self) -> Client:
        """Another of kith's processes, signed in with a grant of its own."""
        grant = Grant(CLIENT_ID, CLIENT_SECRET, self.google.tokens.grant(self.scopes), self.scopes)
        account = GoogleAccount(AccountId("g"), grant, Endpoints(**self.google.endpoints), self._timeout)
        client = Client(account, sleep=self.slept.append)
        self._clients.append(client)
        return client

    def open_calendar(
        self,
        name: str,
        zone: ZoneInfo,
        clock: Callable[[], float] = time.time,
        client: Client | None = None,
        *,
        own: bool = True,
    ) -> GoogleCalendar:
        """The calendar of this name, opened by another process, or by ``client``."""
        return GoogleCalendar(client or self.client(), name, zone, own=own, clock=clock)
