"""One pass, from the first card to the last event.

Accounts are independent: one that fails is reported and the others go on. A calendar that could not be looked at is
not written to. Whatever happens, the report says what was done until then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from kith.calendars.base import Calendar
from kith.core.cadence import spread_anchors
from kith.core.model import AccountId
from kith.core.problem import BUDGET, ROOM_FOR_MORE
from kith.core.report import Note, PassReport, Trouble
from kith.core.rules import Rules
from kith.errors import AccountError
from kith.sources.base import Source
from kith.store.store import Store
from kith.sync.absorb import Absorber, meet
from kith.sync.act import Act
from kith.sync.asked import ticked
from kith.sync.dates import wanted_dates
from kith.sync.elsewhere import leave_behind
from kith.sync.extras import Extras, Wanted
from kith.sync.faults import record_faults
from kith.sync.giving import wanted_introductions, wanted_scouts
from kith.sync.network import Network, load_network
from kith.sync.problems import Notify, ProblemEvents, tell_by_command
from kith.sync.readback import ReadBack, Sightings
from kith.sync.waits import trouble
from kith.sync.watching import Watching


def _no_step(_: str) -> None:
    pass


def _no_publishing(_: PassReport) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Pass:
    """Everything one pass needs. ``step`` is told after each step, and may raise to stop the pass there.

    ``now`` is the instant of the whole pass, ``new_id`` names new people; ``troubles`` are known
    before it begins. ``publish`` is what the calendar's account does once everything about people is written;
    ``notify`` is how the user is told of what is wrong for long, ``watching`` where their meetings stand.
    """

    store: Store
    sources: Sequence[Source]
    calendar: Calendar | None
    rules: Rules
    now: datetime
    new_id: Callable[[], str]
    step: Callable[[str], None] = _no_step
    accept_removals: Collection[AccountId] = ()
    troubles: Sequence[Trouble] = ()
    publish: Callable[[PassReport], None] = _no_publishing
    notify: Notify = Notify()
    watching: Watching = Watching()

    def run(self) -> PassReport:
        """Fetch, absorb, read back, plan, act. Raises StoreError only."""
        report = PassReport(started=self.now, troubles=list(self.troubles))
        number = self.store.runs.begin(self.now)
        for source in self.sources:
            self._absorb(source, number, report)
        with self.store.transaction():
            self.store.imports.restore()
        meet(self.store, self.new_id, self.now)
        self._join()
        self._heed_meetings(report)
        network = load_network(self.store, self.rules)
        self._keep_names(network)
        sightings = Sightings(held="there is no calendar")
        if self.calendar is not None:
            network, sightings = self._keep_in_touch(self.calendar, network, report)
        self._sum_up(network, report)
        self.publish(report)
        self._tell(sightings, report)
        with self.store.transaction():
            self.store.runs.finish(number, report.as_json(), self.now)
        return report

    def _join(self) -> None:
        """See who is who, where cards are new or changed; what that takes is only loaded then."""
        if self.store.matching.is_anything_new(self.rules.region):
            from kith.sync.joining import join_people

            join_people(self.store, self.rules.region, self.now)

    def _heed_meetings(self, report: PassReport) -> None:
        """See whom the user met, or will; what that takes is only loaded where calendars are watched, or were."""
        if self.watching.places or self.store.meetings.watched():
            from kith.sync.meetings import heed_meetings

            heed_meetings(self.store, self.watching, self.rules, self.now, report)

    def _heed_ticks(self, report: PassReport) -> None:
        """A line of a brief that was ticked may have been a question about a meeting."""
        if self.watching.places and ticked(self.store, self.now.date()):
            from kith.sync.meetings import settle

            settle(self.store, self.watching, self.rules, self.now, report)

    def _absorb(self, source: Source, number: int, report: PassReport) -> None:
        try:
            absorber = Absorber(self.store, source, number, self.now, self.step)
            absorber.absorb(report, accept_removals=source.account in self.accept_removals)
        except AccountError as error:
            _note(report, source.account, error)

    def _keep_in_touch(self, calendar: Calendar, network: Network, report: PassReport) -> tuple[Network, Sightings]:
        """The answers in, the events out; the network as the answers left it, and what stands in the calendar."""
        leave_behind(self.store, calendar, report, self.now)
        try:
            sightings = ReadBack(self.store, calendar, self.rules, self.now, report, self.step).run()
            self._heed_ticks(report)
            if report.understood:
                network = load_network(self.store, self.rules)
            if self._anchor_newcomers(network):
                network = load_network(self.store, self.rules)
            extras = Extras(self.store, calendar, self.rules, self.now, report, self.step)
            beside = extras.place(sightings, self._beside(network))
            Act(self.store, calendar, self.rules, network, self.now, report, self.step, beside).run(sightings)
            if not sightings.held:
                extras.run()
        except AccountError as error:
            _note(report, calendar.account, error)
            sightings = Sightings(held="the calendar failed")
        return network, sightings

    def _beside(self, network: Network) -> list[Wanted]:
        """Everything that is wanted beside people's ordinary reach-outs."""
        today = self.now.astimezone(self.rules.days.zone).date()
        return [
            *wanted_dates(self.store, network, self.rules, today),
            *wanted_introductions(self.store, self.rules, today),
            *wanted_scouts(self.store, self.rules, today),
        ]

    def _keep_names(self, network: Network) -> None:
        changed = [
            (known.row.id, known.person.name) for known in network.known.values() if known.person.name != known.row.name
        ]
        with self.store.transaction():
            self.store.people.rename(changed)

    def _anchor_newcomers(self, network: Network) -> bool:
        """Give new people what they count from; whether there were any."""
        newcomers = [
            (person, known.membership.cadence)
            for person, known in network.known.items()
            if known.membership.cadence is not None and known.row.anchor is None and known.last.conversation is None
        ]
        today = self.now.astimezone(self.rules.days.zone).date()
        with self.store.transaction():
            self.store.people.set_anchors(spread_anchors(newcomers, today))
        return bool(newcomers)

    def _sum_up(self, network: Network, report: PassReport) -> None:
        today = self.now.astimezone(self.rules.days.zone).date()
        budget = network.budget(self.rules, today)
        report.people = network.people
        report.network = len(network.members())
        report.open = self.store.lines.open_events()
        if not budget.fits_comfortably:
            report.budget = budget.in_words(self.rules.days)
        if not budget.fits:
            report.concerns.append(Trouble("", BUDGET, report.budget, ROOM_FOR_MORE))
        report.notes += [Note(f'people."{rule.who}"', _unclear(rule.candidates)) for rule in network.unclear]

    def _tell(self, sightings: Sightings, report: PassReport) -> None:
        """Keep what is wrong, and tell the user of what lasts: in the calendar, or where that fails by command."""
        record_faults(self.store, report, self.now)
        if not self._told_in_the_calendar(sightings, report):
            tell_by_command(self.store, self.notify, self.now)
        record_faults(self.store, report, self.now)

    def _told_in_the_calendar(self, sightings: Sightings, report: PassReport) -> bool:
        if self.calendar is None or sightings.held:
            return False
        events = ProblemEvents(self.store, self.calendar, self.rules, self.now, report, self.step)
        try:
            events.run(sightings, wanted=self.notify.problems)
        except AccountError as error:
            _note(report, self.calendar.account, error)
            record_faults(self.store, report, self.now)
            return False
        return self.notify.problems


def _note(report: PassReport, account: AccountId, error: AccountError) -> None:
    """Add what went wrong, once: contacts and calendar of one account often fail for the same reason."""
    found = trouble(account, error)
    if found not in report.troubles:
        report.troubles.append(found)


def _unclear(candidates: tuple[str, ...]) -> str:
    if not candidates:
        return "nobody of that name, nickname or e-mail is in the address books"
    return "not clear who is meant; perhaps " + ", ".join(candidates)
