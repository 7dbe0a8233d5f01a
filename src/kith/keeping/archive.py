"""The archive of ``kith export``: a folder with ``kith.json``, which holds everything, and a page for each person.

Where there are news, introductions or scouts, they have a page too. Only ``kith.json`` is read again, by ``kith
import``; the pages are for people. The whole file is checked before anything of it is taken in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StrictInt, StrictStr, ValidationError

from kith.core.advice import AdviceKind
from kith.core.event import Kind
from kith.core.model import AccountId, CardRef, CardUid
from kith.core.period import Period
from kith.errors import UsageError
from kith.files import replace_file
from kith.keeping.giving_page import giving_page
from kith.keeping.pages import pages
from kith.store import archive
from kith.store.archive import TakenIn
from kith.store.archive_table import Values
from kith.store.cards import card_from
from kith.store.events import EventState
from kith.store.forms import change_from, fields_from
from kith.store.matching import Ruling, profile_from
from kith.store.store import Store

FILE = "kith.json"
GIVING = "giving.md"
VERSION = 1


def write(store: Store, folder: Path) -> int:
    """Write the archive into a folder that is new or empty; how many pages there are beside ``kith.json``.

    Raises:
        UsageError: there is something in the folder, or it cannot be written.
    """
    said = archive.read(store.database)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty", hint="name a new folder; nothing is overwritten")
        (folder / "people").mkdir(mode=0o700)
        shown = archive.read(store.database, joined=True)
        written = pages(shown)
        for name, text in written.items():
            replace_file(folder / "people" / name, text.encode())
        giving = giving_page(shown)
        if giving:
            replace_file(folder / GIVING, giving.encode())
        whole = {"kith": "export", "version": VERSION, **said}
        replace_file(folder / FILE, json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from error
    return len(written)


def is_one(path: Path) -> bool:
    """Whether there is an archive at this place: the folder, or the file in it."""
    return (path / FILE).is_file() if path.is_dir() else path.name == FILE


def take_in(store: Store, path: Path) -> TakenIn:
    """Add what the archive holds and the store does not.

    Raises:
        UsageError: it is no archive, was changed into something that cannot be read, or is from a newer kith. Nothing
            was taken in.
    """
    file = path / FILE if path.is_dir() else path
    said = _read(file)
    with store.transaction():
        return archive.take_in(store.database, said)


def _read(file: Path) -> dict[str, list[Values]]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}", hint=_WHOLE) from error
    if not isinstance(content, dict) or content.get("kith") != "export":
        raise UsageError(f"{file} is not an export of kith's", hint="give the folder that `kith export` wrote")
    if content.get("version") != VERSION:
        raise UsageError(f"{file} was written by a newer kith", hint="install the newer kith")
    try:
        checked = _Archive.model_validate(content)
    except ValidationError as error:
        raise UsageError(f"{file} cannot be read", hint=_WHOLE, candidates=tuple(_problems(error))) from None
    _check_references(file, checked)
    said: dict[str, list[Values]] = checked.model_dump(exclude={"kith", "version"})
    return said


_WHOLE = "take the file as `kith export` wrote it; nothing was taken in"
_SHOWN = 5


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False)[:_SHOWN]:
        place = ".".join(str(part) for part in problem["loc"])
        yield f"{place}: {problem['msg'].removeprefix('Value error, ')}"


def _check_references(file: Path, checked: _Archive) -> None:
    people = [person.id for person in checked.people]
    events = [event.uid for event in checked.events]
    cards = [(card.account, card.collection, card.uid) for person in checked.people for card in person.cards]
    named = {who for talk in checked.conversations for who in talk.people}
    named |= {who for meeting in checked.meetings for who in meeting.people.values()}
    named |= {who for reach_out in checked.reach_outs for who in reach_out.people}
    linked = {uid for item in checked.reach_outs for uid in item.events}
    problems = [f"there is nobody with the id {who}" for who in sorted(named - set(people))]
    problems += [f"there is nobody with the id {who}" for who in sorted(_joined(checked) - set(people))]
    problems += [f"there is nobody with the id {who}" for who in sorted(_given(checked) - set(people))]
    problems += [f"there is no event {uid}" for uid in sorted(linked - set(events))]
    if len(set(people)) < len(people) or len(set(events)) < len(events) or len(set(cards)) < len(cards):
        problems.append("a person, an event or a card is there twice")
    if problems:
        raise UsageError(f"{file} does not hold together", hint=_WHOLE, candidates=tuple(problems[:_SHOWN]))


def _joined(checked: _Archive) -> set[str]:
    """Everybody whom joins, rulings and profiles name."""
    named = {who for join in checked.joins for who in (join.person_id, join.joined_to)}
    named |= {who for ruling in checked.rulings for who in (ruling.one, ruling.other)}
    return named | {profile.person_id for profile in checked.profiles}


def _given(checked: _Archive) -> set[str]:
    """Everybody whom news, introductions and scouts name."""
    named = {ruling.person_id for news in checked.news for ruling in news.rulings}
    named |= {who for pair in checked.introductions for who in (pair.one, pair.other)}
    named |= {who for pair in checked.acquaintances for who in (pair.one, pair.other)}
    return named | {who for scout in checked.scouts for who in (scout.via, scout.person_id) if who is not None}


# --- what the file may hold ---------------------------------------------------------------------------------


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("must be a day such as 2026-11-02")
    return text


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("must be an instant with its offset, such as 2026-11-02T08:00:00+00:00")
    return text


def _length(text: str) -> str:
    return str(Period.parse(text))


Day = Annotated[StrictStr, AfterValidator(_day)]
Instant = Annotated[StrictStr, AfterValidator(_instant)]
Length = Annotated[StrictStr, AfterValidator(_length)]


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Ways(_Item):
    emails: list[StrictStr] = []
    phones: list[StrictStr] = []


class _Card(_Item):
    account: StrictStr
    collection: StrictStr
    uid: StrictStr


class _Fact(_Item):
    kind: StrictStr
    text: StrictStr
    recorded_at: Instant
    forgotten_at: Instant | None = None


class _Attempt(_Item):
    day: Day
    text: StrictStr
    recorded_at: Instant
    event_uid: StrictStr | None
    forgotten_at: Instant | None = None


class _Tick(_Item):
    text: StrictStr
    ticked_at: Instant


class _Skip(_Item):
    day: Day
    reason: StrictStr
    recorded_at: Instant
    event_uid: StrictStr | None


class _Tag(_Item):
    tag: StrictStr


class _Choice(_Item):
    choice: Literal["never", "later"]
    chosen_on: Day


class _Advice(_Item):
    kind: AdviceKind
    answer: Literal["yes", "no"]
    said_on: Day


class _Question(_Item):
    key: StrictStr
    day: Day
    title: StrictStr
    asked: StrictBool
    answer: Literal["yes", "no"] | None


class _Meeting(_Item):
    key: StrictStr
    account: StrictStr
    calendar: StrictStr
    day: Day
    text: StrictStr
    people: dict[StrictStr, StrictStr]
    withdrawn: StrictBool


class _Person(_Item):
    id: StrictStr
    name: StrictStr
    body: _Ways
    by_hand: StrictBool
    created_at: Instant
    circle: StrictStr | None
    every: Length | None
    anchor: Day | None
    next_on: Day | None
    next_set_on: Day | None
    paused: StrictBool
    paused_until: Day | None
    cards: list[_Card]
    facts: list[_Fact]
    attempts: list[_Attempt]
    skips: list[_Skip]
    tags: list[_Tag] = []
    choices: list[_Choice] = []
    advice: list[_Advice] = []
    meeting_questions: list[_Question] = []
    ticks: list[_Tick] = []


class _Conversation(_Item):
    day: Day
    via: StrictStr
    text: StrictStr
    recorded_at: Instant
    event_uid: StrictStr | None
    occurrence: StrictStr
    withdrawn_at: Instant | None
    forgotten_at: Instant | None = None
    people: list[StrictStr]


class _Line(_Item):
    line: StrictStr
    stands: StrictBool
    missing_since: Instant | None


class _ReachOut(_Item):
    opened_at: Instant
    outcome: StrictStr | None
    closed_at: Instant | None
    started_at: Instant | None
    retries: StrictInt
    fixed: StrictBool
    again_from: Day | None
    due: Day | None
    at_worst: Day | None
    withdrawn: StrictBool
    kind: Kind = Kind.REACH_OUT
    people: list[StrictStr]
    events: list[StrictStr]
    lines: dict[StrictStr, _Line] = {}


def _event_fields(value: dict[str, Any]) -> dict[str, Any]:
    return _readable(value, fields_from, "must be what an event says, as it was exported")


def _event_change(value: dict[str, Any]) -> dict[str, Any]:
    return _readable(value, change_from, "must be a change to an event, as it was exported")


def _card_body(value: dict[str, Any]) -> dict[str, Any]:
    nobody = CardRef(AccountId(""), "", CardUid(""))
    return _readable(value, lambda body: card_from(nobody, body).digest, "must be a card, as it was exported")


def _readable(value: dict[str, Any], read: Callable[[dict[str, Any]], object], otherwise: str) -> dict[str, Any]:
    try:
        read(value)
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError):
        raise ValueError(otherwise) from None
    return value


class _Event(_Item):
    uid: StrictStr
    account: StrictStr
    calendar: StrictStr
    state: EventState
    href: StrictStr | None
    etag: StrictStr | None
    install: StrictStr
    epoch: StrictInt
    kind: Kind
    subject: StrictStr
    n: StrictInt
    card: StrictStr | None
    plain_title: StrictStr
    fields: Annotated[dict[str, Any], AfterValidator(_event_fields)]
    brief: list[StrictStr]
    typed: StrictStr
    last_modified: Instant | None
    pending: Annotated[dict[str, Any], AfterValidator(_event_change)] | None
    hands_off: list[StrictStr]
    touched: StrictBool
    repeats_until: Day | None
    missing_since: Instant | None
    closed_at: Instant | None


class _TypedText(_Item):
    event_uid: StrictStr
    occurrence: StrictStr
    read_at: Instant
    text: StrictStr


class _CardChange(_Item):
    account: StrictStr
    collection: StrictStr
    uid: StrictStr
    at: Instant
    field: StrictStr
    before: StrictStr
    after: StrictStr


class _ImportedCard(_Item):
    account: StrictStr
    collection: StrictStr
    uid: StrictStr
    body: Annotated[dict[str, Any], AfterValidator(_card_body)]


class _ImportedThing(_Item):
    account: StrictStr
    collection: StrictStr
    uid: StrictStr
    key: StrictStr
    value: StrictStr


class _Join(_Item):
    person_id: StrictStr
    joined_to: StrictStr
    at: Instant
    reasons: list[StrictStr]


class _Ruling(_Item):
    one: StrictStr
    other: StrictStr
    ruling: Ruling
    by: StrictStr
    at: Instant


def _profile_body(value: dict[str, Any]) -> dict[str, Any]:
    return _readable(value, profile_from, "must be a profile, as it was exported")


class _Profile(_Item):
    person_id: StrictStr
    body: Annotated[dict[str, Any], AfterValidator(_profile_body)]


class _NewsRuling(_Item):
    person_id: StrictStr
    told: StrictBool
    at: Instant


class _News(_Item):
    key: StrictStr
    text: StrictStr
    since: Day
    until: Day | None
    audience: list[StrictStr]
    recorded_at: Instant
    ended_on: Day | None
    rulings: list[_NewsRuling]


class _Introduction(_Item):
    subject: StrictStr
    one: StrictStr
    other: StrictStr
    why: StrictStr
    recorded_at: Instant
    introduced_on: Day | None
    met_on: Day | None
    dropped_on: Day | None


class _Acquaintance(_Item):
    one: StrictStr
    other: StrictStr
    at: Instant


class _Scout(_Item):
    subject: StrictStr
    text: StrictStr
    via: StrictStr | None
    note: StrictStr
    recorded_at: Instant
    met_on: Day | None
    person_id: StrictStr | None
    dropped_on: Day | None


class _Archive(_Item):
    kith: Literal["export"]
    version: Literal[1]
    people: list[_Person]
    conversations: list[_Conversation]
    meetings: list[_Meeting] = []
    reach_outs: list[_ReachOut]
    events: list[_Event]
    typed_texts: list[_TypedText]
    card_changes: list[_CardChange]
    imported_cards: list[_ImportedCard] = []
    imported_things: list[_ImportedThing] = []
    joins: list[_Join] = []
    rulings: list[_Ruling] = []
    profiles: list[_Profile] = []
    news: list[_News] = []
    introductions: list[_Introduction] = []
    acquaintances: list[_Acquaintance] = []
    scouts: list[_Scout] = []
