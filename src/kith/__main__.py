"""``python -m kith`` and the ``kith`` command."""

from __future__ import annotations

import gc

_ALLOCATIONS = 50_000
"""Between two collections. A command makes little garbage that refers to itself: to look for it after every 700 objects
is a tenth of its time."""


def main() -> None:
    """Run the command line; the import waits until here so that ``import kith`` stays cheap."""
    gc.set_threshold(_ALLOCATIONS)
    from kith.cli.main import run

    try:
        run()
    finally:
        gc.freeze()  # at its end the interpreter would go through all objects again, to free what goes with the process


if __name__ == "__main__":
    main()
