"""A terminal with somebody at it, who presses one key after each question."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE = 60
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def press(
    arguments: Sequence[str], keys: str, *, after: str, folder: Path, env: Mapping[str, str], columns: int = 120
) -> tuple[int, str]:
    """Run ``kith ARGUMENTS`` at the real time; each key is pressed once the words ``after`` were shown once more.

    The exit code, and all that was shown, without colours.
    """
    terminal, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "kith", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**env, "TERM": "xterm", "COLUMNS": str(columns)},
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(1), os.O_RDWR)),  # its own terminal, so that Ctrl-C arrives
    )
    os.close(theirs)
    shown, waiting, until = b"", list(keys), time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 0.1)[0]:
            if waiting and _plain(shown).count(after) > len(keys) - len(waiting):
                os.write(terminal, waiting.pop(0).encode())
            continue
        try:
            read = os.read(terminal, 4096)
        except OSError:  # the other end is closed: the command is done
            break
        if not read:
            break
        shown += read
    else:
        child.kill()
    code = child.wait(_PATIENCE)
    os.close(terminal)
    assert not waiting, f"never asked for {waiting}:\n{_plain(shown)}"
    return code, _plain(shown)


def _plain(shown: bytes) -> str:
    return _CODES.sub("", shown.decode(errors="replace")).replace("\r", "")
