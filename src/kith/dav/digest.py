"""Digest authentication (RFC 7616) for the servers that insist on it. Pure, apart from nothing: the nonce comes in.

``auth-int`` is not offered by DAV servers and not spoken here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_TOKENS = re.compile(
    r'(?P<key>[A-Za-z0-9_-]+)\s*=\s*(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<bare>[^\s,"]+))|(?P<scheme>[A-Za-z][\w-]*)'
)
_HASHES: Mapping[str, Callable[[bytes], str]] = {
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server wants to see answered."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: str = ""
    opaque: str | None = None


def schemes(header: str) -> list[tuple[str, dict[str, str]]]:
    """The ways to sign in that a WWW-Authenticate header offers (names in lower case), with their parameters."""
    found: list[tuple[str, dict[str, str]]] = []
    for token in _TOKENS.finditer(header):
        if token["scheme"]:
            found.append((token["scheme"].lower(), {}))
        elif found:
            value = token["bare"] if token["quoted"] is None else re.sub(r"\\(.)", r"\1", token["quoted"])
            found[-1][1][token["key"].lower()] = value
    return found


def challenge_in(header: str) -> Challenge | None:
    """The strongest challenge that can be answered, unless Basic is offered too, which is simpler."""
    offers = schemes(header)
    if any(name == "basic" for name, _ in offers):
        return None
    challenges = [challenge for name, values in offers if name == "digest" and (challenge := _challenge(values))]
    order = list(_HASHES)
    return min(challenges, key=lambda one: order.index(_hash_name(one.algorithm)), default=None)


def _challenge(values: Mapping[str, str]) -> Challenge | None:
    algorithm = values.get("algorithm", "MD5").upper()
    offered = [word.strip() for word in values.get("qop", "").split(",") if word.strip()]
    if _hash_name(algorithm) not in _HASHES or "nonce" not in values or (offered and "auth" not in offered):
        return None
    qop = "auth" if offered else ""
    return Challenge(values.get("realm", ""), values["nonce"], algorithm, qop, values.get("opaque"))


def authorization(
    challenge: Challenge, username: str, password: str, method: str, target: str, *, count: int, cnonce: str
) -> str:
    """The Authorization header for one request; ``count`` goes up with each use of the same challenge."""
    digest = _HASHES[_hash_name(challenge.algorithm)]

    def of(*parts: str) -> str:
        return digest(":".join(parts).encode())

    secret = of(username, challenge.realm, password)
    if challenge.algorithm.endswith("-SESS"):
        secret = of(secret, challenge.nonce, cnonce)
    times = f"{count:08x}"
    between = (challenge.nonce, times, cnonce, challenge.qop) if challenge.qop else (challenge.nonce,)
    response = of(secret, *between, of(method, target))
    fields = [
        f'username="{_quoted(username)}"',
        f'realm="{_quoted(challenge.realm)}"',
        f'nonce="{_quoted(challenge.nonce)}"',
        f'uri="{target}"',
        f"algorithm={challenge.algorithm.replace('-SESS', '-sess')}",
        f'response="{response}"',
    ]
    if challenge.opaque is not None:
        fields.append(f'opaque="{_quoted(challenge.opaque)}"')
    if challenge.qop:
        fields += [f"qop={challenge.qop}", f"nc={times}", f'cnonce="{cnonce}"']
    return "Digest " + ", ".join(fields)


def _hash_name(algorithm: str) -> str:
    return algorithm.removesuffix("-SESS")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
