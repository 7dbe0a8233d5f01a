"""The first config file: what it looks like, and that it says what was answered."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kith.config.accounts import ServerAccount
from kith.config.first import FirstAnswers, FirstCircle, first_config
from kith.config.load import parse

SERVER: dict[str, object] = {"type": "dav", "url": "https://dav.example.org/", "username": "ana"}


def test_it_is_short_and_says_what_everything_is() -> None:
    answers = FirstAnswers(
        accounts={"home": SERVER, "disk": {"type": "folder", "contacts": "~/contacts"}},
        calendar_account="home",
        circles=(
            FirstCircle("inner", "2w", "4w", ("Family", "Close friends")),
            FirstCircle("friends", "6w", labels=("Friends",)),
        ),
        timezone="Europe/Lisbon",
        labels_seen=("Family (5)", "Friends (12)", "Close friends (3)"),
    )

    assert (
        first_config(answers)
        == """\
# The config file of kith. `kith check` reports what is wrong in it; changes take effect at the next pass.
# Every key there is, with its default, stands in config.example.toml, which comes with kith.

# Where a day begins and ends.
timezone = "Europe/Lisbon"

[accounts.home]
type = "dav"
url = "https://dav.example.org/"
# The password is not in this file; `kith check` says where it is.
username = "ana"

[accounts.disk]
type = "folder"
contacts = "~/contacts"

[calendar]
# Where events are written to.
account = "home"
# The calendar there. If there is none of that name, it is made, where the server allows that.
name = "Keep in touch"

[reach_out]
# No more than this on one day.
per_day = 3
# When the first one of a day starts, and on which days.
at = "17:30"
days = ["mon", "tue", "wed", "thu", "fri"]

# Circles: whoever has one of the labels on their card, in your contacts app, is in the circle. It is time
# for the next conversation after `every`, and it should not take longer than `at_worst`.
# Labels on your cards when this was written: Family (5), Friends (12), Close friends (3)

[circles.inner]
every = "2w"
at_worst = "4w"
labels = ["Family", "Close friends"]

[circles.friends]
every = "6w"
labels = ["Friends"]

# People: what differs for one of them. `kith set` writes here too.
# [people."Ana Souza"]
# every = "10d"
"""
    )


_line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=90).filter(str.strip)


@given(
    account=_line,
    username=_line,
    books=st.lists(_line, min_size=1, max_size=3),
    calendar=_line,
    circle=_line,
    labels=st.lists(_line, max_size=5),
    seen=st.lists(_line, max_size=40),
    per_day=st.integers(1, 26),
)
def test_whatever_is_answered_is_read_back(
    account: str,
    username: str,
    books: list[str],
    calendar: str,
    circle: str,
    labels: list[str],
    seen: list[str],
    per_day: int,
) -> None:
    answers = FirstAnswers(
        accounts={account: {**SERVER, "username": username, "address_books": books}},
        calendar_account=account,
        calendar_name=calendar,
        circles=(FirstCircle(circle, "2w", labels=tuple(labels)),),
        per_day=per_day,
        timezone="Europe/Lisbon",
        labels_seen=seen,
    )

    config = parse(first_config(answers), file="config.toml", base=Path())

    assert config.accounts == {
        account: ServerAccount(
            type="dav", url="https://dav.example.org/", username=username, address_books=tuple(books)
        )
    }
    assert (config.calendar_account, config.calendar.name) == (account, calendar)
    assert config.circles[circle].labels == tuple(labels)
    assert config.reach_out.per_day == per_day


def test_a_calendar_that_cannot_have_a_name_gets_none() -> None:
    for account in ({"type": "folder", "calendar": "/c"}, {**SERVER, "calendar_url": "https://x.org/kith/"}):
        text = first_config(FirstAnswers(accounts={"a": account}, calendar_account="a", timezone="UTC"))

        assert parse(text, file="config.toml", base=Path()).calendar_account == "a"
