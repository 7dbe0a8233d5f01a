"""Days as files write them, read a whole column at a time.

``3/4/25`` is a day in March or in April; which of them, the column's other values say, or the user. One order holds for
a file: a column that cannot tell takes it from one that can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal

from kith.core.model import PartialDate
from kith.core.names import fold
from kith.errors import UsageError

Order = Literal["day-first", "month-first"]
ORDERS: Final[tuple[Order, ...]] = ("day-first", "month-first")

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_NO_YEAR = re.compile(r"-{1,2}(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{4}|\d{2}))?\.?(?:,?\s+\d{1,2}:\d\d.*)?", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_CLOCK = re.compile(r",?\s+\d{1,2}:\d\d.*$", re.DOTALL)
_MONTHS: Mapping[int, str] = {
    1: "jan january januar jänner janvier janv enero ene janeiro gennaio gen januari styczen stycznia sty ocak",
    2: "feb february februar fevrier fevr febrero fevereiro fev febbraio februari luty lutego lut subat",
    3: "mar march marz mrz mars marzo março maart mrt marzec marca mart",
    4: "apr april avril avr abril abr aprile kwiecien kwietnia kwi nisan",
    5: "may mai mayo maio maggio mag mei maj maja mayis",
    6: "jun june juni juin junio junho giugno giu czerwiec czerwca cze haziran",
    7: "jul july juli juillet juil julio julho luglio lug lipiec lipca lip temmuz",
    8: "aug august aout agosto ago augustus augusti sierpien sierpnia sie agustos",
    9: "sep sept september septembre septiembre setembro set settembre wrzesien wrzesnia wrz eylul",
    10: "oct october oktober okt octobre octubre outubro out ottobre ott pazdziernik pazdziernika paz ekim",
    11: "nov november novembre noviembre novembro listopad listopada lis kasim",
    12: "dec december dezember dez decembre diciembre dic dezembro dicembre desember des grudzien grudnia gru aralik",
}
_MONTH_OF = {fold(name): number for number, names in _MONTHS.items() for name in names.split()}
_A_LEAP_YEAR = 2000


def order_of(
    columns: Mapping[str, Sequence[str]], asked: Order | None, usual: Order | None = None
) -> dict[str, Order | None]:
    """In which order each column (by its header) has day and month; None where it does not matter.

    ``asked`` is what the user says, ``usual`` how the product writes where its values do not tell.

    Raises:
        UsageError: it cannot be told, or values of one column contradict each other.
    """
    found = {header: _evidence(texts) for header, texts in columns.items()}
    for header, (_, orders, example) in found.items():
        if len(orders) > 1 and asked is None:
            raise UsageError(
                f"the column “{header}” has days both as day/month and as month/day, such as {example}",
                hint="mend it in the spreadsheet, or say `--dates day-first` or `--dates month-first` for all of them",
            )
    settled: set[Order] = {order for _, orders, _ in found.values() for order in orders}
    result: dict[str, Order | None] = {}
    for header, (matters, orders, example) in found.items():
        if asked is not None or not matters:
            result[header] = asked
        elif orders or len(settled) == 1:
            result[header] = next(iter(orders or settled))
        elif usual is not None:
            result[header] = usual
        else:
            raise UsageError(
                f"the column “{header}” does not say which number is the month, as in {example}",
                hint="say `--dates day-first` (31/12/2026) or `--dates month-first` (12/31/2026)",
            )
    return result


def _evidence(texts: Iterable[str]) -> tuple[bool, set[Order], str]:
    """Whether the order matters, which orders the values prove, and a value that shows it."""
    orders: set[Order] = set()
    example, matters = "", False
    for text in texts:
        found = _NUMBERS.fullmatch(text.strip())
        if found is None or found[2] == ".":
            continue
        first, second = int(found[1]), int(found[3])
        proof: Order | None = "day-first" if first > 12 >= second else "month-first" if second > 12 >= first else None
        if proof is not None:
            orders.add(proof)
        matters = matters or first != second
        if matters and not example:
            example = text.strip()
    return matters, orders, example


def day_of(text: str, order: Order | None, latest_year: int) -> PartialDate | None:
    """The day that is meant, None for everything else. ``latest_year`` is the last one that ``26`` may stand for."""
    text = text.strip()
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _real(int(found[2]), int(found[3]), int(found[1]))
    if found := _NO_YEAR.fullmatch(text):
        return _real(int(found[1]), int(found[2]), None)
    if found := _NUMBERS.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        month_first = found[2] != "." and order == "month-first"
        month, day = (first, second) if month_first else (second, first)
        return _real(month, day, _year(found[4], latest_year))
    return _in_words(_CLOCK.sub("", text), latest_year)


def _in_words(text: str, latest_year: int) -> PartialDate | None:
    """``15 Jul 2026``, ``9-Apr-24``, ``July 15, 2026``, ``15. März``, ``3 de mayo de 1980``."""
    words = [
        word for word in _WORDS.findall(text) if fold(word) not in ("de", "of", "del", "th", "st", "nd", "rd", "º")
    ]
    months = [_MONTH_OF[fold(word)] for word in words if fold(word) in _MONTH_OF]
    numbers = [word for word in words if word.isdecimal()]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(words) > 4:
        return None
    if len(numbers[0]) == 4:
        numbers.reverse()
    return _real(months[0], int(numbers[0]), _year(numbers[1] if len(numbers) == 2 else None, latest_year))


def _year(text: str | None, latest_year: int) -> int | None:
    if text is None:
        return None
    if len(text) == 4:
        return int(text)
    year = latest_year // 100 * 100 + int(text)
    return year if year <= latest_year else year - 100


def _real(month: int, day: int, year: int | None) -> PartialDate | None:
    """The day, if there is one; Apple's and Outlook's years for “no year” are none."""
    known = None if year in (0, 1604) else year
    try:
        date(known or _A_LEAP_YEAR, month, day)
    except ValueError:
        return None
    return PartialDate(month, day, known)


def full_day(found: PartialDate | None) -> date | None:
    """The day, where its year is known."""
    return date(found.year, found.month, found.day) if found is not None and found.year is not None else None
