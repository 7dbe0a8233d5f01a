"""Accounts of type ``folder``: address book and calendar as files on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from kith.accounts.base import Finding
from kith.config.accounts import FolderAccount
from kith.core.model import AccountId
from kith.core.report import PassReport, Trouble
from kith.errors import AccountError, Transient
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.calendars.ics_folder import IcsFolder
    from kith.calendars.ics_meetings import WatchedFolder
    from kith.sources.base import Source


class Folder:
    """One folder account. There is nothing to sign in to."""

    def __init__(self, name: str, table: FolderAccount, zone: tzinfo) -> None:
        self._name = AccountId(name)
        self._table = table
        self._zone = zone

    def source(self) -> Source | None:
        """The files of contacts."""
        from kith.sources.vcard_folder import VcardFolder

        return VcardFolder(self._name, self._table.contacts) if self._table.contacts is not None else None

    def calendar(self) -> IcsFolder:
        """The folder of events."""
        return self._calendar

    @cached_property
    def _calendar(self) -> IcsFolder:
        from kith.calendars.ics_folder import IcsFolder

        assert self._table.calendar is not None, "the config was checked for this"
        return IcsFolder(self._name, self._table.calendar, self._zone)

    def watched(self, name: str) -> WatchedFolder:
        """The folder of events that is called so."""
        from kith.calendars.ics_meetings import WatchedFolder

        assert self._table.calendar is not None, "the config was checked for this"
        return WatchedFolder(self._name, self._table.calendar, name, self._zone)

    @property
    def mine(self) -> tuple[str, ...]:
        """A folder does not know whose it is."""
        return ()

    def publish(self, report: PassReport) -> None:
        """Write the file that others subscribe to, if the config wants one and anything in it changed."""
        target = self._table.subscribe
        if target is None:
            return
        from kith.codecs.ical import join
        from kith.files import replace_file

        try:
            data = join(self._calendar.contents())
            if not target.exists() or target.read_bytes() != data:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
                replace_file(target, data, mode=mode)
        except AccountError:
            return  # a calendar that cannot be read is what the pass has reported already
        except OSError as error:
            trouble = Transient(
                f"{target} could not be written: {error.strerror or error}", hint="check the folder and its permissions"
            )
            report.troubles.append(Trouble(self._name, trouble.kind, trouble.message, trouble.hint))

    def inspect(self, store: Store, now: datetime, *, carries_events: bool) -> Iterator[Finding]:
        """Whether the files can be read, and the calendar written."""
        source = self.source()
        if source is not None:
            yield self._contacts(source, store, now)
        if carries_events:
            yield self._events(store)

    def close(self) -> None:
        """Nothing is held open."""

    def _contacts(self, source: Source, store: Store, now: datetime) -> Finding:
        cards, missing = store.cards.counts(self._name)
        try:
            found = source.read(store.cards.known_items(self._name), store.cards.cursors(self._name), now)
            problems = sum(len(part.problems) for each in found for part in getattr(each, "parts", ()))
        except AccountError as error:
            return Finding("problem", self._subject, error.message, error.hint)
        words = f"contacts can be read; {_count(cards - missing, 'card')} known so far"
        if problems:
            more = f"{_count(problems, 'thing')} in new or changed cards cannot be read"
            return Finding("warning", self._subject, f"{words}; {more}", "see `kith sync`")
        return Finding("ok", self._subject, words)

    def _events(self, store: Store) -> Finding:
        folder, calendar = self._table.calendar, self._calendar
        if folder is not None and not calendar.is_there() and not store.events.ever_written(self._name, calendar.name):
            above = next(parent for parent in folder.parents if parent.exists())
            if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
                message = f"the calendar folder {folder} cannot be made in {above}"
                return Finding("problem", self._subject, message, "check the path of its calendar in the config")
            return Finding("ok", self._subject, f"the calendar folder {folder} will be made at the first pass")
        try:
            calendar.look({})
        except AccountError as error:
            return Finding("problem", self._subject, error.message, error.hint)
        if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
            message = f"the calendar folder {folder} is not writable"
            return Finding("problem", self._subject, message, f"chmod u+wx {folder}")
        return Finding("ok", self._subject, f"the calendar folder {folder} can be read and written")

    @property
    def _subject(self) -> str:
        return f"accounts.{self._name}"


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
