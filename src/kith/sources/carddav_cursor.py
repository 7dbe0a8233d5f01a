"""The notes that the CardDAV source leaves for its next reading, as texts that the store keeps for it.

Values only. A text that is not understood, such as one of another version, is as good as none: everything is then
looked at anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kith.core.model import Href


@dataclass(frozen=True, slots=True)
class Place:
    """Where one address book was read up to. ``state`` is what the server showed of it before that reading.

    ``unreadable`` are the cards that gave nothing, with the ETag and the reason; they are asked for again when they
    change. ``again`` are those that could not be fetched. ``quiet``: a report without any change was once compared
    with everything, and was right, although the server had shown another state.
    """

    token: str | None = None
    state: str | None = None
    compared: datetime | None = None
    unreadable: Mapping[Href, tuple[str | None, str]] = field(default_factory=dict)
    again: tuple[Href, ...] = ()
    quiet: bool = False

    def written(self) -> str:
        """As text, for the store."""
        body = {
            "token": self.token,
            "state": self.state,
            "compared": self.compared.isoformat() if self.compared else None,
            "unreadable": {href: list(why) for href, why in sorted(self.unreadable.items())},
            "again": sorted(self.again),
            "quiet": self.quiet,
        }
        return json.dumps({name: value for name, value in body.items() if value}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Place:
        """What :meth:`written` wrote; anything else is no place at all."""
        try:
            body = json.loads(text or "{}")
            compared = datetime.fromisoformat(body["compared"]) if "compared" in body else None
            return cls(
                token=body.get("token"),
                state=body.get("state"),
                compared=compared if compared and compared.tzinfo else None,
                unreadable={Href(href): (why[0], why[1]) for href, why in body.get("unreadable", {}).items()},
                again=tuple(map(Href, body.get("again", ()))),
                quiet=bool(body.get("quiet")),
            )
        except (ValueError, TypeError, AttributeError, LookupError):
            return cls()


@dataclass(frozen=True, slots=True)
class Books:
    """Where the account's address books were found: the homes, and for each collection its path and its name.

    ``about`` is the address in the config that they were found from; another one there means looking again.
    """

    about: str = ""
    homes: tuple[str, ...] = ()
    books: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def written(self) -> str:
        """As text, for the store."""
        books = {collection: list(where) for collection, where in sorted(self.books.items())}
        return json.dumps({"about": self.about, "homes": self.homes, "books": books}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Books:
        """What :meth:`written` wrote; anything else is nothing."""
        try:
            body = json.loads(text or "{}")
            books = {collection: (where[0], where[1]) for collection, where in body.get("books", {}).items()}
            return cls(body.get("about", ""), tuple(body.get("homes", ())), books)
        except (ValueError, TypeError, AttributeError, LookupError):
            return cls()
