"""What the daemon reads of the config: how often, and how long; and whether the file became another."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kith.core.period import parse_duration


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a pass begins, and how long it may take."""

    every: timedelta
    limit: timedelta


USUAL = Timing(timedelta(minutes=15), timedelta(minutes=10))


def read_timing(config: Path, before: Timing) -> Timing:
    """The timing in the config file's ``[sync]``; ``before`` where the file or a value cannot be read."""
    try:
        sync = tomllib.loads(config.read_text(encoding="utf-8-sig")).get("sync", {})
        every, limit = sync.get("every"), sync.get("limit")
        return Timing(parse_duration(every) if every else USUAL.every, parse_duration(limit) if limit else USUAL.limit)
    except (OSError, ValueError, TypeError, AttributeError):
        return before


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another, also where an editor puts a new file in its place."""

    device: int
    inode: int
    size: int
    changed: int


class ConfigWatch:
    """Notices that the config file is another one, once its writer is done with it.

    Links are followed, and nothing is asked of the system but what it says of the file: that works on every file
    system, for every way in which an editor may save.
    """

    def __init__(self, config: Path) -> None:
        self._config = config
        self._known = self._seen = _stamp(config)

    def changed(self) -> bool:
        """Whether the file is another one than when this last said so, and the same as at the last look."""
        before, self._seen = self._seen, _stamp(self._config)
        if self._seen == self._known or self._seen != before:
            return False
        self._known = self._seen
        return True

    def take_as_known(self) -> None:
        """A pass is about to read the file as it is now."""
        self._known = self._seen = _stamp(self._config)

    def changed_since(self, moment: datetime) -> bool:
        """Whether the file was written after ``moment`` (aware), by the file system's clock."""
        return self._seen is not None and datetime.fromtimestamp(self._seen.changed / 1e9, UTC) > moment


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
