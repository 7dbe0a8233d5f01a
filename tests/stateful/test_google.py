"""The same lives with the calendar at Google: every pass goes over HTTP to the emulator.

The machine tries a tenth of the lives that it tries with a calendar in memory.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings

from stateful.google import world_at_google
from stateful.test_passes import Passes
from stateful.world import World


class PassesAtGoogle(Passes):
    """One life of one kith whose calendar is at Google."""

    def make_world(self, folder: Path) -> World:
        """A world with a calendar at Google."""
        self.running = ExitStack()
        return self.running.enter_context(world_at_google(folder))

    def teardown(self) -> None:
        super().teardown()
        self.running.close()


TestPassesAtGoogle = PassesAtGoogle.TestCase
TestPassesAtGoogle.settings = settings(max_examples=max(settings().max_examples // 10, 1), stateful_step_count=25)
