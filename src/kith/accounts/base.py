"""What every account offers, whatever its type, and what can be said about one that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from kith.calendars.base import Calendar

if TYPE_CHECKING:
    from kith.calendars.meetings import WatchedCalendar
    from kith.core.report import PassReport
    from kith.sources.base import Source
    from kith.store.store import Store

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, about what, and what mends it; ``details`` are how it was found."""

    level: Level
    subject: str
    message: str
    mend: str = ""
    details: tuple[str, ...] = ()


class OwnCalendar(Calendar, Protocol):
    """A calendar that kith may make where there is none yet."""

    def is_there(self) -> bool:
        """Whether there is one now. Raises AccountError where that cannot be told."""
        ...

    def prepare(self) -> None:
        """Make it if it is not there; for one that nothing was ever written to. Raises AccountError."""
        ...


class OpenAccount(Protocol):
    """One account of the config. Signing in happens at the first use, and what goes wrong then is raised there."""

    def source(self) -> Source | None:
        """Its contacts; None where it has none to read. Raises SignInNeeded."""
        ...

    def calendar(self) -> OwnCalendar:
        """Its calendar for kith's events. Raises SignInNeeded."""
        ...

    def watched(self, name: str) -> WatchedCalendar:
        """One of the user's own calendars, by its name. Raises SignInNeeded."""
        ...

    @property
    def mine(self) -> tuple[str, ...]:
        """The user's own e-mail addresses, as far as the config of the account tells them."""
        ...

    def publish(self, report: PassReport) -> None:
        """What is to be done after a pass that wrote here; what goes wrong is in the report."""
        ...

    def inspect(self, store: Store, now: datetime, *, carries_events: bool) -> Iterator[Finding]:
        """Look at all of it without changing anything; every error becomes a finding."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
