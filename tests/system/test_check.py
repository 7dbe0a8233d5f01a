"""``kith check``: what is old, missing or open to others, with what mends it, and the exit code by the worst."""

from __future__ import annotations

import shutil

import pytest

import kith
from kith.store.store import open_store
from system.home import CONFIG, Home


def found(home: Home, subject: str, *, exits: int = 0) -> list[tuple[str, str, str]]:
    """The level, words and mend of each finding about something."""
    told = home.kith("check", "--json", exits=exits).json
    return [(item["level"], item["message"], item["mend"]) for item in told if item["subject"] == subject]


def test_a_daily_backup_that_is_missing_or_old(synced: Home) -> None:
    folder = synced.state / "backups"
    assert found(synced, "backups") == [("ok", f"1 daily in {folder}, the newest of 2026-11-02", "")]
    synced.wait(days=5)
    ((level, words, mend),) = found(synced, "backups")
    assert (level, words) == ("warning", f"1 daily in {folder}, the newest of 2026-11-02")
    assert "run `kith sync`" in mend
    shutil.rmtree(folder)
    assert found(synced, "backups")[0][:2] == ("warning", f"there is none in {folder}")


def test_a_last_pass_that_is_long_ago_or_never_ended(synced: Home) -> None:
    assert found(synced, "last pass") == [("ok", "ended at 2026-11-02 09:00", "")]
    synced.wait(days=2)
    assert found(synced, "last pass")[0][:2] == ("warning", "ended at 2026-11-02 09:00, long ago")
    with_unfinished_pass(synced)
    assert found(synced, "last pass")[0][:2] == ("ok", "began at 2026-11-04 09:00 and has not come to its end")
    synced.wait(minutes=60)
    assert found(synced, "last pass")[0][:2] == ("warning", "began at 2026-11-04 09:00 and did not come to its end")


def with_unfinished_pass(home: Home) -> None:
    with open_store(home.store, home.now, lambda: "here") as store:
        store.runs.begin(home.now)


def test_what_others_may_read(synced: Home) -> None:
    (synced.state / "backups").chmod(0o755)
    _, warning = found(synced, "store")
    assert warning[0] == "warning"
    assert warning[2] == f"chmod go-rwx {synced.state / 'backups'}"


@pytest.mark.parametrize(
    ("command", "level", "words"),
    [
        ('["no-such-program"]', "warning", "no-such-program of notify.command is not there"),
        ('["sh", "-c", "cat"]', "ok", "is given to "),
    ],
)
def test_the_command_that_tells_of_problems(synced: Home, command: str, level: str, words: str) -> None:
    synced.write_config(CONFIG + f"\n[notify]\ncommand = {command}\n")
    ((said, message, _),) = found(synced, "notify")
    assert said == level
    assert words in message


def test_what_passes_found_wrong_is_a_problem_once_it_lasts(synced: Home) -> None:
    (synced.folder / "public").write_text("a file in the folder's place")
    synced.write_config(CONFIG.replace('"~/calendar"', '"~/calendar"\nsubscribe = "~/public/kith.ics"'))
    synced.sync(exits=69)
    ((level, message, _),) = found(synced, "phone")
    assert (level, "kith.ics could not be written" in message) == ("warning", True)
    synced.wait(days=1)
    synced.sync(exits=69)
    assert found(synced, "phone", exits=69)[0][0] == "problem"


def test_nothing_is_said_twice(synced: Home) -> None:
    synced.contacts.rename(synced.folder / "away")
    synced.sync(exits=69)
    told = synced.kith("check", "--json", exits=69).json
    assert len({item["message"] for item in told}) == len(told)


def test_a_broken_config_is_a_finding_for_programs(home: Home) -> None:
    home.write_config(CONFIG + '\n[people."Ana Souza"]\ncircle = "iner"\n')
    told = home.kith("check", "--json", exits=78).json
    assert [(item["level"], item["subject"]) for item in told] == [("problem", "config")]
    assert told[0]["message"] == 'line 19: people."Ana Souza".circle there is no circle "iner"; did you mean "inner"?'
    home.config.unlink()
    assert "there is no such file" in home.kith("check", "--json", exits=78).json[0]["message"]


def test_the_versions(synced: Home) -> None:
    told = [item for item in synced.kith("check", "--json").json if item["subject"] == "versions"]
    assert told[0]["message"].startswith(f"kith {kith.__version__}, Python 3.")
    assert "caldav 3." in told[0]["details"][0]


def test_looking_changes_nothing(synced: Home) -> None:
    before = synced.snapshot()
    synced.kith("check")
    assert synced.snapshot() == before
