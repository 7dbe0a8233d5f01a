"""``kith`` as a process of its own, in a home of its own, with or without somebody at a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PLANTED = "hunter2-planted"
"""The password in these tests: to be found where it belongs, and nowhere else."""

_KITH = [sys.executable, "-m", "kith"]
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ANSWERS_WITHIN = 60.0
_QUIET = 0.15


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run."""

    code: int
    out: str
    err: str = ""

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class Home:
    """A user's home folder, with nothing in it, and no keyring."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / ".config" / "kith" / "config.toml"

    @property
    def secrets(self) -> Path:
        return self.folder / ".local" / "state" / "kith" / "secrets"

    def write(self, config: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(config)

    def kith(self, *arguments: str, given: str = "", **environment: str) -> Run:
        """Run a command with nobody at the terminal."""
        done = subprocess.run(
            [*_KITH, *arguments],
            input=given,
            capture_output=True,
            text=True,
            env=self.environment(environment),
            cwd=self.folder,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def talk(self, *arguments: str, answers: Sequence[tuple[str, str]]) -> Run:
        """Run a command in a terminal, as over ssh: type each answer once its question stands in the last line."""
        process, terminal = pty.fork()
        if process == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # as a shell does, also where the tests run without one
            os.chdir(self.folder)
            os.execvpe(_KITH[0], [*_KITH, *arguments], self.environment({"TERM": "xterm", "COLUMNS": "200"}))
        shown, ended = "", False
        try:
            shown, ended = _converse(terminal, answers)
        finally:
            if not ended:
                os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            os.close(terminal)
        assert ended, f"waits for an answer that there is none for:\n{shown}"
        plain = _TERMINAL_CODES.sub("", shown).replace("\r", "")
        return Run(os.waitstatus_to_exitcode(status), plain)

    def files_with(self, text: str) -> list[Path]:
        """Every file in which the text stands."""
        return [path for path in self._files() if text.encode() in path.read_bytes()]

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG") if key in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONUTF8": "1",
            **(more or {}),
        }


def _converse(terminal: int, answers: Sequence[tuple[str, str]]) -> tuple[str, bool]:
    """What was shown, and whether the command came to its end."""
    ended = False
    shown, left, end = b"", list(answers), time.monotonic() + _ANSWERS_WITHIN
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], _QUIET)
        if ready:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # the other end is closed: the command is done
                ended = True
                break
            shown += part
            end = time.monotonic() + _ANSWERS_WITHIN
        elif left and left[0][0].encode() in shown.rpartition(b"\n")[2]:
            os.write(terminal, left.pop(0)[1].encode() + b"\r")
    assert not left, f"never asked {left[0][0]!r}:\n{shown.decode(errors='replace')}"
    return shown.decode(errors="replace"), ended
