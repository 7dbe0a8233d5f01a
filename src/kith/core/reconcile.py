"""Want, wrote, see: what to do about one event (design section 4, *Reconcile*).

Read-back comes first, so that whatever the user did is already in ``wrote``; here it only matters whether they did
anything (``touched``). One exhaustive match; each row has its test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kith.core.event import Change, Fields, SeenEvent, normal_lines
from kith.core.readback import Written


class Sight(Enum):
    """How an event stands in the calendar now."""

    AS_WRITTEN = "as written"
    TOUCHED = "edited, or with text"
    GONE = "gone, confirmed"
    ABSENT = "not there"
    UNKNOWN = "could not look"


class Wrote(Enum):
    """What the store says about our writing of it."""

    NO = "never"
    BEGUN = "begun, no answer came"
    YES = "written"
    DELETING = "deletion begun, no answer came"


@dataclass(frozen=True, slots=True)
class Create:
    """Write it, only if nothing stands there."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class Adopt:
    """It stands there though no answer said so: take it as written, and read it back."""


@dataclass(frozen=True, slots=True)
class Update:
    """Write what differs, if nobody else wrote since."""

    change: Change


@dataclass(frozen=True, slots=True)
class Delete:
    """Take it away, if nobody else wrote since."""


@dataclass(frozen=True, slots=True)
class AcceptDeletion:
    """The user deleted it: this round is skipped."""


@dataclass(frozen=True, slots=True)
class Close:
    """It stays as it is and is the user's now; kith never writes it again."""


@dataclass(frozen=True, slots=True)
class Forget:
    """It is gone and was not wanted: nothing follows."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing to do, or nothing that may be done now."""

    reason: str = ""


Action = Create | Adopt | Update | Delete | AcceptDeletion | Close | Forget | Leave


def reconcile(want: Fields | None, wrote: Wrote, sight: Sight, change: Change) -> Action:
    """Decide about one event of this install; ``change`` is what it lacks of what is wanted, empty for nothing."""
    match (want, wrote, sight):
        case (_, _, Sight.UNKNOWN):
            return Leave("the calendar could not be looked at")
        case (None, Wrote.DELETING | Wrote.NO | Wrote.BEGUN, Sight.GONE | Sight.ABSENT):
            return Forget()
        case (_, Wrote.DELETING, Sight.GONE | Sight.ABSENT):
            return Forget()
        case (_, Wrote.NO | Wrote.BEGUN, Sight.AS_WRITTEN | Sight.TOUCHED):
            return Adopt()
        case (None, _, Sight.AS_WRITTEN):
            return Delete()
        case (None, _, Sight.TOUCHED):
            return Close()
        case (None, _, Sight.GONE):
            return Forget()
        case (Fields(), Wrote.NO | Wrote.BEGUN, Sight.GONE | Sight.ABSENT):
            return Create(want)
        case (Fields(), _, Sight.AS_WRITTEN | Sight.TOUCHED):
            return Update(change) if change else Leave()
        case (Fields(), _, Sight.GONE):
            return AcceptDeletion()
        case (_, _, Sight.ABSENT):
            return Leave("not confirmed yet")
    raise AssertionError((want, wrote, sight))


def difference(want: Fields, written: Written, seen: SeenEvent, *, hands_off: frozenset[str]) -> Change:
    """What has to be written so that the event says what is wanted; never a field that is the user's.

    The description counts as it is wanted when its lines are the same.
    """
    when = want.when if not want.when.same_start(written.fields.when) and "when" not in hands_off else None
    title = want.title if want.title != written.fields.title and "title" not in hands_off else None
    description = None
    if "description" not in hands_off and normal_lines(want.description) != normal_lines(seen.fields.description):
        description = want.description
    return Change(when=when, title=title, description=description)
