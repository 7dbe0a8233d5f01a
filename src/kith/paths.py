"""Where kith keeps things, by the XDG rules: the config, the store and the lock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("kith", appauthor=False)


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one kith. Nothing is made by naming them."""

    config: Path
    state: Path

    @classmethod
    def usual(cls, config: Path | None = None) -> Paths:
        """``$XDG_CONFIG_HOME/kith/config.toml`` (or the file given) and ``$XDG_STATE_HOME/kith``."""
        return cls(config or Path(_DIRS.user_config_dir) / "config.toml", Path(_DIRS.user_state_dir))

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.state / "kith.sqlite3"

    @property
    def secrets(self) -> Path:
        """The folder of the passwords that the user wants in files."""
        return self.state / "secrets"

    @property
    def backups(self) -> Path:
        """The folder of the store's backups."""
        return self.store.parent / "backups"

    @property
    def lock(self) -> Path:
        """Held while a pass runs."""
        return self.state / "pass.lock"
