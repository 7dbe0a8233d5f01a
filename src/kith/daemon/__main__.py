"""``python -m kith.daemon CONFIG STATE``: what ``kith daemon`` becomes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kith.daemon.loop import keep_time
from kith.errors import KithError
from kith.log import set_up


def main() -> int:
    """Keep time until told to end; the exit code."""
    set_up(verbose=bool(os.environ.get("KITH_VERBOSE")))
    try:
        return keep_time(Path(sys.argv[1]), Path(sys.argv[2]))
    except KithError as error:
        sys.stderr.write(f"kith: {error.message}\n  → {error.hint}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
