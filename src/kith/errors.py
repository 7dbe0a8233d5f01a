"""Every error kith raises on purpose, in one tree.

::

    KithError
      ConfigError           the config file is wrong; every problem at once        exit 78
      UsageError            unknown person, ambiguous name, a bad argument         exit 2
      LockHeld              another pass is running                                exit 75
      ServiceError          systemd is not there, or will not                      exit 71
      StoreError            disk full, busy, written by a newer kith               exit 74
        StoreDamaged        what is in it cannot be read any more
      AccountError          one account cannot do what was asked                   exit 69
        Transient           time-out, busy, disk hiccup: try again later
        SignInNeeded        a login or a secret is missing or was refused         exit 77
        Denied              not allowed, or the place is not there
          CalendarNotFound  there is no calendar of the name that is to be watched
        CursorExpired       the server forgot our place; list everything again
        Conflict            somebody else changed it first; look again
        Rejected            this one item was refused; do not send it again
        Malformed           an answer or a file that cannot be read
        RemovalsHeld        too many cards gone at once; the user must say if that is meant

Each type owns its exit code; each instance carries a plain sentence and, where there is one, the command or
edit that mends it. Adapters turn every foreign error into one of these (design section 4). Anything else
that is raised is a bug in kith. Names, notes and secrets of the user's people may stand in ``message`` (it is
shown to the user) and must not be logged: logs use :attr:`KithError.kind` and the subject.
"""

from __future__ import annotations

from dataclasses import dataclass


class KithError(Exception):
    """The root: a sentence for the user, and what mends it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def kind(self) -> str:
        """The error's name without anything personal in it, for logs and reports."""
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing wrong in the config file.

    ``path`` is the key as a user would write it (``circles.inner.every``), empty for a syntax error;
    ``line`` counts from 1 and is None where it cannot be known.
    """

    path: str
    message: str
    line: int | None = None


class ConfigError(KithError):
    """The config file is missing, unreadable or wrong."""

    exit_code = 78

    def __init__(self, file: str, problems: tuple[ConfigProblem, ...], *, hint: str = "") -> None:
        super().__init__(f"{file}: {len(problems)} problem{'s' if len(problems) != 1 else ''}", hint=hint)
        self.file = file
        self.problems = problems


class UsageError(KithError):
    """What was typed on the command line cannot be acted on; ``candidates`` are what may have been meant."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.candidates = candidates


class LockHeld(KithError):
    """Another pass is running."""

    exit_code = 75


class ServiceError(KithError):
    """systemd is not there, or does not do what was asked."""

    exit_code = 71


class StoreError(KithError):
    """kith's own database cannot be read or written. The pass stops at once."""

    exit_code = 74


class StoreDamaged(StoreError):
    """kith's own database is there, and what is in it cannot be read: only a backup helps."""


class AccountError(KithError):
    """One account cannot do what was asked; the others go on."""

    exit_code = 69


class Transient(AccountError):
    """It may work later: time-outs, refusals, busy servers. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class SignInNeeded(AccountError):
    """The account is parked until a login or a config change."""

    exit_code = 77


class Denied(AccountError):
    """Not allowed, or the address book or calendar is not there."""


class CalendarNotFound(Denied):
    """The account has no calendar of the name that the config says to watch; everything else of it goes on."""


class CursorExpired(AccountError):
    """The place up to which we had read is not known any more: read everything again."""


class Conflict(AccountError):
    """The item changed, or is there already, or is gone: look again before writing."""


class Rejected(AccountError):
    """This item, as it is, will never be accepted."""


class Malformed(AccountError):
    """An answer or file that cannot be read; what we had before is kept."""


class RemovalsHeld(AccountError):
    """So many cards are gone at once that the user must say whether that is meant. Nothing was removed."""
