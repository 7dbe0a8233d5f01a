"""``kith tag``: labels of kith's own, on one person or several."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import say, table
from kith.cli.session import one_person, session
from kith.cli.words import joined
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.sync.network import Known

SETTINGS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""So that ``-work`` is a tag, and no option."""


def tag(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="PERSON… +TAG -TAG", help="Whom, and what to add or take away.", show_default=False),
    ] = None,
) -> None:
    """Tag people: `kith tag ana rui +family -work`. Without tags, see somebody's; without anybody, all there are.

    A tag counts like a label on a card: circles with that label take them in. Cards are never changed.
    """
    who = [word for word in words or () if word[:1] not in "+-"]
    changes = [(word[0], " ".join(word[1:].split())) for word in words or () if word[:1] in "+-"]
    with session(context) as app:
        if not who:
            if changes:
                raise UsageError("whose tags? name somebody", hint="as in `kith tag ana +family`")
            _all(app)
            return
        if any(not name for _, name in changes):
            raise UsageError("a tag needs a name, as in +family")
        halved = next((name for sign, name in changes if sign == "+" and ":" in (name[0], name[-1])), None)
        if halved is not None:
            raise UsageError(
                f"“{halved}” is half a tag", hint="one with a colon has a word on either side: +city:porto"
            )
        network = app.everybody()
        people = list({known.person.id: known for known in (one_person(network, one) for one in who)}.values())
        _change(app, people, changes)
        after = app.everybody().known
        for known in people:
            labels = after[known.person.id].person.labels
            place = after[known.person.id].membership.circle
            say(f"{known.person.name}: {', '.join(labels) or 'no tags'}{f'  ({place})' if place else ''}")


def _change(app: App, people: list[Known], changes: list[tuple[str, str]]) -> None:
    """All of the changes, or none. Raises UsageError for a tag that nobody of them has."""
    tags = app.store.choosing
    with app.store.transaction():
        for sign, name in changes:
            if sign == "+":
                for known in people:
                    tags.tag(known.person.id, name)
            elif not [known for known in people if tags.untag(known.person.id, name)]:
                _refuse(people, name)


def _refuse(people: list[Known], name: str) -> None:
    on_cards = [known for known in people if name.casefold() in (label.casefold() for label in known.person.labels)]
    if on_cards:
        accounts = joined(sorted({ref.account for ref in on_cards[0].person.cards}))
        raise UsageError(
            f"“{name}” stands on a card of {on_cards[0].person.name}’s, in {accounts}",
            hint="take it away there; kith never changes cards",
        )
    raise UsageError(f"{joined([known.person.name for known in people])}: no tag “{name}”")


def _all(app: App) -> None:
    counted = Counter(label for known in app.everybody().known.values() for label in known.person.labels)
    if not counted:
        say("There are no tags and labels yet. `kith tag ana +family` makes one.")
        return
    by_name = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
    table(("Tag or label", "People"), [(name, str(number)) for name, number in by_name])
