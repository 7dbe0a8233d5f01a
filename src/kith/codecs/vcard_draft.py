"""One card while its lines come in: what each vCard property means to kith.

Follows RFC 6350, RFC 2426 and vCard 2.1, with what Apple, Google, Android, Outlook and Evolution add to them.
A property means something exactly when it stands in the table at the end, :data:`_READERS`; any other is
never decoded. Nothing here knows of files, keys, or where a card begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kith.codecs.vcard_lines import Head, Line, LineProblem
from kith.codecs.vcard_values import (
    apple_label,
    bare_uid,
    email_address,
    label_of,
    one_line,
    partial_date,
    phone_number,
    split,
    text_of,
    unescape,
)
from kith.core.model import Card, CardRef, CardUid, Group, Labelled, PartialDate

_NOT_BASE64 = "this line says that it is base64 and is not; it was left out"
_NO_BIRTHDAY = "this birthday is not a day; the card was kept without it"
_NO_ANNIVERSARY = "this anniversary is not a day; the card was kept without it"

_Entry = tuple[Head, str]


class _Address(NamedTuple):
    head: Head | None
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""


_NOWHERE = _Address(None)


class Draft:
    """What is known of a card so far. Of a property that may stand once, the first one counts."""

    __slots__ = (
        *("line", "uid", "is_group", "members", "formatted", "given", "middle", "family", "nicknames"),
        *("emails", "phones", "urls", "addresses", "organisation", "title", "role", "notes", "labels"),
        *("birthday", "anniversary", "apple_dates", "apple_labels"),
    )

    def __init__(self, line: int) -> None:
        self.line = line
        self.is_group = False
        self.uid = self.formatted = self.given = self.middle = self.family = ""
        self.organisation = self.title = self.role = ""
        self.birthday: PartialDate | None = None
        self.anniversary: PartialDate | None = None
        self.members: list[str] = []
        self.nicknames: list[str] = []
        self.labels: list[str] = []
        self.notes: list[str] = []
        self.emails: list[_Entry] = []
        self.phones: list[_Entry] = []
        self.urls: list[_Entry] = []
        self.addresses: list[_Address] = []
        self.apple_dates: list[tuple[Line, PartialDate | None]] = []
        self.apple_labels: dict[str, str] = {}

    def take(self, line: Line) -> LineProblem | None:
        """Read one property, one of :data:`PROPERTIES`."""
        try:
            text = text_of(line)
        except ValueError:
            return LineProblem(line.number, _NOT_BASE64)
        reason = _READERS[line.head.name](self, line, text)
        return None if reason is None else LineProblem(line.number, reason)

    @property
    def name(self) -> str:
        """FN, or the next best thing to call them by: phones that write vCard 2.1 leave FN out."""
        if self.formatted:
            return self.formatted
        full = " ".join(filter(None, (self.given, self.middle, self.family)))
        if full or self.is_group:
            return full
        reached_at = [value for entries in (self.emails, self.phones) for _, value in entries]
        return next(filter(None, (*self.nicknames, self.organisation, *reached_at)), "")

    def as_group(self, ref: CardRef) -> Group:
        """The group, if that is what the card is."""
        return Group(ref, self.name, tuple(CardUid(uid) for uid in _once_each(self.members)))

    def as_card(self, ref: CardRef) -> Card:
        """The person's card."""
        address = self._address()
        return Card(
            ref=ref,
            name=self.name,
            given=self.given,
            family=self.family,
            nicknames=_once_each(self.nicknames),
            emails=self._labelled(self.emails),
            phones=self._labelled(self.phones),
            urls=self._labelled(self.urls),
            birthday=self.birthday,
            anniversary=self.anniversary or self._apple_anniversary(),
            organisation=self.organisation,
            job_title=self.title or self.role,
            city=address.city,
            country=address.country,
            note="\n".join(self.notes),
            labels=_once_each(self.labels),
            street=address.street,
            postcode=address.postcode,
        )

    def late_problems(self) -> Iterator[LineProblem]:
        """Those that show only when the card is whole: what X-ABDATE is the day of, its label says."""
        for line, day in self.apple_dates:
            if day is None and self._is_anniversary(line):
                yield LineProblem(line.number, _NO_ANNIVERSARY)

    def _apple_anniversary(self) -> PartialDate | None:
        return next((day for line, day in self.apple_dates if day and self._is_anniversary(line)), None)

    def _is_anniversary(self, line: Line) -> bool:
        return self.apple_labels.get(line.head.group, "").lower() == "anniversary"

    def _labelled(self, entries: list[_Entry]) -> tuple[Labelled, ...]:
        """The preferred ones first, each value once: cards that were merged repeat themselves."""
        if len(entries) > 1:
            entries = sorted(entries, key=lambda entry: entry[0].rank)
        found: dict[str, Labelled] = {}
        for head, value in entries:
            if value not in found:
                label = self.apple_labels.get(head.group) or head.service or label_of(head.types)
                found[value] = Labelled(value, label)
        return tuple(found.values())

    def _address(self) -> _Address:
        """The home address, else the first."""
        for address in self.addresses:
            head = address.head
            if head and ("home" in head.types or self.apple_labels.get(head.group) == "home"):
                return address
        return self.addresses[0] if self.addresses else _NOWHERE


def _once_each(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


# One reader for each property: it puts what it read into the draft, or says why it could not.


def _uid(draft: Draft, line: Line, text: str) -> None:
    draft.uid = draft.uid or bare_uid(text)


def _kind(draft: Draft, line: Line, text: str) -> None:
    draft.is_group = text.strip().lower() == "group"


def _member(draft: Draft, line: Line, text: str) -> None:
    draft.members.append(bare_uid(text))


def _formatted_name(draft: Draft, line: Line, text: str) -> None:
    draft.formatted = draft.formatted or one_line(text)


def _structured_name(draft: Draft, line: Line, text: str) -> None:
    if not (draft.family or draft.given or draft.middle):
        draft.family, draft.given, draft.middle = (*split(text, ";"), "", "")[:3]


def _nickname(draft: Draft, line: Line, text: str) -> None:
    draft.nicknames.extend(split(text, ","))


def _email(draft: Draft, line: Line, text: str) -> None:
    _add(draft.emails, line, email_address(text))


def _phone(draft: Draft, line: Line, text: str) -> None:
    _add(draft.phones, line, phone_number(text))


def _url(draft: Draft, line: Line, text: str) -> None:
    _add(draft.urls, line, one_line(text).removeprefix("x-apple:"))


def _add(entries: list[_Entry], line: Line, value: str) -> None:
    if value:
        entries.append((line.head, value))


def _organisation(draft: Draft, line: Line, text: str) -> None:
    """The company; its departments follow after semicolons."""
    draft.organisation = draft.organisation or next(filter(None, split(text, ";")), "")


def _title(draft: Draft, line: Line, text: str) -> None:
    draft.title = draft.title or one_line(text)


def _role(draft: Draft, line: Line, text: str) -> None:
    draft.role = draft.role or one_line(text)


def _address(draft: Draft, line: Line, text: str) -> None:
    """Post box, extension, street, city, region, post code, country."""
    parts = (*split(text, ";"), *("",) * 7)
    if parts[3] or parts[6]:
        draft.addresses.append(_Address(line.head, one_line(parts[2]), parts[3], parts[5], parts[6]))


def _note(draft: Draft, line: Line, text: str) -> None:
    note = unescape(text).strip()
    if note:
        draft.notes.append(note)


def _categories(draft: Draft, line: Line, text: str) -> None:
    draft.labels.extend(split(text, ","))


def _birthday(draft: Draft, line: Line, text: str) -> str | None:
    if draft.birthday is not None or not text.strip():
        return None
    draft.birthday = partial_date(text, line.head.omit_year)
    return None if draft.birthday else _NO_BIRTHDAY


def _anniversary(draft: Draft, line: Line, text: str) -> str | None:
    if draft.anniversary is not None or not text.strip():
        return None
    draft.anniversary = partial_date(text, line.head.omit_year)
    return None if draft.anniversary else _NO_ANNIVERSARY


def _apple_date(draft: Draft, line: Line, text: str) -> None:
    draft.apple_dates.append((line, partial_date(text, line.head.omit_year)))


def _apple_label(draft: Draft, line: Line, text: str) -> None:
    if line.head.group:
        draft.apple_labels[line.head.group] = apple_label(text)


def _android_custom(draft: Draft, line: Line, text: str) -> str | None:
    """Where Android puts what vCard 2.1 has no property for: ``vnd.android.cursor.item/nickname;Bee``."""
    kind, value, subkind = (*split(text, ";"), "", "")[:3]
    if kind == "vnd.android.cursor.item/nickname":
        draft.nicknames.append(value)
    elif kind == "vnd.android.cursor.item/contact_event" and subkind == "1":
        return _anniversary(draft, line, value)
    return None


_READERS: dict[str, Callable[[Draft, Line, str], str | None]] = {
    "UID": _uid,
    "KIND": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
    "MEMBER": _member,
    "X-ADDRESSBOOKSERVER-MEMBER": _member,
    "FN": _formatted_name,
    "N": _structured_name,
    "NICKNAME": _nickname,
    "X-NICKNAME": _nickname,
    "EMAIL": _email,
    "TEL": _phone,
    "URL": _url,
    "SOCIALPROFILE": _url,
    "X-SOCIALPROFILE": _url,
    "ORG": _organisation,
    "TITLE": _title,
    "ROLE": _role,
    "ADR": _address,
    "NOTE": _note,
    "CATEGORIES": _categories,
    "BDAY": _birthday,
    "ANNIVERSARY": _anniversary,
    "X-ANNIVERSARY": _anniversary,
    "X-EVOLUTION-ANNIVERSARY": _anniversary,
    "X-KADDRESSBOOK-X-ANNIVERSARY": _anniversary,
    "X-MS-ANNIVERSARY": _anniversary,
    "X-ABDATE": _apple_date,
    "X-ABLABEL": _apple_label,
    "X-ANDROID-CUSTOM": _android_custom,
}
PROPERTIES = frozenset(_READERS)
