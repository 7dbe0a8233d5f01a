"""An emulated Google and a home for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.google.calendar import CalendarApi
from fakes.google.people import People
from fakes.google.server import Google
from system.warm import Warm
from system_google.running import MONDAY, GoogleHome


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def calendar() -> CalendarApi:
    return CalendarApi()


@pytest.fixture
def google(people: People, calendar: CalendarApi) -> Iterator[Google]:
    with Google(people, calendar) as running:
        calendar.granted = running.tokens.scopes_of
        yield running


@pytest.fixture(scope="package")
def commands() -> Iterator[Warm]:
    rooms = ("kith.accounts.google_login", "kith.calendars.google", "kith.cli.login_google", "kith.sources.google")
    with Warm(*rooms) as warm:
        yield warm


@pytest.fixture
def home(tmp_path: Path, google: Google, calendar: CalendarApi, commands: Warm) -> GoogleHome:
    calendar.clock = lambda: MONDAY
    folder = tmp_path / "home"
    folder.mkdir()
    return GoogleHome(folder, google, commands)
