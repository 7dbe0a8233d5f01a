"""Reading a large address book: 10,000 cards, one in ten with a photo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.address_book import write_address_book
from bench.child import cost_of
from kith.codecs.vcard import read_cards
from kith.codecs.vcard_draft import PROPERTIES
from kith.codecs.vcard_lines import property_lines
from kith.core.model import AccountId, Href
from kith.sources.base import Batch
from kith.sources.vcard_folder import VcardFolder

_CARDS = 10_000
_HERE = "bench.cards"


def measure() -> list[tuple[str, str]]:
    """Each layer on top of the one before it, over the same cards."""
    with TemporaryDirectory() as folder:
        book, files = Path(folder, "book.vcf"), Path(folder, "files")
        size = write_address_book(book, _CARDS, seed=1) / 1e6
        _write_each_card(book, files)
        about = f"{_CARDS:,} cards, {size:.0f} MB"
        return [
            (f"{about}: vCard lines alone", str(cost_of(f"{_HERE}:read_lines", str(book)))),
            (f"{about}: vCard to cards", str(cost_of(f"{_HERE}:read_all_cards", str(book)))),
            (f"{about}: VcardFolder, one file", str(cost_of(f"{_HERE}:first_pass", str(book)))),
            (f"{about}: VcardFolder, a file each", str(cost_of(f"{_HERE}:first_pass", str(files)))),
        ]


def _write_each_card(book: Path, folder: Path) -> None:
    folder.mkdir()
    end = b"END:VCARD\r\n"
    for index, card in enumerate(book.read_bytes().split(end)[:-1]):
        (folder / f"{index}.vcf").write_bytes(card + end)


def read_lines(book: str) -> None:
    """Unfold and cut, without looking at any value."""
    with Path(book).open("rb") as stream:
        for _ in property_lines(stream, PROPERTIES):
            pass


def read_all_cards(book: str) -> None:
    """Everything the codec does."""
    with Path(book).open("rb") as stream:
        found = read_cards(stream, account=AccountId("bench"), collection="contacts", href=Href("book.vcf"))
        assert sum(1 for _ in found) == _CARDS


def first_pass(path: str) -> None:
    """Nothing is known yet."""
    batches = VcardFolder(AccountId("bench"), Path(path)).read({}, {}, datetime.now(UTC))
    cards = sum(len(part.entries) for batch in batches if isinstance(batch, Batch) for part in batch.parts)
    assert cards == _CARDS
