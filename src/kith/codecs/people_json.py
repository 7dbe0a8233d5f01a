"""A person of Google's People API as a card, and its groups as labels.

See https://developers.google.com/people/api/rest/v1/people. A person is what the user typed (source CONTACT); fields
come in no particular order, one of each marked as primary. Resource names may change when a contact is linked to a
profile; the id of the contact does not, so that is the card's UID where it is given.

This room must be total: whatever stands in the JSON, what can be read is read. Card has no place for relations and for
days other than birthday and anniversary, so those become lines of its note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kith.codecs.vcard_values import partial_date, without_controls
from kith.core.model import AccountId, Card, CardRef, CardUid, Href, Labelled, PartialDate

PERSON_FIELDS = (
    *("addresses", "biographies", "birthdays", "emailAddresses", "events", "memberships", "metadata", "names"),
    *("nicknames", "organizations", "phoneNumbers", "relations", "urls"),
)
"""What is asked for of each person; nothing else is used."""

Json = Mapping[str, Any]

_NO_YEAR = (0, 1604)
"""Apple writes 1604 for “no year”, and phones that keep Google's contacts pass it on."""
_A_LEAP_YEAR = 2000
_NO_LABELS = frozenset({"myContacts", "all", "blocked", "chatBuddies"})
"""Groups that Google makes and that say nothing about a person."""
_OUR_WORD = {"homeFax": "home fax", "workFax": "work fax", "otherFax": "fax", "homePage": "home page"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What a sync says of a person besides their fields."""

    resource: Href
    deleted: bool
    formerly: tuple[Href, ...]


def heading(person: Json) -> Heading | None:
    """Which person this is; None where nobody can tell."""
    resource = _text(person.get("resourceName"))
    if not resource:
        return None
    metadata = _table(person.get("metadata"))
    former = (_text(name) for name in _list(metadata.get("previousResourceNames")))
    return Heading(
        Href(resource),
        metadata.get("deleted") is True,
        tuple(Href(name) for name in former if name and name != resource),
    )


def card_of(person: Json, account: AccountId, collection: str, labels: Mapping[str, str]) -> Card | None:
    """The person as a card; None where there is nothing to call them by.

    ``labels`` are the names of the groups that count as labels, by resource name.
    """
    emails = _labelled(person, "emailAddresses", ("value",))
    phones = _labelled(person, "phoneNumbers", ("canonicalForm", "value"))
    organisation, title = _work(person)
    names = _names(person)
    nicknames = tuple(dict.fromkeys((*names[1:], *_texts(person, "nicknames", "value"))))
    reached_at = (entry.value for entry in (*emails, *phones))
    name = next(filter(None, (*names[:1], *nicknames, organisation, *reached_at)), "")
    if not name:
        return None
    city, country = _place(person)
    first = next(iter(_sorted(person, "names")), {})
    return Card(
        ref=CardRef(account, collection, _uid(person)),
        name=name,
        given=_text(first.get("givenName")),
        family=_text(first.get("familyName")),
        nicknames=tuple(nickname for nickname in nicknames if nickname != name),
        emails=emails,
        phones=phones,
        urls=_labelled(person, "urls", ("value",)),
        birthday=_birthday(person),
        anniversary=next((day for kind, day in _days(person) if kind == "anniversary"), None),
        organisation=organisation,
        job_title=title,
        city=city,
        country=country,
        note="\n".join(_notes(person)),
        labels=tuple(sorted({labels[group] for group in groups_of(person) if labels.get(group)})),
    )


def groups_of(person: Json) -> frozenset[str]:
    """The resource names of the groups that the person is in."""
    memberships = (_table(entry.get("contactGroupMembership")) for entry in _entries(person, "memberships"))
    return frozenset(filter(None, (_text(membership.get("contactGroupResourceName")) for membership in memberships)))


def label_of_group(group: Json) -> tuple[str, str] | None:
    """A group's resource name, and what it is called; empty where it is no label. None for one that is deleted."""
    resource = _text(group.get("resourceName"))
    if not resource or _table(group.get("metadata")).get("deleted") is True:
        return None
    if group.get("groupType") == "SYSTEM_CONTACT_GROUP" and resource.rpartition("/")[2] in _NO_LABELS:
        return resource, ""
    return resource, _text(group.get("formattedName")) or _text(group.get("name"))


# --- the parts of a person ----------------------------------------------------------------------------------


def _uid(person: Json) -> CardUid:
    """The contact's own id, which stays; else what the resource is called."""
    sources = (_table(source) for source in _list(_table(person.get("metadata")).get("sources")))
    ids = sorted(_text(source.get("id")) for source in sources if source.get("type") == "CONTACT")
    return CardUid(next(filter(None, ids), _text(person.get("resourceName"))))


def _names(person: Json) -> tuple[str, ...]:
    """What the person is called, the primary name first."""
    found = []
    for entry in _sorted(person, "names"):
        parts = (_text(entry.get(part)) for part in ("givenName", "middleName", "familyName"))
        whole = (_text(entry.get("displayName")), _text(entry.get("unstructuredName")), " ".join(filter(None, parts)))
        found.append(next(filter(None, whole), ""))
    return tuple(dict.fromkeys(filter(None, found)))


def _texts(person: Json, name: str, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_text(entry.get(key)) for entry in _sorted(person, name)))))


def _labelled(person: Json, name: str, keys: tuple[str, ...]) -> tuple[Labelled, ...]:
    """Each value once, the primary one first; of several keys, the first that says something."""
    found: dict[str, Labelled] = {}
    for entry in _sorted(person, name):
        value = next(filter(None, (_text(entry.get(key)) for key in keys)), "")
        if value:
            kind = _text(entry.get("type"))
            found.setdefault(value, Labelled(value, _OUR_WORD.get(kind, kind)))
    return tuple(found.values())


def _work(person: Json) -> tuple[str, str]:
    """Where the person works and as what: the present place, if one is said to be that."""
    entries = sorted(_sorted(person, "organizations"), key=lambda entry: entry.get("current") is not True)
    first = next(iter(entries), {})
    return _text(first.get("name")), _text(first.get("title"))


def _place(person: Json) -> tuple[str, str]:
    """City and country of the home address, else of the first."""
    entries = sorted(_sorted(person, "addresses"), key=lambda entry: entry.get("type") != "home")
    places = ((_text(entry.get("city")), _text(entry.get("country"))) for entry in entries)
    return next((place for place in places if any(place)), ("", ""))


def _birthday(person: Json) -> PartialDate | None:
    """The day, with or without a year; the typed text only where there is no other."""
    entries = _sorted(person, "birthdays")
    days = [_day(entry.get("date")) for entry in entries]
    typed = [partial_date(_text(entry.get("text"))) for entry in entries]
    return next((day for day in (*days, *typed) if day is not None), None)


def _days(person: Json) -> Iterator[tuple[str, PartialDate]]:
    for entry in _sorted(person, "events"):
        day = _day(entry.get("date"))
        if day is not None:
            yield _text(entry.get("type")) or "other", day


def _notes(person: Json) -> Iterator[str]:
    """What the user wrote, then a line for each relation and each other day."""
    for entry in _sorted(person, "biographies"):
        note = without_controls(_string(entry.get("value"))).strip()
        if note:
            yield note
    for entry in _sorted(person, "relations"):
        who, what = _text(entry.get("person")), _text(entry.get("type"))
        if who:
            yield f"{what}: {who}" if what else who
    for kind, day in _days(person):
        if kind != "anniversary":
            yield f"{kind}: {day}"


def _day(found: object) -> PartialDate | None:
    """A Date of Google's, whose year may be absent or 0; None where it names no day."""
    parts = _table(found)
    numbers = [parts.get(name, 0) for name in ("year", "month", "day")]
    if not all(isinstance(number, int) for number in numbers):
        return None
    year, month, day = numbers
    known = year not in _NO_YEAR
    try:
        real = date(year if known else _A_LEAP_YEAR, month, day)
    except (ValueError, OverflowError):
        return None
    return PartialDate(real.month, real.day, real.year if known else None)


# --- JSON, trusting nobody ----------------------------------------------------------------------------------


def _sorted(person: Json, name: str) -> list[Json]:
    """The entries of a field: the primary one first, the others in an order that does not depend on Google's."""
    entries = _entries(person, name)
    return sorted(entries, key=_place_of) if len(entries) > 1 else entries


def _place_of(entry: Json) -> tuple[bool, bool, str]:
    metadata = _table(entry.get("metadata"))
    rest = sorted((key, repr(value)) for key, value in entry.items() if key != "metadata")
    return metadata.get("primary") is not True, metadata.get("sourcePrimary") is not True, repr(rest)


def _entries(person: Json, name: str) -> list[Json]:
    return [entry for entry in _list(person.get(name)) if isinstance(entry, dict)]


def _text(found: object) -> str:
    """One line without control characters; empty for what is no text."""
    text = _string(found)
    return " ".join((text if text.isprintable() else without_controls(text)).split())


def _string(found: object) -> str:
    return found if isinstance(found, str) else ""


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _table(found: object) -> Json:
    return found if isinstance(found, dict) else {}
