"""Where a password comes from, in which order, what is said when it does not come, and that it is said nowhere."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from kith import child, keychain, secrets
from kith.errors import SignInNeeded
from kith.secrets import Secret, Vault

PLANTED = "hunter2-naïve ✓"
"""Never to be seen anywhere but where it belongs."""

KEYRING = """
import json, os, sys, time
from pathlib import Path

class errors:
    pass
sys.modules["keyring.errors"] = sys.modules[__name__]

class Backend:
    def _all(self):
        path = Path(os.environ["FAKE_KEYRING"])
        return json.loads(path.read_text()) if path.exists() else {}
    def _happens(self):
        print("a library that prints")
        if os.environ.get("FAKE_KEYRING_IS") == "locked":
            time.sleep(60)
        if os.environ.get("FAKE_KEYRING_IS") == "dismissed":
            raise RuntimeError("hunter2")
    def get_password(self, service, name):
        self._happens()
        return self._all().get(f"{service}/{name}")
    def set_password(self, service, name, password):
        self._happens()
        Path(os.environ["FAKE_KEYRING"]).write_text(json.dumps({**self._all(), f"{service}/{name}": password}))
    def delete_password(self, service, name):
        all = self._all()
        del all[f"{service}/{name}"]
        Path(os.environ["FAKE_KEYRING"]).write_text(json.dumps(all))

class Chainer:
    __module__ = "keyring.backends.chainer"
    def __init__(self, *backends):
        self.backends = backends

def get_keyring():
    found = []
    for module in os.environ["FAKE_KEYRING_MODULE"].split():
        found.append(type("Keyring", (Backend,), {"__module__": module})())
    return found[0] if len(found) == 1 else Chainer(*found)
"""
"""A ``keyring`` for the process that asks, with a back end from whatever module a test wants."""


class Keyring:
    """What is in it."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("FAKE_KEYRING", str(path))
        self.comes_from("keyring.backends.SecretService")

    def comes_from(self, *modules: str) -> None:
        self._monkeypatch.setenv("FAKE_KEYRING_MODULE", " ".join(modules))

    def is_now(self, what: str) -> None:
        self._monkeypatch.setenv("FAKE_KEYRING_IS", what)

    @property
    def contents(self) -> Mapping[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return found


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    library = tmp_path / "library" / "keyring"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(KEYRING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(library.parent), os.environ.get("PYTHONPATH", "")]))
    return Keyring(tmp_path / "keyring.json", monkeypatch)


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    return folder


@pytest.fixture
def vault(tmp_path: Path, credentials: Path) -> Vault:
    return Vault(tmp_path / "state" / "secrets", environment={"CREDENTIALS_DIRECTORY": str(credentials)})


def refusal(vault: Vault, account: str = "home", command: tuple[str, ...] | None = None) -> tuple[str, str]:
    with pytest.raises(SignInNeeded) as caught:
        vault.password_for(account, command)
    assert "hunter2" not in f"{caught.value!r} {caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"
    return caught.value.message, caught.value.hint


# The order


def test_the_places_are_asked_in_their_order(vault: Vault, credentials: Path, keyring: Keyring) -> None:
    command = (sys.executable, "-c", "print('from the command')")

    assert refusal(vault) == ("no password is known for account “home”", "run `kith login home`")
    keychain.keep("home", "from the keyring")
    assert vault.password_for("home").value == "from the keyring"
    vault._write("home", "from the file")
    assert vault.password_for("home").value == "from the file"
    assert vault.password_for("home", command).value == "from the command"
    (credentials / "kith-home").write_text("from systemd\n")
    assert vault.password_for("home", command).value == "from systemd"
    (credentials / "home").write_text("from systemd, by its own name")
    assert vault.password_for("home", command).value == "from systemd, by its own name"
    assert keyring.contents == {"kith/home": "from the keyring"}


def test_where_it_came_from_is_said_in_words(vault: Vault, credentials: Path, keyring: Keyring) -> None:
    said = []
    keychain.keep("my dav", PLANTED)
    said.append(vault.password_for("my dav"))
    vault.keep("my dav", PLANTED, "file")
    said.append(vault.password_for("my dav"))
    said.append(vault.password_for("my dav", (sys.executable, "-c", f"print({PLANTED!r})")))
    (credentials / "kith-my dav").write_text(PLANTED)
    said.append(vault.password_for("my dav"))

    assert [secret.value for secret in said] == [PLANTED] * 4
    assert [secret.source for secret in said] == [
        "the keyring (Secret Service)",
        f"the file {vault.folder}/my%20dav.password",
        f"`{Path(sys.executable).name}`",
        "the systemd credential “kith-my dav”",
    ]


def test_a_place_that_fails_is_not_passed_over(vault: Vault, keyring: Keyring) -> None:
    vault.keep("home", "stale", "file")

    assert refusal(vault, command=("false",))[0] == "password_command of account “home” (false) ended with exit code 1"


def test_a_secret_does_not_show_itself() -> None:
    assert PLANTED not in f"{Secret(PLANTED, 'x')!r} {Secret(PLANTED, 'x')}"
    assert PLANTED not in repr(keychain.Found(PLANTED, "x"))
    assert PLANTED not in repr(Vault(Path("x"), {"home": PLANTED}, {"SOMETHING": PLANTED}))


# Commands


def shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_one_line_ending_is_taken_off_and_nothing_else(vault: Vault, ending: str) -> None:
    command = (sys.executable, "-c", f"import sys; sys.stdout.buffer.write({f'  {PLANTED} {ending}'!r}.encode())")

    assert vault.password_for("home", command).value == f"  {PLANTED} "


BY_HAND = "run the whole command by hand in a terminal, or take password_command out and `kith login home`"
NOTHING_ELSE = "let it be the password and nothing else"


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        (shell("echo hunter2 >&2; exit 3"), "ended with exit code 3", BY_HAND),
        (shell("echo hunter2; exit 3"), "ended with exit code 3", BY_HAND),
        (shell("kill -9 $$"), "was ended by SIGKILL", BY_HAND),
        (shell("yes hunter2 | head -c 100000"), "printed far too much", BY_HAND),
        (shell("true"), "is empty", NOTHING_ELSE),
        (shell("printf 'hunter2\\nuser: ana\\n'"), "has more than one line", NOTHING_ELSE),
        (shell("printf 'hunter2\\377'"), "is not text in UTF-8", NOTHING_ELSE),
    ],
)
def test_a_command_that_fails_is_named_without_its_arguments(
    vault: Vault, command: tuple[str, ...], message: str, hint: str
) -> None:
    assert refusal(vault, command=command) == (f"password_command of account “home” (sh) {message}", hint)


def test_a_program_that_is_not_there(vault: Vault) -> None:
    expected = "password_command of account “home” (no-such-program) cannot be started: No such file or directory"

    assert refusal(vault, command=("no-such-program", "hunter2")) == (expected, BY_HAND)


def test_a_command_that_hangs_is_ended_with_all_it_started(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "COMMAND_LIMIT", 0.5)
    monkeypatch.setattr(child, "_has_a_terminal", lambda: False)
    alive = tmp_path / "alive"
    began = time.monotonic()

    message, _ = refusal(vault, command=shell(f"(sleep 1.5; touch {alive}) & wait"))

    assert message == "password_command of account “home” (sh) did not answer within 0.5 seconds"
    assert time.monotonic() - began < 5
    time.sleep(1.5)
    assert not alive.exists()


def test_no_shell_reads_the_command(vault: Vault) -> None:
    assert vault.password_for("home", ("echo", "$HOME; `id`")).value == "$HOME; `id`"


# systemd credentials


@pytest.mark.parametrize("name", ["../home", "..", ".", "a/b"])
def test_an_account_s_name_never_leads_out_of_the_credentials(tmp_path: Path, credentials: Path, name: str) -> None:
    (tmp_path / "home").write_text("somebody else's")

    vault = Vault(tmp_path / "secrets", environment={"CREDENTIALS_DIRECTORY": str(credentials)})

    assert vault._from_systemd(name) is None
    assert vault.file(name).parent == vault.folder


def test_an_empty_credential_is_a_mistake(vault: Vault, credentials: Path) -> None:
    (credentials / "kith-home").write_text("\n")

    assert refusal(vault) == ("the systemd credential “kith-home” is empty", NOTHING_ELSE)


# Files


def test_a_file_is_for_the_user_s_eyes_only(vault: Vault, keyring: Keyring) -> None:
    words = vault.keep("home", PLANTED, "file")

    path = vault.folder / "home.password"
    assert words == f"the file {path}, which only you can read"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(vault.folder.iterdir()) == [path]


def test_a_file_that_others_may_read_is_not_used(vault: Vault, keyring: Keyring) -> None:
    vault.keep("home", PLANTED, "file")
    vault.file("home").chmod(0o640)

    message, hint = refusal(vault)

    assert message == f"others on this machine may read the password in {vault.file('home')}, so it is not used"
    assert hint == f"chmod 600 {vault.file('home')}, and change the password if others were there"


# The keyring


def test_a_password_is_in_one_place_only(vault: Vault, keyring: Keyring) -> None:
    assert vault.keep("home", PLANTED, "keyring") == "the keyring (Secret Service)"
    assert keyring.contents == {"kith/home": PLANTED}
    vault.keep("home", PLANTED, "file")
    assert keyring.contents == {}
    vault.keep("home", PLANTED, "keyring")
    assert not vault.file("home").exists()
    assert vault.forget("home") == ["the keyring (Secret Service)"]
    assert keyring.contents == {}
    assert vault.forget("home") == []


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        (["keyring.backends.fail"], "there is no keyring here"),
        (["keyring.backends.null"], "there is no keyring here"),
        (
            ["keyrings.alt.file"],
            "the keyring here (keyrings.alt.file) does not keep passwords safe, so kith does not use it",
        ),
        (
            ["keyrings.alt.file", "keyring.backends.fail"],
            "the keyring here (chainer) does not keep passwords safe, so kith does not use it",
        ),
    ],
)
def test_a_keyring_that_keeps_no_secret_is_never_used(
    vault: Vault, keyring: Keyring, modules: list[str], reason: str
) -> None:
    keyring.comes_from(*modules)

    with pytest.raises(SignInNeeded) as caught:
        vault.keep("home", PLANTED, "keyring")

    assert caught.value.message == f"the password could not be stored: {reason}"
    assert caught.value.hint == "keep it in a file that only you can read: `kith login home --store file`"
    assert keyring.contents == {}
    assert not keychain.is_there()
    assert refusal(vault)[0] == "no password is known for account “home”"


def test_of_several_the_one_that_keeps_secrets_is_used(vault: Vault, keyring: Keyring) -> None:
    keyring.comes_from("keyrings.alt.file", "keyring.backends.kwallet")

    assert vault.keep("home", PLANTED, "keyring") == "the keyring (KWallet)"
    assert keychain.is_there()


def test_a_locked_keyring_does_not_hold_kith_up(
    vault: Vault, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.is_now("locked")
    monkeypatch.setattr(keychain, "LIMIT", 1.0)

    message, hint = refusal(vault)

    assert message == (
        "the password of account “home” cannot be had: the keyring did not answer within 1 seconds; it may be locked"
    )
    assert hint == ("unlock it and try again, or use a file that only you can read: `kith login home --store file`")


def test_what_a_keyring_says_is_not_repeated(vault: Vault, keyring: Keyring) -> None:
    keyring.is_now("dismissed")

    assert refusal(vault)[0] == (
        "the password of account “home” cannot be had: the keyring (Secret Service) will not: RuntimeError"
    )
    with pytest.raises(SignInNeeded, match="may still have the password"):
        vault.forget("home")


def test_the_library_is_loaded_in_the_other_process_only() -> None:
    code = "import sys, kith.secrets, kith.keychain; kith.keychain.is_there(); print('keyring' in sys.modules)"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout == "False\n"


def test_the_library_that_is_really_installed_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

    assert not keychain.is_there()
    assert keychain.find("home") is None


def test_a_password_is_no_argument_of_any_process(
    vault: Vault, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    popen = subprocess.Popen

    def watched(command: list[str], **options: object) -> object:
        seen.append(command)
        return popen(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", watched)
    vault.keep("home", PLANTED, "keyring")
    vault.password_for("home")
    vault.forget("home")

    assert len(seen) == 3
    assert "hunter2" not in repr(seen)
