"""Lines for the journal and for a terminal, and that libraries stay silent."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from kith import log


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[TextIO]:
    """A stream of its own; the loggers are as they were afterwards."""
    root, logger = logging.getLogger(), logging.getLogger("kith")
    before = (list(root.handlers), list(logger.handlers), logger.level, logger.propagate)
    with (tmp_path / "said").open("w+") as opened:
        yield opened
    logging.captureWarnings(capture=False)
    root.handlers, logger.handlers = before[0], before[1]
    logger.setLevel(before[2])
    logger.propagate = before[3]


def journal(stream: TextIO) -> dict[str, str]:
    found = os.fstat(stream.fileno())
    return {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}


def said(stream: TextIO) -> list[str]:
    stream.flush()
    stream.seek(0)
    return stream.read().splitlines()


def speak() -> None:
    logger = logging.getLogger("kith.somewhere")
    logger.debug("a detail")
    logger.info("mended")
    logger.warning("odd")
    logger.error("wrong,\nand why")
    logger.critical("a bug")


def test_the_journal_is_given_priorities_and_no_time(stream: TextIO) -> None:
    log.set_up(verbose=False, stream=stream, environment=journal(stream))
    speak()
    assert said(stream) == ["<6>mended", "<4>odd", "<3>wrong,", "<3>and why", "<2>a bug"]


def test_everybody_else_is_given_plain_lines(stream: TextIO) -> None:
    log.set_up(verbose=True, stream=stream, environment={"JOURNAL_STREAM": "1:2"})
    assert log.is_verbose()
    speak()
    assert said(stream) == ["a detail", "mended", "odd", "wrong,", "and why", "a bug"]


def test_libraries_say_nothing(stream: TextIO, capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up(verbose=True, stream=stream, environment={})
    logging.getLogger("caldav").error("Ana's event cannot be read")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("Ana's card is odd", stacklevel=1)
    assert said(stream) == []
    assert capsys.readouterr() == ("", "")


def test_setting_up_twice_says_nothing_twice(stream: TextIO) -> None:
    for _ in range(2):
        log.set_up(verbose=False, stream=stream, environment={})
    logging.getLogger("kith").info("once")
    assert said(stream) == ["once"]


def test_a_stream_without_a_file_is_no_journal(capsys: pytest.CaptureFixture[str]) -> None:
    import io

    assert not log.is_the_journal(io.StringIO(), {"JOURNAL_STREAM": "1:2"})
