"""Zip files, read with limits: one that unpacks to far more than it is stops before it fills the memory."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kith.errors import Malformed

MOST_BYTES = 100_000_000
"""The most that one file, or one member of an archive, may hold."""
_MOST_MEMBERS = 20_000
_TOO_BIG = "is too big for a list of people: more than 100 MB"


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive at ``path``.

    Raises:
        Malformed: it is cut off, damaged or locked, here or while it is read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise Malformed(f"{path.name} holds more than {_MOST_MEMBERS:,} files", hint="unpack it first")
            if any(member.flag_bits & 1 for member in members):
                raise Malformed(f"{path.name} is locked with a password", hint="save it without one")
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Malformed(
            f"{path.name} is cut off or damaged", hint="download or save it again; nothing was changed"
        ) from error


def member_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    """What a member holds; never more than it says. Raises Malformed where that would be too much."""
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise Malformed(f"{name} {_TOO_BIG}", hint="nothing was changed")
    return archive.read(name)


def refuse_too_big(archive: zipfile.ZipFile, name: str) -> None:
    """For an archive that is handed on as a whole. Raises Malformed."""
    if sum(member.file_size for member in archive.infolist()) > 2 * MOST_BYTES:
        raise Malformed(f"{name} {_TOO_BIG} when it is unpacked", hint="nothing was changed")


def file_bytes(path: Path) -> bytes:
    """What a file holds. Raises Malformed."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Malformed(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > MOST_BYTES:
        raise Malformed(f"{path.name} {_TOO_BIG}")
    return data
