"""What comes out of a file: people as it has them, and what could not be used.

A reader of this room turns one file into a :class:`Reading`, and does nothing else: it stores nothing and joins nobody.
It raises Malformed for a file that cannot be read as a whole, and UsageError where the user must say more; a row that
cannot be used is :class:`Refused`, and the others go on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote

from kith.core.model import IMPORTED, AccountId, Card, CardRef, CardUid
from kith.core.names import fold
from kith.core.period import Period

COLLECTION = ""
"""The one collection that an imported account has."""

_WEB = re.compile(r"^(?:[a-z]+://)?(?:www\.|[a-z]{2}\.(?=linkedin\.com/))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A dated exchange: a conversation of that day. ``key`` is its own name in the file, where it has one."""

    day: date
    text: str = ""
    via: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a file. ``where`` is for the user (``line 12``).

    ``circle`` and ``every`` are what the file asks for; ``note`` is the one that a newer file replaces. ``person`` is
    kith's own id, in a file that kith wrote.
    """

    where: str
    card: Card
    circle: str = ""
    every: Period | None = None
    met: str = ""
    note: str = ""
    facts: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out, or a value of one; the reason holds nothing of its contents."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file. ``understood`` is which column was taken for what, ``unused`` the headers of the others."""

    kind: str
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...] = ()
    remarks: tuple[Refused, ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def account(self) -> AccountId:
        """The account whose cards these are."""
        return account_of(self.kind)


def account_of(kind: str) -> AccountId:
    """The account that files of a kind go to; a newer file of the same kind finds its cards there."""
    return AccountId(f"{IMPORTED}{kind}")


@dataclass
class Naming:
    """Stable keys for the people of one file, from what tells them apart there."""

    kind: str
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)

    def ref(self, identity: str, name: str, where: str) -> CardRef:
        """The key of somebody. Two of one identity are told apart by their names.

        Raises:
            ValueError: somebody of this identity and name stands in the file already; says where.
        """
        folded = fold(name)
        before = self.taken.get(identity)
        if before is not None and before[0] != folded:
            identity = f"{identity}|{folded}"
            before = self.taken.get(identity)
        if before is not None:
            raise ValueError(f"is the same person as {before[1]}")
        self.taken[identity] = (folded, where)
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return CardRef(account_of(self.kind), COLLECTION, CardUid(digest))

    def own(self, uid: str) -> CardRef:
        """The key of somebody who has a UID of their own."""
        return CardRef(account_of(self.kind), COLLECTION, CardUid(uid))


def identity(name: str, *, urls: Sequence[str] = (), emails: Sequence[str] = (), phones: Sequence[str] = ()) -> str:
    """What a row is known by in the next file: a profile, else an e-mail, else a number, else the name."""
    profile = next((plain for plain in map(plain_url, urls) if "linkedin.com/" in plain), "")
    if profile:
        return f"profile:{profile}"
    if emails:
        return f"mail:{emails[0].strip().casefold()}"
    digits = next((number for number in (re.sub(r"\D", "", phone) for phone in phones) if number), "")
    if digits:
        return f"phone:{digits}|{fold(name)}"
    return f"name:{fold(name)}"


def plain_url(url: str) -> str:
    """An address without what differs between two spellings of it: scheme, www, the query, a slash at the end."""
    return _WEB.sub("", unquote(url.strip())).partition("?")[0].partition("#")[0].rstrip("/").casefold()
