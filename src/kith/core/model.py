"""The values everything else speaks in: ids, cards, circles, conversations.

Words are those of ``docs/architecture.md``. Nothing here decides anything; values are frozen. An *instant* is a
``datetime`` with a time zone; a *day* is a ``date`` in the user's zone. The two are never mixed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import NewType

from kith.core.period import Period

AccountId = NewType("AccountId", str)
"""The name of an account in the config, such as ``home``."""
PersonId = NewType("PersonId", str)
"""Minted once when kith first meets a person, and kept whatever happens to their cards."""
CardUid = NewType("CardUid", str)
EventUid = NewType("EventUid", str)
InstallId = NewType("InstallId", str)
"""Minted when a store is made: which kith wrote an event."""
Href = NewType("Href", str)
"""Where an item stands in its collection: a file name in a folder, a path on a server."""
ETag = NewType("ETag", str)
"""An opaque name for one state of an item; compared, never read."""


IMPORTED = "import:"
"""What the names of accounts begin with that hold people out of files."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A birthday or anniversary, with or without a year. 29 February needs no year to be valid."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        """ISO 8601 as vCard 4 writes it: ``1980-08-20`` or ``--08-20``."""
        start = "-" if self.year is None else f"{self.year:04d}"
        return f"{start}-{self.month:02d}-{self.day:02d}"

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read what :meth:`__str__` writes. Raises ValueError."""
        year, month, day = text[:-6], text[-5:-3], text[-2:]
        return cls(int(month), int(day), None if year == "-" else int(year))


@dataclass(frozen=True, slots=True)
class CardRef:
    """A card's key. The UID is without ``urn:uuid:``."""

    account: AccountId
    collection: str
    uid: CardUid


@dataclass(frozen=True, slots=True)
class Labelled:
    """A phone number, address or link with what its owner calls it (``mobile``, ``work``, or nothing)."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as one account holds it. kith never changes it.

    Every text is Unicode without control characters; an absent one is empty. ``labels`` are the card's own
    (CATEGORIES); membership in group cards is kept in :class:`Group`.
    """

    ref: CardRef
    name: str
    given: str = ""
    family: str = ""
    nicknames: tuple[str, ...] = ()
    emails: tuple[Labelled, ...] = ()
    phones: tuple[Labelled, ...] = ()
    urls: tuple[Labelled, ...] = ()
    birthday: PartialDate | None = None
    anniversary: PartialDate | None = None
    organisation: str = ""
    job_title: str = ""
    city: str = ""
    country: str = ""
    note: str = ""
    labels: tuple[str, ...] = ()
    street: str = ""
    postcode: str = ""

    @property
    def digest(self) -> str:
        """Changes exactly when something meaningful on the card does; photos and REV are not."""
        parts = (
            *(self.name, self.given, self.family, repr(self.nicknames), repr(self.emails), repr(self.phones)),
            *(repr(self.urls), str(self.birthday), str(self.anniversary), self.organisation, self.job_title),
            *(self.city, self.country, self.note, repr(self.labels)),
            *((self.street, self.postcode) if self.street or self.postcode else ()),
        )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Group:
    """A group card of either kind (vCard 4 ``KIND:group``, Apple's ``X-ADDRESSBOOKSERVER-KIND``): a label."""

    ref: CardRef
    name: str
    members: tuple[CardUid, ...]


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to be in touch: from ``every`` on, and ``at_worst`` by then."""

    every: Period
    at_worst: Period

    @classmethod
    def of(cls, every: Period, at_worst: Period | None = None) -> Cadence:
        """A cadence with the usual ``at_worst`` of 1.5 times ``every`` where none is given."""
        return cls(every, at_worst or every.half_as_long_again())


@dataclass(frozen=True, slots=True)
class Circle:
    """A named group of people with a cadence; cards with one of ``labels`` belong to it."""

    name: str
    cadence: Cadence
    labels: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PersonRule:
    """One ``[people."…"]`` entry of the config: ``who`` is a name, nickname or e-mail as typed there."""

    who: str
    every: Period | None = None
    at_worst: Period | None = None
    circle: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One human as kith knows them: their cards seen as one, plus what was set by hand."""

    id: PersonId
    name: str
    nicknames: tuple[str, ...] = ()
    emails: tuple[Labelled, ...] = ()
    phones: tuple[Labelled, ...] = ()
    urls: tuple[Labelled, ...] = ()
    birthday: PartialDate | None = None
    anniversary: PartialDate | None = None
    organisation: str = ""
    job_title: str = ""
    city: str = ""
    labels: tuple[str, ...] = ()
    cards: tuple[CardRef, ...] = field(default=())
