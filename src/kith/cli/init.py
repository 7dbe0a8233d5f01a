"""``kith init``: a few questions, each answer tried, a password stored, a commented config, a first dry run.

All of it also without questions, by options. Nothing is written before everything is known, and a config that is
there already is replaced only when that is said; the old one is kept beside it.
"""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from kith.cli import ask
from kith.cli.console import err, out, progress, say
from kith.cli.login import PasswordStdin, Store, StoreOption, where_to_keep
from kith.cli.session import options
from kith.cli.sync import print_report
from kith.errors import ConfigError, KithError, SignInNeeded, UsageError

if TYPE_CHECKING:
    from kith.cli.interview import Answers
    from kith.config.first import FirstCircle
    from kith.config.schema import Config
    from kith.paths import Paths
    from kith.secrets import Vault

_MOST_LABELS_SHOWN = 40


def init(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option("--url", metavar="SERVER", help="Your server: its name, an address, or your e-mail.")
    ] = None,
    username: Annotated[str | None, typer.Option("--username", metavar="NAME", help="Who you are there.")] = None,
    password_stdin: PasswordStdin = False,
    password_command: Annotated[
        str | None, typer.Option("--password-command", metavar="COMMAND", help="A program that prints the password.")
    ] = None,
    store: StoreOption = None,
    contacts_url: Annotated[
        str | None, typer.Option("--contacts-url", metavar="URL", help="The address book itself.")
    ] = None,
    calendar_url: Annotated[
        str | None, typer.Option("--calendar-url", metavar="URL", help="The calendar itself.")
    ] = None,
    address_book: Annotated[
        list[str] | None, typer.Option("--address-book", metavar="NAME", help="Read only this one; may be repeated.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="PATH", help="Contacts in a folder, or in a .vcf file.")
    ] = None,
    calendar_folder: Annotated[
        Path | None, typer.Option("--calendar-folder", metavar="DIR", help="Events in a folder of .ics files.")
    ] = None,
    calendar_name: Annotated[
        str | None, typer.Option("--calendar-name", metavar="NAME", help="The calendar on the server.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="FILE", help="Who vouches for a server of your own.")
    ] = None,
    circle: Annotated[
        list[str] | None,
        typer.Option("--circle", metavar="C=LABEL,…@EVERY", help='As in inner=Family,"Close friends"@2w; repeat it.'),
    ] = None,
    per_day: Annotated[
        int | None, typer.Option("--per-day", metavar="N", min=1, max=26, help="Reach-outs a day, at most.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Where you live, as in Europe/Lisbon.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a config that is there; it is kept beside.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take what is usual for the rest.")] = False,
) -> None:
    """Set kith up: a few questions, or options instead of them."""
    from kith.cli.circles import circle_option
    from kith.cli.interview import Given, Interview

    paths = options(context).paths
    asking = ask.somebody_is_there() and not yes and not password_stdin
    _may_write(paths.config, asking=asking, force=force)
    given = Given(
        asking=asking,
        url=url,
        username=username,
        password=ask.password_from_stdin() if password_stdin else None,
        password_command=tuple(shlex.split(password_command)) if password_command else None,
        contacts_url=contacts_url,
        calendar_url=calendar_url,
        address_books=tuple(address_book or ()),
        folder=folder,
        calendar_folder=calendar_folder,
        calendar_name=calendar_name,
        ca_file=ca_file,
    )
    circles = tuple(circle_option(typed) for typed in circle or ())
    if asking:
        say("A few questions. Each answer is tried at once, and nothing is written before the end.\n", "dim")
    answers = Interview(given).places()
    setup = _Setup(paths, answers, asking=asking)
    setup.zone(timezone)
    setup.circles(circles)
    setup.per_day(per_day)
    setup.write(store)
    setup.dry_run()


class _Setup:
    """From the places to a config on disk."""

    def __init__(self, paths: Paths, answers: Answers, *, asking: bool) -> None:
        self._paths = paths
        self._answers = answers
        self._asking = asking
        self._zone: str | None = None
        self._circles: tuple[FirstCircle, ...] = ()
        self._per_day = 3
        self._homeless: list[str] = []
        self._labels: dict[str, int] = {}

    def zone(self, wanted: str | None) -> None:
        """A machine on UTC is often a server in a rack, and its user elsewhere."""
        import tzlocal

        self._zone = wanted
        if wanted is not None or not self._asking:
            return
        try:
            name = tzlocal.get_localzone_name() or "UTC"
        except (KeyError, ValueError, OSError):
            name = "UTC"
        if name in ("UTC", "Etc/UTC"):
            say("")
            self._zone = ask.text(
                "This machine is on UTC. Your time zone, as in Europe/Lisbon", name, check=_known_zone
            )

    def circles(self, given: tuple[FirstCircle, ...]) -> None:
        """Which labels are which circle, after reading the cards."""
        from kith.cli.circles import ask_for_circles, likely_circles

        self._labels = self._read_labels()
        if given:
            self._circles = given
            for label in (label for circle in given for label in circle.labels if label not in self._labels):
                err().print(f"  no card has the label “{escape(label)}”", style="yellow")
        elif self._asking and self._labels:
            self._circles = ask_for_circles(self._labels)
        else:
            self._circles = likely_circles(self._labels)
        if not any(circle.labels for circle in self._circles):
            say("No circle has a label yet. Put labels on people in your contacts app and into the config, or say")
            say('`kith set "Ana Souza" --circle inner`.')

    def _read_labels(self) -> dict[str, int]:
        """The labels on the cards, the most frequent first."""
        from kith.app import survey

        with progress("Reading contacts") as step:
            report, network = survey(self._config(), self._vault(at_hand=True), step)
        for trouble in report.troubles:
            raise KithError(trouble.message, hint=trouble.hint)
        people = [known.person for known in network.known.values()]
        if report.accounts:
            say(
                f"  ✓ {len(people)} people"
                + (f"; {len(report.notes)} things could not be read" if report.notes else "")
            )
            say("")
        counted = Counter(label for person in people for label in person.labels)
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
        return dict(ranked[:_MOST_LABELS_SHOWN])

    def per_day(self, wanted: int | None) -> None:
        """How many a day."""
        if wanted is not None:
            self._per_day = wanted
        elif self._asking:
            say("")
            self._per_day = int(ask.text("How many reach-outs a day, at most", "3", check=_a_few))

    def write(self, store: Store | None) -> None:
        """Store the passwords, then write the config; a password that may not be kept here costs no answers."""
        from kith.config.edit import write
        from kith.files import replace_file

        text = self._text()
        self._config()
        chosen = {name: self._where_to_keep(store, name) for name in self._answers.passwords}
        for name, password in self._answers.passwords.items():
            place = chosen[name]
            if place is not None:
                say(f"The password of account “{name}” is in {self._vault().keep(name, password, place)}.")
        path = self._paths.config
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                old = path.with_name(f"{path.name}.old")
                replace_file(old, path.read_bytes())
                say(f"What was there before is now {old}.")
        except OSError as error:
            raise KithError(f"{path} cannot be replaced: {error.strerror}", hint="check the folder") from error
        write(path, text)
        say(f"Written: {path}. It is short, commented, and yours to edit.")
        for name in self._homeless:
            say(f"The password of account “{name}” is not kept: give [accounts.{name}] a password_command,", "yellow")
            say(f"or store it with `{self._kith} login {name}`.", "yellow")

    def _where_to_keep(self, store: Store | None, name: str) -> Literal["keyring", "file"] | None:
        try:
            return where_to_keep(store, name)
        except SignInNeeded:
            if not self._asking:
                raise
            self._homeless.append(name)
            return None

    def dry_run(self) -> None:
        """Offer to show what a first pass would do."""
        from kith.app import open_app

        if not self._homeless and (
            not self._asking or ask.yes("Show what the first pass would write? Nothing is changed by that.")
        ):
            say("")
            with open_app(self._paths) as app:
                with progress("Rehearsing") as step:
                    report = app.rehearse(step)
                print_report(report, app.today, app.rules.days.zone, dry_run=True)
        kith = escape(self._kith)
        out().print("\nNext:")
        out().print(f"  {kith} sync      the first pass", highlight=False)
        out().print(f"  {kith} check     whether all is well; README says how to leave kith running")

    @property
    def _kith(self) -> str:
        """How kith is called for this config."""
        usual = self._paths.config == type(self._paths).usual().config
        return "kith" if usual else f"kith --config {shlex.quote(str(self._paths.config))}"

    def _text(self) -> str:
        from kith.config.first import FirstAnswers, first_config

        return first_config(
            FirstAnswers(
                accounts=self._answers.accounts,
                calendar_account=self._answers.calendar_account,
                calendar_name=self._answers.calendar_name,
                circles=self._circles,
                per_day=self._per_day,
                timezone=self._zone,
                labels_seen=[f"{label} ({count})" for label, count in self._labels.items()],
            )
        )

    def _config(self) -> Config:
        from kith.config.load import parse

        try:
            return parse(self._text(), file="what was answered", base=self._paths.config.absolute().parent)
        except ConfigError as error:
            raise UsageError(
                "; ".join(f"{problem.path} {problem.message}" for problem in error.problems),
                hint="say it otherwise, or write the config by hand from config.example.toml",
            ) from None

    def _vault(self, *, at_hand: bool = False) -> Vault:
        from kith.secrets import Vault

        return Vault(self._paths.secrets, self._answers.passwords if at_hand else {})


def _may_write(path: Path, *, asking: bool, force: bool) -> None:
    """Raises UsageError: there is a config, and nobody said that it may be replaced."""
    if not path.exists() or force:
        return
    if asking and ask.yes(
        f"There is a config already: {path}. Replace it? It is kept as {path.name}.old", default=False
    ):
        return
    raise UsageError(f"there is a config already: {path}", hint="--force replaces it, and keeps it beside the new one")


def _known_zone(typed: str) -> str:
    from kith.config.fields import zone

    return zone(typed).key


def _a_few(typed: str) -> str:
    if not (typed.isdecimal() and 1 <= int(typed) <= 26):
        raise ValueError("type a number from 1 to 26")
    return typed
