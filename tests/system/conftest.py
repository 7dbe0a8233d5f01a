"""Homes to run kith in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from system.home import Home, card
from system.warm import Warm

CARDS = (
    card("Ana Souza", "Family", email="ana@example.org", more="NICKNAME:Aninha"),
    card("Ana Lima", "Friends", email="lima@example.org"),
    card("Rui Carvalho", "Family", more="ORG:Fado e Filhos"),
    card("Carla Mendes", "Family", email="carla@example.org"),
    card("José Muñoz", "Family", more="BDAY:1980-11-09"),
    card("Gil Antunes", "Family", "Friends"),
    card("Zofia Wójcik", email="zofia@example.org"),
)
FAMILY = ("Ana Souza", "Carla Mendes", "Gil Antunes", "José Muñoz", "Rui Carvalho")
"""Whose cadence is two weeks."""


@pytest.fixture(scope="session")
def commands() -> Iterator[Warm]:
    """Where homes have their commands run."""
    with Warm() as warm:
        yield warm


@pytest.fixture
def home(tmp_path: Path, commands: Warm) -> Iterator[Home]:
    """A machine on which kith has never run."""
    home = Home(tmp_path / "home", commands)
    home.folder.mkdir()
    home.furnish(*CARDS)
    yield home
    home.assert_theirs_stand()


@pytest.fixture(scope="session")
def after_first_pass(tmp_path_factory: pytest.TempPathFactory, commands: Warm) -> Home:
    """To be copied, never to be changed."""
    home = Home(tmp_path_factory.mktemp("template"), commands)
    home.furnish(*CARDS).sync()
    return home


@pytest.fixture
def synced(after_first_pass: Home, tmp_path: Path) -> Iterator[Home]:
    """A machine on which a first pass has run."""
    home = after_first_pass.copy_to(tmp_path / "home")
    yield home
    home.assert_theirs_stand()
