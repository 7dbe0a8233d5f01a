"""Accounts of type ``dav``: a CardDAV and CalDAV server, and the password for it.

The password is fetched once, when something is first asked of the server, and goes to the transport and nowhere else.
Contacts and calendar share one transport, and so its connections.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from kith.accounts.base import Finding
from kith.config.accounts import ServerAccount
from kith.config.schema import Config
from kith.config.written import nearest
from kith.core.model import AccountId
from kith.core.report import PassReport
from kith.errors import Denied, SignInNeeded, Transient
from kith.secrets import Secret, Vault, login_command
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.calendars.caldav import CalDavCalendar
    from kith.calendars.caldav_meetings import WatchedCalDav
    from kith.dav.account import DavAccount
    from kith.dav.discovery import Collection, Discovery, Service
    from kith.dav.transport import Transport
    from kith.sources.carddav import CardDav


MAKE_IT = "make a calendar of that name in your calendar app, or name one that is there under [calendar]"
"""What to do where a program may make none."""

_LOG = logging.getLogger(__name__)
_CLOCKS_AGREE = timedelta(minutes=2)
"""Calendars compare by seconds, but answers are dated in whole ones, and take their time."""


class Server:
    """One DAV account. ``calendar_name`` is the calendar for kith's events, should they go here."""

    def __init__(self, name: str, table: ServerAccount, vault: Vault, calendar_name: str, zone: tzinfo) -> None:
        self._name = AccountId(name)
        self._table = table
        self._vault = vault
        self._calendar_name = calendar_name
        self._zone = zone

    def source(self) -> CardDav | None:
        """The address books."""
        from kith.sources.carddav import CardDav

        return CardDav(self._account, transport=self._transport) if self._table.contacts else None

    def calendar(self) -> CalDavCalendar:
        """The calendar for kith's events."""
        from kith.calendars.caldav import CalDavCalendar

        return CalDavCalendar(self._account, self._calendar_name, self._zone, transport=self._transport)

    def watched(self, name: str) -> WatchedCalDav:
        """One of the user's own calendars."""
        from kith.calendars.caldav_meetings import WatchedCalDav

        return WatchedCalDav(self._account, name, self._zone, transport=self._transport)

    @property
    def mine(self) -> tuple[str, ...]:
        """Most people sign in with their address."""
        return (self._table.username,) if "@" in (self._table.username or "") and self._table.username else ()

    def publish(self, report: PassReport) -> None:
        """A server's calendar can be subscribed to as it is."""

    def close(self) -> None:
        """Close the connections, if there are any."""
        if "_transport" in self.__dict__:
            self._transport.close()

    # --- signing in -----------------------------------------------------------------------------------

    @cached_property
    def _secret(self) -> Secret | None:
        """The password, or None for a server that wants none."""
        if self._table.username is None:
            return None
        found = self._vault.password_for(self._name, self._table.password_command)
        _LOG.debug("the password of account %s comes from %s", self._name, found.source)
        return found

    @cached_property
    def _account(self) -> DavAccount:
        if self._secret is None:
            return with_password(self._name, self._table, "")
        return with_password(self._name, self._table, self._secret.value, renewal=self._secret.renewal)

    @cached_property
    def _transport(self) -> Transport:
        from kith.dav.transport import Transport

        return Transport(self._account)

    # --- looking at it --------------------------------------------------------------------------------

    def inspect(self, store: Store, now: datetime, *, carries_events: bool) -> Iterator[Finding]:
        """Where the password comes from, the way to address books and calendar, and whether both may be used."""
        try:
            secret = self._secret
        except SignInNeeded as error:
            yield Finding("problem", self._subject, error.message, error.hint)
            return
        if secret is not None:
            yield Finding("ok", self._subject, f"the password comes from {secret.source}")
        if self._table.contacts:
            yield self._contacts(self._explore("carddav"), store)
        if carries_events:
            yield self._events(self._explore("caldav"), store)
        yield from self._clock()

    def _clock(self) -> Iterator[Finding]:
        """Whether this machine's clock agrees with the server's, if that told the time."""
        ahead = self._transport.clock_ahead
        if ahead is None:
            return
        if abs(ahead) < _CLOCKS_AGREE:
            yield Finding("ok", "clock", f"agrees with the server of {self._subject}")
            return
        words = f"{abs(ahead) // timedelta(minutes=1)} minutes {'ahead of' if ahead > timedelta(0) else 'behind'}"
        mend = "set the clock, or have it set: `timedatectl set-ntp true`"
        yield Finding("warning", "clock", f"this machine's clock is {words} the server of {self._subject}", mend)

    def _explore(self, service: Service) -> Discovery:
        from kith.dav.discovery import explore

        return explore(self._transport, self._account, service)

    def _contacts(self, found: Discovery, store: Store) -> Finding:
        steps = _steps(found)
        if found.error is not None:
            return Finding("problem", self._subject, found.error.message, self._mend(found.error.hint), steps)
        books = [one for one in found.collections if self._is_read(one, found)]
        cards, missing = store.cards.counts(self._name)
        words = f"{_listed('address book', books)}; {cards - missing} cards known so far"
        lost = self._not_found(found)
        if lost:
            there = ", ".join(one.name for one in found.collections)
            message = f"there is no address book called {', '.join(f'“{name}”' for name in lost)}"
            return Finding("problem", self._subject, message, f"correct address_books; there is {there}", steps)
        return Finding("ok" if books else "warning", self._subject, words, "", steps)

    def _is_read(self, book: Collection, found: Discovery) -> bool:
        from kith.dav.discovery import by_name

        if not self._table.address_books:
            return not book.generated
        return any(by_name(found.collections, name) == book for name in self._table.address_books)

    def _not_found(self, found: Discovery) -> list[str]:
        from kith.dav.discovery import by_name

        return [name for name in self._table.address_books if by_name(found.collections, name) is None]

    def _events(self, found: Discovery, store: Store) -> Finding:
        from kith.dav.discovery import by_name

        steps = _steps(found)
        if found.error is not None and not _has_nothing_yet(found):
            return Finding("problem", self._subject, found.error.message, self._mend(found.error.hint), steps)
        if self._table.calendar_url is not None and len(found.collections) == 1:
            calendar: Collection | None = found.collections[0]
        else:
            calendar = by_name(found.collections, self._calendar_name)
        if calendar is not None and calendar.writable is False:
            mend = "name another in [calendar], or let yourself write there"
            return Finding("problem", self._subject, f"the calendar “{calendar.name}” is not writable", mend, steps)
        if calendar is not None:
            return Finding("ok", self._subject, f"events go into the calendar “{calendar.name}”", "", steps)
        there = _listed("calendar", found.collections)
        if store.events.ever_written(self._name, self._calendar_name):
            mend = "give it back, or see `kith events`"
            return Finding(
                "problem", self._subject, f"the calendar “{self._calendar_name}” is gone; {there}", mend, steps
            )
        if not makes_calendars(found, self._table.server):
            message = f"there is no calendar “{self._calendar_name}”, and this server lets no program make one; {there}"
            return Finding("problem", self._subject, message, MAKE_IT, steps)
        message = f"the calendar “{self._calendar_name}” will be made at the first pass; {there}"
        meant = nearest(self._calendar_name, [one.name for one in found.collections])
        if meant is not None:
            return Finding("warning", self._subject, message, f"if you meant “{meant}”, say so in [calendar]", steps)
        return Finding("ok", self._subject, message, "", steps)

    def _mend(self, hint: str) -> str:
        return hint or f"see whether the server is up, or sign in again: `{login_command(self._name)}`"

    @property
    def _subject(self) -> str:
        return f"accounts.{self._name}"


# --- before there is a config, or a password in its place ---------------------------------------------------


def with_password(name: str, table: ServerAccount, password: str, *, renewal: str = "") -> DavAccount:
    """The account as the config describes it, signed in with ``password``; ``renewal`` is what gives it another."""
    from kith.dav.account import DavAccount

    return DavAccount(
        account=AccountId(name),
        url=table.url,
        username=table.username or "",
        password=password,
        server=table.server,
        contacts_url=table.contacts_url,
        calendar_url=table.calendar_url,
        address_books=table.address_books,
        ca_file=table.ca_file,
        client_cert=table.client_cert,
        client_key=table.client_key,
        proxy=table.proxy,
        renewal=renewal,
    )


def services(config: Config, name: str) -> tuple[Service, ...]:
    """What the config uses the account for."""
    table = config.accounts[name]
    contacts: tuple[Service, ...] = ("carddav",) if isinstance(table, ServerAccount) and table.contacts else ()
    has_events = config.calendar_account == name or config.watches(name)
    calendar: tuple[Service, ...] = ("caldav",) if has_events else ()
    return contacts + calendar or ("caldav",)


def try_out(account: DavAccount, wanted: Sequence[Service]) -> list[Discovery]:
    """What the server has for the account.

    Raises:
        SignInNeeded: it did not accept the password.
        AccountError: it cannot be reached at all.
    """
    from kith.dav.discovery import explore
    from kith.dav.transport import Transport

    transport = Transport(account)
    try:
        found = []
        for service in wanted:
            discovery = explore(transport, account, service)
            if isinstance(discovery.error, SignInNeeded):
                raise discovery.error
            found.append(discovery)
    finally:
        transport.close()
    unreachable = [discovery.error for discovery in found if isinstance(discovery.error, Transient)]
    if len(unreachable) == len(found):
        raise unreachable[0]
    return found


def found_words(discovery: Discovery) -> str:
    """What is there, in a line."""
    kind = "address book" if discovery.service == "carddav" else "calendar"
    if _has_nothing_yet(discovery):
        return f"no {kind}s yet"
    if discovery.error is not None:
        return f"no {kind} was found: {discovery.error.message}"
    return _listed(kind, discovery.collections)


def makes_calendars(found: Discovery, server: str | None = None) -> bool:
    """Whether a calendar can be made where these are, as far as is known; ``server`` is what the config says it is."""
    from kith.dav.quirks import quirks_at

    return quirks_at(server, next(iter(found.home_sets), "")).makes_calendars


def has_calendar(found: Discovery, name: str) -> bool:
    """Whether one of these is called so."""
    from kith.dav.discovery import by_name

    return by_name(found.collections, name) is not None


def _has_nothing_yet(found: Discovery) -> bool:
    """There is a place for collections, and none in it."""
    return isinstance(found.error, Denied) and bool(found.home_sets)


def _listed(kind: str, collections: Sequence[Collection]) -> str:
    if not collections:
        return f"no {kind}s"
    names = ", ".join(f"“{one.name}”" for one in collections)
    return f"{len(collections)} {kind}{'s' if len(collections) != 1 else ''}: {names}"


def _steps(found: Discovery) -> tuple[str, ...]:
    return tuple(f"{'✓' if step.ok else '✗'} {step.name}: {step.url} {step.found}" for step in found.steps)
