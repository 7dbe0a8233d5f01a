"""The report as one page for a browser: nothing is loaded from anywhere, nothing runs, and nothing is sent.

What anybody typed is text in it (:mod:`~kith.exports.markup`), and each name is kept apart from the direction of what
stands around it. The page forbids itself everything but its own style.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby

from kith.core.brief import day_text
from kith.core.facets import Spread
from kith.core.noticing import Kept, Report
from kith.core.report_words import facet_words, percent, silence_words, span_name, without_words
from kith.exports.charts import columns, strip
from kith.exports.markup import Element, element, written
from kith.exports.report_style import STYLE

FIRST_LINE = "<!doctype html><!-- kith report -->"
"""By which a file is known for a report of kith's."""

_EXCHANGES = 20
_TITLE = "Who you really talk to"


def as_page(report: Report) -> bytes:
    """The whole page."""
    body = element("body", _header(report), element("main", *_sections(report)), _footer(report))
    return written(element("html", _head(report), body, lang="en"), FIRST_LINE)


def _head(report: Report) -> Element:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{_TITLE}, {day_text(report.since)} to {day_text(report.today)}"),
        element("style", STYLE),
    )


def _header(report: Report) -> Element:
    figures = (
        (report.talked, "people talked to"),
        (report.listed, "on your list"),
        (report.conversations, "conversations"),
        (report.attempts, "tried, no answer"),
        (report.skips, "rounds skipped"),
    )
    return element(
        "header",
        element("h1", _TITLE),
        element("p", f"{day_text(report.since)} to {day_text(report.today)}", class_="soft"),
        element(
            "dl",
            *(element("div", element("dt", name), element("dd", str(number))) for number, name in figures),
            class_="figures",
        ),
    )


def _sections(report: Report) -> Iterable[Element]:
    yield _over_time(report)
    if report.kept:
        yield _rhythms(report)
    if report.silences:
        yield _silences(report)
    if report.exchanges:
        yield _exchanges(report)
    if report.facets:
        yield _facets(report)
    if report.beside:
        yield _beside(report)


def _footer(report: Report) -> Element:
    return element(
        "footer",
        element("p", f"Written by kith on {day_text(report.today)}, from what is on your own machine."),
        element("p", "It holds names, and what you noted about people: keep it to yourself."),
    )


# --- the sections -----------------------------------------------------------------------------------------


def _over_time(report: Report) -> Element:
    by = "year" if report.by_year else "month"
    names = [span_name(span, by_year=report.by_year) for span in report.spans]
    label = f"People talked to by {by}, of those on the list. The numbers are in the table below."
    chart = element(
        "figure",
        columns([(span.talked, span.listed) for span in report.spans], names, label),
        element("div", element("span", names[0]), element("span", names[-1]), class_="ends"),
        element("figcaption", "People: filled, talked to; outlined, on your list.", class_="soft"),
    )
    rows = [
        (
            name,
            *map(str, (span.talked, span.listed, span.conversations)),
            *(str(number or "–") for number in (span.attempts, span.skips)),
        )
        for name, span in zip(names, report.spans, strict=True)
    ]
    headings = (by.capitalize(), "Talked to", "Listed", "Talks", "Tried", "Skipped")
    return _section(f"By {by}", "", chart, _table(headings, rows, label=f"By {by}", numbers=range(1, 6), days=(0,)))


def _rhythms(report: Report) -> Element:
    rows: list[tuple[Element | str, ...]] = [
        (
            _circle(kept),
            "–" if kept.share is None else percent(kept.share),
            *(str(number or "–") for number in (kept.kept, kept.late, kept.silent, kept.people)),
        )
        for kept in report.kept
    ]
    headings = ("Circle", "Kept", "In time", "Late", "Silent now", "People")
    said = "How often a conversation came in time, by the rhythms that hold today."
    return _section(
        "Rhythms kept", said, _table(headings, rows, label="Rhythms kept", numbers=range(1, 6), less=(2, 5))
    )


def _circle(kept: Kept) -> Element:
    chart = [] if kept.share is None else [strip(kept.share, f"{percent(kept.share)} kept")]
    return element("div", element("bdi", kept.circle or "no circle"), *chart)


def _silences(report: Report) -> Element:
    rows = [(_name(one.name), one.circle or "–", *silence_words(one)) for one in report.silences]
    headings = ("Who", "Circle", "For", "Last talked")
    return _section("Longest silences", "", _table(headings, rows, label="Longest silences", less=(1,), days=(2, 3)))


def _exchanges(report: Report) -> Element:
    rows = [(_name(one.name), str(one.gave or "–"), str(one.got or "–")) for one in report.exchanges]
    said = f"Given: {report.gave}. Received: {report.got}."
    if len(rows) > _EXCHANGES:
        said += f" The first {_EXCHANGES} of {len(rows)} people:"
    return _section(
        "Given and received",
        said,
        _table(("Who", "Gave", "Got"), rows[:_EXCHANGES], label="Given and received", numbers=(1, 2)),
    )


def _facets(report: Report) -> Element:
    parts: list[Element] = []
    with_target = any(spread.target is not None for spread in report.facets)
    for _, group in groupby(report.facets, key=lambda spread: spread.facet.name.casefold()):
        spreads = list(group)
        heading = spreads[0].facet.name
        parts += [
            element("h3", element("bdi", heading)),
            _table(
                ("", "On the list", "Talked to", *(["Target"] if with_target else [])),
                [_facet_row(spread, with_target=with_target) for spread in spreads],
                label=heading,
                numbers=range(1, 4),
            ),
        ]
    said = (
        "How many of your list have a tag of yours, and how many of those whom you talked to. The bar is their share "
        "of the people you talked to; the line across it is the share that you want, or else their share of your list."
    )
    return _section("Parts of life", said, *parts, element("p", without_words(report), class_="soft"))


def _facet_row(spread: Spread, *, with_target: bool) -> tuple[Element | str, ...]:
    words = facet_words(spread)
    note = [element("span", f" ({words})", class_="thin")] if words else []
    mark = spread.listed_share if spread.target is None else spread.target
    against = "on the list" if spread.target is None else "wanted"
    label = f"{percent(spread.talked_share)} of those talked to, {percent(mark)} {against}"
    return (
        element("div", element("bdi", spread.facet.value), *note, strip(spread.talked_share, label, mark=mark)),
        f"{spread.listed} · {percent(spread.listed_share)}",
        f"{spread.talked} · {percent(spread.talked_share)}",
        *(["–" if spread.target is None else percent(spread.target)] if with_target else []),
    )


def _beside(report: Report) -> Element:
    rows = [(_name(one.name), str(one.conversations), day_text(one.last)) for one in report.beside]
    more = report.beside_people - len(report.beside)
    said = "You meet them anyway." + (f" The first {len(report.beside)} of {report.beside_people}." if more else "")
    return _section(
        "Talked to, and not on your list",
        said,
        _table(("Who", "Talks", "Last"), rows, label="Not on your list", numbers=(1,), days=(2,)),
    )


# --- what they are made of --------------------------------------------------------------------------------


def _name(name: str) -> Element:
    return element("bdi", name or "without a name")


def _section(heading: str, said: str, *parts: Element) -> Element:
    words = [element("p", said, class_="soft")] if said else []
    return element("section", element("h2", heading), *words, *parts)


def _table(
    headings: Sequence[str],
    rows: Iterable[Sequence[Element | str]],
    *,
    label: str,
    numbers: Iterable[int] = (),
    less: Iterable[int] = (),
    days: Iterable[int] = (),
) -> Element:
    """A table whose first cells name their rows; ``label`` is read to those who do not see what stands above it.

    Columns of ``numbers`` stand right, those of ``days`` are not folded, and ``less`` are left out on narrow screens.
    """
    named = {"n": set(numbers), "less": set(less), "day": set(days)}
    kinds = [" ".join(kind for kind, places in named.items() if place in places) for place in range(len(headings))]
    top = [
        _cell("th", heading, kind, scope="col") if heading else _cell("td", "", kind)
        for heading, kind in zip(headings, kinds, strict=True)
    ]
    body = []
    for first, *others in rows:
        cells = [_cell("td", cell, kind) for cell, kind in zip(others, kinds[1:], strict=True)]
        body.append(element("tr", _cell("th", first, kinds[0], scope="row"), *cells))
    return element("table", element("thead", element("tr", *top)), element("tbody", *body), aria_label=label)


def _cell(tag: str, content: Element | str, kind: str, **attributes: str) -> Element:
    if not isinstance(content, str) and content.find("./svg") is not None:
        kind = f"{kind} wide".strip()
    return element(tag, content, **({"class_": kind} if kind else {}), **attributes)
