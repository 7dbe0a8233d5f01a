"""The same lives as in ``test_passes.py``, with reach-outs on lists, and with all that can be done to a line of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import rule

from kith.core.rules import Shape
from stateful.test_passes import Passes, stamps, which
from stateful.world import RULES, World

lines = st.sampled_from(("tick", "tick", "behind", "behind", "untick", "tilde", "delete"))


class Lists(Passes):
    """One life of one kith that writes lists."""

    def make_world(self, folder: Path) -> World:
        return World(folder, rules=replace(RULES, days=replace(RULES.days, shape=Shape.DAILY)))

    @rule(act=lines, n=which, line=st.integers(0, 3), stamp=stamps)
    def answer_a_line(self, act: str, n: int, line: int, stamp: bool) -> None:
        self.to_event(n, lambda entry: self.user.to_line(entry, line, act, stamp=stamp))

    @rule(act=lines, n=which, line=st.integers(0, 3), stamp=stamps)
    def answer_a_line_and_pass(self, act: str, n: int, line: int, stamp: bool) -> None:
        self.answer_a_line(act, n, line, stamp)
        self.a_pass()

    @rule(step=st.integers(1, 20), act=lines, n=which, line=st.integers(0, 3), stamp=stamps)
    def pass_with_an_answered_line_during_it(self, step: int, act: str, n: int, line: int, stamp: bool) -> None:
        def disturb() -> None:
            self.promises.foreign_events_are_untouched()
            self.answer_a_line(act, n, line, stamp)

        self.world.run_disturbed(step, disturb)

    @rule(shape=st.sampled_from((Shape.DAILY, Shape.WEEKLY, Shape.EACH)))
    def change_shape(self, shape: Shape) -> None:
        self.world.rules = replace(self.world.rules, days=replace(self.world.rules.days, shape=shape))


TestLists = Lists.TestCase
TestLists.settings = settings(max_examples=max(20, settings().max_examples // 3))
