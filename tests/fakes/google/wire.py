"""What goes between the emulator's server and its APIs: a request that was let in, an answer, a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose token is good. ``path`` is what follows the API's base, without a slash at its start.

    ``query`` holds the last value of each parameter, ``headers`` have lower-case names, ``scopes`` were granted.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``body`` is sent as JSON, None as nothing at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An error as the older of Google's APIs say it, with a reason."""

    def __init__(self, status: int, reason: str, message: str, *, domain: str = "global", **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {
                "errors": [{"domain": domain, "reason": reason, "message": message, **more}],
                "code": status,
                "message": message,
            }
        }

    @property
    def reply(self) -> Reply:
        """It as an answer."""
        return Reply(self.status, self.body)
