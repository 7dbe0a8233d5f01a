"""``python -m kith`` and the ``kith`` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the import waits until here so that ``import kith`` stays cheap."""
    from kith.cli.main import run

    run()


if __name__ == "__main__":
    main()
