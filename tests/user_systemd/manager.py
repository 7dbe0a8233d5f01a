"""A service manager of the user's, and a way to run commands beside it.

Where one runs already, commands are run as they are. Else a program is looked for that runs one for the time being,
with process numbers of its own: ``$KITH_USER_SYSTEMD COMMAND``, or one beside the checkout. It is given this file to
run, which then runs the commands that it is sent.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE = 60
_CANNOT = 77
_ROOT = Path(__file__).parents[2]
_NAMED = "KITH_USER_SYSTEMD"
_BESIDE = _ROOT.parent / "shared" / "tools" / "under-user-systemd"


class NoManager(Exception):
    """There is none, and none can be had; says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


class Manager:
    """Where commands are run. ``own`` tells one that was started for these tests, with ``home`` as its home folder."""

    def __init__(self, server: subprocess.Popen[str] | None, home: Path) -> None:
        self._server = server
        self.own = server is not None
        self.home = home

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> Done:
        """Run a command beside the manager, with more in its environment."""
        request = {"command": command, "env": dict(env or {})}
        if self._server is None:
            return Done(**_answer(request))
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return Done(**json.loads(self._server.stdout.readline()))


@contextmanager
def a_manager(home: Path) -> Iterator[Manager]:
    """A manager; one that is started for the occasion has ``home`` for a home folder. Raises NoManager."""
    if _NAMED not in os.environ and _one_runs():
        yield Manager(None, Path.home())
        return
    runner = os.environ.get(_NAMED) or shutil.which(str(_BESIDE))
    if not runner:
        raise NoManager(f"no systemd runs services for this user, and ${_NAMED} names no program that starts one")
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home)}
    environment["USER_SYSTEMD_LOG"] = str(home / "manager.log")
    server = subprocess.Popen(
        [runner, sys.executable, __file__],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        if server.stdout.readline() != "ready\n":
            raise NoManager(f"{runner} cannot start a systemd here (exit code {server.wait()})")
        yield Manager(server, home)


def _one_runs() -> bool:
    if shutil.which("systemctl") is None:
        return False
    return subprocess.run(["systemctl", "--user", "show"], capture_output=True, check=False).returncode == 0


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        request["command"],
        env={**os.environ, **request["env"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PATIENCE,
        check=False,
    )
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def _serve() -> None:
    with _what_a_whole_machine_has():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
            sys.stdout.flush()


@contextmanager
def _what_a_whole_machine_has() -> Iterator[None]:
    """Beside a manager that is on its own, make what the system's would have made, and take it away again.

    To shut a service in, systemd covers up the credentials of others with a folder that nobody may enter.
    """
    covers, credentials = Path("/run/systemd/inaccessible"), Path("/run/credentials")
    made = [folder for folder in (credentials, covers, covers / "dir") if not folder.exists()]
    for folder in made:
        folder.mkdir()
    (covers / "dir").chmod(0)
    try:
        yield
    finally:
        for folder in reversed(made):
            folder.rmdir()


if __name__ == "__main__":
    _serve()
