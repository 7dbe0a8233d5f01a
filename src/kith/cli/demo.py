"""``kith demo``: the whole circle on a sample network, in a temporary folder, with a pretended clock."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.panel import Panel

from kith.cli.console import out, progress, table
from kith.cli.sync import print_report
from kith.cli.words import clock_text, day_words
from kith.errors import UsageError
from kith.paths import Paths

if TYPE_CHECKING:
    from kith.core.report import PassReport

_CONFIG = """\
timezone = "Europe/Lisbon"

[accounts.disk]
type = "folder"
contacts = "contacts/phone-export.vcf"
calendar = "calendar"

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
) -> None:
    """See it work: a sample network, a pass, answers in the calendar, what kith understood."""
    with _folder(keep) as folder:
        _Story(folder).tell()
        if keep is not None:
            state, config = (shlex.quote(str(folder / name)) for name in ("state", "config.toml"))
            out().print(escape(f"\nEverything is in {folder}. Look around with:"), soft_wrap=True)
            out().print(escape(f"  XDG_STATE_HOME={state} kith --config {config} people"), soft_wrap=True)


class _Story:
    """The demo, scene by scene."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calendar = folder / "calendar"
        self._paths = Paths(config=folder / "config.toml", state=folder / "state" / "kith")
        self._now = _next_weekday_morning()
        self._console = out()

    def tell(self) -> None:
        """All of it, in order."""
        self._prepare()
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

    def _prepare(self) -> None:
        contacts = self._folder / "contacts"
        contacts.mkdir(parents=True)
        sample = files("kith.demo").joinpath("sample.vcf").read_bytes()
        (contacts / "phone-export.vcf").write_bytes(sample)
        self._paths.config.write_text(_CONFIG)
        self._console.print(f"A sample address book as a phone exports it, in {escape(str(contacts))}")

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
            return report

    def _show_agenda(self) -> None:
        from kith.demo import phone

        entries = phone.entries(self._calendar)
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
        self._console.print(Panel(escape(phone.description(entries[0])), title=escape(entries[0].title), width=width))

    def _answer(self) -> None:
        from kith.demo import phone

        entries = phone.entries(self._calendar)
        started = [entry for entry in entries if entry.start <= self._now]
        ahead = [entry for entry in entries if entry.start > self._now]
        ticked, typed, no_answer = started[0], started[1], started[2]
        # Somebody whose next round lies past the horizon: the third pass has nothing to write then.
        deleted = next(entry for entry in ahead if "every 6 weeks" in phone.description(entry))
        moved, prepared = [entry for entry in ahead if entry is not deleted][:2]
        text = "Moving house in spring, wants help with the shelves"
        phone.tick(ticked, self._now)
        phone.write_below(typed, text, self._now)
        phone.tried(no_answer, self._now)
        phone.drag(moved, timedelta(days=7), self._now)
        phone.delete(deleted)
        phone.write_below(prepared, "Ask about the concert", self._now)
        acts = [
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
def _folder(keep: Path | None) -> Iterator[Path]:
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
