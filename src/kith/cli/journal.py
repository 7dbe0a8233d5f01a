"""What a pass that nobody watches says: numbers and kinds, no name and no text; a fault when it begins and ends."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kith.cli.console import ReaderGone, print_plain
from kith.errors import ConfigError, KithError, LockHeld
from kith.log import is_verbose

if TYPE_CHECKING:
    from kith.core.report import PassReport

_LOG = logging.getLogger(__name__)


def log_report(report: PassReport) -> None:
    """The pass in numbers, and what is wrong since this one, or not any more."""
    print_plain(f"pass: {report.counts()}")
    for trouble in report.began:
        if trouble.kind != ConfigError.__name__:  # said with its lines
            _LOG.error("problem: %s: %s", trouble.account or "kith", trouble.kind)
    for trouble in report.mended:
        _LOG.info("mended: %s: %s", trouble.account or "kith", trouble.kind)


def log_config(error: ConfigError, *, in_force: bool) -> None:
    """Where the config is wrong; its keys may hold names."""
    lines = sorted({problem.line for problem in error.problems if problem.line is not None})
    where = f" (line {', '.join(map(str, lines))})" if lines else ""
    otherwise = "; the last good one is in force" if in_force else ""
    _LOG.error("problem: the config is broken%s%s; see `kith check`", where, otherwise)


@contextmanager
def nothing_personal(*, wanted: bool) -> Iterator[None]:
    """Where it is ``wanted``, let no error out that quotes somebody: what it was is logged, and its exit code stays."""
    if not wanted:
        yield
        return
    try:
        yield
    except (typer.Exit, typer.Abort, ReaderGone):
        raise
    except ConfigError as error:
        log_config(error, in_force=False)
        raise typer.Exit(error.exit_code) from None
    except LockHeld as error:
        _LOG.info("%s", error.message)
        raise typer.Exit(error.exit_code) from None
    except KithError as error:
        _LOG.error("problem: %s%s", error.message, f"; {error.hint}" if error.hint else "")
        raise typer.Exit(error.exit_code) from None
    except Exception as error:
        if is_verbose():
            raise
        where = " < ".join(_place(frame) for frame in reversed(traceback.extract_tb(error.__traceback__)[-3:]))
        _LOG.critical("a bug in kith: %s at %s; `kith --verbose sync` shows all of it", type(error).__name__, where)
        raise typer.Exit(1) from None


def _place(frame: traceback.FrameSummary) -> str:
    return f"{Path(frame.filename).name}:{frame.lineno}"
