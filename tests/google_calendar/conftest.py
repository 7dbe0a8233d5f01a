"""A Google account with one calendar of kith's in it, and somebody who uses it from other clients, too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.google.emulated import Emulated
from google_calendar.someone import Someone


@pytest.fixture
def emulated() -> Iterator[Emulated]:
    with Emulated(timeout=2.0) as running:
        yield running


@pytest.fixture
def someone(emulated: Emulated) -> Someone:
    return Someone(emulated)
