"""Whether something runs kith."""

from __future__ import annotations

from collections.abc import Iterator

from kith.accounts.base import Finding
from kith.app import App
from kith.service.findings import findings


def service(app: App) -> Iterator[Finding]:
    """The service's state, and the sandbox that is in force."""
    yield from findings(app.config, app.paths)
