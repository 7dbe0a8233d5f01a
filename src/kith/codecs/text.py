"""Text as every calendar keeps it."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without control characters, its lines ended in one way."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))
