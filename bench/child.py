"""Run a function in a process of its own and say what it cost.

A fresh process for each measurement: no warm caches, and a peak of memory that is the function's own.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_RUNS = 3
_KIB_IN_A_MIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """The best of a few runs, and the peak of resident memory above that of the interpreter with its imports."""

    seconds: float
    mebibytes: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.mebibytes:+6.1f} MiB"


def cost_of(function: str, *arguments: str) -> Cost:
    """Measure ``package.module:function`` called with ``arguments``."""
    command = (sys.executable, "-m", "bench.child", function, *arguments)
    root = Path(__file__).parent.parent
    answer = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return Cost(**json.loads(answer))


def _peak() -> float:
    """The peak of resident memory in MiB.

    Not getrusage: on Linux its peak begins with that of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / _KIB_IN_A_MIB


def _main(function: str, *arguments: str) -> None:
    module, _, name = function.partition(":")
    measured = getattr(importlib.import_module(module), name)
    before, best = _peak(), float("inf")
    for _ in range(_RUNS):
        start = time.perf_counter()
        measured(*arguments)
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best, "mebibytes": _peak() - before}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
