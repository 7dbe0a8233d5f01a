"""``kith init``: by options, and as a conversation at a terminal."""

from __future__ import annotations

import stat
from importlib.resources import files
from pathlib import Path

import pytest

from kith.config.accounts import FolderAccount, ServerAccount
from kith.config.load import load
from kith.demo.dav import DemoServer
from system_dav.running import PLANTED, Home


@pytest.fixture
def contacts(home: Home) -> Path:
    folder = home.folder / "contacts"
    folder.mkdir()
    (folder / "all.vcf").write_bytes(files("kith.demo").joinpath("sample.vcf").read_bytes())
    return folder


# By options


def test_everything_can_be_said_by_options(home: Home, server: DemoServer) -> None:
    done = home.kith(
        *("init", "--url", server.url, "--username", server.user, "--password-stdin", "--store", "file"),
        *("--circle", 'inner=Family,"Close friends"@2w/4w', "--circle", "friends=Friends", "--per-day", "2"),
        *("--timezone", "Europe/Lisbon", "--calendar-name", "Kith", "--yes"),
        given=f"{PLANTED}\n",
    )

    assert done.code == 0, done.said
    config = load(home.config)
    assert config.accounts == {"home": ServerAccount(type="dav", url=server.url, username=server.user)}
    assert (config.calendar_account, config.calendar.name, config.reach_out.per_day) == ("home", "Kith", 2)
    assert {name: (circle.every.in_words(), circle.labels) for name, circle in config.circles.items()} == {
        "inner": ("2 weeks", ("Family", "Close friends")),
        "friends": ("6 weeks", ("Friends",)),
    }
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600
    assert "Would write" in done.out
    assert PLANTED not in done.said
    assert home.files_with(PLANTED) == [home.secrets / "home.password"]
    assert home.kith("sync").code == 0


def test_folders_need_no_password(home: Home, contacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home.folder))
    done = home.kith(
        "init", "--folder", str(contacts), "--calendar-folder", "calendar", "--timezone", "Europe/Lisbon", "--yes"
    )

    assert done.code == 0, done.said
    config = load(home.config)
    account = config.accounts["disk"]
    assert isinstance(account, FolderAccount)
    assert (account.contacts, account.calendar) == (contacts, home.folder / "calendar")
    assert {name: circle.labels for name, circle in config.circles.items()} == {
        "inner": ("Close friends", "Family"),
        "friends": ("Friends",),
        "others": ("Work",),
    }
    assert home.kith("sync").code == 0


def test_contacts_in_a_folder_and_events_on_a_server(home: Home, server: DemoServer, contacts: Path) -> None:
    password = home.folder / "my password"
    password.write_text(PLANTED)

    done = home.kith(
        *("init", "--folder", str(contacts), "--url", server.url, "--username", server.user),
        *("--password-command", f"cat '{password}'", "--timezone", "UTC", "--yes"),
    )

    assert done.code == 0, done.said
    config = load(home.config)
    assert config.calendar_account == "home"
    home_account = config.accounts["home"]
    assert isinstance(home_account, ServerAccount)
    assert (home_account.contacts, home_account.password_command) == (False, ("cat", str(password)))
    assert home.files_with(PLANTED) == [password]


def test_a_wrong_password_leaves_nothing_behind(home: Home, server: DemoServer) -> None:
    done = home.kith(
        *("init", "--url", server.url, "--username", server.user, "--password-stdin", "--store", "file", "--yes"),
        given="hunter2-wrong\n",
    )

    assert done.code == 77
    assert "hunter2" not in done.said
    assert "Then try again; nothing was written" in done.said
    assert not home.config.exists()
    assert home.files_with("hunter2") == []


def test_a_config_is_replaced_only_when_that_is_said_and_kept_beside(home: Home, contacts: Path) -> None:
    home.write("# mine\n")
    arguments = ("init", "--folder", str(contacts), "--calendar-folder", "c", "--timezone", "UTC", "--yes")

    refused = home.kith(*arguments)
    assert refused.code == 2
    assert refused.err.startswith(f"kith: there is a config already: {home.config}\n")
    assert home.config.read_text() == "# mine\n"

    assert home.kith(*arguments, "--force").code == 0
    assert home.config.with_name("config.toml.old").read_text() == "# mine\n"
    assert load(home.config).calendar_account == "disk"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "where your contacts are is not said, and there is nobody to ask\n  → say --url SERVER or --folder DIR"),
        (
            ["--url", "dav.example.org", "--username", "ana"],
            "the password is not said, and there is nobody to ask\n  → say --password-stdin or --password-command",
        ),
        (["--folder", "nowhere", "--calendar-folder", "c"], "there is no file or folder nowhere"),
        (["--url", "http://dav.example.org"], "url must begin with https://, or everybody on the way could read along"),
        (["--circle", "inner=Family@2x", "--url", "x"], "--circle inner=Family@2x: “2x” is not a length of time"),
        (["--circle", "mine=Family", "--url", "x"], "--circle mine=Family: a length of time must be"),
        (
            ["--url", "x", "--folder", ".", "--calendar-folder", "c"],
            "--folder and --calendar-folder leave nothing for the server to do; leave one out",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(home: Home, arguments: list[str], said: str) -> None:
    done = home.kith("init", *arguments, "--yes")

    assert done.code == 2, done.said
    assert f"kith: {said}" in done.err
    assert not home.config.exists()


# At a terminal


def test_a_conversation(home: Home, server: DemoServer) -> None:
    done = home.talk(
        "init",
        answers=[
            ("Number [1]", ""),
            ("Server, or your e-mail address", "http://127.0.0.1:1/"),
            ("Server, or your e-mail address", server.url),
            ("User name (- for none)", server.user),
            ("Password", "hunter2-typo"),
            ("Password", PLANTED),
            ("Number [1]", ""),
            ("Calendar for kith's events", ""),
            *([("Your time zone", "Lisbon"), ("Your time zone", "Europe/Lisbon")] if _on_utc() else []),
            ("inner, every 2 weeks [Close friends, Family]", '4, "Close friends"'),
            ("friends, every 6 weeks [Friends]", "Frends"),
            ("friends, every 6 weeks [Friends]", ""),
            ("others, every 3 months [Work]", "-"),
            ("How many reach-outs a day", "99"),
            ("How many reach-outs a day", "2"),
            ("Keep the password in a file", "y"),
            ("Show what the first pass would write?", "y"),
        ],
    )

    assert done.code == 0, done.out
    assert "did not accept the sign-in" in done.out
    assert "1 address book: “Contacts”" in done.out
    assert "there is no label “Frends”; did you mean “Friends”?" in done.out
    assert "Would write" in done.out
    assert "hunter2" not in done.out
    config = load(home.config)
    assert config.accounts == {"home": ServerAccount(type="dav", url=server.url, username=server.user)}
    assert {name: circle.labels for name, circle in config.circles.items()} == {
        "inner": ("Family", "Close friends"),
        "friends": ("Friends",),
        "others": (),
    }
    assert config.reach_out.per_day == 2
    assert home.files_with("hunter2") == [home.secrets / "home.password"]


def test_answers_outlive_a_password_that_may_not_be_kept_and_a_slip_is_asked_about(
    home: Home, server: DemoServer
) -> None:
    with server.connection() as connection:
        connection.ask("MKCALENDAR", f"/{server.user}/mine/", _CALENDAR.encode(), "application/xml")

    done = home.talk(
        "init",
        answers=[
            ("Number [1]", ""),
            ("Server, or your e-mail address", server.url),
            ("User name (- for none)", server.user),
            ("Password", PLANTED),
            ("Number [1]", ""),
            ("Calendar for kith's events", "Keep in tuch"),
            ("Did you mean “Keep in touch”?", "y"),
            *([("Your time zone", "Europe/Lisbon")] if _on_utc() else []),
            ("inner, every 2 weeks", ""),
            ("friends, every 6 weeks", ""),
            ("others, every 3 months", ""),
            ("How many reach-outs a day", ""),
            ("Keep the password in a file", "n"),
        ],
    )

    assert done.code == 0, done.out
    assert "is not kept" in done.out
    assert "login home" in done.out
    assert load(home.config).calendar.name == "Keep in touch"
    assert home.files_with(PLANTED) == []


_CALENDAR = (
    '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
    "<D:displayname>Keep in touch</D:displayname></D:prop></D:set></C:mkcalendar>"
)


def test_a_conversation_about_folders_that_ends_early(home: Home, contacts: Path) -> None:
    home.write("# mine\n")

    done = home.talk(
        "init",
        answers=[
            ("Replace it?", "y"),
            ("Number [1]", "4"),
            ("Number [1]", "2"),
            ("Folder or file", "nowhere"),
            ("Folder or file", str(contacts)),
            ("Number [1]", "2"),
            ("Folder [~/calendars/kith]", "\x03"),
        ],
    )

    assert done.code != 0
    assert "there is no file or folder nowhere" in done.out
    assert home.config.read_text() == "# mine\n"


def _on_utc() -> bool:
    import tzlocal

    return tzlocal.get_localzone_name() in (None, "UTC", "Etc/UTC")
