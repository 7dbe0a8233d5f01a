"""``kith split``: cards that kith took for one person's are two people's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from kith.cli import ask
from kith.cli.console import out, say
from kith.cli.session import one_person, session
from kith.cli.words import count
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import Card, PersonId

    Parts = dict[PersonId, list[Card]]


def split(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, part of one, an e-mail or an id.")],
    cards: Annotated[
        list[str] | None,
        typer.Option("--card", metavar="CARD", help="A card that is somebody else's: its UID, or ACCOUNT/UID."),
    ] = None,
) -> None:
    """Take cards apart that are not one person's. What was said before they were joined goes back to each."""
    from kith.sync.joining import rule_different

    with session(context) as app:
        known = one_person(app.everybody(), person)
        parts = _parts(app, known.person.id)
        if len(parts) < 2:
            raise UsageError(f"{known.person.name} is one card, which cannot be taken apart")
        going = _named(parts, cards) if cards else _chosen(app, known.person.name, parts)
        staying = set(parts) - going
        if not staying:
            raise UsageError("all of their cards are named", hint="name those that are somebody else's only")
        rule_different(app.store, going, staying, app.now)
        everybody = app.everybody().known
        roots = app.store.joins.counts_as([*going, *staying])
        for root in sorted(set(roots.values())):
            who = everybody[root].person
            where = ", ".join(ref.account for ref in who.cards) or "by hand"
            say(f"{who.name}: {count(len(who.cards), 'card')} ({where})")
        say("They are kept apart from now on. The next pass brings the calendar up to date.", "dim")


def _parts(app: App, person: PersonId) -> Parts:
    """What may be taken apart: the cards by the person that each was first given to."""
    family = app.store.joins.family(person)
    cards = app.store.cards.by_home(family)
    return {one: cards.get(one, []) for one in sorted(family, key=lambda one: (one != person, one))}


def _named(parts: Parts, wanted: list[str]) -> set[PersonId]:
    found: set[PersonId] = set()
    for text in wanted:
        fitting = {
            one
            for one, cards in parts.items()
            for card in cards
            if text in (card.ref.uid, f"{card.ref.account}/{card.ref.uid}")
        } | {one for one in parts if one == text}
        if len(fitting) != 1:
            how_many = "none" if not fitting else "more than one"
            raise UsageError(
                f"--card {text}: {how_many} of their cards is called that",
                candidates=tuple(f"{c.ref.account}/{c.ref.uid}  {c.name}" for cards in parts.values() for c in cards),
            )
        found |= fitting
    return found


def _chosen(app: App, name: str, parts: Parts) -> set[PersonId]:
    """Asked, where there is a choice and somebody to ask; of two, the later known one goes."""
    ones = list(parts)
    if len(ones) == 2:
        return {ones[1]}
    if not ask.somebody_is_there():
        raise UsageError(
            f"{name} has {len(ones)} cards: which of them are somebody else's?",
            hint="name them with --card ACCOUNT/UID",
            candidates=tuple(f"{c.ref.account}/{c.ref.uid}  {c.name}" for cards in parts.values() for c in cards),
        )
    out().print(f"[bold]{escape(name)}[/]")
    for number, one in enumerate(ones, 1):
        described = [_described(card) for card in parts[one]] or [f"{app.store.people.name(one)}  (no card any more)"]
        out().print(f"  {number}  {escape('; '.join(described))}")

    def check(typed: str) -> str:
        numbers = typed.replace(",", " ").split()
        if not numbers or any(not n.isdecimal() or not 1 <= int(n) <= len(ones) for n in numbers):
            raise ValueError(f"type numbers from 1 to {len(ones)}, with spaces between")
        return typed

    typed = ask.text("Which of these are somebody else's?", check=check)
    return {ones[int(number) - 1] for number in typed.replace(",", " ").split()}


def _described(card: Card) -> str:
    more = [*(mail.value for mail in card.emails[:1]), *(phone.value for phone in card.phones[:1])]
    return f"{card.name}  {' '.join(more)}  ({card.ref.account})"
