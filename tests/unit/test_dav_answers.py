"""Reading what servers say: addresses, and the XML that must not be trusted."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.dav.addresses import is_private, is_trusted, joined, path_of, same_spelling, shown
from kith.dav.answers import Answer, Multistatus, Response
from kith.dav.xml import carddav, dav, multiget, propfind, sync_collection, tree, without_controls
from kith.errors import Malformed

URL = "https://dav.example.org/books/"
XML = {"content-type": "application/xml"}


def read(body: str | bytes, url: str = URL) -> list[Response]:
    raw = body if isinstance(body, bytes) else body.encode()
    return list(Multistatus(Answer(207, XML, raw, url)))


def within(text: str) -> str:
    return f'<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">{text}</D:multistatus>'


def member(href: str, properties: str = "<D:getetag>1</D:getetag>", status: str = "HTTP/1.1 200 OK") -> str:
    found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>{status}</D:status></D:propstat>"
    return f"<D:response><D:href>{href}</D:href>{found}</D:response>"


# --- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a b.vcf", "/a%20b.vcf"),
        ("/ana@example.org.vcf", "/ana%40example.org.vcf"),
        ("/%7Eana/", "/~ana/"),
        ("/caf%c3%a9.vcf", "/café.vcf"),
        ("/a%2db.vcf", "/a-b.vcf"),
        ("/a(1).vcf", "/a%281%29.vcf"),
    ],
)
def test_two_spellings_of_one_path(one: str, other: str) -> None:
    assert same_spelling(one) == same_spelling(other)


@pytest.mark.parametrize(("one", "other"), [("/a%2Fb", "/a/b"), ("/A", "/a"), ("/a", "/a/")])
def test_two_paths_that_only_look_alike(one: str, other: str) -> None:
    assert same_spelling(one) != same_spelling(other)


@given(st.text(max_size=40))
def test_the_one_spelling_is_its_own(text: str) -> None:
    try:
        once = same_spelling("/" + text)
    except UnicodeEncodeError:
        return
    assert same_spelling(once) == once


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/other/", "https://dav.example.org/other/"),
        ("ana.vcf", "https://dav.example.org/books/ana.vcf"),
        ("./ana.vcf", "https://dav.example.org/books/ana.vcf"),
        ("https://p07.example.org:443/x/", "https://p07.example.org:443/x/"),
        ("//elsewhere.example.org/x", "https://elsewhere.example.org/x"),
        (" /other/ ", "https://dav.example.org/other/"),
        ("http://[bad/", URL),
        ("https://a:port/", URL),
        ("/../x", "https://dav.example.org/x"),
    ],
)
def test_where_an_href_points_to(href: str, url: str) -> None:
    assert joined(URL, href) == url


@pytest.mark.parametrize(
    ("url", "home", "trusted"),
    [
        ("https://dav.example.org/x", "https://dav.example.org/", True),
        ("https://DAV.example.org:8443/x", "https://dav.example.org/", True),
        ("https://dav.example.org/", "https://example.org/", True),
        ("https://example.org/", "https://dav.example.org/", False),
        ("https://evilexample.org/", "https://example.org/", False),
        ("https://example.org.evil.com/", "https://example.org/", False),
        ("https://p42-contacts.icloud.com:443/", "https://contacts.icloud.com/", True),
        ("https://p42-contacts.icloud.com.evil.com/", "https://contacts.icloud.com/", False),
        ("https://contacts.icloud.com/", "https://evil.com/", False),
        ("http://dav.example.org/", "https://dav.example.org/", False),
        ("http://127.0.0.1:5232/", "http://127.0.0.1:5232/", True),
        ("http://127.0.0.1:5233/", "http://127.0.0.1:5232/", False),
        ("http://localhost:5232/", "http://127.0.0.1:5232/", False),
        ("https://x.localhost/", "https://localhost/", False),
        ("https://1.0.0.127/", "https://0.0.127/", True),
        ("https://x.com/", "https://com/", False),
    ],
)
def test_where_a_password_may_go(url: str, home: str, trusted: bool) -> None:
    assert is_trusted(url, home) is trusted


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://dav.example.org/", True),
        ("http://dav.example.org/", False),
        ("http://localhost/", True),
        ("http://127.0.0.2:80/", True),
        ("http://[::1]:80/", True),
        ("http://localhost.evil.com/", False),
        ("http://127.0.0.1.evil.com/", False),
        ("http://192.168.1.2/", False),
        ("ftp://localhost/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_where_nobody_can_listen(url: str, private: bool) -> None:
    assert is_private(url) is private


def test_an_address_is_shown_without_secrets() -> None:
    assert shown("https://ana:secret@dav.example.org:8443/x?token=secret#y") == "https://dav.example.org:8443/x"


# --- multistatus ------------------------------------------------------------------------------------------


def test_properties_and_statuses() -> None:
    one, two, three = read(
        within(
            member("/books/a.vcf", '<D:getetag>"1"</D:getetag><C:address-data>BEGIN\r\n x</C:address-data>')
            + "<D:response><D:href>/books/b.vcf</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
            + member("/books/c.vcf", status="HTTP/1.1 404 Not Found")
        )
    )
    assert (one.path, one.status) == ("/books/a.vcf", None)
    assert (two.path, two.status) == ("/books/b.vcf", 404)
    assert (three.path, three.status, three.has(dav("getetag"))) == ("/books/c.vcf", None, False)


def test_what_is_in_a_response_while_it_is_the_one() -> None:
    body = within(member("a.vcf", '<D:getetag> "1" </D:getetag><C:address-data>\nBEGIN </C:address-data>'))
    for response in Multistatus(Answer(207, XML, body.encode(), URL)):
        assert response.text(dav("getetag")) == '"1"'
        assert response.data(carddav("address-data")) == "\nBEGIN "
        assert response.url == "https://dav.example.org/books/a.vcf"
        assert response.text(dav("displayname")) is None
        assert response.hrefs(dav("displayname")) == ()
        assert response.names(dav("displayname")) == frozenset()


def test_one_status_for_several_addresses() -> None:
    hrefs = "<D:href>/a</D:href><D:href>/b</D:href><D:href> </D:href>"
    found = read(within(f"<D:response>{hrefs}<D:status>HTTP/1.1 404 Not Found</D:status></D:response>"))
    assert [(response.path, response.status) for response in found] == [("/a", 404), ("/b", 404)]


@pytest.mark.parametrize("line", ["HTTP/1.1 418 I'm a teapot", "HTTP/2 418", " 418 ", "418 teapot"])
def test_status_lines_as_servers_write_them(line: str) -> None:
    (found,) = read(within(f"<D:response><D:href>/a</D:href><D:status>{line}</D:status></D:response>"))
    assert found.status == 418


def test_the_token_of_the_whole_is_not_that_of_a_member() -> None:
    body = within("<D:sync-token> whole </D:sync-token>" + member("/books/", "<D:sync-token>member</D:sync-token>"))
    page = Multistatus(Answer(207, XML, body.encode(), URL))
    assert len(list(page)) == 1
    assert page.sync_token == "whole"


def test_an_empty_multistatus_is_empty() -> None:
    assert read('<multistatus xmlns="DAV:"/>') == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"not xml",
        b"<D:multistatus xmlns:D='DAV:'>",
        within(member("/a"))[:-5].encode(),
        b"<multistatus/>",
        b'<propfind xmlns="DAV:"/>',
        b'<a><multistatus xmlns="DAV:"/></a>',
        within(member("/a")).encode("utf-16"),
        within(member("/a", "<D:getetag>\xe9</D:getetag>")).encode("latin-1"),
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + within(member("/a")).encode(),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + within(member("/a", "<D:getetag>&e;</D:getetag>")).encode(),
        b"<!DOCTYPE x ["
        + b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
        + b'<!ENTITY l0 "ha">]>'
        + within(member("/a", "<D:getetag>&l9;</D:getetag>")).encode(),
        within(member("/a", f"<D:getetag>{'x' * 11_000_000}</D:getetag>")).encode(),
        ("<D:x xmlns:D='DAV:'>" * 5000).encode(),
    ],
)
def test_what_is_no_multistatus_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize("status", [200, 204, 201])
def test_another_status_is_no_multistatus(status: int) -> None:
    with pytest.raises(Malformed):
        list(Multistatus(Answer(status, XML, within(member("/a")).encode(), URL)))


@pytest.mark.parametrize(
    ("headers", "body"),
    [({"content-type": "text/html; charset=utf-8"}, b"<p>hello"), ({}, b"\n<!DOCTYPE HTML><p>"), ({}, b"<html>")],
)
def test_a_web_page_is_called_one(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Malformed, match="web page"):
        list(Multistatus(Answer(207, headers, body, URL)))


def test_nothing_is_fetched_and_no_file_is_read() -> None:
    outside = b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]><error xmlns="DAV:">&x;</error>'
    with pytest.raises(Malformed):
        tree(outside, dav("error"))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    for raw in (body, within(member("/a", "@")).encode().replace(b"@", body)):
        with suppress(Malformed):
            read(raw)


@given(st.lists(st.sampled_from([chr(n) for n in range(32)] + ["é", "&#7;", "&#x0b;", "&#13;", "&#x41;", "&amp;"])))
def test_control_characters_never_cost_an_answer(parts: list[str]) -> None:
    (found,) = read(within(member("/a", f"<D:getetag>x{''.join(parts)}x</D:getetag>")))
    assert found.path == "/a"


def test_what_is_no_control_character_stays() -> None:
    assert (
        without_controls(b"a\tb\nc\r&#9;&#10;&#13;&#xA;&#xD;&#32;&#127;")
        == b"a\tb\nc\r&#9;&#10;&#13;&#xA;&#xD;&#32;&#127;"
    )
    assert without_controls(b"\x00\x08\x0b\x1f&#0;&#00031;&#x1F;&#X;") == b"&#X;"


# --- bodies -----------------------------------------------------------------------------------------------


def test_the_bodies_that_are_sent() -> None:
    assert tree(propfind(dav("getetag")), dav("propfind")).findall(f"{dav('prop')}/{dav('getetag')}")
    report = tree(sync_collection("a<b", dav("getetag")), dav("sync-collection"))
    assert report.findtext(dav("sync-token")) == "a<b"
    assert report.find(dav("limit")) is None
    asked = tree(
        multiget(carddav("addressbook-multiget"), (dav("getetag"),), ("/a&b", "/ü")), carddav("addressbook-multiget")
    )
    assert [href.text for href in asked.findall(dav("href"))] == ["/a&b", "/ü"]


def test_the_path_of_a_url() -> None:
    assert path_of("https://dav.example.org") == "/"
    assert path_of("https://dav.example.org/a b?x#y") == "/a%20b"
