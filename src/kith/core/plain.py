"""What is compared of a card's values: e-mails, numbers, links, names of companies and places, each in one plain form.

Two values are the same thing exactly when their plain forms are equal; an empty form means that a value says nothing.
Latin letters stand for every script (``Ольга`` → ``olga``), accents and case do not count.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from anyascii import anyascii

from kith.core.names import fold


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as data that reads like one."""
    return frozenset(text.split())


_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
# Providers where what stands behind a plus is the owner's own note.
_PLUS_IS_A_NOTE = re.compile(r"\+[^@]*$")
_SHARED_BOXES = word_set(
    "admin billing booking bookings buchhaltung contact contacto contato enquiries family familia familie famille"
    " geral hello help hi home hr info information jobs kontakt mail no-reply noreply office post press presse"
    " recepcao reception sales secretaria sekretariat service shop staff support team verwaltung webmaster welcome"
)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
_PROFILE_SITES = {
    "linkedin.com": re.compile(r"^(?:in|pub)/([^/]+)"),
    "xing.com": re.compile(r"^profile/([^/]+)"),
    "facebook.com": re.compile(r"^(?!profile\.php|people/|groups/|pages/)([^/?]+)$"),
    "instagram.com": re.compile(r"^([^/]+)$"),
    "twitter.com": re.compile(r"^@?([^/]+)$"),
    "github.com": re.compile(r"^([^/]+)$"),
    "gitlab.com": re.compile(r"^([^/]+)$"),
    "t.me": re.compile(r"^([^/]+)$"),
    "tiktok.com": re.compile(r"^(@[^/]+)$"),
    "youtube.com": re.compile(r"^(@[^/]+)$"),
    "mastodon.social": re.compile(r"^(@[^/]+)$"),
    "bsky.app": re.compile(r"^profile/([^/]+)"),
    "orcid.org": re.compile(r"^([\d-]+x?)$"),
}
_SAME_SITE = {"x.com": "twitter.com", "fb.com": "facebook.com", "m.facebook.com": "facebook.com"}
_LEGAL_FORMS = word_set(
    "ab ag aps as asa bv co company corp corporation cv doo ehf eg ek gmbh gbr group holding inc incorporated kft"
    " kg kgaa lda limitada limited llc llp ltd ltda mbh nv ohg oy oyj plc pte pty pvt sa sarl sas se sl slu spa"
    " spolka sprl srl sro und zoo"
)
_HOUSE_WORDS = {
    "street": "st", "str": "st", "strasse": "st", "straße": "st", "road": "rd", "avenue": "ave", "avenida": "ave",
    "av": "ave", "rua": "r", "place": "pl", "drive": "dr", "court": "ct", "crescent": "cr", "lane": "ln",
    "circuit": "cct", "close": "cl", "square": "sq", "platz": "pl", "boulevard": "blvd",
}  # fmt: skip
_LONGEST_NUMBER = 40


@lru_cache(maxsize=2048)
def latin(text: str) -> str:
    """The text in lower-case Latin letters without accents, words separated by single spaces."""
    return fold(text) if text.isascii() else fold(anyascii(fold(text)))


def email(value: str) -> str:
    """The mailbox that an address delivers to: without a plus-tag, and one of Google's without its dots."""
    box, at, domain = value.strip().removeprefix("mailto:").casefold().rpartition("@")
    box = _PLUS_IS_A_NOTE.sub("", box)
    domain = domain.rstrip(".")
    if not at or not box or not domain:
        return ""
    if domain in _GOOGLE:
        return f"{box.replace('.', '')}@gmail.com"
    return f"{box}@{domain}"


def is_shared_box(plain_email: str) -> bool:
    """Whether a plain address is an office's or a family's by its very name, such as ``info@``."""
    return plain_email.partition("@")[0] in _SHARED_BOXES


def phone(value: str, region: str) -> str:
    """The number in E.164, with its extension after an ``x``.

    ``region`` (``PT``) is where national numbers are dialled. A number that says too little gives nothing: a short one,
    or a national one without a region.
    """
    if len(value) > _LONGEST_NUMBER or sum(char.isdigit() for char in value) < 7:
        return ""
    try:
        number = phonenumbers.parse(value, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    extension = f"x{number.extension}" if number.extension else ""
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}{extension}"


def profile_link(value: str) -> str:
    """A link that is one person's own, such as ``linkedin.com/in/ana``; nothing for any other page."""
    bare = _SCHEME.sub("", value.strip()).casefold()
    site, _, path = bare.partition("/")
    site = re.sub(r"^(?:www|[a-z]{2})\.(?=[^.]+\.[^.]+$)", "", site)
    site = _SAME_SITE.get(site, site)
    pattern = _PROFILE_SITES.get(site)
    path = re.split(r"[?#]", path)[0].strip("/")
    found = pattern.match(path) if pattern else None
    return f"{site}/{found[1].removeprefix('@')}" if found else ""


def company(value: str) -> str:
    """A company without its legal form: ``Werft & Söhne GmbH`` → ``werft sohne``."""
    words = latin(value).split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


def street(value: str) -> str:
    """A street with its number: words in one order and abbreviated in one way."""
    words = re.findall(r"\d+|[a-z]+", latin(re.sub(r"(?i)stra(?:ß|ss)e\b|str\.", " st ", value)))
    return " ".join(sorted(_HOUSE_WORDS.get(word, word) for word in words))
