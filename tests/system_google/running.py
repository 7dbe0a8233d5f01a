"""``kith`` in a home whose config knows a Google account at the emulator."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fakes.google.server import Google
from fakes.google.token import CLIENT_ID, CLIENT_SECRET
from kith.google.scopes import needed
from system.warm import Warm
from system_dav.running import Home, Run

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SCOPES = needed(contacts=True, calendar="own")
CIRCLE = '[circles.inner]\nevery = "2w"\nlabels = ["Choir"]\n'
_ADDRESS = re.compile(r"^http\S+$", re.MULTILINE)


@dataclass(frozen=True)
class GoogleHome(Home):
    """A home, the emulator that its config points to, and commands that know a pretended time."""

    google: Google
    commands: Warm

    def kith(self, *arguments: str, given: str = "", **environment: str) -> Run:
        """Run a command, forked off a process that has imported everything."""
        assert not given, "nobody can be told anything this way"
        done = self.commands.run(arguments, now=MONDAY, env=self.environment(environment), folder=self.folder)
        return Run(done.code, done.out, done.err)

    def write_config(self, more: str = "", rest: str = CIRCLE) -> None:
        """``more`` stands in the account's table, ``rest`` after it."""
        client = self.folder / "client.json"
        client.write_text(json.dumps({"installed": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}}))
        endpoints = "".join(f'{name} = "{address}"\n' for name, address in self.google.endpoints.items())
        self.write(
            f'timezone = "Europe/Lisbon"\n[accounts.g]\ntype = "google"\nclient_secrets = "{client}"\n{more}'
            f"[accounts.g.endpoints]\n{endpoints}{rest}"
        )

    def token_file(self, scopes: Sequence[str] = SCOPES) -> Path:
        """A sign-in that somebody made elsewhere."""
        path = self.folder / "authorized-user.json"
        path.write_text(self.google.tokens.authorized_user(scopes))
        return path

    def sign_in(self) -> None:
        done = self.kith("login", "g", "--store", "file", "--token-file", str(self.token_file()))
        assert done.code == 0, done.said
        (self.folder / "authorized-user.json").unlink()

    def sign_in_by_browser(self, *arguments: str, also: Sequence[str] = ()) -> Run:
        """Run ``kith login g --no-browser`` and do what the user does in a browser.

        ``also`` are paths that the browser asks for at the same place before it comes back.
        """
        command = [sys.executable, "-u", "-m", "kith", "login", "g", "--store", "file", "--no-browser", *arguments]
        with subprocess.Popen(
            command,
            env=self.environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if _ADDRESS.match(line):
                    _agree(line.strip(), also)
                    break
            out, err = process.communicate(timeout=60)
        return Run(process.returncode, said + out, err)


def _agree(address: str, also: Sequence[str]) -> None:
    """Open the page; the emulator's user agrees at once, and the browser is sent back."""
    status, back, _ = _get(address)
    assert status == 302
    for path in also:
        assert _get(back.split("?")[0] + path)[0] == 404
    status, _, page = _get(back)
    assert status == 200
    assert b"close this page" in page


def _get(address: str) -> tuple[int, str, bytes]:
    """The status, where it leads, and what it says."""
    url = urlsplit(address)
    with closing(http.client.HTTPConnection(url.netloc, timeout=30)) as connection:
        connection.request("GET", f"{url.path}?{url.query}")
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()
