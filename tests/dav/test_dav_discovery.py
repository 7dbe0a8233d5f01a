"""From what a user types to the address books and calendars behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import dns.resolver
import pytest

from dav.books import PhoneBook
from dav.servers import Server, radicale, xandikos
from fakes import hostile_dav as fake
from fakes.hostile_dav import Book, HostileDav, Quirk, Reply, Request
from kith.core.model import AccountId
from kith.dav import dns as records
from kith.dav.account import DavAccount
from kith.dav.addresses import as_folder
from kith.dav.answers import Answer
from kith.dav.discovery import Collection, Discovery, Lookup, by_name, discover, explore, list_collections
from kith.dav.dns import Record, look_up
from kith.dav.transport import Transport
from kith.errors import AccountError, Denied, Malformed, SignInNeeded, Transient


def account(url: str, **more: str) -> DavAccount:
    return DavAccount(AccountId("home"), url, "ana", "a secret", timeout=5.0, **more)  # type: ignore[arg-type]


def looked(account: DavAccount, lookup: Lookup = lambda *_: ()) -> Discovery:
    transport = Transport(account, sleep=lambda _: None)
    try:
        return explore(transport, account, "carddav", lookup=lookup)
    finally:
        transport.close()


@pytest.fixture
def server() -> Iterator[HostileDav]:
    with fake.running() as running:
        running.put("ana", "Ana Silva")
        yield running


# --- every kind of address --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    folder = tmp_path_factory.mktemp("servers")
    with radicale(folder / "radicale") as one, xandikos(folder / "xandikos") as other:
        yield {"radicale": one, "xandikos": other}


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_every_address_that_a_user_may_have_leads_to_the_book(servers: dict[str, Server], name: str) -> None:
    book = PhoneBook(servers[name])
    root = book.server.url
    home = root + ("ana/contacts/" if name == "xandikos" else f"{book.user}/")
    principal = f"{root}{book.user}/"
    addresses = [root, root.rstrip("/"), f"{root}.well-known/carddav", principal, home, home.rstrip("/")]
    for url in addresses:
        found = looked(replace(book.account, url=url))
        assert found.error is None, url
        assert by_name(found.collections, book.name) is not None, url
        assert all(step.found and step.name for step in found.steps)
    alone = looked(replace(book.account, url=root.rstrip("/") + book.path))
    assert [one.name for one in alone.collections] == [book.name]


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_what_is_said_of_a_book(servers: dict[str, Server], name: str) -> None:
    book = PhoneBook(servers[name])
    found = by_name(looked(book.account).collections, book.name)
    assert found is not None
    assert found.path == book.path
    assert found.kinds == {"collection", "addressbook"}
    assert found.writable is True
    assert found.sync_token
    assert not found.generated


def test_a_calendar_is_no_address_book(servers: dict[str, Server]) -> None:
    one = DavAccount(AccountId("home"), servers["xandikos"].url, "ana", "a secret")
    transport = Transport(one)
    (calendar,) = discover(transport, one, "caldav").collections
    assert "calendar" in calendar.kinds
    assert "VEVENT" in calendar.components
    assert not list_collections(transport, calendar.url, "carddav")
    transport.close()


def test_the_steps_tell_the_story(server: HostileDav) -> None:
    found = looked(account(server.url))
    assert [(step.name, step.ok) for step in found.steps] == [
        ("well-known", False),
        ("root", True),
        ("principal", True),
        ("home", True),
    ]
    assert "“Contacts”" in found.steps[-1].found
    assert found.principal == f"{server.url}principal/"
    assert found.home_sets == (f"{server.url}books/",)


def test_a_well_known_address_that_redirects_saves_the_rest(server: HostileDav) -> None:
    server.quirks.append(fake.redirects("/.well-known/carddav", "/principal/"))
    found = looked(account(server.url))
    assert found.well_known == f"{server.url}principal/"
    assert len(server.seen) == 3


@pytest.mark.parametrize("path", ["", "books", "books/", "books/contacts", "books/contacts/", "principal"])
def test_contacts_given_outright(server: HostileDav, path: str) -> None:
    if path in ("", "principal"):
        found = looked(account(server.url, contacts_url=server.url + path))
        assert isinstance(found.error, Denied)
        assert "contacts_url" in found.error.hint
        return
    server.password = "a secret"
    found = looked(account("https://nothing.invalid/", contacts_url=server.url + path))
    assert [one.name for one in found.collections] == ["Contacts"]


def test_a_given_path_is_one_on_the_accounts_server(server: HostileDav) -> None:
    found = looked(account(server.url, contacts_url="/books/contacts/"))
    assert [one.name for one in found.collections] == ["Contacts"]
    assert all(request.path == "/books/contacts/" for request in server.seen)


# --- servers and their ways -------------------------------------------------------------------------------


def test_generated_books_are_known_as_such(server: HostileDav) -> None:
    for key, path in {
        "recent": "/books/z-app-generated--contactsinteraction--recent/",
        "system": "/books/z-server-generated--system/",
    }.items():
        server.books[key] = Book(path, key)
    found = looked(account(server.url))
    assert {one.name: one.generated for one in found.collections} == {"Contacts": False, "recent": True, "system": True}


def test_synology_without_a_principal(server: HostileDav) -> None:
    server.quirks.append(fake.synology_has_no_principal)
    for url in (server.url, server.url + "books/"):
        found = looked(account(url))
        assert [one.name for one in found.collections] == ["Contacts"]


def test_davical_is_not_asked_for_what_it_fails_at(server: HostileDav) -> None:
    server.quirks.append(fake.davical_fails_at_its_root)
    assert [one.name for one in looked(account(server.url)).collections] == ["Contacts"]


def test_icloud_moves_the_home_to_a_host_of_its_own(server: HostileDav, monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine cannot play both hosts; so only the way to the server is another."""
    asked: list[str] = []
    way = Transport.request

    def through_the_server(self: Transport, method: str, url: str, *, depth: str, body: bytes, **_: object) -> Answer:
        assert self.may_send_credentials(url)
        asked.append(url)
        with closing(Transport(account(server.url))) as inner:
            answer = way(inner, method, server.url + url.split("/", 3)[3], depth=depth, body=body)
        moved = answer.body.replace(b"<D:href>/books/", b"<D:href>https://p42-contacts.icloud.com:443/books/")
        return replace(answer, body=moved, url=url)

    monkeypatch.setattr(Transport, "request", through_the_server)
    found = looked(account("https://contacts.icloud.com/"))
    assert found.error is None
    assert found.home_sets == ("https://p42-contacts.icloud.com:443/books/",)
    assert asked[-1] == "https://p42-contacts.icloud.com:443/books/"
    assert [one.path for one in found.collections] == ["/books/contacts/"]


def test_a_home_on_a_strangers_server_gets_no_password(server: HostileDav) -> None:
    with fake.running() as stranger:
        stranger.password = "anything"

        def lured(_: HostileDav, request: Request, reply: Reply) -> Reply:
            return replace(reply, body=reply.body.replace(b">/books/<", f">{stranger.url}books/<".encode()))

        server.quirks.append(lured)
        found = looked(account(server.url))
        assert isinstance(found.error, Denied)
        assert "no password was sent" in found.error.message
        assert stranger.seen
        assert not any("authorization" in request.headers for request in stranger.seen)


@pytest.mark.parametrize(
    ("quirk", "error", "says"),
    [
        (lambda *_: Reply(401), SignInNeeded, "did not accept"),
        (lambda *_: Reply(404), Denied, "not there"),
        (lambda *_: Reply(405), Denied, "status 405"),
        (lambda *_: Reply(503), Transient, "503"),
        (fake.captive_portal, Malformed, "web page"),
        (fake.empty_multistatus, Denied, "no address book"),
        (fake.billion_laughs, Malformed, "document type"),
    ],
)
def test_what_goes_wrong_is_in_the_steps_and_in_the_error(
    server: HostileDav, quirk: Quirk, error: type[AccountError], says: str
) -> None:
    server.quirks.append(quirk)
    found = looked(account(server.url))
    assert type(found.error) is error
    assert says in found.error.message
    assert found.steps
    assert not found.steps[-1].ok
    transport = Transport(account(server.url), sleep=lambda _: None)
    with pytest.raises(error):
        discover(transport, transport.account, "carddav")
    transport.close()


def test_a_home_without_a_book_is_said(server: HostileDav) -> None:
    server.books.clear()
    found = looked(account(server.url))
    assert isinstance(found.error, Denied)
    assert found.home_sets, "a calendar could be made there"
    assert "no address books" in found.error.message


# --- names ------------------------------------------------------------------------------------------------


def test_a_book_is_found_by_what_the_user_calls_it() -> None:
    one, two = Collection("https://x/a/", "Contacts"), Collection("https://x/fr%C3%A8res/", "CONTACTS ")
    assert by_name((two, one), "Contacts") is one
    assert by_name((two,), "contacts") is two
    assert by_name((one, two), "frères") is two
    assert by_name((one, two), "b") is None


# --- DNS --------------------------------------------------------------------------------------------------


def test_dns_leads_to_a_server_of_the_same_domain() -> None:
    def lookup(domain: str, service: str) -> tuple[Record, ...]:
        assert (domain, service) == ("example.invalid", "carddav")
        return (Record("evil.invalid", 443), Record("dav.example.invalid", 8443, "/dav/"))

    for typed in ("example.invalid", "ana@example.invalid"):
        found = looked(account(typed), lookup)
        story = [(step.name, step.url, step.ok) for step in found.steps]
        assert story[0] == ("DNS", "example.invalid", False)
        assert "evil.invalid, a stranger" in found.steps[0].found
        assert story[1] == ("DNS", "example.invalid", True)
        assert story[2] == ("DNS", "https://dav.example.invalid:8443/dav/", False)
        assert isinstance(found.error, Transient), "there is no such name"


def test_a_strangers_server_in_dns_is_told_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(self: Transport, method: str, url: str, **_: object) -> None:
        asked.append(url)
        raise Denied("not there")

    monkeypatch.setattr(Transport, "request", refuse)
    found = looked(account("example.org"), lambda *_: (Record("dav.provider.invalid", 443),))
    assert isinstance(found.error, Denied)
    assert 'url = "https://dav.provider.invalid/"' in found.error.hint
    assert asked == ["https://example.org/.well-known/carddav", "https://example.org/"]


def test_dns_records_are_sorted_and_a_path_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Name:
        def __init__(self, name: str) -> None:
            self.name = name

        def to_text(self, *, omit_final_dot: bool) -> str:
            return self.name.rstrip(".") if omit_final_dot else self.name

    class Found:
        def __init__(self, **values: object) -> None:
            self.__dict__.update(values)

    def resolve(_: object, name: str, kind: str) -> list[Found]:
        assert name == "_caldavs._tcp.example.org"
        if kind == "TXT":
            return [Found(strings=[b"v=1"]), Found(strings=[b"path=", b"/dav/"])]
        return [
            Found(priority=10, weight=0, target=Name("second.example.org."), port=443),
            Found(priority=1, weight=5, target=Name("first.example.org."), port=8443),
            Found(priority=1, weight=1, target=Name("."), port=0),
        ]

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)
    monkeypatch.setattr(dns.resolver.Resolver, "__init__", lambda self: None)
    assert look_up("example.org", "caldav") == (
        Record("first.example.org", 8443, "/dav/"),
        Record("second.example.org", 443, "/dav/"),
    )


def test_without_dns_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object) -> None:
        raise dns.resolver.NoNameservers

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)
    monkeypatch.setattr(records, "_SECONDS", 0.1)
    assert look_up("example.org", "carddav") == ()


def test_a_folder_has_a_slash() -> None:
    assert as_folder("https://x/a?b=1") == "https://x/a/?b=1"
    assert as_folder("https://x") == "https://x/"
