"""The emulator's contacts and their groups (People API v1): paging, sync tokens that expire, deletions, renames.

A contact is called by its contact id, which stays; its resource name may become another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.google.wire import Answer, Asked, rpc_refusal

MY_CONTACTS = "contactGroups/myContacts"
STARRED = "contactGroups/starred"
_SYSTEM = {"myContacts": "My Contacts", "starred": "Starred", "friends": "Friends", "blocked": "Blocked"}
_MOST = 1000
_EXPIRED = "Sync token is expired. Clear local cache and retry call without the sync token."


def contact(name: str = "", *groups: str, email: str = "", **more: Any) -> dict[str, Any]:
    """A contact's fields: a name, the resource names of its groups, and whatever else the API knows."""
    given, _, family = name.partition(" ")
    body: dict[str, Any] = {}
    if name:
        body["names"] = [{"displayName": name, "givenName": given, "familyName": family, "unstructuredName": name}]
    if email:
        body["emailAddresses"] = [{"value": email}]
    body["memberships"] = [
        {"contactGroupMembership": {"contactGroupId": group.partition("/")[2], "contactGroupResourceName": group}}
        for group in (MY_CONTACTS, *groups)
    ]
    return {**body, **more}


@dataclass
class _Contact:
    resource: str
    fields: dict[str, Any]
    changed: int
    former: list[str] = field(default_factory=list)


@dataclass
class _Pages:
    """A listing that was begun: what is still to come, and the request that it belongs to."""

    about: str
    left: list[dict[str, Any]]
    sync_token: str


class People:
    """The contacts of one account."""

    name, version = "people", "v1"

    def __init__(self) -> None:
        self.broken = False
        """Whether the API is switched off for the client."""
        self._contacts: dict[str, _Contact] = {}
        self._gone: dict[str, tuple[_Contact, int]] = {}
        self._groups: dict[str, str] = {}
        self._clock = 0
        self._resources = 1000
        self._oldest_token = 0
        self._pages: dict[str, _Pages] = {}

    @property
    def operations(self) -> Mapping[str, Callable[[Asked], Answer]]:
        return {"people.people.connections.list": self._connections, "people.contactGroups.list": self._list_groups}

    # --- what tests do --------------------------------------------------------------------------------

    def put(self, contact_id: str, fields: dict[str, Any]) -> str:
        """Store a contact, or replace it; its resource name."""
        self._clock += 1
        known = self._contacts.get(contact_id)
        if known is None:
            self._resources += 1
            known = self._contacts[contact_id] = _Contact(f"people/c{self._resources}", fields, self._clock)
        known.fields, known.changed = fields, self._clock
        return known.resource

    def fill(self, contacts: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Store many."""
        for contact_id, fields in contacts:
            self.put(contact_id, fields)

    def remove(self, contact_id: str) -> None:
        """Delete a contact."""
        self._clock += 1
        self._gone[contact_id] = (self._contacts.pop(contact_id), self._clock)

    def rename(self, contact_id: str, *, new_id: str | None = None) -> str:
        """Give a contact another resource name (and another contact id, if told so); the new name."""
        self._clock += 1
        self._resources += 1
        known = self._contacts.pop(contact_id)
        known.former.append(known.resource)
        known.resource, known.changed = f"people/c{self._resources}", self._clock
        self._contacts[new_id or contact_id] = known
        return known.resource

    def merge(self, contact_id: str, into: str) -> None:
        """Make one contact of two, as Google's "merge and fix" does: the one is gone, the other was it too."""
        self._clock += 1
        lost, kept = self._contacts.pop(contact_id), self._contacts[into]
        kept.former += [*lost.former, lost.resource]
        kept.changed = self._clock

    def touch(self, contact_id: str) -> None:
        """Change the contact's ETag and nothing else, as a new photo does."""
        self._clock += 1
        self._contacts[contact_id].changed = self._clock

    def add_group(self, name: str) -> str:
        """Make a label; its resource name."""
        resource = f"contactGroups/{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        self._groups[resource] = name
        return resource

    def rename_group(self, resource: str, name: str) -> None:
        """Call a label something else. Its members are untouched."""
        self._groups[resource] = name

    def expire_tokens(self) -> None:
        """A week passes: no sync token given out until now is worth anything."""
        self._clock += 1
        self._oldest_token = self._clock

    # --- what clients ask -----------------------------------------------------------------------------

    def _connections(self, asked: Asked) -> Answer:
        if self.broken:
            return rpc_refusal(
                403, "PERMISSION_DENIED", "SERVICE_DISABLED", "People API has not been used in project 1"
            )
        fields = frozenset(filter(None, asked.query.get("personFields", "").split(",")))
        size = int(asked.query.get("pageSize", "100")) or 100
        if asked.path["peopleId"] != "me" or not fields or not 1 <= size <= _MOST:
            return rpc_refusal(400, "INVALID_ARGUMENT", "INVALID", "Request contains an invalid argument.")
        about = json.dumps({name: value for name, value in sorted(asked.lists.items()) if name != "pageToken"})
        if "pageToken" in asked.query:
            pages = self._pages.pop(asked.query["pageToken"], None)
            if pages is None or pages.about != about:
                return rpc_refusal(400, "INVALID_ARGUMENT", "INVALID", "The page token does not fit the request.")
            return self._page(pages, size, asked)
        mask = ",".join(sorted(fields))
        since = None
        if "syncToken" in asked.query:
            since = self._read_token(asked.query["syncToken"], mask)
            if since is None:
                return rpc_refusal(400, "FAILED_PRECONDITION", "EXPIRED_SYNC_TOKEN", _EXPIRED)
        found = [self._person(name, one, fields, since) for name, one in self._contacts.items()]
        if since is not None:
            found += [
                {"resourceName": one.resource, "etag": f"%{at}", "metadata": {"deleted": True, "objectType": "PERSON"}}
                for one, at in self._gone.values()
                if at > since
            ]
        left = [one for one in found if one is not None]
        return self._page(_Pages(about, left, f"{self._clock}|{mask}"), size, asked)

    def _page(self, pages: _Pages, size: int, asked: Asked) -> Answer:
        body: dict[str, Any] = {}
        page, pages.left = pages.left[:size], pages.left[size:]
        if page:
            body["connections"] = page
            if "syncToken" not in asked.query:
                body["totalItems"] = body["totalPeople"] = len(self._contacts)
        if pages.left:
            token = f"page-{len(pages.left)}-{self._clock}-{len(self._pages)}"
            self._pages[token] = pages
            body["nextPageToken"] = token
        elif asked.flag("requestSyncToken"):
            body["nextSyncToken"] = pages.sync_token
        return Answer(200, body)

    def _read_token(self, token: str, mask: str) -> int | None:
        at, _, about = token.partition("|")
        if not at.isdecimal() or int(at) < self._oldest_token or about != mask:
            return None
        return int(at)

    def _person(
        self, contact_id: str, one: _Contact, wanted: frozenset[str], since: int | None
    ) -> dict[str, Any] | None:
        if since is not None and one.changed <= since:
            return None
        source = {"type": "CONTACT", "id": contact_id, "etag": f"#{one.changed}", "updateTime": "2026-03-01T08:00:00Z"}
        person: dict[str, Any] = {"resourceName": one.resource, "etag": f"%{one.changed}"}
        for name, values in one.fields.items():
            if name in wanted:
                person[name] = [_with_metadata(value, contact_id, first=not n) for n, value in enumerate(values)]
        if "metadata" in wanted:
            person["metadata"] = {"sources": [source], "objectType": "PERSON"}
            if since is not None and one.former:
                person["metadata"]["previousResourceNames"] = list(one.former)
        return person

    def _list_groups(self, asked: Asked) -> Answer:
        if self.broken:
            return rpc_refusal(
                403, "PERMISSION_DENIED", "SERVICE_DISABLED", "People API has not been used in project 1"
            )
        size = int(asked.query.get("pageSize", "30")) or 30
        if not 1 <= size <= _MOST:
            return rpc_refusal(400, "INVALID_ARGUMENT", "INVALID", "Request contains an invalid argument.")
        groups = [_system_group(name, shown) for name, shown in _SYSTEM.items()]
        groups += [_group(resource, name) for resource, name in self._groups.items()]
        start = int(asked.query.get("pageToken", "0"))
        body: dict[str, Any] = {"contactGroups": groups[start : start + size], "totalItems": len(groups)}
        if start + size < len(groups):
            body["nextPageToken"] = str(start + size)
        else:
            body["nextSyncToken"] = str(self._clock)
        return Answer(200, body)


def _with_metadata(value: dict[str, Any], contact_id: str, *, first: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {"source": {"type": "CONTACT", "id": contact_id}}
    if first:
        metadata |= {"primary": True, "sourcePrimary": True}
    return {"metadata": metadata, **value}


def _system_group(name: str, shown: str) -> dict[str, Any]:
    return {**_group(f"contactGroups/{name}", name), "groupType": "SYSTEM_CONTACT_GROUP", "formattedName": shown}


def _group(resource: str, name: str) -> dict[str, Any]:
    return {
        "resourceName": resource,
        "etag": "abc=",
        "groupType": "USER_CONTACT_GROUP",
        "name": name,
        "formattedName": name,
        "metadata": {"updateTime": "2026-03-01T08:00:00Z"},
        "memberCount": 1,
    }
