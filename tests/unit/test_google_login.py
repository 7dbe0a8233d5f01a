"""What is asked of Google and what is taken for a sign-in or a client; and the sign-in by browser, without kith."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.google.server import Google
from fakes.google.token import CLIENT_ID, CLIENT_SECRET
from fakes.google.wire import Answer
from kith.accounts.google_login import from_file, wanted
from kith.config.load import parse
from kith.errors import AccountError, SignInNeeded, UsageError
from kith.google.account import Endpoints
from kith.google.grant import Grant
from kith.google.scopes import CALENDAR_LIST, CONTACTS, EVENTS, OWN_CALENDARS, OWNED_EVENTS, missing
from kith.google.sign_in import OAuthClient, ask_user

G = 'timezone = "UTC"\n[accounts.g]\ntype = "google"\n'
DISK = '[accounts.disk]\ntype = "folder"\ncalendar = "calendar"\n[calendar]\naccount = "disk"\n'
ANOTHER = '[accounts.h]\ntype = "google"\n[calendar]\naccount = "h"\n'


@pytest.mark.parametrize(
    ("config", "scopes"),
    [
        (G, (CONTACTS, CALENDAR_LIST, OWN_CALENDARS)),
        (G + "contacts = false\n", (CALENDAR_LIST, OWN_CALENDARS)),
        (G + DISK, (CONTACTS,)),
        (G + ANOTHER, (CONTACTS,)),
        (G + "existing_calendar = true\n", (CONTACTS, CALENDAR_LIST, EVENTS)),
        (G + '[calendar]\nname = "primary"\n', (CONTACTS, CALENDAR_LIST, OWNED_EVENTS)),
    ],
)
def test_it_asks_for_what_the_config_needs(config: str, scopes: tuple[str, ...]) -> None:
    assert wanted(parse(config, file="config.toml", base=Path("/")), "g") == scopes


def test_wider_rights_contain_the_narrow_ones() -> None:
    everything = ("https://www.googleapis.com/auth/calendar", "https://www.googleapis.com/auth/contacts")
    assert missing((CONTACTS, CALENDAR_LIST, OWN_CALENDARS, EVENTS, OWNED_EVENTS), everything) == ()
    assert missing((EVENTS, CONTACTS), (OWNED_EVENTS, CONTACTS)) == (EVENTS,)


def test_a_grant_reads_what_it_writes() -> None:
    grant = Grant("id", "secret", "token“", ("a", "b"))
    assert Grant.read(grant.written()) == grant
    assert grant.written().isprintable()
    assert grant.written().isascii()
    assert "secret" not in repr(grant)
    assert "token" not in repr(grant).replace("refresh_token", "")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"installed": {}}', '{"type": "service_account"}', "\udcff", '{"client_id": 7}']
)
def test_files_that_are_no_sign_in(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UsageError, match="is no sign-in at Google"):
        from_file(path)


@pytest.mark.parametrize(
    ("text", "words"), [("{}", "desktop app"), ("[]", "desktop app"), ("no", "not JSON"), ('{"web": {}}', "web sites")]
)
def test_files_that_are_no_client(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "client.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=words) as raised:
        OAuthClient.read(path)
    assert "docs/google.md" in raised.value.hint


def test_a_client_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        OAuthClient.read(tmp_path / "client.json")


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as running:
        yield running


def ask(google: Google, *, limit: float = 30.0) -> Grant:
    """Sign in, with a browser in another thread."""

    def open_page(address: str, port: int) -> None:
        browsers.append(threading.Thread(target=lambda: urllib.request.urlopen(address, timeout=30).close()))
        browsers[-1].start()

    browsers: list[threading.Thread] = []
    client = OAuthClient(CLIENT_ID, CLIENT_SECRET)
    try:
        return ask_user(client, Endpoints(**google.endpoints), (CONTACTS,), port=0, show=open_page, limit=limit)
    finally:
        for browser in browsers:
            browser.join()


def test_by_browser(google: Google) -> None:
    grant = ask(google)
    assert google.tokens.given[grant.refresh_token].scopes == (CONTACTS,)
    assert grant.scopes == (CONTACTS,)


def test_nobody_comes_back(google: Google) -> None:
    client = OAuthClient(CLIENT_ID, CLIENT_SECRET)
    with pytest.raises(SignInNeeded, match="nobody agreed within 0 seconds"):
        ask_user(client, Endpoints(**google.endpoints), (CONTACTS,), port=0, show=lambda *_: None, limit=0.0)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {"error": "invalid_grant"}),
        Answer(401, {"error": "invalid_client"}),
        Answer(200, {"access_token": "x", "token_type": "Bearer", "expires_in": 3599}),
        Answer(200, b"<html>sign in</html>"),
        Answer(503, b""),
    ],
)
def test_a_token_endpoint_that_gives_nothing(google: Google, answer: Answer) -> None:
    google.fail("answer", "token", answer=answer)
    with pytest.raises(AccountError):
        ask(google)
