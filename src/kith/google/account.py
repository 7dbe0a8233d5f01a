"""What the config and the secrets say about one Google account. Values only: nothing here opens a connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from kith.core.model import AccountId
from kith.google.grant import Grant


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Google answers; another place is for a proxy, or for an emulator on this machine.

    ``people`` and ``calendar`` are the roots of the two services, None for Google's own.
    """

    people: str | None = None
    calendar: str | None = None
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address
    auth: str = "https://accounts.google.com/o/oauth2/auth"

    @property
    def revoke(self) -> str:
        """Where a sign-in is taken back: beside the place where it is used."""
        return f"{self.token.rpartition('/')[0]}/revoke"


@dataclass(frozen=True, slots=True)
class GoogleAccount:
    """How to ask Google in the user's name. ``timeout`` is in seconds, for connecting and between two pieces."""

    account: AccountId
    grant: Grant = field(repr=False)
    endpoints: Endpoints = Endpoints()
    timeout: float = 20.0
