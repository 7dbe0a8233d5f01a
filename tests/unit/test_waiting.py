"""How long accounts that failed are left alone, and what a pass leaves for the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.report import PassReport, Trouble
from kith.core.summary import summary
from kith.core.waiting import PARKED, Wait, wait_after
from kith.errors import Denied, SignInNeeded, Transient
from kith.online import Table, is_online
from kith.store.runs import Fault
from kith.store.store import Store, open_store
from kith.store.waits import NextPass
from kith.sync.waits import left_alone, look_ahead, still_wrong, trouble

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
EVERY = timedelta(minutes=15)


def minutes(wait: Wait) -> float:
    assert wait.until is not None
    return (wait.until - NOW) / timedelta(minutes=1)


# The rule


@pytest.mark.parametrize(
    ("failures", "chance", "retry_after", "waits"),
    [
        (1, 1.0, None, 1),
        (1, 0.0, None, 0.5),
        (2, 1.0, None, 2),
        (4, 1.0, None, 8),
        (6, 1.0, None, 32),
        (7, 1.0, None, 60),
        (7, 0.0, None, 30),
        (10_000, 1.0, None, 60),
        pytest.param(1, 1.0, 300, 5, id="the server asked for more"),
        pytest.param(7, 1.0, 300, 60, id="the server asked for less"),
        pytest.param(1, 1.0, 7200, 120, id="for more than the longest"),
        pytest.param(1, 1.0, 1e9, 24 * 60, id="for thirty years"),
    ],
)
def test_a_failure_waits(failures: int, chance: float, retry_after: float | None, waits: float) -> None:
    assert minutes(wait_after(failures, NOW, chance, retry_after=retry_after)) == pytest.approx(waits)


@given(st.integers(1, 10**6), st.floats(0, 1), st.none() | st.floats(0, 1e12))
def test_a_wait_comes_to_its_end(failures: int, chance: float, retry_after: float | None) -> None:
    wait = wait_after(failures, NOW, chance, retry_after=retry_after)
    assert 0.5 <= minutes(wait) <= 24 * 60
    assert wait.until is not None
    assert not wait.is_over(NOW)
    assert wait.is_over(wait.until)


def test_who_is_parked_waits_for_the_user() -> None:
    assert not PARKED.is_over(NOW + timedelta(days=10_000))


# What a pass leaves behind


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "kith.sqlite3", NOW, lambda: "install") as store:
        yield store


def after(
    store: Store,
    *troubles: Trouble,
    now: datetime = NOW,
    asked: tuple[str, ...] = ("home", "work"),
    online: bool = True,
) -> NextPass:
    report = PassReport(now, troubles=list(troubles))
    look_ahead(store, report, asked, EVERY, LISBON, online=online, chance=1.0)
    following = store.waits.next_pass()
    assert following is not None
    return following


BUSY = trouble("home", Transient("home is busy"))


def test_after_a_good_pass_the_next_comes_in_its_time(store: Store) -> None:
    assert after(store) == NextPass(NOW + EVERY, NOW, "Last pass Mon 09:00, next Mon 09:15; all is well")
    assert store.waits.all() == {}


def test_what_is_transient_is_tried_again_soon_then_later_and_alone(store: Store) -> None:
    assert after(store, BUSY).at == NOW + timedelta(minutes=1)
    assert left_alone(store, NOW) == {"home"}
    assert left_alone(store, NOW + timedelta(minutes=1)) == frozenset()
    later = NOW + timedelta(minutes=1)
    assert after(store, BUSY, now=later).at == later + timedelta(minutes=2)
    assert store.waits.all()["home"].failures == 2
    assert after(store, now=later).at == later + EVERY
    assert store.waits.all() == {}


def test_an_account_that_was_left_alone_goes_on_waiting(store: Store) -> None:
    after(store, BUSY)
    before = store.waits.all()
    soon = NOW + timedelta(seconds=30)
    assert after(store, BUSY, now=soon, asked=("work",)).at == NOW + timedelta(minutes=1)
    assert store.waits.all() == before


def test_a_server_is_asked_again_when_it_said(store: Store) -> None:
    assert after(store, trouble("home", Transient("busy", retry_after=600))).at == NOW + timedelta(minutes=10)
    assert after(store, trouble("home", Transient("busy", retry_after=3600))).at == NOW + EVERY
    assert left_alone(store, NOW + timedelta(minutes=59)) == {"home"}


def test_without_a_network_nothing_counts_but_an_answer(store: Store) -> None:
    assert after(store, BUSY, online=False).at == NOW + EVERY
    assert left_alone(store, NOW) == frozenset()
    after(store, trouble("home", Transient("busy", retry_after=600)), online=False)
    assert left_alone(store, NOW) == {"home"}


def test_who_needs_a_sign_in_is_parked_until_the_user_did_something(store: Store) -> None:
    refused = trouble("home", SignInNeeded("refused", hint="run `kith login home`"))
    assert after(store, refused, BUSY).at == NOW + EVERY
    assert left_alone(store, NOW + timedelta(days=1000)) == {"home"}
    store.waits.end(["home"])
    store.waits.hasten(NOW)
    assert left_alone(store, NOW) == frozenset()
    following = store.waits.next_pass()
    assert following is not None
    assert following.at == NOW


def test_what_a_server_refuses_is_asked_at_each_pass(store: Store) -> None:
    after(store, trouble("home", Denied("gone")))
    assert store.waits.all() == {}


def test_what_is_wrong_stays_known_while_nobody_is_asked(store: Store) -> None:
    faults = [Fault(name, "SignInNeeded", "refused", "log in", NOW) for name in ("home", "work")]
    store.runs.replace_faults(faults)
    assert list(still_wrong(store, {"home"})) == [Trouble("home", "SignInNeeded", "refused", "log in")]


# The line for everybody


def test_the_summary_names_accounts_and_nothing_else() -> None:
    troubles = [
        Trouble("home", "SignInNeeded", "ana@example.org was refused"),
        Trouble("home", "SignInNeeded", "twice"),
        Trouble("", "ConfigError", "people.Ana"),
        Trouble("work", "Transient", "no answer"),
        Trouble("disk", "SomethingNew", "Ana's card"),
    ]
    assert summary(NOW, NOW + EVERY, troubles, LISBON) == (
        "Last pass Mon 09:00, next Mon 09:15; home needs a sign-in, the config is broken, work cannot be reached"
        " and 1 more: see `kith status`"
    )


# The way to the network

V4 = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
LAN = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
OUT = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
DOWN = "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
ZERO = "0" * 32
V6_OUT = f"{ZERO} 00 {ZERO} 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003 eth0\n"
V6_NOWHERE = f"{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200 lo\n"


@pytest.mark.parametrize(
    ("v4", "v6", "online"),
    [
        (V4 + LAN + OUT, "", True),
        (V4 + LAN, V6_OUT + V6_NOWHERE, True),
        (V4 + LAN, V6_NOWHERE, False),
        (V4 + DOWN, V6_NOWHERE, False),
        (V4 + OUT, None, True),
        (V4 + LAN, None, False),
        pytest.param(None, None, True, id="nothing to read"),
    ],
)
def test_there_is_a_way_to_the_network_or_not(tmp_path: Path, v4: str | None, v6: str | None, online: bool) -> None:
    for name, text in (("v4", v4), ("v6", v6)):
        if text is not None:
            (tmp_path / name).write_text(text)
    tables = (Table(tmp_path / "v4", 0, 1, 7, 3), Table(tmp_path / "v6", 9, 0, 1, 8))
    assert is_online(tables) is online
