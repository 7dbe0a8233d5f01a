"""``kith demo``: the whole circle on a sample network, in a temporary folder, with a pretended clock.

The sample people are on a real DAV server that runs on this machine while the demo does; without one to start, or with
``--folder``, in plain files. Nothing of the user's is read or written.
"""

from __future__ import annotations

import shlex
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.panel import Panel

from kith.cli.console import out, progress, say, table
from kith.cli.sync import print_report
from kith.cli.words import clock_text, day_words
from kith.errors import KithError, UsageError
from kith.paths import Paths

if TYPE_CHECKING:
    from kith.core.report import PassReport
    from kith.demo.dav import DemoServer
    from kith.demo.phone import Entry, Phone

_REST_OF_CONFIG = """
[reach_out]
per_day = 3
at = "17:30"

[circles.inner]
every = "2w"
at_worst = "4w"
labels = ["Family", "Close friends"]

[circles.friends]
every = "6w"
labels = ["Friends"]

[circles.work]
every = "3m"
labels = ["Work"]
"""
_AGENDA_LINES = 10


def demo(
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Leave everything in this new folder, to look around.")
    ] = None,
    folder: Annotated[bool, typer.Option("--folder", help="Plain files instead of a server.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Leave the server up afterwards, for a contacts or calendar app of yours.")
    ] = False,
) -> None:
    """See it work: a sample network, a pass, answers in the calendar, what kith understood."""
    from kith.demo import dav

    if serve and (folder or not dav.is_installed()):
        raise KithError("there is no server to leave up", hint=_how_to_get_a_server())
    if not folder and not dav.is_installed():
        say(f"With a real server this demo shows more: {_how_to_get_a_server()}. Here it is with plain files.\n", "dim")
    with _place(keep) as place, _ending_well(), _stage(place, plain=folder or not dav.is_installed()) as stage:
        _Story(place, stage).tell()
        _say_where_things_are(place, stage, kept=keep is not None, stays=serve)
        if serve and stage.server is not None:
            _leave_up(place, stage.server)


def _how_to_get_a_server() -> str:
    return "`pipx inject kithd radicale` or `pip install 'kithd[demo]'`"


# --- where it happens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the sample people are: what the config says of it, the phone that sees it, and a word about it."""

    accounts: str
    phone: Phone
    words: str
    server: DemoServer | None = None


@contextmanager
def _stage(place: Path, *, plain: bool) -> Iterator[_Stage]:
    from kith.demo import dav

    sample = files("kith.demo").joinpath("sample.vcf").read_bytes()
    if plain:
        yield _in_files(place, sample)
        return
    try:
        with ExitStack() as running:
            with progress("Starting a server"):
                server = running.enter_context(dav.serve(place / "server"))
                stage = _on_a_server(place, server, sample)
            yield stage
    except dav.DemoFailed as error:
        raise KithError(str(error), hint="`kith demo --folder` needs no server") from error


def _in_files(place: Path, sample: bytes) -> _Stage:
    from kith.demo.phone import FolderStorage, Phone

    contacts = place / "contacts"
    contacts.mkdir(parents=True)
    (contacts / "phone-export.vcf").write_bytes(sample)
    accounts = '[accounts.disk]\ntype = "folder"\ncontacts = "contacts/phone-export.vcf"\ncalendar = "calendar"\n'
    words = f"A sample address book as a phone exports it, in {contacts}"
    return _Stage(accounts, Phone(FolderStorage(place / "calendar")), words)


def _on_a_server(place: Path, server: DemoServer, sample: bytes) -> _Stage:
    from kith.config.written import whole
    from kith.demo.dav import CalendarStorage
    from kith.demo.phone import Phone

    count = server.fill(sample)
    password = place / "password"
    password.touch(mode=0o600)
    password.write_text(f"{server.password}\n")
    accounts = (
        f'[accounts.home]\ntype = "dav"\nurl = {whole(server.url)}\nusername = {whole(server.user)}\n'
        f"password_command = {whole(['cat', str(password)])}\n"
    )
    words = f"A CardDAV and CalDAV server on this machine, {server.url}, with {count} sample cards"
    return _Stage(accounts, Phone(CalendarStorage(server)), words, server)


@contextmanager
def _ending_well() -> Iterator[None]:
    """A demo that is told to stop takes its server along."""

    def stop(*_: object) -> None:
        raise typer.Exit(143)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# --- the end ------------------------------------------------------------------------------------------------


def _say_where_things_are(place: Path, stage: _Stage, *, kept: bool, stays: bool) -> None:
    console = out()
    console.print("\n[bold]That was it.[/]", end="\n" if stays and not kept else " ")
    if kept:
        console.print(f"Everything is in {escape(str(place))}. Look around with:", soft_wrap=True)
        console.print(f"  {escape(_command(place))} people", soft_wrap=True)
    elif not stays:
        console.print("It happened in a temporary folder that goes away now; nothing of yours was read or changed.")
        console.print("  kith demo --keep DIR   leaves everything in a folder, to look around")
    if stage.server is not None and not stays:
        console.print("  kith demo --serve      leaves the server up, for a contacts or calendar app of your own")
    console.print("\nWith your own contacts and calendar, in five minutes:")
    console.print("  kith init")


def _leave_up(place: Path, server: DemoServer) -> None:
    console = out()
    console.print("\n[bold]The server stays up[/] until you press Ctrl-C. In an app on this machine:")
    console.print(f"  address    {server.url}")
    console.print(f"  user       {server.user}")
    console.print(f"  password   {server.password}")
    console.print("Answer some events there, then see what kith makes of it:")
    console.print(f"  {escape(_command(place))} sync", soft_wrap=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nThe server is gone.")


def _command(place: Path) -> str:
    state, config = (shlex.quote(str(place / name)) for name in ("state", "config.toml"))
    return f"XDG_STATE_HOME={state} kith --config {config}"


# --- the story ----------------------------------------------------------------------------------------------


class _Story:
    """The demo, scene by scene."""

    def __init__(self, place: Path, stage: _Stage) -> None:
        self._stage = stage
        self._phone = stage.phone
        self._paths = Paths(config=place / "config.toml", state=place / "state" / "kith")
        self._now = _next_weekday_morning()
        self._console = out()

    def tell(self) -> None:
        """All of it, in order."""
        self._paths.config.write_text(f'timezone = "Europe/Lisbon"\n\n{self._stage.accounts}{_REST_OF_CONFIG}')
        self._console.print(escape(self._stage.words))
        self._scene("1", "A first pass", "kith reads the address book and writes the next four weeks into a calendar.")
        self._sync()
        self._show_agenda()
        self._now += timedelta(days=2, hours=11)
        self._scene(
            "2", "You answer, on your phone", f"It is {self._moment()}. In the calendar app of your choice, you …"
        )
        self._answer()
        self._scene("3", "A second pass", "What you did in the calendar is understood; the next events follow from it.")
        self._sync()
        self._now += timedelta(minutes=15)
        self._scene("4", "A third pass", "A quarter of an hour later: the deletion is still one, so it is believed.")
        report = self._sync()
        if not report.wrote:
            self._console.print("[green]Nothing was written.[/] Your calendar is only touched when there is a reason.")

    def _scene(self, number: str, heading: str, words: str) -> None:
        self._console.print()
        self._console.print(f"[bold cyan]── {number} · {heading} ──[/]")
        self._console.print(escape(words))
        self._console.print()

    def _sync(self) -> PassReport:
        from kith.app import open_app

        with open_app(self._paths, clock=lambda: self._now) as app:
            with progress("Syncing") as step:
                report = app.sync(step)
            print_report(report, app.today, app.rules.days.zone)
            if report.troubles:
                raise KithError("the demo did not get on", hint="`kith demo --folder` needs no server")
            return report

    def _show_agenda(self) -> None:
        entries = self._phone.entries()
        today = self._now.date()
        zone = self._now.tzinfo or UTC
        self._console.print()
        self._console.print(f"[bold]The agenda[/] ({len(entries)} events)")
        shown = entries[:_AGENDA_LINES]
        table(
            ("When", "", "Event"),
            [(day_words(e.start.date(), today), clock_text(e.start, zone), e.title) for e in shown],
        )
        if len(entries) > len(shown):
            self._console.print(f"… and {len(entries) - len(shown)} more", style="dim")
        self._console.print("\nOne of them, as it looks in the calendar:")
        width = min(72, self._console.width)
        self._console.print(Panel(escape(entries[0].description), title=escape(entries[0].title), width=width))

    def _answer(self) -> None:
        phone, entries = self._phone, self._phone.entries()
        phone.now = self._now
        started = [entry for entry in entries if entry.start <= self._now]
        ahead = [entry for entry in entries if entry.start > self._now]
        ticked, typed, no_answer = started[0], started[1], started[2]
        # Somebody whose next round lies past the horizon: the third pass has nothing to write then.
        deleted = next(entry for entry in ahead if "every 6 weeks" in entry.description)
        moved, prepared = [entry for entry in ahead if entry is not deleted][:2]
        text = "Moving house in spring, wants help with the shelves"
        phone.tick(ticked)
        phone.write_below(typed, text)
        phone.tried(no_answer)
        phone.drag(moved, timedelta(days=7))
        phone.delete(deleted)
        phone.write_below(prepared, "Ask about the concert")
        acts: list[tuple[str, Entry, str]] = [
            ("tick", ticked, "✓ before the title: you talked"),
            ("type", typed, f"“{text}”"),
            ("try", no_answer, "~ before the title: no answer"),
            ("move", moved, "a week later"),
            ("delete", deleted, "not this time"),
            ("note", prepared, "“Ask about the concert”, before it starts"),
        ]
        for act, entry, words in acts:
            self._console.print(f"  [bold]{act:<7}[/] {escape(entry.title):<30} {escape(words)}")

    def _moment(self) -> str:
        return f"{self._now:%A, %H:%M}, two days later"


def _next_weekday_morning() -> datetime:
    """Nine o'clock on the next Monday, Tuesday or Wednesday, so that the story's days are all working days."""
    from zoneinfo import ZoneInfo

    day = datetime.now(UTC).date()
    while day.weekday() > 2:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), ZoneInfo("Europe/Lisbon"))


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="kith-demo-") as folder:
            yield Path(folder)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        is_empty = not any(keep.iterdir())
    except OSError as error:
        raise UsageError(f"{keep}: {error.strerror}", hint="name a new folder") from error
    if not is_empty:
        raise UsageError(f"{keep} is not empty", hint="name a new folder")
    yield keep.absolute()
