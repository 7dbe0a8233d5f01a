"""``python -m kith.daemon CONFIG STATE``: what ``kith daemon`` becomes."""

from __future__ import annotations

import sys
from pathlib import Path

from kith.daemon.loop import keep_time
from kith.errors import KithError


def main() -> int:
    """Keep time until told to end; the exit code."""
    try:
        return keep_time(Path(sys.argv[1]), Path(sys.argv[2]))
    except KithError as error:
        sys.stderr.write(f"kith daemon: {error.message}\n  → {error.hint}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
