"""From what the user typed to the address books or calendars behind it (RFC 6764, RFC 6352 section 7, RFC 4791).

In order: what the config gives outright; the address itself, which may be a collection, a principal or lead to one;
for a bare host what DNS says; the well-known address; the root. Every step is kept, so that a failure can be explained.

Nothing is remembered here and nothing is written anywhere. A place that DNS or a redirect names is asked only if it is
one to trust (:func:`kith.dav.addresses.is_trusted`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote, urlsplit

from kith.dav import xml
from kith.dav.account import DavAccount
from kith.dav.addresses import (
    as_folder,
    at_root,
    folder_path,
    host_and_port,
    host_of,
    is_trusted,
    joined,
    path_of,
    shown,
)
from kith.dav.answers import Multistatus, Response
from kith.dav.dns import Record, look_up
from kith.dav.transport import Transport, home_of
from kith.errors import AccountError, Denied, SignInNeeded, Transient

Service = Literal["carddav", "caldav"]
Lookup = Callable[[str, str], tuple[Record, ...]]

_KIND: dict[Service, str] = {"carddav": "addressbook", "caldav": "calendar"}
_WORDS: dict[Service, tuple[str, str]] = {
    "carddav": ("address book", "address books"),
    "caldav": ("calendar", "calendars"),
}
_HOME_SET: dict[Service, str] = {
    "carddav": xml.carddav("addressbook-home-set"),
    "caldav": xml.caldav("calendar-home-set"),
}
_GIVEN: dict[Service, str] = {"carddav": "contacts_url", "caldav": "calendar_url"}

_PRINCIPAL = xml.dav("current-user-principal")
_KINDS = xml.dav("resourcetype")
_NAME = xml.dav("displayname")
_SYNC_TOKEN = xml.dav("sync-token")
_CTAG = xml.calendar_server("getctag")
_PRIVILEGES = xml.dav("current-user-privilege-set")
_COMPONENTS = xml.caldav("supported-calendar-component-set")
_ASKED: dict[Service, tuple[str, ...]] = {
    "carddav": (_KINDS, _NAME, _SYNC_TOKEN, _PRIVILEGES),
    "caldav": (_KINDS, _NAME, _PRIVILEGES, _COMPONENTS),
}
"""What to ask of collections. The state of calendars is not wanted here, and where address books stand beside them
Radicale would look at all cards for theirs."""
PATIENCE = 3.0
"""How much longer than usual to wait where a server may have to look at every card before it answers."""

_WRITING = frozenset(map(xml.dav, ("all", "write", "write-content", "bind")))
_GENERATED = ("z-app-generated--", "z-server-generated--")
"""How Nextcloud's paths begin for the books it makes itself: the recently contacted, everybody on the server."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: ``url`` is where, ``found`` a plain sentence for the user."""

    name: str
    url: str
    found: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """An address book or a calendar.

    ``kinds`` are the names of its resource types (``addressbook``, ``calendar``, ``subscribed``, …);
    ``components`` (``VEVENT``, …) are empty where the server does not say; ``writable`` is None then.
    ``generated`` books are made by the server itself (recently contacted, everybody in the system).
    """

    url: str
    name: str
    kinds: frozenset[str] = frozenset()
    writable: bool | None = None
    ctag: str | None = None
    sync_token: str | None = None
    components: frozenset[str] = frozenset()
    generated: bool = False

    @property
    def path(self) -> str:
        """The URL's path, normalised, ending in a slash: its stable name in the account."""
        return folder_path(self.url)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, and how. ``error`` is set when nothing usable was."""

    service: Service
    steps: tuple[Step, ...] = ()
    collections: tuple[Collection, ...] = ()
    principal: str | None = None
    home_sets: tuple[str, ...] = ()
    well_known: str | None = None
    error: AccountError | None = None


def discover(transport: Transport, account: DavAccount, service: Service) -> Discovery:
    """Find the account's collections.

    Raises:
        AccountError: nothing usable was found; :func:`explore` tells how far it went.
    """
    found = explore(transport, account, service)
    if found.error is not None:
        raise found.error
    return found


def explore(transport: Transport, account: DavAccount, service: Service, *, lookup: Lookup = look_up) -> Discovery:
    """Find the account's collections; whatever goes wrong is in the result, with the steps up to there."""
    search = _Search(transport, account, service, lookup)
    try:
        search.run()
    except AccountError as error:
        return search.result(error)
    return search.result(None)


def list_collections(
    transport: Transport, url: str, service: Service, *, members: bool = True
) -> tuple[Collection, ...]:
    """The collections of the service's kind in a home set, or the one that ``url`` itself is.

    Without ``members`` only ``url`` itself is looked at. One request; a second one for the CTags of address books where
    a server has no sync tokens, since to ask for both makes Radicale look at all cards twice.

    Raises:
        AccountError: as the server answers. An empty result is an answer.
    """
    found = _listed(transport, url, service, members=members)
    if service == "caldav" or all(collection.sync_token for collection in found):
        return found
    return _listed(transport, url, service, _CTAG, members=members)


def _listed(transport: Transport, url: str, service: Service, *more: str, members: bool) -> tuple[Collection, ...]:
    depth = "1" if members else "0"
    body = xml.propfind(*_ASKED[service], *more)
    answer = transport.request("PROPFIND", as_folder(url), body=body, depth=depth, ok=(207,), patience=PATIENCE)
    found: dict[str, Collection] = {}
    for response in Multistatus(answer):
        collection = _collection(response, service)
        if collection is not None:
            found.setdefault(collection.path, collection)
    return tuple(found.values())


def by_name(collections: tuple[Collection, ...], name: str) -> Collection | None:
    """The one called ``name``, or with that as the last part of its path."""
    folded = name.casefold().strip()
    for same in (
        lambda one: one.name == name,
        lambda one: one.name.casefold().strip() == folded,
        lambda one: unquote(one.path.rstrip("/").rpartition("/")[2]) == name,
    ):
        for collection in collections:
            if same(collection):
                return collection
    return None


def _collection(response: Response, service: Service) -> Collection | None:
    """What the response is about, if that is a collection of the service's kind."""
    kinds = frozenset(name.rpartition("}")[2] for name in response.names(_KINDS))
    if _KIND[service] not in kinds:
        return None
    privileges = response.names(_PRIVILEGES)
    last = response.path.rstrip("/").rpartition("/")[2]
    return Collection(
        url=as_folder(response.url),
        name=response.text(_NAME) or unquote(last),
        kinds=kinds,
        writable=bool(privileges & _WRITING) if privileges else None,
        ctag=response.text(_CTAG),
        sync_token=response.text(_SYNC_TOKEN),
        components=response.attributes(_COMPONENTS, xml.caldav("comp"), "name"),
        generated=last.startswith(_GENERATED) or "/addressbooks/system/" in response.path,
    )


class _Search:
    """One discovery: what was tried so far, and what came of it."""

    def __init__(self, transport: Transport, account: DavAccount, service: Service, lookup: Lookup) -> None:
        self._transport = transport
        self._account = account
        self._service: Service = service
        self._lookup = lookup
        self._home = home_of(account)
        self._steps: list[Step] = []
        self._found = Discovery(service)
        self._why: AccountError | None = None
        self._asked: set[str] = set()

    def result(self, error: AccountError | None) -> Discovery:
        """What came of it, with all the steps."""
        return replace(self._found, steps=tuple(self._steps), error=error)

    def run(self) -> None:
        """Try every place in turn until one leads to collections."""
        given = self._account.contacts_url if self._service == "carddav" else self._account.calendar_url
        if given:
            self._use_given(joined(self._home, given))
            return
        for name, url in self._places():
            if self._try(name, url):
                return
        one, _ = _WORDS[self._service]
        raise self._why or Denied(
            f"no {one} was found at {shown(self._home)}",
            hint=f"write the whole address of the {one} as {_GIVEN[self._service]} for this account",
        )

    def _use_given(self, url: str) -> None:
        """An address that the config gives for this service: a collection, or the home of some."""
        name = _GIVEN[self._service]
        about = self._about(name, as_folder(url))
        if about is not None and self._is_one(name, about):
            return
        collections = self._list(name, url)
        if not collections:
            one, _ = _WORDS[self._service]
            raise Denied(f"{shown(url)} is no {one} and has none in it", hint=f"check {name} of this account")
        self._found = replace(self._found, collections=collections, home_sets=(as_folder(url),))

    def _is_one(self, name: str, about: Response) -> bool:
        """Whether the place is itself a collection; then that is all there is to find."""
        if _collection(about, self._service) is None:
            return False
        itself = next(iter(list_collections(self._transport, about.url, self._service, members=False)), None)
        if itself is None:
            return False
        one, _ = _WORDS[self._service]
        self._note(name, about.url, f"is itself the {one} “{itself.name}”", ok=True)
        self._found = replace(self._found, collections=(itself,), home_sets=(itself.url,))
        return True

    def _places(self) -> Iterator[tuple[str, str]]:
        """Where to begin, the likeliest first. Asked lazily, since most accounts need only the first."""
        typed = self._account.url.strip()
        bare = "://" not in typed and "/" not in typed
        if bare:
            yield from self._in_dns(host_of(self._home))
        elif urlsplit(self._home).path not in ("", "/"):
            yield "address", self._home
        yield "well-known", at_root(self._home, f"/.well-known/{self._service}")
        yield "root", at_root(self._home, "/")

    def _in_dns(self, domain: str) -> Iterator[tuple[str, str]]:
        records = self._lookup(domain, self._service)
        if not records:
            self._note("DNS", domain, "names no server", ok=False)
        for record in records:
            port = "" if record.port == 443 else f":{record.port}"
            url = f"https://{record.host}{port}{record.path or f'/.well-known/{self._service}'}"
            if is_trusted(url, self._home):
                self._note("DNS", domain, f"names {record.host}", ok=True)
                yield "DNS", url
            else:
                self._note("DNS", domain, f"names {record.host}, a stranger to {domain}; it was not asked", ok=False)
                self._why = Denied(
                    f"{domain} says that its server is {record.host}; nobody vouches for that, so it was not asked",
                    hint=f'if that is your provider, write url = "https://{record.host}/" for this account',
                )

    # --- one place ------------------------------------------------------------------------------------

    def _try(self, name: str, url: str) -> bool:
        """Whether collections were found from here. A refusal is noted; the next place may be the right one."""
        if url in self._asked:
            return False
        self._asked.add(url)
        try:
            about = self._about(name, url)
            if about is None:
                return False
            if name == "well-known":
                self._found = replace(self._found, well_known=about.url)
            return self._go_on(name, about)
        except (SignInNeeded, Transient):
            raise
        except AccountError as error:
            if name != "well-known":
                self._why = self._why or error
            return False

    def _go_on(self, name: str, about: Response) -> bool:
        """From what is known about one place to the collections."""
        if self._is_one(name, about):
            return True
        homes = about.hrefs(_HOME_SET[self._service])
        if homes:
            self._found = replace(self._found, principal=about.url)
            return self._in_homes(name, about.url, homes)
        principals = about.hrefs(_PRINCIPAL)
        if principals:
            self._note(name, about.url, f"names {_shown_beside(principals[0], about.url)} as the user", ok=True)
            return self._of_principal(principals[0])
        self._note(name, about.url, "is a DAV server, but does not say who the user is", ok=False)
        # Synology, and old servers: no principal, and the address that was given is the home.
        return name != "well-known" and self._in_homes(name, about.url, (about.url,))

    def _of_principal(self, url: str) -> bool:
        about = self._about("principal", url)
        homes = about.hrefs(_HOME_SET[self._service]) if about is not None else ()
        self._found = replace(self._found, principal=url)
        if not homes:
            _, many = _WORDS[self._service]
            self._note("principal", url, f"says nothing about {many}", ok=False)
            self._why = self._why or Denied(f"{host_and_port(url)} offers this user no {many}")
            return False
        return self._in_homes("principal", url, homes)

    def _in_homes(self, name: str, url: str, homes: tuple[str, ...]) -> bool:
        _, many = _WORDS[self._service]
        for home in homes:
            self._note(name, url, f"says that the {many} are in {_shown_beside(home, url)}", ok=True)
        collections = tuple(found for home in homes for found in self._list("home", home))
        self._found = replace(self._found, home_sets=tuple(map(as_folder, homes)), collections=_once_each(collections))
        if not collections:
            self._why = Denied(f"there are no {many} in {shown(homes[0])}", hint="make one there first")
        return bool(collections)

    def _list(self, name: str, url: str) -> tuple[Collection, ...]:
        try:
            collections = list_collections(self._transport, url, self._service)
        except AccountError as error:
            self._note(name, url, error.message, ok=False)
            raise
        _, many = _WORDS[self._service]
        names = ", ".join(f"“{one.name}”" + (" (made by the server)" if one.generated else "") for one in collections)
        self._note(name, url, f"has {names}" if names else f"has no {many}", ok=bool(names))
        return collections

    def _about(self, name: str, url: str) -> Response | None:
        """What a place says of itself: the response about it, or the only one there is.

        Nothing that only a collection has is asked for: DAViCal fails at its root when asked for a sync token.
        """
        asked = (_PRINCIPAL, _HOME_SET[self._service], _KINDS, _NAME)
        try:
            answer = self._transport.request(
                "PROPFIND", url, body=xml.propfind(*asked), depth="0", ok=(207,), patience=PATIENCE
            )
            found = [response for response in Multistatus(answer) if response.status is None]
        except AccountError as error:
            self._note(name, url, error.message, ok=False)
            raise
        own = [response for response in found if folder_path(response.url) == folder_path(answer.url)]
        about = next(iter(own or found), None)
        if about is None:
            self._note(name, url, "answers, but says nothing", ok=False)
        return about

    def _note(self, name: str, url: str, found: str, *, ok: bool) -> None:
        self._steps.append(Step(name, shown(url) if "://" in url else url, found, ok))


def _once_each(collections: tuple[Collection, ...]) -> tuple[Collection, ...]:
    return tuple({collection.path: collection for collection in collections}.values())


def _shown_beside(url: str, base: str) -> str:
    """A URL as a path, if it is on the server that was asked."""
    return path_of(url) if host_and_port(url) == host_and_port(base) else shown(url)
