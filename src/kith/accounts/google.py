"""Accounts of type ``google``: contacts and a calendar at Google, and the sign-in for both.

The sign-in is fetched when something is first asked of Google; contacts and calendar share one client. Nothing here
ever asks the user for it: that is :mod:`kith.accounts.google_login`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from kith.accounts.base import Finding
from kith.config.accounts import EndpointsTable, GoogleTable
from kith.core.model import AccountId
from kith.core.report import PassReport
from kith.errors import AccountError, SignInNeeded
from kith.google.account import Endpoints, GoogleAccount
from kith.google.grant import Grant
from kith.google.scopes import Use, in_words, missing, needed
from kith.secrets import Secret, Vault, login_command
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.calendars.google import GoogleCalendar
    from kith.calendars.google_meetings import WatchedGoogle
    from kith.google.client import Client
    from kith.sources.google import GoogleContacts

PRIMARY = "primary"


class Google:
    """One Google account. ``calendar_name`` is the calendar for kith's events, should they go here.

    ``meetings`` says whether the user's own calendars there are read.
    """

    def __init__(
        self, name: str, table: GoogleTable, vault: Vault, calendar_name: str, zone: tzinfo, *, meetings: bool = False
    ) -> None:
        self._name = AccountId(name)
        self._table = table
        self._vault = vault
        self._calendar_name = calendar_name
        self._zone = zone
        self._meetings = meetings

    def source(self) -> GoogleContacts | None:
        """The contacts."""
        from kith.sources.google import GoogleContacts

        return GoogleContacts(self._client) if self._table.contacts else None

    def calendar(self) -> GoogleCalendar:
        """The calendar for kith's events."""
        from kith.calendars.google import GoogleCalendar

        own = not self._table.existing_calendar
        return GoogleCalendar(self._client, self._calendar_name, self._zone, own=own)

    def watched(self, name: str) -> WatchedGoogle:
        """One of the user's own calendars."""
        from kith.calendars.google_meetings import WatchedGoogle

        return WatchedGoogle(self._client, name, self._zone)

    @property
    def mine(self) -> tuple[str, ...]:
        """Google says itself which guest the user is."""
        return ()

    def publish(self, report: PassReport) -> None:
        """A calendar at Google can be shared as it is."""

    def close(self) -> None:
        """Close the connections, if there are any."""
        if "_client" in self.__dict__:
            self._client.close()

    # --- signing in -----------------------------------------------------------------------------------

    @cached_property
    def _secret(self) -> Secret:
        found = self._vault.find(self._name)
        if found is None:
            message = f"nobody has signed in to account “{self._name}” yet"
            raise SignInNeeded(message, hint=f"run `{login_command(self._name)}`")
        return found

    @cached_property
    def _account(self) -> GoogleAccount:
        return signed_in(self._name, self._table, read_grant(self._name, self._secret))

    @cached_property
    def _client(self) -> Client:
        from kith.google.client import Client

        return Client(self._account, self._keep)

    def _keep(self, grant: Grant) -> None:
        """Put another refresh token where the last one was, if kith put that there."""
        if self._secret.store is not None:
            self._vault.keep(self._name, grant.written(), self._secret.store)

    # --- looking at it --------------------------------------------------------------------------------

    def inspect(self, store: Store, now: datetime, *, carries_events: bool) -> Iterator[Finding]:
        """Where the sign-in comes from, what it is good for, and whether contacts and calendar may be used."""
        try:
            account = self._account
        except SignInNeeded as error:
            yield Finding("problem", self._subject, error.message, error.hint)
            return
        yield Finding("ok", self._subject, f"the sign-in comes from {self._secret.source}")
        wanted = scopes(self._table, self._calendar_name if carries_events else None, meetings=self._meetings)
        lacking = missing(wanted, account.grant.scopes) if account.grant.scopes else ()
        if lacking:
            message = f"you did not allow kith to {' or to '.join(map(in_words, lacking))}"
            yield Finding("problem", self._subject, message, f"run `{login_command(self._name)}`, and tick everything")
            return
        try:
            if self._table.contacts:
                yield self._contacts(store)
            if carries_events:
                yield self._events(store)
        except AccountError as error:
            yield Finding("problem", self._subject, error.message, error.hint)

    def _contacts(self, store: Store) -> Finding:
        self._client.call(self._client.people.contactGroups().list(pageSize=1))
        cards, gone = store.cards.counts(self._name)
        return Finding("ok", self._subject, f"contacts can be read; {cards - gone} cards known so far")

    def _events(self, store: Store) -> Finding:
        calendar = self.calendar()
        if store.events.ever_written(self._name, self._calendar_name) or calendar.is_there():
            calendar.look({}, store.calendars.last_look(self._name, self._calendar_name).cursor)
            words = "your first calendar" if self._calendar_name == PRIMARY else f"the calendar “{self._calendar_name}”"
            return Finding("ok", self._subject, f"events go into {words}")
        if self._table.existing_calendar:
            message = f"there is no calendar “{self._calendar_name}”, although existing_calendar says so"
            return Finding("problem", self._subject, message, "correct its name in the config, or make it at Google")
        return Finding("ok", self._subject, f"the calendar “{self._calendar_name}” will be made at the first pass")

    @property
    def _subject(self) -> str:
        return f"accounts.{self._name}"


def scopes(table: GoogleTable, calendar_name: str | None, *, meetings: bool = False) -> tuple[str, ...]:
    """What kith asks Google for; ``calendar_name`` is that of the calendar for kith's events, should they go here.

    ``meetings`` says whether the user's own calendars there are read.
    """
    use: Use | None = None
    if calendar_name is not None:
        use = "primary" if calendar_name == PRIMARY else "existing" if table.existing_calendar else "own"
    return needed(contacts=table.contacts, calendar=use, meetings=meetings)


def signed_in(name: str, table: GoogleTable, grant: Grant) -> GoogleAccount:
    """The account as the config describes it, signed in by ``grant``."""
    return GoogleAccount(AccountId(name), grant, endpoints(table.endpoints))


def endpoints(table: EndpointsTable) -> Endpoints:
    """Where Google answers. The roots of its services end in a slash, or the last part of them would be lost."""
    given = {name: address for name in EndpointsTable.model_fields if (address := getattr(table, name)) is not None}
    for root in ("people", "calendar"):
        if root in given:
            given[root] = f"{given[root].rstrip('/')}/"
    return Endpoints(**given)


def read_grant(name: str, secret: Secret) -> Grant:
    """The sign-in that was kept as a secret. Raises SignInNeeded."""
    try:
        return Grant.read(secret.value)
    except ValueError as error:
        message = f"what {secret.source} has is no sign-in at Google: it {error}"
        raise SignInNeeded(message, hint=f"run `{login_command(name)}`") from None
