"""The cursor of a CalDAV calendar, and which server it stands on."""

from __future__ import annotations

import pytest
from caldav import compatibility_hints
from hypothesis import given
from hypothesis import strategies as st

from kith.calendars.caldav_memory import Memory, digest, digest_of_all, place, read, write
from kith.core.model import ETag, Href
from kith.dav.etags import clean_etag, is_strong
from kith.dav.quirks import quirks, recognise

HREFS = st.text(min_size=1).map(Href)
ETAGS = st.text(min_size=1).map(ETag)
WHERE = place("https://dav.example.org/", "ana", "", "Keep in touch")

MEMORIES = st.builds(
    Memory,
    url=st.text(),
    version=st.text(),
    listed=st.integers(0, 2**40),
    own=st.text(),
    others=st.frozensets(st.builds(digest, HREFS, ETAGS)),
    count=st.integers(0),
    generation=st.integers(0),
)


class TestTheCursor:
    @given(MEMORIES)
    def test_it_holds_what_it_was_given(self, memory: Memory) -> None:
        assert read(write(memory, WHERE), WHERE) == memory

    @given(MEMORIES)
    def test_it_is_void_elsewhere(self, memory: Memory) -> None:
        assert read(write(memory, WHERE), place("https://dav.example.org/", "eve", "", "Keep in touch")) == Memory()

    @given(
        st.one_of(st.text(), st.sampled_from(["[]", "null", "1", '{"format":1}', f'{{"format":1,"place":"{WHERE}"}}']))
    )
    def test_nonsense_is_no_cursor(self, text: str) -> None:
        assert read(text, WHERE) == Memory()

    @given(MEMORIES, st.integers(0), st.integers(1))
    def test_a_damaged_one_is_none(self, memory: Memory, at: int, length: int) -> None:
        whole = write(memory, WHERE)
        at %= len(whole)
        read(whole[:at] + whole[at + length :], WHERE)

    def test_five_thousand_foreign_events_fit_in_little(self) -> None:
        others = frozenset(digest(Href(f"/ana/calendar/{number}.ics"), ETag(f'"{number}"')) for number in range(5000))
        assert len(write(Memory(others=others), WHERE)) < 60_000

    def test_it_holds_nothing_of_them(self) -> None:
        memory = Memory(others=frozenset({digest(Href("/ana/Dentist.ics"), ETag('"1"'))}))
        assert "Dentist" not in write(memory, WHERE)


class TestStates:
    @given(HREFS, ETAGS, ETAGS)
    def test_another_state_is_another_digest(self, href: Href, one: ETag, other: ETag) -> None:
        assert (digest(href, one) == digest(href, other)) is (one == other)

    @given(st.dictionaries(HREFS, ETAGS))
    def test_the_order_does_not_count(self, known: dict[Href, ETag]) -> None:
        assert digest_of_all(known) == digest_of_all(dict(reversed(known.items()))) != ""

    @given(st.dictionaries(HREFS, ETAGS), HREFS)
    def test_a_state_that_is_not_known_makes_all_unknown(self, known: dict[Href, ETag], href: Href) -> None:
        assert digest_of_all({**known, href: None}) == ""


class TestRecognising:
    @pytest.mark.parametrize(
        ("server", "url", "header", "name"),
        [
            ("SOGo", "https://dav.example.org/", "", "sogo"),
            ("fastmail", "https://dav.example.org/", "", "cyrus"),
            (None, "https://caldav.fastmail.com/dav/calendars/user/ana/x/", "", "cyrus"),
            (None, "https://p42-caldav.icloud.com:443/1234/calendars/x/", "", "icloud"),
            (None, "https://mail.example.org/SOGo/dav/ana/Calendar/personal/", "nginx", "sogo"),
            (None, "https://cloud.example.org/remote.php/dav/calendars/ana/x/", "", "nextcloud"),
            (None, "https://posteo.de:8443/calendars/ana/default/", "", "posteo"),
            (None, "https://caldav.gmx.net/begenda/dav/ana/calendar/", "", "gmx"),
            (None, "https://caldav.calendar.yahoo.com/dav/ana/", "", "yahoo"),
            (None, "https://dav.mailbox.org/caldav/31/", "", "ox"),
            (None, "https://dav.example.org/", "Cyrus-HTTP/3.10", "cyrus"),
            (None, "https://dav.example.org/", "Apache", ""),
            (None, "https://notgmx.net.example.org/", "", ""),
        ],
    )
    def test_by_what_there_is(self, server: str | None, url: str, header: str, name: str) -> None:
        assert recognise(server, url, header) == name

    @pytest.mark.parametrize("name", ["sogo", "zimbra"])
    def test_who_writes_over(self, name: str) -> None:
        assert quirks(name).overwrites

    def test_who_loses_zones(self) -> None:
        assert quirks("yahoo").utc_only

    @pytest.mark.parametrize(("name", "host"), [("posteo", ""), ("", "apidata.googleusercontent.com")])
    def test_who_makes_no_calendars(self, name: str, host: str) -> None:
        assert not quirks(name, host).makes_calendars

    @pytest.mark.parametrize("name", ["", "radicale", "xandikos", "nextcloud", "icloud", "cyrus", "gmx", "nobody's"])
    def test_the_others_keep_to_the_rules(self, name: str) -> None:
        found = quirks(name)
        assert (found.overwrites, found.utc_only, found.makes_calendars) == (False, False, True)

    @pytest.mark.parametrize("name", ["FeatureSet", "copy", "__doc__", "a.b"])
    def test_only_rows_of_the_table_are_servers(self, name: str) -> None:
        assert quirks(name).name == ""

    def test_every_name_that_is_recognised_is_in_the_table(self) -> None:
        from kith.dav import quirks as room

        names = {*room._ALIASES.values(), *room._HOSTS.values(), *room._PATHS.values(), *room._HEADERS.values()}
        assert all(isinstance(getattr(compatibility_hints, name), dict) for name in names)


class TestETags:
    @pytest.mark.parametrize(
        ("text", "etag", "strong"),
        [
            ('"1"', '"1"', True),
            ('W/"1"', 'W/"1"', False),
            ("%221%22", '"1"', True),
            ('"1-gzip"', '"1"', True),
            ("1", "1", True),
            ("", None, False),
            (None, None, False),
        ],
    )
    def test_as_the_server_wants_to_see_it_again(self, text: str | None, etag: str | None, strong: bool) -> None:
        assert clean_etag(text) == etag
        assert is_strong(clean_etag(text)) is strong
