"""The kinds of values that may stand behind a key of the config file, each read and judged on its own.

Every complaint is a ``ValueError`` with a sentence that can stand behind the key's path. Paths are made whole against
the validation context's ``base``, the config file's folder; whether anything is there is never asked.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationInfo

from kith.config.written import nearest, value
from kith.core.facets import FacetKey, facet_of
from kith.core.period import Period, parse_duration
from kith.core.rules import PLACE, PLACES

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WEEKDAY_NUMBERS = {name: n for n, day in enumerate(WEEKDAYS) for name in (day, day[:3])}
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=24)
_LONGEST_TEXT = 40
_CONTROL = ("Cc", "Cs", "Zl", "Zp")
_LONGEST_BRIEF = 1000
_PLACEHOLDER = re.compile(r"\{(name|first|circle)\}")
_LIST_PLACEHOLDER = re.compile(r"\{(names|count)\}")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%")
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
    if scheme == "http" and not is_this_machine(host):
        raise ValueError(f"must begin with https://, or everybody on the way could read along, got {value(address)}")
    return address


def is_this_machine(host: str) -> bool:
    """Whether what is sent to ``host`` leaves no network card."""
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


def _region(found: object) -> str:
    if not isinstance(found, str) or not re.fullmatch(r"[A-Z]{2}", found):
        raise ValueError(f'must be the two letters of a country, such as "PT", got {value(found)}')
    return found


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


def distinct(days: tuple[int, ...]) -> tuple[int, ...]:
    """The weekdays, each named once. Raises ValueError."""
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


def _mail(found: object) -> str:
    if not isinstance(found, str) or not re.fullmatch(r"[^\s@]+@[^\s@]+", found):
        raise ValueError(f'must be an e-mail address in quotes, such as "me@example.org", got {value(found)}')
    return found


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


def _list_template(found: str) -> str:
    rest = _LIST_PLACEHOLDER.sub("", _text(found))
    unknown = re.search(r"\{[^{}]*\}", rest)
    if unknown:
        raise ValueError(f"may use {{names}} and {{count}}, but not {unknown[0]}")
    if "{" in rest or "}" in rest:
        raise ValueError("has a brace without its partner; braces stand only in {names} and {count}")
    return found


def _share(found: object) -> float:
    percent = _PERCENT.fullmatch(found) if isinstance(found, str) else None
    if percent is None or not 0 < float(percent[1]) <= 100:
        raise ValueError(f'must be a share in quotes, from "1%" to "100%", got {value(found)}')
    return float(percent[1]) / 100


def _facet(found: str) -> FacetKey:
    facet = facet_of(_text(found))
    if facet is None:
        raise ValueError('must be a tag of the form name:value, such as "area:arts"')
    return facet.key


def _brief(found: str) -> str:
    if any(unicodedata.category(char) in _CONTROL for char in found.replace("\n", "").replace("\r", "")):
        raise ValueError("must be plain text, without tabs and other characters that do not show")
    if len(found) > _LONGEST_BRIEF:
        raise ValueError(f"must not be longer than {_LONGEST_BRIEF} characters, got {len(found)}")
    rest = PLACE.sub("", found)
    unknown = re.search(r"\{([^{}\n]*)\}", rest)
    if unknown:
        meant = nearest(unknown[1], PLACES)
        advice = f"did you mean {{{meant}}}?" if meant else f"there are {', '.join(f'{{{name}}}' for name in PLACES)}"
        raise ValueError(f"has nothing called {unknown[0]}; {advice}")
    if "{" in rest or "}" in rest:
        raise ValueError("has a brace without its partner; braces stand only around names such as {why}")
    return found.replace("\r\n", "\n").replace("\r", "\n")


Text = Annotated[str, AfterValidator(_text)]
Mail = Annotated[str, PlainValidator(_mail)]
Zone = Annotated[ZoneInfo, PlainValidator(zone)]
Region = Annotated[str, PlainValidator(_region)]
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
ListTemplate = Annotated[str, AfterValidator(_list_template)]
BriefTemplate = Annotated[str, AfterValidator(_brief)]
Share = Annotated[float, PlainValidator(_share)]
FacetName = Annotated[FacetKey, AfterValidator(_facet)]


class Table(BaseModel):
    """One table of the file. A key that is not a field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
