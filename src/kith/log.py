"""Logging, set up once at the edge: for the journal, for a terminal, and for whoever wants to know all of it.

At the default level a log holds what began and what ended, numbers, accounts and kinds of errors: no name of a person,
no note, no secret. What ``--verbose`` adds may name places on servers; secrets are in no log at all. Libraries say
nothing here, since nobody knows what they would quote.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TextIO

_NAME = "kith"
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
"""What syslog calls the levels; see sd-daemon(3)."""


def set_up(*, verbose: bool, stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> None:
    """Have ``kith``'s loggers write to ``stream``, by default standard error; everything else stays silent."""
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(_Lines(with_priority=is_the_journal(target, environment)))
    logger = logging.getLogger(_NAME)
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    logging.getLogger().addHandler(logging.NullHandler())
    logging.captureWarnings(capture=True)


def is_verbose() -> bool:
    """Whether ``--verbose`` was asked for."""
    return logging.getLogger(_NAME).isEnabledFor(logging.DEBUG)


def is_the_journal(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is written to the stream goes to journald: ``JOURNAL_STREAM`` names it, see systemd.exec(5)."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


class _Lines(logging.Formatter):
    """Plain lines; for the journal with a priority, and never with a time of their own, which it notes itself."""

    def __init__(self, *, with_priority: bool) -> None:
        super().__init__("%(message)s")
        self._with_priority = with_priority

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if not self._with_priority:
            return text
        priority = _PRIORITIES.get(record.levelno, 6)
        return "\n".join(f"<{priority}>{line}" for line in text.splitlines())
