"""HTML put together from elements, so that nothing anybody typed can become markup.

Texts and attributes are escaped where the page is written, by the standard library's ElementTree; nothing before does.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

Element = ET.Element

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What no page may hold, or no reader sees."""


def element(tag: str, /, *children: Element | str, **attributes: str) -> Element:
    """An element with its children in order; ``class_`` is the attribute ``class``, ``aria_label`` ``aria-label``."""
    made = ET.Element(tag, {key.rstrip("_").replace("_", "-"): _seen(value) for key, value in attributes.items()})
    for child in children:
        if not isinstance(child, str):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + _seen(child)
        else:
            made.text = (made.text or "") + _seen(child)
    return made


def written(root: Element, first_line: str) -> bytes:
    """The page in UTF-8, after its first line."""
    return f"{first_line}\n{ET.tostring(root, encoding='unicode', method='html')}\n".encode()


def _seen(text: str) -> str:
    return _UNSEEN.sub("\ufffd", text)
