"""Cards from Google's contacts (People API v1): ``people.connections.list`` with a sync token, and the labels.

One request a pass lists the groups, since calling one differently changes no contact; another asks what changed since
the token. Tokens die a week after the whole listing they began with, so everything is listed anew before that, and at
once when a label that contacts bear is called differently. Pages are stored as they come; the token comes with the
end, after all of them, so that a reading that was cut off begins again and finds most of it known.

What is compared is content: an item's ETag here is the digest of its card, since Google's own changes with a photo. A
contact whose resource name changed says what it was called before, and stays the same card (:mod:`kith.sources.base`).
Nothing is ever written to Google, and what a listing does not show is gone only at its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kith.codecs.people_json import PERSON_FIELDS, Heading, card_of, groups_of, heading, label_of_group
from kith.core.model import AccountId, Card, ETag, Href
from kith.errors import CursorExpired, Malformed
from kith.google.client import Client
from kith.sources.base import Batch, CardProblem, Changes, Found, ItemPart, Listing
from kith.sources.google_cursor import Place

COLLECTION = "contacts"

_WHOLE_AFTER = timedelta(days=6)
_PAGE = 1000
"""The largest that Google makes; for contacts and for groups."""
_MOST_PAGES = 10_000
_MASK = ",".join(PERSON_FIELDS)
_SOURCE = "READ_SOURCE_TYPE_CONTACT"
_ASKED = hashlib.sha256(f"{_MASK} {_SOURCE} {_PAGE}".encode()).hexdigest()[:16]
"""A token is good for the same question only."""
_NOBODY = "this contact has no name, organisation, e-mail or phone number; it was left out"


class GoogleContacts:
    """The contacts of one Google account. The client stays its giver's to close."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def account(self) -> AccountId:
        """Whose cards these are."""
        return self._client.account.account

    def read(
        self, known: Mapping[str, Mapping[Href, ETag]], cursors: Mapping[str, str], now: datetime
    ) -> Iterator[Found]:
        """Yield what is new or changed, then how far it was read.

        Raises:
            AccountError: Google could not be asked, or did not answer to the end.
        """
        items, place = known.get(COLLECTION, {}), Place.read(cursors.get(COLLECTION, ""))
        labels = self._labels()
        if items and _can_go_on(place, labels, now):
            unnamed = {group for group in place.labels if group not in labels}
            reading = _Reading(self.account, labels, items, unknown_groups=unnamed)
            try:
                yield from self._pages(reading, place.token)
            except CursorExpired:
                pass  # what came until then was right; the rest comes with everything
            else:
                yield Changes(COLLECTION, frozenset(reading.gone), reading.place(place.whole).written())
                return
        reading = _Reading(self.account, labels, items)
        yield from self._pages(reading, None)
        if not reading.present and not reading.token:
            raise Malformed("an empty answer where contacts were to be listed")
        yield Listing(COLLECTION, frozenset(reading.present), reading.place(now).written())

    # --- asking ---------------------------------------------------------------------------------------

    def _labels(self) -> dict[str, str]:
        """The groups by resource name, and what they are called; nothing for those that are no labels."""
        labels: dict[str, str] = {}
        page_token = None
        for _ in range(_MOST_PAGES):
            request = self._client.people.contactGroups().list(pageSize=_PAGE, pageToken=page_token)
            answer = self._client.call(request)
            for group in _objects(answer, "contactGroups"):
                found = label_of_group(group)
                if found:
                    labels[found[0]] = found[1]
            page_token = answer.get("nextPageToken")
            if not page_token:
                return labels
        raise Malformed("Google's list of labels has no end")

    def _pages(self, reading: _Reading, sync_token: str | None) -> Iterator[Batch]:
        """Page after page, each a batch; the next token is in ``reading`` at the end."""
        page_token = None
        for _ in range(_MOST_PAGES):
            # None is not sent. Everything but the page's token must stay the same from page to page.
            request = (
                self._client.people.people()
                .connections()
                .list(
                    resourceName="people/me",
                    personFields=_MASK,
                    sources=_SOURCE,
                    pageSize=_PAGE,
                    requestSyncToken=True,
                    syncToken=sync_token,
                    pageToken=page_token,
                )
            )
            answer = self._client.call(request)
            parts = tuple(reading.take(_objects(answer, "connections")))
            if parts:
                yield Batch(COLLECTION, parts)
            page_token = answer.get("nextPageToken")
            if not page_token:
                reading.token = _next_token(answer)
                return
        raise Malformed("Google's list of contacts has no end")


@dataclass
class _Reading:
    """What one reading found so far."""

    account: AccountId
    labels: Mapping[str, str]
    known: Mapping[Href, ETag]
    present: set[Href] = field(default_factory=set)
    gone: set[Href] = field(default_factory=set)
    unknown_groups: set[str] = field(default_factory=set)
    token: str = ""

    def take(self, people: Sequence[Mapping[str, Any]]) -> Iterator[ItemPart]:
        """The items of one page that are new or changed."""
        for person in people:
            found = heading(person)
            if found is None:
                raise Malformed("Google sent a contact without a name for it")
            if found.deleted:
                self.gone.add(found.resource)
                self.present.discard(found.resource)
            elif found.resource not in self.present:  # a list that shifts while it is read shows some of them twice
                yield from self._part(found, person)

    def _part(self, found: Heading, person: Mapping[str, Any]) -> Iterator[ItemPart]:
        self.present.add(found.resource)
        self.gone.discard(found.resource)
        self.gone.update(name for name in found.formerly if name not in self.present)
        self.unknown_groups |= groups_of(person) - self.labels.keys()
        card = card_of(person, self.account, COLLECTION, self.labels)
        if card is None:
            problem = CardProblem(found.resource, _NOBODY, whole_card=True)
            yield ItemPart(found.resource, (), (problem,), last=False, formerly=found.formerly)
        elif found.formerly or self.known.get(found.resource) != _etag(card):
            yield ItemPart(found.resource, (card,), etag=_etag(card), formerly=found.formerly)

    def place(self, whole: datetime | None) -> Place:
        """Where the next reading goes on."""
        return Place(self.token, _ASKED, whole, {**dict.fromkeys(self.unknown_groups, ""), **self.labels})


def _can_go_on(place: Place, labels: Mapping[str, str], now: datetime) -> bool:
    """Whether it is enough to ask what changed."""
    if not place.token or place.asked != _ASKED or place.whole is None:
        return False
    if not timedelta(0) <= now - place.whole < _WHOLE_AFTER:
        return False
    return all(labels.get(group, "") == name for group, name in place.labels.items())


def _etag(card: Card) -> ETag:
    return ETag(card.digest)


def _objects(answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of the answer. There is no such key where there is nothing to say."""
    found = answer.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed(f"Google's {name} are no list")
    return found


def _next_token(answer: Mapping[str, Any]) -> str:
    token = answer.get("nextSyncToken")
    return token if isinstance(token, str) else ""
