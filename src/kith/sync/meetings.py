"""What becomes of meetings: conversations, questions, and the days on which the next ones are.

Everything is judged anew from what the store holds, at each pass and after each answer: so whatever changed (the
meeting, the rules, who is in the network), what was concluded from it changes with it. A conversation is kith's to
change as long as it is what kith made of it; once the user edits it, or takes it away, it is theirs.

A meeting that is not there any more takes its conversation back. But absence is not deletion: where many go at once,
their conversations stay, and are the user's from then on.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil

from kith.core.conversing import VIA, Directory, Judged, Terms, Why, directory, judge, next_ahead, plain_title
from kith.core.meetings import LOOK_BACK, Span
from kith.core.model import EventUid, PersonId
from kith.core.report import Note, PassReport, Understood
from kith.core.rules import Rules
from kith.store.meetings import Place, Question, Ruling, Written, event_of
from kith.store.store import Store
from kith.sync.asked import ticked
from kith.sync.by_hand import answer_open
from kith.sync.network import Network, load_network
from kith.sync.watching import Watching, read_calendars

_FEW, _SHARE = 3, 0.2
_BEST = (Why.AHEAD, Why.COUNTS, Why.ASKED)


@dataclass(frozen=True, slots=True)
class Seen:
    """A meeting as it was judged, and the calendars that hold it."""

    judged: Judged
    places: tuple[Place, ...]


def heed_meetings(store: Store, watching: Watching, rules: Rules, now: datetime, report: PassReport) -> None:
    """Read the watched calendars, and settle what follows. A calendar that fails is in the report."""
    read_calendars(store, watching, rules.days.zone, now, report)
    settle(store, watching, rules, now, report)


def settle(store: Store, watching: Watching, rules: Rules, now: datetime, report: PassReport) -> None:
    """Let conversations, questions and the days of the next meetings be as the calendars have them now."""
    with store.transaction():
        for question in ticked(store, now.date()):
            store.meetings.answer(question, "yes")
    seen = look_through(store, watching, rules, load_network(store, rules), now)
    with store.transaction():
        _Conversations(store, watching, rules, now, report).settle(seen)
        _settle_questions(store, seen, rules)
        ahead = next_ahead((one.judged for one in seen), rules.days.zone)
        if ahead != store.meetings.ahead():
            store.meetings.set_ahead(ahead)


def look_through(store: Store, watching: Watching, rules: Rules, network: Network, now: datetime) -> list[Seen]:
    """Every meeting that may count, each once, by its end. It only reads."""
    zone, span = rules.days.zone, Span.around(now)
    terms = Terms(watching.size, watching.mine, zone)
    known = directory(member.person for member in network.members())
    written = store.meetings.written(span.start.astimezone(zone).date())
    said = _said(store.meetings.questions())
    there = [
        (place, meeting)
        for place, meeting in store.meetings.ending_after(span.start)
        if place in watching.places and span.has(meeting, zone)
    ]
    kiths = store.events.known_uids({meeting.uid for _, meeting in there})
    copies: dict[str, list[tuple[int, Judged]]] = defaultdict(list)
    for place, meeting in there:
        judged = judge(
            meeting,
            terms,
            _with_recorded(known, written.get(meeting.key), network.joined),
            now,
            kiths=meeting.uid in kiths,
            confirmed=said[meeting.uid, "yes"],
            denied=said[meeting.uid, "no"],
        )
        copies[meeting.key].append((watching.places.index(place), judged))
    return [_as_one(found, watching.places) for found in copies.values()]


def _said(questions: Iterable[Question]) -> Mapping[tuple[EventUid, Ruling], set[PersonId]]:
    said: dict[tuple[EventUid, Ruling], set[PersonId]] = defaultdict(set)
    for question in questions:
        if question.answer is not None:
            said[question.uid, question.answer].add(question.person)
    return said


def _with_recorded(known: Directory, written: Written | None, joined: Mapping[PersonId, PersonId]) -> Directory:
    """Who took part once still did, though they left the network, or have another address now."""
    if written is None:
        return known
    recorded = {told: joined.get(person, person) for told, person in written.people.items()}
    return Directory(ChainMap(dict(known.emails), recorded), known.names)


def _as_one(copies: Sequence[tuple[int, Judged]], places: Sequence[Place]) -> Seen:
    """One meeting in several calendars: it counts if it does in one of them, by the order in the config."""
    ranked = sorted(copies, key=lambda copy: (copy[1].why not in _BEST[:2], copy[1].why is not Why.ASKED, copy[0]))
    return Seen(ranked[0][1], tuple(places[number] for number, _ in ranked))


# --- conversations ----------------------------------------------------------------------------------------


class _Conversations:
    """Makes the conversations that came from meetings what the meetings are. Inside one transaction."""

    def __init__(self, store: Store, watching: Watching, rules: Rules, now: datetime, report: PassReport) -> None:
        self._store = store
        self._watching = watching
        self._zone = rules.days.zone
        self._now = now
        self._report = report
        self._first = (now - LOOK_BACK).astimezone(self._zone).date()

    def settle(self, seen: Sequence[Seen]) -> None:
        """Record what is new, correct what changed, and take back what did not take place after all."""
        written = self._store.meetings.written(self._first)
        counting = {one.judged.meeting.key: one for one in seen if one.judged.why is Why.COUNTS}
        for key, one in counting.items():
            wanted = self._wanted(one)
            before = written.get(key)
            if before is None:
                self._record(wanted)
            elif replace(before, place=wanted.place) != wanted:
                self._correct(before, wanted)
            elif before.place not in one.places:  # it has another name in the config, or stands in another one now
                self._store.meetings.note(wanted)
        # On its first day only a part of what was is looked at.
        lost = [one for one in written.values() if one.key not in counting and one.day > self._first]
        lost = [one for one in lost if not one.withdrawn and one.place in self._watching.places]
        there = {one.judged.meeting.key for one in seen}
        self._take_back([one for one in lost if one.key in there])
        self._take_back(self._believed([one for one in lost if one.key not in there], written))

    def _wanted(self, one: Seen) -> Written:
        meeting = one.judged.meeting
        day = meeting.when.day_in(self._zone)
        return Written(meeting.key, one.places[0], day, plain_title(meeting.title, day), dict(one.judged.people))

    def _record(self, wanted: Written) -> None:
        meetings, people = self._store.meetings, self._store.people
        if meetings.has_conversation(wanted.key):
            return  # from an archive, or let go: the user's
        whom = sorted(meetings.whole(wanted.people.values()))
        event = event_of(wanted.key)
        people.record_conversation(whom, wanted.day, wanted.text, self._now, via=VIA, event=event)
        meetings.note(wanted)
        answer_open(self._store, whom, wanted.day, self._now.astimezone(self._zone))
        self._say("met", wanted)

    def _correct(self, before: Written, wanted: Written) -> None:
        meetings = self._store.meetings
        if not meetings.is_as_written(before):
            return
        if before.withdrawn:
            people = sorted(meetings.whole(wanted.people.values()))
            event = event_of(wanted.key)
            self._store.people.record_conversation(people, wanted.day, wanted.text, self._now, via=VIA, event=event)
            self._say("met", wanted)
        meetings.rewrite(wanted.key, wanted.day, wanted.text, meetings.whole(wanted.people.values()))
        meetings.note(wanted)

    def _take_back(self, lost: Iterable[Written]) -> None:
        for one in lost:
            if self._store.meetings.is_as_written(one):
                self._store.people.withdraw_conversation(event_of(one.key), "", self._now)
                self._store.meetings.note(replace(one, withdrawn=True))
                self._say("unmet", one)

    def _believed(self, gone: Sequence[Written], written: Mapping[str, Written]) -> list[Written]:
        """Those of the meetings that are not there any more of which that can be believed."""
        believed: list[Written] = []
        for place in self._watching.places:
            here = [one for one in gone if one.place == place]
            most = max(_FEW, ceil(_SHARE * sum(one.place == place for one in written.values())))
            if len(here) <= most:
                believed += here
                continue
            for one in here:
                self._store.meetings.let_go(one.key)
            told = f"{len(here)} meetings are gone from it at once; their conversations stay"
            self._report.notes.append(Note(f"{place.account}/{place.calendar}", told))
        return believed

    def _say(self, what: str, written: Written) -> None:
        for person in sorted(self._store.meetings.whole(written.people.values())):
            name = self._store.people.name(person)
            self._report.understood.append(Understood(what, name, written.day, written.text))


# --- questions --------------------------------------------------------------------------------------------


def _settle_questions(store: Store, seen: Iterable[Seen], rules: Rules) -> None:
    """Ask about every title once, by the last date that has it: of a series all dates have one answer."""
    questions = {(question.uid, question.person): question for question in store.meetings.questions()}
    standing: dict[tuple[EventUid, PersonId], dict[date, str]] = defaultdict(dict)
    for one in seen:
        meeting = one.judged.meeting
        for person in one.judged.named:
            standing[meeting.uid, person][meeting.when.day_in(rules.days.zone)] = meeting.title
    for (uid, person), titles in standing.items():
        question = questions.get((uid, person))
        if question is None or not question.asked or titles.get(question.day) != question.title:
            day = max(titles)
            store.meetings.ask(uid, person, day, titles[day])
    store.meetings.stop_asking(
        question for about, question in questions.items() if question.asked and about not in standing
    )


def answer(
    store: Store, question: Question, ruling: Ruling, watching: Watching, rules: Rules, now: datetime
) -> PassReport:
    """Keep what the user says of a title, and let it count at once; what followed is in the report."""
    report = PassReport(started=now)
    with store.transaction():
        store.meetings.answer(question, ruling)
        settle(store, watching, rules, now, report)
    return report
