"""ETags (RFC 9110, section 8.8.3): opaque, and yet not always usable as they come."""

from __future__ import annotations

from urllib.parse import unquote

from kith.core.model import ETag


def clean_etag(text: str | None) -> ETag | None:
    """An ETag as the server wants to see it again, or None for none."""
    if not text:
        return None
    if text.startswith(("%22", "W/%22")):
        text = unquote(text)  # Bedework encodes it in the answer to a PUT, and refuses that form
    for suffix in ('-gzip"', ';gzip"'):
        if text.endswith(suffix):
            text = text[: -len(suffix)] + '"'  # Apache marks the ETag of what it compressed
    return ETag(text)


def is_strong(etag: ETag | None) -> bool:
    """Whether a write can be made to depend on it (RFC 9110, section 13.1.1)."""
    return etag is not None and not etag.startswith("W/")


def is_same(one: ETag, other: ETag) -> bool:
    """Whether both name the same state, be they weak or strong: GMX says it either way."""
    return one.removeprefix("W/") == other.removeprefix("W/")
