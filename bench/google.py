"""A Google account: 25,000 contacts from the tests' emulator on this machine, in a process of its own.

Each number is that of a whole process, imports and all: how long it took, how much of that was work and not waiting,
and its largest size. ``slow`` has the emulator wait before each answer, as a network does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.dav import Reading, peak

_CONTACTS = 25_000
_LABELS = 20
_ON_THE_WAY = 0.8
"""Seconds that Google may well take for a page of a thousand contacts."""
_ROOT = Path(__file__).parent.parent


def measure() -> list[tuple[str, str]]:
    """Read in, read in from far away, read again with nothing and with one contact changed, and a label renamed."""
    about = f"{_CONTACTS:,} contacts at Google"
    with TemporaryDirectory() as name, _emulator() as ask:
        folder = Path(name)
        rows = [("first reading", "one.sqlite3", "")]
        rows += [(f"first reading, {_ON_THE_WAY} s an answer", "far.sqlite3", "far")]
        rows += [("nothing changed", "one.sqlite3", "near"), ("one contact changed", "one.sqlite3", "change")]
        rows += [("a label called differently", "one.sqlite3", "rename")]
        found = []
        for what, store, before in rows:
            account = ask(before)
            found.append((f"{about}: {what}", str(_whole(account, folder / store))))
        return found


def _whole(account: str, store: Path) -> Reading:
    command = (sys.executable, "-m", "bench.google", "read", str(store))
    before = time.perf_counter()
    answer = subprocess.run(command, cwd=_ROOT, input=account, check=True, capture_output=True, text=True).stdout
    return Reading(seconds=time.perf_counter() - before, **json.loads(answer))


def read(account: dict[str, Any], store_path: str) -> int:
    """What a pass does with the account's contacts; how many requests."""
    from kith.core.model import AccountId
    from kith.core.report import PassReport
    from kith.google.account import Endpoints, GoogleAccount
    from kith.google.client import Client
    from kith.google.grant import Grant
    from kith.sources.google import GoogleContacts
    from kith.store.store import open_store
    from kith.sync.absorb import Absorber, meet

    now = datetime.now(UTC)
    grant = Grant.read(json.dumps(account["grant"]))
    client = Client(GoogleAccount(AccountId("bench"), grant, Endpoints(**account["endpoints"])))
    report = PassReport(started=now)
    with open_store(Path(store_path), now, lambda: "bench") as store:
        run = store.runs.begin(now)
        Absorber(store, GoogleContacts(client), run, now, lambda _: None).absorb(report, accept_removals=False)
        meet(store, lambda: "another", now)
    assert report.accounts[0].cards == _CONTACTS
    client.close()
    return client.requests


# --- the emulator, in a process of its own ------------------------------------------------------------------


@contextmanager
def _emulator() -> Iterator[Any]:
    """Something that changes the account as told, and says how to sign in to it."""
    command = [sys.executable, "-m", "bench.google", "serve"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        orders, answers = process.stdin, process.stdout

        def ask(what: str) -> str:
            print(what, file=orders, flush=True)
            return answers.readline()

        try:
            yield ask
        finally:
            orders.close()
            process.wait()


def serve() -> None:
    """Do what standard input says, line by line; answer each with how to sign in."""
    sys.path.insert(0, str(_ROOT / "tests"))
    from fakes.google.people import People, contact
    from fakes.google.server import Google
    from kith.google.scopes import CONTACTS

    people = People()
    labels = [people.add_group(f"Label {number}") for number in range(_LABELS)]

    def person(number: int, name: str) -> dict[str, Any]:
        phone = f"+3519{number:08}"
        return contact(
            name,
            labels[number % _LABELS],
            email=f"somebody.{number}@example.org",
            phoneNumbers=[{"value": phone, "canonicalForm": phone, "type": "mobile"}],
            addresses=[{"type": "home", "city": "Lisbon", "country": "Portugal", "streetAddress": "Rua Nova 1"}],
            organizations=[{"name": "Somewhere Ltd", "title": "Something"}],
            birthdays=[{"date": {"month": number % 12 + 1, "day": number % 28 + 1}}],
        )

    people.fill((f"id{number}", person(number, f"Somebody No{number}")) for number in range(_CONTACTS))
    with Google(people) as google:
        scopes = (CONTACTS,)
        account = {"grant": json.loads(google.tokens.authorized_user(scopes)), "endpoints": google.endpoints}
        for line in sys.stdin:
            google.faults.clear()
            match line.strip():
                case "far":
                    google.fail("slow", "people", times=1000, seconds=_ON_THE_WAY)
                case "change":
                    people.put("id7", person(7, "Somebody Else"))
                case "rename":
                    people.rename_group(labels[3], "Choir")
            print(json.dumps(account), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        requests = read(json.loads(sys.stdin.read()), sys.argv[2])
        print(json.dumps({"cpu": time.process_time(), "mebibytes": peak(), "requests": requests}))
