"""Real DAV servers as processes of their own, on free loopback ports; never one that runs already.

Radicale takes any user name and gives each a home of its own. Xandikos has one user.
"""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_STARTS_WITHIN = 30.0
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. ``home`` is where one user's calendars are made, with ``{user}`` for the name."""

    name: str
    url: str
    home: str
    one_user: str | None = None
    log: Path = field(default_factory=Path)

    def new_user(self) -> str:
        """Somebody who has nothing there yet, where the server has more than one user."""
        return self.one_user or f"ana{next(_numbers)}"

    def home_of(self, user: str) -> str:
        """The address under which the user's calendars are made."""
        return self.url + self.home.format(user=user)


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    """A Radicale that believes everybody to be who they say they are."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    config = folder / "radicale.ini"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_connections = 20\n"
        "[auth]\ntype = none\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n"
        "[logging]\nlevel = warning\n"
    )
    with _process([sys.executable, "-m", "radicale", "--config", str(config)], port, folder / "radicale.log"):
        yield Server("radicale", f"http://127.0.0.1:{port}/", "{user}/", log=folder / "radicale.log")


@contextmanager
def xandikos(folder: Path) -> Iterator[Server]:
    """A Xandikos for one user, without a password."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command = [
        *(sys.executable, "-m", "xandikos", "serve", "--no-detect-systemd"),
        *("--directory", str(folder / "store"), "--state-dir", str(folder / "state")),
        *("--listen-address", "127.0.0.1", "--port", str(port)),
        *("--current-user-principal", "/ana/", "--defaults"),
    ]
    with _process(command, port, folder / "xandikos.log"):
        yield Server("xandikos", f"http://127.0.0.1:{port}/", "{user}/calendars/", "ana", log=folder / "xandikos.log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait_for(process, port, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
