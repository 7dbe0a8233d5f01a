"""What ``kith check`` says of the service: whether it is there, runs, fits the config, and is shut in as it should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kith.accounts.base import Finding
from kith.config.schema import Config
from kith.errors import ServiceError
from kith.paths import Paths
from kith.service.install import KINDS, Kind, files
from kith.service.needs import without_namespaces
from kith.service.state import sandbox_in_force, state
from kith.service.systemctl import is_there, show, unit_folder
from kith.service.units import is_ours

_SUBJECT = "service"


def findings(config: Config, paths: Paths) -> Iterator[Finding]:
    """Look at the service, without changing anything; nothing where no systemd runs services for the user."""
    if not is_there():
        return
    try:
        folder = unit_folder()
        installed = [kind for kind in KINDS if kind.is_in(folder)]
        if not installed:
            message = "not installed; passes are made when you say so"
            yield Finding("ok", _SUBJECT, message, "to have them made for you: `kith service install`")
        if len(installed) > 1:
            message = "there is a daemon and a timer; one of them is enough"
            yield Finding("warning", _SUBJECT, message, "`kith service install`, or with --timer, leaves one")
        for kind in installed:
            yield from _of(kind, folder, config, paths)
    except ServiceError as error:
        yield Finding("warning", _SUBJECT, error.message, error.hint)


def _of(kind: Kind, folder: Path, config: Config, paths: Paths) -> Iterator[Finding]:
    shown = show(kind.starts)
    now = state(shown)
    yield Finding(now.level, _SUBJECT, f"{kind.starts} {now.words}", now.mend)
    on_disk = {place: _read(folder / place) for place in (*map(Path, kind.units), kind.drop_in)}
    off = without_namespaces(on_disk[kind.drop_in] or "")
    for place, text in files(kind, config, paths, namespaces=not off).items():
        yield from _compared(place, on_disk[place], text, kind, is_drop_in=place == kind.drop_in)
    if now.level == "ok" and kind.runs == kind.starts:
        yield _sandbox(int(shown.get("MainPID", "0")), off=off)


def _compared(place: Path, found: str | None, wanted: str, kind: Kind, *, is_drop_in: bool) -> Iterator[Finding]:
    if found == wanted:
        return
    mend = f"`kith service install{kind.option}`"
    if found is not None and not is_ours(found):
        yield Finding("ok", _SUBJECT, f"{place} was written or changed by hand, and is left as it is")
    elif is_drop_in:
        message = "what the service may write to does not fit the config any more"
        yield Finding("warning", _SUBJECT, message, mend)
    else:
        yield Finding("warning", _SUBJECT, f"{place} is not for this kith and this config", mend)


def _sandbox(process: int, *, off: bool) -> Finding:
    docs = "see “The sandbox” in docs/service.md"
    if off:
        return Finding("warning", "sandbox", "off for files, since this machine makes no namespaces for users", docs)
    match sandbox_in_force(process):
        case True:
            return Finding("ok", "sandbox", "in force: the service writes only where it must")
        case False:
            return Finding("warning", "sandbox", "not in force for files, though the service asks for it", docs)
    return Finding("ok", "sandbox", "whether it is in force cannot be told here")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceError(f"{path} cannot be read") from error
