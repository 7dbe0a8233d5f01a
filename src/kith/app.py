"""The composition root: from the config file to accounts, store and pass.

Only here and in :mod:`kith.accounts` are adapters named. They are imported when an account needs them, so that a
command which only reads the store starts at once.
"""

from __future__ import annotations

import random
import tempfile
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kith.accounts.base import Finding, OpenAccount, OwnCalendar
from kith.accounts.folder import Folder
from kith.accounts.server import Server
from kith.child import Failed
from kith.child import run as run_program
from kith.config.accounts import Account, FolderAccount, GoogleTable
from kith.config.load import parse, read
from kith.config.schema import Config, rules
from kith.core.model import AccountId, PersonId
from kith.core.report import PassReport, Trouble
from kith.core.rules import Rules
from kith.errors import AccountError, ConfigError, Denied, StoreDamaged, StoreError, UsageError
from kith.keeping import backups
from kith.lock import held
from kith.online import is_online
from kith.paths import Paths
from kith.secrets import Vault
from kith.store.meetings import Place
from kith.store.store import Store, open_store
from kith.sync.network import Network, load_everybody, load_network
from kith.sync.problems import Notify
from kith.sync.run import Pass
from kith.sync.waits import left_alone, look_ahead, still_wrong, trouble
from kith.sync.watching import Watching

if TYPE_CHECKING:
    from kith.calendars.base import Calendar
    from kith.calendars.rehearsed import Rehearsed
    from kith.core.noticing import Report
    from kith.imports.base import Reading
    from kith.sync.take_in import TakenIn

T = TypeVar("T")
EXPORTS = ("xlsx", "csv", "vcf", "json")
"""The kinds of files that people can be exported to."""

NOTIFY_LIMIT = 30.0
"""Seconds that ``notify.command`` may take."""


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

    # --- accounts -------------------------------------------------------------------------------------

    @cached_property
    def accounts(self) -> Mapping[str, OpenAccount]:
        """The accounts, in the config's order. None is signed in to before it is used."""
        return open_accounts(self.config, Vault(self.paths.secrets))

    def calendar(self) -> OwnCalendar:
        """The calendar that events are written to. Raises SignInNeeded."""
        return self.accounts[self.config.calendar_account].calendar()

    def inspect(self) -> Iterator[Finding]:
        """Look at every account without changing anything."""
        for name, account in self.accounts.items():
            yield from account.inspect(self.store, self.now, carries_events=name == self.config.calendar_account)

    def make_ready_for_service(self) -> list[Path]:
        """Make the folders that a first pass would make, of a calendar never written to; what was made.

        A service may write into folders that are there, and make none beside them. Raises AccountError.
        """
        table = self.config.accounts[self.config.calendar_account]
        if not isinstance(table, FolderAccount) or table.calendar is None:
            return []
        subscribe = table.subscribe.parent if table.subscribe is not None else table.calendar
        missing = [folder for folder in (table.calendar, subscribe) if not folder.exists()]
        if missing:
            self._ready_calendar()
            try:
                subscribe.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                hint = "check the path of `subscribe` in the config"
                raise Denied(f"{subscribe} cannot be made: {error.strerror}", hint=hint) from error
        return [folder for folder in dict.fromkeys(missing) if folder.exists()]

    def close(self) -> None:
        """Let go of what the accounts hold open."""
        if "accounts" in self.__dict__:
            for account in self.accounts.values():
                account.close()

    # --- files ----------------------------------------------------------------------------------------

    def read_file(self, path: Path, *, kind: str = "", dates: str = "", map_file: Path | None = None) -> Reading:
        """Everybody in a file; nothing is stored. Raises Malformed, UsageError."""
        from kith.imports.days import ORDERS
        from kith.imports.kinds import Asked, read

        if dates and dates not in ORDERS:
            raise UsageError(f"--dates is one of {' and '.join(ORDERS)}")
        order = next((order for order in ORDERS if order == dates), None)
        return read(path, Asked(self.today, self.rules.days.zone, kind, order, map_file))

    def take_in(self, reading: Reading, file: str, circle: str | None, *, rehearse: bool) -> TakenIn:
        """Take a file's people in; a rehearsal does it on a copy of the store. Raises StoreError."""
        if not rehearse:
            return self._take_in(self.store, reading, file, circle)
        with self._copy() as store:
            return self._take_in(store, reading, file, circle)

    def _take_in(self, store: Store, reading: Reading, file: str, circle: str | None) -> TakenIn:
        from kith.sync.take_in import TakeIn

        members = {known.person.id for known in load_network(store, self.rules).members()}
        circles = tuple(self.config.circles)
        return TakeIn(store, reading, file, self.local_now, new_id, circles, self.rules.region, circle, members).run()

    def export_as(self, kind: str, people: Collection[PersonId]) -> bytes:
        """These people as a file of that kind, one of :data:`EXPORTS`. Raises UsageError."""
        from kith.exports.plain import as_json
        from kith.exports.tables import as_csv, as_xlsx
        from kith.exports.vcards import as_vcf
        from kith.sync.give_out import entries

        writers = {"csv": as_csv, "xlsx": as_xlsx, "vcf": as_vcf, "json": as_json}
        return writers[kind](entries(self.store, self.rules, people))

    def report_page(self, report: Report) -> bytes:
        """A report as one page for a browser."""
        from kith.exports.report_page import as_page

        return as_page(report)

    @contextmanager
    def _copy(self) -> Iterator[Store]:
        """A copy of the store, to try things on."""
        with tempfile.TemporaryDirectory(prefix="kith-") as folder:
            copy = Path(folder) / "rehearsal.sqlite3"
            self.store.database.back_up_to(copy)
            with open_store(copy, self.now, new_id) as store:
                yield store

    # --- meetings -------------------------------------------------------------------------------------

    @cached_property
    def watching(self) -> Watching:
        """What the config says of meetings; no calendar is opened."""
        if not self.config.watched_calendars:
            return Watching()
        from kith.core import plain

        mine = (*self.config.meetings.me, *(mail for account in self.accounts.values() for mail in account.mine))
        return Watching(
            places=tuple(Place(AccountId(account), name) for account, name in self.config.watched_calendars),
            size=self.config.meetings.meeting_size,
            mine=frozenset(map(plain.email, mine)),
        )

    def _watching(self, asked: Collection[str], troubles: list[Trouble]) -> Watching:
        """The same with the calendars that can be read now: of the accounts ``asked``, and that can be used."""
        opened = (
            _or_trouble(place.account, partial(self.accounts[place.account].watched, place.calendar), troubles)
            for place in self.watching.places
            if place.account in asked
        )
        return replace(self.watching, calendars=[calendar for calendar in opened if calendar is not None])

    # --- passes ---------------------------------------------------------------------------------------

    def sync(
        self,
        step: Callable[[str], None] = lambda _: None,
        *,
        accept_removals: Collection[str] = (),
        patient: bool = False,
    ) -> PassReport:
        """One pass, under the lock that guards passes; a ``patient`` one leaves accounts alone that failed lately.

        Raises LockHeld, StoreError.
        """
        with held(self.paths.lock, "a pass"):
            alone = left_alone(self.store, self.now) if patient else frozenset()
            report = self._ready_pass(step, accept_removals, alone).run()
            look_ahead(
                self.store,
                report,
                self.accounts.keys() - alone,
                self.config.sync.every,
                self.rules.days.zone,
                online=is_online(),
                chance=random.random(),  # noqa: S311 -- to spread, not to hide
            )
            return report

    def _ready_pass(
        self, step: Callable[[str], None], accept_removals: Collection[str], alone: Collection[str]
    ) -> Pass:
        """A pass that does all that one does: a backup before, publishing after, telling of what is wrong."""
        own = self.config.calendar_account
        notify = Notify(self.config.notify.problems, self._command(), own)
        known = self._back_up()
        ready = self._pass(self.store, self._ready_calendar, step, accept_removals, notify, alone, known)
        return ready if own in alone else replace(ready, publish=self.accounts[own].publish)

    def _back_up(self) -> list[Trouble]:
        """Keep a copy of the store as it is before the day's first pass; a full disk stops nothing else."""
        try:
            backups.daily(self.store, self.paths.backups, self.today)
        except StoreDamaged:
            raise
        except StoreError as error:
            return [Trouble("", "BackupFailed", f"there is no backup of today: {error.message}", error.hint)]
        return []

    def rehearse(self, step: Callable[[str], None], *, accept_removals: Collection[str] = ()) -> PassReport:
        """What a pass would do now: a real one, on a copy of the store, that writes to no calendar."""
        with self._copy() as store:
            notify = Notify(self.config.notify.problems)
            return self._pass(store, self._rehearsed_calendar, step, accept_removals, notify).run()

    def _command(self) -> Callable[[str], str] | None:
        """Hands a text to the user's own command; what that gives back is why it failed, empty where it did not."""
        command = self.config.notify.command
        if command is None:
            return None

        def tell(text: str) -> str:
            try:
                run_program(command, limit=NOTIFY_LIMIT, given=text.encode())
            except Failed as failure:
                return f"{Path(command[0]).name} {failure}"
            return ""

        return tell

    def _ready_calendar(self) -> OwnCalendar:
        """The calendar; one that was never written to is made if it is not there."""
        calendar = self.calendar()
        if not self._ever_written(calendar):
            calendar.prepare()
        return calendar

    def _rehearsed_calendar(self) -> Rehearsed:
        from kith.calendars.rehearsed import Rehearsed

        calendar = self.calendar()
        return Rehearsed(calendar, there=self._ever_written(calendar) or calendar.is_there())

    def _ever_written(self, calendar: Calendar) -> bool:
        return self.store.events.ever_written(calendar.account, calendar.name)

    def _pass(
        self,
        store: Store,
        calendar: Callable[[], Calendar | None],
        step: Callable[[str], None],
        accept_removals: Collection[str],
        notify: Notify,
        alone: Collection[str] = (),
        known: Sequence[Trouble] = (),
    ) -> Pass:
        """A pass over the accounts that can be used; what is wrong with the others is among its troubles."""
        troubles = [*([_config_trouble(self.config_error)] if self.config_error else []), *known]
        troubles += still_wrong(store, alone)
        asked = {name: account for name, account in self.accounts.items() if name not in alone}
        sources = [_or_trouble(name, account.source, troubles) for name, account in asked.items()]
        watching = self._watching(asked, troubles) if self.watching.places else self.watching
        own = self.config.calendar_account
        return Pass(
            store=store,
            sources=[source for source in sources if source is not None],
            calendar=_or_trouble(own, calendar, troubles) if own in asked else None,
            rules=self.rules,
            now=self.now,
            new_id=new_id,
            step=step,
            accept_removals=[AccountId(name) for name in accept_removals],
            troubles=list(dict.fromkeys(troubles)),
            notify=notify,
            watching=watching,
        )


def _or_trouble(account: str, use: Callable[[], T | None], troubles: list[Trouble]) -> T | None:
    """What using an account gives; an account that fails is parked, and the others go on."""
    try:
        return use()
    except AccountError as error:
        troubles.append(trouble(account, error))
        return None


def open_accounts(config: Config, vault: Vault) -> dict[str, OpenAccount]:
    """The config's accounts, in its order. None is signed in to before it is used."""
    return {name: _open(name, table, config, vault) for name, table in config.accounts.items()}


def _open(name: str, table: Account, config: Config, vault: Vault) -> OpenAccount:
    if isinstance(table, FolderAccount):
        return Folder(name, table, config.timezone)
    if isinstance(table, GoogleTable):
        from kith.accounts.google import Google

        watches = config.watches(name)
        return Google(name, table, vault, config.calendar.name, config.timezone, meetings=watches)
    return Server(name, table, vault, config.calendar.name, config.timezone)


def survey(config: Config, vault: Vault, step: Callable[[str], None]) -> tuple[PassReport, Network]:
    """Who is in a config's address books: read into a store that is thrown away again. No calendar is looked at.

    The passes of this config have no part in it, so it may be one that is not in force yet.
    """
    now, said = datetime.now(UTC), rules(config)
    accounts = open_accounts(config, vault)
    troubles: list[Trouble] = []
    try:
        found = [_or_trouble(name, account.source, troubles) for name, account in accounts.items()]
        sources = [source for source in found if source is not None]
        with (
            tempfile.TemporaryDirectory(prefix="kith-") as folder,
            open_store(Path(folder) / "survey.sqlite3", now, new_id) as store,
        ):
            report = Pass(store, sources, None, said, now, new_id, step, troubles=troubles).run()
            return report, load_everybody(store, said)
    finally:
        for account in accounts.values():
            account.close()


def ask_again(paths: Paths, account: str) -> None:
    """Have the account asked again at once, by a daemon if there is one: its password is another now."""
    now = datetime.now(UTC)
    if paths.store.exists():
        with open_store(paths.store, now, new_id) as store, store.transaction():
            store.waits.end([account])
            store.waits.hasten(now)


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
            with closing(App(paths, config, rules(config), store, now, config_error=error)) as app:
                yield app
        return
    with open_store(paths.store, now, new_id) as store:
        with store.transaction():
            if store.runs.keep_config(text, now):
                store.waits.end_all()
        with closing(App(paths, config, rules(config), store, now)) as app:
            yield app


def _config_trouble(error: ConfigError) -> Trouble:
    first = error.problems[0]
    where = f"line {first.line}, " if first.line else ""
    return Trouble(
        "",
        "ConfigError",
        f"the config is broken ({where}{first.path or 'syntax'}: {first.message}); the last good one is in force",
        "mend it, and see `kith check`",
    )
