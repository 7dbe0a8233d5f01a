"""What ``kith check`` says of a server's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import hostile_dav as dav
from fakes.hostile_dav import HostileDav
from kith.accounts.base import Finding
from kith.accounts.server import Server
from kith.config.accounts import ServerAccount
from kith.secrets import Vault
from kith.store.store import open_store


@pytest.fixture
def server() -> Iterator[HostileDav]:
    with dav.running() as running:
        yield running


def clock(server: HostileDav, folder: Path) -> list[Finding]:
    table = ServerAccount(type="dav", url=server.url, username="ana")
    account = Server("home", table, Vault(folder, {"home": "a password"}), "Keep in touch", UTC)
    now = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    with open_store(folder / "kith.sqlite3", now, lambda: "here") as store:
        found = list(account.inspect(store, now, carries_events=False))
    account.close()
    return [finding for finding in found if finding.subject == "clock"]


def test_a_clock_that_agrees_is_well(server: HostileDav, tmp_path: Path) -> None:
    (finding,) = clock(server, tmp_path)
    assert (finding.level, finding.message) == ("ok", "agrees with the server of accounts.home")


@pytest.mark.parametrize(("ahead", "words"), [(600.0, "minutes behind the"), (-86400.0, "minutes ahead of the")])
def test_one_that_does_not_is_a_warning(server: HostileDav, tmp_path: Path, ahead: float, words: str) -> None:
    server.clock_ahead = ahead
    (finding,) = clock(server, tmp_path)
    assert finding.level == "warning"
    assert words in finding.message
    assert "timedatectl" in finding.mend
