"""Monica 4's JSON export: contacts with what was said, how often to be in touch, and how one met.

An export is a tree of ``{"type": …, "values": […]}`` lists; a value has a ``uuid`` and ``properties``, absent where
null. Versions call the types ``contact`` or ``contacts``. Activities stand once in the account, and contacts name them
by their uuid. Who is only somebody's relation (``is_partial``) has no card of their own there, and none here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from kith.core.brief import day_text
from kith.core.model import Card, Labelled, PartialDate
from kith.core.period import Period
from kith.errors import Malformed
from kith.imports.base import Entry, Naming, Reading, Refused, Said

KIND = "monica"
_PLURALS = {"activities": "activity", "addresses": "address"}
_LINKS = {"facebook", "twitter", "linkedin", "instagram", "website", "mastodon", "telegram"}
_NOT_USED = {
    "task": "tasks",
    "reminder": "reminders",
    "gift": "gifts",
    "debt": "debts",
    "pet": "pets",
    "photo": "photos",
    "document": "documents",
}


def fits(data: object) -> bool:
    """Whether this is an export of Monica's."""
    return isinstance(data, dict) and isinstance(data.get("account"), dict) and "data" in data["account"]


def read(data: Mapping[str, Any], name: str, zone: tzinfo, today: date) -> Reading:
    """Everybody in the export. Raises Malformed where it is not what Monica writes."""
    try:
        return _Export(data["account"], zone, today).read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(
            f"{name} is not as Monica 4 writes it ({type(error).__name__})",
            hint="export it again as JSON, under Settings → Export data; nothing was changed",
        ) from error


class _Export:
    def __init__(self, account: Mapping[str, Any], zone: tzinfo, today: date) -> None:
        self._zone = zone
        self._today = today
        lists = _lists(account)
        self._contacts = [value for value in lists.get("contact", []) if isinstance(value, dict)]
        self._activities = {value["uuid"]: value for value in lists.get("activity", []) if isinstance(value, dict)}
        self._names = {contact["uuid"]: _name(_properties(contact)) for contact in self._contacts}
        instance = account.get("instance") or {}
        self._field_types = {
            one["uuid"]: (str(_properties(one).get("type") or ""), str(_properties(one).get("name") or ""))
            for one in instance.get("contact_field_types") or []
        }
        self._unused: set[str] = set(_NOT_USED) & lists.keys()
        self._refused: list[Refused] = []
        self._remarks: list[Refused] = []
        self._naming = Naming(KIND)

    def read(self) -> Reading:
        entries = [entry for entry in map(self._entry, self._contacts) if entry is not None]
        unused = tuple(sorted(_NOT_USED[kind] for kind in self._unused))
        return Reading(KIND, tuple(entries), tuple(self._refused), tuple(self._remarks), unused=unused)

    def _entry(self, contact: Mapping[str, Any]) -> Entry | None:
        properties = _properties(contact)
        if properties.get("is_partial"):
            return None
        name = self._names[contact["uuid"]]
        if not name:
            self._refused.append(Refused(f"contact {contact['uuid']}", "has no name"))
            return None
        lists = _lists(contact)
        self._unused |= set(_NOT_USED) & lists.keys()
        emails, phones, urls = self._fields(lists)
        address = _properties(next(iter(lists.get("address", [])), {}))
        card = Card(
            ref=self._naming.own(contact["uuid"]),
            name=name,
            given=_text(properties.get("first_name")),
            family=_text(properties.get("last_name")),
            nicknames=tuple(filter(None, (_text(properties.get("nickname")),))),
            emails=emails,
            phones=phones,
            urls=urls,
            birthday=_special(properties.get("birthdate")),
            organisation=_text(properties.get("company")),
            job_title=_text(properties.get("job")),
            city=_text(address.get("city")),
            country=_text(address.get("country")),
            labels=tuple(filter(None, (_text(_tag(tag)) for tag in properties.get("tags") or ()))),
        )
        return Entry(
            where=name,
            card=card,
            every=self._every(properties, name),
            met=self._met(properties),
            note=str(properties.get("description") or "").strip(),
            facts=tuple(self._facts(properties, lists)),
            said=tuple(sorted(self._said(properties, lists), key=lambda said: said.day)),
        )

    def _fields(self, lists: Mapping[str, list[Any]]) -> tuple[tuple[Labelled, ...], ...]:
        emails, phones, urls = [], [], []
        for field in lists.get("contact_field", []):
            properties = _properties(field)
            value = _text(properties.get("data"))
            kind, called = self._field_types.get(str(properties.get("type")), ("", ""))
            if not value:
                continue
            if kind == "email" or (not kind and "@" in value):
                emails.append(Labelled(value))
            elif kind == "phone" or (not kind and value.lstrip("+").replace(" ", "").isdecimal()):
                phones.append(Labelled(value))
            else:
                label = called.casefold() if called.casefold() in _LINKS else called
                urls.append(Labelled(value, label))
        return tuple(emails), tuple(phones), tuple(urls)

    def _every(self, properties: Mapping[str, Any], name: str) -> Period | None:
        """Monica counts in days; 0 is never."""
        days = int(properties.get("stay_in_touch_frequency") or 0)
        try:
            return Period.parse(f"{days}d") if days > 0 else None
        except ValueError:
            self._remarks.append(Refused(name, "the cadence is not one that kith can keep; the rest was taken"))
            return None

    def _met(self, properties: Mapping[str, Any]) -> str:
        day = _special(properties.get("first_met_date"))
        through = self._names.get(str(properties.get("first_met_through")), "")
        where = _text(properties.get("first_met_where"))
        more = str(properties.get("first_met_additional_info") or "").strip()
        on = f"on {day_text(date(day.year, day.month, day.day))}" if day and day.year else ""
        return ", ".join(part for part in (more, where, f"through {through}" if through else "", on) if part)

    def _facts(self, properties: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> Iterator[str]:
        if food := _text(properties.get("food_preferences")):
            yield f"Food: {food}"
        for event in lists.get("life_event", []):
            told = _properties(event)
            day = _day(told.get("happened_at"), self._zone)
            text = ": ".join(filter(None, (_text(told.get("name")), _text(told.get("note")))))
            if text:
                yield f"{text} ({day_text(day)})" if day else text
        for note in lists.get("note", []):
            body = str(_properties(note).get("body") or "").strip()
            day = _day(note.get("created_at"), self._zone)
            if body:
                yield f"{body} (note of {day_text(day)})" if day else body

    def _said(self, properties: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> Iterator[Said]:
        """Calls, activities and messages; when one last talked, where none of them says it."""
        found = [*self._calls(lists), *self._activities_of(lists), *self._messages(lists)]
        yield from found
        last = _day(properties.get("last_talked_to"), self._zone)
        if last is not None and last <= self._today and not any(said.day >= last for said in found):
            yield Said(last, key="last_talked_to")

    def _calls(self, lists: Mapping[str, list[Any]]) -> Iterator[Said]:
        for call in lists.get("call", []):
            told = _properties(call)
            yield from self._one(call, told.get("called_at"), str(told.get("content") or ""), "call")

    def _activities_of(self, lists: Mapping[str, list[Any]]) -> Iterator[Said]:
        for named in lists.get("activity", []):
            activity = named if isinstance(named, dict) else self._activities.get(named)
            if activity is not None:
                told = _properties(activity)
                text = "\n".join(filter(None, (_text(told.get("summary")), str(told.get("description") or "").strip())))
                yield from self._one(activity, told.get("happened_at"), text, "meet")

    def _messages(self, lists: Mapping[str, list[Any]]) -> Iterator[Said]:
        for conversation in lists.get("conversation", []):
            told = _properties(conversation)
            lines = []
            for message in told.get("messages") or ():
                said = _properties(message)
                who = "I: " if said.get("written_by_me") else ""
                lines.append(f"{who}{str(said.get('content') or '').strip()}")
            yield from self._one(conversation, told.get("happened_at"), "\n".join(lines), "message")

    def _one(self, item: Mapping[str, Any], at: object, text: str, via: str) -> Iterator[Said]:
        day = _day(at, self._zone)
        if day is not None and day <= self._today:
            yield Said(day, text.strip(), via, key=str(item.get("uuid") or ""))


def _lists(item: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values of an item's lists, by their type in the singular."""
    found: dict[str, list[Any]] = {}
    for one in item.get("data") or ():
        kind = str(one["type"])
        found.setdefault(_PLURALS.get(kind, kind.removesuffix("s") if kind != "address" else kind), []).extend(
            one["values"] or ()
        )
    return found


def _properties(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return item.get("properties") or {}


def _name(properties: Mapping[str, Any]) -> str:
    parts = (properties.get(part) for part in ("first_name", "middle_name", "last_name"))
    return " ".join(filter(None, map(_text, parts))) or _text(properties.get("nickname"))


def _text(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _tag(tag: object) -> object:
    return tag.get("name") if isinstance(tag, dict) else tag


def _special(value: object) -> PartialDate | None:
    """A date with a flag for “year unknown”; one made from an age is a guess, and left out. Plain strings occur."""
    if isinstance(value, dict):
        inside = value.get("properties") or value
        if inside.get("is_age_based"):
            return None
        text, without_year = str(inside.get("date") or ""), bool(inside.get("is_year_unknown"))
    else:
        text, without_year = str(value or ""), False
    if not text:
        return None
    day = date.fromisoformat(text[:10])
    return PartialDate(day.month, day.day, None if without_year else day.year)


def _day(value: object, zone: tzinfo) -> date | None:
    """The user's day of an instant; a midnight in UTC is a day that was chosen as one."""
    text = str(value or "").strip()
    if not text:
        return None
    if len(text) == 10:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or (instant.hour, instant.minute, instant.second) == (0, 0, 0):
        return instant.date()
    return instant.astimezone(zone).date()
