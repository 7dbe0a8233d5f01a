"""What ``kith init`` makes of labels: proposals, answers by number and name, and the option."""

from __future__ import annotations

import pytest

from kith.cli.circles import chosen_labels, circle_option, likely_circles
from kith.config.first import FirstCircle
from kith.errors import UsageError

LABELS = ["Friends", "Work", "Close friends", "7"]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("-", []),
        ("", []),
        ("1", ["Friends"]),
        ("3, 1", ["Close friends", "Friends"]),
        ('Work, "Close friends",Work', ["Work", "Close friends"]),
        ("7", ["7"]),
    ],
)
def test_labels_are_chosen_by_number_or_name(typed: str, chosen: list[str]) -> None:
    assert chosen_labels(typed, LABELS) == chosen


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5", "there is no label “5”"),
        ("0", "there is no label “0”"),
        ("Fiends", "there is no label “Fiends”; did you mean “Friends”?"),
    ],
)
def test_what_is_no_label_is_said(typed: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        chosen_labels(typed, LABELS)
    assert str(caught.value) == said


def test_usual_names_are_proposed_whatever_their_case() -> None:
    assert [(circle.name, circle.labels) for circle in likely_circles({"FAMILY": 3, "Família": 1, "Golf": 9})] == [
        ("inner", ("FAMILY", "Família")),
        ("friends", ()),
        ("others", ()),
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('inner=Family,"Close friends"@2w', FirstCircle("inner", "2w", None, ("Family", "Close friends"))),
        ("inner=Family@2w/4w", FirstCircle("inner", "2w", "4w", ("Family",))),
        ("inner=Family", FirstCircle("inner", "2w", "4w", ("Family",))),
        ("friends=", FirstCircle("friends", "6w")),
        ('band=me@home,"a, b"@10d', FirstCircle("band", "10d", None, ("me@home", "a, b"))),
    ],
)
def test_a_circle_in_one_option(typed: str, meant: FirstCircle) -> None:
    assert circle_option(typed) == meant


@pytest.mark.parametrize("typed", ["inner=Family@2x", "inner=Family@2w/2x", "band=Drums", "=Family@2w", "band"])
def test_an_option_that_cannot_be_read(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        circle_option(typed)
    assert caught.value.message.startswith(f"--circle {typed}: ")
    assert caught.value.hint == "write it as in --circle 'inner=Family,\"Close friends\"@2w'"
