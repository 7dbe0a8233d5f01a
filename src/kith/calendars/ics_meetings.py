"""The user's own calendar as a folder: a *vdir*, one ``.ics`` file an event (see :mod:`kith.calendars.ics_folder`).

The calendars of an account are the folder that it names and those beside it, each called as its ``displayname`` file
says, or else as the folder. Every file is read at each pass, and its digest compared: that is quick, and no edit is
missed. Nothing is ever written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

from kith.calendars.meetings import Item, Reading
from kith.codecs.meetings_ical import Found, meetings
from kith.core.meetings import Meeting, Span
from kith.core.model import AccountId, ETag, Href
from kith.errors import CalendarNotFound, Denied, Malformed, Transient

_LARGEST_EVENT = 4 * 1024 * 1024
_LONGEST_NAME = 1000
_FORMAT = 1
_FEW = 3
_ABOUT = frozenset({"displayname", "color"})
"""What a vdir says of itself."""


class WatchedFolder:
    """The calendar called ``name`` beside ``folder``. A time without a zone in it is taken to be in ``zone``."""

    def __init__(self, account: AccountId, folder: Path, name: str, zone: tzinfo) -> None:
        self._account = account
        self._beside = folder
        self._name = name
        self._zone = zone

    @property
    def account(self) -> AccountId:
        """The account it belongs to."""
        return self._account

    @property
    def name(self) -> str:
        """Its name in the config."""
        return self._name

    @property
    def made_for(self) -> str:
        """The folder, and the zone of what has none."""
        return f"{_FORMAT} {self._beside} {self._zone}"

    def read(self, known: Mapping[Href, ETag | None], cursor: str, span: Span) -> Reading:
        """Read every file, and turn those into meetings that are new or changed."""
        items: list[Item] = []
        present: set[Href] = set()
        for path in self._files():
            href = Href(path.name)
            try:
                raw = _contents(path)
            except FileNotFoundError:
                continue
            present.add(href)
            etag = ETag(hashlib.sha256(raw).hexdigest()[:32])
            if known.get(href) != etag:
                items.append(self._item(href, etag, raw, span))
        if not present and len(known) > _FEW:
            hint = "bring its events back (is its disk mounted?), or take it out of [meetings]"
            raise Denied(f"the calendar “{self._name}” is empty, and was not", hint=hint)
        return Reading(tuple(items), frozenset(known.keys() - present))

    def again(self, source: str, span: Span) -> tuple[Meeting, ...]:
        """The meetings inside another span."""
        return meetings(source.encode(), span, self._zone).meetings

    def there(self) -> tuple[str, ...]:
        """The names of the folders that have events in them, or nothing at all."""
        folders = self._folders().items()
        return tuple(sorted(name for name, folder in folders if folder == self._beside or _may_hold_events(folder)))

    # --- the folder -----------------------------------------------------------------------------------

    def _item(self, href: Href, etag: ETag, raw: bytes, span: Span) -> Item:
        try:
            found = meetings(raw, span, self._zone) if len(raw) <= _LARGEST_EVENT else Found(unreadable=1)
            source = raw.decode() if found.repeats else ""
        except (Malformed, UnicodeDecodeError):
            return Item(href, etag, unreadable=1)
        return Item(href, etag, found.meetings, source, found.unreadable)

    def _files(self) -> list[Path]:
        found = self._folders()
        folded = {name.casefold(): folder for name, folder in found.items()}
        folder = found.get(self._name) or folded.get(self._name.casefold())
        if folder is None:
            names = ", ".join(f"“{name}”" for name in self.there())
            raise CalendarNotFound(
                f"the calendar “{self._name}” is not there ({f'there are {names}' if names else 'there is none'})",
                hint="name a folder of events that is there in [meetings], or bring it back (is its disk mounted?)",
            )
        try:
            return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".ics" and path.name[0] != ".")
        except OSError as error:
            raise Transient(f"{folder} cannot be read: {error.strerror or error}") from error

    def _folders(self) -> dict[str, Path]:
        """The folder and all those beside it, by their names."""
        try:
            folders = [path for path in sorted(self._beside.parent.iterdir()) if path.is_dir()]
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise Transient(f"{self._beside.parent} cannot be read: {error.strerror or error}") from error
        return {_name_of(folder): folder for folder in folders}


def _may_hold_events(folder: Path) -> bool:
    """Whether there is an event in it, or nothing at all."""
    try:
        names = {path.name.lower() for path in folder.iterdir()} - _ABOUT
    except OSError:
        return False
    return not names or any(name.endswith(".ics") for name in names)


def _name_of(folder: Path) -> str:
    """What the calendar is called: vdirs may say so in a file of their own."""
    try:
        with (folder / "displayname").open(encoding="utf-8") as file:
            return file.read(_LONGEST_NAME).strip() or folder.name
    except (OSError, UnicodeDecodeError):
        return folder.name


def _contents(path: Path) -> bytes:
    """A file's bytes; of one that is too large, enough to see that. Raises FileNotFoundError, Transient."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_EVENT + 1)
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        return b""
    except OSError as error:
        raise Transient(f"{path} cannot be read: {error.strerror or error}") from error
