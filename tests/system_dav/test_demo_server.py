"""``kith demo``, on a server and on plain files: it tells its story, and takes its server along."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from system_dav.running import Home


@pytest.mark.parametrize("options", [(), ("--folder",)])
def test_the_whole_circle(home: Home, options: tuple[str, ...]) -> None:
    done = home.kith("demo", *options)

    assert done.code == 0, done.said
    for words in (
        "talked on",
        "snoozed until then",
        "no answer",
        "a note in preparation",
        "deleted: this round is skipped",
    ):
        assert words in done.out
    assert "Nothing was written." in done.out
    assert "kith init" in done.out
    assert list(home.folder.iterdir()) == []
    address = re.search(r"http://127\.0\.0\.1:(\d+)/", done.out)
    assert bool(address) == (not options)
    if address:
        assert not _answers(int(address[1]))


def test_what_is_kept_can_be_looked_at(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    assert home.kith("demo", "--folder", "--keep", str(kept)).code == 0

    people = home.kith("--config", str(kept / "config.toml"), "people", XDG_STATE_HOME=str(kept / "state"))
    assert people.code == 0, people.said
    assert "36 of 40 people" in people.out


def test_a_server_that_stays_up_works_with_kith_and_ends_when_told(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    command = [sys.executable, "-m", "kith", "demo", "--serve", "--keep", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=home.environment()) as running:
        assert running.stdout is not None
        told = []
        for line in running.stdout:
            told.append(line)
            if " sync" in line:
                break
        try:
            port = re.search(r"address    http://127\.0\.0\.1:(\d+)/", "".join(told))
            assert port is not None, told
            synced = home.kith("--config", str(kept / "config.toml"), "sync", XDG_STATE_HOME=str(kept / "state"))
            assert synced.code == 0, synced.said
            password = re.search(r"password   (\S+)", "".join(told))
            assert password is not None
            assert (kept / "password").read_text().strip() == password[1]
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 143
        assert not _answers(int(port[1]))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
