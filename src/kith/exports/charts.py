"""Small charts as SVG within a page: shapes only, which stretch to any width. What they say stands beside them.

What is filled is dark and what is not has an outline, so that a chart says the same without colour, and on paper.
"""

from __future__ import annotations

from collections.abc import Sequence

from kith.exports.markup import Element, element

_HEIGHT = 100
_STEP = 10
_GAP = 2
_LENGTH = 100


def columns(values: Sequence[tuple[int, int]], names: Sequence[str], label: str) -> Element:
    """A column for each pair: filled as high as the first number, of an outline as high as the second."""
    most = max((whole for _, whole in values), default=0) or 1
    shapes = []
    for position, ((part, whole), name) in enumerate(zip(values, names, strict=True)):
        x, width = str(position * _STEP + _GAP / 2), str(_STEP - _GAP)
        for number, kind in ((whole, "rest"), (part, "part")):
            height = number / most * _HEIGHT
            shape = element("rect", x=x, y=f"{_HEIGHT - height:.2f}", width=width, height=f"{height:.2f}", class_=kind)
            shape.append(element("title", f"{name}: {part} of {whole}"))
            shapes.append(shape)
    return _svg("columns", max(len(values), 1) * _STEP, _HEIGHT, label, shapes)


def strip(share: float, label: str, *, mark: float | None = None) -> Element:
    """A bar filled up to a share of it, from 0 to 1; ``mark`` is a line across it at another share."""
    shapes = [
        element("rect", x="0", y="0", width=str(_LENGTH), height="10", class_="rest"),
        element("rect", x="0", y="0", width=f"{min(share, 1) * _LENGTH:.2f}", height="10", class_="part"),
    ]
    if mark is not None:
        at = f"{min(mark, 1) * _LENGTH:.2f}"
        shapes.append(element("line", x1=at, x2=at, y1="-3", y2="13", class_="mark"))
    return _svg("strip", _LENGTH, 10, label, shapes)


def _svg(kind: str, width: int, height: int, label: str, shapes: Sequence[Element]) -> Element:
    return element(
        "svg",
        *shapes,
        class_=kind,
        viewBox=f"0 0 {width} {height}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
