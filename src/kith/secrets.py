"""Where an account's password comes from, and where ``kith login`` puts it. A sign-in at Google is one, too.

The places, in the order in which they are asked:

1. a systemd credential: the file ``NAME`` or ``kith-NAME`` in ``$CREDENTIALS_DIRECTORY``;
2. the account's ``password_command``;
3. a file that only the user can read, if ``kith login --store file`` was asked to make one;
4. the system's keyring, asked in a process of its own (:mod:`kith.keychain`).

The file is asked before the keyring because there is one only where the user chose it over the keyring, and because
asking costs nothing; ``kith login`` leaves a password in one of the two only.

A place that has no password is passed over; one that should have had it and failed ends the search, so that a
stale copy further down is never tried. What is wrong is always :class:`~kith.errors.SignInNeeded`, which parks one
account, with what mends it.

A password never stands in a log, a message, an argument of a process or a ``repr``, and never in the config file.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from kith import keychain
from kith.child import Failed, run
from kith.errors import SignInNeeded
from kith.files import replace_file

Store = Literal["keyring", "file"]

COMMAND_LIMIT = 30.0
"""Seconds that a ``password_command`` may take: somebody may have to touch a key or type a PIN."""
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Secret:
    """A password, in plain words where it came from, and what gives another, where that is not ``kith login``.

    ``store`` is the place, if it is one of :meth:`Vault.keep`.
    """

    value: str = field(repr=False)
    source: str
    renewal: str = ""
    store: Store | None = None


@dataclass(frozen=True, slots=True)
class Vault:
    """The places where one kith's passwords are. Nothing is made by naming them.

    ``folder`` is for those in files; ``at_hand`` are those just typed, which come before all others.
    """

    folder: Path
    at_hand: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    # --- looking --------------------------------------------------------------------------------------

    def password_for(self, account: str, command: tuple[str, ...] | None = None) -> Secret:
        """The password of the account called ``account``.

        Raises:
            SignInNeeded: there is none, or the place where it should be could not give it.
        """
        found = self.find(account, command)
        if found is None:
            raise SignInNeeded(f"no password is known for account “{account}”", hint=f"run `{login_command(account)}`")
        return found

    def find(self, account: str, command: tuple[str, ...] | None = None) -> Secret | None:
        """The same, or None where no place has anything.

        Raises:
            SignInNeeded: the place where it should be could not give it.
        """
        return next((found for found in self._places(account, command) if found is not None), None)

    def _places(self, account: str, command: tuple[str, ...] | None) -> Iterator[Secret | None]:
        """Each place's answer in turn; a place is asked only when those before it had nothing."""
        yield Secret(self.at_hand[account], "what you typed") if account in self.at_hand else None
        yield self._from_systemd(account)
        if command:
            yield _from_command(account, command)
        yield self._from_file(account)
        yield _from_keyring(account)

    def _from_systemd(self, account: str) -> Secret | None:
        folder = self.environment.get("CREDENTIALS_DIRECTORY")
        if not folder or "/" in account or account in (".", ".."):
            return None
        for name in (account, f"kith-{account}"):
            path = Path(folder) / name
            try:
                content = _read(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                message = f"the systemd credential “{name}” cannot be read: {error.strerror}"
                raise SignInNeeded(message, hint="look at LoadCredential= in the service") from error
            source = f"the systemd credential “{name}”"
            renewal = "put it where LoadCredential= in the service finds it, and restart the service"
            return Secret(_one_line(content, source), source, renewal)
        return None

    def _from_file(self, account: str) -> Secret | None:
        path = self.file(account)
        try:
            mode = path.stat().st_mode
            content = _read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"the password in {path} cannot be read: {error.strerror}"
            raise SignInNeeded(message, hint=f"run `{login_command(account, 'file')}`") from error
        if stat.S_IMODE(mode) & 0o077:
            message = f"others on this machine may read the password in {path}, so it is not used"
            hint = f"chmod 600 {shlex.quote(str(path))}, and change the password if others were there"
            raise SignInNeeded(message, hint=hint)
        return Secret(_one_line(content, f"the file {path}"), f"the file {path}", store="file")

    # --- keeping --------------------------------------------------------------------------------------

    def file(self, account: str) -> Path:
        """Where the account's password is, if it is in a file."""
        return self.folder / f"{quote(account, safe='')}.password"

    def keep(self, account: str, password: str, store: Store) -> str:
        """Put the password where the user wants it, and nowhere else. Where that is, in plain words.

        Raises:
            SignInNeeded: it cannot be put there; nothing was changed.
        """
        if store == "file":
            self._write(account, password)
            # A copy in the keyring would not be asked for any more; so it is no failure if it stays.
            with contextlib.suppress(Failed):
                keychain.forget(account)
            return f"the file {self.file(account)}, which only you can read"
        try:
            name = keychain.keep(account, password)
        except Failed as failure:
            hint = f"keep it in a file that only you can read: `{login_command(account, 'file')}`"
            raise SignInNeeded(f"the password could not be stored: {failure}", hint=hint) from None
        self._delete(account)
        return f"the keyring ({name})"

    def forget(self, account: str) -> list[str]:
        """Take the password away from wherever :meth:`keep` may have put it. Where it was, in plain words.

        Raises:
            SignInNeeded: a keyring may still have it.
        """
        places = [f"the file {self.file(account)}"] if self._delete(account) else []
        try:
            name = keychain.forget(account)
        except Failed as failure:
            raise SignInNeeded(f"{failure}, and may still have the password", hint="unlock it and try again") from None
        return [*places, f"the keyring ({name})"] if name else places

    def rename(self, account: str, new: str) -> list[str]:
        """Let the password that :meth:`keep` put somewhere be another account's; where it is, in plain words.

        Raises:
            SignInNeeded: a keyring or a file did not let it go; the old one may still be there.
        """
        places = []
        path = self.file(account)
        try:
            if path.exists():
                path.replace(self.file(new))
                places.append(f"the file {self.file(new)}")
        except OSError as error:
            message = f"the password in {path} could not be moved: {error.strerror}"
            raise SignInNeeded(message, hint=f"run `{login_command(new)}`") from error
        try:
            found = keychain.find(account)
            if found is not None:
                places.append(f"the keyring ({keychain.keep(new, found.password)})")
                keychain.forget(account)
        except Failed as failure:
            raise SignInNeeded(str(failure), hint=f"run `{login_command(new)}`") from None
        return places

    def _write(self, account: str, password: str) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self.file(account), password.encode() + b"\n")
        except OSError as error:
            message = f"the password could not be written to {self.file(account)}: {error.strerror}"
            raise SignInNeeded(message, hint="check that the folder is yours and writable") from error

    def _delete(self, account: str) -> bool:
        try:
            self.file(account).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            message = f"the password in {self.file(account)} could not be taken away: {error.strerror}"
            raise SignInNeeded(message, hint="check that the folder is yours and writable") from error
        return True


def login_command(account: str, store: Store | None = None) -> str:
    """What the user types to sign in to the account."""
    return f"kith login {shlex.quote(account)}" + (f" --store {store}" if store else "")


def _from_command(account: str, command: tuple[str, ...]) -> Secret:
    # Only the program is named: its arguments are the user's, and may say more than they should.
    program = Path(command[0]).name
    hint = f"run the whole command by hand in a terminal, or take password_command out and `{login_command(account)}`"
    try:
        content = run(command, limit=COMMAND_LIMIT)
    except Failed as failure:
        message = f"password_command of account “{account}” ({program}) {failure}"
        raise SignInNeeded(message, hint=hint) from None
    password = _one_line(content, f"password_command of account “{account}” ({program})")
    return Secret(password, f"`{program}`", f"have password_command ({program}) print it, and run `kith sync`")


def _from_keyring(account: str) -> Secret | None:
    try:
        found = keychain.find(account)
    except Failed as failure:
        hint = f"unlock it and try again, or use a file that only you can read: `{login_command(account, 'file')}`"
        raise SignInNeeded(f"the password of account “{account}” cannot be had: {failure}", hint=hint) from None
    return Secret(found.password, f"the keyring ({found.keyring})", store="keyring") if found else None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST)


def _one_line(content: bytes, where: str) -> str:
    """What stands in ``content``, without the line's end.

    Raises:
        SignInNeeded: that is no password.
    """
    try:
        password = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SignInNeeded(f"{where} is not text in UTF-8", hint="let it be the password and nothing else") from None
    if not password:
        raise SignInNeeded(f"{where} is empty", hint="let it be the password and nothing else")
    if not password.isprintable():
        raise SignInNeeded(f"{where} has more than one line", hint="let it be the password and nothing else")
    return password
