"""News to tell: who has still to hear what, as everybody stands at one moment. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kith.core.model import PersonId
from kith.core.news import News, heard
from kith.core.rules import Marks
from kith.core.timely import Timely
from kith.store.store import Store

if TYPE_CHECKING:
    from kith.sync.network import Known


@dataclass(frozen=True, slots=True)
class Told:
    """How far one of the news has come: who was told, on which day, and who has still to hear it."""

    news: News
    told: dict[PersonId, date]
    to_hear: tuple[PersonId, ...]


class ToTell:
    """The news that are not over, and who has heard them; read once."""

    def __init__(self, store: Store, marks: Marks) -> None:
        self._news = store.news.all()
        self._rulings = store.news.rulings() if self._news else {}
        since = min((news.on for news in self._news), default=None)
        self._talks = store.news.talks(since, marks) if since is not None else {}

    def unheard(self, known: Known) -> list[News]:
        """What somebody has still to hear, the newest first."""
        news = [one for one in self._news if one.ended_on is None and _is_for(one, known)]
        unheard = [one for one in news if self.heard(one, known) is None]
        return sorted(unheard, key=lambda one: (one.on, one.number), reverse=True)

    def lines(self, known: Known) -> tuple[Timely, ...]:
        """What the briefs about somebody say of it, each line for events of its days."""
        return tuple(news.line for news in self.unheard(known))

    def heard(self, news: News, known: Known) -> date | None:
        """The day on which somebody was told; what was not for them, no conversation that was only logged has told."""
        person = known.person.id
        rulings = self._rulings.get(news.number, {}).get(person, [])
        is_for = _is_for(news, known)
        talks = [talk for talk in self._talks.get(person, ()) if is_for or talk.shown is not None]
        return heard(news, talks, rulings)

    def told(self, news: News, members: Iterable[Known]) -> Told:
        """Which of the people were told, and which are to be."""
        told, to_hear = {}, []
        for known in members:
            day = self.heard(news, known)
            if day is not None:
                told[known.person.id] = day
            elif _is_for(news, known):
                to_hear.append(known.person.id)
        return Told(news, told, tuple(to_hear))


def _is_for(news: News, known: Known) -> bool:
    return known.in_network and news.is_for(known.person.labels, known.membership.circle)
