"""An address book on a server: 10,000 cards, 32 MB, from a Radicale on this machine.

Each number is that of a whole process, imports and all. The first reading is measured beside merely fetching the same
cards in the same batches with the same library, and beside vdirsyncer.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.address_book import write_address_book
from bench.command import kith, run

if TYPE_CHECKING:
    from kith.dav.account import DavAccount

_CARDS = 10_000
_RUNS = 3
_BOOK = "ana/book/"
_CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.home]
type = "dav"
url = "{url}"
username = "ana"
password_command = ["echo", "a password"]

[calendar]
account = "home"

[circles.friends]
every = "6w"
labels = ["climbing"]
"""
_KIB_IN_A_MIB = 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """What a process cost from its start to its end, and how often it asked."""

    seconds: float
    cpu: float
    mebibytes: float
    requests: int

    def __str__(self) -> str:
        cost = f"{self.seconds:6.2f} s  {self.mebibytes:6.1f} MiB in all  ({self.cpu:.2f} s of CPU)"
        return f"{cost}  {self.requests} requests"


def measure() -> list[tuple[str, str]]:
    """Fetch, read in, read again with nothing and with one card changed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with radicale(folder) as url:
            size = _fill(url, folder)
            fetched = _best("fetch", url)
            read = _best("read_in", url, fresh_store=folder)
            again = _best("read_in", url, str(folder / "store-0.sqlite3"))
            _ask("PUT", f"{url}{_BOOK}one-more.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:One\r\nEND:VCARD\r\n")
            one = _whole("read_in", url, str(folder / "store-0.sqlite3"))
            about = f"{_CARDS:,} cards, {size / 1e6:.0f} MB on a Radicale"
            return [
                (f"{about}: merely fetched", str(fetched)),
                (f"{about}: first reading", f"{read}  {read.seconds / fetched.seconds:.2f} × fetching"),
                (f"{about}: nothing changed", str(again)),
                (f"{about}: one card changed", str(one)),
                (f"{about}: vdirsyncer, first", _vdirsyncer(url, folder, fetched)),
                *_whole_passes(about, url, folder),
            ]


def _whole_passes(about: str, url: str, home: Path) -> Iterator[tuple[str, str]]:
    """`kith sync` with its contacts and its calendar on the server."""
    (home / "config.toml").write_text(_CONFIG.format(url=url), encoding="utf-8")
    yield f"{about}: kith sync, first", str(kith(home, "sync"))
    kith(home, "sync")  # the server has a new sync token for the events that were just written
    quiet = min((kith(home, "sync") for _ in range(_RUNS)), key=lambda whole: whole.cpu)
    yield f"{about}: kith sync, nothing changed", str(quiet)


def _best(what: str, *arguments: str, fresh_store: Path | None = None) -> Reading:
    """The fastest of a few processes."""
    found = []
    for number in range(_RUNS):
        more = () if fresh_store is None else (str(fresh_store / f"store-{number}.sqlite3"),)
        found.append(_whole(what, *arguments, *more))
    return min(found, key=lambda reading: reading.seconds)


def _whole(what: str, *arguments: str) -> Reading:
    command = (sys.executable, "-m", "bench.dav", what, *arguments)
    root = Path(__file__).parent.parent
    before = time.perf_counter()
    answer = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return Reading(seconds=time.perf_counter() - before, **json.loads(answer))


# --- what is measured, each in a process of its own -------------------------------------------------------


def fetch(url: str) -> int:
    """List the ETags and fetch every card, as raw answers; how many requests."""
    from kith.dav.answers import Multistatus
    from kith.dav.transport import Transport
    from kith.dav.xml import carddav, dav, multiget, propfind
    from kith.sources.carddav_fetch import BATCH

    transport = Transport(_account(url))
    book = url + _BOOK
    listed = transport.request("PROPFIND", book, body=propfind(dav("getetag")), depth="1")
    hrefs = [response.href for response in Multistatus(listed) if response.href.endswith(".vcf")]
    wanted = (dav("getetag"), carddav("address-data"))
    size = 0
    for start in range(0, len(hrefs), BATCH):
        body = multiget(carddav("addressbook-multiget"), wanted, tuple(hrefs[start : start + BATCH]))
        size += transport.request("REPORT", book, body=body, depth="0").body.count(b"END:VCARD")
    assert size == _CARDS
    return transport.requests


def read_in(url: str, store_path: str) -> int:
    """What a pass does with the account's cards; how many requests."""
    from kith.core.report import PassReport
    from kith.dav.transport import Transport
    from kith.sources.carddav import CardDav
    from kith.store.store import open_store
    from kith.sync.absorb import Absorber

    now = datetime.now(UTC)
    account = _account(url)
    transport = Transport(account)
    report = PassReport(started=now)
    with open_store(Path(store_path), now, lambda: "bench") as store:
        run = store.runs.begin(now)
        Absorber(store, CardDav(account, transport), run, now, lambda _: None).absorb(report, accept_removals=False)
    assert report.accounts[0].cards >= _CARDS
    transport.close()
    return transport.requests


def _account(url: str) -> DavAccount:
    from kith.core.model import AccountId
    from kith.dav.account import DavAccount

    return DavAccount(AccountId("bench"), url, "ana", "a password", timeout=120.0)


MEASURED: dict[str, Callable[..., int]] = {"fetch": fetch, "read_in": read_in}


def peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / _KIB_IN_A_MIB


# --- the server, and the other program --------------------------------------------------------------------


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = folder / "radicale.ini"
    storage = folder / "collections"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_content_length = 200000000\ntimeout = 600\n[auth]\ntype = none\n"
        f"[storage]\nfilesystem_folder = {storage}\n[logging]\nlevel = error\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(config)]) as process:
        try:
            url = f"http://127.0.0.1:{port}/"
            while process.poll() is None and not _answers(url):
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return _ask("OPTIONS", url) > 0
    except OSError:
        return False


def _fill(url: str, folder: Path) -> int:
    """Store all cards at once, and have the server make up its mind about its token; how many bytes."""
    cards = folder / "cards.vcf"
    size = write_address_book(cards, _CARDS, seed=1)
    assert _ask("PUT", url + _BOOK, cards.read_bytes()) == 201
    token = b'<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>'
    assert _ask("PROPFIND", url + _BOOK, token) == 207
    return size


def _ask(method: str, url: str, body: bytes = b"") -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    signed = "Basic " + b64encode(b"ana:a password").decode()
    kind = "application/xml" if method == "PROPFIND" else "text/vcard"
    try:
        headers = {"Authorization": signed, "Content-Type": kind, "Depth": "0"}
        connection.request(method, urlsplit(url).path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _vdirsyncer(url: str, folder: Path, fetched: Reading) -> str:
    command = shutil.which("vdirsyncer")
    if command is None:
        return "not installed"
    config = folder / "vdirsyncer.ini"
    config.write_text(
        f'[general]\nstatus_path = "{folder}/status/"\n'
        '[pair book]\na = "there"\nb = "here"\ncollections = ["book"]\n'
        f'[storage there]\ntype = "carddav"\nurl = "{url}"\nread_only = true\n'
        'username = "ana"\npassword = "a password"\n'
        f'[storage here]\ntype = "filesystem"\npath = "{folder}/vdir/"\nfileext = ".vcf"\n',
        encoding="utf-8",
    )
    (folder / "vdir" / "book").mkdir(parents=True)
    environment = {**os.environ, "VDIRSYNCER_CONFIG": str(config)}
    subprocess.run([command, "discover"], input="y\n" * 9, env=environment, text=True, check=True, capture_output=True)
    whole = run((command, "sync"), environment)
    return f"{whole}  {whole.seconds / fetched.seconds:.2f} × fetching"


if __name__ == "__main__":
    requests = MEASURED[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"cpu": time.process_time(), "mebibytes": peak(), "requests": requests}))
