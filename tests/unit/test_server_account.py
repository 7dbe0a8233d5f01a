"""What is known of a server before anything is written to it."""

from __future__ import annotations

import pytest

from kith.accounts.server import makes_calendars
from kith.dav.discovery import Discovery


@pytest.mark.parametrize(
    ("home", "server", "makes"),
    [
        ("https://posteo.de:8443/calendars/ana/", None, False),
        ("https://dav.example.org/calendars/ana/", "posteo", False),
        ("https://dav.example.org/calendars/ana/", None, True),
        ("https://caldav.icloud.com/123/calendars/", None, True),
    ],
)
def test_who_lets_programs_make_calendars(home: str, server: str | None, makes: bool) -> None:
    assert makes_calendars(Discovery("caldav", home_sets=(home,)), server) is makes
