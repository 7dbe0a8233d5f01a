"""What a config says once it is read: values, defaults, paths, and the rules made of them."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
import tzlocal

from kith.config.accounts import EndpointsTable, FolderAccount, GoogleTable, Server, ServerAccount
from kith.config.fields import Table
from kith.config.load import load, parse
from kith.config.region import region_of
from kith.config.schema import (
    CalendarTable,
    CircleTable,
    Config,
    MeetingsTable,
    PersonTable,
    ReachOutTable,
    SyncTable,
    rules,
)
from kith.core.facets import FacetKey
from kith.core.model import Cadence, Circle, PersonRule
from kith.core.period import Period
from kith.core.rules import DayRules, Marks, ReportRules, Rules
from kith.dav.quirks import quirks, recognise
from kith.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
BASE = Path("/home/ana/.config/kith")
SMALLEST = '[accounts.disk]\ntype = "folder"\ncalendar = "/calendar"\n'
SERVER = '[accounts.home]\ntype = "dav"\nurl = "https://dav.example.org/"\n'


@pytest.fixture(autouse=True, scope="module")
def _system_in_lisbon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tzlocal, "get_localzone_name", lambda: "Europe/Lisbon")
        yield


def read(text: str) -> Config:
    return parse(text, file="config.toml", base=BASE)


def folder(config: Config, name: str = "disk") -> FolderAccount:
    account = config.accounts[name]
    assert isinstance(account, FolderAccount)
    return account


def server(config: Config, name: str = "home") -> ServerAccount:
    account = config.accounts[name]
    assert isinstance(account, ServerAccount)
    return account


# The smallest config, and its defaults


def test_the_smallest_config_gets_the_core_s_defaults() -> None:
    assert rules(read(SMALLEST)) == Rules(days=DayRules(zone=ZoneInfo("Europe/Lisbon")), region="PT")


def test_a_pass_every_quarter_of_an_hour_and_ten_minutes_at_most_for_one() -> None:
    sync = read(SMALLEST).sync

    assert (sync.every, sync.limit) == (timedelta(minutes=15), timedelta(minutes=10))


def test_the_only_account_with_a_calendar_is_written_to() -> None:
    config = read(SMALLEST + '[accounts.phone]\ntype = "folder"\ncontacts = "phone.vcf"\n')

    assert config.calendar.account is None
    assert config.calendar_account == "disk"


def test_of_several_calendars_the_named_one_is_written_to() -> None:
    second = '[accounts.work]\ntype = "folder"\ncalendar = "/work"\n[calendar]\naccount = "work"\n'

    assert read(SMALLEST + second).calendar_account == "work"


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(SMALLEST).reach_out.per_day = 4  # type: ignore[misc]


# Servers


def test_a_server_alone_brings_contacts_in_and_carries_events_out() -> None:
    config = read(SERVER)

    assert config.calendar_account == "home"
    assert config.calendar.name == "Keep in touch"
    assert server(config) == ServerAccount(type="dav", url="https://dav.example.org/")
    assert server(config).contacts


@pytest.mark.parametrize(
    "url",
    [
        "dav.example.org",
        "dav.example.org:8443",
        "https://dav.example.org",
        "https://dav.example.org:8443/SOGo/dav/ana@example.org/",
        "https://bücher.example/",
        "http://localhost:5232/",
        "http://127.0.0.2:5232/",
        "http://[::1]:5232/",
    ],
)
def test_a_server_is_named_or_has_an_address(url: str) -> None:
    assert server(read(SERVER.replace("https://dav.example.org/", url))).url == url


def test_everything_about_a_server_is_kept_as_it_stands() -> None:
    more = """
        username = "ana@example.org"
        password_command = ["pass", "show", "dav"]
        address_books = ["Contacts", "Família"]
        calendar_url = "https://other.example.org/calendars/ana/kith/"
        server = "sogo"
        ca_file = "ca.pem"
        client_cert = "/etc/ana.pem"
        client_key = "/etc/ana.key"
        proxy = "socks5h://localhost:1080"
    """

    assert server(read(SERVER + more)) == ServerAccount(
        type="dav",
        url="https://dav.example.org/",
        username="ana@example.org",
        password_command=["pass", "show", "dav"],
        address_books=("Contacts", "Família"),
        calendar_url="https://other.example.org/calendars/ana/kith/",
        server="sogo",
        ca_file=str(BASE / "ca.pem"),
        client_cert="/etc/ana.pem",
        client_key="/etc/ana.key",
        proxy="socks5h://localhost:1080",
    )


@pytest.mark.parametrize("name", get_args(Server))
def test_every_server_that_may_be_named_is_known(name: str) -> None:
    assert quirks(recognise(name, "https://dav.example.org/")).name


def test_contacts_from_a_server_and_a_calendar_in_a_folder_or_the_other_way_round() -> None:
    both = SMALLEST + SERVER

    assert read(both + '[calendar]\naccount = "disk"\n').calendar_account == "disk"
    assert read(both + 'contacts = false\n[calendar]\naccount = "home"\nname = "Kith"\n').calendar_account == "home"


# The time zone


def test_a_named_time_zone_wins_over_the_system_s() -> None:
    assert read('timezone = "Asia/Tokyo"\n' + SMALLEST).timezone == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("has_offset", "zone"), [(False, ZoneInfo("UTC")), (True, None)], ids=["a bare container", "elsewhere"]
)
def test_a_system_without_a_named_zone_is_taken_for_utc_only_if_its_clock_is(
    monkeypatch: pytest.MonkeyPatch, *, has_offset: bool, zone: ZoneInfo | None
) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: None)
    monkeypatch.setattr("time.timezone", -3600 if has_offset else 0)
    monkeypatch.setattr("time.daylight", int(has_offset))

    if zone:
        assert read(SMALLEST).timezone == zone
    else:
        with pytest.raises(ConfigError) as caught:
            read(SMALLEST)
        assert [problem.path for problem in caught.value.problems] == ["timezone"]


def test_a_system_that_contradicts_itself_is_asked_to_be_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    def contradiction() -> str:
        raise KeyError("Multiple conflicting time zone configurations found")

    monkeypatch.setattr(tzlocal, "get_localzone_name", contradiction)

    with pytest.raises(ConfigError) as caught:
        read(SMALLEST)
    assert [problem.message for problem in caught.value.problems] == [
        'is missing, and the system names none; write it as in timezone = "Europe/Lisbon"'
    ]


# Paths


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/srv/kith", "/srv/kith"),
        ("events", "/home/ana/.config/kith/events"),
        ("../events", "/home/ana/.config/kith/../events"),
        ("~/calendars/kith", "/home/ana/calendars/kith"),
        ("$HOME/kith", "/home/ana/.config/kith/$HOME/kith"),
    ],
)
def test_paths_start_at_the_home_folder_or_at_the_file_s(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ana")

    config = read(f'[accounts.disk]\ntype = "folder"\ncalendar = "{written}"\n')

    assert folder(config).calendar == Path(meant)


def test_a_file_s_paths_start_at_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kith.toml").write_text('[accounts.disk]\ntype = "folder"\ncalendar = "events"\n')
    monkeypatch.chdir(tmp_path)

    assert folder(load(Path("kith.toml"))).calendar == tmp_path / "events"


# The ways to write a value


@pytest.mark.parametrize("at", ['"09:05"', '"9:05"', "09:05:00"])
def test_times_of_day_are_text_or_toml_s_own(at: str) -> None:
    assert read(f"[reach_out]\nat = {at}\n{SMALLEST}").reach_out.at == time(9, 5)


@pytest.mark.parametrize("days", ['["sun", "tue"]', '["Sunday", "Tuesday"]', '["SUN", "tuesday"]'])
def test_days_of_the_week_are_short_or_whole_in_any_case(days: str) -> None:
    assert rules(read(f"[reach_out]\ndays = {days}\n{SMALLEST}")).days.weekdays == {6, 1}


@pytest.mark.parametrize(
    "away",
    ['[["2026-12-20", "2027-01-02"]]', "[[2026-12-20, 2027-01-02]]", '[["2026-12-20", "2027-1-2"]]'],
)
def test_away_days_are_text_or_toml_s_own(away: str) -> None:
    assert read(f"[reach_out]\naway = {away}\n{SMALLEST}").reach_out.away == ((date(2026, 12, 20), date(2027, 1, 2)),)


def test_a_byte_order_mark_and_windows_line_endings_are_fine() -> None:
    assert read("\ufeff" + SMALLEST.replace("\n", "\r\n")) == read(SMALLEST)


def test_labels_may_hold_any_visible_text() -> None:
    config = read(SMALLEST + '[circles.home]\nevery = "1w"\nlabels = ["👩‍👩‍👧 Família", "家族"]\n')

    assert config.circles["home"].labels == ("👩‍👩‍👧 Família", "家族")


def test_one_label_may_stand_in_two_circles() -> None:
    read(SMALLEST + '[circles]\na = { every = "1w", labels = ["X"] }\nb = { every = "2w", labels = ["X"] }\n')


def test_a_subscription_may_stand_beside_the_calendar() -> None:
    config = read(SMALLEST + 'subscribe = "/calendar.ics"\n')

    assert folder(config).subscribe == Path("/calendar.ics")


# The rules


def test_the_rules_say_what_the_config_says() -> None:
    text = """
        timezone = "Asia/Tokyo"
        region = "PT"

        [calendar]
        title = "{first} ({circle})"
        details = "short"
        done_marks = ["ok"]
        tried_marks = []

        [reach_out]
        per_day = 2
        days = ["sat"]
        at = "10:00"
        duration = "1h 30m"
        horizon = "2m"
        retries = 0
        try_again = "1w"
        away = [["2026-12-20", "2026-12-20"]]

        [circles.inner]
        every = "2w"
        at_worst = "4w"
        labels = ["Family"]
        weight = 2

        [circles.friends]
        every = "6w"

        [people."Ana Souza"]
        every = "10d"

        [people."bo@example.org"]
        at_worst = "1y"
        circle = "friends"

        [report]
        over = "6m"
        lift = 2

        [report.targets]
        "Area: arts" = "20%"
        "city:Porto" = "2.5 %"
    """

    assert rules(read(text + SMALLEST)) == Rules(
        region="PT",
        report=ReportRules(
            over=Period(months=6),
            lift=2.0,
            targets={FacetKey("area:arts"): 0.2, FacetKey("city:porto"): 0.025},
        ),
        days=DayRules(
            zone=ZoneInfo("Asia/Tokyo"),
            per_day=2,
            weekdays=frozenset({5}),
            at=time(10, 0),
            duration=timedelta(minutes=90),
            horizon=Period(months=2),
            away=((date(2026, 12, 20), date(2026, 12, 20)),),
        ),
        circles=(
            Circle("inner", Cadence(Period(days=14), Period(days=28)), ("Family",), 2.0),
            Circle("friends", Cadence(Period(days=42), Period(days=63))),
        ),
        people=(
            PersonRule("Ana Souza", every=Period(days=10)),
            PersonRule("bo@example.org", at_worst=Period(months=12), circle="friends"),
        ),
        title="{first} ({circle})",
        details="short",
        marks=Marks(done=("ok",), tried=()),
        retries=0,
        try_again=Period(days=7),
    )


# Google


def test_a_google_account_needs_no_more_than_its_type() -> None:
    account = read('[accounts.g]\ntype = "google"\n').accounts["g"]
    assert account == GoogleTable(type="google")
    assert account.has_calendar


def test_endpoints_are_addresses_and_the_token_s_is_no_secret() -> None:
    endpoints = "".join(f'{name} = "http://127.0.0.1:8080/{name}"\n' for name in EndpointsTable.model_fields)
    account = read(f'[accounts.g]\ntype = "google"\n[accounts.g.endpoints]\n{endpoints}').accounts["g"]
    assert isinstance(account, GoogleTable)
    assert account.endpoints.token == "http://127.0.0.1:8080/token"


# config.example.toml


def test_the_example_loads_as_it_is() -> None:
    config = load(EXAMPLE)

    assert config.calendar_account == "home"
    assert [rule.who for rule in rules(config).people] == ["Ana Souza"]


@pytest.mark.parametrize(
    ("place", "model"),
    [
        ((), Config),
        (("accounts", "disk"), FolderAccount),
        (("accounts", ("home", "office")), ServerAccount),
        (("accounts", "g"), GoogleTable),
        (("accounts", "g", "endpoints"), EndpointsTable),
        (("calendar",), CalendarTable),
        (("sync",), SyncTable),
        (("reach_out",), ReachOutTable),
        (("circles", "inner"), CircleTable),
        (("people", "Ana Souza"), PersonTable),
    ],
)
def test_the_example_holds_every_key_there_is(place: tuple[str | tuple[str, ...], ...], model: type[Table]) -> None:
    table = tomllib.loads(EXAMPLE.read_text("utf-8"))
    for key in place:
        # Keys that are at odds with each other stand in two tables.
        table = table[key] if isinstance(key, str) else {name: True for part in key for name in table[part]}

    assert set(table) == set(model.model_fields)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Lisbon", "PT"),
        ("America/New_York", "US"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("US/Eastern", "US"),
        ("UTC", ""),
        ("Etc/GMT+3", ""),
        ("nowhere", ""),
    ],
)
def test_the_zone_says_which_country(zone: str, country: str) -> None:
    assert region_of(zone) == country


def test_the_example_shows_the_defaults() -> None:
    example, default = load(EXAMPLE), read(SMALLEST)

    assert example.timezone == default.timezone
    assert example.sync == default.sync
    assert example.calendar.model_copy(update={"account": None}) == default.calendar
    assert example.reach_out.model_copy(update={"away": ()}) == default.reach_out


def test_the_example_explains_every_key() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    explained = {line.split(" = ")[0] for above, line in pairwise(lines) if above.startswith("#") and " = " in line}

    tables = (
        FolderAccount,
        ServerAccount,
        GoogleTable,
        EndpointsTable,
        CalendarTable,
        SyncTable,
        ReachOutTable,
        MeetingsTable,
        CircleTable,
        PersonTable,
    )
    assert {key for table in tables for key in table.model_fields} - {"endpoints"} <= explained


# Watched calendars


TWO = """
timezone = "UTC"
accounts.home = {type = "dav", url = "https://dav.example.org/", contacts = false}
accounts.office = {type = "folder", calendar = "/c"}
calendar.account = "home"
"""
ONE = 'timezone = "UTC"\naccounts.office = {type = "folder", calendar = "/c"}\n'


@pytest.mark.parametrize(
    ("text", "calendars", "places"),
    [
        (ONE, ["Work"], (("office", "Work"),)),
        (ONE, ["office/Work", "Work"], (("office", "Work"),)),
        (ONE, ["Work/Home"], (("office", "Work/Home"),)),
        (TWO, ["home/Work", "office/ Own "], (("home", "Work"), ("office", "Own"))),
        (TWO, ["home/a/b"], (("home", "a/b"),)),
        (TWO, [], ()),
    ],
)
def test_which_calendars_are_watched(text: str, calendars: list[str], places: tuple[tuple[str, str], ...]) -> None:
    config = read(f"{text}meetings.calendars = {json.dumps(calendars)}\n")
    assert config.watched_calendars == places
    assert config.watches("office") is any(account == "office" for account, _ in places)


# What it costs


def test_reading_a_config_does_not_load_the_library_that_edits_it() -> None:
    code = "import sys, kith.config.load; print('tomlkit' in sys.modules)"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout == "False\n"
