"""What is particular to vCard files on disk: which files count, and what is never concluded from a bad moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kith.core.model import AccountId, ETag, Href
from kith.errors import Denied, Transient
from kith.sources.base import Batch, CardProblem, ItemPart, Listing, Source
from kith.sources.vcard_folder import COLLECTION, VcardFolder

HOME = AccountId("home")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def vcard(uid: str, name: str = "Somebody") -> bytes:
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nEND:VCARD\r\n".encode()


def many(count: int, start: int = 0) -> bytes:
    return b"".join(vcard(f"uid-{index}") for index in range(start, start + count))


def batches_of(source: Source) -> list[Batch]:
    return [found for found in source.read({}, {}, NOW) if isinstance(found, Batch)]


def parts_of(path: Path) -> list[ItemPart]:
    return [part for batch in batches_of(VcardFolder(HOME, path)) for part in batch.parts]


def uids_of(path: Path) -> list[str]:
    return [entry.ref.uid for part in parts_of(path) for entry in part.entries]


def present_in(path: Path) -> frozenset[Href]:
    *_, listing = VcardFolder(HOME, path).read({}, {}, NOW)
    assert isinstance(listing, Listing)
    return listing.present


def test_it_is_a_source(tmp_path: Path) -> None:
    source: Source = VcardFolder(HOME, tmp_path)
    assert source.account == HOME
    assert list(source.read({}, {}, NOW)) == [Listing(COLLECTION, frozenset())]


def test_which_files_count(tmp_path: Path) -> None:
    wanted = ("a.vcf", "B.VCF", "c.vCard", "friends/d.vcf", "friends/old/e.vcf", "with space.vcf", "zoë.vcf")
    others = (
        *(".hidden.vcf", ".git/f.vcf", "friends/.stversions/g.vcf", "~$h.vcf", "#i.vcf", ".#j.vcf"),
        *("k.vcf~", "l.vcf.tmp", "m.txt", "vcf"),
    )
    for index, name in enumerate(wanted + others):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(vcard(f"uid-{index}"))
    assert present_in(tmp_path) == set(wanted)
    assert set(uids_of(tmp_path)) == {f"uid-{index}" for index in range(len(wanted))}


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    book, elsewhere = tmp_path / "book", tmp_path / "elsewhere"
    book.mkdir()
    elsewhere.mkdir()
    (elsewhere / "ana.vcf").write_bytes(vcard("ana"))
    (book / "link.vcf").symlink_to(elsewhere / "ana.vcf")
    (book / "folder").symlink_to(elsewhere)
    (book / "folder.vcf").symlink_to(elsewhere)
    (book / "round").symlink_to(book)
    assert present_in(book) == {"link.vcf"}
    assert uids_of(book) == ["ana"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vcf")
    assert present_in(tmp_path) == set()


def test_one_file_with_many_cards(tmp_path: Path) -> None:
    path = tmp_path / "contacts.backup"
    path.write_bytes(many(3))
    (part,) = parts_of(path)
    assert part.href == "contacts.backup"
    assert [entry.ref.uid for entry in part.entries] == ["uid-0", "uid-1", "uid-2"]
    assert part.last
    assert part.etag


def test_a_big_file_comes_in_several_batches_and_only_the_last_part_closes_it(tmp_path: Path) -> None:
    (tmp_path / "big.vcf").write_bytes(many(1200))
    batches = batches_of(VcardFolder(HOME, tmp_path))
    parts = [part for batch in batches for part in batch.parts]
    assert [len(batch.parts) for batch in batches] == [1, 1, 1]
    assert [len(part.entries) for part in parts] == [500, 500, 200]
    assert [part.last for part in parts] == [False, False, True]
    assert [part.etag is not None for part in parts] == [False, False, True]


def test_a_file_of_exactly_one_batch_is_closed(tmp_path: Path) -> None:
    (tmp_path / "big.vcf").write_bytes(many(500))
    parts = parts_of(tmp_path)
    assert sum(len(part.entries) for part in parts) == 500
    assert [part.last for part in parts] == [False, True]


def test_many_small_files_share_a_batch(tmp_path: Path) -> None:
    for index in range(1100):
        (tmp_path / f"{index:04d}.vcf").write_bytes(vcard(f"uid-{index}"))
    batches = batches_of(VcardFolder(HOME, tmp_path))
    assert [len(batch.parts) for batch in batches] == [500, 500, 100]
    assert all(part.last for batch in batches for part in batch.parts)


def test_files_without_cards_do_not_pile_up_in_a_batch(tmp_path: Path) -> None:
    for index in range(600):
        (tmp_path / f"{index:04d}.vcf").touch()
    assert len(batches_of(VcardFolder(HOME, tmp_path))) == 2


def test_problems_say_where(tmp_path: Path) -> None:
    (tmp_path / "friends").mkdir()
    (tmp_path / "friends" / "ana.vcf").write_bytes(vcard("ana").replace(b"FN", b"junk\r\nFN") + vcard("ana"))
    (part,) = parts_of(tmp_path)
    assert [entry.ref.uid for entry in part.entries] == ["ana"]
    assert part.problems == (
        CardProblem("friends/ana.vcf:4", "this line has no colon; it was left out"),
        CardProblem("friends/ana.vcf:7", "a card before this one has the same UID; that one was kept", whole_card=True),
    )


def test_the_same_uid_in_two_files_comes_twice(tmp_path: Path) -> None:
    for name in ("a.vcf", "b.vcf"):
        (tmp_path / name).write_bytes(vcard("ana"))
    assert uids_of(tmp_path) == ["ana", "ana"]


def test_a_known_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ana.vcf"
    path.write_bytes(vcard("ana"))
    (part,) = parts_of(tmp_path)
    assert part.etag is not None

    def no_opening(*_: object, **__: object) -> None:
        pytest.fail("the file was opened")

    monkeypatch.setattr(Path, "open", no_opening)
    known = {COLLECTION: {part.href: part.etag}}
    assert list(VcardFolder(HOME, tmp_path).read(known, {}, NOW)) == [Listing(COLLECTION, frozenset({Href("ana.vcf")}))]


def in_place(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(vcard("bob"))


def by_replacing(path: Path) -> None:
    other = path.with_name("new")
    other.write_bytes(vcard("bob"))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [in_place, by_replacing])
def test_a_change_of_the_same_length_is_seen(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = tmp_path / "ana.vcf"
    path.write_bytes(vcard("ana"))
    os.utime(path, (1, 1))
    (before,) = parts_of(tmp_path)
    change(path)
    (after,) = parts_of(tmp_path)
    assert before.etag != after.etag
    assert after.entries[0].ref.uid == "bob"


# Bad moments.


def without_last_part(parts: list[ItemPart]) -> bool:
    return not any(part.last for part in parts)


def test_an_empty_file_gives_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "ana.vcf").touch()
    parts = parts_of(tmp_path)
    assert without_last_part(parts)
    assert [problem.where for part in parts for problem in part.problems] == ["ana.vcf"]
    assert present_in(tmp_path) == {"ana.vcf"}


def read_while(path: Path, change: Callable[[], None]) -> tuple[list[ItemPart], bool]:
    """The parts that came although ``change`` happened after the first batch, and whether it was noticed."""
    parts: list[ItemPart] = []
    try:
        for found in VcardFolder(HOME, path).read({}, {}, NOW):
            if isinstance(found, Batch):
                parts.extend(found.parts)
                change()
    except Transient:
        return parts, True
    return parts, False


def test_a_file_that_grows_while_it_is_read_is_not_closed_and_no_listing_is_given(tmp_path: Path) -> None:
    big, other = tmp_path / "big.vcf", tmp_path / "other.vcf"
    big.write_bytes(many(1200))
    other.write_bytes(vcard("other"))

    def grow() -> None:
        with big.open("ab") as file:
            file.write(vcard("late"))

    parts, noticed = read_while(tmp_path, grow)
    assert noticed
    assert [part.href for part in parts if part.last] == ["other.vcf"]


def test_a_file_that_is_cut_while_it_is_read_is_not_closed(tmp_path: Path) -> None:
    big = tmp_path / "big.vcf"
    big.write_bytes(many(5000))
    parts, noticed = read_while(tmp_path, lambda: os.truncate(big, 100_000))
    assert noticed
    assert without_last_part(parts)


def test_a_file_that_is_replaced_while_it_is_read_was_read_in_one_piece(tmp_path: Path) -> None:
    big, new = tmp_path / "big.vcf", tmp_path / "new.tmp"
    big.write_bytes(many(1200))

    def replace() -> None:
        new.write_bytes(many(10))
        new.replace(big)

    parts, noticed = read_while(tmp_path, replace)
    assert not noticed
    assert sum(len(part.entries) for part in parts) == 1200
    (later,) = parts_of(tmp_path)
    assert parts[-1].etag != later.etag


def test_a_file_that_went_while_others_were_read_counts_as_present_this_once(tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_bytes(many(600))
    last = tmp_path / "z.vcf"
    last.write_bytes(vcard("z"))
    found = VcardFolder(HOME, tmp_path).read({}, {}, NOW)
    assert isinstance(next(found), Batch)
    last.unlink()
    *batches, listing = found
    assert isinstance(listing, Listing)
    assert listing.present == {"a.vcf", "z.vcf"}
    parts = [part for batch in batches if isinstance(batch, Batch) for part in batch.parts]
    assert {part.href for part in parts} == {"a.vcf"}


@pytest.fixture
def locked() -> Iterator[Callable[[Path], None]]:
    """Takes all rights from a path until the test is over."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    paths: list[Path] = []

    def lock(path: Path) -> None:
        paths.append(path)
        path.chmod(0)

    yield lock
    for path in reversed(paths):
        path.chmod(0o700)


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, refused: Path, error: OSError) -> None:
    """As the file system would, also for root."""
    really_open = Path.open

    def open_unless_refused(path: Path, mode: str = "r") -> object:
        if path == refused:
            raise error
        return really_open(path, mode)

    monkeypatch.setattr(Path, "open", open_unless_refused)


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_cannot_be_opened_is_a_problem_and_stays_present(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    (tmp_path / "ana.vcf").write_bytes(vcard("ana"))
    (tmp_path / "bob.vcf").write_bytes(vcard("bob"))
    refuse_to_open(monkeypatch, tmp_path / "ana.vcf", error)
    parts = parts_of(tmp_path)
    assert [(part.href, part.last) for part in parts] == [("ana.vcf", False), ("bob.vcf", True)]
    assert [problem.where for problem in parts[0].problems] == ["ana.vcf"]
    assert present_in(tmp_path) == {"ana.vcf", "bob.vcf"}


def test_a_locked_file_and_a_locked_folder(tmp_path: Path, locked: Callable[[Path], None]) -> None:
    folder = tmp_path / "friends"
    folder.mkdir()
    (folder / "ana.vcf").write_bytes(vcard("ana"))
    locked(folder / "ana.vcf")
    assert present_in(tmp_path) == {"friends/ana.vcf"}
    locked(folder)
    with pytest.raises(Denied, match="friends may not be read"):
        present_in(tmp_path)


@pytest.mark.parametrize(
    ("error", "raised"),
    [(PermissionError(13, "Permission denied"), Denied), (FileNotFoundError(2, "No such file"), Transient)],
)
def test_a_subfolder_that_cannot_be_listed_ends_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, raised: type[Exception]
) -> None:
    (tmp_path / "friends").mkdir()
    really_scan = os.scandir

    def scan_unless_refused(folder: Path) -> object:
        if folder.name == "friends":
            raise error
        return really_scan(folder)

    monkeypatch.setattr(os, "scandir", scan_unless_refused)
    with pytest.raises(raised, match="friends"):
        list(VcardFolder(HOME, tmp_path).read({}, {}, NOW))


def test_a_link_to_nowhere_stays_present(tmp_path: Path) -> None:
    (tmp_path / "ana.vcf").symlink_to(tmp_path / "not-mounted" / "ana.vcf")
    (part,) = parts_of(tmp_path)
    assert not part.last
    assert part.problems
    assert present_in(tmp_path) == {"ana.vcf"}


def test_a_disk_that_fails_while_reading_is_transient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ana.vcf").write_bytes(vcard("ana"))

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("kith.sources.vcard_folder.read_cards", fail)
    with pytest.raises(Transient, match=r"ana\.vcf could not be read: Input/output error"):
        list(VcardFolder(HOME, tmp_path).read({}, {}, NOW))


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    for missing in (tmp_path / "nowhere", tmp_path / "file" / "below"):
        (tmp_path / "file").touch()
        with pytest.raises(Denied) as caught:
            list(VcardFolder(HOME, missing).read({}, {}, NOW))
        assert caught.value.message == f"{missing} is not there"
        assert caught.value.hint


def test_a_single_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "all.vcf"
    path.write_bytes(vcard("ana"))
    refuse_to_open(monkeypatch, path, PermissionError(13, "Permission denied"))
    with pytest.raises(Denied, match=r"all\.vcf may not be read"):
        list(VcardFolder(HOME, path).read({}, {}, NOW))


def test_a_path_that_is_neither_folder_nor_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Denied, match="neither a folder nor a file"):
        list(VcardFolder(HOME, tmp_path / "pipe").read({}, {}, NOW))


def test_a_file_name_that_is_not_utf_8_has_an_href_that_can_be_stored(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/zo\xeb.vcf")).write_bytes(vcard("zoe"))
    (part,) = parts_of(tmp_path)
    assert part.href == "zo\\xeb.vcf"
    assert part.href.encode()


def test_old_etags_do_not_hide_a_file(tmp_path: Path) -> None:
    (tmp_path / "ana.vcf").write_bytes(vcard("ana"))
    known = {COLLECTION: {Href("ana.vcf"): ETag("1-2-3"), Href("bob.vcf"): ETag("4-5-6")}}
    batch, listing = VcardFolder(HOME, tmp_path).read(known, {}, NOW)
    assert isinstance(batch, Batch)
    assert listing == Listing(COLLECTION, frozenset({Href("ana.vcf")}))
