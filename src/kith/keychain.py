"""The system's keyring, always asked by a process of its own and never for longer than it may take.

A locked keyring waits for ever for somebody to unlock it, and where nobody is, that would be the end of a daemon. And
the library comes with back ends that keep passwords in plain text, or nowhere: only those of the desktops themselves
are used (:data:`REAL`), whatever is installed or configured beside them.

Run as a program this is that process: it reads one request as JSON from its standard input and prints one answer.
Only there is ``keyring`` imported. Nothing secret is ever an argument.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from kith.child import Failed, run

REAL = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "libsecret",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
}
"""The modules of back ends that keep a secret, and what they are called."""

LIMIT = 20.0
"""Seconds that the keyring may take: long enough to type its password when it asks for it."""
_SERVICE = "kith"


@dataclass(frozen=True, slots=True)
class Found:
    """A password in the keyring of this name."""

    password: str = field(repr=False)
    keyring: str


def find(account: str) -> Found | None:
    """The account's password; None where the keyring has none, or where there is no keyring.

    Raises:
        Failed: there is a keyring, and it does not answer or will not.
    """
    answer = _ask({"do": "find", "account": account})
    password = answer.get("password")
    return Found(password, answer["keyring"]) if password else None


def keep(account: str, password: str) -> str:
    """Put the account's password into the keyring; its name.

    Raises:
        Failed: there is no keyring, or it does not answer or will not.
    """
    answer = _ask({"do": "keep", "account": account, "password": password})
    if "none" in answer:
        raise Failed(answer["none"])
    return str(answer["keyring"])


def forget(account: str) -> str | None:
    """Take the account's password out of the keyring; its name, or None where there was none.

    Raises:
        Failed: there is a keyring, and it does not answer or will not.
    """
    answer = _ask({"do": "forget", "account": account})
    return str(answer["keyring"]) if answer.get("was_there") else None


def is_there() -> bool:
    """Whether there is a keyring that can be used. It may be locked."""
    try:
        return "keyring" in _ask({"do": "look"})
    except Failed:
        return False


def _ask(request: dict[str, str]) -> dict[str, Any]:
    # -P: what lies in the folder where kith is run is not taken for a library.
    command = [sys.executable, "-P", "-m", "kith.keychain"]
    try:
        answer: dict[str, Any] = json.loads(run(command, limit=LIMIT, given=json.dumps(request).encode()))
    except Failed as failure:
        raise Failed(f"the keyring {failure}; it may be locked") from None
    except ValueError:
        raise Failed("the keyring gave no answer") from None
    if "refused" in answer:
        raise Failed(f"the keyring ({answer['keyring']}) will not: {answer['refused']}")
    return answer


# --- the process that asks ----------------------------------------------------------------------------------


def _answer(request: dict[str, str]) -> dict[str, Any]:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return {"none": "there is no keyring: the Python package of that name is not installed"}
    backend, reason = _real_backend(keyring)
    if backend is None:
        return {"none": reason}
    answer: dict[str, Any] = {"keyring": REAL[type(backend).__module__]}
    try:
        match request["do"]:
            case "find":
                answer["password"] = backend.get_password(_SERVICE, request["account"])
            case "keep":
                backend.set_password(_SERVICE, request["account"], request["password"])
            case "forget" if backend.get_password(_SERVICE, request["account"]) is not None:
                backend.delete_password(_SERVICE, request["account"])
                answer["was_there"] = True
    except Exception as error:  # noqa: BLE001 -- whatever it raises; only the kind is told, never the words
        kind = type(error).__name__
        answer["refused"] = "it is locked" if kind == "KeyringLocked" else kind
    return answer


def _real_backend(keyring: Any) -> tuple[Any, str]:  # noqa: ANN401 -- the library has no types of its own
    """The back end to use: the configured one, or what it passes requests on to; else None, and why."""
    chosen = keyring.get_keyring()
    for backend in (chosen, *getattr(chosen, "backends", ())):
        if type(backend).__module__ in REAL:
            return backend, ""
    name = type(chosen).__module__.removeprefix("keyring.backends.")
    if name in ("fail", "null"):
        return None, "there is no keyring here"
    return None, f"the keyring here ({name}) does not keep passwords safe, so kith does not use it"


if __name__ == "__main__":
    # The libraries may print what they like, but not into the answer.
    answer_channel, sys.stdout = sys.stdout, sys.stderr
    json.dump(_answer(json.load(sys.stdin)), answer_channel)
