"""The command: its verbs, the options before them, and the one place where errors become words and exit codes.

Exit codes: 0 done; 1 a bug, with a traceback; 2 a wrong argument, or a person who is unknown or not clear; 69 an
account cannot do what was asked; 71 systemd; 74 the store; 75 another pass is running; 77 a sign-in is needed; 78 the
config; 130 and 143 stopped by Ctrl-C or by SIGTERM, after the current step; 141 whoever read the output left.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from kith import __version__
from kith.cli.console import ReaderGone, err
from kith.cli.session import Globals
from kith.cli.verbs import Verb, needed
from kith.errors import ConfigError, KithError, UsageError
from kith.log import set_up


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kith {__version__}")
        raise typer.Exit


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


def command_line(verbs: Iterable[Verb]) -> typer.Typer:
    """The command with these verbs."""
    app = typer.Typer(
        name="kith",
        help="Keeps you in touch with the people you know, through the calendar you already use.",
        epilog="Answer in your calendar: tick an event (✓ before its title), move it, delete it, or type what you "
        "talked about. These commands are for setting up, looking things up, and the rare decision.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(before_every_command)
    for verb in verbs:
        verb.add_to(app)
    return app


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    os.umask(0o077)
    try:
        command = typer.main.get_command(command_line(needed(sys.argv[1:] if arguments is None else arguments)))
        _let_flags_be_flags(command)
        command(arguments, prog_name="kith")
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


def _let_flags_be_flags(command: Any, parent: Any = None) -> None:  # noqa: ANN401 -- Typer keeps its own classes
    """Typer 0.29 writes ``<bool>`` behind each flag in the help, as if something had to follow it."""
    context = typer.Context(command, parent=parent, **command.context_settings)
    for option in command.get_params(context):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for verb in getattr(command, "commands", {}).values():
        _let_flags_be_flags(verb, context)


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
