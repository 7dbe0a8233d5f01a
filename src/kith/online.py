"""Whether this machine has a way to the network at all.

A failure while it has none says nothing about a server, and is mended by the way coming back. Nothing is sent: the
kernel's routing tables are read (proc(5)). Where there are none to read, there is taken to be a way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_UP = 0x1


@dataclass(frozen=True, slots=True)
class Table:
    """One of the kernel's tables: where in a row stand the interface, the target, its mask or length, the flags."""

    path: Path
    interface: int
    target: int
    mask: int
    flags: int

    def rows(self) -> list[list[str]]:
        """The routes; none where there is no such table."""
        try:
            lines = self.path.read_text(encoding="ascii").splitlines()
        except (OSError, ValueError):
            return []
        return [row for row in map(str.split, lines) if len(row) >= 10 and row[0] != "Iface"]

    def leads_out(self, row: list[str]) -> bool:
        """Whether the route is a default route, in use, and not to this machine itself."""
        to_everywhere = not row[self.target].strip("0") and not row[self.mask].strip("0")
        return to_everywhere and bool(int(row[self.flags], 16) & _UP) and row[self.interface] != "lo"


TABLES = (
    Table(Path("/proc/net/route"), interface=0, target=1, mask=7, flags=3),
    Table(Path("/proc/net/ipv6_route"), interface=9, target=0, mask=1, flags=8),
)


def is_online(tables: tuple[Table, ...] = TABLES) -> bool:
    """Whether there is a default route."""
    found = [(table, row) for table in tables for row in table.rows()]
    return not found or any(table.leads_out(row) for table, row in found)
