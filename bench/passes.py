"""Whole passes over a large address book, as the user runs them: the command, in a process of its own."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.address_book import write_address_book
from bench.child import cost_of
from bench.command import kith
from kith.core.model import AccountId
from kith.core.report import PassReport

_CARDS = 10_000
_CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.disk]
type = "folder"
contacts = "book.vcf"
calendar = "calendar"

[circles.friends]
every = "6w"
labels = ["climbing"]
"""


def measure() -> list[tuple[str, str]]:
    """Reading and storing alone, then `kith sync` for the first time, with nothing changed, and `kith due`."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        size = write_address_book(home / "book.vcf", _CARDS, seed=1) / 1e6
        (home / "config.toml").write_text(_CONFIG)
        about = f"{_CARDS:,} cards, {size:.0f} MB"
        return [
            (f"{about}: read and stored", str(cost_of("bench.passes:read_and_store", str(home / "book.vcf")))),
            (f"{about}: kith sync, first", str(kith(home, "sync"))),
            (f"{about}: kith sync, nothing changed", str(kith(home, "sync"))),
            (f"{about}: kith due", str(kith(home, "due"))),
        ]


def read_and_store(book: str) -> None:
    """A first pass as far as the store, without a calendar."""
    from datetime import UTC, datetime

    from kith.app import new_id
    from kith.sources.vcard_folder import VcardFolder
    from kith.store.store import open_store
    from kith.sync.absorb import Absorber, meet

    now = datetime.now(UTC)
    with TemporaryDirectory() as folder, open_store(Path(folder) / "kith.sqlite3", now, new_id) as store:
        source = VcardFolder(AccountId("disk"), Path(book))
        run = store.runs.begin(now)
        Absorber(store, source, run, now, lambda _: None).absorb(PassReport(now), accept_removals=False)
        meet(store, new_id, now)
        assert store.people.count() == _CARDS
