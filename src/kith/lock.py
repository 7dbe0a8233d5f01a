"""One pass at a time: a lock that the kernel lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kith.errors import LockHeld, StoreError


@contextmanager
def held(path: Path, what: str, *, hint: str = "wait until it is done") -> Iterator[None]:
    """Hold the lock at ``path``; ``what`` says for what, to whoever finds it held, and ``hint`` what to do then.

    Raises:
        LockHeld: another process has it; says which.
        StoreError: the file cannot be made or locked.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}", hint="check that the folder is yours and writable") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
            raise LockHeld(f"{holder or 'another kith'} is running", hint=hint) from None
        except OSError as error:
            raise StoreError(f"{path} cannot be locked: {error.strerror}", hint="keep it on a local disk") from error
        os.ftruncate(descriptor, 0)
        since = f"{datetime.now(UTC).astimezone():%d %b %H:%M}"
        os.pwrite(descriptor, f"{what} (process {os.getpid()}, since {since})".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
