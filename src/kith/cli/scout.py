"""``kith scout``: people the user would like to get to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kith.cli.add import add_somebody, check_circle
from kith.cli.console import print_json, say, table
from kith.cli.session import one_person, session
from kith.cli.words import as_line, day_words, one_line
from kith.core.brief import day_text
from kith.core.names import find_exact
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.core.model import PersonId
    from kith.core.scout import Scout, Slot

app = typer.Typer(
    help="People you would like to get to know: each week has a place for one.", invoke_without_command=True
)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Its number, as `kith scout` shows it.")]


@app.callback()
def scout(context: typer.Context, as_json: AsJson = False) -> None:
    """People you would like to get to know: each week has a place for one."""
    if context.invoked_subcommand is None:
        _list(context, as_json=as_json)


@app.command("list")
def list_(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those whom you know by now, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Whom you look for, and what you have done about it."""
    _list(context, as_json=as_json, everything=everything)


@app.command("add")
def add(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Whom: a name, or a kind of person.")],
    via: Annotated[str | None, typer.Option("--via", metavar="PERSON", help="Who could introduce you.")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Anything worth remembering.")] = "",
) -> None:
    """Somebody to get to know: `kith scout add "someone who restores boats" --via rui`."""
    from kith.app import new_id

    with session(context) as kith:
        whom = as_line(text)
        if not whom:
            raise UsageError("whom would you like to get to know?")
        through: PersonId | None = one_person(kith.everybody(), via).person.id if via else None
        with kith.store.transaction():
            number = kith.store.scouts.add(new_id(), whom, through, as_line(note), kith.local_now)
        say(f"Scout {number}: {one_line(whom)}.")
        if kith.rules.giving.scouts:
            say("Each week has one event for whoever has waited longest.", "dim")


@app.command("met")
def met(
    context: typer.Context,
    number: Number,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Who it is; without, what you looked for.")] = None,
    circle: Annotated[str | None, typer.Option("--circle", metavar="C", help="Which circle they join.")] = None,
) -> None:
    """You know them by now: they become a person, as with `kith add`, or are the one who is known by that name.

    The note and what you wrote in their events go along.
    """
    with session(context) as kith:
        found = _open(kith, number)
        called = " ".join((name or found.text).split())
        if name is None and not _is_a_name(called):
            raise UsageError(f"“{one_line(called)}”: who is it?", hint=f"say the name: `kith scout met {number} NAME`")
        with kith.store.transaction():
            person = _become(kith, found, called, circle)
            for text in _worth_keeping(kith, found):
                kith.store.people.record_fact(person, "note", text, kith.local_now)
            kith.store.scouts.met(number, person, kith.today)


@app.command("drop")
def drop(context: typer.Context, number: Number) -> None:
    """You do not look for them any more."""
    with session(context) as kith:
        found = _open(kith, number)
        with kith.store.transaction():
            kith.store.scouts.drop(number, kith.today)
        say(f"Dropped: {one_line(found.text)}.")


def _become(kith: App, found: Scout, called: str, circle: str | None) -> PersonId:
    """Whom the scout turned out to be: somebody known by that name, or somebody new."""
    same = find_exact(called, [known.person for known in kith.everybody().known.values()])
    if not same:
        how = [] if found.text == called else [f"looked for “{found.text}”"]
        how += [f"through {kith.store.people.name(found.via)}"] if found.via else []
        return add_somebody(kith, called, met=", ".join(how), circle=circle)
    if len(same) > 1:
        known = tuple(f"{person.name}, id {person.id}" for person in same)
        raise UsageError(f"“{called}” may be {len(same)} people", hint="type the id", candidates=known)
    check_circle(kith, circle)
    if circle is not None:
        kith.store.people.set_circle(same[0].id, circle)
    say(f"It is {same[0].name}, whom you know{f': now in {circle}' if circle else ''}.")
    return same[0].id


def _worth_keeping(kith: App, found: Scout) -> list[str]:
    """The note about a scout, and what was written in their events, each with its day."""
    written = _written(found, kith.store.scouts.slots(kith.rules.days.zone))
    return [*filter(None, [found.note]), *(f"{day_text(slot.day)}: {slot.text}" for slot in written)]


def _is_a_name(text: str) -> bool:
    return all(word[0].isupper() for word in text.split() if len(word) > 3)


def _open(kith: App, number: int) -> Scout:
    scouts = kith.store.scouts.all()
    found = next((one for one in scouts if one.number == number), None)
    if found is None:
        known = [f"{one.number}  {one_line(one.text)}" for one in scouts if not one.is_over]
        raise UsageError(f"there is no scout {number}", hint="see `kith scout list`", candidates=tuple(known))
    if found.is_over:
        how = "you know them by now" if found.met_on is not None else "you dropped it"
        raise UsageError(f"“{one_line(found.text)}”: {how}", hint="see `kith scout list --all`")
    return found


def _list(context: typer.Context, *, as_json: bool, everything: bool = False) -> None:
    with session(context) as kith:
        scouts = [one for one in kith.store.scouts.all() if everything or as_json or not one.is_over]
        slots = kith.store.scouts.slots(kith.rules.days.zone)
        if as_json:
            print_json([_plain(kith, one, slots) for one in scouts])
            return
        if not scouts:
            say('You look for nobody. `kith scout add "someone who restores boats"` keeps whom you would like to know.')
            return
        rows = [
            (
                str(one.number),
                one_line(one.text),
                kith.store.people.name(one.via) if one.via else "",
                _state(kith, one, slots),
                one_line(one.note),
            )
            for one in scouts
        ]
        table(("", "Whom", "Through", "", "Note"), rows, styles=["dim" if one.is_over else "" for one in scouts])
        for one in scouts:
            for slot in _written(one, slots):
                say(f"  {one.number}  {day_text(slot.day)}: {one_line(slot.text)}", "dim")


def _written(one: Scout, slots: list[Slot]) -> list[Slot]:
    return [slot for slot in slots if slot.subject == one.subject and slot.text]


def _state(kith: App, one: Scout, slots: list[Slot]) -> str:
    if one.met_on is not None:
        return f"known since {day_words(one.met_on, kith.today)}"
    if one.dropped_on is not None:
        return "dropped"
    waiting = [slot.day for slot in slots if slot.subject == one.subject and slot.is_open]
    return f"in the calendar, {day_words(waiting[0], kith.today)}" if waiting else ""


def _plain(kith: App, one: Scout, slots: list[Slot]) -> dict[str, Any]:
    name = kith.store.people.name
    return {
        "number": one.number,
        "text": one.text,
        "via": {"id": one.via, "name": name(one.via)} if one.via else None,
        "note": one.note,
        "added_on": one.recorded_on.isoformat(),
        "met_on": one.met_on.isoformat() if one.met_on else None,
        "person": {"id": one.person, "name": name(one.person)} if one.person else None,
        "dropped_on": one.dropped_on.isoformat() if one.dropped_on else None,
        "slots": [
            {"day": slot.day.isoformat(), "text": slot.text, "open": slot.is_open}
            for slot in slots
            if slot.subject == one.subject
        ],
    }
