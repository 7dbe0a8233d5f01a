"""Taking an import back: as if the file had never been read, but for what the user did since."""

from __future__ import annotations

from datetime import datetime

from kith.core.model import AccountId, CardRef, CardUid, PersonId
from kith.errors import UsageError
from kith.store.imports import Import, Step, Thing
from kith.store.store import Store
from kith.sync.joining import regroup
from kith.sync.take_in import set_by_hand


def undo(store: Store, number: int | None, now: datetime) -> tuple[Import, list[str]]:
    """Take an import back, the last one unless its number is given; and the names of those who are kept nevertheless.

    Raises:
        UsageError: there is none, or a later one of the same account stands on it.
    """
    with store.transaction():
        standing = [one for one in store.imports.all() if not one.undone]
        chosen = next((one for one in reversed(standing) if number in (None, one.number)), None)
        if chosen is None:
            which = f"no import {number} that stands" if number is not None else "nothing imported"
            raise UsageError(f"there is {which}", hint="see `kith import ls`")
        later = [one for one in standing if one.account == chosen.account and one.number > chosen.number]
        if later:
            raise UsageError(
                f"import {later[-1].number} of {chosen.account} stands on it",
                hint=f"undo that one first: `kith import undo {later[-1].number}`",
            )
        kept = _take_back(store, chosen.number, now)
        store.imports.mark_undone(chosen.number, now)
    return chosen, kept


def _take_back(store: Store, number: int, now: datetime) -> list[str]:
    """Undo every step, with everybody concerned apart; then see again who is who. The names of those who are kept."""
    steps = store.imports.steps_back(number)
    concerned = {person for step in steps for person in _people_of(store, step)}
    families = {member for person in concerned for member in store.joins.family(person)}
    for person in sorted(set(store.joins.counts_as(families).values())):
        store.joins.take_apart(person)
    for step in steps:
        _undo_step(store, step, now)
    made = [PersonId(step.subject[0]) for step in steps if step.what == "person"]
    kept = [name for person in made if (name := store.people.name(person)) and not store.imports.forget_person(person)]
    regroup(store, store.joins.counts_as(families).keys(), now)
    return kept


def _people_of(store: Store, step: Step) -> list[PersonId]:
    """Whom a step is about."""
    if step.what in ("person", "circle", "every"):
        return [PersonId(step.subject[0])]
    if step.what == "card":
        owner = store.imports.owner(_ref(step))
        return [owner] if owner is not None else []
    return []


def _undo_step(store: Store, step: Step, now: datetime) -> None:
    imports = store.imports
    match step.what:
        case "card" if step.before is None:
            imports.remove(_ref(step), now)
        case "card":
            imports.put_body(_ref(step), step.before)
        case "thing":
            imports.keep_thing(_ref(step), step.subject[3], Thing(*step.before) if step.before else None)
        case "fact":
            imports.change_fact(step.subject[0], step.before)
        case "conversation":
            imports.forget_conversation(step.subject[0], now)
        case "circle" | "every":
            _unset(store, step.what, PersonId(step.subject[0]), step.subject[1], step.before or "")
        case _:
            assert step.what == "person", step.what  # they go at the end, when nothing is left of them


def _ref(step: Step) -> CardRef:
    account, collection, uid = step.subject[:3]
    return CardRef(AccountId(account), collection, CardUid(uid))


def _unset(store: Store, what: str, person: PersonId, given: str, before: str) -> None:
    """Put a circle or cadence back, unless the user has set another one since."""
    now = store.people.everybody([person])[0].set_by_hand
    if str((now.circle if what == "circle" else now.every) or "") == given:
        set_by_hand(store, what, person, before)
