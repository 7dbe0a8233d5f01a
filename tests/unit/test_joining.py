"""Joining in the store: what changes is worked out as if from scratch, and whatever is joined can be undone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kith.core.blocking import MOST_OF_A_NAME
from kith.core.evidence import pair
from kith.core.model import AccountId, Card, CardRef, CardUid, EventUid, Href, Labelled, PartialDate, PersonId
from kith.store.joins import OWNED
from kith.store.matching import Ruling
from kith.store.people import PersonRow
from kith.store.store import Store, open_store
from kith.sync import joining
from kith.sync.absorb import meet
from kith.sync.joining import join_people, open_questions, rule_different, rule_same

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
HOME = AccountId("home")


@contextmanager
def new_store() -> Iterator[Store]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "kith.sqlite3", NOW, lambda: "install") as store,
    ):
        store.database.execute("PRAGMA synchronous = OFF")
        yield store


def put(store: Store, *cards: Card) -> None:
    store.cards.put([(Href(card.ref.uid), card) for card in cards], 1)
    meet(store, lambda: "another", NOW)


def remove(store: Store, uid: str) -> None:
    store.cards.remove_items(HOME, "", frozenset({Href(uid)}), NOW.isoformat())
    store.cards.remove_missing(HOME, [""], NOW.isoformat())


def groups(store: Store) -> set[frozenset[str]]:
    """Who is who, by the UIDs of the cards."""
    found: dict[str, set[str]] = {}
    for row in store.database.all("SELECT uid, person_id FROM person_cards"):
        found.setdefault(row["person_id"], set()).add(row["uid"])
    return {frozenset(uids) for uids in found.values()}


def person_of(store: Store, uid: str) -> PersonId:
    row = store.database.one("SELECT person_id FROM person_cards WHERE uid = ?", (uid,))
    assert row is not None
    return PersonId(row["person_id"])


def card(uid: str, name: str, email: str = "", phone: str = "", birthday: PartialDate | None = None) -> Card:
    return Card(
        CardRef(HOME, "", CardUid(uid)),
        name,
        emails=tuple(Labelled(mail) for mail in email.split()),
        phones=(Labelled(phone),) if phone else (),
        birthday=birthday,
    )


# --- as if from scratch ---------------------------------------------------------------------------------------

UIDS = [f"card-{number}" for number in range(7)]
NAMES = ("Ana Souza", "", "Ana", "A. Souza", "Ana Lima", "Rui Souza", "Souza, Ana", "Bo Lind", "Anna Souza Jr.")
CARDS = st.builds(
    card,
    st.sampled_from(UIDS),
    st.sampled_from(NAMES),
    st.sampled_from(("", "ana@example.org", "home@example.org", "ana@example.org home@example.org", "bo@example.org")),
    st.sampled_from(("", "912345678", "220000000")),
    st.sampled_from((None, None, PartialDate(8, 20, 1980), PartialDate(1, 1, 1950))),
)
STEPS = st.lists(
    st.one_of(
        CARDS,
        st.sampled_from(UIDS),
        st.tuples(st.sampled_from(("same", "different")), st.sampled_from(UIDS), st.sampled_from(UIDS)),
    ),
    min_size=1,
    max_size=14,
)


def do(store: Store, step: Any) -> None:
    match step:
        case Card():
            put(store, step)
        case str():
            remove(store, step)
        case (ruling, one, other):
            known = {row["uid"] for row in store.database.all("SELECT uid FROM person_cards")}
            if one not in known or other not in known:
                return
            first, second = person_of(store, one), person_of(store, other)
            if first == second:
                return
            if ruling == "same":
                rule_same(store, first, second, NOW)
            else:
                rule_different(store, store.joins.family(first), store.joins.family(second), NOW)
    join_people(store, "PT", NOW)


def forget_what_was_worked_out(store: Store) -> None:
    """Leave only what cards say and what was ruled."""
    for person, whole in store.joins.counts_as().items():
        if person == whole:
            store.joins.take_apart(person)
    for table in ("likenesses", "match_keys"):
        store.database.execute(f"DELETE FROM {table}")


def everything(store: Store) -> Any:
    return (
        groups(store),
        store.matching.likenesses(),
        {frozenset(question.pair): question.score for question in open_questions(store)}.keys(),
    )


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_changed_card_comes_to_the_same_as_from_scratch(steps: list[Any]) -> None:
    with new_store() as store:
        for step in steps:
            do(store, step)
        likely, together = store.matching.likenesses(), groups(store)
        profiles = store.matching.profiles(list(store.joins.counts_as()))
        forget_what_was_worked_out(store)
        look = joining._Look(store, people=100_000)  # as if so many that few are looked at together
        for person, profile in profiles.items():
            look.take({person: profile})
        joining.regroup(store, look.again() | profiles.keys(), NOW)
        assert store.matching.likenesses() == likely
        assert groups(store) == together


@settings(max_examples=25, deadline=None)
@given(st.lists(CARDS, max_size=9, unique_by=lambda made: made.ref), st.randoms())
def test_the_order_in_which_cards_come_does_not_matter(cards: list[Card], random: Any) -> None:
    with new_store() as store, new_store() as other:
        put(store, *cards)
        join_people(store, "PT", NOW)
        random.shuffle(cards)
        for made in cards:
            put(other, made)
            join_people(other, "PT", NOW)
        assert groups(store) == groups(other)
        assert store.matching.likenesses() == other.matching.likenesses()


def test_a_key_that_too_many_get_makes_no_pairs_any_more() -> None:
    with new_store() as store:
        for number in range(MOST_OF_A_NAME + 5):
            put(store, card(f"c{number:02}", "Maria Silva"))
            join_people(store, "PT", NOW)
            pairs = len(store.matching.likenesses())
            assert pairs == ((number + 1) * number // 2 if number < MOST_OF_A_NAME else 0)
        for number, name in enumerate(("Bo Lind", "Cem Aydın", "Dee Okafor", "Eve Kim", "Gia Rossi", "Hal Young"), 9):
            put(store, card(f"c{number:02}", name))
            join_people(store, "PT", NOW)
        assert len(store.matching.likenesses()) == 9 * 8 // 2


# --- joined, and apart again ----------------------------------------------------------------------------------

SACRED = ("people", "person_cards", "reach_outs", "conversations", *OWNED)


def sacred(store: Store) -> dict[str, list[Any]]:
    """Everything that people have; revisions only ever rise."""
    rows = {}
    for table in SACRED:
        found = [dict(row) for row in store.database.all(f"SELECT * FROM {table}")]
        for row in found:
            row.pop("revision", None)
        rows[table] = sorted(found, key=repr)
    return rows


PEOPLE = [PersonId(f"person-{number}") for number in range(4)]
DAYS = st.integers(0, 20).map(lambda number: date(2026, 11, 2) + timedelta(days=number))


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[str, Any]]:
    acts = st.one_of(
        st.tuples(st.just("talk"), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)),
        st.tuples(st.sampled_from(("fact", "skip", "attempt", "circle", "pause")), st.sampled_from(PEOPLE)),
        st.tuples(st.just("reach out"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("next"), st.tuples(st.sampled_from(PEOPLE), DAYS)),
    )
    return draw(st.lists(acts, max_size=12))


def tell(store: Store, act: str, about: Any) -> None:
    people = store.people
    match act:
        case "talk":
            people.record_conversation(about, NOW.date(), "talked", NOW)
        case "fact":
            people.record_fact(about, "", f"about {about}", NOW)
        case "skip":
            people.record_skip(about, NOW.date(), "by hand", NOW)
        case "attempt":
            people.record_attempt(about, NOW.date(), "", NOW, None)
        case "circle":
            people.set_circle(about, f"of {about}")
        case "pause":
            people.pause(about, until=None)
        case "next":
            people.set_next(about[0], about[1], NOW.date())
        case _ if people.name(about) and store.reach_outs.open_of(about) is None:
            number = store.reach_outs.begin((about,), None, NOW)
            store.reach_outs.close(number, "talked", NOW)


def filled(store: Store, story: list[tuple[str, Any]]) -> None:
    for number, person in enumerate(PEOPLE):
        store.people.add(PersonRow(person, f"Person {number}", bool(number % 2), (f"{number}@example.org",)), NOW)
        store.people.link(CardRef(HOME, "", CardUid(f"uid-{number}")), person)
    for act, about in story:
        tell(store, act, about)


@settings(max_examples=60, deadline=None)
@given(stories(), st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=5))
def test_whatever_was_joined_is_as_before_once_it_is_undone(
    story: list[tuple[str, Any]], joins: list[tuple[PersonId, PersonId]]
) -> None:
    with new_store() as store:
        filled(store, story)
        before = sacred(store)
        for one, other in joins:
            whole = store.joins.counts_as([one, other])
            if whole[one] != whole[other]:
                store.joins.join(whole[one], whole[other], ("because",), NOW)
        roots = set(store.joins.counts_as().values())
        for table in OWNED:
            rows = store.database.all(f"SELECT person_id FROM {table}")
            assert {row["person_id"] for row in rows} <= roots, "somebody who counts as another has something"
        said = store.people.conversations()
        assert all(len(talks) == len({id(talk) for talk in talks}) for talks in said.values())
        for root in roots:
            store.joins.take_apart(root)
        assert sacred(store) == before


def test_every_table_that_names_a_person_is_known_here() -> None:
    """What is new must say what becomes of it when people are joined."""
    apart = {
        *("person_cards", "joins", "belongings", "rulings", "profiles", "people", "tags", "choices", "ticks", "advice"),
        *("acquaintances", "introductions", "news_rulings", "scouts"),
    }
    apart |= {"meeting_questions", "meetings_ahead"}
    with new_store() as store:
        tables = [row["name"] for row in store.database.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        naming = {
            table
            for table in tables
            if any(key["table"] == "people" for key in store.database.all(f"PRAGMA foreign_key_list({table})"))
        }
    assert naming == {*OWNED, *apart}


def test_of_two_open_reach_outs_one_stays() -> None:
    with new_store() as store:
        filled(store, [])
        one, other = PEOPLE[:2]
        first = store.reach_outs.begin((one,), None, NOW)
        second = store.reach_outs.begin((other,), None, NOW)
        store.joins.join(other, one, (), NOW)
        reach_out = store.reach_outs.open_of(one)
        assert reach_out is not None
        assert reach_out.id == first
        assert store.reach_outs.get(second).outcome == "withdrawn"


def test_what_is_set_by_hand_holds_for_both_and_is_given_back() -> None:
    with new_store() as store:
        filled(store, [("circle", PEOPLE[1]), ("pause", PEOPLE[1]), ("next", (PEOPLE[0], date(2026, 11, 9)))])
        store.joins.join(PEOPLE[1], PEOPLE[0], (), NOW)
        (row,) = [row for row in store.people.everybody() if row.id == PEOPLE[0]]
        assert (row.set_by_hand.circle, row.paused, row.next_on) == ("of person-1", True, date(2026, 11, 9))
        assert row.emails == ("0@example.org", "1@example.org")
        store.people.unpause(PEOPLE[0])
        store.people.set_circle(PEOPLE[0], "friends")
        store.joins.take_apart(PEOPLE[0])
        rows = {row.id: row for row in store.people.everybody()}
        assert rows[PEOPLE[0]].set_by_hand.circle == "friends"
        assert (rows[PEOPLE[1]].set_by_hand.circle, rows[PEOPLE[1]].paused) == ("of person-1", True)


def said_of(store: Store, person: PersonId) -> tuple[str | None, bool, date | None]:
    (row,) = [row for row in store.people.everybody() if row.id == person]
    return row.set_by_hand.circle, row.paused, row.next_on


def test_an_older_word_does_not_come_back_when_a_third_card_leaves() -> None:
    """Two cards were joined, and something was said of them since; then who is who is worked out again."""
    with new_store() as store:
        put(store, card("one", "Ana Souza", "ana@example.org"), card("two", "Ana Souza", "other@example.org"))
        join_people(store, "PT", NOW)
        one, two = person_of(store, "one"), person_of(store, "two")
        store.people.set_circle(one, "friends")
        store.people.pause(two, until=None)
        store.people.set_next(two, date(2026, 11, 9), NOW.date())
        put(store, card("two", "Ana Souza", "ana@example.org"), card("three", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        assert {person_of(store, uid) for uid in ("one", "two", "three")} == {one}
        assert said_of(store, one) == ("friends", True, date(2026, 11, 9))

        store.people.unpause(one)
        store.people.set_next(one, None, NOW.date())
        put(store, card("three", "Rui Lima", "rui@example.org"))
        join_people(store, "PT", NOW)
        assert person_of(store, "two") == one
        assert person_of(store, "three") != one
        assert said_of(store, one) == ("friends", False, None)

        rule_different(store, [one], [two], NOW)
        assert said_of(store, one) == ("friends", False, None)


def test_an_answer_goes_with_whom_its_event_was_for() -> None:
    with new_store() as store:
        filled(store, [])
        one, other = PEOPLE[:2]
        number = store.reach_outs.begin((other,), None, NOW)
        store.joins.join(other, one, (), NOW)
        store.database.execute(
            "INSERT INTO events (uid, account, calendar, state, install, epoch, kind, subject, n, plain_title, fields,"
            " brief) VALUES ('event', 'home', '', 'open', '', 1, 'reach-out', '', 1, '', '{}', '')"
        )
        store.database.execute("INSERT INTO event_reach_outs (event_uid, reach_out_id) VALUES ('event', ?)", (number,))
        store.people.record_conversation([one], NOW.date(), "The boat", NOW, event=EventUid("event"))
        store.joins.take_apart(one)
        assert list(store.people.conversations()) == [other]


# --- people outlive their cards -------------------------------------------------------------------------------


def test_somebody_whose_card_comes_back_elsewhere_is_who_they_were() -> None:
    with new_store() as store:
        put(store, card("old", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        ana = person_of(store, "old")
        store.people.record_fact(ana, "", "Likes tea", NOW)
        remove(store, "old")
        put(store, card("new", "Souza, Ana", "ANA@example.org"))
        join_people(store, "PT", NOW)
        assert person_of(store, "new") == ana

        put(store, card("new", "Ana Lima", "lima@example.org"))
        join_people(store, "PT", NOW)
        assert person_of(store, "new") == ana
        bonds = [said for said in store.matching.rulings().values() if said.ruling is Ruling.SAME]
        assert [said.by for said in bonds] == ["kith"]


def test_a_card_without_a_name_is_compared_too() -> None:
    with new_store() as store:
        put(store, card("nameless", "", "ana@example.org"))
        join_people(store, "PT", NOW)
        put(store, card("named", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        (question,) = open_questions(store)
        assert question.reasons == ("the same e-mail ana@example.org",)


def test_somebody_added_by_hand_is_joined_with_their_card() -> None:
    with new_store() as store:
        ana = PersonId("ana")
        store.people.add(PersonRow(ana, "Ana Souza", by_hand=True, emails=("ana@example.org",)), NOW)
        join_people(store, "PT", NOW)
        put(store, card("card", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        assert person_of(store, "card") == ana


def test_a_ruling_survives_everything() -> None:
    with new_store() as store:
        put(store, card("one", "Ana Souza", "ana@example.org"), card("two", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        (family,) = groups(store)
        assert family == {"one", "two"}
        homes = store.joins.family(person_of(store, "one"))
        rule_different(store, [min(homes)], [max(homes)], NOW)
        assert len(groups(store)) == 2
        put(store, card("three", "Ana Souza", "ana@example.org"))
        join_people(store, "PT", NOW)
        assert sorted(map(len, groups(store))) == [1, 2]
        assert pair(*homes) in store.matching.rulings()
        rule_same(store, person_of(store, "one"), person_of(store, "two"), NOW)
        assert groups(store) == {frozenset({"one", "two", "three"})}


def test_another_region_reads_the_numbers_anew() -> None:
    with new_store() as store:
        put(store, card("one", "Ana Souza", phone="912 345 678"), card("two", "Ana Souza", phone="+351912345678"))
        join_people(store, "", NOW)
        assert len(groups(store)) == 2
        assert not store.matching.is_anything_new("")
        assert store.matching.is_anything_new("PT")
        join_people(store, "PT", NOW)
        assert len(groups(store)) == 1


def test_every_two_of_a_family_can_be_told_why() -> None:
    with new_store() as store:
        put(store, *(card(uid, "Ana Souza", "ana@example.org") for uid in ("one", "two", "three")))
        join_people(store, "PT", NOW)
        joins = store.joins.of(store.joins.family(person_of(store, "one")))
        assert [join.reasons for join in joins] == [("the same e-mail ana@example.org", "the same name")] * 2
        assert all(one != other for one, other in combinations([join.person for join in joins], 2))
