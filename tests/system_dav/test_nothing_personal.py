"""A whole life as a service leads it, with failures of every kind: no name, note or secret is in its log.

Nor in an argument of a process, which everybody on the machine can read.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from kith.demo.dav import CalendarStorage, DemoServer
from kith.demo.phone import Phone
from system_dav.running import PLANTED, Home, Run

EXIT_STORE = 74
NOTE = "a-note-that-was-planted"
FACT = "a-fact-that-was-planted"
CIRCLES = '[circles.inner]\nevery = "2w"\nlabels = ["Family", "Close friends"]\n'
ARGUMENTS = """#!/bin/sh
# Its own arguments, and those of the process that started it.
{ cat /proc/$$/cmdline; echo; cat /proc/$PPID/cmdline; echo; } | tr '\\0' ' ' >> "$HOME/arguments"
"""


def names() -> set[str]:
    """Every part of a name in the sample address book."""
    sample = files("kith.demo").joinpath("sample.vcf").read_text("utf-8")
    whole = re.findall(r"^FN:(.*)$", sample, re.MULTILINE)
    return {part for name in whole for part in re.findall(r"\w{4,}", name)}


def script(home: Home, name: str, more: str) -> Path:
    path = home.folder / name
    path.write_text(ARGUMENTS + more)
    path.chmod(0o700)
    return path


def config(home: Home, server: DemoServer, more: str = "") -> str:
    password = script(home, "password-of-mine", f"cat '{home.folder}/password'\n")
    notify = script(home, "tell", 'cat >> "$HOME/told"\n')
    return (
        f'timezone = "Europe/Lisbon"\n[accounts.home]\ntype = "dav"\nurl = "{server.url}"\nusername = "{server.user}"\n'
        f'password_command = ["{password}"]\n[notify]\ncommand = ["{notify}"]\n{CIRCLES}{more}'
    )


class Service:
    """Scheduled passes, and everything they said. ``verbose`` ones are held against secrets and notes only."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.log: list[str] = []

    def a_pass(self, *, exits: int = 0) -> Run:
        done = self._home.kith("sync", "--scheduled")
        assert done.code == exits, done.said
        self.log.append(done.said)
        if exits != EXIT_STORE:
            self.log.append(self._status())
        return done

    def _status(self) -> str:
        """What systemd shows: how things stand, as the pass left it in the store for the daemon."""
        store = self._home.secrets.parent / "kith.sqlite3"
        with closing(sqlite3.connect(store)) as database:
            (summary,) = database.execute("SELECT summary FROM next_pass").fetchone()
        return str(summary)


@contextmanager
def wrong_password(home: Home) -> Iterator[None]:
    (home.folder / "password").write_text(f"{PLANTED}-but-wrong\n")
    yield
    (home.folder / "password").write_text(f"{PLANTED}\n")


def test_a_full_run_with_failures(home: Home, server: DemoServer) -> None:
    good = config(home, server)
    home.write(good)
    service, phone = Service(home), Phone(CalendarStorage(server))
    (home.folder / "password").write_text(f"{PLANTED}\n")

    service.a_pass()
    somebody = str(json.loads(home.kith("people", "--json").out)[0]["name"])
    home.kith("log", somebody, NOTE)
    home.kith("add", "Zebedeu Plantado", "--met", FACT, "--circle", "inner", "--in", "1d")
    phone.tick(phone.entries()[0])
    service.a_pass()

    with wrong_password(home):
        heard = service.a_pass(exits=77)
        assert "problem: home: SignInNeeded" in heard.err
        assert service.a_pass(exits=77).err == ""
    assert "home needs a sign-in: see `kith status`" in service.log[-1]
    assert "mended: home: SignInNeeded" in home.kith("sync", "--scheduled", "--retry").err

    home.write(good + f'[people."{somebody}"]\ncircle = "{NOTE}"\n')
    assert "problem: the config is broken (line " in service.a_pass(exits=78).err
    home.write(good.replace(server.url, "http://127.0.0.1:9/"))
    service.a_pass(exits=69)
    home.write(good)
    store = home.secrets.parent / "kith.sqlite3"
    kept = store.rename(store.with_name("kept"))
    store.write_bytes(b"what is this" * 1000)
    assert "problem: kith's store" in service.a_pass(exits=74).err
    store.unlink()
    kept.rename(store)
    service.a_pass()

    arguments = (home.folder / "arguments").read_text()
    assert "sync --scheduled" in arguments
    told = (home.folder / "told").read_text()
    assert told.startswith("kith cannot sign in to “home”\n")
    for text in ("\n".join(service.log), arguments, told):
        for planted in (*names(), somebody, "Zebedeu", "Plantado", NOTE, FACT, PLANTED):
            assert planted not in text, planted

    verbose = home.kith("--verbose", "sync", "--scheduled")
    assert "PROPFIND http://127.0.0.1:" in verbose.err
    assert "the password of account home comes from `password-of-mine`" in verbose.err
    for planted in (NOTE, FACT, PLANTED):
        assert planted not in verbose.said
