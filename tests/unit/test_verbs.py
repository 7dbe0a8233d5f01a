"""Which verb a command line means, before anything of it is imported."""

from __future__ import annotations

import pytest

from kith.cli.verbs import VERBS, needed


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["sync"], "sync"),
        (["sync", "--json"], "sync"),
        (["--verbose", "sync"], "sync"),
        (["--config", "due", "sync"], "sync"),
        (["--config=due", "sync", "--help"], "sync"),
        (["log", "ana", "sync"], "log"),
    ],
)
def test_the_one_that_is_called(arguments: list[str], name: str) -> None:
    assert [verb.name for verb in needed(arguments)] == [name]


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["-h"], ["--version"], ["snyc"], ["--config"], ["--verbsoe", "sync"]]
)
def test_all_where_none_is_or_it_is_not_clear(arguments: list[str]) -> None:
    assert needed(arguments) == VERBS


def test_all_for_completion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_KITH_COMPLETE", "complete_bash")
    assert needed(["sync"]) == VERBS


def test_each_has_a_name_of_its_own() -> None:
    assert len({verb.name for verb in VERBS}) == len(VERBS)
