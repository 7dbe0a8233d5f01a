"""One request and its answer: what is kept, what is refused, what is asked twice, and where a password goes."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import hostile_dav as dav
from fakes.hostile_dav import HostileDav, Reply, Request
from kith.core.model import AccountId
from kith.dav import transport as rooms
from kith.dav.account import DavAccount
from kith.dav.digest import Challenge, authorization, schemes
from kith.dav.transport import Transport
from kith.errors import AccountError, Denied, Malformed, SignInNeeded, Transient

SECRET = "correct horse"
BODY = b'<propfind xmlns="DAV:"><allprop/></propfind>'


@pytest.fixture
def server() -> Iterator[HostileDav]:
    with dav.running() as running:
        running.put("ana", "Ana Silva")
        yield running


class Sleeps(list[float]):
    """Notes how long would have been slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
def transport(server: HostileDav, sleeps: Sleeps) -> Iterator[Transport]:
    made = Transport(account(server.url), sleep=sleeps)
    yield made
    made.close()


def account(url: str) -> DavAccount:
    return DavAccount(AccountId("home"), url, "ana", SECRET, timeout=2.0)


def test_a_request_arrives_as_it_was_sent(server: HostileDav, transport: Transport) -> None:
    answer = transport.request("PROPFIND", server.url, body=BODY, depth="0", headers={"X-Test": "1"})
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.body) == ("PROPFIND", "/", BODY)
    assert seen.headers["depth"] == "0"
    assert seen.headers["content-type"].startswith("application/xml")
    assert seen.headers["x-test"] == "1"
    assert seen.headers["user-agent"].startswith("kith/")
    assert seen.user == f"ana:{SECRET}"
    assert (answer.status, answer.url) == (207, server.url)
    assert answer.headers["content-type"].startswith("application/xml")


def test_one_connection_serves_many_requests(server: HostileDav, transport: Transport) -> None:
    for _ in range(5):
        transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert transport.requests == 5
    transport.close()
    transport.request("PROPFIND", server.url, body=BODY, depth="0")


def test_a_compressed_answer_is_read(server: HostileDav, transport: Transport) -> None:
    server.quirks.append(dav.compresses)
    assert b"multistatus" in transport.request("PROPFIND", server.url, body=BODY, depth="0").body


def test_statuses_that_are_asked_for_are_no_errors(server: HostileDav, transport: Transport) -> None:
    assert transport.request("GET", server.url + "nothing", ok=(200, 404)).status == 404
    with pytest.raises(Denied):
        transport.request("GET", server.url + "nothing")


# --- asking again -----------------------------------------------------------------------------------------


def test_a_read_is_repeated_until_it_works(server: HostileDav, transport: Transport, sleeps: Sleeps) -> None:
    server.quirks.append(dav.hangs_up_after(10, times=2))
    transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert len(server.seen) == 3
    assert 0.2 < sleeps[0] < 0.8 < sleeps[1] < 3.1


def test_a_read_is_not_repeated_for_ever(server: HostileDav, transport: Transport) -> None:
    server.quirks.append(dav.hangs_up_after(10, times=99))
    with pytest.raises(Transient, match="broke off"):
        transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert len(server.seen) == 3


@pytest.mark.parametrize("method", ["PUT", "DELETE", "MKCOL"])
def test_a_write_is_never_repeated(server: HostileDav, transport: Transport, sleeps: Sleeps, method: str) -> None:
    server.quirks.append(lambda *_: Reply(503))
    with pytest.raises(Transient):
        transport.request(method, server.url + "x", body=b"x")
    assert len(server.seen) == 1
    assert not sleeps


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412])
def test_a_refusal_is_not_asked_for_twice(server: HostileDav, transport: Transport, status: int) -> None:
    server.quirks.append(lambda *_: Reply(status))
    with pytest.raises(AccountError):
        transport.request("PROPFIND", server.url)
    assert len(server.seen) == 1


def test_a_short_retry_after_is_waited_for(server: HostileDav, transport: Transport, sleeps: Sleeps) -> None:
    server.quirks.append(dav.asks_to_wait("3"))
    transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert sleeps == [3.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_is_the_callers_to_wait_for(
    server: HostileDav, transport: Transport, sleeps: Sleeps, status: int
) -> None:
    server.quirks.append(dav.asks_to_wait("120", status))
    with pytest.raises(Transient) as caught:
        transport.request("PROPFIND", server.url)
    assert caught.value.retry_after == 120.0
    assert len(server.seen) == 1
    assert not sleeps


def test_a_server_that_says_nothing_costs_one_time_limit(sleeps: Sleeps) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = Transport(replace(account(f"http://127.0.0.1:{silent.getsockname()[1]}/"), timeout=0.3), sleep=sleeps)
        before = time.monotonic()
        with pytest.raises(Transient, match="in time"):
            slow.request("PROPFIND", slow.account.url)
        assert time.monotonic() - before < 1.5
        slow.close()


def test_an_answer_that_comes_byte_by_byte_is_given_up(server: HostileDav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_SLOWEST", 1)
    server.quirks.append(dav.drips)
    slow = Transport(replace(account(server.url), timeout=0.5), sleep=lambda _: None)
    before = time.monotonic()
    with pytest.raises(Transient, match="too slowly"):
        slow.request("PROPFIND", server.url, body=BODY, depth="0")
    assert time.monotonic() - before < 6
    slow.close()


def test_nobody_there_is_transient(sleeps: Sleeps) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    nobody = Transport(account(f"http://127.0.0.1:{port}/"), sleep=sleeps)
    with pytest.raises(Transient, match="no connection"):
        nobody.request("PROPFIND", nobody.account.url)
    assert len(sleeps) == 2


def test_an_answer_has_a_largest_size_also_when_it_is_packed(server: HostileDav, transport: Transport) -> None:
    server.put("large", "Large", more=f"NOTE:{'x' * 2_000_000}\r\n")
    server.quirks.append(dav.compresses)
    with pytest.raises(Malformed, match="more than"):
        transport.request("GET", server.url + "books/contacts/large.vcf", largest=1024 * 1024)
    assert transport.request("GET", server.url + "books/contacts/ana.vcf", largest=1024 * 1024).status == 200


OK = b"HTTP/1.1 207 Multi-Status\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"220 smtp.example.org ready\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 99999 Hello\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        OK + b"Content-Length: 10\r\n\r\nabc",
        OK + b"Content-Length: -1\r\n\r\nabc",
        OK + b"Content-Length: abc\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        OK + b"Content-Encoding: deflate\r\nContent-Length: 3\r\n\r\nabc",
        OK + b"no colon here\r\nContent-Length: 0\r\n\r\n",
        OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        OK + b"X: 1\r\n" * 5000 + b"\r\n",
        OK + b"\xff\xfe: \xff\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    ],
)
def test_whatever_is_answered_it_is_an_answer_or_one_of_our_errors(raw: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer_all, args=(listening, raw), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        one = Transport(replace(account(url), timeout=0.5), sleep=lambda _: None)
        with suppress(AccountError):
            one.request("PROPFIND", url, body=BODY)
        one.close()
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def answer_all(listening: socket.socket, raw: bytes) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            try:
                connection.recv(65536)
                connection.sendall(raw)
            except OSError:
                continue


# --- elsewhere --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_keeps_the_method_and_the_body(server: HostileDav, transport: Transport, status: int) -> None:
    server.quirks.append(dav.redirects("/old/", "/", status))
    answer = transport.request("PROPFIND", server.url + "old/", body=BODY, depth="0")
    assert answer.url == server.url
    first, second = server.seen
    assert (second.method, second.body, second.headers["depth"]) == (first.method, first.body, "0")
    assert second.user == f"ana:{SECRET}"


def test_redirects_in_a_circle_end(server: HostileDav, transport: Transport) -> None:
    server.quirks.append(dav.redirects("/old/", "/old/"))
    with pytest.raises(Denied, match="redirects"):
        transport.request("PROPFIND", server.url + "old/", body=BODY)


def test_another_host_does_not_get_the_password(server: HostileDav, transport: Transport) -> None:
    with dav.running() as stranger:
        stranger.password = SECRET
        server.quirks.append(dav.redirects("/old/", stranger.url, 302))
        with pytest.raises(Denied, match="no password was sent"):
            transport.request("PROPFIND", server.url + "old/", body=BODY)
        assert [request.headers.get("authorization") for request in stranger.seen] == [None]


def test_what_another_host_gives_to_everybody_is_taken(server: HostileDav, transport: Transport) -> None:
    with dav.running() as stranger:
        server.quirks.append(dav.redirects("/old/", stranger.url, 302))
        assert transport.request("PROPFIND", server.url + "old/", body=BODY, depth="0").url == stranger.url
        assert [request.headers.get("authorization") for request in stranger.seen] == [None]


@pytest.mark.parametrize(
    "target", ["http://dav.example.org/", "ftp://127.0.0.1/", "//dav.example.org/", "http://[bad/"]
)
def test_a_redirect_to_where_others_can_listen_is_not_followed(
    server: HostileDav, transport: Transport, target: str
) -> None:
    server.quirks.append(dav.redirects("/old/", target))
    with pytest.raises(Denied):
        transport.request("PROPFIND", server.url + "old/", body=BODY)


def test_without_encryption_nothing_is_sent_beyond_this_machine() -> None:
    plain = Transport(account("http://dav.example.org/"))
    with pytest.raises(Denied, match="not encrypted"):
        plain.request("PROPFIND", plain.account.url)
    assert plain.requests == 0


# --- the environment, and secrets -------------------------------------------------------------------------


def test_what_the_environment_says_does_not_count(
    server: HostileDav, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert server.seen[0].user == f"ana:{SECRET}"
    nobody = Transport(replace(account(server.url), username=""))
    nobody.request("PROPFIND", server.url, body=BODY, depth="0")
    assert "authorization" not in server.seen[1].headers
    nobody.close()


def test_a_proxy_is_used_where_the_config_names_one(server: HostileDav, monkeypatch: pytest.MonkeyPatch) -> None:
    through = Transport(replace(account("http://localhost:1/"), proxy=server.url))
    assert through.request("PROPFIND", "http://localhost:1/", ok=(404,)).status == 404
    assert server.seen[-1].path == "http://localhost:1/"
    through.close()
    monkeypatch.setenv("http_proxy", server.url)
    by_environment = Transport(replace(account("http://localhost:1/"), proxy="env"))
    assert by_environment.request("PROPFIND", "http://localhost:1/", ok=(404,)).status == 404
    by_environment.close()


def test_no_secret_stands_in_an_error_or_a_repr(server: HostileDav, sleeps: Sleeps) -> None:
    url = server.url.replace("http://", f"http://ana:{SECRET.replace(' ', '%20')}@")
    proxy = "http://somebody:anything@127.0.0.1:1/"
    for quirk in (dav.captive_portal, dav.hangs_up_after(5, 99), lambda *_: Reply(401), lambda *_: Reply(500)):
        server.quirks[:] = [quirk]
        for one in (account(url), replace(account(url), proxy=proxy)):
            transport = Transport(one, sleep=sleeps)
            with pytest.raises(AccountError) as caught:
                transport.request("PROPFIND", url, ok=(207,))
            said = f"{caught.value} {caught.value.hint} {one!r} {caught.value.__cause__}"
            assert "horse" not in said
            assert "anything" not in said
            transport.close()
    assert all("horse" not in request.path for request in server.seen)


# --- encryption -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of its own for this machine, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
    try:
        subprocess.run([*command, "-keyout", folder / "key", "-out", folder / "ca"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return folder / "ca", folder / "key"


@pytest.fixture
def encrypted(certificate: tuple[Path, Path]) -> Iterator[str]:
    """The address of a server with that certificate, which asks for one in return."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.load_verify_locations(certificate[0])
    context.verify_mode = ssl.CERT_OPTIONAL
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)

    def serve() -> None:
        while True:
            try:
                with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                    connection.recv(65536)
                    shown = b"somebody" if connection.getpeercert() else b"nobody"
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(shown)
                    )
                    connection.sendall(shown)
            except ssl.SSLError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{listening.getsockname()[1]}/"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def test_a_certificate_nobody_vouches_for_is_refused(encrypted: str) -> None:
    careful = Transport(account(encrypted), sleep=lambda _: None)
    with pytest.raises(Denied, match="certificate of localhost") as caught:
        careful.request("GET", encrypted)
    assert "ca_file" in caught.value.hint
    careful.close()


def test_a_certificate_of_ones_own_is_trusted_if_the_config_says_so(
    encrypted: str, certificate: tuple[Path, Path]
) -> None:
    trusting = Transport(replace(account(encrypted), ca_file=certificate[0]))
    assert trusting.request("GET", encrypted).body == b"nobody"
    trusting.close()


def test_a_client_certificate_is_shown(encrypted: str, certificate: tuple[Path, Path]) -> None:
    known = Transport(
        replace(account(encrypted), ca_file=certificate[0], client_cert=certificate[0], client_key=certificate[1])
    )
    assert known.request("GET", encrypted).body == b"somebody"
    known.close()


def test_a_certificate_file_that_is_not_there_is_said(encrypted: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    for one in (replace(account(encrypted), ca_file=missing), replace(account(encrypted), client_cert=missing)):
        lost = Transport(one, sleep=lambda _: None)
        with pytest.raises(AccountError):
            lost.request("GET", encrypted)
        lost.close()


# --- digest -----------------------------------------------------------------------------------------------

RFC_7616 = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize("algorithm", RFC_7616)
def test_a_digest_is_that_of_the_rfc(algorithm: str) -> None:
    challenge = Challenge(
        "http-auth@example.org",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm,
        "auth",
        "FQhe/qaU925kfnzjCev0",
    )
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    header = authorization(challenge, "Mufasa", "Circle of Life", "GET", "/dir/index.html", count=1, cnonce=cnonce)
    ((scheme, values),) = schemes(header)
    assert scheme == "digest"
    assert values["response"] == RFC_7616[algorithm]
    assert values["nc"] == "00000001"
    assert values["opaque"] == challenge.opaque


def test_a_server_that_wants_a_digest_gets_one_and_the_password_only_once(
    server: HostileDav, transport: Transport
) -> None:
    expected: list[str] = []

    def digest(_: HostileDav, request: Request, reply: Reply) -> Reply:
        header = request.headers.get("authorization", "")
        if header.startswith("Digest"):
            ((_scheme, values),) = schemes(header)
            challenge = Challenge("here", "n1", "SHA-256", "auth")
            count, cnonce = int(values["nc"], 16), values["cnonce"]
            expected.append(header)
            if header == authorization(
                challenge, "ana", SECRET, request.method, request.path, count=count, cnonce=cnonce
            ):
                return reply
        wanted = 'Digest realm="here", nonce="n1", algorithm=MD5, qop="auth", Digest realm="here", nonce="n1", '
        return Reply(401, headers={"WWW-Authenticate": wanted + 'algorithm=SHA-256, qop="auth,auth-int"'})

    server.quirks.append(digest)
    for _ in range(3):
        transport.request("PROPFIND", server.url, body=BODY, depth="0")
    assert [request.user is None for request in server.seen] == [False, True, True, True]
    assert ["nc=0000000" + str(n) in header for n, header in enumerate(expected, start=1)] == [True] * 3
    wrong = Transport(replace(account(server.url), password="wrong"))
    server.seen.clear()
    with pytest.raises(SignInNeeded):
        wrong.request("PROPFIND", server.url, body=BODY, depth="0")
    assert len(server.seen) == 2
    wrong.close()
