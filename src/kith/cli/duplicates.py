"""``kith duplicates``: who may be one person, asked one pair at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from kith.cli import ask
from kith.cli.console import out, print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import count
from kith.core.brief import partial_day_text
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.clusters import Proposal
    from kith.core.model import Person, PersonId
    from kith.sync.network import Known

    Everybody = dict[PersonId, Known]

_NONE = "Nobody looks like somebody else."
_KEYS = {"s": "same", "d": "different", **dict.fromkeys(" \r\nk", "skip"), **dict.fromkeys("q\x1b", "quit")}
_QUESTION = "[bold]s[/] same   [bold]d[/] different   [bold]Enter[/] skip   [bold]q[/] stop"


def duplicates(
    context: typer.Context,
    yes_above: Annotated[
        float | None,
        typer.Option("--yes-above", metavar="SCORE", help="Take those for the same that score this (0 to 1) or more."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Who may be one person, best guess first. You say same, different, or skip; it is never asked again."""
    from kith.sync.joining import open_questions

    if yes_above is not None and not 0 <= yes_above <= 1:
        raise UsageError(f"--yes-above: {yes_above:g} is not between 0 and 1")
    with session(context) as app:
        if yes_above is not None:
            joined = _join_above(app, yes_above)
            if not as_json:
                say(f"{count(joined, 'pair is', 'pairs are')} one person now. `kith split NAME` undoes it.")
        everybody = app.everybody().known
        questions = open_questions(app.store)
        if as_json:
            print_json([_plain(question, everybody) for question in questions])
        elif not questions:
            say(_NONE)
        elif yes_above is None and ask.somebody_is_there():
            _ask_them(app)
        else:
            _list(questions, everybody)


def _join_above(app: App, score: float) -> int:
    """Join the best pair again and again: each join may answer, or raise, other questions."""
    from kith.sync.joining import open_questions, rule_same

    joined = 0
    tried: set[tuple[PersonId, PersonId]] = set()
    while True:
        good = [q for q in open_questions(app.store) if q.score >= score and q.pair not in tried]
        if not good:
            return joined
        for question in good:
            tried.add(question.pair)
            whole = app.store.joins.counts_as(question.pair)
            if len(set(whole.values())) > 1 and set(whole) == set(whole.values()):
                rule_same(app.store, *question.pair, app.now)
                joined += 1


def _list(questions: list[Proposal], everybody: Everybody) -> None:
    rows = [
        (
            f"{question.score:.2f}",
            *(everybody[person].person.name for person in question.pair),
            "; ".join(question.reasons),
        )
        for question in questions
    ]
    table(("Score", "Who", "And who", "Why"), rows)
    say(f"{count(len(rows), 'question')}. Answer them in a terminal, or with `kith merge A B`.", "dim")


def _ask_them(app: App) -> None:
    """One question after the other, each with the answers before it taken into account."""
    from kith.sync.joining import open_questions, rule_different, rule_same
    from kith.sync.network import load_some

    skipped: set[tuple[PersonId, PersonId]] = set()
    answered = 0
    while True:
        questions = [question for question in open_questions(app.store) if question.pair not in skipped]
        if not questions:
            break
        question = questions[0]
        _show(question, load_some(app.store, app.rules, set(question.pair)).known, len(questions))
        answer = _KEYS[ask.key(_QUESTION, _KEYS)]
        out().print(f"  [dim]{answer}[/]\n")
        one, other = question.pair
        if answer == "quit":
            break
        if answer == "skip":
            skipped.add(question.pair)
            continue
        if answer == "same":
            rule_same(app.store, one, other, app.now)
        else:
            rule_different(app.store, app.store.joins.family(one), app.store.joins.family(other), app.now)
        answered += 1
    left = len(open_questions(app.store))
    more = f"; {count(left, 'question')} left" if left else ""
    say(f"{count(answered, 'answer')} kept{more}.")


def _show(question: Proposal, everybody: Everybody, left: int) -> None:
    console = out()
    one, other = (everybody[person].person for person in question.pair)
    console.print(f"[bold]{escape(one.name)}[/]  and  [bold]{escape(other.name)}[/]  [dim]{left} left[/]")
    rows = [(what, mine, theirs) for what, mine, theirs in zip(*_facts(one, other), strict=True) if mine or theirs]
    table(("", one.name, other.name), rows)
    for reason in question.reasons:
        console.print(f"  [dim]·[/] {escape(reason)}")


def _facts(one: Person, other: Person) -> tuple[list[str], list[str], list[str]]:
    return ["Mail", "Phone", "Work", "City", "Birthday", "Labels", "Cards"], _about(one), _about(other)


def _about(person: Person) -> list[str]:
    return [
        ", ".join(mail.value for mail in person.emails),
        ", ".join(phone.value for phone in person.phones),
        person.organisation,
        person.city,
        partial_day_text(person.birthday) if person.birthday else "",
        ", ".join(person.labels),
        ", ".join(dict.fromkeys(ref.account for ref in person.cards)) or "added by hand",
    ]


def _plain(question: Proposal, everybody: Everybody) -> dict[str, object]:
    return {
        "people": list(question.pair),
        "score": question.score,
        "reasons": list(question.reasons),
        "who": [identity(everybody[person].person) for person in question.pair],
    }
