"""Putting the service in place and taking it away: which files, for this kith and this config."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kith.config.schema import Config
from kith.paths import Paths
from kith.service.needs import settings
from kith.service.units import (
    DAEMON_UNITS,
    DROP_IN,
    SERVICE,
    SYNC,
    TIMER,
    TIMER_UNITS,
    Outcome,
    put,
    take_away,
    unit,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two ways to have passes made. ``runs`` is the unit that runs kith, ``starts`` the one to enable."""

    option: str
    units: tuple[str, ...]
    runs: str
    starts: str

    @property
    def drop_in(self) -> Path:
        """Where the settings for this config are, within the folder of units."""
        return Path(f"{self.runs}.d") / DROP_IN

    def is_in(self, folder: Path) -> bool:
        """Whether it is installed there, by kith or by hand."""
        return any((folder / name).exists() for name in self.units)


DAEMON = Kind("", DAEMON_UNITS, SERVICE, SERVICE)
WITH_TIMER = Kind(" --timer", TIMER_UNITS, SYNC, TIMER)
KINDS = (DAEMON, WITH_TIMER)


def this_program() -> tuple[str, ...]:
    """How kith was started: its command, as pipx, uv and pip make one, or its interpreter and package."""
    command = Path(sys.argv[0])
    if command.name == "kith" and command.is_file():
        return (str(command.absolute()),)
    return (sys.executable, "-P", "-m", "kith")


def files(
    kind: Kind,
    config: Config,
    paths: Paths,
    *,
    program: tuple[str, ...] | None = None,
    home: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    namespaces: bool = True,
) -> dict[Path, str]:
    """The files of a kind, by their places within the folder of units."""
    program, home = program or this_program(), home or Path.home()
    usual = home / ".config" / "kith" / "config.toml"
    command = program if paths.config == usual else (*program, "--config", str(paths.config.absolute()))
    found = {Path(name): unit(name, command) for name in kind.units}
    found[kind.drop_in] = settings(config, paths, program, home=home, environment=environment, namespaces=namespaces)
    return found


def write(folder: Path, wanted: Mapping[Path, str]) -> dict[Path, Outcome]:
    """Put the files in place; what became of each. Raises ServiceError."""
    return {folder / place: put(folder / place, text) for place, text in wanted.items()}


def remove(folder: Path, kind: Kind) -> dict[Path, Outcome]:
    """Take the files of a kind away; what became of each that was there. Raises ServiceError."""
    places = [folder / place for place in (*map(Path, kind.units), kind.drop_in)]
    outcomes = {place: take_away(place) for place in places}
    return {place: outcome for place, outcome in outcomes.items() if outcome is not None}
