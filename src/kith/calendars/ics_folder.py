"""A calendar that is a folder: a *vdir*, one ``.ics`` file an event, as vdirsyncer, khal and others use it.

Files that are not kith's are read for nothing but the mark that would make them kith's, and are never written. A
file's ETag is the digest of its contents, so touching a file is no edit and every edit is seen. A file system has
no compare-and-swap: kith looks once more immediately before it renames or removes.

See https://vdirsyncer.pimutils.org/en/stable/vdir.html for the layout.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path

from kith.calendars.base import Look, Receipt, Unreadable
from kith.codecs import ical
from kith.codecs.marker import MARK
from kith.core.event import Change, Fields, Marker, SeenEvent
from kith.core.model import AccountId, ETag, EventUid, Href
from kith.errors import Conflict, Denied, Malformed, Transient
from kith.files import staged, sync_folder

_LARGEST_EVENT = 4 * 1024 * 1024
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class IcsFolder:
    """One folder of ``.ics`` files. A time without a zone in them is taken to be in ``zone``."""

    def __init__(self, account: AccountId, folder: Path, zone: tzinfo) -> None:
        self._account = account
        self._folder = folder
        self._zone = zone

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._account

    @property
    def name(self) -> str:
        """A folder account has one calendar."""
        return "calendar"

    def is_there(self) -> bool:
        """Whether there is such a folder now."""
        return self._folder.exists()

    def prepare(self) -> None:
        """Make the folder; for a calendar that nothing was ever written to."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Denied(
                f"its calendar cannot be made: {self._folder}: {error.strerror}",
                hint="check the path of its calendar in the config",
            ) from error

    def look(self, known: Mapping[Href, ETag | None], cursor: str = "") -> Look:
        """Read every file's digest, and decode those of kith's that are new or changed."""
        events: list[SeenEvent] = []
        unreadable: list[Unreadable] = []
        present: set[Href] = set()
        for path in self._files():
            href = Href(path.name)
            present.add(href)
            try:
                raw = self._read(path)
                if href not in known and MARK not in raw:
                    continue
                etag = _etag(raw)
                if known.get(href) != etag:
                    events.append(ical.decode(raw, href=href, etag=etag, zone=self._zone))
            except FileNotFoundError:
                present.discard(href)
            except (Malformed, Transient, Denied) as error:
                if href in known:
                    unreadable.append(Unreadable(href, error.message))
        return Look(self._identity(), tuple(events), frozenset(known) - present, tuple(unreadable))

    def find(self, uid: EventUid) -> SeenEvent | None:
        """Look under the UID's own file name first, then in every file."""
        own = self._folder / _file_name(uid)
        others = (path for path in self._files() if path != own)
        for path in (own, *others):
            try:
                raw = self._read(path)
                if uid.encode() in raw:
                    seen = ical.decode(raw, href=Href(path.name), etag=_etag(raw), zone=self._zone)
                    if seen.uid == uid:
                        return seen
            except (FileNotFoundError, Malformed):
                continue
        return None

    def create(self, marker: Marker, fields: Fields, now: datetime) -> Receipt:
        """Link a finished file into place, which fails if the name is taken."""
        raw = ical.encode(marker, fields, now)
        path = self._folder / _file_name(marker.uid)
        with self._foreign_errors(), staged(path, raw, mode=self._file_mode()) as temporary:
            try:
                path.hardlink_to(temporary)
            except FileExistsError:
                raise Conflict(f"{path} is there already") from None
            except OSError as error:
                if error.errno not in _NO_HARD_LINKS:
                    raise
                self._create_without_links(path, temporary)
            sync_folder(self._folder)
        return Receipt(Href(path.name), _etag(raw))

    def update(self, seen: SeenEvent, change: Change, marker: Marker | None, now: datetime) -> Receipt:
        """Write the changed file beside the old one, and rename it over the old one if that is still as seen."""
        path = self._folder / seen.href
        with self._foreign_errors():
            raw = self._as_seen(path, seen)
            changed = ical.patch(raw, change, marker, now)
            with staged(path, changed, mode=_mode(path)) as temporary:
                self._as_seen(path, seen)
                temporary.replace(path)
            sync_folder(self._folder)
        return Receipt(seen.href, _etag(changed))

    def delete(self, seen: SeenEvent) -> None:
        """Remove the file if it is still as seen."""
        path = self._folder / seen.href
        with self._foreign_errors():
            try:
                self._as_seen(path, seen)
            except Conflict:
                if not path.exists():
                    return
                raise
            path.unlink(missing_ok=True)
            sync_folder(self._folder)

    def contents(self) -> list[bytes]:
        """Every event of kith's as it stands, for the file that others subscribe to."""
        kept = []
        for path in self._files():
            try:
                raw = self._read(path)
            except (FileNotFoundError, Malformed, Transient):
                continue
            if MARK in raw:
                kept.append(raw)
        return kept

    # --- the folder itself ----------------------------------------------------------------------------

    def _files(self) -> list[Path]:
        with self._foreign_errors(), os.scandir(self._folder) as entries:
            names = sorted(e.name for e in entries if e.name.lower().endswith(".ics") and not e.name.startswith("."))
        return [self._folder / name for name in names]

    def _identity(self) -> str:
        with self._foreign_errors():
            status = self._folder.stat()
        return f"{status.st_dev}:{status.st_ino}"

    def _file_mode(self) -> int:
        """Private, unless the user opened the folder to a group or to others."""
        return self._folder.stat().st_mode & 0o066 | 0o600

    def _read(self, path: Path) -> bytes:
        """A file's bytes. Raises FileNotFoundError, and ours for the rest."""
        try:
            with path.open("rb") as file:
                raw = file.read(_LARGEST_EVENT + 1)
        except FileNotFoundError:
            raise
        except IsADirectoryError:
            raise Malformed(f"{path} is a folder") from None
        except OSError as error:
            raise Transient(f"{path} cannot be read: {error.strerror}") from error
        if len(raw) > _LARGEST_EVENT:
            raise Malformed(f"{path} is larger than any event")
        return raw

    def _as_seen(self, path: Path, seen: SeenEvent) -> bytes:
        try:
            raw = self._read(path)
        except FileNotFoundError:
            self._folder.stat()  # that the whole folder is gone says nothing about the event
            raise Conflict(f"{path} is gone") from None
        if seen.etag is None or _etag(raw) != seen.etag:
            raise Conflict(f"{path} was changed by somebody else")
        return raw

    def _create_without_links(self, path: Path, temporary: Path) -> None:
        """For file systems without hard links (FAT, some network mounts): as close as they allow."""
        if path.exists():
            raise Conflict(f"{path} is there already")
        temporary.rename(path)

    @contextmanager
    def _foreign_errors(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Denied(
                f"the calendar folder {self._folder} is not there",
                hint="bring it back (is its disk mounted?), or run `kith events recreate` if it is gone for good",
            ) from error
        except PermissionError as error:
            raise Denied(f"no permission for {error.filename or self._folder}") from error
        except OSError as error:
            raise Transient(f"{self._folder}: {error.strerror or error}") from error


def _mode(path: Path) -> int:
    """A file's mode, private where it has just gone."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o600


def _etag(raw: bytes) -> ETag:
    return ETag(hashlib.sha256(raw).hexdigest()[:32])


def _file_name(uid: EventUid) -> str:
    return f"{uid}.ics"
