"""The page of a report: what anybody typed stays text, nothing is loaded, and it looks right in a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, timedelta
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.core.facets import Facet, FacetKey
from kith.core.model import Cadence, PersonId
from kith.core.noticing import Life, Talk, notice
from kith.core.period import Period
from kith.exports.report_page import FIRST_LINE, as_page

TODAY = date(2026, 11, 23)
FORTNIGHT = Cadence.of(Period(days=14))
HOSTILE = (
    "<script>document.title = 'run'</script>",
    '"><img src=https://example.org/x onerror=alert(1)>',
    "</style></title></bdi></table><h1>Gotcha",
    "محمد العربي",
    "\u202egnirts a\u202e",
    "\x00\x1b[31m\ud800 & &amp; ]]> <!-- -->",
    "A" * 300,
    "王小明 " * 20,
    "",
)
OURS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1", "h2", "h3", "p"),
    *("dl", "div", "dt", "dd", "figure", "figcaption", "span", "bdi", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "rect", "line"),
}


class Reader(HTMLParser):
    """The elements and texts of a page, as a browser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.texts.append(data)


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    reader.close()
    assert reader.open == []
    return reader


def lives(*names: str) -> list[Life]:
    return [
        Life(
            PersonId(str(number)),
            name,
            listed=number % 4 != 3,
            circle=name or None,
            cadence=FORTNIGHT,
            known_since=date(2026, 1, 1),
            talks=tuple(Talk(number * 100 + n, TODAY - timedelta(days=n * 17 + number)) for n in range(1, 9)),
            gave=(TODAY,),
            facets=(Facet("city", name or "x"), Facet(name or "x", "y")),
        )
        for number, name in enumerate(names)
    ]


def page_about(*names: str) -> bytes:
    return as_page(
        notice(lives(*names), date(2026, 1, 1), TODAY, names, {FacetKey("area:arts"): 0.2, FacetKey("city:x"): 0.9})
    )


NOTHING = as_page(notice([], TODAY, TODAY))


@given(st.lists(st.text(max_size=30), max_size=6))
def test_whatever_somebody_is_called_the_page_is_made_of_the_same_elements(names: list[str]) -> None:
    assert {tag for tag, _ in read(page_about(*names)).elements} <= OURS


def test_names_are_shown_to_the_letter() -> None:
    texts = read(page_about(*HOSTILE)).texts
    for name in HOSTILE:
        assert re.sub(r"[\x00-\x1f\ud800]", "\ufffd", name) in ("", *texts)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = page_about("Ana", "Rui")
    elements = read(page).elements
    policy = next(attributes for tag, attributes in elements if attributes.get("http-equiv"))
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'sha256-")
    assert not {name for _, attributes in elements for name in attributes} & {"src", "href", "style", "action"}
    assert b"url(" not in page
    assert b"@import" not in page
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


def test_it_can_be_read_aloud() -> None:
    elements = read(page_about("Ana", "Rui", "Eva", "Gil")).elements
    assert dict(elements)["html"] == {"lang": "en"}
    assert [tag for tag, _ in elements].count("h1") == 1
    for tag, attributes in elements:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        if tag == "table":
            assert attributes["aria-label"]
        if tag == "th":
            assert attributes["scope"] in ("row", "col")


def test_it_is_known_by_its_first_line() -> None:
    assert page_about("Ana").startswith(FIRST_LINE.encode() + b"\n")
    assert read(NOTHING).elements


# --- in a browser ---------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MEASURE = (
    "<script>const wide = document.documentElement.scrollWidth + ' of ' + innerWidth;"
    "parent.document.body.setAttribute('data-wide', wide)</script></body>"
)


def browse(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM
    fixed = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}")
    return subprocess.run(
        [CHROMIUM, *fixed, *options, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here to look at it with")
class TestInABrowser:
    def test_it_loads_without_a_complaint(self, tmp_path: Path) -> None:
        page = tmp_path / "report.html"
        page.write_bytes(page_about(*HOSTILE))
        done = browse(page, "--enable-logging=stderr", "--dump-dom")
        assert "CONSOLE" not in done.stderr
        assert "<title>Who you really talk to" in done.stdout
        assert "Rhythms kept" in done.stdout

    @pytest.mark.parametrize("width", [360, 1280])
    def test_it_does_not_scroll_sideways(self, tmp_path: Path, width: int) -> None:
        html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_about(*HOSTILE).decode())
        frame = escape(html.replace("</body>", MEASURE), quote=True)
        around = tmp_path / "around.html"  # no window of Chromium's is as narrow as a phone
        around.write_text(f'<body><iframe width="{width}" height="800" frameborder="0" srcdoc="{frame}"></iframe>')
        done = browse(around, "--window-size=1400,900", "--hide-scrollbars", "--dump-dom")
        assert f'data-wide="{width} of {width}"' in done.stdout
