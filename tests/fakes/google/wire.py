"""What goes to and fro: requests as the services of the emulator see them, their answers, and the ways to go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """One request. ``method`` is its name in the discovery document; ``path`` what stands in the braces there."""

    method: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    address: str = ""

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.query.get(name, "true" if default else "false") == "true"


@dataclass(frozen=True)
class Answer:
    """A status, and a body that is sent as JSON; bytes are sent as they are."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


def refusal(
    status: int, reason: str, message: str = "", *, domain: str = "global", headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as the older services write it, the calendar among them."""
    words = message or reason
    error = {"code": status, "message": words, "errors": [{"domain": domain, "reason": reason, "message": words}]}
    return Answer(status, {"error": error}, headers or {})


def rpc_refusal(status: int, rpc: str, reason: str, message: str = "") -> Answer:
    """An error as the newer services write it, the contacts among them."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}]
    return Answer(status, {"error": {"code": status, "message": message or reason, "status": rpc, "details": details}})


Kind = Literal["refused", "answer", "lost", "slow", "truncated", "cut", "page"]


@dataclass
class Fault:
    """Something that goes wrong ``times`` times, on methods whose name contains ``on``, after ``after`` good ones.

    - ``refused``: the connection is closed, and nothing was done;
    - ``answer``: ``answer`` is given, and nothing was done;
    - ``lost``: it was done, and the connection is closed without an answer;
    - ``slow``: it is done, and the answer comes after ``seconds``;
    - ``truncated``: it was done, and the connection breaks in the middle of the answer;
    - ``cut``: it was done, and half of the JSON comes as if it were whole;
    - ``page``: a web page comes with status 200, and nothing was done.
    """

    kind: Kind
    on: str = ""
    times: int = 1
    after: int = 0
    answer: Answer = field(default_factory=Answer)
    seconds: float = 0.0
