"""Who is in the network, and whether the days hold them."""

from __future__ import annotations

from collections.abc import Iterator

from kith.accounts.base import Finding, Level
from kith.app import App
from kith.core.problem import ROOM_FOR_MORE


def network(app: App) -> Iterator[Finding]:
    """Whom the config names and nobody knows, an empty network, and the week's arithmetic."""
    if app.store.runs.last() is None:
        yield Finding("ok", "network", "nobody was read in yet", "run `kith sync --dry-run` to see what would happen")
        return
    network = app.network()
    for rule in network.unclear:
        told = ", ".join(rule.candidates)
        message = f"not clear who is meant: {told}" if told else "nobody of that name, nickname or e-mail is known"
        yield Finding("warning", f'people."{rule.who}"', message, "use the e-mail, or correct the name in the config")
    if not network.members():
        people = f"{network.people} {'person' if network.people == 1 else 'people'}"
        hint = "give your circles labels that stand on your cards, or add people: `kith add NAME --circle …`"
        yield Finding("warning", "network", f"nobody of {people} is in it", hint)
        return
    budget = network.budget(app.rules, app.today)
    level: Level = "ok" if budget.fits_comfortably else "warning" if budget.fits else "problem"
    yield Finding(level, "budget", budget.in_words(app.rules.days), "" if level == "ok" else ROOM_FOR_MORE)
