"""The daemon between two passes: what it holds, and what it costs to wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kith.daemon.record import read_record

_CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.disk]
type = "folder"
contacts = "contacts"
calendar = "calendar"

[circles.friends]
every = "6w"
labels = ["Friends"]
"""
_WATCHED = 60.0
_PATIENCE = 60.0


def measure() -> list[tuple[str, str]]:
    """Its resident memory, and its share of one core over a minute without a pass."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "contacts").mkdir()
        (home / "config.toml").write_text(_CONFIG)
        with _daemon(home) as process:
            before = _cpu_seconds(process)
            time.sleep(_WATCHED)
            share = (_cpu_seconds(process) - before) / _WATCHED
            return [
                ("kith daemon, idle: resident memory", f"{_resident(process):6.1f} MiB"),
                (f"kith daemon, idle for {_WATCHED:.0f} s: of one core", f"{share:8.3%}"),
            ]


@contextmanager
def _daemon(home: Path) -> Iterator[int]:
    """A daemon whose first pass is over; its process number."""
    environment = {**os.environ, "XDG_STATE_HOME": str(home / "state")}
    command = (sys.executable, "-m", "kith", "--config", str(home / "config.toml"), "daemon")
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            began, store = datetime.now(UTC), home / "state" / "kith" / "kith.sqlite3"
            while (record := read_record(store)) is None:
                assert (datetime.now(UTC) - began).total_seconds() < _PATIENCE
                time.sleep(0.1)
            assert record.at > began
            time.sleep(1)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def _resident(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _cpu_seconds(process: int) -> float:
    """On a processor, to the nanosecond where the kernel counts that, else to the clock tick."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except OSError:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
