"""What the config file does to the commands: every problem at once, warnings with candidates, the last good one."""

from __future__ import annotations

import pytest

from system.conftest import CARDS
from system.home import CONFIG, Home, card

BROKEN = """\
timezone = "Europe/Lisboa"

[accounts.phone]
type = "folder"
contact = "~/contacts"
calendar = "~/calendar"

[circles.inner]
evry = "2w"

[people."Ana Souza"]
circle = "iner"
every = "soon"
"""


@pytest.mark.parametrize(
    "command", [("check",), ("sync",), ("sync", "--dry-run"), ("due", "--json"), ("show", "ana"), ("events", "adopt")]
)
def test_every_problem_is_told_at_once(home: Home, command: tuple[str, ...]) -> None:
    home.write_config(BROKEN)
    said = home.kith(*command, exits=78)
    assert said.out == ""
    assert said.err.splitlines() == [
        f"kith: {home.config}: 6 problems",
        '  · line 1: timezone "Europe/Lisboa" is not a known time zone; did you mean "Europe/Lisbon"?',
        "  · line 5: accounts.phone.contact unknown key; did you mean `contacts`?",
        '  · line 8: circles.inner.every is missing; write it as in every = "2w"',
        "  · line 9: circles.inner.evry unknown key; did you mean `every`?",
        '  · line 12: people."Ana Souza".circle there is no circle "iner"; did you mean "inner"?',
        '  · line 13: people."Ana Souza".every “soon” is not a length of time: write 10d, 2w, 3m or 1y',
    ]
    assert not home.state.exists()


def test_a_syntax_error_stands_alone(home: Home) -> None:
    home.write_config(CONFIG + '\n[circles.work\nevery = "soon"\n')
    said = home.kith("check", exits=78).err.splitlines()
    assert len(said) == 2
    assert said[1].startswith(f"  · line {len(CONFIG.splitlines()) + 2}: ")


def test_a_missing_file_shows_a_first_one(home: Home) -> None:
    home.config.unlink()
    said = home.kith("sync", exits=78).err
    assert said.startswith(f"kith: {home.config}: 1 problem\n  · there is no such file\n")
    example = said.split("folders of your own:\n\n")[1]
    home.write_config(example)
    assert "problem" not in home.kith("check").out


def test_a_password_in_the_file_is_refused_and_not_repeated(home: Home) -> None:
    home.write_config(CONFIG.replace("calendar = ", 'password = "s3cret-word"\ncalendar = '))
    said = home.kith("check", exits=78).err
    assert "accounts.phone.password" in said
    assert "s3cret-word" not in said


# Which file


def test_another_config_may_be_named(home: Home) -> None:
    other = home.folder / "elsewhere" / "kith.toml"
    other.parent.mkdir()
    other.write_text(CONFIG.replace("~/contacts", "contacts").replace("~/calendar", "calendar"))
    home.contacts.rename(other.parent / "contacts")
    home.config.unlink()
    assert home.kith("--config", str(other), "sync", "--json").json["people"] == 7
    assert len(list((other.parent / "calendar").glob("*.ics"))) == 6
    assert home.kith("people", env={"KITH_CONFIG": str(other)}).lines[-1] == "6 of 7 people"


# Entries for single people


def test_an_entry_that_fits_nobody_or_several_is_a_warning_with_candidates(home: Home) -> None:
    home.write_cards(*CARDS, card("Gil Antunes", uid="another-gil", email="gil@example.org"))
    home.write_config(
        CONFIG
        + '\n[people."Anna Souza"]\nevery = "10d"\n'
        + '\n[people."Gil Antunes"]\nevery = "10d"\n'
        + '\n[people.Nobody]\nevery = "10d"\n'
    )
    report = home.sync()
    # Namesakes come in the order of their ids, which are nobody's choice.
    gils = "Gil Antunes <gil@example.org>, Gil Antunes"
    if gils not in str(report["notes"]):
        gils = "Gil Antunes, Gil Antunes <gil@example.org>"
    assert {note["where"]: note["message"] for note in report["notes"]} == {
        'people."Anna Souza"': "not clear who is meant; perhaps Ana Souza <ana@example.org>",
        'people."Gil Antunes"': f"not clear who is meant; perhaps {gils}",
        'people."Nobody"': "nobody of that name, nickname or e-mail is in the address books",
    }
    said = home.kith("sync").out
    assert 'note people."Anna Souza": not clear who is meant; perhaps Ana Souza' in said
    warned = home.kith("check").out.split("warning  ")[1:]
    assert [warning.splitlines()[0] for warning in warned] == [
        'people."Anna Souza"  not clear who is meant: Ana Souza <ana@example.org>',
        f'people."Gil Antunes"  not clear who is meant: {gils}',
        'people."Nobody"  nobody of that name, nickname or e-mail is known',
    ]
    assert all("→ use the e-mail, or correct the name in the config" in warning for warning in warned)


# A pass of the daemon's


def test_a_scheduled_pass_goes_on_with_the_last_good_config(synced: Home) -> None:
    synced.write_cards(*CARDS, card("Bruno Tavares", "Family"))
    synced.write_config(CONFIG + '\n[people."Ana Souza"]\ncircle = "iner"\n')
    said = synced.kith("sync", "--scheduled", exits=78)
    assert said.out.startswith("pass: 0 answers understood, 1 events written, 7 open, 7 in the network")
    assert said.err.splitlines() == [
        "problem: the config is broken (line 19); the last good one is in force; see `kith check`"
    ]
    said = synced.kith("sync", exits=78)
    assert said.out == ""
    assert "iner" in said.err
    synced.write_config(CONFIG)
    assert "the config is broken" in synced.kith("status").out
    assert "the last good one is in force" in synced.kith("status").out
    synced.kith("sync", "--scheduled")
    assert "broken" not in synced.kith("status").out, "mended"


def test_without_a_good_config_a_scheduled_pass_stops(home: Home) -> None:
    home.write_config(BROKEN)
    said = home.kith("sync", "--scheduled", exits=78)
    assert said.out == ""
    assert said.err == "problem: the config is broken (line 1, 5, 8, 9, 12, 13); see `kith check`\n"


def test_a_config_edit_takes_effect_at_the_next_pass(synced: Home) -> None:
    before = {event.title: event.start for event in synced.events()}
    synced.write_config(CONFIG + '\n[reach_out]\nat = "08:00"\n\n[calendar]\ntitle = "Write to {first}"\n')
    report = synced.sync()
    assert {write["what"] for write in report["wrote"]} == {"moved"}
    after = synced.events()
    assert {event.title.split()[0] for event in after} == {"Write"}
    assert {event.start.hour for event in after} == {8}
    assert len(after) == len(before)
