"""What a config needs that the service's sandbox would forbid, as the lines of a drop-in.

Nothing is opened here, and nothing is asked of the disk: the same config gives the same lines, so that a drop-in that
does not fit any more is known by being another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kith.config.accounts import FolderAccount, GoogleTable, ServerAccount
from kith.config.schema import Config
from kith.paths import Paths
from kith.service.units import drop_in, quoted

_GPG = ("%h/.gnupg", "%t/gnupg")
_NOTES = {
    "gpg": _GPG,
    "gpg2": _GPG,
    "pass": _GPG,
    "gopass": (*_GPG, "%h/.config/gopass", "%h/.local/share/gopass", "%h/.cache/gopass"),
    "op": ("%h/.config/op",),
    "bw": ("%h/.config/Bitwarden CLI",),
    "rbw": ("%h/.cache/rbw", "%h/.local/share/rbw", "%t/rbw"),
}
"""Programs that give passwords, and the folders in which they keep notes, locks and sockets while they do."""
_COMPILERS = frozenset({"bw", "node", "java", "dotnet"})
"""Those that write code into memory and run it."""
_TOLD = ("GNUPGHOME", "PASSWORD_STORE_DIR")
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 -- nothing is written there

_NO_NAMESPACES = """\
# This machine's manager cannot make namespaces for a user: what depends on them is off.
PrivateUsers=no
CapabilityBoundingSet=~
ProtectSystem=no
ProtectHome=no
PrivateTmp=no
PrivateDevices=no
PrivateMounts=no
ProtectClock=no
ProtectHostname=no
ProtectKernelModules=no
"""


def settings(
    config: Config,
    paths: Paths,
    program: Sequence[str],
    *,
    home: Path,
    environment: Mapping[str, str],
    namespaces: bool = True,
) -> str:
    """The drop-in for a service that runs ``program`` on this config.

    ``environment`` is that of the user's shell, ``home`` their home folder; without ``namespaces`` all that needs them
    is turned off.
    """
    lines = ["[Service]"]
    if paths.state != home / ".local" / "state" / "kith":
        lines += ["# Where kith keeps what it knows.", _variable("XDG_STATE_HOME", str(paths.state.parent))]
        lines += [_writable(paths.state)]
    for name, account in config.accounts.items():
        if isinstance(account, FolderAccount):
            lines += _folders(name, account)
        elif isinstance(account, ServerAccount) and account.password_command:
            lines += _command(name, account.password_command, environment)
    if namespaces and _in_temporary(config, paths, program):
        lines += ["# Something that kith needs is in /tmp.", "PrivateTmp=no"]
    if not namespaces:
        lines += _NO_NAMESPACES.splitlines()
    return drop_in("\n".join(lines) + "\n")


def without_namespaces(text: str) -> bool:
    """Whether a drop-in was written for a machine that cannot make namespaces."""
    return _NO_NAMESPACES in text


def _folders(name: str, account: FolderAccount) -> Iterator[str]:
    if account.calendar is not None:
        yield from (f"# accounts.{name}: the calendar.", _writable(account.calendar))
    if account.subscribe is not None:
        yield from (f"# accounts.{name}: the folder of the file to subscribe to.", _writable(account.subscribe.parent))


def _command(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    programs = {Path(word).name for word in re.split(r"[\s;|&()'\"]+", " ".join(command)) if word}
    known = sorted(programs & _NOTES.keys())
    for program in known:
        yield f"# accounts.{name}: {program} keeps notes there."
        yield from (_keeping_specifiers(place) for place in _NOTES[program])
    if known:
        if "GNUPGHOME" in environment:
            yield _writable(Path(environment["GNUPGHOME"]))
        yield from (_variable(variable, environment[variable]) for variable in _TOLD if variable in environment)
    if programs & _COMPILERS:
        yield from (f"# accounts.{name}: {command[0]} compiles while it runs.", "MemoryDenyWriteExecute=no")


def _writable(place: Path) -> str:
    """That a folder may be written to, if it is there."""
    return f"ReadWritePaths={quoted(f'-{place}')}"


def _keeping_specifiers(place: str) -> str:
    """The same for one of :data:`_NOTES`."""
    return f'ReadWritePaths="-{place}"' if " " in place else f"ReadWritePaths=-{place}"


def _variable(name: str, value: str) -> str:
    return f"Environment={quoted(f'{name}={value}')}"


def _in_temporary(config: Config, paths: Paths, program: Sequence[str]) -> bool:
    used = [paths.config, paths.state, *map(Path, program)]
    for account in config.accounts.values():
        if isinstance(account, FolderAccount):
            used += [place for place in (account.contacts, account.calendar, account.subscribe) if place]
        else:
            used += _files(account)
    return any(place.is_relative_to(folder) for place in used for folder in _TEMPORARY)


def _files(account: ServerAccount | GoogleTable) -> Iterator[Path]:
    if isinstance(account, GoogleTable):
        places = [account.client_secrets]
    else:
        places = [account.ca_file, account.client_cert, account.client_key]
    return (place for place in places if place)
