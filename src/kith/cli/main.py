"""The command: its verbs, the options before them, and the one place where errors become words and exit codes.

Exit codes: 0 done; 1 a bug, with a traceback; 2 a wrong argument, or a person who is unknown or not clear; 69 an
account cannot do what was asked; 71 systemd; 74 the store; 75 another pass is running; 77 a sign-in is needed; 78 the
config; 130 and 143 stopped by Ctrl-C or by SIGTERM, after the current step; 141 whoever read the output left.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kith import __version__
from kith.cli import (
    account,
    add,
    advise,
    backup,
    check,
    circle,
    daemon,
    demo,
    due,
    duplicates,
    edit,
    events,
    export,
    fact,
    forget,
    history,
    import_,
    init,
    intro,
    log,
    login,
    meetings,
    merge,
    news,
    pause,
    people,
    promises,
    report,
    scout,
    search,
    service,
    show,
    skip,
    snooze,
    split,
    status,
    sync,
    tag,
    triage,
    why,
)
from kith.cli import set as set_
from kith.cli.console import ReaderGone, err
from kith.cli.session import Globals
from kith.errors import ConfigError, KithError, UsageError
from kith.log import set_up

app = typer.Typer(
    name="kith",
    help="Keeps you in touch with the people you know, through the calendar you already use.",
    epilog="Answer in your calendar: tick an event (✓ before its title), move it, delete it, or type what you "
    "talked about. These commands are for setting up, looking things up, and the rare decision.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_EVERY_DAY, _LOOK, _RUN, _KEEP = "Answer from here", "Look things up", "Run and set up", "Keep what you said"
_WHO, _GIVE = "Say who is who", "Give"
app.command("due", rich_help_panel=_LOOK)(due.due)
app.command("show", rich_help_panel=_LOOK)(show.show)
app.command("history", rich_help_panel=_LOOK)(history.history)
app.command("search", rich_help_panel=_LOOK)(search.search)
app.command("promises", rich_help_panel=_LOOK)(promises.promises)
app.command("people", rich_help_panel=_LOOK)(people.people)
app.command("report", rich_help_panel=_LOOK)(report.report)
app.command("status", rich_help_panel=_LOOK)(status.status)
app.command("log", rich_help_panel=_EVERY_DAY)(log.log)
app.command("fact", rich_help_panel=_EVERY_DAY)(fact.fact)
app.command("edit", rich_help_panel=_EVERY_DAY)(edit.edit)
app.command("forget", rich_help_panel=_EVERY_DAY)(forget.forget)
app.command("snooze", rich_help_panel=_EVERY_DAY)(snooze.snooze)
app.command("skip", rich_help_panel=_EVERY_DAY)(skip.skip)
app.command("pause", rich_help_panel=_EVERY_DAY)(pause.pause)
app.command("add", rich_help_panel=_EVERY_DAY)(add.add)
app.command("triage", rich_help_panel=_EVERY_DAY)(triage.triage)
app.command("tag", rich_help_panel=_EVERY_DAY, context_settings=tag.SETTINGS)(tag.tag)
app.command("set", rich_help_panel=_EVERY_DAY)(set_.set_)
app.command("advise", rich_help_panel=_EVERY_DAY)(advise.advise)
app.add_typer(news.app, name="news", rich_help_panel=_GIVE)
app.add_typer(intro.app, name="intro", rich_help_panel=_GIVE)
app.add_typer(scout.app, name="scout", rich_help_panel=_GIVE)
app.command("duplicates", rich_help_panel=_WHO)(duplicates.duplicates)
app.command("merge", rich_help_panel=_WHO)(merge.merge)
app.command("split", rich_help_panel=_WHO)(split.split)
app.command("why", rich_help_panel=_WHO)(why.why)
app.add_typer(account.app, name="account", rich_help_panel=_RUN)
app.command("init", rich_help_panel=_RUN)(init.init)
app.command("sync", rich_help_panel=_RUN)(sync.sync)
app.command("check", rich_help_panel=_RUN)(check.check)
app.add_typer(meetings.app, name="meetings", rich_help_panel=_LOOK)
app.add_typer(circle.app, name="circle", rich_help_panel=_LOOK)
app.add_typer(events.app, name="events", rich_help_panel=_RUN)
app.command("login", rich_help_panel=_RUN)(login.login)
app.command("logout", rich_help_panel=_RUN)(login.logout)
app.add_typer(service.app, name="service", rich_help_panel=_RUN)
app.command("daemon", rich_help_panel=_RUN)(daemon.daemon)
app.command("backup", rich_help_panel=_KEEP)(backup.backup)
app.command("restore", rich_help_panel=_KEEP)(backup.restore)
app.command("export", rich_help_panel=_KEEP)(export.export)
app.command("import", rich_help_panel=_KEEP)(import_.import_)
app.command("demo", rich_help_panel=_RUN)(demo.demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kith {__version__}")
        raise typer.Exit


@app.callback()
def before_every_command(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", envvar="KITH_CONFIG", help="Another config file."),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", envvar="KITH_VERBOSE", help="Say on standard error what is done, as it is done."),
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep the options that stand before the verb."""
    set_up(verbose=verbose)
    context.obj = Globals(config)


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    os.umask(0o077)
    try:
        app(arguments, prog_name="kith")
    except ConfigError as error:
        _show_config_error(error)
        sys.exit(error.exit_code)
    except KithError as error:
        _show(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _show(error: KithError) -> None:
    console = err()
    console.print(f"[bold red]kith:[/] {escape(error.message)}")
    for candidate in error.candidates if isinstance(error, UsageError) else ():
        console.print(f"  · {escape(candidate)}")
    if error.hint:
        console.print(f"  → {escape(error.hint)}")


def _show_config_error(error: ConfigError) -> None:
    console = err()
    console.print(f"[bold red]kith:[/] {escape(error.message)}")
    for problem in error.problems:
        where = f"line {problem.line}: " if problem.line is not None else ""
        path = f"[bold]{escape(problem.path)}[/] " if problem.path else ""
        console.print(f"  · {where}{path}{escape(problem.message)}")
    if error.hint:
        console.print(f"  → {escape(error.hint)}")
