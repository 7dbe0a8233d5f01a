"""``kith report``: who is on the list, and who was really talked to, over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.console import bar, out, print_json, say, table
from kith.cli.session import past_day_option, session
from kith.cli.words import count
from kith.core.brief import day_text
from kith.core.period import Period
from kith.core.report_words import facet_words, percent, silence_words, span_name, summary_words, without_words
from kith.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kith.app import App
    from kith.core.noticing import Report

_BAR = 20
"""The cells of a bar; half as many on a terminal narrower than ``_NARROW``."""
_SHOWN = 12
_NARROW = 80


def report(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="From that day on: 2026-01-01, 6m, …")
    ] = None,
    over: Annotated[str | None, typer.Option("--over", metavar="PERIOD", help="So far back: 6m, 1y, …")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="As one page for a browser.")] = None,
    force: Annotated[bool, typer.Option("--force", help="With --html: overwrite whatever file is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Who is on your list and who you really talked to, over time; rhythms kept and slipped; which parts are thin."""
    from kith.sync.noticing import report as look_back

    if html is not None and as_json:
        raise UsageError("--html and --json are two ways to have it", hint="choose one")
    with session(context) as app:
        network = app.everybody()
        found = look_back(app.store, app.rules, network, _begin(app, since, over), app.today)
        if as_json:
            print_json(_plain(found))
        elif html is not None:
            _write(app, found, html, force=force)
        elif not found.listed:
            say("Nobody is in your network yet. See `kith people --unassigned`, or `kith triage`.")
        else:
            _print(found)


def _begin(app: App, since: str | None, over: str | None) -> date:
    """The first day to look at."""
    if since is not None and over is not None:
        raise UsageError("--since and --over are two ways to say from when on", hint="choose one")
    if since is not None:
        return past_day_option(since, app.today, "--since")
    try:
        length = app.rules.report.over if over is None else Period.parse(over)
        return Period(-length.months, -length.days).after(app.today)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--over: {error}") from None


def _write(app: App, found: Report, file: Path, *, force: bool) -> None:
    """Write the page, in place of an older one at most. Raises UsageError."""
    from kith.files import replace_file

    page = app.report_page(found)
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"{file} is no file that can be written", hint="name a new file")
        if file.exists() and not force and not _is_ours(file, page):
            raise UsageError(
                f"{file} is there already, and is no report of kith's",
                hint="name another file; or overwrite it: `kith report --html FILE --force`",
            )
        replace_file(file, page)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from error
    say(f"{file} holds the report. There are names in it, so only you can read it: open it in a browser.")


def _is_ours(file: Path, page: bytes) -> bool:
    """Whether what is there begins as a page does."""
    mark = page.partition(b"\n")[0]
    with file.open("rb") as there:
        return there.read(len(mark)) == mark


# --- for people -------------------------------------------------------------------------------------------


def _print(found: Report) -> None:
    say(f"{day_text(found.since)} to {day_text(found.today)}", "bold")
    say(summary_words(found))
    _over_time(found)
    _rhythms(found)
    _silences(found)
    _exchanges(found)
    _facets(found)
    _beside(found)


def _heading(text: str) -> None:
    out().print()
    say(text, "bold underline")


def _width() -> int:
    return _BAR if out().width >= _NARROW else _BAR // 2


def _over_time(found: Report) -> None:
    _heading("Talked to, by year" if found.by_year else "Talked to, by month")
    most = max((span.listed for span in found.spans), default=0)
    rows = [
        (
            span_name(span, by_year=found.by_year),
            bar(span.talked, most, _width(), of=span.listed),
            f"{span.talked} of {span.listed}",
            *(str(number or "") for number in (span.conversations, span.attempts, span.skips)),
        )
        for span in found.spans
    ]
    columns = ("When", "", "People", "Talks", "Tried", "Skipped")
    table(columns, rows, numbers=columns[2:], give_way=("Skipped", "Tried"))


def _rhythms(found: Report) -> None:
    if not found.kept:
        return
    _heading("Rhythms kept")
    rows = [
        (
            kept.circle or "no circle",
            bar(kept.kept, kept.kept + kept.slipped, _width(), of=kept.kept + kept.slipped),
            "" if kept.share is None else percent(kept.share),
            *(str(number or "") for number in (kept.kept, kept.late, kept.silent)),
            str(kept.people),
        )
        for kept in found.kept
    ]
    columns = ("Circle", "", "Kept", "In time", "Late", "Silent now", "People")
    table(columns, rows, numbers=columns[2:], give_way=("People", "In time"))


def _silences(found: Report) -> None:
    if not found.silences:
        return
    _heading("Longest silences")
    rows = [(silence.name, silence.circle or "", *silence_words(silence)) for silence in found.silences]
    table(("Who", "Circle", "For", "Last talked"), rows, give_way=("Circle",))


def _exchanges(found: Report) -> None:
    if not found.exchanges:
        return
    _heading("Given and received")
    more = f" The first {_SHOWN} of {len(found.exchanges)} people:" if len(found.exchanges) > _SHOWN else ""
    say(f"Given {count(found.gave, 'time')}, received {count(found.got, 'time')}.{more}")
    rows = [(one.name, str(one.gave or ""), str(one.got or "")) for one in found.exchanges[:_SHOWN]]
    table(("Who", "Gave", "Got"), rows, numbers=("Gave", "Got"))


def _facets(found: Report) -> None:
    if not found.facets:
        return
    _heading("Parts of life")
    rows = [
        (
            str(spread.facet),
            f"{spread.listed} ({percent(spread.listed_share)})",
            f"{spread.talked} ({percent(spread.talked_share)})",
            "" if spread.target is None else percent(spread.target),
            facet_words(spread, short=out().width < _NARROW),
        )
        for spread in found.facets
    ]
    styles = ["yellow" if spread.is_thin else "" for spread in found.facets]
    columns = ("Tag", "On the list", "Talked to", "Target", "")
    table(columns, rows, styles=styles, numbers=columns[1:4])
    if any(found.without.values()):
        say(without_words(found), "dim")


def _beside(found: Report) -> None:
    if not found.beside:
        return
    _heading("Talked to, and not on your list")
    rows = [(one.name, str(one.conversations), day_text(one.last)) for one in found.beside]
    table(("Who", "Talks", "Last"), rows, numbers=("Talks",))
    more = found.beside_people - len(found.beside)
    say(f"{f'And {more} more. ' if more else ''}`kith set NAME --circle …` puts somebody on it.", "dim")


# --- for programs -----------------------------------------------------------------------------------------


def _plain(found: Report) -> dict[str, Any]:
    return {
        "since": found.since.isoformat(),
        "today": found.today.isoformat(),
        "listed": found.listed,
        "talked_to": found.talked,
        "conversations": found.conversations,
        "attempts": found.attempts,
        "skips": found.skips,
        "spans": [
            {
                "first": span.first.isoformat(),
                "last": span.last.isoformat(),
                "listed": span.listed,
                "talked_to": span.talked,
                "conversations": span.conversations,
                "attempts": span.attempts,
                "skips": span.skips,
            }
            for span in found.spans
        ],
        "circles": [
            {"circle": one.circle, "people": one.people, "kept": one.kept, "late": one.late, "silent": one.silent}
            for one in found.kept
        ],
        "silences": [
            {
                "id": one.person,
                "name": one.name,
                "circle": one.circle,
                "last_conversation": one.last.isoformat() if one.last else None,
                "days": one.days,
            }
            for one in found.silences
        ],
        "gave": found.gave,
        "got": found.got,
        "exchanges": [
            {"id": one.person, "name": one.name, "gave": one.gave, "got": one.got} for one in found.exchanges
        ],
        "facets": [
            {
                "name": one.facet.name,
                "value": one.facet.value,
                "listed": one.listed,
                "listed_share": round(one.listed_share, 4),
                "talked_to": one.talked,
                "talked_share": round(one.talked_share, 4),
                "target": one.target,
                "thin": one.is_thin,
            }
            for one in found.facets
        ],
        "without": dict(found.without),
        "beside": [
            {"id": one.person, "name": one.name, "conversations": one.conversations, "last": one.last.isoformat()}
            for one in found.beside
        ],
    }
