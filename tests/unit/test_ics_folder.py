"""What is special about a calendar that is a folder: files, their names and modes, and other programs' leftovers."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kith.calendars.ics_folder import IcsFolder
from kith.codecs import ical
from kith.core.event import Change, Fields, Kind, Marker, SeenEvent, Timed
from kith.core.model import AccountId, ETag, Href, InstallId
from kith.errors import Conflict, Denied, KithError, Malformed, Transient
from kith.files import replace_file, staged

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
FIELDS = Fields(Timed(datetime(2026, 10, 7, 17, 30, tzinfo=LISBON), timedelta(minutes=15)), "Reach out: Ana", "Brief")
AS_ROOT = os.geteuid() == 0


def marker(subject: str = "ana") -> Marker:
    return Marker(InstallId("5b2f0c1e"), 1, Kind.REACH_OUT, subject, 1)


GOOD = ical.encode(marker(), FIELDS, NOW)
OWN_NAME = f"{marker().uid}.ics"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "calendar"
    made.mkdir(mode=0o700)
    return made


def calendar(folder: Path) -> IcsFolder:
    return IcsFolder(AccountId("disk"), folder, LISBON)


def seen_in(folder: Path) -> SeenEvent:
    (seen,) = calendar(folder).look({}).events
    return seen


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


# Names and modes


def test_an_event_is_one_file_named_by_its_uid(folder: Path) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)

    assert names(folder) == [OWN_NAME]
    assert (folder / OWN_NAME).stat().st_nlink == 1


def test_a_folder_is_made_private_with_all_that_leads_to_it(tmp_path: Path) -> None:
    place = tmp_path / "calendars" / "kith"

    calendar(place).prepare()
    calendar(place).prepare()

    assert mode(place) == 0o700
    assert calendar(place).look({}).events == ()


def test_nothing_can_be_prepared_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "calendar").write_text("")

    with pytest.raises(KithError):
        calendar(tmp_path / "calendar").prepare()


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000], ids=oct)
@pytest.mark.parametrize(
    ("folder_mode", "file_mode"), [(0o700, 0o600), (0o755, 0o644), (0o750, 0o640), (0o770, 0o660)], ids=oct
)
def test_a_file_is_as_open_as_its_folder(folder: Path, folder_mode: int, file_mode: int, mask: int) -> None:
    folder.chmod(folder_mode)
    with umask(mask):
        calendar(folder).create(marker(), FIELDS, NOW)

    assert mode(folder / OWN_NAME) == file_mode


@pytest.mark.parametrize("file_mode", [0o600, 0o640, 0o664, 0o666], ids=oct)
def test_a_file_keeps_its_mode_when_it_is_changed(folder: Path, file_mode: int) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    (folder / OWN_NAME).chmod(file_mode)
    with umask(0o077):
        calendar(folder).update(seen_in(folder), Change(title="New"), None, NOW)

    assert mode(folder / OWN_NAME) == file_mode


def test_a_folder_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    linked = calendar(link)

    linked.create(marker(), FIELDS, NOW)
    linked.update(seen_in(link), Change(title="New"), None, NOW)

    assert seen_in(folder).fields.title == "New"
    assert linked.look({}).identity == calendar(folder).look({}).identity
    linked.delete(seen_in(link))
    assert names(folder) == []
    assert link.is_symlink()


def test_a_link_to_nowhere_is_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "unmounted", target_is_directory=True)

    with pytest.raises(Denied, match="is not there"):
        calendar(tmp_path / "link").create(marker(), FIELDS, NOW)
    assert not (tmp_path / "unmounted").exists()


# Half a file is never seen


class Crash(BaseException):
    """A kill, a power cut."""


Use = Callable[[IcsFolder], object]


def create(there: IcsFolder) -> object:
    return there.create(marker(), replace(FIELDS, title="New"), NOW)


def update(there: IcsFolder) -> object:
    return there.update(there.look({}).events[0], Change(title="New"), None, NOW)


SYSTEM_CALLS = ["open", "fsync", "link", "rename", "replace", "unlink"]


@pytest.mark.parametrize("use", [create, update])
@pytest.mark.parametrize("call", SYSTEM_CALLS)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_crash_at_any_step_leaves_the_old_event_or_the_new_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, use: Use, call: str, *, before: bool
) -> None:
    if use is update:
        calendar(folder).create(marker(), FIELDS, NOW)
    real = getattr(os, call)

    def crashing(*args: object, **options: object) -> object:
        if before:
            raise Crash
        real(*args, **options)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(os, call, crashing)
        with suppress(Crash):
            use(calendar(folder))

    for name in names(folder):
        assert name == OWN_NAME or (name.startswith(".") and not name.endswith(".ics"))
    look = calendar(folder).look({})
    assert look.unreadable == ()
    assert [event.fields.title for event in look.events] in (
        [[], ["New"]] if use is create else [["Reach out: Ana"], ["New"]]
    )


@pytest.mark.parametrize("use", [create, update])
@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, Transient), (errno.EIO, Transient), (errno.EACCES, Denied)], ids=str
)
def test_a_disk_that_fails_leaves_no_trace(
    folder: Path, monkeypatch: pytest.MonkeyPatch, use: Use, number: int, error: type[KithError]
) -> None:
    if use is update:
        calendar(folder).create(marker(), FIELDS, NOW)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def failing(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(error):
            use(calendar(folder))

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("leftover", [f".{OWN_NAME}.12ab34cd.tmp", ".hidden.ics", "notes.txt", "a.ics.bak", "a.ics~"])
def test_what_others_and_crashes_leave_lying_about_is_no_event(folder: Path, leftover: str) -> None:
    (folder / leftover).write_bytes(GOOD)

    assert calendar(folder).look({}).events == ()
    assert calendar(folder).find(marker().uid) is None
    assert calendar(folder).contents() == []
    assert names(folder) == [leftover]


@pytest.mark.parametrize(
    "number", [errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK], ids=errno.errorcode.get
)
def test_file_systems_without_hard_links_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_links(*args: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", no_links)
    calendar(folder).create(marker(), FIELDS, NOW)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    with pytest.raises(Conflict):
        calendar(folder).create(marker(), replace(FIELDS, title="Again"), NOW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names(folder) == [OWN_NAME]


def test_an_edit_just_before_the_file_is_replaced_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system has no compare-and-swap: kith looks once more when all is ready."""
    calendar(folder).create(marker(), FIELDS, NOW)
    seen = seen_in(folder)
    path = folder / OWN_NAME
    real = os.fsync

    def edited_meanwhile(descriptor: int) -> None:
        path.write_bytes(path.read_bytes().replace(b"Brief", b"Brief\\nLunch"))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", edited_meanwhile)
        with pytest.raises(Conflict):
            calendar(folder).update(seen, Change(title="New"), None, NOW)

    assert seen_in(folder).fields == replace(FIELDS, description="Brief\nLunch")
    assert names(folder) == [OWN_NAME]


# States


def test_touching_a_file_is_no_edit(folder: Path) -> None:
    receipt = calendar(folder).create(marker(), FIELDS, NOW)
    os.utime(folder / OWN_NAME, (0, 0))
    (folder / OWN_NAME).chmod(0o644)

    assert calendar(folder).look({receipt.href: receipt.etag}).events == ()


def test_what_was_seen_without_a_state_is_left_alone(folder: Path) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    seen = replace(seen_in(folder), etag=None)
    before = (folder / OWN_NAME).read_bytes()

    with pytest.raises(Conflict):
        calendar(folder).update(seen, Change(title="New"), None, NOW)
    with pytest.raises(Conflict):
        calendar(folder).delete(seen)
    assert (folder / OWN_NAME).read_bytes() == before


# Other people's files


def test_a_renamed_file_is_found_and_shown_under_its_new_name(folder: Path) -> None:
    receipt = calendar(folder).create(marker(), FIELDS, NOW)
    (folder / OWN_NAME).rename(folder / "Renamed.ICS")

    look = calendar(folder).look({receipt.href: receipt.etag})

    assert look.absent == {receipt.href}
    assert [event.href for event in look.events] == ["Renamed.ICS"]
    assert calendar(folder).find(marker().uid) == look.events[0]


def test_of_two_files_with_one_uid_both_are_shown(folder: Path) -> None:
    """As sync tools make them: “x (conflicted copy).ics”."""
    calendar(folder).create(marker(), FIELDS, NOW)
    (folder / "conflicted copy.ics").write_bytes(GOOD.replace(b"Brief", b"Lunch"))

    look = calendar(folder).look({})

    assert sorted((event.href, event.uid) for event in look.events) == [
        ("conflicted copy.ics", marker().uid),
        (OWN_NAME, marker().uid),
    ]
    found = calendar(folder).find(marker().uid)
    assert found is not None
    assert found.href == OWN_NAME


FOREIGN = {
    "empty.ics": b"",
    "binary.ics": bytes(range(256)) * 16,
    "a web page.ics": b"<html>",
    "huge.ics": b"BEGIN:VCALENDAR\r\n" + b"X" * (5 * 1024 * 1024),
    "task.ics": b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
    "talks about us.ics": GOOD.replace(b"X-KITH-", b"Y-KITH-").replace(b"Brief", b"X-KITH-INSTALL is a mark"),
    "ours, mangled.ics": GOOD[:-200],
    "ours, mangled mark.ics": GOOD.replace(b"X-KITH-N:1", b"X-KITH-N:one").replace(b"UID:", b"UID:x"),
    "Ünïcødé.ics": b"\xff\xfe\x00",
}


def test_other_files_are_left_to_the_letter(folder: Path) -> None:
    for name, raw in FOREIGN.items():
        (folder / name).write_bytes(raw)
    (folder / "folder.ics").mkdir()
    (folder / "nowhere.ics").symlink_to(folder / "not there")
    there = calendar(folder)

    receipt = there.create(marker("bea"), FIELDS, NOW)
    look = there.look({})
    there.find(marker("nobody").uid)
    (seen,) = [event for event in look.events if event.href == receipt.href]
    there.update(seen, Change(title="New"), marker("bea"), NOW)
    (seen,) = [event for event in there.look({}).events if event.href == receipt.href]
    there.delete(seen)

    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == FOREIGN
    assert look.unreadable == ()
    assert {event.href for event in look.events if event.marker} == {receipt.href}


def test_a_huge_file_of_ours_is_unreadable_and_not_loaded(folder: Path) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    seen = seen_in(folder)
    with (folder / OWN_NAME).open("ab") as file:
        file.write(b" " * 5 * 1024 * 1024)

    look = calendar(folder).look({seen.href: seen.etag})

    assert [item.href for item in look.unreadable] == [seen.href]
    assert "larger than any event" in look.unreadable[0].reason
    with pytest.raises(Malformed):
        calendar(folder).update(seen, Change(title="New"), None, NOW)
    with pytest.raises(Malformed):
        calendar(folder).delete(seen)


def test_a_file_that_became_a_folder_is_unreadable(folder: Path) -> None:
    (folder / OWN_NAME).mkdir()

    look = calendar(folder).look({Href(OWN_NAME): ETag("1")})

    assert [item.href for item in look.unreadable] == [OWN_NAME]
    assert calendar(folder).find(marker().uid) is None
    assert calendar(folder).contents() == []


def test_contents_are_kith_s_events_and_nothing_else(folder: Path) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    calendar(folder).create(marker("bea"), FIELDS, NOW)
    for name in ("binary.ics", "huge.ics", "task.ics"):
        (folder / name).write_bytes(FOREIGN[name])
    (folder / "folder.ics").mkdir()

    contents = calendar(folder).contents()

    assert sorted(contents) == sorted(path.read_bytes() for path in folder.glob("*-*.ics"))
    assert len(contents) == 2


# Permissions


@pytest.fixture
def forbidden(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Take away the right to read a file or folder; root has every right, and is told so by hand."""

    def forbid(path: Path) -> None:
        if not AS_ROOT:
            path.chmod(0)
            return
        real_open, real_scan = os.open, os.scandir

        def refuse(place: object) -> None:
            if Path(os.fspath(place)) == path:  # type: ignore[call-overload]
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

        def opening(place: str, *args: int, **options: int) -> int:
            refuse(place)
            return real_open(place, *args, **options)

        def scanning(place: str) -> object:
            refuse(place)
            return real_scan(place)

        def io_open(self: Path, *args: object, **options: object) -> object:
            refuse(self)
            return real_path_open(self, *args, **options)  # type: ignore[call-overload]

        real_path_open = Path.open
        monkeypatch.setattr(os, "open", opening)
        monkeypatch.setattr(os, "scandir", scanning)
        monkeypatch.setattr(Path, "open", io_open)

    return forbid


def test_a_file_of_ours_that_may_not_be_read_is_unreadable(folder: Path, forbidden: Callable[[Path], None]) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    seen = seen_in(folder)
    forbidden(folder / OWN_NAME)

    look = calendar(folder).look({seen.href: seen.etag})

    assert [item.href for item in look.unreadable] == [seen.href]
    assert look.absent == frozenset()
    with pytest.raises(Transient):
        calendar(folder).update(seen, Change(title="New"), None, NOW)
    with pytest.raises(Transient):
        calendar(folder).find(seen.uid)


def test_somebody_else_s_file_that_may_not_be_read_hides_nothing_of_ours(
    folder: Path, forbidden: Callable[[Path], None]
) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    (folder / "theirs.ics").write_bytes(b"")
    forbidden(folder / "theirs.ics")

    look = calendar(folder).look({})

    assert [event.uid for event in look.events] == [marker().uid]
    assert look.unreadable == ()
    assert len(calendar(folder).contents()) == 1


def test_an_absence_is_not_confirmed_while_a_file_may_not_be_read(
    folder: Path, forbidden: Callable[[Path], None]
) -> None:
    (folder / "theirs.ics").write_bytes(b"")
    forbidden(folder / "theirs.ics")

    with pytest.raises(Transient):
        calendar(folder).find(marker().uid)


def test_a_folder_that_may_not_be_read_is_denied(folder: Path, forbidden: Callable[[Path], None]) -> None:
    calendar(folder).create(marker(), FIELDS, NOW)
    forbidden(folder)

    with pytest.raises(Denied, match="no permission"):
        calendar(folder).look({})
    if not AS_ROOT:
        folder.chmod(0o700)


@pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_denied(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        with pytest.raises(Denied, match="no permission"):
            calendar(folder).create(marker(), FIELDS, NOW)
    finally:
        folder.chmod(0o700)


# Writing files


def test_what_is_staged_and_not_moved_is_removed(tmp_path: Path) -> None:
    with staged(tmp_path / "a.ics", b"x", mode=0o640) as temporary:
        assert temporary.read_bytes() == b"x"
        assert mode(temporary) == 0o640
        assert temporary.name.startswith(".a.ics.")
        assert temporary.suffix == ".tmp"
    assert names(tmp_path) == []


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    target = tmp_path / "a.ics"
    replace_file(target, b"one")
    with target.open("rb") as reader:
        replace_file(target, b"two", mode=0o644)
        assert reader.read() == b"one"

    assert target.read_bytes() == b"two"
    assert mode(target) == 0o644
    assert names(tmp_path) == ["a.ics"]


def test_nothing_is_replaced_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "no" / "a.ics", b"x")


# Whatever the files hold

PIECES = st.sampled_from([line + b"\n" for line in GOOD.replace(b"\r", b"").split(b"\n")])
CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.lists(PIECES | st.binary(max_size=20), max_size=60).map(b"".join),
    st.tuples(st.integers(0, len(GOOD)), st.binary(max_size=8)).map(
        lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] :]
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(CONTENTS, min_size=1, max_size=4), st.booleans())
@example([GOOD], False)
@example([GOOD, GOOD], True)
@example([GOOD.replace(b"DTSTAMP", b"DTSTART")], True)
def test_any_bytes_are_read_or_reported_and_left_alone(folder: Path, contents: list[bytes], are_known: bool) -> None:
    for path in folder.iterdir():
        path.unlink()
    for number, raw in enumerate(contents):
        (folder / f"{number}.ics").write_bytes(raw)
    hrefs = [Href(f"{number}.ics") for number in range(len(contents))]

    look = calendar(folder).look(dict.fromkeys(hrefs) if are_known else {})
    found = calendar(folder).find(marker().uid)
    joined = ical.join(calendar(folder).contents())

    assert look.absent == frozenset()
    if are_known:
        assert sorted([event.href for event in look.events] + [item.href for item in look.unreadable]) == hrefs
    else:
        assert look.unreadable == ()
    assert found is None or found.uid == marker().uid
    assert joined.startswith(b"BEGIN:VCALENDAR")
    assert [(folder / href).read_bytes() for href in hrefs] == contents
    assert names(folder) == hrefs
