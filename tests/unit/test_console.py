"""How things look on a terminal: tables that fit, bars that can be read without colour."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kith.cli.console import bar, pairs, table

COLUMNS = ("Who", "Circle", "Every", "Next")
ROWS = (
    ("Ana Souza", "inner", "2 weeks", "Thu 3 Dec"),
    ("Maximiliana Friederike von und zu Hohenstein-Wittelsbach", "friends", "6 weeks", "due Mon 30 Nov"),
    ("王小明", "inner", "2 weeks", "paused"),
)


def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    """The table on a terminal of a width."""
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    table(COLUMNS, ROWS, give_way=("Every", "Circle"))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    return [line.rstrip() for line in plain.splitlines()]


@pytest.mark.parametrize(
    ("width", "heading"),
    [
        (100, ["Who", "Circle", "Every", "Next"]),
        (50, ["Who", "Circle", "Next"]),
        (40, ["Who", "Next"]),
        (20, ["Who", "Next"]),
    ],
)
def test_columns_give_way_in_their_order(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, heading: list[str]
) -> None:
    lines = shown(capsys, monkeypatch, width)
    assert lines[0].split() == heading
    assert all(cell_len(line) <= width for line in lines)
    assert lines[1].startswith("Ana")
    if width >= 40:
        assert len(lines) == 1 + len(ROWS), "nobody takes more than a line"
        assert any("…" in line for line in lines) == (width < 100)


def test_in_a_pipe_nothing_is_left_out(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    table(COLUMNS, ROWS, give_way=("Every", "Circle"), numbers=("Every",))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == list(COLUMNS)
    assert lines[2].startswith(ROWS[1][0])
    table(COLUMNS, ())
    assert capsys.readouterr().out.split() == list(COLUMNS)


SAID = (
    ("Ana Souza", "new Thu 3 Dec at 17:30"),
    ("Maximiliana Friederike von und zu Hohenstein-Wittelsbach", "moved to Thu 3 Dec at 17:45 (that day was too full)"),
    ("王小明", "ticked"),
)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_what_is_said_of_somebody_is_folded_under_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    pairs(SAID)
    lines = capsys.readouterr().out.splitlines()
    begin = 2 + int(width * 0.4) + 2
    assert [line[2:7].strip() for line in lines if line[2] != " "] == ["Ana S", "Maxim", "王小明"]
    assert all(line[begin - 2 : begin] == "  " for line in lines if line.isascii())
    assert "…" in next(line for line in lines if "Maxi" in line)
    assert all(cell_len(line.rstrip()) <= width for line in lines)


def test_in_a_pipe_names_are_whole(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    pairs(SAID)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(SAID)
    assert lines[0] == f"  Ana Souza{' ' * 47}  new Thu 3 Dec at 17:30"
    assert lines[1].startswith(f"  {SAID[1][0]}  moved")


@pytest.mark.parametrize(
    ("part", "most", "of", "expected"),
    [
        (0, 10, 10, "░░░░░░░░░░"),
        (5, 10, 10, "█████░░░░░"),
        (10, 10, 10, "██████████"),
        (1, 100, 100, "█░░░░░░░░░"),  # more than nothing
        (99, 100, 100, "█████████░"),  # less than all
        (2, 10, 5, "██░░░"),
        (1, 100, 1, "█"),
        (1, 100, 2, "█"),
        (0, 0, 0, ""),
        (0, 10, 0, ""),
    ],
)
def test_a_bar(part: int, most: int, of: int, expected: str) -> None:
    assert bar(part, most, 10, of=of) == expected


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(5, 30))
def test_a_bar_is_never_too_long_and_never_lies(part: int, of: int, most: int, width: int) -> None:
    of, most = max(part, of), max(part, of, most)
    drawn = bar(part, most, width, of=of)
    assert len(drawn) <= width
    assert ("█" in drawn) == (part > 0 and most > 0)
    assert part < of or "░" not in drawn
