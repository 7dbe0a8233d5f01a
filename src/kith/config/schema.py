"""What may stand in the config file, as frozen models, and the core's rules made of them.

A model here judges its own table only: shape, ranges, and what its keys say about each other. What spans tables is in
:mod:`~kith.config.checks`; single values are in :mod:`~kith.config.fields`, accounts in :mod:`~kith.config.accounts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from kith.config.accounts import Account, EndpointsTable, FolderAccount, GoogleTable, ServerAccount
from kith.config.fields import (
    AwayRange,
    BriefTemplate,
    ClockTime,
    Command,
    Duration,
    FacetName,
    Length,
    ListTemplate,
    Mail,
    Region,
    Share,
    Table,
    Template,
    Text,
    Weekday,
    Zone,
    distinct,
)
from kith.config.region import region_of
from kith.config.written import Loc
from kith.core.meetings import MEETING_SIZE
from kith.core.model import Cadence, Circle, PersonRule
from kith.core.period import Period
from kith.core.rules import DateRules, DayRules, Giving, Marks, ReportRules, Rules, Shape

CALENDAR_NAME = "Keep in touch"
"""What kith's calendar is called on a server, unless the config says otherwise."""

_DEFAULT = Rules(days=DayRules(zone=ZoneInfo("UTC")))


class CalendarTable(Table):
    """``[calendar]``: where events are written and what they look like."""

    account: Text | None = None
    name: Text = CALENDAR_NAME
    title: Template = _DEFAULT.title
    list_title: ListTemplate = _DEFAULT.list_title
    brief: BriefTemplate = _DEFAULT.brief
    details: Literal["full", "short", "none"] = "full"
    done_marks: tuple[Text, ...] = Field(default=_DEFAULT.marks.done, min_length=1)
    tried_marks: tuple[Text, ...] = _DEFAULT.marks.tried


class SyncTable(Table):
    """``[sync]``: how often the daemon makes a pass, and how long one may take."""

    every: Duration = timedelta(minutes=15)
    limit: Duration = timedelta(minutes=10)


class NotifyTable(Table):
    """``[notify]``: how the user is told that something is wrong for long."""

    problems: StrictBool = True
    command: Command | None = None


class MeetingsTable(Table):
    """``[meetings]``: in which of the user's own calendars meetings stand, and which of them count."""

    calendars: tuple[Text, ...] = ()
    meeting_size: StrictInt = Field(default=MEETING_SIZE, ge=1, le=1000)
    me: tuple[Mail, ...] = ()


class ReachOutTable(Table):
    """``[reach_out]``: how many reach-outs, and when."""

    style: Literal["each", "daily", "weekly"] = "each"
    per_day: StrictInt = Field(default=_DEFAULT.days.per_day, ge=1, le=100)
    days: Annotated[tuple[Weekday, ...], AfterValidator(distinct)] = Field(
        default=tuple(sorted(_DEFAULT.days.weekdays)), min_length=1
    )
    at: ClockTime = _DEFAULT.days.at
    duration: Duration = _DEFAULT.days.duration
    horizon: Length = _DEFAULT.days.horizon
    retries: StrictInt = Field(default=_DEFAULT.retries, ge=0, le=100)
    try_again: Length = _DEFAULT.try_again
    away: tuple[AwayRange, ...] = _DEFAULT.days.away


class DatesTable(Table):
    """``[dates]``: birthdays and anniversaries as events."""

    birthdays: StrictBool = _DEFAULT.dates.birthdays
    anniversaries: StrictBool = _DEFAULT.dates.anniversaries
    circles: tuple[Text, ...] | None = None
    lead: Length | None = None
    at: ClockTime = _DEFAULT.dates.at


class GivingTable(Table):
    """``[giving]``: news to tell, people to introduce, people to get to know."""

    news: StrictInt = Field(default=_DEFAULT.giving.news, ge=0, le=10)
    ask_after: Length = _DEFAULT.giving.ask_after
    suggest: StrictBool = _DEFAULT.giving.suggest
    scouts: StrictBool = _DEFAULT.giving.scouts


class ReportTable(Table):
    """``[report]``: what `kith report` looks at, and whether thin parts of life count more."""

    over: Length = _DEFAULT.report.over
    lift: StrictFloat = Field(default=_DEFAULT.report.lift, ge=1, le=2, allow_inf_nan=False)
    targets: Mapping[FacetName, Share] = {}


class CadenceTable(Table):
    """A table with a cadence: ``at_worst`` is never the shorter of the two."""

    @field_validator("at_worst", check_fields=False)
    @classmethod
    def _leaves_a_window(cls, at_worst: Period | None, info: ValidationInfo) -> Period | None:
        every = info.data.get("every")
        if at_worst and every and at_worst.about_days < every.about_days:
            raise ValueError(f"{at_worst.in_words()} is shorter than every, which is {every.in_words()}")
        return at_worst


class CircleTable(CadenceTable):
    """``[circles.NAME]``: a cadence, and the labels of the cards that belong to it."""

    every: Length = Field(examples=["2w"])
    at_worst: Length | None = None
    labels: tuple[Text, ...] = ()
    weight: StrictFloat = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)


class PersonTable(CadenceTable):
    """``[people."NAME"]``: what differs for one person."""

    every: Length | None = None
    at_worst: Length | None = None
    circle: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> PersonTable:
        if not self.model_fields_set:
            raise ValueError("says nothing; give it every, at_worst or circle, or take it out")
        return self


class Config(Table):
    """The whole file. Loading it fills in the system's ``timezone`` where it names none."""

    timezone: Zone = _DEFAULT.days.zone
    region: Region | None = None
    accounts: Mapping[Text, Account] = {}
    calendar: CalendarTable = CalendarTable()
    sync: SyncTable = SyncTable()
    notify: NotifyTable = NotifyTable()
    reach_out: ReachOutTable = ReachOutTable()
    meetings: MeetingsTable = MeetingsTable()
    dates: DatesTable = DatesTable()
    giving: GivingTable = GivingTable()
    circles: Mapping[Text, CircleTable] = {}
    people: Mapping[Text, PersonTable] = {}
    report: ReportTable = ReportTable()

    @property
    def accounts_with_a_calendar(self) -> tuple[str, ...]:
        """The names of the accounts that events can be written to."""
        return tuple(name for name, account in self.accounts.items() if account.has_calendar)

    @property
    def calendar_account(self) -> str:
        """The account that events are written to: the one ``[calendar]`` names, or the only one there is."""
        return self.calendar.account or self.accounts_with_a_calendar[0]

    @property
    def watched_calendars(self) -> tuple[tuple[str, str], ...]:
        """The calendars in which meetings stand: the account of each, and the calendar's name in it."""
        placed = (self.place_of(calendar) for calendar in self.meetings.calendars)
        return tuple(dict.fromkeys(place for place in placed if place is not None))

    def watches(self, account: str) -> bool:
        """Whether meetings stand in a calendar of that account."""
        return any(place[0] == account for place in self.watched_calendars)

    def place_of(self, calendar: str) -> tuple[str, str] | None:
        """The account and the name that ``ACCOUNT/NAME`` means, or ``NAME`` where there is only one account for it."""
        able = self.accounts_with_a_calendar
        account, slash, name = calendar.partition("/")
        if slash and account in self.accounts:
            return (account, name.strip()) if account in able and name.strip() else None
        return (able[0], calendar) if len(able) == 1 else None


def table_at(loc: Loc) -> type[Table]:
    """The model of the table at ``loc``, which must be one that the schema knows.

    What stands in an account depends on its type, which follows its name: ``("accounts", "home", "dav")``.
    """
    match loc:
        case ("accounts", _, "dav"):
            return ServerAccount
        case ("accounts", _, "google"):
            return GoogleTable
        case ("accounts", _, "google", "endpoints"):
            return EndpointsTable
        case ("accounts", *_):
            return FolderAccount
        case ("calendar",):
            return CalendarTable
        case ("sync",):
            return SyncTable
        case ("notify",):
            return NotifyTable
        case ("reach_out",):
            return ReachOutTable
        case ("meetings",):
            return MeetingsTable
        case ("dates",):
            return DatesTable
        case ("giving",):
            return GivingTable
        case ("circles", _):
            return CircleTable
        case ("people", _):
            return PersonTable
        case ("report",):
            return ReportTable
        case _:
            return Config


def rules(config: Config) -> Rules:
    """What the config says, in the core's words."""
    reach_out, calendar, dates, giving = config.reach_out, config.calendar, config.dates, config.giving
    return Rules(
        days=DayRules(
            zone=config.timezone,
            per_day=reach_out.per_day,
            weekdays=frozenset(reach_out.days),
            at=reach_out.at,
            duration=reach_out.duration,
            horizon=reach_out.horizon,
            away=reach_out.away,
            shape=Shape(reach_out.style),
        ),
        circles=tuple(
            Circle(name, Cadence.of(circle.every, circle.at_worst), circle.labels, circle.weight)
            for name, circle in config.circles.items()
        ),
        people=tuple(
            PersonRule(who, person.every, person.at_worst, person.circle) for who, person in config.people.items()
        ),
        title=calendar.title,
        list_title=calendar.list_title,
        brief=calendar.brief,
        details=calendar.details,
        marks=Marks(done=calendar.done_marks, tried=calendar.tried_marks),
        retries=reach_out.retries,
        try_again=reach_out.try_again,
        report=ReportRules(
            over=config.report.over,
            lift=config.report.lift,
            targets=config.report.targets,
        ),
        region=config.region or region_of(config.timezone.key),
        dates=DateRules(
            birthdays=dates.birthdays,
            anniversaries=dates.anniversaries,
            circles=frozenset(dates.circles) if dates.circles is not None else None,
            lead=timedelta(days=int(dates.lead.about_days) if dates.lead is not None else 0),
            at=dates.at,
        ),
        giving=Giving(giving.news, giving.ask_after, giving.suggest, giving.scouts),
    )
