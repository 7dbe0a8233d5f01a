"""Ways to reach somebody, as links that phones open: each on a line of its own, after a word for what it is.

What cannot be a link (a number without its country) stands as it is on the card. Only ``tel:``, ``mailto:`` and
``https:`` are written: nothing else that stands on a card becomes something to tap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from kith.core.event import printable
from kith.core.model import Labelled, Person

_PHONES = 3
_MAILS = 2
_LINKS = 3
_LONGEST = 180
_MAIL = re.compile(r"[^\s@<>,;?&%\"]+@[^\s@<>,;?&%\"]+\.[^\s@<>,;?&%\"]+")
_SITES = {
    "linkedin.com": "LinkedIn",
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "github.com": "GitHub",
    "x.com": "X",
    "t.me": "Telegram",
    "xing.com": "Xing",
}


def ways_to_reach(person: Person, region: str) -> tuple[str, ...]:
    """Lines such as ``Mobile: tel:+351912345678``; ``region`` is where national numbers are dialled."""
    lines = [*_phones(person, region), *_mails(person), *islice(_links(person), _LINKS)]
    return tuple(dict.fromkeys(line for line in lines if len(line) <= _LONGEST))


def _phones(person: Person, region: str) -> Iterator[str]:
    chats = []
    for phone in person.phones[:_PHONES]:
        number, may_be_mobile = _number(phone.value, region)
        yield f"{_word(phone, 'Phone')}: {f'tel:{number}' if number else _plain(phone.value)}"
        if may_be_mobile:
            chats.append(f"WhatsApp: https://wa.me/{number.removeprefix('+')}")
    yield from chats


def _mails(person: Person) -> Iterator[str]:
    for mail in person.emails[:_MAILS]:
        address = _plain(mail.value).removeprefix("mailto:")
        yield f"Mail: {'mailto:' if _MAIL.fullmatch(address) else ''}{address}"


def _links(person: Person) -> Iterator[str]:
    for url in person.urls:
        address = url.value.strip()
        site = _site(address)
        if site:
            yield f"{_word(url, _SITES.get(site, 'Page'))}: {address}"


def _site(address: str) -> str:
    """The site of a link that may be opened; empty for anything else."""
    if printable(address) != address or len(address.split()) != 1:
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme.casefold() == "https" and "." in host else ""


@lru_cache(maxsize=4096)
def _number(value: str, region: str) -> tuple[str, bool]:
    """The number in E.164, or nothing, and whether it may be a mobile phone's."""
    import phonenumbers  # not at the top: it is slow to import, and most commands write no brief

    from kith.core import plain

    number, _, extension = plain.phone(value, region).partition("x")
    if not number:
        return "", False
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    mobile = kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return (f"{number};ext={extension}", False) if extension else (number, mobile)


def _word(labelled: Labelled, otherwise: str) -> str:
    return _plain(labelled.label).capitalize() or otherwise


def _plain(text: str) -> str:
    return " ".join(printable(text).split())
