"""From the bytes of one vCard property to text, lists, days and labels.

Follows RFC 6350 and RFC 2426 for escapes, lists and dates, and vCard 2.1 for quoted-printable and CHARSET. A
text that comes out of here is Unicode without control characters. The functions are total: what cannot be
read comes back as it stands, or as None; the one exception is :func:`text_of`, which says so.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from functools import lru_cache
from urllib.parse import unquote

from kith.codecs.vcard_lines import Line
from kith.core.model import PartialDate

_LINE_ENDS = re.compile("\r\n?|[\x0b\u2028\u2029]")  # Outlook and Apple have their own inside of notes
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_ESCAPE = re.compile(r"\\([nN,;:\\])")
_SEPARATORS = {";": re.compile(r"\\.|;", re.DOTALL), ",": re.compile(r"\\.|,", re.DOTALL)}
_CHARSETS = re.compile(
    r"(utf-?(8|16)|(us-)?ascii|latin|iso[-_]?(8859|2022)|windows|cp\d|koi8|mac|s?jis|shift|euc|gb|big5)",
    re.IGNORECASE,
)
_UUID_PREFIX = "urn:uuid:"
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")

_COMPACT_DAY = re.compile(r"(\d{4}|-)-?(\d\d)-?(\d\d)(?:[Tt ].*)?", re.DOTALL)
_SPACED_DAY = re.compile(r"(\d{4}|-)[-/.](\d{1,2})[-/.](\d{1,2})(?:[Tt ].*)?", re.DOTALL)
_NO_YEAR = (0, 1604)
"""Apple writes 1604 for “no year”, and older iOS versions do not mark it; others write 0000."""
_A_LEAP_YEAR = 2000

_SAID_OF_EVERY_NUMBER = frozenset({
    *("", "internet", "voice", "pref", "preferred", "text", "textphone", "msg", "video", "x400"),
    *("bbs", "modem", "isdn", "pcs", "quoted-printable", "base64", "8bit", "7bit"),
})  # fmt: skip
_OUR_WORD = {"cell": "mobile", "iphone": "mobile", "cellular": "mobile", "facsimile": "fax"}
_PLACES = ("home", "work", "school", "other")


def text_of(line: Line) -> str:
    """The value as text, still escaped.

    Raises:
        ValueError: it says that it is base64, and is not.
    """
    value, head = line.value, line.head
    if head.quoted_printable:
        text = _decode(binascii.a2b_qp(value), (head.charset, "utf-8"))
    elif head.base64:
        text = _decode(base64.b64decode(b"".join(value.split()), validate=True), (head.charset, "utf-8"))
    elif value.isascii():
        text = value.decode("ascii")
    else:
        # The file's own encoding first: cards keep their CHARSET when a whole file is converted to UTF-8.
        text = _decode(value, ("utf-8", head.charset))
    return text if text.isprintable() else without_controls(text)


def _decode(value: bytes, charsets: tuple[str, ...]) -> str:
    for charset in charsets:
        if _CHARSETS.match(charset):
            try:
                return value.decode(charset)
            except (LookupError, ValueError):
                continue
    try:
        return value.decode("cp1252")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def without_controls(text: str) -> str:
    """Without control characters, each line ended in one way."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def unescape(text: str) -> str:
    r"""Undo ``\n \N \, \; \\``, and ``\:`` which Google writes in links. Other backslashes are the user's."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def one_line(text: str) -> str:
    """Unescaped, on one line, without space to spare."""
    return " ".join(unescape(text).split())


def split(text: str, separator: str) -> list[str]:
    """The parts between unescaped separators, each as one line."""
    if "\\" not in text:
        return [" ".join(part.split()) for part in text.split(separator)]
    parts, start = [], 0
    for found in _SEPARATORS[separator].finditer(text):
        if found[0] == separator:
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return [one_line(part) for part in parts]


def bare_uid(text: str) -> str:
    """A UID without ``urn:uuid:`` and the white space around it."""
    uid = " ".join(text.split())
    return uid[len(_UUID_PREFIX) :].lstrip() if uid[: len(_UUID_PREFIX)].lower() == _UUID_PREFIX else uid


def phone_number(text: str) -> str:
    """As the card has it, without ``tel:`` and without the direction marks that messengers copy along."""
    return _without_scheme(text, "tel:")


def email_address(text: str) -> str:
    """As the card has it, without ``mailto:``, its parameters and angle brackets."""
    return _without_scheme(text, "mailto:").strip("<>")


def _without_scheme(text: str, scheme: str) -> str:
    value = one_line(text)
    if value[: len(scheme)].lower() == scheme:
        value = unquote(value[len(scheme) :].partition("?")[0])
    if value.isascii() and value.isprintable():
        return value
    return " ".join(without_controls(_INVISIBLE.sub("", value)).split())


def partial_date(text: str, omit_year: str = "") -> PartialDate | None:
    """A day with or without a year, in any spelling that cannot be misread; None for everything else.

    ``omit_year`` is Apple's parameter: the year that stands for no year.
    """
    text = text.strip()
    found = _COMPACT_DAY.fullmatch(text) or _SPACED_DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (None if part == "-" else int(part) for part in found.groups())
    if year in _NO_YEAR or found[1] == omit_year:
        year = None
    try:
        real = date(year or _A_LEAP_YEAR, month or 0, day or 0)
    except ValueError:
        return None
    return PartialDate(real.month, real.day, year)


@lru_cache(maxsize=256)
def label_of(types: tuple[str, ...]) -> str:
    """``mobile`` for ``cell,voice``, ``work fax`` for ``fax,work``: what tells numbers apart."""
    words = dict.fromkeys(
        _OUR_WORD.get(word, word)
        for word in (type_.removeprefix("x-") for type_ in types)
        if word not in _SAID_OF_EVERY_NUMBER
    )
    return " ".join(sorted(words, key=lambda word: word not in _PLACES))


def apple_label(text: str) -> str:
    """``mobile`` for ``_$!<Mobile>!$_``, ``home fax`` for HomeFAX; what the user typed stays as it is."""
    label = one_line(text)
    built_in = _APPLE_LABEL.fullmatch(label)
    return built_in[1].replace("FAX", " fax").strip().lower() if built_in else label
