"""Meetings in a calendar of the user's own on a server, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.appointments import Appointment, as_ics
from kith.demo.dav import DemoServer
from system_dav.running import Home
from system_dav.test_dav_cli import config, report

MEETINGS = '[meetings]\ncalendars = ["Personal"]\nme = ["me@example.com"]\n'
_MAKE = (
    b'<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
    b"<D:displayname>Personal</D:displayname></D:prop></D:set></C:mkcalendar>"
)
ANA = (("me@example.com", "ACCEPTED"), ("ana.souza@example.org", "ACCEPTED"))


class Personal:
    """The user's own calendar, in another program's hands."""

    def __init__(self, server: DemoServer) -> None:
        self._server = server
        self._path = f"/{server.user}/personal/"
        self._ask("MKCALENDAR", "", _MAKE)

    def put(self, one: Appointment) -> None:
        self._ask("PUT", f"{one.name}.ics", as_ics(one))

    def remove(self, name: str) -> None:
        self._ask("DELETE", f"{name}.ics")

    def _ask(self, method: str, name: str, body: bytes = b"") -> None:
        with self._server.connection() as connection:
            connection.ask(method, f"{self._path}{name}", body, "text/calendar" if method == "PUT" else "text/xml")


def understood(found: Any) -> list[tuple[str, str]]:
    return [(str(item["what"]), str(item["person"])) for item in found["understood"]]


def test_meetings_on_a_server(home: Home, server: DemoServer) -> None:
    personal, now = Personal(server), datetime.now(UTC)
    home.write(f"{config(home, server)}{MEETINGS}")
    personal.put(Appointment("lunch", now - timedelta(days=1), guests=ANA))
    personal.put(Appointment("dinner", now + timedelta(days=2), title="Dinner with friends"))
    assert understood(report(home)) == [("met", "Ana Souza")]
    assert understood(report(home)) == []
    assert "is there; 2 events known so far" in home.kith("check").out
    personal.put(Appointment("lunch", now + timedelta(days=1), guests=ANA))
    assert understood(report(home)) == [("unmet", "Ana Souza")]
    shown = home.kith("meetings").out
    assert "Ana Souza" in shown
    assert "ahead" in shown
    personal.remove("lunch")
    report(home)
    assert "Ana Souza" not in home.kith("meetings", "--all").out


def test_a_calendar_that_is_not_there_stops_nothing_else(home: Home, server: DemoServer) -> None:
    Personal(server)
    home.write(f"{config(home, server)}{MEETINGS.replace('Personal', 'Personel')}")
    done = home.kith("sync")
    assert done.code == 69
    assert "the calendar “Personel” is not there (there are" in done.err
    assert "Wrote" in done.out
    assert 'did you mean "Personal"?' in home.kith("check").out
