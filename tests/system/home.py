"""One user's machine: a home folder with a config, an address book and a calendar, and kith run in it as a process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from system.phone import Event
from system.warm import Result, Warm

LISBON = ZoneInfo("Europe/Lisbon")
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=LISBON)
_PATIENCE = 60

CONFIG = """\
# My people.
timezone = "Europe/Lisbon"

[accounts.phone]
type = "folder"
contacts = "~/contacts"
calendar = "~/calendar"

[circles.inner]
every = "2w"
at_worst = "4w"
labels = ["Family"]

[circles.friends]   # not too often
every = "3w"
labels = ["Friends"]
"""

DENTIST = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTART:20261103T173000Z\r\n"
DENTIST += b"SUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
THEIRS = {"dentist.ics": DENTIST, "broken.ics": b"BEGIN:VCALENDAR\nwhat is this\n", "notes.txt": b"X-KITH-N:1\n"}
"""Files of the user's own that stand in the calendar folder, and must never change."""


class Home:
    """A home folder. ``now`` is what the clock shows, until a test moves it on."""

    def __init__(self, folder: Path, commands: Warm, *, state: str = "state") -> None:
        self.folder = folder
        self._commands = commands
        self.now = MONDAY
        self.contacts = folder / "contacts"
        self.calendar = folder / "calendar"
        self.config = folder / "config" / "kith" / "config.toml"
        self.state = folder / state / "kith"
        self.store = self.state / "kith.sqlite3"

    # --- setting up -----------------------------------------------------------------------------------

    def furnish(self, *cards: str, config: str = CONFIG) -> Home:
        """Write the config, an address book and a few files of the user's own into the calendar folder."""
        self.write_config(config)
        self.write_cards(*cards)
        self.calendar.mkdir()
        for name, content in THEIRS.items():
            (self.calendar / name).write_bytes(content)
        return self

    def write_config(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)

    def write_cards(self, *cards: str, file: str = "all.vcf") -> None:
        self.contacts.mkdir(exist_ok=True)
        (self.contacts / file).write_text("".join(cards))

    def copy_to(self, folder: Path) -> Home:
        """The same machine once more, with everything in it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copy = Home(folder, self._commands)
        copy.now = self.now
        return copy

    def other_machine(self) -> Home:
        """A kith with a store of its own, which reads the same address book and writes to the same calendar."""
        other = Home(self.folder, self._commands, state="other-state")
        other.now = self.now
        return other

    # --- running --------------------------------------------------------------------------------------

    def kith(self, *arguments: str, exits: int = 0, env: dict[str, str] | None = None) -> Result:
        """Run ``kith ARGUMENTS`` at the pretended time."""
        result = self._commands.run(arguments, now=self.now, env=self.env | (env or {}), folder=self.folder)
        return _expected(result, arguments, exits)

    def sync(self, *arguments: str, exits: int = 0) -> Any:
        """Run a pass; its report."""
        return self.kith("sync", "--json", *arguments, exits=exits).json

    def run(self, *command: str, exits: int = 0, env: dict[str, str] | None = None) -> Result:
        """Run any program on this machine, from its start, at the real time."""
        done = subprocess.run(
            command,
            env=self.env | (env or {}),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return _expected(Result(done.returncode, done.stdout, done.stderr), command, exits)

    @contextmanager
    def running(self, *arguments: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
        """Start ``kith ARGUMENTS``, at the real time; it is ended at the latest when the block is."""
        command = [sys.executable, "-m", "kith", *arguments]
        process = subprocess.Popen(
            command,
            env=self.env | (env or {}),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    @property
    def env(self) -> dict[str, str]:
        """Nothing of the developer's own, but where programs are found."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.state.parent),
            "TMPDIR": str(self.temporary),
            "LANG": "C.UTF-8",
        }

    @property
    def temporary(self) -> Path:
        folder = self.folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def wait(self, *, days: float = 0, minutes: float = 0) -> None:
        """Let time pass."""
        self.now += timedelta(days=days, minutes=minutes)

    # --- looking --------------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """kith's events about people in the calendar folder, by start."""
        found = [event for event in self._written() if not event.is_problem]
        return sorted(found, key=lambda event: (event.start, event.title))

    def problems(self) -> list[Event]:
        """kith's events about problems, by title."""
        return sorted((event for event in self._written() if event.is_problem), key=lambda event: event.title)

    def _written(self) -> list[Event]:
        return [Event(path) for path in self.calendar.glob("*.ics") if path.name not in THEIRS]

    def event_of(self, name: str) -> Event:
        """The one event about somebody."""
        found = [event for event in self.events() if name in event.title]
        assert len(found) == 1, [event.title for event in self.events()]
        return found[0]

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        """Every file outside kith's own state, but events about problems: when it was written, and what it says."""
        problems = {event.path for event in self.problems()}
        return {
            str(path.relative_to(self.folder)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.is_relative_to(self.state) and path not in problems
        }

    def assert_theirs_stand(self) -> None:
        """The user's own files in the calendar folder are as they were."""
        for name, content in THEIRS.items():
            assert (self.calendar / name).read_bytes() == content, name


def _expected(result: Result, command: Sequence[str], exits: int) -> Result:
    assert result.code == exits, f"{command} left with {result.code}\n{result.out}\n{result.err}"
    assert "Traceback" not in result.err
    return result


def card(name: str, *labels: str, email: str = "", uid: str = "", more: str = "") -> str:
    """A card as a phone exports it. The UID is made of the name unless one is given."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:{uid or name.lower().replace(' ', '-')}",
        f"FN:{name}",
        *([f"EMAIL;TYPE=INTERNET:{email}"] if email else []),
        *([f"CATEGORIES:{','.join(labels)}"] if labels else []),
        *([more] if more else []),
        "END:VCARD",
        "",
    ]
    return "\r\n".join(lines)
