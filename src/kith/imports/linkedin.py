"""LinkedIn's export: ``Connections.csv``, or the whole archive with the messages.

Before the header stands a paragraph of any length, in older files nothing. E-mails are nearly always absent: people are
known by the address of their profile. Last names carry titles and emoji. Who merely connected was not talked to; of the
messages, the last one of each exchange between two is a conversation, and no group's is.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo

from kith.imports.archives import member_bytes
from kith.imports.base import Entry, Reading, Refused, Said, plain_url
from kith.imports.columns import understand
from kith.imports.rows import Style
from kith.imports.sheets import Sheet, decoded, read_text

_TITLES = re.compile(
    r"^(?:(?:dr|prof|professor|mr|mrs|ms|mx|sir|dame|ing|eng|dipl|herr|frau|mme|sr|sra|dott|dra)\.?[- ]+)+(?=\S)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_MESSAGE_COLUMNS = ("CONVERSATION ID", "SENDER PROFILE URL", "RECIPIENT PROFILE URLS", "DATE", "CONTENT")
_LONGEST_TEXT = 1000
_OURS = {"URL": "link", "Position": "job", "Notes": "ignore"}


def fits(headers: Sequence[str]) -> bool:
    """Whether these are the headers of ``Connections.csv``, in whatever language."""
    found = {column.meaning for column in understand(headers, {}, "")} if len(headers) < 10 else set()
    return {"given", "family", "connected_on"} <= found


def style() -> Style:
    """How LinkedIn writes."""
    return Style("linkedin", _OURS, order="month-first", tidy=tidy, met="connected on LinkedIn", is_address_book=True)


def tidy(given: str, family: str) -> tuple[str, str]:
    """The names without emoji, titles, degrees behind a comma and remarks in brackets, unless nothing is left."""
    first = _TITLES.sub("", _plain(given)) or given
    last = _BRACKETS.sub("", _plain(family)).partition(",")[0].strip()
    return first, last or ("" if _plain(family) == "" else family)


def _plain(text: str) -> str:
    """Letters and what belongs between them; emoji and other symbols are none."""
    kept = "".join(
        " " if unicodedata.category(char) in ("So", "Sk", "Cn", "Co", "Cf") or char in "\ufe0f|•" else char
        for char in text
    )
    return " ".join(kept.split())


def connections_in(archive: zipfile.ZipFile) -> str:
    """The member that holds the connections, empty for an archive of another kind."""
    return _member(archive, "connections.csv")


def _member(archive: zipfile.ZipFile, name: str) -> str:
    return next((one for one in archive.namelist() if one.rpartition("/")[2].casefold() == name), "")


# --- messages ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Thread:
    """One exchange: who took part, who wrote, and the last message."""

    people: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)
    at: datetime | None = None
    text: str = ""


def with_messages(reading: Reading, archive: zipfile.ZipFile, zone: tzinfo, today: date) -> Reading:
    """The connections, with what was last said to each of them. Raises Malformed."""
    name = _member(archive, "messages.csv")
    if not name:
        return reading
    text, _ = decoded(member_bytes(archive, name), name)
    sheet = read_text(text, name, _known_headers, ",")
    last = _last_exchanges(sheet, {_profile(entry) for entry in reading.entries} - {""}, zone)
    entries = tuple(_with(entry, last.get(_profile(entry)), today) for entry in reading.entries)
    told = "the last message of each exchange between two is taken as a conversation"
    unread = () if last or len(sheet.rows) < 2 else (Refused(name, "holds no exchange with one of your connections"),)
    return replace(reading, entries=entries, notes=(*reading.notes, told), remarks=(*reading.remarks, *unread))


def _known_headers(cells: Sequence[str]) -> int:
    return len({*_MESSAGE_COLUMNS} & {cell.strip().upper() for cell in cells})


def _with(entry: Entry, said: Said | None, today: date) -> Entry:
    return replace(entry, said=(said,)) if said is not None and said.day <= today else entry


def _profile(entry: Entry) -> str:
    return next((plain_url(url.value) for url in entry.card.urls if "linkedin." in url.value), "")


def _last_exchanges(sheet: Sheet, connections: set[str], zone: tzinfo) -> dict[str, Said]:
    """Profile → the last message of an exchange in which both wrote."""
    newest: dict[str, tuple[datetime, Said]] = {}
    for thread in _threads(sheet).values():
        others = thread.people & connections
        if len(thread.people) != 2 or len(others) != 1 or len(thread.writers) != 2 or thread.at is None:
            continue
        profile = others.pop()
        day = thread.at.astimezone(zone).date()
        if profile not in newest or newest[profile][0] < thread.at:
            newest[profile] = (thread.at, Said(day, thread.text, "message"))
    return {profile: said for profile, (_, said) in newest.items()}


def _threads(sheet: Sheet) -> dict[str, _Thread]:
    threads: dict[str, _Thread] = {}
    at = next((position for position, row in enumerate(sheet.rows[:60]) if _known_headers(row.cells) >= 4), None)
    if at is None:
        return threads
    headers = [cell.strip().upper() for cell in sheet.rows[at].cells]
    places = [headers.index(name) if name in headers else len(headers) for name in _MESSAGE_COLUMNS]
    for row in sheet.rows[at + 1 :]:
        padded = (*row.cells, *[""] * (len(headers) + 1))
        thread_id, sender, recipients, sent, content = (
            padded[place] if place < len(headers) else "" for place in places
        )
        thread = threads.setdefault(thread_id, _Thread())
        writer = plain_url(sender)
        thread.people.update(filter(None, (writer, *map(plain_url, re.split(r"[,;\s]+", recipients)))))
        if writer:
            thread.writers.add(writer)
        instant = _instant(sent)
        if instant is not None and (thread.at is None or instant > thread.at):
            thread.at, thread.text = instant, _shortened(content)
    return threads


def _instant(text: str) -> datetime | None:
    """``2026-07-01 10:00:00 UTC``."""
    try:
        return datetime.fromisoformat(text.strip().removesuffix("UTC").strip()).replace(tzinfo=UTC)
    except ValueError:
        return None


def _shortened(content: str) -> str:
    text = re.sub(r"<[^<>]{1,200}>", " ", content).strip()
    plain = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return plain if len(plain) <= _LONGEST_TEXT else plain[: _LONGEST_TEXT - 1] + "…"
