"""What a server asks for in ``Retry-After`` (RFC 9110, section 10.2.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_WAIT = 24 * 60 * 60.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds a server wants to be left alone, a day at most; None where it does not say.

    It says a number, or a date beside its own. The names of ``headers`` are in lower case.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return min(float(text), _LONGEST_WAIT)
    then, now = _date(text), _date(headers.get("date", ""))
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
