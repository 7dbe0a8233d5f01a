"""kith as a process for each command, without paying for its imports each time, and with a pretended clock.

Started as a program, this room imports the command line once, and forks for each command that it is asked to run: the
child has its own environment, folder, output and exit code, like one started from a shell. :class:`Warm` is the other
end. What belongs to the start of a process itself is tested with a real one (:meth:`system.home.Home.run`).
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

_PATIENCE = 60
_ROOMS = (
    "kith.app",
    "kith.calendars.rehearsed",
    "kith.cli.main",
    "kith.config.edit",
    "kith.sources.vcard_folder",
    "kith.sync.strangers",
    "kith.sync.vanished",
)
"""What commands import, some of it late."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Warm(AbstractContextManager["Warm"]):
    """The process that forks for each command; ``rooms`` are more of kith's modules to import once."""

    def __init__(self, *rooms: str) -> None:
        self._server = subprocess.Popen(
            [sys.executable, __file__, *rooms],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            text=True,
        )

    def run(self, arguments: Sequence[str], *, now: datetime, env: Mapping[str, str], folder: Path) -> Result:
        """Run ``kith ARGUMENTS``."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        request = {"arguments": arguments, "now": now.isoformat(), "env": env, "folder": str(folder)}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return Result(**json.loads(self._server.stdout.readline()))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()


def _serve() -> None:
    from kith.cli.verbs import VERBS

    verbs = (f"kith.cli.{verb.module or verb.name}" for verb in VERBS)
    for name in (*_ROOMS, *verbs, *sys.argv[1:]):
        importlib.import_module(name)
    for line in sys.stdin:
        request = json.loads(line)
        out, err = os.memfd_create("out"), os.memfd_create("err")
        child = os.fork()
        if not child:
            _become(request, out, err)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(json.dumps({"code": code, "out": _contents(out), "err": _contents(err)}) + "\n")
        sys.stdout.flush()


def _become(request: dict[str, Any], out: int, err: int) -> NoReturn:
    """Be the command, and leave with its exit code."""
    from kith import app
    from kith.cli.main import run

    signal.alarm(_PATIENCE)
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    moment = datetime.fromisoformat(request["now"])
    app.open_app = functools.partial(app.open_app, clock=lambda: moment)
    code = 1
    try:
        run(request["arguments"])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter itself would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _contents(descriptor: int) -> str:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return file.read().decode()


if __name__ == "__main__":
    _serve()
