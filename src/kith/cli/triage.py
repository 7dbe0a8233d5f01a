"""``kith triage``: choose your network, one person and one key at a time.

Each answer is on disk before the next person is shown, so that it can stop at any moment. It needs a terminal and
nothing else: no colours, no mouse, no cursor keys.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from kith.cli import ask
from kith.cli.console import out, say
from kith.cli.session import one_person, session
from kith.cli.words import count
from kith.core.brief import day_text, partial_day_text
from kith.core.choosing import Candidate, likeliest_first
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import PersonId
    from kith.store.choosing import Choice
    from kith.sync.network import Known

_PUT_OFF = timedelta(days=30)
_LATER, _NEVER, _SAME, _BACK, _QUIT = "n", "x", "s", "b", "q"
_WORDS = {_LATER: "not now", _NEVER: "never", _SAME: "same as…", _BACK: "back", _QUIT: "quit"}
_CIRCLE_KEYS = string.digits[1:] + "".join(sorted(set(string.ascii_lowercase) - {*_WORDS}))


@dataclass(frozen=True, slots=True)
class _Before:
    """What stood before an answer, to go back to."""

    position: int
    circle: str | None
    choice: Choice | None


def triage(
    context: typer.Context,
    most: Annotated[int, typer.Option("--most", metavar="N", help="Stop after so many people.", min=1)] = 10_000,
) -> None:
    """Choose your network: see those in no circle one by one, likeliest first, and press one key for each.

    A few a day are enough: q stops at any time. Who was put off comes again after a month, who shall never be asked
    about does not; a label on their card still puts them into its circle.
    """
    if not ask.somebody_is_there():
        raise UsageError(
            "nobody is there to ask", hint="see `kith people --unassigned`, and `kith set NAME --circle …`, in a script"
        )
    with session(context) as app:
        if not app.config.circles:
            raise UsageError("there are no circles to choose from", hint="write a [circles.NAME] into the config")
        waiting = list(_waiting(app))
        if not waiting:
            say("Nobody is waiting to be chosen." if app.store.people.count() else "Nobody is known yet: `kith sync`.")
            return
        chosen = _Walk(app, waiting[:most], len(waiting)).run()
        say(
            f"{count(chosen, 'person', 'people')} put into circles. The next pass plans for them." if chosen else "Bye."
        )


def _waiting(app: App) -> Iterator[Known]:
    """Those in no circle whom the user may be asked about, likeliest first."""
    known = app.everybody().known
    choices = app.store.choosing.choices()
    spoken, facts = app.store.people.conversations(), app.store.people.facts()
    candidates = []
    for who, one in known.items():
        choice = choices.get(who)
        if one.in_network or (choice is not None and _is_settled(choice, app)):
            continue
        days = [said.day for said in spoken.get(who, ())]
        candidates.append(Candidate(one.person, days, len(facts.get(who, ())), choice is not None))
    members = [one.person for one in known.values() if one.in_network]
    for candidate in likeliest_first(candidates, members, app.today):
        yield known[candidate.person.id]


def _is_settled(choice: Choice, app: App) -> bool:
    return choice.verdict == "never" or app.today - choice.on < _PUT_OFF


class _Walk:
    """One person after the other."""

    def __init__(self, app: App, people: Sequence[Known], waiting: int) -> None:
        self._app = app
        self._people = people
        self._waiting = waiting
        self._keys = dict(zip(_CIRCLE_KEYS, app.config.circles, strict=False))
        self._facts = app.store.people.facts()
        self._answered: list[_Before] = []

    def run(self) -> int:
        """Ask until there is nobody left, or no more wish to; how many were put into circles."""
        chosen: dict[PersonId, bool] = {}
        position = 0
        while position < len(self._people):
            known = self._people[position]
            self._show(known, position)
            key = self._key()
            if key == _QUIT:
                break
            if key == _BACK:
                position = self._go_back(position)
                chosen.pop(self._people[position].person.id, None)
                continue
            if key == _SAME:
                position += self._same(known)
                continue
            chosen[known.person.id] = key in self._keys
            self._answer(known, key, position)
            position += 1
        return sum(chosen.values())

    def _show(self, known: Known, position: int) -> None:
        who, console = known.person, out()
        console.print()
        also = f"  ({escape(', '.join(who.nicknames))})" if who.nicknames else ""
        console.print(f"[bold]{escape(who.name)}[/]{also}")
        last = known.last.conversation
        lines = {
            "Work": " at ".join(part for part in (who.job_title, who.organisation) if part),
            "City": who.city,
            "Labels": ", ".join(who.labels),
            "Birthday": partial_day_text(who.birthday) if who.birthday else "",
            "Reach": ", ".join([*(phone.value for phone in who.phones[:2]), *(mail.value for mail in who.emails[:2])]),
            "Talked": day_text(last) if last else "",
            "Known": "; ".join(fact.splitlines()[0] for fact in self._facts.get(who.id, [])[:2] if fact),
            "From": ", ".join(sorted({ref.account for ref in who.cards})),
        }
        for name, text in lines.items():
            if text:
                console.print(f"  [dim]{name:<8}[/] {escape(text)}")
        console.print(f"{self._menu()}  [dim]({position + 1} of {self._waiting})[/]", end=" ")

    def _menu(self) -> str:
        circles = "  ".join(f"[bold]{key}[/] {escape(name)}" for key, name in self._keys.items())
        return f"  {circles}  ·  " + "  ".join(f"[bold]{key}[/] {word}" for key, word in _WORDS.items())

    def _key(self) -> str:
        """One key that means something."""
        import click

        while True:
            try:
                key = click.getchar().lower()[:1]  # what was typed ahead would answer for people not seen yet
            except EOFError:  # Ctrl-D, or the terminal is gone
                return _QUIT
            if key == "\x03":  # Ctrl-C that came together with other keys
                raise KeyboardInterrupt
            if key == "\x04":
                return _QUIT
            if key in self._keys or key in _WORDS:
                out().print(f"→ {escape(self._meaning(key))}", style="green")
                return key
            if key.isprintable():
                out().print(f"“{escape(key)}” is none of these keys", end=" ", style="yellow")

    def _meaning(self, key: str) -> str:
        return self._keys.get(key) or _WORDS[key]

    def _answer(self, known: Known, key: str, position: int) -> None:
        from kith.store.choosing import Choice

        app, who = self._app, known.person.id
        choosing = app.store.choosing
        row = app.store.people.everybody([who])[0]
        self._answered.append(_Before(position, row.set_by_hand.circle, choosing.choices().get(who)))
        with app.store.transaction():
            if key in self._keys:
                app.store.people.set_circle(who, self._keys[key])
                choosing.choose(who, None)
            else:
                choosing.choose(who, Choice("later" if key == _LATER else "never", app.today))

    def _same(self, known: Known) -> int:
        """Ask who it is, and join the two; how many places that goes on."""
        from kith.sync.joining import rule_same

        typed = ask.text("Who is it? A name, or nothing for nobody")
        if not typed:
            return 0
        try:
            other = one_person(self._app.everybody(), typed).person
        except UsageError as error:
            say(f"{error.message}{': ' if error.candidates else ''}{'; '.join(error.candidates)}", "yellow")
            return 0
        if other.id == known.person.id:
            say("That is who stands here.", "yellow")
            return 0
        rule_same(self._app.store, other.id, known.person.id, self._app.now)
        say(f"{known.person.name} and {other.name} are one person now; `kith split` undoes it.", "green")
        return 1

    def _go_back(self, position: int) -> int:
        """Undo the last answer; where that leads."""
        if not self._answered:
            say("There is nothing to go back to.", "yellow")
            return position
        before = self._answered.pop()
        who = self._people[before.position].person.id
        with self._app.store.transaction():
            self._app.store.people.set_circle(who, before.circle)
            self._app.store.choosing.choose(who, before.choice)
        return before.position
