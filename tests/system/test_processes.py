"""kith as a process among others: the lock, signals, pipes, terminals, completion, and what it costs to start.

Here every command is a process of its own from its first line on.
"""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kith.lock import held
from system.home import CONFIG, Home, card
from system.warm import Warm

VERBS = (
    *("add", "backup", "check", "daemon", "demo", "due", "events", "export", "import", "log", "pause", "people"),
    *("restore", "set", "show", "skip", "snooze", "status", "sync"),
)
DECISIONS = ("accept", "adopt", "purge", "recreate", "takeover")
_LOADED = """
import sys
from kith.cli.main import run
try:
    run(sys.argv[1:])
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Home:
    """A machine with an address book large enough that a first pass takes a moment."""
    home = Home(tmp_path_factory.mktemp("large"), commands)
    return home.furnish(*(card(f"Person {n:05}", "Family" if n % 1000 == 0 else "") for n in range(5000)))


@pytest.fixture
def large(template: Home, tmp_path: Path) -> Iterator[Home]:
    home = template.copy_to(tmp_path / "home")
    home.now = datetime.now(UTC).replace(microsecond=0)  # the clock of what is started as a process of its own
    yield home
    home.assert_theirs_stand()


# --- one pass at a time, and its end ------------------------------------------------------------------------


def test_a_second_pass_says_which_one_is_running(synced: Home) -> None:
    with held(synced.state / "pass.lock", "a pass"):
        for command in (["sync"], ["events", "purge"], ["events", "accept"]):
            said = synced.kith(*command, exits=75)
            holder, advice = said.err.splitlines()
            assert re.fullmatch(rf"kith: a pass \(process {os.getpid()}, since .+ \d\d:\d\d\) is running", holder)
            assert advice == "  → wait until it is done"
            assert said.out == ""
        assert synced.kith("add", "Zé Novo").out.startswith("Added Zé Novo"), "what is said never waits for a pass"
    assert synced.sync()["troubles"] == []


def test_a_pass_holds_the_lock_while_it_runs(large: Home) -> None:
    with large.running("sync") as first:
        wait_for_the_lock(large)
        out, err = first.communicate()
    assert (first.returncode, err) == (0, "")
    assert "phone: 5000 cards (5000 new, 0 changed, 0 gone)" in out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pass_that_is_told_to_stop_ends_after_its_step(large: Home, number: signal.Signals) -> None:
    with large.running("sync") as process:
        wait_for_the_lock(large)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (128 + number, "", "")
    assert "has not come to its end" in large.kith("status").out
    report = large.sync()
    assert report["people"] == 5000
    assert report["troubles"] == []


@pytest.mark.parametrize("seconds", [0, 0.05, 0.15, 0.3, 0.45])
def test_a_pass_that_is_killed_leaves_nothing_that_the_next_one_cannot_finish(large: Home, seconds: float) -> None:
    with large.running("sync") as process:
        wait_for_the_lock(large)
        time.sleep(seconds)
        process.kill()
    assert process.returncode in {-signal.SIGKILL, 0}, "on a fast machine the last of them find it done"
    report = large.sync()
    assert (report["people"], len(large.events())) == (5000, 5), "what was killed wrote all, some or none of them"
    large.wait(minutes=15)
    assert large.sync()["wrote"] == []
    assert [path.name for path in large.calendar.iterdir() if path.name.endswith(".tmp")] == []


def wait_for_the_lock(home: Home) -> None:
    """Wait until a pass has begun."""
    lock, patience = home.state / "pass.lock", time.monotonic() + 20
    while not (lock.exists() and lock.read_bytes()):
        assert time.monotonic() < patience, "no pass began"
        time.sleep(0.005)


# --- pipes and terminals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["people", "people --json", "sync", "sync --scheduled", "show rui"])
def test_a_reader_that_leaves_early_is_no_error(synced: Home, command: str) -> None:
    """As in ``kith people | head -1``."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kith", *command.split()],
            env=synced.env,
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_in_a_pipe_there_are_no_colours(synced: Home) -> None:
    for command in (("sync",), ("due",), ("people",), ("show", "rui"), ("status",), ("check",), ("--help",)):
        assert "\x1b" not in synced.kith(*command).out, command
    assert "\x1b" not in synced.kith("show", "ana", exits=2).err


def test_on_a_terminal_colours_can_be_switched_off(synced: Home) -> None:
    colourful = on_a_terminal(synced, "status", {"TERM": "xterm-256color"})
    assert "\x1b[32mok" in colourful
    plain = on_a_terminal(synced, "status", {"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert "ok " in plain
    assert not [code for code in ("\x1b[3", "\x1b[9", "\x1b[1;3") if code in plain]
    assert "\x1b" not in on_a_terminal(synced, "status", {"TERM": "dumb"})


def on_a_terminal(home: Home, command: str, env: dict[str, str]) -> str:
    controller, terminal = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "kith", command],
            env=home.env | env,
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=terminal,
            timeout=60,
            check=True,
        )
        return os.read(controller, 100_000).decode()
    finally:
        os.close(controller)
        os.close(terminal)


def test_a_journal_holds_no_names_and_no_notes(synced: Home) -> None:
    synced.write_cards(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Nuno Segredo\r\nBDAY:who knows\r\nEND:VCARD\r\n", file="more.vcf"
    )
    synced.write_config(CONFIG + '\n[people."Olga Nobody"]\nevery = "2w"\n')
    synced.event_of("Ana Souza").type_below("A secret wish", at=synced.now)
    synced.event_of("Rui Carvalho").tick(at=synced.now)
    said = synced.kith("sync", "--scheduled")
    assert said.out.startswith("pass: 2 answers understood, ")
    synced.calendar.rename(synced.folder / "away")
    failed = synced.kith("sync", "--scheduled", exits=69)
    (synced.folder / "away").rename(synced.calendar)
    synced.write_config(CONFIG + '\n[people."Olga Nobody"]\nevry = "2w"\n')
    broken = synced.kith("sync", "--scheduled", exits=78)
    assert failed.err == "problem: phone: Denied\n"
    for text in (said.out, said.err, failed.out, failed.err, broken.out, broken.err):
        for secret in (
            "Ana",
            "Souza",
            "Rui",
            "Nuno",
            "Segredo",
            "Olga",
            "secret",
            "wish",
            "example.org",
            "kith.sqlite3",
        ):
            assert secret not in text


# --- help and completion --------------------------------------------------------------------------------------


def test_help(home: Home) -> None:
    whole = home.kith("--help").out
    assert "Answer in your calendar: tick an event" in whole
    for verb in VERBS:
        assert f"│ {verb} " in whole
        told = home.kith(verb, "--help").out
        assert f"Usage: kith {verb} " in told
        assert "<bool>" not in told, "a flag takes nothing"
    decisions = home.kith("events", "-h").out
    for decision in DECISIONS:
        assert f"│ {decision} " in decisions
        assert f"Usage: kith events {decision} " in home.kith("events", decision, "--help").out
    assert "--scheduled" not in home.kith("sync", "--help").out, "for the daemon alone"
    assert home.kith(exits=2).out.split() == whole.split()
    assert not home.state.exists()


def test_the_version(home: Home) -> None:
    import kith

    assert home.run(sys.executable, "-m", "kith", "--version").out == f"kith {kith.__version__}\n"


def test_a_wrong_word_leaves_with_2(home: Home) -> None:
    assert "No such command 'snoze'" in home.kith("snoze", "ana", exits=2).err
    assert "No such option" in home.kith("due", "--dyas", "3", exits=2).err
    assert "Missing argument 'PERSON'" in home.kith("show", exits=2).err
    assert "Invalid value for '--days'" in home.kith("due", "--days", "-1", exits=2).err


@pytest.mark.parametrize(
    ("shell", "beginning"),
    [("bash", "_kith_completion()"), ("zsh", "#compdef kith"), ("fish", "complete --command kith")],
)
def test_each_shell_gets_its_completion(home: Home, shell: str, beginning: str) -> None:
    assert beginning in home.kith(env={"_KITH_COMPLETE": f"source_{shell}"}).out


@pytest.mark.parametrize(
    ("shell", "env"),
    [
        ("bash", {"COMP_WORDS": "kith s", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "kith s"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "kith s", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_verbs_are_completed(home: Home, shell: str, env: dict[str, str]) -> None:
    said = home.kith(env={"_KITH_COMPLETE": f"complete_{shell}", **env}).out
    assert all(verb in said for verb in VERBS if verb.startswith("s"))
    assert "people" not in said


def test_completion_works_in_bash_itself(home: Home) -> None:
    command = home.folder / "bin" / "kith"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m kith "$@"\n')
    command.chmod(0o755)
    script = (
        'eval "$(kith --show-completion)"; complete -p kith; '
        'COMP_WORDS=(kith sn); COMP_CWORD=1; _kith_completion kith; echo "${COMPREPLY[@]}"; '
        'COMP_WORDS=(kith log --v); COMP_CWORD=2; _kith_completion kith; echo "${COMPREPLY[@]}"'
    )
    said = home.run("bash", "-c", script, env={"PATH": f"{command.parent}:{os.environ['PATH']}"}).lines
    assert "_kith_completion" in said[0]
    assert said[1:] == ["snooze", "--via"]


# --- what it costs to start -----------------------------------------------------------------------------------

HEAVY = (
    *("google", "googleapiclient", "caldav", "keyring", "vobject", "icalendar", "httplib2", "requests", "niquests"),
    *("openpyxl", "lxml", "charset_normalizer", "kith.imports", "kith.exports"),
    *("phonenumbers", "rapidfuzz", "anyascii"),
)


@pytest.mark.parametrize(
    ("command", "more"),
    [(("due",), ()), (("--help",), ("pydantic", "kith.app", "kith.config", "sqlite3")), (("show", "rui"), ())],
)
def test_what_a_command_that_only_reads_imports(synced: Home, command: tuple[str, ...], more: tuple[str, ...]) -> None:
    said = synced.run(sys.executable, "-c", _LOADED, *command)
    loaded = set(said.err.split())
    assert "kith.cli.main" in loaded
    unwanted = {name for name in loaded for heavy in (*HEAVY, *more) if name == heavy or name.startswith(f"{heavy}.")}
    assert unwanted == set()


@pytest.mark.parametrize("command", ["check", "sync"])
def test_nothing_of_google_is_imported_when_no_account_is_there(synced: Home, command: str) -> None:
    loaded = synced.run(sys.executable, "-c", _LOADED, command).err.split()
    assert "kith.accounts.folder" in loaded
    google = ("google", "google_auth_oauthlib", "googleapiclient", "httplib2", "oauthlib", "requests", "kith.google")
    assert [name for name in loaded if name.startswith(tuple(f"{each}." for each in google)) or name in google] == []


def test_the_daemon_s_module_imports_neither_the_command_line_nor_the_schema(home: Home) -> None:
    said = home.run(
        sys.executable, "-c", "import json, sys, kith.daemon.__main__; print(json.dumps(sorted(sys.modules)))"
    )
    loaded = {name for name in json.loads(said.out) if name.split(".")[0] in ("kith", "typer", "pydantic", "rich")}
    others = {name for name in loaded if not name.startswith("kith.daemon")}
    assert others == {"kith", "kith.core", "kith.core.period", "kith.errors", "kith.lock", "kith.log", "kith.online"}


def test_importing_kith_imports_nothing_else(home: Home) -> None:
    script = "import json, sys, kith, kith.__main__; print(json.dumps([m for m in sys.modules if 'kith' in m]))"
    assert json.loads(home.run(sys.executable, "-c", script).out) == ["kith", "kith.__main__"]
