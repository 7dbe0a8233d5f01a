"""Everything that can be wrong in a config, with the whole text of what is said about it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import tzlocal
from hypothesis import given
from hypothesis import strategies as st

from kith.config.lines import layout
from kith.config.load import load, parse
from kith.config.schema import Config
from kith.errors import ConfigError, ConfigProblem

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
CALENDAR = '\n[accounts.home]\ntype = "folder"\ncalendar = "/calendar"\n'
"""Put after what is tested, so that lines count from its beginning and a calendar is there."""


SERVER = "[calendar]\naccount = 'x'\n[accounts.x]\ntype = 'dav'\nurl = 'https://dav.example.org/'\n"


def url(written: object) -> str:
    return SERVER.replace("'https://dav.example.org/'", str(written))


@pytest.fixture(autouse=True, scope="module")
def _system_in_lisbon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tzlocal, "get_localzone_name", lambda: "Europe/Lisbon")
        yield


def problems(text: str) -> tuple[ConfigProblem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text, file="config.toml", base=Path("/etc/kith"))
    return caught.value.problems


def said(text: str) -> list[str]:
    """Each problem as ``line path: message``."""
    return [f"{problem.line} {problem.path}: {problem.message}" for problem in problems(text)]


# One problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Keys
        ("[reach_out]\nper_dy = 3", "2 reach_out.per_dy: unknown key; did you mean `per_day`?"),
        ("[reach_out]\nPer-Day = 3", "2 reach_out.Per-Day: unknown key; did you mean `per_day`?"),
        ("[sync]\n'[key]' = 3", '2 sync."[key]": unknown key; known here: every, limit'),
        ("[sync]\nfoo = 3", "2 sync.foo: unknown key; known here: every, limit"),
        ("[circle.inner]\nevery = '2w'", "1 circle: unknown key; did you mean `circles`?"),
        (
            "colour = 'red'",
            "1 colour: unknown key; known here: timezone, region, accounts, calendar, sync, notify, reach_out, "
            "meetings, dates, giving, circles, people, report",
        ),
        (
            "[accounts.home]\ntype = 'folder'\ncalender = '/x'\ncontacts = '/y'",
            "3 accounts.home.calender: unknown key; did you mean `calendar`?",
        ),
        ("[people.'Ana Souza']\nevrey = '2w'", '2 people."Ana Souza".evrey: unknown key; did you mean `every`?'),
        (
            "[accounts.'import:vcf']\ntype = 'folder'\ncontacts = '/y'",
            '1 accounts."import:vcf": must not begin with "import:": people out of files are kept there',
        ),
        # Shapes
        ("[reach_out]\nper_day = 'three'", '2 reach_out.per_day: must be a whole number, got "three"'),
        ("[reach_out]\nper_day = 3.0", "2 reach_out.per_day: must be a whole number, got 3.0"),
        ("[reach_out]\nper_day = true", "2 reach_out.per_day: must be a whole number, got true"),
        ("[reach_out]\nper_day = 0", "2 reach_out.per_day: must be at least 1, got 0"),
        ("[reach_out]\nper_day = 101", "2 reach_out.per_day: must be at most 100, got 101"),
        (
            f"[reach_out]\nper_day = 0x{'f' * 5000}",
            "2 reach_out.per_day: must be at most 100, got a huge number",
        ),
        ("[reach_out]\nretries = -1", "2 reach_out.retries: must be at least 0, got -1"),
        ("[reach_out]\ndays = 'mon'", '2 reach_out.days: must be a list in brackets, got "mon"'),
        ("[reach_out]\ndays = []", "2 reach_out.days: must not be empty"),
        ("[calendar]\ntitle = 3", "2 calendar.title: must be text in quotes, got 3"),
        ("[calendar]\ntitle = 2026-01-01", "2 calendar.title: must be text in quotes, got 2026-01-01"),
        ("reach_out = 3", "1 reach_out: must be a table, with its keys below a line [reach_out], got 3"),
        ("circles = []", "1 circles: must be a table, with its keys below a line [circles], got []"),
        (
            "[[circles.inner]]\nevery = '2w'",
            "1 circles.inner: must be a table, with its keys below a line [circles.inner], got a list",
        ),
        (
            "[accounts]\ntype = 'folder'",
            '2 accounts.type: must be a table, with its keys below a line [accounts.type], got "folder"',
        ),
        (
            "[calendar]\ndetails = 'ful'",
            '2 calendar.details: must be "full", "short" or "none", got "ful"',
        ),
        ("[circles.a]\nevery = '2w'\nweight = true", "3 circles.a.weight: must be a number, got true"),
        ("[circles.a]\nevery = '2w'\nweight = nan", "3 circles.a.weight: must be a number, got nan"),
        ("[circles.a]\nevery = '2w'\nweight = 0", "3 circles.a.weight: must be more than 0, got 0"),
        ("[circles.a]\nevery = '2w'\nweight = 1e6", "3 circles.a.weight: must be at most 1000, got 1000000.0"),
        ("[report]\nlift = 0.5", "2 report.lift: must be at least 1, got 0.5"),
        ("[report]\nlift = 2.5", "2 report.lift: must be at most 2, got 2.5"),
        ("[report]\nlifts = 2", "2 report.lifts: unknown key; did you mean `lift`?"),
        (
            "[report.targets]\n'area:arts' = 20",
            '2 report.targets: must be a share in quotes, from "1%" to "100%", got 20',
        ),
        (
            "[report.targets]\n'area:arts' = '120%'",
            '2 report.targets: must be a share in quotes, from "1%" to "100%", got "120%"',
        ),
        (
            "[report.targets]\narts = '20%'",
            '2 report.targets: its name must be a tag of the form name:value, such as "area:arts"',
        ),
        ("[circles.a]\nlabels = ['x']", '1 circles.a.every: is missing; write it as in every = "2w"'),
        # Text
        ("[calendar]\naccount = ' '", "2 calendar.account: must not be empty"),
        ("[circles.'']\nevery = '2w'", '1 circles."": its name must not be empty'),
        (
            '[circles."a\\nb"]\nevery = "2w"',
            '1 circles."a\\nb": its name must be one line of plain text, got "a\\nb"',
        ),
        (
            '[calendar]\ntried_marks = ["\\u0007"]',
            '2 calendar.tried_marks[0]: must be one line of plain text, got "\\u0007"',
        ),
        # Lengths, durations, times and days
        (
            "[circles.a]\nevery = 14",
            '2 circles.a.every: must be a length of time in quotes, such as "10d", "2w" or "3m", got 14',
        ),
        (
            "[circles.a]\nevery = '2x'",
            "2 circles.a.every: “2x” is not a length of time: write 10d, 2w, 3m or 1y",
        ),
        (
            f"[circles.a]\nevery = '{'9' * 5000}d'",
            f'2 circles.a.every: must be a length of time in quotes, such as "10d", "2w" or "3m", got "{"9" * 59}…"',
        ),
        (
            "[circles.a]\nevery = ''",
            "2 circles.a.every: a length of time must be at least one day, such as 10d, 2w, 3m or 1y",
        ),
        ("[reach_out]\nhorizon = '99y'", "2 reach_out.horizon: “99y” is longer than 50 years"),
        (
            "[sync]\nevery = 15",
            '2 sync.every: must be a duration in quotes, such as "15m" or "2h", got 15',
        ),
        ("[sync]\nevery = '3d'", "2 sync.every: “3d” is not a duration: write 30s, 15m or 2h"),
        ("[sync]\nevery = '0m'", "2 sync.every: a duration must be more than nothing, such as 30s, 15m or 2h"),
        ("[sync]\nevery = '30s'", '2 sync.every: must be between 1 minute and 24 hours, got "30s"'),
        ("[sync]\nlimit = '25h'", '2 sync.limit: must be between 1 minute and 24 hours, got "25h"'),
        (
            "[sync]\nlimit = '99999999999999999h'",
            "2 sync.limit: “99999999999999999h” is longer than a year",
        ),
        (
            "[reach_out]\nat = '24:00'",
            '2 reach_out.at: must be a time of day in quotes, such as "17:30", got "24:00"',
        ),
        (
            "[reach_out]\nat = 17:30:15",
            '2 reach_out.at: must be a time of day in quotes, such as "17:30", got 17:30:15',
        ),
        (
            "[reach_out]\ndays = ['mon',\n'tues']",
            '3 reach_out.days[1]: must be one of "mon", "tue", "wed", "thu", "fri", "sat", "sun", got "tues"',
        ),
        ("[reach_out]\ndays = ['mon', 'Monday']", '2 reach_out.days: names "mon" twice'),
        (
            "[reach_out]\naway = ['2026-12-20']",
            '2 reach_out.away[0]: must be a first and a last day, such as ["2026-12-20", "2027-01-02"], '
            'got "2026-12-20"',
        ),
        (
            "[reach_out]\naway = [['2026-12-20']]",
            '2 reach_out.away[0]: must be a first and a last day, such as ["2026-12-20", "2027-01-02"], '
            'got ["2026-12-20"]',
        ),
        (
            "[reach_out]\naway = [['20.12.2026', '2.1.2027']]",
            '2 reach_out.away[0]: holds "20.12.2026", which is not a day written as in "2026-12-20"',
        ),
        (
            "[reach_out]\naway = [[2026-12-20T00:00:00, 2027-01-02]]",
            '2 reach_out.away[0]: holds 2026-12-20 00:00:00, which is not a day written as in "2026-12-20"',
        ),
        (
            "[reach_out]\naway = [['2026-02-30', '2026-03-01']]",
            '2 reach_out.away[0]: holds "2026-02-30", which is not in the calendar',
        ),
        (
            "[reach_out]\naway = [\n['2026-01-01', '2026-01-02'],\n['2027-01-02', '2026-12-20']]",
            "4 reach_out.away[1]: ends on 2026-12-20, before it begins on 2027-01-02",
        ),
        # The time zone
        (
            "timezone = 'Europe/Lisboa'",
            '1 timezone: "Europe/Lisboa" is not a known time zone; did you mean "Europe/Lisbon"?',
        ),
        (
            "timezone = '??'",
            '1 timezone: "??" is not a known time zone; write it as in "Europe/Lisbon"',
        ),
        ('region = "pt"', '1 region: must be the two letters of a country, such as "PT", got "pt"'),
        ("timezone = 1", '1 timezone: must be a time zone in quotes, such as "Europe/Lisbon", got 1'),
        # Titles and marks
        (
            "[calendar]\ntitle = 'Call {nam}'",
            "2 calendar.title: may use {name}, {first} and {circle}, but not {nam}",
        ),
        (
            "[calendar]\nbrief = '{convesations}'",
            "2 calendar.brief: has nothing called {convesations}; did you mean {conversations}?",
        ),
        (
            "[calendar]\nbrief = '{why'",
            "2 calendar.brief: has a brace without its partner; braces stand only around names such as {why}",
        ),
        (
            '[calendar]\nbrief = "a\\tb"',
            "2 calendar.brief: must be plain text, without tabs and other characters that do not show",
        ),
        ("[calendar]\nbrief = 3", "2 calendar.brief: must be text in quotes, got 3"),
        (
            "[calendar]\ntitle = '{name!r}'",
            "2 calendar.title: may use {name}, {first} and {circle}, but not {name!r}",
        ),
        (
            "[calendar]\ntitle = 'Call {name'",
            "2 calendar.title: has a brace without its partner; braces stand only in {name}, {first} and {circle}",
        ),
        (
            "[calendar]\ntitle = 'Call {circle}'",
            "2 calendar.title: must hold {name} or {first}, or nobody could tell the events apart",
        ),
        ("[calendar]\ndone_marks = []", "2 calendar.done_marks: must not be empty"),
        (
            "[calendar]\ntried_marks = ['~', 'DONE']",
            '2 calendar.tried_marks[1]: "DONE" is one of done_marks already',
        ),
        # Cadences, circles and people
        (
            "[circles.a]\nevery = '1m'\nat_worst = '3w'",
            "3 circles.a.at_worst: 3 weeks is shorter than every, which is 1 month",
        ),
        (
            "[people.Ana]\nevery = '2w'\nat_worst = '1w'",
            "3 people.Ana.at_worst: 1 week is shorter than every, which is 2 weeks",
        ),
        (
            "[people.Ana]\nat_worst = '1w'\ncircle = 'a'\n[circles.a]\nevery = '2w'",
            "2 people.Ana.at_worst: 1 week is shorter than circles.a.every, 2 weeks",
        ),
        (
            "[people.Ana]",
            "1 people.Ana: says nothing; give it every, at_worst or circle, or take it out",
        ),
        ("[people.Ana]\ncircle = 'inner'", '2 people.Ana.circle: there is no circle "inner"'),
        (
            "[circles.inner]\nevery = '2w'\n[people.Ana]\ncircle = 'iner'",
            '4 people.Ana.circle: there is no circle "iner"; did you mean "inner"?',
        ),
        (
            "[circles]\na = { every = '2w' }\nb = { every = '2w' }\n[people.Ana]\ncircle = 'inner'",
            '5 people.Ana.circle: there is no circle "inner"; there is "a" or "b"',
        ),
        # A day that overflows
        (
            "[reach_out]\nper_day = 40",
            "2 reach_out.per_day: 40 a day do not fit between 17:30 and midnight; only 26 would",
        ),
        (
            "[reach_out]\nat = '23:30'",
            "2 reach_out.at: 3 a day do not fit between 23:30 and midnight; only 2 would",
        ),
        (
            "[reach_out]\nat = '23:30'\nduration = '1h'",
            "3 reach_out.duration: 3 a day do not fit between 23:30 and midnight; not even one would",
        ),
        # Accounts
        (
            "[accounts.x]\ncontacts = '/x'",
            '1 accounts.x.type: is missing; write it as in type = "folder"',
        ),
        ("[accounts.x]\ntype = 'floder'", '2 accounts.x.type: must be "folder", "dav" or "google", got "floder"'),
        (
            "[accounts.x]\ntype = 'google'\n[accounts.x.endpoints]\npeople = 'http://people.example/'",
            "4 accounts.x.endpoints.people: must begin with https://, or everybody on the way could read along, got "
            '"http://people.example/"',
        ),
        (
            "[accounts.x]\ntype = 'google'\n[accounts.x.endpoints]\npeopel = 'https://people.example/'",
            "4 accounts.x.endpoints.peopel: unknown key; did you mean `people`?",
        ),
        (
            "[accounts.x]\ntype = 'google'\nendpoints = 'https://people.example/'",
            "3 accounts.x.endpoints: must be a table, with its keys below a line [accounts.x.endpoints], got "
            '"https://people.example/"',
        ),
        ("[accounts.x]\ntype = {}", '2 accounts.x.type: must be "folder", "dav" or "google", got a table'),
        ("[accounts.x]\ntype = 'folder'", "1 accounts.x: needs contacts, a calendar or both"),
        (
            "[accounts.x]\ntype = 'folder'\ncontacts = ['/x']",
            '3 accounts.x.contacts: must be a path in quotes, got ["/x"]',
        ),
        ("[accounts.x]\ntype = 'folder'\ncontacts = ''", "3 accounts.x.contacts: must not be empty"),
        (
            "[accounts.x]\ntype = 'folder'\ncontacts = '~nobody-here/x'",
            '3 accounts.x.contacts: has no home folder to begin at, got "~nobody-here/x"',
        ),
        (
            "[calendar]\naccount = 'hom'",
            '2 calendar.account: there is no account "hom"; did you mean "home"?',
        ),
        (
            "[calendar]\naccount = 'x'\n[accounts.x]\ntype = 'folder'\ncontacts = '/x'",
            '2 calendar.account: "x" has no calendar; give it one, or name another account',
        ),
        (
            "[calendar]\n[accounts.x]\ntype = 'folder'\ncalendar = '/x'",
            '1 calendar.account: several accounts have a calendar; name the one to write to: "x" or "home"',
        ),
        (
            "[calendar]\naccount = 'home'\n[accounts.x]\ntype = 'folder'\ncalendar = '/y/../calendar'",
            "8 accounts.home.calendar: is the same place as accounts.x.calendar",
        ),
        # Servers
        (
            "[accounts.x]\ntype = 'dav'\n[calendar]\naccount = 'home'",
            '1 accounts.x.url: is missing; write it as in url = "https://dav.example.org/"',
        ),
        (
            f"{SERVER}urll = 'x'",
            "6 accounts.x.urll: unknown key; did you mean `url`?",
        ),
        (
            f"{SERVER}calendar = '/x'",
            "6 accounts.x.calendar: unknown key; did you mean `calendar_url`?",
        ),
        (f"{SERVER}contacts = 'yes'", '6 accounts.x.contacts: must be true or false, got "yes"'),
        (f"{SERVER}username = ''", "6 accounts.x.username: must not be empty"),
        (
            f"{SERVER}server = 'outlook'",
            '6 accounts.x.server: must be "baikal", "cyrus", "davical", "fastmail", "gmx", "icloud", "infomaniak", '
            '"mailbox.org", "nextcloud", "posteo", "purelymail", "radicale", "sogo", "stalwart", "synology", '
            '"xandikos", "yahoo" or "zimbra", got "outlook"',
        ),
        (f"{SERVER}ca_file = 3", "6 accounts.x.ca_file: must be a path in quotes, got 3"),
        (f"{SERVER}client_key = '/k'", "6 accounts.x.client_key: is of no use without client_cert"),
        (f"{SERVER}address_books = []", "6 accounts.x.address_books: must not be empty"),
        (
            f"{SERVER}contacts = false\naddress_books = ['A']",
            "7 accounts.x.address_books: names what contacts = false says not to read; keep one of the two",
        ),
        (
            f"{SERVER}contacts = false\ncontacts_url = 'https://x.org/'",
            "7 accounts.x.contacts_url: names what contacts = false says not to read; keep one of the two",
        ),
        (
            f"{SERVER}contacts_url = 'https://x.org/'\naddress_books = ['A']",
            "6 accounts.x.contacts_url: and address_books both say where the contacts are; keep one of the two",
        ),
        # Addresses
        (url(3), '5 accounts.x.url: must be an address in quotes, such as "https://dav.example.org/", got 3'),
        (url("''"), "5 accounts.x.url: must not be empty"),
        (
            url("'ftp://x.org/'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "ftp://x.org/"',
        ),
        (
            url("'https:///x'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "https:///x"',
        ),
        (
            url("'https://x.org:port/'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "https://x.org:port/"',
        ),
        (
            url("'https://[::1/'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "https://[::1/"',
        ),
        (
            url("'my server'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "my server"',
        ),
        (
            url("'https://my server/'"),
            '5 accounts.x.url: must be an address such as "https://dav.example.org/", got "https://my server/"',
        ),
        (
            url("'http://x.org/dav'"),
            "5 accounts.x.url: must begin with https://, or everybody on the way could read along, "
            'got "http://x.org/dav"',
        ),
        (
            url("'http://127.0.0.1.x.org/'"),
            "5 accounts.x.url: must begin with https://, or everybody on the way could read along, "
            'got "http://127.0.0.1.x.org/"',
        ),
        (
            f"{SERVER}calendar_url = 'x.org'",
            '6 accounts.x.calendar_url: must be an address such as "https://dav.example.org/", got "x.org"',
        ),
        (
            f"{SERVER}proxy = 'proxy.x.org:3128'",
            '6 accounts.x.proxy: must be an address such as "http://proxy.example.org:3128", or "env", '
            'got "proxy.x.org:3128"',
        ),
        # Programs
        (
            f"{SERVER}username = 'ana'\npassword_command = ['']",
            "7 accounts.x.password_command: must begin with the name of a program",
        ),
        (
            f"{SERVER}username = 'ana'\npassword_command = ['a', \"b\\u0000\"]",
            "7 accounts.x.password_command: holds a null character, which no program can be given",
        ),
        (
            f"{SERVER}password_command = ['pass', 'dav']",
            "6 accounts.x.password_command: gives a password to nobody; name the user in username",
        ),
        # The calendar's name
        (
            "[calendar]\naccount = 'home'\nname = 'Kith'",
            "3 calendar.name: accounts.home is a folder, whose calendar has no name; take it out",
        ),
        ("[calendar]\nname = ''", "2 calendar.name: must not be empty"),
        (
            "[calendar]\nname = 'Kith'\naccount = 'x'\n[accounts.x]\ntype = 'dav'\nurl = 'x.org'\n"
            "calendar_url = 'https://x.org/'",
            "2 calendar.name: and accounts.x.calendar_url both say which calendar is meant; keep one of the two",
        ),
        # Meetings
        (
            "[meetings]\nme = ['Ana']",
            '2 meetings.me[0]: must be an e-mail address in quotes, such as "me@example.org", got "Ana"',
        ),
        ("[meetings]\nmeeting_size = 0", "2 meetings.meeting_size: must be at least 1, got 0"),
        (
            "[meetings]\ncalendars = ['home/']",
            '2 meetings.calendars[0]: "home" is an account; put the calendar\'s name behind the slash',
        ),
        (
            f"{SERVER}[meetings]\ncalendars = ['Work']",
            '7 meetings.calendars[0]: "Work" may be in several accounts; write "x/Work" or "home/Work"',
        ),
        (
            f"{SERVER}[meetings]\ncalendars = ['hom/Work']",
            '7 meetings.calendars[0]: there is no account "hom"; did you mean "home"?',
        ),
        (
            "[accounts.x]\ntype = 'folder'\ncontacts = '/x'\n[meetings]\ncalendars = ['x/Work']",
            '5 meetings.calendars[0]: "x" has no calendar',
        ),
        # Subscriptions
        (
            "[accounts.x]\ntype = 'folder'\ncontacts = '/x'\nsubscribe = '/x.ics'",
            "4 accounts.x.subscribe: needs a calendar in the same account, whose events it repeats",
        ),
        (
            CALENDAR.strip().replace("home", "x").replace("/c", "/x")
            + "\nsubscribe = '/x.txt'\n[calendar]\naccount = 'x'",
            '4 accounts.x.subscribe: must be a file that ends in .ics, got "x.txt"',
        ),
        (
            "[accounts.x]\ntype = 'folder'\ncalendar = '/x'\nsubscribe = '/x/all.ics'\n[calendar]\naccount = 'x'",
            "4 accounts.x.subscribe: must be outside accounts.x.calendar, or kith would read its own copy back",
        ),
        (
            "[accounts.x]\ntype = 'folder'\ncalendar = '/x'\nsubscribe = '/calendar/all.ics'\n"
            "[calendar]\naccount = 'x'",
            "4 accounts.x.subscribe: must be outside accounts.home.calendar, or kith would read its own copy back",
        ),
        (
            "[accounts.x]\ntype = 'folder'\ncalendar = '/x'\ncontacts = '/a.ics'\nsubscribe = '/a.ics'\n"
            "[calendar]\naccount = 'x'",
            "5 accounts.x.subscribe: would overwrite accounts.x.contacts",
        ),
        (
            "[accounts.x]\ntype = 'folder'\ncalendar = '/x'\nsubscribe = '/a.ics'\n"
            "[accounts.y]\ntype = 'folder'\ncalendar = '/y'\nsubscribe = '/a.ics'\n[calendar]\naccount = 'x'",
            "8 accounts.y.subscribe: is the same place as accounts.x.subscribe",
        ),
    ],
)
def test_what_is_said(text: str, expected: str) -> None:
    assert said(text + CALENDAR if "accounts.home" not in text else text) == [expected]


def test_without_any_calendar_there_is_nothing_to_write_to() -> None:
    assert said("") == ["None calendar.account: there is no calendar to write to; give one account a calendar"]


@pytest.mark.parametrize("zone", ["Europe", "../UTC", "/etc/localtime", "tzdata.zi", "\\u0000", "a" * 5000])
def test_what_only_lies_near_the_time_zones_is_none(zone: str) -> None:
    assert [problem.path for problem in problems(f'timezone = "{zone}"' + CALENDAR)] == ["timezone"]


# Every problem at once


def test_every_problem_is_reported_at_once_in_the_order_of_lines() -> None:
    text = """
        [reach_out]
        per_dy = 3
        per_day = "three"
        [calendar]
        account = "disc"
        [circles.inner]
        every = "2x"
        [people]
        Ana = { circle = "iner", every = 3 }
        Bo = {}
        [accounts.disk]
        type = "folder"
        calendar = "/calendar"
    """

    assert said(text) == [
        "3 reach_out.per_dy: unknown key; did you mean `per_day`?",
        '4 reach_out.per_day: must be a whole number, got "three"',
        '6 calendar.account: there is no account "disc"; did you mean "disk"?',
        "8 circles.inner.every: “2x” is not a length of time: write 10d, 2w, 3m or 1y",
        '10 people.Ana.circle: there is no circle "iner"; did you mean "inner"?',
        '10 people.Ana.every: must be a length of time in quotes, such as "10d", "2w" or "3m", got 3',
        "11 people.Bo: says nothing; give it every, at_worst or circle, or take it out",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[accounts.x]\ntype = 'folder'\ncalender = '/x'",
        "[accounts.x]\ntype = 'folder'\ncalendar = 3\nsubscribe = '/x.ics'",
        "[accounts.x]\ntype = 'foldr'\ncalendar = '/x'\n[calendar]\naccount = 'x'",
        "[calendar]\naccount = 3\n[accounts.x]\ntype = 'folder'\ncalendar = '/x'" + CALENDAR,
        "[circles.a]\nevery = '2x'\nat_worst = '1w'\n[people.Ana]\ncircle = 'a'" + CALENDAR,
        "[people.Ana]\nevry = '2w'" + CALENDAR,
        "[people.Ana]\nevery = '2x'\nat_worst = '1w'\ncircle = 'a'\n[circles.a]\nevery = '2w'" + CALENDAR,
        "[reach_out]\nat = '23:59'\nduration = 3" + CALENDAR,
        "[calendar]\ndone_marks = 3\ntried_marks = ['done']" + CALENDAR,
    ],
)
def test_what_follows_from_a_problem_is_not_reported_as_another(text: str) -> None:
    assert len(problems(text)) == 1


# Secrets

REFUSAL = "secrets do not belong in this file; take it out and run `kith login {}`, which stores it properly"


@pytest.mark.parametrize(
    ("text", "line", "path", "name"),
    [
        ("[accounts.home]\npassword = 'hunter2'", 2, "accounts.home.password", "home"),
        ("[accounts.home]\n\nApp-Password = 'hunter2'", 3, "accounts.home.App-Password", "home"),
        ("[accounts.'my disk']\ntoken = 'hunter2'", 2, 'accounts."my disk".token', "'my disk'"),
        ("[accounts.home.auth]\nsecret = 'hunter2'", 2, "accounts.home.auth.secret", "home"),
        ("[accounts.home]\nrefresh_token.value = 'hunter2'", 2, "accounts.home.refresh_token", "home"),
        ("[accounts.g.endpoints]\ntoken = 'hunter2'", 2, "accounts.g.endpoints.token", "g"),
        ("[accounts.g]\ntoken = 'https://hunter2'", 2, "accounts.g.token", "g"),
        ("[[accounts.home]]\npasswd = 'hunter2'", 2, "accounts.home[0].passwd", "home"),
        ("accounts.password = 'hunter2'", 1, "accounts.password", "NAME"),
    ],
)
def test_a_secret_is_refused_with_the_command_that_stores_it(text: str, line: int, path: str, name: str) -> None:
    found = problems(text)

    assert ConfigProblem(path, REFUSAL.format(name), line) in found
    assert "hunter2" not in repr(found)


def test_an_account_may_be_called_token_and_a_password_may_be_empty() -> None:
    assert said("[accounts.token]\ntype = 'folder'\ncalendar = '/x'\npassword = ''") == [
        "4 accounts.token.password: unknown key; known here: type, contacts, calendar, subscribe"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (
                written,
                "5 accounts.x.url: must not hold a user name or a password; the name has a key of its own, username",
            )
            for written in map(url, ["'https://ana:hunter2@x.org/'", "'ana:hunter2@x.org'", "'//ana:hunter2@x.org/'"])
        ),
        (
            f"{SERVER}proxy = 'http://ana:hunter2@x.org:3128'",
            "6 accounts.x.proxy: must not hold a user name or a password; the name has a key of its own, username",
        ),
        *(
            (
                f"{SERVER}username = 'ana'\npassword_command = {written}",
                "7 accounts.x.password_command: must be a list in brackets: a program and its arguments, "
                'such as ["pass", "show", "dav"]',
            )
            for written in ["'hunter2'", "[]", "['echo', ['hunter2']]", "{ hunter2 = 'hunter2' }"]
        ),
    ],
)
def test_what_may_hold_a_password_is_not_repeated(text: str, expected: str) -> None:
    assert said(text + CALENDAR) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "[accounts.home]\npasword = 'hunter2'",
        "[accounts.home]\ncontacts = { password = 'hunter2' }",
        "[accounts]\nhome = [{ password = 'hunter2' }]",
        "[acounts.home]\npassword = 'hunter2'",
        "[accounts.home]\npassword = 'hunter2",
        "[accounts.home]\npassword = hunter2",
    ],
)
def test_no_message_repeats_what_may_be_a_secret(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, file="config.toml", base=Path())

    assert "hunter2" not in f"{caught.value} {caught.value.problems} {caught.value.hint}"


# Files that are not TOML


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\nb", 2, "not valid TOML: the file ends too early: a value, a bracket or a quote is missing"),
        ("a = [\n1,\n", 2, "not valid TOML: the file ends too early: a value, a bracket or a quote is missing"),
        ("a = '''x", 1, "not valid TOML: the file ends too early: a value, a bracket or a quote is missing"),
        ("a\nb = 1", 1, "not valid TOML at column 2: a key needs = and a value after it"),
        (
            "a = 1\nevery = 2w",
            2,
            "not valid TOML at column 10: something is left over after the value; "
            'text and times stand in quotes, such as "2w" or "17:30"',
        ),
        ("a = fortnight\n", 1, 'not valid TOML at column 5: this is not a value; text stands in quotes, such as "2w"'),
        ("a = 2026-02-30\n", 1, "not valid TOML at column 5: there is no such day or time"),
        ("[a\nb = 1", 1, "not valid TOML at column 3: a heading is closed by ] and stands alone on its line"),
        ("[[a]\nb = 1", 1, "not valid TOML at column 4: a heading that begins with [[ is closed by ]]"),
        (
            "é = 1",
            1,
            "not valid TOML at column 1: a line is a [heading], a key = value or a # comment; this is none of them",
        ),
        (
            "[é]",
            1,
            "not valid TOML at column 2: a key is missing, or holds a character that needs quotes around the key",
        ),
        (
            'a = "\\x"',
            1,
            "not valid TOML at column 8: a backslash in \"text\" is written twice; 'text' takes it as it is",
        ),
        ('a = "\\u12"\n', 1, "not valid TOML at column 8: \\u wants four hexadecimal digits, \\U eight"),
        ('a = "\\ud800"\n', 1, "not valid TOML at column 12: \\u and \\U must name a character"),
        ('a = "x\nb = 1', 1, "not valid TOML at column 7: the closing quote of this text is missing"),
        ("a = 'x\nb = 'y'", 1, "not valid TOML at column 7: the closing quote of this text is missing"),
        ('a = "\x07"\n', 1, "not valid TOML at column 6: a control character stands here; take it out"),
        ("# \x07\n", 1, "not valid TOML at column 3: a control character stands here; take it out"),
        ("a = [1 2]\n", 1, "not valid TOML at column 8: a list has a comma between its items and ] at its end"),
        (
            "a = { b = 1\n}",
            1,
            "not valid TOML at column 12: a table in braces has a comma between its keys and } at its end",
        ),
        ("a = 1\na = 2\n", 2, "not valid TOML at column 6: this table or key stands in the file twice; keep one"),
        ("[a]\n[a]\n", 2, "not valid TOML at column 3: this table or key stands in the file twice; keep one"),
        ("a = {b=1,b=2}\n", 1, "not valid TOML at column 13: this table or key stands in the file twice; keep one"),
        (f"a = {'1' * 5000}", None, "not valid TOML: there is a number of thousands of digits in it"),
        (
            f"a = {'[' * 5000}{']' * 5000}",
            None,
            "not valid TOML: lists or tables stand in one another too deeply",
        ),
    ],
)
def test_a_syntax_error_stands_alone(text: str, line: int | None, message: str) -> None:
    assert problems(text) == (ConfigProblem("", message, line),)


# Files that cannot be read


def test_a_missing_file_comes_with_one_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config.toml")

    assert caught.value.problems == (ConfigProblem("", "there is no such file"),)
    hint, first = caught.value.hint.split("\n\n")
    assert hint == "run `kith init`, or write a first one, with folders of your own:"
    (tmp_path / "config.toml").write_text(first)
    assert load(tmp_path / "config.toml").calendar_account == "disk"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)

    assert caught.value.problems == (ConfigProblem("", "it cannot be read: Is a directory"),)


def test_other_encodings_are_named_with_the_line_where_they_show(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes('# one\n[people."José"]\n'.encode("latin-1"))

    with pytest.raises(ConfigError) as caught:
        load(file)

    assert caught.value.problems == (ConfigProblem("", "it is not UTF-8; save it in that encoding", 2),)


def test_what_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"#" * (1024 * 1024 + 1))

    with pytest.raises(ConfigError) as caught:
        load(file)

    assert caught.value.problems == (ConfigProblem("", "it is larger than 1 MiB, so this is not a config file"),)


# Where things stand


def test_every_way_to_write_a_key_is_found() -> None:
    text = '''\
top = 1                               # 1
a.b.c = """
two = "lines"
"""                                   # 2 to 4
"quoted \\u00e9 [x]" . 'lit#eral' = 5
[table]                               # 6
list = [ # not ] the end
    "one, ]",                         # 8
    [ 9, { deep = 9, other = [
        10 ] } ],
    \'\'\'it's
    twelve\'\'\',
]
inline = { "x y" = 14, z = "}" }
when = 1979-05-27 07:32:00
[[array]]                             # 16
k = 17
[array.inside]                        # 18
[[array]]                             # 19
k = 20
[below.explicit]                      # 21
[below]                               # 22
'''
    found = layout(text)

    assert found.lines == {
        ("top",): 1,
        ("a",): 2,
        ("a", "b"): 2,
        ("a", "b", "c"): 2,
        ("quoted é [x]",): 5,
        ("quoted é [x]", "lit#eral"): 5,
        ("table",): 6,
        ("table", "list"): 7,
        ("table", "list", 0): 8,
        ("table", "list", 1): 9,
        ("table", "list", 1, 0): 9,
        ("table", "list", 1, 1): 9,
        ("table", "list", 1, 1, "deep"): 9,
        ("table", "list", 1, 1, "other"): 9,
        ("table", "list", 1, 1, "other", 0): 10,
        ("table", "list", 2): 11,
        ("table", "inline"): 14,
        ("table", "inline", "x y"): 14,
        ("table", "inline", "z"): 14,
        ("table", "when"): 15,
        ("array",): 16,
        ("array", 0): 16,
        ("array", 0, "k"): 17,
        ("array", 0, "inside"): 18,
        ("array", 1): 19,
        ("array", 1, "k"): 20,
        ("below",): 22,
        ("below", "explicit"): 21,
    }
    assert [(section.table, section.last) for section in found.sections] == [
        ((), 5),
        (("table",), 15),
        (("array", 0), 17),
        (("array", 0, "inside"), 18),
        (("array", 1), 20),
        (("below", "explicit"), 21),
        (("below",), 22),
    ]


# Whatever a user writes

JARGON = re.compile(r"[Ii]nput should|[Vv]alue error|type=|pydantic|NoneType|<class|Traceback|\bdict\b|\btuple\b")

_scalars = st.one_of(
    st.sampled_from(['"2w"', '"folder"', '"disk"', '"inner"', '"mon"', '"17:30"', '"{name}"', '""', '"~/x.ics"']),
    st.sampled_from(["2026-12-20", "17:30:00", "2026-12-20T17:30:00Z", "nan", "-inf", "1e400", "0", "true"]),
    st.integers().map(str),
    st.text(string.printable + "é\u2028👩‍👩‍👧\x00", max_size=8).map(lambda text: f"'{text}'"),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(["every", "type", "password", "'x y'"]), inner, max_size=2).map(
            lambda items: f"{{ {', '.join(f'{key} = {value}' for key, value in items.items())} }}"
        ),
    ),
    max_leaves=5,
)
_lines = EXAMPLE.splitlines()
_keys = sorted({line.split(" = ")[0] for line in _lines if " = " in line and not line.startswith("#")})
_new_lines = st.one_of(
    st.sampled_from(_lines),
    st.builds("{} = {}".format, st.sampled_from(_keys), _values),
    st.builds("[{}]".format, st.sampled_from(["accounts.disk", "accounts", "people.''", "circles.x", "sync", "a"])),
    st.text(max_size=10),
)


@st.composite
def mistaken_configs(draw: st.DrawFn) -> str:
    """The example with some lines taken out, changed, doubled or put elsewhere."""
    lines = list(_lines)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        until = at + draw(st.integers(0, 2))
        lines[at:until] = draw(st.lists(_new_lines, max_size=2))
    return "\n".join(lines)


def outcome(text: str) -> Config | tuple[ConfigProblem, ...]:
    try:
        return parse(text, file="config.toml", base=Path("/etc/kith"))
    except ConfigError as error:
        return error.problems


@given(mistaken_configs())
def test_whatever_is_written_is_a_config_or_its_problems_in_plain_words(text: str) -> None:
    found = outcome(text)
    if isinstance(found, Config):
        return

    last = text.count("\n") + 1
    assert found
    for problem in found:
        assert problem.message
        assert problem.message.isprintable()
        assert not JARGON.search(problem.message)
        assert "can stand here" not in problem.message
        assert problem.line is None or 1 <= problem.line <= last
    places = [(problem.path, problem.message) for problem in found]
    assert len(set(places)) == len(places)


@given(st.sampled_from(_keys), _values)
def test_whatever_a_key_is_given_ends_in_words(key: str, value: str) -> None:
    lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in _lines]

    outcome("\n".join(lines))


@given(st.text())
def test_any_text_at_all_ends_in_words(text: str) -> None:
    outcome(text)
