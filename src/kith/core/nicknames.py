"""Short and pet names, and the same name in other languages: ``Bill`` is ``William``, ``Pepe`` is ``José``.

A name may belong to several groups (``Sascha`` is Alexander or Alexandra), so being alike is not passed on from one
name to the next. The names themselves are in :mod:`kith.core.nickname_lists`.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from kith.core.nickname_lists import GROUPS

NO_GROUPS: frozenset[int] = frozenset()


@cache
def _groups_by_name() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(line for line in GROUPS.splitlines() if line.strip()):
        for name in line.split():
            found[name].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def groups(name: str) -> frozenset[int]:
    """The groups that a given name (in lower-case Latin letters) belongs to."""
    return _groups_by_name().get(name, NO_GROUPS)


def may_be_the_same(one: str, other: str) -> bool:
    """Whether somebody may be called both: a short form, or the same name in another language."""
    return not groups(one).isdisjoint(groups(other))
