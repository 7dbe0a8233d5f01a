"""Which of a Google account's calendars is kith's: found by its name, or ``primary``; made if it may be.

A calendar that is gone is *not there*, and nothing but :meth:`Place.prepare` ever makes one. An account's own list of
calendars (``calendarList``) says what there is; which of them kith may look into is another question, and Google's to
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kith.errors import AccountError, Denied, Malformed
from kith.google.client import Client
from kith.google.scopes import OWN_CALENDARS, missing

PRIMARY = "primary"
"""What Google calls the calendar that an account begins with, and the config too."""

_WRITABLE = frozenset({"owner", "writer"})
_MOST_LISTED = 250
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One calendar of the account's list, under the name that its owner or this user gave it."""

    id: str
    name: str
    writable: bool


class Place:
    """The place of the calendar called ``name``. What was found is kept until :meth:`forget`.

    ``own`` says that it is one of kith's own making, as far as anybody knows; kith may look into no other then.
    """

    def __init__(self, client: Client, name: str, zone: str, *, own: bool) -> None:
        self._client = client
        self._name = name
        self._zone = zone
        self._own = own and name != PRIMARY
        self._account = client.account.account
        self._id: str | None = None
        self._made = ""
        self._calendars: list[Listed] | None = None

    def forget(self) -> None:
        """Look again, the next time."""
        self._id, self._calendars = None, None

    def id(self, last: str = "") -> str:
        """The calendar's id: ``last`` is taken for good until :meth:`forget`, else it is found by name.

        Raises:
            Denied: there is no such calendar, or it is not one to write to.
        """
        if self._id is None:
            self._id = last or self._made or self._found()
        return self._id

    def is_there(self) -> bool:
        """Whether the account has such a calendar."""
        return self._pick() is not None

    def not_there(self) -> Denied:
        """That there is no such calendar, and what there is; or that it is not kith's to look into."""
        self._calendars = None
        if self._own and self._named():
            return Denied(
                f"the calendar “{self._name}” is there, but kith did not make it, and may not look into it",
                hint=f"give [calendar] another name; or, to have events in this one, put existing_calendar = true "
                f"under [accounts.{self._account}] and run `kith login {self._account}`",
            )
        names = ", ".join(f"“{one.name}”" for one in self._listed())
        others = f" (there are {names})" if names else ""
        if self._own:
            hint = "if it was deleted for good, run `kith events recreate`; if it was renamed, give it this name again"
        else:
            hint = "make it in Google Calendar, or name one that is there in [calendar]"
        return Denied(f"the calendar “{self._name}” is not there{others}", hint=hint)

    def no_right(self, error: AccountError) -> AccountError:
        """What it means that Google keeps kith from looking into the calendar, having told where it is."""
        granted = not missing((OWN_CALENDARS,), self._client.account.grant.scopes)
        return self.not_there() if self._own and granted else error

    def others(self) -> list[str]:
        """The ids of the account's other calendars that an event may have been moved to."""
        own = self.id()
        return [one.id for one in self._listed() if one.id != own and one.writable]

    def prepare(self) -> None:
        """Make the calendar if it is not there. An answer that was lost is found by name the next time.

        Raises:
            Denied: it is one that kith is not to make.
        """
        if self.is_there():
            return
        if not self._own:
            raise self.not_there()
        body = {"summary": self._name, "timeZone": self._zone}
        made = self._client.call(self._client.calendar.calendars().insert(body=body))
        self.forget()
        self._made = _text(made, "id")  # the list of calendars may not have it at once

    # --- the account ----------------------------------------------------------------------------------

    def _found(self) -> str:
        found = self._pick()
        if found is None:
            raise self.not_there()
        if not found.writable:
            raise Denied(
                f"the calendar “{self._name}” is not one to write to",
                hint="name another in [calendar], or let its owner give you the right to change events",
            )
        return found.id

    def _pick(self) -> Listed | None:
        """The calendar of this name; of several, the one that can be written to and was listed first."""
        if self._name == PRIMARY:
            found = self._client.find(self._client.calendar.calendarList().get(calendarId=PRIMARY))
            return None if found is None else _as_listed(found)
        named = self._named()
        return next((one for one in named if one.writable), named[0] if named else None)

    def _named(self) -> list[Listed]:
        return named(self._listed(), self._name)

    def _listed(self) -> list[Listed]:
        """Every calendar of the account, those that the user does not want to see in the list among them."""
        if self._calendars is None:
            self._calendars = list_calendars(self._client)
        return self._calendars


def list_calendars(client: Client) -> list[Listed]:
    """Every calendar of the account, those that the user does not want to see in the list among them."""
    listed: list[Listed] = []
    page = None
    for _ in range(_MOST_PAGES):
        calendars = client.calendar.calendarList()
        answer = client.call(calendars.list(maxResults=_MOST_LISTED, pageToken=page, showHidden=True))
        items = answer.get("items", [])
        if not isinstance(items, list):
            raise Malformed("Google's list of calendars cannot be read")
        listed += [_as_listed(one) for one in items if isinstance(one, Mapping) and _text(one, "id")]
        page = _text(answer, "nextPageToken")
        if not page:
            return listed
    raise Malformed("Google's list of calendars has no end")


def named(calendars: Sequence[Listed], name: str) -> list[Listed]:
    """The calendars of this name, to the letter or else but for case; or the one whose id it is."""
    folded = name.casefold().strip()
    alike = (
        [one for one in calendars if one.name == name],
        [one for one in calendars if one.name.casefold().strip() == folded],
        [one for one in calendars if one.id == name],
    )
    return next(filter(None, alike), [])


def _as_listed(entry: Mapping[str, Any]) -> Listed:
    name = _text(entry, "summaryOverride") or _text(entry, "summary")
    return Listed(_text(entry, "id"), name, entry.get("accessRole") in _WRITABLE)


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    return found if isinstance(found, str) else ""
