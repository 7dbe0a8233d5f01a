"""Cards from DAV servers: real ones, and one with the quirks of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from dav.books import PhoneBook
from dav.servers import Server, radicale, xandikos
from fakes import hostile_dav as dav
from fakes.hostile_dav import Book, HostileDav, Quirk, Reply, Request
from kith.core.model import AccountId
from kith.core.report import PassReport
from kith.dav.account import DavAccount
from kith.dav.transport import Transport
from kith.errors import AccountError, Denied, Malformed, RemovalsHeld, SignInNeeded, Transient
from kith.sources import carddav_fetch
from kith.sources.carddav import CardDav
from kith.store.db import Database
from kith.store.store import Store, open_store
from kith.sync.absorb import Absorber

HOME = AccountId("home")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Mirror:
    """A store that one account's cards are read into."""

    def __init__(self, store: Store, account: DavAccount) -> None:
        self.store = store
        self.account = account
        self.now = NOW
        self.report = PassReport(started=NOW)
        self.slept: list[float] = []

    def sync(self, step: Callable[[str], None] = lambda _: None, *, accept: bool = False) -> PassReport:
        """One reading into the store."""
        self.report = PassReport(started=self.now)
        transport = Transport(self.account, sleep=self.slept.append)
        source = CardDav(self.account, transport)
        run = self.store.runs.begin(self.now)
        try:
            Absorber(self.store, source, run, self.now, step).absorb(self.report, accept_removals=accept)
        finally:
            transport.close()
        return self.report

    def names(self) -> list[str]:
        """Everybody who is there and not missing."""
        sql = "SELECT json_extract(body, '$.name') FROM cards WHERE missing_since IS NULL ORDER BY 1"
        return [row[0] for row in self.store.database.all(sql)]

    def labels(self, name: str) -> set[str]:
        """The labels somebody has, those of group cards among them."""
        for ref in self.store.people.unlinked_cards():
            card = self.store.cards.get(ref)
            if card is not None and card.name == name:
                groups = self.store.database.all("SELECT name, members FROM card_groups")
                return {*card.labels, *(row["name"] for row in groups if f'"{ref.uid}"' in row["members"])}
        raise AssertionError(name)

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """All of the mirror but for when it was read."""
        return {
            table: [tuple(row) for row in self.store.database.all(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3")]
            for table, columns in {
                "cards": "account, collection, uid, href, digest, body, labels, keys, missing_since IS NULL",
                "items": "account, collection, href, etag",
                "card_groups": "account, collection, uid, href, name, members",
                "cursors": "account, collection, cursor",
                "card_changes": "account, collection, uid, field, before, after",
            }.items()
        }


@contextmanager
def mirror_of(account: DavAccount, path: Path) -> Iterator[Mirror]:
    with open_store(path, NOW, lambda: "an install") as store:
        yield Mirror(store, account)


@pytest.fixture
def server() -> Iterator[HostileDav]:
    with dav.running() as running:
        running.put("ana", "Ana Silva")
        running.put("kofi", "Kofi Mensah")
        running.put("eun", "Eun-ji Park")
        yield running


@pytest.fixture
def mirror(server: HostileDav, tmp_path: Path) -> Iterator[Mirror]:
    with mirror_of(DavAccount(HOME, server.url, "ana", "a secret"), tmp_path / "store.sqlite3") as mirror:
        yield mirror


EVERYBODY = ["Ana Silva", "Eun-ji Park", "Kofi Mensah"]


# --- what it costs ----------------------------------------------------------------------------------------


def test_the_first_reading_lists_and_fetches_in_one_batch(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    assert mirror.names() == EVERYBODY
    assert server.asked()[-2:] == ["PROPFIND propfind", "REPORT addressbook-multiget"]


def test_where_nothing_changed_one_request_says_so_and_nothing_is_written(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.asked()
    before = mirror.contents()
    changes = mirror.store.database.one("SELECT total_changes()")
    mirror.sync()
    after = mirror.store.database.one("SELECT total_changes()")
    assert server.asked() == ["PROPFIND propfind"]
    assert mirror.contents() == before
    assert changes is not None
    assert after is not None
    assert after[0] - changes[0] == 1, "the run itself is noted, and nothing else"


def test_one_changed_card_is_asked_for_alone(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.asked()
    server.put("kofi", "Kofi A. Mensah")
    report = mirror.sync()
    assert server.asked() == ["PROPFIND propfind", "REPORT sync-collection", "GET"]
    assert (report.accounts[0].new, report.accounts[0].changed) == (0, 1)
    assert mirror.names() == ["Ana Silva", "Eun-ji Park", "Kofi A. Mensah"]


def test_one_removed_card_goes_at_once(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.remove("ana")
    report = mirror.sync()
    assert report.accounts[0].gone == 1
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah"]


def test_no_limit_is_ever_asked_for(server: HostileDav, mirror: Mirror) -> None:
    server.quirks.append(dav.nextcloud_cuts_at(1))
    mirror.sync()
    for number in range(5):
        server.put(f"new{number}", f"New {number}")
    mirror.sync()
    assert len(mirror.names()) == 8
    assert not any(b"limit" in request.body for request in server.seen)


def test_once_a_week_everything_is_compared_whatever_the_token_says(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.quirks.append(dav.nextcloud_forgot_what_changed)
    mirror.store.database.execute("UPDATE cursors SET cursor = replace(cursor, 'x', 'x')")
    server.put("new", "New Person")
    del server.book.items["ana.vcf"]  # without a trace in the token
    server.book.changes[:] = server.book.changes[:3]
    mirror.sync()
    assert mirror.names() == EVERYBODY, "the token says that nothing happened"
    mirror.now += timedelta(days=7)
    mirror.sync()
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah", "New Person"]


# --- tokens -----------------------------------------------------------------------------------------------

INVALID = b'<error xmlns="DAV:"><valid-sync-token/></error>'


@pytest.mark.parametrize(
    "quirk",
    [
        dav.refuses_the_token(403, INVALID),
        dav.refuses_the_token(409, INVALID),
        dav.refuses_the_token(412, INVALID),
        dav.refuses_the_token(400),
        dav.refuses_the_token(403),
        dav.refuses_the_token(404),
        dav.refuses_the_token(405),
        dav.refuses_the_token(501),
        dav.refuses_the_token(207, b"this is not XML"),
        dav.refuses_the_token(207, dav.multistatus([])),
        dav.lists_everything_for_an_old_token,
        dav.davical_accepts_any_token,
        dav.nextcloud_forgot_what_changed,
        dav.yahoo_refuses_reports,
    ],
)
def test_an_old_token_in_any_shape_costs_a_listing_and_nothing_else(
    server: HostileDav, mirror: Mirror, quirk: Quirk
) -> None:
    mirror.sync()
    server.book.changes[:0] = ["long ago.vcf"] * 10  # a restored backup: other tokens, and one that is in the future
    mirror.store.database.execute("UPDATE cursors SET cursor = replace(cursor, '/sync/3', '/sync/99')")
    server.quirks.append(quirk)
    server.put("kofi", "Kofi A. Mensah")
    server.remove("ana")
    mirror.sync()
    assert mirror.names() == ["Eun-ji Park", "Kofi A. Mensah"]
    mirror.sync()
    assert mirror.names() == ["Eun-ji Park", "Kofi A. Mensah"]


def test_a_token_that_changes_for_no_reason_costs_one_listing_and_is_then_believed(
    server: HostileDav, mirror: Mirror
) -> None:
    numbers = count()

    def fickle(_: HostileDav, request: Request, reply: Reply) -> Reply:
        number = str(next(numbers)).encode()
        return replace(reply, body=re.sub(rb"/sync/(\d+)", rb"/sync/\g<1>?" + number, reply.body))

    def forgiving(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "sync-collection":
            return reply
        token = re.sub(r"\?\d+$", "", request.xml.findtext(f"{dav.D}sync-token"))
        return dav.sync_report(server.book, token)

    server.quirks += [forgiving, fickle]
    mirror.sync()
    server.asked()
    mirror.sync()
    assert server.asked() == ["PROPFIND propfind", "REPORT sync-collection", "PROPFIND propfind"]
    mirror.sync()
    assert server.asked() == ["PROPFIND propfind", "REPORT sync-collection"]
    server.remove("ana")
    mirror.sync()
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah"]


def test_a_server_without_tokens_is_listed_when_its_ctag_changed(server: HostileDav, mirror: Mirror) -> None:
    def ctags(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "propfind" or b"getctag" not in request.body:
            return replace(reply, body=re.sub(rb"<D:sync-token>.*?</D:sync-token>", b"", reply.body))
        return replace(reply, body=reply.body.replace(b"D:sync-token>", b"S:getctag>"))

    server.quirks.append(ctags)
    mirror.sync()
    server.asked()
    mirror.sync()
    assert server.asked() == ["PROPFIND propfind"] * 2
    server.remove("ana")
    mirror.sync()
    assert server.asked() == ["PROPFIND propfind"] * 3
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah"]


def test_a_report_in_pages_is_read_to_its_end(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.quirks.append(dav.pages_of(2))
    for number in range(7):
        server.put(f"new{number}", f"New {number}")
    server.remove("new0")
    server.remove("ana")
    mirror.sync()
    assert server.asked().count("REPORT sync-collection") == 5
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah", *(f"New {number}" for number in range(1, 7))]


def test_a_page_without_an_end_is_given_up_for_a_listing(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()

    def endless(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "sync-collection":
            return reply
        more = dav.gone(server.book.path, "507 Insufficient Storage")
        return replace(reply, body=dav.multistatus([more], "http://hostile.example/sync/3"))

    server.quirks.append(endless)
    server.put("new", "New Person")
    mirror.sync()
    assert mirror.names() == [*EVERYBODY, "New Person"]


# --- answers as servers give them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quirk",
    [
        dav.sogo_says_status_beside_properties,
        dav.sogo_keeps_lists_beside_cards,
        dav.zimbra_lists_twice,
        dav.icloud_lists_the_book_without_a_kind,
        dav.percent_encodes_differently,
        dav.infomaniak_says_418,
        dav.yahoo_refuses_reports,
        dav.compresses,
        dav.mailbox_org_leaves_out("kofi.vcf"),
        dav.fails_at("ana-b%40c.vcf"),
        dav.fails_at("ana-b%40c.vcf", 400),
        dav.fails_at("ana-b%40c.vcf", 507),
    ],
)
def test_a_servers_ways_change_nothing_about_what_is_read(server: HostileDav, mirror: Mirror, quirk: Quirk) -> None:
    server.put_raw("ana-b@c.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:abc\r\nFN:Ana B\r\nEND:VCARD\r\n")
    server.quirks.append(quirk)
    mirror.sync()
    assert mirror.names() == ["Ana B", *EVERYBODY]
    assert not mirror.report.notes
    server.put("kofi", "Kofi A. Mensah")
    server.put("new", "New Person")
    server.remove("ana")
    mirror.sync()
    expected = ["Ana B", "Eun-ji Park", "Kofi A. Mensah", "New Person"]
    assert mirror.names() == expected
    mirror.now += timedelta(days=8)
    mirror.sync()
    assert mirror.names() == expected
    assert not mirror.report.notes


def test_a_status_that_says_little_is_no_tombstone_while_the_card_is_there(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()

    def muddled(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.kind != "sync-collection":
            return reply
        return replace(reply, body=dav.multistatus([dav.gone("/books/contacts/ana.vcf", "403 Forbidden")], "t"))

    server.quirks.append(muddled)
    server.put("new", "New Person")
    mirror.sync()
    assert "Ana Silva" in mirror.names()


def test_a_card_that_a_multiget_leaves_out_is_not_gone(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.quirks.append(dav.mailbox_org_leaves_out("ana.vcf", "kofi.vcf"))

    def not_even_by_get(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(404) if request.method == "GET" else reply

    server.quirks.append(not_even_by_get)
    for uid in ("ana", "kofi", "eun"):
        server.put(uid, f"{uid} of late")
    mirror.sync()
    assert mirror.names() == ["Ana Silva", "Kofi Mensah", "eun of late"]
    server.quirks.clear()
    mirror.now += timedelta(days=8)
    mirror.sync()
    assert mirror.names() == ["ana of late", "eun of late", "kofi of late"]


def test_group_cards_are_labels_whichever_comes_first(server: HostileDav, mirror: Mirror) -> None:
    kind = "X-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:"
    server.put("aaa", "Friends", more=f"{kind}kofi\r\n")
    server.put("zzz", "Climbing", more=f"{kind}kofi\r\n")
    mirror.sync()
    assert mirror.names() == EVERYBODY
    assert mirror.labels("Kofi Mensah") == {"Friends", "Climbing"}
    server.remove("aaa")
    mirror.sync()
    assert mirror.labels("Kofi Mensah") == {"Climbing"}


# --- one bad card -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"no card",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:kofi\r\nEND:VCARD\r\n",
        b"",
    ],
)
def test_a_card_that_cannot_be_read_costs_itself_and_is_said_at_every_pass(
    server: HostileDav, mirror: Mirror, raw: bytes
) -> None:
    mirror.sync()
    server.put_raw("kofi.vcf", raw)
    for _ in range(3):
        mirror.sync()
        assert mirror.names() == EVERYBODY, "what was known of it is kept"
        assert any("Contacts: kofi.vcf" in note.where for note in mirror.report.notes)
    assert server.asked()[-1:] == ["PROPFIND propfind"], "it is not asked for again"
    server.put("kofi", "Kofi A. Mensah")
    mirror.sync()
    assert "Kofi A. Mensah" in mirror.names()
    mirror.sync()
    assert not mirror.report.notes


def test_control_characters_in_one_card_do_not_cost_the_others(server: HostileDav, mirror: Mirror) -> None:
    def raw_controls(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return replace(reply, body=reply.body.replace(b"BELL", b"\x07\x00&#11;&#x1f;"))

    server.put("bell", "BelloBELL Ringer")
    server.quirks.append(raw_controls)
    mirror.sync()
    assert mirror.names() == ["Ana Silva", "Bello Ringer", "Eun-ji Park", "Kofi Mensah"]


def test_a_picture_too_large_for_xml_is_fetched_alone(server: HostileDav, mirror: Mirror) -> None:
    server.put("large", "Large Picture", more=f"PHOTO;ENCODING=b:{'QUJD' * (11 * 1024 * 1024 // 4)}\r\n")
    mirror.sync()
    assert mirror.names() == ["Ana Silva", "Eun-ji Park", "Kofi Mensah", "Large Picture"]


def test_a_card_larger_than_anything_is_left_out(
    server: HostileDav, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddav_fetch, "_LARGEST_CARD", 10_000)
    monkeypatch.setattr(carddav_fetch, "_LARGEST_BATCH", 10_000)
    server.put("large", "Large Picture", more=f"PHOTO;ENCODING=b:{'QUJD' * 5000}\r\n")
    mirror.sync()
    assert mirror.names() == EVERYBODY
    (note,) = mirror.report.notes
    assert "large.vcf" in note.where


def test_a_server_that_does_not_know_multiget_is_asked_for_one_card_after_the_other(
    server: HostileDav, mirror: Mirror
) -> None:
    for number in range(600):
        server.put(f"many{number}", f"Many {number}")
    server.quirks.append(dav.yahoo_refuses_reports)
    mirror.sync()
    assert len(mirror.names()) == 603
    assert server.asked().count("REPORT addressbook-multiget") < 20


def test_a_card_the_server_fails_at_is_asked_for_again(server: HostileDav, mirror: Mirror) -> None:
    def fails_at_kofi(_: HostileDav, request: Request, reply: Reply) -> Reply:
        wanted = request.method == "GET" or request.kind == "addressbook-multiget"
        return Reply(500) if wanted and (b"kofi" in request.body or "kofi" in request.path) else reply

    server.quirks.append(fails_at_kofi)
    mirror.sync()
    assert mirror.names() == ["Ana Silva", "Eun-ji Park"]
    assert [note.where for note in mirror.report.notes] == ["Contacts: kofi.vcf"]
    mirror.sync()
    assert [note.where for note in mirror.report.notes] == ["Contacts: kofi.vcf"]
    server.quirks.clear()
    mirror.sync()
    assert mirror.names() == EVERYBODY
    assert not mirror.report.notes


# --- nothing is gone --------------------------------------------------------------------------------------


def one_status(status: int) -> Quirk:
    return lambda *_: Reply(status)


@pytest.mark.parametrize(
    ("quirk", "error"),
    [
        (dav.empty_multistatus, AccountError),
        (dav.captive_portal, AccountError),
        (dav.billion_laughs, Malformed),
        (one_status(401), SignInNeeded),
        (one_status(403), Denied),
        (one_status(404), Denied),
        (one_status(410), Denied),
        (one_status(500), Transient),
        (one_status(503), Transient),
        (one_status(200), AccountError),
    ],
)
@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=8)])
def test_of_a_bad_moment_nothing_is_concluded(
    server: HostileDav, mirror: Mirror, quirk: Quirk, error: type[AccountError], later: timedelta
) -> None:
    mirror.sync()
    before = mirror.contents()
    server.quirks.append(quirk)
    mirror.now += later
    with pytest.raises(error):
        mirror.sync()
    assert mirror.contents() == before
    server.quirks.clear()
    mirror.sync()
    assert mirror.names() == EVERYBODY


def test_an_empty_list_of_a_book_that_is_there_waits_for_the_users_word(server: HostileDav, mirror: Mirror) -> None:
    for number in range(10):
        server.put(f"more{number}", f"More {number}")
    mirror.sync()
    for item in list(server.book.items):
        server.remove(item.removesuffix(".vcf"))
    for _ in range(2):
        with pytest.raises(RemovalsHeld):
            mirror.sync()
    mirror.sync(accept=True)
    assert not mirror.names()


def test_a_list_with_a_gap_is_no_list(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()

    def gap(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.path != server.book.path or request.kind != "propfind":
            return reply
        more = dav.gone(server.book.path, "507 Insufficient Storage")
        return replace(reply, body=dav.multistatus([dav.about_book(server.book), more]))

    server.quirks.append(gap)
    mirror.now += timedelta(days=8)
    with pytest.raises(Malformed):
        mirror.sync()
    assert mirror.names() == EVERYBODY


# --- several address books --------------------------------------------------------------------------------


def add_book(server: HostileDav, key: str, name: str, path: str = "") -> None:
    server.books[key] = Book(path or f"/books/{key}/", name)


def test_every_book_is_read_but_those_the_server_makes_itself(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    add_book(server, "z-app-generated--contactsinteraction--recent", "Recently contacted")
    server.put("eve", "Eve Kim", book="work")
    server.put("guess", "Somebody Guessed", book="z-app-generated--contactsinteraction--recent")
    mirror.sync()
    assert mirror.names() == ["Ana Silva", "Eun-ji Park", "Eve Kim", "Kofi Mensah"]
    server.asked()
    mirror.sync()
    assert server.asked() == ["PROPFIND propfind"], "one request for all of them"


def test_the_same_uid_in_two_books_is_two_cards(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("ana", "Ana at Work", book="work")
    mirror.sync()
    assert "Ana at Work" in mirror.names()
    assert "Ana Silva" in mirror.names()


def test_only_the_named_books_are_read(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("eve", "Eve Kim", book="work")
    mirror.account = replace(mirror.account, address_books=("Work",))
    mirror.sync()
    assert mirror.names() == ["Eve Kim"]


def test_a_named_book_that_is_not_there_is_said_and_the_others_are_read(server: HostileDav, mirror: Mirror) -> None:
    mirror.account = replace(mirror.account, address_books=("Wrok", "Contacts"))
    with pytest.raises(Denied, match="Wrok") as caught:
        mirror.sync()
    assert "“Contacts”" in caught.value.hint
    assert mirror.names() == EVERYBODY


def test_a_book_that_the_config_does_not_name_any_more_goes_if_the_user_agrees(
    server: HostileDav, mirror: Mirror
) -> None:
    add_book(server, "work", "Work")
    for number in range(5):
        server.put(f"w{number}", f"Worker {number}", book="work")
    mirror.sync()
    mirror.account = replace(mirror.account, address_books=("Contacts",))
    with pytest.raises(RemovalsHeld):
        mirror.sync()
    mirror.sync(accept=True)
    assert mirror.names() == EVERYBODY


def test_a_book_that_was_renamed_is_still_the_one_the_config_means(server: HostileDav, mirror: Mirror) -> None:
    mirror.account = replace(mirror.account, address_books=("Contacts",))
    add_book(server, "work", "Work")
    mirror.sync()
    server.book.name = "Kontakte"
    mirror.sync()
    assert mirror.names() == EVERYBODY


def test_a_book_that_moved_is_the_same_one(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    before = mirror.contents()["cards"]
    server.book.path = "/books/other-place/"
    server.asked()
    mirror.sync()
    assert mirror.contents()["cards"] == before
    assert "REPORT addressbook-multiget" not in server.asked(), "nothing was fetched again"
    server.remove("ana")
    mirror.sync()
    assert mirror.names() == ["Eun-ji Park", "Kofi Mensah"]


def test_books_that_moved_with_their_home_are_the_same(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()

    def moved(_: HostileDav, request: Request, reply: Reply) -> Reply:
        if request.path.startswith("/books/"):
            return Reply(404)
        path = request.path.replace("/elsewhere/", "/books/")
        inner = replace(request, path=path, body=request.body.replace(b"/elsewhere/", b"/books/"))
        answer = server.proper(inner)
        return replace(answer, body=answer.body.replace(b"/books/", b"/elsewhere/"))

    server.quirks.append(moved)
    server.put("new", "New Person")
    mirror.sync()
    assert mirror.names() == [*EVERYBODY, "New Person"]


def test_a_book_that_is_gone_is_a_fault_and_its_cards_are_kept(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("eve", "Eve Kim", book="work")
    mirror.sync()
    del server.books["work"]
    server.put("new", "New Person")
    for _ in range(2):
        with pytest.raises(Denied, match="“Work” is not there any more"):
            mirror.sync()
    assert mirror.names() == ["Ana Silva", "Eun-ji Park", "Eve Kim", "Kofi Mensah", "New Person"]
    mirror.account = replace(mirror.account, address_books=("Contacts",))
    mirror.sync()
    assert mirror.names() == [*EVERYBODY, "New Person"]


def test_one_book_that_cannot_be_read_does_not_keep_the_others(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("eve", "Eve Kim", book="work")

    def forbidden(_: HostileDav, request: Request, reply: Reply) -> Reply:
        return Reply(403) if request.path.startswith("/books/contacts/") else reply

    server.quirks.append(forbidden)
    with pytest.raises(Denied):
        mirror.sync()
    assert mirror.names() == ["Eve Kim"]


def test_a_book_given_outright_is_all_that_is_asked(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("eve", "Eve Kim", book="work")
    mirror.account = replace(mirror.account, contacts_url=f"{server.url}books/work")
    mirror.sync()
    assert mirror.names() == ["Eve Kim"]
    server.asked()
    mirror.sync()
    (only,) = server.seen
    assert (only.path, only.headers["depth"]) == ("/books/work/", "0")


def test_what_went_from_one_book_goes_although_another_fails(server: HostileDav, mirror: Mirror) -> None:
    add_book(server, "work", "Work")
    server.put("eve", "Eve Kim", book="work")
    mirror.sync()
    del server.books["work"]
    server.remove("ana")
    with pytest.raises(Denied, match="“Work”"):
        mirror.sync()
    assert mirror.report.accounts[0].gone == 1
    assert mirror.store.cards.counts(HOME) == (3, 0)


def test_another_server_with_the_same_paths_is_compared_from_the_beginning(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    with dav.running() as other:
        for number in range(2):
            other.put("ana", f"Ana {number}")
        other.put("kofi", "Kofi Mensah")
        mirror.account = replace(mirror.account, url=other.url)
        mirror.sync()
        assert mirror.names() == ["Ana 1", "Kofi Mensah"], "although its token is one that is known"


# --- duplicates -------------------------------------------------------------------------------------------


def test_a_card_that_moved_to_another_href_is_one_card(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    raw = server.book.items["ana.vcf"][1]
    server.remove("ana")
    server.put_raw("elsewhere.vcf", raw)
    report = mirror.sync()
    assert mirror.names() == EVERYBODY
    assert (report.accounts[0].new, report.accounts[0].changed, report.accounts[0].gone) == (0, 0, 0)


def test_of_two_with_one_uid_the_other_counts_once_the_first_is_gone(server: HostileDav, mirror: Mirror) -> None:
    mirror.sync()
    server.put_raw("twin.vcf", server.book.items["ana.vcf"][1].replace(b"Ana Silva", b"Ana Twin"))
    mirror.sync()
    assert "Ana Twin" not in mirror.names()
    assert any("same UID" in note.message for note in mirror.report.notes)
    server.remove("ana")
    mirror.sync()
    mirror.sync()
    assert "Ana Twin" in mirror.names()


# --- killed at any point ----------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    folder = tmp_path_factory.mktemp("servers")
    with radicale(folder / "radicale") as one, xandikos(folder / "xandikos") as other:
        yield {"radicale": one, "xandikos": other}


def kill_points(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Raise at the n-th statement that writes; as a process killed there, it leaves the transaction undone."""
    left = [10**9]
    execute, execute_many = Database.execute, Database.execute_many

    def count() -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise Killed

    def counted(self: Database, sql: str, values: object = ()) -> int:
        count()
        return execute(self, sql, values)  # type: ignore[arg-type]

    def counted_many(self: Database, sql: str, rows: object) -> None:
        count()
        execute_many(self, sql, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "execute", counted)
    monkeypatch.setattr(Database, "execute_many", counted_many)

    def at(number: int) -> None:
        left[0] = number

    return at


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_a_first_reading_that_is_killed_anywhere_ends_in_the_same_store(
    servers: dict[str, Server], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddav_fetch, "BATCH", 4)
    book = PhoneBook(servers[name])
    for number in range(14):
        book.put(f"uid{number:02d}", f"Person {number}")
    book.put("group", "Friends", more="X-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:uid03\r\n")
    with mirror_of(book.account, tmp_path / "undisturbed.sqlite3") as undisturbed:
        undisturbed.sync()
        expected = undisturbed.contents()
        assert len(undisturbed.names()) == 14
    died = 0
    for point in range(1, 85, 2):
        with mirror_of(book.account, tmp_path / f"killed{point}.sqlite3") as killed:
            with monkeypatch.context() as patched:
                kill_points(killed.store.database, patched)(point)
                try:
                    killed.sync()
                except Killed:
                    died += 1
            fetched = sum(1 for _ in killed.store.database.all("SELECT 1 FROM items"))
            report = killed.sync()
            assert killed.contents() == expected
            assert report.accounts[0].new <= 14 - max(0, fetched - 1)
    assert died > 35


def test_a_reading_of_changes_that_is_killed_anywhere_ends_in_the_same_store(
    server: HostileDav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddav_fetch, "BATCH", 2)
    account = DavAccount(HOME, server.url, "ana", "a secret")
    mirrors = [f"m{number}.sqlite3" for number in range(1, 40)]
    for path in ("undisturbed.sqlite3", *mirrors):
        with mirror_of(account, tmp_path / path) as mirror:
            mirror.sync()
    for number in range(5):
        server.put(f"new{number}", f"New {number}")
    moved = server.book.items["ana.vcf"][1]
    server.remove("ana")
    server.put_raw("moved.vcf", moved)
    server.remove("kofi")
    server.put("eun", "Eun-ji K. Park")
    with mirror_of(account, tmp_path / "undisturbed.sqlite3") as mirror:
        mirror.sync()
        expected = mirror.contents()
    for number, path in enumerate(mirrors, start=1):
        with mirror_of(account, tmp_path / path) as mirror:
            with monkeypatch.context() as patched:
                kill_points(mirror.store.database, patched)(number)
                with suppress(Killed):
                    mirror.sync()
            mirror.sync()
            assert mirror.contents() == expected, number


def test_a_connection_that_breaks_costs_only_what_was_not_stored(
    server: HostileDav, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddav_fetch, "BATCH", 10)
    for number in range(97):
        server.put(f"p{number}", f"Person {number}")
    multigets = [0]

    def breaks(_: HostileDav, request: Request, reply: Reply) -> Reply:
        multigets[0] += request.kind == "addressbook-multiget"
        return replace(reply, cut=200) if multigets[0] > 5 else reply

    server.quirks.append(breaks)
    with pytest.raises(Transient):
        mirror.sync()
    assert len(mirror.names()) == 50
    server.quirks.clear()
    server.asked()
    mirror.sync()
    assert len(mirror.names()) == 100
    assert server.asked().count("REPORT addressbook-multiget") == 5


# --- against real servers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["radicale", "xandikos"])
def test_many_cards_of_every_kind_come_in_and_nothing_twice(
    servers: dict[str, Server], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carddav_fetch, "BATCH", 40)
    book = PhoneBook(servers[name])
    for number in range(90):
        book.put(f"uid {number} ü@x", f"Person {number}", more=f"NOTE:Z\\, {number} €\r\n")
    with mirror_of(book.account, tmp_path / "store.sqlite3") as mirror:
        assert mirror.sync().accounts[0].new == 90
        transport = Transport(book.account)
        known = mirror.store.cards.known_items(HOME)
        cursors = mirror.store.cards.cursors(HOME)
        list(CardDav(book.account, transport).read(known, cursors, NOW))
        assert transport.requests == 1
        transport.close()
        book.remove("uid 7 ü@x")
        book.put("uid 8 ü@x", "Person Eight")
        report = mirror.sync()
        assert (report.accounts[0].new, report.accounts[0].changed, report.accounts[0].gone) == (0, 1, 1)
        mirror.now += timedelta(days=8)
        report = mirror.sync()
        assert (report.accounts[0].new, report.accounts[0].changed, report.accounts[0].gone) == (0, 0, 0)
