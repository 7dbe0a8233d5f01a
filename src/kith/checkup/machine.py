"""The config, the time zone, the user's command and the versions in use."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from importlib import metadata

from kith import __version__
from kith.accounts.base import Finding
from kith.app import App
from kith.store.db import SQLITE_VERSION

_LIBRARIES = ("caldav", "icalendar", "keyring", "niquests", "pydantic", "schedule", "typer", "tzdata")


def config(app: App) -> Iterator[Finding]:
    """The file that holds; that it was read says that nothing is wrong in it."""
    yield Finding("ok", "config", f"{app.paths.config}")


def time_zone(app: App) -> Iterator[Finding]:
    """The zone in which days begin."""
    yield Finding("ok", "time zone", f"{app.rules.days.zone.key}, where it is {app.local_now:%H:%M} now")


def notify(app: App) -> Iterator[Finding]:
    """Whether the command that tells of problems is there; it is not run."""
    command = app.config.notify.command
    if command is None:
        return
    found = shutil.which(command[0])
    if found is None:
        message = f"the program {command[0]} of notify.command is not there, or may not be run"
        yield Finding("warning", "notify", message, "correct notify.command in the config, or install it")
    else:
        yield Finding("ok", "notify", f"what cannot be put into the calendar is given to {found}")


def versions(app: App) -> Iterator[Finding]:
    """What a report of a bug should say."""
    libraries = tuple(f"{name} {_version(name)}" for name in _LIBRARIES)
    running = f"kith {__version__}, Python {platform.python_version()}, SQLite {SQLITE_VERSION}"
    yield Finding("ok", "versions", running, "", (", ".join(libraries),))


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "is not installed"
