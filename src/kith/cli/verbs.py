"""Which verbs there are, and where each one is. Only the one that is called is imported: starting up is most of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

import typer

_EVERY_DAY, _LOOK, _RUN, _KEEP = "Answer from here", "Look things up", "Run and set up", "Keep what you said"
_WHO, _GIVE = "Say who is who", "Give"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: the heading it stands under in the help, its module, and the function there.

    A ``group`` has verbs of its own, and is an app. ``settings`` is the name of what its module says of parsing.
    """

    name: str
    heading: str
    module: str = ""
    function: str = ""
    group: bool = False
    settings: str = ""

    def add_to(self, app: typer.Typer) -> None:
        """Import it, and let the app have it."""
        module = import_module(f"kith.cli.{self.module or self.name}")
        if self.group:
            app.add_typer(module.app, name=self.name, rich_help_panel=self.heading)
            return
        settings = getattr(module, self.settings) if self.settings else None
        command = app.command(self.name, rich_help_panel=self.heading, context_settings=settings)
        command(getattr(module, self.function or self.name))


VERBS = (
    Verb("due", _LOOK),
    Verb("show", _LOOK),
    Verb("history", _LOOK),
    Verb("search", _LOOK),
    Verb("promises", _LOOK),
    Verb("people", _LOOK),
    Verb("report", _LOOK),
    Verb("status", _LOOK),
    Verb("meetings", _LOOK, group=True),
    Verb("circle", _LOOK, group=True),
    Verb("log", _EVERY_DAY),
    Verb("fact", _EVERY_DAY),
    Verb("edit", _EVERY_DAY),
    Verb("forget", _EVERY_DAY),
    Verb("snooze", _EVERY_DAY),
    Verb("skip", _EVERY_DAY),
    Verb("pause", _EVERY_DAY),
    Verb("add", _EVERY_DAY),
    Verb("triage", _EVERY_DAY),
    Verb("tag", _EVERY_DAY, settings="SETTINGS"),
    Verb("set", _EVERY_DAY, function="set_"),
    Verb("advise", _EVERY_DAY),
    Verb("news", _GIVE, group=True),
    Verb("intro", _GIVE, group=True),
    Verb("scout", _GIVE, group=True),
    Verb("duplicates", _WHO),
    Verb("merge", _WHO),
    Verb("split", _WHO),
    Verb("why", _WHO),
    Verb("account", _RUN, group=True),
    Verb("init", _RUN),
    Verb("sync", _RUN),
    Verb("check", _RUN),
    Verb("events", _RUN, group=True),
    Verb("login", _RUN),
    Verb("logout", _RUN, module="login"),
    Verb("service", _RUN, group=True),
    Verb("daemon", _RUN),
    Verb("demo", _RUN),
    Verb("backup", _KEEP),
    Verb("restore", _KEEP, module="backup"),
    Verb("export", _KEEP),
    Verb("import", _KEEP, module="import_", function="import_"),
)
"""In the order of the help."""


def needed(arguments: Sequence[str]) -> Sequence[Verb]:
    """The verbs that a command line can mean: the one that it calls, or all, for help, completion and slips."""
    if any(name.endswith("_COMPLETE") and name.startswith("_") for name in os.environ):
        return VERBS
    called = next(_words(arguments), "")
    return [verb for verb in VERBS if verb.name == called] or VERBS


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """The words after the options that may stand before a verb; none where there is another option."""
    waiting = iter(arguments)
    for word in waiting:
        if word == "--config":
            next(waiting, None)
        elif word.startswith("-") and word != "--verbose" and not word.startswith("--config="):
            return
        elif not word.startswith("-"):
            yield word
