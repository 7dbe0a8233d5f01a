"""A watched calendar that holds what a test puts into it."""

from __future__ import annotations

from collections.abc import Mapping

from kith.calendars.meetings import Item, Reading
from kith.core.meetings import Meeting, Span
from kith.core.model import AccountId, ETag, Href
from kith.errors import AccountError


class FakeWatched:
    """``items`` are what stands there; ``failing`` is raised instead of an answer. ``spans`` are those asked for."""

    def __init__(self, account: str = "home", name: str = "Work") -> None:
        self.account = AccountId(account)
        self.name = name
        self.made_for = "lisbon"
        self.items: dict[str, Item] = {}
        self.later: dict[str, tuple[Meeting, ...]] = {}
        self.failing: AccountError | None = None
        self.spans: list[Span] = []
        self.looked_up: list[str] = []
        self.known: list[int] = []

    def put(self, name: str, *meetings: Meeting, source: str = "", unreadable: int = 0) -> None:
        etag = ETag(f"{name}-{len(meetings)}-{[one.when for one in meetings]}")
        self.items[name] = Item(Href(name), etag, meetings, source, unreadable)

    def read(self, known: Mapping[Href, ETag | None], cursor: str, span: Span) -> Reading:
        if self.failing is not None:
            raise self.failing
        self.spans.append(span)
        self.known.append(len(known))
        changed = [item for item in self.items.values() if item.etag is None or known.get(item.href) != item.etag]
        return Reading(tuple(changed), frozenset(known.keys() - {item.href for item in self.items.values()}), "here")

    def again(self, source: str, span: Span) -> tuple[Meeting, ...]:
        self.looked_up.append(source)
        return self.later[source]

    def there(self) -> tuple[str, ...]:
        return (self.name,)
