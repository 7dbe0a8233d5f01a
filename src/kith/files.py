"""Writing files so that a reader, a crash or a full disk never sees half of one."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def staged(target: Path, data: bytes, *, mode: int = 0o600) -> Iterator[Path]:
    """Write ``data`` beside ``target`` under a hidden name, on disk, for the caller to move into place.

    What was not moved is removed. The name begins with a dot and does not end like the target's, so that tools
    that read the folder pass over it. Raises OSError.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with contextlib.suppress(OSError):  # not every file system knows modes
                os.fchmod(descriptor, mode)  # the umask may have taken some of it away
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def replace_file(target: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put ``data`` in place of whatever is at ``target``, at once. Raises OSError."""
    with staged(target, data, mode=mode) as temporary:
        temporary.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that a rename or a removal in the folder is on disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
