"""What the user granted to kith, as Google's “authorized user” JSON has it: one line of text that is kept as a secret.

Pure. See https://google-auth.readthedocs.io/ (``google.oauth2.credentials``) for the keys.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

_KIND = "authorized_user"


@dataclass(frozen=True, slots=True)
class Grant:
    """A refresh token, and the client that it was given to.

    ``scopes`` are those that were granted, as far as they were noted; none means that nobody knows.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...] = ()

    def written(self) -> str:
        """As one line of text without anything but ASCII."""
        body = {
            "type": _KIND,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "scopes": list(self.scopes),
        }
        return json.dumps({name: value for name, value in body.items() if value})

    @classmethod
    def read(cls, text: str) -> Grant:
        """What :meth:`written` or Google's own tools wrote. Raises ValueError, with a sentence that repeats nothing."""
        try:
            body = json.loads(text)
        except ValueError:
            raise ValueError("is not JSON") from None
        if not isinstance(body, dict):
            raise ValueError("is not an object in JSON")
        if "installed" in body or "web" in body:
            raise ValueError("describes a client, not a sign-in; it belongs into client_secrets")
        if body.get("type", _KIND) != _KIND:
            raise ValueError('is not a sign-in of type "authorized_user"')
        lacking = [name for name in ("client_id", "client_secret", "refresh_token") if not _is_text(body.get(name))]
        if lacking:
            raise ValueError(f"has no {' and no '.join(lacking)}")
        scopes = body.get("scopes") or ()
        listed = scopes.split() if isinstance(scopes, str) else scopes
        if not all(isinstance(scope, str) for scope in listed):
            raise ValueError("has scopes that are no texts")
        return cls(body["client_id"], body["client_secret"], body["refresh_token"], tuple(listed))


def _is_text(found: object) -> bool:
    return isinstance(found, str) and bool(found)
