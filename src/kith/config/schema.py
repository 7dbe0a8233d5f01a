"""What may stand in the config file, as frozen models, and the core's rules made of them.

A model here judges its own table only: shape, ranges, and what its keys say about each other. What spans
tables is in :mod:`~kith.config.checks`. Every complaint is a ``ValueError`` with a sentence that can stand
behind the key's path. Paths are made whole against the validation context's ``base``, the config file's
folder; whether anything is there is never asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from kith.config.written import Loc, nearest, value
from kith.core.model import Cadence, Circle, PersonRule
from kith.core.period import Period, parse_duration
from kith.core.rules import DayRules, Marks, Rules

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WEEKDAY_NUMBERS = {name: n for n, day in enumerate(WEEKDAYS) for name in (day, day[:3])}
CALENDAR_NAME = "Keep in touch"
"""What kith's calendar is called on a server, unless the config says otherwise."""

Server = Literal[
    "baikal",
    "cyrus",
    "davical",
    "fastmail",
    "gmx",
    "icloud",
    "infomaniak",
    "mailbox.org",
    "nextcloud",
    "posteo",
    "purelymail",
    "radicale",
    "sogo",
    "stalwart",
    "synology",
    "xandikos",
    "yahoo",
    "zimbra",
]
"""Servers that do some things their own way, by the name of the software or of who runs it."""

_DEFAULT = Rules(days=DayRules(zone=ZoneInfo("UTC")))
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=24)
_LONGEST_TEXT = 40
_CONTROL = ("Cc", "Cs", "Zl", "Zp")
_PLACEHOLDER = re.compile(r"\{(name|first|circle)\}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PROXIES = ("http", "https", "socks5", "socks5h")


def _text(found: str) -> str:
    if not found.strip():
        raise ValueError("must not be empty")
    if any(unicodedata.category(char) in _CONTROL for char in found):
        raise ValueError(f"must be one line of plain text, got {value(found)}")
    return found


def zone(found: object) -> ZoneInfo:
    """A time zone of that name. Raises ValueError."""
    if not isinstance(found, str):
        raise ValueError(f'must be a time zone in quotes, such as "Europe/Lisbon", got {value(found)}')
    try:
        return ZoneInfo(found)
    # A folder of the zone database, an unreadable or foreign file in it, a name that leads out of it.
    except (KeyError, ValueError, OSError):
        meant = nearest(found, available_timezones())
        advice = f"did you mean {value(meant)}?" if meant else 'write it as in "Europe/Lisbon"'
        raise ValueError(f"{value(found)} is not a known time zone; {advice}") from None


def _path(found: object, info: ValidationInfo) -> Path:
    if not isinstance(found, str):
        raise ValueError(f"must be a path in quotes, got {value(found)}")
    base: Path = (info.context or {}).get("base", Path())
    try:
        return base / Path(_text(found)).expanduser()
    except RuntimeError:
        raise ValueError(f"has no home folder to begin at, got {value(found)}") from None


def server_address(found: object) -> str:
    """A URL, or a host's name alone: where the search for address books and calendars begins. Raises ValueError."""
    address = _plain_address(found)
    return address if _HOST.fullmatch(address) else _secure(address)


def _address(found: object) -> str:
    """A whole URL."""
    return _secure(_plain_address(found))


def _plain_address(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError(f'must be an address in quotes, such as "https://dav.example.org/", got {value(found)}')
    address = _text(found)
    # What stands before an @ may be a password. It is not repeated.
    if "@" in (_parts(address)[1] or address.partition("/")[0]):
        raise ValueError("must not hold a user name or a password; the name has a key of its own, username")
    return address


def _secure(address: str) -> str:
    """The contacts and the password of a person go over the network encrypted, or not at all."""
    scheme, _, host = _parts(address)
    if scheme not in ("http", "https") or not host:
        raise ValueError(f'must be an address such as "https://dav.example.org/", got {value(address)}')
    if scheme == "http" and not _is_this_machine(host):
        raise ValueError(f"must begin with https://, or everybody on the way could read along, got {value(address)}")
    return address


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _proxy(found: object) -> str:
    if found == "env":
        return "env"
    address = _plain_address(found)
    scheme, _, host = _parts(address)
    if scheme not in _PROXIES or not host:
        raise ValueError(f'must be an address such as "http://proxy.example.org:3128", or "env", got {value(address)}')
    return address


def _parts(address: str) -> tuple[str, str, str]:
    """The scheme, what stands where the host should, and the host; empty where there is none."""
    try:
        url = urlsplit(address)
        whole = url.port != 0 and not any(char.isspace() for char in address)
    except ValueError:
        whole = False
    return (url.scheme, url.netloc, url.hostname or "") if whole else ("", "", "")


def _command(found: object) -> tuple[str, ...]:
    # Whatever stands here instead may be the password itself. It is not repeated.
    if not isinstance(found, list) or not found or not all(isinstance(part, str) for part in found):
        raise ValueError('must be a list in brackets: a program and its arguments, such as ["pass", "show", "dav"]')
    if not found[0].strip():
        raise ValueError("must begin with the name of a program")
    if any("\0" in part for part in found):
        raise ValueError("holds a null character, which no program can be given")
    return tuple(found)


def _period(found: object) -> Period:
    if not isinstance(found, str) or not _is_short(found):
        raise ValueError(f'must be a length of time in quotes, such as "10d", "2w" or "3m", got {value(found)}')
    return Period.parse(found)


def _duration(found: object) -> timedelta:
    if not isinstance(found, str) or not _is_short(found):
        raise ValueError(f'must be a duration in quotes, such as "15m" or "2h", got {value(found)}')
    duration = parse_duration(found)
    if not _SHORTEST <= duration <= _LONGEST:
        raise ValueError(f"must be between 1 minute and 24 hours, got {value(found)}")
    return duration


def _is_short(found: str) -> bool:
    """Whether ``found`` may be quoted in a sentence as it is."""
    return len(found) <= _LONGEST_TEXT and found.isprintable()


def _clock_time(found: object) -> time:
    # TOML has times of its own, which Python reads only with seconds: at = 17:30:00.
    if isinstance(found, time) and found.second == found.microsecond == 0:
        return found
    clock = _CLOCK_TIME.fullmatch(found) if isinstance(found, str) else None
    if clock is None:
        raise ValueError(f'must be a time of day in quotes, such as "17:30", got {value(found)}')
    return time(int(clock[1]), int(clock[2]))


def _weekday(found: object) -> int:
    number = _WEEKDAY_NUMBERS.get(found.lower()) if isinstance(found, str) else None
    if number is None:
        known = ", ".join(value(day[:3]) for day in WEEKDAYS)
        raise ValueError(f"must be one of {known}, got {value(found)}")
    return number


def _distinct(days: tuple[int, ...]) -> tuple[int, ...]:
    for day in days:
        if days.count(day) > 1:
            raise ValueError(f"names {value(WEEKDAYS[day][:3])} twice")
    return days


def _away(found: object) -> tuple[date, date]:
    if not isinstance(found, list) or len(found) != 2:
        raise ValueError(f'must be a first and a last day, such as ["2026-12-20", "2027-01-02"], got {value(found)}')
    first, last = _day(found[0]), _day(found[1])
    if first > last:
        raise ValueError(f"ends on {last}, before it begins on {first}")
    return first, last


def _day(found: object) -> date:
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    written = _DAY.fullmatch(found) if isinstance(found, str) else None
    if written is None:
        raise ValueError(f'holds {value(found)}, which is not a day written as in "2026-12-20"')
    try:
        return date(*map(int, written.groups()))
    except ValueError:
        raise ValueError(f"holds {value(found)}, which is not in the calendar") from None


def _template(found: str) -> str:
    rest = _PLACEHOLDER.sub("", _text(found))
    unknown = re.search(r"\{[^{}]*\}", rest)
    if unknown:
        raise ValueError(f"may use {{name}}, {{first}} and {{circle}}, but not {unknown[0]}")
    if "{" in rest or "}" in rest:
        raise ValueError("has a brace without its partner; braces stand only in {name}, {first} and {circle}")
    if "{name}" not in found and "{first}" not in found:
        raise ValueError("must hold {name} or {first}, or nobody could tell the events apart")
    return found


Text = Annotated[str, AfterValidator(_text)]
Zone = Annotated[ZoneInfo, PlainValidator(zone)]
FilePath = Annotated[Path, PlainValidator(_path)]
ServerAddress = Annotated[str, PlainValidator(server_address)]
Address = Annotated[str, PlainValidator(_address)]
Proxy = Annotated[str, PlainValidator(_proxy)]
Command = Annotated[tuple[str, ...], PlainValidator(_command)]
Length = Annotated[Period, PlainValidator(_period)]
Duration = Annotated[timedelta, PlainValidator(_duration)]
ClockTime = Annotated[time, PlainValidator(_clock_time)]
Weekday = Annotated[int, PlainValidator(_weekday)]
AwayRange = Annotated[tuple[date, date], PlainValidator(_away)]
Template = Annotated[str, AfterValidator(_template)]


class Table(BaseModel):
    """One table of the file. A key that is not a field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FolderAccount(Table):
    """``[accounts.NAME]`` with ``type = "folder"``: address book and calendar as files on this machine."""

    type: Literal["folder"] = Field(examples=["folder"])
    contacts: FilePath | None = None
    calendar: FilePath | None = None
    subscribe: FilePath | None = None

    @model_validator(mode="after")
    def _is_for_something(self) -> FolderAccount:
        if self.contacts is None and self.calendar is None:
            raise ValueError("needs contacts, a calendar or both")
        return self

    @property
    def has_calendar(self) -> bool:
        """Whether events can be written to it."""
        return self.calendar is not None


class ServerAccount(Table):
    """``[accounts.NAME]`` with ``type = "dav"``: a CardDAV and CalDAV server. The password is never here."""

    type: Literal["dav"] = Field(examples=["dav"])
    url: ServerAddress = Field(examples=["https://dav.example.org/"])
    username: Text | None = None
    password_command: Command | None = None
    contacts: StrictBool = True
    address_books: tuple[Text, ...] = Field(default=(), min_length=1)
    contacts_url: Address | None = None
    calendar_url: Address | None = None
    server: Server | None = None
    ca_file: FilePath | None = None
    client_cert: FilePath | None = None
    client_key: FilePath | None = None
    proxy: Proxy | None = None

    @field_validator("password_command")
    @classmethod
    def _is_somebody_s(cls, command: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if command is not None and "username" in info.data and info.data["username"] is None:
            raise ValueError("gives a password to nobody; name the user in username")
        return command

    @field_validator("address_books")
    @classmethod
    def _are_read(cls, books: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("contacts") is False:
            raise ValueError("names what contacts = false says not to read; keep one of the two")
        return books

    @field_validator("contacts_url")
    @classmethod
    def _is_read(cls, url: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("contacts") is False:
            raise ValueError("names what contacts = false says not to read; keep one of the two")
        if info.data.get("address_books"):
            raise ValueError("and address_books both say where the contacts are; keep one of the two")
        return url

    @field_validator("client_key")
    @classmethod
    def _has_a_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "client_cert" in info.data and info.data["client_cert"] is None:
            raise ValueError("is of no use without client_cert")
        return key

    @property
    def has_calendar(self) -> bool:
        """Whether events can be written to it."""
        return True


Account = Annotated[FolderAccount | ServerAccount, Field(discriminator="type")]
"""Every kind of account, told apart by ``type``; another kind joins this union."""


class CalendarTable(Table):
    """``[calendar]``: where events are written and what they look like."""

    account: Text | None = None
    name: Text = CALENDAR_NAME
    title: Template = _DEFAULT.title
    details: Literal["full", "short", "none"] = "full"
    done_marks: tuple[Text, ...] = Field(default=_DEFAULT.marks.done, min_length=1)
    tried_marks: tuple[Text, ...] = _DEFAULT.marks.tried


class SyncTable(Table):
    """``[sync]``: how often the daemon makes a pass, and how long one may take."""

    every: Duration = timedelta(minutes=15)
    limit: Duration = timedelta(minutes=10)


class ReachOutTable(Table):
    """``[reach_out]``: how many reach-outs, and when."""

    per_day: StrictInt = Field(default=_DEFAULT.days.per_day, ge=1, le=100)
    days: Annotated[tuple[Weekday, ...], AfterValidator(_distinct)] = Field(
        default=tuple(sorted(_DEFAULT.days.weekdays)), min_length=1
    )
    at: ClockTime = _DEFAULT.days.at
    duration: Duration = _DEFAULT.days.duration
    horizon: Length = _DEFAULT.days.horizon
    retries: StrictInt = Field(default=_DEFAULT.retries, ge=0, le=100)
    try_again: Length = _DEFAULT.try_again
    away: tuple[AwayRange, ...] = _DEFAULT.days.away


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
    accounts: Mapping[Text, Account] = {}
    calendar: CalendarTable = CalendarTable()
    sync: SyncTable = SyncTable()
    reach_out: ReachOutTable = ReachOutTable()
    circles: Mapping[Text, CircleTable] = {}
    people: Mapping[Text, PersonTable] = {}

    @property
    def accounts_with_a_calendar(self) -> tuple[str, ...]:
        """The names of the accounts that events can be written to."""
        return tuple(name for name, account in self.accounts.items() if account.has_calendar)

    @property
    def calendar_account(self) -> str:
        """The account that events are written to: the one ``[calendar]`` names, or the only one there is."""
        return self.calendar.account or self.accounts_with_a_calendar[0]


def table_at(loc: Loc) -> type[Table]:
    """The model of the table at ``loc``, which must be one that the schema knows.

    What stands in an account depends on its type, which follows its name: ``("accounts", "home", "dav")``.
    """
    match loc:
        case ("accounts", _, "dav"):
            return ServerAccount
        case ("accounts", *_):
            return FolderAccount
        case ("calendar",):
            return CalendarTable
        case ("sync",):
            return SyncTable
        case ("reach_out",):
            return ReachOutTable
        case ("circles", _):
            return CircleTable
        case ("people", _):
            return PersonTable
        case _:
            return Config


def rules(config: Config) -> Rules:
    """What the config says, in the core's words."""
    reach_out, calendar = config.reach_out, config.calendar
    return Rules(
        days=DayRules(
            zone=config.timezone,
            per_day=reach_out.per_day,
            weekdays=frozenset(reach_out.days),
            at=reach_out.at,
            duration=reach_out.duration,
            horizon=reach_out.horizon,
            away=reach_out.away,
        ),
        circles=tuple(
            Circle(name, Cadence.of(circle.every, circle.at_worst), circle.labels, circle.weight)
            for name, circle in config.circles.items()
        ),
        people=tuple(
            PersonRule(who, person.every, person.at_worst, person.circle) for who, person in config.people.items()
        ),
        title=calendar.title,
        details=calendar.details,
        marks=Marks(done=calendar.done_marks, tried=calendar.tried_marks),
        retries=reach_out.retries,
        try_again=reach_out.try_again,
    )
