"""What a pass found, understood, wrote and could not do; one value for people, programs and the log.

Names and texts stand here for the user to read. :meth:`PassReport.counts` is what may go to a log.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from kith.core.event import Kind


@dataclass(frozen=True, slots=True)
class AccountCards:
    """What came in from one account."""

    account: str
    cards: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Understood:
    """One thing the user did in the calendar and what kith took it for.

    ``what`` is ``talked``, ``corrected``, ``withdrawn``, ``noted``, ``kept`` (a promise was ticked), ``obeyed`` (an
    order in a text was carried out), ``tried``, ``snoozed``, ``passed``, ``skipped``, ``missing`` (deleted, to be
    believed at the next pass) or ``back``; of meetings in the user's own calendars ``met`` or ``unmet``. ``day`` is the
    local day it is about, ``kind`` what the event is for (:class:`~kith.core.event.Kind`).
    """

    what: str
    person: str
    day: date
    text: str = ""
    kind: Kind = Kind.REACH_OUT


@dataclass(frozen=True, slots=True)
class WroteEvent:
    """One change kith made in the calendar: ``created``, ``moved``, ``updated``, ``ticked`` or ``removed``.

    ``why`` is a :class:`~kith.core.plan.Why`, or for a removal what came of the reach-out or where it stands
    now; ``kind`` as above.
    """

    what: str
    person: str
    start: datetime | None = None
    why: str = ""
    kind: Kind = Kind.REACH_OUT


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be done. ``kind`` is an error's name; ``account`` may be empty.

    ``retry_after`` is in seconds, where a server said so.
    """

    account: str
    kind: str
    message: str
    hint: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know that stops nothing: an unreadable card, a rule that fits nobody."""

    where: str
    message: str


@dataclass(slots=True)
class PassReport:
    """Filled by a pass as it goes along.

    ``troubles`` kept it from something; ``concerns`` did not, and are to be mended all the same. Of both, ``began`` are
    those that the pass before did not have, and ``mended`` those that it had and this one has not. ``told`` are the
    titles of new events about problems, ``cleared`` those of events that went because the problem did.
    """

    started: datetime
    accounts: list[AccountCards] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    wrote: list[WroteEvent] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    concerns: list[Trouble] = field(default_factory=list)
    began: list[Trouble] = field(default_factory=list)
    mended: list[Trouble] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    network: int = 0
    people: int = 0
    open: int = 0
    unplaced: list[str] = field(default_factory=list)
    budget: str = ""

    @property
    def quiet(self) -> bool:
        """Nothing was understood and nothing was written."""
        return not self.understood and not self.wrote

    def counts(self) -> str:
        """The pass in numbers, without anything personal."""
        parts = [
            f"{len(self.understood)} answers understood",
            f"{len(self.wrote)} events written",
            f"{self.open} open",
            f"{self.network} in the network",
        ]
        if self.troubles:
            parts.append(f"{len(self.troubles)} problems")
        return ", ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: plain values, days and instants in ISO 8601."""
        report: dict[str, Any] = _plain(asdict(self))
        return report


def _plain(value: Any) -> Any:  # noqa: ANN401 -- whatever a report holds
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
