"""The composition root: from the config file to accounts, store and pass. Only here are adapters named.

Adapters are imported when an account needs them, so that a command which only reads the store starts at once.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kith.config.load import parse, read
from kith.config.schema import Config, FolderAccount, rules
from kith.core.model import AccountId
from kith.core.report import PassReport, Trouble
from kith.core.rules import Rules
from kith.errors import AccountError, ConfigError, Transient
from kith.lock import held
from kith.paths import Paths
from kith.store.runs import Fault
from kith.store.store import Store, open_store
from kith.sync.network import Network, load_everybody, load_network
from kith.sync.run import Pass

if TYPE_CHECKING:
    from kith.calendars.base import Calendar
    from kith.calendars.ics_folder import IcsFolder
    from kith.sources.base import Source


def new_id() -> str:
    """A name nobody else has: for people and installs."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class App:
    """Everything a command works with. ``now`` is the instant the command began."""

    paths: Paths
    config: Config
    rules: Rules
    store: Store
    now: datetime
    config_error: ConfigError | None = None

    @property
    def today(self) -> date:
        """Today in the user's time zone."""
        return self.now.astimezone(self.rules.days.zone).date()

    @property
    def local_now(self) -> datetime:
        """Now, with the user's time zone."""
        return self.now.astimezone(self.rules.days.zone)

    def network(self) -> Network:
        """Those who are or may be in the network, as the store has them."""
        return load_network(self.store, self.rules)

    def everybody(self) -> Network:
        """Everybody in the address books, as the store has them."""
        return load_everybody(self.store, self.rules)

    def account(self, name: str) -> FolderAccount:
        """One account's part of the config."""
        return self.config.accounts[name]

    # --- accounts -------------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """The address books, in the config's order."""
        from kith.sources.vcard_folder import VcardFolder

        return [
            VcardFolder(AccountId(name), account.contacts)
            for name, account in self.config.accounts.items()
            if account.contacts is not None
        ]

    def calendar(self) -> IcsFolder:
        """The calendar that events are written to."""
        from kith.calendars.ics_folder import IcsFolder

        name = self.config.calendar_account
        folder = self.account(name).calendar
        assert folder is not None, "the config was checked for this"
        return IcsFolder(AccountId(name), folder, self.rules.days.zone)

    def calendar_is_new(self) -> bool:
        """Whether the calendar was never written to and is not there, so that kith may make it."""
        calendar = self.calendar()
        folder = self.account(calendar.account).calendar
        written = self.store.events.ever_written(calendar.account, calendar.name)
        return not written and folder is not None and not folder.exists()

    # --- passes ---------------------------------------------------------------------------------------

    def sync(
        self,
        step: Callable[[str], None] = lambda _: None,
        *,
        accept_removals: Collection[str] = (),
    ) -> PassReport:
        """One pass, under the lock that guards passes. Raises LockHeld, StoreError."""
        with held(self.paths.lock, "a pass"):
            calendar = self.calendar()
            trouble = self._prepare(calendar)
            if trouble is not None:
                return self._pass(self.store, None, step, accept_removals, [trouble]).run()
            report = self._pass(self.store, calendar, step, accept_removals).run()
            self._publish(calendar, report)
            return report

    def _prepare(self, calendar: IcsFolder) -> Trouble | None:
        """Make a new calendar's folder; why that cannot be."""
        try:
            if self.calendar_is_new():
                calendar.prepare()
        except AccountError as error:
            hint = "check the path of its calendar in the config"
            return Trouble(calendar.account, error.kind, f"its calendar cannot be made: {error.message}", hint)
        return None

    def rehearse(self, step: Callable[[str], None], *, accept_removals: Collection[str] = ()) -> PassReport:
        """What a pass would do now: a real one, on a copy of the store, that writes to no calendar."""
        from kith.calendars.rehearsed import Rehearsed

        with tempfile.TemporaryDirectory(prefix="kith-") as folder:
            copy = Path(folder) / "rehearsal.sqlite3"
            self.store.database.back_up_to(copy)
            calendar = Rehearsed(self.calendar(), there=not self.calendar_is_new())
            with open_store(copy, self.now, new_id) as store:
                return self._pass(store, calendar, step, accept_removals).run()

    def _pass(
        self,
        store: Store,
        calendar: Calendar | None,
        step: Callable[[str], None],
        accept_removals: Collection[str],
        troubles: Sequence[Trouble] = (),
    ) -> Pass:
        return Pass(
            store=store,
            sources=self.sources(),
            calendar=calendar,
            rules=self.rules,
            now=self.now,
            new_id=new_id,
            step=step,
            accept_removals=[AccountId(name) for name in accept_removals],
            troubles=[*troubles, *([_config_trouble(self.config_error)] if self.config_error else [])],
        )

    def _publish(self, calendar: IcsFolder, report: PassReport) -> None:
        """Write the file that others subscribe to, if the config wants one and anything in it changed."""
        target = self.account(calendar.account).subscribe
        if target is None:
            return
        from kith.codecs.ical import join
        from kith.files import replace_file

        try:
            data = join(calendar.contents())
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
            report.troubles.append(Trouble(calendar.account, trouble.kind, trouble.message, trouble.hint))
            faults = [Fault(t.account, t.kind, t.message, t.hint, self.now) for t in report.troubles]
            with self.store.transaction():
                self.store.runs.replace_faults(faults)


@contextmanager
def open_app(
    paths: Paths,
    *,
    last_good: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[App]:
    """Read the config and open the store.

    ``last_good`` is for the daemon's passes: a broken config leaves the last good one in force, and
    :attr:`App.config_error` says so.

    Raises:
        ConfigError: the config is broken, and there is no good one to fall back on or none was asked for.
        StoreError: the store cannot be used.
    """
    now = clock()
    base = paths.config.absolute().parent
    try:
        text = read(paths.config)
        config = parse(text, file=str(paths.config), base=base)
    except ConfigError as error:
        if not last_good or not paths.store.exists():
            raise
        with open_store(paths.store, now, new_id) as store:
            kept = store.runs.good_config()
            if kept is None:
                raise
            config = parse(kept, file=str(paths.config), base=base)
            yield App(paths, config, rules(config), store, now, config_error=error)
        return
    with open_store(paths.store, now, new_id) as store:
        with store.transaction():
            store.runs.keep_config(text, now)
        yield App(paths, config, rules(config), store, now)


def _config_trouble(error: ConfigError) -> Trouble:
    first = error.problems[0]
    where = f"line {first.line}, " if first.line else ""
    return Trouble(
        "",
        "ConfigError",
        f"the config is broken ({where}{first.path or 'syntax'}: {first.message}); the last good one is in force",
        "mend it, and see `kith check`",
    )
