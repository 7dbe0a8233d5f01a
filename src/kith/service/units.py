"""The unit files: as they are shipped, as they are for this install, and whether a file on disk is still ours.

What kith writes begins with a line that holds a digest of the rest. A file whose digest does not fit was edited by
hand: it is the user's from then on. Syntax: systemd.syntax(7), systemd.service(5).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from kith.errors import ServiceError
from kith.files import replace_file

SERVICE = "kith.service"
SYNC = "kith-sync.service"
TIMER = "kith-sync.timer"
DAEMON_UNITS = (SERVICE,)
TIMER_UNITS = (SYNC, TIMER)
DROP_IN = "10-kith.conf"

_SHIPPED = (Path(__file__).parent / "systemd", Path(__file__).parents[3] / "systemd")
"""In an installed package, and in a checkout."""
_SIGNATURE = "# Written by `kith service install`, which leaves it alone once it was changed by hand: "
_COMMAND = re.compile(r"^ExecStart=%h/\.local/bin/kith\b", re.MULTILINE)
_PLAIN = re.compile(r"[\w@%+=:,./-]+")

Outcome = Literal["written", "unchanged", "left alone"]


def unit(name: str, command: Sequence[str]) -> str:
    """The unit file called ``name``, in which kith is ``command``: the program and the options before the verb."""
    text = _shipped(name)
    words = " ".join(quoted(word.replace("$", "$$")) for word in command)
    return _signed(_COMMAND.sub(lambda _: f"ExecStart={words}", text))


def drop_in(settings: str) -> str:
    """A drop-in of ours with these lines."""
    return _signed(settings)


def quoted(word: str) -> str:
    """A word as it stands in a unit file: without specifiers, and in one piece."""
    word = word.replace("\\", "\\\\").replace("%", "%%")
    return word if _PLAIN.fullmatch(word) else '"' + word.replace('"', '\\"') + '"'


def is_ours(text: str) -> bool:
    """Whether kith wrote this, and nobody changed it since."""
    first, _, rest = text.partition("\n")
    return first == _SIGNATURE + _digest(rest)


def put(path: Path, text: str) -> Outcome:
    """Write a file, unless one of the user's own is there.

    Raises:
        ServiceError: the disk does not let us.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if before == text:
            return "unchanged"
        if before is not None and not is_ours(before):
            return "left alone"
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise _trouble(path, error) from error
    return "written"


def take_away(path: Path) -> Outcome | None:
    """Remove a file, and its folder with it if nothing is left there; None where there was nothing.

    Raises:
        ServiceError: the disk does not let us.
    """
    try:
        if not path.exists():
            return None
        if not is_ours(path.read_text(encoding="utf-8")):
            return "left alone"
        path.unlink()
        if path.parent.name.endswith(".d") and not os.listdir(path.parent):  # noqa: PTH208 -- is it empty?
            path.parent.rmdir()
    except (OSError, UnicodeDecodeError) as error:
        raise _trouble(path, error) from error
    return "written"


def _trouble(path: Path, error: OSError | UnicodeDecodeError) -> ServiceError:
    why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
    return ServiceError(f"{path}: {why}", hint="check that the folder is yours and writable")


def _shipped(name: str) -> str:
    folder = next(folder for folder in _SHIPPED if folder.is_dir())
    return (folder / name).read_text(encoding="utf-8")


def _signed(text: str) -> str:
    return f"{_SIGNATURE}{_digest(text)}\n{text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
