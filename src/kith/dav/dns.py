"""Where a domain says its contacts and calendars are: the SRV and TXT records of RFC 6764.

Only names and paths come out of here. Nobody vouches for what DNS says, so whoever asks there must look first whether
the place is one to trust with a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Record:
    """One server that the domain names; ``path`` is empty where it names none."""

    host: str
    port: int
    path: str = ""


def look_up(domain: str, service: str) -> tuple[Record, ...]:
    """The encrypted servers for ``carddav`` or ``caldav``, best first; none where nothing is said or DNS fails."""
    import dns.exception
    import dns.resolver

    name = f"_{service}s._tcp.{domain}"
    resolver = dns.resolver.Resolver()
    resolver.lifetime = _SECONDS
    try:
        found = sorted(resolver.resolve(name, "SRV"), key=lambda record: (record.priority, -record.weight))
    except (dns.exception.DNSException, OSError):
        return ()
    hosts = [(record.target.to_text(omit_final_dot=True), record.port) for record in found]
    path = _path(resolver, name) if hosts else ""
    return tuple(Record(host, port, path) for host, port in hosts if host and host != ".")


def _path(resolver: Any, name: str) -> str:  # noqa: ANN401 -- imported where it is needed
    """What the TXT record beside it says after ``path=``."""
    import dns.exception

    try:
        texts = [
            "".join(part.decode("utf-8", "replace") for part in one.strings) for one in resolver.resolve(name, "TXT")
        ]
    except (dns.exception.DNSException, OSError):
        return ""
    return next((text[5:] for text in texts if text.lower().startswith("path=/")), "")
