"""The user's systemd, asked through its own programs: systemctl(1), loginctl(1), systemd-run(1)."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from kith.errors import ServiceError

_PATIENCE = 120
"""Seconds: a service that is stopped may first finish a step of its pass."""
_REFUSED = (217, 218, 226)
"""With what systemd leaves in place of a program whose user, capabilities or namespace it could not set up."""

Sandbox = Literal["works", "ignored", "refused"]
"""What becomes of the lines that need namespaces: they work, they do nothing, or nothing starts with them."""


def systemctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``systemctl --user``; its exit code and output.

    Raises:
        ServiceError: there is no systemd here, or it does not answer.
    """
    return _run("systemctl", "--user", *arguments)


def ask(*arguments: str) -> str:
    """What ``systemctl --user`` says.

    Raises:
        ServiceError: it refuses, or there is no manager to ask.
    """
    done = systemctl(*arguments)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ServiceError(f"systemctl {arguments[0]}: {said[0] if said else f'exit code {done.returncode}'}")
    return done.stdout


def is_there() -> bool:
    """Whether the user has a service manager that answers."""
    try:
        return systemctl("show", "--property=Version").returncode == 0
    except ServiceError:
        return False


def require() -> None:
    """Raise ServiceError where there is no service manager to ask, with what mends it."""
    if not is_there():
        raise ServiceError(
            "there is no systemd here that runs services for you",
            hint="log in as yourself rather than with su or sudo, or say export XDG_RUNTIME_DIR=/run/user/$(id -u); "
            "without systemd, run `kith daemon` or, now and then, `kith sync --scheduled`",
        )


def show(unit: str) -> Mapping[str, str]:
    """What systemd knows about a unit, by its property names; LoadState is ``not-found`` for one that is not there."""
    lines = ask("show", unit).splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def unit_folder() -> Path:
    """Where the manager looks for units that the user put there."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    searched = ask("show", "--property=UnitPath", "--value").split()
    return folder if not searched or str(folder) in searched else Path.home() / ".config" / "systemd" / "user"


def lingers() -> bool | None:
    """Whether the user's services run while they are not logged in; None where that cannot be told."""
    try:
        done = _run("loginctl", "show-user", getpass.getuser(), "--property=Linger", "--value")
    except ServiceError:
        return None
    return {"yes": True, "no": False}.get(done.stdout.strip())


def try_sandbox() -> Sandbox:
    """What the manager makes of a sandbox, found out with a program that runs in one and tries to write."""
    if shutil.which("systemd-run") is None:
        return "works"
    properties = ("PrivateUsers=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=read-only")
    options = [f"--property={one}" for one in properties]
    tried = _run("systemd-run", "--user", "--wait", "--quiet", "--collect", *options, "test", "!", "-w", Path.home())
    return "works" if tried.returncode == 0 else "refused" if tried.returncode in _REFUSED else "ignored"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 -- programs of systemd, with words of ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError:
        raise ServiceError(f"there is no {command[0]} here", hint="without systemd, run `kith daemon`") from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"{command[0]} did not answer", hint="try again in a moment") from None
