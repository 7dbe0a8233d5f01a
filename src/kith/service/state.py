"""How the service is, in plain words, made of what systemd says (systemd.exec(5), “Process Exit Codes”)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kith.accounts.base import Level

_NAMESPACES = "this machine does not let the service have the namespaces that it asks for"
_CODES = {
    "2": ("its command line is wrong", "put it in place anew: `kith service install`"),
    "74": ("its folder cannot be used", "`kith service install`, and see `kith check`"),
    "75": ("another `kith daemon` is running", "stop that one, then `systemctl --user restart kith`"),
    "200": ("it cannot change to your home folder", "see docs/service.md"),
    "203": ("its program is not there", "put it in place anew: `kith service install`"),
    "217": (_NAMESPACES, "`kith service install` finds out, and does without"),
    "218": (_NAMESPACES, "`kith service install` finds out, and does without"),
    "226": ("its view of the file system cannot be made", "see “The sandbox” in docs/service.md"),
    "243": ("a file named in LoadCredential= cannot be read", "look at it: `systemctl --user cat kith`"),
}
_LOGS = "see `kith service logs`"


@dataclass(frozen=True, slots=True)
class State:
    """How a unit stands: ``words`` can stand behind its name."""

    level: Level
    words: str
    mend: str = ""


def state(shown: Mapping[str, str]) -> State:
    """What the properties of a unit, as ``systemctl show`` has them, come to."""
    since = shown.get("StateChangeTimestamp", "")
    match shown.get("ActiveState"):
        case _ if shown.get("LoadState") in ("not-found", "masked", "bad-setting", "error"):
            return State("problem", f"is {shown['LoadState'].replace('-', ' ')} to systemd", "`kith service install`")
        case "active" if shown.get("SubState") == "waiting":
            return State("ok", f"is waiting for its time, since {since}")
        case "active":
            return State("ok", f"is running since {since}")
        case "activating" if shown.get("SubState") == "auto-restart":
            why, mend = _why(shown)
            return State("problem", f"failed and will be started again: {why}", mend)
        case "activating" | "reloading" | "deactivating":
            return State("ok", "is at work")
        case "failed":
            why, mend = _why(shown)
            return State("problem", f"has failed: {why}", mend)
    return State("warning", "is not running", f"systemctl --user start {shown.get('Id', 'kith')}")


def _why(shown: Mapping[str, str]) -> tuple[str, str]:
    result, code = shown.get("Result", ""), shown.get("ExecMainStatus", "")
    match result:
        case "watchdog":
            return "it gave no sign of life", _LOGS
        case "timeout":
            return "it took too long", _LOGS
        case "start-limit-hit":
            return "it ended again and again", f"{_LOGS}, then `systemctl --user reset-failed kith`"
    return _CODES.get(code, (f"{result or 'it ended'} ({code})", _LOGS))


def sandbox_in_force(process: int, proc: Path = Path("/proc")) -> bool | None:
    """Whether a running service sees a file system that it cannot write to; None where that cannot be told.

    Asked of the kernel: the manager says what was asked of it, not what came of it.
    """
    try:
        rows = [line.split() for line in (proc / str(process) / "mountinfo").read_text().splitlines()]
    except OSError:
        return None
    of_root = [row[5].split(",") for row in rows if len(row) > 5 and row[4] == "/"]
    return "ro" in of_root[-1] if of_root else None
