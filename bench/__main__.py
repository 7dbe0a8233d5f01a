"""Run every measurement and print one table."""

from __future__ import annotations

from bench import cards

MODULES = (cards,)
"""Each has a ``measure()`` that returns rows: what was measured, and the result."""


def main() -> None:
    """Measure everything, one after the other, so that nothing disturbs anything."""
    rows = [row for module in MODULES for row in module.measure()]
    width = max(len(what) for what, _ in rows)
    for what, result in rows:
        print(f"{what:<{width}}  {result}")


if __name__ == "__main__":
    main()
