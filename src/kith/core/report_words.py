"""What a report says in words, on a terminal as on a page."""

from __future__ import annotations

from kith.core.brief import day_text
from kith.core.facets import Spread
from kith.core.noticing import Report, Silence, Span

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_IN_A_MONTH = 30.436875
_WEEKS_UP_TO = 70
_MONTHS_UP_TO = 730


def summary_words(report: Report) -> str:
    """The whole in a sentence or two."""
    people = "person on your list was" if report.listed == 1 else "people on your list were"
    said = f"{report.talked} of {report.listed} {people} talked to, in {_count(report.conversations, 'conversation')}."
    more = [
        *([f"{_count(report.attempts, 'attempt')} got no answer"] if report.attempts else []),
        *([f"{_count(report.skips, 'round')} {_was(report.skips)} skipped"] if report.skips else []),
    ]
    return f"{said} {' and '.join(more)}." if more else said


def span_name(span: Span, *, by_year: bool) -> str:
    """``Nov 2026``, or ``2026``."""
    return str(span.first.year) if by_year else f"{_MONTHS[span.first.month - 1]} {span.first.year}"


def percent(share: float) -> str:
    """``12 %``; what is more than nothing is not shown as nothing."""
    return "< 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def silence_words(silence: Silence) -> tuple[str, str]:
    """For how long, and since when."""
    last = day_text(silence.last) if silence.last else "never, as far as kith knows"
    return days_words(silence.days), last


def days_words(days: int) -> str:
    """About how long so many days are: ``5 days``, ``3 weeks``, ``7 months``, ``2.5 years``."""
    if days < 14:
        return _count(days, "day")
    if days < _WEEKS_UP_TO:
        return _count(days // 7, "week")
    if days < _MONTHS_UP_TO:
        return _count(int(days / _DAYS_IN_A_MONTH), "month")
    return f"{int(days / 365.2425 * 2) / 2:g} years"


def facet_words(spread: Spread, *, short: bool = False) -> str:
    """What a facet's numbers come to, where they come to something; in a word or two where there is little room."""
    if not spread.is_thin:
        return ""
    if short:
        return "too few" if spread.target is not None and spread.listed_share < spread.target else "thin"
    if spread.target is None:
        return "thin: far less than on the list"
    if spread.listed_share < spread.target:
        return "thin, and too few on the list"
    return "thin: below the target"


def without_words(report: Report) -> str:
    """Of which kinds of tags there are none on how many people of the list; empty where there are some on all."""
    said = [f"no {name}: tag on {number}" for name, number in sorted(report.without.items()) if number]
    return f"Of {_count(report.listed, 'person', 'people')}: {', '.join(said)}." if said else ""


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
