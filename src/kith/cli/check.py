"""``kith check``: everything that can be looked at without changing anything; each line with what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import OK, PROBLEM, WARNING, print_json, verdict
from kith.cli.session import session
from kith.errors import ConfigError

if TYPE_CHECKING:
    from kith.accounts.base import Finding

_EXIT = {OK: 0, WARNING: 0, PROBLEM: 69}
"""By the worst finding. A warning is nothing that a script should stop for."""


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Tell how each thing was found, also where all is well.")
    ] = False,
) -> None:
    """Look at the config, the accounts, the store and the week's arithmetic, and say how each is.

    Exit code: 0 if all is well or there are warnings only, 69 if there is a problem, 78 if the config is broken.
    """
    from kith.checkup.everything import findings, of_a_broken_config

    try:
        with session(context) as app:
            found = list(findings(app))
    except ConfigError as error:
        if not as_json:
            raise
        _show(list(of_a_broken_config(error)), as_json=True, steps=steps)
        raise typer.Exit(error.exit_code) from None
    _show(found, as_json=as_json, steps=steps)
    raise typer.Exit(max(_EXIT[finding.level] for finding in found))


def _show(found: Sequence[Finding], *, as_json: bool, steps: bool) -> None:
    if as_json:
        print_json([asdict(finding) for finding in found])
        return
    for finding in found:
        details = finding.details if steps or finding.level != OK else ()
        verdict(finding.level, finding.subject, finding.message, finding.mend, details)
