"""A second opinion: on cards that are well formed, vobject and kith read the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vobject

from kith.codecs.vcard import read_cards
from kith.core.model import AccountId, Card, Href

FILES = Path(__file__).parent.parent / "data" / "vcards"
WELL_FORMED = ("ios.vcf", "nextcloud.vcf", "evolution.vcf", "latin1.vcf", "android.vcf")
MORE = r"""BEGIN:VCARD
VERSION:3.0
FN:Ana Silva
N:Silva;Ana;;;
UID:ana
EMAIL;TYPE=HOME:ana@example.org
EMAIL;TYPE=WORK:ana@work.example
TEL;TYPE=CELL:+351 912 000 222
TEL;TYPE=HOME:+351 220 000 111
ORG:Blue Kettle\, Ltd.;Sales
CATEGORIES:friends,book club,rock\, paper
NOTE:One line\nand another\, with a comma\; and \\ a backslash
 \, folded
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Kofi Mensah
N:Mensah;Kofi;;;
UID:kofi
item1.EMAIL;TYPE=INTERNET:kofi@example.org
item1.X-ABLABEL:Boat
CATEGORIES:friends
CATEGORIES:climbing
NOTE:Ñandú – 박은지
END:VCARD
"""


def text_of(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def both_readings(text: str) -> Iterator[tuple[Card, Any]]:
    found = read_cards(io.BytesIO(text.encode()), account=AccountId("home"), collection="contacts", href=Href("a.vcf"))
    for ours, theirs in zip(found, vobject.readComponents(text, allowQP=True), strict=True):
        assert isinstance(ours, Card)
        yield ours, theirs


def values(theirs: Any, name: str) -> list[Any]:
    return [line.value for line in theirs.contents.get(name, [])]


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("text", [*(text_of(FILES / name) for name in WELL_FORMED), MORE], ids=[*WELL_FORMED, "more"])
def test_vobject_reads_the_same(text: str) -> None:
    for ours, theirs in both_readings(text):
        assert ours.name == one_line(theirs.fn.value)
        assert {email.value for email in ours.emails} == set(values(theirs, "email"))
        assert {phone.value for phone in ours.phones} == {
            number.removeprefix("tel:") for number in values(theirs, "tel")
        }
        assert ours.organisation == next((org[0] for org in values(theirs, "org")), "")
        labels = [label for line in values(theirs, "categories") for label in line]
        assert list(ours.labels) == list(dict.fromkeys(labels))
        assert ours.note == "\n".join(values(theirs, "note")).strip()
        for name in values(theirs, "n"):
            assert (ours.family, ours.given) == (name.family, name.given)
