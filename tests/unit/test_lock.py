"""The lock that lets one pass run at a time."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kith.errors import LockHeld, StoreError
from kith.lock import held

_MOMENT = r"\d\d \w{3} \d\d:\d\d"
_HOLDER = """
import sys, time
from pathlib import Path
from kith.lock import held
with held(Path(sys.argv[1]), "a pass"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """One that holds the lock until its input ends."""
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_lock_and_its_folder_are_made_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "pass.lock"
    with held(path, "a pass"):
        assert re.fullmatch(rf"a pass \(process {os.getpid()}, since {_MOMENT}\)", path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text() == ""


def test_who_comes_second_is_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with another_process(path) as process, pytest.raises(LockHeld) as told, held(path, "kith events"):
        pass
    assert re.fullmatch(rf"a pass \(process {process.pid}, since {_MOMENT}\) is running", told.value.message)
    assert told.value.hint == "wait until it is done"
    assert told.value.exit_code == 75


def test_within_one_process_it_is_held_as_well(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with held(path, "a pass"), pytest.raises(LockHeld), held(path, "a pass"):
        pass


def test_a_holder_that_died_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with another_process(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert path.read_text().startswith(f"a pass (process {process.pid}, "), "what it wrote is still there"
        with held(path, "kith events"):
            assert path.read_text().startswith(f"kith events (process {os.getpid()}, ")


def test_it_is_let_go_when_the_work_fails(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with pytest.raises(ZeroDivisionError), held(path, "a pass"):
        raise ZeroDivisionError
    with held(path, "a pass"):
        pass


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with held(path, "a pass"):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    with child:
        try:
            with held(path, "a pass"):
                pass
        finally:
            child.kill()


def test_a_lock_that_says_nothing_yet(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with another_process(path):
        path.write_text("")
        with pytest.raises(LockHeld, match="another kith is running"), held(path, "a pass"):
            pass


@pytest.mark.parametrize("place", ["a-file/pass.lock", "a-folder"])
def test_a_place_that_cannot_be_used(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(StoreError) as told, held(tmp_path / place, "a pass"):
        pass
    assert str(tmp_path / place) in told.value.message
    assert told.value.hint


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("kith.lock.fcntl.flock", refuse)
    with pytest.raises(StoreError, match="cannot be locked: No locks available"), held(tmp_path / "lock", "a pass"):
        pass
