"""What one says on the command line: kept at once, and followed by the next pass."""

from __future__ import annotations

from datetime import timedelta

import pytest

from system.home import LISBON, Home, card


def test_log_with_one_person(synced: Home) -> None:
    said = synced.kith("log", "jose", "He is learning the oboe")
    assert said.lines == [
        "Talked with José Muñoz today: “He is learning the oboe”.",
        "José Muñoz is due again Mon 16 Nov.",
    ]
    event = synced.event_of("José Muñoz")
    report = synced.sync()
    assert [write["what"] for write in report["wrote"]] == ["removed", "created"]
    assert not event.exists, "what was planned is not needed any more"
    assert "2 Nov 2026: He is learning the oboe" in synced.event_of("José Muñoz").description


def test_log_with_several_people_on_a_day(synced: Home) -> None:
    said = synced.kith("log", "ana souza", "rui", "jose", "Dinner: they want to meet Carla", "--on", "yesterday")
    assert said.lines[0] == (
        "Talked with Ana Souza, Rui Carvalho and José Muñoz yesterday: “Dinner: they want to meet Carla”."
    )
    for name in ("Ana Souza", "Rui Carvalho", "José Muñoz"):
        spoken = synced.kith("show", name, "--json").json["conversations"]
        assert spoken == [{"day": "2026-11-01", "via": "", "text": "Dinner: they want to meet Carla"}]


@pytest.mark.parametrize(
    ("words", "people", "text"),
    [
        (("rui",), ["Rui Carvalho"], ""),
        (("rui", "carla"), ["Rui Carvalho", "Carla Mendes"], ""),
        (("rui", "carla mendes"), ["Rui Carvalho", "Carla Mendes"], ""),
        (("rui", "CARLA@example.org"), ["Rui Carvalho", "Carla Mendes"], ""),
        (("rui", "Carla called him"), ["Rui Carvalho"], "Carla called him"),
        (("rui", "example"), ["Rui Carvalho"], "example"),  # stands in everybody's address, and names nobody
        (("rui", "arl"), ["Rui Carvalho"], "arl"),  # so does this, in a name
        (("rui", "carla", "-m", "ana"), ["Rui Carvalho", "Carla Mendes"], "ana"),
        (("rui", "rui carvalho", "Twice"), ["Rui Carvalho"], "Twice"),
    ],
)
def test_the_last_word_is_the_text_unless_it_names_a_person(
    synced: Home, words: tuple[str, ...], people: list[str], text: str
) -> None:
    said = synced.kith("log", *words)
    names = " and ".join(people)
    assert said.lines[0] == f"Talked with {names} today" + (f": “{text}”." if text else ".")


def test_a_last_word_that_may_be_either_is_asked_about(synced: Home) -> None:
    said = synced.kith("log", "rui", "Car", exits=2)
    assert said.err.splitlines() == [
        "kith: “Car” may be what you talked about, or the beginning of a name",
        "  · Carla Mendes",
        "  · Rui Carvalho",
        "  → say `-m Car` for the text, or type the whole word of the name",
    ]
    assert synced.kith("show", "rui", "--json").json["conversations"] == []
    assert "may be 2 people" in synced.kith("log", "rui", "ana", exits=2).err
    said = synced.kith("log", "rui", "crala", exits=2)
    assert said.err.splitlines() == [
        "kith: “crala” may be what you talked about, or a name with a slip in it",
        "  · Carla Mendes",
        "  → say `-m crala` for the text, or type the name as it is written",
    ]


def test_how_and_when_one_talked(synced: Home) -> None:
    synced.kith("log", "rui", "-m", "By letter", "--on", "2026-10-01", "--via", "letter")
    assert "on Fri 30 Oct" in synced.kith("log", "rui", "--on", "friday", "--via", "call").out
    assert "on Sat 31 Oct" in synced.kith("log", "rui", "--on", "2d").out
    spoken = synced.kith("show", "rui", "--json").json["conversations"]
    assert [(said["day"], said["via"]) for said in spoken] == [
        *(("2026-10-31", ""), ("2026-10-30", "call"), ("2026-10-01", "letter")),
    ]
    assert "Invalid value for '--via'" in synced.kith("log", "rui", "--via", "fax", exits=2).err


@pytest.mark.parametrize("day", ["tomorrow", "2026-11-03"])
def test_what_is_still_to_come_cannot_be_logged(synced: Home, day: str) -> None:
    said = synced.kith("log", "rui", "--on", day, exits=2).err
    assert said == f"kith: --on: {day} is still to come\n  → log it when you have talked\n"
    assert "talked" not in synced.kith("report", "--since", "2030-01-01", exits=2).err
    assert "“soon” is not a day: write 2026-11-20, 3d, 2w, yesterday or friday" in (
        synced.kith("log", "rui", "--on", "soon", exits=2).err
    )


def test_an_old_conversation_does_not_answer_the_open_reach_out(synced: Home) -> None:
    event = synced.event_of("Rui Carvalho")
    synced.kith("log", "rui", "Long ago", "--on", "2026-09-01")
    synced.sync()
    assert event.exists
    assert "1 Sep 2026: Long ago" in event.description


def test_snooze(synced: Home) -> None:
    event = synced.event_of("Carla Mendes")
    assert synced.kith("snooze", "carla", "2026-11-26").out == (
        "Carla Mendes comes up on Thu 26 Nov, or the first free day after.\n"
    )
    assert [(write["what"], write["person"]) for write in synced.sync()["wrote"]] == [("moved", "Carla Mendes")]
    assert event.start.astimezone(LISBON).date().isoformat() == "2026-11-26"
    assert "comes up on Mon 9 Nov" in synced.kith("snooze", "carla").out, "a week unless another time is said"
    for day, words in (("today", "today"), ("yesterday", "yesterday"), ("2026-10-01", "Thu 1 Oct")):
        assert synced.kith("snooze", "carla", day, exits=2).err == f"kith: UNTIL: {words} is not later than today\n"


def test_skip(synced: Home) -> None:
    event = synced.event_of("Carla Mendes")
    day = event.start.astimezone(LISBON).date()
    said = synced.kith("skip", "carla").out
    counted = "today" if day == synced.now.date() else f"{day:%a} {day.day} {day:%b}"
    counted = "tomorrow" if day == synced.now.date() + timedelta(days=1) else counted
    assert said.startswith(f"Skipped Carla Mendes, counted from {counted}; next due ")
    wrote = [write["what"] for write in synced.sync()["wrote"] if write["person"] == "Carla Mendes"]
    assert wrote[0] == "removed"
    assert not event.exists
    shown = synced.kith("show", "carla", "--json").json
    assert shown["skips"] == [{"day": day.isoformat(), "reason": "by hand"}]
    assert (shown["conversations"], shown["due"]) == ([], (day + timedelta(days=14)).isoformat())


def test_pause_and_its_end(synced: Home) -> None:
    event = synced.event_of("Carla Mendes")
    assert synced.kith("pause", "carla").out == ('Carla Mendes is paused until `kith pause "Carla Mendes" --end`.\n')
    assert [(write["what"], write["person"]) for write in synced.sync()["wrote"]] == [("removed", "Carla Mendes")]
    assert not event.exists
    assert "Next      paused" in synced.kith("show", "carla").out
    assert synced.kith("pause", "carla", "--end").out == "Carla Mendes comes up again.\n"
    assert [(write["what"], write["person"]) for write in synced.sync()["wrote"]] == [("created", "Carla Mendes")]


def test_a_pause_until_a_day(synced: Home) -> None:
    assert (
        synced.kith("pause", "carla", "--until", "2027-01-10").out == "Carla Mendes is paused until Sun 10 Jan 2027.\n"
    )
    synced.sync()
    assert "paused until Sun 10 Jan 2027" in synced.kith("show", "carla").out
    synced.now = synced.now.replace(year=2027, month=1, day=10)
    assert "Carla Mendes" in [write["person"] for write in synced.sync()["wrote"]]
    assert "is not later than today" in synced.kith("pause", "carla", "--until", "today", exits=2).err


def test_an_event_that_holds_text_is_not_removed_by_a_pause(synced: Home) -> None:
    event = synced.event_of("Carla Mendes")
    event.type_below("Ask about the boat", at=synced.now)
    synced.kith("pause", "carla")
    synced.sync()
    assert "Ask about the boat" in event.description


def test_add(synced: Home) -> None:
    said = synced.kith(
        *("add", " Zé   Novo ", "--email", "ze@example.org", "--phone", "+351900000001"),
        *("--met", "at the market", "--circle", "friends", "--in", "3d"),
    )
    assert said.out == "Added Zé Novo to friends, first on Thu 5 Nov.\n"
    assert [(write["what"], write["person"]) for write in synced.sync()["wrote"]] == [("created", "Zé Novo")]
    event = synced.event_of("Zé Novo")
    assert event.start.astimezone(LISBON).date().isoformat() == "2026-11-05"
    assert event.description.splitlines()[:6] == [
        *("friends, every 3 weeks; you named 5 Nov 2026", "", "Met: at the market", ""),
        *("Phone: tel:+351900000001", "Mail: mailto:ze@example.org"),
    ]
    shown = synced.kith("show", "ze", "--json").json
    assert (shown["set_by"], shown["circle"], shown["cards"]) == ("hand", "friends", [])


def test_somebody_known_is_not_added_twice(synced: Home) -> None:
    for arguments in (("ana souza",), ("Somebody Else", "--email", "ANA@example.org"), ("Aninha",)):
        said = synced.kith("add", *arguments, exits=2).err
        assert said.splitlines() == [
            "kith: “Ana Souza” is known already",
            '  → see `kith show "Ana Souza"`, or say --anyway if this is somebody else',
        ]
    synced.kith("add", "Ana Souza", "--anyway")
    assert "may be 2 people" in synced.kith("show", "Ana Souza", exits=2).err


def test_adding_without_a_circle_or_a_day_says_that_nothing_will_come_of_it(synced: Home) -> None:
    said = synced.kith("add", "Zé Novo").lines
    assert said[1] == 'They are in no circle and will not come up: `kith set "Zé Novo" --circle …` changes that.'
    assert synced.kith("add", " ", exits=2).err == "kith: a person needs a name\n"
    assert "there is no circle “work”" in synced.kith("add", "Zé Outro", "--circle", "work", exits=2).err
    assert "--in: yesterday is over" in synced.kith("add", "Zé Outro", "--in", "yesterday", exits=2).err


# set: the one command that edits the config


def test_set_edits_the_config_and_the_next_pass_follows(synced: Home) -> None:
    before = synced.config.read_text()
    said = synced.kith("set", "zofia", "--every", "10d")
    assert said.out == (
        f'[people."Zofia Wójcik"] in {synced.config} now holds for Zofia Wójcik. The next pass follows it.\n'
    )
    assert synced.config.read_text() == f'{before}\n[people."Zofia Wójcik"]\nevery = "10d"\n'
    assert "Zofia Wójcik" in [write["person"] for write in synced.sync()["wrote"]]
    synced.kith("set", "Zofia Wójcik", "--circle", "friends", "--at-worst", "3w")
    assert synced.config.read_text() == (
        f'{before}\n[people."Zofia Wójcik"]\nevery = "10d"\nat_worst = "3w"\ncircle = "friends"\n'
    )
    assert "friends, every 10 days (at worst 3 weeks), by the config" in synced.kith("show", "zofia").out


def test_set_keeps_to_the_entry_that_is_there(synced: Home) -> None:
    entry = '\n[people.Aninha]  # my sister\nevery = "3w"  # or so\n'
    synced.write_config(synced.config.read_text() + entry)
    synced.kith("set", "ana souza", "--every", "1m")
    assert synced.config.read_text().endswith('\n[people.Aninha]  # my sister\nevery = "1m"  # or so\n')


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "nothing to set: say --every, --at-worst or --circle"),
        (("--every", "soon"), "--every: “soon” is not a length of time: write 10d, 2w, 3m or 1y"),
        (("--at-worst", "0d"), "--at-worst: a length of time must be at least one day, such as 10d, 2w, 3m or 1y"),
        (("--circle", "work"), "there is no circle “work”"),
        (
            ("--every", "3w", "--at-worst", "1w"),
            'that would not do: people."Rui Carvalho".at_worst 1 week is shorter than every, which is 3 weeks',
        ),
    ],
)
def test_set_refuses_what_would_break_the_config(synced: Home, arguments: tuple[str, ...], complaint: str) -> None:
    before = synced.config.read_bytes()
    said = synced.kith("set", "rui", *arguments, exits=2).err
    assert said.splitlines()[0] == f"kith: {complaint}"
    assert synced.config.read_bytes() == before


def test_set_calls_namesakes_by_their_e_mail(home: Home) -> None:
    home.write_cards(
        card("Ana Souza", uid="one", email="one@example.org"),
        card("Ana Souza", uid="two", email="two@example.org"),
        card("Ana Souza", uid="three"),
    )
    home.sync()
    home.kith("set", "two@example.org", "--circle", "inner")
    assert home.config.read_text().endswith('[people."two@example.org"]\ncircle = "inner"\n')
    third = next(one for one in home.kith("people", "--all", "--json").json if not one["emails"])
    said = home.kith("set", third["id"], "--circle", "inner", exits=2).err
    assert said.startswith("kith: the config could not tell “Ana Souza” from others of that name\n")
