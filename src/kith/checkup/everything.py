"""All groups of findings, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from kith.accounts.base import Finding
from kith.app import App
from kith.checkup import machine, meetings, memory, passes, people, running
from kith.errors import ConfigError

GROUPS = (
    machine.config,
    machine.time_zone,
    App.inspect,
    meetings.watched,
    machine.notify,
    memory.store,
    memory.backups,
    passes.last_pass,
    people.network,
    running.service,
    machine.versions,
)
"""Each looks at one thing, and turns whatever is wrong with it into findings."""


def findings(app: App) -> Iterator[Finding]:
    """What every group finds, and what the passes found wrong that no group did."""
    said = set()
    for group in GROUPS:
        for finding in group(app):
            said.add(finding.message)
            yield finding
    yield from passes.faults(app, said)


def of_a_broken_config(error: ConfigError) -> Iterator[Finding]:
    """What is wrong with a config; without a good one nothing else can be looked at."""
    for problem in error.problems:
        where = f"line {problem.line}: " if problem.line is not None else ""
        yield Finding("problem", "config", f"{where}{problem.path} {problem.message}".replace(":  ", ": "), error.hint)
