"""What the daemon says to systemd: that it is ready, how it is, and that it is alive (sd_notify(3)).

Outside of a service nothing is said. A message that cannot be sent is lost; nobody waits for it.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping

OURS = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""What systemd puts into the environment for the daemon alone, not for what it starts."""
_LONGEST = 1000


class Systemd:
    """The service manager at the other end of ``$NOTIFY_SOCKET``, if there is one."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # An @ stands for the null character with which a name outside of the file system begins.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._status = ""
        self.watchdog = _watchdog(environment)
        """Seconds within which it wants to hear that the daemon is alive; None where it does not."""

    def ready(self) -> None:
        """The daemon does its work now."""
        self._send("READY=1")

    def stopping(self) -> None:
        """The daemon is about to end."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """The daemon has come round once more."""
        if self.watchdog is not None:
            self._send("WATCHDOG=1")

    def status(self, line: str) -> None:
        """How things stand, for people; sent once."""
        line = " ".join(line.split())[:_LONGEST]
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.sendto(message.encode(), self._address)


def _watchdog(environment: Mapping[str, str]) -> float | None:
    whose = environment.get("WATCHDOG_PID", str(os.getpid()))
    microseconds = environment.get("WATCHDOG_USEC", "")
    if whose != str(os.getpid()) or not microseconds.isdecimal() or int(microseconds) == 0:
        return None
    return int(microseconds) / 1e6
