"""The sources' notes to themselves: how they are kept, and how an older store gets its place for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kith.core.model import AccountId, Card, CardRef, CardUid, Href
from kith.store.db import Database
from kith.store.migrations import MIGRATIONS, migrate
from kith.store.store import open_store

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOME, WORK = AccountId("home"), AccountId("work")


def test_a_cursor_is_kept_for_each_account_and_collection(tmp_path: Path) -> None:
    with open_store(tmp_path / "store.sqlite3", NOW, lambda: "an install") as store:
        store.cards.keep_cursor(HOME, "", "of the account")
        store.cards.keep_cursor(HOME, "/contacts/", "one")
        store.cards.keep_cursor(HOME, "/contacts/", "two")
        store.cards.keep_cursor(WORK, "/contacts/", "theirs")
        assert store.cards.cursors(HOME) == {"": "of the account", "/contacts/": "two"}
        store.cards.keep_cursor(HOME, "/contacts/", "")
        assert store.cards.cursors(HOME) == {"": "of the account"}
        assert store.cards.cursors(WORK) == {"/contacts/": "theirs"}


def test_a_store_from_before_cursors_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    database = Database(path)
    migrate(database, NOW, MIGRATIONS[:1])
    database.execute("INSERT INTO meta VALUES ('install', 'an old install'), ('epoch', '1')")
    database.close()
    with open_store(path, NOW, lambda: "a new install") as store:
        assert store.install == "an old install"
        assert store.cards.cursors(HOME) == {}
        store.cards.keep_cursor(HOME, "/contacts/", "one")
    (backup,) = (tmp_path / "backups").iterdir()
    old = Database(backup)
    assert old.one("SELECT 1 FROM sqlite_master WHERE name = 'cursors'") is None
    old.close()


def test_the_standing_of_many_cards_is_told_at_once(tmp_path: Path) -> None:
    refs = [CardRef(HOME, "/contacts/", CardUid(f"uid “{number}”")) for number in range(50)]
    elsewhere = CardRef(WORK, "/contacts/", refs[0].uid)
    with open_store(tmp_path / "store.sqlite3", NOW, lambda: "an install") as store:
        store.cards.put([(Href(f"{ref.uid}.vcf"), Card(ref, "Somebody")) for ref in refs[:40]], run=1)
        store.cards.remove_items(HOME, "/contacts/", frozenset({Href(f"{refs[3].uid}.vcf")}), "now")
        found = store.cards.standings([*refs, elsewhere])
    assert found.keys() == set(refs[:40])
    assert found[refs[7]].href == f"{refs[7].uid}.vcf"
    assert [ref for ref, standing in found.items() if standing.missing] == [refs[3]]
