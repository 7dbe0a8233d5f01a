"""Everything that can go wrong on the way to Google and back, at every thing that a calendar asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes.google.wire import Answer, Kind, refusal
from google_calendar.someone import FIELDS, NOW, Someone, href, marker, subjects
from kith.core.event import Change
from kith.core.model import ETag, Href
from kith.errors import AccountError, Conflict, Denied, Malformed, Rejected, SignInNeeded, Transient

Use = Callable[[Someone], object]

USES: dict[str, tuple[str, Use]] = {
    "looking": ("events.list", lambda one: one.calendar.look({})),
    "looking again": ("events.list", lambda one: one.look(remembering=False)),
    "confirming": ("events.get", lambda one: one.calendar.look({Href("gone1"): ETag("1")})),
    "finding": ("events.get", lambda one: one.calendar.find(marker().uid)),
    "choosing": ("calendarList.list", lambda one: one.other.is_there()),
    "making": ("calendars.insert", lambda one: one.other.prepare()),
    "creating": ("events.insert", lambda one: one.calendar.create(marker("bo"), FIELDS, NOW)),
    "updating": ("events.patch", lambda one: one.calendar.update(one.seen(), Change(title="New"), marker(), NOW)),
    "deleting": ("events.delete", lambda one: one.calendar.delete(one.seen())),
}
EVENTS = "calendar#events"
WITH_A_BODY = [name for name in USES if name != "deleting"]
READS = ("looking", "looking again", "confirming", "finding", "choosing")

ANSWERS: dict[str, tuple[Answer, type[AccountError]]] = {
    "500": (refusal(500, "backendError"), Transient),
    "503 from a proxy": (Answer(503, b"<html>busy</html>", {"Content-Type": "text/html"}), Transient),
    "429": (refusal(429, "rateLimitExceeded", domain="usageLimits"), Transient),
    "too often": (refusal(403, "userRateLimitExceeded", domain="usageLimits"), Transient),
    "used up": (refusal(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits"), Transient),
    "no right": (refusal(403, "insufficientPermissions"), SignInNeeded),
    "not allowed": (refusal(403, "forbidden"), Denied),
    "switched off": (refusal(403, "accessNotConfigured", domain="usageLimits"), Denied),
    "not taken": (refusal(400, "invalid"), Rejected),
    "a page in between": (Answer(302, None, {"Location": "https://login.example/"}), Malformed),
}


@pytest.fixture
def used(someone: Someone) -> Someone:
    """Somebody whose calendar is in use, and who thinks of another."""
    someone.other = someone.open("Another")
    someone.create("ana")
    someone.look()
    return someone


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS)
def test_a_refusal_is_told_as_what_it_is(used: Someone, name: str, answer: Answer, error: type[AccountError]) -> None:
    method, use = USES[name]
    before = used.api.there(used.id)
    used.google.fail("answer", method, times=99, answer=answer)
    of_this_calendar = name == "looking" and error is SignInNeeded  # every right was given: it is not kith's calendar
    with pytest.raises(Denied if of_this_calendar else error) as caught:
        use(used)
    assert caught.value.message
    assert "ana" not in caught.value.message.lower()
    assert used.api.there(used.id) == before


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize(("kind", "error"), [("refused", Transient), ("lost", Transient), ("page", Malformed)])
def test_an_answer_that_is_none(used: Someone, name: str, kind: Kind, error: type[AccountError]) -> None:
    method, use = USES[name]
    used.google.fail(kind, method, times=99)
    with pytest.raises(error):
        use(used)


@pytest.mark.parametrize("name", WITH_A_BODY)
def test_an_answer_that_breaks_off(used: Someone, name: str) -> None:
    method, use = USES[name]
    used.google.fail("truncated", method, times=99)
    with pytest.raises(Transient):
        use(used)


@pytest.mark.parametrize("name", WITH_A_BODY)
def test_half_an_answer(used: Someone, name: str) -> None:
    method, use = USES[name]
    used.google.fail("cut", method, times=99)
    with pytest.raises(Denied if name == "confirming" else Malformed):  # half a refusal names no reason
        use(used)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("kind", ["refused", "lost", "truncated"])
def test_what_only_reads_is_asked_again(used: Someone, name: str, kind: Kind) -> None:
    method, use = USES[name]
    used.google.fail(kind, method)
    use(used)
    assert len(used.emulated.slept) == 1


@pytest.mark.parametrize("name", [name for name in USES if name not in READS])
@pytest.mark.parametrize("kind", ["refused", "lost"])
def test_what_writes_is_not(used: Someone, name: str, kind: Kind) -> None:
    method, use = USES[name]
    used.google.fail(kind, method, times=99)
    used.asked()
    with pytest.raises(Transient):
        use(used)
    assert used.asked()[method] == 1


@pytest.mark.parametrize("answer", ["429", "too often"])
@pytest.mark.parametrize("name", USES)
def test_what_was_refused_for_its_rate_is_asked_again(used: Someone, name: str, answer: str) -> None:
    method, use = USES[name]
    refused = Answer(ANSWERS[answer][0].status, ANSWERS[answer][0].body, {"Retry-After": "7"})
    used.google.fail("answer", method, answer=refused)
    use(used)
    assert used.emulated.slept == [7.0]


@pytest.mark.parametrize("name", USES)
def test_a_token_that_ran_out_is_renewed(used: Someone, name: str) -> None:
    _, use = USES[name]
    used.google.tokens.expire_access()
    use(used)


@pytest.mark.parametrize("name", USES)
def test_a_sign_in_that_was_taken_back_parks_the_account(used: Someone, name: str) -> None:
    _, use = USES[name]
    used.google.tokens.revoke_all()
    with pytest.raises(SignInNeeded) as caught:
        use(used)
    assert "kith login g" in caught.value.hint


class TestAfterAnAnswerThatWasLost:
    @pytest.mark.parametrize("kind", ["lost", "truncated", "cut"])
    def test_what_was_created_is_found_and_not_made_twice(self, used: Someone, kind: Kind) -> None:
        used.google.fail(kind, "events.insert")
        with pytest.raises((Transient, Malformed)):
            used.calendar.create(marker("bo"), FIELDS, NOW)
        look = used.look()
        assert subjects(look) == ["bo"]
        assert look.events[0].fields == FIELDS
        with pytest.raises(Conflict):
            used.calendar.create(marker("bo"), FIELDS, NOW)
        assert len(used.api.there(used.id)) == 2

    @pytest.mark.parametrize("kind", ["lost", "truncated", "cut"])
    def test_what_was_changed_is_seen(self, used: Someone, kind: Kind) -> None:
        used.google.fail(kind, "events.patch")
        with pytest.raises((Transient, Malformed)):
            used.calendar.update(used.seen(), Change(title="New"), marker(), NOW)
        (event,) = used.look().events
        assert event.fields.title == "New"

    def test_what_was_deleted_is_absent(self, used: Someone) -> None:
        event = used.seen()
        used.google.fail("lost", "events.delete")
        with pytest.raises(Transient):
            used.calendar.delete(event)
        used.calendar.delete(event)
        assert used.look().absent == {href()}

    @pytest.mark.parametrize("kind", ["refused", "page"])
    def test_what_was_never_done_can_be_done(self, used: Someone, kind: Kind) -> None:
        event = used.seen()
        used.google.fail(kind, "events.patch")
        with pytest.raises((Transient, Malformed)):
            used.calendar.update(event, Change(title="New"), marker(), NOW)
        used.calendar.update(event, Change(title="New"), marker(), NOW)
        assert used.event()["summary"] == "New"


def test_too_slow_an_answer_is_waited_for_once(used: Someone) -> None:
    used.google.fail("slow", "events.patch", seconds=3.0)
    with pytest.raises(Transient, match="in time"):
        used.calendar.update(used.seen(), Change(title="New"), marker(), NOW)
    (event,) = used.look().events
    assert event.fields.title == "New"


class TestListsThatAreNone:
    @pytest.mark.parametrize(
        "body",
        [{}, {"items": []}, {"kind": EVENTS, "items": 7}, {"kind": EVENTS, "items": {}}, {"kind": "calendar#event"}],
    )
    def test_they_are_refused(self, used: Someone, body: object) -> None:
        used.google.fail("answer", "events.list", times=9, answer=Answer(200, body))
        with pytest.raises(Malformed):
            used.look()
        used.google.faults.clear()
        used.google.fail("answer", "calendarList.list", times=9, answer=Answer(200, {"items": "x"}))
        with pytest.raises(Malformed):
            used.open().is_there()

    def test_one_that_never_ends_is_refused(self, used: Someone) -> None:
        page = Answer(200, {"kind": "calendar#calendarList", "items": [], "nextPageToken": "again"})
        used.google.fail("answer", "calendarList.list", times=-1, answer=page)
        with pytest.raises(Malformed, match="no end"):
            used.open().is_there()

    def test_one_without_a_token_is_taken_and_asked_for_again(self, used: Someone) -> None:
        used.cursor = ""
        used.google.fail("answer", "events.list", answer=Answer(200, {"kind": "calendar#events", "items": []}))
        assert used.look().absent == frozenset()
        used.look()
        assert "syncToken" not in used.google.asked[-1].query
        used.look()
        assert "syncToken" in used.google.asked[-1].query

    def test_items_that_are_nonsense_cost_themselves_only(self, used: Someone) -> None:
        items = [None, 7, {}, {"id": 7}, {"id": "abcde", "status": 7}, dict(used.event())]
        used.google.fail("answer", "events.list", answer=Answer(200, {"kind": EVENTS, "items": items}))
        assert subjects(used.calendar.look({})) == ["ana"]

    def test_a_token_that_is_refused_otherwise_is_too_old_as_well(self, used: Someone) -> None:
        used.google.fail("answer", "events.list", answer=refusal(400, "invalid", "Invalid sync token value."))
        used.change(summary="✓")
        assert subjects(used.look()) == ["ana"]
