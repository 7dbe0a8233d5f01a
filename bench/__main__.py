"""Run measurements and print one table: all of them, or those named."""

from __future__ import annotations

import sys

from bench import cards, daemon, dav, google, life, looking_back, matching, meetings, passes

MODULES = {
    "cards": cards,
    "daemon": daemon,
    "dav": dav,
    "google": google,
    "life": life,
    "looking_back": looking_back,
    "matching": matching,
    "meetings": meetings,
    "passes": passes,
}
"""Each has a ``measure()`` that returns rows: what was measured, and the result."""


def main() -> None:
    """Measure one after the other, so that nothing disturbs anything."""
    names = sys.argv[1:] or list(MODULES)
    rows = [row for name in names for row in MODULES[name].measure()]
    width = max(len(what) for what, _ in rows)
    for what, result in rows:
        print(f"{what:<{width}}  {result}")


if __name__ == "__main__":
    main()
