"""The first questions of ``kith init``: where people are, and where events go. Each answer is tried at once.

Every question can be answered beforehand by an option; then it is not asked. Where nobody is there to ask, what is
missing is an error that names the option. Nothing is stored or written from here: a password that was typed is kept
in :class:`Answers` until everything is known.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from rich.markup import escape

from kith.accounts.server import MAKE_IT, found_words, has_calendar, makes_calendars, try_out, with_password
from kith.cli import ask
from kith.cli.console import err, progress, say
from kith.cli.login import ask_until_accepted
from kith.config.accounts import ServerAccount
from kith.config.fields import is_this_machine, server_address
from kith.config.schema import CALENDAR_NAME
from kith.config.written import nearest
from kith.errors import AccountError, SignInNeeded, UsageError

if TYPE_CHECKING:
    from kith.dav.discovery import Discovery, Service

SERVER_ACCOUNT, SECOND_ACCOUNT, FOLDER_ACCOUNT = "home", "calendar", "disk"
_GOOGLE = ("gmail.com", "googlemail.com", "google.com")
_APPLE = ("me.com", "mac.com", "icloud.com")
_AGAIN = "try again; nothing was written"
_BOTH: tuple[Service, ...] = ("carddav", "caldav")


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say. ``asking`` is whether somebody is there for the rest."""

    asking: bool
    url: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    password_command: tuple[str, ...] | None = None
    contacts_url: str | None = None
    calendar_url: str | None = None
    address_books: tuple[str, ...] = ()
    folder: Path | None = None
    calendar_folder: Path | None = None
    calendar_name: str | None = None
    ca_file: Path | None = None


@dataclass
class Answers:
    """What is known so far: the accounts as the config will have them, and the passwords that were typed."""

    accounts: dict[str, dict[str, object]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    calendar_account: str = ""
    calendar_name: str | None = None


class Interview:
    """Asks, one subject after the other."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._answers = Answers()
        self._found: dict[str, list[Discovery]] = {}

    def places(self) -> Answers:
        """Where contacts and calendar are.

        Raises:
            UsageError: an option is missing, or two are at odds.
            AccountError: what an option says does not work, and nobody is there to correct it.
        """
        given = self._given
        if (given.url or given.contacts_url or given.calendar_url) and given.folder and given.calendar_folder:
            raise UsageError("--folder and --calendar-folder leave nothing for the server to do; leave one out")
        self._contacts()
        self._calendar()
        return self._answers

    # --- contacts -------------------------------------------------------------------------------------

    def _contacts(self) -> None:
        given = self._given
        if given.folder is not None:
            self._contacts_folder(given.folder)
        elif given.url or given.contacts_url:
            self._server(SERVER_ACCOUNT, _BOTH)
        elif not given.asking:
            _missing("where your contacts are", "--url SERVER or --folder DIR")
        else:
            answers = (
                "on a server: iCloud, Fastmail, Nextcloud, mailbox.org, Posteo, one of your own, …",
                "in a folder, or a file that a phone exported (.vcf)",
                "nowhere that kith can read; I will add people by hand",
            )
            match ask.one_of("Where are your contacts?", answers):
                case 0:
                    self._server(SERVER_ACCOUNT, _BOTH)
                case 1:
                    self._ask_for_contacts_folder()

    def _ask_for_contacts_folder(self) -> None:
        def check(typed: str) -> str:
            if not typed:
                raise ValueError("type the path of a folder or of a .vcf file")
            _readable(Path(typed))
            return typed

        self._contacts_folder(Path(ask.text("Folder or file", check=check)))

    def _contacts_folder(self, folder: Path) -> None:
        try:
            _readable(folder)
        except ValueError as error:
            raise UsageError(str(error)) from None
        self._answers.accounts.setdefault(FOLDER_ACCOUNT, {"type": "folder"})["contacts"] = _whole(folder)

    # --- servers --------------------------------------------------------------------------------------

    def _server(self, name: str, wanted: Sequence[Service]) -> None:
        """A server, its user and password, all of it tried."""
        if not self._given.asking:
            self._found[name] = self._try(name, self._from_options(), self._given.password or "", wanted)
            return
        while name not in self._found:
            table = self._from_options() if self._is_given(name) else _ask_for_server()
            if "username" not in table:
                username = ask.text("User name (- for none)", _last_username(self._answers))
                table |= {"username": username} if username not in ("", "-") else {}
            try:
                self._sign_in(name, table, wanted)
            except AccountError as error:
                if self._is_given(name):
                    raise
                if isinstance(error, SignInNeeded):
                    say("  Once more from the beginning, then: the server, the user name, the password.")
                err().print(f"  {escape(error.message)}", style="yellow")
                if error.hint:
                    err().print(f"  → {escape(error.hint)}", style="dim")

    def _is_given(self, name: str) -> bool:
        """Whether the options say which server this is."""
        given = self._given
        if name == SECOND_ACCOUNT:
            return False
        return bool(given.url or given.contacts_url or given.calendar_url)

    def _from_options(self) -> dict[str, object]:
        given = self._given
        address = given.url or given.contacts_url or given.calendar_url
        if address is None:
            _missing("where your calendar is", "--url SERVER or --calendar-folder DIR")
        host, user = _host_and_user(address)
        table: dict[str, object] = {"type": "dav", "url": host}
        username = given.username or user
        if username:
            table["username"] = username
        if given.password_command:
            table["password_command"] = list(given.password_command)
        if given.ca_file:
            table["ca_file"] = _whole(given.ca_file)
        if given.address_books:
            table["address_books"] = list(given.address_books)
        if given.contacts_url and not given.folder:
            table["contacts_url"] = given.contacts_url
        if given.calendar_url and not given.calendar_folder:
            table["calendar_url"] = given.calendar_url
        if not given.asking and username and not (given.password or given.password_command):
            _missing("the password", "--password-stdin or --password-command")
        return table

    def _sign_in(self, name: str, table: dict[str, object], wanted: Sequence[Service]) -> None:
        if self._given.password is not None or "password_command" in table or "username" not in table:
            self._found[name] = self._try(name, table, self._given.password or "", wanted)
            return
        if not _is_here(str(table["url"])):
            say(
                "  iCloud, Fastmail, Nextcloud and others want a password made for kith alone: an “app password”.",
                "dim",
            )
        _, self._found[name] = ask_until_accepted("Password", lambda password: self._try(name, table, password, wanted))

    def _try(self, name: str, table: dict[str, object], password: str, wanted: Sequence[Service]) -> list[Discovery]:
        """Ask the server, and keep what was answered if it works."""
        checked = _checked(table)
        if checked.password_command is not None and not password:
            from kith.secrets import Vault

            password = Vault(Path()).password_for(name, checked.password_command).value
        with progress("Asking the server"):
            found = try_out(with_password(name, checked, password, renewal=_AGAIN), wanted)
        for discovery in found:
            say(f"  ✓ {found_words(discovery)}" if discovery.error is None else f"  · {found_words(discovery)}")
        self._answers.accounts[name] = table
        if password and checked.password_command is None:
            self._answers.passwords[name] = password
        return found

    # --- calendar -------------------------------------------------------------------------------------

    def _calendar(self) -> None:
        given = self._given
        if given.calendar_folder is not None:
            self._calendar_folder(given.calendar_folder)
        elif SERVER_ACCOUNT in self._answers.accounts and (not given.asking or given.calendar_name):
            self._calendar_on(SERVER_ACCOUNT)
        elif given.url or given.calendar_url:
            if SERVER_ACCOUNT not in self._answers.accounts:
                self._server(SERVER_ACCOUNT, ("caldav",))
                self._answers.accounts[SERVER_ACCOUNT]["contacts"] = False
            self._calendar_on(SERVER_ACCOUNT)
        elif not given.asking:
            _missing("where your calendar is", "--url SERVER or --calendar-folder DIR")
        else:
            self._ask_for_calendar()

    def _ask_for_calendar(self) -> None:
        same = SERVER_ACCOUNT in self._answers.accounts and _has_calendars(self._found[SERVER_ACCOUNT])
        answers = (["on the same server"] if same else []) + [
            "on another server" if SERVER_ACCOUNT in self._answers.accounts else "on a server",
            "in a folder of .ics files, for khal, vdirsyncer or an app that subscribes",
        ]
        say("")
        match ask.one_of("Where is the calendar that you look at?", answers) + (0 if same else 1):
            case 0:
                self._calendar_on(SERVER_ACCOUNT)
            case 1:
                name = SECOND_ACCOUNT if SERVER_ACCOUNT in self._answers.accounts else SERVER_ACCOUNT
                self._server(name, ("caldav",))
                self._answers.accounts[name]["contacts"] = False
                self._calendar_on(name)
            case _:
                folder = ask.text("Folder", "~/calendars/kith")
                self._calendar_folder(Path(folder))

    def _calendar_folder(self, folder: Path) -> None:
        self._answers.accounts.setdefault(FOLDER_ACCOUNT, {"type": "folder"})["calendar"] = _whole(folder)
        self._answers.calendar_account = FOLDER_ACCOUNT

    def _calendar_on(self, name: str) -> None:
        """Which calendar there: one that is there, or a new one."""
        self._answers.calendar_account = name
        if "calendar_url" in self._answers.accounts[name]:
            return
        found = next((each for each in self._found[name] if each.service == "caldav"), None)
        there = [one.name for one in found.collections] if found else []
        makes_new_ones = found is None or makes_calendars(found)
        self._answers.calendar_name = self._given.calendar_name
        if self._answers.calendar_name is None and self._given.asking:
            if there:
                say(f"  Calendars there: {', '.join(there)}", "dim")
            new = "a new name makes a new calendar" if makes_new_ones else "this server lets no program make a new one"
            typed = ask.text(f"Calendar for kith's events ({new})", CALENDAR_NAME)
            self._answers.calendar_name = self._meant(typed, there)
        wanted = self._answers.calendar_name or CALENDAR_NAME
        if found is not None and not makes_new_ones and not has_calendar(found, wanted):
            say(f"  There is no calendar “{wanted}”: {MAKE_IT}.", "yellow")
        elif self._given.calendar_name is not None:
            meant = _near_miss(self._given.calendar_name, there)
            if meant is not None:
                say(f"  There is no calendar “{self._given.calendar_name}”; the first pass makes it.", "yellow")
                say(f"  If you meant “{meant}”, say so under [calendar] in the config.", "yellow")

    def _meant(self, typed: str, there: Sequence[str]) -> str:
        """A name that is nearly that of a calendar may be a slip."""
        meant = _near_miss(typed, there)
        if meant is not None and ask.yes(f"There is no calendar “{typed}”. Did you mean “{meant}”?"):
            return meant
        return typed


def _near_miss(name: str, there: Sequence[str]) -> str | None:
    return None if name in there else nearest(name, there)


# --- small things -------------------------------------------------------------------------------------------


def _ask_for_server() -> dict[str, object]:
    def check(typed: str) -> str:
        if not typed:
            raise ValueError("type its name, as in dav.example.org, or press Ctrl-C to give up; nothing is written yet")
        host, _ = _host_and_user(typed)
        if any(host == google or host.endswith(f".{google}") for google in _GOOGLE):
            raise ValueError("Google lets no password in; docs/google.md has the few lines of config for it")
        _is_up(server_address(host))
        return typed

    typed = ask.text("Server, or your e-mail address there", check=check)
    host, user = _host_and_user(typed)
    table: dict[str, object] = {"type": "dav", "url": host}
    if user:
        table["username"] = ask.text("User name", user)
    return table


def _is_here(address: str) -> bool:
    """Whether the server is on this machine, where passwords for apps are seldom known."""
    return is_this_machine(urlsplit(address if "://" in address else f"//{address}").hostname or "")


def _is_up(url: str) -> None:
    """Whether somebody answers there, whatever they say to a stranger. Raises ValueError."""
    with progress("Looking for the server"):
        try:
            try_out(with_password("", ServerAccount(type="dav", url=url), ""), ("carddav",))
        except SignInNeeded:
            return
        except AccountError as error:
            raise ValueError(f"{error.message}; {error.hint}" if error.hint else error.message) from None


def _host_and_user(typed: str) -> tuple[str, str]:
    """An e-mail address names the server too, and mostly the user."""
    user, at, host = typed.rpartition("@")
    if not at or "/" in user or ":" in user:
        return typed, ""
    return ("icloud.com" if host.casefold() in _APPLE else host), typed


def _last_username(answers: Answers) -> str:
    return next((str(table["username"]) for table in answers.accounts.values() if "username" in table), "")


def _checked(table: Mapping[str, object]) -> ServerAccount:
    """The account as the config will have it. Raises UsageError."""
    from pydantic import ValidationError

    from kith.config.sentences import finding

    try:
        return ServerAccount.model_validate(dict(table), context={"base": Path.cwd()})
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        details["loc"] = ("accounts", SERVER_ACCOUNT, "dav", *details["loc"])
        found = finding(details)
        raise UsageError(f"{found.loc[-1]} {found.sentence}") from None


def _has_calendars(found: Sequence[Discovery]) -> bool:
    """Whether there are calendars, or a place for one."""
    return any(one.service == "caldav" and (one.error is None or one.home_sets) for one in found)


def _whole(path: Path) -> str:
    """A path as it stays right in a file that is elsewhere; a ``~`` stays one."""
    typed = str(path)
    home = str(Path.home())
    whole = typed if typed.startswith("~") else os.path.abspath(typed)  # noqa: PTH100 -- links are the user's
    return f"~{whole.removeprefix(home)}" if whole.startswith(f"{home}/") else whole


def _readable(path: Path) -> None:
    """Raises ValueError: there is nothing to read there."""
    try:
        found = path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{path}: {error}") from None
    if found.is_dir():
        count = sum(1 for each in found.rglob("*.vcf"))
        files = "1 .vcf file" if count == 1 else f"{count} .vcf files"
        say(f"  ✓ {files}" if count else "  · no .vcf files there yet")
    elif found.is_file():
        say("  ✓ a file")
    else:
        raise ValueError(f"there is no file or folder {path}")


def _missing(what: str, option: str) -> NoReturn:
    raise UsageError(f"{what} is not said, and there is nobody to ask", hint=f"say {option}")
