"""The service's files: what is written for which config, what is left alone, and what systemd thinks of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kith.config.load import parse
from kith.config.schema import Config
from kith.daemon.child import TO_END
from kith.paths import Paths
from kith.service.install import DAEMON, KINDS, WITH_TIMER, Kind, files
from kith.service.needs import settings, without_namespaces
from kith.service.state import sandbox_in_force, state
from kith.service.units import SERVICE, is_ours, put, quoted, take_away, unit

UNITS = Path(__file__).parents[2] / "systemd"
HOME = Path("/home/ana")
USUAL = Paths(HOME / ".config/kith/config.toml", HOME / ".local/state/kith")
PROGRAM = ("/home/ana/.local/bin/kith",)
FOLDER = """
timezone = "Europe/Lisbon"
[accounts.disk]
type = "folder"
contacts = "/home/ana/contacts"
calendar = "/home/ana/calendars/kith"
subscribe = "/home/ana/public/kith.ics"
"""
SERVER = """
timezone = "Europe/Lisbon"
[accounts.home]
type = "dav"
url = "https://dav.example.org/"
username = "ana"
"""


def config(text: str) -> Config:
    return parse(text, file="config.toml", base=HOME)


def lines(
    text: str, paths: Paths = USUAL, program: tuple[str, ...] = PROGRAM, *, namespaces: bool = True, **environment: str
) -> list[str]:
    """The settings for a config, without the comments."""
    drop_in = settings(config(text), paths, program, home=HOME, environment=environment, namespaces=namespaces)
    return [line for line in drop_in.splitlines() if not line.startswith("#")]


# What a config needs


def test_a_server_with_its_password_in_the_keyring_needs_nothing() -> None:
    assert lines(SERVER) == ["[Service]"]


def test_folders_need_to_be_written_to() -> None:
    assert lines(FOLDER) == [
        "[Service]",
        "ReadWritePaths=-/home/ana/calendars/kith",
        "ReadWritePaths=-/home/ana/public",
    ]


def test_a_path_stands_there_to_the_letter() -> None:
    odd = FOLDER.replace("/home/ana/calendars/kith", "/mnt/50% of it/“kith”")
    assert 'ReadWritePaths="-/mnt/50%% of it/“kith”"' in lines(odd)


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ('["pass", "show", "dav"]', ["ReadWritePaths=-%h/.gnupg", "ReadWritePaths=-%t/gnupg"]),
        ('["/usr/bin/gpg", "-d", "x.gpg"]', ["ReadWritePaths=-%h/.gnupg", "ReadWritePaths=-%t/gnupg"]),
        ('["sh", "-c", "pass show dav | head -1"]', ["ReadWritePaths=-%h/.gnupg", "ReadWritePaths=-%t/gnupg"]),
        ('["bw", "get", "x"]', ['ReadWritePaths="-%h/.config/Bitwarden CLI"', "MemoryDenyWriteExecute=no"]),
        ('["secret-tool", "lookup", "kith", "dav"]', []),
        ('["cat", "/run/passage"]', []),
    ],
)
def test_programs_that_keep_notes_are_known(command: str, needs: list[str]) -> None:
    assert lines(f"{SERVER}password_command = {command}\n") == ["[Service]", *needs]


def test_where_they_keep_them_is_passed_on() -> None:
    text = f'{SERVER}password_command = ["pass", "show", "dav"]\n'
    said = lines(text, GNUPGHOME="/srv/keys", PASSWORD_STORE_DIR="/srv/my store")
    assert "ReadWritePaths=-/srv/keys" in said
    assert "Environment=GNUPGHOME=/srv/keys" in said
    assert 'Environment="PASSWORD_STORE_DIR=/srv/my store"' in said
    assert not [line for line in lines(SERVER, GNUPGHOME="/srv/keys") if "srv" in line]


def test_another_state_folder_is_told_and_opened() -> None:
    paths = Paths(USUAL.config, Path("/srv/state/kith"))
    assert lines(SERVER, paths) == [
        "[Service]",
        "Environment=XDG_STATE_HOME=/srv/state",
        "ReadWritePaths=-/srv/state/kith",
    ]


def test_what_is_in_tmp_must_be_seen() -> None:
    assert lines(SERVER, program=("/tmp/venv/bin/kith",)) == ["[Service]", "PrivateTmp=no"]
    assert "PrivateTmp=no" in lines(SERVER + 'ca_file = "/var/tmp/ca.pem"\n')


def test_without_namespaces_all_that_needs_them_is_off() -> None:
    said = lines(SERVER, namespaces=False)
    assert "PrivateUsers=no" in said
    assert "ProtectSystem=no" in said
    text = settings(config(SERVER), USUAL, PROGRAM, home=HOME, environment={}, namespaces=False)
    assert without_namespaces(text)
    assert not without_namespaces(settings(config(SERVER), USUAL, PROGRAM, home=HOME, environment={}))


def test_nothing_else_is_turned_off() -> None:
    """What is turned off without namespaces is what the unit turns on."""
    on = {line.partition("=")[0] for line in (UNITS / SERVICE).read_text().splitlines() if "=" in line}
    off = {line.partition("=")[0] for line in lines(SERVER, namespaces=False) if "=" in line}
    assert off <= on


# The files


def written(kind: Kind, paths: Paths = USUAL, program: tuple[str, ...] = PROGRAM) -> dict[Path, str]:
    return files(kind, config(FOLDER), paths, program=program, home=HOME, environment={})


@pytest.mark.parametrize("kind", KINDS, ids=["daemon", "timer"])
def test_the_files_are_ours_until_they_are_changed(kind: Kind) -> None:
    for text in written(kind).values():
        assert is_ours(text)
        assert not is_ours(text + "\n")
        assert not is_ours(text.replace("[", "#[", 1))
        assert not is_ours(text.partition("\n")[2])


def test_the_program_is_the_one_that_was_run() -> None:
    def command(program: tuple[str, ...], paths: Paths = USUAL) -> str:
        return next(
            line
            for line in written(DAEMON, paths, program)[Path(SERVICE)].splitlines()
            if line.startswith("ExecStart=")
        )

    assert command(PROGRAM) == "ExecStart=/home/ana/.local/bin/kith daemon"
    assert command(("/opt/my kith/python", "-P", "-m", "kith")) == 'ExecStart="/opt/my kith/python" -P -m kith daemon'
    other = Paths(Path("/etc/100%/$HOME.toml"), USUAL.state)
    assert command(PROGRAM, other) == 'ExecStart=/home/ana/.local/bin/kith --config "/etc/100%%/$$HOME.toml" daemon'
    sync = written(WITH_TIMER)[Path("kith-sync.service")]
    assert "ExecStart=/home/ana/.local/bin/kith sync --scheduled\n" in sync


def test_what_the_user_wrote_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kith.service.d" / "10-kith.conf"
    ours = written(DAEMON)[DAEMON.drop_in]
    assert take_away(path) is None
    assert put(path, ours) == "written"
    assert put(path, ours) == "unchanged"
    assert put(path, unit(SERVICE, PROGRAM)) == "written", "what is ours is replaced"
    path.write_text("[Service]\nNice=5\n")
    assert put(path, ours) == "left alone"
    assert take_away(path) == "left alone"
    assert path.read_text() == "[Service]\nNice=5\n"
    path.write_text(ours)
    assert take_away(path) == "written"
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("word", "as_written"),
    [("plain", "plain"), ("two words", '"two words"'), ("50%", "50%%"), ('a"b', '"a\\"b"'), ("a\\b", '"a\\\\b"')],
)
def test_words_are_quoted_as_systemd_reads_them(word: str, as_written: str) -> None:
    assert quoted(word) == as_written


# What systemd thinks of them


@pytest.fixture
def put_in_place(tmp_path: Path) -> Path:
    """A folder with all units, whose program is there."""
    program = tmp_path / "kith"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for kind in KINDS:
        for place, text in written(kind, program=(str(program),)).items():
            put(tmp_path / "units" / place, text)
    return tmp_path


def systemd_analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    return subprocess.run(
        ["systemd-analyze", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_systemd_finds_nothing_wrong_with_them(put_in_place: Path) -> None:
    units = [str(put_in_place / "units" / name) for kind in KINDS for name in kind.units]
    done = systemd_analyze(put_in_place, "--user", "verify", *units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["kith.service", "kith-sync.service"])
def test_they_are_well_shut_in(put_in_place: Path, name: str) -> None:
    for scope in ([], ["--user"]):
        done = systemd_analyze(put_in_place, *scope, "security", "--offline=true", str(UNITS / name))
        found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        assert found, done
        assert float(found[1]) <= 2.5


def test_both_services_are_shut_in_alike() -> None:
    def walls(name: str) -> str:
        return (UNITS / name).read_text().partition("# --- What it may do")[2].partition("\n[Install]")[0].strip()

    assert walls("kith.service") == walls("kith-sync.service")


def test_the_service_manager_waits_longer_than_the_daemon() -> None:
    stop = re.search(r"^TimeoutStopSec=(\d+)$", (UNITS / SERVICE).read_text(), re.MULTILINE)
    assert stop
    assert int(stop[1]) > TO_END.total_seconds() * 2


# How it is


@pytest.mark.parametrize(
    ("shown", "level", "words"),
    [
        ({"ActiveState": "active", "SubState": "running", "StateChangeTimestamp": "Mon"}, "ok", "is running since Mon"),
        ({"ActiveState": "active", "SubState": "waiting"}, "ok", "is waiting for its time"),
        ({"ActiveState": "activating", "SubState": "start"}, "ok", "is at work"),
        ({"ActiveState": "inactive"}, "warning", "is not running"),
        ({"LoadState": "not-found", "ActiveState": "inactive"}, "problem", "is not found"),
        (
            {"ActiveState": "activating", "SubState": "auto-restart", "Result": "watchdog"},
            "problem",
            "failed and will be started again: it gave no sign of life",
        ),
        ({"ActiveState": "failed", "Result": "start-limit-hit"}, "problem", "has failed: it ended again and again"),
        (
            {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "75"},
            "problem",
            "has failed: another `kith daemon` is running",
        ),
        ({"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "217"}, "problem", "namespaces"),
        ({"ActiveState": "failed", "Result": "signal", "ExecMainStatus": "9"}, "problem", "has failed: signal (9)"),
        ({}, "warning", "is not running"),
    ],
)
def test_how_it_is_in_plain_words(shown: dict[str, str], level: str, words: str) -> None:
    found = state(shown)
    assert found.level == level
    assert words in found.words
    assert bool(found.mend) is (level != "ok")


MOUNTS = """\
43 42 254:0 / / {options} shared:1 - ext4 /dev/vda rw
45 43 0:21 / /proc rw,relatime shared:3 - proc proc rw
"""


@pytest.mark.parametrize(("options", "in_force"), [("ro,relatime", True), ("rw,relatime", False)])
def test_the_kernel_says_whether_the_sandbox_is_in_force(tmp_path: Path, options: str, in_force: bool) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "mountinfo").write_text(MOUNTS.format(options=options))
    assert sandbox_in_force(7, tmp_path) is in_force
    assert sandbox_in_force(8, tmp_path) is None
