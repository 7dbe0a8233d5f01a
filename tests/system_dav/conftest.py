"""A server with a sample address book, and a home for each test."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from kith.demo import dav
from system_dav.running import PLANTED, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dav.DemoServer]:
    """A Radicale that wants a password, with the sample address book and no calendar."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: PLANTED)
    with dav.serve(tmp_path / "server") as running:
        running.fill(files("kith.demo").joinpath("sample.vcf").read_bytes())
        yield running
