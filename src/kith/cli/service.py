"""``kith service``: have systemd run kith for you, and see how that goes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import OK, PROBLEM, WARNING, print_json, say, verdict
from kith.cli.session import session
from kith.errors import ServiceError

if TYPE_CHECKING:
    from kith.service.install import Kind
    from kith.service.units import Outcome

app = typer.Typer(no_args_is_help=True, help="Have systemd make the passes, in the background and after each start.")

Timer = Annotated[bool, typer.Option("--timer", help="A timer that starts each pass, in place of the daemon.")]


@app.command()
def install(context: typer.Context, timer: Timer = False) -> None:
    """Put the service in place for this config, and start it; again after an edit that needs other folders."""
    from kith.service import systemctl
    from kith.service.install import DAEMON, WITH_TIMER, files, remove, write
    from kith.service.state import state

    kind, other = (WITH_TIMER, DAEMON) if timer else (DAEMON, WITH_TIMER)
    with session(context) as opened:
        systemctl.require()
        folder = systemctl.unit_folder()
        _leave_nothing_half(folder, other)
        made = opened.make_ready_for_service()
        sandbox = systemctl.try_sandbox()
        wanted = files(kind, opened.config, opened.paths, namespaces=sandbox != "refused")
    if other.is_in(folder):
        systemctl.systemctl("disable", "--now", other.starts)
        _tell(remove(folder, other), "removed")
    for place in made:
        say(f"made       {place}")
    _tell(write(folder, wanted), "written")
    systemctl.ask("daemon-reload")
    systemctl.systemctl("reset-failed", *kind.units)
    systemctl.ask("enable", kind.starts)
    systemctl.systemctl("restart", kind.starts)
    now = state(systemctl.show(kind.starts))
    verdict(now.level, kind.starts, now.words, now.mend)
    _advise(sandbox, systemctl.lingers())
    if now.level != OK:
        raise typer.Exit(ServiceError.exit_code)


@app.command()
def uninstall() -> None:
    """Stop the service and take it away. What kith knows, and the config, stay."""
    from kith.service import systemctl
    from kith.service.install import KINDS, remove

    systemctl.require()
    folder = systemctl.unit_folder()
    installed = [kind for kind in KINDS if kind.is_in(folder) or (folder / kind.drop_in).exists()]
    if not installed:
        say("There is no service to take away.")
        return
    for kind in installed:
        systemctl.systemctl("disable", "--now", kind.starts)
        _tell(remove(folder, kind), "removed")
    systemctl.ask("daemon-reload")
    systemctl.systemctl("reset-failed", *(name for kind in installed for name in kind.units))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Whether the service runs, what it says of itself, and whether it runs while you are logged out."""
    from kith.service import systemctl
    from kith.service.install import KINDS
    from kith.service.state import state

    systemctl.require()
    folder = systemctl.unit_folder()
    found = {kind.starts: dict(systemctl.show(kind.starts)) for kind in KINDS if kind.is_in(folder)}
    if as_json:
        print_json({name: _plain(shown) for name, shown in found.items()})
    elif not found:
        verdict(WARNING, "service", "is not installed", "kith service install")
    else:
        for name, shown in found.items():
            now = state(shown)
            verdict(now.level, name, now.words, now.mend, [shown["StatusText"]] if shown.get("StatusText") else [])
            if shown.get("UnitFileState") != "enabled":
                verdict(WARNING, name, "is not started by itself", f"systemctl --user enable {name}")
        _say_lingering(systemctl.lingers())
    if any(state(shown).level == PROBLEM for shown in found.values()):
        raise typer.Exit(ServiceError.exit_code)


@app.command()
def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on showing what comes.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 100,
    since: Annotated[str, typer.Option("--since", help="As journalctl understands it: yesterday, 10:00, …")] = "",
) -> None:
    """What the service wrote into the journal, through journalctl."""
    from kith.service.units import SERVICE, SYNC

    command = ["journalctl", "--user", f"--unit={SERVICE}", f"--unit={SYNC}", f"--lines={lines}"]
    command += [f"--since={since}"] if since else []
    command += ["--follow"] if follow else []
    try:
        os.execvp(command[0], command)  # noqa: S606 -- no shell is meant
    except OSError:
        raise ServiceError("there is no journalctl here", hint="the journal is systemd's") from None


def _leave_nothing_half(folder: Path, other: Kind) -> None:
    """Daemon and timer exclude each other: one that the user wrote is not taken away, so the other is not put there."""
    from kith.service.units import is_ours

    for name in other.units:
        path = folder / name
        if path.exists() and not is_ours(path.read_text(encoding="utf-8", errors="replace")):
            hint = f"systemctl --user disable --now {other.starts}, and move your file away"
            raise ServiceError(f"there is {path} already, which you wrote or changed", hint=hint)


def _tell(outcomes: Mapping[Path, Outcome], written: str) -> None:
    for path, outcome in outcomes.items():
        word = written if outcome == "written" else outcome
        say(f"{word:<10} {path}", "yellow" if outcome == "left alone" else "")
        if outcome == "left alone":
            say("           you wrote or changed it; move it away to have kith's own", "dim")


def _advise(sandbox: str, lingers: bool | None) -> None:
    if sandbox == "ignored":
        verdict(WARNING, "sandbox", "this machine ignores it for files", "see “The sandbox” in docs/service.md")
    elif sandbox == "refused":
        verdict(WARNING, "sandbox", "this machine cannot have it for files, so it is off there", "see docs/service.md")
    _say_lingering(lingers)


def _say_lingering(lingers: bool | None) -> None:
    if lingers:
        verdict(OK, "lingering", "the service runs while you are logged out")
    elif lingers is False:
        verdict(OK, "lingering", "the service ends when you log out", "to have it run always: loginctl enable-linger")


def _plain(shown: Mapping[str, str]) -> dict[str, str | int]:
    return {
        "state": shown.get("ActiveState", ""),
        "result": shown.get("Result", ""),
        "enabled": shown.get("UnitFileState", ""),
        "status": shown.get("StatusText", ""),
        "process": int(shown.get("MainPID", "0")),
        "restarts": int(shown.get("NRestarts", "0")),
    }
