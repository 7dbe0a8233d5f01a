"""Run a whole command, from the start of its process to its end, and say what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# A small process in between: on Linux a process's peak of memory begins with that of the one that started it.
_LAUNCHER = """\
import os, sys, time
started = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
assert status == 0, status
print(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a process cost from its start to its end."""

    seconds: float
    cpu: float
    mebibytes: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.mebibytes:6.1f} MiB in all  ({self.cpu:.2f} s of CPU)"


def kith(home: Path, *words: str) -> Whole:
    """What `kith WORDS` costs, the start of the interpreter included; config and state are in ``home``."""
    environment = {**os.environ, "XDG_STATE_HOME": str(home / "state")}
    return run((sys.executable, "-m", "kith", "--config", str(home / "config.toml"), *words), environment)


def run(command: tuple[str, ...], environment: dict[str, str]) -> Whole:
    """What a program costs, its children that it waited for included."""
    launched = (sys.executable, "-S", "-c", _LAUNCHER, *command)
    answer = subprocess.run(launched, env=environment, check=True, capture_output=True, text=True).stdout
    seconds, cpu, kibibytes = map(float, answer.split())
    return Whole(seconds, cpu, kibibytes / 1024)
