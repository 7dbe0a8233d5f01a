"""Which labels are which circle: asked with the labels' counts, proposed from their usual names, or said by an option.

Nothing here reads a card: whoever asks has counted the labels.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence

from rich.markup import escape

from kith.cli import ask
from kith.cli.console import out, say
from kith.config.first import FirstCircle
from kith.config.written import nearest
from kith.core.names import fold
from kith.core.period import Period
from kith.errors import UsageError

USUAL_CIRCLES = (
    (FirstCircle("inner", "2w", "4w"), ("family", "close friends", "best friends", "familie", "famille", "família")),
    (FirstCircle("friends", "6w"), ("friends", "freunde", "amis", "amigos", "amici", "vrienden")),
    (FirstCircle("others", "3m"), ("acquaintances", "colleagues", "work", "neighbours", "neighbors")),
)
"""What is proposed, and the labels that people often have for it."""


def ask_for_circles(labels: Mapping[str, int]) -> tuple[FirstCircle, ...]:
    """Which labels are which circle, with the labels' counts shown; usual ones are proposed."""
    names = list(labels)
    out().print("[bold]Labels on your cards[/]")
    for number, name in enumerate(names, 1):
        out().print(f"  {number:>2}  {escape(name)} [dim]({labels[name]})[/]")
    say("Which of them belong to which circle? Numbers or names, with commas between; - for none.", "dim")
    taken: set[str] = set()
    circles = []
    for circle, usual in USUAL_CIRCLES:
        likely = ", ".join(name for name in names if fold(name) in map(fold, usual) and name not in taken)
        question = f"{circle.name}, every {Period.parse(circle.every).in_words()}"
        typed = ask.text(question, likely or "-", check=lambda typed: "\n".join(chosen_labels(typed, names)))
        chosen = tuple(typed.splitlines())
        taken.update(chosen)
        circles.append(FirstCircle(circle.name, circle.every, circle.at_worst, chosen))
    return tuple(circles)


def likely_circles(labels: Mapping[str, int]) -> tuple[FirstCircle, ...]:
    """What would be proposed for these labels."""
    return tuple(
        FirstCircle(
            circle.name,
            circle.every,
            circle.at_worst,
            tuple(name for name in labels if fold(name) in map(fold, usual)),
        )
        for circle, usual in USUAL_CIRCLES
    )


def chosen_labels(typed: str, names: Sequence[str]) -> list[str]:
    """The labels meant by numbers and names.

    Raises:
        ValueError: one of them is neither; says which, and what may have been meant.
    """
    chosen = []
    for part in (part.strip() for part in next(csv.reader([typed], skipinitialspace=True), [])):
        if part in ("", "-"):
            continue
        if part in names:
            chosen.append(part)
        elif part.isdecimal() and 1 <= int(part) <= len(names):
            chosen.append(names[int(part) - 1])
        else:
            meant = nearest(part, names)
            raise ValueError(f"there is no label “{part}”" + (f"; did you mean “{meant}”?" if meant else ""))
    return list(dict.fromkeys(chosen))


def circle_option(typed: str) -> FirstCircle:
    """``inner=Family,"Close friends"@2w`` or ``inner=Family@2w/4w``; usual circles know their own cadence.

    Raises:
        UsageError: it is not written like that.
    """
    name, _, rest = typed.partition("=")
    listed, at, cadence = rest.rpartition("@")
    every, _, at_worst = cadence.partition("/")
    usual = next((circle for circle, _ in USUAL_CIRCLES if circle.name == name.strip()), None)
    if not at:
        listed, every, at_worst = rest, usual.every if usual else "", (usual.at_worst or "") if usual else ""
    try:
        for length in (every, *([at_worst] if at_worst else [])):
            Period.parse(length)
        labels = tuple(label for label in next(csv.reader([listed], skipinitialspace=True), []) if label.strip())
        if not name.strip():
            raise ValueError("its name is missing")
    except (ValueError, csv.Error) as error:
        raise UsageError(
            f"--circle {typed}: {error}", hint="write it as in --circle 'inner=Family,\"Close friends\"@2w'"
        ) from None
    return FirstCircle(name.strip(), every, at_worst or None, labels)
