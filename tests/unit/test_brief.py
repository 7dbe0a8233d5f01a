"""What kith writes into an event: the title by the user's template, and the brief."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.codecs import ical
from kith.core.brief import (
    LONGEST,
    WRITE_LINE,
    Spoken,
    Subject,
    brief,
    day_text,
    next_anniversary,
    partial_day_text,
    title,
)
from kith.core.changes import Changed, news_of
from kith.core.event import Fields, Kind, Marker, Timed, line_digests, normal_lines
from kith.core.model import Cadence, Href, InstallId, Labelled, PartialDate, Person, PersonId
from kith.core.period import Period
from kith.core.readback import brief_is_intact, text_below, typed_text
from kith.core.rules import DayRules, Rules
from kith.core.timely import Timely
from kith.core.ways import ways_to_reach

RULES = Rules(days=DayRules(ZoneInfo("Europe/Lisbon")))
DAY = date(2026, 10, 7)
ANA = Subject(
    person=Person(
        PersonId("ana"),
        "Ana Souza",
        emails=(Labelled("ana@example.org"), Labelled("souza@work.example"), Labelled("third@example.org")),
        phones=(Labelled("+351 912 345 678", "mobile"), Labelled("+351 21 000 00 00")),
        birthday=PartialDate(10, 20, 1980),
        organisation="Example Ltd",
        job_title="Baker",
    ),
    given="Ana",
    circle="inner",
    cadence=Cadence.of(Period(days=14)),
    conversations=(
        Spoken(date(2026, 9, 20), "call", "New flat in Porto\n\nWants the bread recipe"),
        Spoken(date(2026, 9, 1), "", ""),
        Spoken(date(2026, 8, 10), "meet", "Lunch"),
        Spoken(date(2026, 7, 1), "", "Too long ago to say"),
    ),
    facts=("Met: at the choir", "Kids: Rui and Eva"),
)
FULL = f"""\
inner, every 2 weeks; last talked 20 Sep 2026

20 Sep 2026 (call): New flat in Porto / Wants the bread recipe
1 Sep 2026: talked
10 Aug 2026 (meet): Lunch

Met: at the choir
Kids: Rui and Eva
Baker at Example Ltd
Birthday 20 Oct 1980

Mobile: tel:+351912345678
Phone: tel:+351210000000
WhatsApp: https://wa.me/351912345678
Mail: mailto:ana@example.org
Mail: mailto:souza@work.example

{WRITE_LINE}"""


def somebody(name: str = "Ana Souza", **more: object) -> Subject:
    return Subject(replace(Person(PersonId("p"), name), **more))  # type: ignore[arg-type]


def test_what_others_add_stands_where_it_belongs() -> None:
    subject = replace(
        somebody(),
        cadence=Cadence.of(Period(days=14)),
        understood=("Understood: every 2 weeks",),
        questions=("Was “Lunch” with them?",),
        promises=("- [ ] send the recipe",),
        for_next=("next: ask about the flat",),
        changes=("Moved to Porto",),
        news=(Timely("Started a bakery"), Timely("Next year", first=DAY + timedelta(days=1))),
        asked=(Timely("Did they meet?", first=DAY), Timely("And they?", first=DAY + timedelta(days=1))),
        introductions=(Timely("Might like Bea Lima", last=DAY),),
    )
    assert (
        brief(subject, RULES, DAY)
        == f"""\
every 2 weeks
Understood: every 2 weeks
Was “Lunch” with them?
Did they meet?

- [ ] send the recipe
next: ask about the flat

Moved to Porto

Started a bakery

Might like Bea Lima

{WRITE_LINE}"""
    )


# The title


@pytest.mark.parametrize(
    ("template", "subject", "text"),
    [
        ("Reach out: {name}", ANA, "Reach out: Ana Souza"),
        ("Call {first}", ANA, "Call Ana"),
        ("Call {first}", somebody("Bea Lima"), "Call Bea"),
        ("{name} ({circle})", ANA, "Ana Souza (inner)"),
        ("{name} {circle}", somebody(), "Ana Souza"),
        ("☎ {name}", ANA, "☎ Ana Souza"),
        ("{{{name}}}", ANA, "{Ana Souza}"),
        ("{name}", somebody("{first}"), "{first}"),
        ("{name}", somebody("Ana\n  Souza\t"), "Ana Souza"),
        ("{name}", somebody("Ana\x07 \x85Souza"), "Ana Souza"),
    ],
)
def test_the_title_follows_the_template(template: str, subject: Subject, text: str) -> None:
    assert title(subject, replace(RULES, title=template)) == text


# The brief


def test_a_full_brief_says_what_is_useful_and_ends_with_the_line_to_write_under() -> None:
    assert brief(ANA, RULES, DAY) == FULL


def test_a_short_brief_says_when_one_last_talked() -> None:
    assert brief(ANA, replace(RULES, details="short"), DAY) == f"Last talked 20 Sep 2026\n{WRITE_LINE}"
    assert brief(somebody(), replace(RULES, details="short"), DAY) == WRITE_LINE


def test_without_details_nothing_is_written() -> None:
    assert brief(ANA, replace(RULES, details="none"), DAY) == ""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param(somebody(), WRITE_LINE, id="nothing known"),
        pytest.param(
            replace(somebody(), cadence=Cadence.of(Period(days=10))),
            f"every 10 days\n\n{WRITE_LINE}",
            id="a cadence without a circle",
        ),
        pytest.param(replace(somebody(), circle="inner"), WRITE_LINE, id="a circle without a cadence"),
        pytest.param(
            replace(somebody(), circle="inner", cadence=Cadence.of(Period(months=1)), remark="The config counts."),
            f"inner, every 1 month\nThe config counts.\n\n{WRITE_LINE}",
            id="a remark",
        ),
        pytest.param(somebody(organisation="Example Ltd"), f"Example Ltd\n\n{WRITE_LINE}", id="only an organisation"),
        pytest.param(somebody(job_title="Baker"), f"Baker\n\n{WRITE_LINE}", id="only a job"),
        pytest.param(replace(somebody(), facts=("", "  ", "\n")), WRITE_LINE, id="facts that say nothing"),
        pytest.param(
            replace(somebody(), facts=("Kids:\nRui\n\nEva",)),
            f"Kids: / Rui / Eva\n\n{WRITE_LINE}",
            id="a fact in lines",
        ),
    ],
)
def test_a_brief_has_no_empty_parts(subject: Subject, text: str) -> None:
    assert brief(subject, RULES, DAY) == text


def test_what_stands_elsewhere_is_not_told_twice() -> None:
    told = "Lunch\n! send it\n- [x] rang\nnext: the exam\nevery 3w\nnext in 2w\ngave: honey\nasks: a flat\n#sea"
    subject = replace(somebody(), conversations=(Spoken(DAY, "", told), Spoken(DAY, "", "! send it")))
    lines = brief(subject, RULES, DAY).splitlines()
    assert lines[:2] == ["7 Oct 2026: Lunch / gave: honey / asks: a flat / #sea", "7 Oct 2026: talked"]


# The template


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{why}", "every 10 days", id="one place"),
        pytest.param("Call {first}!\n{facts}", "Call Ana!\nTwo kids", id="own words"),
        pytest.param("Call {first}!\n{news}", "", id="a paragraph that says nothing goes whole"),
        pytest.param("Hello {name}\n\n{news}\n\n{why}", "Hello Ana Souza\n\nevery 10 days", id="no gap is left"),
        pytest.param("Why: {why}. News: {news}.", "Why: every 10 days. News: .", id="two in a line"),
        pytest.param("News: {news}\n{why}", "every 10 days", id="an empty place goes with its line"),
        pytest.param("To do\n{promises}\nThen", "To do\n- [ ] a\n- [ ] b\nThen", id="a heading"),
        pytest.param("Just my own words\n  and more  ", "Just my own words\nand more", id="no place at all"),
        pytest.param("", "", id="nothing"),
        pytest.param("{facts}\n{facts}", "Two kids\nTwo kids", id="twice"),
    ],
)
def test_the_brief_follows_the_template(template: str, text: str) -> None:
    subject = replace(
        somebody(),
        cadence=Cadence.of(Period(days=10)),
        facts=("Two kids",),
        promises=("- [ ] a", "- [ ] b"),
    )
    expected = f"{text}\n\n{WRITE_LINE}" if text else WRITE_LINE
    assert brief(subject, replace(RULES, brief=template), DAY) == expected


def test_what_is_said_of_somebody_is_no_template() -> None:
    subject = replace(somebody("{news}"), facts=("{ways}",), news=(Timely("hidden"),))
    assert brief(subject, replace(RULES, brief="{name}: {facts}"), DAY) == f"{{news}}: {{ways}}\n\n{WRITE_LINE}"


def test_a_named_day_is_why() -> None:
    subject = replace(ANA, named_day=date(2027, 1, 5))
    assert brief(subject, RULES, DAY).splitlines()[0] == "inner, every 2 weeks; you named 5 Jan 2027"


# Ways to reach them


@pytest.mark.parametrize(
    ("person", "region", "lines"),
    [
        pytest.param(
            {"phones": ("912 345 678",)}, "PT", ["tel:+351912345678", "wa.me/351912345678"], id="by its region"
        ),
        pytest.param({"phones": ("912 345 678",)}, "", ["Phone: 912 345 678"], id="without a region"),
        pytest.param({"phones": ("+351 21 000 00 00",)}, "", ["Phone: tel:+351210000000"], id="no mobile"),
        pytest.param({"phones": ("+1 201 555 0123 x 4",)}, "", ["Phone: tel:+12015550123;ext=4"], id="an extension"),
        pytest.param({"phones": ("*100#",)}, "PT", ["Phone: *100#"], id="no number"),
        pytest.param({"phones": ()}, "PT", [], id="nothing"),
        pytest.param({"emails": ("a@example.org",)}, "", ["Mail: mailto:a@example.org"], id="a mail"),
        pytest.param({"emails": ("a@b?cc=x@y.z", "Ana <a@b.c>")}, "", ["Mail: a@b?cc", "Mail: Ana <a"], id="no mail"),
        pytest.param({"urls": ("https://www.linkedin.com/in/ana",)}, "", ["LinkedIn: https://www."], id="a profile"),
        pytest.param({"urls": ("https://ana.example.org/",)}, "", ["Page: https://ana.example.org/"], id="a page"),
        pytest.param(
            {
                "urls": (
                    "http://a.example",
                    "javascript:alert(1)",
                    "https://",
                    "ana.example",
                    "https://a b.c",
                    "https://[",
                )
            },
            "",
            [],
            id="no link to tap",
        ),
        pytest.param({"urls": ("https://example.org/" + "x" * 200,)}, "", [], id="a link is whole or not there"),
    ],
)
def test_ways_are_links(person: dict[str, tuple[str, ...]], region: str, lines: list[str]) -> None:
    values = {name: tuple(map(Labelled, found)) for name, found in person.items()}
    ways = ways_to_reach(replace(Person(PersonId("p"), "Ana"), **values), region)  # type: ignore[arg-type]
    assert len(ways) == len(lines)
    assert all(part in way for part, way in zip(lines, ways, strict=True))


# What changed on the cards


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ([("job_title", "", "Baker")], ["New job: Baker at Example Ltd (was Example Ltd)"]),
        (
            [("job_title", "Cook", "Baker"), ("organisation", "Old Ltd", "Example Ltd")],
            ["New job: Baker at Example Ltd (was Cook at Old Ltd)"],
        ),
        ([("city", "Lisboa", "Faro"), ("city", "Faro", "Porto")], ["Moved to Porto (was in Lisboa)"]),
        ([("city", "", "Porto")], ["Moved to Porto"]),
        ([("city", "Porto", "Faro"), ("city", "Faro", "Porto")], []),
        ([("phones", "+351 21 000 00 00", "x")], ["New number: +351 912 345 678"]),
        ([("phones", "+351912345678, +351210000000", "x")], []),
        ([("emails", "", "ana@example.org")], ["New address: ana@example.org"]),
        ([("name", "Ana Lima", "Ana Souza")], ["Called Ana Souza now (was Ana Lima)"]),
        ([("note", "a", "b")], []),
    ],
)
def test_changes_are_told_in_plain_words(changes: list[tuple[str, str, str]], lines: list[str]) -> None:
    person = replace(ANA.person, city="Porto", emails=ANA.person.emails[:1])
    found = [Changed(date(2026, 9, 25), *change) for change in changes]
    assert list(news_of(person, found, date(2026, 9, 20))) == lines
    assert news_of(person, found, date(2026, 9, 26)) == ()
    assert news_of(person, found, None) == ()


# Birthdays


@pytest.mark.parametrize(
    ("birthday", "day", "shown"),
    [
        pytest.param("1980-10-07", "2026-10-07", "Birthday 7 Oct 1980", id="on the day"),
        pytest.param("--10-20", "2026-10-07", "Birthday 20 Oct", id="without a year"),
        pytest.param("--10-28", "2026-10-07", "Birthday 28 Oct", id="three weeks ahead"),
        pytest.param("--10-29", "2026-10-07", "", id="more than three weeks ahead"),
        pytest.param("--10-06", "2026-10-07", "", id="yesterday"),
        pytest.param("--01-05", "2026-12-20", "Birthday 5 Jan", id="over the new year"),
        pytest.param("1980-02-29", "2027-02-20", "Birthday 29 Feb 1980", id="29 February in an ordinary year"),
        pytest.param("--02-29", "2027-03-01", "Birthday 29 Feb", id="29 February is 1 March in an ordinary year"),
        pytest.param("--02-29", "2027-03-02", "", id="29 February is past on 2 March"),
        pytest.param("--02-29", "2028-02-29", "Birthday 29 Feb", id="29 February in a leap year"),
        pytest.param("--02-29", "2028-03-01", "", id="29 February in a leap year is past on 1 March"),
    ],
)
def test_a_birthday_is_shown_when_it_is_near_the_event(birthday: str, day: str, shown: str) -> None:
    subject = somebody(birthday=PartialDate.parse(birthday))

    lines = brief(subject, RULES, date.fromisoformat(day)).splitlines()

    assert [line for line in lines if line.startswith("Birthday")] == ([shown] if shown else [])


def test_an_anniversary_is_shown_like_a_birthday() -> None:
    subject = somebody(anniversary=PartialDate(10, 10, 2001), birthday=PartialDate(3, 3))

    assert brief(subject, RULES, DAY) == f"Anniversary 10 Oct 2001\n\n{WRITE_LINE}"


PARTIAL_DATES = st.builds(
    lambda day, has_year: PartialDate(day.month, day.day, day.year if has_year else None),
    st.dates(date(1900, 1, 1), date(2050, 1, 1)) | st.just(date(2000, 2, 29)),
    st.booleans(),
)


@given(PARTIAL_DATES, st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_a_yearly_date_comes_within_a_year(when: PartialDate, after: date) -> None:
    day = next_anniversary(when, after)

    assert timedelta(0) <= day - after <= timedelta(days=366)
    assert (day.month, day.day) == (when.month, when.day) or ((when.month, when.day), (day.month, day.day)) == (
        (2, 29),
        (3, 1),
    )


@given(PARTIAL_DATES)
def test_a_partial_date_is_written_and_read_again(when: PartialDate) -> None:
    assert PartialDate.parse(str(when)) == when


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 10, 3), "3 Oct 2026"), (date(2027, 2, 28), "28 Feb 2027"), (date(987, 1, 1), "1 Jan 987")],
)
def test_days_are_written_so_that_nobody_mistakes_them(day: date, text: str) -> None:
    assert day_text(day) == text
    assert partial_day_text(PartialDate(day.month, day.day, day.year)) == text
    assert partial_day_text(PartialDate(day.month, day.day)) == text.rsplit(" ", 1)[0]


# Whatever the subject

TEXTS = st.text(max_size=40) | st.text(alphabet="a \n\t\r\x0b\x0c\x1c\x85\u2028\x00\ufe0f\u200b—", max_size=30)
SUBJECTS = st.builds(
    Subject,
    person=st.builds(
        Person,
        id=st.just(PersonId("p")),
        name=TEXTS,
        emails=st.lists(st.builds(Labelled, TEXTS, TEXTS), max_size=5).map(tuple),
        phones=st.lists(st.builds(Labelled, TEXTS, TEXTS), max_size=5).map(tuple),
        birthday=st.none() | PARTIAL_DATES,
        anniversary=st.none() | PARTIAL_DATES,
        organisation=TEXTS,
        job_title=TEXTS,
    ),
    given=TEXTS,
    circle=st.none() | TEXTS,
    cadence=st.none() | st.just(Cadence.of(Period(days=14))),
    conversations=st.lists(st.builds(Spoken, st.dates(), st.sampled_from(["", "call"]), TEXTS), max_size=5).map(tuple),
    facts=st.lists(TEXTS, max_size=20).map(tuple),
    remark=TEXTS,
    **dict.fromkeys(
        ("understood", "questions", "promises", "for_next", "changes"), st.lists(TEXTS, max_size=3).map(tuple)
    ),
    **dict.fromkeys(("asked", "news", "introductions"), st.lists(st.builds(Timely, TEXTS), max_size=3).map(tuple)),
    named_day=st.none() | st.dates(),
)
DETAILS = st.sampled_from(["full", "short", "none"])
EVENT_DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def test_neither_text_can_know_what_day_it_is() -> None:
    """A day passing changes no event: the only day that goes in is the event's own."""
    assert list(inspect.signature(brief).parameters) == ["subject", "rules", "day"]
    assert list(inspect.signature(title).parameters) == ["subject", "rules"]


@given(SUBJECTS, DETAILS, EVENT_DAYS, EVENT_DAYS)
def test_another_day_changes_no_more_than_the_dates_that_are_near(
    subject: Subject, details: str, one: date, other: date
) -> None:
    rules = replace(RULES, details=details)
    dated = replace(subject, person=replace(subject.person, birthday=None, anniversary=None))

    assert brief(dated, rules, one) == brief(dated, rules, other)
    near = set(normal_lines(brief(subject, rules, one))) - set(normal_lines(brief(dated, rules, other)))
    assert near <= {
        f"{name} {partial_day_text(when)}"
        for name, when in (("Birthday", subject.person.birthday), ("Anniversary", subject.person.anniversary))
        if when
    }


def test_a_brief_is_short_enough_for_every_calendar_whatever_there_is_to_say() -> None:
    """Google takes 8192 characters."""
    long = "word " * 2000
    subject = Subject(
        person=Person(
            PersonId("p"),
            "Ana",
            emails=tuple(Labelled(long) for _ in range(50)),
            phones=tuple(Labelled(long, long) for _ in range(50)),
            birthday=PartialDate(10, 8),
            anniversary=PartialDate(10, 9),
            organisation=long,
            job_title=long,
        ),
        circle=long,
        cadence=Cadence.of(Period(days=14)),
        conversations=tuple(Spoken(DAY, "message", long) for _ in range(50)),
        facts=tuple(f"fact {n} {long}" for n in range(200)),
        remark=long,
    )

    text = brief(subject, RULES, DAY)

    assert len(text) <= LONGEST + len(WRITE_LINE) + 2
    assert "fact 199" in text
    assert text.count("(message)") == 1, "the oldest conversations give way first"
    assert all(line.endswith(" …") for line in text.splitlines() if "word word" in line)


def test_with_everything_to_say_the_brief_still_is_bounded() -> None:
    many = tuple(f"{n} {'word ' * 60}" for n in range(40))
    lists = ("understood", "questions", "promises", "for_next", "changes", "facts")
    urls = tuple(Labelled(f"https://example.org/{n}/{'x' * 130}") for n in range(9))
    subject = replace(
        ANA,
        person=replace(ANA.person, urls=urls),
        conversations=tuple(Spoken(DAY, "", "word " * 300) for _ in range(9)),
        news=tuple(map(Timely, many)),
        asked=tuple(map(Timely, many)),
        introductions=tuple(map(Timely, many)),
        **dict.fromkeys(lists, many),  # type: ignore[arg-type]
    )
    text = brief(subject, RULES, DAY)
    assert len(text) <= LONGEST + len(WRITE_LINE) + 2
    assert text.count("https://example.org/") == 3
    assert "7 Oct 2026: word" in text


@pytest.mark.parametrize("length", [600, 601, 5000])
def test_a_long_text_is_cut_at_a_word(length: int) -> None:
    said = ("ab " * length)[:length].strip()
    subject = replace(somebody(), conversations=(Spoken(DAY, "", said),))

    line = brief(subject, RULES, DAY).splitlines()[0].removeprefix("7 Oct 2026: ")

    assert line == said or (line.endswith("ab …") and len(line) <= 602)


@given(SUBJECTS, DETAILS, EVENT_DAYS)
def test_what_is_written_is_not_taken_for_the_user_s_when_it_comes_back(
    subject: Subject, details: str, day: date
) -> None:
    """Through a calendar file and back: no line of the brief, and nothing in the title, looks like an edit."""
    rules = replace(RULES, details=details)
    text = brief(subject, rules, day)
    lines = line_digests(text.splitlines())
    when = Timed(datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC), timedelta(minutes=15))
    marker = Marker(InstallId("i"), 1, Kind.REACH_OUT, "p", 1)

    raw = ical.encode(marker, Fields(when, title(subject, rules), text), when.start)
    seen = ical.decode(raw, href=Href("h"), etag=None, zone=UTC)

    assert seen.fields.title == title(subject, rules)
    assert brief_is_intact(lines, seen.fields.description)
    assert typed_text(lines, seen.fields.description) == ""
    assert text_below(lines, f"{seen.fields.description}\nLunch").lstrip() == "Lunch"
