"""The service as it is installed, under a real ``systemd --user``: what it survives, what it may do, what it needs.

All of it happens to one service, in order of writing; each test leaves it running and its config as it was.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kith.daemon.record import read_record
from kith.demo import dav
from system.conftest import CARDS, FAMILY
from system.home import CONFIG, Home, card
from system.warm import Warm
from user_systemd.manager import Manager, NoManager, a_manager

_PATIENCE = 40
_QUICKLY = """\
[Service]
RestartSec=1
WatchdogSec=4
Environment=PYTHONPATH={patches}
{more}
"""
SERVER = """
[accounts.server]
type = "dav"
url = "{url}"
username = "{user}"
{more}

[calendar]
account = "phone"
"""
_KEYRING = """\
import time
from keyring.backends import libsecret
def get_keyring():
    return libsecret.Keyring()
"""
_HANGING = """\
import time
class Keyring:
    def get_password(self, service, account):
        time.sleep(600)
"""


class Service:
    """A machine with the service on it."""

    def __init__(self, manager: Manager, home: Home, patches: Path) -> None:
        self.manager = manager
        self.home = home
        self.patches = patches
        self.usual = CONFIG.replace("~", str(home.folder))  # the service's own home may be another
        runtime = {} if manager.own else {"HOME": str(manager.home)}
        self._env = {
            "XDG_STATE_HOME": str(home.state.parent),
            "XDG_CONFIG_HOME": str(manager.home / ".config"),
        } | runtime

    # --- asking ---------------------------------------------------------------------------------------

    def kith(self, *arguments: str, exits: int = 0) -> str:
        """What ``kith ARGUMENTS`` prints."""
        command = (sys.executable, "-m", "kith", "--config", str(self.home.config), *arguments)
        done = self.manager.run(*command, env=self._env)
        assert done.code == exits, f"{arguments}: {done}"
        return done.out

    def systemctl(self, *arguments: str) -> str:
        done = self.manager.run("systemctl", "--user", *arguments)
        assert done.code == 0, f"{arguments}: {done}"
        return done.out

    def shown(self, name: str, unit: str = "kith.service") -> str:
        return self.systemctl("show", unit, f"--property={name}", "--value").strip()

    @property
    def process(self) -> int:
        return int(self.shown("MainPID"))

    def passes(self) -> list[int]:
        """The passes that the daemon is running now: one or none."""
        done = self.manager.run("pgrep", "--parent", str(self.process), "--full", "sync --scheduled")
        return [int(number) for number in done.out.split()]

    def problems(self) -> list[str]:
        """What ``kith check`` does not like about the service."""
        done = self.manager.run(
            *(sys.executable, "-m", "kith", "--config", str(self.home.config), "check", "--json"), env=self._env
        )
        found = json.loads(done.out)
        return [one["message"] for one in found if one["subject"] in ("service", "sandbox") and one["level"] != "ok"]

    def faults(self) -> Any:
        return json.loads(self.kith("status", "--json"))["faults"]

    # --- changing -------------------------------------------------------------------------------------

    def signal(self, name: str, process: int) -> None:
        assert self.manager.run("kill", f"-{name}", str(process)).code == 0

    def until(self, holds: Callable[[], Any], what: str) -> None:
        patience = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < patience, f"{what}: {self.systemctl('show', 'kith.service')}"
            time.sleep(0.1)

    def until_another_is_ready(self, before: int) -> None:
        """Wait for a daemon in place of the one with this process number."""
        self.until(lambda: self.process not in (0, before) and self.shown("ActiveState") == "active", "a new daemon")

    def until_a_pass_was_made(self, after: Callable[[], object]) -> None:
        """Do something that makes the daemon start a pass, and wait until it is over."""
        before = self.last_pass()
        after()
        self.until(lambda: self.last_pass() != before, "a pass")

    def last_pass(self) -> datetime | None:
        """When the last pass that came to its end began."""
        record = read_record(self.home.store)
        return record.began if record is not None else None

    def set_up(self, more: str = "") -> None:
        """Have short times, and more settings as a user would write them: with ``systemctl --user edit``."""
        folder = self.manager.home / ".config" / "systemd" / "user" / "kith.service.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "50-test.conf").write_text(_QUICKLY.format(patches=self.patches, more=more))
        self.systemctl("daemon-reload")

    @contextmanager
    def config(self, text: str) -> Iterator[None]:
        """With another config, once a pass was made with it."""
        self.until_a_pass_was_made(lambda: self.home.write_config(text))
        try:
            yield
        finally:
            self.until_a_pass_was_made(lambda: self.home.write_config(self.usual))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("user-systemd")
    (folder / "home").mkdir()
    try:
        with a_manager(folder / "home") as manager, Warm() as warm:
            home = Home(folder / "home", warm, state=".local/state")
            if not manager.own and manager.run("systemctl", "--user", "cat", "kith.service").code == 0:
                pytest.skip("kith is installed as a service of this user, and is left alone")
            patches = folder / "patches"
            service = Service(manager, home, patches)
            home.furnish(*CARDS, config=service.usual)
            _patch(patches)
            service.set_up()
            try:
                service.kith("service", "install")
                yield service
            finally:
                service.kith("service", "uninstall")
                drop_in = manager.home / ".config" / "systemd" / "user" / "kith.service.d" / "50-test.conf"
                drop_in.unlink()
    except NoManager as reason:
        pytest.skip(str(reason))


def _patch(folder: Path) -> None:
    """A keyring that never answers, and less patience with it."""
    (folder / "keyring" / "backends").mkdir(parents=True)
    (folder / "keyring" / "__init__.py").write_text(_KEYRING)
    (folder / "keyring" / "errors.py").write_text("")
    (folder / "keyring" / "backends" / "__init__.py").write_text("")
    (folder / "keyring" / "backends" / "libsecret.py").write_text(_HANGING)
    (folder / "sitecustomize.py").write_text("import kith.keychain\nkith.keychain.LIMIT = 3\n")


def test_it_is_ready_says_how_it_is_and_is_shut_in(service: Service) -> None:
    service.until(lambda: service.last_pass(), "the first pass")
    service.until(lambda: "all is well" in service.shown("StatusText"), "a status")
    assert [event.title.removeprefix("Reach out: ") in FAMILY for event in service.home.events()].count(True) == 5
    assert service.problems() == []
    assert json.loads(service.kith("service", "status", "--json"))["kith.service"]["state"] == "active"
    assert "is running since" in service.kith("service", "status")


def test_installed_again_it_is_the_same(service: Service) -> None:
    assert "written" not in service.kith("service", "install")
    assert service.problems() == []


def test_an_edit_of_the_config_shows_in_the_calendar(service: Service) -> None:
    with service.config(service.usual.replace('"2w"', '"1w"')):
        assert "inner, every 1 week" in service.home.event_of("Ana Souza").description
    assert "inner, every 2 weeks" in service.home.event_of("Ana Souza").description


def test_killed_in_the_middle_of_a_pass_it_comes_back_and_makes_no_second_event(service: Service) -> None:
    before = {event.path.name for event in service.home.events()}
    killed = service.process
    service.home.write_cards(
        card("Bruno Tavares", "Family"), *(card(f"Person {n:04}") for n in range(3000)), file="more.vcf"
    )
    service.systemctl("reload", "kith")
    service.until(service.passes, "a pass")
    service.signal("KILL", killed)
    service.until_another_is_ready(killed)
    service.until_a_pass_was_made(lambda: service.systemctl("reload", "kith"))
    service.until(lambda: not service.passes(), "quiet")
    assert service.home.event_of("Bruno Tavares").start is not None
    assert {event.path.name for event in service.home.events()} >= before
    assert len(service.home.events()) == len(before) + 1


def test_a_stopped_pass_is_ended_at_its_limit_and_the_daemon_lives(service: Service) -> None:
    daemon = service.process
    # Too short for kith's schema, so that passes go on with the config before; the daemon takes it as it is.
    service.until_a_pass_was_made(lambda: service.home.write_config(service.usual + '\n[sync]\nlimit = "3s"\n'))
    service.home.write_cards(*(card(f"Person {n:04}") for n in range(3500)), file="more.vcf")
    service.systemctl("reload", "kith")
    service.until(service.passes, "a pass")
    stopped = service.passes()[0]
    service.signal("STOP", stopped)
    service.until(lambda: stopped not in service.passes(), "the end of the pass")
    assert service.process == daemon
    service.until_a_pass_was_made(lambda: service.home.write_config(service.usual))


def test_a_wedged_daemon_is_started_anew(service: Service) -> None:
    wedged = service.process
    service.signal("STOP", wedged)
    service.until_another_is_ready(wedged)


def test_it_writes_only_where_the_config_needs_it(service: Service) -> None:
    notes = service.manager.home / ".gnupg"
    # Only what runs in a service has such an id: `kith check`, which asks for the password too, is not shut in.
    touched = f"touch {service.home.folder}/outside {notes}/lock"
    command = f"[ $INVOCATION_ID ] && {touched}; : gpg; exit 1"
    if not service.manager.own:
        pytest.skip("it would write where this user's own notes are")
    notes.mkdir(mode=0o700)
    more = f'password_command = ["sh", "-c", "{command}"]'
    with service.config(service.usual + SERVER.format(url="http://127.0.0.1:9/", user="ana", more=more)):
        assert service.faults()[0]["kind"] == "SignInNeeded"
        assert not (notes / "lock").exists()
        assert service.problems() == ["what the service may write to does not fit the config any more"]
        service.kith("service", "install")
        assert service.problems() == []
        service.until_a_pass_was_made(lambda: service.systemctl("reload", "kith"))
        assert (notes / "lock").exists()
    assert not (service.home.folder / "outside").exists()
    service.kith("service", "install")


def test_a_keyring_that_hangs_harms_nobody_else_and_a_credential_does_without_it(
    service: Service, tmp_path: Path
) -> None:
    daemon = service.process
    with dav.serve(tmp_path) as server:
        server.fill(card("Bruno Tavares", "Work").encode())
        with service.config(service.usual + SERVER.format(url=server.url, user=server.user, more="")):
            assert [fault["kind"] for fault in service.faults()] == ["SignInNeeded"]
            assert "the keyring did not answer" in service.faults()[0]["message"]
            assert "server needs a sign-in" in service.shown("StatusText")
            assert service.process == daemon
            secret = service.home.folder / "secret"
            secret.write_text(f"{server.password}\n")
            service.set_up(f"LoadCredential=server:{secret}")
            service.systemctl("restart", "kith")
            service.until_a_pass_was_made(lambda: service.systemctl("reload", "kith"))
            assert service.faults() == []
            assert "Bruno Tavares" in service.kith("people", "--all")
            service.set_up()
            service.systemctl("restart", "kith")


def test_it_stops_quickly_and_well(service: Service) -> None:
    began = time.monotonic()
    service.systemctl("stop", "kith")
    assert time.monotonic() - began < 5
    assert (service.shown("ActiveState"), service.shown("Result")) == ("inactive", "success")
    assert service.problems() == ["kith.service is not running"]
    service.systemctl("start", "kith")


def test_what_the_user_wrote_stays(service: Service) -> None:
    unit = service.manager.home / ".config" / "systemd" / "user" / "kith.service"
    ours = unit.read_text()
    unit.write_text(ours + "# and this\n")
    assert "left alone" in service.kith("service", "install")
    assert (
        "which you wrote or changed"
        in service.manager.run(
            *(sys.executable, "-m", "kith", "--config", str(service.home.config), "service", "install", "--timer"),
            env=service._env,
        ).err
    )
    assert unit.read_text() == ours + "# and this\n"
    unit.write_text(ours)


def test_the_timer_makes_passes_in_place_of_the_daemon(service: Service) -> None:
    said = service.kith("service", "install", "--timer")
    assert "removed" in said
    assert service.shown("ActiveState") == "inactive"
    assert service.problems() == []
    service.until_a_pass_was_made(lambda: service.systemctl("start", "kith-sync.service"))
    assert service.shown("Result", "kith-sync.service") == "success"
    service.kith("service", "install")
    assert service.shown("ActiveState", "kith-sync.timer") == "inactive"
    assert service.problems() == []
