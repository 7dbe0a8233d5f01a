"""Running another program for what it prints, without a shell and never for longer than it may.

What it prints, on either channel, may be a secret: nothing of it is ever in a message.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

_LARGEST = 64 * 1024


class Failed(Exception):
    """It gave no answer; says why in words that can stand behind the program's name."""


def run(command: Sequence[str], *, limit: float, given: bytes = b"") -> bytes:
    """What the program prints, once it is given ``given`` on its standard input and ends well.

    Args:
        command: the program and its arguments.
        limit: seconds until it is ended, together with what it started.
        given: for its standard input; an argument could be read by everybody on the machine.

    Raises:
        Failed: it cannot be started, takes too long, ends badly, or prints far too much.
    """
    # In a terminal it stays in the foreground, where it may ask for a PIN.
    apart = not _has_a_terminal()
    try:
        process = subprocess.Popen(  # noqa: S603 -- the user's own command, as they wrote it
            command,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=apart,
        )
    except OSError as error:
        raise Failed(f"cannot be started: {error.strerror}") from None
    try:
        printed, _ = process.communicate(given or None, timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"did not answer within {limit:g} seconds") from None
    finally:
        _end(process, with_its_children=apart)
    if process.returncode < 0:
        raise Failed(f"was ended by {_signal_name(-process.returncode)}")
    if process.returncode:
        raise Failed(f"ended with exit code {process.returncode}")
    if len(printed) > _LARGEST:
        raise Failed("printed far too much")
    return printed


def _has_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _end(process: subprocess.Popen[bytes], *, with_its_children: bool) -> None:
    """Whatever still runs is ended. What it left open is closed, not waited for."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            if with_its_children:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
    for channel in (process.stdin, process.stdout):
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.close()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
